"""LMDI of one aggregate between two years, from labelled tables."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.trends.decomposition.lmdi_ratios import lmdi_multiplicative
from synergy_lib.trends.decomposition.terms import lmdi_additive, log_mean

__all__ = ["lmdi"]

RESIDUAL = "residual"


def lmdi(
    start: pd.DataFrame,
    end: pd.DataFrame,
    kind: Literal["additive", "multiplicative"] = "additive",
    variant: Literal["I", "II"] = "I",
) -> pd.Series[float]:
    r"""Return what each factor does to an aggregate between two years.

    Parameters
    ----------
    start, end : pandas.DataFrame
        Sectors × factors of the two years, same labels; the product of a row is the
        sector's part of the aggregate.
    kind : {"additive", "multiplicative"}
        Effects that sum to the change, or ratios whose product is end over start.
    variant : {"I", "II"}
        LMDI-I, or LMDI-II with weights that sum to one.

    Returns
    -------
    pandas.Series
        Factor → effect [unit of the aggregate, or -]; also ``residual`` where a sector
        cannot be decomposed (a negative value).

    Raises
    ------
    InputDataError
        If the labels of the two years differ.
    ParameterError
        If kind or variant is unknown.
    MethodError
        Under LMDI-II, if a sector cannot be decomposed.

    Notes
    -----
    I: :math:`\Delta V_k = \sum_i L(V_i^T, V_i^0) \ln(x_{ki}^T/x_{ki}^0)` [1]_; II takes
    :math:`L(V^T, V^0) \ln D_k` with the ratios of LMDI-II. Zeros by their analytic
    limits, see :func:`~synergy_lib.trends.decomposition.terms.lmdi_terms`.

    References
    ----------
    .. [1] R17a–R17d; methods §6.8.

    Examples
    --------
    >>> start = pd.DataFrame({"activity": [50.0], "intensity": [2.0]}, ["plant"])
    >>> end = pd.DataFrame({"activity": [100.0], "intensity": [1.0]}, ["plant"])
    >>> lmdi(start, end).round(4).to_dict()
    {'activity': 69.3147, 'intensity': -69.3147}
    """
    _check(start, end, kind, variant)
    values = [frame.to_numpy(dtype=np.float64) for frame in (start, end)]
    if variant == "I" and kind == "additive":
        effects, residual = lmdi_additive(values[0], values[1])
        return _series(effects, residual, start.columns, nothing=0.0)
    ratios, rest = lmdi_multiplicative(values[0], values[1], variant=variant)
    if kind == "multiplicative":
        return _series(ratios, rest, start.columns, nothing=1.0)
    ends = [float(part.prod(axis=1).sum()) for part in values]
    weight = log_mean(ends[1], ends[0])
    return _series(
        weight * np.log(ratios), weight * np.log(rest), start.columns, nothing=0.0
    )


def _check(start: pd.DataFrame, end: pd.DataFrame, kind: str, variant: str) -> None:
    """Raise with what is wrong with labels and choices."""
    for name, first, second in (
        ("行业", start.index, end.index),
        ("因素", start.columns, end.columns),
    ):
        if not first.equals(second):
            odd = first.symmetric_difference(second).astype(str)
            what = f"两年的{name}不一致：{'、'.join(odd[:5]) or '次序不同'}"
            raise InputDataError(Problem("LMDI", what, "两年相同的行和列"))
    problems = []
    if kind not in ("additive", "multiplicative"):
        problems.append(Problem("LMDI kind", kind, "additive 或 multiplicative"))
    if variant not in ("I", "II"):
        problems.append(Problem("LMDI variant", variant, "I 或 II"))
    if problems:
        raise ParameterError(problems)


def _series(
    effects: np.ndarray, residual: np.ndarray, factors: pd.Index, *, nothing: float
) -> pd.Series[float]:
    """Return effects by factor, with the residual where there is one."""
    found = pd.Series(effects, index=factors, dtype=float)
    if float(residual) != nothing:
        found.loc[RESIDUAL] = float(residual)
    return found
