"""Weights that every row really uses under its missing data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["RowWeights", "row_weights"]

Floats = npt.NDArray[np.float64]


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
