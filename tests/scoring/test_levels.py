"""Scores by named methods at every level of a framework.

Of the mini framework S = .6 A + .4 B, A = .6 A1 + .4 A2, B = .5 B1 + .5 B2; all but B1
are costs; benchmarks .6 of A1 and 90 of B1, none of A2 and B2.
"""

import time
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import load_scheme, read_framework
from synergy_lib.scoring.index import score_index

RELATIVE = ["minmax", "rank", "zscore", "percentile_rank", "borda"]
MEANS = ["arithmetic", "geometric", "harmonic"]


@pytest.fixture
def values():
    return pd.DataFrame(
        {
            "A1": [1.0, 2.0, 4.0],
            "A2": [8.0, 2.0, 4.0],
            "B1": [10.0, 30.0, 90.0],
            "B2": [5.0, 5.0, 1.0],
        },
        index=["x", "y", "z"],
    )


@pytest.fixture
def with_targets(framework_file):
    """Return the mini framework with targets 0.5, 1, (benchmark 90) and 0."""
    lines = framework_file().read_text(encoding="utf-8").splitlines()
    targets = {"A1": "0.5", "A2": "1", "B2": "0"}
    rows = [lines[0] + ",Target"]
    rows += [f"{line},{targets.get(line.split(',')[1], 'NA')}" for line in lines[1:]]
    return read_framework(framework_file("\n".join(rows)))


def test_read_framework_targets(with_targets, framework_file):
    targets = with_targets.indicators["target"]
    np.testing.assert_array_equal(targets, [0.5, 1.0, np.nan, 0.0])
    text = framework_file().read_text(encoding="utf-8").splitlines()
    text = [text[0] + ",Target", text[1] + ",many", text[2] + ",inf", *text[3:]]
    with pytest.raises(ParameterError) as caught:
        read_framework(framework_file("\n".join(text)))
    assert len(caught.value.problems) == 2
    assert "第2行 Target：“many”不是数字" in str(caught.value)


def test_score_index_percentile_rank_and_borda(values, mini):
    result = score_index(values, mini.framework, "percentile_rank")
    assert result.normalized["A1"].tolist() == [100.0, 50.0, 0.0]
    assert result.normalized["B2"].tolist() == [0.0, 0.0, 100.0]
    assert result.scores["A"].tolist() == pytest.approx([60.0, 70.0, 20.0])
    points = score_index(values, mini.framework, "borda")
    assert points.normalized["B1"].tolist() == [0.0, 1.0, 2.0]
    assert points.scores["A"].tolist() == pytest.approx([1.2, 1.4, 0.4])


def test_score_index_fraction_of_maximum(values, mini):
    result = score_index(values, mini.framework, "fraction_of_maximum", scale=(0, 10))
    assert result.normalized["A1"].tolist() == [10.0, 5.0, 2.5]
    assert result.normalized["B2"].tolist() == [2.0, 2.0, 10.0]


def test_score_index_target_falls_back_on_the_benchmark(values, with_targets):
    result = score_index(values, with_targets, "target")
    # A1 from 4 to .5, B1 from 10 to its benchmark 90, B2 from 5 to 0.
    np.testing.assert_allclose(result.normalized["A1"], [300 / 3.5, 200 / 3.5, 0.0])
    assert result.normalized["B1"].tolist() == [0.0, 25.0, 100.0]
    assert result.normalized["B2"].tolist() == [0.0, 0.0, 80.0]
    beyond = score_index(values.replace(1.0, 0.1), with_targets, "target")
    assert beyond.normalized.loc["x", "A1"] == 100.0


def test_score_index_target_that_is_missing(values, mini):
    with pytest.raises(MethodError, match="A2、B2 没有目标值"):
        score_index(values, mini.framework, "target")


def test_score_index_reference_unit(values, mini):
    result = score_index(values, mini.framework, "reference", reference="y")
    assert (result.scores.loc["y"] == 100.0).all()
    assert result.normalized.loc["z", "A1"] == 0.0
    assert result.normalized.to_numpy().max() == 100.0
    with pytest.raises(MethodError, match="没有唯一的单元“None”"):
        score_index(values, mini.framework, "reference")


def test_score_index_ratio_to_benchmark(values, mini):
    table = mini.framework.table.assign(benchmark=4.0)
    framework = type(mini.framework)(table, mini.framework.gates, mini.framework.other)
    result = score_index(values, framework, "ratio_to_benchmark")
    assert result.normalized["A2"].tolist() == [50.0, 100.0, 100.0]
    assert result.normalized["B2"].tolist() == [80.0, 80.0, 100.0]


