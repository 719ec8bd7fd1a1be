"""Tables of scores: dimensions, indicators, years, changes, gates."""

from __future__ import annotations

from typing import Any

from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    colour_name,
    format_change,
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    tagged,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice
from synergy_lib.reporting.tables.rows import named_rows, tag_note

__all__ = [
    "table_changes",
    "table_dimensions",
    "table_gates",
    "table_history",
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
            "得分 0–100；数据完整为可评指标权重占比，低于 60% 的维度不单独评判。"
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
        value = format_number(row.value)
        if is_missing(row.value):
            value = text(language, "不可评", "n/a")
        rows.append(
            [
                str(row.code),
                str(row.name_),
                "" if is_missing(row.unit) else str(row.unit),
                value,
                format_number(row.previous_value),
                _anchor(row.baseline, row.tag),
                _anchor(row.benchmark, row.tag),
                format_number(row.peer_p50),
                format_number(row.score, 1),
                format_number(row.weight, 0),
            ]
        )
    columns = [
        Column("code", "", width=0.7),
        Column("name", text(language, "指标", "Indicator"), width=4.4),
        Column("unit", text(language, "单位", "Unit"), width=1.7),
        Column("value", text(language, "本年", "Value"), align="right", width=1.4),
        Column("previous", text(language, "上年", "Before"), align="right", width=1.4),
        Column("baseline", text(language, "60 分", "60"), align="right", width=1.5),
        Column("benchmark", text(language, "100 分", "100"), align="right", width=1.5),
        Column(
            "median", text(language, "园区中位", "Median"), align="right", width=1.4
        ),
        Column("score", text(language, "得分", "Score"), align="right", width=1.1),
        Column("weight", text(language, "权重", "Weight"), align="right", width=0.9),
    ]
    reasons = [
        f"{row.code} {row.reason}"
        for row in named_rows(data.indicators)
        if not is_missing(row.reason) and row.reason
    ]
    notes = [tag_note(language)]
    if reasons:
        head = text(language, "不可评的原因：", "Why not assessed: ")
        notes.append(head + "；".join(reasons) + "。")
    caption = text(language, "指标明细", "All indicators")
    return ReportTable(caption, columns, rows, notes)


def table_history(data: EnterpriseSlice) -> ReportTable:
    """Return overall score, grade, colour and rank by year."""
    language = data.meta["language"]
    rows = [
        [
            str(int(row.year)),
            format_number(row.overall, 1),
            grade_name(row.grade, language),
            colour_name(row.colour, language),
            f"{format_number(row.rank, 0)} / {format_number(row.ranked_count, 0)}"
            if not is_missing(row.rank)
            else "–",
            format_percent(row.coverage, 0),
        ]
        for row in named_rows(data.history)
    ]
    columns = [
        Column("year", text(language, "年份", "Year")),
        Column("overall", text(language, "综合得分", "Overall"), align="right"),
        Column("grade", text(language, "等级", "Grade"), align="center"),
        Column("colour", text(language, "三色", "Colour"), align="center"),
        Column("rank", text(language, "排名", "Rank"), align="right"),
        Column("coverage", text(language, "数据完整", "Coverage"), align="right"),
    ]
    notes = [
        text(
            language,
            "各年使用同一指标体系、同一权重和冻结于基准年的锚点，年度之间可比。",
            "All years use the same scheme, weights and anchors frozen at the base "
            "year, so years compare.",
        )
    ]
    return ReportTable(
        text(language, "历年得分、等级与排名", "Scores, grades and ranks"),
        columns,
        rows,
        notes,
    )


def table_changes(data: EnterpriseSlice, limit: int = 10) -> ReportTable:
    """Return the indicators that moved the score most since last year."""
    language = data.meta["language"]
    ordered = data.changes.reindex(
        data.changes["contribution"].abs().sort_values(ascending=False).index
    )
    moved = ordered[ordered["contribution"].abs() > 0]
    rows = [
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


def table_gates(data: EnterpriseSlice) -> ReportTable:
    """Return the gates and whether each is passed."""
    language = data.meta["language"]
    names = {
        "pass": text(language, "通过", "passed"),
        "fail": text(language, "未通过", "failed"),
        "unknown": text(language, "未填报", "not reported"),
    }
    rows: list[list[Cell]] = [
        [
            f"{row.code} {row.name_}",
            {"text": names[row.state], "bold": row.state == "fail"},
        ]
        for row in named_rows(data.gates)
    ]
    columns = [
        Column("gate", text(language, "否决项", "Gate"), width=4),
        Column("state", text(language, "结果", "Result"), align="center"),
    ]
    return ReportTable(text(language, "一票否决项", "Gates"), columns, rows)


def _difference(later: Any, earlier: Any) -> float | None:
    if is_missing(later) or is_missing(earlier):
        return None
    return float(later) - float(earlier)


def _anchor(value: Any, tag: Any) -> str:
    return "–" if is_missing(value) else tagged(format_number(value), tag)
