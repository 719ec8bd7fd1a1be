"""Monthly monitoring results taken apart: trend, season and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import STL

from synergy_lib.trends.monitoring.periods import (
    MINIMUM_COVERAGE,
    dated_monitoring,
    gap_text,
    is_yearly,
    monthly_means,
)
from synergy_lib.trends.series import Floats

__all__ = ["SeasonalDecomposition", "seasonal_decomposition"]

MONTHS = 12
# Two years give each month one difference; R's ``stl`` asks for more than two.
FEWEST_YEARS = 3
# Values of one month below which its season may not change: the smallest window of
# Cleveland et al. (1990), who advise an odd number of at least 7.
SEASONAL_WINDOW = 7
# What may be filled: proposals [P], a season at most and a tenth of the months.
LONGEST_GAP = 3
LARGEST_GAP_SHARE = 0.10
FEWEST_OF_A_MONTH = 2
MOST_FILLINGS = 20
SETTLED = 1e-6
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ok": "",
        "annual_only": "只有年值，没有逐月结果，不能分解",
        "no_data": "无数据",
        "too_few_years": "只有 {n_months} 个月，季节分解至少需要 36 个月（3 个整年）",
        "gap_too_long": "缺测连续 {longest} 个月（{missing}），超过 3 个月，不作插补",
        "too_many_gaps": "缺测 {n_filled} 个月，超过 10 %，不作插补",
        "month_unknown": "有的月份历年仅 1 个或没有结果，季节项无从估计",
        "constant": "各月结果相同，没有可分解的变化",
    }
)
COMPONENTS = (
    *("indicator", "unit", "period", "value", "trend", "season", "remainder"),
    *("is_filled", "weight"),
)
SUMMARY = (
    *("indicator", "unit", "first_month", "last_month", "n_months", "n_filled"),
    *("filled_months", "season_kind", "trend_strength", "seasonal_strength"),
    *("amplitude", "highest_month", "lowest_month", "trend_change"),
    *("status", "reason"),
)


@dataclass(frozen=True)
class SeasonalDecomposition:
    """Result of :func:`seasonal_decomposition`: months, and a row an indicator."""

    components: pd.DataFrame
    summary: pd.DataFrame


def seasonal_decomposition(
    monitoring: pd.DataFrame, *, minimum_coverage: float = MINIMUM_COVERAGE
) -> SeasonalDecomposition:
    r"""Return trend, season and remainder of each indicator by STL.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        As ``ParkData.monitoring``, with ``month``, or with ``date`` where daily.
    minimum_coverage : float
        Share of a month's days that its mean needs, for daily results. [-]

    Returns
    -------
    SeasonalDecomposition
        ``components``: every month of what could be taken apart, ``indicator, unit,
        period, value, trend, season, remainder`` [unit] (value and remainder NaN where
        there is no result), ``is_filled``, ``weight`` (robustness weight, near 0 for
        an outlier) [-]. ``summary``: one row an indicator, ``indicator, unit,
        first_month, last_month, n_months`` (from the first to the last),
        ``n_filled, filled_months`` (text), ``season_kind`` (``fixed``; ``changing``
        from 7 years on), ``trend_strength, seasonal_strength`` [-], ``amplitude``
        (highest less lowest month of the mean season) [unit], ``highest_month,
        lowest_month`` (1–12), ``trend_change`` (of the trend from the first month to
        the last, a year) [unit/a], ``status, reason``.

    Raises
    ------
    InputDataError
        As :func:`~synergy_lib.trends.monitoring.periods.dated_monitoring`.

    Notes
    -----
    Robust STL [1]_ with period 12, its windows as its authors advise: a season that
    does not change below 7 years, a window of 7 years from there on. It describes;
    the test of the trend is
    :func:`~synergy_lib.trends.monitoring.seasonal.seasonal_kendall`. At least 36
    months, the ends included. Missing months are filled by straight lines through
    what is left without the season, repeated until the season stays [2]_; not where a
    gap is longer than 3 months, more than a tenth is missing or a month of the year
    has fewer than two results. Strengths [3]_, over the months with a result:
    :math:`\max(0, 1 - \mathrm{Var}(R)/\mathrm{Var}(T+R))`, and with S for T.

    References
    ----------
    .. [1] Cleveland, Cleveland, McRae and Terpenning 1990, J. Official Statistics 6,
       3–73; computed by statsmodels.
    .. [2] As ``na_seadec`` of Moritz and Bartz-Beielstein 2017, The R Journal 9, 207.
    .. [3] Wang, Smith and Hyndman 2006, Data Mining and Knowledge Discovery 13, 335.
    """
    dated = dated_monitoring(monitoring)
    rows, parts = [], []
    for (name, unit), group in dated.groupby(["indicator", "unit"], sort=False):
        if is_yearly(group["period"]):
            row: dict[str, Any] = {"status": "annual_only"}
            row["reason"] = REASONS["annual_only"]
        else:
            months = monthly_means(group, minimum_coverage=minimum_coverage)
            row, part = _decomposed(months.set_index("period")["value"])
            parts.append(part.assign(indicator=str(name), unit=str(unit)))
        rows.append({"indicator": name, "unit": unit, "filled_months": "", **row})
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return SeasonalDecomposition(
        components=whole.reindex(columns=COMPONENTS),
        summary=pd.DataFrame(rows, columns=SUMMARY),
    )


def _decomposed(values: pd.Series) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the row and the months of one indicator."""
    known = values.dropna()
    if known.empty:
        return {"status": "no_data", "reason": REASONS["no_data"]}, pd.DataFrame()
    values = values.loc[known.index[0] : known.index[-1]]
    missing = list(values.index[values.isna()])
    row: dict[str, Any] = {
        "first_month": str(values.index[0]),
        "last_month": str(values.index[-1]),
        "n_months": len(values),
        "n_filled": len(missing),
        "filled_months": gap_text(missing),
    }
    longest = int(values.isna().groupby(values.notna().cumsum()).sum().max())
    status = _status(values, longest)
    words = {**row, "longest": longest, "missing": row["filled_months"]}
    row |= {"status": status, "reason": REASONS[status].format(**words)}
    if status != "ok":
        return row, pd.DataFrame()
    part = _components(values)
    return row | _description(part), part


