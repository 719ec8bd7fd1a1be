import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.normalization import (
    borda,
    constant_columns,
    fraction_of_maximum,
    fraction_of_sum,
    minmax,
    percentile_ranks,
    ranks,
    zscore,
)

FINITE = st.floats(-1e9, 1e9, allow_nan=False)


def test_minmax_reference_pymcdm(shared):
    cases = json.loads(shared("data", "mcdm_vectors", "cases.json").read_text())
    case = next(c for c in cases if c["method"] == "normalise: min-max")
    values = pd.DataFrame(case["inputs"]["matrix"])
    result = minmax(values, dict(enumerate(case["inputs"]["types"])))
    np.testing.assert_allclose(result, case["expected"], atol=5e-9)


def test_minmax_constant_single_and_missing():
    values = pd.DataFrame({"a": [3.0, 3.0, np.nan], "b": [0.0, -2.0, np.nan]})
    result = minmax(values, {"a": 1, "b": 1})
    np.testing.assert_array_equal(result["a"], [0.5, 0.5, np.nan])
    np.testing.assert_array_equal(result["b"], [1.0, 0.0, np.nan])
    assert constant_columns(values) == ["a"]
    assert minmax(values.iloc[:1], {"a": 1, "b": -1}).to_numpy().tolist() == [[0.5] * 2]


def test_minmax_all_missing_column_stays_missing():
    values = pd.DataFrame({"a": [np.nan, np.nan]})
    assert minmax(values, {"a": 1}).isna().to_numpy().all()


def test_minmax_direction_problems_are_collected():
    values = pd.DataFrame({"co2": [1.0], "voc": [1.0]})
    with pytest.raises(ParameterError) as caught:
        minmax(values, {"co": 1, "voc": 2})
    assert len(caught.value.problems) == 2
    assert "最接近的是“co”" in str(caught.value)


def test_minmax_infinite_is_refused():
    with pytest.raises(MethodError, match="无穷大"):
        minmax(pd.DataFrame({"a": [1.0, np.inf]}), {"a": 1})


@given(st.lists(FINITE, min_size=1, max_size=9), st.floats(1e-3, 1e3), FINITE)
def test_minmax_in_range_turns_and_ignores_units(column, factor, shift):
    values = pd.DataFrame({"x": column})
    up, down = minmax(values, {"x": 1})["x"], minmax(values, {"x": -1})["x"]
    assert ((up >= 0) & (up <= 1)).all()
    np.testing.assert_allclose(up + down, 1.0, atol=1e-12)
    span = max(column) - min(column)
    assume(span == 0 or span > 1e-3 * max(1.0, abs(shift) / factor))
    other = minmax(values * factor + shift, {"x": 1})["x"]
    if span > 0:
        np.testing.assert_allclose(other, up, atol=1e-5)


def test_zscore_and_ranks():
    values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "c": [5.0] * 3, "t": [1.0, 1.0, 4.0]})
    sign = {"a": -1, "c": 1, "t": 1}
    scaled = zscore(values, sign)
    assert scaled["a"].tolist() == [1.0, 0.0, -1.0]
    assert scaled["c"].tolist() == [0.0] * 3
    placed = ranks(values, sign)
    assert placed["a"].tolist() == pytest.approx([1.0, 2 / 3, 1 / 3])
    assert placed["t"].tolist() == pytest.approx([0.5, 0.5, 1.0])


def test_fraction_of_sum_reference_pymcdm(cases):
    case = next(c for c in cases if c["method"] == "normalise: sum")
    values = pd.DataFrame(case["inputs"]["matrix"])
    result = fraction_of_sum(values, dict(enumerate(case["inputs"]["types"])))
    np.testing.assert_allclose(result, case["expected"], atol=5e-9)


