import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.indicators.compute import IndicatorContext, compute_indicators

C, V = "co2e_t", "value_added_10k_cny"


def by_row(table):
    """Return {(enterprise, year): reason} of the formula X."""
    rows = table.reasons
    keys = zip(rows["enterprise_id"], rows["year"], strict=True)
    return dict(zip(keys, rows["reason"], strict=True))


def test_annual_decline_pct_twenty_percent_in_five_years(panel, compute):
    data = panel({("a", 2020): {C: 1.0}, ("a", 2025): {C: 0.8}})
    result = compute(data, f"annual_decline_pct({C})").values["X"]
    # 100·(1 − 0.8^(1/5)) = 4.3648
    assert result.iloc[1] == pytest.approx(4.364750, abs=1e-6)
    assert np.isnan(result.iloc[0])


def test_annual_decline_pct_rise_is_negative_and_zero_is_hundred(panel, compute):
    rows = {("a", 2020): {C: 1.0}, ("a", 2022): {C: 1.21}}
    rows |= {("b", 2020): {C: 1.0}, ("b", 2022): {C: 0.0}}
    result = compute(panel(rows), f"annual_decline_pct({C})").values["X"]
    assert result["a", 2022] == pytest.approx(-10.0)
    assert result["b", 2022] == 100.0


def test_annual_decline_pct_reasons(panel, compute):
    rows = {
        ("a", 2019): {C: 1.0, V: 1.0},
        ("a", 2020): {C: 1.0, V: 1.0},
        ("b", 2021): {C: 1.0, V: 1.0},
        ("c", 2020): {C: 0.0, V: 1.0},
        ("c", 2021): {C: 1.0, V: 1.0},
        ("d", 2020): {C: 1.0, V: 1.0},
        ("d", 2021): {C: 1.0, V: -1.0},
        ("e", 2020): {C: 1.0, V: 1.0},
        ("e", 2021): {C: -1.0, V: 1.0},
    }
    table = compute(panel(rows), f"annual_decline_pct({C} / {V})")
    assert table.values["X"].isna().all()
    reasons = by_row(table)
    assert "基准年" in reasons["a", 2019]
    assert "基准年" in reasons["a", 2020]
    assert reasons["b", 2021] == "缺基准年（2020年）的数据"
    assert "变化率无定义" in reasons["c", 2021]
    assert reasons["d", 2021] == "增加值≤0,不评级"
    assert reasons["e", 2021] == "强度为负，年下降率无定义"
    # Only the base year itself (and before) takes the weight away.
    assert table.applicable["X"].tolist() == [
        False, False, True, False, True, False, True, False, True,
    ]  # fmt: skip


def test_ratio_to_park_is_own_ratio_over_ratio_of_sums(panel, compute):
    # Park 2020: (30+10)/(10+10) = 2.0; K = 3.0/2.0 and 1.0/2.0. Mean of ratios: same
    # only by chance, so the second year has unequal sizes: (30+10)/(30+2) = 1.25.
    rows = {
        ("a", 2020): {C: 30.0, V: 10.0},
        ("b", 2020): {C: 10.0, V: 10.0},
        ("a", 2021): {C: 30.0, V: 30.0},
        ("b", 2021): {C: 10.0, V: 2.0},
    }
    result = compute(panel(rows), f"ratio_to_park({C}, {V})").values["X"]
    assert result.tolist() == pytest.approx([1.5, 0.5, 0.8, 4.0])


def test_ratio_to_park_value_added_not_positive_is_not_graded(panel, compute):
    rows = {
        ("a", 2020): {C: 30.0, V: 10.0},
        ("b", 2020): {C: 10.0, V: 10.0},
        ("c", 2020): {C: 10.0, V: 0.0},
        ("d", 2020): {C: 10.0, V: -5.0},
    }
    table = compute(panel(rows), f"ratio_to_park({C}, {V})")
    reasons = by_row(table)
    assert reasons == dict.fromkeys([("c", 2020), ("d", 2020)], "增加值≤0,不评级")
    # Ratio of sums keeps what they emitted: 60/15 = 4.
    assert table.values["X"].iloc[0] == pytest.approx(3.0 / 4.0)


