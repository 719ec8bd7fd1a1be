import numpy as np
import pytest

from synergy_lib.reporting.narrative.change import describe_change_bridge
from synergy_lib.scoring.bridge.changes import REASONS


def test_the_causes_are_named_from_the_largest(make_enterprise):
    score, rank = describe_change_bridge(make_enterprise())
    assert score == (
        "2023 年得分 72.5，2024 年得分 71.3（−1.2 分）；上期数据更正 −3.0 分、"
        "自身表现 +2.2 分、评价方法更新 −0.2 分、可评指标增减 −0.2 分。"
    )
    assert rank == (
        "名次由第 2 到第 3（降 1 位）：上期数据更正 −2.0 位、"
        "自身表现 +1.5 位、同行变动 −0.5 位（正为上升）。"
    )


def test_what_cannot_be_told_is_said(make_enterprise):
    data = make_enterprise("en")
    told = make_enterprise(
        "en",
        bridge=data.bridge.assign(data=np.nan, method=np.nan),
        bridge_note={**data.bridge_note, "not_told": ["data", "method"]},
    )
    sentences = describe_change_bridge(told)
    assert "Corrected data, New method cannot be told" in sentences[-1]
    assert "Corrected" not in sentences[0]


def test_a_change_nobody_would_see_has_no_causes(make_enterprise):
    bridge = (
        make_enterprise()
        .bridge.iloc[:1]
        .assign(own=0.01, data=0.0, method=0.0, missing=0.0, later=72.51)
    )
    assert describe_change_bridge(make_enterprise(bridge=bridge)) == [
        "2023 年得分 72.5，2024 年得分 72.5（0.0 分）；没有可见的影响。"
    ]


def test_an_unchanged_rank(make_enterprise):
    bridge = make_enterprise().bridge
    same = bridge.assign(later=bridge["later"].mask(bridge["code"] == "rank", 2.0))
    assert "名次未变" in describe_change_bridge(make_enterprise(bridge=same))[1]


@pytest.mark.parametrize("reason", [r for r in REASONS if r != "not_in_later_report"])
def test_every_reason_that_a_report_can_meet_is_said(make_enterprise, reason, language):
    note = {"reason": reason, "years": [2023, 2024], "not_told": []}
    data = make_enterprise(language, bridge_note=note)
    (sentence,) = describe_change_bridge(data)
    assert {"zh": "无法判断", "en": "cannot be judged"}[language] in sentence
