"""Indicators of targets: ratio of sums over the same enterprises."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.outlook.targets.values import (
    check_target_formula,
    enterprise_values,
    park_values,
    split_formula,
)
from synergy_lib.park.totals import park_ratios, park_totals

RATIO = "co2e_t / value_added_10k_cny"


@pytest.mark.parametrize(
    ("formula", "parts"),
    [
        (RATIO, ("co2e_t", "value_added_10k_cny")),
        ("co2e_t", ("co2e_t", "")),
        ("co2e_t / 1000", ("co2e_t / 1000", "")),
        ("(so2_kg + nox_kg) / energy_tce", ("so2_kg + nox_kg", "energy_tce")),
    ],
)
def test_split_formula(formula, parts):
    assert split_formula(formula) == parts


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        ("co2e_t / energy_tce / value_added_10k_cny", "商只能在最外层"),
        ("100 * (co2e_t / energy_tce)", "商只能在最外层"),
        ("max(co2e_t, 0)", "没有名为“max”的函数"),
        ("co2e_t + 1", "不能加减常数"),
        ("5", "不能加减常数"),
    ],
)
def test_check_target_formula_refuses_what_cannot_be_summed(formula, what):
    assert any(what in problem.what for problem in check_target_formula(formula, "x"))
    with pytest.raises(ParameterError):
        split_formula(formula)


def test_enterprise_values_say_why_not(panel):
    data = panel(
        {
            "a": {"co2e_t": [10.0, np.nan], "value_added_10k_cny": [5.0, 5.0]},
            "b": {"co2e_t": [10.0, 10.0], "value_added_10k_cny": [0.0, -2.0]},
        },
        [2020, 2021],
    )
    found = enterprise_values(data, RATIO)
    assert found["value"].isna().tolist() == [False, True, True, True]
    assert found["value"].iloc[0] == 2.0
    assert found["reason"].tolist()[0] == ""
    assert "碳排放" in found["reason"].iloc[1]
    assert found["reason"].iloc[2] == found["reason"].iloc[3] == "增加值≤0,不评级"


def test_park_values_compare_the_same_enterprises(panel):
    data = panel(
        {
            "a": {"co2e_t": [10.0, 12.0], "value_added_10k_cny": [5.0, 8.0]},
            "b": {"co2e_t": [30.0, 20.0], "value_added_10k_cny": [5.0, 8.0]},
            "new": {"co2e_t": [np.nan, 90.0], "value_added_10k_cny": [np.nan, 1.0]},
        },
        [2020, 2021],
    )
    same = park_values(data, RATIO, [2020, 2021], same=True)
    assert same["value"].tolist() == [4.0, 2.0]  # 40/10, 32/16
    assert same["enterprises"].tolist() == [2, 2]
    everybody = park_values(data, RATIO, [2020, 2021], same=False)
    assert everybody["value"].tolist() == [4.0, 122 / 17]
    assert everybody["reporting"].tolist() == [2, 3]
    ratios = park_ratios(data, "co2e_t", "value_added_10k_cny")["ratio"]
    np.testing.assert_allclose(everybody["value"], ratios, rtol=1e-12)
    totals = park_totals(data).set_index(["quantity", "year"])
    total = park_values(data, "co2e_t", [2020, 2021], same=True)
    assert total["value"].tolist() == totals.loc["co2e_t", "same_total"].tolist()


def test_park_values_of_a_year_that_is_not_there_or_sums_to_nothing(panel):
    data = panel({"a": {"co2e_t": [1.0], "value_added_10k_cny": [-5.0]}}, [2020])
    found = park_values(data, RATIO, [2020, 2021], same=True)
    assert found["value"].isna().all()
    assert found["enterprises"].tolist() == [1, 0]


def test_values_need_the_panel_index():
    with pytest.raises(InputDataError, match="enterprise_id"):
        enterprise_values(pd.DataFrame({"co2e_t": [1.0]}), "co2e_t")
