"""What the reports say of drivers, decoupling, targets and scenarios.

The words are those of ``parameters/sentences/changes.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

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
from synergy_lib.sentences import say

__all__ = ["describe_drivers", "describe_scenarios", "describe_targets"]

# Effects smaller than this share of the start are not named. [-]
_NOTABLE = 0.005
_JUDGED = ("decomposed", "partial")
# Trigger → what its text may name.
_TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "drivers:decomposed": ("years", "name", "change", "parts"),
    "drivers:none_of_note": ("years", "name", "change", "notable"),
    "drivers:not_decomposed": ("years", "name", "reason"),
    "decoupling:judged": ("since", "output", "states"),
    "decoupling:not_judged": ("reason",),
    "targets:judged": ("groups", "binding"),
    "targets:reference": (),
    "targets:none": (),
    "scenario:probability": ("scenario", "deadline", "chance"),
    "scenario:reason": ("scenario", "reason"),
    "rates:history": (),
    "rates:assumed": (),
    "scenarios:given": ("chances", "count", "rates"),
    "scenarios:none": (),
}


_say = partial(say, "changes.csv", _TRIGGERS)


def describe_drivers(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return what moved carbon and pollutants, and whether they are decoupled."""
    rows = data.drivers
    quantities = list(dict.fromkeys(rows["quantity"])) if len(rows) else []
    sentences = [
        _effects(rows[rows["quantity"] == quantity], data.meta["language"])
        for quantity in quantities
    ]
    return [*sentences, *_decoupled(data)]


def _effects(rows: pd.DataFrame, language: str) -> str:
    """Return the effects on one quantity, the largest first, or why there are none."""
    first = rows.iloc[0]
    name = column_label(str(first["quantity"]), language, with_unit=False)
    years = f"{int(first['from_year'])}–{int(first['to_year'])}"
    if first["status"] not in _JUDGED:
        reason = str(first[text(language, "reason_zh", "reason_en")])
        return _say(
            "drivers:not_decomposed", language, years=years, name=name, reason=reason
        )
    change = format_percent(first["end"] / first["start"] - 1, 1, signed=True)
    said = {"years": years, "name": name, "change": change}
    named = rows[rows["share"].abs() >= _NOTABLE]
    if named.empty:
        notable = format_percent(_NOTABLE, 1)
        return _say("drivers:none_of_note", language, **said, notable=notable)
    named = named.reindex(named["share"].abs().sort_values(ascending=False).index)
    label = text(language, "label_zh", "label_en")
    parts = [
        f"{row[label]} {format_percent(row['share'], 1, signed=True)}"
        for _, row in named.iterrows()
    ]
    return _say("drivers:decomposed", language, **said, parts=join(parts, language))


def _decoupled(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return the decoupling state since the base year, of each quantity."""
    language, rows = data.meta["language"], data.decoupling
    last = rows[rows["to_year"] == data.meta["report_year"]] if len(rows) else rows
    if last.empty:
        return []
    known = last[last["label_zh"] != ""]
    if known.empty:
        reason = str(last.iloc[0][text(language, "reason_zh", "reason_en")])
        return [_say("decoupling:not_judged", language, reason=reason)]
    states = [_state(row, language) for _, row in known.iterrows()]
    output = format_percent(known["output_change"].iloc[0], 1, signed=True)
    return [
        _say(
            "decoupling:judged",
            language,
            since=str(int(known["from_year"].iloc[0])),
            output=output,
            states=join(states, language),
        )
    ]


def _state(row: pd.Series, language: str) -> str:
    """Return a quantity's decoupling state with its elasticity."""
    name = column_label(str(row["quantity"]), language, with_unit=False)
    elasticity = format_number(row["elasticity"], 2)
    return text(
        language,
        f"{name}{row['label_zh']}（弹性 {elasticity}）",
        f"{name} {row['label_en']} (elasticity {elasticity})",
    )


def describe_targets(data: EnterpriseSlice | ParkSlice) -> list[str]:
    """Return how the targets stand, reference targets named as such."""
    language, rows = data.meta["language"], data.target_gaps
    judged = rows[~rows["status"].isin(["not_computable", "base_year"])]
    if judged.empty:
        return [_say("targets:none", language)]
    groups = []
    for status, own in judged.groupby("status", sort=False):
        names = [_target_name(row, language) for _, row in own.iterrows()]
        said = text(language, *STATUSES[str(status)])
        groups.append(f"{said}{text(language, '：', ': ')}{join(names, language)}")
    only_reference = bool((judged["standing"] == "reference").all())
    return [
        _say(
            "targets:judged",
            language,
            groups=text(language, "；", "; ").join(groups),
            binding=_say("targets:reference", language) if only_reference else "",
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
        return [_say("scenarios:none", language)]
    history = (data.scenario_basis["origin"] == "history").all()
    return [
        _say(
            "scenarios:given",
            language,
            chances=text(language, "；", "; ").join(
                _chance(row, language) for _, row in peaks.iterrows()
            ),
            count=str(data.headline["scenario_enterprises"]),
            rates=_say("rates:history" if history else "rates:assumed", language),
        )
    ]


def _chance(row: pd.Series, language: str) -> str:
    """Return the probability of a peak in one scenario, or why there is none."""
    name = text(language, *SCENARIOS[str(row["scenario"])])
    if is_missing(row["p_deadline"]):
        reason = str(row[text(language, "reason_zh", "reason_en")])
        return _say("scenario:reason", language, scenario=name, reason=reason)
    return _say(
        "scenario:probability",
        language,
        scenario=name,
        deadline=f"{row['deadline']:.0f}",
        chance=format_percent(row["p_deadline"], 0),
    )
