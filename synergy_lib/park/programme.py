"""A park's programme of planned projects: cost, effect, plausibility, overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.economics import (
    abatement_cost,
    net_present_value,
    simple_payback,
)
from synergy_lib.techniques.portfolio import combine

__all__ = ["Programme", "evaluate_programme"]

# Proposals [P]: life of a project without a technique, and discount rate.
DEFAULT_LIFE_YEARS = 10.0
DEFAULT_RATE = 0.08
REASONS = {
    "within": "",
    "below": "低于技术清单的下限，承诺偏保守",
    "above": "超过技术清单的上限，须核实",
    "exceeds_emission": "超过企业全部碳排放，不可信",
    "no_promise": "没有填报预计减碳量，无法比较",
    "no_technique": "没有填报技术编号，无法与技术清单比较",
    "unknown_technique": "技术编号不在技术清单中，无法比较",
    "not_estimated": "技术清单对该企业没有估算，无法比较",
}
IMPLAUSIBLE = ("above", "exceeds_emission")
# The sheet's figures are rounded: so far beyond the range is still within.
ROUNDING = 0.01
UNKNOWN_BASE = "co2e_t"


@dataclass(frozen=True, eq=False)
class Programme:
    """Result of :func:`evaluate_programme`.

    Attributes
    ----------
    projects : pandas.DataFrame
        One row a project, in the order given: the plan's columns, then
        ``lifetime_years, lifetime_origin`` (``catalogue`` or ``assumed``),
        ``payback_years, net_present_value_10k_cny, cost_cny_per_t,
        co2e_kg_per_cny`` (a year, per yuan invested), ``emission_t``,
        ``emission_share``, ``catalogue_low_t, catalogue_mode_t, catalogue_high_t``,
        ``range_status``, ``is_implausible``, ``reason`` (Chinese), ``overlap_group``
        and ``credited_co2e_t`` (promise after overlap).
    overlaps : pandas.DataFrame
        Index ``overlap_group``, those of two projects or more: ``enterprise_id,
        projects, bases, promised_t, combined_t, overlap_t, reason``.
    summary : pandas.Series
        ``projects, investment_10k_cny, annual_saving_10k_cny, promised_t, credited_t,
        known_technique_share`` (of projects), ``known_technique_co2e_share`` (of the
        promised t), ``implausible, implausible_t, without_promise,
        without_investment, cost_cny_per_t`` (of the projects that have all figures).
    """

    projects: pd.DataFrame
    overlaps: pd.DataFrame
    summary: pd.Series


def evaluate_programme(
    measures: pd.DataFrame,
    effects: pd.DataFrame,
    catalogue: Catalogue,
    emissions: pd.Series,
    *,
    rate: float = DEFAULT_RATE,
    life_years: float = DEFAULT_LIFE_YEARS,
) -> Programme:
    r"""Evaluate the projects that a park's enterprises plan.

    Parameters
    ----------
    measures : pandas.DataFrame
        One project a row: ``enterprise_id, measure_name, technique_id,
        investment_10k_cny, annual_saving_10k_cny, co2e_reduction_t``.
    effects : pandas.DataFrame
        As :func:`synergy_lib.techniques.effects.estimate_effects` returns it.
    catalogue : Catalogue
    emissions : pandas.Series
        Index ``enterprise_id``: CO2e of the base year. [t]
    rate : float
        Discount rate, above −1. [1/a]
    life_years : float
        Life where the catalogue has none. [a]

    Returns
    -------
    Programme

    Raises
    ------
    InputDataError
        If a column is missing.
    ParameterError
        If the rate or the life is not valid.

    Notes
    -----
    Methods §7.4: cost per t :math:`(I \cdot CRF - A)/\Delta C`. Projects of one
    enterprise whose techniques act on a common quantity (or whose technique is not
    known) are taken to act on one base, the enterprise's CO2e: together
    :math:`C(1 - \prod(1 - f_m))` with :math:`f_m = \Delta C_m / C`, shared as log
    shares (§7.5). A figure that is not given stays missing.
    """
    if not rate > -1 or not life_years > 0:
        what = f"折现率 {rate:g}，寿命 {life_years:g}"
        raise ParameterError(Problem("项目评估", what, "大于 -1；大于 0"))
    needed = ["enterprise_id", "measure_name", "technique_id", *_NUMBERS]
    require_columns(measures, needed, "evaluate_programme")
    table = measures.reset_index(drop=True).astype(dict.fromkeys(_NUMBERS, float))
    table["technique_id"] = table["technique_id"].fillna("").astype(str)
    table["emission_t"] = table["enterprise_id"].map(emissions).astype(float)
    table = _with_economics(table, catalogue, rate, life_years)
    table = _with_range(table, effects, catalogue)
    table, overlaps = _with_overlap(table, catalogue)
    return Programme(table, overlaps, _summary(table, catalogue))


_NUMBERS = ("investment_10k_cny", "annual_saving_10k_cny", "co2e_reduction_t")


def _with_economics(
    table: pd.DataFrame, catalogue: Catalogue, rate: float, life_years: float
) -> pd.DataFrame:
    """Add life, payback, present value, and cost and effect of the money."""
    life = table["technique_id"].map(catalogue.techniques["lifetime_years"])
    years = life.astype(float).fillna(life_years)
    figures = [table[name].tolist() for name in _NUMBERS]
    rows = list(zip(*figures, years.tolist(), strict=True))
    invested = table["investment_10k_cny"].where(lambda s: s > 0) * 10_000
    return table.assign(
        lifetime_years=years,
        lifetime_origin=np.where(life.notna(), "catalogue", "assumed"),
        payback_years=[simple_payback(i, a) for i, a, _, _ in rows],
        net_present_value_10k_cny=[
            net_present_value([-i] + [a] * round(n), rate) for i, a, _, n in rows
        ],
        cost_cny_per_t=[abatement_cost(i, a, c, rate, n) for i, a, c, n in rows],
        co2e_kg_per_cny=table["co2e_reduction_t"] * 1000 / invested,
        emission_share=table["co2e_reduction_t"]
        / table["emission_t"].where(table["emission_t"] > 0),
    )


def _with_range(
    table: pd.DataFrame, effects: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Add the catalogue's range for the enterprise, and where the promise stands."""
    names = {f"co2e_{b}_t": f"catalogue_{b}_t" for b in ("low", "mode", "high")}
    keys = ["enterprise_id", "technique_id"]
    require_columns(effects, [*keys, "status", *names], "evaluate_programme")
    known = effects.loc[effects["status"] == "estimated", [*keys, *names]]
    table = table.merge(
        known.rename(columns=names), on=keys, how="left", validate="many_to_one"
    )
    promise, high = table["co2e_reduction_t"], table["catalogue_high_t"]
    slack = ROUNDING * table[["catalogue_low_t", "catalogue_high_t"]].abs().max(axis=1)
    choices = [
        promise.isna(),
        promise > table["emission_t"],
        table["technique_id"] == "",
        ~table["technique_id"].isin(catalogue.techniques.index),
        high.isna(),
        promise > high + slack,
        promise < table["catalogue_low_t"] - slack,
    ]
    codes = [
        *("no_promise", "exceeds_emission", "no_technique", "unknown_technique"),
        *("not_estimated", "above", "below"),
    ]
    status = pd.Series(np.select(choices, codes, "within"), table.index)
    return table.assign(
        range_status=status,
        is_implausible=status.isin(IMPLAUSIBLE),
        reason=status.map(REASONS),
    )


