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
                _spearman(data.associations, str(pollutant)),
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
        Column(
            "rank",
            text(language, "秩相关（95% 区间）", "Spearman (95 %)"),
            align="right",
            width=2.4,
        ),
    ]
    notes = [
        text(
            language,
            f"{_years(rows)}，按企业；误差内：碳或污染物的变化未超过数据误差 [P]。"
            "秩相关为报告年各企业之间，已按 Benjamini–Hochberg 校正；未检出者为“–”。",
            f"{_years(rows)} by enterprise; in error: a change within the error of the "
            "data [P]. Spearman across enterprises in the report year, adjusted by "
            "Benjamini–Hochberg; a dash where none is detected.",
        )
    ]
    caption = text(language, "碳与各污染物的协同", "Carbon and each pollutant")
    return ReportTable(caption, columns, cells, notes)


def _years(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    return f"{int(rows['from_year'].iloc[0])}–{int(rows['to_year'].iloc[0])}"


def _spearman(associations: pd.DataFrame, pollutant: str) -> str:
    """Return the rank correlation where it is detected."""
    if associations.empty:
        return "–"
    own = associations[
        (associations["pollutant"] == pollutant)
        & (associations["method"] == "spearman")
    ]
    if own.empty or own.iloc[0]["verdict"] not in ("positive", "negative"):
        return "–"
    row = own.iloc[0]
    ends = format_range(row["low"], row["high"], 2)
    return f"{format_number(row['estimate'], 2)}（{ends}）"


def table_measure_plans(data: ParkSlice) -> ReportTable:
    """Return the enterprises that measures of the catalogue raise by a grade."""
    language = data.meta["language"]
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
            format_percent(first["probability"], 0),
        ]
        for _, own in data.measure_plan.groupby("enterprise_id", sort=False)
        if not is_missing((first := own.iloc[0])["technique_id"])
    ]
    columns = [
        Column("id", text(language, "编号", "Id"), width=0.9),
        Column("name", text(language, "企业", "Enterprise"), width=2.4),
        Column("grade", text(language, "等级", "Grade"), width=1.5),
        Column("gap", text(language, "差", "Gap"), text(language, "分", ""), "right"),
        Column("measures", text(language, "最少的措施", "Fewest measures"), width=4.6),
        Column("chance", text(language, "概率", "Chance"), align="right", width=0.9),
    ]
    notes = [
        text(
            language,
            "按措施最可能的效益、扣除叠加后重新评分；只计入能换算的指标（碳、污染当量、新鲜"
            "溶剂），能耗、回收率等指标不变。概率按效益区间、权重、锚点和数据误差抽样。",
            "Scored again with the most likely effects, overlaps removed; only indicators "
            "of CO2e, pollutant equivalents and fresh solvent follow. Probability over the "
            "ranges of effects, weights, anchors and data errors.",
        ),
        tag_note(language),
    ]
    caption = text(
        language, "靠目录措施可升级的企业", "Enterprises that measures raise by a grade"
    )
    return ReportTable(caption, columns, cells, notes)
