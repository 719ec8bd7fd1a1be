"""From parameters to all that the reports of a park are made from."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from synergy_lib.parameters import RunParameters
from synergy_lib.pipeline import Analysis, analyse_park
from synergy_lib.reporting.output.analysis_files import slice_files
from synergy_lib.reporting.output.ledger import LedgerState
from synergy_lib.reporting.output.manifest import source_hashes
from synergy_lib.reporting.output.publishing import folder_names
from synergy_lib.reporting.run.jobs import (
    PARK_ID,
    BuildOptions,
    report_jobs,
    wanted_reports,
)
from synergy_lib.reporting.run.plan import (
    PlannedReport,
    own_hashes,
    parameters_hash,
    plan_reports,
)
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.slicing import slice_enterprises, slice_park
from synergy_lib.reporting.workers.execution import NOTEBOOKS, ReportJob

__all__ = ["PreparedRun", "prepare_run"]


@dataclass(frozen=True)
class PreparedRun:
    """A park analysed and cut into slices: all that its reports are made from."""

    analysis: Analysis
    park: ParkSlice
    folders: dict[str, str]
    slices: dict[str, bytes]
    notebooks: dict[str, bytes]
    jobs: list[ReportJob]

    def plan(self, state: LedgerState, folder: Path) -> list[PlannedReport]:
        """Return what would be built, and why."""
        parameters = self.analysis.parameters
        return plan_reports(
            self.jobs,
            slices=self.slices,
            notebooks=self.notebooks,
            own=own_hashes(self.analysis.data),
            common=source_hashes(parameters.scheme)
            | {"parameters": parameters_hash(parameters)},
            state=state,
            folder=folder,
        )


def prepare_run(parameters: RunParameters, options: BuildOptions) -> PreparedRun:
    """Analyse a park and cut the slices of its reports.

    Raises
    ------
    InputDataError, ParameterError
        With every problem of the data, the parameters or the options.
    """
    analysis = analyse_park(parameters)
    slices = slice_enterprises(analysis)
    park = slice_park(analysis)
    wanted_reports([PARK_ID, *slices], options, frozenset())
    folders = folder_names(slices)
    notebooks = {
        f"{NOTEBOOKS}/{path.name}": path.read_bytes() for path in options.notebook_paths
    }
    files, names = slice_files(park, slices, folders)
    jobs = report_jobs(park, names, folders, options)
    _give_memory_back()
    return PreparedRun(analysis, park, folders, files, notebooks, jobs)


def _give_memory_back() -> None:
    """Give what the analysis took and freed back to the system, as the run goes on.

    The C library of Linux would keep it to the end; others have no such call.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
