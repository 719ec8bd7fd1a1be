"""Frames and figures that the slices of enterprises and park have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.factors.selection import relevant_factors
from synergy_lib.park.totals import park_ratios
from synergy_lib.pipeline import Analysis
from synergy_lib.reporting.formatting import is_missing, text

__all__ = [
    "PEERS",
    "SharedFrames",
    "factor_frame",
    "headline_figures",
    "plain_number",
    "restated_values",
    "run_notes",
    "year_row",
]

PEERS = ("n", "p10", "p25", "p50", "p75", "p90")
_RATIOS = (
    ("co2e_t", "value_added_constant_10k_cny"),
    ("co2e_t", "value_added_10k_cny"),
    ("co2e_t", "main_product_t"),
    ("energy_tce", "value_added_constant_10k_cny"),
    ("energy_tce", "main_product_t"),
    ("air_equivalent_kg", "value_added_10k_cny"),
    ("water_equivalent_kg", "value_added_10k_cny"),
)
# Single quantities a technique acts on; the reports show what they add up to.
_UNUSED_MEASURES = (
    "co2e_market_",
    "electricity_",
    "heat_",
    "natural_gas_",
    "bituminous_",
    "solvent_",
    "water_fresh_",
    "hazardous_waste_",
)


class SharedFrames:
    """Frames that every slice takes its rows from, computed once."""

    def __init__(self, analysis: Analysis) -> None:
        parameters = analysis.parameters
        self.year = parameters.report_year
        self.language = parameters.language
        self.data = analysis.panel.join(analysis.accounts)
        at_year = self.data.index.get_level_values("year") == self.year
        self.ids = sorted(self.data.index[at_year].get_level_values(0))
        self.meta = run_meta(analysis)
        self.dimensions = dimension_frame(analysis)
        self.indicators = indicator_frame(analysis)
        self.park_yearly = ratio_frame(analysis, self.data)
        self.numeric = self.data.select_dtypes("number")
        reasons = analysis.indicators.reasons
        reasons = reasons[reasons["year"] == self.year]
        self.reasons = dict(iter(reasons.groupby("enterprise_id")))
        self.issues = dict(iter(analysis.data.issues.groupby("enterprise_id")))
        kept = [c for c in analysis.measures if not str(c).startswith(_UNUSED_MEASURES)]
        # JSON has no infinity: a payback that never comes has no upper end.
        measures = analysis.measures[kept].replace([np.inf, -np.inf], np.nan)
        self.measures = dict(iter(measures.groupby("enterprise_id")))
        self.no_measures = measures.iloc[:0]
        self.trends = dict(iter(analysis.trends.groupby("enterprise_id")))


def run_meta(analysis: Analysis) -> dict[str, Any]:
    """Return what every report says about the run."""
    parameters, header = analysis.parameters, analysis.scheme.header
    language = parameters.language
    return {
        "park_id": parameters.park_id,
        "park_name": parameters.park_name,
        "report_year": parameters.report_year,
        "base_year": parameters.base_year,
        "first_year": parameters.first_year,
        "language": language,
        "is_invented": parameters.is_invented,
        "data_source": parameters.data_source,
        "source_name": analysis.data.source_name,
        "scheme_title": text(language, header.title_zh, header.title_en),
        "scheme_version": header.version,
        "carbon_basis": parameters.carbon_basis,
        "factor_set": parameters.factor_set,
        "gwp_set": parameters.gwp_set,
        "grid_region": parameters.grid_region,
        "prices": dict(parameters.prices),
        "has_three_lists": parameters.has_three_lists,
        "draws": parameters.draws,
        "seed": parameters.seed,
        "colour_threshold": header.colour_probability_minimum,
        "coverage_dimension_minimum": header.coverage_dimension_minimum,
        "grade_names": list(header.grade_names),
        "grade_lower_bounds": list(header.grade_lower_bounds),
        "has_deflator": "value_added_constant_10k_cny" in analysis.panel,
        "peer_group_minimum": parameters.peer_group_minimum,
    }


def run_notes(analysis: Analysis, *, of_enterprise: bool) -> list[str]:
    """Return what was assumed, substituted or left out, once each.

    Notes on a workbook count the records of the whole park; they are not told to a
    single enterprise.
    """
    parameters = analysis.parameters
    is_shared = parameters.input.layout != "workbook" or not of_enterprise
    notes = (
        *parameters.notes,
        *(analysis.data.notes if is_shared else ()),
        *(analysis.factors.notes if parameters.carbon_basis == "calculated" else ()),
    )
    return list(dict.fromkeys(notes))


def dimension_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the dimensions with weight and peer quantiles, indexed by code."""
    framework = analysis.scheme.framework
    name = text(analysis.parameters.language, "name", "name_en")
    peers = analysis.peers.loc["dimension"]
    frame = pd.DataFrame(
        {
            "name": framework.dimensions[name],
            "weight": framework.dimensions["weight"],
        }
    ).rename_axis("code")
    for quantile in PEERS:
        frame[f"peer_{quantile}"] = peers[quantile]
    return frame


