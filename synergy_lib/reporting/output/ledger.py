"""The ledger of a folder of reports: what each run planned, built and could not build.

One line of JSON an event, only ever added to, each on disk before the next step. What
the reports are now follows from reading it from the top; a line that a crash cut short
is skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = [
    "LEDGER",
    "Ledger",
    "LedgerState",
    "ReportRecord",
    "RunRecord",
    "read_ledger",
]

LEDGER = "run_ledger.jsonl"


@dataclass(frozen=True)
class ReportRecord:
    """The last that is known of a report.

    Parameters
    ----------
    report_id, title : str
    state : str
        ``built`` or ``failed``.
    key : dict of str to str
        Hash of each thing the built files follow from; empty if never built.
    files : dict of str to str
        Files in place, relative to the folder, with their SHA-256.
    error, failed_notebook : str
        Why the last attempt failed, and the notebook that shows it.
    seconds : dict of str to float
        Time each stage took. [s]
    time : str
        When it was built, or failed.
    """

    report_id: str
    title: str = ""
    state: str = "failed"
    key: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    error: str = ""
    failed_notebook: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    time: str = ""


@dataclass(frozen=True)
class RunRecord:
    """One run: when, by whom, what it meant to build, and how it ended.

    ``state`` is ``running`` until an end is recorded; a run that was killed stays so.
    ``inputs`` is the hash of everything the folder follows from, if the run left it
    complete; ``reports`` are those that were current then, ``content`` the other files
    it left, with their SHA-256.
    """

    started: str
    process: str = ""
    planned: dict[str, list[str]] = field(default_factory=dict)
    state: str = "running"
    ended: str = ""
    inputs: str = ""
    reports: tuple[str, ...] = ()
    content: dict[str, str] = field(default_factory=dict)
    issues: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LedgerState:
    """What the ledger says now."""

    reports: dict[str, ReportRecord] = field(default_factory=dict)
    runs: tuple[RunRecord, ...] = ()

    @property
    def last_run(self) -> RunRecord | None:
        """Return the latest run, None if there was none."""
        return self.runs[-1] if self.runs else None

    @property
    def failed(self) -> tuple[ReportRecord, ...]:
        """Return the reports whose last attempt failed."""
        return tuple(r for r in self.reports.values() if r.state == "failed")


class Ledger:
    """Adds events to the ledger of a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEDGER

    def start_run(self, planned: Mapping[str, list[str]]) -> None:
        """Record that a run begins, with the reasons for each report it will build."""
        process = f"{os.getpid()}@{_host()}"
        self._append("run", process=process, planned=dict(planned))

    def report_built(
        self,
        report_id: str,
        title: str,
        *,
        key: Mapping[str, str],
        files: Mapping[str, str],
        seconds: Mapping[str, float],
    ) -> None:
        """Record that a report is in place."""
        self._append(
            "built",
            report_id=report_id,
            title=title,
            key=dict(key),
            files=dict(files),
            seconds=dict(seconds),
        )

    def report_failed(
        self, report_id: str, title: str, *, error: str, failed_notebook: str
    ) -> None:
        """Record that a report could not be made."""
        self._append(
            "failed",
            report_id=report_id,
            title=title,
            error=error,
            failed_notebook=failed_notebook,
        )

    def end_run(
        self,
        state: str,
        *,
        inputs: str = "",
        reports: Sequence[str] = (),
        content: Mapping[str, str] | None = None,
        issues: Mapping[str, int] | None = None,
    ) -> None:
        """Record how the run ended.

        Parameters
        ----------
        state : str
            ``complete``, ``partial`` (not all reports of the park were asked for),
            ``failures`` or ``interrupted``.
        inputs, reports, content, issues
            As in :class:`RunRecord`.
        """
        self._append(
            "end",
            state=state,
            inputs=inputs,
            reports=list(reports),
            content=dict(content or {}),
            issues=dict(issues or {}),
        )

    def _append(self, event: str, **content: Any) -> None:
        """Add a line and wait until it is on disk."""
        line = json.dumps(
            {"event": event, "time": _now(), **content}, ensure_ascii=False
        )
        with self.path.open("ab+") as file:
            if file.tell() and not _ends_whole(file):
                line = f"\n{line}"
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())


def read_ledger(folder: Path) -> LedgerState:
    """Return what the ledger of a folder says, empty if there is none.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of one park and year.

    Raises
    ------
    OSError
        If there is a ledger that may not be read.
    """
    reports: dict[str, ReportRecord] = {}
    runs: list[RunRecord] = []
    for event in _events(folder / LEDGER):
        kind, time = event.pop("event", None), event.pop("time", "")
        report_id = str(event.get("report_id", ""))
        if kind == "run":
            runs.append(replace(RunRecord(started=time), **_known(RunRecord, event)))
        elif kind == "end" and runs:
            runs[-1] = replace(runs[-1], ended=time, **_known(RunRecord, event))
        elif kind in ("built", "failed") and report_id:
            # After a failure the last good files, if any, are still in place.
            earlier = reports.get(report_id) if kind == "failed" else None
            reports[report_id] = replace(
                earlier or ReportRecord(report_id),
                state=kind,
                time=time,
                **_known(ReportRecord, event),
            )
    return LedgerState(reports, tuple(runs))


def _known(record: type, event: dict[str, Any]) -> dict[str, Any]:
    """Return the entries of an event that this version has a field for."""
    names = {field.name for field in fields(record)}
    return {name: value for name, value in event.items() if name in names}


def _events(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a ledger, skipping what a crash left unreadable."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _ends_whole(file: Any) -> bool:
    """Tell whether the last line of a file is complete."""
    file.seek(-1, os.SEEK_END)
    whole: bool = file.read(1) == b"\n"
    return whole


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _host() -> str:
    import socket

    return socket.gethostname()
