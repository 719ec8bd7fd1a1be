import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.accounting.pollutants import (
    account_end_of_pipe,
    account_pollutants,
    equivalents,
    missing_core_pollutants,
)
from synergy_lib.errors import FactorNotFoundError, MethodError, ParameterError
from synergy_lib.factors.tables import load_factors
from synergy_lib.schema import load_columns

AIR = {"SO2": 950, "NOx": 1900, "烟尘": 436, "甲苯": 90, "甲醇": 670}
WATER = {"COD": 8000, "NH3N": 400, "TP": 50}


def test_equivalents_worked_example():
    air = equivalents(AIR, "air")
    assert air.tolist() == pytest.approx([1000, 2000, 200, 500, 1000])
    assert air.index.tolist() == list(AIR)
    water = equivalents(WATER, "water")
    assert water.tolist() == pytest.approx([8000, 500, 200])


def test_equivalents_shared_vector(shared):
    vectors = json.loads(shared("data", "method_vectors", "vectors.json").read_text())
    case = vectors["equivalents"]
    assert equivalents(case["air_kg"], "air").sum() == pytest.approx(case["AirEq"])
    assert equivalents(case["water_kg"], "water").sum() == pytest.approx(
        case["WaterEq"]
    )


def test_equivalents_takes_a_series_and_any_name():
    names = ["so2", "二氧化硫", "SO₂", "Sulphur dioxide"]
    for name in names:
        assert equivalents(pd.Series({name: 0.95}), "air").iloc[0] == pytest.approx(1)


def test_equivalents_medium_decides_the_value():
    assert equivalents({"甲苯": 0.18}, "air").iloc[0] == pytest.approx(1)
    assert equivalents({"甲苯": 0.02}, "water").iloc[0] == pytest.approx(1)


def test_equivalents_missing_zero_and_negative():
    result = equivalents({"SO2": np.nan, "NOx": 0.0, "CO": -16.7}, "air")
    assert np.isnan(result["SO2"])
    assert result["NOx"] == 0
    assert result["CO"] == pytest.approx(-1)


def test_equivalents_of_nothing_is_empty():
    assert equivalents({}, "air").empty


def test_equivalents_own_values():
    values = pd.Series({"so2": 0.5})
    result = equivalents({"SO2": 1.0}, "air", equivalent_values_kg=values)
    assert result.iloc[0] == pytest.approx(2)


def test_equivalents_unknown_name_gives_the_nearest():
    with pytest.raises(FactorNotFoundError, match="二甲苯"):
        equivalents({"二甲笨": 1.0}, "air")


def test_equivalents_total_nitrogen_is_refused():
    for name in ("TN", "总氮", "total nitrogen"):
        with pytest.raises(MethodError, match="不在法定表内"):
            equivalents({name: 1.0}, "water")


def test_equivalents_voc_total_is_refused():
    with pytest.raises(MethodError, match="voc_other"):
        equivalents({"VOCs": 1.0}, "air")
    assert equivalents({"voc_other": 0.95}, "air").iloc[0] == pytest.approx(1)


def test_equivalents_only_one_of_cod_bod_toc():
    with pytest.raises(MethodError, match="三者只计一项"):
        equivalents({"COD": 1.0, "TOC": 1.0}, "water")
    assert equivalents({"TOC": 0.49}, "water").iloc[0] == pytest.approx(1)


def test_equivalents_one_pollutant_twice_is_refused():
    with pytest.raises(MethodError, match="重复"):
        equivalents({"SO2": 1.0, "二氧化硫": 1.0}, "air")


def test_equivalents_medium_is_checked():
    with pytest.raises(ParameterError, match="water"):
        equivalents({"COD": 1.0}, "watre")


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["so2", "nox", "hcl", "nh3", "toluene", "soot"]),
        st.floats(0, 1e9),
        min_size=1,
    ),
    st.floats(0.001, 1000),
)
def test_equivalents_are_linear_in_mass(masses, scale):
    once = equivalents(masses, "air")
    scaled = equivalents({name: kg * scale for name, kg in masses.items()}, "air")
    np.testing.assert_allclose(scaled, once * scale, rtol=1e-9, atol=1e-300)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(["air", "water"]), st.data())
def test_equivalents_round_trip_to_mass(medium, data):
    rows = load_factors("pollutant_equivalents").dropna(subset=["value"])
    rows = rows[rows["factor_set"] == medium].set_index("key")
    key = data.draw(st.sampled_from(rows.index.tolist()))
    mass = data.draw(st.floats(1e-6, 1e6))
    result = equivalents({key: mass}, medium)
    assert result.iloc[0] * rows.loc[key, "value"] == pytest.approx(mass)


CORE = {"so2_kg": 950.0, "nox_kg": 1900.0, "soot_kg": 436.0, "vocs_kg": 950.0}


def test_account_pollutants_speciates_vocs_and_shows_the_rest(panel, factors):
    data = panel(**CORE, toluene_kg=90.0, methanol_kg=670.0)
    row = account_pollutants(data, factors).iloc[0]
    assert row["voc_other_equivalent_kg"] == pytest.approx(190 / 0.95)
    assert row["air_equivalent_kg"] == pytest.approx(4700 + 200)
    assert np.isnan(row["water_equivalent_kg"])
    assert np.isnan(row["pollutant_equivalent_kg"])


def test_account_pollutants_water_and_sum(panel, factors):
    data = panel(**CORE, cod_kg=8000.0, nh3n_kg=400.0, tp_kg=50.0)
    row = account_pollutants(data, factors).iloc[0]
    assert row["water_equivalent_kg"] == pytest.approx(8700)
    assert row["pollutant_equivalent_kg"] == pytest.approx(3200 + 1000 + 8700)