def test_ratio_to_park_one_enterprise_is_undefined(panel, compute):
    rows = {("a", 2020): {C: 30.0, V: 10.0}, ("b", 2020): {C: np.nan, V: 1.0}}
    table = compute(panel(rows), f"ratio_to_park({C}, {V})")
    assert table.values["X"].isna().all()
    assert "仅一家企业" in by_row(table)["a", 2020]
    assert by_row(table)["b", 2020].startswith("缺少“碳排放总量")
    assert table.applicable["X"].tolist() == [False, True]


def test_ratio_to_park_outside_reference_replaces_the_park(panel, compute):
    rows = {("a", 2020): {C: 30.0, V: 10.0}, ("a", 2021): {C: 30.0, V: 10.0}}
    context = IndicatorContext(reference_ratio={"X": {2020: 2.0}})
    table = compute(panel(rows), f"ratio_to_park({C}, {V})", context=context)
    assert table.values["X"].iloc[0] == 1.5
    assert np.isnan(table.values["X"].iloc[1])


def test_ratio_to_park_park_total_not_positive(panel, compute):
    rows = {("a", 2020): {C: 1.0, V: 1.0}, ("b", 2020): {C: 1.0, V: -2.0}}
    table = compute(panel(rows), f"ratio_to_park({C}, {V})")
    assert by_row(table)["a", 2020] == "园区平均值≤0，比值无定义"


def test_share_pct_is_clipped_at_100_and_flagged_above_105(panel, compute):
    rows = {
        (name, 2020): {"tasks_done": done, "tasks_planned": 100.0}
        for name, done in (("a", 40.0), ("b", 104.0), ("c", 105.0), ("d", 106.0))
    }
    table = compute(panel(rows), "share_pct(tasks_done, tasks_planned)")
    assert table.values["X"].tolist() == pytest.approx([40.0, 100.0, 100.0, 100.0])
    assert table.flags[["enterprise_id", "kind"]].to_numpy().tolist() == [
        ["d", "data_error"]
    ]
    assert "105 %" in table.flags["reason"].iloc[0]


def test_share_pct_nothing_to_share_is_not_applicable(panel, compute):
    rows = {
        ("a", 2020): {"tasks_done": 0.0, "tasks_planned": 0.0},
        ("b", 2020): {"tasks_done": np.nan, "tasks_planned": 0.0},
        ("c", 2020): {"tasks_done": 1.0, "tasks_planned": np.nan},
        ("d", 2020): {"tasks_done": np.nan, "tasks_planned": 2.0},
    }
    table = compute(panel(rows), "share_pct(tasks_done, tasks_planned)")
    assert table.applicable["X"].tolist() == [False, False, True, True]
    assert by_row(table)["c", 2020] == "缺少“一企一策应完成任务数”"
    assert by_row(table)["d", 2020] == "缺少“一企一策已完成任务数”"


def test_share_pct_negative_whole_is_undefined(panel, compute):
    data = panel({("a", 2020): {C: 1.0, V: -2.0}})
    assert "分母为负" in by_row(compute(data, f"share_pct({C}, {V})"))["a", 2020]


@pytest.mark.parametrize(
    ("emitted", "generated", "expected"),
    [(20.0, 100.0, 80.0), (0.0, 100.0, 100.0), (100.0, 100.0, 0.0)],
)
def test_removal_pct(panel, compute, emitted, generated, expected):
    data = panel({("a", 2020): {"vocs_kg": emitted, "vocs_generated_kg": generated}})
    result = compute(data, "removal_pct(vocs_kg, vocs_generated_kg)").values["X"]
    assert result.iloc[0] == pytest.approx(expected)


