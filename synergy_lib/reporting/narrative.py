"""Sentences and the page-1 card of the enterprise diagnostic, from the data only."""

from __future__ import annotations

from typing import Any

import pandas as pd

from synergy_lib.reporting.formatting import (
    colour_name,
    format_change,
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.tables.rows import named_rows

__all__ = [
    "describe_carbon",
    "describe_data_quality",
    "describe_dimensions",
    "describe_measures",
    "describe_method",
    "describe_pollutants",
    "describe_trends",
    "headline_card",
    "strengths",
    "weaknesses",
]

# A difference of a score smaller than this is not worth a sentence. [points]
_NOTABLE = 5.0


def headline_card(data: EnterpriseSlice) -> dict[str, Any]:
    """Return the card of page 1: where we stand, why, what to do."""
    language = data.meta["language"]
    return {
        "title": text(
            language,
            "企业减污降碳协同诊断报告",
            "Diagnostic of pollution–carbon synergy",
        ),
        "subtitle": f"{data.meta['park_name']} · {data.meta['report_year']}",
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
                "title": text(language, "三项优势", "Three strongest"),
                "items": _indicator_items(strengths(data), language),
            },
            {
                "title": text(language, "三项短板", "Three weakest"),
                "items": _indicator_items(weaknesses(data), language),
            },
            {
                "title": text(language, "三项建议", "Three measures"),
                "items": _measure_items(data),
            },
        ],
        "notes": _headline_notes(data),
    }


def strengths(data: EnterpriseSlice, count: int = 3) -> pd.DataFrame:
    """Return the indicators in which the enterprise stands out.

    Ordered by score, then by how far it lies above the peers' median score. Scores
    below 60 are never a strength, so fewer than ``count`` may be returned.
    """
    scored = data.indicators[data.indicators["score"] >= 60]
    lead = scored["score"] - scored["peer_score_p50"].fillna(scored["score"])
    return (
        scored.assign(lead=lead)
        .sort_values(["score", "lead", "weight"], ascending=False, kind="stable")
        .head(count)
    )


def weaknesses(data: EnterpriseSlice, count: int = 3) -> pd.DataFrame:
    """Return the indicators that cost the enterprise most points.

    Ordered by obstacle degree, weight × (100 − score) (methods §5.5); indicators
    scored 90 or more are never named.
    """
    scored = data.indicators[data.indicators["score"] < 90]
    lost = scored["weight"] * (100 - scored["score"])
    return (
        scored.assign(lost=lost)
        .sort_values("lost", ascending=False, kind="stable")
        .head(count)
    )


def describe_dimensions(data: EnterpriseSlice) -> list[str]:
    """Return what the dimension scores say, strongest first."""
    language = data.meta["language"]
    scored = data.dimensions.dropna(subset=["score"])
    if scored.empty:
        return [
            text(
                language,
                "各维度均缺少足够数据，未作评判。",
                "No dimension has enough data.",
            )
        ]
    best = scored.loc[scored["score"].idxmax()]
    worst = scored.loc[scored["score"].idxmin()]
    sentences = [
        text(
            language,
            f"得分最高的是“{best['name']}”（{format_number(best['score'], 1)} 分），"
            f"最低的是“{worst['name']}”（{format_number(worst['score'], 1)} 分）。",
            f"Highest is {best['name']} ({format_number(best['score'], 1)}), lowest "
            f"{worst['name']} ({format_number(worst['score'], 1)}).",
        )
    ]
    gap = scored["score"] - scored["peer_p50"]
    below = scored[gap <= -_NOTABLE]
    if len(below):
        names = _join(below["name"], language)
        sentences.append(
            text(
                language,
                f"低于园区中位数 {_NOTABLE:.0f} 分以上的维度：{names}。",
                f"More than {_NOTABLE:.0f} points below the park's median: {names}.",
            )
        )
    thin = data.dimensions[data.dimensions["score"].isna()]
    if len(thin):
        names = _join(thin["name"], language)
        sentences.append(
            text(
                language,
                f"数据不足、未评判的维度：{names}。",
                f"Too few data to judge: {names}.",
            )
        )
    return sentences


