"""Sentences on why the score changed since last year's report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from synergy_lib.figures.bridge import CAUSES
from synergy_lib.figures.parts.labels import words
from synergy_lib.reporting.formatting import format_change, format_number, text
from synergy_lib.reporting.narrative.amounts import join
from synergy_lib.reporting.slices import EnterpriseSlice

__all__ = ["describe_change_bridge"]

# A part smaller than this prints as 0.0 and is not worth naming. [points]
_NOTABLE = 0.05
_REASONS = {
    "no_earlier_report": (
        "没有同一基准的上期得分，无法判断得分变化的原因。",
        "No earlier score on the same base: what moved the score cannot be judged.",
    ),
    "not_in_earlier_report": (
        "上期没有本企业的数据，无法判断得分变化的原因。",
        "No data of this enterprise last time: what moved the score cannot be judged.",
    ),
    "too_few_data_earlier": (
        "上期可评指标不足、没有得分，无法判断得分变化的原因。",
        "Too few data for a score last time: what moved it cannot be judged.",
    ),
    "too_few_data_later": (
        "本期可评指标不足、没有得分，无法判断得分变化的原因。",
        "Too few data for a score this time: what moved it cannot be judged.",
    ),
    "nothing_to_compare": (
        "两期没有可以比较的指标，无法判断得分变化的原因。",
        "Nothing in common to compare: what moved the score cannot be judged.",
    ),
}


def describe_change_bridge(data: EnterpriseSlice) -> list[str]:
    """Return what moved score and rank since last year's report, largest first."""
    language, note = data.meta["language"], data.bridge_note
    if note["reason"]:
        return [text(language, *_REASONS[note["reason"]])]
    rows = {row["code"]: row for row in data.bridge.to_dict("records")}
    overall = rows["overall"]
    first, last = (format_number(overall[end], 1) for end in ("earlier", "later"))
    change = format_change(overall["later"] - overall["earlier"])
    years = note["years"]
    sentences = [
        text(
            language,
            f"{years[0]} 年得分 {first}，{years[1]} 年得分 {last}（{change} 分）；"
            f"{_named_parts(overall, language, '分')}。",
            f"Score {first} in {years[0]}, {last} in {years[1]} ({change} points): "
            f"{_named_parts(overall, language, '')}.",
        )
    ]
    if "rank" in rows:
        sentences.append(_rank_sentence(rows["rank"], language))
    if note["not_told"]:
        names = join(
            [words(f"cause_{c}", language) for c in note["not_told"]], language
        )
        sentences.append(
            text(
                language,
                f"未提供上期报告的数据文件，上期得分按本期文件和方法计算，{names}无法判断。",
                "The earlier report's file was not given: its score is made from this "
                f"year's file and method, and {names} cannot be told.",
            )
        )
    return sentences


def _named_parts(moved: Mapping[Any, Any], language: str, unit: str) -> str:
    """Return the causes that moved a score or rank, largest first."""
    parts = pd.Series({cause: moved[cause] for cause in CAUSES}, dtype=float)
    parts = parts[parts.abs() >= _NOTABLE]
    if parts.empty:
        return text(
            language, "没有可见的影响", "no cause moved it by as much as it would show"
        )
    ordered = parts.reindex(parts.abs().sort_values(ascending=False).index)
    unit = text(language, f" {unit}", "")
    return join(
        [
            f"{words(f'cause_{cause}', language)} {format_change(part)}{unit}"
            for cause, part in ordered.items()
        ],
        language,
    )


def _rank_sentence(rank: Mapping[Any, Any], language: str) -> str:
    """Return how the rank moved, and by whose doing."""
    gained = -(rank["later"] - rank["earlier"])
    before, now = (format_number(rank[end], 0) for end in ("earlier", "later"))
    if gained == 0:
        moved = text(language, "名次未变", "rank unchanged")
    else:
        count = format_number(abs(gained), 0)
        zh, en = ("升", "up") if gained > 0 else ("降", "down")
        moved = text(language, f"{zh} {count} 位", f"{en} {count}")
    places = {cause: -rank[cause] for cause in CAUSES}
    return text(
        language,
        f"名次由第 {before} 到第 {now}（{moved}）：{_named_parts(places, language, '位')}"
        "（正为上升）。",
        f"Rank {before} to {now} ({moved}): {_named_parts(places, language, '')} "
        "(positive is up).",
    )
