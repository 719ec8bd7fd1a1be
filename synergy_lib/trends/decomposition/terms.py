"""Logarithmic mean Divisia index (LMDI): additive effects that sum exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError, Problem

__all__ = [
    "Additive",
    "Floats",
    "Terms",
    "amount_factors",
    "lmdi_additive",
    "lmdi_terms",
    "log_mean",
]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Below this relative distance the logarithmic mean is the arithmetic one.
NEAR = 1e-8
# A factor that changed by less did not change: quotients differ in their last digits.
UNCHANGED = 1e-14
# Beyond it the difference of logarithms is more exact than log1p of the distance.
FAR = 0.5


class Terms(NamedTuple):
    """What each factor of each sector adds to the aggregate, and what none does.

    Parameters
    ----------
    effects : numpy.ndarray, shape (..., n_sectors, n_factors)
    residual : numpy.ndarray, shape (..., n_sectors)
        Change of the sectors that cannot be decomposed.
    usable : numpy.ndarray of bool, shape (..., n_sectors)
        Which sectors can be.
    """

    effects: Floats
    residual: Floats
    usable: Flags


class Additive(NamedTuple):
    """Effects that sum, with the residual, to the change of the aggregate.

    Parameters
    ----------
    effects : numpy.ndarray, shape (..., n_factors)
        In the unit of the aggregate.
    residual : numpy.ndarray, shape (...)
    """

    effects: Floats
    residual: Floats


def log_mean(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    r"""Return the logarithmic mean of two amounts.

    Parameters
    ----------
    first, second : array_like of float
        Amounts, broadcast against each other.

    Returns
    -------
    numpy.ndarray
        Between the smaller and the larger; 0 where either is 0 (the limit), NaN where
        either is negative, missing or infinite.

    Notes
    -----
    :math:`L(a, b) = (a - b)/(\ln a - \ln b)`, :math:`L(a, a) = a` [1]_. Where a/b
    differs from 1 by less than 1e-8 it is (a + b)/2, and up to 0.5 the logarithm is
    taken of 1 + (a − b)/b, so that the quotient keeps its digits.

    References
    ----------
    .. [1] R17a (Ang 2005); methods §6.8. R18 returns 0 for equal amounts, wrongly.

    Examples
    --------
    >>> log_mean([80.0, 10.0, 0.0], [30.0, 10.0, 5.0]).round(6).tolist()
    [50.977272, 10.0, 0.0]
    """
    a, b = np.broadcast_arrays(
        np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    )
    with np.errstate(all="ignore"):
        difference = a - b
        distance = difference / b
        logarithm = np.where(
            np.abs(distance) < FAR, np.log1p(distance), np.log(a) - np.log(b)
        )
        mean = np.where(
            np.abs(distance) < NEAR, b + difference / 2, difference / logarithm
        )
    amounts = np.isfinite(a) & np.isfinite(b) & (a >= 0) & (b >= 0)
    mean = np.where(amounts & ((a == 0) | (b == 0)), 0.0, mean)
    return np.where(amounts, mean, np.nan)


def amount_factors(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return the factors of a chain of amounts, each divided by the one before it.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (..., n_factors)
        Amounts from the widest to the emission itself, e.g. value added, energy,
        CO2e, at the two ends.

    Returns
    -------
    tuple of numpy.ndarray, shape (..., n_factors)
        First amount, second by first, third by second…; the product is the last
        amount.

    Notes
    -----
    A ratio 0/0 takes its value at the other end (1 where both are 0/0), so that the
    whole change of a sector that comes or goes belongs to the first amount that is
    zero [1]_. Nonzero by zero is infinite: such a sector cannot be decomposed.

    References
    ----------
    .. [1] Methods §6.8; R17d (Wood and Lenzen 2006).

    Examples
    --------
    >>> start, end = np.array([100.0, 0.0, 0.0]), np.array([100.0, 20.0, 50.0])
    >>> [factors.tolist() for factors in amount_factors(start, end)]
    [[100.0, 0.0, 2.5], [100.0, 0.2, 2.5]]
    """
    with np.errstate(all="ignore"):
        factors = [
            np.concatenate([a[..., :1], a[..., 1:] / a[..., :-1]], axis=-1)
            for a in (start, end)
        ]
    undefined = [
        np.concatenate(
            [np.zeros_like(a[..., :1], bool), (a[..., 1:] == 0) & (a[..., :-1] == 0)],
            axis=-1,
        )
        for a in (start, end)
    ]
    both = undefined[0] & undefined[1]
    filled = [
        np.where(mine, np.where(both, 1.0, other), own)
        for mine, own, other in zip(undefined, factors, factors[::-1], strict=True)
    ]
    return filled[0], filled[1]


