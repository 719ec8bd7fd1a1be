"""What is said of monitoring: limits, months, gaps, season."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.narrative.monitoring import describe_monitoring


def monthly(values, *, limit=300.0, years=(2021, 2022, 2023, 2024)):
    """Return months of an indicator, NaN left out."""
    rows = [
        {"indicator": "TVOC", "unit": "µg/m³", "year": y, "month": m, "limit": limit}
        for y in years
        for m in range(1, 13)
    ]
    table = pd.DataFrame(rows).assign(value=values)
    return table.dropna(subset=["value"])


@pytest.fixture
def falling():
    steps = np.arange(48)
    return 320 - 2.0 * steps + 20 * np.sin(steps * np.pi / 6)


def test_months_against_the_limit_and_the_season(make_park, falling):
    values = falling.copy()
    values[40] = 350.0
    told = describe_monitoring(make_park(monitoring=monthly(values)))
    assert told[0].startswith(
        "TVOC 2024 年 12 个结果中超标 1 次（限值 300 µg/m³），最高 350，"
        "12 个月中 11 个月达标。"
    )
    assert told[1].startswith("TVOC去除季节后显著下降：每年 −2")


def test_gaps_are_not_judged(make_park, falling):
    values = falling.copy()
    values[[40, 41]] = np.nan
    told = describe_monitoring(make_park("en", monitoring=monthly(values)))
    assert "all 10 results are within the limit" in told[0]
    assert "2 without a result are not judged" in told[0]


def test_not_detected_is_not_unchanged(make_park):
    rng = np.random.default_rng(3)
    values = 200 + 30 * rng.standard_normal(48)
    told = describe_monitoring(make_park(monitoring=monthly(values)))
    assert "未检出不等于没有变化" in told[1]


def test_without_limits_and_months_nothing_is_said(make_park, falling):
    bare = monthly(falling, limit=np.nan).drop(columns=["month", "limit"])
    yearly = bare.groupby(["indicator", "unit", "year"], as_index=False)["value"].mean()
    assert describe_monitoring(make_park(monitoring=yearly)) == []
    assert describe_monitoring(make_park(monitoring=yearly.iloc[:0])) == []


def test_two_years_of_months_have_no_seasonal_trend(make_park, falling):
    short = monthly(falling[:24], years=(2023, 2024))
    assert len(describe_monitoring(make_park(monitoring=short))) == 1
