"""The two keys of every row, enterprise and year, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from synergy_lib.errors import Problem, nearest
from synergy_lib.inputs.reading import RawSheet
from synergy_lib.inputs.values import to_text, to_year

__all__ = ["clean_keys", "duplicate_problems"]


def clean_keys(
    sheet: RawSheet, known: list[str]
) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """Return enterprise ids and years of a sheet's rows, and what is wrong there."""
    ids = to_text(sheet.frame["企业编号"])
    unknown = ~ids.isin(known)
    problems = [
        Problem(
            sheet.where("企业编号", int(row)),
            f"企业编号“{ids[row] or ''}”不在“企业信息”表中",
            hint=nearest(str(ids[row]), known),
        )
        for row in ids.index[unknown]
    ]
    years, year_problems = to_year(
        sheet.frame["年份"], lambda row: sheet.where("年份", row)
    )
    return ids.mask(unknown, None), years, problems + year_problems


def duplicate_problems(
    sheet: RawSheet,
    header: str,
    rows: pd.Index,
    keys: pd.MultiIndex,
    what: str,
) -> list[Problem]:
    """Return a problem for every row whose key stood in an earlier row."""
    first: dict[Hashable, int] = {}
    problems = []
    for row, key in zip(rows, keys, strict=True):
        if key in first:
            problems.append(
                Problem(
                    sheet.where(header, int(row)),
                    f"{what}（{' '.join(str(part) for part in key)}）",
                    f"只出现一次；首次在 {sheet.cell(header, first[key])}",
                )
            )
        else:
            first[key] = int(row)
    return problems
