"""Weights combined from several vectors, such as judgement and data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, nearest

__all__ = ["combine_linear", "combine_multiplicative", "game"]

Floats = npt.NDArray[np.float64]


def _aligned(*weights: pd.Series[float]) -> Floats:
    """Return weight vectors over the same indicators, each scaled to sum 1."""
    codes = weights[0].index
    problems = []
    for other in weights[1:]:
        for code in codes.symmetric_difference(other.index):
            pool = [str(item) for item in codes.union(other.index) if item != code]
            hint = nearest(str(code), pool)
            problems.append(Problem(f"权重 {code}", "只出现在一组权重中", hint=hint))
    if problems:
        raise ParameterError(problems)
    array = np.array([w.reindex(codes).to_numpy(dtype=np.float64) for w in weights])
    if not (array >= 0).all() or not (array.sum(axis=1) > 0).all():
        raise ParameterError("组合赋权：权重须不为负、不缺失，且不全为0")
    return np.asarray(array / array.sum(axis=1, keepdims=True), dtype=np.float64)


def _result(values: Floats, codes: pd.Index) -> pd.Series[float]:
    return pd.Series(values / values.sum(), index=codes, name="weight")


def combine_linear(
    subjective: pd.Series[float], objective: pd.Series[float], alpha: float = 0.5
) -> pd.Series[float]:
    """Return α·subjective + (1 − α)·objective (methods §5.2)."""
    if not 0 <= alpha <= 1:
        raise ParameterError(Problem("组合赋权 alpha", f"为{alpha:g}", "0–1"))
    first, second = _aligned(subjective, objective)
    return _result(alpha * first + (1 - alpha) * second, subjective.index)


def combine_multiplicative(
    subjective: pd.Series[float], objective: pd.Series[float], power: float = 1.0
) -> pd.Series[float]:
    """Return the normalised product of two weight vectors (methods §5.2).

    ``power=0.5`` gives the normalised geometric mean, the KL game.
    """
    first, second = _aligned(subjective, objective)
    product = (first * second) ** power
    if product.sum() == 0:
        raise MethodError("组合赋权：两组权重没有共同的非零指标")
    return _result(product, subjective.index)


def game(
    subjective: pd.Series[float],
    objective: pd.Series[float],
    *others: pd.Series[float],
) -> pd.Series[float]:
    r"""Return the game-theoretic linear combination of weight vectors.

    Parameters
    ----------
    subjective, objective, *others : pandas.Series
        Weights over the same indicators, each scaled to sum 1.

    Returns
    -------
    pandas.Series
        Combined weights, summing to 1 [-].

    Raises
    ------
    ParameterError
        If an indicator is missing in one of them, or a weight is negative or missing.

    Notes
    -----
    Solves :math:`\sum_l (w_k \cdot w_l)\,a_l = w_k \cdot w_k` for every k and returns
    :math:`\sum_l a^*_l w_l` with :math:`a^*_l = |a_l|/\sum|a|` (methods §5.2, R20c).
    Where the system is singular (the vectors coincide) the first vector is returned.

    Examples
    --------
    >>> same = pd.Series({"a": 0.7, "b": 0.3})
    >>> game(same, same).tolist()
    [0.7, 0.3]
    """
    vectors = _aligned(subjective, objective, *others)
    products = vectors @ vectors.T
    if np.linalg.matrix_rank(products, tol=1e-10) < len(vectors):
        return _result(vectors[0], subjective.index)
    share = np.abs(np.linalg.solve(products, np.diag(products)))
    return _result((share / share.sum()) @ vectors, subjective.index)
