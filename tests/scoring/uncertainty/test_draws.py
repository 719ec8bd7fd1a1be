"""Draws of weights, anchors, factors and choices."""

import numpy as np

from synergy_lib.scoring.uncertainty.draws import choices, make_draws

WEIGHTS = np.array([0.5, 0.3, 0.2])


def header(mini, **update):
    return mini.header.model_copy(update=update)


def test_only_the_own_method_where_the_scheme_names_no_other(mini):
    own, other = choices(mini.header)
    assert own == [("rules", "arithmetic", "reweight")]
    assert other == []
    draws = make_draws(WEIGHTS, mini.header, 0, 100, 1)
    assert set(draws.choice) == set(own)
    assert not draws.baseline.any()
    assert not draws.benchmark.any()


def test_the_own_method_takes_half_and_the_others_share_the_rest(mini):
    several = header(
        mini,
        robustness_normalizations=("minmax", "rank"),
        robustness_aggregations=("arithmetic", "geometric"),
        robustness_missing_rules=("median",),
    )
    own, other = choices(several)
    assert len(own) == 2
    assert len(other) == 10
    draws = make_draws(WEIGHTS, several, 2, 1000, 1)
    counts = {choice: len(rows) for choice, rows in draws.by_choice().items()}
    assert {counts[choice] for choice in own} == {250}
    assert {counts[choice] for choice in other} == {50}
    assert draws.common.shape == (1000, 2)


def test_anchors_never_change_places(mini):
    wide = header(mini, robustness_anchor_pct=49.0)
    draws = make_draws(WEIGHTS, wide, 0, 5000, 1)
    assert (1 + draws.benchmark - draws.baseline > 0).all()
    assert np.abs(draws.baseline).max() <= 0.49
    assert np.abs(draws.baseline).max() > 0.48


def test_take_keeps_rows_together(mini):
    draws = make_draws(WEIGHTS, header(mini, robustness_anchor_pct=10.0), 1, 50, 1)
    some = draws.take(np.array([3, 7]))
    assert len(some) == 2
    np.testing.assert_array_equal(some.weights, draws.weights[[3, 7]])
    np.testing.assert_array_equal(some.common, draws.common[[3, 7]])
