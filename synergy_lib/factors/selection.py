"""The factors of one run, each traceable to its row and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from synergy_lib.errors import (
    FactorNotFoundError,
    ParameterError,
    Problem,
    nearest,
)
from synergy_lib.factors.fuels import DEFAULT_FUEL_SET, select_fuels
from synergy_lib.factors.grid import NATIONAL, select_grid
from synergy_lib.factors.tables import FACTOR_COLUMNS, load_factors
from synergy_lib.schema import load_columns

__all__ = [
    "FactorSet",
    "freeze_grid",
    "is_active",
    "relevant_factors",
    "select_factors",
]

WASTEWATER_SET = "ipcc2006"
GWP_SETS = ("SAR", "AR5", "AR6")
# The panel column that makes a factor matter, where the factor's key does not say it.
PANEL_COLUMNS = {
    "energy.calorific.electricity": "electricity_grid_mwh",
    "energy.calorific.heat": "heat_purchased_gj",
    "equivalent.air.voc_other": "vocs_kg",
    "heat.default": "heat_purchased_gj",
    "process.carbonate.caco3": "caco3_t",
    "process.carbonate.na2co3": "na2co3_t",
    "process.carbonate.nahco3": "nahco3_t",
    "solvent.unknown_mix.carbon_fraction": "vocs_oxidised_t",
    "wastewater.ipcc2006.bo": "anaerobic_share",
    "wastewater.ipcc2006.mcf_aerobic": "anaerobic_share",
    "wastewater.ipcc2006.mcf_anaerobic": "anaerobic_share",
    "wastewater.ipcc2006.n2o": "tn_in_mg_l",
}
PANEL_COLUMNS |= {f"gwp.{name}.ch4": "anaerobic_share" for name in GWP_SETS}
PANEL_COLUMNS |= {f"gwp.{name}.n2o": "tn_in_mg_l" for name in GWP_SETS}
PANEL_COLUMNS_OF_SET = {
    "average": "electricity_grid_mwh",
    "residual": "electricity_grid_mwh",
}


@dataclass(frozen=True, eq=False)
class FactorSet:
    """What the accounts of one run are calculated with.

    Replace single values with :func:`dataclasses.replace`, e.g. by measured ones.

    Attributes
    ----------
    factor_set, gwp_set : str
        Names of the sets chosen.
    grid_region : str or None
        Region of the grid factor.
    fuels : pandas.DataFrame
        As :func:`synergy_lib.factors.fuels.select_fuels` returns it, one row a fuel.
    grid, grid_residual : pandas.Series
        Index year; location-based and market-based factor, NaN where none can
        serve. [tCO2/MWh]
    heat_tco2_per_gj : float
        Purchased heat. [tCO2/GJ]
    gwp : mapping of str to float
        ``co2``, ``ch4``, ``n2o``. [tCO2e/t]
    electricity_tce_per_mwh, heat_tce_per_gj : float
        Calorific coal equivalents. [tce/MWh], [tce/GJ]
    air_equivalents, water_equivalents : pandas.Series
        Index pollutant id; the law's list and proposals. [kg per equivalent]
    voc_species, oxygen_demand : tuple of str
        Ids of the listed VOCs, and of the sums of which only one counts.
    voc_other_equivalent_kg : float
        For VOCs the law does not list. [kg per equivalent]
    process : pandas.Series
        Index key: carbonates and end-of-pipe chemicals [tCO2/t]; ``co2`` is the mass
        of CO2 gas [t/10⁴ Nm³].
    wastewater : pandas.Series
        Index key: ``bo``, ``mcf_…``, ``n2o``.
    voc_carbon_fraction : float
        Fossil carbon of oxidised VOCs of unknown make-up. [tC/t]
    include_voc_oxidation : bool
        Whether the CO2 of oxidised VOCs is accounted.
    used : pandas.DataFrame
        Every factor row, with ``panel_column``, ``basis`` (``selected``,
        ``published``, ``earlier_year``, ``later_year``, ``fallback_set``,
        ``computed``, ``supplied``) and ``applied_years``.
    notes : tuple of str
        Chinese sentences on substitutions and choices.
    """

    factor_set: str
    grid_region: str | None
    gwp_set: str
    fuels: pd.DataFrame
    grid: pd.Series
    grid_residual: pd.Series
    heat_tco2_per_gj: float
    gwp: Mapping[str, float]
    electricity_tce_per_mwh: float
    heat_tce_per_gj: float
    air_equivalents: pd.Series
    water_equivalents: pd.Series
    voc_species: tuple[str, ...]
    oxygen_demand: tuple[str, ...]
    voc_other_equivalent_kg: float
    process: pd.Series
    wastewater: pd.Series
    voc_carbon_fraction: float
    include_voc_oxidation: bool
    used: pd.DataFrame
    notes: tuple[str, ...]


def select_factors(
    years: Iterable[int],
    *,
    factor_set: str = DEFAULT_FUEL_SET,
    grid_region: str | None = "浙江",
    gwp_set: str = "AR5",
    heat_factor_tco2_per_gj: float | None = None,
    voc_other_equivalent_kg: float | None = None,
    include_voc_oxidation: bool = False,
) -> FactorSet:
    """Return the factors of a run.

    Parameters
    ----------
    years : iterable of int
        Years of the data.
    factor_set : {"guide2013", "mee_later", "provincial", "statistical"}, optional
        Fuel defaults; what a set lacks comes from ``guide2013``, noted.
    grid_region : str or None, optional
        Province, regional grid or 全国; None for a park abroad, whose purchased
        electricity then has no factor.
    gwp_set : {"AR5", "SAR", "AR6"}, optional
        Global warming potentials over 100 years.
    heat_factor_tco2_per_gj : float, optional
        The heat supplier's own factor; default 0.11. [tCO2/GJ]
    voc_other_equivalent_kg : float, optional
        For VOCs the law does not list; default 0.95, a proposal. [kg per equivalent]
    include_voc_oxidation : bool, optional
        Account the CO2 of VOCs oxidised in incinerators.

    Returns
    -------
    FactorSet
        With the rows used and every substitution noted.

    Raises
    ------
    ParameterError
        If a set or region is unknown, no year is asked for, or a supplied value is
        not positive.

    Notes
    -----
    A year without a grid factor does not raise: it has NaN, and so have the amounts
    that rest on it. See :func:`synergy_lib.factors.grid.select_grid` for the rule.

    Examples
    --------
    >>> factors = select_factors([2022, 2023])
    >>> float(factors.grid[2022]), factors.gwp["ch4"]
    (0.5153, 28.0)
    >>> factors.notes[0]
    '位置法电力因子（浙江）：2023年无公布值，沿用2022年的0.5153 tCO2/MWh。'
    """
    wanted = sorted({int(year) for year in years})
    fuels, fuel_rows, fuel_notes = select_fuels(factor_set)
    grid = select_grid(wanted, region=grid_region)
    market_region = None if grid_region is None else NATIONAL
    residual = select_grid(wanted, region=market_region, kind="residual")
    rows = {
        "heat": _heat_row(heat_factor_tco2_per_gj),
        "energy_equivalents": _of_set("energy_equivalents", "calorific"),
        "process": load_factors("process"),
        "solvents": _with_ids("solvents", ["solvent.unknown_mix.carbon_fraction"]),
        "wastewater": _of_set("wastewater", WASTEWATER_SET),
        "gwp": _of_set("gwp", gwp_set, setting="gwp_set"),
        "pollutant_equivalents": _equivalent_rows(voc_other_equivalent_kg),
    }
    value = {name: _values(part) for name, part in rows.items()}
    if not include_voc_oxidation:
        del rows["solvents"]
    return FactorSet(
        factor_set=factor_set,
        grid_region=grid_region,
        gwp_set=gwp_set,
        fuels=fuels,
        grid=grid.values,
        grid_residual=residual.values,
        heat_tco2_per_gj=float(value["heat"]["heat"]),
        gwp={str(gas): float(gwp) for gas, gwp in value["gwp"].items()},
        electricity_tce_per_mwh=float(value["energy_equivalents"]["electricity"]),
        heat_tce_per_gj=float(value["energy_equivalents"]["heat"]),
        **_pollutant_fields(rows["pollutant_equivalents"]),
        process=value["process"],
        wastewater=value["wastewater"],
        voc_carbon_fraction=float(value["solvents"]["unknown_mix"]),
        include_voc_oxidation=include_voc_oxidation,
        used=_used([fuel_rows, grid.used, residual.used, *rows.values()]),
        notes=(*grid.notes, *residual.notes, *fuel_notes),
    )


def freeze_grid(factors: FactorSet, base_year: int) -> FactorSet:
    """Return the factors with every year's electricity at the base year's factor.

    Parameters
    ----------
    factors : FactorSet
        As selected.
    base_year : int
        One of its years.

    Returns
    -------
    FactorSet
        The same but for ``grid``, ``grid_residual`` and a note. The difference of
        the two carbon accounts is the grid effect (电网因子效应).

    Raises
    ------
    FactorNotFoundError
        If the base year is not among the years of the run.

    Examples
    --------
    >>> frozen = freeze_grid(select_factors([2021, 2022]), 2021)
    >>> frozen.grid.tolist()
    [0.5422, 0.5422]
    """
    if base_year not in factors.grid.index:
        raise FactorNotFoundError(
            Problem("base_year", f"没有{base_year}年的电力因子", "运行年份之一")
        )
    return replace(
        factors,
        grid=_constant(factors.grid, base_year),
        grid_residual=_constant(factors.grid_residual, base_year),
        notes=(*factors.notes, f"电力因子固定为{base_year}年值，以剔除电网变化。"),
    )


def relevant_factors(factors: FactorSet, panel: pd.DataFrame) -> pd.DataFrame:
    """Return the factor rows that touch a figure of the panel.

    Parameters
    ----------
    factors : FactorSet
        As selected.
    panel : pandas.DataFrame
        Any panel; only which columns hold a non-zero value matters.

    Returns
    -------
    pandas.DataFrame
        Rows of ``factors.used``, for the report's appendix.

    Examples
    --------
    >>> panel = pd.DataFrame({"diesel_t": [15.0], "lpg_t": [0.0]})
    >>> rows = relevant_factors(select_factors([2022]), panel)
    >>> rows["quantity"].tolist()
    ['ncv', 'carbon_content', 'oxidation', 'tce_per_unit']
    """
    active = is_active(panel).any()
    used = factors.used
    return used[used["panel_column"].isin(active.index[active])].reset_index(drop=True)


def is_active(panel: pd.DataFrame) -> pd.DataFrame:
    """Tell which numbers of a panel are present and not zero.

    Examples
    --------
    >>> is_active(pd.DataFrame({"lpg_t": [0.0, 2.0, None]}))["lpg_t"].tolist()
    [False, True, False]
    """
    numbers = panel.select_dtypes("number")
    return numbers.notna() & (numbers != 0)


def _constant(series: pd.Series, year: int) -> pd.Series:
    """Return a series with one year's value in every year."""
    return pd.Series(float(series[year]), index=series.index, name=series.name)


