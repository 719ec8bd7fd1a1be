import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.scoring.weighting import ahp, group_matrix


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
