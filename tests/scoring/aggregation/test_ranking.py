import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError
from synergy_lib.scoring.aggregation import grey_relational, topsis

SCORES = hnp.arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(1, 5)),
    elements=st.floats(0, 100, allow_subnormal=False),
)


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
