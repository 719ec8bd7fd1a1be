"""LMDI as ratios that multiply up, and indexes of them over years."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from synergy_lib.errors import MethodError, Problem
from synergy_lib.trends.decomposition.terms import (
    Floats,
    lmdi_additive,
    lmdi_terms,
    log_mean,
)

__all__ = ["Multiplicative", "lmdi_index", "lmdi_multiplicative"]

Variant = Literal["I", "II"]


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
