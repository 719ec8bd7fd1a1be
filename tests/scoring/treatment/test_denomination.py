import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.scoring.framework import read_framework
from synergy_lib.scoring.treatment import denominate

TABLE = """\
Level,iCode,Parent,Direction,Weight,Type,iName,Unit,Denominator
1,a,S,1,1,Indicator,甲,t,size
1,b,S,-1,1,Indicator,乙,%,
1,c,S,-1,1,Indicator,丙,t,size
2,S,,1,1,Aggregate,指数,分,
,size,,,,Denominator,规模,万元,
"""


@pytest.fixture
def framework(framework_file):
    return read_framework(framework_file(TABLE))


@pytest.fixture
def data():
    return pd.DataFrame(
        {
            "name": list("vwxyz"),
            "size": [2.0, 0.0, -4.0, np.nan, np.inf],
            "a": [6.0, 1.0, 1.0, np.nan, 1.0],
            "b": [5.0] * 5,
            "c": [0.0, np.nan, 2.0, 3.0, 1.0],
        },
        index=["u1", "u2", "u3", "u4", "u5"],
    )


def test_denominate_by_hand(framework, data):
    done = denominate(data, framework)
    np.testing.assert_array_equal(done.values["a"], [3.0] + [np.nan] * 4)
    np.testing.assert_array_equal(done.values["c"], [0.0] + [np.nan] * 4)
    assert done.values["b"].tolist() == [5.0] * 5
    assert list(done.values.columns) == ["a", "b", "c"]


def test_denominate_reports_the_known_values_it_lost(framework, data):
    refused = denominate(data, framework).refused
    # u2 a by zero; u3 a and c by a negative; u4 c by nothing; u5 a and c by infinity.
    pairs = list(zip(refused["unit"], refused["indicator"], strict=True))
    assert pairs == [
        ("u2", "a"), ("u3", "a"), ("u3", "c"), ("u4", "c"), ("u5", "a"), ("u5", "c")
    ]  # fmt: skip
    assert refused["value"].tolist() == [1.0, 1.0, 2.0, 3.0, 1.0, 1.0]
    np.testing.assert_array_equal(
        refused["denominator_value"], [0.0, -4.0, -4.0, np.nan, np.inf, np.inf]
    )
    assert set(refused["denominator"]) == {"size"}


def test_denominate_leaves_its_input_alone(framework, data):
    before = data.copy()
    denominate(data, framework)
    pd.testing.assert_frame_equal(data, before)


def test_denominate_without_denominators_is_the_data(mini, mini_values):
    done = denominate(mini_values, mini.framework)
    pd.testing.assert_frame_equal(done.values, mini_values)
    assert done.refused.empty


def test_denominate_collects_every_problem(framework, data):
    wrong = data.rename(columns={"size": "siize"}).assign(b="x").drop(columns="c")
    wrong = pd.concat([wrong, wrong.iloc[:1]])
    with pytest.raises(InputDataError) as caught:
        denominate(wrong, framework)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "分母 size：数据中没有这一列；最接近的是“siize”" in text
    assert "指标 b：这一列不全是数字" in text
    assert "指标 c：数据中没有这一列" in text
    assert "单元 u1：有多行" in text
