"""Tables of the three lists, techniques, planned projects and published cases."""

from __future__ import annotations

from typing import Any

from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    LIST_NAMES,
    STAGE_NAMES,
    format_exact,
    format_number,
    format_range,
    is_missing,
    text,
)
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import named_rows, tag_note
from synergy_lib.schema import column_label, load_columns

__all__ = [
    "table_cases",
    "table_list_members",
    "table_projects",
    "table_technique_potential",
]


def table_list_members(data: ParkSlice, kind: str) -> ReportTable:
    """Return the units of one of the three lists: carbon, pollutant or energy."""
    language = data.meta["language"]
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
                str(load_columns().loc[column, "unit"]),
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
    return ReportTable(text(language, *LIST_NAMES[kind]), columns, rows, notes)


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
        Column("n", text(language, "可估算企业", "Estimated"), align="right"),
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
        text(language, "企业计划与已完成的项目", "Projects planned and carried out"),
        columns,
        rows,
    )


def table_cases(data: ParkSlice) -> ReportTable:
    """Return published figures of real cases, with source and check."""
    language = data.meta["language"]
    rows = [
        [
            str(row.case_id),
            f"{row.case_zh}（{row.place}）：{row.quantity_zh}",
            f"{row.comparison} {format_exact(row.value)}".strip(),
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
        unit = "" if is_missing(row.recomputed_unit) else str(row.recomputed_unit)
        parts.append(f"{format_exact(row.recomputed)} {unit}".strip())
    if not is_missing(row.check_note) and row.check_note:
        parts.append(str(row.check_note))
    return "；".join(parts)
