import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synergy_lib.errors import MethodError
from synergy_lib.trends.monotonic import (
    cagr,
    critical_s,
    mann_kendall,
    sen_slope,
    total_change,
    trend_table,
)

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))


def series(values, first_year=2015):
    return pd.Series(values, index=range(first_year, first_year + len(values)))


def frame(values_by_firm, years, quantity="co2e_t"):
    parts = {
        firm: pd.Series(values, index=pd.Index(years, name="year"))
        for firm, values in values_by_firm.items()
    }
    joined = pd.concat(parts, names=["enterprise_id"])
    return joined.to_frame(quantity)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


# --- Mann–Kendall ---------------------------------------------------------------


def test_mann_kendall_vector_n5(vectors):
    case = vectors["mk_n5"]
    result = mann_kendall(series(case["x"]))
    assert result.s == case["S"]
    assert result.p == pytest.approx(case["p_exact"], abs=1e-6)
    assert (result.method, result.verdict) == ("exact", "falling")
    assert result.tau == -1.0
    assert result.may_print_p


def test_mann_kendall_vector_n6(vectors):
    case = vectors["mk_n6"]
    result = mann_kendall(series(case["x"]))
    assert result.s == case["S"]
    assert result.p == pytest.approx(case["p_exact"], abs=1e-6)


def test_mann_kendall_vector_n4_is_too_short_for_a_verdict(vectors):
    case = vectors["mk_n4"]
    result = mann_kendall(series(case["x"]))
    assert result.s == case["S"]
    assert result.p == pytest.approx(case["p_exact_two_sided"], abs=1e-6)
    assert result.p_one_sided == pytest.approx(1 / 24)
    assert result.verdict == "too_few_years"
    assert not result.may_print_p


def test_critical_s_equals_published_one_sided_table(vectors):
    table = vectors["mk_small_critical_one_sided"]
    for n, s95, s99 in zip(table["n"], table["S95"], table["S99"], strict=True):
        assert critical_s(n, 0.05, sides=1) == s95
        found = critical_s(n, 0.01, sides=1)
        assert math.isnan(found) if s99 is None else found == s99


@pytest.mark.parametrize(
    ("n", "two_sided"), [(4, None), (5, 10), (6, 13), (7, 15), (8, 18), (10, 23)]
)
def test_critical_s_two_sided_decision_table(n, two_sided):
    found = critical_s(n)
    assert math.isnan(found) if two_sided is None else found == two_sided


UPPER_TAILS = {  # methods §6.1, to the four decimals printed there
    4: {2: 0.3750, 4: 0.1667, 6: 0.0417},
    5: {2: 0.4083, 4: 0.2417, 6: 0.1167, 8: 0.0417, 10: 0.0083},
    6: {5: 0.2347, 7: 0.1361, 9: 0.0681, 11: 0.0278, 13: 0.0083, 15: 0.0014},
    7: {9: 0.1194, 11: 0.0681, 13: 0.0345, 15: 0.0151, 17: 0.0054, 19: 0.0014},
    8: {12: 0.0894, 14: 0.0543, 16: 0.0305, 18: 0.0156, 20: 0.0071, 22: 0.0028},
    9: {14: 0.0901, 16: 0.0597, 18: 0.0376, 20: 0.0223, 22: 0.0124, 24: 0.0063},
    10: {17: 0.0779, 19: 0.0542, 21: 0.0363, 23: 0.0233, 25: 0.0143, 27: 0.0083},
}


