"""Ranges and probabilities: by hand where only weights vary, then everything at once."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.uncertainty.summary import score_uncertainty

EVERYTHING = {
    "robustness_anchor_pct": 10.0,
    "robustness_normalizations": ("minmax", "rank"),
    "robustness_aggregations": ("arithmetic", "geometric"),
    "robustness_missing_rules": ("median",),
}


def changed(scheme: Scheme, **update) -> Scheme:
    return Scheme(scheme.header.model_copy(update=update), scheme.framework)


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


def test_everything_varies_and_the_own_method_gives_the_points(
    mini, mini_values, gates
):
    scores = score_scheme(mini_values, mini, base_year=2020, gates=gates)
    scheme = changed(mini, **EVERYTHING)
    plain = score_uncertainty(scores, mini, draws=4000)
    varied = score_uncertainty(scores, scheme, draws=4000)
    # Anchors move both ways: the middle stays, the range grows or stays. Only b in
    # 2021 lacks a value, which may take the median of the others now.
    complete = mini_values.notna().all(axis=1)
    middle = plain.score["median"][complete]
    np.testing.assert_allclose(varied.score["median"][complete], middle, atol=0.5)
    width = varied.score["high"] - varied.score["low"]
    assert (width >= plain.score["high"] - plain.score["low"] - 0.5).all()
    assert varied.score.loc[("b", 2021), "high"] > middle.min() + 5
    np.testing.assert_allclose(varied.grade_probability.sum(axis=1), 1.0)
    np.testing.assert_allclose(varied.colour_probability.sum(axis=1), 1.0)
    again = score_uncertainty(scores, scheme, draws=4000)
    pd.testing.assert_frame_equal(varied.rank, again.rank)
    pd.testing.assert_frame_equal(varied.score, again.score)


def test_data_errors_spread_a_score_as_far_as_they_should(mini, mini_values):
    """LIN B1, 70 % with a standard error of 2: ±2 points, a quarter of the weight .2."""
    scores = score_scheme(mini_values, mini, base_year=2020)
    zero = pd.DataFrame(0.0, index=mini_values.index, columns=mini_values.columns)
    own = zero.assign(B1=2.0)
    errors = IndicatorErrors({"solvent": own}, {})
    sure = score_uncertainty(
        scores, mini, errors=errors, kappa=1e10, draws=20_000
    ).score.loc[("a", 2020)]
    # 1 % of recovery is 1 point; weight .4 × .5; 90 % of a normal is ± 1.645 s.e.
    expected = 2 * 1.645 * 2.0 * 0.2
    assert sure["high"] - sure["low"] == pytest.approx(expected, rel=0.03)


def test_common_errors_move_scores_but_not_ranks(mini, mini_values):
    scores = score_scheme(mini_values, mini, base_year=2020)
    zero = pd.DataFrame(0.0, index=mini_values.index, columns=mini_values.columns)
    shift = zero.assign(B1=mini_values["B1"].notna() * 1.0)
    common = score_uncertainty(
        scores, mini, errors=IndicatorErrors({}, {"factor": shift}), kappa=1e10
    )
    width = common.score["high"] - common.score["low"]
    assert width[("a", 2020)] > 0.5
    ranked = common.rank.dropna()
    assert (ranked["low"] == ranked["high"]).all()


def test_a_weak_dimension_counts_in_the_colour_of_every_draw(mini, mini_values, gates):
    """Overall green in all draws, but one dimension lies below 60 in all of them."""
    scheme = changed(mini, colour_yellow_score_below=40.0, colour_red_score_below=30.0)
    scores = score_scheme(mini_values, scheme, base_year=2020, gates=gates)
    row = ("b", 2020)
    assert scores.dimension_scores.loc[row].min() < 60
    assert scores.colour[row] == "yellow"
    result = score_uncertainty(scores, scheme, kappa=1e10, draws=200)
    assert result.colour_probability.loc[row, "yellow"] == 1.0
    assert result.probability[row] == 1.0


def test_ranks_have_probabilities(mini, mini_values):
    scores = score_scheme(mini_values, mini, base_year=2020)
    result = score_uncertainty(scores, mini, kappa=1e10, draws=200)
    ranked = scores.rank.notna()
    assert (result.rank_probability[ranked] == 1.0).all(axis=None)
    assert result.rank_probability[~ranked].isna().all(axis=None)


def test_the_published_grade_has_its_own_probability(mini, mini_values):
    scores = score_scheme(mini_values, mini, base_year=2020)
    result = score_uncertainty(scores, mini)
    row = ("a", 2020)
    grade = scores.grade_by_score[row]
    assert result.grade_own[row] == result.grade_probability.loc[row, grade]


def test_ninety_per_cent_intervals_hold_the_true_rank_in_ninety_per_cent():
    """Parks with known truth: true weights and values, reported with known errors."""
    from synergy_lib.scoring.robustness import (
        competition_ranks,
        draw_weights,
        drawn_interval,
    )
    from synergy_lib.scoring.uncertainty.draws import Draws
    from synergy_lib.scoring.uncertainty.model import score_draws
    from synergy_lib.scoring.uncertainty.park_year import Branch, ParkYear

    units, parts, kappa, error, draws = 60, 20, 50, 3.0, 400
    held = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        truth = rng.normal(50, 15, (units, parts)) + rng.normal(0, 8, (units, 1))
        reported = truth + rng.normal(0, error, truth.shape)
        centre = rng.dirichlet(np.full(parts, 5.0))
        own = tuple(
            np.where(np.arange(parts) == j, error, 0.0) * np.ones_like(truth)
            for j in range(parts)
        )
        everywhere = np.ones_like(truth, dtype=bool)
        # Anchors of 60 and 100 make a value its own score.
        park = ParkYear(
            index=pd.RangeIndex(units),
            values=reported,
            known=everywhere,
            counted=everywhere,
            fillable=~everywhere,
            anchors=np.tile([60.0, 100.0], (parts, 1)),
            tiers=("",) * parts,
            direction=np.ones(parts),
            branches=(
                Branch(tuple(range(parts)), (), tuple(range(parts)), "arithmetic"),
            ),
            mean="arithmetic",
            floor=1.0,
            own=own,
        )
        weights = draw_weights(centre, draws, kappa, seed)
        still = np.zeros_like(weights)
        choice = (("rules", "arithmetic", "reweight"),) * draws
        sample = Draws(weights, still, still, np.zeros((draws, 0)), choice)
        placed = competition_ranks(score_draws(park, sample, seed).overall)
        interval = drawn_interval(placed.T, (5, 95))
        true_weights = draw_weights(centre, 1, kappa, seed + 1000)[0]
        true_score = np.clip(truth, 0, 100) @ true_weights
        true_rank = competition_ranks(true_score[None, :])[0]
        inside = (interval[:, 1] <= true_rank) & (true_rank <= interval[:, 2])
        held.append(inside.mean())
    assert 0.87 <= np.mean(held) <= 0.93


def test_only_the_years_asked_for_are_drawn(mini, mini_values):
    scores = score_scheme(mini_values, mini, base_year=2020)
    every = score_uncertainty(scores, mini, draws=200)
    one = score_uncertainty(scores, mini, draws=200, years=[2021])
    now, before = ("a", 2021), ("a", 2020)
    pd.testing.assert_series_equal(one.score.loc[now], every.score.loc[now])
    assert one.score.loc[before].isna().all()
    assert np.isnan(one.probability[before])
    assert one.colour[before] == scores.colour[before]
