"""Columns that follow from others without a factor, and accounts as disclosed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.units import conversion_factor

__all__ = ["derive_columns", "disclosed_carbon", "disclosed_energy"]


def derive_columns(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with constant-price value added and heat used filled in.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year).

    Returns
    -------
    pandas.DataFrame
        With ``value_added_constant_10k_cny`` [10⁴ CNY, price of the deflator's base
        year] where value added is known, and ``heat_used_gj`` [GJ] filled with
        purchased minus exported heat where it is not given.

    Notes
    -----
    VA_const = VA / deflator (methods §0 rule 2). Without any deflator the column is
    left out: current prices are never passed off as constant ones.
    """
    derived = panel.copy()
    if {"value_added_10k_cny", "value_added_deflator"} <= set(panel.columns):
        derived["value_added_constant_10k_cny"] = (
            panel["value_added_10k_cny"] / panel["value_added_deflator"]
        )
    if "heat_purchased_gj" in panel:
        exported = panel.get("heat_export_gj", pd.Series(0.0, index=panel.index))
        net = panel["heat_purchased_gj"] - exported
        given = panel.get("heat_used_gj", pd.Series(np.nan, index=panel.index))
        derived["heat_used_gj"] = given.fillna(net)
    return derived


def disclosed_carbon(panel: pd.DataFrame) -> pd.DataFrame:
    """Return carbon as the enterprises disclosed it, for parks without activity data.

    Parameters
    ----------
    panel : pandas.DataFrame
        With any of ``co2e_scope1_t``, ``co2e_scope2_t``, ``co2e_scope12_t`` [tCO2e].

    Returns
    -------
    pandas.DataFrame
        ``co2e_t`` [tCO2e], if the panel has any of them.

    Notes
    -----
    The disclosed sum of scopes 1 and 2, else their sum. Where nobody in the park
    discloses scope 2 it is scope 1 alone, and the run's notes must say so.
    """
    accounts = pd.DataFrame(index=panel.index)
    scopes = [c for c in ("co2e_scope1_t", "co2e_scope2_t") if c in panel]
    if scopes or "co2e_scope12_t" in panel:
        missing = pd.Series(np.nan, index=panel.index)
        total = panel[scopes].sum(axis=1, skipna=False) if scopes else missing
        accounts["co2e_t"] = panel.get("co2e_scope12_t", missing).fillna(total)
    return accounts


def disclosed_energy(panel: pd.DataFrame) -> pd.DataFrame:
    """Return energy as the enterprises disclosed it.

    Parameters
    ----------
    panel : pandas.DataFrame
        With any of ``energy_total_gj``, ``electricity_gj`` [GJ].

    Returns
    -------
    pandas.DataFrame
        ``energy_tce``, ``electricity_tce`` [tce], each where its input is a column,
        and their difference ``other_energy_tce``.

    Notes
    -----
    1 tce = 29.3076 GJ (GB/T 2589).
    """
    accounts = pd.DataFrame(index=panel.index)
    tce_per_gj = conversion_factor("GJ", "tce")
    for source, target in (
        ("energy_total_gj", "energy_tce"),
        ("electricity_gj", "electricity_tce"),
    ):
        if source in panel:
            accounts[target] = panel[source] * tce_per_gj
    if {"energy_tce", "electricity_tce"} <= set(accounts.columns):
        rest = accounts["energy_tce"] - accounts["electricity_tce"]
        accounts["other_energy_tce"] = rest.where(rest >= 0)
    return accounts
