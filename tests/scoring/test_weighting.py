import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.weighting import (
    ahp,
    combine_linear,
    combine_multiplicative,
    critic,
    entropy,
    equal,
    game,
    group_matrix,
    policy,
)

MATRIX = hnp.arrays(
    float,
    st.tuples(st.integers(3, 8), st.integers(1, 5)),
    elements=st.floats(0, 1e6, allow_subnormal=False),
)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


@pytest.fixture(scope="module")
def cases(shared):
    return json.loads(shared("data", "mcdm_vectors", "cases.json").read_text())


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


def test_ahp_reference_pymcdm(cases):
    case = next(c for c in cases if c["method"] == "weights: AHP eigenvector")
    result = ahp(case["inputs"]["matrix"])
    np.testing.assert_allclose(result.weights, case["expected"], atol=6e-5)
    assert not result.is_consistent


def test_ahp_consistent_matrix_by_hand():
    # w = (4, 2, 1)/7: a_ij = w_i/w_j, so lambda_max = 3 and CR = 0.
    labels = ["a", "b", "c"]
    matrix = pd.DataFrame([[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]], labels, labels)
    result = ahp(matrix)
    assert result.weights.to_dict() == pytest.approx(
        {"a": 4 / 7, "b": 2 / 7, "c": 1 / 7}
    )
    assert result.lambda_max == pytest.approx(3.0)
    assert result.cr == pytest.approx(0.0, abs=1e-12)
    assert result.is_consistent


def test_ahp_consistency_ratio_by_hand():
    # a12 = a23 = a31 = 2: every row sums to 3.5, so w is equal and lambda is 3.5;
    # CI = .5/2, CR = .25/.58.
    result = ahp([[1, 2, 0.5], [0.5, 1, 2], [2, 0.5, 1]])
    assert result.lambda_max == pytest.approx(3.5)
    assert result.ci == pytest.approx(0.25)
    assert result.cr == pytest.approx(0.25 / 0.58)


def test_ahp_edge_cases():
    assert ahp([[1.0]]).weights.tolist() == [1.0]
    assert ahp([[1, 5], [0.2, 1]]).cr == 0.0
    assert ahp([[1, 3], [0.33, 1]]).weights.sum() == pytest.approx(1.0)
    assert np.isnan(ahp(np.ones((12, 12))).cr)
    with pytest.raises(MethodError, match="方阵"):
        ahp([[1, 2]])
    with pytest.raises(MethodError, match="正数"):
        ahp([[1, -2], [-0.5, 1]])
    with pytest.raises(MethodError) as caught:
        ahp([[1, 2, 3], [2, 1, 1], [3, 1, 1]])
    assert len(caught.value.problems) == 2


def test_group_matrix_is_the_entrywise_geometric_mean():
    joined = group_matrix([[[1, 2], [0.5, 1]], [[1, 8], [0.125, 1]]])
    np.testing.assert_allclose(joined, [[1, 4], [0.25, 1]])
    with pytest.raises(MethodError, match="同阶"):
        group_matrix([[[1]], [[1, 2], [0.5, 1]]])


def test_combinations_reference(vectors):
    case = vectors["combine_weights"]
    first, second = pd.Series(case["ws"]), pd.Series(case["wo"])
    expected = {
        "linear_0.6": combine_linear(first, second, 0.6),
        "multiplicative": combine_multiplicative(first, second),
        "kl_game": combine_multiplicative(first, second, 0.5),
    }
    for name, result in expected.items():
        np.testing.assert_allclose(result, case[name], atol=1e-6, err_msg=name)
    np.testing.assert_allclose(game(first, second), case["game_linear"]["w"], atol=1e-6)


def test_game_singular_and_misaligned():
    first = pd.Series({"a": 0.5, "b": 0.5})
    assert game(first, first * 2).tolist() == [0.5, 0.5]
    swapped = pd.Series({"b": 0.9, "a": 0.1})
    assert game(first, swapped).index.tolist() == ["a", "b"]
    with pytest.raises(ParameterError, match="只出现在一组"):
        game(first, pd.Series({"a": 0.5, "c": 0.5}))
    with pytest.raises(ParameterError, match="不为负"):
        game(first, pd.Series({"a": -0.5, "b": 1.5}))
    with pytest.raises(ParameterError, match="alpha"):
        combine_linear(first, swapped, 1.5)
    with pytest.raises(MethodError, match="共同的非零"):
        combine_multiplicative(
            pd.Series({"a": 1.0, "b": 0.0}), pd.Series({"a": 0.0, "b": 1.0})
        )


@given(
    hnp.arrays(
        float, st.tuples(st.just(3), st.integers(1, 6)), elements=st.floats(0.01, 1)
    ),
)
def test_game_of_three_is_a_weight_vector(array):
    weights = game(*(pd.Series(row) for row in array))
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)


def test_equal_and_policy(mini):
    assert equal(["a", "b"]).tolist() == [0.5, 0.5]
    with pytest.raises(MethodError, match="没有指标"):
        equal([])
    # 60 % · 6/10, 60 % · 4/10, 40 % · 1/2 twice.
    expected = {"A1": 0.36, "A2": 0.24, "B1": 0.2, "B2": 0.2}
    assert policy(mini.framework).to_dict() == pytest.approx(expected)
