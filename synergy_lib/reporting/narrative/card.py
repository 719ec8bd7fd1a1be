"""The first page of the enterprise diagnostic: where, why, what to do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from synergy_lib.reporting.formatting import (
    LIST_NAMES,
    colour_name,
    format_change,
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.narrative.amounts import join, year_rows
from synergy_lib.reporting.narrative.certainty import is_grade_unsure
from synergy_lib.reporting.narrative.enterprise import (
    describe_carbon,
    describe_dimensions,
)
from synergy_lib.reporting.slices import EnterpriseSlice
from synergy_lib.reporting.tables.evidence import payback_text
from synergy_lib.reporting.tables.rows import named_rows

__all__ = ["headline_card", "strengths", "weaknesses"]


def headline_card(data: EnterpriseSlice) -> dict[str, Any]:
    """Return the card of page 1: where we stand, why, what to do."""
    language = data.meta["language"]
    return {
        "title": text(language, "一页结论", "The answer on one page"),
        "subtitle": "",
        "enterprise": data.enterprise["enterprise_name"],
        "year": data.meta["report_year"],
        "badges": [
            _grade_badge(data),
            _score_badge(data),
            _rank_badge(data),
            _carbon_badge(data),
        ],
        "lines": _headline_lines(data),
        "columns": [
            {
                "title": text(language, "优势指标", "Strengths"),
                "items": _indicator_items(strengths(data), language),
            },
            {
                "title": text(language, "短板指标", "Weaknesses"),
                "items": _indicator_items(weaknesses(data), language),
            },
            {
                "title": text(language, "建议措施", "Measures"),
                "items": _measure_items(data),
            },
        ],
        "notes": _headline_notes(data),
    }


def strengths(data: EnterpriseSlice, count: int = 3) -> pd.DataFrame:
    """Return the indicators in which the enterprise stands out.

    Scored at least 60 and not below the peers' median score, ordered by score, then
    by the lead over that median. Fewer than ``count`` may be returned.
    """
    scored = data.indicators[data.indicators["score"] >= 60]
    lead = scored["score"] - scored["peer_score_p50"].fillna(scored["score"])
    return (
        scored.assign(lead=lead)[lead >= 0]
        .sort_values(["score", "lead", "weight"], ascending=False, kind="stable")
        .head(count)
    )


def weaknesses(data: EnterpriseSlice, count: int = 3) -> pd.DataFrame:
    """Return the indicators that cost the enterprise most points.

    Scored below 90, and either below 60 or not above the peers' median score; none
    that is named a strength. Ordered by obstacle degree, weight × (100 − score)
    (methods §5.5).
    """
    scored = data.indicators[data.indicators["score"] < 90]
    behind = scored["score"] <= scored["peer_score_p50"].fillna(scored["score"])
    weak = scored[(behind | (scored["score"] < 60))]
    weak = weak[~weak["code"].isin(strengths(data)["code"])]
    lost = weak["weight"] * (100 - weak["score"])
    return (
        weak.assign(lost=lost)
        .sort_values("lost", ascending=False, kind="stable")
        .head(count)
    )


def _grade_badge(data: EnterpriseSlice) -> dict[str, Any]:
    language = data.meta["language"]
    head = data.headline
    by_rules = colour_name(head["colour_by_rules"], language)
    probability = format_percent(head["colour_probability"], 0)
    if head["uncertainty_note"]:
        note = text(
            language,
            f"颜色不确定：{by_rules}色概率仅 {probability}",
            f"uncertain: {by_rules} only {probability}",
        )
    elif not is_missing(head["colour_probability"]):
        note = text(
            language,
            f"按本办法概率 {probability}",
            f"by this scheme {probability}",
        )
    else:
        note = text(language, "颜色由规则决定，见下", "colour set by a rule, see below")
    grade = grade_name(head["grade"], language)
    if is_grade_unsure(head, data.meta):
        grade = text(language, f"{grade}（不确定）", f"{grade} (uncertain)")
    return {
        "label": text(language, "等级与三色", "Grade and colour"),
        "value": grade,
        "note": note,
        "colour": head["colour"],
    }


def _score_badge(data: EnterpriseSlice) -> dict[str, Any]:
    language = data.meta["language"]
    head = data.headline
    change = (
        text(language, "无上年可比", "no comparable year")
        if is_missing(head["change"]) or is_missing(head["overall"])
        else text(
            language,
            f"同口径较上年 {format_change(head['change'])}",
            f"{format_change(head['change'])} like for like",
        )
    )
    coverage = format_percent(head["coverage"], 0)
    return {
        "label": text(language, "综合得分", "Overall score"),
        "value": format_number(head["overall"], 1),
        "note": text(
            language, f"{change}；数据完整 {coverage}", f"{change}; data {coverage}"
        ),
        "colour": "none",
    }


def _rank_badge(data: EnterpriseSlice) -> dict[str, Any]:
    language = data.meta["language"]
    head = data.headline
    if is_missing(head["rank"]):
        few = head["overall"] is not None
        value = "–"
        note = (
            text(language, "可比企业过少，不排名", "too few to rank")
            if few
            else text(language, "数据不足，不排名", "not ranked")
        )
    else:
        value = f"{format_number(head['rank'], 0)} / {format_number(head['ranked_count'], 0)}"
        interval = format_range(head["rank_low"], head["rank_high"], 0)
        note = text(language, f"90% 区间 {interval}", f"90% interval {interval}")
    return {
        "label": text(language, "园区排名", "Rank in the park"),
        "value": value,
        "note": note,
        "colour": "none",
    }


def _carbon_badge(data: EnterpriseSlice) -> dict[str, Any]:
    language = data.meta["language"]
    now, before = year_rows(data)
    total, earlier = now.get("co2e_t"), before.get("co2e_t")
    note = "tCO2e"
    if not is_missing(total) and not is_missing(earlier) and earlier:
        change = format_percent(total / earlier - 1, 1, signed=True)
        note = text(language, f"tCO2e，较上年 {change}", f"tCO2e, {change}")
    return {
        "label": text(language, "碳排放", "CO2e emissions"),
        "value": format_number(total),
        "note": note,
        "colour": "none",
    }


def _headline_lines(data: EnterpriseSlice) -> list[str]:
    """Return up to four sentences: colour reasons, dimensions, carbon."""
    reasons = data.headline["colour_reasons"]
    language = data.meta["language"]
    lines = []
    if reasons:
        lines.append(
            text(language, f"颜色依据：{reasons}。", f"Colour because: {reasons}.")
        )
    lines += _lists_line(data)
    return [*lines, *describe_dimensions(data)[:2], *describe_carbon(data)][:6]


def _lists_line(data: EnterpriseSlice) -> list[str]:
    """Return on which of the park's three lists the enterprise stands."""
    language, listed = data.meta["language"], data.enterprise.get("lists", [])
    if not listed:
        return []
    statutory = text(language, "（法定）", " (statutory)")
    names = [
        text(language, *LIST_NAMES[entry["list"]])
        + (statutory if entry["is_statutory"] else "")
        for entry in listed
    ]
    key = ""
    if len(listed) == len(LIST_NAMES):
        key = text(
            language, "，三单均在列，属重点管控", ": on all three, under key control"
        )
    listing = join(names, language)
    return [text(language, f"列入{listing}{key}。", f"Listed: {listing}{key}.")]


