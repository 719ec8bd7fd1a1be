"""Normalisation against a reference: a target, a benchmark, a unit, a best range."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.normalization.direction import (
    Direction,
    PerColumn,
    directions,
    finite,
    per_column,
    refuse,
)

__all__ = [
    "distance_to_reference",
    "distance_to_target",
    "interval",
    "middle",
    "ratio_to_benchmark",
]

Floats = npt.NDArray[np.float64]


def distance_to_target(
    values: pd.DataFrame, target: PerColumn, direction: Direction, *, cap: bool = False
) -> pd.DataFrame:
    r"""Return how far each unit has come from the worst unit to a target.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit.
    target : float or mapping of column to float
        Value that earns 1, in the unit of the indicator.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.
    cap : bool
        Whether a unit beyond the target gets 1, or more than 1.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        0 for the worst unit, 1 at the target [-]; NaN stays NaN.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.
    MethodError
        If a target is missing, a value infinite, or, without ``cap``, every unit
        reaches the target, so that no distance to it is left to measure.

    Notes
    -----
    :math:`(x - x_w)/(x_t - x_w)` with the worst value :math:`x_w`: the least of a
    benefit, the largest of a cost; COINr's ``n_dist2targ``. With ``cap`` a column
    whose units all reach the target is 1 throughout. Depends on the worst unit given.

    Examples
    --------
    >>> speed = pd.DataFrame({"speed": [0.0, 5.0, 11.0]})
    >>> distance_to_target(speed, 10.0, {"speed": 1})["speed"].tolist()
    [0.0, 0.5, 1.1]
    """
    sign = directions(direction, values.columns)
    goal = np.broadcast_to(per_column(values, target), len(values.columns)) * sign
    refuse(~np.isfinite(goal), values.columns, "目标距离", "没有目标值")
    array = finite(values) * sign
    reached = _worst(array) >= goal
    if not cap:
        refuse(reached, values.columns, "目标距离", "各单元均已达到目标，距离无定义")
    return _distance(values, array, goal, cap)


def distance_to_reference(
    values: pd.DataFrame, unit: Hashable, direction: Direction, *, cap: bool = False
) -> pd.DataFrame:
    """Return how far each unit has come from the worst unit to a chosen one.

    Parameters
    ----------
    values, direction, cap
        As :func:`distance_to_target`.
    unit : hashable
        Label of the reference unit in the index, which gets 1 on every indicator.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        As :func:`distance_to_target`. A column is NaN where the reference has no
        value, and without ``cap`` where the reference is itself the worst unit:
        nothing can be measured against it. With ``cap`` such a column is 1.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.
    MethodError
        If ``unit`` is not exactly one row, or a value is infinite.

    Notes
    -----
    COINr's ``n_dist2ref``.
    """
    if (values.index == unit).sum() != 1:
        raise MethodError(f"参照单元距离：没有唯一的单元“{unit}”")
    sign = directions(direction, values.columns)
    array = finite(values) * sign
    return _distance(values, array, array[values.index == unit][0], cap)


def _worst(array: Floats) -> Floats:
    """Return the least known value of every column; +inf where there is none."""
    known = np.where(np.isnan(array), np.inf, array)
    return np.asarray(known.min(axis=0, initial=np.inf), dtype=np.float64)


def _distance(
    values: pd.DataFrame, array: Floats, goal: Floats, cap: bool
) -> pd.DataFrame:
    """Return the share of the way from the worst value to the goal, more is better."""
    worst = _worst(array)
    span = np.where(goal > worst, goal - worst, np.nan)
    with np.errstate(invalid="ignore"):
        score = (array - worst) / span
    if cap:
        score = np.where(array >= goal, 1.0, score)
    return pd.DataFrame(score, index=values.index, columns=values.columns)


def ratio_to_benchmark(
    values: pd.DataFrame, benchmark: PerColumn, direction: Direction
) -> pd.DataFrame:
    r"""Return the ratio of each value to its benchmark, at most 1.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Non-negative indicator values with a true zero.
    benchmark : float or mapping of column to float
        Value that earns 1, above 0, in the unit of the indicator.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        Ratio in [0, 1] [-]; NaN stays NaN.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.
    MethodError
        If a value is negative or infinite, or a benchmark missing or not above 0.

    Notes
    -----
    :math:`\min(x/x_m, 1)` for +1, :math:`\min(x_m/x, 1)` for −1; a cost of 0 gives 1
    (methods §5.1). Does not depend on the sample.

    Examples
    --------
    >>> carbon = pd.DataFrame({"co2": [0.0, 0.5, 2.0]})
    >>> ratio_to_benchmark(carbon, 1.0, {"co2": -1})["co2"].tolist()
    [1.0, 1.0, 0.5]
    """
    sign = directions(direction, values.columns)
    mark = np.broadcast_to(per_column(values, benchmark), len(values.columns))
    wrong = ~(np.isfinite(mark) & (mark > 0))
    refuse(wrong, values.columns, "基准比", "的基准值缺失或不大于0")
    array = finite(values)
    refuse((array < 0).any(axis=0), values.columns, "基准比", "有负值")
    with np.errstate(divide="ignore", over="ignore"):
        ratio = np.where(sign > 0, array / mark, mark / array)
    score = np.minimum(ratio, 1.0)
    return pd.DataFrame(score, index=values.index, columns=values.columns)


def interval(values: pd.DataFrame, low: PerColumn, high: PerColumn) -> pd.DataFrame:
    r"""Return the score of indicators that are best inside a range (区间型).

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit, e.g. pH.
    low, high : float or mapping of column to float
        Ends of the best range, in the unit of the indicator.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        1 inside the range, 0 for the unit furthest outside [-]; NaN stays NaN.

    Raises
    ------
    MethodError
        If an end is missing, ``low`` lies above ``high``, or a value is infinite.

    Notes
    -----
    :math:`1 - (a - x)/M` below, :math:`1 - (x - b)/M` above the range :math:`[a, b]`,
    :math:`M = \max(a - \min x, \max x - b)` (methods §5.1). All units inside give 1;
    one unit outside gives 0. Relative: depends on the unit furthest out.

    Examples
    --------
    >>> interval(pd.DataFrame({"ph": [7.0, 5.0, 9.5]}), 6.0, 9.0)["ph"].tolist()
    [1.0, 0.0, 0.5]
    """
    ends = [
        np.broadcast_to(per_column(values, end), len(values.columns))
        for end in (low, high)
    ]
    wrong = ~(ends[0] <= ends[1]) | np.isinf(ends).any(axis=0)
    refuse(wrong, values.columns, "区间型", "的区间缺失或下限大于上限")
    array = finite(values)
    outside = np.maximum(np.maximum(ends[0] - array, array - ends[1]), 0.0)
    furthest = np.where(np.isnan(outside), 0.0, outside).max(axis=0, initial=0.0)
    score = 1 - outside / np.where(furthest > 0, furthest, 1.0)
    return pd.DataFrame(score, index=values.index, columns=values.columns)


def middle(values: pd.DataFrame, best: PerColumn) -> pd.DataFrame:
    r"""Return the score of indicators that are best at one value (居中型).

    Notes
    -----
    :math:`1 - |x - x_b|/\max |x - x_b|`: :func:`interval` with both ends at ``best``
    (methods §5.1); errors likewise.
    """
    return interval(values, best, best)
