import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError, ParameterError, ScoreRangeError
from synergy_lib.scoring.aggregation import (
    arithmetic,
    geometric,
    grey_relational,
    harmonic,
    row_weights,
    topsis,
)

MEANS = [arithmetic, geometric, harmonic]
SCORES = hnp.arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(1, 5)),
    elements=st.floats(0, 100, allow_subnormal=False),
)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


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


def test_topsis_tzeng2011(vectors):
    case = vectors["topsis_tzeng2011"]
    closeness = topsis(
        pd.DataFrame(case["X"]),
        dict(enumerate(case["w"])),
        dict(enumerate(case["direction"])),
    )
    np.testing.assert_allclose(closeness, case["cc"], atol=1e-4)
    assert closeness.rank(ascending=False).tolist() == case["rank"]


def test_topsis_edge_cases():
    weights, sign = {"a": 1, "b": 1}, {"a": 1, "b": -1}
    one = pd.DataFrame({"a": [1.0], "b": [2.0]})
    assert topsis(one, weights, sign).isna().all()
    alike = pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0]})
    assert topsis(alike, weights, sign).tolist() == [0.5, 0.5]
    gap = pd.DataFrame({"a": [1.0, 2.0], "b": [np.nan, 2.0]})
    assert topsis(gap, weights, sign).tolist() == [0.0, 1.0]
    zero = pd.DataFrame({"a": [1.0, 2.0], "b": [0.0, 0.0]})
    assert topsis(zero, weights, sign).tolist() == [0.0, 1.0]
    negative = pd.DataFrame({"a": [-1.0, 2.0], "b": [1.0, 1.0]})
    assert topsis(negative, weights, sign).tolist() == [0.0, 1.0]
    with pytest.raises(MethodError, match="数据完整"):
        topsis(gap[["b"]], {"b": 1}, {"b": 1})


def test_topsis_cost_direction_by_hand():
    # Lower is better: the lower row is the ideal itself.
    values = pd.DataFrame({"b": [3.0, 4.0]})
    assert topsis(values, {"b": 1}, {"b": -1}).tolist() == [1.0, 0.0]


@given(SCORES, st.randoms())
def test_topsis_in_range_and_equivariant(array, random):
    values = pd.DataFrame(array)
    weights = dict.fromkeys(values.columns, 1.0)
    closeness = topsis(values, weights, weights)
    if len(values) == 1:
        assert closeness.isna().all()
        return
    assert closeness.between(0, 1).all()
    order = list(values.index)
    random.shuffle(order)
    shuffled = topsis(values.loc[order], weights, weights)
    np.testing.assert_allclose(shuffled.loc[values.index], closeness, atol=1e-9)


def test_grey_relational_reference(vectors):
    case = vectors["grey"]
    grade = grey_relational(
        pd.DataFrame(case["X"]), dict(enumerate(case["x0"])), rho=case["rho"]
    )
    np.testing.assert_allclose(grade, case["grade"], atol=1e-6)


def test_grey_relational_edge_cases():
    values = pd.DataFrame({"a": [1.0, np.nan], "b": [1.0, 1.0]})
    grade = grey_relational(values, {"a": 1.0, "b": 1.0})
    np.testing.assert_array_equal(grade, [1.0, np.nan])
    for wrong in ({"reference": {"a": 1.0}}, {"reference": {"a": 1, "b": 1}, "rho": 0}):
        with pytest.raises(MethodError, match="灰色关联"):
            grey_relational(values, **wrong)


def test_row_weights_by_hand():
    # Weights .36 .24 | .2 .2; second row lacks the last indicator, in the third it
    # does not apply, the fourth has nothing.
    weights = np.array([0.36, 0.24, 0.2, 0.2])
    member = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    available = np.array(
        [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]], dtype=bool
    )
    applicable = np.ones((4, 4), dtype=bool)
    applicable[2, 3] = False
    rows = row_weights(available, applicable, weights, member, 0.6)
    np.testing.assert_allclose(rows.indicators[0], weights)
    np.testing.assert_allclose(rows.indicators[1], [0.6, 0.4, 0, 0])
    np.testing.assert_allclose(rows.indicators[2], [0.36, 0.24, 0.4, 0])
    np.testing.assert_allclose(rows.indicators[3], 0.0)
    np.testing.assert_allclose(rows.coverage, [1.0, 0.8, 1.0, 0.0])
    np.testing.assert_allclose(rows.dimension_coverage[1], [1.0, 0.5])
    assert rows.sufficient.tolist() == [[True, True], [True, False], [True, True],
                                        [False, False]]  # fmt: skip


def test_row_weights_dimension_that_does_not_apply_has_no_coverage():
    member = np.array([[1, 0], [0, 1]], dtype=bool)
    flags = np.array([[True, False]])
    rows = row_weights(flags, flags, np.array([0.5, 0.5]), member, 0.6)
    assert np.isnan(rows.dimension_coverage[0, 1])
    assert rows.coverage.tolist() == [1.0]
    assert rows.indicators.tolist() == [[1.0, 0.0]]
