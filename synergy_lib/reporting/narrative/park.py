"""Sentences and first page of the park's annual report."""

from __future__ import annotations

from typing import Any

import pandas as pd

from synergy_lib.reporting.formatting import (
    colour_name,
    format_change,
    format_number,
    format_percent,
    format_range,
    is_missing,
    text,
)
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import named_rows

__all__ = [
    "describe_lists",
    "describe_quality",
    "describe_scores",
    "describe_totals",
    "park_card",
]


def park_card(data: ParkSlice) -> dict[str, Any]:
    """Return the card of page 1: how the park stands, who leads, where to act."""
    language = data.meta["language"]
    return {
        "title": text(language, "一页结论", "The answer on one page"),
        "subtitle": "",
        "enterprise": data.meta["park_name"],
        "year": data.meta["report_year"],
        "badges": _badges(data),
        "lines": [*describe_scores(data)[:2], *describe_totals(data)[:2]],
        "columns": [
            {
                "title": text(language, "得分领先", "Leading"),
                "items": _leaders(data),
            },
            {
                "title": text(language, "失分最多的指标", "Most points lost"),
                "items": _weak_indicators(data),
            },
            {
                "title": text(language, "减碳潜力最大的技术", "Largest potential"),
                "items": _techniques(data),
            },
        ],
        "notes": _notes(data),
    }


def describe_totals(data: ParkSlice) -> list[str]:
    """Return how carbon and pollutant totals moved, and whom they leave out."""
    language = data.meta["language"]
    sentences = []
    for quantity, zh, en, unit in (
        ("co2e_t", "碳排放", "CO2e emissions", "tCO2e"),
        ("energy_tce", "综合能耗", "Energy", "tce"),
        ("air_equivalent_kg", "大气污染当量", "Air pollutant equivalents", ""),
    ):
        now, before = _total(data, quantity, 0), _total(data, quantity, 1)
        if now is None:
            continue
        change = ""
        if before is not None and before["same_total"] > 0:
            ratio = format_percent(
                now["same_total"] / before["same_total"] - 1, 1, signed=True
            )
            change = text(
                language,
                f"，同口径（{now['same_enterprises']:.0f} 家）较上年 {ratio}",
                f", {ratio} on the {now['same_enterprises']:.0f} enterprises that "
                "report every year",
            )
        missing = ""
        if now["missing"]:
            missing = text(
                language,
                f"（{now['missing']:.0f} 家缺数据，未计入）",
                f" ({now['missing']:.0f} enterprises without data left out)",
            )
        amount = f"{format_number(now['total'])} {unit}".rstrip()
        sentences.append(
            text(
                language,
                f"{zh}合计 {amount}{missing}{change}。",
                f"{en}: {amount}{missing}{change}.",
            )
        )
    return sentences or [
        text(language, "没有可加总的数量。", "There is nothing to add up.")
    ]


def describe_scores(data: ParkSlice) -> list[str]:
    """Return the number of enterprises by colour, and the median score."""
    language = data.meta["language"]
    head = data.headline
    colours = text(language, "、", ", ").join(
        f"{colour_name(c, language)} {head['colours'][c]}"
        for c in ("green", "yellow", "red", "grey")
        if head["colours"].get(c)
    )
    median = format_number(head["median_score"], 1)
    sentences = [
        text(
            language,
            f"{head['enterprises']} 家企业中 {head['ranked']} 家数据足以排名，"
            f"综合得分中位数 {median}。",
            f"{head['ranked']} of {head['enterprises']} enterprises have enough data to "
            f"be ranked; median score {median}.",
        ),
        text(language, f"三色分布：{colours}。", f"Colours: {colours}."),
    ]
    changes = data.enterprises["change"].dropna()
    if len(changes):
        risen, fallen = int((changes > 0.5).sum()), int((changes < -0.5).sum())
        sentences.append(
            text(
                language,
                f"与上年同口径比较，{risen} 家得分上升、{fallen} 家下降（变化超过 0.5 分）。",
                f"On last year {risen} scores rose and {fallen} fell by more than half "
                "a point.",
            )
        )
    return sentences


def describe_lists(data: ParkSlice) -> list[str]:
    """Return how many units stand on each list and on all three."""
    language = data.meta["language"]
    counts = data.lists["list"].value_counts()
    statutory = data.lists[data.lists["is_statutory"]]["list"].value_counts()
    key = data.lists.loc[data.lists["is_key_control"], "enterprise_id"].nunique()
    names = {
        "carbon": text(language, "重点碳排放", "carbon"),
        "pollutant": text(language, "重点排污", "pollution"),
        "energy": text(language, "重点用能", "energy"),
    }
    parts = [
        text(
            language,
            f"{names[k]} {counts.get(k, 0)} 家（其中法定 {statutory.get(k, 0)} 家）",
            f"{names[k]} {counts.get(k, 0)} (statutory {statutory.get(k, 0)})",
        )
        for k in names
    ]
    joined = text(language, "、", ", ").join(parts)
    watched = counts.get("energy_watch", 0)
    return [
        text(
            language,
            f"{joined}；同列三张清单的 {key} 家为重点管控企业。",
            f"{joined}; {key} stand on all three.",
        ),
        text(
            language,
            f"另有 {watched} 家年综合能耗 1,000–5,000 tce，列入用能关注名单 [P]（见附表）。",
            f"{watched} more use 1,000–5,000 tce a year and are on a watch list [P] (see "
            "the annex tables).",
        ),
    ]


