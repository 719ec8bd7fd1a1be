"""Tables of the park's totals, scores, monitoring and data problems."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    colour_name,
    format_change,
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.narrative.certainty import is_grade_unsure
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import named_rows, tag_note
from synergy_lib.schema import column_label

__all__ = [
    "table_grade_counts",
    "table_indicator_statistics",
    "table_issue_counts",
    "table_monitoring",
    "table_ranking",
    "table_red",
    "table_suspect_values",
    "table_totals",
]


def table_totals(data: ParkSlice) -> ReportTable:
    """Return park sums by year and how many enterprises stand behind the last."""
    language = data.meta["language"]
    years = sorted(data.totals["year"].unique())
    wide = data.totals.pivot(index="quantity", columns="year", values="total")
    last = data.totals[data.totals["year"] == years[-1]].set_index("quantity")
    rows: list[list[Cell]] = []
    for quantity in data.totals["quantity"].unique():
        if wide.loc[quantity].isna().all():
            continue
        reporting = last.loc[quantity, "reporting"]
        missing = last.loc[quantity, "missing"]
        rows.append(
            [
                column_label(quantity, language),
                *(format_number(wide.loc[quantity, year]) for year in years),
                f"{reporting:.0f} / {reporting + missing:.0f}",
            ]
        )
    columns = [
        Column("quantity", text(language, "项目", "Quantity"), width=3.8),
        *(Column(str(y), str(int(y)), align="right", width=1.5) for y in years),
        Column(
            "reporting",
            text(language, "有数据 / 在册", "Reporting"),
            align="right",
            width=1.4,
        ),
    ]
    notes = [
        text(
            language,
            "合计只含有数据的企业；最后一列为本年有数据企业数与在册企业数。缺失不按零计，"
            "有缺失的年份合计偏低。",
            "Sums of enterprises with data; the last column says how many. Missing is "
            "not zero, so sums with gaps are too low.",
        )
    ]
    return ReportTable(text(language, "园区总量", "Park totals"), columns, rows, notes)


def table_grade_counts(data: ParkSlice) -> ReportTable:
    """Return how many enterprises have each grade and colour."""
    language = data.meta["language"]
    table = pd.crosstab(data.enterprises["grade"], data.enterprises["colour"])
    colours = [c for c in ("green", "yellow", "red", "grey") if c in table]
    grades = [
        g for g in ("优", "良", "中", "合格", "待提升", "数据不足") if g in table.index
    ]
    rows: list[list[Cell]] = [
        [
            grade_name(grade, language),
            *(format_number(table.loc[grade, colour], 0) for colour in colours),
            format_number(table.loc[grade, colours].sum(), 0),
        ]
        for grade in grades
    ]
    total = [format_number(table[colour].sum(), 0) for colour in colours]
    rows.append(
        [
            text(language, "合计", "Total"),
            *total,
            format_number(len(data.enterprises), 0),
        ]
    )
    columns = [
        Column("grade", text(language, "等级", "Grade")),
        *(Column(c, colour_name(c, language), align="right") for c in colours),
        Column("total", text(language, "合计", "Total"), align="right"),
    ]
    return ReportTable(
        text(language, "等级与三色分布（企业数）", "Grades and colours (enterprises)"),
        columns,
        rows,
    )


def table_red(data: ParkSlice) -> ReportTable:
    """Return the red enterprises and why each is red."""
    language = data.meta["language"]
    red = data.enterprises[data.enterprises["colour"] == "red"]
    rows = [
        [
            str(row.enterprise_id),
            str(row.enterprise_name),
            format_number(row.overall, 1),
            grade_name(row.grade, language),
            str(row.colour_reasons),
        ]
        for row in named_rows(red.sort_values("overall", kind="stable"))
    ]
    columns = [
        Column("id", text(language, "编号", "Id"), width=1),
        Column("name", text(language, "企业", "Enterprise"), width=2.6),
        Column("score", text(language, "得分", "Score"), align="right", width=0.8),
        Column("grade", text(language, "等级", "Grade"), align="center", width=1),
        Column("reasons", text(language, "红色的原因", "Why red"), width=6),
    ]
    return ReportTable(text(language, "红色企业及原因", "Red and why"), columns, rows)


def table_ranking(data: ParkSlice) -> ReportTable:
    """Return every enterprise with rank, interval, score, change, grade, colour."""
    language = data.meta["language"]
    ordered = data.enterprises.sort_values(
        ["rank", "enterprise_id"], na_position="last", kind="stable"
    )
    rows = [
        [
            format_number(row.rank, 0),
            format_range(row.rank_low, row.rank_high, 0),
            str(row.enterprise_id),
            str(row.enterprise_name),
            format_number(row.overall, 1),
            format_change(row.change),
            _marked_grade(row, data),
            colour_name(row.colour, language),
            format_percent(row.colour_probability, 0),
            format_number(row.co2e_t),
        ]
        for row in named_rows(ordered)
    ]
    columns = [
        Column("rank", text(language, "排名", "Rank"), align="right", width=0.8),
        Column(
            "interval",
            text(language, "90% 区间", "90 % int."),
            align="right",
            width=1.2,
        ),
        Column("id", text(language, "编号", "Id"), width=1.1),
        Column("name", text(language, "企业", "Enterprise"), width=3.2),
        Column("score", text(language, "得分", "Score"), align="right"),
        Column("change", text(language, "变化", "Change"), align="right"),
        Column("grade", text(language, "等级", "Grade"), align="center"),
        Column("colour", text(language, "三色", "Colour"), align="center"),
        Column("probability", text(language, "概率", "Prob."), align="right"),
        Column("co2e", text(language, "碳排放", "CO2e"), "tCO2e", "right", 1.4),
    ]
    notes = [
        text(
            language,
            "排名按未取整的得分，同分同名次；区间重叠的企业不宜按名次先后区分。"
            "概率是该颜色在全部抽取中出现的比例，未通过红色否决项的企业没有概率；"
            f"※ 等级的概率低于 {format_percent(data.meta['colour_threshold'], 0)}。",
            "Ranked before rounding, ties share a rank; enterprises whose intervals "
            "overlap should not be told apart by rank. Probability: share of the draws "
            "with that colour, none where a gate failed; ※ the grade's probability is "
            f"below {format_percent(data.meta['colour_threshold'], 0)}.",
        )
    ]
    return ReportTable(text(language, "企业排名", "Ranking"), columns, rows, notes)


def _marked_grade(row: Any, data: ParkSlice) -> str:
    """Return the grade, with a mark where it is less probable than the park demands."""
    grade = grade_name(row.grade, data.meta["language"])
    return f"{grade} ※" if is_grade_unsure(row._asdict(), data.meta) else grade


def table_indicator_statistics(data: ParkSlice) -> ReportTable:
    """Return the distribution of each indicator over the park."""
    language = data.meta["language"]
    rows = [
        [
            str(row.code),
            str(row.name_),
            "" if is_missing(row.unit) else str(row.unit),
            format_number(row.n, 0),
            format_number(row.p10),
            format_number(row.p50),
            format_number(row.p90),
            format_number(row.baseline),
            format_number(row.benchmark),
            format_number(row.score_p50, 1),
        ]
        for row in named_rows(data.indicators)
    ]
    columns = [
        Column("code", "", width=0.7),
        Column("name", text(language, "指标", "Indicator"), width=4),
        Column("unit", text(language, "单位", "Unit"), width=1.6),
        Column("n", "n", align="right", width=0.7),
        Column("p10", "P10", align="right", width=1.2),
        Column("p50", text(language, "中位", "Median"), align="right", width=1.2),
        Column("p90", "P90", align="right", width=1.2),
        Column("baseline", text(language, "60 分", "60"), align="right", width=1.2),
        Column("benchmark", text(language, "100 分", "100"), align="right", width=1.2),
        Column(
            "score",
            text(language, "中位得分", "Median score"),
            align="right",
            width=1.2,
        ),
    ]
    return ReportTable(
        text(language, "各指标在园区内的分布", "Indicators over the park"),
        columns,
        rows,
        [tag_note(language)],
    )


def table_monitoring(data: ParkSlice) -> ReportTable:
    """Return the park's own monitoring results."""
    language = data.meta["language"]
    table = data.monitoring
    for name in ("month", "limit"):
        table = table if name in table else table.assign(**{name: math.nan})
    has_limits = table["limit"].notna().any()
    rows = [
        [
            str(row.indicator),
            _period(row.year, row.month),
            format_number(row.value),
            *([format_number(row.limit)] if has_limits else []),
            str(row.unit),
            format_number(row.points, 0),
            "" if is_missing(row.note) else str(row.note),
        ]
        for row in named_rows(table)
    ]
    period = text(language, "时期", "Period")
    year = text(language, "年份", "Year")
    limit = Column("limit", text(language, "限值", "Limit"), align="right")
    columns = [
        Column("indicator", text(language, "指标", "Indicator"), width=2),
        Column("period", period if table["month"].notna().any() else year),
        Column("value", text(language, "数值", "Value"), align="right"),
        *([limit] if has_limits else []),
        Column("unit", text(language, "单位", "Unit")),
        Column("points", text(language, "点位数", "Points"), align="right"),
        Column("note", text(language, "说明", "Note"), width=4),
    ]
    return ReportTable(text(language, "园区环境监测", "Park monitoring"), columns, rows)


