"""Grades, ranks and obstacles: what a score means."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.header import SchemeHeader

__all__ = [
    "carbon_classes",
    "competition_rank",
    "failed_gates",
    "grades",
    "obstacle_degree",
    "reaches",
    "score_class",
]

Floats = npt.NDArray[np.float64]

# Scores closer than this are the same score reached by a different order of sums.
SAME_SCORE_DECIMALS = 9


def score_class(
    scores: Floats, lower_bounds: tuple[float, ...]
) -> npt.NDArray[np.intp]:
    """Return the position of the class of each score, lower bounds included.

    Parameters
    ----------
    scores : numpy.ndarray
        Scores of any shape; NaN belongs to no class and gives the number of classes.
    lower_bounds : tuple of float
        Lower bounds from the highest class to the lowest.

    Examples
    --------
    >>> score_class(np.array([90.0, 89.9, 12.0]), (90, 80, 0)).tolist()
    [0, 1, 2]
    """
    bounds = np.array(lower_bounds[::-1], dtype=np.float64)
    rounded = np.round(scores, SAME_SCORE_DECIMALS)
    position = len(bounds) - np.searchsorted(bounds, rounded, side="right")
    return np.where(np.isnan(rounded), len(bounds), position)


def grades(
    overall: pd.Series[float],
    coverage: pd.Series[float],
    gates: pd.DataFrame,
    header: SchemeHeader,
) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return the grade of every row, and the grade by score alone.

    Parameters
    ----------
    overall, coverage : pandas.Series
        Overall score [points] and share of applicable weight with data [-].
    gates : pandas.DataFrame
        1 passed, 0 failed, NaN unknown; one column per gate.
    header : SchemeHeader
        Bounds, names, limits and caps.

    Returns
    -------
    tuple of pandas.Series
        Grade after the caps of failed gates; grade before them. ``grade_no_data``
        where the coverage is too small or there is no score.

    Notes
    -----
    The lower bound belongs to the grade (methods §2.1). An unknown gate caps nothing.
    """
    count = len(header.grade_names)
    enough = reaches(coverage, header.coverage_overall_minimum)
    by_score = score_class(
        np.asarray(overall, dtype=np.float64), header.grade_lower_bounds
    )
    by_score = np.where(enough, by_score, count)
    capped = by_score
    for codes, cap in (
        (header.gates_red, header.gates_red_grade_cap),
        (header.gates_yellow, header.gates_yellow_grade_cap),
    ):
        if cap is None:
            continue
        failed = failed_gates(gates, codes) & (capped < count)
        lowest = np.maximum(capped, header.grade_names.index(cap))
        capped = np.where(failed, lowest, capped)
    names = np.array([*header.grade_names, header.grade_no_data], dtype=object)
    return (
        pd.Series(names[capped], index=overall.index, name="grade"),
        pd.Series(names[by_score], index=overall.index, name="grade_by_score"),
    )


def reaches(values: npt.ArrayLike, limit: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return where values reach a limit, up to floating-point noise."""
    least = np.asarray(limit, dtype=np.float64) - 1e-12
    return np.asarray(np.asarray(values, dtype=np.float64) >= least, dtype=np.bool_)


def failed_gates(gates: pd.DataFrame, codes: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return the rows where any of the named gates is known to have failed."""
    wanted = gates.reindex(columns=list(codes)).to_numpy(dtype=float)
    return np.asarray((wanted == 0).any(axis=1), dtype=np.bool_)


def carbon_classes(
    values: pd.Series[float], upper_bounds: tuple[float, ...]
) -> pd.Series[float]:
    """Return the class 1, 2 … of every value, upper bounds included.

    Parameters
    ----------
    values : pandas.Series
        Carbon intensity L [tCO2e/万元] or ratio to the mean K [-].
    upper_bounds : tuple of float
        Upper bounds of all classes but the last, ascending.

    Returns
    -------
    pandas.Series
        Class number, 1 = lowest carbon; NaN where the value is missing.

    Notes
    -----
    碳效水平 and 碳效等级 of industrial enterprises (methods §1.2, R8).

    Examples
    --------
    >>> carbon_classes(pd.Series([0.6, 0.61, 2.1]), (0.6, 0.8, 1.2, 2.0)).tolist()
    [1.0, 2.0, 5.0]
    """
    array = np.round(np.asarray(values, dtype=np.float64), SAME_SCORE_DECIMALS)
    position = np.searchsorted(np.array(upper_bounds), array, side="left") + 1.0
    return pd.Series(np.where(np.isnan(array), np.nan, position), index=values.index)


def competition_rank(
    scores: pd.Series[float], rankable: pd.Series[bool], minimum: int
) -> pd.Series[float]:
    """Return the rank within each year: 1 is best, ties share the better place.

    Parameters
    ----------
    scores : pandas.Series
        Scores at full precision; index with a level ``year``.
    rankable : pandas.Series of bool
        Rows that take part.
    minimum : int
        Years with fewer rankable rows get no rank.

    Returns
    -------
    pandas.Series
        Rank, NaN for rows that do not take part.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], [2022]],
    ...     names=["enterprise_id", "year"])
    >>> scores = pd.Series([70.0, 80.0, 70.0], index=index)
    >>> competition_rank(scores, scores > 0, 2).tolist()
    [2.0, 1.0, 2.0]
    """
    taking_part = scores.round(SAME_SCORE_DECIMALS).where(rankable)
    by_year = taking_part.groupby(level="year")
    placed = by_year.rank(ascending=False, method="min")
    return placed.where(by_year.transform("count") >= minimum).rename("rank")


def obstacle_degree(scores: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    r"""Return how much each indicator keeps a row from the full score.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_rows, n_indicators)
        Indicator scores, 0–100 [points].
    weights : pandas.DataFrame or mapping of column to float
        Weights, common to all rows or one row each
        (``SynergyScores.row_weights``).

    Returns
    -------
    pandas.DataFrame, shape (n_rows, n_indicators)
        Shares summing to 1 in each row [-]; zeros where every score is 100; NaN
        where an indicator has no score.

    Raises
    ------
    MethodError
        If a score lies outside 0–100, or a column has no weight.

    Notes
    -----
    :math:`O_j = w_j (1 - s_j/100) / \sum_k w_k (1 - s_k/100)` (methods §5.5). The
    obstacle of a dimension is the sum over its indicators.
    """
    array = scores.to_numpy(dtype=np.float64)
    if ((array < 0) | (array > 100)).any():
        raise MethodError("障碍度：得分须在0–100之间")
    if isinstance(weights, pd.DataFrame):
        aligned = weights.reindex(index=scores.index, columns=scores.columns)
        weight = aligned.to_numpy(dtype=np.float64)
    else:
        weight = pd.Series(weights).reindex(scores.columns).to_numpy(dtype=np.float64)
    if np.isnan(weight).any():
        raise MethodError("障碍度：有指标缺少权重")
    gap = weight * (1 - array / 100)
    total = np.nansum(gap, axis=1, keepdims=True)
    shares = gap / np.where(total > 0, total, 1.0)
    return pd.DataFrame(shares, index=scores.index, columns=scores.columns)
