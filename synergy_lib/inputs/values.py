"""Turn typed cells into numbers, flags, choices and text, collecting what fails."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from synergy_lib.errors import Problem, nearest

__all__ = ["MISSING_TOKENS", "to_choice", "to_flag", "to_number", "to_text", "to_year"]

Where = Callable[[int], str]

# What people type where they have no figure. A zero is never among them.
MISSING_TOKENS = frozenset(
    {"", "-", "--", "—", "——", "–", "/", "\\", "无数据", "缺", "不详", "na", "n/a"}
)
_FLAGS = {
    "是": 1.0,
    "有": 1.0,
    "y": 1.0,
    "yes": 1.0,
    "true": 1.0,
    "1": 1.0,
    "1.0": 1.0,
    "否": 0.0,
    "无": 0.0,
    "n": 0.0,
    "no": 0.0,
    "false": 0.0,
    "0": 0.0,
    "0.0": 0.0,
}


def to_text(raw: pd.Series) -> pd.Series:
    """Return cells as stripped text; whole numbers lose their ``.0``; blank is None."""

    def convert(cell: object) -> str | None:
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = "" if cell is None or _is_nan(cell) else str(cell).strip()
        return text or None

    return raw.map(convert).astype(object)


def to_number(
    raw: pd.Series, where: Where, minimum: str = "", maximum: str = ""
) -> tuple[pd.Series, list[Problem]]:
    """Return cells as numbers within bounds, and a problem for each that is not.

    Parameters
    ----------
    raw : pandas.Series
        Cells as read; text such as ``"1,234.5"`` is understood.
    where : callable
        From a row label to the location named in a problem.
    minimum, maximum : str
        Inclusive bounds as in ``data/columns.csv``; empty for none.

    Returns
    -------
    tuple of (pandas.Series, list of Problem)
        float64, NaN where the cell is blank (:data:`MISSING_TOKENS`) or wrong.
    """
    text = raw.map(lambda cell: "" if cell is None else str(cell).strip())
    blank = text.str.lower().isin(MISSING_TOKENS)
    plain = text.str.replace(r"[,，\s]", "", regex=True).mask(blank)
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    numbers = numbers.mask(~np.isfinite(numbers))
    is_bool = raw.map(lambda cell: isinstance(cell, bool))
    wrong = (numbers.isna() & ~blank) | is_bool
    problems = [
        Problem(where(int(row)), f"“{text[row]}”不是数值", "数值，缺失请留空")
        for row in raw.index[wrong]
    ]
    low = float(minimum) if minimum else -np.inf
    high = float(maximum) if maximum else np.inf
    outside = numbers.notna() & ~numbers.between(low, high)
    problems += [
        Problem(
            where(int(row)),
            f"{numbers[row]:g} 超出范围"
            if numbers[row] >= 0
            else f"负值 {numbers[row]:g}",
            _range_text(minimum, maximum),
        )
        for row in raw.index[outside & ~wrong]
    ]
    return numbers.mask(wrong | outside), problems


def to_year(raw: pd.Series, where: Where) -> tuple[pd.Series, list[Problem]]:
    """Return cells as whole years (float64, NaN where wrong), and the problems."""
    years, problems = to_number(raw, where, "1990", "2100")
    named = {problem.where for problem in problems}
    wrong = years.isna() | (years % 1 != 0)
    problems += [
        Problem(where(int(row)), f"年份“{raw[row]}”无效", "1990–2100 的四位年份")
        for row in raw.index[wrong]
        if where(int(row)) not in named
    ]
    return years.mask(wrong), problems


def to_flag(raw: pd.Series, where: Where) -> tuple[pd.Series, list[Problem]]:
    """Return yes/no cells as 1.0, 0.0 or NaN, and the problems."""
    text = to_text(raw)
    blank = text.map(_is_blank)
    flags = text.map(lambda cell: _FLAGS.get(str(cell).lower())).astype("float64")
    problems = [
        Problem(where(int(row)), f"“{raw[row]}”不是“是/否”", "是 或 否")
        for row in raw.index[flags.isna() & ~blank]
    ]
    return flags, problems


def to_choice(
    raw: pd.Series, where: Where, choices: list[str]
) -> tuple[pd.Series, list[Problem]]:
    """Return cells that hold one of a list of terms, and the problems."""
    text = to_text(raw)
    blank = text.map(_is_blank)
    wrong = ~blank & ~text.isin(choices)
    problems = [
        Problem(
            where(int(row)),
            f"“{text[row]}”不在可选项中",
            "、".join(choices),
            nearest(str(text[row]), choices),
        )
        for row in raw.index[wrong]
    ]
    return text.mask(blank | wrong, None), problems


def _is_blank(cell: object) -> bool:
    return not isinstance(cell, str) or cell.lower() in MISSING_TOKENS


def _is_nan(cell: object) -> bool:
    return isinstance(cell, float) and np.isnan(cell)


def _range_text(minimum: str, maximum: str) -> str:
    if minimum and maximum:
        return f"{minimum}–{maximum}"
    if minimum == "0":
        return "不小于 0 的数"
    return f"≥ {minimum}" if minimum else f"≤ {maximum}"
