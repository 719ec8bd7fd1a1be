"""Weights: equal, from the framework, from the data, from judgement, combined."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, nearest
from synergy_lib.scoring.framework import Framework
from synergy_lib.scoring.normalization import minmax

__all__ = [
    "AhpResult",
    "ahp",
    "combine_linear",
    "combine_multiplicative",
    "critic",
    "entropy",
    "equal",
    "game",
    "group_matrix",
    "policy",
]

Floats = npt.NDArray[np.float64]

# Saaty's random index by order of the matrix (methods §5.2, R20); order 1 first.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51)
# A comparison typed as 0.33 for 1/3 still counts as reciprocal to 3.
RECIPROCAL_TOLERANCE = 0.02
ACCEPTED_CR = 0.10


def equal(codes: Iterable[Hashable]) -> pd.Series[float]:
    """Return the same weight for every indicator, summing to 1."""
    index = pd.Index(list(codes))
    if not len(index):
        raise MethodError("等权：没有指标")
    return pd.Series(1 / len(index), index=index, name="weight")


def policy(framework: Framework) -> pd.Series[float]:
    """Return the framework's own weights of the indicators, summing to 1."""
    return framework.effective_weights


def _spread(
    dispersion: Floats, columns: pd.Index, dropped: npt.NDArray[np.bool_], note: str
) -> pd.Series[float]:
    """Return dispersions as weights; equal over the usable columns if all are zero."""
    usable = np.where(dropped, 0.0, 1.0)
    flat = dispersion.sum() <= 0
    raw = usable if flat else dispersion
    weights = pd.Series(raw / raw.sum(), index=columns, name="weight")
    weights.attrs["dropped"] = [str(column) for column in columns[dropped]]
    weights.attrs["note"] = note or ("各指标均无差异，取等权" if flat else "")
    return weights


def _fallback(
    values: pd.DataFrame, fallback: pd.Series[float] | None, note: str
) -> pd.Series[float]:
    """Return the weights used where a data-driven method is not defined."""
    given = equal(values.columns) if fallback is None else fallback
    weights = given.reindex(values.columns).astype(float)
    if weights.isna().any() or (weights < 0).any() or weights.sum() <= 0:
        raise ParameterError("备用权重须覆盖全部指标且不为负")
    weights = (weights / weights.sum()).rename("weight")
    weights.attrs["dropped"] = []
    weights.attrs["note"] = note
    return weights


def entropy(
    values: pd.DataFrame, *, fallback: pd.Series[float] | None = None
) -> pd.Series[float]:
    r"""Return entropy weights: the more an indicator varies, the more it weighs.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Non-negative values, used as given (no min–max inside): for indicators of mixed
        direction pass :func:`~synergy_lib.scoring.normalization.minmax` of them. Pool
        all years so that the weights are common to them.
    fallback : pandas.Series, optional
        Weights for a single unit, where entropy is not defined; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights, non-negative, summing to 1 [-]. ``attrs["dropped"]`` lists indicators
        with a missing value, which get 0; ``attrs["note"]`` says if a rule for special
        cases was used.

    Raises
    ------
    MethodError
        If a value is negative or infinite, or every indicator has missing values.

    Notes
    -----
    :math:`p_{ij} = r_{ij}/\sum_i r_{ij}`, :math:`e_j = -\frac{1}{\ln m}\sum_i p_{ij}
    \ln p_{ij}` with :math:`0 \ln 0 = 0`, :math:`w_j = (1 - e_j)/\sum_k (1 - e_k)`
    (methods §5.2; variant c with raw values, variant a with min–max). A constant
    column or one of zeros weighs 0; if every column does, all weigh the same. Entropy
    measures dispersion, not importance.

    Examples
    --------
    >>> entropy(pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 2.0]})).tolist()
    [1.0, 0.0]
    """
    array = values.to_numpy(dtype=np.float64)
    wrong = ((array < 0) | np.isinf(array)).any(axis=0)
    if np.any(wrong):
        named = "、".join(str(column) for column in values.columns[wrong])
        raise MethodError(f"熵权法：指标 {named} 有负值或无穷大；请先做极差标准化")
    if len(array) < 2:
        return _fallback(values, fallback, "仅一个单元，熵权无定义，用备用权重")
    dropped = _incomplete(array, "熵权法")
    largest = np.where(dropped, 1.0, np.nanmax(np.nan_to_num(array), axis=0))
    scaled = np.nan_to_num(array) / np.where(largest > 0, largest, 1.0)
    total = scaled.sum(axis=0)
    shares = scaled / np.where(total > 0, total, 1.0)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    evenness = -(shares * logs).sum(axis=0) / np.log(len(array))
    flat = dropped | (scaled.max(axis=0) == scaled.min(axis=0))
    dispersion = np.where(flat, 0.0, np.maximum(1 - evenness, 0.0))
    return _spread(dispersion, values.columns, dropped, "")


def _incomplete(array: Floats, method: str) -> npt.NDArray[np.bool_]:
    """Return which columns have a missing value; raise if all do."""
    dropped = np.asarray(np.isnan(array).any(axis=0), dtype=np.bool_)
    if dropped.all():
        raise MethodError(f"{method}：没有数据完整的指标")
    return dropped


