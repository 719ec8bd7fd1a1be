import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.narrative.enterprise import (
    describe_carbon,
    describe_data_quality,
    describe_dimensions,
    describe_gates,
    describe_measures,
    describe_method,
    describe_pollutants,
    describe_trends,
)

DESCRIPTIONS = (
    describe_carbon,
    describe_data_quality,
    describe_dimensions,
    describe_gates,
    describe_measures,
    describe_method,
    describe_pollutants,
    describe_trends,
)
# What is Chinese in the sentences of English reports: assumptions noted by the inputs
# and by the choice of factors.
CHINESE_IN_ENGLISH = {"describe_data_quality"}


def gates(*states):
    codes = [f"G{number}" for number in range(1, len(states) + 1)]
    names = [f"门槛{code}" for code in codes]
    return pd.DataFrame({"code": codes, "name": names, "state": states})


def test_gates_failed_and_not_reported_are_named_apart(make_enterprise):
    assert describe_gates(make_enterprise()) == [
        "未通过的否决项：G2 达标排放。",
        "未填报的否决项（无法判断）：G3 无事故。",
    ]
    assert describe_gates(make_enterprise("en")) == [
        "Gates failed: G2 达标排放.",
        "Gates not reported (cannot be judged): G3 无事故.",
    ]


def test_all_gates_passed_is_said_with_their_number(make_enterprise):
    passed = make_enterprise(gates=gates("pass", "pass"))
    assert describe_gates(passed) == ["2 项否决项全部通过。"]
    english = make_enterprise("en", gates=gates("pass", "pass"))
    assert describe_gates(english) == ["All 2 gates passed."]


def test_an_unknown_gate_is_never_called_passed(make_enterprise):
    sentences = describe_gates(make_enterprise(gates=gates("pass", "unknown")))
    assert sentences == ["未填报的否决项（无法判断）：G2 门槛G2。"]


def test_a_scheme_without_gates_says_nothing(make_enterprise):
    assert describe_gates(make_enterprise(gates=gates())) == []


def test_dimensions_highest_lowest_below_median_and_too_thin(make_enterprise):
    """A lies 18.6 points below the park's median 60; C has no score."""
    assert describe_dimensions(make_enterprise()) == [
        "得分最高的是“循环”（89.9 分），最低的是“低碳”（41.4 分）。",
        "数据不足、未计入总分的维度：管理（权重合计 25）。",
        "低于园区中位数 5 分以上的维度：低碳。",
    ]
    assert describe_dimensions(make_enterprise("en"))[0] == (
        "Highest is 循环 (89.9), lowest 低碳 (41.4)."
    )


def test_dimensions_without_any_score(make_enterprise):
    data = make_enterprise()
    none = replace(data, dimensions=data.dimensions.assign(score=np.nan))
    assert describe_dimensions(none) == ["各维度均缺少足够数据，未作评判。"]


def test_dimensions_do_not_compare_with_a_withheld_median(make_enterprise):
    data = make_enterprise()
    withheld = replace(data, dimensions=data.dimensions.assign(peer_p50=np.nan))
    assert not any("中位" in sentence for sentence in describe_dimensions(withheld))


def test_carbon_total_change_and_largest_source(make_enterprise):
    """2080 of 2000 is +4.0 %; electricity 1960 of 2080 is 94 %."""
    assert describe_carbon(make_enterprise()) == [
        "本年碳排放 2,080 tCO2e，较上年 +4.0%。",
        "最大来源是净购入电力排放，占 94%。",
    ]
    assert describe_carbon(make_enterprise("en")) == [
        "Emissions of 2,080 tCO2e, +4.0% on last year.",
        "Largest source: Net purchased electricity, 94%.",
    ]


def test_carbon_that_is_missing_is_not_zero(make_enterprise):
    data = make_enterprise()
    yearly = data.yearly.assign(co2e_t=[1.0, 1.0, np.nan])
    sentences = describe_carbon(replace(data, yearly=yearly))
    assert len(sentences) == 1
    assert "无法核算" in sentences[0]
    assert not re.search(r"\d", sentences[0])


def test_carbon_of_zero_has_no_largest_source(make_enterprise):
    yearly = pd.DataFrame({"year": [2024], "co2e_t": [0.0], "co2e_fuel_t": [0.0]})
    sentences = describe_carbon(make_enterprise(yearly=yearly))
    assert sentences == ["本年碳排放 0 tCO2e（上年无可比数据）。"]


