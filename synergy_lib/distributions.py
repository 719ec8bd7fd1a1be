"""The PERT distribution of a quantity known by its low, likely and high value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from synergy_lib.errors import MethodError

__all__ = ["pert_moments", "pert_quantile"]

Floats = npt.NDArray[np.float64]

_SMALLEST = 1e-30


def pert_quantile(
    low: npt.ArrayLike,
    mode: npt.ArrayLike,
    high: npt.ArrayLike,
    probability: npt.ArrayLike,
) -> Floats:
    r"""Return quantiles of the PERT distribution.

    Parameters
    ----------
    low, mode, high : array_like
        Bounds and most likely value, low ≤ mode ≤ high; NaN in, NaN out.
    probability : array_like
        0 … 1 [-].

    Returns
    -------
    numpy.ndarray
        In the broadcast shape of the arguments [unit of ``low``]; the value itself
        where low = high.

    Raises
    ------
    MethodError
        If the three values are not in order, or a probability is outside 0–1.

    Notes
    -----
    Beta on [a, b] with :math:`\alpha = 1 + 4(m-a)/(b-a)` and
    :math:`\beta = 1 + 4(b-m)/(b-a)` (methods §7.7).

    Examples
    --------
    >>> float(pert_quantile(0.0, 0.5, 1.0, 0.5).round(12))
    0.5
    """
    values = [np.asarray(v, dtype=np.float64) for v in (low, mode, high, probability)]
    a, m, b, p = np.broadcast_arrays(*values)
    _check(a, m, b)
    if ((p < 0) | (p > 1)).any():
        raise MethodError("PERT 分布：概率须在0–1之间")
    alpha, beta = _shapes(a, m, b)
    # The inverse fails on probabilities too small to matter.
    share = stats.beta.ppf(np.where(p < _SMALLEST, 0.0, p), alpha, beta)
    return np.where(a == b, a, a + (b - a) * share)


def pert_moments(
    low: npt.ArrayLike, mode: npt.ArrayLike, high: npt.ArrayLike
) -> tuple[Floats, Floats]:
    r"""Return mean and variance of the PERT distribution.

    Parameters
    ----------
    low, mode, high : array_like
        As in :func:`pert_quantile`.

    Returns
    -------
    tuple of numpy.ndarray
        :math:`\mu = (a + 4m + b)/6` and :math:`(\mu-a)(b-\mu)/7` (methods §7.7).

    Raises
    ------
    MethodError
        If the three values are not in order.

    Examples
    --------
    >>> mean, variance = pert_moments(0.20, 0.30, 0.45)
    >>> round(float(mean), 6), round(float(variance) ** 0.5, 6)
    (0.308333, 0.046824)
    """
    a, m, b = (np.asarray(v, dtype=np.float64) for v in (low, mode, high))
    _check(a, m, b)
    mean = (a + 4 * m + b) / 6
    return mean, (mean - a) * (b - mean) / 7


def _check(low: Floats, mode: Floats, high: Floats) -> None:
    """Raise unless low ≤ mode ≤ high wherever all are known."""
    if ((low > mode) | (mode > high)).any():
        raise MethodError("PERT 分布：须满足 最小值 ≤ 最可能值 ≤ 最大值")


def _shapes(low: Floats, mode: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the two shape parameters; those of a middle mode where low = high."""
    width = np.where(high == low, 1.0, high - low)
    place = np.where(high == low, 0.5, (mode - low) / width)
    return 1 + 4 * place, 1 + 4 * (1 - place)
