"""Seasonal Mann–Kendall test and slope."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.demo_park.programme import load_monitoring
from synergy_lib.trends.monitoring.seasonal import (
    seasonal_kendall,
    seasonal_trend_table,
)
from synergy_lib.trends.monotonic import mann_kendall, sen_slope


def monthly(values, start="2020-01", indicator="TVOC"):
    periods = pd.period_range(start, periods=len(values), freq="M")
    return pd.DataFrame(
        {
            "year": periods.year,
            "month": periods.month,
            "indicator": indicator,
            "value": values,
            "unit": "μg/m3",
        }
    )


def seasonal_values(years, slope=0.0, noise=5.0, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(12 * years)
    season = 40 * np.sin(2 * np.pi * t / 12)
    return 300 + season + slope * t / 12 + rng.normal(0, noise, len(t))


def test_rainfall_as_asserted_by_pymannkendall(shared):
    """S = −399, variance, p of its seasonal_test; slope of its seasonal_sens_slope."""
    path = shared("data", "trend_vectors", "pymannkendall_cases.json")
    content = json.loads(path.read_text())
    values = np.array(content["data"]["arbitrary_1d_data"], dtype=float)
    found = seasonal_kendall(values.reshape(-1, 12))
    assert found["s"] == -399
    assert found["variance"] == pytest.approx(34702.333333333336, rel=1e-12)
    assert found["p"] == pytest.approx(0.03263834596177739, rel=1e-9)
    assert found["tau"] == pytest.approx(-0.0794979079497908, rel=1e-9)
    expected = content["cases"]["seasonal_sens_slope"]["expected"]
    assert found["slope"] == pytest.approx(expected["slope"], rel=1e-12)
    assert found["intercept"] == pytest.approx(expected["intercept"], rel=1e-9)


@given(st.lists(st.integers(-30, 30), min_size=5, max_size=15))
def test_one_season_is_the_annual_test(values):
    found = seasonal_kendall(np.array(values, dtype=float)[:, np.newaxis])
    series = pd.Series(values, index=range(len(values)), dtype=float)
    assert found["s"] == mann_kendall(series).s
    slope = sen_slope(series)
    assert found["slope"] == pytest.approx(slope.slope)
    assert found["low"] == pytest.approx(slope.low)
    assert found["high"] == pytest.approx(slope.high)
    if len(values) > 10:
        assert found["p"] == pytest.approx(mann_kendall(series).p)


def test_season_alone_is_no_trend():
    """The same months every year: every pair within a month is level."""
    values = np.tile(np.arange(12.0), 5)
    found = seasonal_kendall(values.reshape(-1, 12))
    assert (found["s"], found["p"], found["slope"]) == (0, 1.0, 0)


def test_size_without_trend_and_coverage_of_the_interval():
    """800 series of 5 years: 5 % and 90 %, standard errors 0.8 % and 1.1 %."""
    rng = np.random.default_rng(7)
    results = [seasonal_kendall(rng.normal(0, 1, (5, 12))) for _ in range(800)]
    called = np.mean([found["p"] <= 0.05 for found in results])
    held = np.mean([found["low"] <= 0 <= found["high"] for found in results])
    assert called <= 0.05 + 3 * 0.0077
    assert held == pytest.approx(0.90, abs=0.035)


def test_a_trend_under_a_strong_season_is_found():
    row = seasonal_trend_table(monthly(seasonal_values(5, slope=-4.0))).iloc[0]
    assert (row["verdict"], row["status"]) == ("falling", "ok")
    assert row["slope"] == pytest.approx(-4.0, abs=1.5)
    assert row["low"] <= row["slope"] <= row["high"] < 0
    assert (row["n_years"], row["n"], row["n_missing"]) == (5, 60, 0)
    assert row["relative_slope"] == pytest.approx(row["slope"] / 300, rel=0.1)


def test_not_detected_comes_with_what_would_have_been():
    values = seasonal_values(4, seed=3)
    row = seasonal_trend_table(monthly(values)).iloc[0]
    assert row["verdict"] == "not_detected"
    assert row["detectable"] > 0
    scatter = values - row["slope"] * np.arange(48) / 12
    for sign, verdict in ((1, "rising"), (-1, "falling")):
        steeper = sign * 1.001 * row["detectable"] * np.arange(48) / 12
        assert seasonal_trend_table(monthly(scatter + steeper))["verdict"][0] == verdict


def test_gaps_are_named_and_stay_on_the_time_axis():
    values = 100 + 2.0 * np.arange(60) / 12
    values[[7, 8, 30]] = np.nan
    row = seasonal_trend_table(monthly(values, "2020-03")).iloc[0]
    assert row["slope"] == pytest.approx(2.0)
    assert row["n_missing"] == 3
    assert row["missing_months"] == "2020-10、2020-11、2022-09"
    assert (row["first_month"], row["last_month"]) == ("2020-03", "2025-02")


@pytest.mark.parametrize(
    ("values", "status", "reason"),
    [
        (np.arange(24.0), "too_few_years", "只有 2 年逐月数据"),
        ([np.nan] * 24, "no_data", "无数据"),
        (np.where(np.arange(60) % 6, np.nan, 1.0), "too_few_pairs", "仅 20 个"),
    ],
)
def test_what_cannot_be_judged_says_why(values, status, reason):
    row = seasonal_trend_table(monthly(values)).iloc[0]
    assert row["status"] == status
    assert reason in row["reason"]
    assert row["verdict"] == ""
    assert math.isnan(row["p"])


def test_yearly_results_are_not_seasonal():
    table = seasonal_trend_table(load_monitoring())
    assert set(table["status"]) == {"annual_only"}
    assert len(table) == 4
    assert seasonal_trend_table(load_monitoring().iloc[:0]).empty


def test_daily_results_are_tested_by_month():
    days = pd.date_range("2021-01-01", "2023-12-31")
    rng = np.random.default_rng(2)
    values = 50 - 5 * np.arange(len(days)) / 365 + rng.normal(0, 2, len(days))
    frame = pd.DataFrame(
        {"date": days, "indicator": "COD", "value": values, "unit": "mg/L"}
    )
    row = seasonal_trend_table(frame).iloc[0]
    assert (row["verdict"], row["n"]) == ("falling", 36)
    assert row["slope"] == pytest.approx(-5, abs=0.7)