def test_pollutants_known_and_missing(make_enterprise):
    assert describe_pollutants(make_enterprise()) == [
        "大气污染当量数 300，较上年 −25.0%。",
        "水污染当量数无法计算：缺少必报污染物。",
    ]


def test_trends_say_the_change_and_the_statement(make_enterprise):
    assert describe_trends(make_enterprise()) == [
        "与上年同口径比较，综合得分变化 −1.2 分。",
        "碳排放：显著下降。",
    ]
    assert describe_trends(make_enterprise("en"))[1] == "CO2e: falling."


def test_trends_without_a_year_to_compare(make_enterprise):
    data = make_enterprise(headline={"change": None})
    assert describe_trends(data)[0] == "缺少上年可比得分，不作年度比较。"


def test_trends_say_when_prices_are_not_deflated(make_enterprise):
    data = make_enterprise(meta={"has_deflator": False})
    assert describe_trends(data)[-1] == (
        "未提供平减指数：强度按当年价，未扣除价格变化。"
    )


def test_measures_are_counted_with_those_that_can_be_estimated(make_enterprise):
    """200 + 10 + 6 = 216 t of 2080 t are 10.4 %."""
    words = describe_measures(make_enterprise())[0]
    assert words.startswith("技术清单中有 4 项措施适用，其中 3 项可估算减碳量；")
    assert "前 3 项最可能合计减碳 216 t，占本年排放 10.4%（未扣叠加）。" in words


def test_measures_state_no_share_of_unknown_emissions(make_enterprise):
    data = make_enterprise()
    for amount in (np.nan, 0.0):
        yearly = data.yearly.assign(co2e_t=amount)
        assert "占本年排放" not in describe_measures(replace(data, yearly=yearly))[0]


def test_without_measures_it_says_so(make_enterprise):
    data = make_enterprise()
    none = replace(data, measures=data.measures.iloc[:0])
    assert describe_measures(none) == ["按现有数据没有可估算效益的适用措施。"]


def test_carbon_is_read_beside_output_at_constant_prices(make_enterprise):
    """Value added +10 %, carbon +4 %: intensity 1.04 / 1.1 − 1 = −5.5 %."""
    data = make_enterprise()
    constant = {"value_added_constant_10k_cny": [780.0, 800.0, 880.0]}
    words = describe_carbon(replace(data, yearly=data.yearly.assign(**constant)))
    assert "同期工业增加值（可比价）+10.0%，碳强度 −5.5%。" in words
    lost = data.yearly.assign(value_added_constant_10k_cny=[780.0, 800.0, -5.0])
    assert not any("碳强度" in w for w in describe_carbon(replace(data, yearly=lost)))


def test_data_quality_counts_issues_and_adds_the_notes(make_enterprise):
    assert describe_data_quality(make_enterprise()) == [
        "本年可评指标占总权重的 90%。发现存疑值 1 个（未采用）、"
        "需核实 1 个（已采用）、缺失 3 个。",
        "用了默认值。",
    ]


def test_method_names_scheme_seed_draws_and_threshold(make_enterprise):
    words = " ".join(describe_method(make_enterprise()))
    for fact in ("测试体系（1.0）", "（2022）", "2000 次", "随机种子 7", " 60% "):
        assert fact in words


@pytest.mark.parametrize("describe", DESCRIPTIONS, ids=lambda f: f.__name__)
def test_demo_sentences_are_complete(slices_by_language, language, describe):
    end = {"zh": "。", "en": "."}[language]
    for data in slices_by_language[language].values():
        for sentence in describe(data):
            assert sentence.rstrip().endswith((end, "。")), sentence
            assert not re.search(r"\bnan\b|None|NaT|<NA>|inf\b", sentence), sentence


@pytest.mark.parametrize("describe", DESCRIPTIONS, ids=lambda f: f.__name__)
def test_english_sentences_hold_no_chinese(slices_by_language, describe):
    if describe.__name__ in CHINESE_IN_ENGLISH:
        pytest.skip("notes of inputs and factors are Chinese only")
    for data in slices_by_language["en"].values():
        assert re.findall(r"[一-鿿]", " ".join(describe(data))) == []
