"""Every shipped table loads, names its sources, and says what is proposed."""

import shutil

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.resources import data_path, parameters_path
from synergy_lib.scoring.framework import read_framework
from synergy_lib.scoring.index import score_index
from synergy_lib.scoring.standards.tables import (
    KINDS,
    list_tables,
    load_table,
    read_table_header,
)

JIANGSU = parameters_path("schemes", "jiangsu_near_zero_park")
SOURCES = set(pd.read_csv(data_path("sources.csv"))["source_key"])


@pytest.fixture
def copied(tmp_path):
    """Return a function that copies a table with some text replaced."""

    def copy(file="table.csv", *edits, name="jiangsu_near_zero_park"):
        folder = tmp_path / name
        shutil.copytree(parameters_path("schemes", name), folder, dirs_exist_ok=True)
        path = folder / file
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return folder

    return copy


def problems_of(folder, kind="park_table"):
    with pytest.raises(ParameterError) as caught:
        load_table(folder, kind)
    return [str(problem) for problem in caught.value.problems]


def test_list_tables_by_kind():
    assert list_tables("park_table") == [
        "jiangsu_near_zero_park",
        "zhejiang_green_park",
    ]
    assert set(list_tables("carbon_classes")) < set(list_tables())


@pytest.mark.parametrize("name", list_tables())
def test_header_is_explained_and_sourced(name):
    path = parameters_path("schemes", name, "table.yml")
    header = read_table_header(path)
    assert header.table == name
    assert header.source_key in SOURCES
    keys = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line[:1].isalpha()
    ]
    assert all("# " in line for line in keys)
    for mark, listed in (("[P]", header.proposed), ("[GK]", header.unverified)):
        marked = {k.split(":")[0] for k in keys if mark in k.split("#", 1)[1]}
        assert marked - {"proposed", "unverified", "basis"} == set(listed)


@pytest.mark.parametrize(
    "name", [n for n in list_tables() if n != "zhejiang_city_index"]
)
def test_rows_name_sources_and_footnote_their_tags(name):
    folder = parameters_path("schemes", name)
    table = load_table(folder, read_table_header(folder / "table.yml").kind)
    keys = {key for cell in table.rows["source_key"] for key in cell.split(";")}
    assert keys <= SOURCES
    tagged = table.rows[table.rows["tag"] != ""]
    assert (tagged["note"] != "").all()
    assert (table.rows[["name", "name_en", "unit"]] != "").all(axis=None)


def test_zhejiang_city_index_stops_at_what_is_public():
    folder = parameters_path("schemes", "zhejiang_city_index")
    framework = read_framework(folder / "framework.csv")
    assert [len(framework.dimensions), len(framework.indicators)] == [3, 6]
    assert (framework.indicators["tag"] == "P").all()
    assert framework.indicators["name"].tolist() == [
        "环境质量", "碳排放水平", "协同耦合度", "结构调整措施协同度",
        "治理路径协同度", "生态环境管理协同度",
    ]  # fmt: skip
    # Scores of the six come from the user: (90 + (80 + 60)/2 + 50)/3.
    city = pd.DataFrame([[90, 90, 90, 80, 60, 50]], ["甲"], framework.indicators.index)
    result = score_index(city, framework, normalization="none")
    assert result.scores.loc["甲", "ZJ"] == pytest.approx(70)


def test_load_table_numbers_and_text(copied):
    rows = load_table(JIANGSU, "park_table").rows
    assert rows.loc["J1", "reference"] == pytest.approx(0.35)
    assert np.isnan(rows.loc["J1", "minimum_reporting"])
    assert rows.loc["J3", "numerator"] == ""
    assert len(rows) == 20


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("J2,", "J1,", "第3行 code：代码“J1”重复"),
        (
            "<=,0.35",
            "=<,0.35",
            "第2行（J1） comparison：“=<”不符合要求；应为：>=、<=、>",
        ),
        ("<=,0.35", "<=,x", "第2行（J1） reference：“x”不是数字"),
        ("<=,0.35", "<=,", "第2行（J1） reference：空缺"),
        ("energy_tce,", "energy_tc,", "没有名为“energy_tc”的列"),
        ("code,group", "code,grop", "缺少列 group"),
        ("code,group", "code,grop", "最接近的是“group”"),
    ],
)
def test_load_table_names_row_and_column(copied, old, new, text):
    assert text in "\n".join(problems_of(copied("table.csv", (old, new))))


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("minimum_reporting: 0.5", "minimum_reportin: 0.5", "最接近的是“minimum_reporting”"),
        ("minimum_reporting: 0.5", "minimum_reporting: 5", "“5”不符合要求"),
        ("minimum_reporting: 0.5", "level_minimums: [1, 2, 3]", "只用于 cleaner_production"),
        ("kind: park_table", "kind: carbon_classes", "只用于 park_table"),
        ("source_key: R9", "sources: R9", "source_key：缺少这个键"),
        ("  - minimum_reporting", "  - minimum", "没有这些键：minimum"),
    ],
)  # fmt: skip
def test_header_problems(copied, old, new, text):
    assert text in "\n".join(problems_of(copied("table.yml", (old, new))))


def test_a_table_of_another_kind_is_refused():
    found = problems_of(JIANGSU, "carbon_classes")
    assert "类型为 park_table；应为：carbon_classes" in found[0]


def test_both_files_are_checked_at_once(copied):
    folder = copied("table.csv", ("<=,0.35", "<=,x"))
    copied("table.yml", ("year: 2026", "year: 二"))
    (folder / "table.csv").write_text("code\n", encoding="utf-8")
    found = problems_of(folder)
    assert any("year" in text for text in found)
    assert len(found) > len(KINDS["park_table"][0])