def _status(values: pd.Series, longest: int) -> str:
    """Return why a series cannot be taken apart, or ``ok``."""
    months = pd.PeriodIndex(values.index).month
    fewest = values.notna().groupby(months).sum().min()
    refused = {
        "too_few_years": len(values) < FEWEST_YEARS * MONTHS,
        "constant": values.max() == values.min(),
        "gap_too_long": longest > LONGEST_GAP,
        "too_many_gaps": values.isna().mean() > LARGEST_GAP_SHARE,
        "month_unknown": fewest < FEWEST_OF_A_MONTH,
    }
    return next((status for status, is_so in refused.items() if is_so), "ok")


def _components(values: pd.Series) -> pd.DataFrame:
    """Return the months of one series, its gaps filled."""
    index = pd.PeriodIndex(values.index)
    observed = values.to_numpy(dtype=float)
    gaps = np.isnan(observed)
    season = values.groupby(index.month).transform("median").to_numpy(dtype=float)
    tolerance = SETTLED * float(np.nanmax(observed) - np.nanmin(observed))
    for _ in range(MOST_FILLINGS):
        before = season
        fit = _stl(_filled(observed, season))
        season = np.asarray(fit.seasonal)
        if not gaps.any() or np.abs(season - before).max() <= tolerance:
            break
    return pd.DataFrame(
        {
            "period": index,
            "value": observed,
            "trend": np.asarray(fit.trend),
            "season": season,
            "remainder": np.where(gaps, np.nan, np.asarray(fit.resid)),
            "is_filled": gaps,
            "weight": np.asarray(fit.weights),
        }
    )


def _filled(observed: Floats, season: Floats) -> Floats:
    """Return the series with straight lines, plus the season, in its gaps."""
    gaps, place = np.isnan(observed), np.arange(len(observed))
    rest = observed - season
    lines = np.interp(place, place[~gaps], rest[~gaps])
    return np.where(gaps, lines + season, observed)


def _has_changing_season(n_months: int) -> bool:
    return n_months // MONTHS >= SEASONAL_WINDOW


def _stl(values: Floats) -> Any:
    """Return the robust fit; a constant season is one of infinite window."""
    if _has_changing_season(len(values)):
        return STL(values, MONTHS, seasonal=SEASONAL_WINDOW, robust=True).fit()
    wide = 10 * len(values) + 1
    return STL(values, MONTHS, seasonal=wide, seasonal_deg=0, robust=True).fit()


def _description(part: pd.DataFrame) -> dict[str, Any]:
    """Return what the months say together."""
    months = pd.PeriodIndex(part["period"]).month
    mean_season = part["season"].groupby(months).mean()
    known = part[~part["is_filled"]]
    trend = part["trend"].to_numpy()
    changing = _has_changing_season(len(part))
    return {
        "season_kind": "changing" if changing else "fixed",
        "trend_strength": _strength(known["trend"], known["remainder"]),
        "seasonal_strength": _strength(known["season"], known["remainder"]),
        "amplitude": float(mean_season.max() - mean_season.min()),
        "highest_month": int(mean_season.to_numpy().argmax()) + 1,
        "lowest_month": int(mean_season.to_numpy().argmin()) + 1,
        "trend_change": float(trend[-1] - trend[0]) / (len(trend) - 1) * MONTHS,
    }


def _strength(part: pd.Series, remainder: pd.Series) -> float:
    """Return how far a component rises above the remainder."""
    together = float((part + remainder).var())
    return max(0.0, 1 - float(remainder.var()) / together) if together > 0 else 0.0
