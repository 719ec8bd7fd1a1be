"""Write the demonstration workbook: ``python -m synergy_lib.demo_park OUT.xlsx``."""

from __future__ import annotations

import argparse
from pathlib import Path

from synergy_lib.demo_park import DEMO_SEED, generate_demo_park
from synergy_lib.reporting.workbook.writer import write_workbook


def main(arguments: list[str] | None = None) -> int:
    """Write the workbook to the path given; return 0."""
    parser = argparse.ArgumentParser(
        prog="python -m synergy_lib.demo_park",
        description="Write the workbook of the demonstration park (invented data).",
    )
    parser.add_argument("out", type=Path, help="the .xlsx file to write")
    parser.add_argument("--seed", type=int, default=DEMO_SEED)
    options = parser.parse_args(arguments)
    write_workbook(options.out, generate_demo_park(options.seed).frames, demo=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
