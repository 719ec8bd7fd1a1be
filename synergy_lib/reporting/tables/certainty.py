"""Tables of the park report on how far results depend on choices."""

from __future__ import annotations

import pandas as pd

from synergy_lib.reporting.display import Column, ReportTable
from synergy_lib.reporting.formatting import (
    format_change,
    format_number,
    format_percent,
    format_range,
    text,
)
from synergy_lib.reporting.narrative.certainty import deciding_name
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import named_rows

__all__ = ["table_choices", "table_left_out"]

# Parts listed, those that move ranks most.
_PARTS = 12


def table_choices(data: ParkSlice) -> ReportTable:
    """Return the enterprises whose colour by score is most a matter of choice.

    Those in whose specifications no colour is as frequent as the probability that the
    park demands of a colour.
    """
    language, threshold = data.meta["language"], data.meta["colour_threshold"]
    rows = data.enterprises
    most = rows[["choice_green", "choice_yellow", "choice_red"]].max(axis=1)
    listed = rows[most < threshold].sort_values(
        ["rank", "enterprise_id"], kind="stable"
    )
    cells = [
        [
            str(row.enterprise_id),
            str(row.enterprise_name),
            format_number(row.rank, 0),
            format_range(row.choice_best_rank, row.choice_worst_rank, 0),
            *(
                format_percent(share, 0)
                for share in (row.choice_green, row.choice_yellow, row.choice_red)
            ),
            deciding_name(row.deciding_choice, language),
        ]
        for row in named_rows(listed)
    ]
    columns = [
        Column("id", text(language, "编号", "Id"), width=1),
        Column("name", text(language, "企业", "Enterprise"), width=3),
        Column("rank", text(language, "排名", "Rank"), align="right", width=0.8),
        Column(
            "range",
            text(language, "各做法排名", "All ranks"),
            align="right",
            width=1.4,
        ),
        Column("green", text(language, "绿", "Green"), align="right", width=0.9),
        Column("yellow", text(language, "黄", "Yellow"), align="right", width=0.9),
        Column("red", text(language, "红", "Red"), align="right", width=0.9),
        Column("choice", text(language, "影响最大", "Mostly"), width=1.6),
    ]
    note = text(
        language,
        f"列出没有一种颜色占到 {format_percent(threshold, 0)} 的企业。只按得分，不计门槛、"
        "维度和降幅规则；门槛未通过者颜色仍以规则为准。",
        f"Enterprises without any colour in {format_percent(threshold, 0)} of the "
        "specifications. By score alone, without gates and the rules on dimensions and "
        "falls; where a gate failed the colour stays as the rules have it.",
    )
    caption = text(
        language,
        "颜色取决于做法的企业",
        "Enterprises whose colour depends on the choice",
    )
    return ReportTable(caption, columns, cells, [note])


def table_left_out(data: ParkSlice) -> ReportTable:
    """Return what leaving out an indicator or dimension does to the ranks."""
    language = data.meta["language"]
    shown = data.left_out.dropna(subset="mean_shift").head(_PARTS)
    cells = [
        [
            f"{row.code} {_name(row, language)}",
            format_number(row.mean_shift, 1),
            format_number(row.largest_shift, 0),
            format_change(row.mean_change),
            format_number(row.colour_changes, 0),
        ]
        for row in named_rows(shown)
    ]
    columns = [
        Column("part", text(language, "去掉的指标或维度", "Left out"), width=4),
        Column(
            "shift", text(language, "平均名次变动", "Mean rank shift"), align="right"
        ),
        Column("largest", text(language, "最大", "Largest"), align="right", width=0.8),
        Column("change", text(language, "平均分变化", "Mean change"), "", "right", 1.0),
        Column(
            "colours",
            text(language, "变色企业数", "Colours changed"),
            align="right",
        ),
    ]
    return ReportTable(
        text(language, "去掉一项后的名次变动", "Rank shifts when a part is left out"),
        columns,
        cells,
    )


def _name(row: object, language: str) -> str:
    """Return the name of a part in the language of the report."""
    english = getattr(row, "name_en", "")
    chinese = str(getattr(row, "name_", ""))
    return chinese if language == "zh" or pd.isna(english) else str(english or chinese)
