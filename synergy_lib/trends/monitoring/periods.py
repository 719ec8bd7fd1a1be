"""Monitoring results by year, month or day, with their gaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, Problem
from synergy_lib.schema import require_columns

__all__ = [
    "dated_monitoring",
    "gap_text",
    "is_yearly",
    "monitoring_gaps",
    "monthly_means",
]

# Share of a month's days below which its mean is not given: a proposal [P].
MINIMUM_COVERAGE = 0.75
MOST_NAMED = 5


def dated_monitoring(monitoring: pd.DataFrame) -> pd.DataFrame:
    """Return monitoring results with the period that each is about.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        As ``ParkData.monitoring``: ``indicator, value, unit`` and ``year``, with
        ``month`` (1–12) where results are monthly, NaN where they are yearly; or
        ``date`` instead of both where they are daily. Further columns are left out;
        NaN is no result.

    Returns
    -------
    pandas.DataFrame
        ``indicator, unit, period, value``, by indicator in the order given, then by
        period; one frequency (``Y``, ``M`` or ``D``) for each indicator. Where they
        differ, ``period`` holds single periods.

    Raises
    ------
    InputDataError
        If a column is missing, a date cannot be read, an indicator has two values of
        one period, two units or years beside months, or a value is infinite.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": 2024, "month": [2, 1], "indicator": "TVOC",
    ...     "value": [0.2, 0.3], "unit": "mg/m3"})
    >>> dated_monitoring(frame)["period"].astype(str).tolist()
    ['2024-01', '2024-02']
    """
    needed = ["date"] if "date" in monitoring else ["year"]
    columns = ["indicator", "value", "unit", *needed]
    require_columns(monitoring, columns, "dated_monitoring")
    table = pd.DataFrame(
        {
            "indicator": monitoring["indicator"].to_numpy(),
            "unit": monitoring["unit"].to_numpy(),
            "period": _periods(monitoring),
            "value": pd.to_numeric(monitoring["value"]).to_numpy(dtype=float),
        }
    )
    _check(table)
    order = {name: k for k, name in enumerate(pd.unique(table["indicator"]))}
    start = [period.start_time for period in table["period"]]
    ranked = table.assign(order=table["indicator"].map(order), start=start)
    ranked = ranked.sort_values(["order", "start"], ignore_index=True)
    return ranked.drop(columns=["order", "start"])


def is_yearly(periods: pd.Series) -> bool:
    """Tell whether the periods of an indicator are years."""
    return pd.PeriodIndex(periods).freqstr.startswith("Y")


def _periods(monitoring: pd.DataFrame) -> pd.PeriodIndex | pd.Index:
    """Return the period of each row, as fine as its columns say."""
    if "date" in monitoring:
        dates = pd.to_datetime(monitoring["date"], errors="coerce")
        _refuse(monitoring["date"][dates.isna()], "日期无法识别", "如 2024-03-15")
        return pd.PeriodIndex(dates.dt.to_period("D"))
    years = monitoring["year"].astype("int64").astype(str)
    if "month" not in monitoring or monitoring["month"].isna().all():
        return pd.PeriodIndex(years, freq="Y")
    months = pd.to_numeric(monitoring["month"], errors="coerce")
    yearly = monitoring["month"].isna()
    wrong = ~months.isin(range(1, 13)) & ~yearly
    _refuse(monitoring["month"][wrong], "月份无法识别", "1 至 12 的整数")
    texts = years + "-" + months.fillna(1).astype("int64").astype(str).str.zfill(2)
    periods = pd.PeriodIndex(texts, freq="M")
    if not yearly.any():
        return periods
    both = zip(periods, periods.asfreq("Y"), yearly, strict=True)
    mixed = [year if is_year else month for month, year, is_year in both]
    return pd.Index(mixed, dtype=object)


def _refuse(wrong: pd.Series, what: str, expected: str) -> None:
    if len(wrong):
        rows = "、".join(str(row) for row in wrong.index[:MOST_NAMED])
        named = f"{what}：{'、'.join(str(x) for x in wrong.iloc[:MOST_NAMED])}"
        where = f"园区监测 第 {rows} 行（共 {len(wrong)} 行）"
        raise InputDataError(Problem(where, named, expected))


def _check(table: pd.DataFrame) -> None:
    """Raise for what no period can mean."""
    problems = []
    units = table.groupby("indicator", sort=False)["unit"].unique()
    for name, found in units[units.str.len() > 1].items():
        what = f"计量单位不一：{'、'.join(map(str, found))}"
        problems.append(Problem(f"园区监测 {name}", what, "一个单位"))
    twice = table[table.duplicated(["indicator", "period"])]
    for name in map(str, twice["indicator"].unique()):
        periods = twice.loc[twice["indicator"] == name, "period"]
        what = f"{gap_text(list(periods))} 重复出现"
        problems.append(Problem(f"园区监测 {name}", what, "每期一个值"))
    kinds = table.assign(kind=[period.freqstr for period in table["period"]])
    kinds = kinds.drop_duplicates(["indicator", "kind"])
    several = kinds.loc[kinds["indicator"].duplicated(), "indicator"]
    for name in map(str, several):
        what = "有的结果有月份，有的没有"
        problems.append(Problem(f"园区监测 {name}", what, "全部逐月或全部为年值"))
    endless = table.loc[np.isinf(table["value"]), "indicator"]
    for name in map(str, endless.unique()):
        problems.append(Problem(f"园区监测 {name}", "含无穷大", "有限数值或空缺"))
    if problems:
        raise InputDataError(problems)


def monthly_means(
    dated: pd.DataFrame, *, minimum_coverage: float = MINIMUM_COVERAGE
) -> pd.DataFrame:
    """Return monthly values, the means of daily ones.

    Parameters
    ----------
    dated : pandas.DataFrame
        As :func:`dated_monitoring` returns, by month or day.
    minimum_coverage : float
        Share of a month's days with a value below which its mean is not given. [-]

    Returns
    -------
    pandas.DataFrame
        ``indicator, unit, period`` (every month from the first to the last),
        ``value`` (NaN where there is none), ``n_values, coverage`` [-].
    """
    parts = []
    for (name, unit), group in dated.groupby(["indicator", "unit"], sort=False):
        months = pd.PeriodIndex(group["period"]).asfreq("M")
        whole = pd.period_range(months.min(), months.max(), freq="M")
        values = group["value"].groupby(months.to_numpy()).agg(["mean", "count"])
        values = values.reindex(whole)
        count = values["count"].fillna(0).astype(int).to_numpy()
        daily = pd.PeriodIndex(group["period"]).freqstr == "D"
        coverage = count / (whole.days_in_month if daily else 1)
        mean = np.where(coverage >= minimum_coverage, values["mean"], np.nan)
        part = {"indicator": name, "unit": unit, "period": whole, "value": mean}
        parts.append(pd.DataFrame({**part, "n_values": count, "coverage": coverage}))
    columns = ["indicator", "unit", "period", "value", "n_values", "coverage"]
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    )


def monitoring_gaps(monitoring: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of periods without a result, between the first and the last.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        As for :func:`dated_monitoring`.

    Returns
    -------
    pandas.DataFrame
        One row a gap: ``indicator, first_missing, last_missing`` (periods),
        ``n_periods``.
    """
    rows = []
    known = dated_monitoring(monitoring).dropna(subset=["value"])
    for name, group in known.groupby("indicator", sort=False):
        for before, after in pairwise(pd.PeriodIndex(group["period"])):
            missing = after.ordinal - before.ordinal - 1
            if missing > 0:
                rows.append((name, before + 1, after - 1, missing))
    columns = ["indicator", "first_missing", "last_missing", "n_periods"]
    return pd.DataFrame(rows, columns=columns)


def gap_text(periods: Sequence[pd.Period]) -> str:
    """Return the first missing periods as text, and how many there are."""
    named = "、".join(str(period) for period in periods[:MOST_NAMED])
    more = f"等共 {len(periods)} 期" if len(periods) > MOST_NAMED else ""
    return named + more
