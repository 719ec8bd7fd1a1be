"""Tables of the park's annual report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    STAGE_NAMES,
    colour_name,
    format_change,
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import named_rows, tag_note
from synergy_lib.schema import column_label, load_columns

__all__ = [
    "table_cases",
    "table_grade_counts",
    "table_indicator_statistics",
    "table_issue_counts",
    "table_list_members",
    "table_monitoring",
    "table_projects",
    "table_ranking",
    "table_suspect_values",
    "table_technique_potential",
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
            grade_name(row.grade, language),
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
            "概率为所示颜色（灰色时为最可能颜色）在权重扰动下出现的比例。",
            "Ranked before rounding, ties share a rank; enterprises whose intervals "
            "overlap should not be told apart by rank. Probability of the colour under "
            "perturbed weights.",
        )
    ]
    return ReportTable(text(language, "企业排名", "Ranking"), columns, rows, notes)


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


def table_list_members(data: ParkSlice, kind: str) -> ReportTable:
    """Return the units of one of the three lists: carbon, pollutant or energy."""
    language = data.meta["language"]
    captions = {
        "carbon": text(language, "重点碳排放单位", "Key carbon emitters"),
        "pollutant": text(language, "重点排污单位", "Key pollution sources"),
        "energy": text(language, "重点用能单位", "Key energy users"),
    }
    shown = {
        "carbon": ["co2e_t"],
        "pollutant": ["cod_kg", "nh3n_kg", "vocs_kg"],
        "energy": ["energy_tce"],
    }[kind]
    shown = [column for column in shown if column in data.lists]
    members = data.lists[data.lists["list"] == kind]
    if shown:
        members = members.sort_values(shown[0], ascending=False, kind="stable")
    rows = [
        [
            str(row["enterprise_id"]),
            str(row["enterprise_name"]),
            *(format_number(row[column]) for column in shown),
            text(language, "是", "yes") if row["is_statutory"] else "",
            text(language, "是", "yes") if row["is_key_control"] else "",
            str(row["criterion"]),
        ]
        for _, row in members.iterrows()
    ]
    columns = [
        Column("id", text(language, "编号", "Id"), width=0.9),
        Column("name", text(language, "企业", "Enterprise"), width=2.4),
        *(
            Column(
                column,
                column_label(column, language, with_unit=False),
                load_columns().loc[column, "unit"],
                "right",
                1.4,
            )
            for column in shown
        ),
        Column(
            "statutory", text(language, "法定", "Statutory"), align="center", width=0.7
        ),
        Column("key", text(language, "三单", "All three"), align="center", width=0.7),
        Column("criterion", text(language, "入列依据", "Criterion"), width=4.4),
    ]
    notes = [
        text(
            language,
            "“三单”为同时列入三张清单的重点管控企业。",
            "“All three”: on all lists, for key control.",
        ),
        tag_note(language),
    ]
    return ReportTable(captions[kind], columns, rows, notes)


def table_technique_potential(data: ParkSlice) -> ReportTable:
    """Return what each technique may bring over the park."""
    language = data.meta["language"]
    rows = []
    for row in named_rows(data.measures):
        stage = STAGE_NAMES.get(str(row.stage), (str(row.stage), str(row.stage)))
        rows.append(
            [
                str(row.technique_id),
                str(row.name_),
                stage[0 if language == "zh" else 1],
                format_number(row.enterprises, 0),
                format_range(row.co2e_low_t, row.co2e_high_t),
                format_number(row.co2e_mode_t),
                str(row.evidence),
            ]
        )
    columns = [
        Column("id", text(language, "编号", "Id"), width=0.9),
        Column("name", text(language, "技术", "Technique"), width=4),
        Column("stage", text(language, "环节", "Stage"), width=0.9),
        Column("n", text(language, "适用企业", "Enterprises"), align="right"),
        Column("range", text(language, "减碳区间", "Range"), "tCO2e/a", "right", 2.2),
        Column("mode", text(language, "最可能", "Mode"), "tCO2e/a", "right", 1.4),
        Column("evidence", text(language, "证据", "Evidence"), align="center"),
    ]
    notes = [
        text(
            language,
            "各项单独估算之和，未扣除同一对象上措施的叠加，不能相加为园区总潜力。",
            "Sums of single estimates; overlaps are not removed, so rows do not add up "
            "to a potential of the park.",
        ),
        tag_note(language),
    ]
    return ReportTable(
        text(language, "技术减碳潜力（分技术）", "Potential by technique"),
        columns,
        rows,
        notes,
    )


def table_projects(data: ParkSlice) -> ReportTable:
    """Return the measures the enterprises themselves plan."""
    language = data.meta["language"]
    rows: list[list[Cell]] = [
        [
            str(row.enterprise_name),
            str(row.measure_name),
            format_number(row.planned_year, 0).replace(",", ""),
            format_number(row.investment_10k_cny),
            format_number(row.annual_saving_10k_cny),
            format_number(row.co2e_reduction_t),
            "–" if is_missing(row.status) else str(row.status),
        ]
        for row in named_rows(data.projects)
    ]
    sums = data.projects[
        ["investment_10k_cny", "annual_saving_10k_cny", "co2e_reduction_t"]
    ].sum(min_count=1)
    rows.append(
        [
            text(language, "合计", "Total"),
            text(language, f"{len(data.projects)} 项", f"{len(data.projects)}"),
            "",
            *({"text": format_number(value), "bold": True} for value in sums),
            "",
        ]
    )
    columns = [
        Column("enterprise", text(language, "企业", "Enterprise"), width=2.6),
        Column("measure", text(language, "项目", "Project"), width=4),
        Column("year", text(language, "年份", "Year"), align="right", width=0.9),
        Column("capex", text(language, "投资", "Investment"), "万元", "right", 1.4),
        Column("saving", text(language, "年净节约", "Saving"), "万元/a", "right", 1.4),
        Column("co2e", text(language, "减碳", "CO2e"), "tCO2e/a", "right", 1.4),
        Column("status", text(language, "状态", "Status"), align="center", width=0.9),
    ]
    return ReportTable(
        text(language, "企业计划项目", "Projects planned"), columns, rows
    )


def table_monitoring(data: ParkSlice) -> ReportTable:
    """Return the park's own monitoring results."""
    language = data.meta["language"]
    rows = [
        [
            str(row.indicator),
            f"{row.year:.0f}",
            format_number(row.value),
            str(row.unit),
            format_number(row.points, 0),
            "" if is_missing(row.note) else str(row.note),
        ]
        for row in named_rows(data.monitoring)
    ]
    columns = [
        Column("indicator", text(language, "指标", "Indicator"), width=2),
        Column("year", text(language, "年份", "Year")),
        Column("value", text(language, "数值", "Value"), align="right"),
        Column("unit", text(language, "单位", "Unit")),
        Column("points", text(language, "点位数", "Points"), align="right"),
        Column("note", text(language, "说明", "Note"), width=4),
    ]
    return ReportTable(text(language, "园区环境监测", "Park monitoring"), columns, rows)


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


