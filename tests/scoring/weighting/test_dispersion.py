import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.weighting import (
    coefficient_of_variation,
    critic,
    entropy,
    standard_deviation,
)

MATRIX = hnp.arrays(
    float,
    st.tuples(st.integers(3, 8), st.integers(1, 5)),
    elements=st.floats(0, 1e6, allow_subnormal=False),
)


def test_entropy_hwang_yoon_1981(vectors):
    case = vectors["entropy_hwang_yoon"]
    weights = entropy(pd.DataFrame(case["X"]))
    np.testing.assert_allclose(weights, case["w"], atol=1e-6)


def test_entropy_zero_and_constant_column(vectors):
    case = vectors["entropy_zero_constant"]
    weights = entropy(pd.DataFrame(case["r"]))
    np.testing.assert_allclose(weights, case["w"], atol=1e-6)
    assert weights.iloc[1] == 0.0


def test_entropy_reference_pyrepo(cases):
    used = [case for case in cases if case["method"] == "weights: entropy"]
    assert len(used) == 2
    for case in used:
        weights = entropy(pd.DataFrame(case["inputs"]["matrix"]))
        np.testing.assert_allclose(weights, case["expected"], atol=6e-5)


def test_entropy_edge_cases():
    one = pd.DataFrame({"a": [1.0], "b": [2.0]})
    assert entropy(one).tolist() == [0.5, 0.5]
    given = pd.Series({"a": 3.0, "b": 1.0})
    assert entropy(one, fallback=given).tolist() == [0.75, 0.25]
    assert "一个单元" in entropy(one).attrs["note"]
    alike = pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0], "z": [0.0, 0.0]})
    assert entropy(alike).tolist() == pytest.approx([1 / 3] * 3)
    assert "等权" in entropy(alike).attrs["note"]
    gap = pd.DataFrame({"a": [1.0, 2.0], "b": [np.nan, 2.0], "z": [0.0, 0.0]})
    assert entropy(gap).tolist() == [1.0, 0.0, 0.0]
    assert entropy(gap).attrs["dropped"] == ["b"]
    with pytest.raises(MethodError, match="负值"):
        entropy(pd.DataFrame({"a": [1.0, -2.0]}))
    with pytest.raises(MethodError, match="没有数据完整"):
        entropy(pd.DataFrame({"a": [1.0, np.nan]}))
    with pytest.raises(ParameterError, match="备用权重"):
        entropy(one, fallback=pd.Series({"a": 1.0}))


@given(MATRIX)
def test_entropy_weights_are_weights_and_ignore_units(array):
    values = pd.DataFrame(array)
    weights = entropy(values)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(entropy(values * 7.5), weights, atol=1e-9)
    np.testing.assert_allclose(entropy(values.iloc[::-1]), weights, atol=1e-9)


@pytest.mark.parametrize("kind", ["pearson", "spearman"])
def test_critic_diakoulaki1995(vectors, kind):
    case = vectors["critic_diakoulaki1995"]
    sign = dict(enumerate(case["direction"]))
    weights = critic(pd.DataFrame(case["X"]), sign, correlation=kind)
    np.testing.assert_allclose(weights, case[f"w_{kind}"], atol=1e-8)


def test_critic_edge_cases():
    sign = {"a": 1, "b": -1}
    two = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    assert critic(two, sign).tolist() == [0.5, 0.5]
    assert "三个单元" in critic(two, sign).attrs["note"]
    alike = pd.DataFrame({"a": [1.0] * 3, "b": [2.0] * 3})
    assert critic(alike, sign).tolist() == [0.5, 0.5]
    flat = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [2.0] * 3})
    assert critic(flat, sign).tolist() == [1.0, 0.0]
    gap = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [2.0, 3.0, np.nan]})
    # A single complete column has no conflict: equal over the usable columns.
    assert critic(gap, sign).tolist() == [1.0, 0.0]
    assert critic(gap, sign).attrs["dropped"] == ["b"]
    with pytest.raises(MethodError, match="相关系数"):
        critic(flat, sign, correlation="kendall")


def test_critic_duplicates_share_their_weight():
    rng = np.random.default_rng(1)
    values = pd.DataFrame(rng.random((9, 3)), columns=list("abc"))
    values["d"] = values["c"]
    weights = critic(values, dict.fromkeys("abcd", 1))
    assert weights["c"] == pytest.approx(weights["d"])


@given(MATRIX, st.integers(0, 31))
def test_critic_weights_are_weights_and_ignore_units(array, bits):
    values = pd.DataFrame(np.round(array, 3))
    sign = {k: 1 if bits >> k & 1 else -1 for k in range(values.shape[1])}
    weights = critic(values, sign)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(critic(values * 8 + 16, sign), weights, atol=1e-6)


def test_standard_deviation_and_variation_by_hand():
    # Deviations 1 and 2, means 2 and 6: c = 1/2 and 1/3.
    values = pd.DataFrame({"a": [1.0, 3.0], "b": [4.0, 8.0]})
    assert standard_deviation(values).tolist() == pytest.approx([1 / 3, 2 / 3])
    assert coefficient_of_variation(values).tolist() == pytest.approx([0.6, 0.4])
    assert coefficient_of_variation(-values).tolist() == pytest.approx([0.6, 0.4])


@pytest.mark.parametrize("method", [standard_deviation, coefficient_of_variation])
def test_dispersion_weights_edge_cases(method):
    one = pd.DataFrame({"a": [1.0], "b": [2.0]})
    assert method(one).tolist() == [0.5, 0.5]
    assert "一个单元" in method(one).attrs["note"]
    assert method(one, fallback=pd.Series({"a": 3, "b": 1})).tolist() == [0.75, 0.25]
    alike = pd.DataFrame({"a": [0.1] * 9, "b": [2.0] * 9, "z": [0.0] * 9})
    assert method(alike).tolist() == pytest.approx([1 / 3] * 3)
    assert "等权" in method(alike).attrs["note"]
    gap = pd.DataFrame({"a": [1.0, 2.0], "b": [np.nan, 2.0], "z": [0.0, 0.0]})
    assert method(gap).tolist() == [1.0, 0.0, 0.0]
    assert method(gap).attrs["dropped"] == ["b"]
    with pytest.raises(MethodError, match="没有数据完整"):
        method(pd.DataFrame({"a": [1.0, np.nan]}))
    with pytest.raises(MethodError, match="无穷大"):
        method(pd.DataFrame({"a": [1.0, np.inf]}))


def test_coefficient_of_variation_of_a_zero_mean_is_not_defined():
    with pytest.raises(MethodError, match="a 的平均值为0"):
        coefficient_of_variation(pd.DataFrame({"a": [0.1, 0.2, -0.3], "b": [1, 2, 3]}))


@given(MATRIX)
def test_dispersion_weights_are_weights_and_ignore_units(array):
    values = pd.DataFrame(array)
    for method in (standard_deviation, coefficient_of_variation):
        weights = method(values)
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1.0)
        np.testing.assert_allclose(method(values * 7.5), weights, atol=1e-9)
        np.testing.assert_allclose(method(values.iloc[::-1]), weights, atol=1e-9)
