"""What the reports say about how sure a score, grade, colour and rank are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from synergy_lib.reporting.formatting import (
    colour_name,
    format_number,
    format_percent,
    format_range,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice

__all__ = [
    "deciding_name",
    "describe_certainty",
    "describe_park_certainty",
    "describe_what_varies",
    "is_grade_unsure",
]

# What a scheme may let vary, in the order of the text.
_VARIED = {
    "weights": ("权重", "weights"),
    "anchors": ("锚点", "anchors"),
    "data": ("填报数据误差", "errors of the data"),
    "factors": ("排放因子误差", "errors of the emission factors"),
    "missing": ("缺失处理", "the rule for missing data"),
    "normalization": ("标准化方法", "normalisation"),
    "aggregation": ("合成方法", "aggregation"),
}


def is_grade_unsure(headline: Mapping[Any, Any], meta: dict[str, Any]) -> bool:
    """Tell whether the grade by score is less probable than the park demands.

    A grade that a failed gate caps is a known fact and never unsure.
    """
    probability = headline["grade_probability"]
    if is_missing(probability) or headline["grade"] != headline["grade_by_score"]:
        return False
    return bool(probability < meta["colour_threshold"])


def describe_certainty(data: EnterpriseSlice) -> list[str]:
    """Return how sure the enterprise's score, grade, rank and colour are."""
    language, head, meta = data.meta["language"], data.headline, data.meta
    if is_missing(head["overall"]) or is_missing(head["overall_low"]):
        return []
    interval = format_range(head["overall_low"], head["overall_high"], 1)
    grade = grade_name(head["grade_by_score"], language)
    probability = format_percent(head["grade_probability"], 0)
    unsure = is_grade_unsure(head, meta)
    sentences = [
        text(
            language,
            f"综合得分的 90% 区间为 {interval} 分；按得分评为“{grade}”的概率 {probability}"
            + ("，等级不确定。" if unsure else "。"),
            f"The 90 % interval of the overall score is {interval} points; the "
            f"probability of the grade “{grade}” by score is {probability}"
            + (", so the grade is uncertain." if unsure else "."),
        )
    ]
    return sentences + _describe_choices(head, meta, language)


def _describe_choices(
    head: dict[str, Any], meta: dict[str, Any], language: str
) -> list[str]:
    """Return what other defensible ways to make the index would change."""
    if is_missing(head["choice_best_rank"]):
        return []
    ranks = format_range(head["choice_best_rank"], head["choice_worst_rank"], 0)
    shares = text(language, "、", ", ").join(
        f"{colour_name(name, language)} {format_percent(head[f'choice_{name}'], 0)}"
        for name in ("green", "yellow", "red")
        if head[f"choice_{name}"]
    )
    if head["depends_on_choice"]:
        decides = text(language, *_VARIED[head["deciding_choice"]])
        colour = text(
            language,
            f"按得分的颜色取决于做法（{shares}），影响最大的是{decides}",
            f"the colour by score depends on the choice ({shares}), mostly on {decides}",
        )
    else:
        colour = text(
            language, "按得分的颜色都相同", "the colour by score is always the same"
        )
    count = meta["specifications"]
    return [
        text(
            language,
            f"换用 {count} 种同样说得通的做法，名次在 {ranks} 之间，{colour}。",
            f"Under {count} equally defensible ways to make the index the rank lies "
            f"within {ranks}; {colour}.",
        )
    ]


def describe_park_certainty(data: ParkSlice) -> list[str]:
    """Return how sure the park's grades and colours are, and what moves the ranks."""
    language, rows = data.meta["language"], data.enterprises
    width = rows["rank_high"] - rows["rank_low"]
    unsure = [
        is_grade_unsure(row, data.meta)
        for row in rows[["grade", "grade_by_score", "grade_probability"]].to_dict(
            "records"
        )
    ]
    grey = (rows["uncertainty_note"].fillna("") != "").sum()
    most = rows[["choice_green", "choice_yellow", "choice_red"]].max(axis=1)
    open_choice = int((most < data.meta["colour_threshold"]).sum())
    some = int(((most < 1) & rows["rank"].notna()).sum()) - open_choice
    sentences = [
        text(
            language,
            f"名次 90% 区间的宽度中位数为 {format_number(width.median(), 0)} 位；"
            f"{sum(unsure)} 家等级不确定，{grey} 家颜色不确定（概率低于"
            f" {format_percent(data.meta['colour_threshold'], 0)}）；"
            f"换用同样说得通的做法，{open_choice} 家没有哪种颜色占到"
            f" {format_percent(data.meta['colour_threshold'], 0)}，另有 {some} 家至少在一种"
            "做法下变色。",
            "The 90 % intervals of the ranks are "
            f"{format_number(width.median(), 0)} places wide (median); the grade of "
            f"{sum(unsure)} and the colour of {grey} enterprises are uncertain (below "
            f"{format_percent(data.meta['colour_threshold'], 0)}). Under other defensible "
            f"ways {open_choice} have no colour in "
            f"{format_percent(data.meta['colour_threshold'], 0)} of them, and {some} more "
            "change colour in at least one.",
        )
    ]
    if not data.sensitivity.empty and data.sensitivity["total"].notna().any():
        top = data.sensitivity.sort_values("total", ascending=False).iloc[0]
        name = text(language, *_VARIED[str(top["input"])])
        share = format_percent(min(float(top["total"]), 1.0), 0)
        sentences.append(
            text(
                language,
                f"名次变动主要来自{name}（总效应 {share}）。",
                f"Rank shifts come mostly from {name} (total effect {share}).",
            )
        )
    return sentences


def describe_what_varies(meta: dict[str, Any]) -> str:
    """Return what was drawn at random, for the method section."""
    language = meta["language"]
    names = text(language, "、", ", ").join(
        text(language, *_VARIED[name]) for name in meta["varied"]
    )
    own = ""
    if set(meta["varied"]) & {"normalization", "aggregation"}:
        own = text(
            language,
            "得分、等级和颜色只取用本体系自身标准化与合成方法的抽取（占一半），名次取用全部抽取；",
            "Scores, grades and colours rest on the draws with the scheme's own "
            "normalisation and aggregation (half of them), ranks on all; ",
        )
    threshold = format_percent(meta["colour_threshold"], 0)
    return text(
        language,
        f"不确定性：对{names}作 {meta['draws']} 次随机抽取（随机种子 {meta['seed']}），"
        "得到得分、名次的 90% 区间和各等级、颜色的概率；"
        f"{own}概率低于 {threshold} 时等级注明、颜色显示为灰色“不确定”。"
        "变动幅度为提议值 [P]，由园区决定。",
        f"Uncertainty: {meta['draws']} random draws (seed {meta['seed']}) of {names} "
        "give the 90 % intervals of score and rank and the probability of each grade "
        f"and colour. {own}Below {threshold} the grade is marked and the colour shown "
        "grey. How far each may vary is a proposal [P] for the park to set.",
    )


def deciding_name(key: Any, language: str) -> str:
    """Return the name of the choice that decides a colour; "" where none does."""
    return text(language, *_VARIED[str(key)]) if key and not pd.isna(key) else ""
