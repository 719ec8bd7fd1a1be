import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.normalization import (
    distance_to_reference,
    distance_to_target,
    interval,
    middle,
    ratio_to_benchmark,
)


def column(*values, name="x"):
    return pd.DataFrame({name: values}, dtype=float)


def test_distance_to_target_coinr_test_suite():
    # The two cases of COINr's own tests, capped and not.
    gain, loss = column(0, 5, 11), column(-1, 1, 10)
    up, down = {"x": 1}, {"x": -1}
    np.testing.assert_allclose(distance_to_target(gain, 10, up)["x"], [0, 0.5, 1.1])
    np.testing.assert_allclose(
        distance_to_target(gain, 10, up, cap=True)["x"], [0, 0.5, 1]
    )
    np.testing.assert_allclose(distance_to_target(loss, 0, down)["x"], [1.1, 0.9, 0])
    np.testing.assert_allclose(
        distance_to_target(loss, 0, down, cap=True)["x"], [1, 0.9, 0]
    )


def test_distance_to_target_each_column_its_own():
    values = pd.DataFrame({"a": [0.0, 5.0, np.nan], "b": [8.0, 2.0, 4.0]})
    result = distance_to_target(values, {"a": 10, "b": 2}, {"a": 1, "b": -1})
    np.testing.assert_allclose(result["a"], [0, 0.5, np.nan])
    np.testing.assert_allclose(result["b"], [0, 1, 2 / 3])


def test_distance_to_target_that_everyone_reaches():
    values = column(10, 12, np.nan)
    with pytest.raises(MethodError, match="x 各单元均已达到目标"):
        distance_to_target(values, 10, {"x": 1})
    result = distance_to_target(values, 10, {"x": 1}, cap=True)
    np.testing.assert_array_equal(result["x"], [1, 1, np.nan])


def test_distance_to_target_errors():
    with pytest.raises(MethodError, match="x 没有目标值"):
        distance_to_target(column(1, 2), {"y": 3}, {"x": 1})
    with pytest.raises(ParameterError, match="方向"):
        distance_to_target(column(1, 2), 3, {"x": 0})
    with pytest.raises(MethodError, match="无穷大"):
        distance_to_target(column(1, np.inf), 3, {"x": 1})


def test_distance_to_reference_by_hand():
    values = pd.DataFrame(
        {"a": [0.0, 4.0, 6.0], "b": [9.0, 5.0, 1.0], "c": [1.0, np.nan, 2.0],
         "d": [3.0, 2.0, 4.0]},
        index=["u", "v", "w"],
    )  # fmt: skip
    sign = {"a": 1, "b": -1, "c": 1, "d": 1}
    result = distance_to_reference(values, "v", sign)
    assert result["a"].tolist() == [0.0, 1.0, 1.5]
    assert result["b"].tolist() == [0.0, 1.0, 2.0]
    assert result["c"].isna().all()
    # The reference is itself the worst: nothing can be measured against it.
    assert result["d"].isna().all()
    capped = distance_to_reference(values, "v", sign, cap=True)
    assert capped["a"].tolist() == [0.0, 1.0, 1.0]
    assert capped["c"].isna().all()
    assert capped["d"].tolist() == [1.0] * 3
    for unknown in ("z", None):
        with pytest.raises(MethodError, match="没有唯一的单元"):
            distance_to_reference(values, unknown, sign)


def test_ratio_to_benchmark_by_hand():
    values = pd.DataFrame({"a": [0.0, 1.0, 4.0, np.nan], "c": [0.0, 1.0, 4.0, np.nan]})
    result = ratio_to_benchmark(values, {"a": 2, "c": 2}, {"a": 1, "c": -1})
    np.testing.assert_array_equal(result["a"], [0, 0.5, 1, np.nan])
    np.testing.assert_array_equal(result["c"], [1, 1, 0.5, np.nan])


def test_ratio_to_benchmark_errors():
    with pytest.raises(MethodError, match="x 有负值"):
        ratio_to_benchmark(column(-1), 2, {"x": -1})
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(MethodError, match="基准值"):
            ratio_to_benchmark(column(1), wrong, {"x": 1})


def test_interval_and_middle_by_hand():
    # [6, 9]: M = max(6 − 4, 10 − 9) = 2.
    result = interval(column(4, 5, 6, 8, 9, 10, np.nan), 6, 9)
    np.testing.assert_array_equal(result["x"], [0, 0.5, 1, 1, 1, 0.5, np.nan])
    np.testing.assert_allclose(middle(column(5, 7, 8), 7)["x"], [0, 1, 0.5])
    assert interval(column(7, 8), 6, 9)["x"].tolist() == [1, 1]
    assert middle(column(7), 7)["x"].tolist() == [1]
    pair = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0]})
    assert interval(pair, {"a": 2, "b": 0}, {"a": 3, "b": 1}).to_numpy().tolist() == [
        [0.0, 1.0], [1.0, 0.0],
    ]  # fmt: skip


def test_interval_errors():
    for low, high in ((9, 6), (np.nan, 6), (-np.inf, 6)):
        with pytest.raises(MethodError, match="区间"):
            interval(column(1), low, high)


@given(
    st.lists(st.floats(0, 1e6), min_size=2, max_size=9),
    st.floats(1, 1e6),
    st.floats(1e-3, 1e3),
)
def test_reference_scores_are_in_range_and_ignore_units(values, mark, factor):
    frame = column(*values)
    assume(mark > min(values) * (1 + 1e-6) and max(values) > mark * (1 + 1e-6))
    methods = [
        lambda x, m: distance_to_target(x, m, {"x": 1}, cap=True),
        lambda x, m: distance_to_target(x, m, {"x": -1}, cap=True),
        lambda x, m: ratio_to_benchmark(x, m, {"x": 1}),
        lambda x, m: ratio_to_benchmark(x, m, {"x": -1}),
        middle,
    ]
    for method in methods:
        score = method(frame, mark)["x"]
        assert score.between(-1e-12, 1 + 1e-12).all()
        other = method(frame * factor, mark * factor)["x"]
        np.testing.assert_allclose(other, score, atol=1e-6)
