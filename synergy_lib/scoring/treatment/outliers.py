"""Outliers: extreme values drawn in, or the whole indicator transformed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.scoring.normalization.direction import finite

__all__ = [
    "Clipping",
    "OutlierTreatment",
    "clip_percentiles",
    "shape",
    "treat_outliers",
]

Floats = npt.NDArray[np.float64]
Transformation = Literal["log", "log_plus_one", "box_cox", "none"]

_TRANSFORMATIONS = ("log", "log_plus_one", "box_cox", "none")
# Excess kurtosis needs four values.
LEAST_VALUES = 4


@dataclass(frozen=True)
class OutlierTreatment:
    """Indicators after treatment of outliers.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Treated values.
    table : pandas.DataFrame
        Indexed by indicator: ``skew_before``, ``kurtosis_before``, ``skew_after``,
        ``kurtosis_after`` [-]; ``winsorised``, how many values were drawn in;
        ``transformation``, its name or ""; ``passes``, whether the shape is now
        within the limits (NA where it cannot be judged); ``note`` in Chinese.
    changed : pandas.DataFrame of bool
        True where a value was drawn in or transformed.
    """

    values: pd.DataFrame
    table: pd.DataFrame
    changed: pd.DataFrame


@dataclass(frozen=True)
class Clipping:
    """Indicators with their tails cut at percentiles.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Values, none beyond the limits.
    table : pandas.DataFrame
        Indexed by indicator: limits ``low`` and ``high``, and how many values were
        cut there, ``cut_low`` and ``cut_high``.
    """

    values: pd.DataFrame
    table: pd.DataFrame


def shape(values: pd.DataFrame) -> pd.DataFrame:
    r"""Return skew and excess kurtosis of every column, corrected for bias.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Values of any unit; NaN is left out.

    Returns
    -------
    pandas.DataFrame, shape (n_indicators, 2)
        ``skew`` and ``kurtosis`` [-]; NaN for fewer than four known values and for a
        constant column, which have no shape.

    Notes
    -----
    :math:`G_1 = \frac{\sqrt{n(n-1)}}{n-2} g_1` and :math:`G_2 =
    \frac{n-1}{(n-2)(n-3)} ((n+1) g_2 + 6)`, as ``SKEW`` and ``KURT`` of Excel.
    """
    # On one scale first: pandas takes very small variances for zero.
    centred = values - values.mean()
    largest = centred.abs().max()
    scaled = centred / largest.where(largest > 0, 1.0)
    table = pd.DataFrame({"skew": scaled.skew(), "kurtosis": scaled.kurt()})
    return table[_has_shape(values)].reindex(values.columns)


def _has_shape(values: pd.DataFrame) -> pd.Series[bool]:
    """Return which columns have enough values, not all alike."""
    enough = values.notna().sum() >= LEAST_VALUES
    return enough & (values.max() > values.min())


def treat_outliers(
    values: pd.DataFrame,
    *,
    skew_limit: float = 2.0,
    kurtosis_limit: float = 3.5,
    maximum_winsorised: int = 5,
    transformation: Transformation = "log",
    box_cox_lambda: float | None = None,
) -> OutlierTreatment:
    r"""Draw in the extremes of skewed indicators; transform those that stay skewed.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit.
    skew_limit, kurtosis_limit : float
        An indicator fails if its absolute skew and its excess kurtosis both reach
        these [-].
    maximum_winsorised : int
        Most values drawn in for one indicator.
    transformation : {"log", "log_plus_one", "box_cox", "none"}
        Applied to the original values of an indicator that still fails.
    box_cox_lambda : float, optional
        Power of ``box_cox`` [-]; the most likely one if omitted.

    Returns
    -------
    OutlierTreatment

    Raises
    ------
    ParameterError
        If a limit is negative, or the transformation unknown.
    MethodError
        If a value is infinite.

    Notes
    -----
    COINr's ``Treat`` with its defaults. While an indicator fails, its largest values
    (skew ≥ 0) or smallest ones take the value next to them. If it fails with
    ``maximum_winsorised`` drawn in, these go back and the original values :math:`x`
    are transformed: ``log`` :math:`\ln(x - \min x + (\max x - \min x)/100)`
    (``log_CT``), ``log_plus_one`` :math:`\ln(x - \min x + 1)` (``log_CT_orig``),
    ``box_cox`` :math:`((x - \min x + 1)^\lambda - 1)/\lambda`; with ``none`` the
    drawn-in values stay. All keep the order of the units, so directions stay right;
    only ``log`` does not depend on the unit. Left skew is not cured by them:
    ``passes`` says so.

    Values alike move together; a move that would exceed the maximum, or would leave
    no difference between units, is not made (COINr exceeds it, and stops with an
    error). Fewer than four known values, or values all alike, have no shape to judge
    and stay as they are. The treatment is relative to the sample: pool years before.
    """
    _check_limits(skew_limit, kurtosis_limit, maximum_winsorised, transformation)
    array = finite(values)
    limits = (skew_limit, kurtosis_limit)
    before = shape(values)
    fails = _fails(before, limits)
    treated = array.copy()
    winsorised = np.zeros(array.shape[1], dtype=np.int64)
    transformed = np.full(array.shape[1], "", dtype=object)
    for place in np.flatnonzero(fails.to_numpy()):
        column, count = _winsorise(array[:, place], limits, maximum_winsorised)
        is_cured = not _fails(shape(pd.DataFrame(column)), limits).iloc[0]
        if not is_cured and transformation != "none":
            column = _transform(array[:, place], transformation, box_cox_lambda)
            count, transformed[place] = 0, transformation
        treated[:, place], winsorised[place] = column, count
    frame = pd.DataFrame(treated, index=values.index, columns=values.columns)
    different = (treated != array) & ~np.isnan(array)
    changed = pd.DataFrame(different, index=values.index, columns=values.columns)
    done = {"winsorised": winsorised, "transformation": transformed}
    table = _table(before, shape(frame), pd.DataFrame(done, values.columns), limits)
    return OutlierTreatment(frame, table, changed)


def _check_limits(
    skew_limit: float, kurtosis_limit: float, maximum: int, transformation: str
) -> None:
    """Raise with everything that is wrong with the rules of treatment."""
    problems = [
        Problem(f"离群值处理 {name}", f"为{value:g}", "不小于0")
        for name, value in (
            ("skew_limit", skew_limit),
            ("kurtosis_limit", kurtosis_limit),
            ("maximum_winsorised", maximum),
        )
        if not value >= 0
    ]
    if transformation not in _TRANSFORMATIONS:
        what = f"没有变换“{transformation}”"
        expected = "、".join(_TRANSFORMATIONS)
        problems.append(Problem("离群值处理 transformation", what, expected))
    if problems:
        raise ParameterError(problems)


def _fails(table: pd.DataFrame, limits: tuple[float, float]) -> pd.Series[bool]:
    """Return which shapes are outside both limits; unknown shapes are not."""
    return (table["skew"].abs() >= limits[0]) & (table["kurtosis"] >= limits[1])


def _winsorise(
    column: Floats, limits: tuple[float, float], maximum: int
) -> tuple[Floats, int]:
    """Return a failing column with its extremes drawn in, and how many those are."""
    column = column.copy()
    high = low = np.zeros(0, dtype=np.intp)
    while True:
        table = shape(pd.DataFrame(column))
        if not _fails(table, limits).iloc[0]:
            break
        is_high = table["skew"].iloc[0] >= 0
        extreme = np.nanmax(column) if is_high else np.nanmin(column)
        moved = np.flatnonzero(column == extreme)
        rest = np.delete(column, moved)
        others = len(low) if is_high else len(high)
        if len(moved) + others > maximum or np.nanmin(rest) == np.nanmax(rest):
            break
        column[moved] = np.nanmax(rest) if is_high else np.nanmin(rest)
        high, low = (moved, low) if is_high else (high, moved)
    return column, len(high) + len(low)


def _transform(
    column: Floats, transformation: str, box_cox_lambda: float | None
) -> Floats:
    """Return a column transformed; NaN stays NaN."""
    above = column - np.nanmin(column)
    if transformation == "log":
        return np.asarray(np.log(above + 0.01 * np.nanmax(above)))
    if transformation == "log_plus_one":
        return np.asarray(np.log1p(above))
    power: Any = box_cox_lambda
    if power is None:
        power = stats.boxcox_normmax(above[~np.isnan(above)] + 1, method="mle")
    return np.asarray(special.boxcox1p(above, power))


def _table(
    before: pd.DataFrame,
    after: pd.DataFrame,
    done: pd.DataFrame,
    limits: tuple[float, float],
) -> pd.DataFrame:
    """Return the table of the treatment."""
    unknown = before["skew"].isna()
    table = before.add_suffix("_before").join(after.add_suffix("_after")).join(done)
    passes = (~_fails(after, limits)).astype("boolean").mask(unknown)
    table["passes"] = passes
    table["note"] = np.select(
        [unknown, ~passes.fillna(value=True).astype(bool)],
        [f"已知值少于{LEAST_VALUES}个或全部相同，无法判断", "处理后仍偏斜"],
        "",
    )
    return table


def clip_percentiles(
    values: pd.DataFrame, low: float = 5.0, high: float = 95.0
) -> Clipping:
    """Cut the tails of every indicator at two percentiles.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit.
    low, high : float
        Percentiles, linear between values; 0 ≤ low < high ≤ 100 [%].

    Returns
    -------
    Clipping

    Raises
    ------
    ParameterError
        If the percentiles are not in this order.
    MethodError
        If a value is infinite.

    Notes
    -----
    Winsorising at P5 and P95 (methods §5.1): before relative scores, with the number
    of values cut in print. NaN stays NaN; a column without values has no limits.
    """
    if not 0 <= low < high <= 100:
        what = f"为{low:g}与{high:g}"
        raise ParameterError(Problem("缩尾百分位", what, "0 ≤ low < high ≤ 100"))
    array = finite(values)
    limits = values.astype(float).quantile([low / 100, high / 100])
    lowest, highest = limits.to_numpy()
    clipped = np.fmin(np.fmax(array, lowest), highest)
    clipped = np.where(np.isnan(array), np.nan, clipped)
    table = pd.DataFrame(
        {
            "low": lowest,
            "high": highest,
            "cut_low": (array < lowest).sum(axis=0),
            "cut_high": (array > highest).sum(axis=0),
        },
        index=values.columns,
    )
    frame = pd.DataFrame(clipped, index=values.index, columns=values.columns)
    return Clipping(frame, table)
