"""Execute one report's notebook and export it; runs in a worker process."""

from __future__ import annotations

import copy
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["ReportJob", "ReportResult", "build_report", "execute_notebook"]

_EXECUTION_TIMEOUT_S = 300
_START_TIMEOUT_S = 120


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
    folder : pathlib.Path
        Staging folder; the kernel runs in it, so that no path of the machine gets
        into the report.
    stem : str
        File name of the outputs, without suffix, relative to ``folder``.
    formats : tuple of str
        Of ``html``, ``pdf``, ``ipynb``.
    metadata : dict
        The ``synergy`` entry of the notebook's metadata: title, language, demo mark.
    """

    report_id: str
    title: str
    notebook: Path
    slice_path: str
    folder: Path
    stem: str
    formats: tuple[str, ...]
    metadata: dict[str, Any] = field(default_factory=dict)


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
    base = job.folder / job.stem
    base.parent.mkdir(parents=True, exist_ok=True)
    executed = base.with_name(f"{base.name}.executed.ipynb")
    seconds: dict[str, float] = {}
    try:
        started = time.perf_counter()
        notebook = execute_notebook(job, executed)
        seconds["execute"] = time.perf_counter() - started
        files = []
        for file_format in job.formats:
            started = time.perf_counter()
            path = base.with_name(f"{base.name}.{file_format}")
            path.write_bytes(_export(notebook, file_format))
            files.append(path.relative_to(job.folder).as_posix())
            seconds[file_format] = time.perf_counter() - started
    except Exception as error:
        failed = (
            executed.relative_to(job.folder).as_posix() if executed.exists() else ""
        )
        return ReportResult(
            job.report_id,
            job.title,
            error=_one_line(error),
            failed_notebook=failed,
            seconds=seconds,
        )
    return ReportResult(job.report_id, job.title, tuple(files), seconds=seconds)


def execute_notebook(job: ReportJob, executed: Path) -> Any:
    """Execute a notebook with papermill and return it without traces of the machine."""
    import papermill

    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    notebook = papermill.execute_notebook(
        str(job.notebook),
        str(executed),
        parameters={"slice_path": job.slice_path},
        kernel_name="python3",
        engine_name="synergy",
        cwd=str(job.folder),
        progress_bar=False,
        extra_arguments=["--IPKernelApp.log_level=50"],
        start_timeout=_START_TIMEOUT_S,
        execution_timeout=_EXECUTION_TIMEOUT_S,
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


def _export(notebook: Any, file_format: str) -> bytes:
    """Return a notebook as the bytes of one format."""
    import nbformat

    if file_format == "ipynb":
        text: str = nbformat.writes(notebook)
        return text.encode("utf-8")
    from synergy_lib.reporting.export import render_html, render_pdf

    if file_format == "html":
        return render_html(notebook).encode("utf-8")
    return render_pdf(notebook)


def _one_line(error: Exception) -> str:
    """Return an error as one line: the cell's own words if a cell raised."""
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):
        return f"单元格 [{error.exec_count}] {error.ename}: {' '.join(error.evalue.split())}"
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
