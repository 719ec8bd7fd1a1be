"""Exceedances of a limit, months within it, and what gaps leave open."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.schema import require_columns
from synergy_lib.trends.monitoring.periods import dated_monitoring, gap_text

__all__ = ["compliance_table", "exceedances", "given_limits"]

SENSES = ("at_most", "at_least")
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "compliant": "",
        "exceeded": "",
        "incomplete": "有数据的均达标，但缺 {n_missing} 期（{missing}），不能说全年达标",
        "no_limit": "未给出限值，无法判断",
        "no_data": "无数据，无法判断",
    }
)
COLUMNS = (
    *("indicator", "unit", "year", "limit", "n_values", "n_expected", "n_missing"),
    *("missing_periods", "exceedances", "exceedance_share", "worst", "worst_ratio"),
    *("worst_period", "months_judged", "months_compliant", "status", "reason"),
)


def given_limits(monitoring: pd.DataFrame) -> pd.DataFrame:
    """Return the limits that stand beside the results themselves.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        As ``ParkData.monitoring``; without ``limit`` there are none.

    Returns
    -------
    pandas.DataFrame
        ``indicator, limit, unit``, one row an indicator and limit.
    """
    columns = ["indicator", "limit", "unit"]
    if "limit" not in monitoring:
        monitoring = monitoring.assign(limit=np.nan)
    found = monitoring[columns].dropna(subset=["limit"]).astype({"limit": float})
    return found.drop_duplicates(ignore_index=True)


def exceedances(
    monitoring: pd.DataFrame, limits: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return every result with its limit and whether it exceeds it.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        As ``ParkData.monitoring``; with ``month`` or ``date`` where finer than a year.
    limits : pandas.DataFrame, optional
        ``indicator, limit, unit``, one row an indicator; ``sense`` (``at_most``, the
        default, or ``at_least``, as for dissolved oxygen). Those of
        :func:`given_limits` if omitted.

    Returns
    -------
    pandas.DataFrame
        ``indicator, unit, period, value, limit, sense`` and ``is_exceeded``, missing
        where the value or the limit is. A value at the limit does not exceed it.

    Raises
    ------
    InputDataError
        As :func:`~synergy_lib.trends.monitoring.periods.dated_monitoring`.
    ParameterError
        If a limit is of another unit than the results, is not positive, given twice,
        of an unknown sense, or of an indicator without results.
    """
    dated = dated_monitoring(monitoring)
    limits = given_limits(monitoring) if limits is None else limits
    require_columns(limits, ["indicator", "limit", "unit"], "exceedances")
    if "sense" not in limits:
        limits = limits.assign(sense=SENSES[0])
    _check_limits(limits, dated)
    known = limits[["indicator", "limit", "sense"]]
    table = dated.merge(known, on="indicator", how="left", validate="many_to_one")
    apart = np.where(
        table["sense"] == "at_least",
        table["limit"] - table["value"],
        table["value"] - table["limit"],
    )
    judged = pd.Series(apart > 0, index=table.index, dtype="boolean")
    return table.assign(is_exceeded=judged.mask(np.isnan(apart)))


def _check_limits(limits: pd.DataFrame, dated: pd.DataFrame) -> None:
    """Raise for limits that cannot be compared with the results."""
    units = dated.drop_duplicates("indicator").set_index("indicator")["unit"].to_dict()
    problems = []
    for name in limits.loc[limits["indicator"].duplicated(), "indicator"].unique():
        problems.append(Problem(f"限值 {name}", "重复", "每个指标一行"))
    for row in limits.to_dict("records"):
        name, where = row["indicator"], f"限值 {row['indicator']}"
        if name not in units:
            hint = nearest(str(name), map(str, units))
            problems.append(Problem(where, "监测结果中没有该指标", hint=hint))
        elif row["unit"] != units[name]:
            what = f"单位为 {row['unit']}"
            problems.append(Problem(where, what, f"与监测结果一致：{units[name]}"))
        if not 0 < row["limit"] < np.inf:
            problems.append(Problem(where, f"限值 {row['limit']}", "大于零的数值"))
        if row["sense"] not in SENSES:
            expected = "、".join(SENSES)
            problems.append(Problem(where, f"sense 为 {row['sense']}", expected))
    if problems:
        raise ParameterError(problems)


