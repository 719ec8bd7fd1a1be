"""What the reports say of drivers, decoupling, targets and scenarios."""

from __future__ import annotations

import pandas as pd

from synergy_lib.outlook.scenarios.projection import SCENARIOS
from synergy_lib.outlook.targets.gap import STATUSES
from synergy_lib.reporting.formatting import (
    format_change,
    format_number,
    format_percent,
    is_missing,
    text,
)
from synergy_lib.reporting.narrative.amounts import join
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.schema import column_label

__all__ = ["describe_drivers", "describe_scenarios", "describe_targets"]

# Effects smaller than this share of the start are not named. [-]
_NOTABLE = 0.005
_JUDGED = ("decomposed", "partial")


def describe_drivers(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return what moved carbon, whether it is decoupled, and pollutants' sources."""
    rows = data.drivers
    quantities = list(dict.fromkeys(rows["quantity"])) if len(rows) else []
    sentences = [
        sentence
        for quantity in quantities
        for sentence in _effects(rows[rows["quantity"] == quantity], data)
    ]
    return [*sentences, *_decoupled(data)]


def _effects(rows: pd.DataFrame, data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return the effects on one quantity, the largest first, or why there are none."""
    language, first = data.meta["language"], rows.iloc[0]
    name = column_label(str(first["quantity"]), language, with_unit=False)
    years = f"{int(first['from_year'])}–{int(first['to_year'])}"
    if first["status"] not in _JUDGED:
        reason = str(first[text(language, "reason_zh", "reason_en")])
        return [
            text(
                language,
                f"{years} 年{name}的变化不能分解：{reason}。",
                f"{name} {years} cannot be decomposed: {reason}.",
            )
        ]
    named = rows[rows["share"].abs() >= _NOTABLE]
    named = named.reindex(named["share"].abs().sort_values(ascending=False).index)
    label = text(language, "label_zh", "label_en")
    parts = [
        f"{row[label]} {format_percent(row['share'], 1, signed=True)}"
        for _, row in named.iterrows()
    ]
    change = format_percent(first["end"] / first["start"] - 1, 1, signed=True)
    joined = join(parts, language) or text(language, "无明显作用", "none of note")
    return [
        text(
            language,
            f"{years} 年{name} {change}，其中{joined}。",
            f"{name} {years} {change}: {joined}.",
        )
    ]


def _decoupled(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return the decoupling state since the base year, of each quantity."""
    language, rows = data.meta["language"], data.decoupling
    if rows.empty:
        return []
    last = rows[rows["to_year"] == data.meta["report_year"]]
    known = last[last["label_zh"] != ""]
    if known.empty:
        reason = str(last.iloc[0][text(language, "reason_zh", "reason_en")])
        return [
            text(
                language,
                f"脱钩状态不判定：{reason}。",
                f"Decoupling is not judged: {reason}.",
            )
        ]
    parts = [
        text(
            language,
            f"{column_label(str(row['quantity']), 'zh', with_unit=False)}"
            f"{row['label_zh']}（弹性 {format_number(row['elasticity'], 2)}）",
            f"{column_label(str(row['quantity']), 'en', with_unit=False)} "
            f"{row['label_en']} (elasticity {format_number(row['elasticity'], 2)})",
        )
        for _, row in known.iterrows()
    ]
    since = int(known["from_year"].iloc[0])
    output = format_percent(known["output_change"].iloc[0], 1, signed=True)
    return [
        text(
            language,
            f"自 {since} 年可比价产出 {output}：{join(parts, 'zh')}。",
            f"Output at constant prices since {since} {output}: {join(parts, 'en')}.",
        )
    ]


def describe_targets(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return how the targets stand, reference targets named as such."""
    language, rows = data.meta["language"], data.target_gaps
    judged = rows[~rows["status"].isin(["not_computable", "base_year"])]
    if judged.empty:
        return [
            text(
                language,
                "没有可以对照的量化目标。",
                "No quantified target can be compared.",
            )
        ]
    parts = []
    for status, own in judged.groupby("status", sort=False):
        names = [_target_name(row, language) for _, row in own.iterrows()]
        said = text(language, *STATUSES[str(status)])
        parts.append(f"{said}{text(language, '：', ': ')}{join(names, language)}")
    only_reference = (judged["standing"] == "reference").all()
    note = ""
    if only_reference:
        note = text(
            language,
            "均为其他地区的参照目标，此处没有约束力。",
            " All are reference targets of other places and bind nobody here.",
        )
    return [
        text(
            language,
            f"目标（百分数为与序时要求之差）：{'；'.join(parts)}。{note}",
            f"Targets (per cent off the path): {'; '.join(parts)}.{note}",
        )
    ]


def _target_name(row: pd.Series, language: str) -> str:
    """Return indicator, year due and how far the value is from the path."""
    name = row[text(language, "indicator_zh", "indicator_en")]
    gap, due = format_change(row["gap_pct"]), int(row["target_year"])
    return text(language, f"{name} {gap}%（{due} 年）", f"{name} {gap} % ({due})")


def describe_scenarios(data: ParkSlice) -> list[str]:
    """Return what each scenario says of a peak, and what it rests on."""
    language, peaks = data.meta["language"], data.scenario_peaks
    if peaks.empty:
        return [
            text(
                language,
                "没有企业在各年都有碳排放、能耗和可比价增加值，不作达峰推演。",
                "No enterprise has CO2e, energy and output of every year: no scenarios.",
            )
        ]
    parts = []
    for _, row in peaks.iterrows():
        name = text(language, *SCENARIOS[str(row["scenario"])])
        reason = str(row[text(language, "reason_zh", "reason_en")])
        if is_missing(row["p_deadline"]):
            parts.append(f"{name}{text(language, '：', ': ')}{reason}")
            continue
        chance = format_percent(row["p_deadline"], 0)
        parts.append(
            text(
                language,
                f"“{name}”{row['deadline']:.0f} 年前达峰的概率 {chance}",
                f"“{name}” peaks by {row['deadline']:.0f} with probability {chance}",
            )
        )
    count = data.headline["scenario_enterprises"]
    history = (data.scenario_basis["origin"] == "history").all()
    basis = text(
        language,
        "速率取自本园区历史" if history else "历史太短，速率为假设值 [P]",
        "rates from the park's own history"
        if history
        else "the history is too short, rates are assumptions [P]",
    )
    return [
        text(
            language,
            f"{'；'.join(parts)}。推演 {count} 家各年数据完整的企业，{basis}；只有此后至少"
            " 5 年都低于该年才认定达峰。技术情景假定目录措施到该年均匀实施完毕 [P]，是上限。",
            f"{'; '.join(parts)}. For the {count} enterprises with data of every year; "
            f"{basis}. A peak is declared only where at least five later years lie below "
            "it. “Policy and techniques” carries out the whole catalogue evenly until that "
            "year [P]: an upper bound.",
        )
    ]
