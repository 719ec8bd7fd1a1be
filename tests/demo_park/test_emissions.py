"""Physical consistency of solvents, pollutants, water and wastes."""

import numpy as np
import pytest

from synergy_lib.inputs.layout import pollutant_columns


def test_solvent_balance_holds_within_5_percent(complete):
    used = complete["solvent_used_t"]
    parts = complete["solvent_fresh_t"] + complete["solvent_recovered_t"]
    has = used > 0
    assert has.sum() > 300
    assert ((parts - used).abs()[has] / used[has]).max() < 0.05


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("solvent_low_toxicity_t", "solvent_used_t"),
        ("solvent_recovered_t", "solvent_used_t"),
        ("general_waste_utilised_t", "general_waste_generated_t"),
        ("hazardous_waste_utilised_t", "hazardous_waste_generated_t"),
        ("condensate_recovered_t", "condensate_total_t"),
        ("waste_heat_recovered_gj", "waste_heat_potential_gj"),
        ("wastewater_m3", "water_fresh_m3"),
        ("cod_out_mg_l", "cod_in_mg_l"),
        ("tn_out_mg_l", "tn_in_mg_l"),
    ],
)
def test_a_part_does_not_exceed_the_whole(complete, part, whole):
    assert (complete[part] <= complete[whole]).all()


def test_nothing_emitted_exceeds_what_was_generated(complete):
    for column in pollutant_columns().values():
        if column in complete.columns:
            generated = complete[column.removesuffix("_kg") + "_generated_kg"]
            known = complete[column].notna()
            assert (complete[column] <= generated)[known].all(), column


def test_vocs_generated_follow_fresh_solvent(complete):
    fresh_kg = complete["solvent_fresh_t"] * 1000
    has = fresh_kg > 0
    ratio = (complete["vocs_generated_kg"] / fresh_kg)[has]
    assert ratio.max() < 1
    assert np.corrcoef(fresh_kg[has], complete["vocs_generated_kg"][has])[0, 1] > 0.9


def test_named_vocs_are_part_of_the_total(complete):
    names = ["toluene", "methanol", "xylene", "chlorobenzenes", "formaldehyde"]
    named = complete[[f"{name}_kg" for name in names]].sum(axis=1)
    assert (named <= complete["vocs_kg"]).all()


@pytest.mark.parametrize("name", ["cod", "tn"])
def test_mass_is_flow_times_concentration(complete, name):
    mass = complete["wastewater_m3"] * complete[f"{name}_out_mg_l"] / 1000
    # Flow is rounded to 1 m3 and concentrations to 1 mg/L before the product.
    np.testing.assert_allclose(complete[f"{name}_kg"], mass, rtol=1e-3, atol=0.1)


def test_ammonia_nitrogen_is_part_of_total_nitrogen(complete):
    assert (complete["nh3n_kg"] <= complete["tn_kg"]).all()


def test_recovered_methane_does_not_exceed_what_forms(complete):
    removed = complete["cod_in_mg_l"] - complete["cod_out_mg_l"]
    cod = complete["wastewater_m3"] * removed / 1000
    formed = cod * complete["anaerobic_share"] * 0.25 * 0.8
    assert (complete["ch4_recovered_kg"] <= formed + 1).all()


def test_treatment_firms_use_no_solvent(cast, complete):
    firms = cast.enterprises.index[cast.enterprises["archetype"] == "treatment"]
    assert (complete.loc[firms, "solvent_used_t"] == 0).all()


def test_removal_of_vocs_spreads_over_the_scoring_range(complete):
    removal = 1 - complete["vocs_kg"] / complete["vocs_generated_kg"]
    low, high = removal.quantile([0.1, 0.9])
    assert 0.70 < low < 0.86
    assert 0.90 < high < 0.98
