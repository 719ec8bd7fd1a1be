import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.factors.selection import select_factors
from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.effects import amount_column, estimate_effects
from synergy_lib.techniques.vocabulary import TARGETS

GRID, HEAT = 0.5153, 0.11


@pytest.fixture
def effects(panel, accounts, factors, catalogue):
    table = estimate_effects(panel, accounts, factors, catalogue, 2022)
    return table.set_index("technique_id")


def co2e(effects, technique):
    return effects.loc[technique, ["co2e_low_t", "co2e_mode_t", "co2e_high_t"]].tolist()


def test_every_technique_has_a_row(effects, catalogue):
    assert set(effects.index) == set(catalogue.techniques.index)
    assert (effects["enterprise_id"] == "E1").all()
    assert (effects["basis"] != "").all()
    assert (effects["basis_en"] != "").all()


def test_five_standard_workshops(effects):
    """(6 − 4) workshops · 750, 1500, 2250 t; 3000 t is below 30 % of 25 000."""
    assert co2e(effects, "T01") == [1500, 3000, 4500]
    assert effects.loc["T01", "co2e_relative"] == pytest.approx(0.12)
    basis = effects.loc["T01", "basis"]
    assert basis == "(车间 6 − 达标 4) 个 × 减碳 1,500 tCO2/个车间 [P]"


def test_enzyme_catalysis_acts_on_the_affected_share_only(effects):
    """Heat 100 000 · 0.2 · 0.30 = 6000 GJ; power 20 000 · 0.2 · 0.17 = 680 MWh."""
    row = effects.loc["T02"]
    assert row["heat_mode_gj"] == pytest.approx(6000)
    assert row["electricity_mode_mwh"] == pytest.approx(680)
    assert row["solvent_fresh_mode_t"] == pytest.approx(500 * 0.2 * 0.4)
    expected = 6000 * HEAT + 680 * GRID
    assert co2e(effects, "T02") == pytest.approx([0, expected, expected])


def test_solvent_recovery_costs_energy_and_can_raise_co2e(effects):
    """(2000 − 1500) · 0.2 = 100 t; mode 110 t CO2 − 269 GJ − 10 MWh."""
    row = effects.loc["T06"]
    assert row["solvent_fresh_mode_t"] == pytest.approx(100)
    assert row["heat_mode_gj"] == pytest.approx(-269)
    assert row["electricity_mode_mwh"] == pytest.approx(-10)
    expected = [
        0 - 539 * HEAT - 20 * GRID,
        110 - 269 * HEAT - 10 * GRID,
        220 - 135 * HEAT - 5 * GRID,
    ]
    assert co2e(effects, "T06") == pytest.approx(expected)
    assert expected[0] < 0


def test_photovoltaics_replace_grid_power(effects):
    """100 mu · 22.37 MWh = 2237 MWh; market-based at the residual factor."""
    row = effects.loc["T18"]
    assert row["electricity_mode_mwh"] == pytest.approx(2237)
    assert row["co2e_mode_t"] == pytest.approx(2237 * GRID)
    assert row["co2e_market_mode_t"] == pytest.approx(2237 * 0.5856)
    assert row["pollutant_relative"] == 0


def test_condensate_recovery(effects):
    """20 000 t · 0.8 · 0.251 GJ/t = 4016 GJ; 16 000 m3 of water."""
    row = effects.loc["T22"]
    assert row["heat_mode_gj"] == pytest.approx(4016)
    assert row["water_fresh_mode_m3"] == pytest.approx(16_000)
    assert row["co2e_mode_t"] == pytest.approx(4016 * HEAT)


def test_vapour_recompression_saves_steam_and_needs_power(effects):
    """5000 t water: methods §7.3 gives a net reduction of 0.100 tCO2 per t."""
    row = effects.loc["T41"]
    assert row["heat_mode_gj"] == pytest.approx(5385)
    assert row["electricity_mode_mwh"] == pytest.approx(-175)
    assert row["co2e_mode_t"] / 5000 == pytest.approx(0.100, abs=5e-4)


def test_thermal_oxidiser_cuts_pollutants_and_raises_co2e(effects):
    """95 t VOCs · 0.8; 95 000 kg · 0.00176 = 167.2 t more CO2e; 76 000 kg / 0.95."""
    row = effects.loc["T43"]
    assert row["vocs_mode_kg"] == pytest.approx(76_000)
    assert row["air_equivalent_mode_kg"] == pytest.approx(80_000)
    assert row["pollutant_relative"] == pytest.approx(0.4)
    assert row["co2e_mode_t"] == pytest.approx(-167.2)
    assert row["co2e_low_t"] < row["co2e_mode_t"] < row["co2e_high_t"] < 0


