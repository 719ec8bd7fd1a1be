"""Rows of the long sheets, in the units enterprises report in."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.demo_park.sheets import energy_rows, pollutant_rows, wide_rows
from synergy_lib.units import conversion_factor


@pytest.fixture
def panel():
    index = pd.MultiIndex.from_tuples(
        [("0001", 2020), ("0001", 2021)], names=["enterprise_id", "year"]
    )
    return pd.DataFrame(
        {
            "electricity_grid_mwh": [100.0, 200.0],
            "heat_purchased_gj": [2693.4, np.nan],
            "heat_export_gj": [0.0, 0.0],
            "heat_used_gj": [2693.4, 500.0],
            "natural_gas_10k_nm3": [0.0, 3.0],
            "so2_kg": [50.0, np.nan],
            "so2_generated_kg": [500.0, np.nan],
            "cod_kg": [7.0, 8.0],
            "cod_generated_kg": [70.0, np.nan],
        },
        index,
    )


def test_unused_carriers_are_not_listed_and_unknown_ones_are(panel):
    rows = energy_rows(panel, 1)
    by_year = rows.groupby("year")["carrier"].agg(set)
    assert "天然气" not in by_year[2020]
    heat = rows[(rows["carrier"] == "外购热力（蒸汽）") & (rows["year"] == 2021)]
    assert heat["amount"].isna().all()


def test_amounts_convert_back(panel):
    rows = energy_rows(panel, 1)
    power = rows[rows["carrier"] == "外购电力"]
    back = [
        amount * conversion_factor(unit, "MWh")
        for amount, unit in zip(power["amount"], power["unit"], strict=True)
    ]
    assert back == pytest.approx([100.0, 200.0], rel=1e-6)


def test_steam_in_tonnes_has_a_pressure_unless_left_out(panel):
    rows = energy_rows(panel, 1, without_pressure={("0001", 2021)})
    heat = rows[rows["carrier"] == "外购热力（蒸汽）"].set_index("year")
    assert (heat["unit"] == "t").all()
    assert heat.loc[2020, "steam_pressure_mpa"] in (0.6, 0.8, 1.0, 1.2)
    assert np.isnan(heat.loc[2021, "steam_pressure_mpa"])
    # Enthalpies above water at 20 °C lie between 2672 and 2700 MJ/t.
    assert heat.loc[2020, "amount"] == pytest.approx(1000.0, rel=0.01)


def test_forced_unit_is_used(panel):
    units = {("0001", 2021, "natural_gas_10k_nm3"): "m3"}
    rows = energy_rows(panel, 1, forced_units=units)
    gas = rows[rows["carrier"] == "天然气"].iloc[0]
    assert (gas["unit"], gas["amount"]) == ("m3", 30_000)


def test_pollutants_not_there_are_not_listed(panel):
    rows = pollutant_rows(panel, 1)
    assert list(rows["pollutant"]) == ["二氧化硫", "化学需氧量", "化学需氧量"]
    assert list(rows["medium"]) == ["废气", "废水", "废水"]
    assert rows["generated"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(("unit", "emitted"), [("t", 0.05), ("kg", 50.0)])
def test_forced_unit_of_a_pollutant(panel, unit, emitted):
    rows = pollutant_rows(panel, 1, forced_units={("0001", 2020, "so2_kg"): unit})
    assert rows["unit"].iloc[0] == unit
    assert rows["emitted"].iloc[0] == pytest.approx(emitted)


def test_wide_rows_keep_the_order_of_the_contract(complete):
    rows = wide_rows(complete, "activity")
    assert list(rows.columns[:4]) == [
        "enterprise_id",
        "year",
        "output_value_10k_cny",
        "value_added_10k_cny",
    ]
    assert len(rows) == len(complete)
