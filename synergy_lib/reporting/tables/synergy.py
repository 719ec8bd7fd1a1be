"""Tables of the park report on synergy, and on what measures reach."""

from __future__ import annotations

import pandas as pd

from synergy_lib.reporting.display import Column, ReportTable
from synergy_lib.reporting.formatting import (
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.narrative.amounts import join
from synergy_lib.reporting.narrative.synergy import quadrant_counts
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import tag_note
from synergy_lib.schema import column_label

__all__ = ["table_measure_plans", "table_synergy"]


def table_synergy(data: ParkSlice) -> ReportTable:
    """Return how each pollutant moved with carbon, and how they are associated."""
    language, rows = data.meta["language"], data.co_control
    firms = rows[rows["enterprise_id"] != "park"]
    cells = []
    for pollutant, own in firms.groupby("pollutant", sort=False):
        counts = quadrant_counts(own)
        cells.append(
            [
                column_label(str(pollutant), language, with_unit=False),
                *(str(counts[k]) for k in ("I", "IV", "II", "III", "error", "")),
                _park_change(rows, str(pollutant)),
                _within(data.within, str(pollutant)),
            ]
        )
    columns = [
        Column("pollutant", text(language, "污染物", "Pollutant"), width=2.4),
        *(
            Column(key, text(language, zh, en), text(language, "家", ""), "right", 1)
            for key, zh, en in (
                ("I", "协同", "Both fall"),
                ("IV", "减污增碳", "Poll. ↓ C ↑"),
                ("II", "降碳增污", "C ↓ poll. ↑"),
                ("III", "同增", "Both rise"),
                ("error", "误差内", "In error"),
                ("none", "缺数据", "No data"),
            )
        ),
        Column("park", text(language, "园区合计", "Park"), align="right", width=1.3),
        Column(
            "within",
            text(language, "逐年相关（95% 区间）", "Within (95 %)"),
            align="right",
            width=2.4,
        ),
    ]
    notes = [
        text(
            language,
            f"{_years(rows)}，按企业计；误差内：碳或污染物任一变化未超过数据误差 [P]，不判。"
            "逐年相关：企业自身的碳与污染物逐年同向变化的程度（扣除企业与年份的水平），按"
            " Benjamini–Hochberg 校正，未检出者为“–”；相关不等于因果。",
            f"{_years(rows)} by enterprise; in error: one of the changes is within the "
            "error of the data [P]. Within: correlation of carbon and pollutant over the "
            "years of an enterprise (levels of enterprises and years removed), adjusted "
            "by Benjamini–Hochberg, a dash where none is detected; no proof of cause.",
        )
    ]
    caption = text(language, "碳与各污染物的协同", "Carbon and each pollutant")
    return ReportTable(caption, columns, cells, notes)


def _years(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    return f"{int(rows['from_year'].iloc[0])}–{int(rows['to_year'].iloc[0])}"


def _park_change(rows: pd.DataFrame, pollutant: str) -> str:
    """Return the change of the park's total."""
    own = rows[(rows["pollutant"] == pollutant) & (rows["enterprise_id"] == "park")]
    if own.empty or is_missing(own.iloc[0]["pollutant_reduction"]):
        return "–"
    return format_percent(-own.iloc[0]["pollutant_reduction"], 1, signed=True)


def _within(rows: pd.DataFrame, pollutant: str) -> str:
    """Return the correlation within enterprises where it is detected."""
    own = rows[(rows["pollutant"] == pollutant) & (rows["method"] == "within_two_way")]
    if own.empty or own.iloc[0]["verdict"] not in ("positive", "negative"):
        return "–"
    row = own.iloc[0]
    ends = format_range(row["low"], row["high"], 2)
    return f"{format_number(row['estimate'], 2)}（{ends}）"


def table_measure_plans(data: ParkSlice) -> ReportTable:
    """Return the enterprises that measures of the catalogue raise by a grade."""
    language = data.meta["language"]
    plans = data.measure_plan.dropna(subset=["technique_id"])
    plans = plans.sort_values(
        ["probability", "enterprise_id", "order"],
        ascending=[False, True, True],
        kind="stable",
    )
    cells = [
        [
            str(first["enterprise_id"]),
            str(first["enterprise_name"]),
            text(language, "{}→{}", "{} → {}").format(
                grade_name(str(first["current"]), language),
                grade_name(str(first["next"]), language),
            ),
            format_number(first["points_missing"], 1),
            join(own["name"], language),
            format_number(first["co2e_reduction_t"], 0),
            format_percent(first["probability"], 0),
        ]
        for _, own in plans.groupby("enterprise_id", sort=False)
        for first in [own.iloc[0]]
    ]
    columns = [
        Column("id", text(language, "编号", "Id"), width=0.9),
        Column("name", text(language, "企业", "Enterprise"), width=2.4),
        Column("grade", text(language, "等级", "Grade"), width=1.5),
        Column("gap", text(language, "差", "Gap"), text(language, "分", ""), "right"),
        Column("measures", text(language, "最少的措施", "Fewest measures"), width=4.2),
        Column("co2e", text(language, "减碳", "CO2e"), "t/a", "right", 1),
        Column("chance", text(language, "概率", "Chance"), align="right", width=0.9),
    ]
    notes = [
        text(
            language,
            "按措施最可能的效益、扣除叠加后重新评分；只计入能换算的指标（碳、污染当量、新鲜"
            "溶剂），能耗、回收率等指标不变。减碳为负表示增碳。概率按效益区间、权重、锚点和"
            "数据误差抽样，低于 60% 的没有把握。",
            "Scored again with the most likely effects, overlaps removed; only indicators "
            "of CO2e, pollutant equivalents and fresh solvent follow. A negative cut is "
            "more CO2e. Probability over the ranges of effects, weights, anchors and data "
            "errors; below 60 % it is not sure.",
        ),
        tag_note(language),
    ]
    caption = text(
        language,
        "目录措施按最可能效益可使等级上升的企业",
        "Enterprises that measures raise by a grade, at their most likely effects",
    )
    return ReportTable(caption, columns, cells, notes)