def test_removal_pct_special_cases(panel, compute):
    rows = {
        ("a", 2020): {"vocs_kg": 0.0, "vocs_generated_kg": 0.0},
        ("b", 2020): {"vocs_kg": 2.0, "vocs_generated_kg": 1.0},
        ("c", 2020): {"vocs_kg": 2.0, "vocs_generated_kg": 0.0},
        ("d", 2020): {"vocs_kg": np.nan, "vocs_generated_kg": 0.0},
        ("e", 2020): {"vocs_kg": np.nan, "vocs_generated_kg": 1.0},
    }
    table = compute(panel(rows), "removal_pct(vocs_kg, vocs_generated_kg)")
    kinds = table.reasons.set_index("enterprise_id")["kind"].to_dict()
    assert kinds == {
        "a": "not_applicable",
        "b": "data_error",
        "c": "data_error",
        "d": "not_applicable",
        "e": "missing",
    }
    assert by_row(table)["b", 2020].startswith("数据错误")


def test_mean_available_one_term_rule(panel, compute):
    total, used = "condensate_total_t", "condensate_recovered_t"
    could, heat = "waste_heat_potential_gj", "waste_heat_recovered_gj"
    rows = {
        ("both", 2020): {total: 10.0, used: 4.0, could: 10.0, heat: 8.0},
        ("no_heat", 2020): {total: 10.0, used: 4.0, could: 0.0, heat: 0.0},
        ("heat_unknown", 2020): {total: 10.0, used: 4.0, could: np.nan, heat: 8.0},
        ("nothing", 2020): {total: 0.0, used: 0.0, could: 0.0, heat: np.nan},
        ("unknown", 2020): {total: 0.0, used: 0.0, could: np.nan, heat: np.nan},
    }
    formula = f"mean_available(share_pct({used}, {total}), share_pct({heat}, {could}))"
    table = compute(panel(rows), formula)
    np.testing.assert_allclose(
        table.values["X"], [60.0, 40.0, 40.0, np.nan, np.nan], rtol=1e-12
    )
    assert table.applicable["X"].tolist() == [True, True, True, False, True]


def test_max_available_takes_the_larger_known_term(panel, compute):
    used, bought = "heat_used_gj", "heat_purchased_gj"
    rows = {
        ("a", 2020): {used: 10.0, bought: 4.0},
        ("b", 2020): {used: np.nan, bought: 4.0},
        ("c", 2020): {used: 0.0, bought: 4.0},
        ("d", 2020): {used: np.nan, bought: np.nan},
    }
    result = compute(panel(rows), f"max_available({used}, {bought})")
    np.testing.assert_array_equal(result.values["X"], [10.0, 4.0, 4.0, np.nan])
    assert list(by_row(result)) == [("d", 2020)]


P = "pollutant_equivalent_kg"


@pytest.mark.parametrize(
    ("carbon", "pollution", "level"),
    [
        (9000.0, 180.0, 3.0),  # y .10, x .10, El 1
        (9200.0, 180.0, 3.0),  # y .08, x .10, El 0.8, bound included
        (8750.0, 180.0, 3.0),  # y .125, x .10, El 1.25, bound included
        (9500.0, 180.0, 2.0),  # methods test: y .05, x .10, El 0.5
        (8000.0, 190.0, 2.0),  # y .20, x .05, El 4
        (9500.0, 220.0, 1.0),  # quadrant II
        (11000.0, 180.0, 1.0),  # quadrant IV
        (9500.0, 200.0, 1.0),  # pollution unchanged
        (11000.0, 220.0, 0.0),  # both rise
        (11000.0, 200.0, 0.0),  # one rises, none falls
    ],
)
def test_co_control_level_from_base_to_current(
    panel, compute, carbon, pollution, level
):
    rows = {
        ("a", 2020): {C: 10000.0, P: 200.0},
        ("a", 2021): {C: 1.0, P: 1.0},
        ("a", 2022): {C: carbon, P: pollution},
    }
    table = compute(panel(rows), f"co_control_level({C}, {P})")
    assert table.values["X"]["a", 2022] == level
    assert not table.applicable["X"]["a", 2020]


