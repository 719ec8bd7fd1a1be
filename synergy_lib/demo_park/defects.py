"""Gaps and suspicious values planted in the demonstration park, all on a list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.demo_park.profiles import random_numbers
from synergy_lib.resources import data_path
from synergy_lib.schema import input_columns

__all__ = [
    "GAP_SHARE",
    "forced_units",
    "load_defects",
    "optional_columns",
    "plant_defects",
    "plant_gaps",
]

# Share of cells left blank in the columns that may be blank.
GAP_SHARE = 0.07

_VALUE_KINDS = ("multiply", "relabel", "set", "exceed", "blank")
_OPTIONAL_SHEETS = ("activity", "resources", "process")
# Totals, emissions and gates: never blanked by chance, only where the list says so.
_ALWAYS_FILLED = (
    "output_value_10k_cny",
    "value_added_10k_cny",
    "value_added_deflator",
    "wastewater_m3",
    "cod_in_mg_l",
    "cod_out_mg_l",
    "tn_in_mg_l",
    "tn_out_mg_l",
    "anaerobic_share",
    "ch4_recovered_kg",
    "caco3_t",
    "na2co3_t",
    "nahco3_t",
    "carbon_in_t",
    "carbon_out_product_t",
    "carbon_out_waste_t",
    "co2_recovered_external_t",
    "has_serious_violation",
    "has_valid_permit",
    "has_major_accident",
    "has_obsolete_equipment",
    "is_within_permitted_totals",
)


def load_defects() -> pd.DataFrame:
    """Return the list of planted defects.

    Returns
    -------
    pandas.DataFrame
        ``sheet``, ``enterprise_id``, ``year`` (empty: every year), ``column`` (panel
        column; empty: every column of the sheet), ``kind``, ``argument``, ``what``.
        Kinds: multiply (by the argument), relabel (the right figure under a wrong
        unit: ``factor;unit``), set (to the argument), exceed (another column times a
        factor), blank, no_rows (not on the sheet at all), no_pressure (steam in t
        without its pressure).
    """
    return pd.read_csv(
        data_path("demo_park", "defects.csv"), dtype=str, keep_default_na=False
    )


def optional_columns() -> list[str]:
    """Return the columns in which single cells are left blank by chance."""
    return [
        str(column)
        for sheet in _OPTIONAL_SHEETS
        for column in input_columns(sheet).index
        if column not in _ALWAYS_FILLED
    ]


def plant_gaps(panel: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return a panel with blanks where enterprises commonly leave them.

    Parameters
    ----------
    panel : pandas.DataFrame
        Complete panel; index (enterprise_id, year).
    seed : int
        Seed of all draws.

    Returns
    -------
    pandas.DataFrame
        About :data:`GAP_SHARE` of the cells of optional columns are NaN; careful
        enterprises have few gaps, careless ones many.
    """
    rng = random_numbers(seed, "gaps")
    columns = optional_columns()
    firms = panel.index.get_level_values("enterprise_id")
    ids = firms.unique()
    careless = pd.Series(rng.gamma(2.0, 1.0, len(ids)), index=ids)
    rate = (
        (careless * GAP_SHARE / careless.mean())
        .clip(upper=0.25)
        .reindex(firms)
        .to_numpy()[:, None]
    )
    gaps = rng.random((len(panel), len(columns))) < rate
    gapped = panel.copy()
    gapped[columns] = panel[columns].mask(gaps)
    # A cell in which a wrong value is planted later has to hold one first.
    for defect in load_defects().to_dict("records"):
        key = (str(defect["enterprise_id"]), int(defect["year"] or 0))
        for column in (str(defect["column"]), str(defect["argument"]).split(";")[0]):
            if key in panel.index and column in columns:
                gapped[column] = gapped[column].where(panel.index != key, panel[column])
    return gapped


def plant_defects(panel: pd.DataFrame, defects: pd.DataFrame) -> pd.DataFrame:
    """Return a panel with the suspicious values of a list planted.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel before the defects; index (enterprise_id, year).
    defects : pandas.DataFrame
        From :func:`load_defects`; kinds that concern rows or pressures rather than
        values (no_rows, no_pressure) are left to the sheets.

    Returns
    -------
    pandas.DataFrame
        Same shape. A value that is multiplied must be there before.
    """
    planted = panel.copy()
    for defect in defects[defects["kind"].isin(_VALUE_KINDS)].to_dict("records"):
        key = (str(defect["enterprise_id"]), int(defect["year"]))
        column, argument = str(defect["column"]), str(defect["argument"])
        if defect["kind"] == "blank":
            planted.loc[key, column] = np.nan
            continue
        whole = argument.split(";")[0] if defect["kind"] == "exceed" else column
        planted.loc[key, column] = _wrong_value(
            float(str(planted.loc[key, whole])), str(defect["kind"]), argument
        )
    return planted


def forced_units(defects: pd.DataFrame) -> dict[tuple[str, int, str], str]:
    """Return (enterprise_id, year, column) → the wrong unit a value is labelled with.

    Parameters
    ----------
    defects : pandas.DataFrame
        From :func:`load_defects`.
    """
    chosen = defects[defects["kind"] == "relabel"]
    return {
        (str(row["enterprise_id"]), int(row["year"]), str(row["column"])): str(
            row["argument"]
        ).split(";")[1]
        for row in chosen.to_dict("records")
    }


def _wrong_value(right: float, kind: str, argument: str) -> float:
    """Return the value that a defect puts in a cell, from a right one."""
    if kind == "set":
        return float(argument)
    if kind == "exceed":
        return round(right * float(argument.split(";")[1]), 2)
    return right * float(argument.split(";")[0])
