"""Make the reports of a run: analyse once, slice, execute, export, publish."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.parameters import RunParameters
from synergy_lib.pipeline import Analysis, analyse_park
from synergy_lib.reporting.analysis_files import (
    PARK_SLICE,
    enterprise_slice,
    slice_files,
    write_analysis,
)
from synergy_lib.reporting.annexes import annex_workbooks
from synergy_lib.reporting.execution import ReportJob, ReportResult, build_report
from synergy_lib.reporting.manifest import (
    earlier_reports,
    hash_bytes,
    hash_files,
    manifest_text,
    source_hashes,
)
from synergy_lib.reporting.portal import portal_html
from synergy_lib.reporting.publishing import (
    folder_names,
    publish_file,
    staging_folder,
    write_bytes,
)
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.slicing import slice_enterprises, slice_park
from synergy_lib.reporting.warm.client import kernel_server
from synergy_lib.resources import notebook_path

__all__ = ["FORMATS", "BuildOptions", "RunOutcome", "build_reports"]

FORMATS = ("html", "pdf", "ipynb")
PARK_ID = "park"
PARK_NOTEBOOK = "park_annual_report.ipynb"
ENTERPRISE_NOTEBOOK = "enterprise_diagnostic.ipynb"
NOTEBOOKS = (PARK_NOTEBOOK, ENTERPRISE_NOTEBOOK)

Progress = Callable[[ReportResult, int, int], None]


@dataclass(frozen=True)
class BuildOptions:
    """What to build, in which formats, with how many workers.

    ``only`` names enterprises (all if empty); ``park_only`` leaves them out.
    ``notebooks`` is a folder whose notebooks replace the shipped ones of that name.
    """

    out: Path
    only: tuple[str, ...] = ()
    park_only: bool = False
    formats: tuple[str, ...] = FORMATS
    workers: int = 0
    notebooks: Path | None = None


@dataclass(frozen=True)
class RunOutcome:
    """Where the reports are, which failed, and what the analysis noticed."""

    folder: Path
    results: tuple[ReportResult, ...]
    analysis: Analysis

    @property
    def failures(self) -> tuple[ReportResult, ...]:
        """Return the reports that could not be made."""
        return tuple(result for result in self.results if result.error)


def build_reports(
    parameters: RunParameters,
    options: BuildOptions,
    *,
    progress: Progress | None = None,
) -> RunOutcome:
    """Build a park's reports.

    Parameters
    ----------
    parameters : RunParameters
    options : BuildOptions
    progress : callable, optional
        Called after each report with its result, the number done and of all.

    Returns
    -------
    RunOutcome

    Raises
    ------
    InputDataError, ParameterError
        Before anything is written.

    Notes
    -----
    Reports are made in a staging folder beside the old ones and moved into place
    one by one when they are complete. A report that fails leaves its predecessor
    untouched and its executed notebook under ``failed/``.
    """
    analysis = analyse_park(parameters)
    slices = slice_enterprises(analysis)
    park = slice_park(analysis)
    folders = folder_names(slices)
    wanted = _wanted(slices, options)
    folder = options.out / parameters.park_id / str(parameters.report_year)
    files = slice_files(park, slices, folders)
    with staging_folder(folder) as staging:
        jobs = _jobs(slices, park, folders, wanted, staging, options)
        for job in jobs:
            write_bytes(staging / job.slice_path, files[job.slice_path])
        results = []
        for result in _run_jobs(jobs, options.workers):
            results.append(_publish(result, staging, folder))
            if progress:
                progress(result, len(results), len(jobs))
    order = {job.report_id: position for position, job in enumerate(jobs)}
    results.sort(key=lambda result: order[result.report_id])
    for name, content in files.items():
        write_bytes(folder / name, content)
    write_analysis(analysis, folder / "analysis")
    _write_surroundings(analysis, park, folders, results, folder, options)
    return RunOutcome(folder, tuple(results), analysis)


def _wanted(slices: dict[str, EnterpriseSlice], options: BuildOptions) -> list[str]:
    """Return the enterprises to report on, refusing ids that do not exist."""
    if options.park_only and options.only:
        raise ParameterError(
            Problem("--park-only", "不能与 --only 同时使用", "二者之一")
        )
    if options.park_only:
        return []
    problems = [
        Problem(f"--only {name}", "没有这个企业编号", hint=nearest(name, slices))
        for name in options.only
        if name not in slices
    ]
    if problems:
        raise ParameterError(problems)
    return list(options.only or slices)


def _jobs(
    slices: dict[str, EnterpriseSlice],
    park: ParkSlice,
    folders: dict[str, str],
    wanted: Sequence[str],
    staging: Path,
    options: BuildOptions,
) -> list[ReportJob]:
    """Return one job a report; the park's, the longest, first."""
    jobs = []
    if not options.only:
        jobs.append(
            ReportJob(
                PARK_ID,
                park.meta["park_name"],
                _notebook(PARK_NOTEBOOK, options),
                PARK_SLICE,
                staging,
                "park/park_annual_report",
                options.formats,
                _metadata(park, PARK_ID),
            )
        )
    for enterprise_id in wanted:
        data = slices[enterprise_id]
        name = folders[enterprise_id]
        jobs.append(
            ReportJob(
                enterprise_id,
                data.enterprise["enterprise_name"],
                _notebook(ENTERPRISE_NOTEBOOK, options),
                enterprise_slice(name),
                staging,
                f"enterprises/{name}/diagnostic",
                options.formats,
                _metadata(data, enterprise_id),
            )
        )
    return jobs


