"""The two keys of every row, enterprise and year, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Hashable

import pandas as pd

from synergy_lib.errors import Problem, nearest, quote
from synergy_lib.inputs.sheets import Findings, NamedSheet, convert
from synergy_lib.inputs.values import to_text

__all__ = ["clean_ids", "clean_keys", "duplicate_problems"]

# Looking for the nearest id takes time; a whole wrong column needs no more hints.
_HINTS = 200


def clean_keys(
    sheet: NamedSheet, known: Collection[str] | None, findings: Findings
) -> pd.DataFrame:
    """Return enterprise and year of every row, missing where they are wrong.

    Parameters
    ----------
    sheet : NamedSheet
        With the columns enterprise_id and year.
    known : collection of str or None
        Ids of the enterprises sheet; None if that sheet cannot be read, in which
        case every id is taken for good.
    findings : Findings
        Receives the problems.

    Returns
    -------
    pandas.DataFrame
        ``enterprise_id`` (str or None) and ``year`` (float64), by row number.
    """
    ids = clean_ids(sheet, known, findings)
    years = convert(sheet, "year", findings)
    return pd.DataFrame({"enterprise_id": ids, "year": years})


def clean_ids(
    sheet: NamedSheet, known: Collection[str] | None, findings: Findings
) -> pd.Series:
    """Return the enterprise id of every row, None where it is blank or unknown."""
    ids = to_text(sheet.values("enterprise_id"))
    blank = ids.isna()
    findings.problems += [
        Problem(sheet.where("enterprise_id", int(row)), "企业编号为空")
        for row in ids.index[blank]
    ]
    if known is None:
        return ids
    unknown = ~blank & ~ids.isin(list(known))
    names = list(dict.fromkeys(ids[unknown]))
    hints = {name: _nearest_id(name, known) for name in names[:_HINTS]}
    findings.problems += [
        Problem(
            sheet.where("enterprise_id", int(row)),
            f"企业编号{quote(ids[row])}不在“企业信息”表中",
            hint=hints.get(ids[row], ""),
        )
        for row in ids.index[unknown]
    ]
    return ids.mask(unknown, None)


def duplicate_problems(
    sheet: NamedSheet, key: str, keys: pd.MultiIndex, rows: pd.Index, what: str
) -> list[Problem]:
    """Return a problem for every row whose keys stood in an earlier row.

    Parameters
    ----------
    sheet : NamedSheet
        Where the rows stand.
    key : str
        Column whose cell is named.
    keys : pandas.MultiIndex
        The keys of the rows.
    rows : pandas.Index
        Row numbers, as many as keys.
    what : str
        What is wrong with a row that comes twice.
    """
    again = keys.duplicated()
    if not again.any():
        return []
    first: dict[Hashable, int] = {}
    for row, values in zip(rows, keys, strict=True):
        first.setdefault(values, int(row))
    return [
        Problem(
            sheet.where(key, int(row)),
            f"{what}（{' '.join(_part(part) for part in values)}）",
            f"只出现一次；首次在 {sheet.letter(key)}{first[values]}",
        )
        for row, values in zip(rows[again], keys[again], strict=True)
    ]


def _nearest_id(name: str, known: Collection[str]) -> str:
    """Return the id that differs only in leading zeros, else the nearest one."""
    bare = name.lstrip("0")
    same = [candidate for candidate in known if candidate.lstrip("0") == bare]
    return f"最接近的是“{same[0]}”" if len(same) == 1 else nearest(name, known)


def _part(value: object) -> str:
    """Return one key as text; years as whole numbers."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
