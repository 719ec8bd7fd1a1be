"""Energy and emissions of an enterprise by energy carrier and non-energy source."""

from __future__ import annotations

import pandas as pd

from synergy_lib.accounting.activity import activity, carrier
from synergy_lib.accounting.carbon import account_carbon
from synergy_lib.accounting.energy import account_energy, account_fuels
from synergy_lib.factors.selection import FactorSet

__all__ = ["GRID", "NON_ENERGY", "account_carriers"]

GRID = "grid_electricity"
# Sources that burn nothing and buy nothing: they have no energy.
NON_ENERGY = ("process", "wastewater", "recovered")


def account_carriers(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return energy and emission of every carrier, each with one emission factor.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); columns of the energy, resources and process
        sheets.
    factors : FactorSet
        Selected for every year of the panel.

    Returns
    -------
    pandas.DataFrame
        Same index; columns of two levels. ``energy_tce`` [tce] and ``co2e_t``
        [tCO2e], each by carrier: every fuel the panel has, ``grid_electricity``
        (purchased minus exported), ``own_pv``, ``heat`` (purchased minus exported),
        ``nonfossil_other``; and the sources without energy, ``process``,
        ``wastewater`` and ``recovered`` (negative: deducted). Missing as in
        :func:`~synergy_lib.accounting.energy.account_energy` and
        :func:`~synergy_lib.accounting.carbon.account_carbon`, whose totals are the
        sums over carriers where all figures are given; a source without energy that
        nobody reported is missing.

    Raises
    ------
    FactorNotFoundError
        If the factors lack a year or a fuel of the panel.

    Notes
    -----
    Own photovoltaic power stands apart from the grid's, so that emission per energy
    of ``grid_electricity`` moves with the grid factor alone and power from the own
    roof is a change of the mix.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame(
    ...     {"electricity_grid_mwh": 1000.0, "electricity_pv_mwh": 100.0}, index=index
    ... )
    >>> found = account_carriers(panel, select_factors([2022])).round(2).iloc[0]
    >>> found["energy_tce"].dropna().to_dict()
    {'grid_electricity': 122.9, 'own_pv': 12.29, 'heat': 0.0, 'nonfossil_other': 0.0}
    >>> found["co2e_t", "grid_electricity"]
    np.float64(515.3)
    """
    energy, carbon = account_energy(panel, factors), account_carbon(panel, factors)
    fuels = account_fuels(panel, factors)
    pv_tce = carrier(panel, "electricity_pv_mwh") * factors.electricity_tce_per_mwh
    other_tce = carrier(panel, "nonfossil_other_tce")
    bought_tce = _grid_mwh(panel) * factors.electricity_tce_per_mwh
    in_tce = _by_fuel(fuels, "fuel_tce", panel.index).assign(
        grid_electricity=bought_tce,
        own_pv=pv_tce,
        heat=energy["heat_tce"],
        nonfossil_other=other_tce,
    )
    in_co2e = _by_fuel(fuels, "co2_t", panel.index).assign(
        grid_electricity=carbon["co2e_electricity_t"],
        own_pv=pv_tce * 0.0,
        heat=carbon["co2e_heat_t"],
        nonfossil_other=other_tce * 0.0,
        process=carbon["co2e_process_t"],
        wastewater=carbon["co2e_wastewater_t"],
        recovered=-carbon["co2e_recovered_t"],
    )
    parts = {"energy_tce": in_tce, "co2e_t": in_co2e}
    return pd.concat(parts, axis=1, names=["amount", "carrier"])


def _grid_mwh(panel: pd.DataFrame) -> pd.Series:
    """Return purchased minus exported electricity."""
    bought = activity(panel, "electricity_grid_mwh")
    return bought - carrier(panel, "electricity_export_mwh")


def _by_fuel(fuels: pd.DataFrame, amount: str, index: pd.Index) -> pd.DataFrame:
    """Return one amount of every fuel, one column a fuel."""
    if fuels.empty:
        return pd.DataFrame(index=index)
    return fuels[amount].unstack("fuel").reindex(index)
