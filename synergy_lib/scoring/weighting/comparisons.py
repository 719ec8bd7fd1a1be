"""Weights from pairwise comparisons of indicators by experts (AHP)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, Problem

__all__ = ["AhpResult", "ahp", "group_matrix"]

Floats = npt.NDArray[np.float64]

# Saaty's random index by order of the matrix (methods §5.2, R20); order 1 first.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51)
# A comparison typed as 0.33 for 1/3 still counts as reciprocal to 3.
RECIPROCAL_TOLERANCE = 0.02
ACCEPTED_CR = 0.10


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
