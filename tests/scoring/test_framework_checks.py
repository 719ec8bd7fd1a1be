import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.scoring.framework import read_framework

HEAD = (
    "Level,iCode,Parent,Direction,Weight,Type,iName,Unit,rule,baseline,benchmark,tiers"
)
GOOD = ["1,a,d,1,1,Indicator,n,u,LIN,1,2,", "2,d,s,1,1,Aggregate,n,u,,,,",
        "3,s,,1,1,Aggregate,n,u,,,,"]  # fmt: skip


def problems(framework_file, *rows):
    with pytest.raises(ParameterError) as caught:
        read_framework(framework_file("\n".join([HEAD, *rows])))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        ("1,a,d,1,1,Indicator,n,u,,,,", "iCode", "重复"),
        ("1,,d,1,1,Indicator,n,u,,,,", "iCode", "缺少代码"),
        ("x,b,d,1,1,Indicator,n,u,,,,", "Level", "不是数字"),
        ("0,b,d,1,1,Indicator,n,u,,,,", "Level", "层级"),
        (",b,d,1,1,Indicator,n,u,,,,", "Level", "层级"),
        ("1,b,d,2,1,Indicator,n,u,,,,", "Direction", "1 或 -1"),
        ("1,b,d,,1,Indicator,n,u,,,,", "Direction", "1 或 -1"),
        ("1,b,d,1,-1,Indicator,n,u,,,,", "Weight", "不小于0"),
        ("1,b,d,1,,Indicator,n,u,,,,", "Weight", "缺少权重"),
        ("1,b,d,1,inf,Indicator,n,u,,,,", "Weight", "不是数字"),
        ("1,b,d,1,1,Indicater,n,u,,,,", "Type", "最接近的是“Indicator”"),
        ("1,b,d,1,1,Indicator,n,u,TEIR,,,", "rule", "最接近的是“TIER”"),
        ("1,b,d,1,1,Indicator,n,u,LIN,1,1,", "benchmark", "等于 baseline"),
        ("1,b,d,1,1,Indicator,n,u,LIN,2,1,", "benchmark", "矛盾"),
        ("1,b,d,1,1,Indicator,n,u,LIN,,2,", "baseline", "缺少锚点"),
        ("1,b,d,1,1,Indicator,n,u,TIER,,,", "tiers", "无法解析"),
        ("1,b,d,1,1,Indicator,n,u,TIER,,,1:200", "tiers", "超过100"),
        ("1,b,d,1,1,Indicator,n,u,GATE,1,,", "rule", "只用于类型 Gate"),
        (",g,,1,0,Gate,n,u,LIN,1,2,", "rule", "只用于类型 Gate"),
        (",g,,1,0,Gate,n,u,GATE,,,", "baseline", "下限"),
    ],
)
def test_check_table_names_row_and_column(framework_file, row, column, text):
    (found,) = problems(framework_file, *GOOD, row)
    assert "第5行" in found
    assert column in found
    assert text in found


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("2,b,s,1,1,Aggregate,n,u,,,,,1.2", "覆盖率为1.2"),
        ("1,b,d,1,1,Indicator,n,u,,,,,0.5", "只用于指数以下的合成项"),
        (",g,,1,0,Gate,n,u,GATE,1,,,0.5", "只用于指数以下的合成项"),
    ],
)
def test_check_table_minimum_coverage(framework_file, row, text):
    rows = [f"{line}," for line in GOOD] + [row]
    with pytest.raises(ParameterError) as caught:
        read_framework(framework_file("\n".join([f"{HEAD},MinCoverage", *rows])))
    first = str(caught.value.problems[0])
    assert "第5行" in first
    assert "MinCoverage" in first
    assert text in first


def test_check_tree_is_told_with_the_problems_of_single_rows(framework_file):
    found = problems(
        framework_file, *GOOD, "1,b,q,2,1,Indicator,n,u,,,,", "1,c,d,1,x,Indicator,n,u,,,,"
    )  # fmt: skip
    assert [text.split("：")[0] for text in found] == [
        "framework.csv 第5行（b） Direction",
        "framework.csv 第6行（c） Weight",
        "framework.csv 第5行（b） Parent",
    ]


def test_check_tree_needs_something_above_the_indicators(framework_file):
    (found,) = problems(framework_file, "1,a,,1,1,Indicator,n,u,LIN,1,2,")
    assert "第2行（a） Parent：指标之上没有指数" in found


def test_check_table_collects_everything(framework_file):
    rows = ["1,b,d,3,-1,Indicator,n,u,LIN,1,1,", "1,b,d,1,,Indicator,n,u,XYZ,,,"]
    assert len(problems(framework_file, *GOOD, *rows)) == 6


def test_check_tree_unknown_parent_gives_the_nearest(framework_file):
    found = problems(
        framework_file, "1,a,Governence,1,1,Indicator,n,u,,,,",
        "2,Governance,s,1,1,Aggregate,n,u,,,,", "3,s,,1,1,Aggregate,n,u,,,,",
    )  # fmt: skip
    assert "最接近的是“Governance”" in found[0]
    assert "没有下级" in found[1]


def test_check_tree_parent_must_be_an_aggregate(framework_file):
    (found,) = problems(framework_file, *GOOD, "1,b,a,1,1,Indicator,n,u,,,,")
    assert "没有上级“a”" in found


def test_check_tree_cycle(framework_file):
    found = problems(
        framework_file, *GOOD, "2,x,y,1,1,Aggregate,n,u,,,,",
        "3,y,x,1,1,Aggregate,n,u,,,,", "3,z,z,1,1,Aggregate,n,u,,,,",
    )  # fmt: skip
    assert sum("成环" in text for text in found) == 3
    assert found[0].startswith("framework.csv 第5行（x） Parent")


def test_check_tree_level_and_top(framework_file):
    (found,) = problems(framework_file, *GOOD, "2,b,d,1,1,Indicator,n,u,,,,")
    assert "层级不高于" in found
    (found,) = problems(framework_file, *GOOD, "1,b,,1,1,Indicator,n,u,,,,")
    assert "没有上级的代码有2个" in found


def test_check_tree_weights_and_no_indicator(framework_file):
    rows = [GOOD[0].replace("1,1,Ind", "1,0,Ind"), *GOOD[1:]]
    (found,) = problems(framework_file, *rows)
    assert found.startswith("framework.csv 第3行（d） Weight：下级权重之和为0")
    (found,) = problems(framework_file, "3,s,,1,1,Aggregate,n,u,,,,")
    assert "没有类型为 Indicator" in found
