"""Chow's test at a known year, and what is said where it cannot be made."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.trends.structural_break import chow_table, chow_test

PUBLISHED = [10, 9.8, 9.9, 9.6, 8.0, 7.4, 7.1, 6.4]


def series(values, first_year=2016):
    return pd.Series(values, index=range(first_year, first_year + len(values)))


def test_chow_reference_vector():
    """Methods §6.6: SSR 1.334762 pooled, 0.027 twice; F = 47.4356, p = 0.001637."""
    result = chow_test(series(PUBLISHED), 2020)
    assert result.f == pytest.approx(47.4356, abs=5e-5)
    assert result.p == pytest.approx(0.001637, abs=5e-7)
    assert (result.df1, result.df2) == (2, 4)
    assert (result.n_before, result.n_after) == (4, 4)
    assert result.mean_before == pytest.approx(9.825)
    assert result.change == pytest.approx(7.225 / 9.825 - 1)
    assert (result.status, result.reason) == ("break_detected", "")


def test_chow_reference_vector_of_the_collection(shared):
    path = shared("data", "method_vectors", "vectors.json")
    case = json.loads(path.read_text())["chow"]
    values = pd.Series(case["y"], index=range(len(case["y"])))
    found = chow_test(values, case["break_after"])
    assert found.f == pytest.approx(case["F"], abs=1e-6)
    assert found.p == pytest.approx(case["p"], abs=1e-6)


def test_level_of_the_test_without_a_break():
    """3,000 straight lines with noise: 5 % called, standard error 0.4 %."""
    rng = np.random.default_rng(8)
    rows = 3 + 0.4 * np.arange(10) + rng.normal(0, 1, (3000, 10))
    index = pd.MultiIndex.from_product(
        [range(3000), range(2010, 2020)], names=["enterprise_id", "year"]
    )
    data = pd.DataFrame({"co2e_t": rows.ravel()}, index=index)
    table = chow_table(data, dict.fromkeys(range(3000), 2015))
    rate = (table["status"] == "break_detected").mean()
    assert rate == pytest.approx(0.05, abs=0.012)


def test_fewer_than_six_years_are_compared_by_means_only():
    result = chow_test(series([10, 12, 8, 6, 7]), 2018)
    assert (result.mean_before, result.mean_after) == (11.0, 7.0)
    assert result.change == pytest.approx(-4 / 11)
    assert math.isnan(result.f)
    assert math.isnan(result.p)
    assert result.status == "means_only"
    assert "不足 6 年" in result.reason


def test_a_part_of_two_years_cannot_be_tested():
    result = chow_test(series(PUBLISHED), 2022)
    assert result.status == "too_few_years"
    assert "投运前 6 年、投运后 2 年" in result.reason
    assert math.isnan(result.p)
    assert result.mean_after == pytest.approx(6.75)


def test_exact_fit_of_both_parts_is_not_testable():
    result = chow_test(series([1e3, 2e3, 3e3, 4e3, 90, 70, 50, 30]), 2020)
    assert result.f == math.inf
    assert math.isnan(result.p)
    assert result.status == "exact_fit"
    assert "不能检验" in result.reason
    constant = chow_test(series([5.0] * 8), 2020)
    assert math.isnan(constant.f)
    assert constant.status == "exact_fit"


@pytest.mark.parametrize("year", [2016, 2010, 2024, 2030])
def test_a_break_year_outside_the_series_is_named(year):
    message = f"投运年份 {year} 不在数据年份 2016—2023 之间"
    with pytest.raises(MethodError, match=message):
        chow_test(series(PUBLISHED), year)


def test_no_data_and_wrong_index_are_refused():
    with pytest.raises(MethodError, match="无数据"):
        chow_test(pd.Series([np.nan], index=[2020]), 2020)
    with pytest.raises(MethodError, match="年份 2020 重复"):
        chow_test(pd.Series([1.0, 2.0], index=[2020, 2020]), 2020)


def test_gaps_stay_on_the_time_axis():
    values = series([*PUBLISHED, 6.0, 5.5])
    values[2018] = np.nan
    result = chow_test(values, 2020)
    known = values.dropna()
    years, y = known.index.to_numpy() - 2020.0, known.to_numpy()

    def squares(part):
        return np.polyfit(years[part], y[part], 1, full=True)[1][0]

    own = squares(years < 0) + squares(years >= 0)
    expected = (squares(years < 99) - own) / 2 / (own / 5)
    assert result.n_before == 3
    assert result.f == pytest.approx(expected, rel=1e-9)


def test_a_mean_before_that_is_not_positive_has_no_relative_change():
    assert math.isnan(chow_test(series([-1, 1, 2, 3]), 2018).change)


def test_not_detected_is_not_no_break():
    rng = np.random.default_rng(3)
    result = chow_test(series(rng.normal(5, 1, 9)), 2020)
    assert result.status == "not_detected"
    assert result.reason == "未检出转折，不等于没有转折"


def test_table_says_of_every_series_what_can_be_said():
    index = pd.MultiIndex.from_product(
        [["A", "B", "C"], range(2016, 2024)], names=["enterprise_id", "year"]
    )
    data = pd.DataFrame({"co2e_t": PUBLISHED * 3, "so2_kg": np.nan}, index=index)
    table = chow_table(data, pd.Series({"A": 2020, "B": 2030}))
    found = table.set_index(["quantity", "enterprise_id"])["status"]
    assert found["co2e_t"].to_dict() == {
        "A": "break_detected",
        "B": "outside",
        "C": "no_year",
    }
    assert found["so2_kg"].to_dict() == {"A": "no_data", "B": "no_data", "C": "no_year"}
    assert (table["reason"] != "").sum() == 5
    alone = chow_test(data.xs("A")["co2e_t"], 2020)
    assert table.loc[0, "f"] == alone.f
