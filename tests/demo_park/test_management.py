"""Equipment, end-of-pipe energy and management records."""

import pytest

from synergy_lib.schema import load_columns


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("units_closed", "units_total"),
        ("units_advanced", "units_total"),
        ("workshops_five_standard", "workshops_total"),
        ("green_process_output_10k_cny", "output_value_10k_cny"),
        ("tasks_done", "tasks_planned"),
        ("valid_online_hours", "required_online_hours"),
        ("eop_natural_gas_10k_nm3", "natural_gas_10k_nm3"),
        ("eop_steam_gj", "heat_used_gj"),
        ("carbon_out_waste_t", "carbon_in_t"),
    ],
)
def test_a_part_does_not_exceed_the_whole(complete, part, whole):
    assert (complete[part] <= complete[whole] + 1e-9).all()


def test_oxidised_vocs_are_part_of_removed_vocs(complete):
    removed = (complete["vocs_generated_kg"] - complete["vocs_kg"]) / 1000
    assert (complete["vocs_oxidised_t"] <= removed + 0.01).all()


def test_end_of_pipe_power_is_part_of_all_power(complete):
    power = complete["electricity_grid_mwh"] + complete["electricity_pv_mwh"]
    assert (complete["eop_electricity_mwh"] < 0.6 * power).all()


def test_carbon_balance_is_never_negative(complete):
    left = complete["carbon_out_product_t"] + complete["carbon_out_waste_t"]
    lost = complete["carbon_in_t"] - left
    assert (lost >= -0.2).all()
    assert (complete["carbon_out_product_t"] >= 0).all()
    assert (complete["co2_recovered_external_t"] <= lost * 44 / 12 + 1).all()
    assert complete["co2_recovered_external_t"].gt(0).any()


def test_choices_are_those_of_the_contract(complete):
    choices = load_columns().loc["carbon_verification_level", "choices"].split("|")
    assert set(complete["carbon_verification_level"]) == set(choices)
    flags = load_columns().query("dtype == 'flag'").index
    assert set(complete[flags].to_numpy().ravel()) == {"是", "否"}


def test_gates_are_failed_by_few_but_by_some(complete):
    failed = (
        complete["has_valid_permit"].eq("否")
        | complete["has_major_accident"].eq("是")
        | complete["has_serious_violation"].eq("是")
        | complete["has_obsolete_equipment"].eq("是")
        | complete["compliance_hours_pct"].lt(95)
    )
    by_year = failed.groupby(level="year").sum()
    assert by_year.between(1, 12).all()


def test_percentages_and_counts_are_possible(complete):
    assert complete["compliance_hours_pct"].between(80, 100).all()
    assert (complete["penalties_count"] % 1 == 0).all()
    assert complete["required_online_hours"].isin([8760, 17520, 26280]).all()
