"""Pollution equivalents (污染当量) and the carbon cost of end-of-pipe treatment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from synergy_lib.accounting.activity import (
    activities,
    activity,
    amount,
    factor_by_year,
)
from synergy_lib.accounting.process import process_terms
from synergy_lib.errors import MethodError, ParameterError, Problem, nearest
from synergy_lib.factors.selection import FactorSet
from synergy_lib.factors.tables import load_factors, resolve_names

__all__ = [
    "CORE_AIR",
    "CORE_PARTICLES",
    "CORE_WATER",
    "account_end_of_pipe",
    "account_pollutants",
    "equivalents",
    "missing_core_pollutants",
]

CORE_AIR = ("so2", "nox", "vocs")
CORE_PARTICLES = ("soot", "dust", "pm")  # one of them
CORE_WATER = ("cod", "nh3n")
MEDIA = {"air": "废气污染物", "water": "废水污染物"}
# Listed VOCs may exceed the total by rounding; more is a contradiction. [P]
VOC_TOLERANCE = 0.01


def equivalents(
    masses_kg: pd.Series | Mapping[str, float],
    medium: str,
    *,
    equivalent_values_kg: pd.Series | None = None,
) -> pd.Series:
    """Return the number of pollution equivalents of each pollutant.

    Parameters
    ----------
    masses_kg : pandas.Series or mapping of str to float
        Pollutant (id, Chinese or English name) → mass emitted. [kg]
    medium : {"air", "water"}
        Where it is emitted to.
    equivalent_values_kg : pandas.Series, optional
        Index pollutant id, in place of the packaged values. [kg per equivalent]

    Returns
    -------
    pandas.Series
        Same names; missing stays missing, zero is zero, signs are kept. [1]

    Raises
    ------
    FactorNotFoundError
        If a pollutant is not in the table; names the nearest.
    MethodError
        If total nitrogen or total VOCs are asked for, which the law does not list;
        if more than one of COD, BOD5 and TOC is given, of which one counts; if one
        pollutant is given twice.
    ParameterError
        If the medium is neither air nor water.

    Notes
    -----
    ``Eq = m / v`` with v of the law's table [1]_. ``pm`` (unclassified particles, as
    dust) and ``voc_other`` (VOCs the law does not list, as SO2) are proposals.

    References
    ----------
    .. [1] R5, annex 2; PROJECT for the proposals.

    Examples
    --------
    >>> equivalents({"SO2": 950, "一般性粉尘": 8, "toluene": 90}, "air").tolist()
    [1000.0, 2.0, 500.0]
    """
    if medium not in MEDIA:
        hint = nearest(medium, MEDIA)
        raise ParameterError(Problem("medium", f"“{medium}”", "air 或 water", hint))
    masses = pd.Series(masses_kg, dtype="float64")
    table = load_factors("pollutant_equivalents")
    table = table[table["factor_set"] == medium].set_index("key", drop=False)
    keys = resolve_names(masses.index.map(str), table, MEDIA[medium])
    _refuse(keys, masses.index.map(str), table)
    values = table["value"] if equivalent_values_kg is None else equivalent_values_kg
    return (masses / values.reindex(keys).set_axis(masses.index)).rename("equivalents")


def account_pollutants(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return each enterprise's pollution equivalents, emitted and removed.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); ``<pollutant>_kg`` and
        ``<pollutant>_generated_kg`` [kg], and the ``eop_`` columns.
    factors : FactorSet
        Equivalent values, grid and fuel factors.

    Returns
    -------
    pandas.DataFrame
        Same index. ``air_equivalent_kg``, of which ``voc_other_equivalent_kg``;
        ``water_equivalent_kg``; ``pollutant_equivalent_kg``, their sum, an index only
        (the law never adds them); ``removed_equivalent_kg`` [all equivalents]; and
        ``eop_co2e_t`` [tCO2e].

    Notes
    -----
    ``Eq = Σ m / v`` over all listed pollutants the panel has [1]_. Air is missing
    unless SO2, NOx, VOCs and one of soot, dust and unclassified particles are given;
    water unless COD and ammonia nitrogen are. Other pollutants not given are not
    included. Total nitrogen is never converted, TOC never added to COD.

    ``vocs_kg`` is the total: listed VOCs convert at their own values and the
    remainder at 0.95 (proposed), shown apart. Listed VOCs above the total by more
    than 1 % contradict it, and the account is missing; within that the remainder is
    zero.

    Removed is ``Σ (generated − emitted) / v`` over pollutants with both figures,
    missing where none has, negative where more is emitted than generated.

    References
    ----------
    .. [1] R5, annex 2; PROJECT for unclassified particles and other VOCs.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame(
    ...     {"so2_kg": 950.0, "nox_kg": 0.0, "dust_kg": 400.0, "vocs_kg": 185.0,
    ...      "toluene_kg": 90.0}, index=index
    ... )
    >>> account_pollutants(panel, select_factors([2022])).iloc[0, :2].tolist()
    [1700.0, 100.0]
    """
    voc_other = _voc_remainder(panel, factors) / factors.voc_other_equivalent_kg
    air = _emitted(panel, factors.air_equivalents) + voc_other
    water_values = factors.water_equivalents.drop(
        [key for key in factors.oxygen_demand if key != "cod"]
    )
    water = _emitted(panel, water_values)
    air = air.mask(missing_core_pollutants(panel, "air") != "")
    water = water.mask(missing_core_pollutants(panel, "water") != "")
    return pd.DataFrame(
        {
            "air_equivalent_kg": air,
            "voc_other_equivalent_kg": voc_other,
            "water_equivalent_kg": water,
            "pollutant_equivalent_kg": air + water,
            "removed_equivalent_kg": _removed(panel, factors),
            "eop_co2e_t": account_end_of_pipe(panel, factors),
        },
        index=panel.index,
    )


