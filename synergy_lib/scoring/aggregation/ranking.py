"""Methods that rank units by the indicators themselves, relative to the sample."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.scoring.aggregation.means import Weights, arithmetic, scaled_weights
from synergy_lib.scoring.normalization import directions, fraction_of_maximum
from synergy_lib.scoring.normalization.direction import Direction

__all__ = ["VikorResult", "edas", "grey_relational", "saw", "topsis", "vikor"]

_ROUNDING = 1e-12
Floats = npt.NDArray[np.float64]


def _complete(
    values: pd.DataFrame, weights: Weights, direction: Direction, method: str
) -> tuple[Floats, Floats, Floats]:
    """Return values, weights and directions of the columns without a gap.

    Raises
    ------
    MethodError
        If every column has a missing value; a single row is never compared.
    """
    weight = scaled_weights(weights, values.columns)
    sign = directions(direction, values.columns)
    array = values.to_numpy(dtype=np.float64)
    complete = ~np.isnan(array).any(axis=0)
    if not complete.any() and len(array) > 1:
        raise MethodError(f"{method}：没有数据完整的指标")
    return array[:, complete], weight[complete], sign[complete]


def topsis(
    values: pd.DataFrame, weights: Weights, direction: Mapping[Any, float] | pd.Series
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
    array, weight, sign = _complete(values, weights, direction, "TOPSIS")
    if len(array) < 2:
        return pd.Series(np.nan, index=values.index)
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
    weights: Weights | None = None,
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


def saw(
    values: pd.DataFrame, weights: Weights, direction: Direction
) -> pd.Series[float]:
    """Return the simple additive weighting score of every row.

    Notes
    -----
    :func:`~synergy_lib.scoring.aggregation.arithmetic` of
    :func:`~synergy_lib.scoring.normalization.fraction_of_maximum`; arguments and
    errors as these. NaN where a value is missing.
    """
    return arithmetic(fraction_of_maximum(values, direction), weights)


@dataclass(frozen=True)
class VikorResult:
    """Compromise ranking of units (VIKOR); less is better throughout.

    Parameters
    ----------
    q : pandas.Series
        Compromise of ``s`` and ``r``, 0 = best of both, 1 = worst of both [-].
    s : pandas.Series
        Group utility: weighted distances to the best values, summed [-].
    r : pandas.Series
        Individual regret: the largest weighted distance to a best value [-].
    compromise : tuple
        Labels of the units proposed: one if it leads clearly, several if not.
    """

    q: pd.Series[float]
    s: pd.Series[float]
    r: pd.Series[float]
    compromise: tuple[Hashable, ...]


def vikor(
    values: pd.DataFrame, weights: Weights, direction: Direction, *, v: float = 0.5
) -> VikorResult:
    r"""Return the compromise ranking of the rows (VIKOR).

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Raw indicator values.
    weights : mapping of column to float
        Non-negative weights; scaled to sum 1.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.
    v : float
        Weight of the group utility against the individual regret, 0–1 [-].

    Returns
    -------
    VikorResult

    Raises
    ------
    ParameterError
        If a weight or direction is missing or wrong, or ``v`` lies outside 0–1.
    MethodError
        If no indicator is complete.

    Notes
    -----
    :math:`d_{ij} = w_j (x^*_j - x_{ij})/(x^*_j - x^-_j)`, :math:`S_i = \sum_j d_{ij}`,
    :math:`R_i = \max_j d_{ij}`, :math:`Q_i = v (S_i - S^*)/(S^- - S^*) + (1 - v)
    (R_i - R^*)/(R^- - R^*)` with * the best and − the worst of the sample (Opricovic
    and Tzeng 2004). The best unit is proposed alone if the second lies at least
    :math:`1/(m - 1)` behind and it is also best by S or R; else with the second, or
    with all units that lie closer. A constant column has no distances; a column with
    a missing value is left out for all rows; all rows alike give Q = 0; a single row
    gives NaN. Relative to the sample.
    """
    if not 0 <= v <= 1:
        raise ParameterError(Problem("VIKOR v", f"为{v:g}", "0–1"))
    array, weight, sign = _complete(values, weights, direction, "VIKOR")
    labels = values.index
    if len(array) < 2:
        nothing = pd.Series(np.nan, index=labels)
        return VikorResult(nothing, nothing, nothing, ())
    oriented = array * sign
    best, worst = oriented.max(axis=0), oriented.min(axis=0)
    distance = weight * (best - oriented) / np.where(best > worst, best - worst, 1.0)
    s, r = distance.sum(axis=1), distance.max(axis=1)
    q = v * _from_least(s) + (1 - v) * _from_least(r)
    proposed = tuple(labels[place] for place in _compromise(q, s, r))
    q_series, s_series, r_series = (pd.Series(item, index=labels) for item in (q, s, r))
    return VikorResult(q_series, s_series, r_series, proposed)


def _from_least(sizes: Floats) -> Floats:
    """Return sizes as 0 for the least to 1 for the largest; 0 where all are alike."""
    low, span = sizes.min(), np.ptp(sizes)
    # The sizes are shares of 1: what differs by less came from rounding.
    alike = span <= _ROUNDING
    return np.asarray((sizes - low) * (0.0 if alike else 1 / span))


def _compromise(q: Floats, s: Floats, r: Floats) -> list[int]:
    """Return the places of the units VIKOR proposes, of at least two."""
    order = np.argsort(q, kind="stable")
    first = order[0]
    advantage = 1 / (len(q) - 1)
    if q[order[1]] - q[first] < advantage:
        return [int(place) for place in order if q[place] - q[first] < advantage]
    is_stable = s[first] <= s.min() or r[first] <= r.min()
    return [int(first)] if is_stable else [int(place) for place in order[:2]]


def edas(
    values: pd.DataFrame, weights: Weights, direction: Direction
) -> pd.Series[float]:
    r"""Return the appraisal score of every row by its distance from the average (EDAS).

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Raw indicator values with a positive mean.
    weights : mapping of column to float
        Non-negative weights; scaled to sum 1.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Score in [0, 1], more is better [-].

    Raises
    ------
    ParameterError
        If a weight or direction is missing or wrong.
    MethodError
        If no indicator is complete, or the mean of one is not positive.

    Notes
    -----
    With the mean :math:`\bar x_j` and :math:`g_{ij} = \pm (x_{ij} - \bar x_j)/\bar
    x_j`: :math:`P_i = \sum_j w_j \max(g_{ij}, 0)`, :math:`N_i = \sum_j w_j
    \max(-g_{ij}, 0)`, score :math:`\tfrac12 (P_i/\max P + 1 - N_i/\max N)` (Keshavarz
    Ghorabaee et al. 2015). A column with a missing value is left out for all rows; a
    constant column has no effect; all rows alike give 0.5; a single row gives NaN.
    Relative to the sample.
    """
    array, weight, sign = _complete(values, weights, direction, "EDAS")
    if len(array) < 2:
        return pd.Series(np.nan, index=values.index)
    mean = array.mean(axis=0)
    if not (mean > 0).all():
        raise MethodError("EDAS：各指标的平均值须大于0")
    gain = sign * (array - mean) / mean
    # A mean of equal values may differ from them by rounding.
    gain = np.where(np.abs(gain) > _ROUNDING, gain, 0.0)
    above, below = np.maximum(gain, 0) @ weight, np.maximum(-gain, 0) @ weight
    high, low = (size.max() if size.max() > 0 else 1.0 for size in (above, below))
    return pd.Series((above / high + 1 - below / low) / 2, index=values.index)
