"""Consistency: do the indicators of an index measure what their parents claim."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.scoring.framework import Framework

__all__ = [
    "correlation_flags",
    "cronbach_alpha",
    "main_effects",
    "parent_correlations",
]

Correlation = Literal["pearson", "spearman"]
Floats = npt.NDArray[np.float64]

# Above this two indicators tell the same twice; below it they work against each other.
REDUNDANT = 0.92
OPPOSED = -0.4
# Two points always lie on a line.
LEAST_UNITS = 3


def _columns(scores: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Return the columns of some codes as floats; raise if any lacks."""
    lacking = [code for code in codes if code not in scores.columns]
    if lacking:
        what = f"缺少列 {'、'.join(lacking)}"
        raise InputDataError(Problem("一致性分析", what, "每个代码一列"))
    return scores[codes].astype(float)


def _pairwise(scores: pd.DataFrame, method: Correlation) -> tuple[Floats, Floats]:
    """Return the correlations of all columns and the units each rests on."""
    if method not in ("pearson", "spearman"):
        what = f"没有相关系数“{method}”"
        raise ParameterError(Problem("一致性分析 method", what, "pearson、spearman"))
    # Differences as small as their rounding are no variation.
    flat = scores.max() - scores.min() <= 1e-12 * scores.abs().max()
    varying = scores.mask(np.broadcast_to(flat, scores.shape))
    matrix = varying.corr(method=method, min_periods=LEAST_UNITS)
    known = scores.notna().to_numpy(dtype=np.float64)
    return np.clip(matrix.to_numpy(), -1.0, 1.0), known.T @ known


def correlation_flags(
    scores: pd.DataFrame,
    framework: Framework,
    *,
    level: int = 2,
    method: Correlation = "pearson",
    redundant: float = REDUNDANT,
    opposed: float = OPPOSED,
) -> pd.DataFrame:
    """Return the correlation of every pair of indicators, and what is odd about it.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_columns)
        Normalised indicators, more is better; a column for each indicator code.
    framework : Framework
        The tree.
    level : int
        Level whose aggregates are the groups; 2 = the parents of the indicators.
    method : {"pearson", "spearman"}
        Correlation coefficient.
    redundant : float
        Absolute correlation above which a pair is flagged [-].
    opposed : float
        Correlation below which a pair of one group is flagged [-].

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``first``, ``second``, ``first_group``, ``second_group``,
        ``is_same_group``, ``correlation`` [-], ``units`` it rests on, ``flag``:
        ``redundant``, ``opposed``, ``undefined`` or "".

    Raises
    ------
    InputDataError
        If an indicator has no column.
    ParameterError
        If the coefficient is unknown, a limit lies outside −1 to 1, or the framework
        has no such level above the indicators.

    Notes
    -----
    Units with both values count. Undefined where fewer than three have, or one
    indicator does not vary: the data do not carry a judgement. A strong correlation
    across groups is flagged too: the same thing then counts in two of them. COINr's
    ``get_corr_flags`` shows the flagged pairs of one group.
    """
    _check_limits(redundant, opposed)
    codes = [str(code) for code in framework.indicators.index]
    groups = _ancestors(framework, level).loc[codes].to_numpy()
    matrix, units = _pairwise(_columns(scores, codes), method)
    first, second = np.triu_indices(len(codes), k=1)
    names = np.array(codes, dtype=object)
    table = pd.DataFrame(
        {
            "first": names[first],
            "second": names[second],
            "first_group": groups[first],
            "second_group": groups[second],
            "is_same_group": groups[first] == groups[second],
            "correlation": matrix[first, second],
            "units": units[first, second].astype(int),
        }
    )
    correlation = table["correlation"]
    conditions = [
        correlation.isna(),
        correlation.abs() > redundant,
        table["is_same_group"] & (correlation < opposed),
    ]
    table["flag"] = np.select(conditions, ["undefined", "redundant", "opposed"], "")
    return table


def _check_limits(redundant: float, opposed: float) -> None:
    """Raise if a limit is no correlation."""
    problems = [
        Problem(f"一致性分析 {name}", f"为{value:g}", "-1–1")
        for name, value in (("redundant", redundant), ("opposed", opposed))
        if not -1 <= value <= 1
    ]
    if problems:
        raise ParameterError(problems)


def _ancestors(framework: Framework, level: int) -> pd.Series[str]:
    """Return the aggregate of a level that each indicator lies under."""
    parents, levels = framework.table["parent"], framework.table["level"]
    if level not in set(framework.aggregates["level"]):
        expected = "、".join(f"{item:g}" for item in sorted(set(levels))[1:])
        raise ParameterError(Problem("一致性分析 level", f"没有层级{level}", expected))
    found = {}
    for code in framework.indicators.index:
        here = str(parents[code])
        # A branch that skips the level is grouped at the next one above.
        while levels[here] < level:
            here = str(parents[here])
        found[str(code)] = here
    return pd.Series(found, dtype=object)


