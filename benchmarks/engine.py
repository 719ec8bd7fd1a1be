"""Time ``synergy run``, and watch how much memory its processes take."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import psutil

__all__ = ["Run", "correct_one_enterprise", "synergy_run"]

MIB = 1 << 20
_SAMPLE_S = 1.0


@dataclass
class Run:
    """What a run took: wall time, and by role the most memory a process had.

    Memory is what a process has for itself (unique set size) and, for ``resident``,
    what it shares with others too. [MiB]
    """

    wall_s: float = 0.0
    said: str = ""
    own_mib: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    resident_mib: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    history: list[tuple[float, float]] = field(default_factory=list)


def synergy_run(run_file: Path, out: Path, *more: str, watch: bool = False) -> Run:
    """Run ``synergy run`` as a user would and wait for it.

    Parameters
    ----------
    run_file, out : pathlib.Path
        Parameters, and where the reports go.
    *more : str
        Further options.
    watch : bool
        Sample memory each second, which costs a little time.
    """
    run = Run()
    program = str(Path(sys.executable).parent / "synergy")
    started = time.perf_counter()
    process = subprocess.Popen(
        [program, "run", str(run_file), "--out", str(out), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with _watched(process.pid, run) if watch else _unwatched():
        run.said = process.communicate()[0]
    run.wall_s = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(run.said)
    return run


def correct_one_enterprise(workbook: Path, corrected: Path) -> None:
    """Copy a workbook with one enterprise's water figures of the last year mended."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["固废溶剂用水"]
    names = [cell.value for cell in sheet[1]]
    place = names.index("新鲜水用量（m3）")
    for row in sheet.iter_rows(min_row=2):
        if (str(row[0].value), str(row[1].value)) == ("0045", "2024"):
            row[place].value = float(row[place].value) * 1.05
    book.save(corrected)


@contextmanager
def _unwatched() -> Iterator[None]:
    yield


@contextmanager
def _watched(pid: int, run: Run) -> Iterator[None]:
    """Sample the memory of a process and those below it until the end."""
    over = threading.Event()

    def sample() -> None:
        begun = time.perf_counter()
        while not over.wait(_SAMPLE_S):
            _sample(pid, run)
            main = run.own_mib.get("latest run", 0.0)
            run.history.append((time.perf_counter() - begun, main))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _sample(pid: int, run: Run) -> None:
    """Take note of what each process has now."""
    try:
        main = psutil.Process(pid)
        family = [main, *main.children(recursive=True)]
    except psutil.Error:
        return
    for process in family:
        try:
            role = "run" if process.pid == pid else _role(process)
            memory = process.memory_full_info()
        except psutil.Error:
            continue
        own, resident = memory.uss / MIB, memory.rss / MIB
        run.own_mib[role] = max(run.own_mib[role], own)
        run.resident_mib[role] = max(run.resident_mib[role], resident)
        if role == "run":
            run.own_mib["latest run"] = own


def _role(process: psutil.Process) -> str:
    """Return what part a process plays in a run."""
    words = " ".join(process.cmdline())
    parent = process.parent()
    above = " ".join(parent.cmdline()) if parent else ""
    if "warm.server" in words:
        return "kernel" if "warm.server" in above else "kernel server"
    if "forkserver" in words:
        return "worker" if "forkserver" in above else "fork server"
    return "other"
