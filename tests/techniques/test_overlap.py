"""Measures together: one base multiplies, bases add, what excludes is not combined."""

import dataclasses
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.overlap import measure_amounts
from synergy_lib.techniques.portfolio.curve import combine

CATALOGUE = load_catalogue()
PER_UNIT = {"co2e_t": 1.0, "electricity_grid_mwh": 0.5, "heat_purchased_gj": 0.11}


def effects(**techniques):
    """Return effects of enterprise 1: technique → {column stem_unit: mode}."""
    rows = []
    for technique, amounts in techniques.items():
        row = {"enterprise_id": "1", "technique_id": technique, "status": "estimated"}
        for name, mode in amounts.items():
            stem, unit = name.rsplit("_", 1)
            row |= {f"{stem}_{b}_{unit}": mode for b in ("low", "mode", "high")}
        rows.append(row)
    return pd.DataFrame(rows)


def own(**quantities):
    return pd.DataFrame(quantities, index=pd.Index(["1"], name="enterprise_id"))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_on_one_base_remaining_fractions_multiply(fractions):
    rows = effects(
        **{f"M{i}": {"solvent_fresh_t": 80 * f} for i, f in enumerate(fractions)}
    )
    amounts = measure_amounts(rows, own(solvent_fresh_t=80.0), CATALOGUE)
    everything = np.ones((1, len(fractions)), dtype=bool)
    taken = amounts.together(everything, PER_UNIT)["solvent_fresh_t"]
    expected = 80 * (1 - combine(fractions).remaining)
    assert taken[0, 0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_example_of_the_method():
    # 10 000 t, f = 0.30, 0.20, 0.10 → 5 040 t left (methods §7.5).
    rows = effects(
        M1={"co2e_direct_t": 3000.0},
        M2={"co2e_direct_t": 2000.0},
        M3={"co2e_direct_t": 1000.0},
    )
    amounts = measure_amounts(rows, own(co2e_t=10_000.0), CATALOGUE)
    taken = amounts.together(np.ones((1, 3), dtype=bool), PER_UNIT)["co2e_t"]
    assert 10_000 - taken[0, 0] == pytest.approx(5040, rel=1e-12)


def test_different_bases_add_and_the_whole_acts_on_what_is_left():
    rows = effects(
        M1={"electricity_mwh": 100.0},
        M2={"heat_gj": 300.0},
        M3={"co2e_direct_t": 200.0},
    )
    quantities = own(co2e_t=1000.0, electricity_grid_mwh=400.0, heat_purchased_gj=900.0)
    amounts = measure_amounts(rows, quantities, CATALOGUE)
    sets = np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]], dtype=bool)
    energy = 100 * 0.5 + 300 * 0.11
    expected = [energy, energy + 0.2 * (1000 - energy), 200.0]
    taken = amounts.together(sets, PER_UNIT)["co2e_t"][0]
    assert taken == pytest.approx(expected, rel=1e-12)


def test_increases_add_as_they_are():
    rows = effects(M1={"heat_gj": 450.0}, M2={"heat_gj": -90.0})
    amounts = measure_amounts(rows, own(heat_purchased_gj=900.0), CATALOGUE)
    both = np.ones((1, 2), dtype=bool)
    taken = amounts.together(both, PER_UNIT)["heat_purchased_gj"]
    assert taken[0, 0] == pytest.approx(450 - 90, rel=1e-12)


def test_sets_of_each_row_equal_sets_of_all_rows():
    rng = np.random.default_rng(1)
    ids = [str(i) for i in range(4)]
    rows = pd.concat(
        [
            effects(M1={"heat_gj": h, "vocs_kg": v}, M2={"heat_gj": h / 2}).assign(
                enterprise_id=i
            )
            for i, h, v in zip(ids, rng.random(4), rng.random(4), strict=True)
        ]
    )
    quantities = pd.DataFrame(
        {"heat_purchased_gj": rng.random(4) + 1, "vocs_kg": rng.random(4) + 1},
        index=pd.Index(ids, name="enterprise_id"),
    )
    amounts = measure_amounts(rows, quantities, CATALOGUE)
    sets = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=bool)
    shared = amounts.together(sets, PER_UNIT)
    own_sets = amounts.together(sets[:, None, :], PER_UNIT)
    for target, taken in shared.items():
        assert np.diag(taken) == pytest.approx(own_sets[target][:, 0], rel=1e-12)
    assert (shared["co2e_t"][:, 3] == 0).all()


def test_what_excludes_each_other_is_not_combined():
    rows = effects(T11={"vocs_kg": 1.0}, T43={"vocs_kg": 2.0}, T14={"heat_gj": 1.0})
    amounts = measure_amounts(
        rows, own(vocs_kg=10.0, heat_purchased_gj=10.0), CATALOGUE
    )
    pairs = list(combinations(range(3), 2))
    sets = np.array([[i in pair for i in range(3)] for pair in pairs])
    names = list(amounts.techniques)
    assert names == ["T11", "T43", "T14"]
    assert amounts.allowed(sets)[0].tolist() == [False, True, True]


def test_what_is_done_unknown_or_too_much_is_not_usable():
    rows = effects(
        M1={"heat_gj": 1.0},
        M2={"heat_gj": 11.0},
        M3={"solvent_fresh_t": 1.0},
        M4={"heat_gj": 2.0},
        M5={"heat_gj": -5.0},
    )
    amounts = measure_amounts(
        rows, own(heat_purchased_gj=10.0), CATALOGUE, done=[("1", "M4")]
    )
    assert amounts.usable[0].tolist() == [True, False, False, False, True]


