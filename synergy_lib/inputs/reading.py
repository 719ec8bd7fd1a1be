"""Read a user's file as it stands: nothing is converted, every row keeps its number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.schema import SHEETS, load_columns

__all__ = ["RawSheet", "column_letter", "file_sha256", "read_table", "read_workbook"]


@dataclass(frozen=True)
class RawSheet:
    """One sheet as typed: header → raw values, indexed by the row number in Excel."""

    file: str
    key: str
    name: str
    frame: pd.DataFrame

    def cell(self, header: str, row: int) -> str:
        """Return where a value stands, e.g. ``"能源消费!D17"``."""
        position = self.frame.columns.get_loc(header)
        return f"{self.name}!{column_letter(int(str(position)))}{row}"

    def where(self, header: str, row: int) -> str:
        """Return file, sheet and cell of a value."""
        return f"{self.file} {self.cell(header, row)}"


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
        By sheet key of :data:`synergy_lib.schema.SHEETS`.

    Raises
    ------
    InputDataError
        If the file is missing or no workbook, or lacks sheets; all at once.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _require_file(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise InputDataError(
            Problem(path.name, f"不是可读取的 Excel 工作簿（{error}）", ".xlsx 文件")
        ) from error
    present = book.sheet_names
    missing = [name for name in SHEETS.values() if name not in present]
    if missing:
        raise InputDataError(
            Problem(
                f"{path.name} 工作表“{name}”",
                "缺少这个工作表",
                hint=nearest(name, [s for s in present if s not in SHEETS.values()])
                or "可用 synergy template 生成空白工作簿",
            )
            for name in missing
        )
    return {
        key: _raw_sheet(
            path.name,
            key,
            name,
            book.get_sheet_by_name(name).to_python(skip_empty_area=False),
        )
        for key, name in SHEETS.items()
    }


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file as text, indexed by line number.

    Raises
    ------
    InputDataError
        If the file is missing, or neither UTF-8 nor GB 18030.
    """
    _require_file(path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            frame = pd.read_csv(
                path, dtype=str, keep_default_na=False, encoding=encoding
            )
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise InputDataError(
                Problem(path.name, f"不是可读取的 CSV 文件（{error}）")
            ) from error
        return frame.set_axis(range(2, len(frame) + 2))
    raise InputDataError(Problem(path.name, "文字编码无法识别", "UTF-8 或 GB 18030"))


def _require_file(path: Path) -> None:
    """Raise where there is no file, naming what lies beside it."""
    if path.is_file():
        return
    siblings = [item.name for item in path.parent.glob("*")] if path.parent else []
    raise InputDataError(
        Problem(
            str(path),
            "没有这个文件",
            hint=nearest(path.name, siblings)
            or "把数据文件放到这里，或用 --data 指出它的位置",
        )
    )


def _raw_sheet(file: str, key: str, name: str, rows: list[list[object]]) -> RawSheet:
    """Return a sheet's rows under its header, without the English and empty rows."""
    header = [str(cell).strip() for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    problems = [
        Problem(f"{file} {name}!{column_letter(i)}1", f"表头“{text}”重复或为空")
        for i, text in enumerate(header)
        if not text or text in header[:i]
    ]
    if not header:
        problems = [Problem(f"{file} {name}!A1", "没有表头", "第一行为列名")]
    if problems:
        raise InputDataError(problems)
    body = {
        number: row[: len(header)]
        for number, row in enumerate(rows[1:], start=2)
        if any(cell not in ("", None) for cell in row[: len(header)])
    }
    if 2 in body and _is_english_header(body[2]):
        del body[2]
    frame = pd.DataFrame(
        list(body.values()), index=list(body), columns=header, dtype=object
    )
    return RawSheet(file, key, name, frame)


def _is_english_header(row: list[object]) -> bool:
    """Tell whether a row repeats the header in English."""
    first = str(row[0]).strip().lower()
    english = load_columns().loc["enterprise_id", "label_en"]
    return first in (str(english).lower(), "year")
