"""What is said of drivers, decoupling, targets and scenarios."""

from synergy_lib.reporting.narrative.outlook import (
    describe_drivers,
    describe_scenarios,
    describe_targets,
)


def test_effects_of_the_park_largest_first(make_park):
    told = describe_drivers(make_park())
    assert told == [
        "2020–2024 年碳排放总量 +4.0%，其中规模效应 +10.0%、能耗强度效应 −6.0%。",
        "2020–2024 年挥发性有机物（总量）排放量的变化不能分解：没有产生量。",
        "自 2020 年可比价产出 +20.0%：碳排放总量弱脱钩（弹性 0.20）。",
    ]
    assert len(describe_drivers(make_park("en"))) == 3


def test_an_enterprise_whose_decoupling_is_not_judged(make_enterprise):
    told = describe_drivers(make_enterprise())
    assert told[-1] == "脱钩状态不判定：没有可比价产出。"


def test_nothing_to_say(make_enterprise):
    data = make_enterprise()
    bare = make_enterprise(
        drivers=data.drivers.iloc[:0], decoupling=data.decoupling.iloc[:0]
    )
    assert describe_drivers(bare) == []


def test_targets_by_status_and_that_they_do_not_bind(make_park):
    assert describe_targets(make_park()) == [
        "目标（百分数为与序时要求之差）：落后于序时进度：增加值能耗 +4.6%（2025 年）；"
        "达序时进度：增加值碳排放 −5.3%（2025 年）。均为其他地区的参照目标，此处没有约束力。"
    ]


def test_own_targets_are_not_called_reference(make_park):
    gaps = make_park().target_gaps
    own = make_park(target_gaps=gaps.assign(standing="binding"))
    assert "参照" not in describe_targets(own)[0]
    none = make_park(target_gaps=gaps.iloc[2:])
    assert describe_targets(none) == ["没有可以对照的量化目标。"]


def test_scenarios(make_park):
    (told,) = describe_scenarios(make_park())
    assert told.startswith(
        "“趋势延续”2030 年前达峰的概率 7%；“政策目标”：推演期过短。推演 3 家"
        "各年数据完整的企业，速率取自本园区历史；"
    )
    data = make_park()
    assumed = data.scenario_basis.assign(origin="assumed")
    (short,) = describe_scenarios(make_park(scenario_basis=assumed))
    assert "历史太短，速率为假设值 [P]" in short
    (none,) = describe_scenarios(make_park(scenario_peaks=data.scenario_peaks.iloc[:0]))
    assert none.endswith("不作达峰推演。")


def test_effects_too_small_to_name(make_park):
    small = make_park().drivers.assign(share=0.001)
    told = describe_drivers(make_park(drivers=small))
    assert told[0] == "2020–2024 年碳排放总量 +4.0%，各项作用都不足起始年的 0.5%。"
