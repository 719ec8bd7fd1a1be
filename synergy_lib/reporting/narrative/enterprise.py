"""Sentences of the enterprise diagnostic."""

from __future__ import annotations

from typing import Any

from synergy_lib.reporting.formatting import (
    format_change,
    format_number,
    format_percent,
    is_missing,
    text,
)
from synergy_lib.reporting.narrative.amounts import (
    join,
    largest_source,
    versus,
    year_rows,
)
from synergy_lib.reporting.narrative.certainty import describe_what_varies
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.schema import column_label

__all__ = [
    "describe_carbon",
    "describe_data_quality",
    "describe_dimensions",
    "describe_gates",
    "describe_measures",
    "describe_method",
    "describe_pollutants",
    "describe_trends",
]

# A difference of a score smaller than this is not worth a sentence. [points]
_NOTABLE = 5.0


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
    if len(scored) == 1:
        only = scored.iloc[0]
        return [
            text(
                language,
                f"只有“{only['name']}”数据足以评判（{format_number(only['score'], 1)} 分）。",
                f"Only {only['name']} has enough data ({format_number(only['score'], 1)}).",
            )
        ]
    best = scored.iloc[int(scored["score"].argmax())]
    worst = scored.iloc[int(scored["score"].argmin())]
    sentences = [
        text(
            language,
            f"得分最高的是“{best['name']}”（{format_number(best['score'], 1)} 分），"
            f"最低的是“{worst['name']}”（{format_number(worst['score'], 1)} 分）。",
            f"Highest is {best['name']} ({format_number(best['score'], 1)}), lowest "
            f"{worst['name']} ({format_number(worst['score'], 1)}).",
        )
    ]
    thin = data.dimensions[data.dimensions["score"].isna()]
    if len(thin):
        weight = format_number(thin["weight"].sum(), 0)
        names = join(thin["name"], language)
        sentences.append(
            text(
                language,
                f"数据不足、未计入总分的维度：{names}（权重合计 {weight}）。",
                f"Too few data, not in the score: {names} (weight {weight}).",
            )
        )
    gap = scored["score"] - scored["peer_p50"]
    below = scored[gap <= -_NOTABLE]
    if len(below):
        names = join(below["name"], language)
        sentences.append(
            text(
                language,
                f"低于园区中位数 {_NOTABLE:.0f} 分以上的维度：{names}。",
                f"More than {_NOTABLE:.0f} points below the park's median: {names}.",
            )
        )
    return sentences


def describe_gates(data: EnterpriseSlice) -> list[str]:
    """Return which gates are failed or not reported; nothing where all are passed."""
    language = data.meta["language"]
    sentences = []
    for state, zh, en in (
        ("fail", "未通过的否决项", "Gates failed"),
        (
            "unknown",
            "未填报的否决项（无法判断）",
            "Gates not reported (cannot be judged)",
        ),
    ):
        named = data.gates[data.gates["state"] == state]
        if len(named):
            labels = join(named["code"] + " " + named["name"], language)
            sentences.append(text(language, f"{zh}：{labels}。", f"{en}: {labels}."))
    if not sentences and len(data.gates):
        count = len(data.gates)
        sentences.append(
            text(language, f"{count} 项否决项全部通过。", f"All {count} gates passed.")
        )
    return sentences


def describe_carbon(data: EnterpriseSlice) -> list[str]:
    """Return what the carbon account says about the report year."""
    language = data.meta["language"]
    now, before = year_rows(data)
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
            f"{versus(total, before.get('co2e_t'), language)}。",
            f"Emissions of {format_number(total)} tCO2e"
            f"{versus(total, before.get('co2e_t'), language)}.",
        )
    ]
    differing = _boundary_change(now, before, language)
    if differing:
        sentences.append(differing)
    output = _output_change(now, before, language)
    if output:
        sentences.append(output)
    largest = largest_source(now)
    if largest and total:
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


def _boundary_change(now: dict[str, Any], before: dict[str, Any], language: str) -> str:
    """Return which optional sources only one of the two years reports."""
    columns = [
        name
        for name in ("co2e_process_t", "co2e_wastewater_t")
        if is_missing(now.get(name)) != is_missing(before.get(name))
    ]
    if not columns or is_missing(before.get("co2e_t")):
        return ""
    names = join(
        [column_label(c, language, with_unit=False) for c in columns], language
    )
    return text(
        language,
        f"两年核算范围不同：{names}只有一年有数据，增减率不完全可比。",
        f"The two years differ in scope: {names} in one of them only.",
    )


def _output_change(now: dict[str, Any], before: dict[str, Any], language: str) -> str:
    """Return how output and carbon intensity moved, so that a fall can be read."""
    names = ("value_added_constant_10k_cny", "co2e_t")
    values = [
        float("nan") if is_missing(year.get(name)) else float(year[name])
        for year in (now, before)
        for name in names
    ]
    if not all(value > 0 for value in values):
        return ""
    added, carbon, added_before, carbon_before = values
    growth = format_percent(added / added_before - 1, signed=True)
    intensity = (carbon / added) / (carbon_before / added_before) - 1
    change = format_percent(intensity, signed=True)
    return text(
        language,
        f"同期工业增加值（可比价）{growth}，碳强度 {change}。",
        f"Value added (constant price) {growth}, carbon intensity {change}.",
    )


def describe_pollutants(data: EnterpriseSlice) -> list[str]:
    """Return how the pollutant equivalents changed since last year."""
    language = data.meta["language"]
    now, before = year_rows(data)
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
        change = versus(value, before.get(column), language)
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
    carbon = data.trends[data.trends["quantity"] == "co2e_t"]
    if len(carbon):
        column = text(language, "statement_zh", "statement_en")
        sentences.append(str(carbon.iloc[0][column]))
    has_value_added = "value_added_10k_cny" in data.yearly
    if has_value_added and not data.meta["has_deflator"]:
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
    estimated = int(data.measures["co2e_mode_t"].notna().sum())
    reach = _reach_of_first(data)
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
            f"技术清单中有 {count} 项措施适用，其中 {estimated} 项可估算减碳量；下表列出"
            f"优先的几项，全部见园区附表。{reach}各项效益单独估算，同一环节的措施不能简单相加。",
            f"{count} measures of the catalogue apply, {estimated} can be estimated; the "
            f"first of them are shown. {reach}Effects are estimated one by one; measures "
            "on one stream do not simply add.",
        )
    ]


def _reach_of_first(data: EnterpriseSlice, count: int = 3) -> str:
    """Return what the first measures bring together, as a share of the emissions."""
    language = data.meta["language"]
    now, _ = year_rows(data)
    first = data.measures[data.measures["co2e_mode_t"] > 0].head(count)
    if first.empty or is_missing(now.get("co2e_t")) or not now["co2e_t"]:
        return ""
    total = first["co2e_mode_t"].sum()
    share = format_percent(total / now["co2e_t"])
    return text(
        language,
        f"前 {len(first)} 项最可能合计减碳 {format_number(total)} t，"
        f"占本年排放 {share}（未扣叠加）。",
        f"The first {len(first)} most likely cut {format_number(total)} t together, "
        f"{share} of the emissions (overlaps not removed). ",
    )


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
        describe_what_varies(meta),
    ]
