"""Tables of standards as data: ``table.yml`` and ``table.csv`` of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from synergy_lib.errors import ParameterError, Problem, nearest, quote
from synergy_lib.indicators.formula import check_formula
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import read_cells
from synergy_lib.yaml_files import read_yaml

__all__ = [
    "KINDS",
    "StandardTable",
    "TableHeader",
    "list_tables",
    "load_table",
    "read_table_header",
]

Kind = Literal["park_table", "cleaner_production", "carbon_classes", "city_index"]
_Share = Annotated[float, Field(ge=0, le=1)]
_Points = Annotated[float, Field(ge=0, le=100)]

_COMMON = ("code", "name", "name_en", "unit", "tag", "source_key", "note")
# Kind of table → columns besides the common ones, those that are numbers, and those
# that may be empty.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "park_table": (
        (
            "group",
            "comparison",
            "reference",
            "numerator",
            "denominator",
            "minimum_reporting",
            "reference_tag",
        ),
        ("reference", "minimum_reporting"),
        ("numerator", "denominator", "minimum_reporting", "reference_tag"),
    ),
    "cleaner_production": (
        (
            "group",
            "group_weight",
            "weight",
            "direction",
            "level_1",
            "level_2",
            "level_3",
            "is_limiting",
            "formula",
        ),
        (
            "group_weight",
            "weight",
            "direction",
            "level_1",
            "level_2",
            "level_3",
            "is_limiting",
        ),
        ("formula",),
    ),
    "carbon_classes": (
        ("scale", "class", "upper_bound"),
        ("class", "upper_bound"),
        ("upper_bound",),
    ),
}
_OPTIONAL = ("unit", "tag", "source_key", "note")
_FORMULAS = ("numerator", "denominator", "formula")
_CHOICES = {
    "comparison": (">=", "<=", ">"),
    "scale": ("level", "grade"),
    "direction": ("1", "-1"),
    "is_limiting": ("0", "1"),
    "tag": ("", "P", "GK"),
    "reference_tag": ("", "P", "GK"),
}


class TableHeader(BaseModel):
    """What a table is, and the rules that hold for all its rows.

    ``minimum_reporting`` is needed by a park table, ``level_minimums`` (least index
    of the levels I, II and III) by a cleaner-production table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    kind: Kind
    title_zh: str
    title_en: str
    version: str
    year: int
    source_key: str
    basis: str
    minimum_reporting: _Share | None = None
    level_minimums: tuple[_Points, _Points, _Points] | None = None
    proposed: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> TableHeader:
        needed = {
            "park_table": "minimum_reporting",
            "cleaner_production": "level_minimums",
        }
        found = [
            f"{key} 须给出" if kind == self.kind else f"{key} 只用于 {kind}"
            for kind, key in needed.items()
            if (kind == self.kind) == (getattr(self, key) is None)
        ]
        named = [*self.proposed, *self.unverified]
        unknown = [key for key in named if key not in TableHeader.model_fields]
        if unknown:
            found.append(f"proposed、unverified 中没有这些键：{'、'.join(unknown)}")
        if found:
            raise ValueError("；".join(found))
        return self


@dataclass(frozen=True)
class StandardTable:
    """A table of a standard.

    Parameters
    ----------
    header : TableHeader
        Title, source and rules from ``table.yml``.
    rows : pandas.DataFrame
        Rows of ``table.csv`` indexed by code; numbers as floats, missing ones NaN,
        missing text "".
    """

    header: TableHeader
    rows: pd.DataFrame


def list_tables(kind: Kind | None = None) -> list[str]:
    """Return the names of the shipped tables, of one kind or of all."""
    found = sorted(parameters_path("schemes").glob("*/table.yml"))
    return [
        path.parent.name
        for path in found
        if kind is None or read_table_header(path).kind == kind
    ]


