"""Sentences on a trend that say no more than the series allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["describe_trend"]

Row = Mapping[Any, Any]

DIRECTION = {
    "zh": {"rising": "上升", "falling": "下降", "none": "无升降"},
    "en": {"rising": "rise", "falling": "fall", "none": "no change"},
}


def describe_trend(
    row: Row, *, label: str, unit: str = "", language: str = "zh"
) -> str:
    """Return one honest sentence on a row of the trend table.

    Parameters
    ----------
    row : mapping
        A row of ``trends.monotonic.trend_table``, with ``years``, the observed years.
    label, unit : str
        What the quantity is called, and its unit ("" or "1" for none).
    language : str
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        n = 1: the level; 2: a change, not a trend; 3 and 4: the direction and the
        smallest and largest yearly change, no two-sided p; n ≥ 5: the test, Sen's
        slope with its 90 % interval and, where nothing was detected, the smallest
        change that would have been.
    """
    unit = "" if unit == "1" else unit
    n = row["n"]
    writer = _WRITERS[language]
    head = f"{label}：" if language == "zh" else f"{label}: "
    if n >= 5:
        return head + writer["tested"](row, unit)
    return head + writer[str(n)](row, unit)


def _number(value: float, unit: str = "") -> str:
    """Return a number with four significant digits, and its unit."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{text} {unit}".rstrip().replace("-", "−")


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}%"


def _p(value: float) -> str:
    return "p<0.001" if value < 0.001 else f"p={value:.3f}"


def _span(row: Row, language: str) -> str:
    """Return the years covered, naming those that are missing in between."""
    first, last = int(row["first_year"]), int(row["last_year"])
    seen = {int(year) for year in row["years"]}
    gaps = [str(year) for year in range(first, last + 1) if year not in seen]
    if language == "zh":
        missing = f"（缺 {'、'.join(gaps)} 年）" if gaps else ""
        return f"{first}—{last} 年{missing}"
    missing = f" (no data for {', '.join(gaps)})" if gaps else ""
    return f"{first}–{last}{missing}"


def _move_zh(row: Row, unit: str) -> str:
    """Return from where to where, and by how much."""
    text = f"由 {_number(row['first'])} 变为 {_number(row['last'], unit)}"
    change = row["total_change"]
    if math.isnan(change):
        return f"{text}（起始值为零或负值，不计变化率）"
    word = "上升" if change > 0 else "下降"
    return f"{text}，{word} {_percent(abs(change))}" if change else f"{text}，持平"


def _move_en(row: Row, unit: str) -> str:
    text = f"from {_number(row['first'])} to {_number(row['last'], unit)}"
    change = row["total_change"]
    if math.isnan(change):
        return f"{text} (first value zero or negative: no rate of change)"
    word = "up" if change > 0 else "down"
    return f"{text}, {word} {_percent(abs(change))}" if change else f"{text}, unchanged"


def _yearly_zh(row: Row, unit: str) -> str:
    """Return the growth rate with the range it hides."""
    extent = f"期间最低 {_number(row['minimum'])}、最高 {_number(row['maximum'], unit)}"
    if math.isnan(row["cagr"]):
        yearly = (row["last"] - row["first"]) / (row["last_year"] - row["first_year"])
        return f"年均变化率无定义，年均变化量 {_number(yearly, unit)}（{extent}）"
    return f"年均变化率 {_percent(row['cagr'])}（只用首末两年；{extent}）"


def _yearly_en(row: Row, unit: str) -> str:
    extent = (
        f"lowest {_number(row['minimum'])}, highest {_number(row['maximum'], unit)}"
    )
    if math.isnan(row["cagr"]):
        yearly = (row["last"] - row["first"]) / (row["last_year"] - row["first_year"])
        return f"no growth rate; {_number(yearly, unit)} a year on average ({extent})"
    return f"{_percent(row['cagr'])} a year (first and last year only; {extent})"