def order_with_s(n, s):
    """Return a series of n different values whose S is s, by single swaps."""
    values = list(range(n))
    swaps = (n * (n - 1) // 2 - s) // 2
    for end in range(n - 1, 0, -1):
        for place in range(end):
            if swaps == 0:
                return values
            values[place], values[place + 1] = values[place + 1], values[place]
            swaps -= 1
    return values


@pytest.mark.parametrize("n", UPPER_TAILS)
def test_mann_kendall_exact_upper_tail_table(n):
    for s, tail in UPPER_TAILS[n].items():
        result = mann_kendall(series(order_with_s(n, s)))
        assert result.s == s
        assert result.p_one_sided == pytest.approx(tail, abs=5e-5)
        assert result.p == pytest.approx(2 * result.p_one_sided)


@pytest.mark.parametrize("values", [[1, 1, 2], [3, 1, 1, 2, 2], [1, 2, 2, 2, 1, 3]])
def test_mann_kendall_with_ties_equals_enumeration_of_all_orders(values):
    def s_of(order):
        return sum(np.sign(b - a) for a, b in itertools.combinations(order, 2))

    observed = mann_kendall(series(values))
    every = np.array([s_of(order) for order in itertools.permutations(values)])
    share = np.mean(np.abs(every) >= abs(observed.s))
    assert observed.p == pytest.approx(min(1.0, share))
    assert observed.method == "exact_ties"


def test_mann_kendall_beyond_the_exact_range_is_normal_and_matches_reference(shared):
    path = shared("data", "trend_vectors", "r_datasets.json")
    for name, case in json.loads(path.read_text()).items():
        years = case["start"] + case["step"] * np.arange(len(case["x"]))
        result = mann_kendall(pd.Series(case["x"], index=years))
        slope = sen_slope(pd.Series(case["x"], index=years)).slope
        assert result.s == case["direct"]["S"]
        expected = case["direct"]["sen_slope_per_step"] / case["step"]
        assert slope == pytest.approx(expected, rel=1e-9)
        if name != "precip_first8":
            assert result.method == "normal"
            assert result.p == pytest.approx(case["direct"]["p"], rel=1e-6)


def test_mann_kendall_reference_series_with_missing_values(shared):
    path = shared("data", "trend_vectors", "pymannkendall_cases.json")
    cases = json.loads(path.read_text())
    values = pd.Series(cases["data"]["arbitrary_1d_data"], dtype=float)
    expected = cases["cases"]["original_test"]["expected"]
    result = mann_kendall(values)
    assert (result.s, result.n) == (expected["s"], 353)
    assert result.p == pytest.approx(expected["p"], rel=1e-9)
    assert result.tau == pytest.approx(expected["Tau"], rel=1e-9)
    assert result.verdict == "not_detected"


@given(st.lists(NUMBERS, min_size=2, max_size=12))
def test_mann_kendall_is_antisymmetric_under_reversal(values):
    forward, backward = mann_kendall(series(values)), mann_kendall(series(values[::-1]))
    assert backward.s == -forward.s
    assert backward.p == pytest.approx(forward.p)


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=12))
def test_mann_kendall_is_invariant_under_monotone_transform(values):
    plain = mann_kendall(series([float(x) for x in values]))
    curved = mann_kendall(series([math.exp(x / 20) for x in values]))
    assert (plain.s, plain.p) == (curved.s, curved.p)


@given(st.lists(NUMBERS, min_size=2, max_size=10, unique=True))
def test_mann_kendall_exact_p_equals_scipy(values):
    expected = stats.kendalltau(range(len(values)), values, method="exact").pvalue
    assert mann_kendall(series(values)).p == pytest.approx(expected, abs=1e-12)


# --- short series, gaps, wrong input ----------------------------------------------


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([], "no_data"),
        ([1.0], "level_only"),
        ([1.0, 2.0], "change_only"),
        ([1.0, 2.0, 3.0], "direction_only"),
        ([1.0, 2.0, 3.0, 4.0], "too_few_years"),
    ],
)
def test_mann_kendall_short_series_never_names_a_trend(values, verdict):
    assert mann_kendall(series(values)).verdict == verdict


def test_mann_kendall_constant_series_has_p_one():
    result = mann_kendall(series([3.0] * 6))
    assert (result.s, result.p, result.verdict) == (0, 1.0, "not_detected")


def test_mann_kendall_level_changes_the_verdict():
    short = series([12, 10, 9, 7, 6])
    assert mann_kendall(short, alpha=0.01).verdict == "not_detected"