def test_only_what_is_estimated_counts():
    rows = effects(M1={"heat_gj": 1.0}, M2={"heat_gj": 2.0})
    rows["status"] = ["estimated", "no_default"]
    amounts = measure_amounts(rows, own(heat_purchased_gj=10.0), CATALOGUE)
    assert list(amounts.techniques) == ["M1"]


def test_levels_run_from_the_unfavourable_to_the_favourable_end():
    rows = effects(M1={"heat_gj": 4.0}, M2={"heat_gj": -1.0})
    rows["heat_low_gj"], rows["heat_high_gj"] = [2.0, -3.0], [12.0, 0.0]
    amounts = measure_amounts(rows, own(heat_purchased_gj=10.0), CATALOGUE)
    wanted = np.array([[True, True]])
    ends = [amounts.at_level(p, wanted).amounts[0, 0].tolist() for p in (0.0, 1.0)]
    # The favourable end takes no more than there is.
    assert ends == [[2.0, -3.0], [10.0, 0.0]]
    one = amounts.at_level([1.0, 0.0], np.array([[True, False]])).amounts[0, 0]
    assert one.tolist() == [10.0, 0.0]


def with_requirement(technique, required):
    table = CATALOGUE.techniques.copy()
    table.loc[technique, "requires"] = required
    return dataclasses.replace(CATALOGUE, techniques=table)


def test_a_measure_needs_what_it_requires():
    rows = effects(T14={"heat_gj": 1.0}, T22={"heat_gj": 2.0})
    quantities = own(heat_purchased_gj=10.0)
    sets = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=bool)
    catalogue = with_requirement("T22", "T14")
    amounts = measure_amounts(rows, quantities, catalogue)
    assert amounts.allowed(sets)[0].tolist() == [True, False, True, True]
    assert amounts.allowed(sets[:, None, :][1:2])[0].tolist() == [False]
    done = measure_amounts(rows, quantities, catalogue, done=[("1", "T14")])
    assert done.allowed(sets)[0].tolist() == [False, True, False, True]


def test_own_power_replaces_what_efficiency_leaves_and_no_more():
    rows = effects(M1={"electricity_mwh": 300.0}, T18={"electricity_mwh": 200.0})
    sets = np.array([[1, 0], [0, 1], [1, 1]], dtype=bool)
    amounts = measure_amounts(rows, own(electricity_grid_mwh=1000.0), CATALOGUE)
    taken = amounts.together(sets, PER_UNIT)["electricity_grid_mwh"][0]
    assert taken == pytest.approx([300, 200, 500], rel=1e-12)
    amounts = measure_amounts(rows, own(electricity_grid_mwh=400.0), CATALOGUE)
    taken = amounts.together(sets, PER_UNIT)["electricity_grid_mwh"][0]
    assert taken == pytest.approx([300, 200, 400], rel=1e-12)


def test_green_power_is_bought_for_what_is_left():
    """1000 MWh, 200 green: 30 % of 800 alone, of 800 − 500 with the others."""
    rows = effects(
        M1={"electricity_mwh": 300.0},
        T18={"electricity_mwh": 200.0},
        T44={"electricity_green_mwh": 240.0},
    )
    quantities = own(electricity_grid_mwh=1000.0, electricity_green_mwh=200.0)
    amounts = measure_amounts(rows, quantities, CATALOGUE)
    market = PER_UNIT | {"electricity_grid_mwh": 0.6, "electricity_green_mwh": 0.6}
    sets = np.array([[0, 0, 1], [1, 1, 1]], dtype=bool)
    taken = amounts.together(sets, market)
    bought = taken["electricity_green_mwh"][0]
    assert bought == pytest.approx([240, 0.3 * 300], rel=1e-12)
    assert taken["co2e_t"][0] == pytest.approx([144, 0.6 * 590], rel=1e-12)
    by_location = amounts.together(sets, PER_UNIT)["co2e_t"][0]
    assert by_location == pytest.approx([0, 250], rel=1e-12)


def test_what_is_stated_of_the_whole_comes_before_own_power():
    rows = effects(M1={"co2e_direct_t": 200.0}, T18={"electricity_mwh": 100.0})
    quantities = own(co2e_t=1000.0, electricity_grid_mwh=400.0)
    amounts = measure_amounts(rows, quantities, CATALOGUE)
    taken = amounts.together(np.ones((1, 2), dtype=bool), PER_UNIT)["co2e_t"]
    assert taken[0, 0] == pytest.approx(200 + 50, rel=1e-12)


def test_refuses():
    rows, quantities = effects(M1={"heat_gj": 1.0}), own(heat_purchased_gj=1.0)
    twice = pd.concat([rows, rows])
    with pytest.raises(InputDataError, match="1的M1出现多次"):
        measure_amounts(twice, quantities, CATALOGUE)
    with pytest.raises(InputDataError, match="1家企业没有当年数据，如 9"):
        measure_amounts(rows.assign(enterprise_id="9"), quantities, CATALOGUE)
    with pytest.raises(InputDataError, match="status"):
        measure_amounts(rows.drop(columns="status"), quantities, CATALOGUE)
