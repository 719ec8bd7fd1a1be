"""What the reports say about carbon and pollution moving together."""

from __future__ import annotations

import pandas as pd

from synergy_lib.reporting.formatting import (
    format_number,
    format_percent,
    format_range,
    is_missing,
    text,
)
from synergy_lib.reporting.narrative.amounts import join
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.schema import column_label

__all__ = ["describe_own_synergy", "describe_park_synergy", "quadrant_counts"]

# Quadrant of the co-control plane → what it is called.
_QUADRANTS = {
    "I": ("减污降碳协同", "both fall"),
    "II": ("降碳增污", "carbon falls, pollution rises"),
    "III": ("碳污同增", "both rise"),
    "IV": ("减污增碳", "pollution falls, carbon rises"),
    "error": ("变化未超过数据误差，不判", "within the error of the data, not judged"),
}
_LEADING = ("air_equivalent_kg", "water_equivalent_kg")


def describe_own_synergy(data: EnterpriseSlice) -> list[str]:
    """Return whether the enterprise's carbon and pollution fell together."""
    language, rows = data.meta["language"], data.co_control
    known = rows.dropna(subset=["carbon_reduction", "pollutant_reduction"])
    if known.empty:
        return []
    since = int(known["from_year"].iloc[0])
    carbon = _change(known["carbon_reduction"].iloc[0])
    return [
        text(
            language,
            f"与 {since} 年相比，碳排放 {carbon}，{_own_parts(known, language)}。",
            f"Since {since} CO2e {carbon}; {_own_parts(known, language)}.",
        )
    ]


def _own_parts(rows: pd.DataFrame, language: str) -> str:
    """Return the change of each pollutant with its quadrant."""
    parts = [
        text(
            language,
            f"{column_label(str(row['pollutant']), 'zh', with_unit=False)} "
            f"{_change(row['pollutant_reduction'])}（{_quadrant(row, 'zh')}）",
            f"{column_label(str(row['pollutant']), 'en', with_unit=False)} "
            f"{_change(row['pollutant_reduction'])} ({_quadrant(row, 'en')})",
        )
        for _, row in rows.iterrows()
    ]
    return join(parts, language)


def _change(reduction: float) -> str:
    """Return a reduction as a signed change."""
    return format_percent(-reduction, 1, signed=True)


def _quadrant(row: pd.Series, language: str) -> str:
    zh, en = _QUADRANTS[str(row["quadrant"])]
    return text(language, zh, en)


def describe_park_synergy(data: ParkSlice) -> list[str]:
    """Return how carbon and pollution of the park and its enterprises go together."""
    if data.co_control.empty:
        return [
            text(
                data.meta["language"],
                "没有碳或污染物数据，无法分析协同。",
                "No carbon or pollutant data: synergy cannot be analysed.",
            )
        ]
    return [*_of_park(data), *_associated(data), *_concentrated(data)]


def quadrant_counts(rows: pd.DataFrame) -> dict[str, int]:
    """Return the number of enterprises in each quadrant; "" those without data."""
    counts = rows["quadrant"].value_counts()
    return {name: int(counts.get(name, 0)) for name in (*_QUADRANTS, "")}


def _of_park(data: ParkSlice) -> list[str]:
    """Return the change of the park's carbon and of its pollution."""
    language, rows = data.meta["language"], data.co_control
    rows = rows[(rows["enterprise_id"] == "park") & rows["pollutant"].isin(_LEADING)]
    rows = rows.dropna(subset=["pollutant_reduction"])
    sentences = []
    # Enterprises without one of the quantities in one of the years are left out.
    for (since, until, n), own in rows.groupby(["from_year", "to_year", "n"]):
        carbon = _change(own["carbon_reduction"].iloc[0])
        changed = _own_parts(own, language)
        sentences.append(
            text(
                language,
                f"{since}–{until} 年，两年均有数据的 {n} 家企业合计碳排放 {carbon}，{changed}。",
                f"{since}–{until}, the {n} enterprises with data of both years: CO2e "
                f"{carbon}; {changed}.",
            )
        )
    return sentences


def _associated(data: ParkSlice) -> list[str]:
    """Return the correlations across enterprises, and within them over the years."""
    language = data.meta["language"]
    parts = []
    for pollutant in _LEADING:
        across = _estimate(data.associations, pollutant, "partial_spearman")
        across = across or _estimate(data.associations, pollutant, "spearman")
        within = _estimate(data.within, pollutant, "within_two_way")
        told = [
            text(language, f"{zh} {found}", f"{en} {found}")
            for zh, en, found in (
                ("企业之间", "across enterprises", across),
                ("企业自身逐年", "within enterprises over the years", within),
            )
            if found
        ]
        if told:
            name = column_label(pollutant, language, with_unit=False)
            parts.append(f"{name} {join(told, language)}")
    if not parts:
        return []
    return [
        text(
            language,
            f"与碳排放的相关系数（扣除规模，括号内为 95% 区间）：{'；'.join(parts)}。",
            "Correlation with CO2e (size removed, 95 % interval in brackets): "
            f"{'; '.join(parts)}.",
        )
    ]


def _estimate(rows: pd.DataFrame, pollutant: str, method: str) -> str:
    """Return a coefficient with its interval, "" where it cannot be judged."""
    own = rows[(rows["pollutant"] == pollutant) & (rows["method"] == method)]
    if own.empty or is_missing(own.iloc[0]["estimate"]):
        return ""
    row = own.iloc[0]
    ends = format_range(row["low"], row["high"], 2)
    return f"{format_number(row['estimate'], 2)}（{ends}）"


def _concentrated(data: ParkSlice) -> list[str]:
    """Return what the largest emitters of carbon hold of pollution."""
    language, rows = data.meta["language"], data.concentration
    rows = rows[rows["pollutant"].isin(_LEADING)].dropna(subset=["in_both"])
    if rows.empty:
        return []
    parts = []
    for _, row in rows.iterrows():
        name = column_label(str(row["pollutant"]), language, with_unit=False)
        share = format_percent(row["pollutant_share_of_carbon_top"], 0)
        parts.append(
            text(
                language,
                f"{name}的 {share}（与其最多的 {row['top_n']:.0f} 家重合"
                f" {row['in_both']:.0f} 家）",
                f"{share} of {name} ({row['in_both']:.0f} are among its largest)",
            )
        )
    carbon = format_percent(rows["carbon_top_share"].iloc[0], 0)
    number = f"{rows['top_n'].iloc[0]:.0f}"
    return [
        text(
            language,
            f"碳排放最多的 {number} 家占碳排放的 {carbon}、{join(parts, 'zh')}。",
            f"The {number} largest emitters hold {carbon} of CO2e and "
            f"{join(parts, 'en')}.",
        )
    ]
