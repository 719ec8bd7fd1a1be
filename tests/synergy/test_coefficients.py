"""Coefficients, intervals, tests, and what cannot be judged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from synergy_lib.errors import MethodError
from synergy_lib.synergy.coefficients import (
    correlation,
    fisher_interval,
)

METHODS = ("pearson", "spearman", "kendall", "partial_pearson", "partial_spearman")


def sample(n=40, seed=3):
    """Return two amounts that both grow with size, and size."""
    rng = np.random.default_rng(seed)
    size = rng.normal(9, 1, n)
    return size + rng.normal(0, 0.5, n), size + rng.normal(0, 0.7, n), size


def test_spearman_interval_of_bonett_wright_2000_statpsych_example():
    # statpsych::ci.spear: estimate 0.8699639, interval 0.5840951 … 0.9638297
    y = np.array([21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19], float)
    x = np.array([67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51], float)
    found = correlation(y, x, "spearman")
    assert found.estimate == pytest.approx(0.8699639, abs=5e-8)
    assert found.low == pytest.approx(0.5840951, abs=5e-8)
    assert found.high == pytest.approx(0.9638297, abs=5e-8)
    assert found.n == 15


def test_pearson_agrees_with_scipy():
    x, y, _ = sample()
    found, theirs = correlation(x, y, "pearson"), stats.pearsonr(x, y)
    interval = theirs.confidence_interval(0.95)
    assert found.estimate == pytest.approx(theirs.statistic, rel=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(interval), rel=1e-9)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)


def test_spearman_and_kendall_agree_with_scipy():
    x, y, _ = sample(12)
    rank, tau = stats.spearmanr(x, y), stats.kendalltau(x, y)
    found = correlation(x, y, "spearman")
    assert (found.estimate, found.p) == pytest.approx(tuple(rank), rel=1e-9)
    found = correlation(x, y, "kendall")
    assert (found.estimate, found.p) == pytest.approx(tuple(tau), rel=1e-9)
    half = stats.norm.ppf(0.975) * np.sqrt(0.437 / 8)
    assert np.arctanh(found.high) - np.arctanh(found.estimate) == pytest.approx(half)


def test_partial_is_the_textbook_formula():
    x, y, z = sample()
    xy, xz, yz = np.corrcoef([x, y, z])[[0, 0, 1], [1, 2, 2]]
    expected = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
    found = correlation(x, y, "partial_pearson", control=z)
    assert found.estimate == pytest.approx(expected, rel=1e-9)
    t = expected * np.sqrt(37 / (1 - expected**2))
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), 37), rel=1e-9)
    low, high = fisher_interval(expected, 1 / 36)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


def test_partial_spearman_is_partial_pearson_of_ranks():
    columns = sample()
    x, y, z = columns
    rx, ry, rz = (stats.rankdata(c) for c in columns)
    found = correlation(x, y, "partial_spearman", control=z)
    of_ranks = correlation(rx, ry, "partial_pearson", control=rz)
    assert found.estimate == pytest.approx(of_ranks.estimate, rel=1e-12)
    assert found.high - found.low > of_ranks.high - of_ranks.low


def test_size_alone_leaves_no_partial_correlation():
    # The two amounts go together only through size.
    x, y, z = sample(400)
    assert correlation(x, y, "pearson").estimate > 0.6
    found = correlation(x, y, "partial_pearson", control=z)
    assert found.low < 0 < found.high


@pytest.mark.parametrize("method", METHODS)
def test_intervals_cover_as_often_as_they_say(method):
    # 400 samples of 30 pairs, true Pearson correlation 0.5 given the control; the
    # population values of the rank coefficients follow from it (bivariate normal).
    rng = np.random.default_rng(7)
    truth = 0.5
    if method == "kendall":
        truth = 2 / np.pi * np.arcsin(0.5)
    if method.endswith("spearman"):
        truth = 6 / np.pi * np.arcsin(0.25)
    inside = 0
    for _ in range(400):
        x = rng.normal(size=30)
        y = 0.5 * x + np.sqrt(0.75) * rng.normal(size=30)
        found = correlation(x, y, method, control=rng.normal(size=30))
        inside += found.low <= truth <= found.high
    assert 0.91 < inside / 400 < 0.985


def test_too_few_constant_and_explained_cannot_be_judged():
    x, y, z = sample(9)
    found = correlation(x, y)
    assert np.isnan([found.estimate, found.low, found.high, found.p]).all()
    assert found.reason == "有效数据仅9家，少于10家，无法判断"
    assert not np.isnan(correlation(x, y, minimum=6).estimate)
    x, y, z = sample(12)
    constant = correlation(np.ones(12), y)
    assert constant.reason == "取值全部相同，无法判断"
    explained = correlation(x, 3 * z + 1, "partial_pearson", control=z)
    assert explained.reason == "扣除控制变量后没有剩余差异，无法判断"
    assert np.isnan(explained.estimate)


def test_a_constant_control_changes_nothing_but_a_degree_of_freedom():
    x, y, _ = sample()
    plain = correlation(x, y, "pearson")
    found = correlation(x, y, "partial_pearson", control=np.full(40, 0.1))
    assert found.estimate == pytest.approx(plain.estimate, rel=1e-9)


def test_perfect_correlation_has_no_width():
    x = np.arange(12.0)
    for method in ("pearson", "spearman", "kendall"):
        found = correlation(x, -x, method)
        assert (found.estimate, found.low, found.high) == pytest.approx((-1, -1, -1))
        assert found.p < 1e-6


def test_errors_are_collected():
    x, y, _ = sample()
    with pytest.raises(MethodError) as caught:
        correlation(x, y * np.nan, "partial_pearson", minimum=5)
    text = str(caught.value)
    assert "偏相关缺少控制变量" in text
    assert "minimum=5" in text
    assert "有缺失值或无穷大" in text
    with pytest.raises(MethodError, match="没有方法“tau”"):
        correlation(x, y, "tau")


@given(
    values=arrays(
        float, (3, 15), elements=st.floats(-1e3, 1e3).map(lambda v: round(v, 3))
    ),
    method=st.sampled_from(METHODS),
)
def test_correlation_is_symmetric_bounded_and_odd(values, method):
    x, y, z = values
    found = correlation(x, y, method, control=z)
    back = correlation(y, x, method, control=z)
    flipped = correlation(-x, y, method, control=z)
    assert found.reason == back.reason
    if not found.reason:
        assert -1 <= found.low <= found.estimate <= found.high <= 1
        assert 0 <= found.p <= 1
        assert back.estimate == pytest.approx(found.estimate, abs=1e-9)
        assert flipped.estimate == pytest.approx(-found.estimate, abs=1e-9)
