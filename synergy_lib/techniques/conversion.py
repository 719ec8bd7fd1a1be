"""What a unit of every quantity a technique acts on is worth in CO2e and equivalents."""

from __future__ import annotations

import numpy as np

from synergy_lib.factors.selection import FactorSet
from synergy_lib.techniques.vocabulary import TARGETS

__all__ = ["AIR_POLLUTANTS", "WATER_POLLUTANTS", "co2e_per_unit", "kg_per_equivalent"]

AIR_POLLUTANTS = ("so2", "nox", "vocs")
WATER_POLLUTANTS = ("cod", "nh3n")


def co2e_per_unit(
    factors: FactorSet, year: int, *, market: bool = False
) -> dict[str, float]:
    """Return the CO2e of one unit of each quantity that carries any.

    Parameters
    ----------
    factors : FactorSet
    year : int
        Of the grid factor; NaN where there is none.
    market : bool
        By the residual mix, where green electricity counts as saved, instead of by
        location.

    Returns
    -------
    dict of str to float
        Panel column → tCO2e per unit of the column.
    """
    grids = factors.grid_residual if market else factors.grid
    grid = float(grids.get(year, np.nan))
    fuels = dict(
        zip(factors.fuels["panel_column"], factors.fuels["co2_t_per_unit"], strict=True)
    )
    return {
        "co2e_t": 1.0,
        "electricity_grid_mwh": grid,
        "electricity_green_mwh": grid if market else 0.0,
        "heat_purchased_gj": factors.heat_tco2_per_gj,
        **{name: float(fuels[name]) for name in TARGETS if name in fuels},
    }


def kg_per_equivalent(factors: FactorSet) -> dict[str, float]:
    """Return the kilograms of each pollutant that make one pollutant equivalent.

    Parameters
    ----------
    factors : FactorSet

    Returns
    -------
    dict of str to float
        Pollutant of :data:`AIR_POLLUTANTS` and :data:`WATER_POLLUTANTS` → kg.
    """
    per_kg = {
        **factors.air_equivalents[["so2", "nox"]],
        **factors.water_equivalents[list(WATER_POLLUTANTS)],
        "vocs": factors.voc_other_equivalent_kg,
    }
    return {str(name): float(value) for name, value in per_kg.items()}
