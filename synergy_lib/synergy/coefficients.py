"""Correlation coefficients with intervals, and when they cannot be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from synergy_lib.errors import MethodError, Problem

__all__ = [
    "CONSTANT",
    "FEWEST_UNITS",
    "METHODS",
    "MINIMUM_UNITS",
    "ROUNDING",
    "TOO_FEW",
    "Correlation",
    "correlation",
    "fisher_interval",
]

Floats = npt.NDArray[np.float64]
Method = Literal[
    "pearson", "spearman", "kendall", "partial_pearson", "partial_spearman"
]
METHODS: tuple[Method, ...] = (
    "pearson",
    "spearman",
    "kendall",
    "partial_pearson",
    "partial_spearman",
)
# Fewer enterprises cannot be judged: a proposal [P]. Below it the intervals span most
# of −1 … 1 and the large-sample formulas are not to be relied on.
MINIMUM_UNITS = 10
# The variance formulas need more units than this, and one more for each control.
FEWEST_UNITS = 5
# What is left of a column after taking out the control counts as nothing below this
# share of it.
COLLINEAR = 1e-10
# A squared spread below this share of the squared values is rounding.
ROUNDING = 1e-20

TOO_FEW = "有效数据仅{n}家，少于{least}家，无法判断"
CONSTANT = "取值全部相同，无法判断"
EXPLAINED = "扣除控制变量后没有剩余差异，无法判断"


@dataclass(frozen=True)
class Correlation:
    """A coefficient with its interval and test.

    Parameters
    ----------
    estimate, low, high : float
        Coefficient and ends of its interval [-]; NaN where it cannot be judged.
    p : float
        Two-sided probability of a coefficient as large if there were none [-].
    n : int
        Units it rests on.
    reason : str
        Chinese: why it cannot be judged; "" where it can.
    """

    estimate: float
    low: float
    high: float
    p: float
    n: int
    reason: str = ""


def fisher_interval(
    estimate: float, variance: float, level: float = 0.95
) -> tuple[float, float]:
    r"""Return the interval of a correlation from the variance of its Fisher z.

    Parameters
    ----------
    estimate : float
        Coefficient in [−1, 1]. [-]
    variance : float
        Variance of artanh of the coefficient. [-]
    level : float
        Coverage. [-]

    Returns
    -------
    tuple of float
        Low and high; both the coefficient itself where it is ±1.

    Notes
    -----
    :math:`\tanh(\mathrm{artanh}\,r \pm z_{(1+level)/2}\sqrt{variance})`.

    Examples
    --------
    >>> [round(end, 4) for end in fisher_interval(0.5, 1 / (28 - 3))]
    [0.156, 0.7358]
    """
    if abs(estimate) >= 1:
        return estimate, estimate
    half = float(stats.norm.ppf((1 + level) / 2)) * np.sqrt(variance)
    centre = np.arctanh(estimate)
    return float(np.tanh(centre - half)), float(np.tanh(centre + half))


def correlation(
    first: Floats,
    second: Floats,
    method: Method = "spearman",
    *,
    control: Floats | None = None,
    minimum: int = MINIMUM_UNITS,
    level: float = 0.95,
) -> Correlation:
    r"""Return the correlation of two complete columns.

    Parameters
    ----------
    first, second : numpy.ndarray, shape (n,)
        Values without gaps, any unit.
    method : str
        ``pearson``, ``spearman``, ``kendall`` (tau-b), ``partial_pearson`` or
        ``partial_spearman``; the partial ones hold ``control`` fixed.
    control : numpy.ndarray, shape (n,), optional
        Values without gaps of the quantity held fixed; the other methods ignore it.
    minimum : int
        Fewer units cannot be judged; at least 6.
    level : float
        Coverage of the interval. [-]

    Returns
    -------
    Correlation

    Raises
    ------
    MethodError
        If the method is unknown, a partial one has no control, ``minimum`` is below 6,
        or a value is missing or infinite.

    Notes
    -----
    Intervals are Fisher z with the variance of each coefficient [1]_: Pearson
    :math:`1/(n-3)`, Spearman :math:`(1 + r^2/2)/(n-3)`, Kendall
    :math:`0.437/(n-4)`; a partial coefficient loses one unit. They are approximate
    for strong rank correlations (above 0.9; for Kendall above 0.8). Tests: Pearson and
    Spearman by Student's t with n − 2 degrees of freedom, n − 3 if partial; Kendall
    exact where nothing is tied and n ≤ 33, normal otherwise.

    A partial coefficient is Pearson's of the residuals from the control; for Spearman
    all three are replaced by their ranks first. A constant column cannot be judged.

    References
    ----------
    .. [1] BONETT2000, p. 24; Kendall after Fieller, Hartley and Pearson 1957.
    """
    checked = _checked([first, second, control], method, minimum)
    n = len(first)
    if n < minimum:
        return _unjudged(n, TOO_FEW.format(n=n, least=minimum))
    if any(np.ptp(column) == 0 for column in checked[:2]):
        return _unjudged(n, CONSTANT)
    if method.endswith("spearman"):
        checked = [stats.rankdata(column) for column in checked]
    loss = 0
    if method.startswith("partial"):
        remaining = [_residual(column, checked[2]) for column in checked[:2]]
        if any(column is None for column in remaining):
            return _unjudged(n, EXPLAINED)
        checked, loss = [c for c in remaining if c is not None], 1
    if method == "kendall":
        found = stats.kendalltau(checked[0], checked[1])
        low, high = fisher_interval(float(found.statistic), 0.437 / (n - 4), level)
        return Correlation(float(found.statistic), low, high, float(found.pvalue), n)
    estimate = float(np.clip(stats.pearsonr(*checked[:2]).statistic, -1, 1))
    excess = estimate**2 / 2 if method.endswith("spearman") else 0.0
    low, high = fisher_interval(estimate, (1 + excess) / (n - loss - 3), level)
    return Correlation(estimate, low, high, _student_p(estimate, n - loss - 2), n)


def _checked(given: list[Floats | None], method: str, minimum: int) -> list[Floats]:
    """Return the columns the method uses; raise where it is not defined on them."""
    problems = []
    if method not in METHODS:
        problems.append(Problem("相关分析", f"没有方法“{method}”", "、".join(METHODS)))
    partial = method.startswith("partial")
    if partial and given[2] is None:
        problems.append(Problem("相关分析", "偏相关缺少控制变量", "control"))
    if minimum <= FEWEST_UNITS:
        problems.append(Problem("相关分析", f"minimum={minimum}", "不小于6"))
    used = [column for column in given[: 3 if partial else 2] if column is not None]
    arrays = [np.asarray(column, dtype=np.float64) for column in used]
    if not all(np.isfinite(array).all() for array in arrays):
        problems.append(Problem("相关分析", "有缺失值或无穷大", "先剔除"))
    if problems:
        raise MethodError(problems)
    return arrays


def _unjudged(n: int, reason: str) -> Correlation:
    return Correlation(np.nan, np.nan, np.nan, np.nan, n, reason)


def _residual(column: Floats, control: Floats) -> Floats | None:
    """Return what a straight line in the control leaves; None if that is nothing."""
    centred, by = column - column.mean(), control - control.mean()
    spread = by @ by
    is_flat = spread <= ROUNDING * (control @ control)
    left = centred if is_flat else centred - by * (by @ centred / spread)
    return left if left @ left > COLLINEAR * (centred @ centred) else None


def _student_p(estimate: float, freedom: float) -> float:
    """Return the two-sided p of a correlation by Student's t."""
    if abs(estimate) >= 1:
        return 0.0
    t = estimate * np.sqrt(freedom / (1 - estimate**2))
    return float(2 * stats.t.sf(abs(t), freedom))
