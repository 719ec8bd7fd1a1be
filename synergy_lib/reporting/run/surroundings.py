"""What lies around the reports: analysis, annex tables, portal, manifest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from synergy_lib.reporting.output.analysis_files import frame_files
from synergy_lib.reporting.output.annexes import annex_workbooks
from synergy_lib.reporting.output.ledger import LedgerState
from synergy_lib.reporting.output.manifest import (
    hash_files,
    manifest_text,
    source_hashes,
)
from synergy_lib.reporting.output.portal import portal_html
from synergy_lib.reporting.run.jobs import BuildOptions
from synergy_lib.reporting.run.plan import previous_hash
from synergy_lib.reporting.slices import ParkSlice

if TYPE_CHECKING:
    from synergy_lib.pipeline import Analysis

__all__ = ["analysis_and_annexes", "manifest_bytes", "portal_bytes"]

_TABLES = "tables/"


def analysis_and_annexes(analysis: Analysis, park: ParkSlice) -> dict[str, bytes]:
    """Return the frames of the analysis and the annex tables, by place in the folder.

    Parameters
    ----------
    analysis : Analysis
    park : ParkSlice
    """
    annexes = annex_workbooks(park, analysis.panel.join(analysis.accounts))
    tables = {f"{_TABLES}{name}": content for name, content in annexes.items()}
    return {**frame_files(analysis), **tables}


def portal_bytes(
    park: ParkSlice,
    *,
    folders: Mapping[str, str],
    folder: Path,
    files: Iterable[str],
    state: LedgerState,
    outdated: Collection[str],
) -> bytes:
    """Return the portal.

    Parameters
    ----------
    park : ParkSlice
    folders : mapping of str to str
        Enterprise id → folder name.
    folder : pathlib.Path
        Where the reports lie.
    files : iterable of str
        What else lies there; the portal links the annex tables.
    state : LedgerState
        Which reports failed.
    outdated : collection of str
        Reports in place that were made from earlier data.
    """
    page = portal_html(
        park,
        park_files=_present(folder, "park/park_annual_report"),
        enterprise_files={
            key: _present(folder, f"enterprises/{name}/diagnostic")
            for key, name in folders.items()
        },
        table_files=[name for name in files if name.startswith(_TABLES)],
        errors={record.report_id: record.error for record in state.failed},
        outdated=outdated,
    )
    return page.encode("utf-8")


def manifest_bytes(
    analysis: Analysis, state: LedgerState, options: BuildOptions
) -> bytes:
    """Return the manifest: what went in, what came out, with hashes and times."""
    parameters = analysis.parameters
    reports = {
        record.report_id: {
            "title": record.title,
            "state": record.state,
            "error": record.error,
            "time": record.time,
            "seconds": record.seconds,
            "key": record.key,
            "files": record.files,
        }
        for record in state.reports.values()
    }
    data = {"file": analysis.data.source_name, "sha256": analysis.data.source_sha256}
    text = manifest_text(
        {
            "parameters": parameters.model_dump(
                mode="json", exclude={"input": {"path"}, "previous": {"path"}}
            ),
            "data": data,
            "previous": previous_hash(parameters),
            "sources": source_hashes(parameters.scheme)
            | {"notebooks": hash_files(options.notebook_paths)},
            "issues": analysis.data.issue_counts,
            "reports": reports,
        }
    )
    return text.encode("utf-8")


def _present(folder: Path, stem: str) -> list[str]:
    """Return the files of a report that exist, PDF first."""
    order: Iterable[str] = ("pdf", "html", "ipynb")
    return [f"{stem}.{s}" for s in order if (folder / f"{stem}.{s}").is_file()]
