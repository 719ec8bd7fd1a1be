"""What the inputs stage hands on: the panel, and where each value came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from synergy_lib.schema import column_label

__all__ = ["ISSUE_COLUMNS", "Cells", "Issue", "ParkData", "issues_frame", "to_issues"]

ISSUE_COLUMNS = (
    "severity",
    "enterprise_id",
    "year",
    "column",
    "cell",
    "value",
    "rule",
    "message",
    "treatment",
)

SET_ASIDE = "存疑，未采用（按缺失处理）"
USED = "已采用，请核实"


@dataclass(frozen=True)
class Issue:
    """One doubtful or missing value that does not stop the run.

    ``severity`` is ``suspect`` (value set aside, treated as missing), ``warning``
    (value used, worth a look) or ``gap`` (nothing was given).
    """

    severity: str
    enterprise_id: str
    year: int | None
    column: str
    cell: str
    value: float | str | None
    rule: str
    message: str
    treatment: str


def issues_frame(issues: Iterable[Issue]) -> pd.DataFrame:
    """Return issues as a table with the columns of :data:`ISSUE_COLUMNS`."""
    rows = [[getattr(issue, name) for name in ISSUE_COLUMNS] for issue in issues]
    frame = pd.DataFrame(rows, columns=list(ISSUE_COLUMNS))
    return frame.astype({"year": "Int64", "value": object})


@dataclass(frozen=True)
class Cells:
    """Where values stand in the user's file, as ``sheet!cell``.

    Parameters
    ----------
    rows : mapping of str to Series
        Sheet name → row number by (enterprise_id, year), for sheets with one row
        an enterprise and year.
    letters : mapping of str to tuple
        Panel column → (sheet name, column letter), for the same sheets.
    single : mapping
        (enterprise_id, year, column) → location, for values that stand in a row of
        their own.
    """

    rows: dict[str, dict[tuple[str, int], int]] = field(default_factory=dict)
    letters: dict[str, tuple[str, str]] = field(default_factory=dict)
    single: dict[tuple[str, int, str], str] = field(default_factory=dict)

    def find(self, enterprise_id: str, year: int, column: str) -> str:
        """Return the location of a value, or an empty string if it has none."""
        if location := self.single.get((enterprise_id, year, column)):
            return location
        if column not in self.letters:
            return ""
        sheet, letter = self.letters[column]
        row = self.rows.get(sheet, {}).get((enterprise_id, year))
        return f"{sheet}!{letter}{row}" if row else ""


def to_issues(found: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """Return findings with their cell and what was done about them."""
    if found.empty:
        return issues_frame([])
    table = found.assign(
        treatment=found["severity"].map(
            {"suspect": SET_ASIDE, "warning": USED, "gap": "按缺失处理"}
        ),
        cell=[
            "" if pd.isna(year) else cells.find(str(enterprise), int(year), str(column))
            for enterprise, year, column in zip(
                found["enterprise_id"], found["year"], found["column"], strict=True
            )
        ],
        message=[
            f"{column_label(str(column), with_unit=False)}：{message}"
            for column, message in zip(found["column"], found["message"], strict=True)
        ],
    )
    empty = issues_frame([])
    ordered = table[list(empty.columns)].astype({"year": "Int64"})
    return ordered.sort_values(
        ["severity", "enterprise_id", "year", "column"], key=_severity_order
    ).reset_index(drop=True)


def _severity_order(values: pd.Series) -> pd.Series:
    """Sort suspect before warning before gap."""
    order = {"suspect": 0, "warning": 1, "gap": 2}
    return values.map(order) if values.name == "severity" else values


@dataclass(frozen=True)
class ParkData:
    """A park's data after cleaning, before any calculation.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year), columns of ``data/columns.csv``.
    enterprises : pandas.DataFrame
        Index enterprise_id; name and other things that do not change by year.
    measures : pandas.DataFrame
        Measures the enterprises plan, one a row.
    monitoring : pandas.DataFrame
        Park monitoring: year, month (NaN for a yearly result), indicator, value,
        unit, limit (NaN where none is given), points, note.
    cells : Cells
        Where each value stands in the file.
    issues : pandas.DataFrame
        What was noticed and what was done about it (:data:`ISSUE_COLUMNS`).
    restatements : pandas.DataFrame
        Values that a later edition of the source changed: enterprise_id, year,
        column, edition, value, used.
    source_name, source_sha256 : str
        The file's name and the hash of its bytes.
    notes : tuple of str
        Sentences on what was assumed when units were converted.
    """

    panel: pd.DataFrame
    enterprises: pd.DataFrame
    measures: pd.DataFrame
    monitoring: pd.DataFrame
    cells: Cells
    issues: pd.DataFrame
    restatements: pd.DataFrame
    source_name: str
    source_sha256: str
    notes: tuple[str, ...] = ()

    @property
    def issue_counts(self) -> dict[str, int]:
        """Return how many issues of each severity there are; none has no entry."""
        counts = self.issues["severity"].value_counts()
        return {str(severity): int(count) for severity, count in counts.items()}
