"""What the park's report says of its own monitoring.

The words are those of ``parameters/sentences/monitoring.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from synergy_lib.reporting.formatting import format_number, is_missing
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.sentences import say
from synergy_lib.trends.monitoring.compliance import compliance_table, given_limits
from synergy_lib.trends.monitoring.seasonal import seasonal_trend_table

__all__ = ["describe_monitoring"]

_RESULTS = ("name", "year", "n", "limit", "worst", "months", "missing")
# Trigger → what its text may name.
_TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "compliance:exceeded": (*_RESULTS, "exceeded"),
    "compliance:within": _RESULTS,
    "months:given": ("judged", "compliant"),
    "missing:some": ("missing",),
    "season:rising": ("name", "slope", "low", "high"),
    "season:falling": ("name", "slope", "low", "high"),
    "season:not_detected": ("name", "detectable"),
}


_say = partial(say, "monitoring.csv", _TRIGGERS)


def describe_monitoring(data: ParkSlice) -> list[str]:
    """Return how the report year stands against limits, and seasonal trends.

    Only of indicators with a limit, and of monthly ones; yearly trends stand in the
    table of trends.
    """
    if data.monitoring.empty:
        return []
    language, year = data.meta["language"], data.meta["report_year"]
    sentences = []
    if len(given_limits(data.monitoring)):
        table = compliance_table(data.monitoring)
        judged = table["limit"].notna() & (table["n_values"] > 0)
        for _, row in table[judged & (table["year"] == year)].iterrows():
            sentences.append(_compliance(row, language))
    if "month" in data.monitoring and data.monitoring["month"].notna().any():
        seasons = seasonal_trend_table(data.monitoring)
        sentences += [
            _season(row, language)
            for _, row in seasons[seasons["verdict"] != ""].iterrows()
        ]
    return sentences


def _compliance(row: pd.Series, language: str) -> str:
    """Return how an indicator's results of a year stand against the limit."""
    months = ""
    if not is_missing(row["months_judged"]):
        months = _say(
            "months:given",
            language,
            judged=format_number(row["months_judged"], 0),
            compliant=format_number(row["months_compliant"], 0),
        )
    missing = int(row["n_missing"])
    lacking = _say("missing:some", language, missing=str(missing)) if missing else ""
    exceeded = int(row["exceedances"])
    said = {
        "name": str(row["indicator"]),
        "year": str(int(row["year"])),
        "n": str(int(row["n_values"])),
        "limit": f"{format_number(row['limit'])} {row['unit']}",
        "worst": format_number(row["worst"]),
        "months": months,
        "missing": lacking,
    }
    if exceeded:
        return _say("compliance:exceeded", language, **said, exceeded=str(exceeded))
    return _say("compliance:within", language, **said)


def _season(row: pd.Series, language: str) -> str:
    """Return the seasonal trend of a monthly indicator."""
    amounts = {
        key: f"{format_number(row[key])} {row['unit']}"
        for key in ("slope", "low", "high", "detectable")
    }
    named = _TRIGGERS[f"season:{row['verdict']}"]
    texts = {"name": str(row["indicator"])} | amounts
    return _say(
        f"season:{row['verdict']}", language, **{key: texts[key] for key in named}
    )
