"""Weights from principal components, of tables whose components are known.

Two independent pairs of indicators that go together: four orthogonal patterns p, q, r,
s of unit length give a = p + e r, b = p − e r, c = q + f s, d = q − f s. The
correlation of a and b is (1 − e²)/(1 + e²), of c and d likewise, others 0. Two
components are above 1; each indicator loads on one with l² = (1 + correlation)/2.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import hadamard

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.weighting import pca, varimax


@pytest.fixture
def two_pairs():
    p, q, r, s = (hadamard(16)[k].astype(float) for k in (1, 2, 4, 8))
    return pd.DataFrame(
        {"a": p + 0.5 * r, "b": p - 0.5 * r, "c": q + 0.25 * s, "d": q - 0.25 * s}
    )


def test_pca_two_pairs_by_hand(two_pairs):
    weights = pca(two_pairs)
    # Correlations .75/1.25 = .6 and .9375/1.0625 = .882353: l² .8 and .941176.
    expected = np.array([0.8, 0.8, 0.941176, 0.941176])
    np.testing.assert_allclose(weights, expected / expected.sum(), atol=1e-6)
    assert weights.attrs["components"] == 2
    assert weights.attrs["explained"] == pytest.approx((1.6 + 1.882353) / 4)
    assert weights.attrs["note"] == ""


def test_pca_components_of_equal_size_are_rotated_apart(two_pairs):
    # Eigenvalues of two equal pairs are equal, so their axes are arbitrary.
    two_pairs["c"] = hadamard(16)[2] + 0.5 * hadamard(16)[8]
    two_pairs["d"] = hadamard(16)[2] - 0.5 * hadamard(16)[8]
    np.testing.assert_allclose(pca(two_pairs), 0.25, atol=1e-9)


def test_pca_rotation_agrees_with_a_search_of_every_angle():
    # Three indicators that go with p, two with q, and all of them with each other.
    p, q, *own = (hadamard(16)[k].astype(float) for k in (1, 2, 4, 8, 3, 5, 6))
    shared_part = 0.3 * (p + q)
    columns = [p, p, p, q, q]
    values = pd.DataFrame(
        {
            k: c + shared_part + 0.5 * e
            for k, (c, e) in enumerate(zip(columns, own, strict=True))
        }
    )
    values[4] += own[4] * 0.4
    sizes, vectors = np.linalg.eigh(values.corr().to_numpy())
    loadings = vectors[:, -2:] * np.sqrt(sizes[-2:])
    best, expected = -1.0, None
    for angle in np.linspace(0, np.pi / 2, 20_001):
        c, s = np.cos(angle), np.sin(angle)
        squares = (loadings @ np.array([[c, -s], [s, c]])) ** 2
        if squares.var(axis=0).sum() > best:
            best, expected = squares.var(axis=0).sum(), squares.max(axis=1)
    weights = pca(values)
    assert weights.attrs["components"] == 2
    np.testing.assert_allclose(weights, expected / expected.sum(), atol=1e-4)
    unrotated = (loadings**2).max(axis=1)
    assert np.abs(weights - unrotated / unrotated.sum()).max() > 0.01


def test_pca_of_unrelated_indicators_takes_components_until_enough():
    columns = {f"i{k}": hadamard(16)[k].astype(float) for k in (1, 2, 4, 8, 3)}
    weights = pca(pd.DataFrame(columns))
    # No eigenvalue above 1; three fifths are explained by three of the five.
    assert weights.attrs["components"] == 3
    assert weights.attrs["explained"] == pytest.approx(0.6)
    assert weights.sum() == pytest.approx(1.0)


def test_pca_one_indicator_and_perfect_twins(two_pairs):
    assert pca(two_pairs[["a"]]).tolist() == [1.0]
    twins = pd.DataFrame({"a": two_pairs["a"], "b": -3 * two_pairs["a"] + 7})
    assert pca(twins).tolist() == pytest.approx([0.5, 0.5])
    assert pca(twins).attrs["components"] == 1


def test_pca_too_few_units_uses_the_fallback(two_pairs):
    few = two_pairs.iloc[:11]
    assert pca(few).tolist() == [0.25] * 4
    assert "仅11个单元" in pca(few).attrs["note"]
    given_weights = pd.Series({"a": 2.0, "b": 1.0, "c": 1.0, "d": 0.0})
    assert pca(few, fallback=given_weights).tolist() == [0.5, 0.25, 0.25, 0.0]
    assert pca(few, units_per_indicator=2).attrs["components"] == 2
    one = pca(two_pairs.iloc[:1])
    assert one.tolist() == [0.25] * 4
    assert one.attrs["components"] == 0
    with pytest.raises(ParameterError, match="备用权重"):
        pca(few, fallback=pd.Series({"a": 1.0}))


def test_pca_constant_missing_and_infinite(two_pairs):
    two_pairs["flat"] = 3.0
    two_pairs["gap"] = two_pairs["a"].where(two_pairs.index > 0)
    weights = pca(two_pairs)
    assert weights[["flat", "gap"]].tolist() == [0.0, 0.0]
    assert weights.attrs["dropped"] == ["gap"]
    np.testing.assert_allclose(
        weights.iloc[:4], pca(two_pairs[["a", "b", "c", "d"]]), atol=1e-12
    )
    flat = pd.DataFrame({"a": [1.0] * 9, "b": [2.0] * 9})
    assert pca(flat).tolist() == [0.5, 0.5]
    assert "等权" in pca(flat).attrs["note"]
    with pytest.raises(MethodError, match="没有数据完整"):
        pca(two_pairs[["gap"]])
    with pytest.raises(MethodError, match="无穷大"):
        pca(two_pairs.replace(3.0, np.inf))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_pca_weights_are_weights_and_ignore_units_signs_and_order(seed, count):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(40, 1))
    values = pd.DataFrame(rng.normal(size=(40, count)) + common)
    weights = pca(values)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    other = pca(-1e6 * values.iloc[::-1] + 5.0)
    np.testing.assert_allclose(other, weights, atol=1e-6)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_varimax_is_a_rotation_that_cannot_be_bettered(seed, components):
    rng = np.random.default_rng(seed)
    loadings = rng.uniform(-1, 1, (8, components))
    rotated = varimax(loadings)
    np.testing.assert_allclose(
        (rotated**2).sum(axis=1), (loadings**2).sum(axis=1), atol=1e-9
    )

    def criterion(array):
        return (array**2).var(axis=0).sum()

    assert criterion(rotated) >= criterion(loadings) - 1e-12
    for angle in (-0.05, 0.05):
        turn = np.eye(components)
        turn[:2, :2] = [
            [np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)],
        ]  # fmt: skip
        assert criterion(rotated @ turn) <= criterion(rotated) + 1e-9


def test_varimax_edge_cases():
    assert varimax([[0.5], [0.7]]).tolist() == [[0.5], [0.7]]
    assert varimax(np.zeros((3, 2))).tolist() == np.zeros((3, 2)).tolist()
    with pytest.raises(MethodError, match="载荷"):
        varimax([[np.nan, 1.0]])