def _of_set(table: str, factor_set: str, *, setting: str = "") -> pd.DataFrame:
    """Return the rows of one set of a table."""
    rows = load_factors(table)
    sets = rows["factor_set"].unique().tolist()
    if factor_set not in sets:
        problem = Problem(
            setting or table,
            f"没有“{factor_set}”",
            "、".join(sets),
            nearest(factor_set, sets),
        )
        raise ParameterError(problem)
    return rows[rows["factor_set"] == factor_set]


def _with_ids(table: str, factor_ids: list[str]) -> pd.DataFrame:
    """Return the named rows of a table."""
    rows = load_factors(table)
    return rows[rows["factor_id"].isin(factor_ids)]


def _heat_row(supplied: float | None) -> pd.DataFrame:
    """Return the row of the heat factor, the supplier's if given."""
    return _supplied(load_factors("heat"), supplied, "heat_factor_tco2_per_gj")


def _equivalent_rows(voc_other: float | None) -> pd.DataFrame:
    """Return the rows of the equivalents, without items that have none."""
    rows = load_factors("pollutant_equivalents").dropna(subset=["value"])
    is_other = rows["key"] == "voc_other"
    other = _supplied(rows[is_other], voc_other, "voc_other_equivalent_kg")
    return pd.concat([rows[~is_other], other], ignore_index=True)


