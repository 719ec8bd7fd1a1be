"""One sheet with its columns known by the layout's keys, converted cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest, quote
from synergy_lib.inputs.layout import LONG_SHEETS, Field, match_header, sheet_fields
from synergy_lib.inputs.park_data import Cells
from synergy_lib.inputs.reading import RawSheet, column_letter
from synergy_lib.inputs.values import to_choice, to_flag, to_number, to_text, to_year
from synergy_lib.units import conversion_factor

__all__ = ["Findings", "NamedSheet", "convert", "name_columns", "unit_problem"]

# Columns that may be absent: without them nothing is lost that was needed.
_OPTIONAL = ("note", "steam_pressure_mpa", "month", "limit")
_ID_LENGTH = 64
_NAME_LENGTH = 200


@dataclass
class Findings:
    """What cleaning collects on its way through the sheets of one workbook."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: Cells = field(default_factory=Cells)


@dataclass(frozen=True)
class Column:
    """A column of a sheet: what it means, where it stands, the unit it states."""

    field: Field
    position: int
    header: str
    unit: str


@dataclass(frozen=True)
class NamedSheet:
    """A raw sheet whose columns are known by the keys of the layout."""

    raw: RawSheet
    columns: Mapping[str, Column]

    @property
    def name(self) -> str:
        """Return the sheet's name in the workbook."""
        return self.raw.name

    @property
    def rows(self) -> pd.Index:
        """Return the row numbers of the data."""
        return self.raw.frame.index

    def __contains__(self, key: str) -> bool:
        """Tell whether the sheet has a column."""
        return key in self.columns

    def has(self, *keys: str) -> bool:
        """Tell whether the sheet has all of some columns."""
        return all(key in self.columns for key in keys)

    def values(self, key: str) -> pd.Series:
        """Return the raw values of a column."""
        position: int = self.columns[key].position
        return self.raw.frame.iloc[:, position]

    def letter(self, key: str) -> str:
        """Return the letter of a column."""
        return column_letter(self.columns[key].position)

    def where(self, key: str, row: int) -> str:
        """Return file, sheet and cell of a value."""
        return self.raw.where(self.columns[key].position, row)


def name_columns(raw: RawSheet, findings: Findings) -> NamedSheet:
    """Match a sheet's headers to the layout.

    Parameters
    ----------
    raw : RawSheet
        As read.
    findings : Findings
        Receives the sheet's own problems, and one for each unknown, double or
        missing header, and for values under a blank one.

    Returns
    -------
    NamedSheet
        With the columns that were recognised.
    """
    findings.problems += raw.problems
    columns: dict[str, Column] = {}
    for position, header in enumerate(raw.headers):
        where = raw.where(position, raw.header_row)
        matched = match_header(header, raw.key)
        if matched is None:
            findings.problems += _unknown_header(raw, position, where)
        elif matched[0].key in columns:
            text = f"列{quote(header)}与前面的列“{columns[matched[0].key].header}”重复"
            findings.problems.append(Problem(where, text))
        else:
            columns[matched[0].key] = Column(matched[0], position, header, matched[1])
    if raw.headers:
        findings.problems += [
            Problem(f"{raw.file} {raw.name}", f"缺少列“{field.header()}”", "模板中的列")
            for field in sheet_fields(raw.key)
            if field.key not in columns and field.key not in _OPTIONAL
        ]
    return NamedSheet(raw, columns)


def convert(sheet: NamedSheet, key: str, findings: Findings) -> pd.Series:
    """Return a column in the type and unit of the layout; problems are collected.

    Number, year and flag columns become float64 with NaN where a cell is blank or
    wrong; text and choices become str or None. A required cell may not be blank.
    """
    field = sheet.columns[key].field
    raw = sheet.values(key)
    where = partial(sheet.where, key)
    problems: list[Problem] = []
    if field.dtype == "text":
        values = to_text(raw)
        problems = _text_problems(field, values, sheet)
    elif field.dtype == "flag":
        values, problems = to_flag(raw, where)
    elif field.dtype == "choice":
        values, problems = to_choice(raw, where, field.choices)
    elif field.dtype == "year":
        values, problems = to_year(raw, where)
    else:
        values, problems = to_number(
            raw,
            where,
            field.minimum,
            field.maximum,
            factor=_header_factor(sheet, key, findings),
        )
    findings.problems += problems
    if field.required:
        named = {problem.where for problem in problems}
        findings.problems += [
            Problem(where(int(row)), "此格不能为空", field.header())
            for row in raw.index[values.isna()]
            if where(int(row)) not in named
        ]
    return values


def unit_problem(where: str, error: InputDataError) -> Problem:
    """Return the problem of a unit at the place where the unit stands."""
    found = error.problems[0]
    if isinstance(found, str):
        return Problem(where, found)
    return Problem(where, f"{found.where}{found.what}", found.expected, found.hint)


def _unknown_header(raw: RawSheet, position: int, where: str) -> list[Problem]:
    """Return what is wrong with a column that the layout does not know."""
    header = raw.headers[position]
    if header:
        labels = [field.header() for field in sheet_fields(raw.key)]
        # A free note is welcome on every sheet, not only where the layout has one.
        if header == "备注" and raw.key not in LONG_SHEETS:
            return []
        what = f"不认识列{quote(header)}"
        return [Problem(where, what, hint=nearest(header, labels))]
    filled = to_text(raw.frame.iloc[:, position]).notna()
    if not filled.any():
        return []
    row = int(raw.frame.index[filled][0])
    return [Problem(where, f"表头为空，但第 {row} 行有内容", "列名，或清空这一列")]


def _header_factor(sheet: NamedSheet, key: str, findings: Findings) -> float:
    """Return the factor from the unit a header states, noting that it was used."""
    column = sheet.columns[key]
    target = column.field.unit
    if column.unit == target:
        return 1.0
    try:
        factor = conversion_factor(column.unit, target)
    except InputDataError as error:
        where = sheet.where(key, sheet.raw.header_row)
        findings.problems.append(unit_problem(where, error))
        return 1.0
    if factor != 1.0:
        findings.notes.append(
            f"“{sheet.name}”的“{column.header}”按 1 {column.unit} = "
            f"{factor:g} {target or '（无量纲）'} 换算。"
        )
    return factor


def _text_problems(field: Field, values: pd.Series, sheet: NamedSheet) -> list[Problem]:
    """Return what is wrong with ids and names."""
    limits = {"enterprise_id": _ID_LENGTH, "enterprise_name": _NAME_LENGTH}
    limit = limits.get(field.key)
    if limit is None or sheet.raw.key != "enterprises":
        return []
    problems = []
    for row, text in values.dropna().items():
        where = sheet.where(field.key, int(str(row)))
        if len(text) > limit:
            what = f"{quote(text, 20)}有 {len(text)} 个字符"
            problems.append(Problem(where, what, f"不超过 {limit} 个字符"))
        elif not any(letter.isalnum() for letter in text):
            problems.append(Problem(where, f"{quote(text)}没有字母、数字或汉字"))
    return problems
