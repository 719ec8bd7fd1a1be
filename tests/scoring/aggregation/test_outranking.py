"""Outranking by hand: x beats y on a (.5), loses on b (.3), is alike on c (.2)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import ParameterError
from synergy_lib.scoring.aggregation import copeland, outranking_matrix

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}
SCORES = hnp.arrays(
    float,
    st.tuples(st.integers(1, 7), st.integers(1, 4)),
    elements=st.integers(0, 5).map(float),
)


@pytest.fixture
def scores():
    return pd.DataFrame(
        {"a": [3.0, 2.0, 1.0], "b": [1.0, 2.0, 0.0], "c": [5.0, 5.0, 4.0]},
        index=["x", "y", "z"],
    )


def test_outranking_matrix_by_hand(scores):
    result = outranking_matrix(scores, WEIGHTS)
    expected = [[0.0, 0.6, 1.0], [0.4, 0.0, 1.0], [0.0, 0.0, 0.0]]
    np.testing.assert_allclose(result.matrix, expected, atol=1e-12)
    assert list(result.matrix.index) == ["x", "y", "z"]
    # x and y each beat z on everything: two of three pairs.
    assert result.dominant_pairs == 2
    assert result.dominant_share == pytest.approx(2 / 3)


def test_copeland_by_hand(scores):
    result = copeland(scores, WEIGHTS)
    assert result.to_dict() == pytest.approx({"x": 1.6, "y": 1.4, "z": 0.0})


def test_outranking_missing_values(scores):
    scores.loc["z", "a"] = np.nan
    alone = outranking_matrix(scores, WEIGHTS)
    assert alone.matrix.loc["x", "y"] == pytest.approx(0.6)
    assert alone.matrix.loc["z", ["x", "y"]].isna().all()
    assert copeland(scores, WEIGHTS).round(9).tolist()[:2] == [0.6, 0.4]
    assert np.isnan(copeland(scores, WEIGHTS)["z"])
    # On b and c, weights .6 and .4 of what they share, z loses to both.
    together = outranking_matrix(scores, WEIGHTS, missing="redistribute")
    assert together.matrix.loc["x", "z"] == pytest.approx(1.0)
    assert together.dominant_pairs == 2
    scores.loc["x", ["b", "c"]] = np.nan
    # Now x and z have nothing in common; both are compared with y alone.
    apart = outranking_matrix(scores, WEIGHTS, missing="redistribute").matrix
    assert np.isnan(apart.loc["x", "z"])
    points = copeland(scores, WEIGHTS, missing="redistribute")
    # x beats y, y loses to x and beats z: means 1, .5 and 0 times two others.
    assert points.to_dict() == pytest.approx({"x": 2.0, "y": 1.0, "z": 0.0})


def test_copeland_of_a_unit_without_any_value(scores):
    scores.loc["z"] = np.nan
    points = copeland(scores, WEIGHTS, missing="redistribute")
    assert np.isnan(points["z"])
    assert points[["x", "y"]].tolist() == pytest.approx([0.6, 0.4])


def test_outranking_single_unit_and_ties(scores):
    one = outranking_matrix(scores.iloc[:1], WEIGHTS)
    assert one.matrix.to_numpy().tolist() == [[0.0]]
    assert np.isnan(one.dominant_share)
    assert copeland(scores.iloc[:1], WEIGHTS).tolist() == [0.0]
    alike = pd.DataFrame({"a": [1.0] * 4})
    assert copeland(alike, {"a": 2.0}).tolist() == [1.5] * 4
    with pytest.raises(ParameterError, match="缺少权重"):
        copeland(scores, {"a": 1.0})


def test_outranking_part_without_weight_is_not_used(scores):
    gap = scores.assign(d=np.nan)
    expected = outranking_matrix(scores, WEIGHTS).matrix
    given_matrix = outranking_matrix(gap, {**WEIGHTS, "d": 0.0}).matrix
    pd.testing.assert_frame_equal(given_matrix, expected)


@given(SCORES, st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_copeland_is_the_row_sum_and_ignores_units_and_order(array, seed, factor):
    rng = np.random.default_rng(seed)
    scores = pd.DataFrame(array)
    weights = pd.Series(rng.random(array.shape[1]) + 0.01)
    points = copeland(scores, weights)
    matrix = outranking_matrix(scores, weights).matrix
    np.testing.assert_allclose(matrix.sum(axis=1), points, atol=1e-9)
    opposite = matrix + matrix.T
    off = ~np.eye(len(scores), dtype=bool)
    np.testing.assert_allclose(opposite.to_numpy()[off], 1.0)
    other = copeland(scores.iloc[::-1] * factor + 3.0, weights)
    np.testing.assert_allclose(other.loc[points.index], points, atol=1e-9)


@given(SCORES, st.integers(0, 2**32 - 1))
def test_copeland_with_gaps_is_the_mean_comparison(array, seed):
    rng = np.random.default_rng(seed)
    scores = pd.DataFrame(array).mask(rng.random(array.shape) < 0.3)
    weights = pd.Series(1.0, index=scores.columns)
    matrix = outranking_matrix(scores, weights, missing="redistribute").matrix
    off = matrix.mask(np.eye(len(scores), dtype=bool))
    others = scores.notna().any(axis=1).sum() - 1
    expected = off.mean(axis=1) * others
    if scores.isna().any(axis=None):
        points = copeland(scores, weights, missing="redistribute")
        np.testing.assert_allclose(points, expected, atol=1e-9)
