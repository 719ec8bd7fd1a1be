"""Size of the trend test, and the numbers of many series."""

import itertools
import math
import time

import numpy as np
import pandas as pd
import pytest

from synergy_lib.trends.monotonic import cagr, mann_kendall, sen_slope
from synergy_lib.trends.rank_statistics import (
    critical_s,
    inversion_shares,
    kendall_columns,
    kendall_s,
)
from synergy_lib.trends.trend_numbers import trend_numbers

LEVEL = 0.05


def called(wide):
    """Return the share of series that are called a trend."""
    return trend_numbers(wide)["verdict"].isin(["rising", "falling"]).mean()


@pytest.mark.parametrize("n", range(4, 13))
def test_size_under_no_trend_is_exactly_known_and_at_most_the_level(n):
    """All n! orders are equally likely: S has the shares of the inversion counts."""
    shares = inversion_shares(n)
    s = n * (n - 1) // 2 - 2 * np.arange(len(shares))
    critical = critical_s(n)
    size = 0.0 if math.isnan(critical) else shares[np.abs(s) >= critical].sum()
    assert size <= LEVEL
    # methods §6.1: 0 for n = 4, then the largest size that |S| allows
    exact = {4: 0.0, 5: 2 / 120, 6: 12 / 720, 7: 152 / 5040}
    assert size == pytest.approx(exact.get(n, size), abs=1e-12)
    if n <= 10:
        next_lower = shares[np.abs(s) >= np.nan_to_num(critical, nan=s[0]) - 2].sum()
        assert next_lower > LEVEL or n == 4


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_size_by_enumeration_of_all_orders(n):
    orders = np.array(list(itertools.permutations(range(n))), dtype=float)
    exact = {4: 0.0, 5: 2 / 120, 6: 12 / 720, 7: 152 / 5040}
    assert called(pd.DataFrame(orders)) == pytest.approx(exact[n], abs=1e-12)


@pytest.mark.parametrize("n", range(4, 13))
@pytest.mark.parametrize("decimals", [None, 0])
def test_size_in_simulated_noise(n, decimals):
    """20,000 series: three standard errors of a share of 5 % are 0.0046."""
    noise = np.random.default_rng(n).normal(0, 1.5, (20_000, n))
    wide = pd.DataFrame(noise if decimals is None else noise.round(decimals))
    assert called(wide) <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / 20_000)


@pytest.mark.parametrize(
    "values", [[1, 1, 2, 2, 2, 3, 4, 5], [1, 1, 1, 1, 2, 2, 2, 2], [0] * 7 + [1]]
)
def test_ties_of_eight_years_by_permutation(values):
    """Methods §6.1: all 8! = 40,320 orders of the observed values."""
    orders = np.array(list(itertools.permutations(values)), dtype=float)
    every = np.abs(kendall_s(orders))
    found = kendall_columns(orders[::1009])
    for s, p in zip(found["s"], found["p"], strict=True):
        assert p == pytest.approx((every >= abs(s)).mean(), abs=1e-12)
    assert set(found["method"]) == {"exact_ties"}


def test_power_grows_with_the_number_of_years():
    rng = np.random.default_rng(3)
    rates = [
        called(pd.DataFrame(rng.normal(0, 1, (4000, n)) + 0.5 * np.arange(n)))
        for n in (5, 7, 9, 12)
    ]
    assert rates == sorted(rates)
    assert rates[0] < 0.25
    assert rates[-1] > 0.95


@pytest.mark.parametrize("decimals", [None, 0])
def test_many_series_equal_the_single_functions(decimals):
    rng = np.random.default_rng(1)
    values = rng.normal(4, 3, (120, 12))
    if decimals is not None:
        values = values.round(decimals)
    values[rng.random(values.shape) < 0.3] = np.nan
    wide = pd.DataFrame(values, columns=np.arange(2010.0, 2022))
    wide.iloc[0] = np.nan
    table = trend_numbers(wide)
    for k, row in table.iterrows():
        own = wide.loc[k]
        test, slope = mann_kendall(own), sen_slope(own)
        words = (row["n"], row["s"], row["verdict"], row["method"])
        assert words == (test.n, test.s, test.verdict, test.method)
        found = ["p_one_sided", "slope", "low", "high", "detectable", "cagr"]
        numbers = [test.p_one_sided, slope.slope, slope.low, slope.high]
        numbers += [slope.detectable, cagr(own)]
        np.testing.assert_allclose(row[found].astype(float), numbers, rtol=1e-12)
        assert math.isnan(row["p"]) == (row["n"] < 5)


def test_normal_approximation_of_many_equals_the_formula():
    """Rolling k of 12 rising values to the front makes k(12 − k) falling pairs."""
    values = np.arange(12.0)
    for place in range(0, 12):
        order = np.roll(values, place)
        s = kendall_columns(order[np.newaxis])["s"][0]
        assert s == 66 - 2 * place * (12 - place)
    falls = kendall_columns(values[np.newaxis])
    z = 65 / math.sqrt(12 * 11 * 29 / 18)
    assert falls["p"][0] == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-12)


def test_no_series_keep_the_columns():
    table = trend_numbers(pd.DataFrame(columns=[2020, 2021], dtype=float))
    assert table.empty
    assert {"n", "p", "slope", "verdict"} <= set(table.columns)


def test_ten_thousand_series_take_well_under_a_second():
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(10_000, 12)))
    trend_numbers(wide.head(10))
    start = time.process_time()
    trend_numbers(wide)
    assert time.process_time() - start < 0.8  # 0.08 s on an idle core
