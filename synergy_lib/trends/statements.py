"""Sentences on a trend that say no more than the series allows.

Their texts are data: ``parameters/sentences/trends.csv`` has, for each trigger, the
smallest number of years it may be said of, and the text in both languages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from synergy_lib.resources import parameters_path
from synergy_lib.sentences import Sentence, load_bank

__all__ = ["describe_trend", "load_sentences"]

Row = Mapping[Any, Any]

# What every text may name; numbers ending in _unit carry the unit.
VALUES: tuple[str, ...] = (
    *("n", "first_year", "last_year", "missing_years", "flagged_years"),
    *("first", "first_unit", "last_unit", "minimum", "maximum_unit"),
    *("change", "growth", "mean_step_unit", "step_low", "step_high_unit"),
    *("p", "p_one_sided", "slope_unit", "low", "high", "relative_slope"),
    "detectable_unit",
)
# Pieces of the sentence in the order in which they are made: each may name the values
# and the pieces before it.
PIECES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "span": ("complete", "gaps"),
        "move": ("up", "down", "none", "undefined"),
        "rate": ("apart",),
        "steps": ("given",),
        "yearly": ("rate", "amount"),
        "course": (
            *("flat", "mixed", "rising", "falling"),
            *("rising_gaps", "falling_gaps"),
        ),
        "one_sided": ("monotone",),
        "test": ("exact", "normal"),
        "slope": ("plain", "share"),
        "caveat": ("intensity_falls",),
        "flagged": ("some",),
        "verdict": (
            *("no_data", "level_only", "change_only", "direction_only"),
            *("too_few_years", "constant", "rising", "falling", "not_detected"),
        ),
    }
)
WHOLE = "sentence"


def describe_trend(
    row: Row,
    *,
    label: str,
    unit: str = "",
    language: str = "zh",
    sentences: Mapping[str, Sentence] | None = None,
) -> str:
    """Return one honest sentence on a row of the trend table.

    Parameters
    ----------
    row : mapping
        A row of ``trends.monotonic.trend_table``, with ``years``, the observed years,
        and, where there are any, ``flagged``, the years that were not ordinary.
    label, unit : str
        What the quantity is called, and its unit ("" or "1" for none).
    language : str
        ``"zh"`` or ``"en"``.
    sentences : mapping, optional
        As :func:`load_sentences` returns; the shipped ones if omitted.

    Returns
    -------
    str
        n = 1: the level; 2: a change, not a trend; 3 and 4: the direction and the
        smallest and largest yearly change, no two-sided p; n ≥ 5: the test, Sen's
        slope with its 90 % interval and, where nothing was detected, the smallest
        change that would have been.

    Notes
    -----
    A sentence is never said of fewer years than its ``minimum_n``: a piece is left
    out, a verdict gives way to that of too few years.
    """
    bank = load_sentences() if sentences is None else sentences
    texts = _values(row, "" if unit == "1" else unit, language)
    for piece, cases in PIECES.items():
        case = _CASES[piece](row)
        if case not in cases or bank[f"{piece}:{case}"].minimum_n > row["n"]:
            case = "too_few_years" if piece == "verdict" else ""
        said = bank[f"{piece}:{case}"] if case else None
        texts[piece] = said.fill(language, texts) if said else ""
    return bank[WHOLE].fill(language, {**texts, "label": label})


@cache
def load_sentences(path: Path | None = None) -> Mapping[str, Sentence]:
    """Return the sentences on trends by trigger.

    Parameters
    ----------
    path : Path, optional
        A CSV file; the shipped ``parameters/sentences/trends.csv`` if omitted.

    Raises
    ------
    ParameterError
        As :func:`synergy_lib.sentences.load_bank`.
    """
    return load_bank(path or parameters_path("sentences", "trends.csv"), _allowed())


def _allowed() -> dict[str, tuple[str, ...]]:
    """Return the placeholders that the text of each trigger may use."""
    allowed: dict[str, tuple[str, ...]] = {}
    before = VALUES
    for piece, cases in PIECES.items():
        allowed |= {f"{piece}:{case}": before for case in cases}
        before = (*before, piece)
    return {**allowed, WHOLE: (*before, "label")}


def _values(row: Row, unit: str, language: str) -> dict[str, str]:
    """Return the numbers of a row as text."""
    years = row["last_year"] - row["first_year"]
    numbers = {
        **{name: row[name] for name in ("first", "last", "minimum", "maximum", "low")},
        **{name: row[name] for name in ("high", "slope", "detectable", "step_low")},
        "step_high": row["step_high"],
        "mean_step": (row["last"] - row["first"]) / years if years else math.nan,
    }
    plain = {name: _number(value) for name, value in numbers.items()}
    united = {f"{name}_unit": _number(x, unit) for name, x in numbers.items()}
    gaps = [str(year) for year in _missing_years(row)]
    return {
        **plain,
        **united,
        "n": str(row["n"]),
        "first_year": f"{row['first_year']:.0f}",
        "last_year": f"{row['last_year']:.0f}",
        "missing_years": ("、" if language == "zh" else ", ").join(gaps),
        "flagged_years": row.get("flagged", ""),
        "change": _percent(abs(row["total_change"])),
        "growth": _percent(row["cagr"]),
        "relative_slope": _percent(row["relative_slope"]),
        "p": "p<0.001" if row["p"] < 0.001 else f"p={row['p']:.3f}",
        "p_one_sided": f"{row['p_one_sided']:.3f}",
    }


def _number(value: float, unit: str = "") -> str:
    """Return a number with four significant digits, and its unit."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{text} {unit}".rstrip().replace("-", "−")


