import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.normalization import (
    apply_rules,
    constant_columns,
    goalposts,
    minmax,
    park_anchors,
    parse_tiers,
    ranks,
    tier_points,
    zscore,
)

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


@pytest.mark.parametrize("name", ["score_LIN_A1", "score_LIN_D3"])
def test_goalposts_reference_vectors(shared, name):
    vectors = json.loads(shared("data", "method_vectors", "vectors.json").read_text())
    case = vectors[name]
    result = goalposts(pd.Series(case["x"]), case["xb"], case["xm"])
    np.testing.assert_allclose(result, case["s"], atol=5e-5)


def test_goalposts_kinds_and_columns():
    assert goalposts(2.0, 2.0, 0.6) == 60.0
    assert goalposts([0.6, 4.1], 2.0, 0.6).tolist() == pytest.approx([100.0, 0.0])
    frame = pd.DataFrame({"a": [50.0], "b": [1.0], "c": [np.nan]})
    anchors = {"a": 0.0, "b": 2.0, "c": 1.0}, {"a": 100.0, "b": 1.0, "c": 2.0}
    result = goalposts(frame, *anchors)
    np.testing.assert_array_equal(result, [[80.0, 100.0, np.nan]])


def test_goalposts_equal_or_missing_anchor_is_an_error():
    for anchors in ((1.0, 1.0), (np.nan, 1.0)):
        with pytest.raises(MethodError, match="锚点"):
            goalposts(3.0, *anchors)
    with pytest.raises(MethodError, match="锚点"):
        goalposts(pd.DataFrame({"a": [1.0]}), {"a": 1.0}, {"b": 2.0})
    with pytest.raises(MethodError, match="DataFrame"):
        goalposts(pd.Series([1.0]), {"a": 1.0}, {"a": 2.0})


@given(FINITE, FINITE, st.lists(FINITE, min_size=2, max_size=9))
def test_goalposts_anchors_range_and_monotone(baseline, benchmark, values):
    assume(baseline != benchmark)
    assert goalposts(baseline, baseline, benchmark) == 60.0
    assert goalposts(benchmark, baseline, benchmark) == 100.0
    score = goalposts(np.sort(values), baseline, benchmark)
    assert ((score >= 0) & (score <= 100)).all()
    steps = np.diff(score) * np.sign(benchmark - baseline)
    assert (steps >= 0).all()


def test_park_anchors_percentiles_by_hand():
    # 1 … 9: linear P75 = 7, P10 = 1.8, P25 = 3, P90 = 8.2.
    values = np.array([*range(1, 10), np.nan], dtype=float)
    assert park_anchors(values, 75, 10, 8) == pytest.approx((7.0, 1.8, 9))
    assert park_anchors(values, 25, 90, 8) == pytest.approx((3.0, 8.2, 9))


def test_park_anchors_too_few_or_no_spread():
    few = park_anchors(np.arange(7.0), 75, 10, 8)
    assert np.isnan(few[0])
    assert few[2] == 7
    assert np.isnan(park_anchors(np.ones(8), 75, 10, 8)[1])


@pytest.mark.parametrize(
    ("ratio", "points"),
    [(0.6, 100), (0.61, 85), (0.8, 85), (1.2, 70), (1.21, 50), (2.0, 50), (2.1, 20)],
)
def test_tier_points_of_the_carbon_ratio(taizhou, ratio, points):
    tiers = taizhou.framework.indicators.loc["A2", "tiers"]
    assert tier_points(np.array([ratio]), tiers).tolist() == [points]


def test_tier_points_float_noise_and_no_tier():
    assert tier_points(np.array([0.1 + 0.2]), "<=0.3:100;>0.3:0").tolist() == [100.0]
    result = tier_points(np.array([5.0, np.nan]), "1:100;2:50")
    assert np.isnan(result).all()


@pytest.mark.parametrize("text", ["", "1", "a:3", "1:101", "1:-2", "<=:3", "1:2;;3:4"])
def test_parse_tiers_refuses(text):
    with pytest.raises(ValueError, match="分级"):
        parse_tiers(text)


def test_apply_rules_each_rule(taizhou):
    rules = pd.DataFrame(
        {"rule": ["LIN", "TIER", "PCT", "PCT"], "tiers": ["", "1:100;0:0", "", ""]},
        index=["l", "t", "p", "n"],
    )
    anchors = pd.DataFrame(
        {"baseline": [0.0, np.nan, 3.0, np.nan], "benchmark": [1, np.nan, 1, np.nan]},
        index=rules.index,
    )
    values = pd.DataFrame({"l": [0.5], "t": [0.0], "p": [2.0], "n": [2.0]})
    result = apply_rules(values, rules, anchors)
    np.testing.assert_array_equal(result, [[80.0, 0.0, 80.0, np.nan]])
