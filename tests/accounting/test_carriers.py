"""Energy and emission by carrier add up to the accounts."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.accounting.carriers import GRID, NON_ENERGY, account_carriers
from synergy_lib.factors.selection import select_factors
from synergy_lib.schema import PANEL_INDEX


def panel(**columns):
    years = range(2021, 2021 + len(next(iter(columns.values()))))
    index = pd.MultiIndex.from_product([["E1"], years], names=PANEL_INDEX)
    return pd.DataFrame(columns, index=index, dtype=float)


def test_carriers_add_up_to_the_accounts(demo_analysis):
    found = account_carriers(demo_analysis.panel, demo_analysis.factors)
    accounts = demo_analysis.accounts
    energy = found["energy_tce"].sum(axis=1, skipna=False)
    np.testing.assert_allclose(energy, accounts["energy_tce"], rtol=1e-12)
    sources = found["co2e_t"].columns.intersection(NON_ENERGY)
    emitted = found["co2e_t"].drop(columns=sources).sum(axis=1, skipna=False)
    emitted += found["co2e_t"][sources].fillna(0).sum(axis=1)
    known = accounts["co2e_t"].notna()
    np.testing.assert_allclose(emitted[known], accounts["co2e_t"][known], rtol=1e-12)


def test_only_the_grid_factor_moves_the_grid():
    factors = select_factors([2021, 2022])
    found = account_carriers(
        panel(electricity_grid_mwh=[1000, 1000], electricity_pv_mwh=[0, 500]), factors
    )
    per_tce = found["co2e_t", GRID] / found["energy_tce", GRID]
    expected = factors.grid / factors.electricity_tce_per_mwh
    np.testing.assert_allclose(per_tce, expected, rtol=1e-13)
    assert found["co2e_t", "own_pv"].tolist() == [0, 0]
    assert found["energy_tce", "own_pv"].tolist() == [0, pytest.approx(61.45)]


def test_missing_stays_missing_and_recovery_is_deducted():
    found = account_carriers(
        panel(
            electricity_grid_mwh=[1000, np.nan],
            diesel_t=[2, 3],
            co2_recovered_external_t=[10, np.nan],
        ),
        select_factors([2021, 2022]),
    )
    assert found["co2e_t", GRID].isna().tolist() == [False, True]
    assert found["co2e_t", "recovered"].iloc[0] == -10
    assert np.isnan(found["co2e_t", "recovered"].iloc[1])
    assert found["co2e_t", "diesel"].notna().all()
    assert found["co2e_t", "process"].isna().all()


def test_without_any_fuel():
    found = account_carriers(panel(electricity_grid_mwh=[5.0]), select_factors([2021]))
    assert found["energy_tce"].columns[0] == GRID
    assert found["energy_tce"].sum(axis=1).tolist() == [pytest.approx(0.6145)]
