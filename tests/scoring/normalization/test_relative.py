import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.normalization import constant_columns, minmax, ranks, zscore

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
