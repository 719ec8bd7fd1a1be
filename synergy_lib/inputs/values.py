"""Turn typed cells into numbers, flags, choices and text, collecting what fails."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from numbers import Real

import numpy as np
import pandas as pd

from synergy_lib.errors import Problem, nearest, quote

__all__ = [
    "MISSING_TOKENS",
    "is_blank",
    "normalised",
    "parse_number",
    "to_choice",
    "to_flag",
    "to_number",
    "to_text",
    "to_year",
]

Where = Callable[[int], str]
Bound = float | str | None

# What people type where they have no figure. A zero is never among them.
MISSING_TOKENS = frozenset(
    {"", "-", "--", "—", "——", "–", "/", "\\", "无数据", "缺", "不详", "na", "n/a"}
)
_FLAGS = {
    **dict.fromkeys(("是", "有", "y", "yes", "true", "1", "1.0", "√", "✓"), 1.0),
    **dict.fromkeys(("否", "无", "n", "no", "false", "0", "0.0", "×", "✗"), 0.0),
}
_NUMBER = re.compile(
    r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d*)?|\.\d+)"
    r"(?:[eE][+-]?\d{1,3})?",
    re.ASCII,
)
# Full-width ASCII, the ideographic space and the minus sign, as typed on a Chinese
# keyboard. Not NFKC, which would also turn 10² into 102.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= {0x3000: ord(" "), 0x00A0: ord(" "), 0x2212: ord("-")}
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_QUOTATION_MARKS = str.maketrans("", "", "“”\"'‘’「」")


@lru_cache(maxsize=10_000)
def normalised(text: str) -> str:
    """Return a label reduced to what tells it from others: no width, case or spaces.

    Examples
    --------
    >>> normalised("外购热力（蒸汽） ") == normalised("外购热力(蒸汽)")
    True
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTATION_MARKS).casefold()
    # Folding can bring out new compatibility characters and spaces.
    plain = unicodedata.normalize("NFKC", plain)
    return _INVISIBLE.sub("", "".join(plain.split()))


def is_blank(cell: object) -> bool:
    """Tell whether a cell holds nothing, or only a sign that there is no figure."""
    if cell is None:
        return True
    if isinstance(cell, str):
        return cell.translate(_HALF_WIDTH).strip().lower() in MISSING_TOKENS
    return isinstance(cell, float) and math.isnan(cell)


def parse_number(cell: object) -> float | None:
    """Return a cell as a number, NaN where it is blank, None where it is something else.

    Examples
    --------
    >>> parse_number("１，234.5"), parse_number(" -3e2 "), parse_number("—")
    (1234.5, -300.0, nan)
    >>> [parse_number(cell) for cell in ("12,34", "12 t", "inf", True, "10²")]
    [None, None, None, None, None]
    """
    if type(cell) is float:  # nearly every cell: an infinity stands for no number
        return None if math.isinf(cell) else cell
    if isinstance(cell, bool | np.bool_):
        return None
    if is_blank(cell):
        return float("nan")
    if isinstance(cell, str):
        text = cell.translate(_HALF_WIDTH).strip()
        if not _NUMBER.fullmatch(text):
            return None
        cell = float(text.replace(",", "").replace(" ", ""))
    if not isinstance(cell, Real):
        return None
    number = float(cell)
    return number if math.isfinite(number) else None


def to_text(raw: pd.Series) -> pd.Series:
    """Return cells as text on one line, None where there is none.

    Whole numbers lose their ``.0``; characters that cannot be seen are dropped.
    """
    texts: dict[tuple[type, object], str | None] = {}
    found = []
    for cell in raw:
        key = (type(cell), cell)
        if key not in texts:
            texts[key] = _text(cell)
        found.append(texts[key])
    return pd.Series(found, index=raw.index, dtype=object)


