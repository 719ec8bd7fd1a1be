import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import ParameterError, ScoreRangeError
from synergy_lib.scoring.aggregation import arithmetic, geometric, harmonic

MEANS = [arithmetic, geometric, harmonic]
SCORES = hnp.arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(1, 5)),
    elements=st.floats(0, 100, allow_subnormal=False),
)


def test_means_reference(vectors):
    case = vectors["aggregation"]
    scores, weights = pd.DataFrame([case["s"]]), pd.Series(case["w"])
    for mean, key in zip(MEANS, ("arith", "geo", "harm"), strict=True):
        assert mean(scores, weights).iloc[0] == pytest.approx(case[key], abs=1e-6)


@pytest.mark.parametrize("mean", MEANS)
def test_means_missing_values(mean):
    scores = pd.DataFrame({"a": [80.0, 80.0], "b": [np.nan, 50.0]})
    weights = {"a": 1.0, "b": 3.0}
    assert np.isnan(mean(scores, weights).iloc[0])
    assert mean(scores, weights, missing="redistribute").iloc[0] == pytest.approx(80.0)
    # A part of weight zero is not used, even where it is missing.
    assert mean(scores, {"a": 1, "b": 0}).tolist() == pytest.approx([80.0, 80.0])
    nothing = pd.DataFrame({"a": [np.nan]})
    assert mean(nothing, {"a": 1}, missing="redistribute").isna().all()


def test_geometric_floor_and_scale():
    zero = pd.DataFrame({"a": [0.0], "b": [100.0]})
    assert geometric(zero, {"a": 1, "b": 1}).iloc[0] == pytest.approx(10.0)
    unit = pd.DataFrame({"a": [0.25], "b": [1.0]})
    with pytest.raises(ScoreRangeError, match="floor"):
        geometric(unit, {"a": 1, "b": 1})
    result = geometric(unit, {"a": 1, "b": 1}, floor=0.01)
    assert result.iloc[0] == pytest.approx(0.5)
    with pytest.raises(ScoreRangeError, match="负"):
        geometric(pd.DataFrame({"a": [-1.0]}), {"a": 1})
    with pytest.raises(ScoreRangeError, match="下限"):
        harmonic(zero, {"a": 1, "b": 1}, floor=0.0)


def test_means_weight_problems_are_collected():
    with pytest.raises(ParameterError) as caught:
        arithmetic(pd.DataFrame({"a": [1.0], "b": [1.0]}), {"b": -1.0})
    assert len(caught.value.problems) == 2
    with pytest.raises(ParameterError, match="之和"):
        arithmetic(pd.DataFrame({"a": [1.0]}), {"a": 0.0})


@given(SCORES, st.integers(0, 2**32 - 1))
def test_means_are_ordered_and_within_the_parts(array, seed):
    scores = pd.DataFrame(np.maximum(array, 1.0))
    weights = pd.Series(np.random.default_rng(seed).random(scores.shape[1]) + 0.01)
    a, g, h = (mean(scores, weights) for mean in MEANS)
    assert (a >= g - 1e-9).all()
    assert (g >= h - 1e-9).all()
    assert (h >= scores.min(axis=1) - 1e-9).all()
    assert (a <= scores.max(axis=1) + 1e-9).all()


@given(SCORES, st.integers(0, 4), st.floats(0, 50))
def test_improving_a_part_never_lowers_the_arithmetic_mean(array, part, gain):
    scores = pd.DataFrame(array)
    weights = pd.Series(1.0, index=scores.columns)
    better = scores.copy()
    column = part % scores.shape[1]
    better[column] = better[column] + gain
    rise = arithmetic(better, weights) - arithmetic(scores, weights)
    assert (rise >= -1e-9).all()
