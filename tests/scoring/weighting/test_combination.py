import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.weighting import (
    combine_linear,
    combine_multiplicative,
    game,
)


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