def table_cases(data: ParkSlice) -> ReportTable:
    """Return published figures of real cases, with source and check."""
    language = data.meta["language"]
    rows = [
        [
            str(row.case_id),
            f"{row.case_zh}（{row.place}）：{row.quantity_zh}",
            " ".join(str(x) for x in (row.comparison, row.value) if not is_missing(x)),
            "" if is_missing(row.unit) else str(row.unit),
            str(row.source_key),
            str(row.evidence),
            _case_check(row),
        ]
        for row in named_rows(data.cases)
    ]
    columns = [
        Column("id", text(language, "编号", "Id"), width=0.8),
        Column("case", text(language, "案例", "Case"), width=4.4),
        Column(
            "value", text(language, "公开数值", "Published"), align="right", width=1.5
        ),
        Column("unit", text(language, "单位", "Unit"), width=1.6),
        Column("source", text(language, "来源", "Source"), width=0.9),
        Column(
            "evidence", text(language, "证据", "Evidence"), align="center", width=0.7
        ),
        Column("check", text(language, "复算与说明", "Recomputed"), width=3.6),
    ]
    return ReportTable(
        text(language, "公开案例（真实，非本园区数据）", "Published cases (real)"),
        columns,
        rows,
    )


def _case_check(row: Any) -> str:
    """Return the recomputed figure and what is to be said about it."""
    parts = []
    if not is_missing(row.recomputed):
        unit = "" if is_missing(row.recomputed_unit) else f" {row.recomputed_unit}"
        parts.append(f"{row.recomputed}{unit}")
    if not is_missing(row.check_note):
        parts.append(str(row.check_note))
    return "；".join(parts)


def _rule_name(rule: str) -> str:
    """Return the sentence of a validation rule."""
    from synergy_lib.inputs.validation import rule_message

    return rule_message(rule)