def test_sen_slope_keeps_gaps_on_the_time_axis():
    """2018: 10, 2020: 8, 2021: 7 → every pair falls by exactly 1 a year."""
    gappy = pd.Series([10.0, np.nan, 8.0, 7.0], index=[2018, 2019, 2020, 2021])
    result = sen_slope(gappy)
    assert (result.slope, result.n) == (-1.0, 3)
    assert result.intercept == pytest.approx(8 + 2020)


def test_order_of_the_index_does_not_matter():
    values = series([12.0, 10, 11, 9, 8, 7])
    assert mann_kendall(values[::-1]) == mann_kendall(values)
    assert sen_slope(values[::-1]) == sen_slope(values)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (pd.Series([1.0, 2.0], index=[2020, 2020]), "2020 重复"),
        (pd.Series([1.0, np.inf], index=[2020, 2021]), "无穷大"),
        (pd.Series([1.0, 2.0], index=["a", "b"]), "索引不是年份"),
    ],
)
def test_wrong_series_are_refused_with_the_reason(bad, message):
    for method in (mann_kendall, sen_slope, cagr):
        with pytest.raises(MethodError, match=message):
            method(bad)


# --- Sen's slope --------------------------------------------------------------------


def test_sen_slope_vectors(vectors):
    five = sen_slope(pd.Series(vectors["mk_n5"]["x"], index=range(5)))
    assert five.slope == vectors["mk_n5"]["sen"]
    assert five.intercept == vectors["mk_n5"]["sen_intercept"]
    six = sen_slope(series(vectors["mk_n6"]["x"]))
    assert six.slope == vectors["mk_n6"]["sen"]


def test_sen_slope_two_years_is_the_difference_without_interval():
    result = sen_slope(pd.Series([4.0, 10.0], index=[2020, 2022]))
    assert result.slope == 3.0
    assert math.isnan(result.low)
    assert math.isnan(result.detectable)


def test_sen_slope_one_year_is_undefined():
    assert math.isnan(sen_slope(series([4.0])).slope)


@given(st.lists(NUMBERS, min_size=5, max_size=14))
def test_sen_slope_and_interval_equal_scipy(values):
    years = np.arange(2010, 2010 + len(values))
    expected = stats.theilslopes(values, years, 0.90, method="separate")
    result = sen_slope(pd.Series(values, index=years))
    close = {"rel": 1e-9, "abs": 1e-6}
    assert result.slope == pytest.approx(expected.slope, **close)
    assert result.intercept == pytest.approx(expected.intercept, **close)
    assert result.low == pytest.approx(expected.low_slope, **close)
    assert result.high == pytest.approx(expected.high_slope, **close)
    assert result.low <= result.slope <= result.high


@given(
    st.lists(NUMBERS, min_size=5, max_size=10, unique=True),
    st.sampled_from([-1.0, 1.0]),
)
def test_detectable_change_is_what_would_have_been_detected(values, sign):
    """A trend steeper than `detectable` on the same scatter is always significant."""
    observed = series(values)
    fitted = sen_slope(observed)
    scatter = observed - fitted.slope * np.arange(len(values))
    steeper = sign * (1.001 * fitted.detectable + 1e-3)
    tilted = scatter + steeper * np.arange(len(values))
    verdict = mann_kendall(tilted).verdict
    assert verdict == ("rising" if sign > 0 else "falling")


# --- growth -------------------------------------------------------------------------


def test_growth_huahai(vectors):
    case = vectors["cagr_huahai"]
    values = pd.Series(case["x"], index=[2020, 2020 + case["years"]])
    assert total_change(values) == pytest.approx(case["total"], abs=1e-6)
    # the vector's last digits are rounded loosely: √(0.54/0.93) − 1 = −0.2379992
    assert cagr(values) == pytest.approx(case["cagr"], abs=1e-5)
    assert cagr(values) == pytest.approx((0.54 / 0.93) ** 0.5 - 1, rel=1e-12)


@pytest.mark.parametrize("values", [[0.0, 5.0], [-1.0, 5.0], [5.0]])
def test_growth_is_undefined_without_a_positive_start(values):
    assert math.isnan(cagr(series(values)))
    assert math.isnan(total_change(series(values)))