def test_green_power_counts_in_the_market_based_account_only(effects):
    """(20 000 − 1000) · 0.3 = 5700 MWh."""
    row = effects.loc["T44"]
    assert row["electricity_green_mode_mwh"] == pytest.approx(5700)
    assert row["co2e_mode_t"] == 0
    assert row["co2e_market_mode_t"] == pytest.approx(5700 * 0.5856)


def test_oxidiser_heat_recovery_uses_the_fuel_factor(effects, factors):
    """20 · 0.2 = 4 (10⁴ Nm3) of natural gas at 21.62 t each."""
    factor = 389.31 * 0.0153 * 0.99 * 44 / 12
    assert effects.loc["T42", "natural_gas_mode_10k_nm3"] == pytest.approx(4)
    assert effects.loc["T42", "co2e_mode_t"] == pytest.approx(4 * factor)


@pytest.mark.parametrize(
    ("technique", "size"),
    [
        ("T01", 6 - 4),  # workshops
        ("T03", 25_000 * 0.2 * 0.208),  # t CO2e reduced
        ("T06", 100),  # t solvent recovered
        ("T18", 2237),  # MWh generated
        ("T22", 20_000 * 0.8),  # t condensate
        ("T41", 100_000 * 0.05),  # m3 evaporated
        ("T47", 6 - 4),  # workshops, though no effect is estimated
        ("T02", math.nan),  # no unit investment
        ("T52", math.nan),  # does not apply
    ],
)
def test_project_size_is_what_the_investment_grows_with(effects, technique, size):
    found = effects.loc[technique, "project_size"]
    assert found == pytest.approx(size, nan_ok=True)


def test_project_size_is_unknown_without_the_figures(
    panel, accounts, factors, catalogue
):
    data = panel.drop(columns="workshops_total")
    rows = estimate_effects(data, accounts, factors, catalogue, 2022)
    assert math.isnan(rows.set_index("technique_id").loc["T47", "project_size"])


def test_ranges_are_ordered(effects):
    for stem, unit in [("co2e", "t"), ("air_equivalent", "kg"), *TARGETS.values()]:
        columns = [amount_column(stem, b, unit) for b in ("low", "mode", "high")]
        found = effects[columns].dropna()
        assert (found.diff(axis=1).iloc[:, 1:] >= -1e-9).all(axis=None)


def test_what_a_technique_does_not_act_on_is_missing_not_zero(effects):
    assert math.isnan(effects.loc["T18", "heat_mode_gj"])
    assert math.isnan(effects.loc["T18", "air_equivalent_mode_kg"])
    assert math.isnan(effects.loc["T02", "pollutant_relative"])


def test_no_default_is_listed_without_figures(effects):
    row = effects.loc["T47"]
    assert row["status"] == "no_default"
    assert math.isnan(row["co2e_mode_t"])
    assert row["basis"] == "无可套用的公开效益数字，供比选"


def test_a_technique_that_does_not_apply_says_why(effects):
    assert effects.loc["T52", "status"] == "not_applicable"
    assert effects.loc["T52", "basis"] == "不适用：烟煤为 0"


def test_missing_data_is_named(panel, accounts, factors, catalogue):
    for gap in ({"land_mu": np.nan}, None):
        data = panel.assign(**gap) if gap else panel.drop(columns="land_mu")
        table = estimate_effects(data, accounts, factors, catalogue, 2022)
        row = table.set_index("technique_id").loc["T18"]
        assert row["status"] == "missing_data"
        assert row["basis"] == "缺数据：用地面积"
        assert math.isnan(row["co2e_mode_t"])


def test_contradicting_data_are_named(panel, accounts, factors, catalogue):
    data = panel.assign(condensate_recovered_t=60_000.0)
    table = estimate_effects(data, accounts, factors, catalogue, 2022)
    row = table.set_index("technique_id").loc["T22"]
    assert row["status"] == "missing_data"
    assert row["basis"] == "数据矛盾：冷凝水回收量大于总量"


def test_nothing_left_to_do_is_not_applicable(panel, accounts, factors, catalogue):
    data = panel.assign(workshops_five_standard=6.0)
    table = estimate_effects(data, accounts, factors, catalogue, 2022)
    assert table.set_index("technique_id").loc["T01", "status"] == "not_applicable"