def test_score_index_copeland_by_hand(values, mini):
    result = score_index(values, mini.framework, aggregation="copeland")
    # A1 ranks x, y, z: 2, 1, 0; A2 y, z, x: 0, 2, 1; A = .6·A1 + .4·A2.
    assert result.scores["A"].tolist() == pytest.approx([1.2, 1.4, 0.4])
    # B1 0, 1, 2; B2 .5, .5, 2.
    assert result.scores["B"].tolist() == pytest.approx([0.25, 0.75, 2.0])
    # A: y, x, z; B: z, y, x.
    assert result.scores["S"].tolist() == pytest.approx([0.6, 1.6, 0.8])
    assert result.ranks["S"].tolist() == [3.0, 1.0, 2.0]


def test_score_index_copeland_sums_that_should_be_equal_are(mini):
    # A of u is .4·3, of v .6·2: 1.2 both, but not to the last bit.
    values = pd.DataFrame(
        {"A1": [0.0, 2.0, 1.0, 3.0], "A2": [3.0, 0.0, 2.0, 1.0], "B1": 1.0, "B2": 1.0},
        index=list("uvwt"),
    )
    points = score_index(values, mini.framework, "none", "copeland").scores
    assert points["A"].tolist() == pytest.approx([1.2, 1.2, 1.4, 2.2])
    assert points["S"].tolist() == pytest.approx([0.9, 0.9, 1.8, 2.4])


def test_score_index_matrix_products_equal_means_one_by_one(values, mini):
    fast = score_index(values, mini.framework).scores
    slow = score_index(
        pd.concat([values, values.iloc[:1].mask(values.iloc[:1] > 0).set_axis(["n"])]),
        mini.framework,
    ).scores
    pd.testing.assert_frame_equal(fast, slow.loc[fast.index], rtol=1e-12)
    assert list(fast.columns) == list(slow.columns)


def test_score_index_branches_of_different_depth(framework_file):
    rows = [
        "Level,iCode,Parent,Direction,Weight,Type,iName,Unit",
        "1,a,D,1,1,Indicator,甲,t",
        "1,b,D,1,3,Indicator,乙,t",
        "1,c,S,1,1,Indicator,丙,t",
        "2,D,S,1,1,Aggregate,丁,分",
        "3,S,,1,1,Aggregate,指数,分",
    ]
    framework = read_framework(framework_file("\n".join(rows)))
    values = pd.DataFrame({"a": [8.0], "b": [4.0], "c": [1.0]})
    result = score_index(values, framework, "none")
    assert result.scores.iloc[0].to_dict() == {
        "a": 8.0, "b": 4.0, "c": 1.0, "D": 5.0, "S": 3.0
    }  # fmt: skip


@cache
def _framework():
    return load_scheme(parameters_path("schemes", "taizhou_six_dimensions")).framework


def _random(seed, units=7):
    codes = _framework().indicators.index
    values = np.random.default_rng(seed).integers(1, 40, (units, len(codes)))
    return pd.DataFrame(values.astype(float), columns=codes)


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([*RELATIVE, "fraction_of_maximum"]),
    st.sampled_from([*MEANS, "copeland"]),
)
def test_score_index_permuting_units_permutes_results(seed, method, aggregation):
    if method == "zscore" and aggregation in MEANS[1:]:
        method = "minmax"
    values = _random(seed)
    plain = score_index(values, _framework(), method, aggregation)
    order = np.random.default_rng(seed).permutation(len(values))
    other = score_index(values.iloc[order], _framework(), method, aggregation)
    for name in ("normalized", "scores", "ranks"):
        pd.testing.assert_frame_equal(
            getattr(other, name).loc[values.index], getattr(plain, name), rtol=1e-9
        )


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([*RELATIVE, "fraction_of_maximum"]),
    st.floats(1e-3, 1e3),
)
def test_score_index_changing_a_unit_changes_nothing(seed, method, factor):
    values = _random(seed)
    code = values.columns[seed % values.shape[1]]
    other = values.assign(**{code: values[code] * factor})
    first, second = (
        score_index(item, _framework(), method).scores for item in (values, other)
    )
    pd.testing.assert_frame_equal(first, second, rtol=1e-7, atol=1e-7)


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([*RELATIVE, "fraction_of_maximum"]),
    st.sampled_from(["arithmetic", "copeland"]),
    st.floats(0.5, 30),
)
def test_score_index_improving_one_indicator_never_lowers_the_score(
    seed, method, aggregation, gain
):
    # A benefit, so that the gain cannot turn a value negative.
    benefits = _framework().indicators["direction"] > 0
    code = benefits.index[benefits][seed % benefits.sum()]
    values = _random(seed)
    better = values.copy()
    better.loc[0, code] += gain
    before, after = (
        score_index(item, _framework(), method, aggregation).scores.loc[0]
        for item in (values, better)
    )
    assert after[code] >= before[code] - 1e-9
    assert after[_framework().root] >= before[_framework().root] - 1e-9


def test_score_index_ten_thousand_units_are_quick():
    values = _random(0, 10_000)
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        score_index(values, _framework())
        best = min(best, time.perf_counter() - start)
    # 0.06 s on two ordinary cores; a loop over units would take minutes.
    assert best < 1.0
