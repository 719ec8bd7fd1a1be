"""Make the reports of a run: analyse once, plan, execute, export, publish."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from synergy_lib.errors import ParameterError, ReportError
from synergy_lib.parameters import RunParameters
from synergy_lib.reporting.output.ledger import Ledger, LedgerState, read_ledger
from synergy_lib.reporting.output.manifest import hash_bytes
from synergy_lib.reporting.output.publishing import (
    OutputFolder,
    open_output,
    refuse_in_use,
)
from synergy_lib.reporting.run.jobs import FORMATS, BuildOptions, wanted_reports
from synergy_lib.reporting.run.plan import PlannedReport, files_are_intact, run_hash
from synergy_lib.reporting.run.progress import Progress
from synergy_lib.reporting.run.surroundings import (
    analysis_and_annexes,
    manifest_bytes,
    portal_bytes,
)
from synergy_lib.reporting.workers.execution import ReportJob, ReportResult
from synergy_lib.reporting.workers.local import local_workers, worker_count

if TYPE_CHECKING:
    from synergy_lib.pipeline import Analysis
    from synergy_lib.reporting.run.preparation import PreparedRun

__all__ = ["RunOutcome", "build_reports", "plan_run", "run_folder"]


class Builder(Protocol):
    """Whatever executes and exports reports: workers here, or on other machines."""

    def results(self, jobs: Sequence[ReportJob]) -> Generator[ReportResult, None, None]:
        """Begin reports, and return what becomes of each as it finishes."""


@dataclass(frozen=True)
class RunOutcome:
    """Where the reports are, what was built now, and what the data check found.

    ``orphans`` are reports in place of enterprises that the data no longer hold;
    ``analysis`` is None if nothing had changed since the last run.
    """

    folder: Path
    results: tuple[ReportResult, ...] = ()
    current: int = 0
    orphans: tuple[str, ...] = ()
    issues: Mapping[str, int] = field(default_factory=dict)
    analysis: Analysis | None = None

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
    """Build those of a park's reports that are not current.

    Parameters
    ----------
    parameters : RunParameters
    options : BuildOptions
    progress : Progress, optional
        Is told how the run goes on.

    Returns
    -------
    RunOutcome

    Raises
    ------
    InputDataError, ParameterError
        Before anything is written.
    ReportError
        If another run writes to the folder, or it cannot be written to any more.

    Notes
    -----
    Reports are made in a staging folder beside the old ones; the folder of each is
    moved into place in one step when it is complete, and then recorded in the ledger.
    A report that fails leaves its predecessor untouched and its executed notebook
    under ``failed/``. A run that is broken off at any moment is made whole by the next.
    """
    progress = progress or Progress()
    folder = run_folder(parameters, options)
    inputs = run_hash(parameters, options.notebook_paths)
    if not options.force and (unchanged := _unchanged(folder, inputs, options)):
        return unchanged
    refuse_in_use(folder)
    progress.stage("读取与分析数据")
    with _builder(options) as builder:
        # Loaded here: what builds the reports loads its libraries at the same time.
        from synergy_lib.reporting.run.preparation import prepare_run

        prepared = prepare_run(parameters, options)
        if run_hash(parameters, options.notebook_paths) != inputs:
            inputs = ""  # somebody saved a file meanwhile
        with _disk_errors(), open_output(folder) as output:
            run = _OpenRun(prepared, options, output, inputs)
            return _build(run, builder, progress)


def plan_run(
    parameters: RunParameters, options: BuildOptions
) -> tuple[list[PlannedReport], LedgerState]:
    """Return what a run would do about each report asked for, without doing it.

    Raises
    ------
    InputDataError, ParameterError
        As :func:`build_reports`.
    """
    from synergy_lib.reporting.run.preparation import prepare_run

    folder = run_folder(parameters, options)
    prepared = prepare_run(parameters, options)
    state = read_ledger(folder)
    return _asked(prepared.plan(state, folder), options, state), state


def run_folder(parameters: RunParameters, options: BuildOptions) -> Path:
    """Return the folder of a park and year."""
    return options.out / parameters.park_id / str(parameters.report_year)


def _asked(
    plan: list[PlannedReport], options: BuildOptions, state: LedgerState
) -> list[PlannedReport]:
    """Return the reports a run is asked for, those of ``--force`` with that reason."""
    failed = frozenset(record.report_id for record in state.failed)
    wanted = wanted_reports([p.job.report_id for p in plan], options, failed)
    asked = [p for p in plan if p.job.report_id in wanted]
    if options.force:
        asked = [p if p.reasons else replace(p, reasons=("force",)) for p in asked]
    return asked


def _unchanged(folder: Path, inputs: str, options: BuildOptions) -> RunOutcome | None:
    """Return the outcome at once if all that is asked for is in place and current."""
    state = read_ledger(folder)
    last = state.last_run
    if last is None or not inputs or last.inputs != inputs:
        return None
    try:
        wanted = wanted_reports(list(last.reports), options, frozenset())
    except ParameterError:
        return None
    records = [state.reports[report_id] for report_id in wanted]
    has_formats = all(
        any(name.endswith(f".{file_format}") for name in record.files)
        for record in records
        for file_format in options.formats
    )
    files = dict(last.content)
    for record in records:
        files |= record.files
    if not has_formats or not files_are_intact(files, folder):
        return None
    orphans = _orphans(state, set(last.reports))
    return RunOutcome(folder, current=len(records), orphans=orphans, issues=last.issues)


def _orphans(state: LedgerState, known: set[str]) -> tuple[str, ...]:
    """Return the enterprises with a report in place that the data no longer hold."""
    return tuple(
        sorted(
            name for name, r in state.reports.items() if r.files and name not in known
        )
    )


@contextmanager
def _builder(options: BuildOptions) -> Iterator[Builder]:
    """Give what builds the reports."""
    if options.scheduler:
        from synergy_lib.reporting.workers.cluster import cluster_workers

        with cluster_workers(options.scheduler, options.exchange) as cluster:
            yield cluster
        return
    with local_workers(worker_count(options.workers)) as workers:
        yield workers


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Turn what the file system refuses into one line for a person."""
    try:
        yield
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise ReportError(
            f"不能写入{where}：{error.strerror or error}；"
            "已完成的报告保持完好，排除后再次运行即可续做"
        ) from error