def to_number(
    raw: pd.Series,
    where: Where,
    minimum: Bound = None,
    maximum: Bound = None,
    *,
    factor: float | pd.Series = 1.0,
) -> tuple[pd.Series, list[Problem]]:
    """Return cells as numbers within bounds, and a problem for each that is not.

    Parameters
    ----------
    raw : pandas.Series
        Cells as read; text such as ``"1,234.5"`` is understood.
    where : callable
        From a row label to the location named in a problem.
    minimum, maximum : float or str, optional
        Inclusive bounds after conversion; None or empty for none.
    factor : float or pandas.Series
        What the cells are multiplied with, one for all or one a row. [-]

    Returns
    -------
    tuple of (pandas.Series, list of Problem)
        float64, NaN where the cell is blank (:data:`MISSING_TOKENS`) or wrong.
    """
    parsed = [parse_number(cell) for cell in raw]
    typed = pd.Series(
        [np.nan if number is None else number for number in parsed],
        index=raw.index,
        dtype="float64",
    )
    wrong = pd.Series(
        [number is None for number in parsed], index=raw.index, dtype=bool
    )
    problems = [
        Problem(where(int(row)), _not_a_number(raw[row]), "数值，缺失请留空")
        for row in raw.index[wrong]
    ]
    numbers = typed * factor
    low, high = _bound(minimum, -np.inf), _bound(maximum, np.inf)
    outside = numbers.notna() & ~numbers.between(low, high)
    problems += [
        Problem(
            where(int(row)),
            _out_of_range(float(typed[row]), float(numbers[row])),
            _range_text(low, high),
        )
        for row in raw.index[outside]
    ]
    return numbers.mask(wrong | outside), problems


def to_year(raw: pd.Series, where: Where) -> tuple[pd.Series, list[Problem]]:
    """Return cells as whole years (float64, NaN where wrong), and the problems."""
    parsed = [parse_number(cell) for cell in raw]
    years = pd.Series(
        [np.nan if number is None else number for number in parsed],
        index=raw.index,
        dtype="float64",
    )
    wrong = ~years.between(1990, 2100) | (years % 1 != 0)
    problems = [
        Problem(where(int(row)), f"年份{_shown(raw[row])}无效", "1990–2100 的四位年份")
        for row in raw.index[wrong]
    ]
    return years.mask(wrong), problems


def to_flag(raw: pd.Series, where: Where) -> tuple[pd.Series, list[Problem]]:
    """Return yes/no cells as 1.0, 0.0 or NaN, and the problems."""
    text = to_text(raw)
    flags = text.map(lambda cell: _FLAGS.get(str(cell).lower())).astype("float64")
    wrong = flags.isna() & ~text.map(is_blank).astype(bool)
    problems = [
        Problem(where(int(row)), f"{_shown(raw[row])}不是“是/否”", "是 或 否")
        for row in raw.index[wrong]
    ]
    return flags, problems


def to_choice(
    raw: pd.Series, where: Where, choices: Sequence[str]
) -> tuple[pd.Series, list[Problem]]:
    """Return cells that hold one of a list of terms, and the problems.

    Width, case and spaces are overlooked; what is returned is the term of the list.
    """
    terms = {normalised(choice): choice for choice in choices}
    text = to_text(raw)
    found = text.map(lambda cell: terms.get(normalised(str(cell)))).astype(object)
    wrong = found.isna() & ~text.map(is_blank).astype(bool)
    problems = [
        Problem(
            where(int(row)),
            f"{_shown(raw[row])}不在可选项中",
            "、".join(choices),
            nearest(str(text[row]), choices),
        )
        for row in raw.index[wrong]
    ]
    return found.where(found.notna(), None), problems


def _text(cell: object) -> str | None:
    """Return one cell as text on one line, None where there is none."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = _INVISIBLE.sub("", " ".join(str(cell).split()))
    return " ".join(text.split()) or None


def _shown(cell: object) -> str:
    """Return a cell in quotation marks, much as Excel shows it."""
    if isinstance(cell, bool):
        return quote(str(cell).upper())
    if isinstance(cell, float) and cell.is_integer():
        return quote(int(cell))
    return quote("" if cell is None else cell)


def _not_a_number(cell: object) -> str:
    """Return why a cell is no number."""
    if isinstance(cell, bool):
        return f"{_shown(cell)}是逻辑值，不是数值"
    if isinstance(cell, date | time | timedelta):
        return f"{_shown(cell)}是日期或时间，不是数值"
    return f"{_shown(cell)}不是数值"


def _out_of_range(typed: float, number: float) -> str:
    """Return what is outside the bounds, as typed and as converted."""
    converted = "" if typed == number else f"（换算后 {number:g}）"
    return (
        f"负值 {typed:g}{converted}" if typed < 0 else f"{typed:g}{converted} 超出范围"
    )


def _bound(value: Bound, default: float) -> float:
    """Return a bound as a number, the default where there is none."""
    return default if value is None or value == "" else float(value)


def _range_text(low: float, high: float) -> str:
    """Return bounds as a person would say them."""
    if np.isfinite(low) and np.isfinite(high):
        return f"{low:g}–{high:g}"
    if low == 0:
        return "不小于 0 的数"
    return f"≥ {low:g}" if np.isfinite(low) else f"≤ {high:g}"
