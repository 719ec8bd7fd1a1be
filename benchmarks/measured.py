"""What is measured, on which reports, and with which clock."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "Sample", "clock", "new_processes", "since"]


@dataclass(frozen=True)
class Measured:
    """What a number of reports took, beside what is paid once for any number.

    CPU seconds are user and system time of all processes that a parent waited for:
    Chromium's own children are not in them.
    """

    reports: int
    wall_s: float
    cpu_s: float
    start_wall_s: float = 0.0
    start_cpu_s: float = 0.0

    @property
    def wall_s_per_report(self) -> float:
        """Return seconds of wall time a report, without the start."""
        return self.wall_s / self.reports

    @property
    def cpu_s_per_report(self) -> float:
        """Return seconds of CPU time a report, without the start."""
        return self.cpu_s / self.reports


@dataclass(frozen=True)
class Sample:
    """Enterprises whose reports ``synergy run`` has made, and where.

    ``folder`` is that of park and year.
    """

    folder: Path
    enterprise_ids: Sequence[str]

    def slices(self) -> list[Path]:
        """Return the slice of each enterprise."""
        folder = self.folder.resolve() / "analysis" / "enterprises"
        return [folder / f"{key}.json" for key in self.enterprise_ids]

    def notebooks(self) -> list[Path]:
        """Return the executed notebook of each enterprise."""
        folder = self.folder.resolve() / "enterprises"
        return [folder / key / "diagnostic.ipynb" for key in self.enterprise_ids]


def new_processes(
    count: int, prepare: Callable[[], None] | None = None
) -> ProcessPoolExecutor:
    """Return a pool of processes started anew, as on any system."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=prepare)


def clock() -> tuple[float, float]:
    """Return wall time, and CPU time of this process and its ended children."""
    return time.perf_counter(), sum(os.times()[:4])


def since(started: tuple[float, float]) -> tuple[float, float]:
    """Return wall and CPU time since a clock was read."""
    wall, cpu = clock()
    return wall - started[0], cpu - started[1]
