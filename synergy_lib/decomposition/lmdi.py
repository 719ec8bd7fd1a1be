"""Logarithmic mean Divisia index (LMDI): additive, multiplicative, with exact sums."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError, Problem

__all__ = [
    "Additive",
    "Multiplicative",
    "Terms",
    "amount_factors",
    "lmdi_additive",
    "lmdi_index",
    "lmdi_multiplicative",
    "lmdi_terms",
    "log_mean",
]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Variant = Literal["I", "II"]

# Below this relative distance the logarithmic mean is the arithmetic one.
NEAR = 1e-8
# Beyond it the difference of logarithms is more exact than log1p of the distance.
FAR = 0.5


class Terms(NamedTuple):
    """What each factor of each sector adds to the aggregate, and what none does.

    Parameters
    ----------
    effects : numpy.ndarray, shape (..., n_sectors, n_factors)
    residual : numpy.ndarray, shape (..., n_sectors)
        Change of the sectors that cannot be decomposed.
    """

    effects: Floats
    residual: Floats


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


class Multiplicative(NamedTuple):
    """Ratios whose product, with the residual, is the ratio of the aggregate.

    Parameters
    ----------
    ratios : numpy.ndarray, shape (..., n_factors)
        [-]
    residual : numpy.ndarray, shape (...)
        1 where every sector could be decomposed. [-]
    """

    ratios: Floats
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
    with np.errstate(all="ignore"):
        effects = log_mean(last, first)[..., None] * (np.log(end) - np.log(start))
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
    )


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


def lmdi_multiplicative(
    start: Floats, end: Floats, *, variant: Variant = "I"
) -> Multiplicative:
    r"""Return by what each factor multiplies an aggregate between two years.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (..., n_sectors, n_factors)
        As for :func:`lmdi_terms`.
    variant : {"I", "II"}
        LMDI-I, or LMDI-II, whose weights sum to one; official energy-intensity
        indexes use the latter.

    Returns
    -------
    Multiplicative
        The product of ratios and residual is :math:`V^T/V^0`; NaN where either total
        is not above zero or a sector's part is missing.

    Raises
    ------
    MethodError
        If the variant is unknown, or a sector cannot be decomposed under LMDI-II,
        whose weights need every sector's share.

    Notes
    -----
    I: :math:`D_k = \exp(\Delta V_k/L(V^T, V^0))`, which is
    :math:`\exp \sum_i L(V_i^T, V_i^0)/L(V^T, V^0) \cdot \ln(x_{ki}^T/x_{ki}^0)` with
    the limits for zeros taken. II: :math:`D_k = \exp \sum_i w_i
    \ln(x_{ki}^T/x_{ki}^0)` with :math:`w_i = L(s_i^T, s_i^0)/\sum_j L(s_j^T, s_j^0)`
    of the shares :math:`s_i = V_i/V` [1]_.

    References
    ----------
    .. [1] R17a (Ang 2005); R17c (Ang 2015) for the variants.

    Examples
    --------
    >>> found = lmdi_multiplicative(np.array([[2.0, 5.0]]), np.array([[4.0, 2.5]]))
    >>> found.ratios.round(6).tolist()
    [2.0, 0.5]
    """
    if variant not in ("I", "II"):
        raise MethodError(Problem("variant", str(variant), "I 或 II"))
    parts = (start.prod(-1), end.prod(-1))
    totals = tuple(part.sum(axis=-1) for part in parts)
    has_ratio = (totals[0] > 0) & (totals[1] > 0)
    if variant == "I":
        effects, residual = lmdi_additive(start, end)
        weight = log_mean(totals[1], totals[0])
    else:
        with np.errstate(all="ignore"):
            shares = tuple(
                part / total[..., None]
                for part, total in zip(parts, totals, strict=True)
            )
        terms = lmdi_terms(start, end, values=(shares[0], shares[1]))
        if (np.nan_to_num(terms.residual) != 0).any():
            what = "有部门含负值或无穷大，份额无定义"
            raise MethodError(Problem("LMDI-II", what, hint="请改用 LMDI-I"))
        effects, residual = terms.effects.sum(axis=-2), terms.residual.sum(axis=-1)
        weight = log_mean(shares[1], shares[0]).sum(axis=-1)
    with np.errstate(all="ignore"):
        ratios = np.exp(effects / weight[..., None])
        rest = np.exp(residual / weight)
    return Multiplicative(
        np.where(has_ratio[..., None], ratios, np.nan),
        np.where(has_ratio, rest, np.nan),
    )


def lmdi_index(
    factors: Floats,
    *,
    base: int = 0,
    basis: Literal["chain", "fixed"] = "chain",
    variant: Variant = "I",
) -> Multiplicative:
    """Return the index of every factor over years, 1 in the base year.

    Parameters
    ----------
    factors : numpy.ndarray, shape (..., n_years, n_sectors, n_factors)
        As for :func:`lmdi_terms`, by year.
    base : int
        Position of the base year.
    basis : {"chain", "fixed"}
        The ratios from each year to the next multiplied up, or each year compared
        with the base year directly.
    variant : {"I", "II"}
        As in :func:`lmdi_multiplicative`.

    Returns
    -------
    Multiplicative
        ``ratios`` (..., n_years, n_factors), ``residual`` (..., n_years). [-]

    Raises
    ------
    MethodError
        As :func:`lmdi_multiplicative`, or if the basis is unknown.
    """
    if basis == "fixed":
        fixed = np.broadcast_to(factors[..., [base], :, :], factors.shape)
        return lmdi_multiplicative(fixed, factors, variant=variant)
    if basis != "chain":
        raise MethodError(Problem("basis", str(basis), "chain 或 fixed"))
    steps = lmdi_multiplicative(
        factors[..., :-1, :, :], factors[..., 1:, :, :], variant=variant
    )
    ratios = np.concatenate(
        [np.ones_like(factors[..., :1, 0, :]), steps.ratios], axis=-2
    ).cumprod(axis=-2)
    residual = np.concatenate(
        [np.ones_like(factors[..., :1, 0, 0]), steps.residual], axis=-1
    ).cumprod(axis=-1)
    return Multiplicative(
        ratios / ratios[..., [base], :], residual / residual[..., [base]]
    )
