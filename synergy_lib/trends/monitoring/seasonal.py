"""Trend of monthly monitoring results, month by month against itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from synergy_lib.trends.monitoring.periods import (
    MINIMUM_COVERAGE,
    dated_monitoring,
    gap_text,
    is_yearly,
    monthly_means,
)
from synergy_lib.trends.rank_statistics import (
    detectable_slope,
    interval_ranks,
    kendall_s,
    kendall_variance,
    normal_tail,
)
from synergy_lib.trends.series import Floats

__all__ = ["seasonal_kendall", "seasonal_trend_table"]

DEFAULT_ALPHA = 0.05
FEWEST_YEARS = 3
MONTHS = 12
# Pairs of years, over all months, below which the normal approximation is not used.
FEWEST_PAIRS = 24
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ok": "",
        "annual_only": "只有年值，没有逐月结果，不能作季节性检验",
        "no_data": "无数据",
        "too_few_years": "只有 {n_years} 年逐月数据，季节性检验至少需要 3 年",
        "too_few_pairs": "缺测过多：同月可比的年份对仅 {pairs} 个，至少需要 24 个",
    }
)


def seasonal_kendall(
    matrix: Floats, *, alpha: float = DEFAULT_ALPHA
) -> dict[str, float]:
    r"""Return the seasonal Mann–Kendall test and slope of one series.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n_years, n_seasons)
        One row a year without a gap between years; NaN where there is no value.
    alpha : float
        Two-sided level that ``detectable`` refers to. [-]

    Returns
    -------
    dict
        ``n, pairs, s, tau, variance, p, slope, low, high`` (90 %) [unit/a],
        ``detectable`` [unit/a], the smallest yearly change that would have been
        significant on this scatter; ``intercept`` [unit], at the start of the first
        year. NaN without pairs.

    Notes
    -----
    :math:`S' = \sum_m S_m`, :math:`V' = \sum_m V_m` with the ties of each month;
    normal with continuity correction. The slope is the median of all pair slopes
    within months (Hirsch, Slack and Smith 1982). Months are taken as independent:
    where they are not, the p is too small.
    """
    s, variance, slopes = 0, 0.0, []
    for column in matrix.T:
        years = np.flatnonzero(~np.isnan(column))
        if len(years) < 2:
            continue
        values = column[years]
        first, second = np.triu_indices(len(years), 1)
        slopes.append((values[second] - values[first]) / (years[second] - years[first]))
        s += int(kendall_s(values[np.newaxis])[0])
        variance += float(kendall_variance(values[np.newaxis])[0])
    pooled = np.sort(np.concatenate(slopes or [np.empty(0)]))
    pairs = len(pooled)
    found = {"n": float((~np.isnan(matrix)).sum()), "pairs": float(pairs)}
    if not pairs:
        names = ("s", "tau", "variance", "p", "slope", "low", "high", "detectable")
        return found | dict.fromkeys((*names, "intercept"), math.nan)
    slope = float(np.median(pooled))
    below, above = interval_ranks(np.array([variance]), pairs)
    critical = 1 + stats.norm.ppf(1 - alpha / 2) * math.sqrt(variance)
    detectable = detectable_slope(pooled[np.newaxis], np.array([slope]), critical)
    upper = normal_tail(np.array([s]), np.array([variance]))[0]
    place = np.flatnonzero(~np.isnan(matrix.ravel())) / matrix.shape[1]
    return found | {
        "s": float(s),
        "tau": s / pairs,
        "variance": variance,
        "p": min(1.0, 2 * float(upper)),
        "slope": slope,
        "low": float(pooled[below[0]]),
        "high": float(pooled[above[0]]),
        "detectable": float(detectable[0]),
        "intercept": float(np.nanmedian(matrix) - slope * np.median(place)),
    }


def seasonal_trend_table(
    monitoring: pd.DataFrame,
    *,
    alpha: float = DEFAULT_ALPHA,
    minimum_coverage: float = MINIMUM_COVERAGE,
) -> pd.DataFrame:
    """Return the seasonal trend of each monitoring indicator.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        As ``ParkData.monitoring``, with ``month``, or with ``date`` where daily.
    alpha : float
        Two-sided level of the verdict. [-]
    minimum_coverage : float
        Share of a month's days that its mean needs, for daily results. [-]

    Returns
    -------
    pandas.DataFrame
        One row an indicator: ``indicator, unit, first_month, last_month, n_years, n``
        (months with a value), ``n_missing, missing_months`` (text), the numbers of
        :func:`seasonal_kendall`, ``relative_slope`` (slope over median) [1/a],
        ``verdict`` (rising, falling, not_detected, or "" where not judged), ``status,
        reason``. Tested from three years of months and 24 pairs of years on.

    Raises
    ------
    InputDataError
        As :func:`~synergy_lib.trends.monitoring.periods.dated_monitoring`.
    """
    dated = dated_monitoring(monitoring)
    rows = []
    for (name, unit), group in dated.groupby(["indicator", "unit"], sort=False):
        row = {"indicator": name, "unit": unit, "verdict": "", "missing_months": ""}
        if is_yearly(group["period"]):
            row |= {"status": "annual_only", "reason": REASONS["annual_only"]}
        else:
            months = monthly_means(group, minimum_coverage=minimum_coverage)
            row |= _row(months, alpha)
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = (
    *("indicator", "unit", "first_month", "last_month", "n_years", "n", "n_missing"),
    *("missing_months", "pairs", "s", "tau", "variance", "p", "slope", "low", "high"),
    *("detectable", "intercept", "relative_slope", "verdict", "status", "reason"),
)


def _row(months: pd.DataFrame, alpha: float) -> dict[str, Any]:
    """Return the row of one indicator."""
    known = months.dropna(subset=["value"])
    if known.empty:
        return {"n": 0, "status": "no_data", "reason": REASONS["no_data"]}
    first, last = known["period"].iloc[0], known["period"].iloc[-1]
    values = known.set_index("period")["value"]
    whole = pd.period_range(f"{first.year}-01", f"{last.year}-12", freq="M")
    matrix = values.reindex(whole).to_numpy().reshape(-1, MONTHS)
    between = pd.period_range(first, last, freq="M")
    missing = list(between.difference(pd.PeriodIndex(known["period"])))
    n_years = int((~np.isnan(matrix)).any(axis=1).sum())
    found = seasonal_kendall(matrix, alpha=alpha)
    status = "too_few_years" if n_years < FEWEST_YEARS else "ok"
    if status == "ok" and found["pairs"] < FEWEST_PAIRS:
        status = "too_few_pairs"
    row = {
        "first_month": str(first),
        "last_month": str(last),
        "n_years": n_years,
        "n_missing": len(missing),
        "missing_months": gap_text(missing),
        "status": status,
        "reason": REASONS[status].format(n_years=n_years, pairs=int(found["pairs"])),
    }
    if status != "ok":
        return row | {"n": found["n"], "pairs": found["pairs"]}
    middle = float(values.median())
    verdict = "rising" if found["s"] > 0 else "falling"
    return {
        **row,
        **found,
        "relative_slope": found["slope"] / middle if middle > 0 else math.nan,
        "verdict": verdict if found["p"] <= alpha else "not_detected",
    }
