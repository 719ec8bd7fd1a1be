"""Exceedances, months within the limit, gaps."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.demo_park.programme import load_monitoring
from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.trends.monitoring.compliance import (
    compliance_table,
    exceedances,
    given_limits,
)

LIMITS = pd.DataFrame({"indicator": ["COD"], "limit": [50.0], "unit": ["mg/L"]})


def monthly(values, start="2023-01", indicator="COD"):
    periods = pd.period_range(start, periods=len(values), freq="M")
    return pd.DataFrame(
        {
            "year": periods.year,
            "month": periods.month,
            "indicator": indicator,
            "value": values,
            "unit": "mg/L",
        }
    )


def test_a_year_with_exceedances():
    """Three of twelve months above 50, one at the limit: nine within."""
    values = [40, 60, 45, 50, 30, 55, 20, 20, 20, 20, 80, 20]
    row = compliance_table(monthly(values), LIMITS).iloc[0]
    assert (row["exceedances"], row["n_values"], row["n_missing"]) == (3, 12, 0)
    assert row["exceedance_share"] == 0.25
    assert (row["months_judged"], row["months_compliant"]) == (12, 9)
    assert (row["worst"], row["worst_ratio"]) == (80, 1.6)
    assert (row["worst_period"], row["status"]) == ("2023-11", "exceeded")


def test_limits_that_stand_beside_the_results():
    frame = monthly([40.0, 60.0, 45.0]).assign(limit=[np.nan, 50.0, 50.0])
    expected = exceedances(frame, LIMITS)
    pd.testing.assert_frame_equal(exceedances(frame), expected)
    assert given_limits(frame).to_numpy().tolist() == [["COD", 50.0, "mg/L"]]
    assert given_limits(frame.drop(columns="limit")).empty
    assert exceedances(frame.drop(columns="limit"))["is_exceeded"].isna().all()
    with pytest.raises(ParameterError, match="重复"):
        exceedances(frame.assign(limit=[40.0, 50.0, 50.0]))


def test_a_gap_is_neither_within_nor_beyond():
    values = [40.0] * 12
    values[3] = np.nan
    row = compliance_table(monthly(values), LIMITS).iloc[0]
    assert row["status"] == "incomplete"
    assert row["reason"] == ("有数据的均达标，但缺 1 期（2023-04），不能说全年达标")
    assert (row["months_judged"], row["months_compliant"]) == (11, 11)
    whole = compliance_table(monthly([40.0] * 12), LIMITS).iloc[0]
    assert (whole["status"], whole["reason"]) == ("compliant", "")


def test_years_without_a_result_stand_in_the_table():
    frame = pd.concat([monthly([40.0] * 12), monthly([40.0] * 12, "2025-01")])
    table = compliance_table(frame, LIMITS)
    assert table["year"].tolist() == [2023, 2024, 2025]
    assert table["status"].tolist() == ["compliant", "no_data", "compliant"]
    assert np.isnan(table["exceedances"][1])


def test_daily_results_make_months_compliant_only_without_any_exceedance():
    days = pd.date_range("2024-01-01", "2024-12-31")
    values = np.full(len(days), 10.0)
    values[[5, 6, 100]] = 51
    frame = pd.DataFrame(
        {"date": days, "indicator": "COD", "value": values, "unit": "mg/L"}
    )
    row = compliance_table(frame, LIMITS).iloc[0]
    assert (row["n_expected"], row["exceedances"]) == (366, 3)
    assert (row["months_judged"], row["months_compliant"]) == (12, 10)
    assert row["worst_period"] == "2024-01-06"


def test_at_least_is_for_what_must_not_fall_below():
    limits = LIMITS.assign(sense="at_least", limit=5.0)
    row = compliance_table(monthly([6.0] * 11 + [4.0]), limits).iloc[0]
    assert (row["exceedances"], row["worst"]) == (1, 4.0)


def test_yearly_results_of_the_demonstration_park():
    name = "总挥发性有机物（TVOC）年均浓度"
    limits = pd.DataFrame({"indicator": [name], "limit": [250.0], "unit": ["μg/m3"]})
    table = compliance_table(load_monitoring(), limits)
    tvoc = table[table["indicator"] == name]
    assert tvoc["exceedances"].tolist() == [1, 1, 0, 0, 0]
    assert tvoc["months_judged"].isna().all()
    others = table[table["indicator"] != name]
    assert set(others["status"]) == {"no_limit"}
    assert set(others["reason"]) == {"未给出限值，无法判断"}


def test_exceedances_are_missing_where_nothing_is_known():
    found = exceedances(monthly([60.0, np.nan, 50.0]), LIMITS)
    assert found["is_exceeded"].tolist() == [True, pd.NA, False]
    assert compliance_table(monthly([1.0]).iloc[:0], LIMITS.iloc[:0]).empty


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "g/L"}, "限值 COD：单位为 g/L；应为：与监测结果一致：mg/L"),
        ({"indicator": "COB"}, "监测结果中没有该指标；最接近的是“COD”"),
        ({"limit": 0.0}, "限值 0.0；应为：大于零"),
        ({"sense": "below"}, "sense 为 below；应为：at_most、at_least"),
    ],
)
def test_limits_that_do_not_fit_are_named(change, message):
    with pytest.raises(ParameterError, match=message):
        compliance_table(monthly([1.0]), LIMITS.assign(**change))


def test_a_limit_twice_and_a_missing_column():
    with pytest.raises(ParameterError, match="限值 COD：重复"):
        compliance_table(monthly([1.0]), pd.concat([LIMITS, LIMITS]))
    with pytest.raises(InputDataError, match="limit"):
        compliance_table(monthly([1.0]), LIMITS.drop(columns="limit"))
