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
    "FACTOR_COLUMNS",
    "PEERS",
    "SharedFrames",
    "co_control_frame",
    "factor_frame",
    "headline_figures",
    "measure_plan_frame",
    "plain_number",
    "run_notes",
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
FACTOR_COLUMNS = ["name_zh", "name_en", "value", "unit", "source_key", "tag"]


CO_CONTROL_COLUMNS = [
    "pollutant",
    "enterprise_id",
    "from_year",
    "to_year",
    "n",
    "carbon_reduction",
    "pollutant_reduction",
    "quadrant",
    "within_error",
]


def co_control_frame(analysis: Analysis) -> pd.DataFrame:
    """Return how carbon and each pollutant changed, by enterprise and for the park."""
    if analysis.synergy is None:
        return pd.DataFrame(columns=CO_CONTROL_COLUMNS)
    return analysis.synergy.co_control[CO_CONTROL_COLUMNS]


def measure_plan_frame(analysis: Analysis) -> pd.DataFrame:
    """Return a row a measure of each plan; one with the reason where there is none."""
    plan = analysis.measure_plan
    columns = ["enterprise_id", "current", "next", "points_missing"]
    results = ["co2e_reduction_t", "probability", "reason"]
    rows = plan.summary[[*columns, *results]].merge(
        plan.steps, on="enterprise_id", how="left"
    )
    name = text(analysis.parameters.language, "name_zh", "name_en")
    costs = ["investment_low_10k_cny", "investment_high_10k_cny"]
    keys = ["enterprise_id", "technique_id"]
    known = analysis.measures[analysis.measures["technique_id"] != ""]
    found = known[[*keys, name, *costs]].drop_duplicates(keys)
    return rows.merge(found.rename(columns={name: "name"}), on=keys, how="left")


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
        "scheme_title": text(language, header.title_zh, header.title_en),
        "scheme_version": header.version,
        "carbon_basis": parameters.carbon_basis,
        "factor_set": parameters.factor_set,
        "gwp_set": parameters.gwp_set,
        "grid_region": parameters.grid_region,
        "prices": dict(parameters.prices),
        "has_three_lists": parameters.has_three_lists,
        "policies": [
            {
                "colour": policy.colour,
                "text": text(language, policy.text_zh, policy.text_en)
                or policy.text_zh,
                "source": policy.source,
            }
            for policy in parameters.policies
        ],
        "draws": parameters.draws,
        "seed": parameters.seed,
        "varied": _varied(analysis),
        "specifications": len(analysis.specifications.specifications),
        "colour_threshold": header.colour_probability_minimum,
        "coverage_dimension_minimum": header.coverage_dimension_minimum,
        "grade_names": list(header.grade_names),
        "grade_lower_bounds": list(header.grade_lower_bounds),
        "has_deflator": "value_added_constant_10k_cny" in analysis.panel,
        "peer_group_minimum": parameters.peer_group_minimum,
    }


def _varied(analysis: Analysis) -> list[str]:
    """Return what the scheme lets vary in the draws."""
    header = analysis.scheme.header
    varies = {
        "weights": True,
        "anchors": header.robustness_anchor_pct > 0,
        "data": header.robustness_data_error_pct > 0,
        "factors": header.robustness_factor_error_pct > 0,
        "missing": bool(header.robustness_missing_rules),
        "normalization": bool(header.robustness_normalizations),
        "aggregation": bool(set(header.robustness_aggregations) - {header.aggregation}),
    }
    return [name for name, does in varies.items() if does]


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
            "dimension": analysis.scheme.framework.dimension_of,
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


def factor_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the factors that touched a figure of the park."""
    used = relevant_factors(analysis.factors, analysis.panel)
    return used[FACTOR_COLUMNS].drop_duplicates().reset_index(drop=True)


def _choice_figures(analysis: Analysis, year: int) -> dict[str, pd.Series]:
    """Return what the specifications say of each enterprise, by enterprise and year."""
    curve = analysis.specifications
    names = {
        "best_rank": "choice_best_rank",
        "worst_rank": "choice_worst_rank",
        "red": "choice_red",
        "yellow": "choice_yellow",
        "green": "choice_green",
        "depends_on_choice": "depends_on_choice",
        "deciding_choice": "deciding_choice",
    }
    frame = curve.enterprises[list(names)].rename(columns=names)
    frame.index = pd.MultiIndex.from_product([frame.index, [year]])
    return {name: frame[name] for name in names.values()}


def headline_figures(analysis: Analysis, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the figures of each enterprise's page 1."""
    scores, uncertainty = analysis.scores, analysis.uncertainty
    year = analysis.parameters.report_year
    keys = pd.MultiIndex.from_product([ids, [year]])
    ranks = uncertainty.rank.reindex(columns=["low", "median", "high"])
    ungraded = scores.grade == analysis.scheme.header.grade_no_data
    columns: dict[str, pd.Series] = {
        # Too few data for a grade are too few for a score.
        "overall": scores.overall.mask(ungraded),
        "overall_low": uncertainty.score["low"].mask(ungraded),
        "overall_high": uncertainty.score["high"].mask(ungraded),
        "overall_geometric": scores.overall_geometric,
        "is_provisional": scores.is_provisional,
        "grade": scores.grade,
        "colour": uncertainty.colour,
        "colour_by_rules": scores.colour,
        "colour_probability": uncertainty.probability,
        "colour_reasons": scores.colour_reasons,
        "uncertainty_note": uncertainty.note,
        "grade_by_score": scores.grade_by_score,
        "grade_probability": uncertainty.grade_own.mask(ungraded),
        "rank": scores.rank,
        "rank_low": ranks["low"],
        "rank_median": ranks["median"],
        "rank_high": ranks["high"],
        "ranked_count": pd.Series(float(scores.ranked_count.get(year, np.nan)), keys),
        "change": scores.change,
        "coverage": scores.coverage,
        **_choice_figures(analysis, year),
    }
    cells = [column.reindex(keys).tolist() for column in columns.values()]
    return {
        key: {
            name: None if is_missing(cell) else cell
            for name, cell in zip(columns, row, strict=True)
        }
        for key, *row in zip(ids, *cells, strict=True)
    }


def plain_number(value: Any) -> float | None:
    """Return a number JSON can hold, None where it is missing."""
    return None if is_missing(value) else float(value)