def critic(
    values: pd.DataFrame,
    direction: Mapping[Any, float] | pd.Series[float],
    *,
    correlation: Literal["pearson", "spearman"] = "pearson",
    fallback: pd.Series[float] | None = None,
) -> pd.Series[float]:
    r"""Return CRITIC weights: contrast of an indicator times its conflict with others.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Raw indicator values; min–max normalised inside.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.
    correlation : {"pearson", "spearman"}
        Correlation coefficient.
    fallback : pandas.Series, optional
        Weights for fewer than three units; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights and ``attrs`` as :func:`entropy`.

    Raises
    ------
    MethodError
        If a value is infinite, or every indicator has missing values.
    ParameterError
        If a column has no direction ±1.

    Notes
    -----
    :math:`C_j = \sigma_j \sum_k (1 - r_{jk})`, :math:`w_j = C_j/\sum C`
    (methods §5.2, R20, Diakoulaki et al. 1995). A constant column has
    :math:`\sigma = 0`, weighs 0 and counts as uncorrelated (r = 0) with the others.
    Identical columns share their weight.
    """
    normalised = minmax(values, direction)
    if len(values) < 3:
        return _fallback(values, fallback, "少于三个单元，CRITIC无定义，用备用权重")
    array = normalised.to_numpy(dtype=np.float64)
    dropped = _incomplete(array, "CRITIC法")
    kept = normalised.loc[:, ~dropped]
    if correlation == "spearman":
        ranked = kept.rank(method="average")
    elif correlation == "pearson":
        ranked = kept
    else:
        raise MethodError(f"CRITIC法：没有相关系数“{correlation}”")
    conflict = _conflict(ranked.to_numpy(dtype=np.float64))
    contrast = np.zeros(array.shape[1])
    contrast[~dropped] = kept.to_numpy(dtype=np.float64).std(axis=0, ddof=1) * conflict
    return _spread(contrast, values.columns, dropped, "")


def _conflict(array: Floats) -> Floats:
    """Return the sum over all columns of 1 − correlation, per column."""
    centred = array - array.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(length > 0, length, 1.0)
    matrix = np.clip(unit.T @ unit, -1.0, 1.0)
    np.fill_diagonal(matrix, 1.0)
    return np.asarray((1 - matrix).sum(axis=0), dtype=np.float64)


@dataclass(frozen=True)
class AhpResult:
    """Weights from pairwise comparisons, and how consistent these are.

    Parameters
    ----------
    weights : pandas.Series
        Principal eigenvector, summing to 1 [-].
    lambda_max : float
        Principal eigenvalue; n for perfectly consistent judgements [-].
    ci : float
        Consistency index (λ_max − n)/(n − 1) [-].
    cr : float
        Consistency ratio CI/RI; NaN above order 11, for which no RI is given [-].
    """

    weights: pd.Series[float]
    lambda_max: float
    ci: float
    cr: float

    @property
    def is_consistent(self) -> bool:
        """Return whether the consistency ratio is below 0.10."""
        return self.cr < ACCEPTED_CR


def ahp(matrix: pd.DataFrame | npt.ArrayLike) -> AhpResult:
    r"""Return the weights of a pairwise comparison matrix (AHP).

    Parameters
    ----------
    matrix : pandas.DataFrame or array, shape (n, n)
        :math:`a_{ij}` = how much more important i is than j, on Saaty's scale 1/9–9;
        reciprocal, :math:`a_{ji} = 1/a_{ij}`.

    Returns
    -------
    AhpResult

    Raises
    ------
    MethodError
        If the matrix is not square, or not positive and finite, or with every pair
        that is not reciprocal within 2 %.

    Notes
    -----
    :math:`A w = \lambda_{max} w`; CI, RI and CR as in methods §5.2; CR is 0 for up to
    two items (R20). Judgements with CR ≥ 0.10 should be revised.

    Examples
    --------
    >>> result = ahp([[1, 3], [1 / 3, 1]])
    >>> result.weights.round(4).tolist(), result.cr
    ([0.75, 0.25], 0.0)
    """
    labels = matrix.columns if isinstance(matrix, pd.DataFrame) else None
    array = np.asarray(matrix, dtype=np.float64)
    _check_comparisons(array)
    order = len(array)
    eigenvalues, eigenvectors = np.linalg.eig(array)
    principal = int(np.argmax(eigenvalues.real))
    vector = np.abs(eigenvectors[:, principal].real)
    largest = float(eigenvalues[principal].real)
    ci = max(largest - order, 0.0) / (order - 1) if order > 1 else 0.0
    if order <= 2:
        cr = 0.0
    else:
        cr = ci / RANDOM_INDEX[order - 1] if order <= len(RANDOM_INDEX) else np.nan
    weights = pd.Series(vector / vector.sum(), index=labels, name="weight")
    return AhpResult(weights, largest, ci, cr)


def _check_comparisons(array: Floats) -> None:
    """Raise unless the array is a positive reciprocal matrix."""
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise MethodError("AHP：判断矩阵须是方阵")
    if not (np.isfinite(array) & (array > 0)).all():
        raise MethodError("AHP：判断矩阵的元素须为正数")
    product = array * array.T
    rows, columns = np.nonzero(np.triu(np.abs(product - 1) > RECIPROCAL_TOLERANCE))
    problems = [
        Problem(
            f"AHP 判断矩阵第{i + 1}行第{j + 1}列",
            f"{array[i, j]:g} 与对应的 {array[j, i]:g} 不互为倒数",
        )
        for i, j in zip(rows, columns, strict=True)
    ]
    if problems:
        raise MethodError(problems)


def group_matrix(matrices: Sequence[pd.DataFrame | npt.ArrayLike]) -> Floats:
    """Return the entrywise geometric mean of several experts' comparison matrices."""
    arrays = [np.asarray(matrix, dtype=np.float64) for matrix in matrices]
    if not arrays or len({array.shape for array in arrays}) != 1:
        raise MethodError("AHP：各专家的判断矩阵须同阶，且至少一个")
    for array in arrays:
        _check_comparisons(array)
    return np.asarray(np.exp(np.mean([np.log(a) for a in arrays], axis=0)))


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
