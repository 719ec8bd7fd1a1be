"""Tables of measures, data problems, restatements and factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    STAGE_NAMES,
    format_number,
    format_percent,
    format_range,
    is_missing,
    tagged,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.tables.rows import named_rows, tag_note
from synergy_lib.schema import column_label

__all__ = ["table_factors", "table_issues", "table_measures", "table_restatements"]


def table_measures(data: EnterpriseSlice, limit: int = 8) -> ReportTable:
    """Return the measures that fit the enterprise, with ranges and their basis."""
    language = data.meta["language"]
    rows: list[Sequence[Cell]] = []
    for row in named_rows(data.measures.head(limit)):
        stage = STAGE_NAMES.get(str(row.stage), (str(row.stage), str(row.stage)))
        payback = format_range(row.payback_low_years, row.payback_high_years, 1)
        if payback == "–":
            payback = "–" if is_missing(row.economics_note) else str(row.economics_note)
        rows.append(
            [
                str(row.name_zh if language == "zh" else row.name_en),
                stage[0 if language == "zh" else 1],
                format_range(row.co2e_low_t, row.co2e_high_t),
                format_range(row.investment_low_10k_cny, row.investment_high_10k_cny),
                payback,
                str(row.evidence),
                "" if is_missing(row.basis) else str(row.basis),
            ]
        )
    columns = [
        Column("name", text(language, "措施", "Measure"), width=2.6),
        Column("stage", text(language, "环节", "Stage"), width=0.8),
        Column("co2e", text(language, "减碳", "CO2e cut"), "tCO2e/a", "right", 1.5),
        Column("capex", text(language, "投资", "Investment"), "万元", "right", 1.5),
        Column("payback", text(language, "回收期", "Payback"), "a", "right", 1.6),
        Column(
            "evidence", text(language, "证据", "Evidence"), align="center", width=0.7
        ),
        Column(
            "basis", text(language, "依据（本企业数据）", "Basis (own data)"), width=4
        ),
    ]
    notes = [
        text(
            language,
            "区间为低–高估计；证据等级 A 实测核证（±10%）、B 单次测试或设计（±20%）、"
            "C 文献或他厂（±35%）、D 政策文件或报道（±50%）[P]。负值表示增加排放。",
            "Low to high estimate; evidence A metered and verified (±10 %), B test or "
            "design (±20 %), C literature (±35 %), D policy document or news (±50 %) "
            "[P]. Negative means more emissions.",
        ),
        tag_note(language),
    ]
    return ReportTable(
        text(language, "可行措施及效益估算", "Applicable measures"),
        columns,
        rows,
        notes,
    )


def table_issues(data: EnterpriseSlice) -> ReportTable:
    """Return suspect, doubtful and missing values with their cells."""
    language = data.meta["language"]
    severity = {
        "suspect": text(language, "存疑", "suspect"),
        "warning": text(language, "核实", "check"),
        "gap": text(language, "缺失", "missing"),
    }
    rows = [
        [
            severity.get(row.severity, str(row.severity)),
            "–" if is_missing(row.year) else f"{row.year:.0f}",
            "–" if is_missing(row.cell) or not row.cell else str(row.cell),
            str(row.message),
            format_number(row.value) if not isinstance(row.value, str) else row.value,
            str(row.treatment),
        ]
        for row in named_rows(data.issues)
    ]
    columns = [
        Column("severity", text(language, "类别", "Kind"), width=0.8),
        Column("year", text(language, "年份", "Year"), width=0.8),
        Column("cell", text(language, "位置", "Cell"), width=2),
        Column("message", text(language, "问题", "Problem"), width=4.5),
        Column("value", text(language, "填报值", "Value"), align="right", width=1.4),
        Column("treatment", text(language, "处理", "Treatment"), width=2.2),
    ]
    return ReportTable(text(language, "数据问题清单", "Data problems"), columns, rows)


def table_restatements(data: EnterpriseSlice | ParkSlice) -> ReportTable:
    """Return values that a later edition of the source changed."""
    language = data.meta["language"]
    rows = [
        [
            column_label(row.column, language),
            f"{row.year:.0f}",
            f"{format_number(row.value)} ({row.edition})",
            f"{format_number(row.value_used)} ({row.edition_used})",
            format_percent(
                row.value_used / row.value - 1 if row.value else None, signed=True
            ),
        ]
        for row in named_rows(data.restatements)
    ]
    columns = [
        Column("quantity", text(language, "指标", "Quantity"), width=3),
        Column("year", text(language, "年份", "Year")),
        Column(
            "earlier",
            text(language, "原披露值（版本）", "Earlier (edition)"),
            align="right",
            width=2,
        ),
        Column(
            "used",
            text(language, "采用值（版本）", "Used (edition)"),
            align="right",
            width=2,
        ),
        Column("change", text(language, "差异", "Difference"), align="right"),
    ]
    return ReportTable(text(language, "数据重述", "Restated values"), columns, rows)


def table_factors(data: EnterpriseSlice | ParkSlice) -> ReportTable:
    """Return the factors the run used, with source and mark; works for both slices."""
    language = data.meta["language"]
    rows = [
        [
            str(row.name_zh if language == "zh" else row.name_en),
            tagged(format_number(row.value, _decimals(row.value)), row.tag),
            str(row.unit),
            "" if is_missing(row.valid_from) else f"{row.valid_from}"[:4],
            str(row.source_key),
        ]
        for row in named_rows(data.factors)
    ]
    columns = [
        Column("name", text(language, "因子", "Factor"), width=4),
        Column("value", text(language, "数值", "Value"), align="right", width=1.5),
        Column("unit", text(language, "单位", "Unit"), width=2),
        Column("year", text(language, "年份", "Year"), width=0.8),
        Column("source", text(language, "来源", "Source"), width=1.2),
    ]
    return ReportTable(
        text(language, "本报告使用的因子", "Factors used"),
        columns,
        rows,
        [tag_note(language)],
    )


def _decimals(value: Any) -> int | None:
    """Return decimals that print a factor as its source does (at most six)."""
    if is_missing(value) or float(value) >= 1000:
        return None
    shown = f"{float(value):.6f}".rstrip("0")
    return len(shown.split(".")[1])
