import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError
from synergy_lib.scoring.normalization import (
    apply_rules,
    goalposts,
    park_anchors,
    parse_tiers,
    tier_points,
)

FINITE = st.floats(-1e9, 1e9, allow_nan=False)


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
