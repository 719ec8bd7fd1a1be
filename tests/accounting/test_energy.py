import dataclasses

import numpy as np
import pandas as pd
import pytest

from synergy_lib.accounting.energy import account_energy, account_fuels
from synergy_lib.errors import FactorNotFoundError


def test_account_energy_adds_up_by_hand(panel, factors):
    data = panel(
        electricity_grid_mwh=1000.0,
        electricity_green_mwh=200.0,
        electricity_pv_mwh=100.0,
        electricity_export_mwh=50.0,
        heat_purchased_gj=500.0,
        heat_export_gj=100.0,
        nonfossil_other_tce=7.0,
        coke_t=10.0,
        anthracite_t=1.0,
    )
    row = account_energy(data, factors).iloc[0]
    assert row["electricity_tce"] == pytest.approx(1050 * 0.1229)
    assert row["heat_tce"] == pytest.approx(400 * 0.0341)
    assert row["fuel_tce"] == pytest.approx(9.714 + 24.515 / 29.3076)
    assert row["nonfossil_tce"] == pytest.approx(300 * 0.1229 + 7)
    total = row[["electricity_tce", "heat_tce", "fuel_tce"]].sum() + 7
    assert row["energy_tce"] == pytest.approx(total)


def test_account_energy_zero_activity_is_zero(panel, factors):
    data = panel(electricity_grid_mwh=0.0, heat_purchased_gj=0.0, diesel_t=0.0)
    assert (account_energy(data, factors) == 0).all(axis=None)


def test_account_energy_missing_electricity_makes_the_total_missing(panel, factors):
    data = panel(electricity_grid_mwh=[np.nan], diesel_t=[2.0])
    row = account_energy(data, factors).iloc[0]
    assert np.isnan(row["electricity_tce"])
    assert np.isnan(row["energy_tce"])
    assert row["fuel_tce"] == pytest.approx(2 * 1.4571)


def test_account_energy_missing_fuel_makes_the_total_missing(panel, factors):
    data = panel(electricity_grid_mwh=[1.0, 1.0], diesel_t=[np.nan, 0.0], lpg_t=[1, 1])
    accounts = account_energy(data, factors)
    assert accounts["fuel_tce"].isna().tolist() == [True, False]
    assert accounts["energy_tce"].isna().tolist() == [True, False]


def test_account_energy_nothing_reported_is_missing_not_zero(panel, factors):
    accounts = account_energy(panel(so2_kg=1.0), factors)
    assert accounts.isna().all(axis=None)


def test_account_energy_negative_figures_pass_through(panel, factors):
    data = panel(electricity_grid_mwh=0.0, electricity_export_mwh=10.0)
    row = account_energy(data, factors).iloc[0]
    assert row["electricity_tce"] == pytest.approx(-1.229)


def test_account_fuels_rows(panel, factors):
    data = panel(natural_gas_10k_nm3=[120.0, 0.0], diesel_t=[15.0, np.nan])
    fuels = account_fuels(data, factors)
    assert fuels.index.names == ["enterprise_id", "year", "fuel"]
    gas = fuels.xs("natural_gas", level="fuel")
    assert gas["co2_t"].tolist() == pytest.approx([2594.6266, 0.0], rel=1e-6)
    assert gas["heat_gj"].iloc[0] == pytest.approx(120 * 389.31)
    assert gas["unit"].iloc[0] == "万Nm3"
    diesel = fuels.xs("diesel", level="fuel")
    assert diesel["co2_t"].iloc[0] == pytest.approx(47.1768, abs=1e-4)
    assert np.isnan(diesel["co2_t"].iloc[1])


def test_account_fuels_without_fuel_columns_is_empty(panel, factors):
    fuels = account_fuels(panel(electricity_grid_mwh=1.0), factors)
    assert fuels.empty
    assert "co2_t" in fuels.columns


def test_account_fuels_unknown_fuel_is_an_error(panel, factors):
    poor = dataclasses.replace(factors, fuels=factors.fuels.drop("diesel"))
    with pytest.raises(FactorNotFoundError, match="diesel"):
        account_fuels(panel(diesel_t=1.0), poor)


def test_accounts_do_not_touch_the_panel(panel, factors):
    data = panel(electricity_grid_mwh=1.0, diesel_t=2.0)
    before = data.copy()
    account_energy(data, factors)
    account_fuels(data, factors)
    pd.testing.assert_frame_equal(data, before)
