"""What figures say: words in both languages, numbers, units, texts that fit."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from functools import cache

from matplotlib.ft2font import LoadFlags

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.figures.style import (
    MM_PER_INCH,
    POINTS_PER_INCH,
    SMALL_SIZE_PT,
    packaged_font,
)
from synergy_lib.resources import data_path
from synergy_lib.schema import column_label, load_columns

__all__ = [
    "MINUS",
    "alt_sentence",
    "column_name",
    "column_unit",
    "fit_text",
    "grade_name",
    "number_text",
    "scale_unit",
    "status_name",
    "text_width_mm",
    "unit_text",
    "words",
    "wrap_text",
    "years_text",
]


MINUS = "\N{MINUS SIGN}"


def words(key: str, language: str = "zh", **values: object) -> str:
    """Return a text of ``figure_labels.csv`` in one language, filled in.

    Raises
    ------
    ParameterError
        If the language or the key does not exist.
    """
    table = _labels()
    if language not in ("zh", "en"):
        raise ParameterError(Problem("language", f"未知语言“{language}”", "zh 或 en"))
    if key not in table:
        raise ParameterError(
            Problem("figure_labels.csv", key, hint=nearest(key, table))
        )
    return table[key][language].format(**values)


def number_text(
    value: float, decimals: int | None = None, *, sign: bool = False
) -> str:
    """Return a number for a label: three significant digits, – where missing.

    Examples
    --------
    >>> [number_text(v) for v in (12345.6, 123.4, 12.34, 0.01234, 0, float("nan"))]
    ['12,346', '123', '12.3', '0.0123', '0', '–']
    >>> number_text(3.14159, 1, sign=True)
    '+3.1'
    """
    if not math.isfinite(value):
        return "–"
    if decimals is None:
        magnitude = math.floor(math.log10(abs(value))) if value else 2
        decimals = min(max(2 - magnitude, 0), 6)
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    text = text if re.search("[1-9]", text) else text.lstrip("+-")
    return text.replace("-", MINUS)


def years_text(years: Iterable[int], language: str = "zh") -> str:
    """Return rising years as a list in which neighbours are a range.

    Examples
    --------
    >>> years_text([2018, 2020, 2021, 2022])
    '2018、2020–2022'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    texts = [f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return words("comma", language).join(texts)


def unit_text(unit: str, language: str = "zh") -> str:
    """Return a unit of columns.csv in one language, compound units piece by piece."""
    pieces = unit.split("/")
    return "/".join(_scales(piece, language)[0][2] for piece in pieces)


def scale_unit(largest: float, unit: str, language: str = "zh") -> tuple[float, str]:
    """Return the divisor and unit that keep numbers of this size short.

    Examples
    --------
    >>> scale_unit(1_234_567, "tCO2e"), scale_unit(1_234_567, "tCO2e", "en")
    ((10000.0, '万tCO2e'), (1000.0, 'ktCO2e'))
    >>> scale_unit(500, "kg")
    (1.0, 'kg')
    """
    fitting = [row for row in _scales(unit, language) if not abs(largest) < row[0]]
    _, divisor, label = fitting[-1] if math.isfinite(largest) else fitting[0]
    return divisor, label


def text_width_mm(
    text: str, size_pt: float = SMALL_SIZE_PT, bold: bool = False
) -> float:
    """Return how wide a line prints, without kerning in mm."""
    em = sum(_advance(character, bold) for character in text)
    return em * size_pt / POINTS_PER_INCH * MM_PER_INCH


def fit_text(
    text: object, width_mm: float, size_pt: float = SMALL_SIZE_PT, bold: bool = False
) -> str:
    """Return a text in one line, cut with … where it would be wider than allowed."""
    line = _one_line(text)
    if text_width_mm(line, size_pt, bold) <= width_mm:
        return line
    while line and text_width_mm(line + "…", size_pt, bold) > width_mm:
        line = line[:-1]
    return line.rstrip() + "…"


def wrap_text(
    text: object, width_mm: float, size_pt: float = SMALL_SIZE_PT, lines: int = 2
) -> str:
    """Return a text in lines of about the same length, the last cut with … if need be.

    Examples
    --------
    >>> wrap_text("绿色低碳发展水平", 15).splitlines()
    ['绿色低碳', '发展水平']
    """
    pieces = re.findall(r"[⺀-￿]|[^\s⺀-￿]+\s*|\s+", _one_line(text))
    rows = _broken(pieces, width_mm, size_pt)
    narrower = width_mm
    while narrower > 0 and len(_broken(pieces, narrower, size_pt)) == len(rows):
        even, narrower = narrower, narrower - 0.5
    rows = _broken(pieces, even, size_pt)
    rows[lines - 1 :] = ["".join(rows[lines - 1 :])] if len(rows) >= lines else []
    return "\n".join(fit_text(row, width_mm, size_pt) for row in rows)


def _broken(pieces: list[str], width_mm: float, size_pt: float) -> list[str]:
    """Put pieces into lines, each as full as the width allows."""
    rows = [""]
    for piece in pieces:
        wide = text_width_mm((rows[-1] + piece).rstrip(), size_pt) > width_mm
        if wide and rows[-1]:
            rows.append(piece)
        else:
            rows[-1] += piece
    return rows


def column_name(column: str, language: str = "zh") -> str:
    """Return the label of a panel column without its unit, else the name itself."""
    if column not in load_columns().index:
        return column
    return column_label(column, language, with_unit=False)


def grade_name(grade: object, language: str = "zh") -> str:
    """Return a grade in a language; one that is not in the table stays as it is."""
    key = f"grade_{grade}"
    if key in _labels():
        return words(key, language)
    return _one_line(grade)


def status_name(status: object, language: str = "zh") -> str:
    """Return a project's status in a language; an unknown one stays as it is."""
    key = f"status_{status}"
    if key in _labels():
        return words(key, language)
    return _one_line(status)


def column_unit(column: str) -> str:
    """Return the unit of a panel column as columns.csv has it, "" of any other."""
    return str(load_columns()["unit"].get(column, ""))


def alt_sentence(what: str, items: Iterable[str], language: str = "zh") -> str:
    """Return the alternative text of a figure, or that it has no data."""
    name, parts = words(f"what_{what}", language), list(items)
    if not parts:
        return words("alt_no_data", language, what=name)
    joined = words("separator", language).join(parts)
    return words("alt_list", language, what=name, items=joined)


def _one_line(text: object) -> str:
    """Return a text without line breaks, control characters or missing values."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return "–"
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


@cache
def _advance(character: str, bold: bool) -> float:
    """Return a character's width in units of the type size."""
    glyph = packaged_font(bold).load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / 100


@cache
def _labels() -> dict[str, dict[str, str]]:
    with data_path("figure_labels.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


@cache
def _scales(unit: str, language: str) -> list[tuple[float, float, str]]:
    """Return (smallest value, divisor, label) of a unit, from small to large."""
    with data_path("figure_units.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (float(row["at_least"]), float(row["divisor"]), row["label"])
            for row in csv.DictReader(file)
            if row["unit"] == unit and row["language"] == language
        ]
    return rows if rows and rows[0][0] == 0 else [(0.0, 1.0, unit), *rows]
