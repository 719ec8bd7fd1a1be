"""What would move an enterprise's grade and colour."""

from __future__ import annotations

import re

import pandas as pd

from synergy_lib.reporting.formatting import (
    colour_name,
    format_number,
    format_percent,
    format_range,
    grade_name,
    text,
)
from synergy_lib.reporting.narrative.amounts import join
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice

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
    steps = join(rows["name"], language)
    grade = grade_name(str(first["next"]), language)
    probability = format_percent(first["probability"], 0)
    missing = format_number(first["points_missing"], 1)
    return [
        text(
            language,
            f"离“{grade}”还差 {missing} 分。目录措施中最少 {len(rows)} 项可以达到：{steps}；"
            f"把握约 {probability}（含效益区间），{_bill(rows, language)}。",
            f"“{grade}” is {missing} points away. At least {len(rows)} measures of the "
            f"catalogue reach it: {steps}; probability about {probability} (ranges of the "
            f"effects included), {_bill(rows, language)}.",
        )
    ]


def _bill(rows: pd.DataFrame, language: str) -> str:
    """Return what a set of measures takes off in CO2e, and what it costs."""
    cut = float(rows["co2e_reduction_t"].iloc[0])
    zh, en = ("减碳", "cutting") if cut >= 0 else ("增碳", "adding")
    tonnes = format_number(abs(cut), 0)
    costs = rows[["investment_low_10k_cny", "investment_high_10k_cny"]]
    known, unknown = costs.dropna(), rows.loc[costs.isna().any(axis=1), "name"]
    capex_zh, capex_en = "缺投资额", "investment unknown"
    if len(known):
        capex = format_range(*known.sum())
        capex_zh, capex_en = f"投资 {capex} 万元", f"for CNY {capex} × 10⁴"
        if len(unknown):
            names = join(unknown, language)
            capex_zh += f"（缺{names}的投资额）"
            capex_en += f" (without {names}: investment unknown)"
    return text(
        language,
        f"合计{zh} {tonnes} t/a，{capex_zh}",
        f"{en} {tonnes} tCO2e/a, {capex_en}",
    )


def describe_park_measures(data: ParkSlice) -> list[str]:
    """Return how many enterprises measures of the catalogue raise by a grade."""
    language = data.meta["language"]
    firms = data.measure_plan.drop_duplicates("enterprise_id")
    planned = firms["technique_id"].notna()
    short = ~planned & firms["reason"].str.startswith("目录中可估算的措施")
    other = int((~planned & ~short).sum())
    sure = int((firms["probability"] >= data.meta["colour_threshold"]).sum())
    threshold = format_percent(data.meta["colour_threshold"], 0)
    return [
        text(
            language,
            f"{len(firms)} 家企业中，目录措施按最可能效益可使 {int(planned.sum())} 家等级上升"
            f"（其中 {sure} 家把握达到 {threshold}），{int(short.sum())} 家仅靠这些措施达不到，"
            f"其余 {other} 家已是最高等级、受门槛限制或数据不足。",
            f"Of {len(firms)} enterprises, measures of the catalogue raise "
            f"{int(planned.sum())} by a grade at their most likely effects ({sure} with a "
            f"probability of {threshold}); for {int(short.sum())} they do not suffice; the "
            f"other {other} have the best grade, are held by a gate or lack data.",
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
            f"{what}最少改善 {len(rows)} 项指标（都不超过园区前 10% 的水平）：{steps}；"
            f"恰好做到时把握约 {probability}。",
            f"{what} at least {len(rows)} indicators have to improve (none beyond the "
            f"park's best tenth): {steps}; done exactly, the probability is about "
            f"{probability}.",
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
