import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import ParameterError
from synergy_lib.scoring.robustness import (
    draw_weights,
    drawn_interval,
    rank_intervals,
)

PARTS = pd.DataFrame(
    {"a": [90.0, 40.0, 70.0], "b": [80.0, 90.0, 30.0]}, index=["x", "y", "z"]
)
WEIGHTS = {"a": 0.6, "b": 0.4}


def test_draw_weights_mean_and_spread():
    centre = np.array([0.5, 0.3, 0.2, 0.0])
    sample = draw_weights(centre, 20000, 50, 1)
    np.testing.assert_allclose(sample.sum(axis=1), 1.0)
    # Standard error of the mean: sqrt(.25/51/20000) = .0005.
    np.testing.assert_allclose(sample.mean(axis=0), centre, atol=0.002)
    expected = np.sqrt(centre * (1 - centre) / 51)
    np.testing.assert_allclose(sample.std(axis=0), expected, rtol=0.03, atol=1e-12)
    assert (sample[:, 3] == 0).all()


@pytest.mark.parametrize(
    ("weights", "draws", "kappa"),
    [([0.5, 0.5], 0, 50), ([0.5, 0.5], 9, 0), ([-1.0, 2.0], 9, 50), ([0.0], 9, 50),
     ([np.nan], 9, 50)],
)  # fmt: skip
def test_draw_weights_refuses(weights, draws, kappa):
    with pytest.raises(ParameterError):
        draw_weights(np.array(weights), draws, kappa, 0)


def test_rank_intervals_dominance_and_columns():
    result = rank_intervals(PARTS, WEIGHTS, draws=1000)
    assert list(result.columns) == ["median", "low", "high"]
    assert result.index.tolist() == ["x", "y", "z"]
    # x beats z on every part, so z can never be first; y ranges over the places.
    assert result.loc["x", "low"] == 1.0
    assert result.loc["z", "low"] >= 2.0
    assert (result["low"] <= result["median"]).all()
    assert (result["median"] <= result["high"]).all()
    assert (result == result.round()).all(axis=None)


def test_rank_intervals_seed_zero_repeats_and_seeds_differ():
    rng = np.random.default_rng(5)
    scores = pd.DataFrame(rng.uniform(40, 90, (30, 6)))
    weights = pd.Series(1.0, index=scores.columns)
    first = rank_intervals(scores, weights, draws=300, seed=0)
    pd.testing.assert_frame_equal(first, rank_intervals(scores, weights, 300, 0))
    assert not first.equals(rank_intervals(scores, weights, 300, 1))


def test_rank_intervals_large_kappa_is_the_plain_ranking():
    result = rank_intervals(PARTS, WEIGHTS, draws=200, kappa=1e9)
    assert result["median"].tolist() == [1.0, 2.0, 3.0]
    assert (result["low"] == result["high"]).all()


def test_rank_intervals_ties_and_missing():
    scores = pd.DataFrame(
        {"a": [50.0, 50.0, np.nan, np.nan], "b": [70.0, 70.0, 90.0, np.nan]}
    )
    result = rank_intervals(scores, {"a": 1, "b": 1}, draws=200)
    assert result.loc[0].tolist() == result.loc[1].tolist() == [2.0, 2.0, 2.0]
    assert result.loc[2].tolist() == [1.0, 1.0, 1.0]
    assert result.loc[3].isna().all()


def test_rank_intervals_refuses():
    with pytest.raises(ParameterError, match="b"):
        rank_intervals(PARTS, {"a": 1.0})
    with pytest.raises(ParameterError, match="百分位数"):
        rank_intervals(PARTS, WEIGHTS, percentiles=(95, 5))


def test_rank_intervals_tiny_weights_stay_defined():
    scores = pd.DataFrame({"a": [np.nan, 50.0], "b": [70.0, 60.0]})
    result = rank_intervals(scores, {"a": 1.0, "b": 1e-9}, draws=200)
    assert result.notna().all(axis=None)


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(2, 12))
def test_rank_intervals_within_the_possible_ranks(seed, count):
    rng = np.random.default_rng(seed)
    scores = pd.DataFrame(rng.uniform(0, 100, (count, 4)))
    result = rank_intervals(scores, pd.Series(1.0, scores.columns), draws=100)
    assert result.min(axis=None) >= 1
    assert result.max(axis=None) <= count
    order = rng.permutation(count)
    again = rank_intervals(scores.iloc[order], pd.Series(1.0, scores.columns), 100)
    pd.testing.assert_frame_equal(again.loc[result.index], result)


def test_drawn_interval_counts_half_of_an_end_value():
    # 100 draws: rank 1 in 8 of them, 2 in 80, 3 in 12. Half of 8 is less than the 5 %
    # below the interval, so it begins at 2; half of 12 is more, so 3 belongs to it.
    sample = np.array([[1] * 8 + [2] * 80 + [3] * 12])
    assert drawn_interval(sample, (5, 95)).tolist() == [[2, 2, 3]]
    # Of 10 draws half is 5: now 1 belongs to it too.
    sample = np.array([[1] * 10 + [2] * 80 + [3] * 10])
    assert drawn_interval(sample, (5, 95)).tolist() == [[2, 1, 3]]
    assert drawn_interval(np.array([[4] * 100]), (5, 95)).tolist() == [[4, 4, 4]]
    values = np.array([[np.nan] * 10])
    assert np.isnan(drawn_interval(values, (5, 95))).all()