def describe_quality(data: ParkSlice) -> list[str]:
    """Return how many values were set aside, are doubtful or missing."""
    language = data.meta["language"]
    head = data.headline
    return [
        text(
            language,
            f"存疑未采用 {head['suspect']} 个、需核实 {head['warning']} 个、"
            f"缺失 {head['gap']} 个。",
            f"{head['suspect']} values set aside, {head['warning']} to check, "
            f"{head['gap']} missing.",
        ),
        *data.notes,
    ]


def _badges(data: ParkSlice) -> list[dict[str, Any]]:
    language = data.meta["language"]
    head = data.headline
    now = _total(data, "co2e_t", 0)
    badges = [
        {
            "label": text(language, "企业", "Enterprises"),
            "value": str(head["enterprises"]),
            "note": text(
                language, f"{head['ranked']} 家可排名", f"{head['ranked']} ranked"
            ),
            "colour": "none",
        },
        {
            "label": text(language, "得分中位数", "Median score"),
            "value": format_number(head["median_score"], 1),
            "note": "0–100",
            "colour": "none",
        },
        {
            "label": text(language, "碳排放合计", "CO2e"),
            "value": "–" if now is None else _compact(now["total"], language),
            "note": "tCO2e",
            "colour": "none",
        },
    ]
    intensity = data.ratios.get("co2e_t_per_value_added_10k_cny")
    if intensity is not None and not is_missing(intensity.iloc[-1]):
        badges.append(
            {
                "label": text(language, "碳强度", "CO2e intensity"),
                "value": format_number(intensity.iloc[-1], 2),
                "note": text(language, "tCO2e/万元增加值", "tCO2e per CNY 10⁴ added"),
                "colour": "none",
            }
        )
    return badges


def _leaders(data: ParkSlice) -> list[dict[str, str]]:
    language = data.meta["language"]
    ranked = data.enterprises.dropna(subset=["rank"]).sort_values("rank", kind="stable")
    return [
        {
            "head": str(row.enterprise_name),
            "text": text(
                language,
                f"得分 {format_number(row.overall, 1)}，较上年 {format_change(row.change)}；"
                f"排名区间 {format_range(row.rank_low, row.rank_high, 0)}",
                f"{format_number(row.overall, 1)}, {format_change(row.change)} on last "
                f"year; rank {format_range(row.rank_low, row.rank_high, 0)}",
            ),
            "tag": format_number(row.rank, 0),
        }
        for row in named_rows(ranked.head(3))
    ]


def _weak_indicators(data: ParkSlice) -> list[dict[str, str]]:
    language = data.meta["language"]
    scored = data.indicators.dropna(subset=["score_p50"])
    lost = scored["weight"] * (100 - scored["score_p50"])
    weakest = scored.loc[lost.sort_values(ascending=False).index[:3]]
    return [
        {
            "head": str(row.name_),
            "text": text(
                language,
                f"园区中位 {format_number(row.p50)} {row.unit}",
                f"median {format_number(row.p50)} {row.unit}",
            ).rstrip(),
            "tag": text(
                language,
                f"中位 {format_number(row.score_p50, 0)} 分",
                f"{format_number(row.score_p50, 0)}",
            ),
        }
        for row in named_rows(weakest)
    ]


def _techniques(data: ParkSlice) -> list[dict[str, str]]:
    language = data.meta["language"]
    return [
        {
            "head": str(row.name_),
            "text": text(
                language,
                f"减碳 {format_range(row.co2e_low_t, row.co2e_high_t)} t/a，"
                f"{row.enterprises:.0f} 家可估算",
                f"{format_range(row.co2e_low_t, row.co2e_high_t)} t/a at "
                f"{row.enterprises:.0f} enterprises",
            ),
            "tag": text(language, f"证据 {row.evidence}", f"evidence {row.evidence}"),
        }
        for row in named_rows(data.measures[data.measures["co2e_mode_t"] > 0].head(3))
    ]


def _notes(data: ParkSlice) -> list[str]:
    language = data.meta["language"]
    notes = [
        text(
            language,
            "评分体系、锚点与权重多为建议值 [P]；结果供诊断和管理参考，不构成行政认定。",
            "Anchors and weights are largely proposals [P]; for diagnosis, not an "
            "official finding.",
        )
    ]
    if data.meta["is_invented"]:
        notes.insert(
            0,
            text(
                language,
                "演示数据：企业与数值均为虚构，仅园区合计按公开资料标定。",
                "Demonstration data: enterprises and figures are invented.",
            ),
        )
    return notes


def _total(data: ParkSlice, quantity: str, years_back: int) -> pd.Series | None:
    """Return a row of the totals, None where there is no figure."""
    year = data.meta["report_year"] - years_back
    rows = data.totals[
        (data.totals["quantity"] == quantity) & (data.totals["year"] == year)
    ]
    if rows.empty or is_missing(rows.iloc[0]["total"]):
        return None
    return pd.Series(rows.iloc[0])


def _compact(value: float, language: str) -> str:
    """Return a large number in 万 (or thousands)."""
    if abs(value) < 1e5:
        return format_number(value)
    if language == "zh":
        return f"{format_number(value / 1e4, 1)} 万"
    return f"{format_number(value / 1e3, 0)} k"
