import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd

from synergy_lib.reporting.narrative.card import headline_card, strengths, weaknesses


def badges(data):
    return {badge["label"]: badge for badge in headline_card(data)["badges"]}


def items(data, column):
    return headline_card(data)["columns"][column]["items"]


def test_weaknesses_are_ordered_by_weight_times_lost_points(make_enterprise):
    """A1 10 × 50 = 500, A2 4 × 80 = 320; B1 is a strength, B2 has 90 or more."""
    weak = weaknesses(make_enterprise())
    assert weak["code"].tolist() == ["A1", "A2"]
    assert weak["lost"].tolist() == [500, 320]


def test_a_weakness_is_below_sixty_or_not_above_the_peers(make_enterprise):
    data = make_enterprise()
    scores = data.indicators.assign(
        score=[70.0, 70.0, 59.0, 89.9, 61.0],
        peer_score_p50=[69.0, 71.0, 10.0, 95.0, np.nan],
    )
    weak = weaknesses(replace(data, indicators=scores))
    assert weak["code"].tolist() == ["B1", "A2", "B2"]


def test_strengths_are_never_below_sixty_points(make_enterprise):
    strong = strengths(make_enterprise())
    assert strong["code"].tolist() == ["B2", "B1"]
    assert (strong["score"] >= 60).all()


def test_strengths_are_not_below_the_peers(make_enterprise):
    data = make_enterprise()
    led = data.indicators.assign(peer_score_p50=[10.0, 10.0, 90.0, 95.1, 10.0])
    assert strengths(replace(data, indicators=led)).empty


def test_equal_scores_are_told_apart_by_the_lead_over_the_peers(make_enterprise):
    data = make_enterprise()
    equal = data.indicators.assign(
        score=80.0, peer_score_p50=[70.0, 50.0, np.nan, 60.0, 80.0]
    )
    strong = strengths(replace(data, indicators=equal))
    assert strong["code"].tolist() == ["A2", "B2", "A1"]


def test_an_indicator_without_a_score_is_neither(make_enterprise):
    data = make_enterprise()
    none = replace(data, indicators=data.indicators.assign(score=np.nan))
    assert strengths(none).empty
    assert weaknesses(none).empty
    assert items(none, 0) == [{"head": "无", "text": "", "tag": ""}]


def test_demo_strengths_and_weaknesses(slices_by_language):
    for data in slices_by_language["zh"].values():
        strong, weak = strengths(data), weaknesses(data)
        assert (strong["score"] >= 60).all()
        assert strong["score"].is_monotonic_decreasing
        assert (weak["score"] < 90).all()
        lost = weak["weight"] * (100 - weak["score"])
        assert lost.is_monotonic_decreasing
        assert not set(weak["code"]) & set(strong["code"])
        assert ((weak["score"] < 60) | (weak["score"] <= weak["peer_score_p50"])).all()
        scored = data.indicators[data.indicators["score"] < 60]
        left = scored.loc[scored.index.difference(weak.index)]
        others = left["weight"] * (100 - left["score"])
        assert others.empty or others.max() <= lost.min()


def test_badges_in_both_languages(make_enterprise):
    shown = badges(make_enterprise())
    assert list(shown) == ["等级与三色", "综合得分", "园区排名", "碳排放"]
    assert shown["等级与三色"] == {
        "label": "等级与三色",
        "value": "中",
        "note": "按本办法概率 83%",
        "colour": "yellow",
    }
    assert shown["综合得分"]["value"] == "71.3"
    assert shown["综合得分"]["note"] == "同口径较上年 −1.2；数据完整 90%"
    assert shown["园区排名"]["value"] == "3 / 9"
    assert shown["园区排名"]["note"] == "90% 区间 2 ~ 5"
    assert shown["碳排放"]["value"] == "2,080"
    assert shown["碳排放"]["note"] == "tCO2e，较上年 +4.0%"
    english = badges(make_enterprise("en"))
    assert english["Rank in the park"]["note"] == "90% interval 2 ~ 5"
    assert english["Grade and colour"]["value"] == "fair"
    assert english["Grade and colour"]["note"] == "by this scheme 83%"


def test_uncertain_colour_is_grey_and_says_how_likely_it_was(make_enterprise):
    head = {
        "colour": "grey",
        "colour_by_rules": "green",
        "colour_probability": 0.515,
        "uncertainty_note": "不确定",
    }
    badge = badges(make_enterprise(headline=head))["等级与三色"]
    assert badge["colour"] == "grey"
    assert badge["note"] == "颜色不确定：绿色概率仅 52%"
    english = badges(make_enterprise("en", headline=head))["Grade and colour"]
    assert english["note"] == "uncertain: green only 52%"


