"""Growth rates by regression, and their extension."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.robust.norms import HuberT
from statsmodels.robust.robust_linear_model import RLM

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.trends.regression import log_growth_table, predict_log_growth


def panel(values, first_year=2010, name="co2e_t"):
    frames = {
        firm: pd.Series(row, index=pd.RangeIndex(first_year, first_year + len(row)))
        for firm, row in values.items()
    }
    return pd.concat(frames, names=["enterprise_id", "year"]).to_frame(name)


def noisy(n, growth=0.05, seed=1):
    rng = np.random.default_rng(seed)
    return np.exp(growth * np.arange(n) + rng.normal(0, 0.03, n)) * 100


def rows(data, **options):
    return log_growth_table(data, **options).set_index("method")


def test_growth_and_interval_equal_the_formula():
    values = noisy(12)
    row = rows(panel({"A": values})).loc["ols"]
    fit = stats.linregress(np.arange(12), np.log(values))
    reach = stats.t.ppf(0.95, 10) * fit.stderr
    assert row["growth"] == pytest.approx(np.exp(fit.slope) - 1, rel=1e-10)
    assert row["low"] == pytest.approx(np.exp(fit.slope - reach) - 1, rel=1e-10)
    assert row["high"] == pytest.approx(np.exp(fit.slope + reach) - 1, rel=1e-10)
    least = stats.t.ppf(0.975, 10) * fit.stderr
    assert row["detectable_growth"] == pytest.approx(np.exp(least) - 1, rel=1e-10)
    assert (row["df"], row["status"], row["reason"]) == (10, "ok", "")


def test_robust_growth_and_interval_equal_statsmodels():
    """Huber's line through logarithms; its interval by Student's t, not the normal."""
    values = noisy(12)
    values[5] *= 3
    row = rows(panel({"A": values})).loc["huber"]
    x = np.column_stack([np.ones(12), np.arange(12)])
    theirs = RLM(np.log(values), x, M=HuberT()).fit(
        maxiter=500, tol=1e-12, conv="coefs"
    )
    slope, reach = theirs.params[1], stats.t.ppf(0.95, 10) * theirs.bse[1]
    found = row[["growth", "low", "high"]].astype(float)
    expected = np.expm1([slope, slope - reach, slope + reach])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_exact_growth_has_a_rate_and_no_interval():
    """100, 110, 121 …: ten percent a year."""
    table = rows(panel({"A": 100 * 1.1 ** np.arange(10)}))
    np.testing.assert_allclose(table["growth"].drop("glsar"), 0.1, rtol=1e-9)
    assert set(table["status"]) == {"exact_fit"}
    assert table["low"].isna().all()
    assert "残差为零" in table.loc["ols", "reason"]


def test_constant_series_grows_by_nothing():
    row = rows(panel({"A": [7.0] * 8})).loc["ols"]
    assert row["growth"] == pytest.approx(0, abs=1e-12)
    assert row["status"] == "exact_fit"


@pytest.mark.parametrize(
    ("n", "judged"),
    [(5, []), (6, ["huber"]), (7, ["huber", "ols"]), (10, ["glsar", "huber", "ols"])],
)
def test_each_method_from_the_years_at_which_it_means_something(n, judged):
    table = rows(panel({"A": noisy(n)}))
    assert sorted(table.index[table["growth"].notna()]) == judged
    short = table[table["status"] != "ok"]
    assert set(short["status"]) <= {"too_few_years"}
    assert all("至少需要" in reason for reason in short["reason"])
    assert (table["n"] == n).all()


def test_zero_and_negative_values_have_no_logarithm():
    values = noisy(12)
    values[3] = 0
    table = rows(panel({"A": values}))
    assert set(table["status"]) == {"not_positive"}
    assert table["growth"].isna().all()


def test_gaps_keep_the_time_axis_and_stop_what_needs_neighbours():
    values = 100 * 1.1 ** np.arange(14) * np.exp(np.tile([0.01, -0.01], 7))
    values[[4, 9]] = np.nan
    table = rows(panel({"A": values}))
    assert table.loc["ols", "growth"] == pytest.approx(0.1, abs=0.01)
    assert np.isnan(table.loc["ols", "durbin_watson"])
    assert table.loc["glsar", "status"] == "years_missing"
    whole = rows(panel({"A": noisy(14)}))
    assert 0 < whole.loc["ols", "durbin_watson"] < 4
    assert whole.loc["ols", "reason"] == ""


def test_many_series_equal_one_at_a_time():
    rng = np.random.default_rng(2)
    values = np.exp(rng.normal(0, 0.3, (30, 13))) * 50
    values[rng.random(values.shape) < 0.1] = np.nan
    values[5, 5] = -1
    every = panel({f"E{k:02d}": row for k, row in enumerate(values)})
    table = log_growth_table(every)
    for firm, part in table.groupby("enterprise_id"):
        alone = log_growth_table(every.loc[[firm]])
        pd.testing.assert_frame_equal(part.reset_index(drop=True), alone)


def test_an_all_missing_and_an_empty_panel():
    table = log_growth_table(panel({"A": [np.nan] * 8}))
    assert set(table["status"]) == {"too_few_years"}
    empty = log_growth_table(panel({"A": [1.0]}).iloc[:0])
    assert empty.empty
    assert {"growth", "status", "reason"} <= set(empty.columns)


def test_wrong_arguments_are_named():
    data = panel({"A": noisy(8)})
    with pytest.raises(ParameterError, match=r"未知方法“hubr”.*最接近的是“huber”"):
        log_growth_table(data, methods=["hubr"])
    with pytest.raises(ParameterError, match="confidence：1"):
        log_growth_table(data, confidence=1)
    with pytest.raises(MethodError, match="企业 A：年份 2010 重复"):
        log_growth_table(pd.concat([data, data.head(1)]))


# --- predictions ------------------------------------------------------------------


def test_prediction_interval_equals_the_formula():
    values = noisy(10)
    row = predict_log_growth(panel({"A": values}), [2022]).iloc[0]
    x = np.arange(10)
    fit = stats.linregress(x, np.log(values))
    left = np.log(values) - fit.intercept - fit.slope * x
    s = np.sqrt((left**2).sum() / 8)
    spread = np.sqrt(1 + 1 / 10 + (12 - 4.5) ** 2 / ((x - 4.5) ** 2).sum())
    middle = fit.intercept + fit.slope * 12
    reach = stats.t.ppf(0.95, 8) * s * spread
    found = row[["predicted", "low", "high"]].astype(float)
    np.testing.assert_allclose(
        found, np.exp([middle, middle - reach, middle + reach]), rtol=1e-9
    )
    assert (row["horizon"], row["status"]) == (3, "ok")


def test_prediction_equals_that_of_statsmodels():
    """``get_prediction`` of least squares of logarithms, interval of a value."""
    values = noisy(12)
    x = np.column_stack([np.ones(12), np.arange(12)])
    ahead = np.column_stack([np.ones(3), [12, 14, 17]])
    theirs = OLS(np.log(values), x).fit().get_prediction(ahead)
    expected = np.exp(theirs.summary_frame(alpha=0.1))
    table = predict_log_growth(panel({"A": values}), [2022, 2024, 2027])
    names = ["mean", "obs_ci_lower", "obs_ci_upper"]
    np.testing.assert_allclose(
        table[["predicted", "low", "high"]], expected[names], rtol=1e-9
    )


def test_prediction_intervals_hold_as_often_as_they_say():
    """1,000 series of 10 years: nine in ten later values inside, s.e. 0.9 %."""
    rng = np.random.default_rng(9)
    logs = 0.03 * np.arange(13) + rng.normal(0, 0.1, (1000, 13))
    data = panel({f"{k:04d}": row for k, row in enumerate(np.exp(logs[:, :10]))})
    table = predict_log_growth(data, [2022])
    actual = np.exp(logs[:, 12])
    inside = (table["low"] <= actual) & (actual <= table["high"])
    assert inside.mean() == pytest.approx(0.9, abs=0.03)


def test_no_prediction_beyond_half_the_years_or_backwards():
    data = panel({"A": noisy(9), "B": noisy(6), "C": [1.0, -1.0] * 4})
    table = predict_log_growth(data, [2018, 2022, 2023])
    states = table.groupby("enterprise_id")["status"].agg(list).to_dict()
    assert states["A"] == ["not_ahead", "ok", "beyond_horizon"]
    assert states["B"] == ["too_few_years"] * 3
    assert states["C"] == ["not_positive"] * 3
    assert table.loc[table["status"] != "ok", "predicted"].isna().all()
    assert (table.loc[table["status"] != "ok", "reason"] != "").all()
    empty = predict_log_growth(panel({"A": [np.nan] * 8}), [2022])
    assert empty["horizon"].isna().all()
