"""The axioms of the Shapley value, and a game worked by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError
from synergy_lib.scoring.bridge.shapley import MOST_CAUSES, shapley_bridge

CAUSES = ["a", "b", "c", "d"]
_numbers = st.floats(-1e3, 1e3, allow_nan=False, width=32)


def games(count=4):
    """Return a strategy of games: a number for every set of causes."""
    return st.lists(_numbers, min_size=2**count, max_size=2**count)


def as_game(values, causes=CAUSES):
    def evaluate(new):
        number = sum(1 << causes.index(cause) for cause in new)
        return np.array([values[number]])

    return evaluate


def shares(evaluate, causes=CAUSES):
    parts = shapley_bridge(evaluate, causes)
    return np.array([parts[cause][0] for cause in causes])


def test_shapley_bridge_glove_game_by_hand():
    """One left and two right gloves: a pair is worth 1, shares 4/6, 1/6, 1/6."""

    def pairs(new):
        return np.array([float("left" in new and len(new) > 1)])

    parts = shapley_bridge(pairs, ["left", "right", "other"])
    assert [part[0] for part in parts.values()] == pytest.approx([4 / 6, 1 / 6, 1 / 6])


@given(games())
def test_parts_sum_to_the_change(values):
    total = values[-1] - values[0]
    assert shares(as_game(values)).sum() == pytest.approx(total, abs=1e-9)


@given(games())
def test_causes_that_do_the_same_get_the_same(values):
    def evaluate(new):
        swap = {"a": "b", "b": "a"}
        return as_game(values)(new) + as_game(values)({swap.get(c, c) for c in new})

    found = shares(evaluate)
    assert found[0] == pytest.approx(found[1], abs=1e-9)


@given(games(3))
def test_a_cause_that_moves_nothing_gets_exactly_zero(values):
    def evaluate(new):
        return as_game(values, ["a", "b", "c"])(new - {"d"})

    assert shares(evaluate)[3] == 0.0


@given(games(), games(), _numbers)
def test_parts_of_a_sum_are_sums_of_parts(first, second, factor):
    mixed = [x + factor * y for x, y in zip(first, second, strict=True)]
    expected = shares(as_game(first)) + factor * shares(as_game(second))
    np.testing.assert_allclose(shares(as_game(mixed)), expected, rtol=1e-9, atol=1e-6)


def test_every_state_is_asked_for_once():
    asked = []

    def evaluate(new):
        asked.append(new)
        return np.zeros(1)

    shapley_bridge(evaluate, CAUSES)
    assert len(asked) == len(set(asked)) == 16


def test_frames_keep_their_labels_and_missing_stays_missing():
    def evaluate(new):
        values = {"x": [1.0 * len(new), np.nan if "b" in new else 0.0]}
        return pd.DataFrame(values, index=["p", "q"])

    parts = shapley_bridge(evaluate, ["a", "b"])
    assert parts["a"].loc["p", "x"] == pytest.approx(1.0)
    assert np.isnan(parts["a"].loc["q", "x"])


@pytest.mark.parametrize("causes", [[], ["a", "a"], list(range(MOST_CAUSES + 1))])
def test_causes_must_be_few_and_different(causes):
    with pytest.raises(MethodError, match="变化归因"):
        shapley_bridge(lambda _: np.zeros(1), [str(cause) for cause in causes])


def test_states_of_different_rows_are_refused():
    def shape(new):
        return np.zeros(len(new))

    def labels(new):
        return pd.DataFrame({"x": [0.0]}, index=["new" if new else "old"])

    for evaluate in (shape, labels):
        with pytest.raises(MethodError, match="不一致"):
            shapley_bridge(evaluate, ["a"])