def _notebook(name: str, options: BuildOptions) -> Path:
    """Return the user's own notebook where there is one, else the shipped one."""
    own = options.notebooks / name if options.notebooks else None
    return own if own and own.is_file() else notebook_path(name)


def _metadata(data: EnterpriseSlice | ParkSlice, report_id: str) -> dict[str, object]:
    """Return what the exporters print around the pages."""
    meta = data.meta
    is_park = isinstance(data, ParkSlice)
    owner = (
        meta["park_name"]
        if isinstance(data, ParkSlice)
        else data.enterprise["enterprise_name"]
    )
    chinese = meta["language"] == "zh"
    kind = (
        (
            "园区减污降碳协同增效年度报告",
            "Annual report on pollution–carbon synergy of the park",
        )
        if is_park
        else ("企业减污降碳协同诊断报告", "Diagnostic of pollution–carbon synergy")
    )
    return {
        "title": kind[0 if chinese else 1],
        "subtitle": f"{owner} · {meta['report_year']}",
        "language": meta["language"],
        "park": meta["park_name"],
        "report_id": f"{meta['park_id']}-{meta['report_year']}-{report_id}",
        "date": f"{meta['report_year']}-12-31",
        "demo": meta["is_invented"],
    }


def _run_jobs(jobs: Sequence[ReportJob], workers: int) -> Iterator[ReportResult]:
    """Run jobs in worker processes and yield results as they finish."""
    count = workers or os.cpu_count() or 1
    with (
        _quiet_workers(),
        kernel_server(),
        ProcessPoolExecutor(
            max_workers=min(count, max(len(jobs), 1)), mp_context=get_context("spawn")
        ) as pool,
    ):
        futures = {pool.submit(build_report, job): job for job in jobs}
        for future in as_completed(futures):
            error = future.exception()
            job = futures[future]
            yield (
                future.result()
                if error is None
                else ReportResult(
                    job.report_id, job.title, error=f"工作进程中断：{error}"
                )
            )


@contextmanager
def _quiet_workers() -> Iterator[None]:
    """Keep numerical libraries in workers and kernels to one thread each."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: os.environ.get(name, "1") for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _publish(result: ReportResult, staging: Path, folder: Path) -> ReportResult:
    """Move a report's files into place, or its failed notebook under ``failed/``."""
    failed = f"failed/{result.report_id.replace('/', '_')}.ipynb"
    if result.error:
        if result.failed_notebook:
            publish_file(staging / result.failed_notebook, folder / failed)
            return replace(result, failed_notebook=failed)
        return result
    for name in result.files:
        publish_file(staging / name, folder / name)
    (folder / failed).unlink(missing_ok=True)
    return result


def _write_surroundings(
    analysis: Analysis,
    park: ParkSlice,
    folders: dict[str, str],
    results: Sequence[ReportResult],
    folder: Path,
    options: BuildOptions,
) -> None:
    """Write annex tables, portal and manifest."""
    annexes = annex_workbooks(park, analysis.panel.join(analysis.accounts))
    for name, content in annexes.items():
        write_bytes(folder / "tables" / name, content)
    errors = {result.report_id: result.error for result in results if result.error}
    page = portal_html(
        park,
        park_files=_present(folder, "park/park_annual_report"),
        enterprise_files={
            key: _present(folder, f"enterprises/{name}/diagnostic")
            for key, name in folders.items()
        },
        table_files=[f"tables/{name}" for name in annexes],
        errors=errors,
    )
    write_bytes(folder / "index.html", page.encode("utf-8"))
    write_bytes(
        folder / "manifest.json",
        _manifest(analysis, results, folder, options).encode("utf-8"),
    )


def _manifest(
    analysis: Analysis,
    results: Sequence[ReportResult],
    folder: Path,
    options: BuildOptions,
) -> str:
    """Return the manifest; reports of an earlier run keep their entries."""
    data = {"file": analysis.data.source_name, "sha256": analysis.data.source_sha256}
    reports = earlier_reports(folder / "manifest.json")
    for result in results:
        reports[result.report_id] = {
            "title": result.title,
            "state": "failed" if result.error else "built",
            "error": result.error,
            "data_sha256": data["sha256"],
            "seconds": {k: round(v, 3) for k, v in result.seconds.items()},
            "files": {
                name: hash_bytes((folder / name).read_bytes()) for name in result.files
            },
        }
    return manifest_text(
        {
            "parameters": analysis.parameters.model_dump(
                mode="json", exclude={"input": {"path"}}
            ),
            "data": data,
            "sources": source_hashes(analysis.parameters.scheme)
            | {"notebooks": hash_files([_notebook(n, options) for n in NOTEBOOKS])},
            "issues": analysis.data.issues["severity"].value_counts().to_dict(),
            "reports": reports,
        }
    )


def _present(folder: Path, stem: str) -> list[str]:
    """Return the files of a report that exist, PDF first."""
    order: Iterable[str] = ("pdf", "html", "ipynb")
    return [f"{stem}.{s}" for s in order if (folder / f"{stem}.{s}").is_file()]
