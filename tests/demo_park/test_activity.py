"""Output, value added and energy of the demonstration park."""

import numpy as np
import pytest

from synergy_lib.demo_park.activity import PARK_OUTPUT_2022_10K_CNY


def _park(panel, column):
    return panel[column].groupby(level="year").sum()


def test_park_output_2022_is_the_published_one(complete):
    output = _park(complete, "output_value_10k_cny")
    assert output[2022] == pytest.approx(3_150_000, rel=0.005)
    assert PARK_OUTPUT_2022_10K_CNY == 3_150_000


def test_value_added_share_of_output(complete):
    share = _park(complete, "value_added_10k_cny") / _park(
        complete, "output_value_10k_cny"
    )
    assert share.between(0.25, 0.32).all()


def test_deflator_is_one_in_the_base_year(complete):
    deflator = (
        complete["value_added_deflator"].groupby(level="year").agg(["min", "max"])
    )
    assert deflator.loc[2020].tolist() == [1, 1]
    assert deflator["min"].min() >= 0.98
    assert deflator["max"].max() <= 1.03


def test_sizes_are_spread(complete):
    output = complete["output_value_10k_cny"].xs(2022, level="year")
    assert output.max() / output.median() > 4
    assert np.log(output).std() == pytest.approx(0.7, abs=0.25)


def test_green_power_is_part_of_grid_power(complete):
    grid = complete["electricity_grid_mwh"]
    assert (complete["electricity_green_mwh"] <= grid).all()


def test_own_solar_power_grows(complete):
    park = _park(complete, "electricity_pv_mwh")
    assert park.is_monotonic_increasing
    assert park[2024] > 1.5 * park[2020]


def test_heat_used_is_not_less_than_net_purchased(complete):
    net = complete["heat_purchased_gj"] - complete["heat_export_gj"]
    assert (complete["heat_used_gj"] >= net - 2).all()


def test_no_energy_is_negative(complete):
    names = ("electricity_", "heat_", "natural_gas", "diesel")
    columns = [c for c in complete.columns if c.startswith(names)]
    assert len(columns) == 8
    assert (complete[columns] >= 0).all().all()


def test_intensity_spreads_over_the_carbon_classes(complete):
    # Low ≤ 0.6 < mid ≤ 2.0 < high, in tCO2 per 10⁴ yuan (methods §1.2); rough
    # factors suffice for a statement about the spread.
    carbon = (
        complete["electricity_grid_mwh"] * 0.5153
        + complete["heat_purchased_gj"] * 0.11
        + complete["natural_gas_10k_nm3"] * 21.62
    )
    park = carbon.groupby(level="year").sum()
    assert park.between(1.5e6, 3.0e6).all()
    intensity = carbon / complete["value_added_10k_cny"]
    tenth, median, ninetieth = intensity.quantile([0.1, 0.5, 0.9])
    assert tenth < 1.3
    assert 1.5 < median < 2.5
    assert ninetieth > 2.7
    by_year = park / _park(complete, "value_added_10k_cny")
    assert by_year.between(1.5, 3.0).all()
    assert by_year[2024] < by_year[2020]
