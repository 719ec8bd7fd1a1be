from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.tables.evidence import (
    payback_text,
    table_factors,
    table_issues,
    table_measures,
    table_restatements,
)

KEYS = ("name", "co2e", "capex", "saving", "payback", "evidence", "basis")


def measure(low, high, note="", note_en=""):
    return SimpleNamespace(
        payback_low_years=low,
        payback_high_years=high,
        economics_note=note,
        economics_note_en=note_en,
    )


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (measure(0.61, 6.32), "0.6 ~ 6.3", "0.6 ~ 6.3"),
        (measure(4.21, 4.21), "4.2", "4.2"),
        (measure(4.2, np.nan), "≥ 4.2", "≥ 4.2"),
        (
            measure(
                np.nan, np.nan, "无净节约，不能回收", "no net saving, never repaid"
            ),
            "无净节约，不能回收",
            "no net saving, never repaid",
        ),
        (
            measure(None, None, "无法计算：缺投资额", "not computable: no investment"),
            "无法计算：缺投资额",
            "not computable: no investment",
        ),
        (measure(np.nan, np.nan), "–", "–"),
        (measure(np.nan, np.nan, np.nan, np.nan), "–", "–"),
        (measure(np.nan, 5.0, "缺", "lacks"), "缺", "lacks"),
    ],
)
def test_payback_range_open_end_or_reason(row, zh, en):
    assert payback_text(row, "zh") == zh
    assert payback_text(row, "en") == en


def test_measures_rows(make_enterprise):
    table = table_measures(make_enterprise())
    assert [dict(zip(KEYS, row, strict=True)) for row in table.rows][:3] == [
        {
            "name": "冷凝水回收",
            "co2e": "120 ~ 340",
            "capex": "15 ~ 102",
            "saving": "5.0 ~ 25.0",
            "payback": "0.6 ~ 6.3",
            "evidence": "C",
            "basis": "冷凝水 100 t",
        },
        {
            "name": "余热利用",
            "co2e": "10.0",
            "capex": "20.0 ~ 60.0",
            "saving": "−2.00 ~ 4.00",
            "payback": "≥ 4.2",
            "evidence": "B",
            "basis": "余热 1 GJ",
        },
        {
            "name": "绿电",
            "co2e": "5.00 ~ 8.00",
            "capex": "–",
            "saving": "−9.00 ~ −1.00",
            "payback": "无净节约，不能回收",
            "evidence": "D",
            "basis": "电 1 MWh",
        },
    ]
    english = table_measures(make_enterprise("en")).rows[0]
    assert english[0] == "Condensate"
    assert english[-1] == "condensate 100 t"


def test_measures_say_which_prices_they_rest_on(make_enterprise):
    none = table_measures(make_enterprise()).notes
    assert any("未给价格" in note for note in none)
    prices = {"electricity_cny_per_mwh": 650.0}
    given = table_measures(make_enterprise(meta={"prices": prices})).notes
    assert any("650" in note and "未给价格" not in note for note in given)


def test_a_measure_that_adds_emissions_keeps_its_sign(make_enterprise):
    data = make_enterprise()
    worse = data.measures.head(1).assign(co2e_low_t=-30.0, co2e_high_t=-10.0)
    assert table_measures(replace(data, measures=worse)).rows[0][1] == "−30.0 ~ −10.0"


def test_measures_stop_at_the_limit(make_enterprise):
    assert len(table_measures(make_enterprise(), limit=2).rows) == 2


def test_issues_of_all_years_but_gaps_of_this_one(make_enterprise):
    table = table_issues(make_enterprise())
    assert [list(row) for row in table.rows] == [
        ["存疑", "2023", "污染物!F9", "疑为单位错误", "34,560"],
        ["核实", "2024", "年度经营!C3", "请核实", "约5"],
        ["缺失", "2024", "–", "未填报", "–"],
    ]
    assert table.notes[1].startswith("另有 2 处")


def test_issues_without_gaps_elsewhere_say_nothing_of_them(make_enterprise):
    data = make_enterprise()
    table = table_issues(replace(data, issues=data.issues.head(3)))
    assert len(table.notes) == 1


def test_restatements_show_both_editions_and_the_difference(make_enterprise):
    rows = [list(row) for row in table_restatements(make_enterprise()).rows]
    assert rows[0] == [
        "碳排放总量（tCO2e）",
        "2022",
        "2,000 (2022)",
        "1,900 (2023)",
        "−5.0%",
    ]
    assert rows[1][-1] == "–"  # no percentage of zero


def test_factors_of_several_years_share_a_row(make_enterprise):
    table = table_factors(make_enterprise())
    assert [list(row) for row in table.rows] == [
        ["电力", "0.5422 / 0.5153", "tCO2/MWh", "R3"],
        ["其他VOCs", "0.95 [P]", "1", "R9"],
    ]


def test_factors_print_the_equivalents_in_a_note(make_enterprise, make_park):
    zh = table_factors(make_enterprise()).notes[-1]
    assert zh == "污染当量值（kg/当量，R15）：二氧化硫 0.95、COD 1。"
    en = table_factors(make_park("en")).notes[-1]
    assert en == "Equivalent values (kg per equivalent, R15): SO2 0.95, COD 1."


def test_small_factors_keep_their_digits(make_enterprise):
    data = make_enterprise()
    factors = data.factors.head(3).assign(
        value=[0.0000123, 389.31, 1234.5], name_zh=["a", "b", "c"]
    )
    rows = table_factors(replace(data, factors=factors)).rows
    assert [row[1] for row in rows] == ["0.000012", "389.31", "1,234.5 [P]"]


def test_a_missing_factor_is_a_dash(make_enterprise):
    data = make_enterprise()
    factors = pd.DataFrame(data.factors.head(1)).assign(value=np.nan)
    assert table_factors(replace(data, factors=factors)).rows[0][1] == "–"
