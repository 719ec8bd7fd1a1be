from dataclasses import replace

from synergy_lib.reporting.tables.programme import (
    table_cases,
    table_list_members,
    table_projects,
    table_technique_potential,
)


def rows_of(table):
    return [
        [cell if isinstance(cell, str) else cell["text"] for cell in row]
        for row in table.rows
    ]


def test_list_members_largest_first(make_park):
    table = table_list_members(make_park(), "carbon")
    assert rows_of(table) == [
        ["0008", "乙药厂", "150,000", "是", "", "法定"],
        ["0007", "甲药厂", "2,080", "", "", "园区"],
    ]
    assert table.columns[2].unit == "tCO2e"
    assert table_list_members(make_park("en"), "carbon").rows[0][3] == "yes"


def test_list_members_without_a_figure_have_a_dash(make_park):
    rows = rows_of(table_list_members(make_park(), "pollutant"))
    assert rows == [["0008", "乙药厂", "–", "是", "", "许可"]]


def test_list_members_of_an_empty_list(make_park):
    table = table_list_members(make_park(), "energy")
    assert table.caption == "重点用能单位"
    assert rows_of(table) == []


def test_technique_potential_keeps_signs(make_park):
    table = table_technique_potential(make_park())
    assert rows_of(table) == [
        ["T22", "冷凝水回收", "循环", "3", "120 ~ 340", "200", "C"],
        ["T14", "余热利用", "过程", "2", "−5.0 ~ 30.0", "10.0", "D"],
    ]
    assert "不能相加" in table.notes[0]


def test_projects_end_with_sums_of_what_is_known(make_park):
    rows = rows_of(table_projects(make_park()))
    assert rows == [
        ["甲药厂", "余热", "2025", "1,200", "–", "500", "计划"],
        ["乙药厂", "光伏", "–", "34.0", "–", "60.0", "–"],
        ["合计", "2 项", "", "1,234", "–", "560", ""],
    ]


def test_cases_print_numbers_as_numbers_are_printed(make_park):
    rows = rows_of(table_cases(make_park()))
    assert rows[0] == [
        "T01",
        "五化改造（台州）：减碳",
        "1,500",
        "tCO2/a",
        "S000",
        "D",
        "13,590 元/t；相除",
    ]
    assert rows[1][2] == "> 17.5"
    assert rows[1][6] == ""


def test_a_case_without_a_value_is_a_dash(make_park):
    park = make_park()
    cases = park.cases.assign(value=float("nan"), comparison="")
    rows = rows_of(table_cases(replace(park, cases=cases)))
    assert rows[0][2] == "–"
