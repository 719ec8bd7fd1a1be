"""Allocations kept within bounds while they add up to the cap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError, Problem

__all__ = ["least_bound", "water_fill"]

Floats = npt.NDArray[np.float64]


def water_fill(claims: Floats, low: Floats, high: Floats, total: float) -> Floats:
    r"""Scale claims to a total, none below its lower or above its upper bound.

    Parameters
    ----------
    claims : numpy.ndarray, shape (n,)
        Positive. [t]
    low, high : numpy.ndarray, shape (n,)
        ``0 ≤ low ≤ high``; ``high`` may be infinite. [t]
    total : float
        Between the sums of ``low`` and ``high``. [t]

    Returns
    -------
    numpy.ndarray, shape (n,)
        :math:`\min(\max(\theta a_i, l_i), h_i)` with the one :math:`\theta` for which
        they add up to the total. [t]

    Raises
    ------
    MethodError
        If no scale reaches the total, a claim is not positive or bounds cross.

    Notes
    -----
    Methods §8.1 (renormalise iteratively), in its exact form: the sum is piecewise
    linear in :math:`\theta` with kinks where an enterprise reaches a bound, so the
    piece that holds the total is found by sorting the kinks.

    Examples
    --------
    >>> a = np.array([60.0, 30.0, 10.0])
    >>> water_fill(a, np.zeros(3), np.array([50.0, 99.0, 99.0]), 100.0).round(9)
    array([50. , 37.5, 12.5])
    """
    _check(claims, low, high, total)
    starts, ends = low / claims, high / claims
    kinks = np.concatenate([starts, ends])
    slopes = np.concatenate([claims, -claims])
    finite = np.isfinite(kinks)
    order = np.argsort(kinks[finite], kind="stable")
    kinks, slopes = kinks[finite][order], np.cumsum(slopes[finite][order])
    rises = np.diff(kinks) * slopes[:-1]
    levels = low.sum() + np.concatenate([[0.0], np.cumsum(rises)])
    piece = max(int(np.searchsorted(levels, total, side="left")) - 1, 0)
    slope = slopes[piece]
    scale = kinks[piece]
    if slope > 0:
        scale += (total - levels[piece]) / slope
    filled = np.clip(claims * scale, low, high)
    return _settled(filled, low, high, total)


def _settled(filled: Floats, low: Floats, high: Floats, total: float) -> Floats:
    """Return the amounts with the rest of rounding spread over those inside."""
    inside = (filled > low) & (filled < high)
    part = filled[inside].sum()
    if part > 0:
        filled[inside] *= 1 + (total - filled.sum()) / part
        filled = np.clip(filled, low, high)
    return filled


def _check(claims: Floats, low: Floats, high: Floats, total: float) -> None:
    """Raise where water filling is not defined."""
    slack = 1e-9 * max(abs(total), 1.0)
    if not (np.isfinite(claims) & (claims > 0)).all():
        raise MethodError(Problem("配额上下限", "申请量须为正数"))
    if (low < 0).any() or (low > high).any() or not np.isfinite(low).all():
        raise MethodError(Problem("配额上下限", "下限为负或高于上限"))
    if not low.sum() - slack <= total <= high.sum() + slack:
        what = f"总量 {total:,.1f} 不在 {low.sum():,.1f}–{high.sum():,.1f} 之间"
        raise MethodError(Problem("配额上下限", what))


def least_bound(reference: float, total: float, bound: float) -> float:
    """Return the yearly change that must be allowed for a total to be reached.

    Parameters
    ----------
    reference : float
        Sum of what the bounds are measured from, above 0. [t]
    total : float
        [t]
    bound : float
        Wanted relative change. [-]

    Returns
    -------
    float
        ``bound``, or the park's own relative change where that is larger: then nobody
        can stay within the wanted one. [-]

    Examples
    --------
    >>> least_bound(100.0, 95.0, 0.1), round(least_bound(100.0, 85.0, 0.1), 3)
    (0.1, 0.15)
    """
    return max(bound, abs(total / reference - 1))
