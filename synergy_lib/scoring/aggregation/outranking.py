"""Outranking: which unit is better than which, on how much of the weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.scoring.aggregation.means import Missing, Weights, scaled_weights

__all__ = ["OutrankingResult", "copeland", "outranking_matrix"]

Floats = npt.NDArray[np.float64]

# Weights that add up to 1 on paper may differ from it in the last bits.
WHOLE = 1 - 1e-12
# Rows compared with all others at a time, so that memory grows with the units only.
BLOCK = 128


@dataclass(frozen=True)
class OutrankingResult:
    """Comparison of every unit with every other.

    Parameters
    ----------
    matrix : pandas.DataFrame, shape (n_units, n_units)
        Weight of the parts on which the row is better than the column, half of those
        on which they are alike [-]; 0 on the diagonal, NaN where two units cannot be
        compared. Opposite entries sum to 1.
    dominant_pairs : int
        Pairs of units of which one is better on every part.
    dominant_share : float
        Their share of all pairs [-]; NaN for fewer than two units. The larger, the
        less the ranking can depend on the weights.
    """

    matrix: pd.DataFrame
    dominant_pairs: int
    dominant_share: float


def outranking_matrix(
    scores: pd.DataFrame, weights: Weights, *, missing: Missing = "propagate"
) -> OutrankingResult:
    r"""Return how much of the weight makes each unit better than each other unit.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_parts)
        Scores, more is better; only their order within a column is used.
    weights : mapping of column to float
        Non-negative weights; scaled to sum 1.
    missing : {"propagate", "redistribute"}
        Whether a unit with a NaN is compared with nobody, or with every other unit
        on the parts both have, whose weights are scaled to sum 1.

    Returns
    -------
    OutrankingResult

    Raises
    ------
    ParameterError
        If a column has no weight, a weight is negative, or all are zero.

    Notes
    -----
    :math:`o_{ij} = \sum_k w_k [x_{ik} > x_{jk}] + \tfrac12 \sum_k w_k [x_{ik} =
    x_{jk}]`, COINr's ``outrankMatrix``. Memory grows with the square of the units.

    Examples
    --------
    >>> parts = pd.DataFrame({"a": [3.0, 2.0], "b": [1.0, 1.0]}, index=["x", "y"])
    >>> outranking_matrix(parts, {"a": 0.6, "b": 0.4}).matrix.round(6).values.tolist()
    [[0.0, 0.8], [0.2, 0.0]]
    """
    array, weight = _counted(scores, weights, missing)
    matrix = _comparisons(array, array, weight)
    np.fill_diagonal(matrix, 0.0)
    dominant = int((matrix >= WHOLE).sum())
    pairs = len(array) * (len(array) - 1) // 2
    return OutrankingResult(
        pd.DataFrame(matrix, index=scores.index, columns=scores.index),
        dominant,
        dominant / pairs if pairs else np.nan,
    )


def copeland(
    scores: pd.DataFrame, weights: Weights, *, missing: Missing = "propagate"
) -> pd.Series[float]:
    r"""Return the Copeland score: how many units each unit outranks, by weight.

    Parameters
    ----------
    scores, weights, missing
        As :func:`outranking_matrix`.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Score in [0, m − 1] for m comparable units [-]. NaN for a unit that can be
        compared with nobody.

    Raises
    ------
    ParameterError
        As :func:`outranking_matrix`.

    Notes
    -----
    Sum over the row of :func:`outranking_matrix`, COINr's ``a_copeland``; units that
    cannot be compared with all others get their mean comparison times m − 1. Without
    gaps the sum equals :math:`\sum_k w_k (r_{ik} - 1)` with average ranks from the
    worst, which needs no matrix. A single unit gives 0. Strengths and weaknesses do
    not compensate by size; relative to the sample.
    """
    array, weight = _counted(scores, weights, missing)
    known = ~np.isnan(array).any(axis=1)
    if missing == "propagate" or known.all():
        placed = pd.DataFrame(array).rank(method="average").to_numpy() - 1
        return pd.Series(placed @ weight, index=scores.index)
    compared = (~np.isnan(array)).any(axis=1)
    blocks = [_row_means(array, weight, start) for start in range(0, len(array), BLOCK)]
    means = np.concatenate(blocks)
    return pd.Series(means * (compared.sum() - 1), index=scores.index)


def _counted(
    scores: pd.DataFrame, weights: Weights, missing: Missing
) -> tuple[Floats, Floats]:
    """Return scores and weights of the parts that count; NaN rows where left out."""
    weight = scaled_weights(weights, scores.columns)
    array = scores.to_numpy(dtype=np.float64)[:, weight > 0]
    if missing == "propagate":
        array = np.where(np.isnan(array).any(axis=1, keepdims=True), np.nan, array)
    return array, weight[weight > 0]


def _row_means(array: Floats, weight: Floats, start: int) -> Floats:
    """Return the mean comparison of a block of rows with all other rows."""
    block = array[start : start + BLOCK]
    matrix = _comparisons(block, array, weight)
    rows = np.arange(len(block))
    matrix[rows, rows + start] = np.nan
    counted = (~np.isnan(matrix)).sum(axis=1)
    total = np.nansum(matrix, axis=1)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def _comparisons(rows: Floats, array: Floats, weight: Floats) -> Floats:
    """Return the weight on which each row is better than each row of the array."""
    won = np.zeros((len(rows), len(array)))
    common = np.zeros_like(won)
    for own, other, share in zip(rows.T, array.T, weight, strict=True):
        mine = own[:, None]
        won += share * ((mine > other) + 0.5 * (mine == other))
        common += share * ~(np.isnan(mine) | np.isnan(other))
    return np.where(common > 0, won / np.where(common > 0, common, 1.0), np.nan)