def _monotone(row: Row) -> bool:
    """Say whether every year went the same way."""
    return bool(abs(row["s"]) == row["n"] * (row["n"] - 1) // 2)


def _course_zh(row: Row) -> str:
    """Return the word for the direction of a short series."""
    if row["step_low"] == row["step_high"] == 0:
        return "各年持平"
    if not _monotone(row):
        return "各年方向不一"
    complete = row["last_year"] - row["first_year"] == row["n"] - 1
    lead = "连续" if complete else "有数据的各年依次"
    return lead + DIRECTION["zh"][row["direction"]]


def _course_en(row: Row) -> str:
    if row["step_low"] == row["step_high"] == 0:
        return "the same in every year"
    if not _monotone(row):
        return "no uniform direction"
    return f"a {DIRECTION['en'][row['direction']]} from each year to the next"


def _steps(row: Row, unit: str, language: str) -> str:
    low, high = _number(row["step_low"]), _number(row["step_high"], unit)
    if language == "zh":
        return f"逐年变化量最小 {low}、最大 {high}"
    return f"yearly changes between {low} and {high}"


def _none_zh(_row: Row, _unit: str) -> str:
    return "无数据。"


def _none_en(_row: Row, _unit: str) -> str:
    return "no data."


def _one_zh(row: Row, unit: str) -> str:
    return (
        f"仅有 {int(row['first_year'])} 年一年数据（{_number(row['first'], unit)}），"
        "只能与基准比较水平，不能谈变化。"
    )


def _one_en(row: Row, unit: str) -> str:
    return (
        f"one year only, {int(row['first_year'])} ({_number(row['first'], unit)}): "
        "a level to compare with a benchmark, no change can be stated."
    )


def _two_zh(row: Row, unit: str) -> str:
    text = f"{_span(row, 'zh')}{_move_zh(row, unit)}"
    apart = row["last_year"] - row["first_year"] > 1 and not math.isnan(row["cagr"])
    rate = f"，折合年均 {_percent(row['cagr'])}" if apart else ""
    return f"{text}{rate}；只有两年数据，这是变化，不是趋势。"


def _two_en(row: Row, unit: str) -> str:
    text = f"{_move_en(row, unit)} in {_span(row, 'en')}"
    apart = row["last_year"] - row["first_year"] > 1 and not math.isnan(row["cagr"])
    rate = f", {_percent(row['cagr'])} a year" if apart else ""
    return f"{text}{rate}; two years make a change, not a trend."


def _short_zh(row: Row, unit: str) -> str:
    course = _course_zh(row)
    if row["n"] == 4 and _monotone(row):
        course += f"（单侧精确概率 {row['p_one_sided']:.3f}，仅供参考）"
    return (
        f"{_span(row, 'zh')}{course}，{_move_zh(row, unit)}；"
        f"{_steps(row, unit, 'zh')}；{_yearly_zh(row, unit)}。"
        f"仅 {row['n']} 年数据，样本年数不足以做显著性判断。"
    )


def _short_en(row: Row, unit: str) -> str:
    course = _course_en(row)
    if row["n"] == 4 and _monotone(row):
        course += f" (one-sided exact probability {row['p_one_sided']:.3f})"
    return (
        f"{course} in {_span(row, 'en')}, {_move_en(row, unit)}; "
        f"{_steps(row, unit, 'en')}; {_yearly_en(row, unit)}. "
        f"{row['n']} years are too few for a test of significance."
    )


def _slope_zh(row: Row, unit: str) -> str:
    text = (
        f"Sen 斜率每年 {_number(row['slope'], unit)}"
        f"（90% 区间 {_number(row['low'])} 至 {_number(row['high'])}"
    )
    if not math.isnan(row["relative_slope"]):
        text += f"，为中位水平的 {_percent(row['relative_slope'])}"
    return f"{text}）"


def _slope_en(row: Row, unit: str) -> str:
    text = (
        f"Sen's slope {_number(row['slope'], unit)} a year "
        f"(90% interval {_number(row['low'])} to {_number(row['high'])}"
    )
    if not math.isnan(row["relative_slope"]):
        text += f"; {_percent(row['relative_slope'])} of the median"
    return f"{text})"


def _tested_zh(row: Row, unit: str) -> str:
    if row["step_low"] == row["step_high"] == 0:
        return f"{_span(row, 'zh')}各年均为 {_number(row['first'], unit)}，没有变化。"
    kind = "正态近似" if row["method"] == "normal" else "精确"
    test = f"Mann–Kendall {kind}检验，n={row['n']}，双侧 {_p(row['p'])}"
    tail = f"{_slope_zh(row, unit)}；{_move_zh(row, unit)}，{_yearly_zh(row, unit)}。"
    if row["verdict"] != "not_detected":
        word = DIRECTION["zh"][row["verdict"]]
        return f"{_span(row, 'zh')}显著{word}（{test}）；{tail}"
    return (
        f"{_span(row, 'zh')}未检出显著趋势（{test}）；{tail}"
        "未检出不等于没有变化：按现有波动，每年变化不足约 "
        f"{_number(row['detectable'], unit)} 的趋势，{row['n']} 年数据检不出。"
    )


def _tested_en(row: Row, unit: str) -> str:
    if row["step_low"] == row["step_high"] == 0:
        return f"{_number(row['first'], unit)} in every year of {_span(row, 'en')}."
    kind = "normal approximation" if row["method"] == "normal" else "exact"
    test = f"Mann–Kendall, {kind}, n={row['n']}, two-sided {_p(row['p'])}"
    tail = f"{_slope_en(row, unit)}; {_move_en(row, unit)}; {_yearly_en(row, unit)}."
    if row["verdict"] != "not_detected":
        word = DIRECTION["en"][row["verdict"]]
        return f"a significant {word} in {_span(row, 'en')} ({test}); {tail}"
    return (
        f"no significant trend detected in {_span(row, 'en')} ({test}); {tail} "
        "Not detected is not the same as unchanged: with this scatter, "
        f"{row['n']} years cannot show a trend of less than about "
        f"{_number(row['detectable'], unit)} a year."
    )


_WRITERS = {
    "zh": {
        "0": _none_zh,
        "1": _one_zh,
        "2": _two_zh,
        "3": _short_zh,
        "4": _short_zh,
        "tested": _tested_zh,
    },
    "en": {
        "0": _none_en,
        "1": _one_en,
        "2": _two_en,
        "3": _short_en,
        "4": _short_en,
        "tested": _tested_en,
    },
}