def test_a_colour_set_by_a_rule_has_no_probability(make_enterprise):
    badge = badges(make_enterprise(headline={"colour_probability": None}))
    assert badge["等级与三色"]["note"] == "颜色由规则决定，见下"


def test_too_few_data_are_not_ranked_and_not_zero(make_enterprise):
    head = dict.fromkeys(
        ("overall", "rank", "rank_low", "rank_high", "change", "colour_probability")
    )
    shown = badges(
        make_enterprise(headline={**head, "grade": "数据不足", "colour": "grey"})
    )
    assert shown["等级与三色"]["value"] == "数据不足"
    assert shown["综合得分"]["value"] == "–"
    assert shown["综合得分"]["note"] == "无上年可比；数据完整 90%"
    assert shown["园区排名"]["value"] == "–"
    assert shown["园区排名"]["note"] == "数据不足，不排名"


def test_missing_carbon_is_a_dash(make_enterprise):
    yearly = pd.DataFrame({"year": [2024], "so2_kg": [1.0]})
    badge = badges(make_enterprise(yearly=yearly))["碳排放"]
    assert (badge["value"], badge["note"]) == ("–", "tCO2e")


def test_indicator_items_compare_with_the_peers_unless_withheld(make_enterprise):
    first, _ = items(make_enterprise(), 1)
    assert first == {
        "head": "碳强度",
        "text": "2.50 tCO2e/万元，园区中位 2.00",
        "tag": "50 分",
    }
    withheld = items(make_enterprise(), 0)[1]
    assert (withheld["head"], withheld["text"]) == ("回收率", "55.0 %")


def test_indicator_items_show_words_in_place_of_levels(make_enterprise):
    data = make_enterprise()
    worded = data.indicators.assign(value_text=["", "", "", "三级", ""])
    assert items(replace(data, indicators=worded), 0)[0]["text"] == "三级"


def test_measure_items_in_both_languages(make_enterprise):
    shown = items(make_enterprise(), 2)
    assert [item["text"] for item in shown] == [
        "减碳 120 ~ 340 t/a；投资 15 ~ 102 万元；回收期 0.6 ~ 6.3 年",
        "减碳 10.0 t/a；投资 20.0 ~ 60.0 万元；回收期 ≥ 4.2 年",
        "减碳 5.00 ~ 8.00 t/a；无净节约，不能回收",
    ]
    assert [item["tag"] for item in shown] == ["证据 C", "证据 B", "证据 D"]
    english = items(make_enterprise("en"), 2)
    assert english[1]["text"] == "10.0 tCO2e/a; CNY 20.0 ~ 60.0 × 10⁴; payback ≥ 4.2 a"
    assert english[2]["text"] == "5.00 ~ 8.00 tCO2e/a; no net saving, never repaid"


def test_without_measures_the_card_says_none(make_enterprise):
    data = make_enterprise("en")
    none = replace(data, measures=data.measures.iloc[:0])
    assert items(none, 2) == [{"head": "none", "text": "", "tag": ""}]


def test_colour_reasons_come_first_and_lines_are_few(make_enterprise):
    lines = headline_card(make_enterprise())["lines"]
    assert lines[0] == "颜色依据：综合得分71.3低于80。"
    assert len(lines) <= 6
    without = headline_card(make_enterprise(headline={"colour_reasons": ""}))
    assert "颜色依据" not in " ".join(without["lines"])


def test_only_invented_data_are_called_so(make_enterprise):
    assert not any("虚构" in n for n in headline_card(make_enterprise())["notes"])
    demo = headline_card(make_enterprise("en", meta={"is_invented": True}))
    assert demo["notes"][0].startswith("Demonstration data")


def test_demo_cards_hold_no_missing_value_as_a_word(slices_by_language, language):
    for data in slices_by_language[language].values():
        shown = json.dumps(headline_card(data), ensure_ascii=False)
        for word in ("nan", "None", "<NA>", "NaT", "Infinity"):
            assert f'"{word}' not in shown
            assert f" {word} " not in shown


def test_english_cards_are_chinese_only_in_names_and_reasons(slices_by_language):
    """Colour reasons, levels and conclusions of the indicators are Chinese only."""
    for data in slices_by_language["en"].values():
        card = headline_card(data)
        assert card.pop("enterprise") == data.enterprise["enterprise_name"]
        shown = json.dumps(card, ensure_ascii=False)
        known = [
            data.headline["colour_reasons"],
            *data.indicators["value_text"],
            *data.measures["name_zh"],
        ]
        for words in sorted(filter(None, known), key=len, reverse=True):
            shown = shown.replace(words, "")
        assert re.findall(r"[一-鿿]+", shown) == []