@dataclass(frozen=True)
class _OpenRun:
    """A run that holds its folder: what it builds from, and where.

    ``inputs`` is the hash of everything the folder follows from; empty if unknown.
    """

    prepared: PreparedRun
    options: BuildOptions
    output: OutputFolder
    inputs: str

    @property
    def ledger(self) -> Ledger:
        """Return the ledger of the folder."""
        return Ledger(self.output.folder)


def _build(run: _OpenRun, builder: Builder, progress: Progress) -> RunOutcome:
    """Build what is not current into a folder that this run holds."""
    prepared, output, ledger = run.prepared, run.output, run.ledger
    state = read_ledger(output.folder)
    plan = prepared.plan(state, output.folder)
    asked = _asked(plan, run.options, state)
    to_build = {p.job.report_id: p for p in asked if p.reasons}
    ledger.start_run({key: list(p.reasons) for key, p in to_build.items()})
    progress.planned(list(to_build.values()), len(asked) - len(to_build))
    jobs = [p.job.in_folder(output.staging) for p in to_build.values()]
    results = []
    try:
        for job in jobs:
            output.stage(job.slice_path, prepared.slices[job.slice_path])
        for name, text in prepared.notebooks.items():
            output.stage(name, text)
        annexes = cache(partial(analysis_and_annexes, prepared.analysis, prepared.park))
        with closing(builder.results(jobs)) as running:
            # While reports are under way this process has nothing to do, but it must
            # not take a processor from the first one, the longest.
            if len(jobs) < (os.cpu_count() or 1):
                annexes()
            for result in running:
                planned = to_build[result.report_id]
                results.append(_publish(result, planned, state, run))
                progress.finished(results[-1], len(results), len(jobs))
                annexes()
        _finish(run, plan, annexes())
    except BaseException:
        with suppress(OSError):
            ledger.end_run("interrupted")
        raise
    order = {report_id: position for position, report_id in enumerate(to_build)}
    return RunOutcome(
        output.folder,
        tuple(sorted(results, key=lambda result: order[result.report_id])),
        len(asked) - len(to_build),
        _orphans(state, {p.job.report_id for p in plan}),
        prepared.analysis.data.issue_counts,
        prepared.analysis,
    )