def _headline_notes(data: EnterpriseSlice) -> list[str]:
    language = data.meta["language"]
    notes = [
        text(
            language,
            "评分体系、锚点与权重多为建议值 [P]，结果供诊断使用，不构成行政认定。",
            "Anchors and weights are largely proposals [P]; for diagnosis, not an "
            "official finding.",
        )
    ]
    if data.meta["is_invented"]:
        notes.insert(
            0,
            text(
                language,
                "演示数据：企业与数值均为虚构。",
                "Demonstration data: enterprise and figures are invented.",
            ),
        )
    return notes


def _indicator_items(frame: pd.DataFrame, language: str) -> list[dict[str, str]]:
    """Return indicators as items of the card."""
    items = []
    for row in named_rows(frame):
        unit = (
            "" if is_missing(row.unit) or row.unit in ("–", "-", "") else f" {row.unit}"
        )
        value = (
            str(row.value_text)
            if row.value_text
            else f"{format_number(row.value)}{unit}"
        )
        peer = (
            ""
            if is_missing(row.peer_p50) or row.value_text
            else text(
                language,
                f"，园区中位 {format_number(row.peer_p50)}",
                f", park median {format_number(row.peer_p50)}",
            )
        )
        items.append(
            {
                "head": str(row.name_),
                "text": f"{value}{peer}",
                "tag": text(
                    language,
                    f"{format_number(row.score, 0)} 分",
                    f"{format_number(row.score, 0)}",
                ),
            }
        )
    return items or [_nothing(language)]


def _measure_items(data: EnterpriseSlice) -> list[dict[str, str]]:
    """Return the first three measures as items of the card."""
    language = data.meta["language"]
    items = []
    estimated = data.measures[data.measures["co2e_mode_t"] > 0]
    for row in named_rows(estimated.head(3)):
        cut = format_range(row.co2e_low_t, row.co2e_high_t)
        capex = format_range(row.investment_low_10k_cny, row.investment_high_10k_cny)
        payback = payback_text(row, language)
        parts = [text(language, f"减碳 {cut} t/a", f"{cut} tCO2e/a")]
        if capex != "–":
            parts.append(text(language, f"投资 {capex} 万元", f"CNY {capex} × 10⁴"))
        if any(character.isdigit() for character in payback):
            parts.append(text(language, f"回收期 {payback} 年", f"payback {payback} a"))
        elif payback != "–":
            parts.append(payback)
        items.append(
            {
                "head": str(row.name_zh if language == "zh" else row.name_en),
                "text": text(language, "；", "; ").join(parts),
                "tag": text(
                    language, f"证据 {row.evidence}", f"evidence {row.evidence}"
                ),
            }
        )
    return items or [_nothing(language)]


def _nothing(language: str) -> dict[str, str]:
    return {"head": text(language, "无", "none"), "text": "", "tag": ""}
