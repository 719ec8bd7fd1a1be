"""Greenhouse-gas account of an enterprise, by source, location- and market-based."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from synergy_lib.accounting.activity import (
    INCLUDED,
    INCOMPLETE,
    MISSING,
    NO_FACTOR,
    NOT_REPORTED,
    SWITCHED_OFF,
    Term,
    activity,
    add_terms,
    amount,
    carrier,
    factor_by_year,
    optional_term,
)
from synergy_lib.accounting.energy import account_fuels, sum_of_fuels
from synergy_lib.accounting.process import process_terms
from synergy_lib.accounting.wastewater import wastewater_terms
from synergy_lib.factors.selection import FactorSet

__all__ = [
    "BASIS_LABELS",
    "SOURCE_LABELS",
    "account_carbon",
    "account_fuels",
    "carbon_boundary",
]

SOURCE_LABELS = {
    "fuel": ("化石燃料燃烧", "Fuel combustion"),
    "electricity": ("净购入电力", "Net purchased electricity"),
    "heat": ("净购入热力", "Net purchased heat"),
    "caco3": ("碳酸钙分解", "Calcium carbonate"),
    "na2co3": ("碳酸钠使用", "Sodium carbonate"),
    "nahco3": ("碳酸氢钠酸化", "Sodium bicarbonate"),
    "carbon_balance": ("原料碳质量平衡", "Carbon balance of feedstock"),
    "voc_oxidation": ("VOCs焚烧氧化", "VOC oxidation"),
    "wastewater_ch4": ("废水处理甲烷", "Wastewater methane"),
    "wastewater_n2o": ("废水处理氧化亚氮", "Wastewater nitrous oxide"),
    "recovered": ("二氧化碳回收外供", "CO2 recovered and sold"),
}

BASIS_LABELS = {
    INCLUDED: ("已计入", "included"),
    NOT_REPORTED: ("未填报，未计入", "not reported, not included"),
    INCOMPLETE: ("填报不全，总量无法计算", "incomplete, no total"),
    MISSING: ("缺少必需数据，总量无法计算", "required figure missing, no total"),
    NO_FACTOR: ("无适用因子，总量无法计算", "no factor, no total"),
    SWITCHED_OFF: ("按参数设置不计入", "left out by choice"),
}


@dataclass(frozen=True, eq=False)
class _Sources:
    """All sources of the account, before they are added up."""

    required: dict[str, Term]
    market_electricity: pd.Series
    process: dict[str, Term]
    wastewater: dict[str, Term]
    recovered: Term


def account_carbon(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return each enterprise's emissions by source and in total.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); columns of the energy, resources and process
        sheets. Purchased electricity must be among them for a total.
    factors : FactorSet
        Selected for every year of the panel.

    Returns
    -------
    pandas.DataFrame
        Same index. ``co2e_fuel_t``, ``co2e_electricity_t``, ``co2e_heat_t``,
        ``co2e_process_t``, ``co2e_wastewater_t``, ``co2e_recovered_t`` (positive,
        deducted), ``co2e_t`` (location-based) and ``co2e_market_t``. [tCO2e]

    Raises
    ------
    FactorNotFoundError
        If the factors lack a year or a fuel of the panel.

    Notes
    -----
    ``C = fuel + process + wastewater + electricity + heat − recovered``; electricity
    and heat are purchased minus exported [1]_. Own photovoltaic power never enters.
    Market-based: green power counts zero, the rest at the factor without
    market-traded non-fossil power. CO2 of biogenic carbon stays out.

    Fuel, electricity and heat are required: a missing figure or factor makes the
    total missing. Process, wastewater and recovery are optional: not reported means
    not included (the column is missing, the total is not), but declared and
    incomplete makes the total missing. :func:`carbon_boundary` says which is which.
    Zero activity is zero, whatever the factor; negative figures pass through.

    References
    ----------
    .. [1] GUIDE2013; R33 for electricity and heat; R1–R4 for the grid factors.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame(
    ...     {"electricity_grid_mwh": 20000.0, "heat_purchased_gj": 134668.0,
    ...      "natural_gas_10k_nm3": 120.0, "diesel_t": 15.0}, index=index
    ... )
    >>> account_carbon(panel, select_factors([2022]))["co2e_t"].round(2).tolist()
    [27761.28]
    """
    sources = _sources(panel, factors)
    accounts = pd.DataFrame(
        {f"co2e_{name}_t": term.tonnes for name, term in sources.required.items()},
        index=panel.index,
    )
    optional = [*sources.process.values(), *sources.wastewater.values()]
    accounts["co2e_process_t"] = add_terms(list(sources.process.values()))
    accounts["co2e_wastewater_t"] = add_terms(list(sources.wastewater.values()))
    accounts["co2e_recovered_t"] = sources.recovered.tonnes
    included = _contribution(optional) - _contribution([sources.recovered])
    beside_power = accounts["co2e_fuel_t"] + accounts["co2e_heat_t"] + included
    accounts["co2e_t"] = beside_power + accounts["co2e_electricity_t"]
    accounts["co2e_market_t"] = beside_power + sources.market_electricity
    return accounts


