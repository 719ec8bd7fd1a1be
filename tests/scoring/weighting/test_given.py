import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.weighting import (
    budget_allocation,
    equal,
    policy,
    read_budget_allocation,
)

CODES = ["A1", "A2", "B1"]


@pytest.fixture
def budget(tmp_path):
    """Return a writer of tables of points."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "budget.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


def test_equal_and_policy(mini):
    assert equal(["a", "b"]).tolist() == [0.5, 0.5]
    with pytest.raises(MethodError, match="没有指标"):
        equal([])
    # 60 % · 6/10, 60 % · 4/10, 40 % · 1/2 twice.
    expected = {"A1": 0.36, "A2": 0.24, "B1": 0.2, "B2": 0.2}
    assert policy(mini.framework).to_dict() == pytest.approx(expected)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_read_budget_allocation(budget, encoding):
    path = budget("专家,B1,A1,A2\n张,30,50,20\n\n李,33.3,33.3,33.4\n", encoding)
    points = read_budget_allocation(path, CODES)
    assert points.loc["张"].to_dict() == {"A1": 50.0, "A2": 20.0, "B1": 30.0}
    assert list(points.columns) == CODES
    assert list(points.index) == ["张", "李"]
    weights = budget_allocation(points)
    assert weights["A1"] == pytest.approx((50 + 33.3) / 200)
    assert weights.sum() == pytest.approx(1.0)


def test_read_budget_allocation_three_thirds_are_a_hundred(budget):
    path = budget("专家,A1,A2,B1\n张,33.3,33.3,33.3\n")
    weights = budget_allocation(read_budget_allocation(path, CODES))
    assert weights.tolist() == pytest.approx([1 / 3] * 3)


def test_read_budget_allocation_names_row_and_column_of_every_error(budget):
    path = budget(
        "专家,A1,A2,B1\n张,50,x,30\n李,50,,50\n王,-10,60,50\n赵,50,30,30\n"
        "张,40,30,30\n,40,30,30\n周,inf,0,0\n"
    )
    with pytest.raises(ParameterError) as caught:
        read_budget_allocation(path, CODES)
    text = str(caught.value)
    assert len(caught.value.problems) == 7
    for part in (
        "第2行（张） A2：分值为“x”",
        "第3行（李） A2：分值为“”",
        "第4行（王） A1：分值为“-10”",
        "第5行（赵）：分值合计为110；应为：100",
        "第6行：专家“张”重复",
        "第7行：缺少专家姓名",
        "第8行（周） A1：分值为“inf”",
    ):
        assert part in text


def test_read_budget_allocation_headings(budget, tmp_path):
    path = budget("专家,A1,A3,C9\n张,50,30,20\n")
    with pytest.raises(ParameterError) as caught:
        read_budget_allocation(path, CODES)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "列 A2：缺少这个指标的列；最接近的是“A3”" in text
    assert "列 B1：缺少" in text
    assert "列 A3：不是指标代码" in text
    with pytest.raises(ParameterError, match="没有专家"):
        read_budget_allocation(budget("专家,A1,A2,B1\n"), CODES)
    with pytest.raises(ParameterError, match="没有这个文件"):
        read_budget_allocation(tmp_path / "no.csv", CODES)


def test_budget_allocation_every_expert_counts_the_same():
    points = pd.DataFrame({"a": [100.0, 10.0], "b": [0.0, 30.0]})
    weights = budget_allocation(points)
    assert weights.to_dict() == {"a": 0.625, "b": 0.375}
    # Shares 1 and .25: standard deviation .75/√2.
    assert weights.attrs["spread"]["a"] == pytest.approx(0.75 / 2**0.5)
    assert np.isnan(budget_allocation(points.iloc[:1]).attrs["spread"]["a"])


@pytest.mark.parametrize(
    "points",
    [pd.DataFrame({"a": []}), pd.DataFrame({"a": [np.nan]}),
     pd.DataFrame({"a": [-1.0], "b": [2.0]}), pd.DataFrame({"a": [0.0]})],
)  # fmt: skip
def test_budget_allocation_errors(points):
    with pytest.raises(MethodError, match="预算分配法"):
        budget_allocation(points)


@given(
    st.lists(
        st.lists(st.integers(0, 100), min_size=3, max_size=3).filter(any),
        min_size=1,
        max_size=5,
    )
)
def test_budget_allocation_gives_weights(rows):
    points = pd.DataFrame(rows, columns=CODES, dtype=float)
    weights = budget_allocation(points)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(budget_allocation(points.iloc[::-1]), weights)
