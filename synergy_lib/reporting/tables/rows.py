"""Pieces that several report tables share."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any

import pandas as pd

from synergy_lib.reporting.display import Column, ReportTable
from synergy_lib.reporting.formatting import text
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice

__all__ = [
    "carbon_basis_note",
    "leading_measures",
    "named_rows",
    "plain_table",
    "tag_note",
]


def tag_note(language: str) -> str:
    """Return the footnote that explains the marks [P] and [GK]."""
    return text(
        language,
        "[P] 为本项目建议值，可由园区改定；[GK] 为未经核对原文的通用值。",
        "[P] a proposal of this project, for the park to set; [GK] general knowledge, "
        "not checked against the primary text.",
    )


def leading_measures(data: EnterpriseSlice, limit: int = 6) -> pd.DataFrame:
    """Return the measures a report shows: the first, and those of the plan.

    A column ``is_planned`` marks the measures that together reach the next grade.
    """
    plan = data.measure_plan["technique_id"].dropna()
    rows = data.measures.assign(is_planned=data.measures["technique_id"].isin(plan))
    others = max(limit - int(rows["is_planned"].sum()), 0)
    return rows[rows["is_planned"] | ((~rows["is_planned"]).cumsum() <= others)]


def carbon_basis_note(data: EnterpriseSlice | ParkSlice) -> str:
    """Return how the carbon figures came about."""
    language = data.meta["language"]
    if data.meta["carbon_basis"] == "reported":
        return text(
            language,
            "碳排放为企业披露值（口径以披露为准），未重新核算。",
            "Carbon as the enterprises disclosed it, not recalculated.",
        )
    return text(
        language,
        "碳排放为位置法（电网平均因子），市场法单列。",
        "Carbon location-based (grid average), market-based in its own row.",
    )


def named_rows(frame: pd.DataFrame) -> Any:
    """Iterate over rows as named tuples; the column ``name`` is called ``name_``."""
    row = _row_type(tuple(frame.columns))
    return map(row._make, frame.to_numpy(dtype=object).tolist())


@cache
def _row_type(columns: tuple[Hashable, ...]) -> Any:
    """Return the type of a row; to make one costs more than to read a table."""
    names = ["name_" if column == "name" else str(column) for column in columns]
    return namedtuple("Row", names, rename=True)


def plain_table(
    caption: str,
    labels: Sequence[str],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str] = (),
) -> ReportTable:
    """Return a table whose first and last columns are text, the others numbers."""
    last = len(labels) - 1
    columns = [
        Column(
            f"c{k}",
            label,
            align="left" if k in (0, last) else "right",
            width={0: 2.2, last: 3.0}.get(k, 1.7),
        )
        for k, label in enumerate(labels)
    ]
    return ReportTable(caption, columns, [list(row) for row in rows], list(notes))
