"""Mann–Kendall corrected for autocorrelation."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from synergy_lib.errors import ParameterError
from synergy_lib.trends.autocorrelation import (
    VARIANTS,
    autocorrelated_trend_table,
    autocorrelations,
)

RAINFALL = {  # asserted by pyMannKendall's own tests: S, corrected variance, p
    "yue_wang": (-1959, 550988.7079774942, 0.008344656549921448),
    "yue_wang_lag1": (-1959, 10377301.691383107, 0.5433110592605916),
    "pre_whitening": (-219, 4865719.0, 0.9212742990272651),
    "trend_free_pre_whitening": (-634, 4866576.0, 0.7741578265217384),
}


def panel(rows, first_year=1990):
    years = range(first_year, first_year + len(rows[0]))
    index = pd.MultiIndex.from_product(
        [[f"{k:04d}" for k in range(len(rows))], years],
        names=["enterprise_id", "year"],
    )
    return pd.DataFrame({"x": np.ravel(rows)}, index=index)


def autoregressive(count, n, rho, trend=0.0, seed=4):
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, (count, n + 50))
    for year in range(1, n + 50):
        noise[:, year] += rho * noise[:, year - 1]
    return noise[:, 50:] + trend * np.arange(n)


@pytest.fixture(scope="module")
def rainfall(shared):
    path = shared("data", "trend_vectors", "pymannkendall_cases.json")
    values = json.loads(path.read_text())["data"]["arbitrary_1d_data"]
    # The package closes the gaps; here a gap would stop the correction.
    return np.array([x for x in values if x is not None], dtype=float)


@pytest.mark.parametrize("variant", RAINFALL)
def test_rainfall_as_asserted_by_pymannkendall(rainfall, variant):
    s, variance, p = RAINFALL[variant]
    row = autocorrelated_trend_table(panel([rainfall]), variants=[variant]).iloc[0]
    assert row["s"] == s
    assert row["variance"] == pytest.approx(variance, rel=1e-9)
    assert row["p"] == pytest.approx(p, rel=1e-9)
    assert row["slope"] == pytest.approx(-0.0064516129032258064, rel=1e-12)


def test_hamed_rao_sum_as_asserted_by_pymannkendall(rainfall):
    """Its older release took no absolute value: 257403.38678 = V (1 − |Σ|)."""
    row = autocorrelated_trend_table(panel([rainfall]), variants=["hamed_rao"]).iloc[0]
    plain = 4889800.333333333
    assert row["variance"] == pytest.approx(2 * plain - 257403.38678462413, rel=1e-9)
    assert row["correction"] == pytest.approx(2 - 257403.38678462413 / plain, rel=1e-9)


def test_reference_series_are_corrected_in_the_right_direction(shared):
    path = shared("data", "trend_vectors", "r_datasets.json")
    case = json.loads(path.read_text())["Nile"]
    table = autocorrelated_trend_table(panel([case["x"]], 1871)).set_index("variant")
    plain = case["direct"]
    assert (table.loc[["hamed_rao", "yue_wang"], "s"] == plain["S"]).all()
    less_certain = ["hamed_rao", "yue_wang_lag1", "pre_whitening"]
    assert (table.loc[less_certain, "p"] > plain["p"]).all()
    expected = plain["varS"] * table.loc["hamed_rao", "correction"]
    assert table.loc["hamed_rao", "variance"] == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(table["slope"], -2.6)


def test_autocorrelations_equal_the_definition():
    rng = np.random.default_rng(1)
    rows = rng.normal(0, 1, (5, 11))
    found = autocorrelations(rows)
    for row, own in zip(rows - rows.mean(axis=1, keepdims=True), found, strict=True):
        direct = [(row[k:] * row[: 11 - k]).sum() / (row**2).sum() for k in range(11)]
        np.testing.assert_allclose(own, direct, atol=1e-12)


def test_white_noise_needs_no_correction_by_hamed_rao_without_significant_lags():
    rows = autoregressive(200, 15, 0.0)
    table = autocorrelated_trend_table(panel(rows), variants=["hamed_rao"])
    trend = table["slope"].to_numpy()[:, None] * np.arange(1, 16)
    ranks = stats.rankdata(rows - trend, axis=1)
    quiet = (np.abs(autocorrelations(ranks)[:, 1:]) <= 1.96 / 15**0.5).all(axis=1)
    assert quiet.sum() > 50
    assert (table.loc[quiet, "correction"] == 1).all()
    assert (table["correction"] >= 1).all()


def test_size_under_autocorrelation_as_documented():
    """1,000 series of 30 years, ρ = 0.5: three standard errors are 4.7 %."""
    rows = autoregressive(1000, 30, 0.5)
    table = autocorrelated_trend_table(panel(rows))
    rates = (table["p"] <= 0.05).groupby(table["variant"]).mean()
    plain = np.mean([stats.kendalltau(np.arange(30), x).pvalue <= 0.05 for x in rows])
    assert plain == pytest.approx(0.232, abs=0.047)
    assert rates["pre_whitening"] == pytest.approx(0.058, abs=0.025)
    assert rates["hamed_rao"] < plain
    assert rates["yue_wang_lag1"] < plain
    assert rates["yue_wang"] > 0.45


def test_no_verdict_is_drawn_from_all_lags_at_once():
    rows = autoregressive(20, 12, 0.0)
    table = autocorrelated_trend_table(panel(rows), variants=["yue_wang"])
    assert set(table["status"]) == {"unreliable"}
    assert set(table["verdict"]) == {""}
    assert table["p"].notna().all()
    assert table["reason"].str.contains("误报率").all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_fewer_than_ten_years_or_a_gap_are_not_corrected(variant):
    short = autocorrelated_trend_table(panel([range(9)]), variants=[variant]).iloc[0]
    assert (short["status"], short["verdict"]) == ("too_few_years", "")
    assert np.isnan(short["p"])
    assert "至少需要 10 年" in short["reason"]
    gappy = panel([np.random.default_rng(0).normal(size=12)])
    gappy.iloc[5] = np.nan
    row = autocorrelated_trend_table(gappy, variants=[variant]).iloc[0]
    assert (row["status"], row["n"]) == ("years_missing", 11)
    assert np.isnan(row["p"])


def test_a_variance_that_is_not_positive_is_not_defined():
    """Alternating values: 1 + 2 (1 − 1/n) ρ₁ falls below zero."""
    rows = autoregressive(400, 12, -0.9)
    table = autocorrelated_trend_table(panel(rows), variants=["yue_wang_lag1"])
    undefined = table["correction"] <= 0
    assert undefined.sum() > 100
    assert set(table.loc[undefined, "status"]) == {"not_defined"}
    assert set(table.loc[undefined, "verdict"]) == {""}
    assert table.loc[undefined, "p"].isna().all()
    assert table.loc[~undefined, "p"].notna().all()


def test_a_constant_and_a_straight_series():
    table = autocorrelated_trend_table(panel([[3.0] * 12, np.arange(12) * 0.1 + 7]))
    constant = table[table["enterprise_id"] == "0000"]
    assert set(constant["status"]) == {"constant"}
    straight = table[table["enterprise_id"] == "0001"].set_index("variant")
    assert straight.loc["hamed_rao", "correction"] == 1.0
    assert straight.loc["hamed_rao", "verdict"] == "rising"
    assert straight.loc["trend_free_pre_whitening", "verdict"] == "rising"


def test_reversing_a_series_turns_the_sign():
    rows = autoregressive(30, 14, 0.4, 0.2)
    forward = autocorrelated_trend_table(panel(rows), variants=["yue_wang"])
    backward = autocorrelated_trend_table(panel(rows[:, ::-1]), variants=["yue_wang"])
    np.testing.assert_allclose(forward["s"], -backward["s"])
    np.testing.assert_allclose(forward["p"], backward["p"], rtol=1e-9)


def test_unknown_variant_is_named():
    with pytest.raises(ParameterError, match="未知方法“hamed_roa”"):
        autocorrelated_trend_table(panel([range(12)]), variants=["hamed_roa"])