def indicator_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the indicators with anchors and peer quantiles, indexed by code."""
    table = analysis.scheme.framework.indicators
    language = analysis.parameters.language
    anchors = analysis.scores.anchors
    peers = analysis.peers.loc["value"]
    frame = pd.DataFrame(
        {
            "dimension": table["parent"],
            "name": table[text(language, "name", "name_en")],
            "unit": table[text(language, "unit", "unit_en")].replace("1", ""),
            "direction": table["direction"],
            "weight": analysis.scores.weights * 100,
            "rule": table["rule"],
            "baseline": anchors["baseline"],
            "benchmark": anchors["benchmark"],
            "basis": anchors["basis"],
            "formula": table["formula"],
            "tiers": table["tiers"],
            "tag": table["tag"],
            "source_key": table["source_key"],
        }
    ).rename_axis("code")
    for quantile in PEERS:
        frame[f"peer_{quantile}"] = peers[quantile]
    frame["peer_score_p50"] = analysis.peers.loc["score"]["p50"]
    return frame


def ratio_frame(analysis: Analysis, data: pd.DataFrame) -> pd.DataFrame:
    """Return the park's ratios of sums by year, withheld for small groups."""
    minimum = analysis.parameters.peer_group_minimum
    years = pd.Index(list(analysis.parameters.years), name="year")
    frame = pd.DataFrame(index=years)
    for numerator, denominator in _RATIOS:
        if {numerator, denominator} <= set(data.columns):
            ratios = park_ratios(data, numerator, denominator)
            enough = ratios["enterprises"] >= minimum
            frame[f"{numerator}_per_{denominator}"] = ratios["ratio"].where(enough)
    return frame.reset_index()


def factor_frame(analysis: Analysis, enterprise_id: str | None = None) -> pd.DataFrame:
    """Return the factors that touched a figure, of one enterprise or all."""
    panel = analysis.panel
    if enterprise_id is not None:
        panel = pd.DataFrame(panel.xs(enterprise_id, level="enterprise_id"))
    used = relevant_factors(analysis.factors, panel)
    columns = ["name_zh", "name_en", "value", "unit", "source_key", "tag"]
    return used[columns].drop_duplicates().reset_index(drop=True)


def restated_values(
    analysis: Analysis, enterprise_id: str | None = None
) -> pd.DataFrame:
    """Return restated values, of one enterprise or all."""
    table = analysis.data.restatements
    if table.empty or enterprise_id is None:
        return table
    return table[table["enterprise_id"] == enterprise_id]


def headline_figures(analysis: Analysis, enterprise_id: str) -> dict[str, Any]:
    """Return the figures of page 1."""
    scores, uncertainty = analysis.scores, analysis.uncertainty
    key = (enterprise_id, analysis.parameters.report_year)
    change = scores.change.get(key, np.nan)
    ungraded = scores.grade[key] == analysis.scheme.header.grade_no_data
    ranks = uncertainty.rank.reindex([key]).iloc[0]
    return {
        # Too few data for a grade are too few for a score.
        "overall": None if ungraded else plain_number(scores.overall[key]),
        "overall_geometric": plain_number(scores.overall_geometric[key]),
        "is_provisional": bool(scores.is_provisional[key]),
        "grade": scores.grade[key],
        "colour": uncertainty.colour[key],
        "colour_by_rules": scores.colour[key],
        "colour_probability": plain_number(uncertainty.probability[key]),
        "colour_reasons": scores.colour_reasons[key],
        "uncertainty_note": uncertainty.note[key],
        "rank": plain_number(scores.rank[key]),
        "rank_low": plain_number(ranks.get("low", np.nan)),
        "rank_median": plain_number(ranks.get("median", np.nan)),
        "rank_high": plain_number(ranks.get("high", np.nan)),
        "ranked_count": plain_number(scores.ranked_count.get(key[1], np.nan)),
        "change": plain_number(change),
        "coverage": plain_number(scores.coverage[key]),
    }


def year_row(frame: pd.DataFrame, year: int) -> pd.Series:
    """Return a year's row, missing throughout if there is no such year."""
    if year in frame.index:
        return pd.Series(frame.loc[year])
    return pd.Series(np.nan, index=frame.columns)


def plain_number(value: Any) -> float | None:
    """Return a number JSON can hold, None where it is missing."""
    return None if is_missing(value) else float(value)