def cronbach_alpha(scores: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    r"""Return Cronbach's alpha of the children of every aggregate.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_columns)
        Scores, more is better; a column for each code but the top.
    framework : Framework
        The tree.

    Returns
    -------
    pandas.DataFrame
        Indexed by aggregate: ``alpha`` [-], ``items`` (children), ``units`` without
        a gap, ``reason`` in Chinese where alpha is NaN.

    Raises
    ------
    InputDataError
        If a code has no column.

    Notes
    -----
    :math:`\alpha = \frac{k}{k-1} (1 - \sum_j s_j^2/s_T^2)` with the variances of the
    *k* children and of their sum (Cronbach 1951); units with all children count. 0.7
    is often asked for; alpha grows with the number of items, and is negative where
    they work against each other. Not defined for one item, fewer than three units,
    or a sum that does not vary.
    """
    rows = {
        str(code): _alpha(_columns(scores, framework.children(str(code))))
        for code in framework.aggregates.index
    }
    columns = ["alpha", "items", "units", "reason"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _alpha(items: pd.DataFrame) -> tuple[float, int, int, str]:
    """Return alpha, number of items and units, and why there is no alpha."""
    complete = items.dropna().to_numpy(dtype=np.float64)
    units, count = complete.shape
    if count < 2:
        return np.nan, count, units, "只有一个下级，不能计算"
    if units < LEAST_UNITS:
        return np.nan, count, units, f"数据完整的单元少于{LEAST_UNITS}个"
    total = complete.sum(axis=1)
    if np.ptp(total) <= 1e-12 * np.abs(complete).max():
        return np.nan, count, units, "各单元下级得分之和相同，不能计算"
    parts = complete.var(axis=0, ddof=1).sum()
    alpha = count / (count - 1) * (1 - parts / total.var(ddof=1))
    return float(alpha), count, units, ""


def parent_correlations(
    scores: pd.DataFrame, framework: Framework, *, method: Correlation = "pearson"
) -> pd.DataFrame:
    """Return how each code goes with its parent and with the index.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_columns)
        Scores of all codes, e.g. ``IndexResult.scores``.
    framework : Framework
        The tree.
    method : {"pearson", "spearman"}
        Correlation coefficient.

    Returns
    -------
    pandas.DataFrame
        Indexed by every code but the top: ``parent``, ``with_parent`` and
        ``with_index`` [-], NaN where fewer than three units have both or one does
        not vary; ``units`` with the code and its parent.

    Raises
    ------
    InputDataError
        If a code has no column.
    ParameterError
        If the coefficient is unknown.

    Notes
    -----
    A part contributes to its parent, so some correlation is built in; one near 0 has
    hardly any say in the result, and a negative one works against it.
    """
    codes = [str(code) for code in framework.table.index]
    matrix, units = _pairwise(_columns(scores, codes), method)
    place = {code: number for number, code in enumerate(codes)}
    below = [code for code in codes if code != framework.root]
    own = [place[code] for code in below]
    parents = [str(framework.table.loc[code, "parent"]) for code in below]
    up = [place[parent] for parent in parents]
    return pd.DataFrame(
        {
            "parent": parents,
            "with_parent": matrix[own, up],
            "with_index": matrix[own, place[framework.root]],
            "units": units[own, up].astype(int),
        },
        index=below,
    )


def main_effects(scores: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    r"""Return how much each child really decides in its parent, beside its weight.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_columns)
        Scores of all codes, e.g. ``IndexResult.scores``.
    framework : Framework
        The tree and its weights.

    Returns
    -------
    pandas.DataFrame
        Indexed by every code but the top: ``parent``; ``weight`` within the parent;
        ``main_effect``, the share of the parent's variance that the child alone
        explains; ``effect_share``, the main effects of siblings scaled to sum 1;
        ``ratio`` of that to the weight. All [-]; NaN where not defined.

    Raises
    ------
    InputDataError
        If a code has no column.

    Notes
    -----
    The main effect :math:`S_j = V(E(y|x_j))/V(y)` by linear regression is the squared
    correlation with the parent (Paruolo, Saisana and Saltelli 2013, with a straight
    line in place of a smoother). A ratio far from 1 means that the weights do not
    say how important an indicator is. If one sibling cannot be judged, neither can
    the shares of its siblings.
    """
    table = parent_correlations(scores, framework)
    effect = table["with_parent"] ** 2
    total = effect.groupby(table["parent"]).transform(
        lambda part: part.sum(skipna=False)
    )
    weight = framework.local_weights[table.index]
    share = effect / total.where(total > 0)
    return pd.DataFrame(
        {
            "parent": table["parent"],
            "weight": weight,
            "main_effect": effect,
            "effect_share": share,
            "ratio": share / weight.where(weight > 0),
        }
    )