def compliance_table(
    monitoring: pd.DataFrame, limits: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return exceedances and months within the limit, by indicator and year.

    Parameters
    ----------
    monitoring, limits : pandas.DataFrame
        As for :func:`exceedances`.

    Returns
    -------
    pandas.DataFrame
        One row an indicator and year from its first to its last: ``indicator, unit,
        year, limit, n_values, n_expected`` (days, months or one, of the whole year),
        ``n_missing, missing_periods`` (text), ``exceedances, exceedance_share`` (of
        the values) [-], ``worst`` (furthest beyond or nearest to the limit) [unit],
        ``worst_ratio`` (worst over limit) [-], ``worst_period, months_judged`` (with
        a value), ``months_compliant`` (none of whose values exceeds; both NaN for
        yearly results), ``status`` (``compliant``: the whole year is known and
        within; ``exceeded``; ``incomplete``: within, as far as is known;
        ``no_limit``; ``no_data``), ``reason``.

    Raises
    ------
    InputDataError, ParameterError
        As :func:`exceedances`.

    Notes
    -----
    A missing result is neither within nor beyond the limit.
    """
    table = exceedances(monitoring, limits)
    rows: list[dict[str, Any]] = []
    for _, group in table.groupby("indicator", sort=False):
        years = pd.PeriodIndex(group["period"]).year
        for year in range(years.min(), years.max() + 1):
            rows.append(_year_row(group, group[years == year], year))
    return pd.DataFrame(rows, columns=COLUMNS)


def _year_row(group: pd.DataFrame, rows: pd.DataFrame, year: int) -> dict[str, Any]:
    """Return what is known of one indicator in one year."""
    frequency = pd.PeriodIndex(group["period"]).freqstr
    whole = pd.period_range(f"{year}-01-01", f"{year}-12-31", freq=frequency)
    known = rows.dropna(subset=["value"])
    missing = list(whole.difference(pd.PeriodIndex(known["period"], freq=frequency)))
    first = group.iloc[0]
    row = {
        **{name: first[name] for name in ("indicator", "unit", "limit")},
        "year": year,
        "n_values": len(known),
        "n_expected": len(whole),
        "n_missing": len(missing),
        "missing_periods": gap_text(missing),
    }
    if known.empty or np.isnan(first["limit"]):
        status = "no_data" if known.empty else "no_limit"
        return {**row, "status": status, "reason": REASONS[status]}
    beyond = known["is_exceeded"].astype(bool)
    values = known["value"].to_numpy()
    place = values.argmin() if first["sense"] == "at_least" else values.argmax()
    worst = known.iloc[int(place)]
    status = "exceeded" if beyond.any() else "incomplete" if missing else "compliant"
    words = {"n_missing": len(missing), "missing": row["missing_periods"]}
    return {
        **row,
        "exceedances": int(beyond.sum()),
        "exceedance_share": float(beyond.mean()),
        "worst": worst["value"],
        "worst_ratio": worst["value"] / first["limit"],
        "worst_period": str(worst["period"]),
        **_months(known, beyond, frequency),
        "status": status,
        "reason": REASONS[status].format(**words),
    }


def _months(known: pd.DataFrame, beyond: pd.Series, frequency: str) -> dict[str, float]:
    """Return in how many months there were values, and none beyond the limit."""
    if frequency.startswith("Y"):
        return {"months_judged": np.nan, "months_compliant": np.nan}
    months = pd.PeriodIndex(known["period"]).month
    by_month = beyond.groupby(months).any()
    return {"months_judged": len(by_month), "months_compliant": int((~by_month).sum())}
