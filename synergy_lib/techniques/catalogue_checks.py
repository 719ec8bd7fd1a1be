"""Everything that can be wrong with a technique catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter

import numpy as np
import pandas as pd

from synergy_lib.errors import Problem, nearest
from synergy_lib.schema import load_columns
from synergy_lib.techniques.vocabulary import (
    BOUNDS,
    CAPEX,
    EVIDENCE,
    POLLUTANT_EFFECTS,
    QUALITIES,
    SAVING_GAPS,
    STAGES,
    SUPPLY_SIDE,
    TARGETS,
    driver_columns,
    named_techniques,
    parse_conditions,
)

__all__ = ["check_catalogue"]


def check_catalogue(
    techniques: pd.DataFrame, effects: pd.DataFrame, *, sources: Collection[str]
) -> list[Problem]:
    """Return everything that is wrong with a catalogue as read (text cells).

    Checked: unique ids, names, stage, evidence, pollutant effect, conditions, shares
    above 1, ceilings, investment ranges and their drivers, sources, what excludes and
    what requires each other; effects: known technique, target, columns, low ≤ mode ≤
    high, source, tag.
    """
    ids = set(techniques["technique_id"])
    problems: list[Problem] = []
    repeated = techniques["technique_id"].duplicated()
    for row, identifier in techniques.loc[repeated, "technique_id"].items():
        problems.append(_at("catalogue.csv", row, "technique_id", f"{identifier} 重复"))
    for row, record in techniques.iterrows():
        problems += _technique_problems(row, record, ids, sources)
    problems += _cycle_problems(techniques)
    for row, record in effects.iterrows():
        problems += _effect_problems(row, record, ids, sources)
    return problems


def _at(
    file: str, row: object, column: str, what: str, expected: str = "", hint: str = ""
) -> Problem:
    """Return a problem with the row as a spreadsheet counts it."""
    return Problem(f"{file} 第 {int(str(row)) + 2} 行 {column}", what, expected, hint)


def _technique_problems(
    row: object, record: pd.Series, ids: set[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the problems of one technique."""
    file = "catalogue.csv"
    for column, allowed in (
        ("stage", tuple(STAGES)),
        ("evidence", tuple(EVIDENCE)),
        ("pollutant_effect", POLLUTANT_EFFECTS),
        ("supply_side", SUPPLY_SIDE),
    ):
        yield from _choice_problems(file, row, column, record, allowed)
    for column in ("technique_id", "name_zh", "name_en"):
        if not record[column].strip():
            yield _at(file, row, column, "空白")
    yield from _source_problems(file, row, "source_keys", record, sources)
    yield from _condition_problems(row, record)
    yield from _range_problems(file, row, record, CAPEX, optional=True)
    yield from _share_problems(row, record)
    yield from _relation_problems(row, record, ids)
    yield from _cost_problems(row, record)


def _relation_problems(
    row: object, record: pd.Series, ids: set[str]
) -> Iterator[Problem]:
    """Yield the problems of what a technique excludes and requires."""
    file = "catalogue.csv"
    excluded = named_techniques(record["exclusive_with"])
    required = named_techniques(record["requires"])
    for column, names in (("exclusive_with", excluded), ("requires", required)):
        for name in names:
            if name == record["technique_id"]:
                yield _at(file, row, column, f"{name} 写了它自己", "其他技术")
            elif name not in ids:
                hint = nearest(name, ids)
                yield _at(file, row, column, f"没有技术“{name}”", hint=hint)
    for name in sorted(set(excluded) & set(required)):
        what = f"{name} 既是前提又互斥"
        yield _at(file, row, "requires", what, "二者取一")


