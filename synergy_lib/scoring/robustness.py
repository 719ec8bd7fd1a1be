"""Robustness: how sure ranks are when the weights may differ."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS

__all__ = ["competition_ranks", "draw_weights", "drawn_interval", "rank_intervals"]

Floats = npt.NDArray[np.float64]

# Gamma draws of very small weights underflow to 0; this keeps their quotients defined.
SMALLEST_DRAW = 1e-300
# Scores ranked at a time: sorting takes several times their memory.
_RANKED_AT_ONCE = 1 << 18


def draw_weights(weights: Floats, draws: int, kappa: float, seed: int) -> Floats:
    r"""Return random weight vectors around given weights.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n,)
        Centre, non-negative, scaled to sum 1; a weight of 0 stays 0.
    draws : int
        Number of vectors.
    kappa : float
        Concentration: larger means closer to the centre.
    seed : int
        Seed of ``numpy.random.default_rng``.

    Returns
    -------
    numpy.ndarray, shape (draws, n)
        Each row sums to 1.

    Raises
    ------
    ParameterError
        If ``draws`` or ``kappa`` is not positive, or the weights do not make sense.

    Notes
    -----
    Dirichlet(:math:`\kappa w`): mean *w*, variance :math:`w(1-w)/(\kappa+1)`
    (methods §5.6).
    """
    if draws < 1 or not kappa > 0:
        what = f"draws={draws}，kappa={kappa:g}"
        raise ParameterError(Problem("权重抽样", what, "均大于0"))
    if not (weights >= 0).all() or not weights.sum() > 0:
        raise ParameterError(Problem("权重抽样", "权重须不为负、不缺失，且不全为0"))
    used = weights > 0
    centre = weights[used] / weights[used].sum()
    sample = np.random.default_rng(seed).dirichlet(kappa * centre, size=draws)
    result = np.zeros((draws, len(weights)))
    result[:, used] = np.maximum(sample, SMALLEST_DRAW)
    return result


def competition_ranks(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.integer]:
    """Return the rank of every unit in every draw, 1 = largest, ties share the better.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n_draws, n_units)
        Scores; those that agree to four decimals (single precision) or nine are one.

    Returns
    -------
    numpy.ndarray of int, shape (n_draws, n_units)
    """
    decimals = 4 if scores.dtype == np.float32 else SAME_SCORE_DECIMALS
    ranks = np.empty(scores.shape, dtype=np.int32)
    length = max(_RANKED_AT_ONCE // max(scores.shape[1], 1), 1)
    for start in range(0, len(scores), length):
        part = np.ascontiguousarray(np.round(scores[start : start + length], decimals))
        ranks[start : start + length] = rankdata(-part, method="min", axis=1)
    return ranks


def drawn_interval(
    sample: npt.NDArray[Any], percentiles: tuple[float, float]
) -> npt.NDArray[Any]:
    r"""Return median, low and high of every row, as values that occurred.

    Parameters
    ----------
    sample : numpy.ndarray, shape (n_units, n_draws)
        Draws of a score or of a rank.
    percentiles : tuple of float
        Lower and upper end of the interval [%].

    Returns
    -------
    numpy.ndarray, shape (n_units, 3)
        NaN for rows that hold NaN.

    Notes
    -----
    Ranks repeat, and an interval that always took in the whole of its end values
    would hold more than it says. An end value counts with half its share (mid-p):
    low is the smallest value *r* with :math:`P(R<r) + P(R=r)/2 \ge` the lower
    percentile, high the largest with :math:`P(R>r) + P(R=r)/2 \ge 1 -` the upper.
    """
    draws = sample.shape[1]
    wanted = [max(math.ceil(p / 100 * draws) - 1, 0) for p in (50, *percentiles)]
    ordered = np.partition(np.ascontiguousarray(sample), sorted({*wanted}), axis=1)
    median, low, high = ordered[:, wanted].T
    low = _inward(ordered, low, percentiles[0] / 100 * draws)
    high = -_inward(-ordered, -high, (100 - percentiles[1]) / 100 * draws)
    return np.column_stack([median, np.minimum(low, median), np.maximum(high, median)])


def _inward(
    sample: npt.NDArray[Any], end: npt.NDArray[Any], least: float
) -> npt.NDArray[Any]:
    """Return the lower end of each row, or the next value where half of it is enough."""
    column = end[:, None]
    below = (sample < column).sum(axis=1) + (sample == column).sum(axis=1) / 2
    largest = sample.max(axis=1)
    following = np.where(sample > column, sample, largest[:, None]).min(axis=1)
    return np.where(below >= least, end, following)


def rank_intervals(
    scores: pd.DataFrame,
    weights: Mapping[Any, float] | pd.Series[float],
    draws: int = 2000,
    seed: int = 0,
    *,
    kappa: float = 50.0,
    percentiles: tuple[float, float] = (5.0, 95.0),
) -> pd.DataFrame:
    r"""Return the range of every row's rank when the weights are uncertain.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_parts)
        Scores on one scale, more is better; all rows are ranked together.
    weights : mapping of column to float
        Centre of the weights; scaled to sum 1.
    draws : int
        Number of random weight vectors.
    seed : int
        Seed; the same seed gives the same result.
    kappa : float
        Concentration of the Dirichlet distribution.
    percentiles : tuple of float
        Lower and upper end of the interval [%].

    Returns
    -------
    pandas.DataFrame, shape (n_units, 3)
        ``median``, ``low``, ``high`` rank, 1 = best; ranks that did occur, so
        integers. NaN for a row without any score.

    Raises
    ------
    ParameterError
        If a column has no weight, or draws, kappa or percentiles make no sense.

    Notes
    -----
    Weights are drawn from Dirichlet(:math:`\kappa w`) and the weighted arithmetic
    means ranked in every draw, ties sharing the better rank (methods §5.6). A missing
    score gives its weight to the row's other parts.

    Examples
    --------
    A row that is better on every part is first whatever the weights:

    >>> parts = pd.DataFrame({"a": [90, 50, 60], "b": [80, 60, 50]}, list("xyz"))
    >>> rank_intervals(parts, {"a": 0.5, "b": 0.5}, draws=500).loc["x"].tolist()
    [1.0, 1.0, 1.0]
    """
    given = dict(weights.items())
    lacking = [str(column) for column in scores.columns if column not in given]
    if lacking:
        raise ParameterError(Problem("权重抽样", f"指标 {'、'.join(lacking)} 缺少权重"))
    if not 0 <= percentiles[0] < percentiles[1] <= 100:
        raise ParameterError(
            Problem("权重抽样", f"百分位数为{percentiles}", "从低到高")
        )
    centre = np.array([given[column] for column in scores.columns], dtype=np.float64)
    array = np.asarray(scores, dtype=np.float64)
    known = ~np.isnan(array)
    result = pd.DataFrame(
        np.nan, index=scores.index, columns=["median", "low", "high"], dtype=float
    )
    usable = (known & (centre > 0)).any(axis=1)
    if usable.any():
        sample = draw_weights(centre, draws, kappa, seed)
        filled = np.where(known, array, 0.0)[usable]
        totals = (filled @ sample.T) / (known[usable].astype(float) @ sample.T)
        placed = competition_ranks(totals.T).T
        result.loc[usable] = drawn_interval(placed, percentiles)
    return result
