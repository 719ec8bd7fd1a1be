"""Tables of scores: dimensions, indicators, years, changes, gates."""

from __future__ import annotations

from typing import Any

from synergy_lib.figures.bridge import CAUSES
from synergy_lib.figures.parts.labels import words
from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    format_change,
    format_number,
    format_percent,
    format_range,
    is_missing,
    tagged,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice
from synergy_lib.reporting.tables.rows import named_rows, tag_note

__all__ = [
    "table_change_bridge",
    "table_changes",
    "table_dimensions",
    "table_indicators",
]


def table_dimensions(data: EnterpriseSlice) -> ReportTable:
    """Return the dimensions with own score, last year's and the peers' quartiles."""
    language = data.meta["language"]
    rows = [
        [
            f"{row.code} {row.name_}",
            format_number(row.weight, 0),
            format_number(row.score, 1),
            format_number(row.previous_score, 1),
            format_change(_difference(row.score, row.previous_score)),
            format_number(row.peer_p50, 1),
            format_range(row.peer_p25, row.peer_p75, 1),
            format_percent(row.coverage, 0),
        ]
        for row in named_rows(data.dimensions)
    ]
    previous = data.meta["report_year"] - 1
    share = format_percent(data.meta["coverage_dimension_minimum"], 0)
    columns = [
        Column("name", text(language, "维度", "Dimension"), width=3.4),
        Column("weight", text(language, "权重", "Weight"), align="right"),
        Column("score", text(language, "得分", "Score"), align="right"),
        Column("previous", str(previous), align="right"),
        Column("change", text(language, "变化", "Change"), align="right"),
        Column("median", text(language, "园区中位", "Park median"), align="right"),
        Column(
            "quartiles",
            text(language, "园区四分位", "Park quartiles"),
            align="right",
            width=1.8,
        ),
        Column("coverage", text(language, "数据完整", "Coverage"), align="right"),
    ]
    notes = [
        text(
            language,
            f"得分 0–100；数据完整为可评指标权重占比，低于 {share} 的维度不单独评判。"
            "同行不足规定家数时不显示分位数。",
            "Scores 0–100; coverage is the weight of the indicators that could be "
            "scored. Quantiles of too small a group are withheld.",
        )
    ]
    caption = text(language, "各维度得分与园区分布", "Dimension scores and the park")
    return ReportTable(caption, columns, rows, notes)


def table_indicators(data: EnterpriseSlice) -> ReportTable:
    """Return every indicator: value, anchors, score, weight, peers, or the reason."""
    language = data.meta["language"]
    rows: list[list[Cell]] = []
    for row in named_rows(data.indicators):
        value = format_number(row.value, 0 if row.rule == "TIER" and row.unit else None)
        if is_missing(row.value):
            value = text(language, "不可评", "n/a")
        rows.append(
            [
                str(row.code),
                str(row.name_),
                "" if is_missing(row.unit) else str(row.unit),
                str(value),
                format_number(row.previous_value),
                _anchors(row, language),
                format_number(row.peer_p50),
                format_number(row.score, 0),
                format_number(row.weight, 0),
            ]
        )
    columns = [
        Column("code", "", width=0.6),
        Column("name", text(language, "指标", "Indicator"), width=4.6),
        Column("unit", text(language, "单位", "Unit"), width=2.1),
        Column("value", text(language, "本年", "Value"), align="right", width=1.6),
        Column("previous", text(language, "上年", "Before"), align="right", width=1.2),
        Column(
            "anchors",
            text(language, "60 → 100 分", "60 → 100"),
            align="right",
            width=3,
        ),
        Column("median", text(language, "中位", "Median"), align="right", width=1.1),
        Column("score", text(language, "得分", "Score"), align="right", width=0.9),
        Column("weight", text(language, "权重", "Weight"), align="right", width=0.9),
    ]
    missing = [
        f"{row.code} {row.reason}"
        for row in named_rows(data.indicators)
        if not is_missing(row.reason) and row.reason
    ]
    notes = [
        text(
            language,
            "两锚点之间及以外按同一直线计分，限于 0–100；金额均为当年价（A4 为可比价）。"
            if data.meta["has_deflator"]
            else "两锚点之间及以外按同一直线计分，限于 0–100。",
            "One straight line through the two anchors, cut off at 0 and 100.",
        ),
        tag_note(language),
    ]
    tiers = [
        f"{row.code} {_levels(str(row.tiers), language)}"
        for row in named_rows(data.indicators)
        if not is_missing(row.tiers) and row.tiers
    ]
    if tiers:
        head = text(language, "分级计分：", "By level: ")
        notes.append(head + text(language, "。", ". ").join(tiers))
    if missing:
        head = text(language, "不可评或未评分：", "Not assessed: ")
        notes.append(head + text(language, "；", "; ").join(missing))
    caption = text(language, "指标明细", "All indicators")
    return ReportTable(caption, columns, rows, notes)


