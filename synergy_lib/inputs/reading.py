"""Read a user's file as it stands: nothing is converted, every row keeps its number."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest, quote
from synergy_lib.inputs.cell_faults import Faults, find_cell_faults
from synergy_lib.inputs.layout import match_header
from synergy_lib.inputs.values import normalised
from synergy_lib.schema import SHEETS

__all__ = ["RawSheet", "column_letter", "file_sha256", "read_table", "read_workbook"]

# How far down the header may stand, below a title or empty rows.
_HEADER_WITHIN = 10


@dataclass(frozen=True)
class RawSheet:
    """One sheet as typed.

    Parameters
    ----------
    file, key, name : str
        File name; key of :data:`synergy_lib.schema.SHEETS`; the sheet's own name.
    headers : tuple of str
        The header row, by position; blank where a column has none.
    frame : pandas.DataFrame
        Raw values: columns are positions, the index is the row number in Excel.
    header_row : int
        Row number of the header in Excel.
    problems : tuple of Problem
        What is wrong with the sheet as a whole, and its cells without a value.
    """

    file: str
    key: str
    name: str
    headers: tuple[str, ...]
    frame: pd.DataFrame
    header_row: int = 1
    problems: tuple[Problem, ...] = ()

    def where(self, position: int, row: int) -> str:
        """Return file, sheet and cell, e.g. ``"park.xlsx 能源消费!D17"``."""
        return f"{self.file} {self.name}!{column_letter(position)}{row}"


def column_letter(position: int) -> str:
    """Return the letter Excel gives the column at a zero-based position.

    Examples
    --------
    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    number = position + 1
    while number:
        number, remainder = divmod(number - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_workbook(path: Path) -> dict[str, RawSheet]:
    """Read every data sheet of a park's workbook.

    Parameters
    ----------
    path : pathlib.Path
        An .xlsx file in the layout that ``synergy template`` writes.

    Returns
    -------
    dict of str to RawSheet
        By sheet key of :data:`synergy_lib.schema.SHEETS`. A sheet that the workbook
        lacks is empty and says so in its ``problems``.

    Raises
    ------
    InputDataError
        If the file is missing, or is no workbook.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _require_file(path)
    faults = find_cell_faults(path, frozenset(SHEETS.values()))
    try:
        book = CalamineWorkbook.from_path(str(path))
        present = book.sheet_names
        rows = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in SHEETS.values()
            if name in present
        }
    except (CalamineError, OSError) as error:
        raise InputDataError(
            Problem(path.name, f"不是可读取的 Excel 工作簿（{error}）", ".xlsx 文件")
        ) from error
    return {
        key: _raw_sheet(path.name, key, rows[name], faults.get(name, {}))
        if name in rows
        else _missing_sheet(path.name, key, present)
        for key, name in SHEETS.items()
    }


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file as text, indexed by line number.

    Raises
    ------
    InputDataError
        If the file is missing, is no CSV file, is neither UTF-8 nor GB 18030, or has
        a blank or double header, or rows longer than the header; all at once.
    """
    _require_file(path)
    lines = csv.reader(io.StringIO(_decoded(path), newline=""))
    try:
        header = [text.strip() for text in next(lines, [])]
        start = lines.line_num + 1
        rows: dict[int, list[str]] = {}
        for cells in lines:
            if any(cells):
                rows[start] = cells
            start = lines.line_num + 1
    except csv.Error as error:
        where = f"{path.name} 第 {lines.line_num} 行"
        raise InputDataError(Problem(where, f"不是可读取的 CSV（{error}）")) from error
    problems = _table_problems(path.name, header, rows)
    if problems:
        raise InputDataError(problems)
    width = len(header)
    padded = [cells[:width] + [""] * (width - len(cells)) for cells in rows.values()]
    return pd.DataFrame(padded, index=list(rows), columns=header, dtype=str)


def _decoded(path: Path) -> str:
    """Return the text of a CSV file."""
    content = path.read_bytes()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputDataError(
            Problem(path.name, "是 Excel 文件", "CSV 文件，或 input.layout: workbook")
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputDataError(Problem(path.name, "文字编码无法识别", "UTF-8 或 GB 18030"))


def _table_problems(
    file: str, header: Sequence[str], rows: Mapping[int, Sequence[str]]
) -> list[Problem]:
    """Return what is wrong with the shape of a CSV file."""
    if not any(header):
        return [Problem(f"{file} 第 1 行", "没有表头", "第一行为列名")]
    problems = [
        Problem(f"{file} 第 1 行第 {i + 1} 列", f"表头{quote(text)}重复或为空")
        for i, text in enumerate(header)
        if not text or text in header[:i]
    ]
    return problems + [
        Problem(f"{file} 第 {line} 行", f"有 {len(cells)} 列", f"{len(header)} 列")
        for line, cells in rows.items()
        if any(cells[len(header) :])
    ]


def _require_file(path: Path) -> None:
    """Raise where there is no file, naming what lies beside it."""
    if path.is_file():
        return
    if path.is_dir():
        raise InputDataError(Problem(str(path), "是一个文件夹", "一个文件"))
    siblings = [item.name for item in path.parent.glob("*")]
    raise InputDataError(
        Problem(
            str(path),
            "没有这个文件",
            hint=nearest(path.name, siblings)
            or "把数据文件放到这里，或用 --data 指出它的位置",
        )
    )


def _missing_sheet(file: str, key: str, present: Sequence[str]) -> RawSheet:
    """Return an empty sheet that says it is missing."""
    name = SHEETS[key]
    others = [text for text in present if text not in SHEETS.values()]
    problem = Problem(
        f"{file} 工作表“{name}”",
        "缺少这个工作表",
        hint=nearest(name, others) or "可用 synergy template 生成空白工作簿",
    )
    return RawSheet(file, key, name, (), pd.DataFrame(), problems=(problem,))


def _raw_sheet(
    file: str, key: str, rows: Sequence[Sequence[object]], faults: Faults
) -> RawSheet:
    """Return a sheet's rows under its header, without the English and empty rows."""
    name = SHEETS[key]
    top = _header_position(rows, key)
    header = [_label(cell) for cell in rows[top]] if rows else []
    while header and not header[-1]:
        header.pop()
    if not header:
        problem = Problem(f"{file} {name}!A1", "没有表头", "第一行为列名")
        return RawSheet(file, key, name, (), pd.DataFrame(), problems=(problem,))
    width = len(header)
    body = {
        number: list(row[:width])
        for number, row in enumerate(rows[top + 1 :], start=top + 2)
        if any(_is_filled(cell) for cell in row[:width])
    }
    if top + 2 in body and _is_english_header(body[top + 2], header, key):
        del body[top + 2]
    letters = {column_letter(position) for position in range(width)}
    problems = [
        Problem(f"{file} {name}!{letter}{row}", f"单元格是{quote(shown)}", "数值或文字")
        for (row, letter), shown in sorted(faults.items())
        if row > top + 1 and letter in letters
    ]
    frame = pd.DataFrame(
        list(body.values()), index=list(body), columns=range(width), dtype=object
    )
    return RawSheet(file, key, name, tuple(header), frame, top + 1, tuple(problems))


def _label(cell: object) -> str:
    """Return a header cell as text on one line."""
    return " ".join(str(cell).split())


def _is_filled(cell: object) -> bool:
    """Tell whether a cell holds anything but spaces."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _header_position(rows: Sequence[Sequence[object]], key: str) -> int:
    """Return the position of the first row that is mostly known headers.

    So a title above the header, or an empty first row, does no harm. Without such a
    row it is the first that holds anything, whose headers are then reported.
    """
    filled = []
    for position, row in enumerate(rows[:_HEADER_WITHIN]):
        labels = [_label(cell) for cell in row if _is_filled(cell)]
        known = sum(match_header(label, key) is not None for label in labels)
        if known >= 2 and 2 * known >= len(labels):
            return position
        filled += [position] if labels else []
    return filled[0] if filled else 0


def _is_english_header(row: Sequence[object], header: Sequence[str], key: str) -> bool:
    """Tell whether a row repeats the header in English, with or without units."""
    hits = 0
    for cell, text in zip_longest(row, header, fillvalue=""):
        matched = match_header(str(text), key)
        if matched and normalised(_label(cell)) in (
            normalised(matched[0].header("en")),
            normalised(matched[0].label_en),
        ):
            hits += 1
    return 2 * hits >= sum(_is_filled(cell) for cell in row)
