"""Weighted means: from scores of parts to the score of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, ScoreRangeError

__all__ = [
    "Missing",
    "Weights",
    "arithmetic",
    "geometric",
    "harmonic",
    "scaled_weights",
]

Floats = npt.NDArray[np.float64]
Missing = Literal["propagate", "redistribute"]
Weights = Mapping[Any, float] | pd.Series


def scaled_weights(weights: Weights, columns: pd.Index) -> Floats:
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
    scores: pd.DataFrame, weights: Weights, *, missing: Missing = "propagate"
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
    means = _weighted_mean(array, scaled_weights(weights, scores.columns), missing)
    return pd.Series(means, index=scores.index)


def geometric(
    scores: pd.DataFrame,
    weights: Weights,
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
    means = _weighted_mean(logs, scaled_weights(weights, scores.columns), missing)
    return pd.Series(np.exp(means), index=scores.index)


def harmonic(
    scores: pd.DataFrame,
    weights: Weights,
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
    means = _weighted_mean(inverse, scaled_weights(weights, scores.columns), missing)
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
