"""Numbers and labels as a reader sees them; rounding happens here and nowhere else."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

__all__ = [
    "COLOUR_NAMES",
    "GRADE_NAMES",
    "MISSING",
    "LIST_NAMES",
    "STAGE_NAMES",
    "colour_name",
    "format_change",
    "format_exact",
    "format_number",
    "format_percent",
    "format_range",
    "grade_name",
    "is_missing",
    "tagged",
    "text",
]

MISSING = "–"
_MINUS = "−"

COLOUR_NAMES = {
    "red": ("红", "red"),
    "yellow": ("黄", "yellow"),
    "green": ("绿", "green"),
    "grey": ("灰", "grey"),
}
GRADE_NAMES = {
    "优": "excellent",
    "良": "good",
    "中": "fair",
    "合格": "pass",
    "待提升": "to improve",
    "数据不足": "too few data",
}
LIST_NAMES = {
    "carbon": ("重点碳排放单位", "Key carbon emitters"),
    "pollutant": ("重点排污单位", "Key pollution sources"),
    "energy": ("重点用能单位", "Key energy users"),
}
STAGE_NAMES = {
    "source": ("源头", "source"),
    "process": ("过程", "process"),
    "recycling": ("循环", "recycling"),
    "end_of_pipe": ("末端", "end of pipe"),
    "management": ("管理", "management"),
}


def text(language: str, zh: str, en: str) -> str:
    """Return the text in the language asked for."""
    return zh if language == "zh" else en


def is_missing(value: Any) -> bool:
    """Tell whether a value is missing (None, NaN, NA)."""
    return value is None or bool(pd.isna(value))


def format_number(value: Any, digits: int | None = None) -> str:
    """Return a number with thousands separators, or a dash where it is missing.

    Parameters
    ----------
    value : float or None
    digits : int, optional
        Decimals; by default about three significant figures below 100 and none
        above.

    Examples
    --------
    >>> format_number(12345.6), format_number(0.04567), format_number(None)
    ('12,346', '0.0457', '–')
    >>> format_number(-3.0, 1)
    '−3.0'
    """
    if is_missing(value):
        return MISSING
    number = float(value)
    if math.isinf(number):
        return "∞" if number > 0 else f"{_MINUS}∞"
    if digits is None:
        digits = _digits(number)
    shown = f"{abs(number):,.{digits}f}"
    is_zero = not any(character in "123456789" for character in shown)
    return f"{_MINUS}{shown}" if number < 0 and not is_zero else shown


def format_exact(value: Any) -> str:
    """Return a published number as it stands in its source, at most six decimals.

    Examples
    --------
    >>> format_exact(13590.0), format_exact(0.5422), format_exact(None)
    ('13,590', '0.5422', '–')
    """
    if is_missing(value) or math.isinf(value):
        return format_number(value)
    decimals = f"{abs(float(value)):.6f}".split(".")[1].rstrip("0")
    return format_number(value, len(decimals))


def format_change(value: Any, digits: int = 1) -> str:
    """Return a signed number.

    Examples
    --------
    >>> format_change(2.345), format_change(-2.0), format_change(0.01)
    ('+2.3', '−2.0', '0.0')
    """
    shown = format_number(value, digits)
    if is_missing(value) or shown.startswith(_MINUS):
        return shown
    return (
        f"+{shown}" if any(character in "123456789" for character in shown) else shown
    )


def format_percent(fraction: Any, digits: int = 1, *, signed: bool = False) -> str:
    """Return a fraction as a percentage.

    Examples
    --------
    >>> format_percent(0.4194), format_percent(-0.238, signed=True)
    ('41.9%', '−23.8%')
    """
    if is_missing(fraction):
        return MISSING
    form = format_change if signed else format_number
    return f"{form(float(fraction) * 100, digits)}%"


def format_range(low: Any, high: Any, digits: int | None = None) -> str:
    """Return a range, one number if both ends print alike, a dash if missing.

    Examples
    --------
    >>> format_range(120, 340), format_range(5, 5), format_range(None, 3)
    ('120 ~ 340', '5.00', '–')
    """
    if is_missing(low) or is_missing(high):
        return MISSING
    if digits is None:
        digits = _digits(max(abs(float(low)), abs(float(high))))
    ends = format_number(low, digits), format_number(high, digits)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} ~ {ends[1]}"


def grade_name(grade: Any, language: str) -> str:
    """Return the name of a grade in a language."""
    if is_missing(grade):
        return MISSING
    return str(grade) if language == "zh" else GRADE_NAMES.get(str(grade), str(grade))


def colour_name(colour: Any, language: str) -> str:
    """Return the name of a colour in a language."""
    if is_missing(colour):
        return MISSING
    names = COLOUR_NAMES.get(str(colour))
    return names[0 if language == "zh" else 1] if names else str(colour)


def tagged(label: str, tag: Any) -> str:
    """Return a label with the mark of a proposed or unverified number.

    Examples
    --------
    >>> tagged("0.95", "P"), tagged("0.95", "")
    ('0.95 [P]', '0.95')
    """
    return f"{label} [{tag}]" if not is_missing(tag) and tag in ("P", "GK") else label


def _digits(number: float) -> int:
    """Return the decimals that show about three significant figures."""
    size = abs(number)
    if size >= 100 or size == 0:
        return 0
    if size >= 10:
        return 1
    if size >= 1:
        return 2
    return min(2 - math.floor(math.log10(size)), 6)