def test_a_published_figure_that_does_not_fit_is_not_used(
    panel, accounts, factors, catalogue
):
    """3000 t would be more than 30 % of 9000 t."""
    table = estimate_effects(
        panel, accounts.assign(co2e_t=9000.0), factors, catalogue, 2022
    )
    row = table.set_index("technique_id").loc["T01"]
    assert row["status"] == "implausible"
    assert math.isnan(row["co2e_mode_t"])
    assert row["basis"] == "公布数超过本企业碳排放总量的30% [P]，不套用"


def test_an_absent_carrier_is_not_used(panel, accounts, factors, catalogue):
    data = panel.drop(columns=["heat_purchased_gj", "electricity_green_mwh"])
    table = estimate_effects(data, accounts, factors, catalogue, 2022)
    rows = table.set_index("technique_id")
    assert rows.loc["T14", "status"] == "not_applicable"
    assert rows.loc["T44", "electricity_green_mode_mwh"] == pytest.approx(6000)
    assert rows.loc["T02", "heat_mode_gj"] == 0


def test_without_a_grid_factor_co2e_is_missing(panel, accounts, catalogue):
    abroad = select_factors([2022], grid_region=None)
    table = estimate_effects(panel, accounts, abroad, catalogue, 2022)
    rows = table.set_index("technique_id")
    assert math.isnan(rows.loc["T18", "co2e_mode_t"])
    assert rows.loc["T18", "electricity_mode_mwh"] == pytest.approx(2237)
    assert rows.loc["T22", "co2e_mode_t"] == pytest.approx(4016 * HEAT)


def test_a_joined_frame_serves_as_panel_and_accounts(
    panel, accounts, factors, catalogue, effects
):
    joined = panel.join(accounts)
    table = estimate_effects(joined, joined, factors, catalogue, 2022)
    pd.testing.assert_frame_equal(table.set_index("technique_id"), effects)


def test_another_year_is_refused(panel, accounts, factors, catalogue):
    with pytest.raises(InputDataError, match="没有 2021 年的数据"):
        estimate_effects(panel, accounts, factors, catalogue, 2021)


def test_enterprises_do_not_influence_each_other(panel, accounts, factors, catalogue):
    def renamed(frame, firm):
        return frame.rename(index={"E1": firm}, level=0)

    poor = renamed(panel, "E0").assign(land_mu=np.nan, vocs_kg=0.0)
    both = pd.concat([poor, panel])
    totals = pd.concat([renamed(accounts, "E0"), accounts])
    table = estimate_effects(both, totals, factors, catalogue, 2022)
    assert table["enterprise_id"].is_monotonic_increasing
    own = table[table["enterprise_id"] == "E1"].reset_index(drop=True)
    alone = estimate_effects(panel, accounts, factors, catalogue, 2022)
    pd.testing.assert_frame_equal(own, alone)


@pytest.mark.parametrize("scale", [0.5, 1.7, 20.0])
def test_effects_are_linear_in_the_enterprise_s_own_figures(
    panel, accounts, factors, catalogue, effects, scale
):
    table = estimate_effects(panel * scale, accounts * scale, factors, catalogue, 2022)
    other = table.set_index("technique_id")
    for column, factor in (("co2e_mode_t", scale), ("co2e_relative", 1.0)):
        expected = effects[column] * factor
        np.testing.assert_allclose(other[column], expected, rtol=1e-9)


def test_a_share_scales_the_estimate(panel, accounts, factors, catalogue):
    techniques = catalogue.techniques.assign(affected_share=0.5)
    halved = Catalogue(techniques, catalogue.effects)
    table = estimate_effects(panel, accounts, factors, halved, 2022)
    assert table.set_index("technique_id").loc["T02", "heat_mode_gj"] == 15_000


def test_other_factors_change_co2e_only(panel, accounts, factors, catalogue, effects):
    dirty = replace(factors, heat_tco2_per_gj=0.22)
    table = estimate_effects(panel, accounts, dirty, catalogue, 2022)
    rows = table.set_index("technique_id")
    assert rows.loc["T22", "co2e_mode_t"] == 2 * effects.loc["T22", "co2e_mode_t"]
    assert rows.loc["T22", "heat_mode_gj"] == effects.loc["T22", "heat_mode_gj"]


def test_a_ceiling_on_what_a_technique_does_not_act_on_never_binds(
    panel, accounts, factors, catalogue
):
    techniques = catalogue.techniques.assign(
        ceiling_column="water_fresh_m3", ceiling_fraction=0.01
    )
    changed = Catalogue(techniques, catalogue.effects)
    rows = estimate_effects(panel, accounts, factors, changed, 2022)
    rows = rows.set_index("technique_id")
    assert rows.loc["T18", "status"] == "estimated"
    assert rows.loc["T22", "status"] == "implausible"  # 16 000 of 200 000 m3
