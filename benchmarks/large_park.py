"""Write a workbook of many invented enterprises, to see what grows with their number.

``python -m benchmarks.large_park OUT.xlsx --enterprises 1000`` writes one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from synergy_lib.demo_park import DEMO_SEED, generate_demo_park
from synergy_lib.reporting.workbook.writer import write_workbook

__all__ = ["large_park_frames", "write_large_park"]


def write_large_park(
    path: str | Path, enterprises: int = 1000, *, seed: int = DEMO_SEED
) -> Path:
    """Write a workbook of as many invented enterprises as asked for.

    Parameters
    ----------
    path : str or pathlib.Path
        The .xlsx file to write.
    enterprises : int
        How many, at least 1.
    seed : int
        Seed of the first park; with the default the first 82 enterprises have the
        demonstration park's own figures.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    return write_workbook(path, large_park_frames(enterprises, seed=seed), demo=True)


def large_park_frames(
    enterprises: int, *, seed: int = DEMO_SEED
) -> dict[str, pd.DataFrame]:
    """Return the sheets of a park of as many invented enterprises as asked for.

    Parameters
    ----------
    enterprises : int
        How many, at least 1.
    seed : int
        Seed of the first park.

    Returns
    -------
    dict of str to pandas.DataFrame
        Sheet key → rows, as :func:`synergy_lib.reporting.workbook.writer.write_workbook`
        takes them.

    Notes
    -----
    Demonstration parks, each drawn with a seed of its own, stand side by side; the
    last is cut off. So every enterprise differs from every other, its quantities are
    as consistent, and gaps and planted defects as frequent, as in the demonstration
    park. The park's monitoring belongs to no enterprise and is there once.
    """
    parks: list[dict[str, pd.DataFrame]] = []
    count = 0
    while count < enterprises:
        frames = generate_demo_park(seed + len(parks)).frames
        parks.append(_renumbered(frames, count, len(parks), enterprises))
        count += len(frames["enterprises"])
    return {
        sheet: pd.concat([park[sheet] for park in parks], ignore_index=True)
        if "enterprise_id" in first
        else first
        for sheet, first in parks[0].items()
    }


def _renumbered(
    frames: dict[str, pd.DataFrame], before: int, park: int, last: int
) -> dict[str, pd.DataFrame]:
    """Return a park with ids that go on after ``before`` and end at ``last``."""
    own = dict(frames)
    for sheet, frame in frames.items():
        if "enterprise_id" in frame:
            numbers = frame["enterprise_id"].astype(int) + before
            ids = numbers.map("{:04d}".format)
            own[sheet] = frame.assign(enterprise_id=ids)[numbers <= last]
    if park:
        names = own["enterprises"]["enterprise_name"]
        names = names.str.replace("有限公司", f"{park + 1}区有限公司")
        own["enterprises"] = own["enterprises"].assign(enterprise_name=names)
    return own


def main(arguments: list[str] | None = None) -> int:
    """Write the workbook to the path given; return 0."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.large_park",
        description="Write the workbook of a large invented park.",
    )
    parser.add_argument("out", type=Path, help="the .xlsx file to write")
    parser.add_argument("--enterprises", type=int, default=1000)
    options = parser.parse_args(arguments)
    write_large_park(options.out, options.enterprises)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
