"""Weights from principal components: indicators that carry shared variance weigh more."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.normalization.direction import finite
from synergy_lib.scoring.weighting.special_cases import (
    fallback_weights,
    incomplete,
    spread,
)

__all__ = ["pca", "varimax"]

Floats = npt.NDArray[np.float64]

# Least number of units for each indicator (OECD/JRC Handbook 2008: cases to variables).
UNITS_PER_INDICATOR = 3.0
# Components are kept above this eigenvalue, and until they explain this much.
LEAST_EIGENVALUE = 1.0
LEAST_EXPLAINED = 0.6
_SWEEPS = 200
_FLAT = 1e-12


def pca(
    values: pd.DataFrame,
    *,
    units_per_indicator: float = UNITS_PER_INDICATOR,
    fallback: pd.Series[float] | None = None,
) -> pd.Series[float]:
    r"""Return weights from the rotated principal components of the indicators.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values; standardised inside, so units and directions do not matter.
    units_per_indicator : float
        With fewer units for each indicator that varies, ``fallback`` is used.
    fallback : pandas.Series, optional
        Weights for too few units; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights and ``attrs`` as :func:`~synergy_lib.scoring.weighting.entropy`; also
        ``attrs["components"]``, how many were kept, and ``attrs["explained"]``, their
        share of the variance (0 and NaN where the fallback is used).

    Raises
    ------
    MethodError
        If a value is infinite, or every indicator has missing values.

    Notes
    -----
    Components of the correlation matrix with an eigenvalue above 1, and further ones
    until 60 % of the variance is explained, are rotated by :func:`varimax`. Each
    indicator belongs to the component *f* it loads on most; its weight is its squared
    loading as a share of the component's, times the component's share of the
    explained variance: :math:`w_j \propto (l_{jf}^2/\sum_k l_{kf}^2)\,(\sum_k
    l_{kf}^2/\sum_{k,g} l_{kg}^2) \propto l_{jf}^2` (OECD/JRC Handbook on Constructing
    Composite Indicators 2008, ch. 6). Weights correct for overlap between indicators
    and say nothing about importance. An indicator with a missing value is left out
    for all units and weighs 0, a constant one too; if all are constant, all weigh the
    same.
    """
    array = finite(values)
    if len(array) < 2:
        return _noted(fallback_weights(values, fallback, _too_few(len(array))))
    dropped = incomplete(array, "主成分法")
    varies = ~dropped & (np.nan_to_num(np.ptp(array, axis=0)) > 0)
    if not varies.any():
        return _noted(spread(np.zeros(len(dropped)), values.columns, dropped, ""))
    if len(array) < units_per_indicator * varies.sum():
        return _noted(fallback_weights(values, fallback, _too_few(len(array))))
    loadings, explained = _kept_components(array[:, varies])
    strength = np.zeros(len(dropped))
    strength[varies] = (varimax(loadings) ** 2).max(axis=1)
    weights = spread(strength, values.columns, dropped, "")
    return _noted(weights, loadings.shape[1], explained)


def _too_few(units: int) -> str:
    return f"仅{units}个单元，主成分不稳定，用备用权重"


def _noted(
    weights: pd.Series[float], components: int = 0, explained: float = np.nan
) -> pd.Series[float]:
    """Return the weights with what they rest on."""
    weights.attrs["components"] = components
    weights.attrs["explained"] = explained
    return weights


def _kept_components(array: Floats) -> tuple[Floats, float]:
    """Return the loadings of the components kept, and the variance they explain."""
    centred = array / np.abs(array).max(axis=0)
    centred = centred - centred.mean(axis=0)
    unit = centred / np.sqrt((centred**2).sum(axis=0))
    eigenvalues, vectors = np.linalg.eigh(unit.T @ unit)
    sizes = np.maximum(eigenvalues[::-1], 0.0)
    explained = np.cumsum(sizes) / sizes.sum()
    # Slack: uncorrelated indicators have eigenvalues of 1 but for the last bits.
    above = int((sizes > LEAST_EIGENVALUE + 1e-9).sum())
    enough = int((explained < LEAST_EXPLAINED - 1e-9).sum()) + 1
    count = max(above, enough)
    loadings = vectors[:, ::-1][:, :count] * np.sqrt(sizes[:count])
    return np.asarray(loadings), float(explained[count - 1])


def varimax(loadings: npt.ArrayLike, *, tolerance: float = 1e-10) -> Floats:
    r"""Return loadings rotated so that each indicator loads on few components.

    Parameters
    ----------
    loadings : array, shape (n_indicators, n_components)
        Loadings of orthogonal components [-].
    tolerance : float
        Largest angle of a sweep over all pairs that counts as no rotation [rad].

    Returns
    -------
    numpy.ndarray, shape (n_indicators, n_components)
        Rotated loadings; each indicator's sum of squares is unchanged [-].

    Raises
    ------
    MethodError
        If a loading is missing or infinite.

    Notes
    -----
    Maximises the variance of the squared loadings within components by orthogonal
    rotation of one pair of components after another, each by its best angle (Kaiser
    1958), without his scaling of the rows.

    Examples
    --------
    Two indicators that are each one component, seen at 45 degrees:

    >>> half = 0.5**0.5
    >>> np.abs(varimax([[half, half], [half, -half]])).round(6).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    array = np.array(loadings, dtype=np.float64)
    if not np.isfinite(array).all():
        raise MethodError("主成分法：载荷缺失或无穷大")
    pairs = list(itertools.combinations(range(array.shape[1]), 2))
    for _ in range(_SWEEPS):
        angles = [_rotate(array, first, second) for first, second in pairs]
        if max(map(abs, angles), default=0.0) < tolerance:
            break
    return array


def _rotate(array: Floats, first: int, second: int) -> float:
    """Turn two components, in place, to their best angle; return it in radians."""
    x, y = array[:, first].copy(), array[:, second].copy()
    u, v = x**2 - y**2, 2 * x * y
    sine = 2 * (u * v).sum() - 2 * u.sum() * v.sum() / len(x)
    cosine = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / len(x)
    # Loadings that are alike in every direction have no best angle.
    if np.hypot(sine, cosine) <= _FLAT * (u**2 + v**2).sum():
        return 0.0
    angle = math.atan2(sine, cosine) / 4
    array[:, first] = x * math.cos(angle) + y * math.sin(angle)
    array[:, second] = y * math.cos(angle) - x * math.sin(angle)
    return angle