def describe_carbon(data: EnterpriseSlice) -> list[str]:
    """Return what the carbon account says about the report year."""
    language = data.meta["language"]
    now, before = _year_rows(data)
    total = now.get("co2e_t")
    if is_missing(total):
        return [
            text(
                language,
                "本年碳排放无法核算（缺少能源或排放数据），原因见数据质量一节。",
                "Carbon could not be accounted for this year; see data quality.",
            )
        ]
    sentences = [
        text(
            language,
            f"本年碳排放 {format_number(total)} tCO2e"
            f"{_versus(total, before.get('co2e_t'), language)}。",
            f"Emissions of {format_number(total)} tCO2e"
            f"{_versus(total, before.get('co2e_t'), language)}.",
        )
    ]
    largest = _largest_source(now)
    if largest:
        from synergy_lib.schema import column_label

        column, amount = largest
        label = column_label(column, language, with_unit=False)
        share = format_percent(amount / total, 0)
        sentences.append(
            text(
                language,
                f"最大来源是{label}，占 {share}。",
                f"Largest source: {label}, {share}.",
            )
        )
    return sentences


def describe_pollutants(data: EnterpriseSlice) -> list[str]:
    """Return how the pollutant equivalents changed since last year."""
    language = data.meta["language"]
    now, before = _year_rows(data)
    sentences = []
    for column, zh, en in (
        ("air_equivalent_kg", "大气污染当量数", "Air pollutant equivalents"),
        ("water_equivalent_kg", "水污染当量数", "Water pollutant equivalents"),
    ):
        value = now.get(column)
        if is_missing(value):
            sentences.append(
                text(
                    language,
                    f"{zh}无法计算：缺少必报污染物。",
                    f"{en} cannot be computed: a required pollutant is missing.",
                )
            )
            continue
        change = _versus(value, before.get(column), language)
        sentences.append(
            text(
                language,
                f"{zh} {format_number(value)}{change}。",
                f"{en} {format_number(value)}{change}.",
            )
        )
    return sentences


def describe_trends(data: EnterpriseSlice) -> list[str]:
    """Return how the score moved, and what may not be read into the series."""
    language = data.meta["language"]
    change = data.headline["change"]
    sentences = []
    if is_missing(change):
        sentences.append(
            text(
                language,
                "缺少上年可比得分，不作年度比较。",
                "No comparable score last year.",
            )
        )
    else:
        sentences.append(
            text(
                language,
                f"与上年同口径比较，综合得分变化 {format_change(change)} 分。",
                f"On the same indicators the overall score moved {format_change(change)} points.",
            )
        )
    if data.meta["has_deflator"] is False:
        sentences.append(
            text(
                language,
                "未提供平减指数：强度按当年价，未扣除价格变化。",
                "No deflator given: intensities are in current prices, not deflated.",
            )
        )
    return sentences


def describe_measures(data: EnterpriseSlice) -> list[str]:
    """Return how many measures fit, and what they may bring at most together."""
    language = data.meta["language"]
    count = len(data.measures)
    if count == 0:
        return [
            text(
                language,
                "按现有数据没有可估算效益的适用措施。",
                "No measure can be estimated from the data given.",
            )
        ]
    return [
        text(
            language,
            f"技术清单中有 {count} 项措施适用，按优先级排列。各项效益单独估算，"
            "同一环节的措施不能简单相加。",
            f"{count} measures of the catalogue apply, in order of priority. Effects "
            "are estimated one by one; measures on one stream do not simply add.",
        )
    ]


def describe_data_quality(data: EnterpriseSlice) -> list[str]:
    """Return how complete the data are and what was set aside."""
    language = data.meta["language"]
    counts = data.issues["severity"].value_counts()
    suspect, warning, gap = (
        int(counts.get(k, 0)) for k in ("suspect", "warning", "gap")
    )
    coverage = format_percent(data.headline["coverage"], 0)
    sentences = [
        text(
            language,
            f"本年可评指标占总权重的 {coverage}。发现存疑值 {suspect} 个（未采用）、"
            f"需核实 {warning} 个（已采用）、缺失 {gap} 个。",
            f"Indicators that could be scored carry {coverage} of the weight. "
            f"{suspect} suspect values (not used), {warning} to check (used), "
            f"{gap} missing.",
        )
    ]
    return sentences + list(data.notes)