def test_co_control_level_words_give_the_elasticity(panel, compute):
    rows = {("a", 2020): {C: 10000.0, P: 200.0}, ("a", 2021): {C: 9500.0, P: 180.0}}
    table = compute(panel(rows), f"co_control_level({C}, {P})")
    assert table.texts["X"]["a", 2021] == "减污降碳双降（较2020年，弹性0.50）"
    assert table.texts["X"]["a", 2020] == ""


def test_co_control_level_undefined_cases(panel, compute):
    rows = {
        ("same", 2020): {C: 100.0, P: 100.0},
        ("same", 2021): {C: 100.0, P: 100.4},
        ("zero", 2020): {C: 100.0, P: 0.0},
        ("zero", 2021): {C: 90.0, P: 0.0},
        ("new", 2021): {C: 90.0, P: 1.0},
        ("gap", 2020): {C: 90.0, P: 1.0},
        ("gap", 2021): {C: 90.0, P: np.nan},
    }
    table = compute(panel(rows), f"co_control_level({C}, {P})")
    assert table.values["X"].isna().all()
    reasons = by_row(table)
    assert "基本无变化" in reasons["same", 2021]
    assert "≤0" in reasons["zero", 2021]
    assert "缺基准年" in reasons["new", 2021]
    assert "缺少“污染当量数" in reasons["gap", 2021]
    assert table.applicable["X"]["same", 2021]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("第三方核查", 3.0),
        ("报告（实测数据）", 2.0),
        ("报告（缺省值）", 1.0),
        ("无", 0.0),
    ],
)
def test_choice_level_last_choice_is_zero(panel, compute, text, level):
    data = panel({("a", 2020): {"carbon_verification_level": text}})
    table = compute(data, "choice_level(carbon_verification_level)")
    assert table.values["X"].iloc[0] == level
    assert table.texts["X"].iloc[0] == text


def test_choice_level_missing_and_unknown(panel, compute):
    rows = {(n, 2020): {"carbon_verification_level": v} for n, v in
            (("a", np.nan), ("b", "也许"))}  # fmt: skip
    table = compute(panel(rows), "choice_level(carbon_verification_level)")
    assert by_row(table) == {
        ("a", 2020): "缺少“碳排放报告与核查”",
        ("b", 2020): "“碳排放报告与核查”不是可选值",
    }
    absent = compute(panel({("a", 2020): {C: 1.0}}),
                     "choice_level(carbon_verification_level)")  # fmt: skip
    assert by_row(absent)["a", 2020] == "缺少“碳排放报告与核查”"


@pytest.mark.parametrize(
    ("audit", "first", "second", "level"),
    [
        (1, 1, 1, 3.0),
        (1, 1, 0, 2.0),
        (1, 0, 1, 2.0),
        (1, 0, 0, 1.0),
        (0, 0, 0, 0.0),
        (0, 1, 1, 0.0),
        (0, np.nan, np.nan, 0.0),
        (1, 1, np.nan, np.nan),
        (np.nan, 1, 1, np.nan),
    ],
)
def test_certification_level(panel, compute, audit, first, second, level):
    columns = ["has_cleaner_production_audit", "has_iso14001", "has_iso50001"]
    data = panel({("a", 2020): dict(zip(columns, (audit, first, second), strict=True))})
    table = compute(data, f"certification_level({', '.join(columns)})")
    np.testing.assert_array_equal(table.values["X"], [level])


