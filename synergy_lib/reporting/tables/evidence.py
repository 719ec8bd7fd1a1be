"""Tables of measures, data problems, restatements and factors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from synergy_lib.reporting.display import Cell, Column, ReportTable
from synergy_lib.reporting.formatting import (
    format_exact,
    format_number,
    format_percent,
    format_range,
    is_missing,
    tagged,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.tables.rows import leading_measures, named_rows, tag_note
from synergy_lib.schema import column_label
from synergy_lib.techniques.cost_notes import PRICE_LABELS

__all__ = [
    "payback_text",
    "table_factors",
    "table_issues",
    "table_measures",
    "table_restatements",
]

_EQUIVALENT_UNIT = "kg/当量"
# A year in the name of a yearly factor, such as a grid's.
_YEAR = r"(20\d\d)\s*年?"


def table_measures(data: EnterpriseSlice, limit: int = 6) -> ReportTable:
    """Return the measures that fit the enterprise, with ranges and their basis."""
    language = data.meta["language"]
    rows: list[Sequence[Cell]] = []
    for row in named_rows(leading_measures(data, limit)):
        name = str(row.name_zh if language == "zh" else row.name_en)
        rows.append(
            [
                f"{name} ▲" if row.is_planned else name,
                format_range(row.co2e_low_t, row.co2e_high_t),
                format_range(row.investment_low_10k_cny, row.investment_high_10k_cny),
                format_range(
                    row.annual_saving_low_10k_cny, row.annual_saving_high_10k_cny
                ),
                payback_text(row, language),
                str(row.evidence),
                str(row.basis if language == "zh" else row.basis_en),
            ]
        )
    columns = [
        Column("name", text(language, "措施", "Measure"), width=2.4),
        Column("co2e", text(language, "减碳 t/a", "CO2e t/a"), "", "right", 1.6),
        Column("capex", text(language, "投资 万元", "CNY 10⁴"), "", "right", 1.6),
        Column("saving", text(language, "净节约 万元/a", "Saving"), "", "right", 1.7),
        Column("payback", text(language, "回收期 年", "Payback a"), "", "right", 1.5),
        Column("evidence", text(language, "证据", "Evid."), align="center", width=0.7),
        Column("basis", text(language, "依据（本企业数据）", "Basis"), width=5),
    ]
    notes = [
        text(
            language,
            "▲ 为升级所需的最少措施。区间为低–高估计，减碳为负表示增加排放；"
            "证据等级：A 实测核证、B 单次测试或设计、C 文献或他厂、D 政策文件或报道。",
            "▲ is needed for the next grade. Low to high; a negative cut is more "
            "emissions. Evidence: A metered and verified, B test or design, C literature "
            "or other plant, D policy document or news.",
        ),
        price_note(data),
        tag_note(language),
    ]
    return ReportTable(
        text(language, "可行措施及效益估算", "Applicable measures"),
        columns,
        rows,
        notes,
    )


def price_note(data: EnterpriseSlice) -> str:
    """Return the prices the savings rest on, or that there are none."""
    language = data.meta["language"]
    prices = data.meta["prices"]
    if not prices:
        return text(
            language,
            "运行参数未给价格，净节约与回收期不计算。",
            "No prices given: savings and paybacks are not computed.",
        )
    shown = text(language, "；", "; ").join(
        f"{PRICE_LABELS[key][0 if language == 'zh' else 1]} {format_number(value)}"
        for key, value in prices.items()
        if key in PRICE_LABELS
    )
    return text(
        language,
        f"价格（园区给定，元/MWh、元/GJ、元/Nm³、元/t、元/m³）：{shown}。",
        f"Prices given by the park (CNY per unit): {shown}.",
    )


def payback_text(row: Any, language: str) -> str:
    """Return a measure's payback range, or why there is none.

    A range that is open above (at its unfavourable end the measure never pays back)
    has no upper end in the slice.
    """
    if is_missing(row.payback_low_years):
        note = row.economics_note if language == "zh" else row.economics_note_en
        return "–" if is_missing(note) or not note else str(note)
    if is_missing(row.payback_high_years):
        return f"≥ {format_number(row.payback_low_years, 1)}"
    return format_range(row.payback_low_years, row.payback_high_years, 1)


def table_issues(data: EnterpriseSlice, limit: int = 24) -> ReportTable:
    """Return suspect and doubtful values of all years, and this year's gaps."""
    language = data.meta["language"]
    year = data.meta["report_year"]
    severity = {
        "suspect": text(language, "存疑", "suspect"),
        "warning": text(language, "核实", "check"),
        "gap": text(language, "缺失", "missing"),
    }
    current = (data.issues["severity"] != "gap") | data.issues["year"].isin([year])
    shown = data.issues[current].head(limit)
    rows = [
        [
            severity.get(row.severity, str(row.severity)),
            "–" if is_missing(row.year) else f"{row.year:.0f}",
            "–" if is_missing(row.cell) or not row.cell else str(row.cell),
            str(row.message),
            format_number(row.value) if not isinstance(row.value, str) else row.value,
        ]
        for row in named_rows(shown)
    ]
    columns = [
        Column("severity", text(language, "类别", "Kind"), width=0.8),
        Column("year", text(language, "年份", "Year"), width=0.8),
        Column("cell", text(language, "位置", "Cell"), width=2.4),
        Column("message", text(language, "问题", "Problem"), width=7),
        Column("value", text(language, "填报值", "Value"), align="right", width=1.5),
    ]
    left_out = len(data.issues) - len(shown)
    notes = [
        text(
            language,
            "存疑值未采用（按缺失处理），核实值已采用。",
            "Suspect values were not used, values to check were.",
        )
    ]
    if left_out:
        notes.append(
            text(
                language,
                f"另有 {left_out} 处（多为以往年份的缺失）未列，见园区附表“数据问题”。",
                f"{left_out} more, mostly gaps of earlier years, stand in the annex tables.",
            )
        )
    caption = text(language, "数据问题清单", "Data problems")
    return ReportTable(caption, columns, rows, notes)


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
    """Return the factors behind the figures; the many equivalents go into a note."""
    language = data.meta["language"]
    name = text(language, "name_zh", "name_en")
    is_equivalent = data.factors["unit"] == _EQUIVALENT_UNIT
    others = data.factors[~is_equivalent]
    without_year = others[name].str.replace(_YEAR, "", regex=True).str.strip()
    rows = [
        [str(label), _factor_values(group, name), str(unit), str(source)]
        for (label, unit, source), group in others.groupby(
            [without_year, "unit", "source_key"], sort=False
        )
    ]
    columns = [
        Column("name", text(language, "因子", "Factor"), width=8),
        Column("value", text(language, "数值", "Value"), align="right", width=2),
        Column("unit", text(language, "单位", "Unit"), width=2),
        Column("source", text(language, "来源", "Source"), width=1.2),
    ]
    notes = [tag_note(language)]
    for source, group in data.factors[is_equivalent].groupby("source_key", sort=False):
        values = text(language, "、", ", ").join(
            f"{label} {_factor_values(part, name)}"
            for label, part in group.groupby(name, sort=False)
        )
        notes.append(
            text(
                language,
                f"污染当量值（{_EQUIVALENT_UNIT}，{source}）：{values}。",
                f"Equivalent values (kg per equivalent, {source}): {values}.",
            )
        )
    caption = text(language, "本报告使用的因子", "Factors used")
    return ReportTable(caption, columns, rows, notes)


def _factor_values(group: pd.DataFrame, name: str) -> str:
    """Return the values of one factor, with their years where the name has them."""
    shown = []
    for label, value, tag in zip(
        group[name], group["value"], group["tag"], strict=True
    ):
        year = re.search(_YEAR, str(label))
        mark = f" ({year[1]})" if year and len(group) > 1 else ""
        shown.append(tagged(format_exact(value), tag) + mark)
    return " / ".join(dict.fromkeys(shown))
