"""The synergy analysis of whole parks: the demonstration and published data."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.parameters import read_parameters
from synergy_lib.pipeline import analyse_park
from synergy_lib.resources import parameters_path
from synergy_lib.synergy.analysis import EQUIVALENTS, analyse_synergy
from synergy_lib.synergy.association import associations
from synergy_lib.synergy.coordination import intensity_anchors
from synergy_lib.synergy.within import within_associations


@pytest.fixture(scope="module")
def joined(demo_analysis):
    return demo_analysis.panel.join(demo_analysis.accounts)


@pytest.fixture(scope="module")
def demo(demo_analysis, joined):
    return analyse_synergy(
        joined,
        base_year=2020,
        report_year=2024,
        sectors=demo_analysis.data.enterprises["industry_code"],
        anchors=intensity_anchors(
            demo_analysis.scheme.framework, demo_analysis.scores.anchors
        ),
    )


def test_demo_covers_equivalents_and_pollutants(demo, joined):
    assert demo.pollutants[:3] == EQUIVALENTS
    assert {"so2_kg", "vocs_kg", "cod_kg"} <= set(demo.pollutants)
    assert demo.notes == ()
    rows = demo.associations.set_index(["pollutant", "method"])
    columns = ["co2e_t", "air_equivalent_kg"]
    logs = np.log(joined[columns].xs(2024, level="year"))
    expected = stats.pearsonr(logs["co2e_t"], logs["air_equivalent_kg"])
    found = rows.loc[("air_equivalent_kg", "pearson")]
    assert found["estimate"] == pytest.approx(expected.statistic, rel=1e-9)
    assert found["n"] == 82
    # Five or six emitters of xylene are too few.
    assert rows.loc[("xylene_kg", "pearson"), "verdict"] == "cannot_judge"


def test_demo_park_change_is_that_of_the_totals(demo, demo_analysis):
    rows = demo.co_control.set_index(["pollutant", "enterprise_id"])
    park = rows.loc[("air_equivalent_kg", "park")]
    carbon = demo_analysis.accounts["co2e_t"].unstack("year")
    air = demo_analysis.accounts["air_equivalent_kg"].unstack("year")
    same = (carbon[[2020, 2024]].notna() & air[[2020, 2024]].notna()).all(axis=1)
    assert park["n"] == same.sum()
    before, after = carbon[same][[2020, 2024]].sum()
    assert park["carbon_reduction"] == pytest.approx(1 - after / before, rel=1e-9)
    assert set(demo.co_control_by_year["from_year"]) == {2020, 2021, 2022, 2023}


def test_demo_chained_years_give_the_whole_change(demo):
    chain = demo.co_control_by_year
    own = chain[(chain["enterprise_id"] == "0001") & (chain["pollutant"] == "cod_kg")]
    whole = demo.co_control.set_index(["pollutant", "enterprise_id"])
    total = whole.loc[("cod_kg", "0001"), "pollutant_reduction"]
    assert 1 - (1 - own["pollutant_reduction"]).prod() == pytest.approx(total)


def test_demo_shares_and_sectors_add_up(demo, joined):
    for table in (demo.enterprise_shares, demo.sector_shares):
        assert table.groupby("quantity")["share"].sum().to_numpy() == pytest.approx(1)
    carbon = joined["co2e_t"].xs(2024, level="year").sum()
    sectors = demo.sector_shares.groupby("quantity")["value"].sum()
    assert sectors["co2e_t"] == pytest.approx(carbon, rel=1e-12)
    assert demo.lorenz.groupby("quantity")["value_share"].max().eq(1).all()


def test_demo_scores_are_those_of_the_index(demo, demo_analysis):
    table = demo.coordination.set_index(["unit", "year"])
    index_scores = demo_analysis.scores.indicator_scores
    for unit in ("0001", "0030"):
        own, score = table.loc[(unit, 2024)], index_scores.loc[(unit, 2024)]
        assert own["carbon_score"] == pytest.approx(score["A1"], rel=1e-9)
        pollution = (4 * score["D1"] + 3 * score["D2"]) / 7
        assert own["pollution_score"] == pytest.approx(pollution, rel=1e-9)
    assert demo.sector_coordination["n"].sum() <= len(table)


def test_published_data_without_value_added(shared):
    path = shared("data", "eprtr_chemical_denmark", "panel_chemical_facility_year.csv")
    name = "danish_chemical_register.yml"
    analysis = analyse_park(read_parameters(parameters_path("parks", name), data=path))
    found = analyse_synergy(
        analysis.panel.join(analysis.accounts), base_year=2018, report_year=2024
    )
    assert len(found.notes) == 3
    assert set(found.associations["method"]) == {"pearson", "spearman", "kendall"}
    # A handful of plants report both carbon and a pollutant: nothing can be judged.
    assert (found.associations["verdict"] == "cannot_judge").all()
    assert (found.associations["n"] < 10).all()
    assert found.coordination.empty
    rows = found.co_control.set_index(["pollutant", "enterprise_id"])
    # Register, plant 000106129, 2018 → 2024: CO2 1,132 → 545 t, SO2 632 → 68 kg, NOx
    # 2,550 → 2,201 kg: 0.51855 of carbon, 0.89241 and 0.13686 of the pollutants.
    for pollutant, elasticity, reading in (
        ("so2_kg", 0.51855 / 0.89241, "pollutant_faster"),
        ("nox_kg", 0.51855 / 0.13686, "carbon_faster"),
    ):
        row = rows.loc[(pollutant, "000106129")]
        assert row["quadrant"] == "I"
        assert row["elasticity"] == pytest.approx(elasticity, rel=1e-4)
        assert row["reading"] == reading
    # 5,898.14 → 6,246.288 t and VOCs 34,000 → 654 kg
    burner = rows.loc[("vocs_kg", "000106235")]
    assert burner["quadrant"] == "IV"
    assert burner["carbon_reduction"] == pytest.approx(-0.05903, abs=1e-5)
    assert rows.loc[("nox_kg", "000104838"), "within_error"] == "both"


def test_published_emissions_of_a_whole_industry(shared):
    # CO2 and NOx of the Danish chemical industry: six plants report both repeatedly.
    path = shared("data", "eprtr_chemical_denmark", "panel_chemical_facility_year.csv")
    names = {"FacilityInspireId": "enterprise_id", "reportingYear": "year"}
    raw = pd.read_csv(path).rename(columns=names)
    raw = raw.set_index(["enterprise_id", "year"])
    options = {"carbon": "air_co2_kg", "minimum": 6}
    found = within_associations(raw, ["air_nox_kg"], **options).iloc[0]
    both = raw[["air_co2_kg", "air_nox_kg"]].dropna()
    both = np.log(both[(both > 0).all(axis=1)].astype(float))
    several = both[both.groupby(level=0)["air_nox_kg"].transform("size") > 1]
    left = several - several.groupby(level=0).transform("mean")
    assert (found["n"], found["n_rows"]) == (6, len(several))
    assert found["estimate"] == pytest.approx(left.corr().iloc[0, 1], rel=1e-9)
    assert found["verdict"] == "positive"
    strict = within_associations(raw, ["air_nox_kg"], carbon="air_co2_kg").iloc[0]
    assert strict["verdict"] == "cannot_judge"


def test_published_scores_of_enterprises(shared):
    # 110 real enterprises: exceedances and pollution degree as published.
    path = shared("data", "ningxia_enterprise_portrait", "enterprise_indicators.csv")
    raw = pd.read_csv(path)
    table = associations(
        raw, ["degree", "management"], carbon="risk", control=None, logarithm=False
    ).set_index(["pollutant", "method"])
    expected = stats.spearmanr(raw["risk"], raw["degree"])
    found = table.loc[("degree", "spearman")]
    assert found["n"] == 110
    assert found["estimate"] == pytest.approx(expected.statistic, rel=1e-9)
    assert found["p"] == pytest.approx(expected.pvalue, rel=1e-6)
    tau = stats.kendalltau(raw["risk"], raw["management"])
    assert table.loc[("management", "kendall"), "estimate"] == pytest.approx(
        tau.statistic, rel=1e-9
    )


def test_one_year_of_data_and_errors(joined):
    with pytest.raises(InputDataError, match="没有2010年的数据"):
        analyse_synergy(joined, base_year=2010, report_year=2024)
    with pytest.raises(ParameterError, match="2024→2024"):
        analyse_synergy(joined, base_year=2024, report_year=2024)
    with pytest.raises(ParameterError, match="没有任何污染物数据"):
        analyse_synergy(joined[["co2e_t"]], base_year=2020, report_year=2024)
    with pytest.raises(InputDataError, match="唯一"):
        analyse_synergy(joined.reset_index(drop=True), base_year=2020, report_year=2024)


def test_a_negative_amount_has_no_lorenz_curve(joined):
    frame = joined[["co2e_t", "cod_kg"]].copy()
    frame.loc[("0001", 2024), "co2e_t"] = -1.0
    found = analyse_synergy(frame, base_year=2020, report_year=2024)
    assert set(found.lorenz["quantity"]) == {"cod_kg"}
    assert found.concentration.loc["co2e_t", "reason"] == "有负值，无法判断"
    row = found.associations.iloc[0]
    assert (row["n"], row["left_out_not_positive"]) == (81, 1)
    nobody = analyse_synergy(
        frame.assign(cod_kg=-1.0), base_year=2020, report_year=2024
    )
    assert nobody.lorenz.empty
