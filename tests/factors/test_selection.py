import dataclasses

import pandas as pd
import pytest

from synergy_lib.errors import FactorNotFoundError, ParameterError
from synergy_lib.factors.selection import (
    freeze_grid,
    relevant_factors,
    select_factors,
)
from synergy_lib.factors.tables import load_sources
from synergy_lib.schema import load_columns


def test_select_factors_defaults():
    factors = select_factors([2022])
    assert factors.grid[2022] == pytest.approx(0.5153)
    assert factors.grid_residual[2022] == pytest.approx(0.5856)
    assert factors.heat_tco2_per_gj == pytest.approx(0.11)
    assert factors.gwp == {"co2": 1.0, "ch4": 28.0, "n2o": 265.0}
    assert factors.electricity_tce_per_mwh == pytest.approx(0.1229)
    assert factors.heat_tce_per_gj == pytest.approx(0.0341)
    assert factors.voc_other_equivalent_kg == pytest.approx(0.95)
    assert factors.air_equivalents["pm"] == pytest.approx(4.0)
    assert factors.water_equivalents["nh3n"] == pytest.approx(0.8)
    assert factors.voc_carbon_fraction == pytest.approx(0.60)
    assert factors.process["caco3"] == pytest.approx(0.4397)
    assert factors.wastewater["n2o"] == pytest.approx(0.005)
    assert factors.notes == ()


@pytest.mark.parametrize(
    ("gwp_set", "ch4", "n2o"), [("SAR", 21, 310), ("AR5", 28, 265), ("AR6", 27.9, 273)]
)
def test_select_factors_gwp_sets(gwp_set, ch4, n2o):
    factors = select_factors([2022], gwp_set=gwp_set)
    assert factors.gwp["ch4"] == pytest.approx(ch4)
    assert factors.gwp["n2o"] == pytest.approx(n2o)
    rows = factors.used[factors.used["quantity"] == "gwp100"]
    assert set(rows["factor_set"]) == {gwp_set}


def test_select_factors_without_equivalents_for_total_nitrogen_and_voc_totals():
    factors = select_factors([2022])
    assert "tn" not in factors.water_equivalents
    assert not {"vocs", "voc_other"} & set(factors.air_equivalents.index)
    both = [*factors.air_equivalents.index, *factors.water_equivalents.index]
    assert len(both) == len(set(both))
    assert factors.oxygen_demand == ("cod", "bod5", "toc")
    assert {"toluene", "methanol", "xylene"} <= set(factors.voc_species)


def test_equivalent_ids_are_the_panel_stems_where_the_panel_has_the_pollutant():
    factors = select_factors([2022])
    columns = load_columns()
    sheet = columns[columns["sheet"] == "pollutants"].index
    stems = {name.removesuffix("_kg") for name in sheet if "generated" not in name}
    known = {*factors.air_equivalents.index, *factors.water_equivalents.index}
    assert stems - known == {"vocs", "tn"}


def test_select_factors_supplied_values_are_marked():
    factors = select_factors(
        [2022], heat_factor_tco2_per_gj=0.06, voc_other_equivalent_kg=0.5
    )
    assert factors.heat_tco2_per_gj == pytest.approx(0.06)
    assert factors.voc_other_equivalent_kg == pytest.approx(0.5)
    supplied = factors.used[factors.used["basis"] == "supplied"]
    assert set(supplied["factor_id"]) == {"heat.default", "equivalent.air.voc_other"}
    assert set(supplied["source_key"]) == {"PARK"}


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("gwp_set", "AR7", "AR"),
        ("factor_set", "guide", "guide2013"),
        ("grid_region", "Zhejang", "Zhejiang"),
        ("heat_factor_tco2_per_gj", 0.0, "heat_factor_tco2_per_gj"),
        ("heat_factor_tco2_per_gj", float("nan"), "正数"),
        ("voc_other_equivalent_kg", -1.0, "voc_other_equivalent_kg"),
    ],
)
def test_select_factors_refuses(setting, value, message):
    with pytest.raises(ParameterError, match=message):
        select_factors([2022], **{setting: value})


def test_select_factors_does_not_raise_for_years_without_factor():
    factors = select_factors(range(2006, 2016))
    assert factors.grid.isna().all()
    assert len(factors.notes) == 2


def test_used_rows_are_complete_and_traceable():
    used = select_factors(range(2020, 2025), factor_set="mee_later").used
    assert not used[["factor_id", "basis"]].duplicated().any()
    assert set(used["source_key"]) <= set(load_sources().index)
    assert used["value"].notna().all()
    touched = set(used["panel_column"]) - {""}
    assert touched <= set(load_columns().index)
    allowed = {
        "selected", "published", "earlier_year", "later_year", "fallback_set",
        "computed",
    }  # fmt: skip
    assert set(used["basis"]) <= allowed


def test_used_shows_voc_oxidation_only_where_it_is_accounted():
    factor = "solvent.unknown_mix.carbon_fraction"
    assert factor not in set(select_factors([2022]).used["factor_id"])
    on = select_factors([2022], include_voc_oxidation=True).used
    assert factor in set(on["factor_id"])


def test_relevant_factors_follow_the_data():
    panel = pd.DataFrame(
        {"natural_gas_10k_nm3": [1.0, 0.0], "lpg_t": 0.0, "so2_kg": 2.0, "note": "x"}
    )
    rows = relevant_factors(select_factors([2022]), panel)
    assert set(rows["key"]) == {"natural_gas", "so2"}


def test_relevant_factors_of_wastewater_are_those_of_the_formula():
    panel = pd.DataFrame({"anaerobic_share": [0.5], "wastewater_m3": [1.0]})
    rows = relevant_factors(select_factors([2022]), panel)
    assert set(rows["key"]) == {"bo", "mcf_aerobic", "mcf_anaerobic", "ch4"}


def test_freeze_grid_keeps_everything_but_the_grid():
    factors = select_factors(range(2021, 2024))
    frozen = freeze_grid(factors, 2021)
    assert frozen.grid.tolist() == [0.5422] * 3
    assert frozen.grid_residual.tolist() == [0.5942] * 3
    assert factors.grid.tolist() == [0.5422, 0.5153, 0.5153]
    assert frozen.fuels is factors.fuels
    assert len(frozen.notes) == len(factors.notes) + 1


def test_freeze_grid_needs_a_year_of_the_run():
    with pytest.raises(FactorNotFoundError, match="2019"):
        freeze_grid(select_factors([2021]), 2019)


def test_factor_set_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        select_factors([2022]).gwp_set = "AR6"
