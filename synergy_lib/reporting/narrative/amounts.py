"""Pieces of sentences on amounts: which year, how much more, which is largest."""

from __future__ import annotations

from typing import Any

from synergy_lib.reporting.formatting import format_percent, is_missing, text
from synergy_lib.reporting.slices import EnterpriseSlice

__all__ = ["join", "largest_source", "versus", "year_rows"]


def year_rows(data: EnterpriseSlice) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the report year's amounts and those of the year before."""
    by_year = data.yearly.set_index("year")
    year = data.meta["report_year"]
    rows = [
        by_year.loc[y].to_dict() if y in by_year.index else {} for y in (year, year - 1)
    ]
    return rows[0], rows[1]


def largest_source(now: dict[str, Any]) -> tuple[str, float] | None:
    """Return the carbon source with the largest amount."""
    sources = (
        "co2e_fuel_t",
        "co2e_electricity_t",
        "co2e_heat_t",
        "co2e_process_t",
        "co2e_wastewater_t",
    )
    amounts = {c: now[c] for c in sources if not is_missing(now.get(c))}
    if not amounts:
        return None
    column = max(amounts, key=lambda c: float(amounts[c]))
    return column, float(amounts[column])


def versus(value: Any, earlier: Any, language: str) -> str:
    """Return ", +3.1% on last year", or nothing where it cannot be said."""
    if is_missing(value) or is_missing(earlier) or float(earlier) == 0:
        return text(language, "（上年无可比数据）", " (no figure last year)")
    change = format_percent(float(value) / float(earlier) - 1, 1, signed=True)
    return text(language, f"，较上年 {change}", f", {change} on last year")


def join(names: Any, language: str) -> str:
    """Return names as an enumeration."""
    return text(language, "、", ", ").join(str(name) for name in names)
