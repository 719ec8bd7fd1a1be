"""The published targets as the sources print them, and tables that are refused."""

import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.factors.tables import load_sources
from synergy_lib.outlook.targets.definitions import (
    KINDS,
    check_targets,
    load_targets,
    own_targets,
)
from synergy_lib.outlook.targets.gap import path_rate
from synergy_lib.outlook_parameters import TargetParameters
from synergy_lib.resources import parameters_path

OWN = {
    "id": "c1",
    "name_zh": "碳强度",
    "indicator": "co2e_t / value_added_constant_10k_cny",
    "kind": "relative_cut",
    "base_year": 2020,
    "year": 2025,
    "cut_pct": 20.0,
}


@pytest.fixture
def changed(tmp_path):
    """Return a function that writes the shipped table with one cell replaced."""

    def write(identifier="H1", **cells):
        text = parameters_path("targets", "reference.csv").read_text(encoding="utf-8")
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column, value in cells.items():
            table.loc[table["target_id"] == identifier, column] = value
        table.to_csv(path, index=False)
        return path

    return write


def problems(path):
    with pytest.raises(ParameterError) as caught:
        load_targets(path)
    return [str(problem) for problem in caught.value.problems]


def test_load_targets_has_every_row_of_the_methods():
    groups = load_targets().index.str.extract(r"([A-Z]\d+)")[0].unique()
    expected = [f"H{k}" for k in range(1, 11)] + [f"N{k}" for k in range(1, 5)]
    assert sorted(groups) == sorted(expected + [f"Z{k}" for k in range(1, 5)])


def test_load_targets_none_binds_and_all_have_a_source():
    table = load_targets()
    assert set(table["standing"]) == {"reference"}
    assert set(table["source_key"]) <= set(load_sources().index)
    assert (table["locator"] != "").all()
    assert set(table["kind"]) <= set(KINDS)


@pytest.mark.parametrize(
    ("name", "yearly"), [("H1", 3.89), ("H2", 4.36), ("N1", 2.97), ("N2", 2.52)]
)
def test_load_targets_yearly_rates(name, yearly):
    # methods §6.11, to the two decimals printed there
    row = load_targets().loc[name]
    years = row["target_year"] - row["base_year"]
    rate = path_rate(row["value"] / 100, years)
    assert 100 * rate == pytest.approx(yearly, abs=0.005)


@pytest.mark.parametrize(
    ("seed", "phrase"),
    [
        ("004", "万元工业增加值能耗较2020年下降18%以上"),
        ("004", "万元工业增加值二氧化碳排放下降20%以上"),
        ("004", "绿色低碳工业园区达到10个、市级及以上绿色低碳工厂达到400家"),
        ("004", "确保工业领域二氧化碳排放在2030年前达峰"),
        ("004", "战略性新兴产业增加值年均增长10%以上"),
        ("004", "新建化工项目,按1.1:1实施用能减量替代"),
        ("004", "按1.2:1实施用能减量替代"),
        ("004", "水重复利用率达到50%"),
        ("004", "年能耗1000吨标煤以上"),
        ("004", "35蒸吨/小时以下燃煤供热锅炉"),
        ("004", "2500吨/日及以下水泥熟料"),
        ("003", "能耗比2020年下降14%"),
        ("003", "用水量较2020年降幅不低于12%"),
        ("003", "完成1500家以上工业企业清洁生产审核"),
        ("003", "完成3000家以上工业企业清洁生产审核"),
        ("002", "32项目标清单、47项任务清单、9项政策清单和24项评价指标"),
        ("002", "TVOC浓度稳定在300微克/立方米以下"),
        (
            "002",
            "投资强度不低于350万元/亩，亩均税收和亩均销售须分别达到45万元和500万元",
        ),
        ("002", "年综合能耗一千吨标煤以上"),
    ],
)
def test_load_targets_values_stand_in_the_sources(seed, phrase, shared):
    (path,) = shared("seeds").glob(f"{seed}_*.txt")
    assert phrase in "".join(path.read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": "x"}, "t.csv 第2行（H1） value：“x”不是数字；应为：数字"),
        ({"value": "120"}, "value：120 超出范围"),
        ({"value": ""}, "value：空缺"),
        ({"base_year": "2026"}, "target_year：2025 不晚于基年"),
        ({"target_year": ""}, "target_year：空缺"),
        ({"base_year": "20"}, "base_year：“20”不是年份"),
        ({"kind": "cut"}, "kind：“cut”不是可用的值"),
        ({"standing": "binding"}, "standing：“binding”不是可用的值"),
        ({"source_key": "S04"}, "source_key：没有来源“S04”；最接近的是“S004”"),
        ({"formula": "co2_t"}, "没有名为“co2_t”的列"),
        ({"formula": "pow(co2e_t)"}, "没有名为“pow”的函数"),
        ({"path": ""}, "path：须与 value、base_year 同时给出"),
        ({"locator": ""}, "locator：空缺"),
        ({"target_id": "H2"}, "第3行 target_id：“H2”重复"),
    ],
)
def test_load_targets_names_file_row_and_column(changed, cells, said):
    found = problems(changed(**cells))
    assert any(said in line for line in found), found
    assert all(line.startswith("t.csv 第") for line in found)


def test_load_targets_columns(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("target_id,valu\nA,1\n", encoding="utf-8")
    found = problems(path)
    assert "t.csv：缺少列“value”；最接近的是“valu”" in found
    with pytest.raises(ParameterError, match="没有这个文件"):
        load_targets(tmp_path / "none.csv")


def test_own_targets_in_the_same_columns():
    level = OWN | {"id": "cap", "kind": "level", "level": 5.0, "cut_pct": None}
    table = own_targets(
        [
            TargetParameters(**OWN),
            TargetParameters(**level, binding=False, direction="at_least", unit="t"),
        ]
    )
    assert list(table.columns) == list(load_targets().columns)
    assert table["standing"].tolist() == ["binding", "reference"]
    assert table["comparison"].tolist() == ["<=", ">="]
    assert table["value"].tolist() == [20.0, 5.0]
    assert table["unit"].tolist() == ["%", "t"]
    assert len(own_targets([])) == 0


def test_check_targets_names_the_target():
    bad = TargetParameters(**OWN | {"indicator": "co2e_t / output_value_10k_cny + 1"})
    with pytest.raises(ParameterError, match="targets c1 indicator"):
        check_targets([bad])