def load_table(folder: Path | str, kind: Kind) -> StandardTable:
    """Load a table of a standard.

    Parameters
    ----------
    folder : path
        Folder with ``table.yml`` and ``table.csv``.
    kind : str
        Kind the caller can use.

    Returns
    -------
    StandardTable

    Raises
    ------
    ParameterError
        With every problem of both files at once, naming row and column: another kind,
        missing column, duplicate code, no number, unknown word, formula that names an
        unknown column.
    """
    folder = Path(folder)
    problems: list[Problem | str] = []
    header: TableHeader | None = None
    rows = pd.DataFrame()
    try:
        header = read_table_header(folder / "table.yml")
        if header.kind != kind:
            where = f"{folder.name} table.yml kind"
            problems.append(Problem(where, f"类型为 {header.kind}", kind))
    except ParameterError as error:
        problems += error.problems
    try:
        rows = _read_rows(folder / "table.csv", kind)
    except ParameterError as error:
        problems += error.problems
    if problems or header is None:
        raise ParameterError(problems)
    return StandardTable(header, rows)


def read_table_header(path: Path) -> TableHeader:
    """Read and check ``table.yml``.

    Raises
    ------
    ParameterError
        With every problem: no such file, unknown key with the nearest valid one,
        missing key, wrong type.
    """
    try:
        return TableHeader.model_validate(read_yaml(path))
    except ValidationError as error:
        problems = []
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"])
            where = f"{path.parent.name} {path.name} {key}".strip()
            if item["type"] == "extra_forbidden":
                hint = nearest(key, list(TableHeader.model_fields))
                problems.append(Problem(where, "没有这个键", hint=hint))
            elif item["type"] == "missing":
                problems.append(Problem(where, "缺少这个键"))
            elif item["type"] == "value_error":
                what = str(item["msg"]).removeprefix("Value error, ")
                problems.append(Problem(where, what))
            else:
                what = f"{quote(item['input'])}不符合要求"
                problems.append(Problem(where, what, str(item["msg"])))
        raise ParameterError(problems) from error


def _read_rows(path: Path, kind: Kind) -> pd.DataFrame:
    """Read and check ``table.csv``."""
    special, numbers, optional = KINDS[kind]
    columns = [*_COMMON, *special]
    cells = read_cells(path)
    place = f"{path.parent.name} {path.name}"
    wrong = [
        *(Problem(place, f"缺少列 {name}") for name in columns if name not in cells),
        *(
            Problem(place, f"没有名为“{name}”的列", hint=nearest(name, columns))
            for name in cells.columns
            if name not in columns
        ),
    ]
    if wrong:
        raise ParameterError(wrong)
    problems = _check_codes(cells, place)
    for name in columns:
        may_be_empty = name in (*_OPTIONAL, *optional)
        pairs = zip(cells.index, cells["code"], cells[name], strict=True)
        for line, code, cell in pairs:
            where = f"{place} 第{line}行（{code}） {name}"
            if not cell and not may_be_empty:
                problems.append(Problem(where, "空缺"))
            elif cell or name in _CHOICES:
                problems += _check_cell(str(cell), name, where, name in numbers)
    if problems:
        raise ParameterError(problems)
    values = cells[list(numbers)].replace("", "nan").astype(float)
    return cells.assign(**{name: values[name] for name in numbers}).set_index("code")


def _check_codes(cells: pd.DataFrame, place: str) -> list[Problem]:
    """Check that codes are unique and that there are rows at all."""
    if cells.empty:
        return [Problem(place, "没有数据行")]
    repeated = cells["code"].duplicated() & (cells["code"] != "")
    return [
        Problem(f"{place} 第{line}行 code", f"代码“{code}”重复", "唯一代码")
        for line, code in cells["code"][repeated].items()
    ]


def _check_cell(cell: str, name: str, where: str, is_number: bool) -> list[Problem]:
    """Check a cell that is not empty."""
    choices = _CHOICES.get(name)
    if choices is not None and cell not in choices:
        expected = "、".join(choice or "（空）" for choice in choices)
        return [Problem(where, f"“{cell}”不符合要求", expected)]
    if is_number and not pd.notna(pd.to_numeric(cell, errors="coerce")):
        return [Problem(where, f"“{cell}”不是数字", "数字")]
    return check_formula(cell, where) if name in _FORMULAS else []
