"""From the invented panel to the sheets of the input workbook."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.demo_park.profiles import random_numbers
from synergy_lib.inputs.layout import carrier_columns, pollutant_columns
from synergy_lib.schema import PANEL_INDEX, input_columns

__all__ = ["energy_rows", "pollutant_rows", "wide_rows"]

# Enthalpy of saturated steam above water at 20 °C, in MJ/t, by absolute pressure in
# MPa (IAPWS-IF97, methods §3.4).
_STEAM_MJ_PER_T = {0.6: 2672.4, 0.8: 2684.6, 1.0: 2693.4, 1.2: 2700.0}
# What one unit of the panel is in the unit an enterprise reports in.
_POWER_UNITS = {"MWh": 1.0, "万kWh": 0.1, "kWh": 1000.0}
_GAS_UNITS = {"万Nm3": 1.0, "m3": 10_000.0}
_MASS_UNITS = {"t": 0.001, "kg": 1.0}
_DECIMALS = {"kWh": 0, "m3": 0, "万kWh": 4, "t": 4, "kg": 1}

ForcedUnits = Mapping[tuple[str, int, str], str]


def wide_rows(panel: pd.DataFrame, sheet: str) -> pd.DataFrame:
    """Return the rows of a sheet with one row an enterprise and year.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year).
    sheet : {"activity", "resources", "process"}
        Sheet key.

    Returns
    -------
    pandas.DataFrame
        Keys first, then the sheet's columns; NaN where blank.
    """
    columns = [str(column) for column in input_columns(sheet).index]
    return panel[columns].reset_index()


def energy_rows(
    panel: pd.DataFrame,
    seed: int,
    *,
    without_pressure: Collection[tuple[str, int]] = (),
    forced_units: ForcedUnits | None = None,
) -> pd.DataFrame:
    """Return the rows of the sheet 能源消费, in the units enterprises report in.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); energy columns in panel units.
    seed : int
        Seed of the choice of units.
    without_pressure : collection of (str, int)
        Enterprises and years whose steam is in t with no pressure given.
    forced_units : mapping, optional
        (enterprise_id, year, column) → unit to report in.

    Returns
    -------
    pandas.DataFrame
        enterprise_id, year, carrier, amount, unit, steam_pressure_mpa, note. A
        carrier at zero is not listed; one that is NaN is listed without an amount;
        heat used is listed only where it is not purchased less exported heat.
    """
    forced = forced_units or {}
    ids = panel.index.get_level_values("enterprise_id").unique()
    habits = _reporting_habits(ids, {firm for firm, _ in without_pressure}, seed)
    rows = []
    for record in panel.reset_index().to_dict("records"):
        firm, year = str(record["enterprise_id"]), int(record["year"])
        for carrier, column in carrier_columns().items():
            if not _is_listed(column, record):
                continue
            unit = forced.get((firm, year, column)) or habits[firm].unit(column)
            pressure = habits[firm].pressure_mpa if unit == "steam" else np.nan
            rows.append(
                {
                    "enterprise_id": firm,
                    "year": year,
                    "carrier": carrier,
                    "amount": _amount(float(record[column]), column, unit, pressure),
                    "unit": "t" if unit == "steam" else unit,
                    "steam_pressure_mpa": np.nan
                    if (firm, year) in without_pressure
                    else pressure,
                    "note": None,
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Habits:
    """The units one enterprise reports in, the same in all years."""

    power: str
    gas: str
    steam_in_t: bool
    pressure_mpa: float

    def unit(self, column: str) -> str:
        """Return the unit for a column; ``steam`` is t at the given pressure."""
        if column.endswith("_mwh"):
            return self.power
        if column == "natural_gas_10k_nm3":
            return self.gas
        if column == "heat_purchased_gj" and self.steam_in_t:
            return "steam"
        return "GJ" if column.endswith("_gj") else "t"


def _reporting_habits(
    ids: pd.Index[Any], by_mass: Collection[str], seed: int
) -> dict[str, _Habits]:
    """Draw each enterprise's units; those in ``by_mass`` report steam in t."""
    rng = random_numbers(seed, "units")
    return {
        str(firm): _Habits(
            power=str(rng.choice(list(_POWER_UNITS), p=[0.6, 0.25, 0.15])),
            gas=str(rng.choice(list(_GAS_UNITS), p=[0.8, 0.2])),
            steam_in_t=bool(rng.random() < 0.4) or firm in by_mass,
            pressure_mpa=float(rng.choice(list(_STEAM_MJ_PER_T))),
        )
        for firm in ids
    }


def _is_listed(column: str, record: Mapping[Hashable, Any]) -> bool:
    """Tell whether an enterprise lists a carrier."""
    value = float(record.get(column, 0.0))
    if column == "heat_used_gj":
        net = record["heat_purchased_gj"] - record["heat_export_gj"]
        return bool(abs(value - net) > 0.005 * value)
    return bool(np.isnan(value) or value > 0)


def _amount(value: float, column: str, unit: str, pressure_mpa: float) -> float:
    """Return a quantity in the unit it is reported in."""
    if unit == "steam":
        value *= 1000.0 / _STEAM_MJ_PER_T[pressure_mpa]
    elif column.endswith("_mwh"):
        value *= _POWER_UNITS[unit]
    elif column == "natural_gas_10k_nm3":
        value *= _GAS_UNITS[unit]
    return round(value, _DECIMALS.get(unit, 2))


def pollutant_rows(
    panel: pd.DataFrame, seed: int, *, forced_units: ForcedUnits | None = None
) -> pd.DataFrame:
    """Return the rows of the sheet 污染物, in the units enterprises report in.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); pollutant columns in kg.
    seed : int
        Seed of the choice of units.
    forced_units : mapping, optional
        (enterprise_id, year, column) → unit to report in.

    Returns
    -------
    pandas.DataFrame
        enterprise_id, year, medium, pollutant, generated, emitted, unit, note;
        pollutants an enterprise does not have are not listed.
    """
    rng = random_numbers(seed, "mass units")
    ids = panel.index.get_level_values("enterprise_id")
    habit = {f: str(rng.choice(list(_MASS_UNITS), p=[0.6, 0.4])) for f in ids.unique()}
    pieces = []
    for order, ((medium, name), column) in enumerate(pollutant_columns().items()):
        if column not in panel.columns:
            continue
        units = pd.Series([habit[firm] for firm in ids], index=panel.index)
        for firm, year, forced in forced_units or {}:
            if forced == column:
                units.loc[(firm, year)] = (forced_units or {})[firm, year, forced]
        factor = units.map(_MASS_UNITS)
        generated = panel[column.removesuffix("_kg") + "_generated_kg"]
        piece = pd.DataFrame(
            {
                "order": order,
                "medium": medium,
                "pollutant": name,
                "generated": (generated * factor).round(4),
                "emitted": (panel[column] * factor).round(4),
                "unit": units,
                "note": None,
            },
            index=panel.index,
        )
        pieces.append(piece.dropna(subset=["generated", "emitted"], how="all"))
    rows = pd.concat(pieces).reset_index().sort_values([*PANEL_INDEX, "order"])
    return rows.drop(columns="order").reset_index(drop=True)
