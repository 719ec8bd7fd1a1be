"""Targets: the published ones of other jurisdictions, and those of the park."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest, quote
from synergy_lib.factors.tables import load_sources
from synergy_lib.outlook.targets.values import check_target_formula
from synergy_lib.outlook_parameters import TargetParameters
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import read_cells

__all__ = ["KINDS", "check_targets", "load_targets", "own_targets"]

KINDS = {
    "relative_cut": "较基年下降",
    "level": "达到水平",
    "count": "数量",
    "growth_rate": "年均增长",
    "threshold": "门槛",
    "date": "时限",
}
_COLUMNS = (
    "target_id",
    "jurisdiction_zh",
    "jurisdiction_en",
    "indicator_zh",
    "indicator_en",
    "scope",
    "formula",
    "kind",
    "comparison",
    "value",
    "unit",
    "base_year",
    "target_year",
    "path",
    "standing",
    "source_key",
    "locator",
    "note",
)
_FILLED = ("target_id", *_COLUMNS[1:6], "kind", "comparison", "standing", "locator")
_CHOICES = {
    "scope": ("park", "enterprise", "project", "jurisdiction"),
    "kind": tuple(KINDS),
    "comparison": ("<=", "<", ">=", ">", "="),
    "path": ("", "geometric", "linear"),
    "standing": ("reference",),
}


def load_targets(path: Path | None = None) -> pd.DataFrame:
    """Return the published targets, none of which binds the park.

    Parameters
    ----------
    path : pathlib.Path, optional
        A table of the same columns; ``parameters/targets/reference.csv`` if omitted.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``target_id``: ``jurisdiction_zh, jurisdiction_en, indicator_zh,
        indicator_en, scope`` (park, enterprise, project, jurisdiction), ``formula``
        ("" where the panel cannot give it), ``kind`` (see :data:`KINDS`),
        ``comparison, value`` (NaN where the source gives no number), ``unit,
        base_year, target_year`` (Int64), ``path, standing`` (always ``reference``,
        参照目标), ``source_key, locator, note``.

    Raises
    ------
    ParameterError
        With every problem at once, each naming file, row and column.

    Notes
    -----
    Values as the sources print them (methods §6.11): other jurisdictions' targets are
    printed as 参照目标; binding ones come from the parameter ``targets`` of a run.

    Examples
    --------
    >>> load_targets().loc["H1", ["unit", "standing", "source_key"]].tolist()
    ['%', 'reference', 'S004']
    """
    path = parameters_path("targets", "reference.csv") if path is None else path
    cells = read_cells(path)
    problems = list(_header_problems(cells, path.name))
    if problems:
        raise ParameterError(problems)
    problems = [problem for item in cells.iterrows() for problem in _row(item, path)]
    twice = cells["target_id"].duplicated() & (cells["target_id"] != "")
    problems += [
        Problem(f"{path.name} 第{line}行 target_id", f"“{name}”重复", "唯一代码")
        for line, name in cells.loc[twice, "target_id"].items()
    ]
    if problems:
        raise ParameterError(problems)
    table = cells.assign(value=pd.to_numeric(cells["value"]).astype(float))
    for name in ("base_year", "target_year"):
        table[name] = pd.to_numeric(cells[name]).astype("Int64")
    return table.set_index("target_id")


def check_targets(targets: Iterable[TargetParameters]) -> None:
    """Raise where the indicator of a run's target cannot be computed for a park.

    Raises
    ------
    ParameterError
        With every formula that names an unknown column or has no park value.
    """
    problems = [
        problem
        for target in targets
        for problem in check_target_formula(
            target.indicator, f"targets {target.id} indicator"
        )
    ]
    if problems:
        raise ParameterError(problems)


def own_targets(targets: Iterable[TargetParameters]) -> pd.DataFrame:
    """Return the targets of a run's parameters in the columns of :func:`load_targets`.

    Returns
    -------
    pandas.DataFrame
        ``standing`` is ``binding`` or ``reference``; ``source_key`` is empty and
        ``locator`` the parameter ``source``.

    Raises
    ------
    ParameterError
        As :func:`check_targets`.
    """
    targets = list(targets)
    check_targets(targets)
    rows = [
        {
            "target_id": target.id,
            "indicator_zh": target.name_zh,
            "indicator_en": target.name_en or target.name_zh,
            "scope": "park",
            "formula": target.indicator,
            "kind": target.kind,
            "comparison": "<=" if target.direction == "at_most" else ">=",
            "value": target.level if target.cut_pct is None else target.cut_pct,
            "unit": target.unit if target.cut_pct is None else "%",
            "base_year": target.base_year,
            "target_year": target.year,
            "path": target.path,
            "standing": "binding" if target.binding else "reference",
            "locator": target.source,
        }
        for target in targets
    ]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    years = {name: table[name].astype("Int64") for name in ("base_year", "target_year")}
    table = table.assign(**years, value=table["value"].astype(float))
    texts = [name for name in _COLUMNS if name not in ("value", *years)]
    filled = {name: table[name].astype(object).fillna("") for name in texts}
    return table.assign(**filled).set_index("target_id")


def _header_problems(cells: pd.DataFrame, file: str) -> Iterator[Problem]:
    for name in _COLUMNS:
        if name not in cells:
            strange = [str(column) for column in cells if column not in _COLUMNS]
            yield Problem(file, f"缺少列“{name}”", hint=nearest(name, strange))
    for name in cells.columns:
        if name not in _COLUMNS:
            hint = nearest(str(name), _COLUMNS)
            yield Problem(file, f"没有名为“{name}”的列", hint=hint)
    if cells.empty:
        yield Problem(file, "没有数据行")


def _row(item: tuple[object, pd.Series], path: Path) -> Iterator[Problem]:
    """Yield the problems of one row, each naming file, row and column."""
    line, row = item

    def at(column: str, what: str, expected: str = "", hint: str = "") -> Problem:
        where = f"{path.name} 第{line}行（{row['target_id']}） {column}"
        return Problem(where, what, expected, hint)

    yield from (at(name, "空缺") for name in _FILLED if not row[name])
    for name, allowed in _CHOICES.items():
        if row[name] and row[name] not in allowed:
            what = f"{quote(row[name])}不是可用的值"
            yield at(name, what, "、".join(filter(None, allowed)))
    sources = load_sources().index
    if row["source_key"] not in sources:
        hint = nearest(row["source_key"], sources)
        yield at("source_key", f"没有来源{quote(row['source_key'])}", hint=hint)
    if row["formula"]:
        yield from check_target_formula(row["formula"], at("formula", "").where)
    yield from _value_problems(row, at)
    yield from _year_problems(row, at)
    if row["kind"] in ("relative_cut", "level"):
        yield from _path_problems(row, at)


def _value_problems(row: pd.Series, at: Callable[..., Problem]) -> Iterator[Problem]:
    value = pd.to_numeric(row["value"], errors="coerce")
    if not row["value"]:
        if row["formula"] or not row["note"]:
            yield at("value", "空缺", "数字；原文没有数值的，在 note 中说明，不写公式")
        return
    if not np.isfinite(value):
        yield at("value", f"{quote(row['value'])}不是数字", "数字")
    elif row["kind"] == "relative_cut" and not 0 < value < 100:
        yield at("value", f"{row['value']} 超出范围", "大于 0、小于 100 的百分数")
    if not row["unit"]:
        yield at("unit", "空缺")


def _year_problems(row: pd.Series, at: Callable[..., Problem]) -> Iterator[Problem]:
    years = {}
    for name in ("base_year", "target_year"):
        cell = row[name]
        if cell and not (cell.isdigit() and 1990 <= int(cell) <= 2100):
            yield at(name, f"{quote(cell)}不是年份", "1990–2100")
        elif cell:
            years[name] = int(cell)
    if len(years) == 2 and years["base_year"] >= years["target_year"]:
        yield at("target_year", f"{row['target_year']} 不晚于基年", "晚于 base_year")


def _path_problems(row: pd.Series, at: Callable[..., Problem]) -> Iterator[Problem]:
    for name in ("base_year", "target_year"):
        if not row[name] and row["kind"] == "relative_cut":
            yield at(name, "空缺", "较基年下降的目标须有基年和目标年")
    if bool(row["path"]) != bool(row["value"] and row["base_year"]):
        yield at("path", "须与 value、base_year 同时给出", "geometric 或 linear")