def test_fraction_of_sum_edge_cases():
    values = pd.DataFrame({"z": [0.0, 0.0, np.nan], "a": [1.0, 3.0, np.nan]})
    result = fraction_of_sum(values, {"z": 1, "a": 1})
    np.testing.assert_array_equal(result["z"], [0.5, 0.5, np.nan])
    np.testing.assert_array_equal(result["a"], [0.25, 0.75, np.nan])
    with pytest.raises(MethodError, match="z 是逆向指标而有零值"):
        fraction_of_sum(values, {"z": -1, "a": 1})
    with pytest.raises(MethodError, match="a 有负值"):
        fraction_of_sum(-values, {"z": 1, "a": 1})


def test_fraction_of_maximum_by_hand_and_edge_cases():
    values = pd.DataFrame(
        {"a": [2.0, 4.0, 0.0, np.nan], "c": [2.0, 4.0, 8.0, np.nan],
         "free": [0.0, 4.0, 0.0, 1.0], "none": [0.0] * 4}
    )  # fmt: skip
    result = fraction_of_maximum(values, {"a": 1, "c": -1, "free": -1, "none": 1})
    np.testing.assert_array_equal(result["a"], [0.5, 1.0, 0.0, np.nan])
    np.testing.assert_array_equal(result["c"], [1.0, 0.5, 0.25, np.nan])
    assert result["free"].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert result["none"].tolist() == [1.0] * 4
    empty = pd.DataFrame({"a": [np.nan, np.nan]})
    assert fraction_of_maximum(empty, {"a": -1}).isna().all(axis=None)
    with pytest.raises(MethodError, match="a、c、free 有负值"):
        fraction_of_maximum(-values, {"a": 1, "c": -1, "free": -1, "none": 1})
    with pytest.raises(MethodError, match="无穷大"):
        fraction_of_maximum(pd.DataFrame({"a": [np.inf]}), {"a": 1})


def test_percentile_ranks_and_borda_by_hand():
    values = pd.DataFrame(
        {"a": [5.0, 7.0, 7.0, 9.0, np.nan], "c": [5.0, 7.0, 7.0, 9.0, np.nan],
         "flat": [1.0, 1.0, 1.0, np.nan, np.nan], "one": [np.nan] * 4 + [3.0]}
    )  # fmt: skip
    sign = {"a": 1, "c": -1, "flat": 1, "one": 1}
    points = borda(values, sign)
    np.testing.assert_array_equal(points["a"], [0, 1, 1, 3, np.nan])
    np.testing.assert_array_equal(points["c"], [3, 1, 1, 0, np.nan])
    np.testing.assert_array_equal(points["flat"], [0, 0, 0, np.nan, np.nan])
    shares = percentile_ranks(values, sign)
    np.testing.assert_allclose(shares["a"], [0, 1 / 3, 1 / 3, 1, np.nan])
    np.testing.assert_array_equal(shares["flat"], [0.5, 0.5, 0.5, np.nan, np.nan])
    np.testing.assert_array_equal(shares["one"], [np.nan] * 4 + [0.5])
    average = percentile_ranks(values, sign, ties="average")
    np.testing.assert_allclose(average["a"], [0, 0.5, 0.5, 1, np.nan])


@given(st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=9), st.floats(1e-3, 1e3))
def test_relative_scores_ignore_units_and_order(column, factor):
    values = pd.DataFrame({"x": column, "y": column})
    sign = {"x": 1, "y": -1}
    for method in (fraction_of_maximum, fraction_of_sum, percentile_ranks, borda):
        score = method(values, sign)
        np.testing.assert_allclose(method(values * factor, sign), score, rtol=1e-9)
        turned = method(values.iloc[::-1], sign).loc[values.index]
        np.testing.assert_allclose(turned, score, rtol=1e-9)
        # More is never worse for a benefit, nor better for a cost.
        order = np.argsort(column, kind="stable")
        steps = score.to_numpy()[order]
        assert (np.diff(steps[:, 0]) >= -1e-12).all()
        assert (np.diff(steps[:, 1]) <= 1e-12).all()
