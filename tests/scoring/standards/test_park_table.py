import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.standards.park_table import (
    check_park_values,
    load_park_table,
    park_table_values,
    score_park_table,
)

JIANGSU = load_park_table(parameters_path("schemes", "jiangsu_near_zero_park"))
ZHEJIANG = load_park_table(parameters_path("schemes", "zhejiang_green_park"))


def panel(**columns):
    """Return a panel of four enterprises in 2024."""
    index = pd.MultiIndex.from_product(
        [list("abcd"), [2024]], names=["enterprise_id", "year"]
    )
    return pd.DataFrame(columns, index)


def test_values_are_ratios_of_sums_over_those_who_report_both():
    data = panel(
        energy_tce=[10.0, 20, 30, np.nan], value_added_10k_cny=[100.0, 100, np.nan, 50]
    )
    found = park_table_values(data, JIANGSU, year=2024).loc["J1"]
    assert found["value"] == pytest.approx(30 / 200)
    assert found["origin"] == "computed"
    assert found["reason"] == "4家企业中2家有数据"


def test_too_few_reporting_is_no_data():
    data = panel(
        energy_tce=[10.0, np.nan, np.nan, np.nan], value_added_10k_cny=[100.0] * 4
    )
    found = park_table_values(data, JIANGSU, year=2024)
    assert np.isnan(found.loc["J1", "value"])
    assert found.loc["J1", "reason"] == (
        "4家企业中1家有数据，不足50 %，不能判断；已填报者为0.1"
    )
    assert found.loc["J2", "reason"] == "没有企业填报，不能判断"
    assert found.loc["J3", "reason"] == "企业数据不能算出，园区未提供"


def test_share_of_verified_enterprises_counts_the_highest_level_only():
    levels = ["第三方核查", "报告（实测数据）", "报告（缺省值）", "无"]
    data = panel(carbon_verification_level=levels)
    found = park_table_values(data, JIANGSU, year=2024)
    assert found.loc["J16", "value"] == pytest.approx(25)


def test_a_gate_for_all_needs_all_to_report():
    data = panel(has_obsolete_equipment=[0.0, 0, 0, 0])
    assert park_table_values(data, ZHEJIANG, year=2024).loc["ZG6", "value"] == 100
    data.iloc[0, 0] = np.nan
    found = park_table_values(data, ZHEJIANG, year=2024).loc["ZG6"]
    assert np.isnan(found["value"])
    assert "不足100 %" in found["reason"]


def test_percentages_above_100():
    data = panel(
        general_waste_utilised_t=[26.0] * 4, general_waste_generated_t=[25.0] * 4
    )
    found = park_table_values(data, JIANGSU, year=2024).loc["J13"]
    assert found["value"] == 100
    assert "按100计" in found["reason"]
    data["general_waste_utilised_t"] = 30.0
    found = park_table_values(data, JIANGSU, year=2024).loc["J13"]
    assert np.isnan(found["value"])
    assert "数据矛盾" in found["reason"]


def test_a_denominator_that_is_not_positive():
    data = panel(energy_tce=[1.0] * 4, value_added_10k_cny=[5.0, -5, 0, 0])
    found = park_table_values(data, JIANGSU, year=2024).loc["J1"]
    assert np.isnan(found["value"])
    assert "分母合计≤0" in found["reason"]


def test_given_values_come_first():
    data = panel(energy_tce=[10.0] * 4, value_added_10k_cny=[100.0] * 4)
    found = park_table_values(data, JIANGSU, year=2024, given={"J1": 0.3, "J11": 85})
    assert found.loc[["J1", "J11"], "value"].tolist() == [0.3, 85]
    assert found.loc[["J1", "J11"], "origin"].tolist() == ["given", "given"]
    with pytest.raises(ParameterError, match="没有代码“J99”"):
        park_table_values(data, JIANGSU, year=2024, given={"J99": 1})


def test_score_by_hand():
    values = pd.Series({"J1": 0.35, "J2": 0.7, "J13": 96.0, "J20": 0.0, "J3": np.nan})
    score = score_park_table(values, JIANGSU)
    status = score.rows["status"]
    assert status[["J1", "J2", "J3", "J13", "J20"]].tolist() == [
        "met", "not_met", "no_data", "met", "not_met"
    ]  # fmt: skip
    assert (score.met, score.judged, score.total) == (2, 4, 20)
    assert score.met_share == pytest.approx(0.5)


def test_score_strictly_more_and_noise():
    score = score_park_table({"ZG1": 50.0}, ZHEJIANG)
    assert score.rows.loc["ZG1", "status"] == "not_met"
    assert score_park_table({"ZG1": 50.1}, ZHEJIANG).met == 1
    assert score_park_table({"J1": 0.35 + 1e-12}, JIANGSU).met == 1
    assert np.isnan(score_park_table({}, ZHEJIANG).met_share)


def test_reference_values_are_those_of_the_source():
    assert JIANGSU.rows["reference"].tolist() == [
        0.35, 0.6, 50, 50, 50, 100, 20, 30, 50, 50, 80, 80, 96, 85, 95, 10, 10, 50, 3.5, 1
    ]  # fmt: skip
    assert set(JIANGSU.rows["comparison"]) == {"<=", ">="}


def test_demo_park_by_the_jiangsu_table(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    values = park_table_values(data, JIANGSU, year=2024)
    here = data.xs(2024, level="year")
    both = here[["co2e_t", "value_added_10k_cny"]].dropna().sum()
    assert values.loc["J2", "value"] == pytest.approx(
        both["co2e_t"] / both["value_added_10k_cny"]
    )
    score = score_park_table(values["value"], JIANGSU)
    assert (score.judged, score.total) == (10, 20)
    shown = values["value"].dropna()
    percent = shown[JIANGSU.rows.loc[shown.index, "unit"] == "%"]
    assert percent.between(0, 100).all()


def test_check_park_values_names_the_nearest():
    check_park_values({"jiangsu_near_zero_park": {"J3": 55}})
    with pytest.raises(ParameterError) as caught:
        check_park_values(
            {"jiangsu_near_zero_prk": {}, "zhejiang_green_park": {"ZG99": 1}}
        )
    text = str(caught.value)
    assert "最接近的是“jiangsu_near_zero_park”" in text
    assert "park_values zhejiang_green_park：没有代码“ZG99”" in text


def test_numerator_needs_a_denominator(tmp_path):
    source = parameters_path("schemes", "jiangsu_near_zero_park")
    for name in ("table.csv", "table.yml"):
        content = (source / name).read_text(encoding="utf-8")
        content = content.replace("energy_tce,value_added_10k_cny,", "energy_tce,,2", 1)
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_park_table(tmp_path)
    assert "J1：numerator 与 denominator 须同时给出" in str(caught.value)
    assert "J1 minimum_reporting：不在0–1之间" in str(caught.value)
