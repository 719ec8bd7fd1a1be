from dataclasses import replace

import numpy as np
import pytest

from synergy_lib.reporting.tables.scores import (
    table_change_bridge,
    table_changes,
    table_dimensions,
    table_indicators,
)


def text_of(cell):
    return cell if isinstance(cell, str) else cell["text"]


def test_dimensions_rows(make_enterprise):
    table = table_dimensions(make_enterprise())
    assert [list(row) for row in table.rows] == [
        ["A 低碳", "40", "41.4", "40.0", "+1.4", "60.0", "50.0 ~ 80.0", "100%"],
        ["B 循环", "35", "89.9", "84.0", "+5.9", "85.0", "70.0 ~ 95.0", "95%"],
        ["C 管理", "25", "–", "–", "–", "–", "–", "40%"],
    ]
    assert table.columns[3].label == "2023"


def test_dimensions_name_the_coverage_below_which_none_is_judged(make_enterprise):
    data = make_enterprise(meta={"coverage_dimension_minimum": 0.5})
    assert "低于 50% 的维度不单独评判" in table_dimensions(data).notes[0]


def test_a_change_needs_both_years(make_enterprise):
    data = make_enterprise()
    first = data.dimensions.assign(previous_score=np.nan)
    rows = table_dimensions(replace(data, dimensions=first)).rows
    assert {row[4] for row in rows} == {"–"}


def test_indicators_rows(make_enterprise):
    rows = [list(row) for row in table_indicators(make_enterprise()).rows]
    assert rows[0] == [
        *("A1", "碳强度", "tCO2e/万元", "2.50", "2.70"),
        *("2.00 → 0.600 [P]", "2.00", "50", "10"),
    ]
    assert rows[2][5:] == ["40.0 → 60.0 [GK]", "–", "89", "30"]
    assert rows[4][3:8] == ["不可评", "–", "分级计分", "–", "–"]


def test_indicators_say_why_they_are_not_assessed(make_enterprise):
    notes = table_indicators(make_enterprise()).notes
    assert notes[-1] == "不可评或未评分：B3 缺少“清洁生产审核”"
    english = table_indicators(make_enterprise("en"))
    assert english.rows[4][3] == "n/a"
    assert english.rows[4][5] == "by level"
    assert english.notes[-1].startswith("Not assessed: B3 ")


def test_changes_are_ordered_by_size_and_leave_zero_out(make_enterprise):
    rows = table_changes(make_enterprise()).rows
    assert [text_of(row[0]) for row in rows] == ["B1 回收率", "A1 碳强度", "合计"]
    assert [text_of(row[3]) for row in rows] == ["−2.05", "+0.80", "−1.25"]


def test_changes_add_the_rest_up(make_enterprise):
    rows = table_changes(make_enterprise("en"), limit=1).rows
    assert [text_of(row[0]) for row in rows] == ["B1 回收率", "All others", "Total"]
    assert [text_of(row[3]) for row in rows] == ["−2.05", "+0.80", "−1.25"]


def test_change_bridge_rows(make_enterprise):
    rows = [list(row) for row in table_change_bridge(make_enterprise()).rows]
    assert rows == [
        ["总分", "72.5", "+2.2", "−3.0", "0.0", "−0.2", "0.0", "−0.2", "71.3"],
        ["名次", "2", "−1.5", "+2.0", "0.0", "0.0", "+0.5", "0.0", "3"],
        ["低碳", "40.0", "+3.0", "0.0", "0.0", "−1.5", "0.0", "−0.1", "41.4"],
    ]


def test_demo_changes_add_up_to_the_total(slices_by_language):
    for data in slices_by_language["zh"].values():
        if data.changes.empty:
            continue
        shown = [
            float(text_of(row[3]).replace("−", "-")) for row in table_changes(data).rows
        ]
        total = data.headline["change"]
        assert shown[-1] == pytest.approx(total, abs=0.005)
        assert sum(shown[:-1]) == pytest.approx(total, abs=0.005 * len(shown))


def test_levels_are_explained_below_the_table(make_enterprise):
    notes = table_indicators(make_enterprise()).notes
    assert "分级计分：B3 0 得 50 分，1 得 100 分" in notes
