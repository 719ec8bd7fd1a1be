import pytest

from synergy_lib.reporting.narrative.certainty import (
    deciding_name,
    describe_certainty,
    describe_park_certainty,
    describe_what_varies,
    is_grade_unsure,
)


def test_interval_grade_and_choices_of_an_enterprise(make_enterprise):
    assert describe_certainty(make_enterprise()) == [
        "综合得分的 90% 区间为 68.0 ~ 74.5 分；按得分评为“中”的概率 72%。",
        "换用 80 种同样说得通的做法，名次在 2 ~ 6 之间，按得分的颜色取决于做法"
        "（绿 25%、黄 75%），影响最大的是锚点。",
    ]
    english = describe_certainty(make_enterprise("en"))
    assert "68.0" in english[0]
    assert "mostly on anchors" in english[1]


def test_a_grade_below_the_threshold_is_uncertain(make_enterprise):
    data = make_enterprise(headline={"grade_probability": 0.59})
    assert is_grade_unsure(data.headline, data.meta)
    assert describe_certainty(data)[0].endswith("概率 59%，等级不确定。")


@pytest.mark.parametrize(
    "headline",
    [
        {"grade_probability": 0.6},
        {"grade_probability": None},
        # A failed gate keeps the grade down whatever the score.
        {"grade_probability": 0.2, "grade": "待提升"},
    ],
)
def test_a_grade_that_is_likely_unknown_or_capped_is_not_uncertain(
    make_enterprise, headline
):
    data = make_enterprise(headline=headline)
    assert not is_grade_unsure(data.headline, data.meta)


def test_a_colour_that_no_choice_changes(make_enterprise):
    headline = {"depends_on_choice": False, "deciding_choice": ""}
    text = describe_certainty(make_enterprise(headline=headline))[1]
    assert text.endswith("名次在 2 ~ 6 之间，按得分的颜色都相同。")


def test_an_enterprise_without_a_score_says_nothing(make_enterprise):
    assert describe_certainty(make_enterprise(headline={"overall": None})) == []


def test_park_counts_the_uncertain_and_names_what_moves_ranks(make_park):
    assert describe_park_certainty(make_park()) == [
        "名次 90% 区间的宽度中位数为 0 位；1 家等级不确定，0 家颜色不确定（概率低于 60%）；"
        "换用同样说得通的做法，1 家没有哪种颜色占到 60%，另有 0 家至少在一种做法下变色。",
        "名次变动主要来自权重（总效应 60%）。",
    ]
    english = describe_park_certainty(make_park("en"))
    assert "the grade of 1" in english[0]
    assert "mostly from weights" in english[1]


def test_what_varies_lists_only_that(make_park):
    meta = make_park().meta
    text = describe_what_varies(meta)
    assert "对权重、锚点、标准化方法作 2000 次随机抽取（随机种子 7）" in text
    assert "[P]" in text
    plain = describe_what_varies({**meta, "varied": ["weights"]})
    assert "对权重作 2000 次" in plain
    assert "本体系自身标准化" not in plain


def test_deciding_name():
    assert deciding_name("missing", "zh") == "缺失处理"
    assert deciding_name("", "zh") == ""
    assert deciding_name(None, "en") == ""
