"""Measures for each enterprise: effects, economics, own plans and a priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.co_control import co_control
from synergy_lib.techniques.costs import (
    CARBON_PRICE,
    add_investment_and_saving,
    add_metrics,
    check_prices,
)
from synergy_lib.techniques.planned import merge_planned
from synergy_lib.techniques.portfolio.curve import cost_order
from synergy_lib.techniques.vocabulary import COMPLETED

__all__ = ["PriorityWeights", "recommend"]

EVIDENCE_POINTS = {"A": 1.0, "B": 0.75, "C": 0.5, "D": 0.25}


@dataclass(frozen=True)
class PriorityWeights:
    """Weights of the parts of the priority score; proposals [P], summing to 1."""

    obstacle_coverage: float = 0.35
    cost_rank: float = 0.25
    co2e_rank: float = 0.20
    pollutant_rank: float = 0.10
    evidence_points: float = 0.10


def recommend(
    effects: pd.DataFrame,
    catalogue: Catalogue,
    planned: pd.DataFrame | None = None,
    *,
    prices: Mapping[str, float] | None = None,
    obstacles: pd.DataFrame | None = None,
    discount_rate: float = 0.08,
    weights: PriorityWeights | None = None,
) -> pd.DataFrame:
    r"""Return the measures of every enterprise, best first.

    Parameters
    ----------
    effects : pandas.DataFrame
        As :func:`synergy_lib.techniques.effects.estimate_effects` returns it.
    catalogue : Catalogue
        The same catalogue.
    planned : pandas.DataFrame, optional
        The enterprises' own plans: ``enterprise_id, measure_name, technique_id,
        planned_year, investment_10k_cny, annual_saving_10k_cny, co2e_reduction_t,
        status, note``. Matched by technique, a figure given there replaces the
        catalogue's range; a plan without a known technique is a measure of its own.
    prices : mapping of str to float, optional
        Keys of :data:`synergy_lib.techniques.costs.PRICES` [元 per unit] and
        ``carbon_cny_per_t``. There are no default prices: without one, savings are
        not computed.
    obstacles : pandas.DataFrame, optional
        Index ``enterprise_id``, columns indicator codes: obstacle degrees (any
        non-negative scale), of which a measure covers those of its indicators.
    discount_rate : float
        [1/a], a proposal.
    weights : PriorityWeights, optional

    Returns
    -------
    pandas.DataFrame
        One row per enterprise and measure: the columns of ``effects``; ``name_zh,
        name_en, stage, origin`` (catalogue or enterprise), ``planned_year,
        plan_status``; ``investment_<bound>_10k_cny``,
        ``annual_saving_<bound>_10k_cny``, ``payback_<bound>_years``,
        ``abatement_cost_cny_per_t``, ``net_benefit_10k_cny``,
        ``carbon_value_10k_cny``, ``economics_note`` (for a table cell: why there is no
        payback, empty if there is one; ``economics_note_en``),
        ``economics_explanation`` (Chinese: what the investment rests on),
        ``investment_origin`` (catalogue, enterprise or empty); ``quadrant, elasticity,
        carbon_offset_t``; ``evidence, tags, sources, indicators_improved,
        conflicts_zh, exclusive_with, lifetime_years``; the parts of the score,
        ``priority`` and ``priority_rank``. Techniques that do not apply are left out;
        those without an estimate have no priority.

    Raises
    ------
    ParameterError
        If a price key is unknown or a price is not a finite number.

    Notes
    -----
    Range: saving low = every quantity at its unfavourable end; payback low =
    investment low / saving high, high = investment high / saving low. Investment of a
    catalogue measure is the unit investment times the project's size at its mode, at
    least the smallest size built, so that above it the size cancels in the payback.
    Savings are net of running cost, a fraction of the investment where the catalogue
    has one. Abatement cost and net benefit use modes.

    Priority = 0.35 obstacle coverage + 0.25 cost rank + 0.2 CO2e rank + 0.1 pollutant
    rank + 0.1 evidence (methods §7.8, proposals); ranks are within the enterprise, 1
    the best and 0 the last. A part that is not known earns nothing: a measure is not
    put first for what nobody has estimated. Quadrant III (both up) and completed
    measures get no priority; in quadrant IV ``carbon_offset_t`` is the CO2e that has
    to be saved elsewhere.
    """
    tariffs = check_prices(prices or {})
    table = _with_catalogue(effects, catalogue)
    table = add_investment_and_saving(table, catalogue, tariffs)
    table = merge_planned(table, planned, catalogue)
    table = table[table["status"] != "not_applicable"].reset_index(drop=True)
    table = add_metrics(table, discount_rate, tariffs.get(CARBON_PRICE, np.nan))
    table = _with_quadrant(table)
    table = _with_priority(table, obstacles, weights or PriorityWeights())
    order = ["enterprise_id", "priority_rank", "technique_id"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def _with_catalogue(effects: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Add names, evidence, tags and sources of each technique."""
    techniques = catalogue.techniques
    own_tags = techniques["share_tag"] + ";" + techniques["capex_tag"]
    by_technique = catalogue.effects.groupby("technique_id")["tag"].agg(";".join)
    tags = own_tags + ";" + by_technique.reindex(techniques.index).fillna("")
    known = pd.DataFrame(
        {
            "name_zh": techniques["name_zh"],
            "name_en": techniques["name_en"],
            "stage": techniques["stage"],
            "evidence": techniques["evidence"],
            "tags": [";".join(sorted(set(tag.split(";")) - {""})) for tag in tags],
            "sources": techniques["source_keys"],
            "indicators_improved": techniques["indicators"],
            "exclusive_with": techniques["exclusive_with"],
            "conflicts_zh": techniques["conflicts_zh"],
            "lifetime_years": techniques["lifetime_years"],
        }
    )
    table = effects.join(known, on="technique_id", validate="m:1")
    return table.assign(origin="catalogue", planned_year=np.nan, plan_status="")


