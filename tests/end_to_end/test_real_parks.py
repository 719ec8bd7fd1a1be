"""Three published data sets as parks; skipped where the data are not at hand.

Expected numbers are worked out by hand from the printed figures, in the comments.
"""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.inputs import read_park
from synergy_lib.parameters import read_parameters
from synergy_lib.pipeline import analyse_park
from synergy_lib.resources import parameters_path
from synergy_lib.trends.monotonic import trend_table

DATA = {
    "lek_pharma_sites": ("lek_pharma_sites", "site_indicators_long.csv"),
    "danish_chemical_register": (
        "eprtr_chemical_denmark",
        "panel_chemical_facility_year.csv",
    ),
    "pharma_company_panel": ("pharma_esg_panel", "indicators_long.csv"),
    "pharma_company_panel_2024": ("pharma_esg_panel", "indicators_long.csv"),
}
KALUNDBORG = "000106227"
XELLIA = "000110610"
SYNTESE = "000104838"
FUXIANG = "Fuxiang Pharma (300497.SZ)"
LIVZON = "Livzon Pharmaceutical Group (1513.HK) [name inferred]"


@pytest.fixture(scope="session")
def parameters(shared):
    """Return a function from the name of a park to its parameters."""

    def read(name):
        path = shared("data", *DATA[name])
        return read_parameters(parameters_path("parks", f"{name}.yml"), data=path)

    return read


@pytest.fixture(scope="session")
def lek(parameters):
    return analyse_park(parameters("lek_pharma_sites"))


@pytest.fixture(scope="session")
def denmark(parameters):
    return analyse_park(parameters("danish_chemical_register"))


@pytest.fixture(scope="session")
def companies(parameters):
    return analyse_park(parameters("pharma_company_panel"))


def issues_at(data, enterprise, year, column):
    """Return the rules that point at one value."""
    table = data.issues
    here = (table["enterprise_id"] == enterprise) & (table["column"] == column)
    return set(table.loc[here & (table["year"] == year), "rule"])


def test_sites_without_the_total_and_the_latest_edition(lek):
    panel = lek.panel
    assert panel.index.unique(0).tolist() == [
        "Lendava",
        "Ljubljana",
        "Menges",
        "Prevalje",
    ]
    assert panel.loc[("Lendava", 2009), "energy_total_gj"] == 373_855
    table = lek.data.restatements
    row = table[
        (table["enterprise_id"] == "Lendava")
        & (table["year"] == 2009)
        & (table["column"] == "energy_total_gj")
    ]
    assert row[["edition", "value"]].to_numpy().tolist() == [["2010", 384_367.0]]
    assert row[["edition_used", "value_used"]].to_numpy().tolist() == [
        ["2012", 373_855.0]
    ]


def test_site_output_only_on_the_revised_basis(lek):
    output = lek.panel["main_product_t"]
    # 335,382 GJ / 613 GJ/t; nothing before 2008, whose basis differs
    assert output["Menges", 2012] == pytest.approx(335_382 / 613)
    assert output["Lendava", 2009] == pytest.approx(373_855 / 2450)
    assert output[:, 2006].isna().all()
    assert output[:, 2007].isna().all()


def test_site_carbon_and_its_change(lek):
    accounts = lek.accounts
    # Scope 1 + scope 2: 13,484 + 3,870
    assert accounts.loc[("Menges", 2012), "co2e_t"] == 17_354
    assert accounts.loc[("Menges", 2012), "energy_tce"] == pytest.approx(
        335_382 / 29.3076
    )
    assert accounts["co2e_t"][:, 2009].isna().all()
    intensity = accounts["co2e_t"] / lek.panel["main_product_t"]
    # 17,354 / 547.116 = 31.72; 2010: 26,232 / (355,266/720 = 493.425) = 53.163
    assert intensity["Menges", 2012] == pytest.approx(31.719, abs=0.001)
    assert intensity["Menges", 2010] == pytest.approx(53.163, abs=0.001)
    values = lek.indicators.values
    # 100·(1 − √(31.719/53.163)) = 22.76 %/a since 2010
    assert values.loc[("Menges", 2012), "K2"] == pytest.approx(22.76, abs=0.01)
    assert lek.indicators.texts.loc[("Menges", 2012), "K2"] == "22.8 %/a（2010年起）"
    # Energy per product 476 → 613 GJ/t in four years: 100·(1 − (613/476)^¼) = −6.53
    assert values.loc[("Menges", 2012), "K1"] == pytest.approx(-6.53, abs=0.01)
    # Electricity 116,215 of 335,382 GJ
    assert values.loc[("Menges", 2012), "K5"] == pytest.approx(34.65, abs=0.01)


