"""Monthly results taken apart into trend, season and remainder."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import co2
from statsmodels.tsa.seasonal import STL

from synergy_lib.demo_park.programme import load_monitoring
from synergy_lib.errors import InputDataError
from synergy_lib.trends.monitoring.decomposition import seasonal_decomposition

SEASON = 40 * np.sin(2 * np.pi * np.arange(12) / 12)


def monthly(values, start="2018-01", indicator="TVOC"):
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


def seasonal(years, slope=-6.0, noise=5.0, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(12 * years)
    return 300 + np.tile(SEASON, years) + slope * t / 12 + rng.normal(0, noise, len(t))


def summary(values, **options):
    return seasonal_decomposition(monthly(values, **options)).summary.iloc[0]


@pytest.mark.parametrize(
    ("years", "kind"), [(3, "fixed"), (6, "fixed"), (8, "changing")]
)
def test_known_components_are_found(years, kind):
    """Season of 80 from highest (April) to lowest (October), −6 a year, noise 5."""
    row = summary(seasonal(years))
    assert (row["status"], row["season_kind"]) == ("ok", kind)
    assert row["amplitude"] == pytest.approx(80, abs=10)
    assert row["highest_month"] in (3, 4, 5)
    assert row["lowest_month"] in (9, 10, 11)
    assert row["trend_change"] == pytest.approx(-6, abs=3)
    assert row["seasonal_strength"] > 0.9
    assert (row["n_months"], row["n_filled"]) == (12 * years, 0)


def test_components_are_those_of_statsmodels_and_add_up():
    values = seasonal(9)
    table = seasonal_decomposition(monthly(values)).components
    fit = STL(values, 12, seasonal=7, robust=True).fit()
    np.testing.assert_allclose(table["trend"], fit.trend, rtol=1e-12)
    np.testing.assert_allclose(table["season"], fit.seasonal, rtol=1e-12, atol=1e-12)
    total = table[["trend", "season", "remainder"]].sum(axis=1)
    np.testing.assert_allclose(total, values, rtol=1e-12)
    assert not table["is_filled"].any()


def test_carbon_dioxide_of_mauna_loa():
    """1958–2001, highest in May, lowest in the autumn; five months are missing."""
    weekly = co2.load_pandas().data["co2"]
    months = weekly.groupby(weekly.index.to_period("M")).mean()
    frame = monthly(months.to_numpy(), start=str(months.index[0]), indicator="CO2")
    found = seasonal_decomposition(frame)
    row = found.summary.iloc[0]
    assert (row["status"], row["n_months"], row["n_filled"]) == ("ok", 526, 5)
    assert row["filled_months"] == "1958-06、1958-10、1964-02、1964-03、1964-04"
    assert (row["highest_month"], row["lowest_month"]) == (5, 10)
    assert row["trend_change"] == pytest.approx(1.29, abs=0.02)
    assert min(row["trend_strength"], row["seasonal_strength"]) > 0.98
    # The record rose by 0.6 ppm a year then: what fills the gap lies on its course.
    filled = found.components[found.components["is_filled"]]
    assert filled[["value", "remainder"]].isna().all(axis=None)
    assert filled["trend"].between(314, 321).all()


def test_filled_months_hardly_move_the_rest():
    """Five of sixty months left out: below half of the noise of 5."""
    values = seasonal(5, seed=4)
    whole = seasonal_decomposition(monthly(values)).components
    values[[7, 8, 30, 45, 58]] = np.nan
    part = seasonal_decomposition(monthly(values))
    assert part.summary.loc[0, "n_filled"] == 5
    apart = (part.components[["trend", "season"]] - whole[["trend", "season"]]).abs()
    assert (apart.mean() < 2.5).all()


def test_gaps_of_a_pure_season_and_line_are_filled_exactly():
    values = seasonal(4, noise=0)
    values[[5, 6, 7, 20]] = np.nan
    table = seasonal_decomposition(monthly(values)).components
    filled = table["trend"] + table["season"]
    np.testing.assert_allclose(filled, seasonal(4, noise=0), atol=1.0)


def test_an_outlier_gets_no_weight_and_leaves_the_season():
    values = seasonal(5, noise=2.0)
    values[30] += 400
    found = seasonal_decomposition(monthly(values))
    assert found.components.loc[30, "weight"] < 0.01
    assert found.components.loc[30, "remainder"] == pytest.approx(400, abs=15)
    assert found.summary.loc[0, "amplitude"] == pytest.approx(80, abs=6)


@settings(max_examples=15)
@given(
    st.floats(-1e4, 1e4), st.floats(0.01, 1e3), st.integers(0, 100), st.integers(3, 8)
)
def test_another_unit_changes_nothing_but_the_unit(shift, scale, seed, years):
    values = seasonal(years, seed=seed)
    one, other = summary(values), summary(shift + scale * values)
    for name in ("trend_strength", "seasonal_strength"):
        assert other[name] == pytest.approx(one[name], abs=1e-6)
    for name in ("amplitude", "trend_change"):
        assert other[name] == pytest.approx(scale * one[name], rel=1e-6, abs=1e-6)


def gap(*places, years=5):
    values = seasonal(years)
    values[list(places)] = np.nan
    return values


@pytest.mark.parametrize(
    ("values", "status", "reason"),
    [
        (np.arange(35.0), "too_few_years", "只有 35 个月"),
        ([np.nan] * 40, "no_data", "无数据"),
        (gap(20, 21, 22, 23), "gap_too_long", "缺测连续 4 个月"),
        (gap(*range(1, 20, 3)), "too_many_gaps", "缺测 7 个月"),
        (gap(5, 17, years=3), "month_unknown", "历年仅 1 个"),
        ([7.0] * 48, "constant", "各月结果相同"),
    ],
)
def test_what_cannot_be_taken_apart_says_why(values, status, reason):
    found = seasonal_decomposition(monthly(values))
    row = found.summary.iloc[0]
    assert row["status"] == status
    assert reason in row["reason"]
    assert np.isnan(row["amplitude"])
    assert found.components.empty


def test_leading_and_trailing_gaps_are_not_part_of_the_series():
    values = np.concatenate([[np.nan] * 5, seasonal(3), [np.nan] * 9])
    row = summary(values)
    assert (row["status"], row["n_months"], row["n_filled"]) == ("ok", 36, 0)
    assert row["first_month"] == "2018-06"


def test_yearly_results_and_none_at_all():
    found = seasonal_decomposition(load_monitoring())
    assert set(found.summary["status"]) == {"annual_only"}
    assert found.components.empty
    assert seasonal_decomposition(load_monitoring().iloc[:0]).summary.empty


def test_several_indicators_and_daily_results():
    frame = pd.concat([monthly(seasonal(3)), monthly(seasonal(4), indicator="COD")])
    found = seasonal_decomposition(frame)
    assert found.summary["indicator"].tolist() == ["TVOC", "COD"]
    assert found.components.groupby("indicator").size().to_dict() == {
        "TVOC": 36,
        "COD": 48,
    }
    days = pd.date_range("2021-01-01", "2023-12-31")
    values = 50 + 10 * np.sin(2 * np.pi * days.day_of_year / 365)
    daily = pd.DataFrame(
        {"date": days, "indicator": "COD", "value": values, "unit": "mg/L"}
    )
    row = seasonal_decomposition(daily).summary.iloc[0]
    assert (row["status"], row["n_months"]) == ("ok", 36)


def test_two_results_of_a_month_are_refused():
    frame = pd.concat([monthly(seasonal(3))] * 2)
    with pytest.raises(InputDataError, match="重复出现"):
        seasonal_decomposition(frame)
