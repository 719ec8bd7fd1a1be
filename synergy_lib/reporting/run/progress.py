"""What a run tells while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synergy_lib.reporting.run.plan import PlannedReport
    from synergy_lib.reporting.workers.execution import ReportResult

__all__ = ["Progress"]


class Progress:
    """Is told how a run goes on; this one keeps it to itself."""

    def stage(self, name: str) -> None:
        """Hear which stage begins."""

    def planned(self, to_build: Sequence[PlannedReport], current: int) -> None:
        """Hear what will be built, and how many reports are current."""

    def finished(self, result: ReportResult, done: int, total: int) -> None:
        """Hear what became of a report."""