def test_growth_to_zero_has_a_total_change_but_no_rate():
    assert total_change(series([5.0, 0.0])) == -1.0
    assert math.isnan(cagr(series([5.0, 0.0])))


def test_cagr_of_a_constant_is_zero():
    assert cagr(series([5.0, 5.0, 5.0])) == 0.0


# --- table --------------------------------------------------------------------------


def test_trend_table_equals_the_single_functions():
    rng = np.random.default_rng(1)
    values = rng.normal(100, 10, (12, 7))
    values[rng.random(values.shape) < 0.25] = np.nan
    data = frame({f"E{i:02d}": row for i, row in enumerate(values)}, range(2016, 2023))
    table = trend_table(data).set_index("enterprise_id")
    for firm, row in table.iterrows():
        own = data.xs(firm)["co2e_t"]
        test, slope = mann_kendall(own), sen_slope(own)
        assert (row["n"], row["verdict"]) == (test.n, test.verdict)
        assert row["s"] == test.s
        numbers = [slope.slope, slope.low, slope.high, slope.detectable, cagr(own)]
        columns = ["slope", "low", "high", "detectable", "cagr"]
        np.testing.assert_allclose(row[columns].astype(float), numbers, rtol=1e-12)
        printed = test.p if test.may_print_p else np.nan
        np.testing.assert_allclose(row["p"], printed)


def test_trend_table_without_rows_keeps_its_columns():
    empty = frame({"E1": [1.0]}, [2020]).iloc[:0]
    table = trend_table(empty)
    assert table.empty
    assert {"enterprise_id", "p", "q", "slope", "statement_zh"} <= set(table.columns)


def test_trend_table_all_missing_series_is_no_data():
    table = trend_table(frame({"E1": [np.nan, np.nan]}, [2020, 2021]))
    assert table.loc[0, "verdict"] == "no_data"
    assert table.loc[0, "statement_zh"] == "碳排放总量：无数据。"


def test_trend_table_refuses_a_year_twice_and_infinity():
    data = frame({"E1": [1.0, 2.0]}, [2020, 2020])
    with pytest.raises(MethodError, match="企业 E1：年份 2020 重复"):
        trend_table(data)
    with pytest.raises(MethodError, match="企业 E1 co2e_t：含无穷大"):
        trend_table(frame({"E1": [1.0, np.inf]}, [2020, 2021]))


def test_trend_table_direction_is_a_sign_not_a_test():
    table = trend_table(
        frame({"A": [1, 2, 1.5], "B": [3, 2, 1], "C": [2, 2, 2]}, [2020, 2021, 2022])
    )
    assert table["direction"].tolist() == ["rising", "falling", "none"]
    assert set(table["verdict"]) == {"direction_only"}


def test_trend_table_adjusted_p_is_benjamini_hochberg():
    rows = {"A": [1, 2, 3, 4, 5], "B": [1, 3, 2, 4, 5], "C": [2, 1, 3, 5, 4]}
    table = trend_table(frame(rows, range(2018, 2023)))
    p = table["p"].to_numpy()  # 2/120, then the larger ones
    ordered = np.sort(p)
    adjusted = np.minimum.accumulate((ordered * 3 / [1, 2, 3])[::-1])[::-1]
    np.testing.assert_allclose(np.sort(table["q"]), np.minimum(adjusted, 1))


def test_trend_table_uses_given_labels():
    labels = pd.DataFrame(
        {"label_zh": ["碳强度"], "label_en": ["Carbon intensity"], "unit": ["t/万元"]},
        index=["A1"],
    )
    table = trend_table(frame({"E1": [1.0]}, [2022], "A1"), labels=labels)
    assert table.loc[0, "statement_zh"].startswith("碳强度：仅有 2022 年一年数据")
    assert "1 t/万元" in table.loc[0, "statement_zh"]
    assert table.loc[0, "statement_en"].startswith("Carbon intensity: one year only")
