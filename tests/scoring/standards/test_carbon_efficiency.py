import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.scoring.standards.carbon_efficiency import (
    carbon_efficiency_code,
    load_carbon_classes,
)

CLASSES = load_carbon_classes()
NAMES = ["enterprise_id", "year"]


def code(rows, reference=None):
    """Code of enterprises given as (id, carbon, value added, industry) in 2024."""
    index = pd.MultiIndex.from_tuples([(row[0], 2024) for row in rows], names=NAMES)
    return carbon_efficiency_code(
        pd.Series([row[1] for row in rows], index, dtype=float),
        pd.Series([row[2] for row in rows], index, dtype=float),
        pd.Series({row[0]: row[3] for row in rows}),
        CLASSES,
        reference=reference,
    ).droplevel("year")


def test_levels_and_grades_by_hand():
    # Class 27: ΣC/ΣVA = 500/500 = 1, so K = L.
    rows = [("a", 60, 100, "2710"), ("b", 80, 100, "2720"), ("c", 121, 100, "C2710"),
            ("d", 201, 100, "2710"), ("e", 38, 100, "27"), ("f", 10, 10, "2614"),
            ("g", 30, 10, "2614")]  # fmt: skip
    found = code(rows)
    assert found["intensity"].tolist() == pytest.approx(
        [0.6, 0.8, 1.21, 2.01, 0.38, 1, 3]
    )
    assert found["level_name"].tolist() == [
        "低碳", "中碳", "中碳", "高碳", "低碳", "中碳", "高碳"
    ]  # fmt: skip
    assert found["class_mean"].tolist() == pytest.approx([1] * 5 + [2] * 2)
    assert found["grade"].tolist() == [1, 2, 4, 5, 1, 1, 4]
    assert found["grade_name"].tolist()[2:4] == ["较低", "低"]
    assert (found["reason"] == "").all()
    assert set(found["mean_basis"]) == {"园区同大类"}


def test_no_grade_says_why():
    rows = [("a", 60, 0, "2710"), ("b", 60, -5, "2710"), ("c", np.nan, 5, "2710"),
            ("d", 5, np.nan, "2710"), ("e", np.nan, np.nan, "2710"),
            ("f", 60, 100, None), ("g", 60, 100, "2614")]  # fmt: skip
    found = code(rows)
    assert found["reason"].tolist() == [
        "增加值≤0，不评级",
        "增加值≤0，不评级",
        "缺碳排放量，不评级",
        "缺增加值，不评级",
        "缺碳排放量和增加值，不评级",
        "缺行业代码，不评碳效等级",
        "同大类仅一家企业，未给出外部均值，不评碳效等级",
    ]
    assert found["grade"].isna().all()
    # Level needs no mean.
    assert found["level"].tolist()[-2:] == [1, 1]
    assert found["level"].isna().tolist() == [True] * 5 + [False] * 2
    assert found["level_name"].tolist()[0] == ""


def test_a_reference_grades_a_single_enterprise():
    found = code([("a", 60, 100, "2710")], {("27", 2024): 0.5})
    assert found.loc["a", ["ratio", "grade"]].tolist() == pytest.approx([1.2, 3])
    assert found.loc["a", "mean_basis"] == "给定均值"
    other_year = code([("a", 60, 100, "2710")], {("27", 2023): 0.5})
    assert np.isnan(other_year.loc["a", "grade"])
    with pytest.raises(ParameterError, match="大类 27、2024年的均值不大于0"):
        code([("a", 60, 100, "2710")], {("27", 2024): 0.0})


def test_a_mean_that_is_not_positive_gives_no_grade():
    found = code([("a", 60, 100, "2710"), ("b", -90, 100, "2710")])
    assert found["reason"].tolist() == ["同大类均值≤0，不评碳效等级"] * 2
    assert found["level"].tolist() == [1, 1]


def test_years_have_their_own_means():
    index = pd.MultiIndex.from_product([["a", "b"], [2023, 2024]], names=NAMES)
    found = carbon_efficiency_code(
        pd.Series([100.0, 50, 300, 50], index),
        pd.Series(100.0, index),
        pd.Series({"a": "2710", "b": "2710"}),
        CLASSES,
    )
    assert found["class_mean"].tolist() == pytest.approx([2, 0.5, 2, 0.5])


def test_wrong_indexes_are_refused():
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 1)], names=NAMES)
    carbon = pd.Series(1.0, index)
    with pytest.raises(InputDataError) as caught:
        carbon_efficiency_code(
            carbon, carbon[:1], pd.Series(["1", "2"], ["a", "a"]), CLASSES
        )
    assert len(caught.value.problems) == 3


def test_classes_are_those_of_the_source():
    rows = CLASSES.rows
    bounds = rows.groupby("scale")["upper_bound"].agg(list)
    assert bounds["level"][:-1] == [0.6, 2.0]
    assert bounds["grade"][:-1] == [0.6, 0.8, 1.2, 2.0]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("K2,grade,2", "K2,grade,3", "不是从1起的连续整数"),
        ("1,0.8,", "1,0.5,", "upper_bound 须递增"),
        ("1,0.8,", "1,,", "upper_bound 须递增|只有最后一级"),
    ],
)
def test_classes_must_rise(changed_table, old, new, text):
    folder = changed_table("carbon_efficiency_code", old, new)
    with pytest.raises(ParameterError, match=text):
        load_carbon_classes(folder)
