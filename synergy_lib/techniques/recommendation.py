"""Measures for each enterprise: effects, economics, own plans and a priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.techniques.catalogue import BOUNDS, TARGETS, Catalogue
from synergy_lib.techniques.co_control import co_control
from synergy_lib.techniques.economics import (
    CNY_PER_10K,
    abatement_cost,
    abatement_cost_reason,
    capital_recovery_factor,
    simple_payback,
)
from synergy_lib.techniques.effects import amount_column
from synergy_lib.techniques.planned import merge_planned
from synergy_lib.techniques.portfolio import cost_order

__all__ = ["PRICES", "PriorityWeights", "recommend"]

# Quantity a technique saves → key of its price, and how many priced units a unit has.
PRICES = {
    "electricity_grid_mwh": ("electricity_cny_per_mwh", 1.0),
    "electricity_green_mwh": ("green_power_premium_cny_per_mwh", -1.0),
    "heat_purchased_gj": ("heat_cny_per_gj", 1.0),
    "natural_gas_10k_nm3": ("natural_gas_cny_per_nm3", 10_000.0),
    "bituminous_t": ("bituminous_cny_per_t", 1.0),
    "solvent_fresh_t": ("solvent_cny_per_t", 1.0),
    "water_fresh_m3": ("water_cny_per_m3", 1.0),
    "hazardous_waste_generated_t": ("hazardous_waste_cny_per_t", 1.0),
}
CARBON_PRICE = "carbon_cny_per_t"
EVIDENCE_POINTS = {"A": 1.0, "B": 0.75, "C": 0.5, "D": 0.25}
COMPLETED = "完成"
DEFAULT_LIFETIME_YEARS = 10.0  # proposal [P], for measures outside the catalogue
PRICE_LABELS = {
    "electricity_cny_per_mwh": "电价",
    "green_power_premium_cny_per_mwh": "绿电溢价",
    "heat_cny_per_gj": "热价",
    "natural_gas_cny_per_nm3": "天然气价",
    "bituminous_cny_per_t": "煤价",
    "solvent_cny_per_t": "溶剂价",
    "water_cny_per_m3": "水价",
    "hazardous_waste_cny_per_t": "危废处置费",
}


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
        Keys of :data:`PRICES` [元 per unit] and ``carbon_cny_per_t``. There are no
        default prices: without one, savings are not computed.
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
        ``carbon_value_10k_cny``, ``economics_note``; ``quadrant, elasticity,
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
    catalogue measure is the unit investment times the mode quantity, so that the size
    of the project cancels in the payback. Abatement cost and net benefit use modes.

    Priority = 0.35 obstacle coverage + 0.25 cost rank + 0.2 CO2e rank + 0.1 pollutant
    rank + 0.1 evidence (methods §7.8, proposals); ranks are within the enterprise, 1
    the best and 0 the last. A part that is not known earns nothing: a measure is not
    put first for what nobody has estimated. Quadrant III (both up) and completed
    measures get no priority; in quadrant IV ``carbon_offset_t`` is the CO2e that has
    to be saved elsewhere.
    """
    tariffs = _checked_prices(prices or {})
    table = _with_catalogue(effects, catalogue)
    table = _with_savings(table, tariffs)
    table = _with_investment(table, catalogue)
    table = merge_planned(table, planned, catalogue)
    table = table[table["status"] != "not_applicable"].reset_index(drop=True)
    table = _with_metrics(table, discount_rate, tariffs.get(CARBON_PRICE, np.nan))
    table = _with_quadrant(table)
    table = _with_priority(table, obstacles, weights or PriorityWeights())
    order = ["enterprise_id", "priority_rank", "technique_id"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def _checked_prices(prices: Mapping[str, float]) -> dict[str, float]:
    """Return the prices, or say which key or value is wrong."""
    known = [*(key for key, _ in PRICES.values()), CARBON_PRICE]
    problems = [
        Problem(f"prices {key}", "没有这个价格", "、".join(known), nearest(key, known))
        for key in prices
        if key not in known
    ]
    problems += [
        Problem(f"prices {key}", f"{value} 不是有效价格", "数字")
        for key, value in prices.items()
        if not np.isfinite(value)
    ]
    if problems:
        raise ParameterError(problems)
    return dict(prices)


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


def _with_savings(table: pd.DataFrame, prices: Mapping[str, float]) -> pd.DataFrame:
    """Add the yearly saving, or say which price is missing."""
    savings = {bound: np.zeros(len(table)) for bound in BOUNDS}
    counted = np.zeros(len(table), dtype=bool)
    missing = [""] * len(table)
    for target, (key, units) in PRICES.items():
        stem, unit = TARGETS[target]
        touched = table[amount_column(stem, "mode", unit)].fillna(0).to_numpy() != 0
        counted |= touched
        if key not in prices:
            missing = _noted(missing, touched, f"{PRICE_LABELS[key]} {key}")
        for bound in BOUNDS:
            amount = table[amount_column(stem, bound, unit)].to_numpy()
            value = amount * units * prices.get(key, np.nan) / CNY_PER_10K
            savings[bound] = savings[bound] + np.where(touched, value, 0.0)
    estimated = (table["status"] == "estimated").to_numpy()
    columns = {
        f"annual_saving_{bound}_10k_cny": np.where(counted & estimated, value, np.nan)
        for bound, value in savings.items()
    }
    notes = [
        _saving_note(bool(known), gap, bool(priced))
        for known, gap, priced in zip(estimated, missing, counted, strict=True)
    ]
    return table.assign(**_ordered(columns), saving_note=notes)


def _saving_note(is_estimated: bool, gap: str, is_priced: bool) -> str:
    """Return why there is no saving, empty where there is one."""
    if not is_estimated:
        return "没有节约量的估算"
    if gap:
        return f"缺价格（{gap}）"
    return "" if is_priced else "没有可计价的节约量"


def _ordered(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return low, mode, high in ascending order (a negative price reverses them)."""
    ascending = np.sort(np.array(list(columns.values())), axis=0)
    return dict(zip(columns, ascending, strict=True))


def _noted(notes: list[str], where: np.ndarray, text: str) -> list[str]:
    """Add a text to the notes of some rows."""
    return [
        "、".join(filter(None, (note, text))) if flag else note
        for note, flag in zip(notes, where, strict=True)
    ]


def _with_investment(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Add the investment where the catalogue has a range for it."""
    technique = table["technique_id"]
    driver = technique.map(catalogue.techniques["capex_driver"])
    size = pd.Series(np.nan, index=table.index)
    for target in set(driver.dropna()) & set(TARGETS):
        stem, unit = TARGETS[target]
        amounts = table[amount_column(stem, "mode", unit)]
        size = size.mask(driver == target, amounts)
    columns = {
        f"investment_{bound}_10k_cny": size
        * technique.map(catalogue.techniques[f"capex_{bound}"])
        for bound in BOUNDS
    }
    return table.assign(**columns)


def _with_metrics(
    table: pd.DataFrame, discount_rate: float, carbon_price: float
) -> pd.DataFrame:
    """Add payback, abatement cost, net benefit and the note on what is missing."""
    investment = {b: table[f"investment_{b}_10k_cny"] for b in BOUNDS}
    saving = {b: table[f"annual_saving_{b}_10k_cny"] for b in BOUNDS}
    columns = {}
    for bound, other in zip(BOUNDS, reversed(BOUNDS), strict=True):
        pairs = zip(investment[bound], saving[other], strict=True)
        columns[f"payback_{bound}_years"] = [simple_payback(i, a) for i, a in pairs]
    life = table["lifetime_years"].fillna(DEFAULT_LIFETIME_YEARS)
    recovery = [capital_recovery_factor(discount_rate, years) for years in life]
    benefit = saving["mode"] - investment["mode"] * np.array(recovery)
    arguments = [
        (i, a, c, discount_rate, years)
        for i, a, c, years in zip(
            investment["mode"], saving["mode"], table["co2e_mode_t"], life, strict=True
        )
    ]
    notes = [
        _economics_note(i, a, gap, abatement_cost_reason(i, a, c, r, y))
        for (i, a, c, r, y), gap in zip(arguments, table["saving_note"], strict=True)
    ]
    return table.drop(columns="saving_note").assign(
        **columns,
        abatement_cost_cny_per_t=[abatement_cost(*each) for each in arguments],
        net_benefit_10k_cny=benefit,
        carbon_value_10k_cny=table["co2e_mode_t"] * carbon_price / CNY_PER_10K,
        economics_note=notes,
    )


def _economics_note(investment: float, saving: float, gap: str, reason: str) -> str:
    """Return why the economics are not, or not fully, computed."""
    parts = ["缺投资额（企业未填，目录无公开来源）"] if np.isnan(investment) else []
    if np.isnan(saving):
        parts.append(gap or "缺年净节约")
    if parts:
        return f"无法计算：{'；'.join(parts)}"
    if saving <= 0:
        return "年净节约不为正，投资不能回收"
    return f"无单位减碳成本：{reason}" if reason else ""


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
    cost = pd.concat(
        [
            cost_order(part["abatement_cost_cny_per_t"], part["net_benefit_10k_cny"])
            for _, part in table[eligible].groupby("enterprise_id")
        ]
        or [pd.Series(dtype=float)]
    )
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