def _supplied(row: pd.DataFrame, value: float | None, setting: str) -> pd.DataFrame:
    """Return a factor row, with the park's own value in place of the default."""
    if value is None:
        return row
    if not value > 0:
        raise ParameterError(Problem(setting, f"{value} 不是正数", "大于 0 的数"))
    return row.assign(
        value=float(value),
        source_key="PARK",
        locator=setting,
        quality="measured",
        tag="",
        note="",
        basis="supplied",
    )


def _values(rows: pd.DataFrame) -> pd.Series:
    """Return the values of factor rows, indexed by key."""
    return rows.set_index("key")["value"]


def _pollutant_fields(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of the factor set that rest on the equivalents."""
    is_other = rows["group"] == "voc_remainder"
    listed = rows[~is_other]
    by_medium = {
        medium: _values(listed[listed["factor_set"] == medium])
        for medium in ("air", "water")
    }
    members = {
        group: tuple(listed.loc[listed["group"] == group, "key"])
        for group in ("voc", "oxygen_demand")
    }
    return {
        "air_equivalents": by_medium["air"],
        "water_equivalents": by_medium["water"],
        "voc_species": members["voc"],
        "oxygen_demand": members["oxygen_demand"],
        "voc_other_equivalent_kg": float(rows.loc[is_other, "value"].iloc[0]),
    }


def _used(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all factor rows in one frame, with what each one touches."""
    blank = {"panel_column": "", "basis": "selected", "applied_years": ""}
    filled = [
        part.assign(**{name: text for name, text in blank.items() if name not in part})
        for part in parts
        if len(part)
    ]
    used = pd.concat(filled, ignore_index=True)
    is_equivalent = used["factor_id"].str.startswith("equivalent.")
    own = (used["key"] + "_kg").where(is_equivalent)
    touched = used["panel_column"].mask(used["panel_column"] == "")
    for candidate in (
        own.where(own.isin(load_columns().index)),
        used["factor_id"].map(PANEL_COLUMNS),
        used["factor_set"].map(PANEL_COLUMNS_OF_SET),
    ):
        touched = touched.fillna(candidate)
    used["panel_column"] = touched.fillna("")
    return used[[*FACTOR_COLUMNS, "panel_column", "basis", "applied_years"]]
