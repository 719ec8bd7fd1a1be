"""Execute one report's notebook and export it; runs in a worker process."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from synergy_lib.errors import describe_error
from synergy_lib.reporting.warm.server import MEMORY_VARIABLE

__all__ = ["Limits", "ReportJob", "ReportResult", "build_report", "execute_notebook"]

_START_TIMEOUT_S = 120
# Where a staging folder keeps the notebooks, as they were when they were hashed.
NOTEBOOKS = "notebooks"


@dataclass(frozen=True)
class Limits:
    """What one report may take before it is given up.

    Parameters
    ----------
    cell_seconds : int
        Longest time a cell may take. [s]
    report_seconds : int
        Longest time a report may take, with its exports. [s]
    memory_mb : int
        What a kernel may take beyond what it starts with, where kernels are forked;
        0 sets no limit. [MiB]
    """

    cell_seconds: int = 120
    report_seconds: int = 600
    memory_mb: int = 2048


@dataclass(frozen=True)
class ReportJob:
    """One report to make.

    Parameters
    ----------
    report_id : str
        Enterprise id, or ``"park"``.
    title : str
        What progress and errors call it.
    notebook : pathlib.Path
        The notebook to execute.
    slice_path : str
        The report's own slice, relative to ``folder``.
    stem : str
        File name of the outputs, without suffix, relative to ``folder``.
    formats : tuple of str
        Of ``html``, ``pdf``, ``ipynb``.
    metadata : dict
        The ``synergy`` entry of the notebook's metadata: title, language, demo mark.
    limits : Limits
        When to give up.
    folder : pathlib.Path
        Staging folder; the kernel runs in it, so that no path of the machine gets
        into the report.
    """

    report_id: str
    title: str
    notebook: Path
    slice_path: str
    stem: str
    formats: tuple[str, ...]
    metadata: dict[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    folder: Path = Path()

    @property
    def place(self) -> str:
        """Return the report's own folder, relative to ``folder``."""
        return self.stem.rpartition("/")[0]

    def in_folder(self, folder: Path) -> ReportJob:
        """Return the job with its notebook and files in a staging folder."""
        notebook = folder / NOTEBOOKS / self.notebook.name
        return replace(self, folder=folder, notebook=notebook)


@dataclass(frozen=True)
class ReportResult:
    """What became of a job: the files made, or why there are none."""

    report_id: str
    title: str
    files: tuple[str, ...] = ()
    error: str = ""
    failed_notebook: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


def build_report(job: ReportJob) -> ReportResult:
    """Execute a report's notebook and export it; never raises.

    Parameters
    ----------
    job : ReportJob

    Returns
    -------
    ReportResult
        With the names of the files written under ``job.folder``; on failure with the
        reason and, if a cell raised, the executed notebook that shows it.
    """
    executed = job.folder / "executed" / f"{job.stem}.ipynb"
    seconds: dict[str, float] = {}
    try:
        for folder in (job.folder / job.place, executed.parent):
            folder.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        notebook = execute_notebook(job, executed)
        seconds["execute"] = time.perf_counter() - started
        files = []
        started = time.perf_counter()
        for file_format, content in _exports(notebook, job.formats):
            name = f"{job.stem}.{file_format}"
            (job.folder / name).write_bytes(content)
            files.append(name)
            now = time.perf_counter()
            seconds[file_format], started = now - started, now
    except Exception as error:
        failed = executed.relative_to(job.folder).as_posix()
        return ReportResult(
            job.report_id,
            job.title,
            error=_one_line(error, job.limits),
            failed_notebook=failed if executed.exists() else "",
            seconds=seconds,
        )
    return ReportResult(job.report_id, job.title, tuple(files), seconds=seconds)


def execute_notebook(job: ReportJob, executed: Path) -> Any:
    """Execute a notebook with papermill and return it without traces of the machine.

    Parameters
    ----------
    job : ReportJob
    executed : pathlib.Path
        Where papermill saves the notebook; on failure it shows how far it got.
    """
    import papermill

    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ[MEMORY_VARIABLE] = str(job.limits.memory_mb)
    deadline = time.monotonic() + job.limits.report_seconds

    def seconds_left(_cell: object) -> float:
        return max(min(job.limits.cell_seconds, deadline - time.monotonic()), 0.01)

    notebook = papermill.execute_notebook(
        str(job.notebook),
        str(executed),
        parameters={"slice_path": job.slice_path},
        kernel_name="python3",
        engine_name="synergy",
        progress_bar=False,
        # Saving after each cell takes longer than most cells.
        request_save_on_cell_execute=False,
        failed_path=str(executed),
        # Not ``cwd``, which would change the folder of the whole process.
        resources={"metadata": {"path": str(job.folder)}},
        extra_arguments=[
            "--IPKernelApp.log_level=50",
            "--HistoryManager.enabled=False",
        ],
        start_timeout=_START_TIMEOUT_S,
        timeout_func=seconds_left,
        shutdown_kernel="immediate",
    )
    return _clean_notebook(notebook, job)


def _clean_notebook(notebook: Any, job: ReportJob) -> Any:
    """Return a copy in one language, without paths, times and machine details."""
    clean = copy.deepcopy(notebook)
    for key in ("papermill", "widgets"):
        clean.metadata.pop(key, None)
    clean.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    clean.metadata["language_info"] = {"name": "python"}
    clean.metadata["synergy"] = job.metadata
    other = {"zh": "lang-en", "en": "lang-zh"}[job.metadata["language"]]
    clean.cells = [c for c in clean.cells if other not in c.metadata.get("tags", [])]
    for number, cell in enumerate(clean.cells):
        cell["id"] = f"cell-{number:03d}"
        kept = {"tags": cell.metadata.get("tags", [])}
        cell["metadata"] = type(cell.metadata)({k: v for k, v in kept.items() if v})
    return clean


def _exports(notebook: Any, formats: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield a notebook as the bytes of each format."""
    import nbformat

    from synergy_lib.reporting.export import render_both

    yield from render_both(notebook, [name for name in formats if name != "ipynb"])
    if "ipynb" in formats:
        yield "ipynb", nbformat.writes(notebook).encode("utf-8")


def _one_line(error: Exception, limits: Limits) -> str:
    """Return an error as one line: the cell's own words if a cell raised."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError) and error.ename == "MemoryError":
        return f"单元格 [{error.exec_count}] 所需内存超过上限 {limits.memory_mb} MiB（--memory-mb）"
    if isinstance(error, PapermillExecutionError):
        return f"单元格 [{error.exec_count}] {error.ename}: {' '.join(error.evalue.split())}"
    if isinstance(error, CellTimeoutError):
        return (
            f"超过时限：单元格 {limits.cell_seconds} 秒或整份报告 "
            f"{limits.report_seconds} 秒（--cell-seconds、--report-seconds）"
        )
    if isinstance(error, DeadKernelError):
        return "内核中途退出（被结束，或内存不足）"
    return describe_error(error)
