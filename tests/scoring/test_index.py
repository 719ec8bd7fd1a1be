"""Scores of the mini park, and of frameworks of any depth.

The mini park by hand (anchors A1 2.0→0.6; B1 50→90; B2 park 2020 of 1, 2, 4:
P75 = 3.0, P10 = 1.2; weights A .6 (A1 .6, A2 .4), B .4 (B1 .5, B2 .5)).
2020 a: A1 60+40·(1.0−2.0)/(0.6−2.0) = 88.5714; A2 .8333 → 70; A = 81.142857
        B1 60+40·20/40 = 80; B2 60+40·(1−3)/(1.2−3) = 104.4 → 100; B = 90
        S = .6·81.142857+.4·90 = 84.685714
     b: A1 60, A2 1.667 → 20, A = 44; B1 60, B2 82.2222, B = 71.1111; S = 54.844444
     c: A1 100, A2 .5 → 100, A = 100; B1 110 → 100, B2 37.7778, B = 68.8889;
        S = 87.555556
2021 a: A1 94.285714, A2 .64 → 100, A = 96.571429; B1 70, B2 60, B = 65;
        S = 83.942857
     b: A1 60, A2 20, A = 44; B1 missing → B covers .5 < .6; S = 44, coverage .8
     c: A1 88.571429, A2 .8 → 100, A = 93.142857; B1 100, B2 < 0 → 0, B = 50;
        S = 75.885714
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, MethodError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import load_scheme, read_framework
from synergy_lib.scoring.index import score_index, score_scheme


@pytest.fixture
def gates(mini_values):
    return pd.DataFrame(1.0, index=mini_values.index, columns=["G1", "G2"])


@pytest.fixture
def result(mini, mini_values, gates):
    return score_scheme(mini_values, mini, base_year=2020, gates=gates)


def test_score_scheme_mini_park_by_hand(result):
    np.testing.assert_allclose(
        result.overall,
        [84.685714, 83.942857, 54.844444, 44.0, 87.555556, 75.885714],
        atol=1e-6,
    )
    np.testing.assert_allclose(
        result.dimension_scores["A"],
        [81.142857, 96.571429, 44.0, 44.0, 100.0, 93.142857],
        atol=1e-6,
    )
    np.testing.assert_allclose(
        result.dimension_scores["B"],
        [90.0, 65.0, 71.111111, np.nan, 68.888889, 50.0],
        atol=1e-6,
    )
    scores = result.indicator_scores
    np.testing.assert_allclose(
        scores["B2"], [100.0, 60.0, 82.222222, 100.0, 37.777778, 0.0], atol=1e-6
    )
    assert scores["A2"].tolist() == [70, 100, 20, 20, 100, 100]


def test_score_scheme_mini_park_verdicts(result):
    assert result.grade.tolist() == ["良", "良", "待提升", "待提升", "良", "中"]
    assert result.colour.tolist() == ["green", "green", "red", "red", "green", "yellow"]
    assert result.rank.tolist() == [2, 1, 3, 3, 1, 2]
    assert result.ranked_count.to_dict() == {2020: 3, 2021: 3}
    assert result.is_provisional.tolist() == [False] * 3 + [True] + [False] * 2
    assert result.coverage.tolist() == pytest.approx([1, 1, 1, 0.8, 1, 1])
    assert result.dimension_coverage["B"].tolist() == pytest.approx(
        [1, 1, 1, 0.5, 1, 1]
    )
    assert result.carbon_grade.tolist() == [3, 2, 4, 4, 1, 2]
    assert result.carbon_level.tolist() == [2, 2, 2, 2, 1, 2]
    np.testing.assert_allclose(
        result.change, [np.nan, -0.742857, np.nan, 0.0, np.nan, -11.669841], atol=1e-6
    )


def test_score_scheme_anchors_say_what_they_rest_on(result):
    anchors = result.anchors
    assert anchors.loc["B2", ["baseline", "benchmark"]].tolist() == [3.0, 1.2]
    assert anchors["basis"].tolist() == [
        "fixed", "tiers", "fixed", "park P75/P10 2020",
    ]  # fmt: skip
    assert anchors.loc["B2", "n"] == 3


def test_score_scheme_park_percentiles_are_frozen(mini, mini_values, gates, result):
    later = mini_values.copy()
    later.loc[(slice(None), 2021), "B2"] *= 100
    again = score_scheme(later, mini, base_year=2020, gates=gates)
    assert again.anchors.loc["B2", "baseline"] == 3.0
    base = (slice(None), 2020)
    pd.testing.assert_series_equal(again.overall[base], result.overall[base])
    only_later = mini_values.xs(2021, level="year", drop_level=False)
    alone = score_scheme(only_later, mini, base_year=2020)
    assert alone.anchors.loc["B2", "basis"] == "not scored"
    frozen = score_scheme(only_later, mini, base_year=2020, anchors=result.anchors)
    expected = result.overall.xs(2021, level="year").to_numpy()
    np.testing.assert_allclose(frozen.overall, expected)


def test_score_scheme_frozen_anchors_must_be_complete(mini, mini_values, result):
    with pytest.raises(InputDataError, match="B2"):
        score_scheme(
            mini_values, mini, base_year=2020, anchors=result.anchors.drop("B2")
        )


def test_score_scheme_header_may_state_the_percentile_year(mini, mini_values):
    header = mini.header.model_copy(update={"pct_base_year": 2021})
    scheme = type(mini)(header, mini.framework)
    result = score_scheme(mini_values, scheme, base_year=2020)
    # 2021: 1.2, 3, 10 → P75 6.5, P10 1.56.
    assert result.base_year == 2021
    assert result.anchors.loc["B2", "baseline"] == pytest.approx(6.5)
    assert result.anchors.loc["B2", "benchmark"] == pytest.approx(1.56)


def test_score_scheme_too_few_enterprises_report_but_do_not_score(mini, mini_values):
    header = mini.header.model_copy(update={"pct_minimum_enterprises": 4})
    scheme = type(mini)(header, mini.framework)
    result = score_scheme(mini_values, scheme, base_year=2020)
    assert result.indicator_scores["B2"].isna().all()
    assert result.values["B2"].notna().all()
    assert not result.applicable["B2"].any()
    # Its weight goes to B1; coverage does not suffer.
    assert result.coverage["a", 2020] == pytest.approx(1.0)
    assert result.dimension_scores["B"]["a", 2020] == pytest.approx(80.0)


def test_score_scheme_not_applicable_moves_the_weight(mini, mini_values):
    applicable = mini_values.notna()
    result = score_scheme(mini_values, mini, base_year=2020, applicable=applicable)
    # b 2021: B1 does not apply → B = B2 = 100, S = .6·44 + .4·100.
    assert result.overall["b", 2021] == pytest.approx(66.4)
    assert result.coverage["b", 2021] == pytest.approx(1.0)
    assert not result.is_provisional["b", 2021]


def test_score_scheme_too_little_data_no_grade_rank_colour(mini, mini_values):
    values = mini_values.copy()
    values.loc[("a", 2020), ["A1", "B1"]] = np.nan
    values.loc[("b", 2020), "A2"] = np.nan  # A covers exactly .6
    values.loc[("c", 2020)] = np.nan
    result = score_scheme(values, mini, base_year=2020)
    assert result.grade[("a", 2020)] == "数据不足"
    assert result.colour[("a", 2020)] == "grey"
    # c has no data, so two enterprises are left and B2 is not scored: .24 of .8.
    assert "数据覆盖率30.0 %低于70 %" in result.colour_reasons[("a", 2020)]
    assert np.isnan(result.rank[("a", 2020)])
    assert result.dimension_scores["A"]["b", 2020] == pytest.approx(60.0)
    assert np.isnan(result.overall["c", 2020])
    assert result.grade[("c", 2020)] == "数据不足"
    # One rankable enterprise is not a ranking.
    assert result.ranked_count[2020] == 0
    assert result.ranked_count[2021] == 3


def test_score_scheme_one_enterprise_one_year(mini, mini_values):
    one = mini_values.loc[[("a", 2020)]]
    result = score_scheme(one, mini, base_year=2020)
    assert result.rank.isna().all()
    assert result.change.isna().all()
    # B2 cannot be scored against a park of one: B = B1 = 80.
    assert result.overall.iloc[0] == pytest.approx(0.6 * 81.142857 + 0.4 * 80, abs=1e-6)


def test_score_scheme_ties_share_the_better_rank(mini, mini_values):
    values = mini_values.copy()
    values.loc[("c", 2020)] = values.loc[("a", 2020)].to_numpy()
    result = score_scheme(values, mini, base_year=2020)
    ranks = result.rank.xs(2020, level="year")
    assert ranks.to_dict() == {"a": 1.0, "b": 3.0, "c": 1.0}


def test_score_scheme_geometric(mini, mini_values):
    header = mini.header.model_copy(update={"aggregation": "geometric"})
    scheme = type(mini)(header, mini.framework)
    result = score_scheme(mini_values, scheme, base_year=2020)
    # a 2020: 88.571429^.36 · 70^.24 · 80^.2 · 100^.2
    expected = 88.571429**0.36 * 70**0.24 * 80**0.2 * 100**0.2
    assert result.overall["a", 2020] == pytest.approx(expected, rel=1e-6)
    plain = score_scheme(mini_values, mini, base_year=2020)
    pd.testing.assert_series_equal(plain.overall_geometric, result.overall_geometric)
    assert (plain.overall_geometric <= plain.overall + 1e-9).all()


def test_score_scheme_input_problems(mini, mini_values):
    with pytest.raises(InputDataError, match="A1、B2"):
        score_scheme(mini_values.drop(columns=["A1", "B2"]), mini, base_year=2020)
    with pytest.raises(InputDataError, match="每个企业每年一行"):
        score_scheme(mini_values.reset_index(drop=True), mini, base_year=2020)
    twice = pd.concat([mini_values, mini_values.iloc[:1]])
    with pytest.raises(InputDataError, match="唯一"):
        score_scheme(twice, mini, base_year=2020)


def test_score_scheme_order_of_rows_does_not_matter(mini, mini_values, result):
    shuffled = score_scheme(mini_values.iloc[::-1], mini, base_year=2020)
    expected = result.overall.reindex(shuffled.overall.index)
    np.testing.assert_allclose(shuffled.overall, expected)


@cache
def _taizhou():
    return load_scheme(parameters_path("schemes", "taizhou_six_dimensions"))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["A1", "A2", "B1", "B2"]))
def test_score_scheme_improving_never_lowers_the_score(seed, code):
    scheme = _taizhou()
    rng = np.random.default_rng(seed)
    codes = scheme.framework.indicators.index
    index = pd.MultiIndex.from_product(
        [[f"e{i}" for i in range(9)], [2020, 2021]], names=["enterprise_id", "year"]
    )
    values = pd.DataFrame(
        rng.uniform(0, 100, (len(index), len(codes))), index=index, columns=codes
    )
    before = score_scheme(values, scheme, base_year=2020)
    assert before.overall.between(0, 100).all()
    better = values.copy()
    target = {"A1": "A1", "A2": "D3", "B1": "E1", "B2": "C3"}[code]
    sign = scheme.framework.indicators.loc[target, "direction"]
    better.loc[("e0", 2021), target] += sign * 5.0
    after = score_scheme(better, scheme, base_year=2020)
    assert after.overall["e0", 2021] >= before.overall["e0", 2021] - 1e-9
    others = before.overall.drop(("e0", 2021))
    pd.testing.assert_series_equal(after.overall.drop(("e0", 2021)), others)


# score_index: any depth


def test_score_index_two_levels_by_hand(mini):
    values = pd.DataFrame(
        {"A1": [1.0, 2.0, 3.0], "A2": [0.0, 5.0, 10.0], "B1": [0.0, 1.0, 0.5],
         "B2": [7.0, 7.0, 7.0], "extra": [1, 2, 3]},
        index=["x", "y", "z"],
    )  # fmt: skip
    result = score_index(values, mini.framework)
    # x: A1 cost best 100, A2 cost best 100 → A 100; B1 0, B2 constant 50 → B 25
    # y: 50, 50 → 50; 100, 50 → 75;  z: 0, 0 → 0; 50, 50 → 50
    assert result.scores["A"].tolist() == pytest.approx([100.0, 50.0, 0.0])
    assert result.scores["B"].tolist() == pytest.approx([25.0, 75.0, 50.0])
    assert result.scores["S"].tolist() == pytest.approx([70.0, 60.0, 20.0])
    assert result.ranks["S"].tolist() == [1, 2, 3]
    assert result.ranks["B2"].tolist() == [1, 1, 1]
    assert result.weights["A1"] == pytest.approx(0.36)
    scaled = score_index(values, mini.framework, scale=(1, 10))
    assert scaled.scores["S"].tolist() == pytest.approx([7.3, 6.4, 2.8])


def test_score_index_asem_every_level(shared):
    folder = ("data", "asem_composite_index")
    framework = read_framework(shared(*folder, "indicator_meta.csv"))
    treated = pd.read_csv(
        shared(*folder, "step3_treated_winsorised.csv"), index_col="uCode"
    )
    expected = pd.read_csv(
        shared(*folder, "step5_aggregated_arithmetic.csv"), index_col="uCode"
    )
    result = score_index(treated, framework)
    pd.testing.assert_frame_equal(
        result.scores.loc[expected.index, expected.columns],
        expected,
        check_dtype=False,
        rtol=1e-10,
    )
    assert result.ranks["Index"].idxmin() == "CHE"


def test_score_index_methods(mini):
    values = pd.DataFrame(
        {"A1": [1.0, 2.0], "A2": [0.0, 1.0], "B1": [60.0, 80.0], "B2": [2.0, np.nan]}
    )
    result = score_index(values, mini.framework)
    assert result.scores["A"].tolist() == pytest.approx([100.0, 0.0])
    assert np.isnan(result.scores["S"].iloc[1])
    shared_out = score_index(values, mini.framework, missing="redistribute")
    assert shared_out.scores["B"].iloc[1] == pytest.approx(100.0)
    full = values.fillna(1.0)
    geo = score_index(full, mini.framework, aggregation="geometric")
    # A: 0 counts as 1 % of the scale.
    assert geo.scores["A"].tolist() == pytest.approx([100.0, 1.0])
    unit = score_index(full, mini.framework, aggregation="geometric", scale=(0, 1))
    assert unit.scores["A"].tolist() == pytest.approx([1.0, 0.01])
    assert score_index(full, mini.framework, "rank").scores["S"].notna().all()
    centred = score_index(full, mini.framework, "zscore").scores["S"]
    assert centred.sum() == pytest.approx(0.0)
    as_given = score_index(full, mini.framework, "none", "harmonic")
    assert as_given.normalized.equals(full)
    with pytest.raises(MethodError, match="锚点"):
        score_index(full, mini.framework, "goalposts")
    for wrong in ({"normalization": "max"}, {"aggregation": "median"}):
        with pytest.raises(MethodError, match="没有方法"):
            score_index(full, mini.framework, **wrong)
    with pytest.raises(InputDataError, match="B2"):
        score_index(values.drop(columns="B2"), mini.framework)


def test_score_index_single_unit(mini):
    values = pd.DataFrame({"A1": [1.0], "A2": [1.0], "B1": [1.0], "B2": [1.0]})
    assert score_index(values, mini.framework).scores["S"].tolist() == [50.0]