def _bases(table: pd.DataFrame, catalogue: Catalogue) -> list[tuple[str, ...]]:
    """Return the quantities that each project acts on."""
    targets = catalogue.effects.groupby("technique_id")["target"].unique()
    found = targets.to_dict()
    return [
        tuple(sorted(found.get(name, (UNKNOWN_BASE,))))
        for name in table["technique_id"]
    ]


def _groups(table: pd.DataFrame, bases: list[tuple[str, ...]]) -> np.ndarray:
    """Number the projects of one enterprise that are joined by a common base."""
    owners = table["enterprise_id"].astype(str)
    pairs = [
        (row, (owner, base))
        for row, (owner, own) in enumerate(zip(owners, bases, strict=True))
        for base in own
    ]
    rows = np.array([row for row, _ in pairs], dtype=int)
    places = pd.factorize(pd.Series([key for _, key in pairs], dtype=object))[0]
    size = len(table) + int(places.max(initial=-1)) + 1
    links = (np.ones(len(rows)), (rows, places + len(table)))
    graph = csr_array(links, shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][: len(table)])


def _with_overlap(
    table: pd.DataFrame, catalogue: Catalogue
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add what each promise is worth beside the others on its base."""
    bases = _bases(table, catalogue)
    groups = pd.Series(_groups(table, bases), table.index)
    credited = table["co2e_reduction_t"].copy()
    rows = []
    for group, part in table.groupby(groups):
        if len(part) < 2:
            continue
        promise = part["co2e_reduction_t"].dropna()
        emission = float(part["emission_t"].iloc[0])
        reason = _not_combined(promise, emission)
        if not reason:
            credited[promise.index] = emission * combine(promise / emission).shares
        combined = float(credited[promise.index].sum()) if not reason else np.nan
        total = float(promise.sum())
        rows.append(
            {
                "overlap_group": group,
                "enterprise_id": part["enterprise_id"].iloc[0],
                "projects": "、".join(part["measure_name"].astype(str)),
                "bases": "、".join(sorted({b for i in part.index for b in bases[i]})),
                "promised_t": total if len(promise) else np.nan,
                "combined_t": combined,
                "overlap_t": total - combined,
                "reason": reason,
            }
        )
    columns = ["overlap_group", "enterprise_id", "projects", "bases"]
    columns += ["promised_t", "combined_t", "overlap_t", "reason"]
    overlaps = pd.DataFrame(rows, columns=columns).set_index("overlap_group")
    return table.assign(overlap_group=groups, credited_co2e_t=credited), overlaps


def _not_combined(promise: pd.Series, emission: float) -> str:
    """Return why promises on one base cannot be combined, or an empty string."""
    if len(promise) < 2:
        return "填报减碳量的项目不足两个"
    if not emission > 0:
        return "没有企业的碳排放量，未扣重叠"
    return (
        "有项目的减碳量超过企业全部碳排放，未扣重叠" if any(promise > emission) else ""
    )


def _summary(table: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Add the programme up."""
    known = table["technique_id"].isin(catalogue.techniques.index)
    promise = table["co2e_reduction_t"]
    full = table.dropna(subset="cost_cny_per_t")
    yearly = (full["cost_cny_per_t"] * full["co2e_reduction_t"]).sum(min_count=1)
    return pd.Series(
        {
            "projects": len(table),
            "investment_10k_cny": table["investment_10k_cny"].sum(min_count=1),
            "annual_saving_10k_cny": table["annual_saving_10k_cny"].sum(min_count=1),
            "promised_t": promise.sum(min_count=1),
            "credited_t": table["credited_co2e_t"].sum(min_count=1),
            "known_technique_share": known.mean(),
            "known_technique_co2e_share": promise[known].sum() / promise.sum()
            if promise.sum() > 0
            else np.nan,
            "implausible": table["is_implausible"].sum(),
            "implausible_t": promise[table["is_implausible"]].sum(),
            "without_promise": promise.isna().sum(),
            "without_investment": table["investment_10k_cny"].isna().sum(),
            "cost_cny_per_t": yearly / full["co2e_reduction_t"].sum()
            if len(full)
            else np.nan,
        },
        dtype=float,
    )
