"""Weights that are given: equal, from the framework, from experts' points."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path

import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, nearest, quote
from synergy_lib.scoring.framework import Framework, read_cells

__all__ = ["budget_allocation", "equal", "policy", "read_budget_allocation"]

BUDGET_POINTS = 100.0
# Points typed to one decimal, such as 33.3, may add up to a little less.
BUDGET_TOLERANCE = 0.11


def equal(codes: Iterable[Hashable]) -> pd.Series[float]:
    """Return the same weight for every indicator, summing to 1."""
    index = pd.Index(list(codes))
    if not len(index):
        raise MethodError("等权：没有指标")
    return pd.Series(1 / len(index), index=index, name="weight")


def policy(framework: Framework) -> pd.Series[float]:
    """Return the framework's own weights of the indicators, summing to 1."""
    return framework.effective_weights


def read_budget_allocation(path: Path | str, codes: Iterable[Hashable]) -> pd.DataFrame:
    """Read how experts distribute 100 points over the indicators.

    Parameters
    ----------
    path : path
        CSV table: one row an expert, whose name stands in the first column, and one
        column for each code. UTF-8 or GB 18030.
    codes : iterable of str
        Codes that must have a column, e.g. ``framework.children("A")``.

    Returns
    -------
    pandas.DataFrame, shape (n_experts, n_codes)
        Points, each row summing to 100, indexed by expert, in the order of ``codes``.

    Raises
    ------
    ParameterError
        With every problem at once, naming row and column: no file, a code without
        column or a column that is no code, an expert without name or twice, points
        that are missing, not a number or negative, a sum other than 100. A
        difference of up to 0.11 points is taken as rounding.
    """
    path, wanted = Path(path), [str(code) for code in codes]
    raw = read_cells(path)
    problems = _check_headings(list(map(str, raw.columns[1:])), wanted, path.name)
    if problems or not len(raw):
        raise ParameterError(problems or Problem(path.name, "没有专家", "每位专家一行"))
    names = raw.iloc[:, 0].rename("expert")
    points = raw[wanted].apply(pd.to_numeric, errors="coerce").astype(float)
    problems = _check_experts(names, path.name)
    for line in raw.index:
        where = f"{path.name} 第{line}行（{names[line] or '无名'}）"
        problems += _check_points(raw.loc[line, wanted], points.loc[line], where)
    if problems:
        raise ParameterError(problems)
    return pd.DataFrame(points.to_numpy(), index=pd.Index(names), columns=wanted)


def _check_headings(given: list[str], wanted: list[str], file: str) -> list[Problem]:
    """Check that every code has exactly one column."""
    problems = [
        Problem(f"{file} 列 {code}", "缺少这个指标的列", hint=nearest(code, given))
        for code in wanted
        if code not in given
    ]
    return problems + [
        Problem(f"{file} 列 {name}", "不是指标代码", hint=nearest(name, wanted))
        for name in given
        if name not in wanted
    ]


def _check_experts(names: pd.Series[str], file: str) -> list[Problem]:
    """Check that every expert has a name of their own."""
    unnamed = [
        Problem(f"{file} 第{line}行", "缺少专家姓名")
        for line in names.index[names == ""]
    ]
    twice = names[names.duplicated() & (names != "")]
    return unnamed + [
        Problem(f"{file} 第{line}行", f"专家{quote(name)}重复")
        for line, name in twice.items()
    ]


def _check_points(
    texts: pd.Series[str], points: pd.Series[float], where: str
) -> list[Problem]:
    """Check one expert's points and their sum."""
    wrong = points.index[~((points >= 0) & (points <= BUDGET_POINTS))]
    if len(wrong):
        return [
            Problem(f"{where} {code}", f"分值为{quote(texts[code])}", "0–100的数")
            for code in wrong
        ]
    total = float(points.sum())
    if abs(total - BUDGET_POINTS) > BUDGET_TOLERANCE:
        return [Problem(where, f"分值合计为{total:g}", "100")]
    return []


def budget_allocation(points: pd.DataFrame) -> pd.Series[float]:
    r"""Return the mean share of the points that experts give each indicator.

    Parameters
    ----------
    points : pandas.DataFrame, shape (n_experts, n_indicators)
        Points, e.g. from :func:`read_budget_allocation`.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights, non-negative, summing to 1 [-]. ``attrs["spread"]`` holds the
        standard deviation of the experts' shares by indicator; NaN for one expert.

    Raises
    ------
    MethodError
        If there is no expert, points are missing or negative, or an expert gave none.

    Notes
    -----
    :math:`w_j = \frac1E \sum_e p_{ej}/\sum_k p_{ek}`: every expert counts the same
    (OECD/JRC Handbook 2008, ch. 6, budget allocation).

    Examples
    --------
    >>> budget_allocation(pd.DataFrame({"a": [60.0, 40.0], "b": [40.0, 60.0]})).tolist()
    [0.5, 0.5]
    """
    total = points.sum(axis=1)
    if not len(points) or not (points >= 0).all(axis=None) or not (total > 0).all():
        raise MethodError("预算分配法：分值须齐全且不为负，每位专家至少分配一处")
    shares = points.div(total, axis=0)
    weights = shares.mean().rename("weight")
    weights.attrs["spread"] = shares.std(ddof=1).to_dict()
    return weights