def table_changes(data: EnterpriseSlice, limit: int = 7) -> ReportTable:
    """Return the indicators that moved the score most since last year."""
    language = data.meta["language"]
    ordered = data.changes.reindex(
        data.changes["contribution"].abs().sort_values(ascending=False).index
    )
    moved = ordered[ordered["contribution"].abs() > 0]
    rows: list[list[Cell]] = [
        [
            f"{row.code} {row.name_}",
            format_number(row.previous_score, 1),
            format_number(row.score, 1),
            format_change(row.contribution, 2),
        ]
        for row in named_rows(moved.head(limit))
    ]
    rest = moved["contribution"].iloc[limit:].sum()
    if len(moved) > limit:
        rows.append(
            [
                text(language, "其余指标合计", "All others"),
                "",
                "",
                format_change(rest, 2),
            ]
        )
    rows.append(
        [
            text(language, "合计", "Total"),
            "",
            "",
            {
                "text": format_change(data.changes["contribution"].sum(), 2),
                "bold": True,
            },
        ]
    )
    columns = [
        Column("name", text(language, "指标", "Indicator"), width=4),
        Column("previous", text(language, "上年得分", "Before"), align="right"),
        Column("score", text(language, "本年得分", "Now"), align="right"),
        Column(
            "contribution",
            text(language, "对总分的贡献", "Contribution"),
            align="right",
        ),
    ]
    notes = [
        text(
            language,
            "只比较两年都可评的指标；各项贡献之和等于同口径总分变化。",
            "Only indicators scored in both years; contributions add up to the change.",
        )
    ]
    return ReportTable(
        text(language, "总分变化的来源", "What moved the score"), columns, rows, notes
    )


def table_change_bridge(data: EnterpriseSlice) -> ReportTable:
    """Return the causes of the change of score, dimensions and rank."""
    language = data.meta["language"]
    names = data.dimensions.set_index("code")["name"].to_dict()
    names |= {
        "overall": text(language, "总分", "Overall score"),
        "rank": text(language, "名次", "Rank"),
    }
    rows: list[list[Cell]] = []
    for row in data.bridge.to_dict("records"):
        digits = 0 if row["code"] == "rank" else 1
        ends = [format_number(row[end], digits) for end in ("earlier", "later")]
        parts: list[Cell] = [format_change(row[cause], 1) for cause in CAUSES]
        rows.append([str(names[row["code"]]), ends[0], *parts, ends[1]])
    columns = [
        Column("name", "", width=2.6),
        Column("earlier", text(language, "上期", "Before"), align="right"),
        *(Column(c, words(f"cause_{c}", language), align="right") for c in CAUSES),
        Column("later", text(language, "本期", "Now"), align="right"),
    ]
    notes = [
        text(
            language,
            "各原因之和等于变化：对六个原因的全部先后次序取平均（Shapley 值）。"
            "名次的正数为下降的位数。“–”为无法判断。",
            "The causes add up to the change: means over all orders of the six causes "
            "(Shapley values). Positive parts of the rank are places lost. A dash cannot "
            "be told.",
        )
    ]
    caption = text(language, "得分与名次变化的原因", "Causes of the change")
    return ReportTable(caption, columns, rows, notes)


def _difference(later: Any, earlier: Any) -> float | None:
    if is_missing(later) or is_missing(earlier):
        return None
    return float(later) - float(earlier)


def _anchors(row: Any, language: str) -> str:
    """Return the two anchors of an indicator, or how else it earns its points."""
    if is_missing(row.baseline) or is_missing(row.benchmark):
        return text(language, "分级计分", "by level")
    pair = f"{format_number(row.baseline)} → {format_number(row.benchmark)}"
    return tagged(pair, row.tag)


def _levels(tiers: str, language: str) -> str:
    """Return the points of each level as words, e.g. ``≤0.6 得 100``."""
    signs = {"<=": "≤", ">=": "≥", "=": ""}
    parts = []
    for tier in tiers.split(";"):
        value, points = tier.split(":")
        for sign, shown in signs.items():
            value = value.replace(sign, shown)
        parts.append(
            text(
                language,
                f"{value.strip()} 得 {points} 分",
                f"{value.strip()}: {points}",
            )
        )
    return text(language, "，", ", ").join(parts)
