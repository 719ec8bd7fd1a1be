"""What is said of carbon and pollution moving together."""

import pandas as pd

from synergy_lib.reporting.narrative.synergy import (
    describe_own_synergy,
    describe_park_synergy,
    quadrant_counts,
)


def test_own_changes_with_their_quadrants(make_enterprise):
    assert describe_own_synergy(make_enterprise()) == [
        "与 2020 年相比，碳排放 +5.0%，大气污染当量数 −28.5%（减污增碳）、"
        "水污染当量数 +1.0%（污染物的变化在误差内，不判）。"
    ]
    (english,) = describe_own_synergy(make_enterprise("en"))
    assert "CO2e +5.0%" in english
    assert "(pollution falls, carbon rises)" in english


def test_nobody_elses_change_is_told(make_enterprise):
    data = make_enterprise()
    own = data.co_control[data.co_control["enterprise_id"] != "0007"]
    only_others = make_enterprise(co_control=own.iloc[:0])
    assert describe_own_synergy(only_others) == []


def test_the_park(make_park):
    assert describe_park_synergy(make_park()) == [
        "2020–2024 年，两年均有数据的 2 家企业合计碳排放 −12.0%，大气污染当量数 −29.0%"
        "（减污降碳协同）、水污染当量数 +1.0%（两者的变化都在误差内，不判）。",
        # The correlation with water equivalents cannot be judged and is not told.
        "与碳排放的相关系数（扣除规模，括号内为 95% 区间）：大气污染当量数 企业自身逐年变化"
        " 0.78（0.64 ~ 0.87）、企业之间（当年） 0.72（0.58 ~ 0.82）。",
        "碳排放最大的 9 家（前 10%）占碳排放的 29%，其中 4 家也在大气污染当量数最大的 9 家之列。",
    ]
    english = describe_park_synergy(make_park("en"))
    assert "4 are among the 9 largest by Air pollutant equivalents" in english[2]


def test_years_and_enterprises_that_differ_are_told_apart(make_park):
    rows = make_park().co_control
    other = rows["pollutant"] == "water_equivalent_kg"
    told = describe_park_synergy(make_park(co_control=rows.assign(n=other + 1)))
    assert told[0].startswith("2020–2024 年，两年均有数据的 1 家企业合计碳排放 −12.0%")
    assert told[1].startswith("2020–2024 年，两年均有数据的 2 家企业合计碳排放 +5.0%")


def test_a_park_without_pollutants(make_park):
    data = make_park(co_control=make_park().co_control.iloc[:0])
    assert describe_park_synergy(data) == ["没有碳或污染物数据，无法分析协同。"]


def test_counts_of_all_quadrants():
    rows = pd.DataFrame({"quadrant": ["I", "I", "", "error"]})
    assert quadrant_counts(rows) == {
        "I": 2,
        "II": 0,
        "III": 0,
        "IV": 0,
        "error": 1,
        "": 1,
    }


def test_the_indicator_that_judges_otherwise_is_named(make_enterprise):
    indicators = make_enterprise().indicators
    formulas = indicators["formula"].where(
        indicators["code"] != "B1", "co_control_level(co2e_t, vocs_kg)"
    )
    data = make_enterprise(indicators=indicators.assign(formula=formulas))
    assert describe_own_synergy(data)[1].startswith("指标 B1 按大气与水当量之和")
    clear = data.co_control[data.co_control["quadrant"] != "error"]
    only_clear = make_enterprise(indicators=data.indicators, co_control=clear)
    assert len(describe_own_synergy(only_clear)) == 1
