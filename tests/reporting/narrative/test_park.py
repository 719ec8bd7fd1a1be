import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.narrative.park import (
    describe_lists,
    describe_quality,
    describe_scores,
    describe_totals,
    park_card,
)


def totals(**changes):
    """Return carbon of 2023 and 2024, with some columns replaced."""
    frame = {
        "quantity": ["co2e_t"] * 2,
        "year": [2023, 2024],
        "total": [1000.0, 1100.0],
        "reporting": [3, 3],
        "missing": [0, 0],
        "same_enterprises": [3, 3],
        "same_total": [1000.0, 1100.0],
    }
    return pd.DataFrame({**frame, **changes})


def test_totals_change_and_whom_they_leave_out(make_park):
    """152 080 of 150 000 is +1.4 %; one enterprise has no figure."""
    assert describe_totals(make_park()) == [
        "碳排放合计 152,080 tCO2e（1 家缺数据，未计入），同口径（2 家）较上年 +1.4%。"
    ]
    assert describe_totals(make_park("en")) == [
        "CO2e emissions: 152,080 tCO2e (1 enterprises without data left out), "
        "+1.4% on the 2 enterprises that report every year."
    ]


def test_totals_without_gaps_say_nothing_of_gaps(make_park):
    assert describe_totals(make_park(totals=totals())) == [
        "碳排放合计 1,100 tCO2e，同口径（3 家）较上年 +10.0%。"
    ]


@pytest.mark.parametrize("same", [[np.nan, np.nan], [0.0, 0.0], [np.nan, 1100.0]])
def test_totals_without_a_comparable_year_state_no_change(make_park, same):
    shown = describe_totals(make_park(totals=totals(same_total=same)))
    assert shown == ["碳排放合计 1,100 tCO2e。"]


def test_totals_that_nobody_reports_are_not_zero(make_park):
    nothing = totals(total=[np.nan, np.nan])
    assert describe_totals(make_park(totals=nothing)) == ["没有可加总的数量。"]


def test_scores_counts_colours_and_changes(make_park):
    """Changes: −1.25 fell, +0.6 rose, one has none."""
    assert describe_scores(make_park()) == [
        "3 家企业中 2 家数据足以排名，综合得分中位数 71.3。",
        "三色分布：绿 1、黄 1、灰 1。",
        "与上年同口径比较，1 家得分上升、1 家下降（变化超过 0.5 分）。",
    ]
    assert describe_scores(make_park("en"))[1] == "Colours: green 1, yellow 1, grey 1."


def test_scores_without_a_year_before(make_park):
    park = make_park()
    first = replace(park, enterprises=park.enterprises.assign(change=np.nan))
    assert len(describe_scores(first)) == 2


def test_lists_count_units_and_statutory_ones(make_park):
    assert describe_lists(make_park())[0].startswith(
        "重点碳排放 2 家（其中法定 1 家）、重点排污 1 家（其中法定 1 家）、"
        "重点用能 0 家（其中法定 0 家）"
    )
    assert "另有 1 家" in describe_lists(make_park())[1]


def test_quality_counts_and_notes(make_park):
    assert describe_quality(make_park()) == [
        "存疑未采用 1 个、需核实 1 个、缺失 3 个。",
        "用了默认值。",
    ]


def test_card_badges(make_park):
    shown = {
        b["label"]: (b["value"], b["note"]) for b in park_card(make_park())["badges"]
    }
    assert shown == {
        "企业": ("3", "2 家可排名"),
        "得分中位数": ("71.3", "0–100"),
        "碳排放合计": ("15.2 万", "tCO2e"),
        "碳强度": ("2.12", "tCO2e/万元增加值"),
    }
    english = {b["label"]: b["value"] for b in park_card(make_park("en"))["badges"]}
    assert english["CO2e"] == "152 k"


def test_card_without_carbon_shows_a_dash_and_no_intensity(make_park):
    ratios = pd.DataFrame({"year": [2024], "co2e_t_per_value_added_10k_cny": [np.nan]})
    card = park_card(make_park(totals=totals(total=np.nan), ratios=ratios))
    shown = {badge["label"]: badge["value"] for badge in card["badges"]}
    assert shown["碳排放合计"] == "–"
    assert "碳强度" not in shown


def test_leaders_are_the_first_ranks(make_park):
    leaders = park_card(make_park())["columns"][0]["items"]
    assert [item["head"] for item in leaders] == ["乙药厂", "甲药厂"]
    assert leaders[1] == {
        "head": "甲药厂",
        "text": "得分 71.3，较上年 −1.2；排名区间 1 ~ 2",
        "tag": "2",
    }


def test_weak_indicators_are_ordered_by_weight_times_lost_points(make_park):
    """A2 30 × 25 = 750, A1 10 × 40 = 400; B1 has no median."""
    weak = park_card(make_park())["columns"][1]["items"]
    assert [item["head"] for item in weak] == ["单位能耗", "碳强度"]
    assert weak[0]["text"] == "园区中位 0.600"
    assert weak[1]["text"] == "园区中位 2.00 tCO2e/万元"
    assert weak[1]["tag"] == "中位 60 分"


def test_techniques_keep_their_signs(make_park):
    shown = park_card(make_park())["columns"][2]["items"]
    assert shown[1]["text"] == "减碳 −5.0 ~ 30.0 t/a，2 家可估算"


def test_only_invented_data_are_called_so(make_park):
    assert len(park_card(make_park())["notes"]) == 1
    notes = park_card(make_park(meta={"is_invented": True}))["notes"]
    assert notes[0].startswith("演示数据")


def test_demo_park_words(parks_by_language, language):
    park = parks_by_language[language]
    sentences = [
        sentence
        for describe in (describe_lists, describe_scores, describe_totals)
        for sentence in describe(park)
    ]
    shown = json.dumps([park_card(park), sentences], ensure_ascii=False)
    assert not re.search(r"\bnan\b|None|<NA>|Infinity", shown)
    if language == "en":
        names = [item["head"] for item in park_card(park)["columns"][0]["items"]]
        for name in names:
            shown = shown.replace(name, "")
        assert re.findall(r"[一-鿿]", shown) == []
