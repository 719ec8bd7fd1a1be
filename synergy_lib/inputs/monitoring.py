"""The sheet of the park's own monitoring: yearly or monthly results, and limits."""

from __future__ import annotations

import pandas as pd

from synergy_lib.errors import Problem, quote
from synergy_lib.inputs.keys import duplicate_problems
from synergy_lib.inputs.layout import sheet_fields
from synergy_lib.inputs.sheets import Findings, NamedSheet, convert

__all__ = ["clean_monitoring"]

_NUMBERS = ("month", "value", "limit", "points")


def clean_monitoring(sheet: NamedSheet, findings: Findings) -> pd.DataFrame:
    """Return the park's own monitoring results.

    Parameters
    ----------
    sheet : NamedSheet
        One indicator and year, or month, a row.
    findings : Findings
        Receives a problem for each month that is no whole number, limit of zero,
        result given twice, and row that departs from the indicator's first in
        having a month, in its unit or in its limit.

    Returns
    -------
    pandas.DataFrame
        The columns of the sheet; ``month`` is NaN for yearly results, ``limit``
        where none is given. A sheet without these columns is one of yearly results.
    """
    columns = [field.key for field in sheet_fields("monitoring")]
    frame = pd.DataFrame(index=sheet.rows, columns=columns, dtype=object)
    for key in columns:
        if key in sheet:
            frame[key] = convert(sheet, key, findings)
    frame = frame.astype(dict.fromkeys(_NUMBERS, float)).dropna(subset=["year"])
    findings.problems += _problems(sheet, frame)
    return frame.astype({"year": "int64"}).reset_index(drop=True)


def _problems(sheet: NamedSheet, frame: pd.DataFrame) -> list[Problem]:
    """Return what is wrong with months, limits and what belongs together."""
    broken = frame.index[frame["month"] % 1 > 0]
    nothing = frame.index[frame["limit"] == 0]
    problems = [
        Problem(sheet.where("month", int(row)), "月份不是整数", "1–12")
        for row in broken
    ]
    problems += [
        Problem(sheet.where("limit", int(row)), "限值为 0", "大于 0 的数，没有则留空")
        for row in nothing
    ]
    named = frame.dropna(subset=["indicator"])
    keys = named[["indicator", "year", "month"]].fillna({"month": 0}).astype(object)
    what = "同一指标同一时期出现多次"
    index = pd.MultiIndex.from_frame(keys)
    problems += duplicate_problems(sheet, "indicator", index, named.index, what)
    has_month = named["month"].notna().map({True: "有月份", False: "没有月份"})
    for key, values in (
        ("month", has_month),
        ("unit", named["unit"]),
        ("limit", named["limit"]),
    ):
        if key in sheet:
            problems += _departures(sheet, key, named["indicator"], values.dropna())
    return problems


def _departures(
    sheet: NamedSheet, key: str, indicators: pd.Series, values: pd.Series
) -> list[Problem]:
    """Return a problem for each row that differs from its indicator's first."""
    names = indicators[values.index]
    first = values.groupby(names).transform("first")
    label = sheet.columns[key].field.label_zh
    return [
        Problem(
            sheet.where(key, int(row)),
            f"{quote(names[row])}的{label}前后不一：{_shown(values[row])}",
            f"同一指标一致：{_shown(first[row])}；不同的另起指标名称",
        )
        for row in values.index[values != first]
    ]


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
