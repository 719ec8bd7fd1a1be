"""Which reports a run makes: one job for the park, one for each enterprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.reporting.output.analysis_files import PARK_SLICE, enterprise_slice
from synergy_lib.reporting.output.publishing import PARK_FOLDER
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.workers.execution import Limits, ReportJob
from synergy_lib.resources import notebook_path

__all__ = ["FORMATS", "PARK_ID", "BuildOptions", "report_jobs", "wanted_reports"]

FORMATS = ("html", "pdf", "ipynb")
PARK_ID = PARK_FOLDER
_PARK_NOTEBOOK = "park_annual_report.ipynb"
_ENTERPRISE_NOTEBOOK = "enterprise_diagnostic.ipynb"


@dataclass(frozen=True)
class BuildOptions:
    """What to build, where, and with what.

    Parameters
    ----------
    out : pathlib.Path
        Folder that holds the reports of all parks and years.
    only : tuple of str
        Enterprises to report on; all if empty.
    park_only : bool
        Leave the enterprises out.
    failed : bool
        Only the reports whose last attempt failed.
    force : bool
        Build what is current too.
    formats : tuple of str
        Of :data:`FORMATS`.
    workers : int
        Worker processes; 0 chooses by the number of cores.
    notebooks : pathlib.Path, optional
        Folder whose notebooks replace the shipped ones of the same name.
    limits : Limits
        When to give a report up.
    scheduler : str
        Address of a ``dask.distributed`` scheduler whose workers build the reports.
    exchange : str
        URL of a store that this process and those workers reach; the output folder
        itself, on a shared disk, if empty.
    """

    out: Path
    only: tuple[str, ...] = ()
    park_only: bool = False
    failed: bool = False
    force: bool = False
    formats: tuple[str, ...] = FORMATS
    workers: int = 0
    notebooks: Path | None = None
    limits: Limits = field(default_factory=Limits)
    scheduler: str = ""
    exchange: str = ""

    def __post_init__(self) -> None:
        """Refuse choices that contradict each other."""
        chosen = {
            "--only": bool(self.only),
            "--park-only": self.park_only,
            "--failed": self.failed,
        }
        names = [name for name, is_chosen in chosen.items() if is_chosen]
        if len(names) > 1:
            raise ParameterError(
                Problem("、".join(names), "不能同时使用", "其中之一或都不用")
            )
        if self.exchange and not self.scheduler:
            raise ParameterError(
                Problem("--exchange", "只与 --scheduler 一起使用", "加上 --scheduler")
            )

    def notebook(self, name: str) -> Path:
        """Return the user's own notebook where there is one, else the shipped one."""
        own = self.notebooks / name if self.notebooks else None
        return own if own and own.is_file() else notebook_path(name)

    @property
    def notebook_paths(self) -> list[Path]:
        """Return the notebooks that reports are made with."""
        return [self.notebook(n) for n in (_PARK_NOTEBOOK, _ENTERPRISE_NOTEBOOK)]


def report_jobs(
    park: ParkSlice,
    names: Mapping[str, str],
    folders: Mapping[str, str],
    options: BuildOptions,
) -> list[ReportJob]:
    """Return one job for each report of the park; the park's, the longest, first.

    Parameters
    ----------
    park : ParkSlice
    names : mapping of str to str
        Enterprise id → what the enterprise is called.
    folders : mapping of str to str
        Enterprise id → folder name.
    options : BuildOptions
    """
    jobs = [
        ReportJob(
            report_id=PARK_ID,
            title=park.meta["park_name"],
            notebook=options.notebook(_PARK_NOTEBOOK),
            slice_path=PARK_SLICE,
            stem="park/park_annual_report",
            formats=options.formats,
            metadata=_metadata(park, PARK_ID, park.meta["park_name"]),
            limits=options.limits,
        )
    ]
    for enterprise_id, title in names.items():
        folder = folders[enterprise_id]
        jobs.append(
            ReportJob(
                report_id=enterprise_id,
                title=title,
                notebook=options.notebook(_ENTERPRISE_NOTEBOOK),
                slice_path=enterprise_slice(folder),
                stem=f"enterprises/{folder}/diagnostic",
                formats=options.formats,
                metadata=_metadata(park, enterprise_id, title),
                limits=options.limits,
            )
        )
    return jobs


def wanted_reports(
    ids: list[str], options: BuildOptions, failed: frozenset[str]
) -> set[str]:
    """Return the ids of the reports a run is asked for.

    Parameters
    ----------
    ids : list of str
        All reports of the park.
    options : BuildOptions
    failed : frozenset of str
        Reports whose last attempt failed.

    Raises
    ------
    ParameterError
        Naming every id asked for that does not exist.
    """
    problems = [
        Problem(f"--only {name}", "没有这个企业编号", hint=nearest(name, ids))
        for name in options.only
        if name not in ids or name == PARK_ID
    ]
    if problems:
        raise ParameterError(problems)
    if options.park_only:
        return {PARK_ID}
    if options.failed:
        return set(failed & set(ids))
    return set(options.only or ids)


def _metadata(park: ParkSlice, report_id: str, owner: str) -> dict[str, object]:
    """Return what the exporters print around the pages."""
    meta = park.meta
    chinese = meta["language"] == "zh"
    if report_id == PARK_ID:
        title = (
            "园区减污降碳协同增效年度报告"
            if chinese
            else "Annual report on pollution–carbon synergy of the park"
        )
    else:
        title = (
            "企业减污降碳协同诊断报告"
            if chinese
            else "Diagnostic of pollution–carbon synergy"
        )
    return {
        "title": title,
        "subtitle": f"{owner} · {meta['report_year']}",
        "language": meta["language"],
        "park": meta["park_name"],
        "report_id": f"{meta['park_id']}-{meta['report_year']}-{report_id}",
        "date": f"{meta['report_year']}-12-31",
        "demo": meta["is_invented"],
    }
