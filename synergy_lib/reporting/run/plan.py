"""Which reports are out of date, and why: the hash of each thing they follow from."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from synergy_lib.reporting.output.ledger import LedgerState, ReportRecord
from synergy_lib.reporting.output.manifest import hash_bytes, hash_files, source_hashes
from synergy_lib.reporting.workers.execution import NOTEBOOKS, ReportJob

if TYPE_CHECKING:
    from synergy_lib.inputs.park_data import ParkData
    from synergy_lib.parameters import RunParameters

__all__ = [
    "REASONS",
    "PlannedReport",
    "files_are_intact",
    "own_hashes",
    "parameters_hash",
    "plan_reports",
    "previous_hash",
    "run_hash",
]

# Why a report is built, in the order in which the reasons are given.
REASONS = {
    "new": "还没有生成过",
    "failed": "上次失败",
    "own": "本企业数据有变",
    "park": "园区数据有变",
    "peers": "同行统计有变",
    "parameters": "运行参数有变",
    "language": "语言不同",
    "notebook": "笔记本有变",
    "library": "程序库有变",
    "tables": "因子、指标体系或技术目录有变",
    "template": "版式有变",
    "fonts": "字体有变",
    "packages": "依赖包版本有变",
    "format": "缺少所要的格式",
    "files": "文件缺失或被改动",
    "force": "按 --force 重做",
}
# These explain why the slice changed; the slice itself decides.
_EXPLAINING = frozenset({"own"})


@dataclass(frozen=True)
class PlannedReport:
    """A report, the key it would have now, and why it has to be built.

    ``reasons`` are keys of :data:`REASONS`; none means that it is current.
    """

    job: ReportJob
    key: dict[str, str]
    reasons: tuple[str, ...]

    def has_key_of(self, record: ReportRecord | None) -> bool:
        """Tell whether the files of a record were made from the same things."""
        return (
            record is not None
            and bool(record.files)
            and not _changed_parts(self.key, record.key)
        )

    def is_built(self, state: LedgerState) -> bool:
        """Tell whether the report in place is this one."""
        record = state.reports.get(self.job.report_id)
        return (
            record is not None and record.state == "built" and self.has_key_of(record)
        )

    def is_outdated(self, state: LedgerState) -> bool:
        """Tell whether the report in place was made from earlier data or code."""
        record = state.reports.get(self.job.report_id)
        return record is not None and bool(record.files) and not self.has_key_of(record)


def plan_reports(
    jobs: list[ReportJob],
    *,
    slices: Mapping[str, bytes],
    notebooks: Mapping[str, bytes],
    own: Mapping[str, str],
    common: Mapping[str, str],
    state: LedgerState,
    folder: Path,
) -> list[PlannedReport]:
    """Compare what each report would be made from with what it was made from.

    Parameters
    ----------
    jobs : list of ReportJob
    slices : mapping of str to bytes
        The slice files by their place.
    notebooks : mapping of str to bytes
        The notebooks by their place, :data:`NOTEBOOKS` and file name.
    own : mapping of str to str
        Hash of what the data say of each enterprise itself, from :func:`own_hashes`.
    common : mapping of str to str
        Hashes of what all reports share: parameters, library and so on.
    state : LedgerState
        What was built before.
    folder : pathlib.Path
        Where it lies.

    Returns
    -------
    list of PlannedReport
        In the order of ``jobs``.
    """
    hashes = {place: hash_bytes(content) for place, content in notebooks.items()}
    planned = []
    for job in jobs:
        key = {
            **common,
            "slice": hash_bytes(slices[job.slice_path]),
            "notebook": hashes[f"{NOTEBOOKS}/{job.notebook.name}"],
            "language": str(job.metadata["language"]),
        }
        if job.report_id in own:
            key["own"] = own[job.report_id]
        record = state.reports.get(job.report_id)
        planned.append(PlannedReport(job, key, _reasons(job, key, record, folder)))
    return planned


def _reasons(
    job: ReportJob, key: dict[str, str], record: ReportRecord | None, folder: Path
) -> tuple[str, ...]:
    """Return why a report has to be built, in the order of :data:`REASONS`."""
    if record is None:
        return ("new",)
    found = set(_changed_parts(key, record.key)) if record.files else set()
    if record.state == "failed":
        found.add("failed")
    elif not found:
        found |= _missing(job, record, folder)
    return tuple(reason for reason in REASONS if reason in found)


def _changed_parts(now: dict[str, str], before: dict[str, str]) -> list[str]:
    """Return the parts of a key that differ, a changed slice by what changed it."""
    changed = [
        part
        for part in now
        if now[part] != before.get(part) and part not in _EXPLAINING
    ]
    if "slice" not in changed:
        return changed
    changed.remove("slice")
    if "own" in now and now["own"] != before.get("own"):
        return [*changed, "own"]
    # What nothing else explains changed because the others' data did.
    return changed or ["peers" if "own" in now else "park"]


def _missing(job: ReportJob, record: ReportRecord, folder: Path) -> set[str]:
    """Return what the files in place lack."""
    names = {f"{job.stem}.{file_format}" for file_format in job.formats}
    found = set()
    if names - set(record.files):
        found.add("format")
    if not files_are_intact(record.files, folder):
        found.add("files")
    return found


def files_are_intact(files: Mapping[str, str], folder: Path) -> bool:
    """Tell whether files are in place and have the hashes recorded."""
    try:
        return all(
            hash_bytes((folder / name).read_bytes()) == digest
            for name, digest in files.items()
        )
    except OSError:
        return False


def own_hashes(data: ParkData) -> dict[str, str]:
    """Return a hash of what the data say of each enterprise itself.

    Parameters
    ----------
    data : ParkData

    Returns
    -------
    dict of str to str
        By enterprise id. Other enterprises' data do not enter.
    """
    digests: dict[str, hashlib._Hash] = defaultdict(hashlib.sha256)
    frames = (
        data.panel.reset_index(),
        data.enterprises.rename_axis("enterprise_id").reset_index(),
        data.measures,
        data.restatements,
        data.issues,
    )
    for frame in frames:
        if "enterprise_id" not in frame:
            continue
        rows = pd.util.hash_pandas_object(frame.astype(str), index=False)
        for enterprise_id, values in rows.groupby(frame["enterprise_id"]):
            digests[str(enterprise_id)].update(values.to_numpy().tobytes())
    return {name: digest.hexdigest() for name, digest in digests.items()}


def parameters_hash(parameters: RunParameters) -> str:
    """Return a hash of the parameters that the reports follow from.

    Left out are where the data lie, the language, and values that only the comparison
    with park tables uses.
    """
    chosen = parameters.model_dump(
        mode="json",
        exclude={
            "input": {"path"},
            "previous": {"path"},
            "language": True,
            "park_values": True,
        },
    )
    text = json.dumps(chosen, ensure_ascii=False, sort_keys=True)
    return hash_bytes(text.encode("utf-8"))


def previous_hash(parameters: RunParameters) -> dict[str, str]:
    """Return name and hashes of what last year's report was made from, if named.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    given = parameters.previous
    if given is None:
        return {}
    scheme = source_hashes(given.scheme or parameters.scheme)
    digest = hash_bytes(Path(given.path).read_bytes())
    return {"file": Path(given.path).name, "sha256": digest, **scheme}


def run_hash(parameters: RunParameters, notebooks: list[Path]) -> str:
    """Return a hash of all a folder of reports follows from, without the analysis.

    Empty if the data cannot be read.
    """
    try:
        data = hash_bytes(Path(parameters.input.path).read_bytes())
        previous = previous_hash(parameters)
    except OSError:
        return ""
    parts = {
        "data": data,
        "file": Path(parameters.input.path).name,
        "parameters": parameters_hash(parameters),
        "previous": previous,
        "language": parameters.language,
        "notebook": hash_files(notebooks),
        **source_hashes(parameters.scheme),
    }
    return hash_bytes(json.dumps(parts, sort_keys=True).encode())
