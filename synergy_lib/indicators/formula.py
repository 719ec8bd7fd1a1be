"""A small, safe formula language over the columns of a frame.

A formula may hold numbers, column names, ``+ - * /``, brackets and the functions of
:data:`synergy_lib.indicators.functions.FUNCTIONS`; nothing else parses. Every value
that cannot be computed carries its reason.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.indicators.functions import FUNCTIONS
from synergy_lib.indicators.quantity import (
    DATA_ERROR,
    MISSING,
    UNDEFINED,
    Floats,
    Quantity,
    combine,
    constant,
    divide,
)
from synergy_lib.indicators.scope import Scope
from synergy_lib.schema import column_label, load_columns

__all__ = ["check_formula", "evaluate_formula", "make_scope"]

_LONGEST_FORMULA = 500
_VALUE_ADDED_TEXT = "增加值≤0,不评级"
_VALUE_ADDED = ("value_added_10k_cny", "value_added_constant_10k_cny")
_SIGNS: dict[type[ast.operator], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("+", np.add),
    ast.Sub: ("−", np.subtract),
    ast.Mult: ("×", np.multiply),
}


def make_scope(index: pd.MultiIndex, base_year: int) -> Scope:
    """Return the scope in which formulas over a panel index are evaluated.

    Parameters
    ----------
    index : pandas.MultiIndex
        (enterprise_id, year), unique.
    base_year : int
        Year that changes are counted from.
    """
    years = index.get_level_values("year").to_numpy(dtype=np.int64)
    enterprises = index.get_level_values("enterprise_id")
    wanted = pd.MultiIndex.from_arrays(
        [enterprises, np.full(len(index), base_year)], names=index.names
    )
    numbers, _ = pd.factorize(enterprises)
    base_row = index.get_indexer(wanted).astype(np.int64)
    return Scope(years, base_year, base_row, numbers.astype(np.int64))


def check_formula(
    formula: str, where: str, extra_columns: Iterable[str] = ()
) -> list[Problem]:
    """Return everything that is wrong with a formula; an empty list if nothing is.

    Parameters
    ----------
    formula : str
        Text in the formula language.
    where : str
        Where it stands, for the message.
    extra_columns : iterable of str
        Numeric columns allowed besides those of ``data/columns.csv``.

    Examples
    --------
    >>> check_formula("co2e_t / value_added_10k_cny", "A1")
    []
    >>> problem = check_formula("co2_t / land_mu", "A1")[0]
    >>> problem.what, problem.hint
    ('没有名为“co2_t”的列', '最接近的是“co2e_t”')
    """
    place = f"{where}（公式 {formula}）"
    if len(formula) > _LONGEST_FORMULA:
        return [Problem(where, "公式过长", f"不超过{_LONGEST_FORMULA}个字符")]
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [Problem(place, "公式无法解析", "列名、数字、+ - * /、括号和函数")]
    problems: list[Problem] = []
    _Checker(place, problems, frozenset(extra_columns)).check(tree.body)
    return problems


@dataclass(frozen=True)
class _Checker:
    """Walks a formula and collects what is not allowed."""

    place: str
    problems: list[Problem]
    extra: frozenset[str]

    def check(self, node: ast.expr, *, choice: bool = False) -> None:
        if choice and not isinstance(node, ast.Name):
            self._report(f"“{ast.unparse(node)}”不是选项列", "选项列")
        elif isinstance(node, ast.BinOp) and type(node.op) in (*_SIGNS, ast.Div):
            self.check(node.left)
            self.check(node.right)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            self.check(node.operand)
        elif isinstance(node, ast.Name):
            self._check_name(node.id, choice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            self._check_call(node, node.func.id)
        elif not _is_number(node):
            self._report(
                f"不允许的写法“{ast.unparse(node)}”", "列名、数字、四则运算和函数"
            )

    def _check_name(self, name: str, choice: bool) -> None:
        table = load_columns()
        if name not in table.index and name not in self.extra:
            valid = [*table.index, *self.extra]
            self._report(
                f"没有名为“{name}”的列", "columns.csv 中的列", nearest(name, valid)
            )
            return
        dtype = "number" if name in self.extra else str(table.loc[name, "dtype"])
        if choice and dtype != "choice":
            self._report(f"“{name}”不是选项列", "选项列")
        elif not choice and dtype not in ("number", "flag"):
            self._report(f"“{name}”不是数值列", "数值列，或用 choice_level(…)")

    def _check_call(self, node: ast.Call, name: str) -> None:
        function = FUNCTIONS.get(name)
        if function is None:
            expected = "、".join(FUNCTIONS)
            hint = nearest(name, FUNCTIONS)
            self._report(f"没有名为“{name}”的函数", expected, hint)
            return
        count = len(node.args)
        if node.keywords or not function.least <= count <= function.most:
            expected = f"{function.least}–{function.most}个参数，不带参数名"
            self._report(f"函数 {name} 的参数不对", expected)
        for argument in node.args:
            self.check(argument, choice=function.takes_choice)

    def _report(self, what: str, expected: str, hint: str = "") -> None:
        self.problems.append(Problem(self.place, what, expected, hint))


def _is_number(node: ast.expr) -> bool:
    """Return whether a node is a finite number (True and False are not)."""
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return False
    return isinstance(node.value, int | float) and math.isfinite(node.value)


def evaluate_formula(
    formula: str, data: pd.DataFrame, scope: Scope, where: str = "公式"
) -> Quantity:
    """Return the value of a formula on every row of a frame, with reasons of NaN.

    Parameters
    ----------
    formula : str
        Text in the formula language.
    data : pandas.DataFrame
        Panel joined with its accounts. A column that is wholly absent is missing
        everywhere, except an energy carrier, which is then not used (0) by
        enterprises that report any energy.
    scope : Scope
        From :func:`make_scope` on ``data.index``.
    where : str
        Where the formula stands, for messages.

    Returns
    -------
    Quantity
        Values, gaps and flags, one per row of ``data``.

    Raises
    ------
    ParameterError
        With every problem of the formula, naming the nearest column or function.
    """
    extra = frozenset(map(str, data.columns)) - _contract()
    with np.errstate(over="ignore", invalid="ignore"):
        tree = _checked_tree(formula, where, extra)
        result = _evaluate(tree, partial(_column, data), scope)
    return result.without(np.isinf(result.values), UNDEFINED, "数值溢出")


@cache
def _contract() -> frozenset[str]:
    """Return the names of all columns of the contract."""
    return frozenset(load_columns().index)


@cache
def _checked_tree(formula: str, where: str, extra: frozenset[str]) -> ast.expr:
    """Return a formula parsed, if nothing is wrong with it."""
    problems = check_formula(formula, where, extra)
    if problems:
        raise ParameterError(problems)
    return ast.parse(formula.strip(), mode="eval").body


def _evaluate(
    node: ast.expr, column: Callable[[str], Quantity], scope: Scope
) -> Quantity:
    """Evaluate a checked node."""
    if isinstance(node, ast.Name):
        return column(node.id)
    if isinstance(node, ast.Constant):
        return constant(float(node.value), len(scope.years))  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp):
        operand = _evaluate(node.operand, column, scope)
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return combine(sign * operand.values, operand.label, operand)
    if isinstance(node, ast.Call):
        arguments = [_evaluate(item, column, scope) for item in node.args]
        return FUNCTIONS[ast.unparse(node.func)].call(scope, *arguments)
    if not isinstance(node, ast.BinOp):
        raise TypeError(f"unchecked formula node {ast.dump(node)}")
    left, right = (_evaluate(n, column, scope) for n in (node.left, node.right))
    if isinstance(node.op, ast.Div):
        return divide(left, right)
    sign_text, operate = _SIGNS[type(node.op)]
    label = f"{left.label}{sign_text}{right.label}"
    return combine(operate(left.values, right.values), label, left, right)


def _column(data: pd.DataFrame, name: str) -> Quantity:
    """Return one column of the frame; what is not there is missing."""
    known = name in _contract()
    label = column_label(name, with_unit=False) if known else name
    if known and _is_choice(name):
        return _choice(data, name, label)
    values = _numbers(data, name) if name in data.columns else _absent(data, name)
    text = _VALUE_ADDED_TEXT if name in _VALUE_ADDED else ""
    quantity = Quantity(values, label, positive_text=text)
    return quantity.without(~np.isfinite(values), MISSING, label)


@cache
def _is_choice(name: str) -> bool:
    """Return whether a column of the contract holds choices."""
    return bool(load_columns().loc[name, "dtype"] == "choice")


def _numbers(data: pd.DataFrame, name: str) -> Floats:
    """Return a column as floats; text that is no number is a programming error."""
    return np.asarray(data[name], dtype=np.float64)


def _absent(data: pd.DataFrame, name: str) -> Floats:
    """Return what an absent column means: 0 for an unused energy carrier, else NaN."""
    values = np.full(len(data), np.nan)
    table = load_columns()
    energy = table.index[table["sheet"] == "energy"]
    reported = [column for column in energy if column in data.columns]
    # heat_used_gj is a total of what was used, not a carrier that can be unused.
    if name in energy and name != "heat_used_gj" and reported:
        values[data[reported].notna().any(axis=1).to_numpy()] = 0.0
    return values


def _choice(data: pd.DataFrame, name: str, label: str) -> Quantity:
    """Return the levels of a choice column: the last choice is 0."""
    choices = str(load_columns().loc[name, "choices"]).split("|")
    level = {text: float(len(choices) - 1 - i) for i, text in enumerate(choices)}
    blank = pd.Series(np.nan, index=data.index, dtype=object)
    given = data[name].astype(object) if name in data.columns else blank
    empty = given.isna().to_numpy()
    values = np.array(
        [level.get(str(item), np.nan) for item in given], dtype=np.float64
    )
    texts = np.array(["" if e else str(t) for e, t in zip(empty, given, strict=True)])
    quantity = Quantity(values, label, texts=texts.astype(object))
    quantity = quantity.without(empty, MISSING, label)
    unknown = np.isnan(values) & ~empty
    return quantity.without(unknown, DATA_ERROR, f"“{label}”不是可选值")
