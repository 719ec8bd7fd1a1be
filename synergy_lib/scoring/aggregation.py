"""Aggregation: from scores of parts to the score of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, ScoreRangeError
from synergy_lib.scoring.normalization import directions

__all__ = [
    "RowWeights",
    "arithmetic",
    "geometric",
    "grey_relational",
    "harmonic",
    "row_weights",
    "topsis",
]

Floats = npt.NDArray[np.float64]
Missing = Literal["propagate", "redistribute"]
_Weights = Mapping[Any, float] | pd.Series


def _weights(weights: _Weights, columns: pd.Index) -> Floats:
    """Return the weight of each column, scaled to sum 1.

    Raises
    ------
    ParameterError
        If a column has no weight, a weight is negative, or all are zero.
    """
    given = dict(weights.items())
    problems = [
        Problem(f"指标 {column}", "缺少权重或权重为负", "不小于0的数")
        for column in columns
        if not given.get(column, np.nan) >= 0
    ]
    if problems:
        raise ParameterError(problems)
    array = np.array([given[column] for column in columns], dtype=np.float64)
    if not 0 < array.sum() < np.inf:
        raise ParameterError(Problem("权重", "权重之和不大于0"))
    return np.asarray(array / array.sum(), dtype=np.float64)


def _weighted_mean(scores: Floats, weights: Floats, missing: Missing) -> Floats:
    """Return the weighted mean of every row."""
    counted = weights > 0
    scores, weights = scores[:, counted], weights[counted]
    if missing == "propagate":
        return np.asarray(scores @ weights, dtype=np.float64)
    known = ~np.isnan(scores)
    total = known @ weights
    mean = np.where(known, scores, 0.0) @ weights
    return np.asarray(mean / np.where(total > 0, total, np.nan), dtype=np.float64)


def arithmetic(
    scores: pd.DataFrame, weights: _Weights, *, missing: Missing = "propagate"
) -> pd.Series[float]:
    r"""Return the weighted arithmetic mean of every row.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_parts)
        Scores on one scale, more is better.
    weights : mapping of column to float
        Non-negative weights; scaled to sum 1.
    missing : {"propagate", "redistribute"}
        What a NaN does: make the row NaN, or give its weight to the row's other parts.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Score on the scale of the parts.

    Raises
    ------
    ParameterError
        If a column has no weight, a weight is negative, or all are zero.

    Notes
    -----
    :math:`\sum_j w_j s_j / \sum_j w_j` (methods §5.3). A part of weight zero is not
    used, even where it is missing. Zeros and negative scores are ordinary values.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [90.0], "b": [40.0], "c": [70.0]})
    >>> float(arithmetic(parts, {"a": 0.4, "b": 0.3, "c": 0.3}).round(6).iloc[0])
    69.0
    """
    array = scores.to_numpy(dtype=np.float64)
    means = _weighted_mean(array, _weights(weights, scores.columns), missing)
    return pd.Series(means, index=scores.index)


def geometric(
    scores: pd.DataFrame,
    weights: _Weights,
    *,
    floor: float | None = None,
    missing: Missing = "propagate",
) -> pd.Series[float]:
    r"""Return the weighted geometric mean of every row.

    Parameters
    ----------
    scores, weights, missing
        As :func:`arithmetic`.
    floor : float, optional
        Lowest score that is counted [points]; 1 on the scale 0–100 if omitted. State
        it for scores on another scale.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Score on the scale of the parts.

    Raises
    ------
    ScoreRangeError
        If a score is negative, or ``floor`` is omitted and the scores look like a
        scale of 0–1, on which the floor of 1 would make every score equal.
    ParameterError
        As :func:`arithmetic`.

    Notes
    -----
    :math:`\exp(\sum_j w_j \ln \max(s_j, s_{min}))`, :math:`s_{min} = 1`
    (methods §5.3). One weak part weighs more than in the arithmetic mean.
    """
    array = _on_scale(scores, floor, "几何平均")
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(array, 1.0 if floor is None else floor))
    means = _weighted_mean(logs, _weights(weights, scores.columns), missing)
    return pd.Series(np.exp(means), index=scores.index)


def harmonic(
    scores: pd.DataFrame,
    weights: _Weights,
    *,
    floor: float | None = None,
    missing: Missing = "propagate",
) -> pd.Series[float]:
    r"""Return the weighted harmonic mean of every row.

    Notes
    -----
    :math:`1/\sum_j (w_j/\max(s_j, s_{min}))`; arguments, floor and errors as
    :func:`geometric` (methods §5.3).
    """
    array = _on_scale(scores, floor, "调和平均")
    inverse = 1 / np.maximum(array, 1.0 if floor is None else floor)
    means = _weighted_mean(inverse, _weights(weights, scores.columns), missing)
    return pd.Series(1 / means, index=scores.index)


def _on_scale(scores: pd.DataFrame, floor: float | None, method: str) -> Floats:
    """Return scores that a mean with a floor is defined on."""
    array = scores.to_numpy(dtype=np.float64)
    if (array < 0).any():
        raise ScoreRangeError(f"{method}：得分不能为负")
    fraction = (array > 0) & (array < 1)
    if floor is None and fraction.any() and not (array > 1).any():
        raise ScoreRangeError(f"{method}：得分似在0–1之间，请用 floor 给出下限")
    if floor is not None and floor <= 0 and method == "调和平均":
        raise ScoreRangeError(f"{method}：下限须大于0")
    return array


def topsis(
    values: pd.DataFrame, weights: _Weights, direction: Mapping[Any, float] | pd.Series
) -> pd.Series[float]:
    r"""Return how close every row is to the ideal (TOPSIS).

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Raw indicator values.
    weights : mapping of column to float
        Non-negative weights; scaled to sum 1.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Closeness in [0, 1], 1 = ideal on every indicator [-].

    Raises
    ------
    ParameterError
        If a weight or direction is missing or wrong.
    MethodError
        If no indicator is complete.

    Notes
    -----
    :math:`v_{ij} = w_j x_{ij}/\sqrt{\sum_i x_{ij}^2}`, :math:`CC_i = D_i^-/(D_i^+ +
    D_i^-)` with the Euclidean distances to the best and the worst value of every
    column (methods §5.3, R20). A column with a missing value is left out for all
    rows, a column of zeros too; a constant column has no effect; all rows alike give
    0.5; a single row gives NaN. Closeness is relative to the sample: it may reverse
    ranks when a unit joins, so it never decides a colour.
    """
    weight = _weights(weights, values.columns)
    sign = directions(direction, values.columns)
    array = values.to_numpy(dtype=np.float64)
    if len(array) < 2:
        return pd.Series(np.nan, index=values.index)
    complete = ~np.isnan(array).any(axis=0)
    if not complete.any():
        raise MethodError("TOPSIS：没有数据完整的指标")
    array, weight, sign = array[:, complete], weight[complete], sign[complete]
    # Scaled by the largest value first so that the squares cannot overflow.
    largest = np.abs(array).max(axis=0)
    array = array / np.where(largest > 0, largest, 1.0)
    norm = np.sqrt((array**2).sum(axis=0))
    weighted = sign * weight * array / np.where(norm > 0, norm, 1.0)
    best, worst = (
        np.sqrt(((weighted - bound) ** 2).sum(axis=1))
        for bound in (weighted.max(axis=0), weighted.min(axis=0))
    )
    total = best + worst
    closeness = np.where(total > 0, worst / np.where(total > 0, total, 1.0), 0.5)
    return pd.Series(closeness, index=values.index)


def grey_relational(
    values: pd.DataFrame,
    reference: Mapping[Any, float] | pd.Series,
    weights: _Weights | None = None,
    *,
    rho: float = 0.5,
) -> pd.Series[float]:
    r"""Return the grey relational grade of every row to a reference.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Normalised values, e.g. from
        :func:`~synergy_lib.scoring.normalization.minmax`.
    reference : mapping of column to float
        The ideal, on the same scale.
    weights : mapping of column to float, optional
        Non-negative weights; equal if omitted.
    rho : float
        Distinguishing coefficient in (0, 1].

    Returns
    -------
    pandas.Series, shape (n_units,)
        Grade in (0, 1], 1 = equal to the reference [-]; NaN where a value is missing.

    Raises
    ------
    MethodError
        If ``rho`` lies outside (0, 1], or a column has no reference.

    Notes
    -----
    :math:`\xi_i(k) = (\Delta_{min} + \rho \Delta_{max})/(\Delta_i(k) +
    \rho \Delta_{max})` with the least and the largest distance in the whole table, 1
    where all rows equal the reference (methods §5.3). Relative to the sample.
    """
    given = pd.Series(reference).reindex(values.columns).to_numpy(dtype=np.float64)
    if not 0 < rho <= 1 or np.isnan(given).any():
        raise MethodError("灰色关联：rho 须在(0,1]内，且每个指标都要有参考值")
    distance = np.abs(values.to_numpy(dtype=np.float64) - given)
    known = distance[~np.isnan(distance)]
    largest = known.max(initial=0.0)
    if largest == 0:
        coefficient = np.where(np.isnan(distance), np.nan, 1.0)
    else:
        coefficient = (known.min() + rho * largest) / (distance + rho * largest)
    shares = dict.fromkeys(values.columns, 1.0) if weights is None else weights
    frame = pd.DataFrame(coefficient, index=values.index, columns=values.columns)
    return arithmetic(frame, shares)


@dataclass(frozen=True)
class RowWeights:
    """Weights that every row really uses, and how much of the data they cover.

    Parameters
    ----------
    indicators : numpy.ndarray, shape (n_rows, n_indicators)
        Weight of each indicator in the row's overall score; 0 where not available,
        each row sums to 1 (to 0 where nothing can be scored).
    within : numpy.ndarray, shape (n_rows, n_indicators)
        Weight within the dimension; sums to 1 over each dimension with data.
    dimension_coverage : numpy.ndarray, shape (n_rows, n_dimensions)
        Available weight over applicable weight; NaN where nothing applies.
    coverage : numpy.ndarray, shape (n_rows,)
        The same over all indicators.
    sufficient : numpy.ndarray of bool, shape (n_rows, n_dimensions)
        Dimensions that count in the overall score.
    """

    indicators: Floats
    within: Floats
    dimension_coverage: Floats
    coverage: Floats
    sufficient: npt.NDArray[np.bool_]


def row_weights(
    available: npt.NDArray[np.bool_],
    applicable: npt.NDArray[np.bool_],
    weights: Floats,
    member: npt.NDArray[np.bool_],
    minimum_coverage: float,
) -> RowWeights:
    r"""Return the weights of every row under its missing data.

    Parameters
    ----------
    available, applicable : numpy.ndarray of bool, shape (n_rows, n_indicators)
        Whether the indicator has a score; whether it applies at all. What does not
        apply loses its weight without loss of coverage.
    weights : numpy.ndarray, shape (n_indicators,)
        Weight of each indicator in the whole index, summing to 1.
    member : numpy.ndarray of bool, shape (n_indicators, n_dimensions)
        Dimension of each indicator.
    minimum_coverage : float
        A dimension with less coverage is left out.

    Returns
    -------
    RowWeights

    Notes
    -----
    Within dimension *d* the weights of the available indicators are scaled to 1; the
    weights of the dimensions with :math:`cov_d \ge` the minimum likewise
    (methods §2.1). The overall score is then the weighted mean of the indicator
    scores with ``indicators`` as weights, whatever is missing.
    """
    in_dimension = weights[:, None] * member
    covered = available @ in_dimension
    possible = (applicable | available) @ in_dimension
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage_by_dimension = np.where(possible > 0, covered / possible, np.nan)
        # Slack for sums of weights that should be equal but are not to the last bit.
        sufficient = coverage_by_dimension >= minimum_coverage - 1e-12
        sufficient = sufficient & (covered > 0)
    own = covered @ member.T
    within = np.where(available, weights / np.where(own > 0, own, 1.0), 0.0)
    dimension_weight = in_dimension.sum(axis=0) * sufficient
    total = dimension_weight.sum(axis=1, keepdims=True)
    share = dimension_weight / np.where(total > 0, total, np.nan)
    whole = possible.sum(axis=1)
    return RowWeights(
        indicators=np.nan_to_num(within * (share @ member.T)),
        within=within,
        dimension_coverage=coverage_by_dimension,
        coverage=np.where(
            whole > 0, covered.sum(axis=1) / np.where(whole > 0, whole, 1), np.nan
        ),
        sufficient=sufficient,
    )