def _percent(fraction: float) -> str:
    """Return a fraction in per cent, with a true minus sign and no negative zero."""
    rounded = round(100 * fraction, 1) + 0.0
    return f"{rounded:.1f}%".replace("-", "−")


def _missing_years(row: Row) -> list[int]:
    """Return the years without a value between the first and the last."""
    if row["n"] < 2:
        return []
    seen = {int(year) for year in row["years"]}
    every = range(int(row["first_year"]), int(row["last_year"]) + 1)
    return [year for year in every if year not in seen]


def _move(row: Row) -> str:
    change = row["total_change"]
    if math.isnan(change):
        return "undefined"
    return "none" if change == 0 else "up" if change > 0 else "down"


def _rate(row: Row) -> str:
    apart = row["last_year"] - row["first_year"] > 1 and not math.isnan(row["cagr"])
    return "apart" if apart else ""


def _is_flat(row: Row) -> bool:
    return bool(row["step_low"] == row["step_high"] == 0)


def _is_monotone(row: Row) -> bool:
    """Say whether every year went the same way."""
    return bool(abs(row["s"]) == row["n"] * (row["n"] - 1) // 2)


def _course(row: Row) -> str:
    if _is_flat(row):
        return "flat"
    if not _is_monotone(row):
        return "mixed"
    return f"{row['direction']}{'_gaps' if _missing_years(row) else ''}"


def _caveat(row: Row) -> str:
    intensity = "_per_" in str(row.get("quantity", ""))
    return "intensity_falls" if intensity and row["direction"] == "falling" else ""


def _verdict(row: Row) -> str:
    return "constant" if row["n"] >= 5 and _is_flat(row) else str(row["verdict"])


_CASES: Mapping[str, Callable[[Row], str]] = MappingProxyType(
    {
        "span": lambda row: "gaps" if _missing_years(row) else "complete",
        "move": _move,
        "rate": _rate,
        "steps": lambda _: "given",
        "yearly": lambda row: "amount" if math.isnan(row["cagr"]) else "rate",
        "course": _course,
        "one_sided": lambda row: "monotone" if _is_monotone(row) else "",
        "test": lambda row: "normal" if row["method"] == "normal" else "exact",
        "slope": lambda row: "plain" if math.isnan(row["relative_slope"]) else "share",
        "caveat": _caveat,
        "flagged": lambda row: "some" if row.get("flagged") else "",
        "verdict": _verdict,
    }
)