def _with_quadrant(table: pd.DataFrame) -> pd.DataFrame:
    """Add the co-control quadrant, and what a measure in IV needs elsewhere."""
    place = co_control(table["pollutant_relative"], table["co2e_relative"])
    offset = (-table["co2e_mode_t"]).where(place["quadrant"] == "IV")
    return table.assign(
        quadrant=place["quadrant"],
        elasticity=place["elasticity"],
        carbon_offset_t=offset,
    )


def _with_priority(
    table: pd.DataFrame, obstacles: pd.DataFrame | None, weights: PriorityWeights
) -> pd.DataFrame:
    """Add the parts of the priority score, the score and the rank."""
    eligible = (
        table["status"].isin(["estimated", "planned"])
        & (table["quadrant"] != "III")
        & (table["plan_status"] != COMPLETED)
    )
    firm = table["enterprise_id"]
    pollutants = table[["air_equivalent_mode_kg", "water_equivalent_mode_kg"]]
    pollutant = pollutants.sum(axis=1, min_count=1)
    open_ = table[eligible]
    cost = cost_order(open_["abatement_cost_cny_per_t"], open_["net_benefit_10k_cny"])
    parts = pd.DataFrame(
        {
            "obstacle_coverage": _obstacle_coverage(table, obstacles),
            "cost_rank": _from_best(cost.reindex(table.index), firm),
            "co2e_rank": _from_best(-table["co2e_mode_t"].where(eligible), firm),
            "pollutant_rank": _from_best(-pollutant.where(eligible), firm),
            "evidence_points": table["evidence"].map(EVIDENCE_POINTS),
        }
    )
    weight = pd.Series(asdict(weights))
    score = parts.fillna(0).mul(weight).sum(axis=1).where(eligible)
    rank = score.groupby(firm).rank(method="min", ascending=False)
    return table.assign(
        **{str(name): part.where(eligible) for name, part in parts.items()},
        priority=score,
        priority_rank=rank,
    )


def _from_best(values: pd.Series, firm: pd.Series) -> pd.Series:
    """Return 1 for the smallest value of each enterprise, 0 for the largest."""
    groups = values.groupby(firm)
    rank, count = groups.rank(method="average"), groups.transform("count")
    return ((count - rank) / (count - 1)).where(count > 1, rank)


def _obstacle_coverage(
    table: pd.DataFrame, obstacles: pd.DataFrame | None
) -> pd.Series:
    """Return the share of the enterprise's obstacles a measure works on."""
    if obstacles is None:
        return pd.Series(np.nan, index=table.index)
    shares = obstacles.div(obstacles.sum(axis=1).replace(0, np.nan), axis=0)
    improved = table["indicators_improved"].fillna("").str.get_dummies(";")
    improved = improved.reindex(columns=shares.columns, fill_value=0)
    own = shares.reindex(table["enterprise_id"]).to_numpy(dtype=float)
    known = ~np.isnan(own).all(axis=1)
    covered = np.nansum(own * improved.to_numpy(), axis=1)
    return pd.Series(covered, index=table.index).where(known)
