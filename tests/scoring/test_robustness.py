import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.robustness import (
    draw_weights,
    rank_intervals,
    score_uncertainty,
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


@pytest.fixture
def gates(mini_values):
    return pd.DataFrame(1.0, index=mini_values.index, columns=["G1", "G2"])


def test_score_uncertainty_agrees_with_the_scores_for_certain_weights(
    mini, mini_values, gates
):
    scores = score_scheme(mini_values, mini, base_year=2020, gates=gates)
    sure = score_uncertainty(scores, mini, kappa=1e10, draws=200)
    for column in ("median", "low", "high"):
        np.testing.assert_allclose(sure.score[column], scores.overall, atol=1e-2)
    pd.testing.assert_series_equal(sure.rank["median"], scores.rank, check_names=False)
    assert sure.colour.tolist() == scores.colour.tolist()
    best = sure.grade_probability.idxmax(axis=1)
    assert best.tolist() == scores.grade_by_score.tolist()


def test_score_uncertainty_geometric(mini, mini_values):
    header = mini.header.model_copy(update={"aggregation": "geometric"})
    scheme = type(mini)(header, mini.framework)
    scores = score_scheme(mini_values, scheme, base_year=2020)
    sure = score_uncertainty(scores, scheme, kappa=1e10, draws=200)
    np.testing.assert_allclose(sure.score["median"], scores.overall, atol=1e-2)


def test_score_uncertainty_probabilities_and_defaults(mini, mini_values, gates):
    scores = score_scheme(mini_values, mini, base_year=2020, gates=gates)
    result = score_uncertainty(scores, mini)
    assert (result.draws, result.kappa, result.seed) == (2000, 50, 20240101)
    np.testing.assert_allclose(result.grade_probability.sum(axis=1), 1.0)
    np.testing.assert_allclose(result.colour_probability.sum(axis=1), 1.0)
    # b 2021 is scored on A alone, 60 and 20: never above 60.
    assert result.colour_probability.loc[("b", 2021), "red"] == pytest.approx(1.0)
    assert result.probability["b", 2021] == pytest.approx(1.0)
    assert result.score.loc[("b", 2021), "high"] <= 60.0


def test_score_uncertainty_unsure_colour_turns_grey(mini, mini_values, gates):
    plain = score_scheme(mini_values, mini, base_year=2020, gates=gates)
    values = mini_values.copy()
    # Points 100, 70 | 80, 57.11: A 88, B 68.556, S = 80.222; the standard deviation
    # over the weights is sqrt((6717 − 80.2²)/51) = 2.3, so P(S ≥ 80) ≈ .54.
    values.loc[("c", 2020)] = [0.6, 1.0, 70.0, 3.13]
    scores = score_scheme(
        values, mini, base_year=2020, gates=gates, anchors=plain.anchors
    )
    row = ("c", 2020)
    assert scores.overall[row] == pytest.approx(80.222, abs=1e-3)
    assert scores.colour[row] == "green"
    result = score_uncertainty(scores, mini)
    assert result.probability[row] == pytest.approx(0.54, abs=0.04)
    assert result.colour[row] == "grey"
    assert result.note[row] == "不确定"
    lenient = mini.header.model_copy(update={"colour_probability_minimum": 0.4})
    kept = score_uncertainty(scores, type(mini)(lenient, mini.framework))
    assert kept.colour[row] == "green"


def test_score_uncertainty_rule_made_colours_have_no_probability(
    mini, mini_values, gates
):
    failed = gates.copy()
    failed.loc[("a", 2020), "G1"] = 0.0
    scores = score_scheme(mini_values, mini, base_year=2020, gates=failed)
    result = score_uncertainty(scores, mini, draws=200)
    assert result.colour[("a", 2020)] == "red"
    assert np.isnan(result.probability["a", 2020])
    assert result.note[("a", 2020)] == ""


def test_score_uncertainty_rows_without_score(mini, mini_values):
    values = mini_values.copy()
    values.loc[("a", 2020)] = np.nan
    scores = score_scheme(values, mini, base_year=2020)
    result = score_uncertainty(scores, mini, draws=200)
    row = ("a", 2020)
    assert result.score.loc[row].isna().all()
    assert result.rank.loc[row].isna().all()
    assert result.grade_probability.loc[row].isna().all()
    assert result.colour[row] == "grey"
    assert result.rank.loc[("b", 2020)].notna().all()


def test_score_uncertainty_other_scheme_is_refused(mini, taizhou, mini_values):
    scores = score_scheme(mini_values, mini, base_year=2020)
    with pytest.raises(MethodError, match="不一致"):
        score_uncertainty(scores, taizhou)