def describe_method(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return how scores, ranks and colours came about."""
    language = data.meta["language"]
    meta = data.meta
    return [
        text(
            language,
            f"指标体系：{meta['scheme_title']}（{meta['scheme_version']}）。单项按两个锚点"
            "分段线性计分：60 分对应基线值，100 分对应标杆值；园区相对指标的锚点取基准年"
            f"（{meta['base_year']}）分布的分位数并冻结。维度分为可评指标的加权平均，"
            "总分为维度的加权平均。",
            f"Scheme: {meta['scheme_title']} ({meta['scheme_version']}). Indicators are "
            "scored piecewise linearly through two anchors, 60 at the baseline and 100 "
            "at the benchmark; park-relative anchors are quantiles of the base year "
            f"({meta['base_year']}), frozen. Dimensions and the total are weighted means "
            "of what could be scored.",
        ),
        text(
            language,
            f"不确定性：对权重作 {meta['draws']} 次随机抽取（Dirichlet，随机种子 {meta['seed']}），"
            "得到排名的 90% 区间和各等级、颜色的概率；最可能颜色的概率低于"
            f" {format_percent(meta['colour_threshold'], 0)} 时显示为灰色“不确定”。",
            f"Uncertainty: {meta['draws']} random draws of the weights (Dirichlet, seed "
            f"{meta['seed']}) give the 90 % interval of the rank and the probability of "
            "each grade and colour; below "
            f"{format_percent(meta['colour_threshold'], 0)} the colour is shown grey.",
        ),
    ]


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
        note = text(language, f"颜色概率 {probability}", f"probability {probability}")
    else:
        note = text(language, "颜色由规则决定，见下", "colour set by a rule, see below")
    return {
        "label": text(language, "等级与三色", "Grade and colour"),
        "value": f"{grade_name(head['grade'], language)} · "
        f"{colour_name(head['colour'], language)}",
        "note": note,
        "colour": head["colour"],
    }


def _score_badge(data: EnterpriseSlice) -> dict[str, Any]:
    language = data.meta["language"]
    change = data.headline["change"]
    note = (
        text(language, "无上年可比得分", "no comparable year")
        if is_missing(change)
        else text(
            language,
            f"较上年 {format_change(change)}",
            f"{format_change(change)} on last year",
        )
    )
    return {
        "label": text(language, "综合得分", "Overall score"),
        "value": format_number(data.headline["overall"], 1),
        "note": note,
        "colour": "none",
    }


def _rank_badge(data: EnterpriseSlice) -> dict[str, Any]:
    language = data.meta["language"]
    head = data.headline
    if is_missing(head["rank"]):
        value, note = "–", text(language, "数据不足，不排名", "not ranked")
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
    now, before = _year_rows(data)
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
    return [*lines, *describe_dimensions(data)[:2], *describe_carbon(data)[:2]][:5]


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
    for row in named_rows(data.measures.head(3)):
        cut = format_range(row.co2e_low_t, row.co2e_high_t)
        capex = format_range(row.investment_low_10k_cny, row.investment_high_10k_cny)
        payback = format_range(row.payback_low_years, row.payback_high_years, 1)
        parts = [text(language, f"减碳 {cut} t/a", f"{cut} tCO2e/a")]
        if capex != "–":
            parts.append(text(language, f"投资 {capex} 万元", f"CNY {capex} × 10⁴"))
        if payback != "–":
            parts.append(text(language, f"回收期 {payback} 年", f"payback {payback} a"))
        elif not is_missing(row.economics_note) and row.economics_note:
            parts.append(str(row.economics_note))
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


def _year_rows(data: EnterpriseSlice) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the report year's amounts and those of the year before."""
    by_year = data.yearly.set_index("year")
    year = data.meta["report_year"]
    rows = [
        by_year.loc[y].to_dict() if y in by_year.index else {} for y in (year, year - 1)
    ]
    return rows[0], rows[1]


def _largest_source(now: dict[str, Any]) -> tuple[str, float] | None:
    """Return the carbon source with the largest amount."""
    sources = (
        "co2e_fuel_t",
        "co2e_electricity_t",
        "co2e_heat_t",
        "co2e_process_t",
        "co2e_wastewater_t",
    )
    amounts = {c: now[c] for c in sources if not is_missing(now.get(c))}
    if not amounts:
        return None
    column = max(amounts, key=lambda c: float(amounts[c]))
    return column, float(amounts[column])


def _versus(value: Any, earlier: Any, language: str) -> str:
    """Return ", +3.1% on last year", or nothing where it cannot be said."""
    if is_missing(value) or is_missing(earlier) or float(earlier) == 0:
        return text(language, "（上年无可比数据）", " (no figure last year)")
    change = format_percent(float(value) / float(earlier) - 1, 1, signed=True)
    return text(language, f"，较上年 {change}", f", {change} on last year")


def _join(names: Any, language: str) -> str:
    return text(language, "、", ", ").join(str(name) for name in names)
