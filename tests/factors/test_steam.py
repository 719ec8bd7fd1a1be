import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.factors.steam import steam_enthalpy, steam_to_gj
from synergy_lib.factors.tables import load_factors


def test_steam_to_gj_worked_example():
    heat = steam_to_gj([50000], [1.0])
    assert heat.gj.iloc[0] == pytest.approx(134668.0, abs=0.01)
    assert heat.gj.iloc[0] * 0.11 == pytest.approx(14813.48, abs=0.005)
    assert not heat.is_assumed.iloc[0]


def test_steam_enthalpy_returns_the_table_at_its_points():
    table = load_factors("steam").query("factor_set == 'saturated'")
    rows = table[table["quantity"] == "enthalpy"]
    result = steam_enthalpy(rows["key"].astype(float))
    np.testing.assert_allclose(result, rows["value"], rtol=1e-12)
    assert len(rows) == 12


def test_steam_enthalpy_outside_the_table_is_missing():
    assert np.isnan(steam_enthalpy([0.19, 4.01, 0.0, -1.0, np.nan])).all()


def test_steam_to_gj_without_pressure_assumes_and_says_so():
    heat = steam_to_gj(pd.Series([100.0, 100.0], index=[7, 9]))
    assert heat.gj.tolist() == pytest.approx([269.326, 269.326])
    assert heat.is_assumed.all()
    assert heat.gj.index.tolist() == [7, 9]


def test_steam_to_gj_aligns_pressures_with_masses():
    mass = pd.Series([1000.0, 2000.0], index=["a", "b"])
    pressure = pd.Series([1.0, 0.2], index=["b", "a"])
    heat = steam_to_gj(mass, pressure)
    assert heat.gj["a"] == pytest.approx(2706.2 - 83.74)
    assert heat.gj["b"] == pytest.approx(2 * (2777.1 - 83.74))


def test_steam_to_gj_missing_mass_or_pressure_outside_is_missing():
    heat = steam_to_gj([np.nan, 1.0, 0.0], [1.0, 22.0, 1.0])
    assert heat.gj.isna().tolist() == [True, True, False]
    assert heat.gj.iloc[2] == 0


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 1e7), st.floats(0.2, 4.0))
def test_steam_to_gj_is_linear_in_mass(mass, pressure):
    one, two = steam_to_gj([mass, 2 * mass], [pressure, pressure]).gj
    assert two == pytest.approx(2 * one, rel=1e-12)
    assert 0 <= one <= mass * 2.719