def test_site_scores_and_what_is_missing(lek):
    scores, year = lek.scores, 2012
    # K1 −6.53 → 60 + 40·(−6.53/3.89) = −7 → 0; K2, K3, K4 100; K5 34.65 → 79.5:
    # (3·0 + 3·100 + 2·100 + 2·100 + 2·79.5)/12 = 71.6
    assert scores.dimension_scores.loc[("Menges", year), "K"] == pytest.approx(
        71.6, abs=0.05
    )
    # Waste and water end in 2010: 2 of 5 parts of a quarter are not covered.
    assert scores.coverage.xs(year, level="year").tolist() == pytest.approx([0.9] * 4)
    reasons = lek.indicators.reasons
    here = reasons[(reasons["enterprise_id"] == "Menges") & (reasons["year"] == year)]
    assert here.set_index("code")["reason"].to_dict() == {
        "M2": "缺少“废物产生总量”",
        "M3": "缺少“单位产品用水（披露）”",
    }
    assert scores.rank.xs(year, level="year").tolist() == [1, 2, 4, 3]
    # An index of changes has no score in the base year.
    assert (scores.grade.xs(2008, level="year") == "数据不足").all()


def test_four_sites_are_too_few_for_quantiles(lek):
    assert lek.peers[["p10", "p50", "p90"]].isna().all(axis=None)


def test_three_years_of_carbon_are_no_trend(lek):
    trends = lek.trends.set_index(["enterprise_id", "quantity"])
    carbon = trends.xs("co2e_t", level="quantity")
    assert (carbon["n"] == 3).all()
    assert carbon["p"].isna().all()
    assert not set(carbon["verdict"]) & {"rising", "falling", "not_detected"}
    # Seven years of materials at Lendava can be tested.
    assert trends.loc[("Lendava", "materials_used_t"), "p"] < 0.05


def test_register_units_and_selection(denmark):
    panel = denmark.panel
    # Printed: CO2 2,164,513 kg, NOx 1,628 kg, hazardous recovery 3,095 t
    row = panel.loc[(SYNTESE, 2024)]
    assert row["co2e_scope1_t"] == pytest.approx(2164.513)
    assert row["nox_kg"] == 1628
    assert row["hazardous_waste_utilised_t"] == 3095
    assert denmark.accounts.loc[(SYNTESE, 2024), "co2e_t"] == pytest.approx(2164.513)
    assert panel.index.unique("enterprise_id").size <= 25
    # Recovery without a figure for disposal makes no total, and no share.
    assert np.isnan(row["hazardous_waste_generated_t"])
    assert np.isnan(denmark.indicators.values.loc[(SYNTESE, 2024), "M1"])
    # Non-hazardous 313 t of 313 + 27,614 t
    assert denmark.indicators.values.loc[(SYNTESE, 2024), "M2"] == pytest.approx(
        100 * 313 / 27_927
    )


def test_register_zeros_are_not_reports(denmark):
    for year in range(2020, 2025):
        rules = issues_at(denmark.data, KALUNDBORG, year, "co2e_scope1_t")
        assert rules == {"zero_never_positive"}
    assert denmark.accounts.loc[KALUNDBORG]["co2e_t"].isna().all()
    lundbeck = "000104565"
    assert "zero_not_reported" in issues_at(denmark.data, lundbeck, 2024, "vocs_kg")
    assert not (denmark.panel == 0).any(axis=None)


