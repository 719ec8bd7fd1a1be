"""Checks of a framework table: everything that is wrong, row by row."""

from __future__ import annotations

import math
from collections.abc import Hashable

import pandas as pd

from synergy_lib.errors import Problem, nearest
from synergy_lib.scoring.normalization import parse_tiers

__all__ = ["RULES", "TYPES", "check_table", "check_tree"]

RULES = ("LIN", "PCT", "TIER", "GATE")
TYPES = ("Indicator", "Aggregate", "Gate", "Group", "Denominator", "Other")
_NUMBERS = {
    "level": "Level",
    "direction": "Direction",
    "weight": "Weight",
    "baseline": "baseline",
    "benchmark": "benchmark",
    "minimum_coverage": "MinCoverage",
}


def check_table(table: pd.DataFrame, file: str) -> list[Problem]:
    """Return the problems of single rows; ``table`` still holds text.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns of :class:`~synergy_lib.scoring.framework.Framework`, indexed by line
        number in the file; every cell is text.
    file : str
        Name of the file, for messages.
    """
    problems = []
    seen: dict[str, Hashable] = {}
    for line, row in table.iterrows():
        where = f"{file} 第{line}行（{row['code'] or '无代码'}）"
        problems += _check_code(row, where, seen)
        seen.setdefault(str(row["code"]), line)
        unreadable = [
            Problem(f"{where} {_NUMBERS[key]}", f"“{row[key]}”不是数字", "数字")
            for key in _NUMBERS
            if row[key] and _number(row[key]) is None
        ]
        problems += unreadable
        if not unreadable and row["type"] in TYPES[:2]:
            problems += _check_node(row, where)
        if not unreadable and row["type"] in ("Indicator", "Gate"):
            problems += _check_rule(row, where)
        if not unreadable and row["type"] in TYPES[:3]:
            problems += _check_minimum(row, where)
    return problems


