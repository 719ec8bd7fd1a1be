import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError, ParameterError, ScoreRangeError
from synergy_lib.scoring.coupling import (
    coordination_class,
    coordination_degree,
    coupling_degree,
    coupling_stage,
    lag_type,
)

UNIT = hnp.arrays(
    float, st.tuples(st.integers(1, 5), st.integers(2, 6)), elements=st.floats(0, 1)
)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


def test_coupling_degree_wang2021_table8(vectors):
    for name, classic, corrected, high, low in vectors["ccd_wang2021"]["rows"]:
        pair = pd.DataFrame([[high, low]], index=[name])
        assert coupling_degree(pair, "classic").iloc[0] == pytest.approx(
            classic, abs=5e-4
        )
        assert coupling_degree(pair).iloc[0] == pytest.approx(corrected, abs=5e-4)


def test_coupling_and_coordination_reference(vectors):
    for case in vectors["ccd_more"]["cases"]:
        units = pd.DataFrame([case["U"]])
        for variant, c, d in (("classic", "C", "D"), ("wang2021", "Cc", "Dc")):
            degree = coupling_degree(units, variant).iloc[0]
            assert degree == pytest.approx(case[c], abs=1e-6)
            both = coordination_degree(units, variant=variant).iloc[0]
            assert both == pytest.approx(case[d], abs=1e-6)


@pytest.mark.parametrize("variant", ["wang2021", "classic"])
def test_coupling_zero_missing_and_single(variant):
    units = pd.DataFrame({"a": [0.0, 0.0, np.nan], "b": [0.0, 0.5, 0.5]})
    degree = coupling_degree(units, variant)
    np.testing.assert_array_equal(degree, [0.0, 0.0, np.nan])
    np.testing.assert_array_equal(
        coordination_degree(units, variant=variant), [0.0, 0.0, np.nan]
    )
    with pytest.raises(MethodError, match="两个子系统"):
        coupling_degree(units[["a"]], variant)


def test_coupling_out_of_range_names_the_units():
    units = pd.DataFrame({"a": [80.0, 0.5], "b": [0.5, 0.5]}, index=["华海", "b"])
    with pytest.raises(ScoreRangeError, match="华海"):
        coupling_degree(units)
    with pytest.raises(MethodError, match="变体"):
        coupling_degree(units / 100, "2021")


def test_coordination_weights():
    units = pd.DataFrame({"a": [0.8], "b": [0.2]})
    # C = .316228, T = .75·.8 + .25·.2 = .65, D = sqrt(C·T).
    weighted = coordination_degree(units, {"a": 3, "b": 1}).iloc[0]
    assert weighted == pytest.approx(np.sqrt(0.1**0.5 * 0.65), abs=1e-9)
    with pytest.raises(ParameterError, match="权重"):
        coordination_degree(units, {"a": 1})


@given(UNIT)
def test_coupling_in_range_and_ignores_the_order(array):
    units = pd.DataFrame(array)
    for variant in ("wang2021", "classic"):
        degree = coupling_degree(units, variant)
        assert degree.between(0, 1).all()
        turned = coupling_degree(units[units.columns[::-1]], variant)
        np.testing.assert_allclose(turned, degree, atol=1e-9)
        assert coordination_degree(units, variant=variant).between(0, 1).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_corrected_is_not_above_classic_for_two(first, second):
    pair = pd.DataFrame([[first, second]])
    corrected = coupling_degree(pair).iloc[0]
    assert corrected <= coupling_degree(pair, "classic").iloc[0] + 1e-9


@given(UNIT, st.floats(0.1, 0.99))
def test_classic_coordination_falls_when_all_fall_alike(array, factor):
    units = pd.DataFrame(array)
    before = coordination_degree(units, variant="classic")
    after = coordination_degree(units * factor, variant="classic")
    assert (after <= before + 1e-9).all()


def test_classes_stages_and_lags():
    degree = pd.Series([0.0, 0.09, 0.1, 0.3, 0.7, 0.9, 1.0, np.nan])
    assert coordination_class(degree).tolist() == [
        "极度失调", "极度失调", "严重失调", "轻度失调", "中级协调", "优质协调",
        "优质协调", "",
    ]  # fmt: skip
    assert coupling_stage(pd.Series([0.0, 0.5, 0.8, 0.81])).tolist() == [
        "", "拮抗", "磨合", "高水平耦合",
    ]  # fmt: skip
    first, second = pd.Series([0.6, 0.5, 0.3, np.nan]), pd.Series([0.5, 0.3, 0.5, 0.1])
    assert lag_type(first, second, ("减污", "降碳")).tolist() == [
        "同步", "降碳滞后", "减污滞后", "",
    ]  # fmt: skip