def _period(year: float, month: float) -> str:
    """Return a year, or a month as in 2024-03."""
    return f"{year:.0f}" if is_missing(month) else f"{year:.0f}-{month:02.0f}"


def table_issue_counts(data: ParkSlice) -> ReportTable:
    """Return how many values each rule pointed at."""
    language = data.meta["language"]
    severity = {
        "suspect": text(language, "存疑（未采用）", "suspect (not used)"),
        "warning": text(language, "核实（已采用）", "check (used)"),
        "gap": text(language, "缺失", "missing"),
    }
    counts = (
        data.issues.groupby(["severity", "rule"])
        .agg(values=("rule", "size"), enterprises=("enterprise_id", "nunique"))
        .reset_index()
    )
    rows = [
        [
            severity.get(row.severity, row.severity),
            _rule_name(row.rule),
            str(row.values_),
            str(row.enterprises),
        ]
        for row in named_rows(counts.rename(columns={"values": "values_"}))
    ]
    columns = [
        Column("severity", text(language, "类别", "Kind"), width=2),
        Column("rule", text(language, "规则", "Rule"), width=5),
        Column("values", text(language, "数值个数", "Values"), align="right"),
        Column("enterprises", text(language, "涉及企业", "Enterprises"), align="right"),
    ]
    return ReportTable(text(language, "数据问题统计", "Data problems"), columns, rows)


def table_suspect_values(data: ParkSlice) -> ReportTable:
    """Return each value that was set aside, with its cell."""
    language = data.meta["language"]
    suspects = data.issues[data.issues["severity"] == "suspect"]
    rows = [
        [
            str(row.enterprise_id),
            "–" if is_missing(row.year) else f"{row.year:.0f}",
            str(row.cell),
            str(row.message),
            format_number(row.value) if not isinstance(row.value, str) else row.value,
        ]
        for row in named_rows(suspects)
    ]
    columns = [
        Column("id", text(language, "企业编号", "Enterprise"), width=1),
        Column("year", text(language, "年份", "Year"), width=0.8),
        Column("cell", text(language, "位置", "Cell"), width=2),
        Column("message", text(language, "问题", "Problem"), width=5),
        Column("value", text(language, "填报值", "Value"), align="right", width=1.5),
    ]
    return ReportTable(
        text(language, "存疑未采用的数值", "Values set aside"), columns, rows
    )


def _rule_name(rule: str) -> str:
    """Return the sentence of a validation rule."""
    from synergy_lib.inputs.rules import rule_message

    return rule_message(rule)