def lmdi_terms(
    start: Floats, end: Floats, values: tuple[Floats, Floats] | None = None
) -> Terms:
    r"""Return the additive LMDI-I effect of every factor in every sector.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (..., n_sectors, n_factors)
        Factors whose product is the sector's part of the aggregate.
    values : tuple of numpy.ndarray, shape (..., n_sectors), optional
        The sectors' parts at both ends where they are known; the products if omitted.

    Returns
    -------
    Terms
        A sector with a negative, infinite or missing factor at either end has its
        whole change in ``residual`` and effects of zero. A sector whose part is
        missing at either end is NaN in both.

    Raises
    ------
    MethodError
        If the shapes differ.

    Notes
    -----
    :math:`\Delta V_{k,i} = L(V_i^T, V_i^0) \ln(x_{ki}^T/x_{ki}^0)`. Where the part is
    zero at one end the limit is taken [1]_: the change belongs to the factor that is
    zero there, in equal parts if there are several; the other factors have no effect.

    References
    ----------
    .. [1] R17a for the formula; R17d (Wood and Lenzen 2006) for the limits.

    Examples
    --------
    >>> lmdi_terms(np.array([[2.0, 5.0]]), np.array([[4.0, 2.5]])).effects.round(6)
    array([[ 6.931472, -6.931472]])
    """
    if start.shape != end.shape:
        shapes = f"{start.shape} 与 {end.shape}"
        raise MethodError(Problem("LMDI", f"起止因素的形状不同：{shapes}", "相同形状"))
    first, last = (start.prod(-1), end.prod(-1)) if values is None else values
    usable = np.ones(first.shape, dtype=bool)
    for x in (start, end):
        usable &= (np.isfinite(x) & (x >= 0)).all(axis=-1)
    usable &= (first >= 0) & (last >= 0)
    effects = log_mean(last, first)[..., None] * _log_ratio(start, end)
    grown = usable & (first == 0) & (last > 0)
    gone = usable & (first > 0) & (last == 0)
    unchanged = usable & (first == 0) & (last == 0)
    for which, x in ((grown, start), (gone, end)):
        zero = (x == 0) & which[..., None]
        share = zero / np.maximum(zero.sum(axis=-1, keepdims=True), 1)
        change = np.where(which, last - first, 0.0)[..., None] * share
        effects = np.where(which[..., None], change, effects)
    effects = np.where((unchanged | ~usable)[..., None], 0.0, effects)
    unknown = ~(np.isfinite(first) & np.isfinite(last))
    residual = np.where(usable, 0.0, last - first)
    return Terms(
        np.where(unknown[..., None], np.nan, effects),
        np.where(unknown, np.nan, residual),
        usable,
    )


def _log_ratio(start: Floats, end: Floats) -> Floats:
    """Return ln(end/start), zero where there is none: such sectors take the limit."""
    with np.errstate(all="ignore"):
        found = np.log(end) - np.log(start)
    changed = np.isfinite(found) & (np.abs(found) >= UNCHANGED)
    return np.where(changed, found, 0.0)


def lmdi_additive(start: Floats, end: Floats) -> Additive:
    """Return what each factor adds to the change of an aggregate between two years.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (..., n_sectors, n_factors)
        As for :func:`lmdi_terms`.

    Returns
    -------
    Additive
        Effects and residual sum to the change exactly (LMDI leaves no rest); NaN
        where a sector's part is missing.

    Examples
    --------
    Two sectors: activity, structure and intensity explain 96 − 50 = 46.

    >>> q0, qt = np.array([10.0, 40.0]), np.array([40.0, 40.0])
    >>> e0, et = np.array([30.0, 20.0]), np.array([80.0, 16.0])
    >>> start = np.stack([np.full(2, 50.0), q0 / 50, e0 / q0], axis=-1)
    >>> end = np.stack([np.full(2, 80.0), qt / 80, et / qt], axis=-1)
    >>> lmdi_additive(start, end).effects.round(4).tolist()
    [32.3846, 38.2849, -24.6695]
    """
    terms = lmdi_terms(start, end)
    return Additive(terms.effects.sum(axis=-2), terms.residual.sum(axis=-1))
