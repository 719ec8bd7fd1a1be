import numpy as np
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.factors.fuels import fuel_columns, select_fuels
from synergy_lib.schema import load_columns

# tCO2 per unit as the method prints them, four decimals.
PRINTED = {
    "anthracite": 2.3228,
    "bituminous": 2.0715,
    "lignite": 1.4241,
    "washed_coal": 2.2818,
    "other_washed": 1.2886,
    "briquette": 1.9360,
    "coke": 2.8518,
    "crude": 3.0783,
    "fuel_oil": 3.0472,
    "gasoline": 3.0425,
    "diesel": 3.1451,
    "kerosene": 3.1517,
    "petcoke": 3.0633,
    "tar": 2.6446,
    "refinery_gas": 3.0423,
    "lpg": 2.9538,
    "lng": 2.3253,
    "natural_gas": 21.6219,
    "cog": 8.5828,
}


def test_select_fuels_gives_the_printed_carbon_factors():
    fuels, _, notes = select_fuels()
    assert fuels["co2_t_per_unit"].round(4).to_dict() == PRINTED
    assert notes == ()


def test_select_fuels_covers_every_fuel_of_the_panel_in_its_unit():
    fuels, used, _ = select_fuels()
    columns = load_columns()
    assert fuels.index.tolist() == fuel_columns().index.tolist()
    units = columns.loc[fuels["panel_column"], "unit"].to_numpy()
    ncv_units = used[used["quantity"] == "ncv"].set_index("key")["unit"]
    assert (ncv_units[fuels.index].str.removeprefix("GJ/").to_numpy() == units).all()


def test_fuel_columns_are_the_energy_columns_that_are_not_power_or_heat():
    energy = load_columns().query("kind == 'input' and sheet == 'energy'").index
    other = energy[energy.str.startswith(("electricity_", "heat_", "nonfossil_"))]
    assert set(fuel_columns()["panel_column"]) == set(energy) - set(other)


def test_select_fuels_computes_coal_equivalents_that_are_not_published():
    fuels, used, _ = select_fuels()
    assert fuels.loc["anthracite", "tce_per_unit"] == pytest.approx(24.515 / 29.3076)
    assert fuels.loc["lng", "tce_per_unit"] == pytest.approx(41.868 / 29.3076)
    assert fuels.loc["coke", "tce_per_unit"] == pytest.approx(0.9714)
    assert fuels.loc["natural_gas", "tce_per_unit"] == pytest.approx(13.300)
    computed = used[used["basis"] == "computed"]
    assert set(computed["key"]) == {
        "anthracite", "bituminous", "lignite", "other_washed", "petcoke", "tar", "lng",
    }  # fmt: skip
    assert (computed["tag"] == "C").all()


@pytest.mark.parametrize(
    ("factor_set", "fuel", "expected"),
    [
        ("mee_later", "natural_gas", 389.31 * 0.01532 * 0.99 * 44 / 12),
        ("mee_later", "diesel", 42.652 * 0.0202 * 0.98 * 44 / 12),
        ("mee_later", "anthracite", 22.867 * 0.02749 * 0.94 * 44 / 12),
        ("provincial", "diesel", 3.0959),
        ("provincial", "natural_gas", 21.6219),
        ("provincial", "lpg", 2.9538),
    ],
)
def test_select_fuels_partial_sets_fall_back(factor_set, fuel, expected):
    fuels, used, notes = select_fuels(factor_set)
    assert fuels.loc[fuel, "co2_t_per_unit"] == pytest.approx(expected, abs=6e-5)
    assert len(notes) == 1
    assert "柴油" in notes[0]
    bases = used[used["key"] == "lpg"].set_index("quantity")["basis"]
    assert bases["ncv"] == "fallback_set"


def test_select_fuels_statistical_set_changes_only_the_gas_equivalent():
    fuels, _, _ = select_fuels("statistical")
    default, _, _ = select_fuels()
    assert fuels.loc["natural_gas", "tce_per_unit"] == pytest.approx(12.143)
    same = fuels["co2_t_per_unit"] - default["co2_t_per_unit"]
    np.testing.assert_allclose(same, 0, atol=1e-12)


def test_select_fuels_every_used_row_appears_once():
    _, used, _ = select_fuels("mee_later")
    assert not used.duplicated(["key", "quantity"]).any()
    assert len(used) == 4 * len(fuel_columns())


def test_select_fuels_unknown_set_names_the_nearest():
    with pytest.raises(ParameterError, match="guide2013"):
        select_fuels("guide2031")
    with pytest.raises(ParameterError, match="没有“all”"):
        select_fuels("all")
