"""What is missing: blanks, rows and enterprises without data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.inputs.park_data import Cells
from synergy_lib.inputs.rules import findings, stack_findings
from synergy_lib.schema import input_columns

__all__ = ["check_absent", "check_gaps", "check_rows"]


def check_rows(panel: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """Return enterprise-years that have no row on one of the yearly sheets."""
    first = {sheet: column for column, (sheet, _) in reversed(cells.letters.items())}
    pieces = []
    for sheet, rows in cells.rows.items():
        absent = ~panel.index.isin(list(rows))
        hits = panel.index[absent]
        pieces.append(
            pd.DataFrame(
                {
                    "enterprise_id": hits.get_level_values("enterprise_id"),
                    "year": hits.get_level_values("year"),
                    "column": first.get(sheet, ""),
                    "value": np.nan,
                    "rule": "no_row",
                }
            )
        )
    return stack_findings([piece[piece["column"] != ""] for piece in pieces])


def check_gaps(panel: pd.DataFrame) -> pd.DataFrame:
    """Return blanks in columns that the same enterprise fills in other years.

    A column that an enterprise never fills is reported once, without a year, if at
    least half of the park fills it.
    """
    filled = panel.notna()
    firms = panel.index.get_level_values("enterprise_id")
    # A carrier that is only ever 0 was never listed: not used, so nothing is missing.
    carriers = panel.columns.isin(input_columns("energy").index)
    given = filled & ~((panel == 0) & carriers)
    by_firm = given.groupby(firms).any()
    ever = by_firm.loc[firms].set_axis(panel.index)
    never = ~by_firm & (by_firm.mean() >= 0.5)
    columns, rows = np.nonzero(never.to_numpy(dtype=bool).T)
    all_years = pd.DataFrame(
        {
            "enterprise_id": never.index.to_numpy()[rows],
            "year": pd.NA,
            "column": never.columns.to_numpy()[columns],
            "value": np.nan,
            "rule": "gap_all_years",
        }
    )
    return stack_findings([findings(panel, ~filled & ever, "gap"), all_years])


def check_absent(panel: pd.DataFrame, enterprises: pd.Index) -> pd.DataFrame:
    """Return enterprises that are listed but have no data in any year."""
    present = panel.index.get_level_values("enterprise_id")
    absent = enterprises[~enterprises.isin(present)]
    row = {"year": pd.NA, "column": "enterprise_id", "value": np.nan, "rule": "absent"}
    return stack_findings([pd.DataFrame({"enterprise_id": absent, **row})])