def test_register_outliers_are_set_aside(denmark, parameters):
    for column in ("hazardous_waste_disposed_t", "nox_kg"):
        assert "unit_slip" in issues_at(denmark.data, XELLIA, 2024, column)
        assert np.isnan(denmark.panel.loc[(XELLIA, 2024), column])
    given = parameters("danish_chemical_register").input
    everybody = read_park(given.model_copy(update={"keep_where": {}}))
    foam = ("1147", 2011, "general_waste_utilised_t")
    assert "unit_slip" in issues_at(everybody, *foam)
    assert everybody.cells.find(*foam) == "第 324 行"
    # Bavarian Nordic grew from 19 t to 1,792 t over three years: asked about, used.
    grown = ("000061896", 2024, "hazardous_waste_disposed_t")
    assert "level_shift" in issues_at(everybody, *grown)
    assert everybody.panel.loc[grown[:2], grown[2]] == 1792


def test_register_transfers_are_not_discharges(denmark):
    assert "toc_transfer_kg" in denmark.panel
    assert not {"tn_kg", "toc_kg", "cod_kg"} & set(denmark.panel.columns)
    assert denmark.accounts["water_equivalent_kg"].isna().all()


def test_company_units(parameters):
    data = read_park(parameters("pharma_company_panel").input)
    row = data.panel.loc[(FUXIANG, 2024)]
    # 62,102.86 ×10^4 kWh; 100,551.09 tce × 29.3076; 62.9 ×10^4 t of water
    assert row["electricity_grid_mwh"] == pytest.approx(621_028.6)
    assert row["energy_total_gj"] == pytest.approx(100_551.09 * 29.3076)
    assert row["revenue_10k_cny"] == 117_784.66
    assert row["water_reused_m3"] == 629_000
    assert row["water_fresh_m3"] == 959_828
    assert row["cod_kg"] == 45_750
    novo = data.panel.loc[("Novo Nordisk A/S", 2023)]
    # 78 + 15 ×10^3 tCO2e
    assert novo["co2e_scope1_t"] + novo["co2e_scope2_t"] == 93_000
    assert not any("Dongguang" in name for name in data.enterprises.index)


def test_company_carbon_is_as_disclosed(companies, parameters):
    carbon = companies.accounts["co2e_t"]
    assert carbon[LIVZON, 2023] == 514_332.93
    shineway = "China Shineway Pharmaceutical (2877.HK) [name inferred]"
    # No printed sum: 80,760.44 + 38,727.16
    assert carbon[shineway, 2023] == pytest.approx(119_487.60)
    later = analyse_park(parameters("pharma_company_panel_2024"))
    # Printed: 3.22 tCO2e/10^4 CNY
    assert later.indicators.values.loc[(FUXIANG, 2024), "K3"] == pytest.approx(
        379_362.99 / 117_784.66
    )
    assert later.scores.grade[FUXIANG, 2024] == "数据不足"


def test_company_indicators_by_hand(companies):
    values = companies.indicators.values.xs(2023, level="year")
    # 535,831.5 → 514,332.93 in two years
    assert values.loc[LIVZON, "K1"] == pytest.approx(
        100 * (1 - (514_332.93 / 535_831.5) ** 0.5)
    )
    # COD 269.5 → 246.3 and NH3-N 14.9 → 10.6 t, mean of the two yearly falls
    falls = [100 * (1 - (b / a) ** 0.5) for a, b in ((269.5, 246.3), (14.9, 10.6))]
    assert values.loc[LIVZON, "L2"] == pytest.approx(np.mean(falls))
    # 932 of 9,661 t hazardous waste
    assert values.loc["AstraZeneca plc", "M2"] == pytest.approx(100 * 932 / 9661)


@pytest.mark.parametrize("name", ["lek", "denmark", "companies"])
def test_nothing_is_invented(name, request):
    analysis = request.getfixturevalue(name)
    indicators = analysis.indicators
    missing = indicators.values.isna().sum().sum()
    assert len(indicators.reasons) == missing
    assert (indicators.reasons["reason"] != "").all()
    scores = analysis.scores
    limit = analysis.scheme.header.coverage_overall_minimum
    low = scores.coverage < limit - 1e-9
    assert (scores.grade[low] == "数据不足").all()
    assert scores.rank[low].isna().all()
    given = set(analysis.panel.columns) | set(analysis.accounts.columns)
    assert "value_added_10k_cny" not in given
    checked = trend_table(
        analysis.panel.join(analysis.accounts), list(analysis.parameters.trend_columns)
    )
    pd.testing.assert_frame_equal(checked, analysis.trends)
