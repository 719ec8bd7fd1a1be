"""What a colour brings, and that an uncertain one brings nothing."""

import pytest

from synergy_lib.reporting.narrative.policy import (
    describe_park_policies,
    describe_policy,
)

POLICIES = [
    {"colour": "yellow", "text": "提交整改方案", "source": "园区办法第 8 条"},
    {"colour": "yellow", "text": "按 1.1 倍替代", "source": ""},
    {"colour": "red", "text": "列入整治", "source": ""},
]


@pytest.fixture
def with_policies(make_enterprise):
    def make(colour, policies=POLICIES):
        return make_enterprise(meta={"policies": policies}, headline={"colour": colour})

    return make


def test_policies_of_the_own_colour(with_policies):
    assert describe_policy(with_policies("yellow")) == [
        "本园区对黄色企业的差别化政策：提交整改方案（园区办法第 8 条）；按 1.1 倍替代。"
    ]


def test_nothing_for_a_colour_without_policy(with_policies):
    assert describe_policy(with_policies("green")) == []
    assert describe_policy(with_policies("red", [])) == []


def test_an_uncertain_colour_brings_nothing(with_policies):
    assert describe_policy(with_policies("grey")) == [
        "颜色不确定，不据此采取差别化政策。"
    ]


def test_the_park_counts_whom_they_meet(make_park):
    park = make_park(meta={"policies": POLICIES})
    assert describe_park_policies(park) == [
        "黄色 1 家：提交整改方案（园区办法第 8 条）；按 1.1 倍替代。",
        "红色 0 家：列入整治。",
    ]
    assert describe_park_policies(make_park(meta={"policies": []})) == []
