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
from synergy_lib.schema import EQUIVALENTS, column_label

__all__ = ["describe_own_synergy", "describe_park_synergy", "quadrant_counts"]

# Quadrant of the co-control plane → what it is called.
_QUADRANTS = {
    "I": ("减污降碳协同", "both fall"),
    "II": ("降碳增污", "carbon falls, pollution rises"),
    "III": ("碳污同增", "both rise"),
    "IV": ("减污增碳", "pollution falls, carbon rises"),
}
# What lies within the error of the data, so that no quadrant can be told.
_WITHIN_ERROR = {
    "carbon": ("碳的变化在误差内，不判", "carbon within the error, not judged"),
    "pollutant": (
        "污染物的变化在误差内，不判",
        "the pollutant within the error, not judged",
    ),
    "both": ("两者的变化都在误差内，不判", "both within the error, not judged"),
}
_LEVEL = "co_control_level"


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
        ),
        *_level_note(data),
    ]


def _level_note(data: EnterpriseSlice) -> list[str]:
    """Return why the indicator of co-control may say something else."""
    shown = data.co_control["quadrant"] == "error"
    formulas = data.indicators["formula"].astype(str)
    codes = data.indicators.loc[formulas.str.contains(_LEVEL), "code"]
    if not shown.any() or codes.empty:
        return []
    return [
        text(
            data.meta["language"],
            f"指标 {codes.iloc[0]} 按大气与水当量之和、以 0.5% 为界计分，可能与此不同。",
            f"Indicator {codes.iloc[0]} is scored on the sum of air and water, from 0.5 % "
            "on, and may differ.",
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
    known = _QUADRANTS | {
        "error": _WITHIN_ERROR.get(str(row["within_error"]), ("", ""))
    }
    return text(language, *known[str(row["quadrant"])])


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
    return {name: int(counts.get(name, 0)) for name in (*_QUADRANTS, "error", "")}


def _of_park(data: ParkSlice) -> list[str]:
    """Return the change of the park's carbon and of its pollution."""
    language, rows = data.meta["language"], data.co_control
    rows = rows[rows["enterprise_id"] == "park"].dropna(subset=["pollutant_reduction"])
    # The two sums in any case; of the others what is more than the error of the data.
    rows = rows[rows["pollutant"].isin(EQUIVALENTS) | rows["quadrant"].isin(_QUADRANTS)]
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
    for pollutant in EQUIVALENTS:
        across = _estimate(data.associations, pollutant, "partial_spearman")
        across = across or _estimate(data.associations, pollutant, "spearman")
        within = _estimate(data.within, pollutant, "within_two_way")
        told = [
            text(language, f"{zh} {found}", f"{en} {found}")
            for zh, en, found in (
                ("企业自身逐年变化", "within enterprises over the years", within),
                ("企业之间（当年）", "across enterprises this year", across),
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
    rows = rows[rows["pollutant"].isin(EQUIVALENTS)].dropna(subset=["in_both"])
    if rows.empty:
        return []
    both = [
        text(
            language,
            f"{row['in_both']:.0f} 家也在"
            f"{column_label(str(row['pollutant']), 'zh', with_unit=False)}最大的"
            f" {row['top_n']:.0f} 家之列",
            f"{row['in_both']:.0f} are among the {row['top_n']:.0f} largest by "
            f"{column_label(str(row['pollutant']), 'en', with_unit=False)}",
        )
        for _, row in rows.iterrows()
    ]
    carbon = format_percent(rows["carbon_top_share"].iloc[0], 0)
    number = f"{rows['top_n'].iloc[0]:.0f}"
    return [
        text(
            language,
            f"碳排放最大的 {number} 家（前 10%）占碳排放的 {carbon}，其中"
            f" {'，'.join(both)}。",
            f"The {number} largest emitters (a tenth) hold {carbon} of CO2e; "
            f"{', '.join(both)}.",
        )
    ]
