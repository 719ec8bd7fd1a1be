"""Make the slice of one invented enterprise that travels in the package.

The server that kernels are forked from draws its report once, so that what a first
drawing has to load and prepare is there before the fork::

    python tools/build_example_slice.py

Run it again after a change to the slices; a test compares the file.
"""

from __future__ import annotations

from pathlib import Path

from synergy_lib.parameters import read_parameters
from synergy_lib.pipeline import analyse_park
from synergy_lib.reporting.slicing import slice_enterprises
from synergy_lib.resources import data_path

RUN_FILE = Path(__file__).parents[1] / "parameters" / "parks" / "demo_park.yml"
ENTERPRISE = "0001"


def main() -> None:
    """Write the file."""
    analysis = analyse_park(read_parameters(RUN_FILE))
    text = slice_enterprises(analysis)[ENTERPRISE].to_json()
    data_path("demo_park", "example_slice.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
