"""Relative normalisation: where a unit stands among the units given."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.scoring.normalization.direction import (
    Direction,
    directions,
    finite,
    refuse,
)

__all__ = [
    "borda",
    "fraction_of_maximum",
    "fraction_of_sum",
    "minmax",
    "percentile_ranks",
    "ranks",
    "zscore",
]

Ties = Literal["min", "average"]


def minmax(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    r"""Return every column rescaled to [0, 1] between its worst and best value.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        1 for the best unit, 0 for the worst [-]; NaN stays NaN.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.
    MethodError
        If a value is infinite.

    Notes
    -----
    :math:`(x - \min)/(\max - \min)` for +1 and :math:`(\max - x)/(\max - \min)` for
    −1 (methods §5.1). A constant column, and so a single unit, gives 0.5: it does not
    discriminate; :func:`constant_columns` names it. Zeros and negative values are
    ordinary values. The bounds are those of the rows given: pool all years if scores
    are to be compared between years.

    Examples
    --------
    >>> minmax(pd.DataFrame({"co2": [1.0, 3.0, 2.0]}), {"co2": -1})["co2"].tolist()
    [1.0, 0.0, 0.5]
    """
    sign = directions(direction, values.columns)
    # Scaled first: the difference of two huge numbers must not overflow.
    array = finite(values) / 2
    known = ~np.isnan(array)
    low = np.where(known, array, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, array, -np.inf).max(axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, np.nan)
    with np.errstate(invalid="ignore"):
        rising, falling = (array - low) / span, (high - array) / span
    score = np.where(sign > 0, rising, falling)
    score = np.where(known & np.isnan(span), 0.5, score)
    return pd.DataFrame(score, index=values.index, columns=values.columns)


def zscore(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Return every column as standard deviations from its mean (ddof 1), + is better.

    Notes
    -----
    A constant column gives 0 (methods §5.1); a single unit too. NaN stays NaN.
    """
    sign = directions(direction, values.columns)
    spread = values.std(ddof=1)
    scaled: pd.DataFrame = sign * (values - values.mean()) / spread.where(spread > 0)
    return scaled.fillna(0.0).where(values.notna())


def ranks(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    """Return every column's rank score (m + 1 − rank)/m, average rank for ties.

    Notes
    -----
    1 is the best of m known values, 1/m the worst (methods §5.1). NaN stays NaN.
    """
    sign = directions(direction, values.columns)
    placed = (values * sign).rank(ascending=False, method="average")
    count = values.notna().sum()
    return (count + 1 - placed) / count


def percentile_ranks(
    values: pd.DataFrame, direction: Direction, *, ties: Ties = "min"
) -> pd.DataFrame:
    r"""Return the share of the other units that each unit is better than.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.
    ties : {"min", "average"}
        Whether units that are alike count as not better than each other, or half.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        0 for the worst unit, 1 for the best if it is alone there [-]; NaN stays NaN.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.

    Notes
    -----
    :math:`(r - 1)/(m - 1)` with rank *r* from the worst and *m* known values; with
    ``min`` this is COINr's ``n_prank``. A constant column, and so a single known
    value, gives 0.5, as :func:`minmax`.

    Examples
    --------
    >>> carbon = pd.DataFrame({"co2": [1.0, 3.0, 3.0]})
    >>> percentile_ranks(carbon, {"co2": -1})["co2"].tolist()
    [1.0, 0.0, 0.0]
    """
    beaten = borda(values, direction, ties=ties)
    others = values.notna().sum() - 1
    flat = values.max() == values.min()
    share = np.where(flat, 0.5, beaten / others.mask(flat))
    scores = pd.DataFrame(share, index=values.index, columns=values.columns)
    return scores.where(values.notna())


def borda(
    values: pd.DataFrame, direction: Direction, *, ties: Ties = "min"
) -> pd.DataFrame:
    """Return Borda points: how many other units each unit is better than.

    Notes
    -----
    Rank from the worst, minus 1, so 0 … m − 1 for m known values; with ``ties="min"``
    this is COINr's ``n_borda``. Arguments and errors as :func:`percentile_ranks`. A
    constant column and a single unit give 0. NaN stays NaN.
    """
    sign = directions(direction, values.columns)
    return (values * sign).rank(method=ties) - 1


def fraction_of_maximum(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    r"""Return every value as a fraction of the best one.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Non-negative indicator values with a true zero.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        1 for the best unit [-]; NaN stays NaN.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.
    MethodError
        If a value is negative or infinite.

    Notes
    -----
    :math:`x/\max x` for +1, :math:`\min x/x` for −1, the linear scaling of simple
    additive weighting. For a cost of 0 the best is 0: it gets 1 and all others 0.
    Zeros of a benefit get 0; where all are alike, 1. (COINr's ``n_fracmax`` divides
    the negated values of a cost, which gives the worst unit the largest number.)
    """
    sign = directions(direction, values.columns)
    array = _non_negative(values, "占最大值比例")
    known = ~np.isnan(array)
    high = np.where(known, array, 0.0).max(axis=0, initial=0.0)
    low = np.where(known, array, np.inf).min(axis=0, initial=np.inf)
    gain = np.where(high > 0, array / np.where(high > 0, high, 1.0), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.where(array > 0, low / array, 1.0)
    score = np.where(known, np.where(sign > 0, gain, cost), np.nan)
    return pd.DataFrame(score, index=values.index, columns=values.columns)


def fraction_of_sum(values: pd.DataFrame, direction: Direction) -> pd.DataFrame:
    r"""Return every value as a share of its column, so that columns sum to 1.

    Notes
    -----
    :math:`x/\sum x` for +1, :math:`x^{-1}/\sum x^{-1}` for −1. Arguments and errors as
    :func:`fraction_of_maximum`; a cost of 0 is an error too, for its inverse has no
    value. A column of zeros is shared equally. NaN stays NaN and has no share.
    """
    sign = directions(direction, values.columns)
    array = _non_negative(values, "占总和比例")
    zero = (array == 0).any(axis=0) & (sign < 0)
    refuse(zero, values.columns, "占总和比例", "是逆向指标而有零值")
    # Against the extreme of the column first, so that no inverse or sum overflows.
    most = np.where(np.isnan(array), 0.0, array).max(axis=0, initial=0.0)
    least = np.where(np.isnan(array), np.inf, array).min(axis=0, initial=np.inf)
    scale = np.where(most > 0, most, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(sign > 0, array / scale, least / array)
    known = ~np.isnan(size)
    total = np.where(known, size, 0.0).sum(axis=0)
    flat = known / np.maximum(known.sum(axis=0), 1)
    share = np.where(total > 0, size / np.where(total > 0, total, 1.0), flat)
    share = np.where(known, share, np.nan)
    return pd.DataFrame(share, index=values.index, columns=values.columns)


def _non_negative(values: pd.DataFrame, method: str) -> npt.NDArray[np.float64]:
    """Return the values as floats; raise if one is negative or infinite."""
    array = finite(values)
    refuse((array < 0).any(axis=0), values.columns, method, "有负值")
    return array
