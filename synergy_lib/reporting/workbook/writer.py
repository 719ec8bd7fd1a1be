"""Write the input workbook: the empty template, or one filled with data."""

from __future__ import annotations

import io
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.inputs.layout import Field, sheet_fields
from synergy_lib.reporting.workbook.guide import GuideLists, write_guide
from synergy_lib.reporting.workbook.rules import (
    HEADER_ROWS,
    ROOM_ROWS,
    header_comment,
    validation_rule,
)
from synergy_lib.schema import SHEETS

__all__ = ["ROOM_ROWS", "write_workbook"]

# Written into the file so that the same content always gives the same bytes.
_CREATED = datetime(2024, 1, 1)
_COLOURS = {
    "header": "#1F4E79",
    "english": "#DCE6F1",
    "key": "#F2F2F2",
    "input": "#FFFBEB",
    "wrong": "#F8CBAD",
    "line": "#D0D7DE",
}


@dataclass(frozen=True)
class _Book:
    """What every sheet writer needs: the open workbook, its formats, its language."""

    book: Any
    formats: Mapping[str, Any]
    lists: GuideLists
    language: str
    demo: bool


def write_workbook(
    path: str | Path,
    frames: Mapping[str, pd.DataFrame] | None = None,
    *,
    language: str = "zh",
    demo: bool = False,
) -> Path:
    """Write the input workbook, empty or filled.

    Parameters
    ----------
    path : str or pathlib.Path
        The .xlsx file to write; replaced as a whole or not at all.
    frames : mapping of str to pandas.DataFrame, optional
        Sheet key of :data:`synergy_lib.schema.SHEETS` → rows. Columns are the keys
        of :func:`synergy_lib.inputs.layout.sheet_fields` (panel column names on the
        sheets with one row an enterprise and year) or the Chinese headers; NaN and
        None are written as blank cells; flags may be 是/否, booleans or 1/0. Values
        are in the units of the headers.
    language : {"zh", "en"}
        Language of the instructions and comments. Sheet names and the first header
        row are always Chinese, the second row always English.
    demo : bool
        Mark the workbook as invented demonstration data, on the first sheet and in
        the printed header of every sheet.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputDataError
        If a frame is for an unknown sheet, has an unknown column, or holds an
        infinite number, an id that is not text, or text where a number belongs; all
        of these at once, and nothing is written.

    Notes
    -----
    The same arguments give the same bytes. Text is never taken for a formula, and
    enterprise ids are text, so that leading zeros survive.
    """
    data = _checked_frames(frames or {})
    content = _workbook_bytes(data, language, demo)
    return _replace_file(Path(path), content)