def _publish(
    result: ReportResult,
    planned: PlannedReport,
    state: LedgerState,
    run: _OpenRun,
) -> ReportResult:
    """Put a report in place, or its failed notebook under ``failed/``; record it."""
    job, output, ledger = planned.job, run.output, run.ledger
    failed = f"failed/{job.place.rpartition('/')[2]}.ipynb"
    if not result.error:
        try:
            files = _put_in_place(result, planned, state, output)
        except PermissionError as error:
            reason = f"不能替换 {error.filename}：是否正被别的程序打开？"
            result = replace(result, error=reason)
        else:
            ledger.report_built(
                job.report_id,
                job.title,
                key=planned.key,
                files=files,
                seconds={k: round(v, 3) for k, v in result.seconds.items()},
            )
            with suppress(PermissionError):  # open in another program
                output.remove(failed)
            return result
    if result.failed_notebook:
        try:
            output.publish_file(result.failed_notebook, failed)
        except PermissionError:
            failed = ""
        result = replace(result, failed_notebook=failed)
    ledger.report_failed(
        job.report_id,
        job.title,
        error=result.error,
        failed_notebook=result.failed_notebook,
    )
    return result


def _put_in_place(
    result: ReportResult,
    planned: PlannedReport,
    state: LedgerState,
    output: OutputFolder,
) -> dict[str, str]:
    """Publish a report; return the files of it that are in place, with their hashes.

    Files of other formats stay if they were made from the same things.
    """
    job = planned.job
    files = {
        name: hash_bytes((output.staging / name).read_bytes()) for name in result.files
    }
    if planned.has_key_of(state.reports.get(job.report_id)):
        others = state.reports[job.report_id].files.items()
        intact = {n: d for n, d in others if files_are_intact({n: d}, output.folder)}
        files = {**intact, **files}
    superseded = {Path(f"{job.stem}.{f}").name for f in FORMATS}
    superseded -= {Path(name).name for name in files}
    output.publish_report(job.place, superseded=superseded)
    return files


def _finish(
    run: _OpenRun, plan: list[PlannedReport], content: dict[str, bytes]
) -> None:
    """Write what lies around the reports, and record how the run ended."""
    prepared, output = run.prepared, run.output
    state = read_ledger(output.folder)
    outdated = {p.job.report_id for p in plan if p.is_outdated(state)}
    current = [p.job.report_id for p in plan if p.is_built(state)]
    # The slice of an outdated report stays what that report was made from.
    kept = {p.job.slice_path for p in plan if p.job.report_id in outdated}
    slices = {k: text for k, text in prepared.slices.items() if k not in kept}
    portal = portal_bytes(
        prepared.park,
        folders=prepared.folders,
        folder=output.folder,
        files=content,
        state=state,
        outdated=outdated,
    )
    content = {**slices, **content, "index.html": portal}
    content["manifest.json"] = manifest_bytes(prepared.analysis, state, run.options)
    for name, text in content.items():
        output.write(name, text)
    earlier = {name for record in state.runs for name in record.content}
    for name in earlier - set(content) - kept:
        output.remove(name)
    is_complete = len(current) == len(plan)
    has_failed = bool(
        {r.report_id for r in state.failed} & {p.job.report_id for p in plan}
    )
    run.ledger.end_run(
        "complete" if is_complete else "failures" if has_failed else "partial",
        inputs=run.inputs if is_complete else "",
        reports=current,
        content={name: hash_bytes(text) for name, text in content.items()},
        issues=prepared.analysis.data.issue_counts,
    )
