"""PERT: published moments, order of quantiles, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synergy_lib.distributions import pert_moments, pert_quantile
from synergy_lib.errors import MethodError

finite = st.floats(-1e6, 1e6)


def test_moments_of_the_example():
    mean, variance = pert_moments(0.20, 0.30, 0.45)
    assert mean == pytest.approx(0.308333, abs=5e-7)
    assert np.sqrt(variance) == pytest.approx(0.046824, abs=5e-7)


def test_quantiles_have_these_moments():
    # Midpoints of 100 000 equal slices of probability.
    slices = (np.arange(100_000) + 0.5) / 100_000
    drawn = pert_quantile(0.20, 0.30, 0.45, slices)
    mean, variance = pert_moments(0.20, 0.30, 0.45)
    assert drawn.mean() == pytest.approx(mean, rel=1e-6)
    assert drawn.var() == pytest.approx(variance, rel=1e-4)


def test_shapes_of_the_example():
    # alpha 2.6, beta 3.4 (methods §7.7).
    expected = 0.20 + 0.25 * stats.beta.ppf(0.1, 2.6, 3.4)
    assert pert_quantile(0.20, 0.30, 0.45, 0.1) == pytest.approx(expected, rel=1e-12)


@given(st.lists(finite, min_size=3, max_size=3), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise_within_the_bounds(values, p, q):
    low, mode, high = sorted(values)
    first, second = pert_quantile(low, mode, high, sorted([p, q]))
    slack = 1e-9 * max(abs(low), abs(high), 1.0)
    assert low - slack <= first <= second + slack <= high + 2 * slack


def test_a_constant_is_itself():
    assert pert_quantile(3.0, 3.0, 3.0, [0.0, 0.5, 1.0]).tolist() == [3.0] * 3


def test_unknown_stays_unknown():
    assert np.isnan(pert_quantile(np.nan, 1.0, 2.0, 0.5))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((1, 0, 2, 0.5), "最小值 ≤ 最可能值"),
        ((0, 3, 2, 0.5), "最可能值 ≤ 最大值"),
        ((0, 1, 2, 1.5), "概率须在0–1之间"),
    ],
)
def test_refuses(arguments, text):
    with pytest.raises(MethodError, match=text):
        pert_quantile(*arguments)
