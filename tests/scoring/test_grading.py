import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import MethodError
from synergy_lib.scoring.grading import (
    carbon_classes,
    competition_rank,
    grades,
    obstacle_degree,
    score_class,
)


def series(values):
    index = pd.MultiIndex.from_product(
        [[f"e{i}" for i in range(len(values))], [2022]],
        names=["enterprise_id", "year"],
    )
    return pd.Series(values, index=index, dtype=float)


def graded(taizhou, score, coverage=1.0, **gate):
    overall = series([score])
    gates = pd.DataFrame({f"G{i}": 1.0 for i in range(1, 6)} | gate, overall.index)
    result = grades(overall, series([coverage]), gates, taizhou.header)
    return result[0].iloc[0], result[1].iloc[0]


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100.0, "优"),
        (90.0, "优"),
        (90.0 - 1e-12, "优"),
        (89.99, "良"),
        (80.0, "良"),
        (70.0, "中"),
        (69.999, "合格"),
        (60.0, "合格"),
        (59.999, "待提升"),
        (0.0, "待提升"),
        (np.nan, "数据不足"),
    ],
)
def test_grades_lower_bound_included(taizhou, score, grade):
    assert graded(taizhou, score) == (grade, grade)


def test_grades_coverage_limit(taizhou):
    assert graded(taizhou, 95.0, 0.70)[0] == "优"
    assert graded(taizhou, 95.0, 0.3 + 0.4)[0] == "优"
    assert graded(taizhou, 95.0, 0.6999)[0] == "数据不足"
    assert graded(taizhou, 95.0, np.nan)[0] == "数据不足"


@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "G4"])
def test_grades_red_gate_caps_at_the_lowest(taizhou, gate):
    assert graded(taizhou, 95.0, **{gate: 0.0}) == ("待提升", "优")
    assert graded(taizhou, 95.0, **{gate: np.nan}) == ("优", "优")


def test_grades_yellow_gate_caps_but_never_lifts(taizhou):
    assert graded(taizhou, 95.0, G5=0.0) == ("中", "优")
    assert graded(taizhou, 65.0, G5=0.0) == ("合格", "合格")
    assert graded(taizhou, 95.0, G5=0.0, G1=0.0) == ("待提升", "优")
    assert graded(taizhou, 95.0, 0.5, G1=0.0) == ("数据不足", "数据不足")


def test_score_class_shape_and_nan():
    classes = score_class(np.array([[60.0, np.nan], [100.0, 0.0]]), (80, 60, 0))
    assert classes.tolist() == [[1, 3], [0, 2]]


def test_carbon_classes_limits(taizhou):
    header = taizhou.header
    level = carbon_classes(
        pd.Series([0.6, 0.61, 2.0, 2.01, np.nan]), header.carbon_level_upper_bounds
    )
    np.testing.assert_array_equal(level, [1, 2, 2, 3, np.nan])
    grade = carbon_classes(
        pd.Series([0.5, 0.6, 0.8, 1.2, 2.0, 2.1]), header.carbon_grade_upper_bounds
    )
    assert grade.tolist() == [1, 1, 2, 3, 4, 5]


def test_competition_rank_ties_noise_and_small_years():
    scores = series([80.0, 0.8 * 100, 80.0 + 1e-13, 70.0, np.nan, 90.0])
    rankable = scores.notna() & (scores < 85)
    ranks = competition_rank(scores, rankable, 2)
    np.testing.assert_array_equal(ranks, [1, 1, 1, 4, np.nan, np.nan])
    assert competition_rank(scores, rankable, 5).isna().all()


def test_competition_rank_is_not_rounded_before_ranking():
    assert competition_rank(
        series([80.004, 80.001]), series([1, 1]) > 0, 2
    ).tolist() == [
        1.0,
        2.0,
    ]


def test_obstacle_degree_reference(shared):
    path = shared("data", "method_vectors", "vectors.json")
    case = json.loads(path.read_text())["obstacle"]
    shares = obstacle_degree(pd.DataFrame([case["s"]]), pd.Series(case["w"]))
    np.testing.assert_allclose(shares.iloc[0], case["O"], atol=1e-6)


def test_obstacle_degree_full_score_and_missing():
    scores = pd.DataFrame({"a": [100.0, np.nan], "b": [100.0, 50.0]})
    shares = obstacle_degree(scores, pd.Series({"a": 1.0, "b": 1.0}))
    np.testing.assert_array_equal(shares, [[0.0, 0.0], [np.nan, 1.0]])


def test_obstacle_degree_row_weights_and_errors(mini, mini_values):
    scores = pd.DataFrame({"a": [0.0, 50.0], "b": [50.0, 50.0]})
    weights = pd.DataFrame({"a": [0.5, 0.0], "b": [0.5, 1.0]})
    assert obstacle_degree(scores, weights)["a"].tolist() == pytest.approx([2 / 3, 0.0])
    with pytest.raises(MethodError, match="0–100"):
        obstacle_degree(scores + 60, weights)
    with pytest.raises(MethodError, match="权重"):
        obstacle_degree(scores, pd.Series({"a": 1.0}))


@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(1, 4), st.integers(1, 5)),
        elements=st.floats(0, 99),
    )
)
def test_obstacle_degree_shares_sum_to_one(array):
    scores = pd.DataFrame(array)
    shares = obstacle_degree(scores, pd.Series(1.0, index=scores.columns))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares >= 0).all(axis=None)