def missing_core_pollutants(panel: pd.DataFrame, medium: str) -> pd.Series:
    """Return which pollutants keep an enterprise's equivalents from being added up.

    Parameters
    ----------
    panel : pandas.DataFrame
        With ``<pollutant>_kg`` columns. [kg]
    medium : {"air", "water"}
        Which account.

    Returns
    -------
    pandas.Series of str
        Chinese names joined by 、; empty where the account can be made.

    Examples
    --------
    >>> missing_core_pollutants(pd.DataFrame({"cod_kg": [8.0]}), "water").tolist()
    ['氨氮']
    """
    names = load_factors("pollutant_equivalents").set_index("key")["name_zh"]
    core = CORE_AIR if medium == "air" else CORE_WATER
    missing = {names[key]: activity(panel, f"{key}_kg").isna() for key in core}
    if medium == "air":
        particles = activities(panel, [f"{key}_kg" for key in CORE_PARTICLES])
        missing["颗粒物"] = particles.isna().all(axis=1)
    joined = pd.Series("", index=panel.index)
    for name, is_missing in missing.items():
        joined = joined + is_missing.map({True: f"{name}、", False: ""})
    return joined.str.removesuffix("、")


def account_end_of_pipe(panel: pd.DataFrame, factors: FactorSet) -> pd.Series:
    """Return the carbon cost of an enterprise's end-of-pipe treatment.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year). ``eop_electricity_mwh`` [MWh],
        ``eop_natural_gas_10k_nm3`` [10⁴ Nm³], ``eop_steam_gj`` [GJ],
        ``eop_direct_co2_t`` [tCO2], ``vocs_oxidised_t`` [t].
    factors : FactorSet
        Grid, gas and heat factors.

    Returns
    -------
    pandas.Series
        Missing where the electricity of the facilities is not given: they all use
        some. Gas, heat and direct emissions not given are not included. [tCO2e]

    Notes
    -----
    ``C = electricity·EF + gas·EF + heat·EF + direct``, and the CO2 of oxidised VOCs
    where the run accounts it [1]_. The amount is part of the enterprise's total, not
    on top of it.

    References
    ----------
    .. [1] Physical balance; the ministry's guide was not found, no value is its.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame(
    ...     {"eop_electricity_mwh": 1000.0, "eop_steam_gj": 100.0}, index=index
    ... )
    >>> account_end_of_pipe(panel, select_factors([2022])).round(3).tolist()
    [526.3]
    """
    power = activity(panel, "eop_electricity_mwh")
    gas_factor = float(factors.fuels["co2_t_per_unit"]["natural_gas"])
    gas = activity(panel, "eop_natural_gas_10k_nm3") * gas_factor
    heat = activity(panel, "eop_steam_gj") * factors.heat_tco2_per_gj
    direct = activity(panel, "eop_direct_co2_t")
    oxidised = process_terms(panel, factors)["voc_oxidation"].tonnes
    total = amount(power, factor_by_year(panel, factors.grid))
    for part in (gas, heat, direct, oxidised):
        total = total + part.fillna(0.0)
    return total.rename("eop_co2e_t")


