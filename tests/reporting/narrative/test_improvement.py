import pandas as pd

from synergy_lib.reporting.narrative.improvement import (
    describe_improvements,
    describe_measure_plan,
    describe_park_measures,
)


def test_steps_units_and_probability(make_enterprise):
    assert describe_improvements(make_enterprise()) == [
        "等级升到“良”最少改善 2 项指标（都不超过园区前 10% 的水平）："
        "A1 碳强度由 2.50 到 ≤0.800 tCO2e/万元、"
        "B3 审核由 0 到 ≥2.00；恰好做到时把握约 47%。"
    ]
    (english,) = describe_improvements(make_enterprise("en"))
    assert english.startswith("To reach")
    assert "at least 2 indicators" in english


def test_a_colour_that_the_same_steps_reach_is_not_repeated(make_enterprise):
    rows = make_enterprise().improvements
    both = pd.concat([rows[:2], rows[:2].assign(target="colour", next="green")])
    assert len(describe_improvements(make_enterprise(improvements=both))) == 1
    other = pd.concat([rows[:2], rows[:1].assign(target="colour", next="green")])
    assert len(describe_improvements(make_enterprise(improvements=other))) == 2


def test_a_gate_in_the_way_is_named_once(make_enterprise):
    rows = make_enterprise().improvements.iloc[2:]
    blocked = rows.assign(target="grade", reason="门槛G2未通过，等级最高为“待提升”")
    both = make_enterprise(improvements=blocked)
    assert describe_improvements(both) == [
        "升级须先通过门槛 G2，单靠指标改善不能升级。"
    ]


def test_the_best_have_nothing_to_reach(make_enterprise):
    rows = make_enterprise().improvements.iloc[2:]
    best = rows.assign(target="grade", reason="已为最高等级")
    assert describe_improvements(make_enterprise(improvements=best)) == []


def test_the_fewest_measures(make_enterprise):
    (told,) = describe_measure_plan(make_enterprise())
    assert told == (
        "离“良”还差 8.7 分。目录措施中最少 2 项可以达到：车间改造、RTO替代；把握约 55%"
        "（含效益区间），合计减碳 5,900 t/a，投资 2,000 ~ 24,000 万元（缺RTO替代的投资额）。"
    )
    (english,) = describe_measure_plan(make_enterprise("en"))
    assert "At least 2 measures" in english


def test_measures_that_do_not_reach(make_enterprise):
    plan = make_enterprise().measure_plan.iloc[:1]
    short = plan.assign(reason="目录中可估算的措施全部实施，综合得分也不超过69.2")
    (told,) = describe_measure_plan(make_enterprise(measure_plan=short))
    assert told.startswith("目录中可估算的措施全部实施，综合得分也不超过69.2（只计")
    # What the plan of indicators says already is not said twice.
    gate = make_enterprise(measure_plan=plan.assign(reason="已为最高等级"))
    assert describe_measure_plan(gate) == []
    assert describe_measure_plan(make_enterprise(measure_plan=plan.iloc[:0])) == []


def test_the_bill_of_a_set(make_enterprise):
    plan = make_enterprise().measure_plan
    adding = plan.assign(co2e_reduction_t=-60.0, investment_low_10k_cny=None)
    (told,) = describe_measure_plan(make_enterprise(measure_plan=adding))
    assert "合计增碳 60 t/a，缺投资额。" in told


def test_the_park(make_park):
    (told,) = describe_park_measures(make_park())
    assert told == (
        "2 家企业中，目录措施按最可能效益可使 1 家等级上升（其中 0 家把握达到 60%），"
        "1 家仅靠这些措施达不到，其余 0 家已是最高等级、受门槛限制或数据不足。"
    )