def test_account_pollutants_never_counts_nitrogen_or_carbon_twice(panel, factors):
    water = {"cod_kg": 8000.0, "nh3n_kg": 400.0}
    plain = account_pollutants(panel(**water), factors)
    more = account_pollutants(panel(**water, tn_kg=900.0, toc_kg=3000.0), factors)
    pd.testing.assert_frame_equal(plain, more)


@pytest.mark.parametrize("gap", ["so2_kg", "nox_kg", "vocs_kg", "soot_kg"])
def test_account_pollutants_air_needs_its_core(panel, factors, gap):
    data = panel(**(CORE | {gap: np.nan}))
    assert np.isnan(account_pollutants(data, factors)["air_equivalent_kg"].iloc[0])
    assert missing_core_pollutants(data, "air").iloc[0] != ""
    absent = data.drop(columns=gap)
    assert np.isnan(account_pollutants(absent, factors)["air_equivalent_kg"].iloc[0])


@pytest.mark.parametrize("particle", ["soot_kg", "dust_kg", "pm_kg"])
def test_account_pollutants_any_particle_column_will_do(panel, factors, particle):
    core = {name: kg for name, kg in CORE.items() if name != "soot_kg"}
    data = panel(**core, **{particle: 0.0})
    value = account_pollutants(data, factors)["air_equivalent_kg"].iloc[0]
    assert value == pytest.approx(1000 + 2000 + 1000)


def test_missing_core_pollutants_lists_all(panel):
    data = panel(so2_kg=[1.0, 1.0], nox_kg=[np.nan, 1.0])
    missing = missing_core_pollutants(data, "air").tolist()
    assert missing[0] == "氮氧化物、挥发性有机物（总量）、颗粒物"
    full = panel(**CORE)
    assert missing_core_pollutants(full, "air").tolist() == [""]


def test_account_pollutants_contradicting_vocs_are_missing(panel, factors):
    rounding = panel(**(CORE | {"vocs_kg": 100.0}), toluene_kg=100.5)
    row = account_pollutants(rounding, factors).iloc[0]
    assert row["voc_other_equivalent_kg"] == 0
    contradiction = panel(**(CORE | {"vocs_kg": 100.0}), toluene_kg=102.0)
    row = account_pollutants(contradiction, factors).iloc[0]
    assert np.isnan(row["voc_other_equivalent_kg"])
    assert np.isnan(row["air_equivalent_kg"])


def test_account_pollutants_optional_pollutant_not_given_is_left_out(panel, factors):
    data = panel(
        **{name: [kg, kg] for name, kg in CORE.items()}, hcl_kg=[10.75, np.nan]
    )
    air = account_pollutants(data, factors)["air_equivalent_kg"]
    assert air.iloc[0] - air.iloc[1] == pytest.approx(1.0)


def test_removed_equivalents_by_hand(panel, factors):
    data = panel(
        so2_kg=95.0,
        so2_generated_kg=950.0,
        nox_kg=10.0,
        vocs_kg=100.0,
        vocs_generated_kg=1000.0,
        toluene_kg=10.0,
        toluene_generated_kg=190.0,
        cod_kg=80.0,
        cod_generated_kg=800.0,
        toc_kg=1.0,
        toc_generated_kg=1000.0,
        tn_kg=1.0,
        tn_generated_kg=1000.0,
    )
    removed = account_pollutants(data, factors)["removed_equivalent_kg"].iloc[0]
    expected = 855 / 0.95 + 180 / 0.18 + (900 - 180) / 0.95 + 720
    assert removed == pytest.approx(expected)


def test_removed_equivalents_toc_stands_in_where_cod_has_no_pair(panel, factors):
    data = panel(cod_kg=1.0, toc_kg=1.0, toc_generated_kg=50.0)
    removed = account_pollutants(data, factors)["removed_equivalent_kg"].iloc[0]
    assert removed == pytest.approx(49 / 0.49)


def test_removed_equivalents_without_any_pair_are_missing(panel, factors):
    data = panel(so2_kg=[1.0, 1.0], so2_generated_kg=[np.nan, 0.5])
    removed = account_pollutants(data, factors)["removed_equivalent_kg"]
    assert np.isnan(removed.iloc[0])
    assert removed.iloc[1] == pytest.approx(-0.5 / 0.95)


def test_account_end_of_pipe_by_hand(panel, factors):
    data = panel(
        eop_electricity_mwh=1000.0,
        eop_natural_gas_10k_nm3=10.0,
        eop_steam_gj=100.0,
        eop_direct_co2_t=5.0,
        vocs_oxidised_t=10.0,
    )
    expected = 515.3 + 216.2189 + 11 + 5
    assert account_end_of_pipe(data, factors).iloc[0] == pytest.approx(
        expected, abs=1e-3
    )
    switched = dataclasses.replace(factors, include_voc_oxidation=True)
    assert account_end_of_pipe(data, switched).iloc[0] == pytest.approx(
        expected + 22, abs=1e-3
    )


def test_account_end_of_pipe_needs_its_electricity(panel, factors):
    data = panel(eop_electricity_mwh=[np.nan, 0.0], eop_steam_gj=[100.0, 100.0])
    result = account_end_of_pipe(data, factors)
    assert np.isnan(result.iloc[0])
    assert result.iloc[1] == pytest.approx(11.0)


def test_account_pollutants_of_an_empty_panel_is_all_missing(panel, factors):
    accounts = account_pollutants(panel(output_value_10k_cny=[1.0, 2.0]), factors)
    assert accounts.isna().all(axis=None)
    derived = load_columns().query("kind == 'derived'").index
    assert set(accounts.columns) <= set(derived)
