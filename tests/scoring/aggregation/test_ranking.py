import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.aggregation import (
    edas,
    grey_relational,
    saw,
    topsis,
    vikor,
)

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


def test_saw_is_the_mean_of_fractions_of_the_best():
    values = pd.DataFrame({"a": [2.0, 4.0, np.nan], "c": [2.0, 8.0, 1.0]})
    result = saw(values, {"a": 1, "c": 3}, {"a": 1, "c": -1})
    # 2/4 and 1/2; 1 and 1/8.
    np.testing.assert_allclose(result, [0.5, 0.34375, np.nan])


def test_vikor_proposes_one_unit_or_several(cases):
    case = next(c for c in cases if c["id"].startswith("skcriteria.VIKOR"))
    weights = dict(enumerate(case["inputs"]["weights"]))
    sign = dict.fromkeys(weights, 1)
    result = vikor(pd.DataFrame(case["inputs"]["matrix"]), weights, sign)
    # Q .75, .25, 0, 1: the second is .25 behind, less than 1/3, so both.
    assert result.compromise == (2, 1)
    clear = pd.DataFrame({"a": [0.0, 1.0, 10.0]}, index=["x", "y", "z"])
    assert vikor(clear, {"a": 1}, {"a": 1}).compromise == ("z",)
    assert vikor(clear, {"a": 1}, {"a": -1}).compromise == ("x", "y")


def test_vikor_leader_that_leads_in_neither_is_not_alone():
    values = pd.DataFrame(
        {"a": [7, 1, 0, 3, 5, 4, 3, 7], "b": [3, 4, 8, 4, 10, 7, 6, 5],
         "c": [10, 7, 3, 5, 0, 4, 5, 7]}
    )  # fmt: skip
    result = vikor(values, {"a": 0.4, "b": 0.3, "c": 0.3}, dict.fromkeys("abc", 1))
    # Row 7 leads row 5 by .1441 > 1/7, but row 0 has the least S and row 5 the least R.
    assert result.q[[7, 5]].tolist() == pytest.approx([0.083263, 0.227442], abs=1e-4)
    assert (result.s.idxmin(), result.r.idxmin()) == (0, 5)
    assert result.compromise == (7, 5)


def test_vikor_edge_cases():
    weights, sign = {"a": 1, "b": 1}, {"a": 1, "b": -1}
    one = pd.DataFrame({"a": [1.0], "b": [2.0]})
    single = vikor(one, weights, sign)
    assert single.q.isna().all()
    assert single.compromise == ()
    alike = pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0]})
    assert vikor(alike, weights, sign).q.tolist() == [0.0, 0.0]
    assert vikor(alike, weights, sign).compromise == (0, 1)
    gap = pd.DataFrame({"a": [1.0, 2.0], "b": [np.nan, 2.0]})
    assert vikor(gap, weights, sign).q.tolist() == [1.0, 0.0]
    with pytest.raises(MethodError, match="VIKOR：没有数据完整"):
        vikor(gap[["b"]], {"b": 1}, {"b": 1})
    with pytest.raises(ParameterError, match="VIKOR v"):
        vikor(alike, weights, sign, v=2)


def test_edas_by_hand_and_edge_cases():
    weights, sign = {"a": 1, "b": 1}, {"a": 1, "b": -1}
    # Means 2 and 4: gains ±.5 and ±.5, all of it good in the second row.
    values = pd.DataFrame({"a": [1.0, 3.0], "b": [6.0, 2.0]})
    assert edas(values, weights, sign).tolist() == [0.0, 1.0]
    alike = pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0]})
    assert edas(alike, weights, sign).tolist() == [0.5, 0.5]
    assert edas(values.iloc[:1], weights, sign).isna().all()
    gap = pd.DataFrame({"a": [1.0, 3.0], "b": [np.nan, 2.0]})
    assert edas(gap, weights, sign).tolist() == [0.0, 1.0]
    with pytest.raises(MethodError, match="EDAS：没有数据完整"):
        edas(gap[["b"]], {"b": 1}, {"b": 1})
    for low in (-values, values * 0):
        with pytest.raises(MethodError, match="平均值须大于0"):
            edas(low, weights, sign)


POSITIVE = hnp.arrays(
    float,
    st.tuples(st.integers(2, 6), st.integers(1, 4)),
    elements=st.integers(1, 50).map(float),
)


@given(POSITIVE, st.integers(0, 15), st.floats(0.01, 100))
def test_rankings_are_in_range_and_ignore_units_and_order(array, bits, factor):
    values = pd.DataFrame(array)
    weights = {k: k + 1.0 for k in values.columns}
    sign = {k: 1 if bits >> k & 1 else -1 for k in values.columns}
    methods = {
        "saw": lambda x: saw(x, weights, sign),
        "edas": lambda x: edas(x, weights, sign),
        "vikor": lambda x: vikor(x, weights, sign).q,
    }
    for name, method in methods.items():
        score = method(values)
        assert score.between(-1e-9, 1 + 1e-9).all(), name
        other = method(values.iloc[::-1] * factor).loc[values.index]
        np.testing.assert_allclose(other, score, atol=1e-6, err_msg=name)
