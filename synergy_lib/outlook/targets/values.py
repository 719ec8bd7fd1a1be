"""Values of a target's indicator: of each enterprise, and of the park as a whole."""

from __future__ import annotations

import ast
from typing import cast

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.indicators.formula import check_formula, evaluate_formula, make_scope
from synergy_lib.indicators.quantity import DATA_ERROR, Quantity, divide
from synergy_lib.schema import PANEL_INDEX

__all__ = ["check_target_formula", "enterprise_values", "park_values", "split_formula"]


def split_formula(formula: str) -> tuple[str, str]:
    """Return numerator and denominator of an indicator, the latter "" for a sum.

    Raises
    ------
    ParameterError
        As :func:`check_target_formula` finds.

    Examples
    --------
    >>> split_formula("co2e_t / value_added_10k_cny")
    ('co2e_t', 'value_added_10k_cny')
    >>> split_formula("co2e_t")
    ('co2e_t', '')
    """
    problems = check_target_formula(formula, "indicator")
    if problems:
        raise ParameterError(problems)
    top = ast.parse(formula.strip(), mode="eval").body
    if isinstance(top, ast.BinOp) and _divides(top) and _columns(top.right):
        return ast.unparse(top.left), ast.unparse(top.right)
    return ast.unparse(top), ""


def check_target_formula(formula: str, where: str) -> list[Problem]:
    """Return what keeps a formula from being summed over a park.

    An indicator is a column, a sum of columns, or one quotient of two such: its park
    value is the quotient of the sums (methods §0 rule 3). Functions, and a quotient
    inside another expression, have no such value.

    Examples
    --------
    >>> check_target_formula("100 * cod_kg / value_added_10k_cny", "a")
    []
    >>> check_target_formula("co2e_t / output_value_10k_cny + 1", "a")[0].what
    '商只能在最外层'
    """
    problems = check_formula(formula, where)
    if problems:
        return problems
    top = ast.parse(formula.strip(), mode="eval").body
    place = f"{where}（公式 {formula}）"
    expected = "一个列、若干列之和，或两者之商"
    nodes = list(ast.walk(top))
    if any(isinstance(node, ast.Call) for node in nodes):
        problems.append(Problem(place, "目标的指标不能用函数", expected))
    if any(_divides(node) for node in nodes if node is not top):
        problems.append(Problem(place, "商只能在最外层", expected))
    if any(map(_adds_number, nodes)) or not _columns(top):
        problems.append(Problem(place, "不能加减常数", expected))
    return problems


def _columns(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _divides(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _adds_number(node: ast.AST) -> bool:
    """Return whether a constant is added, which a sum would count many times."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
        return False
    return not (_columns(node.left) and _columns(node.right))


def _parts(data: pd.DataFrame, formula: str) -> tuple[Quantity, Quantity | None]:
    """Return numerator and denominator of every row."""
    if list(data.index.names) != list(PANEL_INDEX) or not data.index.is_unique:
        what = "索引须为唯一的 (enterprise_id, year)"
        raise InputDataError(Problem("目标数据", what))
    scope = make_scope(cast("pd.MultiIndex", data.index), base_year=0)
    top, bottom = split_formula(formula)
    numerator = evaluate_formula(top, data, scope)
    return numerator, evaluate_formula(bottom, data, scope) if bottom else None


def enterprise_values(data: pd.DataFrame, formula: str) -> pd.DataFrame:
    """Return the indicator of each enterprise and year, with the reason of each gap.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts, unique index (enterprise_id, year).
    formula : str
        See :func:`check_target_formula`.

    Returns
    -------
    pandas.DataFrame
        Same index; ``value`` [the formula's unit] and ``reason`` in Chinese, "" where
        there is a value. A denominator of zero or less has none.

    Raises
    ------
    InputDataError
        If the index is another or not unique.
    ParameterError
        If the formula has no park value.
    """
    numerator, denominator = _parts(data, formula)
    found = numerator if denominator is None else divide(numerator, denominator)
    reason = np.full(len(data), "", dtype=object)
    for gap in found.gaps:
        text = gap.text if gap.kind != "missing" else f"缺“{gap.text}”"
        reason[gap.mask & (reason == "")] = text
    unexplained = np.isnan(found.values) & (reason == "")
    reason[unexplained] = DATA_ERROR
    return pd.DataFrame({"value": found.values, "reason": reason}, index=data.index)


def park_values(
    data: pd.DataFrame, formula: str, years: list[int], *, same: bool
) -> pd.DataFrame:
    r"""Return the park's indicator in some years, and how many stand behind it.

    Parameters
    ----------
    data, formula
        As in :func:`enterprise_values`.
    years : list of int
        Years to compute.
    same : bool
        Whether only the enterprises that have the indicator in all of ``years`` that
        the panel has count, so that the years compare; else everybody who has it.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: ``value`` [the formula's unit, NaN where undefined],
        ``enterprises`` (behind it), ``reporting`` (that have it), ``everybody`` (in
        the panel that year), ``is_total`` (a sum, not a ratio).

    Notes
    -----
    :math:`\sum n_i / \sum d_i`: never a mean of ratios (methods §0 rule 3). With
    ``same``, neither an entry nor a gap passes for a change. An enterprise of negative
    value added counts in the sums; sums of zero or less have no ratio.
    """
    numerator, denominator = _parts(data, formula)
    frame = pd.DataFrame({"n": numerator.values}, index=data.index)
    frame["d"] = 1.0 if denominator is None else denominator.values
    known = counted = frame[frame.index.get_level_values("year").isin(years)].dropna()
    if same:
        present = data.index.get_level_values("year").unique().intersection(years)
        seen = known.groupby(level="enterprise_id")["n"].transform("size")
        counted = known[seen == len(present)]
    sums = counted.groupby(level="year").sum().reindex(years)
    whole = 1.0 if denominator is None else sums["d"].where(sums["d"] > 0)
    sizes = {"enterprises": counted, "reporting": known, "everybody": data}
    counts = {
        name: rows.groupby(level="year").size().reindex(years, fill_value=0)
        for name, rows in sizes.items()
    }
    found = pd.DataFrame({"value": sums["n"] / whole, **counts})
    return found.assign(is_total=denominator is None)
