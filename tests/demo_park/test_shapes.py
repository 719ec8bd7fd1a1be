"""Shapes of invented series."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.demo_park.shapes import around, between, share_around, whole


@pytest.fixture
def quality():
    return pd.DataFrame({2020: [-1.0, 0.0], 2021: [1.0, 2.0]}, index=["a", "b"])


def test_around_without_scatter_is_the_formula(quality):
    rng = np.random.default_rng(0)
    result = around(10.0, quality, rng, slope=-0.2, firm_sd=0, year_sd=0)
    np.testing.assert_allclose(result, 10 * np.exp(-0.2 * quality), rtol=1e-12)


def test_share_around_is_the_typical_share_at_quality_zero(quality):
    rng = np.random.default_rng(0)
    result = share_around(0.3, quality, rng, slope=0.5, firm_sd=0, year_sd=0)
    assert result.loc["b", 2020] == pytest.approx(0.3, rel=1e-12)
    assert result.loc["b", 2021] > 0.3


def test_share_of_zero_stays_zero(quality):
    typical = pd.Series([0.0, 0.5], index=quality.index)
    result = share_around(typical, quality, np.random.default_rng(1), slope=1)
    assert (result.loc["a"] == 0).all()
    assert (result.loc["b"] > 0).all()


@given(st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_shares_stay_between_zero_and_one(typical, seed):
    quality = pd.DataFrame({2020: np.linspace(-3, 3, 7)})
    rng = np.random.default_rng(seed)
    result = share_around(typical, quality, rng, slope=0.6).to_numpy()
    assert ((result > 0) & (result < 1)).all()


def test_between_and_whole():
    frame = pd.DataFrame({2020: [-1.2, 2.6]})
    assert between(frame, low=0, high=2)[2020].tolist() == [0, 2]
    assert whole(frame)[2020].tolist() == [0, 3]
    assert whole(frame, low=-np.inf)[2020].tolist() == [-1, 3]