def _cycle_problems(techniques: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem if techniques require each other in a circle."""
    required = {
        str(name): set(named_techniques(cell)) - {name}
        for name, cell in zip(
            techniques["technique_id"], techniques["requires"], strict=True
        )
    }
    try:
        TopologicalSorter(required).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        row = techniques.index[techniques["technique_id"].isin(circle)][0]
        what = f"前提成环：{' → '.join(circle)}"
        yield _at("catalogue.csv", row, "requires", what, "不成环")


def _effect_problems(
    row: object, record: pd.Series, ids: set[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the problems of one effect."""
    file = "effects.csv"
    if record["technique_id"] not in ids:
        yield _at(file, row, "technique_id", f"没有技术“{record['technique_id']}”")
    if record["target"] not in TARGETS:
        hint = nearest(record["target"], TARGETS)
        what = f"“{record['target']}”不是可减少的量"
        yield _at(file, row, "target", what, "、".join(TARGETS), hint)
    for column in ("base_column", "minus_column"):
        if column == "base_column" or record[column]:
            yield from _column_problems(file, row, column, record[column])
    yield from _choice_problems(file, row, "quality", record, QUALITIES)
    yield from _range_problems(file, row, record, BOUNDS, optional=False)
    yield from _source_problems(file, row, "source_key", record, sources)


def _column_problems(
    file: str, row: object, column: str, name: str
) -> Iterator[Problem]:
    """Yield a problem if a cell names no panel column."""
    known = load_columns().index
    if name not in known:
        yield _at(file, row, column, f"没有数据列“{name}”", hint=nearest(name, known))


def _condition_problems(row: object, record: pd.Series) -> Iterator[Problem]:
    """Yield the problems of the applicability tests."""
    file = "catalogue.csv"
    try:
        conditions = parse_conditions(record["conditions"])
    except ValueError as error:
        what = f"“{error}”看不懂"
        yield _at(file, row, "conditions", what, "列名>=数字；列名<=数字")
        return
    for condition in conditions:
        yield from _column_problems(file, row, "conditions", condition.column)
    if record["ceiling_column"]:
        yield from _column_problems(
            file, row, "ceiling_column", record["ceiling_column"]
        )


def _range_problems(
    file: str, row: object, record: pd.Series, names: tuple[str, ...], *, optional: bool
) -> Iterator[Problem]:
    """Yield a problem unless the cells are numbers in ascending order."""
    cells = [record[name] for name in names]
    if optional and not any(cells):
        return
    numbers = [_number(cell) for cell in cells]
    label = "、".join(names)
    if any(np.isnan(numbers)):
        yield _at(file, row, label, f"不是数字：{'、'.join(cells)}", "三个数字")
    elif not numbers[0] <= numbers[1] <= numbers[2]:
        what = f"{'、'.join(cells)} 不是由小到大"
        yield _at(file, row, label, what, "low ≤ mode ≤ high")


def _cost_problems(row: object, record: pd.Series) -> Iterator[Problem]:
    """Yield the problems of investment, running cost and saving."""
    file = "catalogue.csv"
    yield from _choice_problems(file, row, "saving_gap", record, SAVING_GAPS)
    for column in ("capex_low", "capex_minimum_size", "opex_fraction"):
        if record[column] and not _number(record[column]) >= 0:
            yield _at(file, row, column, f"“{record[column]}”不是非负数")
    if not any(record[name] for name in CAPEX):
        return
    for name in filter(None, driver_columns(record["capex_driver"])):
        yield from _column_problems(file, row, "capex_driver", name)
    for column in ("capex_driver", "capex_note"):
        if not record[column].strip():
            yield _at(file, row, column, "空白", "投资额要写明驱动量和依据")
    yield from _choice_problems(file, row, "capex_quality", record, QUALITIES)


def _choice_problems(
    file: str, row: object, column: str, record: pd.Series, allowed: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield a problem if a cell is not one of the words allowed there."""
    if record[column] not in allowed:
        hint = nearest(record[column], allowed)
        what = f"“{record[column]}”不是可用的值"
        yield _at(file, row, column, what, "、".join(filter(None, allowed)), hint)


def _share_problems(row: object, record: pd.Series) -> Iterator[Problem]:
    """Yield the problems of share, ceiling and lifetime."""
    file = "catalogue.csv"
    for column in ("affected_share", "ceiling_fraction"):
        value = _number(record[column])
        if record[column] and not 0 < value <= 1:
            yield _at(file, row, column, f"{record[column]} 超出范围", "大于 0、至多 1")
    if not _number(record["lifetime_years"]) > 0:
        yield _at(file, row, "lifetime_years", "不是正数", "年数")
    if record["ceiling_column"] and not record["ceiling_fraction"]:
        yield _at(file, row, "ceiling_fraction", "空白", "大于 0、至多 1")


def _source_problems(
    file: str, row: object, column: str, record: pd.Series, sources: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each source key that is not in the register."""
    keys = [key for key in record[column].split(";") if key]
    if not keys:
        yield _at(file, row, column, "空白", "至少一个来源")
    for key in keys:
        if key not in sources:
            hint = nearest(key, sources)
            yield _at(file, row, column, f"没有来源“{key}”", hint=hint)


def _number(cell: str) -> float:
    """Return a cell as a number, NaN if it is none."""
    try:
        value = float(cell)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")
