"""Cells without a usable value: Excel errors, and formulas nobody has calculated.

The workbook reader gives both as blank, and blank means missing; a person must be told
instead, so they are looked up in the sheets' XML.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree

from synergy_lib.errors import InputDataError, Problem, quote

__all__ = ["NOT_CALCULATED", "find_cell_faults"]

NOT_CALCULATED = "公式没有计算结果"

# Most sheets have neither, which is quickly seen.
_ERROR = re.compile(rb"\bt=[\"']e[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?P<tag>[^>]*?\bt=[\"']e[\"'][^>]*)(?<!/)>"
    rb"(?P<body>.*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s(?P<tag>[^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

# What a damaged, encrypted or foreign file makes the standard library raise.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)

Faults = dict[tuple[int, str], str]


def find_cell_faults(path: Path, sheets: frozenset[str]) -> dict[str, Faults]:
    """Return the cells of a workbook that hold an error or an empty formula.

    Parameters
    ----------
    path : pathlib.Path
        An .xlsx file.
    sheets : frozenset of str
        Names of the sheets to look at.

    Returns
    -------
    dict of str to dict
        Sheet name → (row number, column letters) → what Excel shows there, e.g.
        ``"#DIV/0!"``, or :data:`NOT_CALCULATED`.

    Raises
    ------
    InputDataError
        If the file is no .xlsx workbook, saying what it seems to be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _sheet_parts(archive)
            return {
                name: _faults(archive.read(part))
                for name, part in parts.items()
                if name in sheets
            }
    except _DAMAGE as error:
        raise InputDataError(_no_workbook(path)) from error


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each sheet, by the sheet's name."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): str(item.get("Target")) for item in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    parts = {}
    for sheet in book.iter():
        relation = sheet.get(_RELATION) or sheet.get(_STRICT_RELATION)
        if sheet.tag.endswith("}sheet") and relation in targets:
            target = targets[relation]
            part = target[1:] if target.startswith("/") else join("xl", target)
            parts[str(sheet.get("name"))] = normpath(part)
    return parts


def _faults(xml: bytes) -> Faults:
    """Return the faulty cells of one sheet."""
    found: Faults = {}
    for match in _EMPTY_FORMULA.finditer(xml) if _FORMULA.search(xml) else ():
        tag = match["tag"]
        if b't="str"' not in tag and (place := _REFERENCE.search(tag)):
            found[int(place[2]), place[1].decode()] = NOT_CALCULATED
    for match in _ERROR_CELL.finditer(xml) if _ERROR.search(xml) else ():
        place, value = _REFERENCE.search(match["tag"]), _VALUE.search(match["body"])
        if place:
            shown = value[1].decode("utf-8", "replace") if value else "错误值"
            found[int(place[2]), place[1].decode()] = shown
    return found


def _no_workbook(path: Path) -> Problem:
    """Return what to say about a file that is no .xlsx workbook."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        return Problem(str(path), f"无法读取（{error.strerror}）", "可以打开的文件")
    if not start:
        return Problem(path.name, "文件是空的（0 字节）", ".xlsx 工作簿")
    if start == _OLD_EXCEL:
        what = "是旧版 Excel（.xls）或加密的文件"
        hint = "请在 Excel 或 WPS 中打开，不设密码另存为 .xlsx"
        return Problem(path.name, what, ".xlsx 工作簿", hint)
    if start.startswith(b"PK"):
        what = "不是 Excel 工作簿，或文件已损坏"
    else:
        what = f"不是 .xlsx 文件（开头是{quote(start.decode('latin-1'))}）"
    return Problem(path.name, what, ".xlsx 工作簿", "请在 Excel 或 WPS 中另存为 .xlsx")