def _refuse(keys: list[str], names: Iterable[str], table: pd.DataFrame) -> None:
    """Raise for pollutants that have no equivalent or would be counted twice."""
    problems = [
        Problem(f"污染物“{name}”", str(table.loc[key, "note"]))
        for key, name in zip(keys, names, strict=True)
        if np.isnan(table["value"][key])
    ]
    demand = [key for key in keys if table.loc[key, "group"] == "oxygen_demand"]
    if len(set(demand)) > 1:
        shown = "、".join(table.loc[demand, "name_zh"])
        problems.append(Problem("水污染物", f"同时给出{shown}", "三者只计一项"))
    twice = sorted({key for key in keys if keys.count(key) > 1})
    problems += [Problem(f"污染物“{key}”", "重复给出", "每种一次") for key in twice]
    if problems:
        raise MethodError(problems)


def _emitted(panel: pd.DataFrame, values_kg: pd.Series) -> pd.Series:
    """Return the equivalents of the listed pollutants the panel has."""
    masses = activities(panel, [f"{key}_kg" for key in values_kg.index])
    total: pd.Series = (masses.fillna(0.0) / values_kg.to_numpy()).sum(axis=1)
    return total


def _voc_remainder(panel: pd.DataFrame, factors: FactorSet) -> pd.Series:
    """Return the VOCs emitted that the law does not list, NaN if contradictory."""
    total = activity(panel, "vocs_kg")
    species = activities(panel, [f"{key}_kg" for key in factors.voc_species])
    remainder = total - species.sum(axis=1)
    is_rounding = (remainder < 0) & (remainder >= -VOC_TOLERANCE * total)
    return remainder.mask(is_rounding, 0.0).mask(remainder < -VOC_TOLERANCE * total)


def _removed(panel: pd.DataFrame, factors: FactorSet) -> pd.Series:
    """Return the equivalents removed, over pollutants with both figures."""
    values = pd.concat([factors.air_equivalents, factors.water_equivalents])
    keys = [*values.index, "vocs"]
    generated = activities(panel, [f"{key}_generated_kg" for key in keys])
    emitted = activities(panel, [f"{key}_kg" for key in keys])
    removed = generated.set_axis(keys, axis=1) - emitted.set_axis(keys, axis=1)
    listed_vocs = removed[list(factors.voc_species)].sum(axis=1)
    by_pollutant = removed.drop(columns="vocs") / values
    by_pollutant["voc_other"] = (
        removed["vocs"] - listed_vocs
    ) / factors.voc_other_equivalent_kg
    demand = by_pollutant[list(factors.oxygen_demand)]
    by_pollutant = by_pollutant.drop(columns=list(factors.oxygen_demand))
    by_pollutant["oxygen_demand"] = demand.bfill(axis=1).iloc[:, 0]
    total: pd.Series = by_pollutant.sum(axis=1, min_count=1)
    return total
