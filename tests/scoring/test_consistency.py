"""Consistency of an index, by hand and against numpy.

Of the mini framework S = .6 A + .4 B, A = .6 A1 + .4 A2, B = .5 B1 + .5 B2.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.consistency import (
    correlation_flags,
    cronbach_alpha,
    main_effects,
    parent_correlations,
)
from synergy_lib.scoring.framework import load_scheme, read_framework
from synergy_lib.scoring.index import score_index


@pytest.fixture
def scores():
    return pd.DataFrame(
        {
            "A1": [0.0, 1.0, 2.0, 3.0],
            "A2": [1.0, 3.0, 5.0, 7.0],
            "B1": [3.0, 2.0, 1.0, 0.0],
            "B2": [0.0, 1.0, 0.0, 1.0],
        }
    )


@cache
def _taizhou_framework():
    return load_scheme(parameters_path("schemes", "taizhou_six_dimensions")).framework


def pair(table, first, second):
    row = table[(table["first"] == first) & (table["second"] == second)]
    assert len(row) == 1
    return row.iloc[0]


def test_correlation_flags_by_hand(scores, mini):
    table = correlation_flags(scores, mini.framework)
    assert len(table) == 6
    twins = pair(table, "A1", "A2")
    assert twins["correlation"] == pytest.approx(1.0)
    assert (twins["flag"], twins["first_group"], twins["units"]) == (
        "redundant",
        "A",
        4,
    )
    # Opposite and in different groups: told twice, but not against their group.
    assert pair(table, "A1", "B1")["flag"] == "redundant"
    # r(B1, B2) = −2/√(5·1)/2 = −.4472.
    inner = pair(table, "B1", "B2")
    assert inner["correlation"] == pytest.approx(-1 / 5**0.5)
    assert inner["flag"] == "opposed"
    assert pair(table, "A1", "B2")["flag"] == ""
    loose = correlation_flags(scores, mini.framework, redundant=0.4, opposed=-0.5)
    assert pair(loose, "B1", "B2")["flag"] == "redundant"
    assert pair(loose, "A1", "B2")["flag"] == "redundant"


def test_correlation_flags_of_a_higher_level(scores, mini):
    table = correlation_flags(scores, mini.framework, level=3)
    assert table["is_same_group"].all()
    strict = correlation_flags(scores, mini.framework, level=3, redundant=1.0)
    assert pair(strict, "A1", "B1")["flag"] == "opposed"


def test_correlation_flags_spearman_sees_order_only(mini):
    steps = np.arange(1.0, 7.0)
    scores = pd.DataFrame({"A1": steps, "A2": steps**9, "B1": steps, "B2": steps[::-1]})
    linear = pair(correlation_flags(scores, mini.framework), "A1", "A2")
    order = correlation_flags(scores, mini.framework, method="spearman")
    assert linear["correlation"] < 0.8
    assert pair(order, "A1", "A2")["correlation"] == pytest.approx(1.0)
    assert pair(order, "B1", "B2")["correlation"] == pytest.approx(-1.0)


def test_correlation_flags_undefined_is_said(scores, mini):
    scores["A1"] = 0.1
    scores.loc[:1, "B1"] = np.nan
    table = correlation_flags(scores, mini.framework)
    assert pair(table, "A1", "A2")["flag"] == "undefined"
    two = pair(table, "A2", "B1")
    assert (two["flag"], two["units"]) == ("undefined", 2)
    assert np.isnan(two["correlation"])


def test_correlation_flags_errors(scores, mini):
    with pytest.raises(InputDataError, match="A1"):
        correlation_flags(scores.drop(columns="A1"), mini.framework)
    with pytest.raises(ParameterError, match="没有层级4"):
        correlation_flags(scores, mini.framework, level=4)
    with pytest.raises(ParameterError, match="pearson、spearman"):
        correlation_flags(scores, mini.framework, method="kendall")
    with pytest.raises(ParameterError) as caught:
        correlation_flags(scores, mini.framework, redundant=92, opposed=-40)
    assert len(caught.value.problems) == 2


def test_cronbach_alpha_by_hand(scores, mini):
    # A: sample variances 5/3 and 20/3, sum 1, 4, 7, 10: 15; alpha = 2·(1 − 25/45).
    # B: 5/3 and 1/3, sum 3, 3, 1, 1: 4/3; alpha = 2·(1 − 2/(4/3)) = −1.
    table = cronbach_alpha(scores.assign(A=0.0, B=scores["B1"]), mini.framework)
    assert table.loc["A", "alpha"] == pytest.approx(8 / 9)
    assert table.loc["B", "alpha"] == pytest.approx(-1.0)
    assert table.loc["A", ["items", "units", "reason"]].tolist() == [2, 4, ""]


def test_cronbach_alpha_identical_items_are_one(scores, mini):
    scores["A2"] = scores["A1"]
    alpha = cronbach_alpha(scores.assign(A=0.0, B=0.0), mini.framework)["alpha"]
    assert alpha["A"] == pytest.approx(1.0)


def test_cronbach_alpha_undefined_has_a_reason(scores, mini):
    scores["A2"] = 3 - scores["A1"]
    scores.loc[:1, "B1"] = np.nan
    table = cronbach_alpha(scores.assign(A=0.0, B=0.0), mini.framework)
    assert table["alpha"].isna().all()
    assert table.loc["A", "reason"] == "各单元下级得分之和相同，不能计算"
    assert table.loc["B", "reason"] == "数据完整的单元少于3个"
    assert table.loc["B", "units"] == 2


def test_cronbach_alpha_of_a_single_child(mini, framework_file, scores):
    text = framework_file().read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("1,A2")]
    framework = read_framework(framework_file("\n".join(kept)))
    table = cronbach_alpha(scores.assign(A=0.0, B=0.0), framework)
    assert table.loc["A", "reason"] == "只有一个下级，不能计算"


def test_parent_correlations_agree_with_numpy(mini, mini_values):
    result = score_index(mini_values.fillna(60.0), mini.framework)
    table = parent_correlations(result.scores, mini.framework)
    expected = np.corrcoef(result.scores["A1"], result.scores["A"])[0, 1]
    assert table.loc["A1", "with_parent"] == pytest.approx(expected)
    expected = np.corrcoef(result.scores["B2"], result.scores["S"])[0, 1]
    assert table.loc["B2", "with_index"] == pytest.approx(expected)
    assert table.loc["A", "with_parent"] == table.loc["A", "with_index"]
    assert table["units"].tolist() == [6] * 6
    assert table.loc["A", "parent"] == "S"
    assert "S" not in table.index


def test_main_effects_of_independent_parts_are_their_variances(mini, scores):
    # A1 and A2 uncorrelated with variances 1 : 1, weights .6 : .4, so .36 : .16.
    scores["A1"], scores["A2"] = [1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0]
    result = score_index(scores, mini.framework, "none")
    table = main_effects(result.scores, mini.framework)
    assert table.loc["A1", "main_effect"] == pytest.approx(0.36 / 0.52)
    assert table.loc["A2", "effect_share"] == pytest.approx(0.16 / 0.52)
    assert table.loc["A1", "ratio"] == pytest.approx(0.36 / 0.52 / 0.6)


def test_main_effects_cannot_be_judged(mini, scores):
    scores["A1"] = 1.0
    result = score_index(scores, mini.framework, "none")
    table = main_effects(result.scores, mini.framework)
    assert np.isnan(table.loc["A1", "main_effect"])
    assert table.loc["A2", "main_effect"] == pytest.approx(1.0)
    assert table.loc[["A1", "A2"], "effect_share"].isna().all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_consistency_does_not_depend_on_scale_or_order(seed, factor):
    framework = _taizhou_framework()
    codes = framework.indicators.index
    points = np.random.default_rng(seed).integers(0, 11, (9, len(codes))) * 10.0
    plain = score_index(pd.DataFrame(points, columns=codes), framework, "none").scores
    other = (plain * factor).iloc[::-1]
    for method in ("pearson", "spearman"):
        first, second = (
            correlation_flags(item.round(9), framework, method=method)["correlation"]
            for item in (plain, other)
        )
        np.testing.assert_allclose(first, second, atol=1e-6)
        assert first.dropna().abs().le(1).all()
    alphas = [cronbach_alpha(item, framework)["alpha"] for item in (plain, other)]
    np.testing.assert_allclose(*alphas, rtol=1e-6, atol=1e-6)
    assert alphas[0].dropna().le(1 + 1e-9).all()
    effects = main_effects(plain, framework)
    assert effects["main_effect"].dropna().between(0, 1).all()
    sums = effects.groupby("parent")["effect_share"].sum(min_count=1).dropna()
    np.testing.assert_allclose(sums, 1.0)