def _number(text: str) -> float | None:
    """Return a finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _check_code(
    row: pd.Series[str], where: str, seen: dict[str, Hashable]
) -> list[Problem]:
    """Check code and type."""
    problems = []
    code, kind = str(row["code"]), str(row["type"])
    if not code:
        problems.append(Problem(f"{where} iCode", "缺少代码"))
    elif code in seen:
        problems.append(
            Problem(f"{where} iCode", f"代码“{code}”与第{seen[code]}行重复", "唯一代码")
        )
    if kind not in TYPES:
        problems.append(
            Problem(
                f"{where} Type",
                f"不认识的类型“{kind}”",
                "、".join(TYPES),
                nearest(kind, TYPES),
            )
        )
    return problems


def _check_node(row: pd.Series[str], where: str) -> list[Problem]:
    """Check level, direction and weight of a row of the tree."""
    problems = []
    level, direction = _number(row["level"]), _number(row["direction"])
    weight = _number(row["weight"])
    if level is None or level < 1 or level != int(level):
        problems.append(
            Problem(f"{where} Level", f"层级为“{row['level']}”", "1、2、3…")
        )
    if direction not in (1.0, -1.0):
        problems.append(
            Problem(f"{where} Direction", f"方向为“{row['direction']}”", "1 或 -1")
        )
    if weight is None and row["parent"]:
        problems.append(Problem(f"{where} Weight", "缺少权重", "不小于0的数"))
    elif weight is not None and weight < 0:
        problems.append(Problem(f"{where} Weight", f"权重为{weight:g}", "不小于0"))
    return problems


def _check_minimum(row: pd.Series[str], where: str) -> list[Problem]:
    """Check the least coverage that a row asks for, if it does."""
    minimum = _number(row["minimum_coverage"])
    if minimum is None:
        return []
    if row["type"] != "Aggregate" or not row["parent"]:
        expected = "指标留空；指数本身的下限写在 scheme.yml coverage_overall_minimum"
        return [Problem(f"{where} MinCoverage", "只用于指数以下的合成项", expected)]
    if not 0 <= minimum <= 1:
        return [Problem(f"{where} MinCoverage", f"覆盖率为{minimum:g}", "0–1")]
    return []


def _check_rule(row: pd.Series[str], where: str) -> list[Problem]:
    """Check the scoring rule of an indicator or gate, where it has one."""
    rule = str(row["rule"])
    if not rule:
        return []
    if rule not in RULES:
        expected, hint = "、".join(RULES), nearest(rule, RULES)
        return [Problem(f"{where} rule", f"不认识的规则“{rule}”", expected, hint)]
    if (rule == "GATE") != (row["type"] == "Gate"):
        return [Problem(f"{where} rule", "GATE 规则只用于类型 Gate，且为其唯一规则")]
    if rule == "LIN":
        return _check_anchors(row, where)
    if rule == "GATE" and not row["baseline"]:
        return [Problem(f"{where} baseline", "缺少通过门槛的下限")]
    if rule == "TIER":
        try:
            parse_tiers(str(row["tiers"]))
        except ValueError as error:
            expected = "如 <=0.6:100;<=0.8:85;>0.8:20"
            return [Problem(f"{where} tiers", str(error), expected)]
    return []


def _check_anchors(row: pd.Series[str], where: str) -> list[Problem]:
    """Check the two anchors of a LIN rule."""
    anchors = {key: _number(row[key]) for key in ("baseline", "benchmark")}
    problems = [
        Problem(f"{where} {key}", "LIN 规则缺少锚点", "60 分与 100 分对应的值")
        for key, value in anchors.items()
        if value is None
    ]
    if problems:
        return problems
    span = float(row["benchmark"]) - float(row["baseline"])
    if span == 0:
        return [
            Problem(f"{where} benchmark", "benchmark 等于 baseline", "两个不同的值")
        ]
    direction = _number(row["direction"])
    if direction in (1.0, -1.0) and span * direction < 0:
        what = f"锚点与方向{direction:+g}矛盾"
        return [
            Problem(f"{where} benchmark", what, "正向指标 benchmark 较大，逆向较小")
        ]
    return []


def check_tree(table: pd.DataFrame, file: str) -> list[Problem]:
    """Return what is wrong with the tree as a whole.

    Parameters
    ----------
    table : pandas.DataFrame
        Indicators and aggregates, indexed by line number in the file; every cell is
        text. Nothing is said about rows that share a code.
    file : str
        Name of the file, for messages.
    """
    if "Indicator" not in set(table["type"]):
        return [Problem(file, "没有类型为 Indicator 的行")]
    where = {
        str(code): f"{file} 第{line}行（{code}）"
        for line, code in table["code"].items()
    }
    tree = table.drop_duplicates("code").set_index("code")
    tree = tree[tree.index != ""]
    problems = _check_parents(tree, where)
    tops = [str(code) for code in tree.index[tree["parent"] == ""]]
    if len(tops) != 1:
        what = f"没有上级的代码有{len(tops)}个：{'、'.join(tops[:5])}"
        problems.append(Problem(f"{file} Parent", what, "恰有一个，即指数本身"))
    elif tree.loc[tops[0], "type"] == "Indicator":
        what = "指标之上没有指数；至少需要两层"
        problems.append(Problem(f"{where[tops[0]]} Parent", what, "指数的代码"))
    return problems + _check_weights(tree, where)


def _check_parents(table: pd.DataFrame, where: dict[str, str]) -> list[Problem]:
    """Check that parents exist, lie higher, and do not go round in a circle."""
    problems = []
    parents = {str(code): str(parent) for code, parent in table["parent"].items()}
    aggregates = [str(code) for code in table.index[table["type"] == "Aggregate"]]
    # A level that cannot be read is another problem's matter and compares as false.
    level = {
        str(code): _number(str(value)) or math.nan
        for code, value in table["level"].items()
    }
    for code, parent in parents.items():
        place = f"{where[code]} Parent"
        if parent and parent not in aggregates:
            hint = nearest(parent, aggregates)
            problems.append(
                Problem(place, f"没有上级“{parent}”", "类型为 Aggregate 的代码", hint)
            )
        elif _in_circle(code, parents):
            problems.append(Problem(place, "上级关系成环"))
        elif parent and level[parent] <= level[code]:
            problems.append(Problem(place, f"上级“{parent}”的层级不高于本行"))
    named = set(parents.values())
    problems += [
        Problem(f"{where[code]} iCode", "没有下级")
        for code in aggregates
        if code not in named
    ]
    return problems


def _in_circle(code: str, parents: dict[str, str]) -> bool:
    """Return whether going up from a code leads back to it."""
    here, steps = parents.get(code, ""), 0
    while here and here != code and steps <= len(parents):
        here, steps = parents.get(here, ""), steps + 1
    return here == code


def _check_weights(table: pd.DataFrame, where: dict[str, str]) -> list[Problem]:
    """Check that the children of every parent have some weight."""
    below = table[table["parent"] != ""]
    weights = pd.to_numeric(below["weight"], errors="coerce")
    # A sum of weights that are not all good is not judged.
    totals = (
        weights.where(weights >= 0)
        .groupby(below["parent"])
        .agg(lambda w: w.sum(skipna=False))
    )
    return [
        Problem(f"{where[str(parent)]} Weight", "下级权重之和为0", "大于0")
        for parent, total in totals.items()
        if total == 0 and str(parent) in where
    ]
