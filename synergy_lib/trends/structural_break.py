"""Did a series change course in a known year? Chow's test, or before and after."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from synergy_lib.errors import MethodError, Problem
from synergy_lib.trends.linear_fits import ROUNDING, least_squares
from synergy_lib.trends.series import Floats, observed_series, stack_series

__all__ = ["StructuralBreak", "chow_table", "chow_test"]

# Parameters of a straight line, and the fewest years of both lines together.
LINE_PARAMETERS = 2
FEWEST_YEARS = 6
DEFAULT_ALPHA = 0.05
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "break_detected": "",
        "not_detected": "未检出转折，不等于没有转折",
        "exact_fit": "前后两段均与直线完全吻合，残差为零，不能检验",
        "means_only": "共 {n} 年，不足 6 年，只比较前后均值，不作检验",
        "too_few_years": "投运前 {n_before} 年、投运后 {n_after} 年，每段至少需要 3 年才能检验",
        "outside": "投运年份 {year} 不在数据年份 {first}—{last} 之间，无法比较前后",
        "no_year": "未给出投运年份",
        "no_data": "无数据",
    }
)


@dataclass(frozen=True)
class StructuralBreak:
    """Result of :func:`chow_test`.

    ``year`` is the first year of the later part. ``change`` is the relative change of
    the mean [fraction]; NaN where the earlier mean is not positive. ``f, p, df1, df2``
    are of Chow's test and NaN where it was not made. ``status`` is
    ``break_detected``, ``not_detected``, ``exact_fit`` (f infinite where one line does
    not fit), ``means_only`` (fewer than six years), ``too_few_years`` (fewer than three
    before or after), ``outside`` or, in tables, ``no_year`` and ``no_data``;
    ``reason`` says it in words.
    """

    year: float
    n_before: int = 0
    n_after: int = 0
    mean_before: float = math.nan
    mean_after: float = math.nan
    change: float = math.nan
    f: float = math.nan
    p: float = math.nan
    df1: float = math.nan
    df2: float = math.nan
    status: str = "no_data"
    reason: str = field(default=REASONS["no_data"])


def chow_test(
    series: pd.Series, year: int, *, alpha: float = DEFAULT_ALPHA
) -> StructuralBreak:
    r"""Test whether a series follows another line from a known year on.

    Parameters
    ----------
    series : pandas.Series
        Values in any unit, indexed by year; NaN years are dropped.
    year : int
        First year of the later part, such as that of commissioning. It must be known
        beforehand: a year chosen by looking at the series makes p meaningless.
    alpha : float
        Level at which a break is called detected. [-]

    Returns
    -------
    StructuralBreak
        Means before and after from two years on; F and p from six.

    Raises
    ------
    MethodError
        If a year occurs twice, the index is not numeric, a value is infinite, the
        series is empty, or the break year leaves nothing before or after it.

    Notes
    -----
    :math:`F = \frac{(SSR_p - SSR_1 - SSR_2)/k}{(SSR_1 + SSR_2)/(n_1 + n_2 - 2k)} \sim
    F(k, n - 2k)` with k = 2 (Chow 1960). Both parts need more than k years, and
    n − 2k ≥ 2. Residuals are taken as independent and of one variance in both parts.

    Examples
    --------
    >>> values = pd.Series([10, 9.8, 9.9, 9.6, 8.0, 7.4, 7.1, 6.4])
    >>> result = chow_test(values, 4)
    >>> round(result.f, 4), round(result.p, 6), result.status
    (47.4356, 0.001637, 'break_detected')
    """
    years, values = observed_series(series)
    result = _broken(years, values, float(year), alpha)
    if result.status in ("outside", "no_data"):
        raise MethodError(Problem(f"转折年份 {year}", result.reason))
    return result


def chow_table(
    data: pd.DataFrame,
    break_years: Mapping[str, float] | pd.Series,
    columns: Sequence[str] | None = None,
    *,
    alpha: float = DEFAULT_ALPHA,
) -> pd.DataFrame:
    """Return :func:`chow_test` of every enterprise and quantity.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed by ``enterprise_id`` and ``year``, unique.
    break_years : mapping of enterprise to year
        Year of commissioning; an enterprise without one is said to have none.
    columns : sequence of str, optional
        Quantities; all numeric columns if omitted.
    alpha : float
        Level at which a break is called detected. [-]

    Returns
    -------
    pandas.DataFrame
        One row a series: ``enterprise_id, quantity`` and the fields of
        :class:`StructuralBreak`.

    Raises
    ------
    MethodError
        If an enterprise has a year twice, or a value is infinite.
    """
    keys, wide = stack_series(data, columns)
    years, known = wide.columns.to_numpy(dtype=float), dict(break_years)
    results = []
    for firm, row in zip(keys["enterprise_id"], wide.to_numpy(), strict=True):
        seen = ~np.isnan(row)
        broken = float(known.get(firm, math.nan))
        results.append(_broken(years[seen], row[seen], broken, alpha))
    names = list(StructuralBreak.__dataclass_fields__)
    return keys.join(pd.DataFrame(results, index=keys.index, columns=names))


def _broken(
    years: Floats, values: Floats, year: float, alpha: float
) -> StructuralBreak:
    """Return the comparison of one series, whatever can be said of it."""
    status = "no_year" if math.isnan(year) else "" if len(years) else "no_data"
    if status:
        return StructuralBreak(year, status=status, reason=REASONS[status])
    later = years >= year
    n_after, n_before = int(later.sum()), int((~later).sum())
    words = {"n": len(years), "n_before": n_before, "n_after": n_after}
    if not n_after or not n_before:
        ends = {"year": f"{year:.0f}", "first": f"{years[0]:.0f}"}
        text = REASONS["outside"].format(**ends, last=f"{years[-1]:.0f}")
        return StructuralBreak(year, n_before, n_after, status="outside", reason=text)
    before, after = float(values[~later].mean()), float(values[later].mean())
    change = after / before - 1 if before > 0 else math.nan
    f = p = df1 = df2 = math.nan
    if len(years) < FEWEST_YEARS:
        status = "means_only"
    elif min(n_before, n_after) <= LINE_PARAMETERS:
        status = "too_few_years"
    else:
        f = _f_ratio(years, values, later)
        df1, df2 = LINE_PARAMETERS, len(years) - 2 * LINE_PARAMETERS
        p = float(stats.f.sf(f, df1, df2)) if math.isfinite(f) else math.nan
        status = "not_detected" if p > alpha else "break_detected"
        status = status if math.isfinite(f) else "exact_fit"
    reason = REASONS[status].format(**words)
    return StructuralBreak(
        year, n_before, n_after, before, after, change, f, p, df1, df2, status, reason
    )


def _f_ratio(years: Floats, values: Floats, later: NDArray[np.bool_]) -> float:
    """Return F; infinite where only both lines fit exactly, NaN where one does."""
    everything = np.ones(len(years), dtype=bool)
    pooled, first, second = (
        least_squares(values[part][np.newaxis], years[part][np.newaxis])
        .squared_residuals[0]
        .item()
        for part in (everything, ~later, later)
    )
    nothing = ROUNDING * float((values**2).sum())
    own, n = first + second, len(years)
    if own <= nothing:
        return math.nan if pooled <= nothing else math.inf
    degrees = n - 2 * LINE_PARAMETERS
    return float((pooled - own) / LINE_PARAMETERS / (own / degrees))
