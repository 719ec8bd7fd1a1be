"""Growth rates by regression of logarithms on the year: a description of a series.

The test of a trend is Mann–Kendall's (:mod:`synergy_lib.trends.monotonic`); what is
here describes the rate and extends it by a few years.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.trends.linear_fits import LineFit, glsar, huber, least_squares
from synergy_lib.trends.series import Floats, packed_groups, stack_series

__all__ = ["METHODS", "log_growth_table", "predict_log_growth"]

METHODS: Mapping[str, Callable[[Floats, Floats], LineFit]] = MappingProxyType(
    {"ols": least_squares, "huber": huber, "glsar": glsar}
)
# Methods §6.1 and §6.5: from how many years each means something.
FEWEST_YEARS: Mapping[str, int] = MappingProxyType({"ols": 7, "huber": 6, "glsar": 10})
CONFIDENCE = 0.90
DETECTION_LEVEL = 0.05
NUMBERS = (
    *("growth", "low", "high", "detectable_growth", "log_slope", "log_slope_error"),
    *("residual_sd", "df", "durbin_watson", "rho"),
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ok": "",
        "too_few_years": "样本年数不足：{method} 至少需要 {fewest} 年",
        "not_positive": "有零值或负值，对数无定义",
        "years_missing": "年份不连续，不能估计自相关",
        "exact_fit": "残差为零，区间无意义",
        "not_stationary": "残差自相关估计不收敛或接近 1",
        "beyond_horizon": "外推年数超过样本年数的一半，不作预测",
        "not_ahead": "不在最后一个数据年份之后，不是预测",
    }
)


def log_growth_table(
    data: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    methods: Sequence[str] = tuple(METHODS),
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    r"""Return the yearly growth rate of each series by regression of logarithms.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed by ``enterprise_id`` and ``year``, unique.
    columns : sequence of str, optional
        Quantities; all numeric columns if omitted.
    methods : sequence of str
        Of ``ols`` (from 7 years), ``huber`` (robust, from 6), ``glsar`` (errors that
        follow last year's, from 10 years without a gap).
    confidence : float
        Of the interval of the growth rate. [-]

    Returns
    -------
    pandas.DataFrame
        One row a series and method: ``enterprise_id, quantity, method, n, growth, low,
        high`` [1/a], ``detectable_growth`` [1/a: the smallest rise that would have
        been significant at 5 % on this scatter], ``log_slope, log_slope_error,
        residual_sd`` [logarithms], ``df, durbin_watson`` (``ols`` without a gap;
        about 2 without autocorrelation), ``rho`` (``glsar``), ``status, reason``.
        Numbers are NaN unless the status is ``ok`` (or ``exact_fit``: the growth
        rate alone).

    Raises
    ------
    MethodError
        If an enterprise has a year twice, or a value is infinite.
    ParameterError
        If a method is unknown or the confidence is not between 0 and 1.

    Notes
    -----
    :math:`\ln x_t = a + b t`, growth :math:`e^b - 1`, interval by Student's t with
    n − 2 degrees of freedom (``glsar``: n − 3). Heteroscedasticity-consistent errors
    are not offered: they need more years than a park has. Durbin–Watson describes;
    with so few years it is not a test.
    """
    _check(methods, confidence)
    keys, wide = stack_series(data, columns)
    parts = []
    for method in methods:
        numbers = _growth_numbers(wide, method, confidence)
        part = keys.assign(method=method).join(numbers)
        parts.append(part)
    order = [*keys.columns, "method", "n", *NUMBERS, "status", "reason"]
    table = pd.concat(parts).sort_index(kind="stable")
    return table[order].reset_index(drop=True)


def predict_log_growth(
    data: pd.DataFrame,
    years: Sequence[int],
    columns: Sequence[str] | None = None,
    *,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    r"""Extend each series by its growth rate, with prediction intervals.

    Parameters
    ----------
    data, columns
        As for :func:`log_growth_table`.
    years : sequence of int
        Years to predict, after the last year with a value.
    confidence : float
        Of the interval of a single later value. [-]

    Returns
    -------
    pandas.DataFrame
        One row a series and year: ``enterprise_id, quantity, year, n, horizon`` [a],
        ``predicted, low, high`` [unit of the quantity], ``status, reason``.
        ``predicted`` is the median: half of later values are below.

    Raises
    ------
    MethodError, ParameterError
        As :func:`log_growth_table`.

    Notes
    -----
    Least squares of logarithms, from 7 years; no further ahead than half the number
    of years [P]. Interval :math:`\exp(\hat y \pm t\, s \sqrt{1 + 1/n +
    (t-\bar t)^2/\sum (t_i - \bar t)^2})`. It holds if the past goes on as it did.
    """
    _check(["ols"], confidence)
    keys, wide = stack_series(data, columns)
    ahead = np.array(years, dtype=float)
    status = np.full(len(wide), "too_few_years", dtype=object)
    found = np.full((3, len(wide), len(ahead)), np.nan)
    for rows, fit, state in _fits(wide, "ols"):
        status[rows] = state
        if fit is not None:
            found[:, rows] = _predictions(fit, ahead, confidence)
    n = wide.notna().sum(axis=1)
    table = keys.assign(n=n, last=_last_year(wide), status=status)
    table = table.loc[keys.index.repeat(len(ahead))].reset_index(drop=True)
    table["year"] = np.tile(ahead.astype(int), len(keys))
    table["horizon"] = (table["year"] - table["last"]).where(table["n"] > 0)
    table["predicted"], table["low"], table["high"] = found.reshape(3, -1)
    fitted = table["status"] == "ok"
    far, past = table["horizon"] > table["n"] / 2, table["horizon"] <= 0
    table.loc[fitted & far, "status"] = "beyond_horizon"
    table.loc[fitted & past, "status"] = "not_ahead"
    table.loc[table["status"] != "ok", ["predicted", "low", "high"]] = np.nan
    table["reason"] = [_reason(state, "ols") for state in table["status"]]
    order = ["year", "n", "horizon", "predicted", "low", "high", "status", "reason"]
    return table[[*keys.columns, *order]]


def _check(methods: Sequence[str], confidence: float) -> None:
    problems = [
        Problem(
            "methods", f"未知方法“{name}”", "、".join(METHODS), nearest(name, METHODS)
        )
        for name in methods
        if name not in METHODS
    ]
    if not 0 < confidence < 1:
        problems.append(Problem("confidence", f"{confidence:g}", "0 与 1 之间"))
    if problems:
        raise ParameterError(problems)


def _reason(status: str, method: str) -> str:
    text = REASONS[status]
    return text.format(method=method.upper(), fewest=FEWEST_YEARS[method])


def _last_year(wide: pd.DataFrame) -> pd.Series:
    """Return the last year with a value of each series; NaN where there is none."""
    years = wide.columns.to_numpy(dtype=float)
    last = np.where(wide.notna(), years, -np.inf).max(axis=1, initial=-np.inf)
    return pd.Series(last, wide.index)


def _fits(
    wide: pd.DataFrame, method: str
) -> Iterator[tuple[NDArray[np.intp], LineFit | None, str | NDArray[np.object_]]]:
    """Yield rows, the fit of their logarithms, and their status."""
    for rows, values, years in packed_groups(wide):
        if values.shape[1] < FEWEST_YEARS[method]:
            yield rows, None, "too_few_years"
            continue
        usable = (values > 0).all(axis=1)
        yield rows[~usable], None, "not_positive"
        if method == "glsar":
            complete = (np.diff(years) == 1).all(axis=1)
            yield rows[usable & ~complete], None, "years_missing"
            usable &= complete
        if usable.any():
            fit = METHODS[method](np.log(values[usable]), years[usable])
            states = [fit.is_exact, np.isnan(fit.slope)]
            status = np.select(states, ["exact_fit", "not_stationary"], "ok")
            yield rows[usable], fit, status.astype(object)


def _growth_numbers(wide: pd.DataFrame, method: str, confidence: float) -> pd.DataFrame:
    """Return the numbers, status and reason of all series by one method."""
    numbers = {name: np.full(len(wide), np.nan) for name in NUMBERS}
    status = np.full(len(wide), "too_few_years", dtype=object)
    for rows, fit, state in _fits(wide, method):
        status[rows] = state
        if fit is not None:
            for name, column in _columns_of(fit, confidence).items():
                numbers[name][rows] = column
    table = pd.DataFrame(numbers, index=wide.index)
    table.loc[status == "exact_fit", list(NUMBERS[1:])] = np.nan
    n, years = wide.notna().sum(axis=1), wide.columns.to_numpy(dtype=float)
    first = np.where(wide.notna(), years, np.inf).min(axis=1, initial=np.inf)
    gappy = _last_year(wide) - first + 1 != n
    table.loc[gappy | (method != "ols"), "durbin_watson"] = np.nan
    reason = [_reason(state, method) for state in status]
    return table.assign(n=n, status=status, reason=reason)


def _columns_of(fit: LineFit, confidence: float) -> dict[str, Any]:
    """Return the columns of the table that one fit gives."""
    reach = stats.t.ppf(0.5 + confidence / 2, fit.df) * fit.slope_error
    least = stats.t.ppf(1 - DETECTION_LEVEL / 2, fit.df) * fit.slope_error
    return {
        "growth": np.expm1(fit.slope),
        "low": np.expm1(fit.slope - reach),
        "high": np.expm1(fit.slope + reach),
        "detectable_growth": np.expm1(least),
        "log_slope": fit.slope,
        "log_slope_error": fit.slope_error,
        "residual_sd": fit.residual_sd,
        "df": float(fit.df),
        "durbin_watson": fit.durbin_watson,
        "rho": fit.rho if len(fit.rho) else math.nan,
    }


def _predictions(fit: LineFit, years: Floats, confidence: float) -> Floats:
    """Return predicted, low and high, shape (3, n_series, n_years)."""
    apart = years - fit.centre[:, None]
    middle = fit.level[:, None] + fit.slope[:, None] * apart
    n = fit.residuals.shape[1]
    spread = 1 + 1 / n + apart**2 / fit.squared_years[:, None]
    reach = stats.t.ppf(0.5 + confidence / 2, fit.df) * fit.residual_sd[:, None]
    reach = reach * np.sqrt(spread)
    bounds: Floats = np.exp(np.stack([middle, middle - reach, middle + reach]))
    return bounds