@pytest.mark.parametrize(
    ("penalties", "complaints", "serious", "level"),
    [
        (0, 0, 0, 3.0),
        (0, 2, 0, 2.0),
        (1, 0, 0, 1.0),
        (1, 3, 0, 1.0),
        (2, 0, 0, 0.0),
        (0, 0, 1, 0.0),
        (2, np.nan, np.nan, 0.0),
        (1, np.nan, 0, 1.0),
        (0, 0, np.nan, np.nan),
        (0, np.nan, 0, np.nan),
        (np.nan, 0, 0, np.nan),
    ],
)
def test_credit_level(panel, compute, penalties, complaints, serious, level):
    columns = ["penalties_count", "complaints_count", "has_serious_violation"]
    values = (penalties, complaints, serious)
    data = panel({("a", 2020): dict(zip(columns, values, strict=True))})
    table = compute(data, f"credit_level({', '.join(columns)})")
    np.testing.assert_array_equal(table.values["X"], [level])


@pytest.mark.parametrize(
    ("accident", "violation", "passed"),
    [(0, 0, 1.0), (1, 0, 0.0), (np.nan, 1, 0.0), (np.nan, 0, np.nan)],
)
def test_none_of(panel, compute, accident, violation, passed):
    data = panel(
        {
            ("a", 2020): {
                "has_major_accident": accident,
                "has_serious_violation": violation,
            }
        }
    )
    table = compute(data, "none_of(has_major_accident, has_serious_violation)")
    np.testing.assert_array_equal(table.values["X"], [passed])


F = "annual_decline_since_first_pct"


def test_annual_decline_since_first_counts_from_the_first_known_year(panel, compute):
    rows = {
        # base year 2020 known: 100·(1 − 0.8^(1/5))
        ("a", 2020): {C: 1.0},
        ("a", 2025): {C: 0.8},
        # first figure in 2022; the figure before the base year is not used
        ("b", 2019): {C: 9.0},
        ("b", 2022): {C: 1.0},
        ("b", 2024): {C: 1.21},
        # a zero is no start
        ("c", 2020): {C: 0.0},
        ("c", 2021): {C: 4.0},
        ("c", 2022): {C: 3.0},
    }
    table = compute(panel(rows), f"{F}({C})")
    result, texts = table.values["X"], table.texts["X"]
    assert result["a", 2025] == pytest.approx(4.364750, abs=1e-6)
    assert result["b", 2024] == pytest.approx(-10.0)
    assert result["c", 2022] == pytest.approx(25.0)
    assert texts["a", 2025] == ""
    assert texts["b", 2024] == "-10 %/a（2022年起）"
    assert texts["c", 2022] == "25 %/a（2021年起）"


def test_annual_decline_since_first_reasons(panel, compute):
    rows = {
        ("a", 2020): {C: 1.0},
        ("b", 2021): {C: 1.0},
        ("c", 2020): {C: np.nan},
        ("c", 2021): {C: 0.0},
        ("d", 2020): {C: 1.0},
        ("d", 2021): {C: np.nan},
    }
    table = compute(panel(rows), f"{F}({C})")
    assert table.values["X"].isna().all()
    reasons = by_row(table)
    assert reasons["a", 2020] == reasons["b", 2021] == "起点年份及以前，尚无变化可算"
    assert reasons["c", 2021] == "2020年以来没有大于零的数据"
    assert "碳排放总量" in reasons["d", 2021]
    # A first year without change counts against the coverage.
    assert table.applicable["X"].all()


@given(st.permutations(range(6)))
def test_annual_decline_since_first_does_not_depend_on_row_order(order):
    index = pd.MultiIndex.from_product([["a", "b"], [2020, 2021, 2022]])
    index = index.set_names(["enterprise_id", "year"])
    data = pd.DataFrame({C: [np.nan, 4.0, 2.0, 1.0, 3.0, 9.0]}, index=index)
    definitions = pd.DataFrame({"formula": {"X": f"{F}({C})"}})
    shuffled = compute_indicators(data.iloc[order], definitions, base_year=2020)
    result = shuffled.values["X"].reindex(index)
    # a: 1 − 2/4; b: 1 − 3/1 and 1 − √9
    expected = [np.nan, np.nan, 50.0, np.nan, -200.0, -200.0]
    assert result.tolist() == pytest.approx(expected, nan_ok=True)
