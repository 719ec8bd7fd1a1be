"""What would move an enterprise's grade and colour."""

from __future__ import annotations

import re

import pandas as pd

from synergy_lib.reporting.formatting import (
    colour_name,
    format_number,
    format_percent,
    grade_name,
    text,
)
from synergy_lib.reporting.narrative.amounts import join
from synergy_lib.reporting.slices import EnterpriseSlice

__all__ = ["describe_improvements", "describe_measure_plan"]

# Reasons that are worth a sentence in English; the others follow from the report.
_GATE = re.compile(r"^门槛(\w+)未通过")


def describe_improvements(data: EnterpriseSlice) -> list[str]:
    """Return the fewest indicators that reach the next grade and the next colour."""
    sentences: list[str] = []
    said: set[str] = set()
    for target in ("grade", "colour"):
        rows = data.improvements[data.improvements["target"] == target]
        codes = set(rows["code"].dropna())
        if len(rows) and not (codes and codes == said):
            sentences += _describe(rows, target, data.meta["language"])
            said = codes
    return sentences


def describe_measure_plan(data: EnterpriseSlice) -> list[str]:
    """Return the fewest measures of the catalogue that reach the next grade."""
    language, rows = data.meta["language"], data.measure_plan
    if rows.empty:
        return []
    first = rows.iloc[0]
    if first["reason"]:
        if not str(first["reason"]).startswith("目录中可估算的措施"):
            return []
        return [
            text(
                language,
                f"{first['reason']}（只计能换算的指标），升级还需其他改善。",
                "The measures of the catalogue alone do not reach the next grade (only "
                "indicators that effects convert to count).",
            )
        ]
    steps = join(rows["technique_id"] + " " + rows["name"], language)
    grade = grade_name(str(first["next"]), language)
    probability = format_percent(first["probability"], 0)
    return [
        text(
            language,
            f"目录措施中最少 {len(rows)} 项可升到“{grade}”：{steps}，达到的概率约"
            f" {probability}（含效益区间）。",
            f"At least {len(rows)} measures of the catalogue reach “{grade}”: {steps}; "
            f"the probability is about {probability}, ranges of the effects included.",
        )
    ]


def _describe(rows: pd.DataFrame, target: str, language: str) -> list[str]:
    """Return what one target needs, or which gate is in the way."""
    first = rows.iloc[0]
    reason = str(first["reason"])
    if reason:
        gate = _GATE.match(reason)
        if not gate or target != "grade":
            return []
        return [
            text(
                language,
                f"升级须先通过门槛 {gate[1]}，单靠指标改善不能升级。",
                f"Gate {gate[1]} has to be passed first: better indicators alone do "
                "not raise the grade.",
            )
        ]
    name = grade_name if target == "grade" else colour_name
    following = name(str(first["next"]), language)
    steps = join(rows.apply(_step, axis=1, args=(language,)), language)
    what = text(
        language,
        f"等级升到“{following}”" if target == "grade" else f"颜色转{following}",
        f"To reach “{following}”" if target == "grade" else f"To turn {following}",
    )
    probability = format_percent(first["probability"], 0)
    return [
        text(
            language,
            f"{what}最少改善 {len(rows)} 项：{steps}；恰好做到时达到的概率约"
            f" {probability}，宜留余量。",
            f"{what} at least {len(rows)} indicators have to improve: {steps}; done "
            f"exactly, the probability of reaching it is about {probability}, so leave "
            "a margin.",
        )
    ]


def _step(row: pd.Series, language: str) -> str:
    """Return one indicator of a plan with what it has to reach."""
    unit = "" if row["unit"] in ("", "级", "level", "1") else f" {row['unit']}"
    sign = {"<=": "≤", ">=": "≥"}.get(row["relation"], row["relation"])
    now, needed = (format_number(row[k]) for k in ("current_value", "needed_value"))
    return text(
        language,
        f"{row['code']} {row['name']}由 {now} 到 {sign}{needed}{unit}",
        f"{row['code']} {row['name']} from {now} to {sign}{needed}{unit}",
    )
