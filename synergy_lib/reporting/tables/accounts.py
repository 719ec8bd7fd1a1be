"""Tables of amounts by year, and what the years say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synergy_lib.reporting.display import Column, ReportTable
from synergy_lib.reporting.formatting import (
    format_number,
    format_percent,
    format_range,
    is_missing,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.tables.rows import carbon_basis_note, named_rows
from synergy_lib.schema import column_label, load_columns

__all__ = ["table_accounts", "table_pollutants", "table_trends"]

_ACCOUNT_COLUMNS = (
    "output_value_10k_cny",
    "value_added_10k_cny",
    "value_added_constant_10k_cny",
    "main_product_t",
    "energy_tce",
    "electricity_tce",
    "heat_tce",
    "fuel_tce",
    "nonfossil_tce",
    "other_energy_tce",
    "co2e_fuel_t",
    "co2e_electricity_t",
    "co2e_heat_t",
    "co2e_process_t",
    "co2e_wastewater_t",
    "co2e_recovered_t",
    "co2e_scope1_t",
    "co2e_scope2_t",
    "co2e_t",
    "co2e_market_t",
    "eop_co2e_t",
)
_VERDICTS = {
    "no_data": ("无数据", "no data"),
    "level_only": ("仅一年", "one year only"),
    "change_only": ("仅两年，只是变化", "two years: a change"),
    "direction_only": ("年数过少，只看方向", "direction only"),
    "too_few_years": ("年数不足以判断", "too few years"),
    "rising": ("显著上升", "rising"),
    "falling": ("显著下降", "falling"),
    "not_detected": ("未检出趋势", "not detected"),
}
_POLLUTANT_COLUMNS = (
    "vocs_kg",
    "so2_kg",
    "nox_kg",
    "soot_kg",
    "dust_kg",
    "pm_kg",
    "cod_kg",
    "toc_kg",
    "toc_transfer_kg",
    "nh3n_kg",
    "tn_kg",
    "tn_transfer_kg",
    "tp_kg",
    "tp_transfer_kg",
    "air_equivalent_kg",
    "voc_other_equivalent_kg",
    "water_equivalent_kg",
    "hazardous_waste_generated_t",
    "hazardous_waste_disposed_t",
    "hazardous_waste_utilised_t",
    "general_waste_disposed_t",
    "general_waste_utilised_t",
    "waste_total_t",
    "waste_recycled_t",
    "materials_used_t",
    "water_fresh_m3",
    "industrial_wastewater_m3",
)


def table_accounts(data: EnterpriseSlice) -> ReportTable:
    """Return output, energy and carbon by year."""
    language = data.meta["language"]
    return _yearly_table(
        data,
        _ACCOUNT_COLUMNS,
        text(language, "产出、能源与碳排放账", "Output, energy and carbon"),
        [
            text(language, "综合能耗按当量值。", "Energy by calorific value. ")
            + carbon_basis_note(data)
            + text(language, "“–”为缺数据，不是零。", " A dash is missing, not zero.")
        ],
    )


def table_pollutants(data: EnterpriseSlice) -> ReportTable:
    """Return pollutants, equivalents, wastes and water by year."""
    language = data.meta["language"]
    return _yearly_table(
        data,
        _POLLUTANT_COLUMNS,
        text(language, "污染物、固废与用水", "Pollutants, waste and water"),
        [
            text(
                language,
                "污染当量按《环境保护税法》附表二；大气与水当量分列，不相加。"
                "税法未列名的VOCs按 0.95 kg/当量 [P] 折算并单列；总氮不折算。",
                "Equivalents by the Environmental Protection Tax Law, table 2; air and "
                "water are not added. VOCs the law does not list count 0.95 kg per "
                "equivalent [P], in their own row; total nitrogen is not converted.",
            )
        ],
    )


def table_trends(data: EnterpriseSlice | ParkSlice) -> ReportTable:
    """Return what the years say about each quantity, and no more than they carry."""
    language = data.meta["language"]
    rows = []
    for row in named_rows(data.trends[data.trends["n"] > 0]):
        span = f"{row.first_year:.0f}–{row.last_year:.0f}" if row.n > 0 else "–"
        verdict = _VERDICTS.get(str(row.verdict), (str(row.verdict), str(row.verdict)))
        rows.append(
            [
                column_label(row.quantity, language, with_unit=False),
                load_columns().loc[row.quantity, "unit"],
                span,
                format_number(row.n, 0),
                format_percent(row.total_change, 1, signed=True),
                format_percent(row.cagr, 1, signed=True),
                format_number(row.slope),
                format_range(row.low, row.high),
                _p_value(row.p, row.n),
                format_number(row.detectable),
                text(language, *verdict),
            ]
        )
    columns = [
        Column("quantity", text(language, "数量", "Quantity"), width=3.2),
        Column("unit", text(language, "单位", "Unit"), width=0.9),
        Column("years", text(language, "年份", "Years"), width=1.5),
        Column("n", "n", align="right", width=0.5),
        Column("total", text(language, "总变化", "Change"), align="right", width=1.1),
        Column("cagr", text(language, "年均", "Per year"), align="right", width=1.1),
        Column("slope", text(language, "斜率", "Slope"), align="right", width=1.1),
        Column(
            "interval",
            text(language, "90% 区间", "90% interval"),
            align="right",
            width=2.3,
        ),
        Column("p", "p", align="right", width=0.9),
        Column(
            "detectable",
            text(language, "可检出", "Detectable"),
            align="right",
            width=1.1,
        ),
        Column("verdict", text(language, "结论", "Reading"), width=2.2),
    ]
    notes = [
        text(
            language,
            "Mann–Kendall 精确检验（双侧 5%）；斜率为 Theil–Sen 中位斜率，与其区间和“可检出”"
            "（同样波动下必能检出的最小年变化）均为每年单位数。不足 5 年不给出显著性；"
            "“未检出”不等于“没有变化”。",
            "Exact two-sided Mann–Kendall test at 5 %; Theil–Sen slope, its interval and "
            "the smallest yearly change sure to be detected, all per year. No "
            "significance below five years; “not detected” is not “no change”.",
        )
    ]
    caption = text(language, "主要数量的变化趋势", "Trends")
    return ReportTable(caption, columns, rows, notes)


def _yearly_table(
    data: EnterpriseSlice, wanted: Sequence[str], caption: str, notes: list[str]
) -> ReportTable:
    """Return quantities as rows and years as columns; all-missing rows left out."""
    language = data.meta["language"]
    table = data.yearly.set_index("year")
    present = [c for c in wanted if c in table and table[c].notna().any()]
    if "air_equivalent_kg" not in present and "voc_other_equivalent_kg" in present:
        present.remove("voc_other_equivalent_kg")
    rows = [
        [
            column_label(column, language, with_unit=False),
            str(load_columns().loc[column, "unit"]),
            *(format_number(value) for value in table[column]),
        ]
        for column in present
    ]
    columns = [
        Column("quantity", text(language, "项目", "Quantity"), width=3.2),
        Column("unit", text(language, "单位", "Unit"), width=1.1),
        *(
            Column(f"{year:.0f}", f"{year:.0f}", align="right", width=1.3)
            for year in table.index
        ),
    ]
    return ReportTable(caption, columns, rows, notes)


def _p_value(p: Any, n: Any) -> str:
    if is_missing(p) or n < 5:
        return "–"
    return "<0.001" if p < 0.001 else format_number(p, 3)