def _checked_frames(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the frames under field keys, or raise naming everything wrong."""
    problems = [
        Problem(f"工作表键 {key}", "未知", hint=nearest(key, SHEETS))
        for key in frames
        if key not in SHEETS
    ]
    data = {}
    for key in SHEETS:
        if key in frames:
            data[key] = _named_by_key(key, frames[key])
            problems += _frame_problems(key, data[key])
    if problems:
        raise InputDataError(problems)
    return data


def _named_by_key(sheet: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose Chinese headers are replaced by field keys."""
    return frame.rename(columns={f.header(): f.key for f in sheet_fields(sheet)})


def _frame_problems(sheet: str, frame: pd.DataFrame) -> list[Problem]:
    """Return what would not survive being written to a sheet."""
    fields = {field.key: field for field in sheet_fields(sheet)}
    problems = []
    for column in frame.columns:
        where = f"{SHEETS[sheet]} {column}"
        field = fields.get(str(column))
        if field is None:
            problems.append(Problem(where, "未知的列", hint=nearest(column, fields)))
            continue
        bad = [v for v in frame[column] if not _is_blank(v) and not _fits(v, field)]
        if bad:
            problems.append(
                Problem(where, f"{len(bad)} 个值无法写入，如 {bad[0]!r}", field.dtype)
            )
    return problems


def _is_blank(value: object) -> bool:
    """Tell whether a value is missing."""
    if value is None or value is pd.NA or value is pd.NaT or value == "":
        return True
    return isinstance(value, Real) and math.isnan(value)


def _fits(value: object, field: Field) -> bool:
    """Tell whether a value can stand in a cell of this field."""
    if field.dtype in ("number", "year"):
        return (
            isinstance(value, Real)
            and not isinstance(value, bool)
            and math.isfinite(value)
        )
    if field.dtype == "flag":
        return value in ("是", "否", 0, 1)
    return isinstance(value, str)


def _workbook_bytes(
    data: Mapping[str, pd.DataFrame], language: str, demo: bool
) -> bytes:
    """Return the bytes of the workbook."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties(
            {
                "title": "园区数据填报表" + ("（演示数据，虚构）" if demo else ""),
                "created": _CREATED,
                "comments": "Demonstration data, invented" if demo else "",
            }
        )
        formats = _formats(book)
        lists = write_guide(book, language=language, demo=demo)
        target = _Book(book, formats, lists, language, demo)
        for key in SHEETS:
            _write_sheet(target, key, data.get(key))
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    """Return the cell formats of the data sheets by name."""
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
    line = {"border": 1, "border_color": _COLOURS["line"]}
    heading = {**base, **line, "align": "center", "text_wrap": True}
    white = {"bold": True, "font_color": "#FFFFFF", "bg_color": _COLOURS["header"]}
    small = {"font_size": 9, "font_color": "#44546A", "bg_color": _COLOURS["english"]}
    return {
        "header": book.add_format({**heading, **white}),
        "english": book.add_format({**heading, **small}),
        "text": book.add_format({**base, "num_format": "@"}),
        "year": book.add_format({**base, "num_format": "0", "align": "center"}),
        "number": book.add_format({**base, "num_format": "#,##0.######"}),
        "choice": book.add_format({**base, "num_format": "@"}),
        "flag": book.add_format({**base, "num_format": "@", "align": "center"}),
        "fill_key": book.add_format({**line, "bg_color": _COLOURS["key"]}),
        "fill_input": book.add_format({**line, "bg_color": _COLOURS["input"]}),
        "fill_wrong": book.add_format({**line, "bg_color": _COLOURS["wrong"]}),
    }


def _write_sheet(target: _Book, key: str, frame: pd.DataFrame | None) -> None:
    """Write one data sheet: headers, comments, validation, colours, rows."""
    fields = sheet_fields(key)
    sheet = target.book.add_worksheet(SHEETS[key])
    rows = max(ROOM_ROWS, 0 if frame is None else len(frame) + ROOM_ROWS // 4)
    last_row = HEADER_ROWS + rows - 1
    sheet.set_row(0, 48)
    sheet.set_row(1, 40)
    for position, field in enumerate(fields):
        sheet.set_column(position, position, _width(field), target.formats[field.dtype])
        sheet.write_string(0, position, field.header(), target.formats["header"])
        sheet.write_string(1, position, field.header("en"), target.formats["english"])
        sheet.write_comment(
            0,
            position,
            header_comment(field, target.language),
            {"author": "", "x_scale": 2, "y_scale": 1.5},
        )
        rule = validation_rule(field, key, target.lists, target.language)
        if rule:
            sheet.data_validation(HEADER_ROWS, position, last_row, position, rule)
    _colour_cells(sheet, fields, last_row, target.formats)
    sheet.freeze_panes(HEADER_ROWS, min(2, _key_count(fields)))
    _set_up_printing(sheet, key, target.demo)
    if frame is not None:
        _write_rows(sheet, fields, frame, target.formats)


def _key_count(fields: Sequence[Field]) -> int:
    """Return how many leading columns identify a row."""
    keys = ("enterprise_id", "enterprise_name", "year")
    return next((i for i, f in enumerate(fields) if f.key not in keys), len(fields))


def _width(field: Field) -> float:
    """Return a column width that shows the label on at most three lines."""
    if field.key in ("note", "main_products", "measure_name", "indicator"):
        return 34
    if field.key in ("enterprise_name", "carrier", "pollutant"):
        return 24
    if field.key in ("enterprise_id", "year", "medium", "unit", "status"):
        return 11
    return max(13.0, min(22.0, 0.75 * len(field.header()) + 3))


def _colour_cells(
    sheet: Any, fields: Sequence[Field], last_row: int, formats: Mapping[str, Any]
) -> None:
    """Colour key and input cells, and required cells left blank in a used row."""
    first = HEADER_ROWS
    end = len(fields) - 1
    for position, field in enumerate(fields):
        if not field.required:
            continue
        cell = f"${_letter(position)}{first + 1}"
        used = f"COUNTA($A{first + 1}:${_letter(end)}{first + 1})>0"
        sheet.conditional_format(
            first,
            position,
            last_row,
            position,
            {
                "type": "formula",
                "criteria": f"=AND({used},ISBLANK({cell}))",
                "format": formats["fill_wrong"],
                "stop_if_true": True,
            },
        )
    keys = _key_count(fields)
    for start, stop, name in ((0, keys - 1, "fill_key"), (keys, end, "fill_input")):
        sheet.conditional_format(
            first,
            start,
            last_row,
            stop,
            {"type": "no_errors", "format": formats[name]},
        )


def _letter(position: int) -> str:
    """Return the letter of a column position."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(position))


def _set_up_printing(sheet: Any, key: str, demo: bool) -> None:
    """Make a sheet print on landscape A4, as wide as the page, headers repeated."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEADER_ROWS - 1)
    mark = "&C演示数据（虚构） Demonstration data, invented" if demo else ""
    sheet.set_header(f"&L{SHEETS[key]}{mark}&R&P / &N")


def _write_rows(
    sheet: Any, fields: Sequence[Field], frame: pd.DataFrame, formats: Mapping[str, Any]
) -> None:
    """Write the rows of a frame below the headers; missing values stay blank."""
    for position, field in enumerate(fields):
        if field.key not in frame.columns:
            continue
        style = formats[field.dtype]
        for row, value in enumerate(frame[field.key], start=HEADER_ROWS):
            if _is_blank(value):
                continue
            if field.dtype in ("number", "year"):
                sheet.write_number(row, position, float(value), style)
            else:
                text = _flag_text(value) if field.dtype == "flag" else value
                sheet.write_string(row, position, text, style)


def _flag_text(value: object) -> str:
    """Return 是 or 否."""
    return str(value) if isinstance(value, str) else ("是" if value else "否")


def _replace_file(path: Path, content: bytes) -> Path:
    """Put a file in place as a whole: a temporary file beside it, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
