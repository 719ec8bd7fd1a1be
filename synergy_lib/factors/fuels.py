"""Fuel factors: one complete row per fuel of the panel."""

from __future__ import annotations

import pandas as pd

from synergy_lib.errors import (
    FactorNotFoundError,
    ParameterError,
    Problem,
    nearest,
)
from synergy_lib.factors.tables import load_factors
from synergy_lib.schema import load_columns

__all__ = ["CO2_PER_CARBON", "DEFAULT_FUEL_SET", "fuel_columns", "select_fuels"]

CO2_PER_CARBON = 44 / 12  # molar masses, rounded as all the guides do
DEFAULT_FUEL_SET = "guide2013"
COMMON_SET = "all"  # rows that belong to every set
TJ_PER_GJ = 1e-3
COMBUSTION = ("ncv", "carbon_content", "oxidation")


def fuel_columns() -> pd.DataFrame:
    """Return the panel's fuel columns, indexed by fuel key.

    Returns
    -------
    pandas.DataFrame
        ``panel_column``, ``unit``, ``name_zh``, ``name_en``.

    Examples
    --------
    >>> fuel_columns().loc["natural_gas", "panel_column"]
    'natural_gas_10k_nm3'
    """
    columns = load_columns()
    fuels = columns[columns["methods_name"].str.startswith("fuel_")]
    return pd.DataFrame(
        {
            "panel_column": fuels.index,
            "unit": fuels["unit"].to_numpy(),
            "name_zh": fuels["label_zh"].to_numpy(),
            "name_en": fuels["label_en"].to_numpy(),
        },
        index=pd.Index(fuels["methods_name"].str.removeprefix("fuel_"), name="fuel"),
    )


def select_fuels(
    factor_set: str = DEFAULT_FUEL_SET,
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Return the factors of every fuel, the rows they come from, and notes.

    Parameters
    ----------
    factor_set : str, optional
        Set of default values; what it lacks is taken from ``guide2013``.

    Returns
    -------
    fuels : pandas.DataFrame
        Index fuel key; ``panel_column``, ``unit``, names, ``ncv`` [GJ/unit],
        ``carbon_content`` [tC/GJ], ``oxidation`` [-], ``tce_per_unit`` [tce/unit],
        ``co2_t_per_unit`` [tCO2/unit].
    used : pandas.DataFrame
        Factor rows, with ``panel_column`` and ``basis`` (``selected``,
        ``fallback_set`` or ``computed``).
    notes : tuple of str
        Chinese sentences on what was taken from elsewhere.

    Raises
    ------
    ParameterError
        If there is no such set.
    FactorNotFoundError
        If a fuel of the panel has no factors.

    Notes
    -----
    ``co2_t_per_unit = ncv · carbon_content · oxidation · 44/12`` [1]_. A fuel without
    a published coal equivalent gets ``ncv / 29.3076``.

    References
    ----------
    .. [1] GUIDE2013, combustion formula; values R6a, R6b, R6c, R7.

    Examples
    --------
    >>> fuels, used, notes = select_fuels()
    >>> round(float(fuels.loc["diesel", "co2_t_per_unit"]), 4)
    3.1451
    """
    rows = _rows_of_set(factor_set)
    names = fuel_columns()
    rows = rows[rows["key"].isin(names.index)]
    values = rows.assign(value=_in_standard_units(rows)).pivot_table(
        index="key", columns="quantity", values="value"
    )
    fuels = names.join(values)
    lacking = fuels.index[fuels[list(COMBUSTION)].isna().any(axis=1)]
    if len(lacking):
        raise FactorNotFoundError(
            [Problem("燃料", f"“{fuel}”没有完整因子") for fuel in lacking]
        )
    fuels["co2_t_per_unit"] = fuels[list(COMBUSTION)].prod(axis=1) * CO2_PER_CARBON
    computed = fuels["tce_per_unit"].isna()
    fuels["tce_per_unit"] = fuels["tce_per_unit"].fillna(
        fuels["ncv"] / _coal_gj_per_tce()
    )
    used = pd.concat([rows, _computed_rows(rows, fuels[computed])], ignore_index=True)
    used["panel_column"] = used["key"].map(names["panel_column"])
    return fuels, used, _notes(factor_set, rows, names)


def _rows_of_set(factor_set: str) -> pd.DataFrame:
    """Return one row per fuel and quantity, the chosen set first."""
    table = load_factors("fuels")
    sets = [name for name in table["factor_set"].unique() if name != COMMON_SET]
    if factor_set not in sets:
        hint = nearest(factor_set, sets)
        raise ParameterError(
            Problem("factor_set", f"没有“{factor_set}”", "、".join(sets), hint)
        )
    order = dict.fromkeys((factor_set, DEFAULT_FUEL_SET, COMMON_SET))
    priority = {name: rank for rank, name in enumerate(order)}
    rank = table["factor_set"].map(priority)
    rows = table[rank.notna()].assign(rank=rank).sort_values("rank", kind="stable")
    rows = rows.drop_duplicates(["key", "quantity"])
    own = rows["factor_set"].isin([factor_set, COMMON_SET])
    return rows.assign(basis=own.map({True: "selected", False: "fallback_set"})).drop(
        columns="rank"
    )


def _in_standard_units(rows: pd.DataFrame) -> pd.Series:
    """Return the values with carbon content in tC/GJ."""
    scale = (rows["unit"] == "tC/TJ").map({True: TJ_PER_GJ, False: 1.0})
    return rows["value"] * scale


def _coal_gj_per_tce() -> float:
    """Return the heat of a tonne of coal equivalent in GJ."""
    table = load_factors("energy_equivalents").set_index("key")["value"]
    kj_per_kgce = float(table["coal_equivalent"])
    return kj_per_kgce * 1e-3


def _computed_rows(rows: pd.DataFrame, fuels: pd.DataFrame) -> pd.DataFrame:
    """Return rows for the coal equivalents that follow from the heating value."""
    ncv = rows[(rows["quantity"] == "ncv") & rows["key"].isin(fuels.index)]
    return ncv.assign(
        factor_id=ncv["factor_id"].str.replace(".ncv", ".tce_per_unit", regex=False),
        quantity="tce_per_unit",
        name_zh=ncv["name_zh"].str.replace("低位发热量", "折标准煤系数（当量值）"),
        name_en=ncv["name_en"].str.replace("net calorific value", "coal equivalent"),
        value=ncv["key"].map(fuels["tce_per_unit"]),
        unit=ncv["unit"].str.replace("GJ", "tce"),
        tag="C",
        note="低位发热量/29.3076",
        basis="computed",
    )


def _notes(factor_set: str, rows: pd.DataFrame, names: pd.DataFrame) -> tuple[str, ...]:
    """Say which fuels a partial set covers."""
    if factor_set == DEFAULT_FUEL_SET:
        return ()
    own = rows.loc[rows["factor_set"] == factor_set, "key"].unique()
    covered = "、".join(names.loc[names.index.isin(own), "name_zh"])
    return (
        f"燃料参数集“{factor_set}”只给出{covered}的参数，"
        f"其余燃料和参数采用 {DEFAULT_FUEL_SET}。",
    )
