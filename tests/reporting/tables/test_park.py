from dataclasses import replace

import numpy as np

from synergy_lib.reporting.tables.park import (
    table_grade_counts,
    table_indicator_statistics,
    table_issue_counts,
    table_monitoring,
    table_ranking,
    table_red,
    table_suspect_values,
    table_totals,
)


def rows_of(table):
    return [list(row) for row in table.rows]


def test_totals_say_how_many_are_behind_and_leave_out_the_unknown(make_park):
    table = table_totals(make_park())
    assert rows_of(table) == [["碳排放总量（tCO2e）", "150,000", "152,080", "2 / 3"]]
    assert [column.label for column in table.columns] == [
        *("项目", "2023", "2024"),
        "有数据 / 在册",
    ]


def test_grades_and_colours_are_counted_in_order(make_park):
    table = table_grade_counts(make_park())
    assert [c.label for c in table.columns] == ["等级", "绿", "黄", "灰", "合计"]
    assert rows_of(table) == [
        ["优", "1", "0", "0", "1"],
        ["中", "0", "1", "0", "1"],
        ["数据不足", "0", "0", "1", "1"],
        ["合计", "1", "1", "1", "3"],
    ]
    english = rows_of(table_grade_counts(make_park("en")))
    assert [row[0] for row in english] == ["excellent", "fair", "too few data", "Total"]


def test_ranking_puts_the_unranked_last_with_dashes(make_park):
    rows = rows_of(table_ranking(make_park()))
    assert rows[0] == [
        *("1", "1", "0008", "乙药厂", "91.0", "+0.6"),
        *("优", "绿", "99%", "150,000"),
    ]
    assert rows[1][:2] == ["2", "1 ~ 2"]
    assert rows[2] == [
        *("–", "–", "0009", "丙药厂", "55.0", "–"),
        *("数据不足", "灰", "–", "–"),
    ]


def test_ranking_shares_ranks_and_orders_ties_by_id(make_park):
    park = make_park()
    tied = park.enterprises.iloc[::-1].assign(rank=[1.0, 1.0, 3.0])
    rows = rows_of(table_ranking(replace(park, enterprises=tied)))
    assert [(row[0], row[2]) for row in rows] == [
        *(("1", "0008"), ("1", "0009")),
        ("3", "0007"),
    ]


def test_indicator_statistics(make_park):
    rows = rows_of(table_indicator_statistics(make_park()))
    assert rows[0] == [
        *("A1", "碳强度", "tCO2e/万元", "3"),
        *("1.00", "2.00", "3.00", "2.00", "0.600", "60.0"),
    ]
    assert rows[2][3:] == ["2", "–", "–", "–", "40.0", "60.0", "–"]


def test_monitoring_prints_missing_as_a_dash(make_park):
    assert rows_of(table_monitoring(make_park())) == [
        ["TVOC", "2024", "212", "μg/m3", "–", ""],
        ["总磷", "2024", "–", "mg/L", "4", "年均"],
    ]


def test_monitoring_by_month_shows_months_and_limits(make_park):
    park = make_park()
    frame = park.monitoring.assign(month=[3.0, np.nan], limit=[300.0, np.nan])
    table = table_monitoring(replace(park, monitoring=frame))
    assert [column.label for column in table.columns][1:4] == ["时期", "数值", "限值"]
    assert [row[:4] for row in rows_of(table)] == [
        ["TVOC", "2024-03", "212", "300"],
        ["总磷", "2024", "–", "–"],
    ]


def test_issues_are_counted_by_rule(make_park):
    rows = rows_of(table_issue_counts(make_park()))
    assert [(row[0], *row[2:]) for row in rows] == [
        ("缺失", "2", "1"),
        ("缺失", "1", "1"),
        ("存疑（未采用）", "1", "1"),
        ("核实（已采用）", "1", "1"),
    ]
    assert rows[2][1] == "与本企业其他年份的中位数相差 20 倍以上，疑为单位错误"


def test_suspect_values_are_shown_with_their_cell(make_park):
    assert rows_of(table_suspect_values(make_park())) == [
        ["0007", "2023", "污染物!F9", "疑为单位错误", "34,560"]
    ]
    park = make_park()
    words = park.issues.assign(value="约5")
    row = rows_of(table_suspect_values(replace(park, issues=words)))[0]
    assert row[-1] == "约5"


def test_an_unknown_score_is_not_zero(make_park):
    park = make_park()
    unknown = park.enterprises.assign(overall=np.nan, rank=np.nan)
    rows = rows_of(table_ranking(replace(park, enterprises=unknown)))
    assert {row[4] for row in rows} == {"–"}


def test_red_enterprises_are_listed_worst_first_with_the_reason(make_park):
    park = make_park()
    red = park.enterprises.assign(colour=["red", "green", "red"])
    rows = rows_of(table_red(replace(park, enterprises=red)))
    assert rows == [
        ["0009", "丙药厂", "55.0", "数据不足", "数据不足"],
        ["0007", "甲药厂", "71.3", "中", "综合得分71.3低于80"],
    ]
    assert rows_of(table_red(park)) == []