def carbon_boundary(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return, source by source, whether an account includes it and if not, why.

    Parameters
    ----------
    panel : pandas.DataFrame
        As for :func:`account_carbon`.
    factors : FactorSet
        As for :func:`account_carbon`.

    Returns
    -------
    pandas.DataFrame
        Same index, one column per key of :data:`SOURCE_LABELS`, each value a key of
        :data:`BASIS_LABELS`.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame({"electricity_grid_mwh": 1.0}, index=index)
    >>> boundary = carbon_boundary(panel, select_factors([2022])).iloc[0]
    >>> boundary["electricity"], boundary["wastewater_ch4"]
    ('included', 'not_reported')
    """
    sources = _sources(panel, factors)
    terms = sources.required | sources.process | sources.wastewater
    terms["recovered"] = sources.recovered
    return pd.DataFrame({name: terms[name].basis for name in SOURCE_LABELS})


def _sources(panel: pd.DataFrame, factors: FactorSet) -> _Sources:
    """Return every source of the account."""
    bought = activity(panel, "electricity_grid_mwh")
    exported = carrier(panel, "electricity_export_mwh")
    green = carrier(panel, "electricity_green_mwh")
    heat_gj = carrier(panel, "heat_purchased_gj") - carrier(panel, "heat_export_gj")
    fuel_t = sum_of_fuels(panel, factors, "co2_t_per_unit")
    grid = factor_by_year(panel, factors.grid)
    residual = factor_by_year(panel, factors.grid_residual)
    recovered = activity(panel, "co2_recovered_external_t")
    return _Sources(
        required={
            "fuel": _required_term(fuel_t, fuel_t),
            "electricity": _required_term(
                bought - exported, amount(bought - exported, grid)
            ),
            "heat": _required_term(heat_gj, heat_gj * factors.heat_tco2_per_gj),
        },
        market_electricity=amount(bought - green - exported, residual),
        process=process_terms(panel, factors),
        wastewater=wastewater_terms(panel, factors),
        recovered=optional_term(recovered, recovered.notna()),
    )


def _required_term(quantity: pd.Series, tonnes: pd.Series) -> Term:
    """Return a source without which there is no total."""
    basis = pd.Series(INCLUDED, index=tonnes.index, dtype="object")
    basis = basis.mask(tonnes.isna(), NO_FACTOR).mask(quantity.isna(), MISSING)
    return Term(tonnes, basis)


def _contribution(terms: list[Term]) -> pd.Series:
    """Return what optional sources add to the total: nothing where none is reported."""
    total = add_terms(terms)
    incomplete = pd.concat([term.basis == INCOMPLETE for term in terms], axis=1)
    return total.where(total.notna() | incomplete.any(axis=1), 0.0)
