import math

import numpy as np
import pandas as pd
import pytest

from synergy_lib.techniques.economics import abatement_cost
from synergy_lib.techniques.effects import estimate_effects
from synergy_lib.techniques.recommendation import PriorityWeights, recommend

GRID, HEAT = 0.5153, 0.11
PLAN_COLUMNS = [
    "enterprise_id",
    "measure_name",
    "technique_id",
    "planned_year",
    "investment_10k_cny",
    "annual_saving_10k_cny",
    "co2e_reduction_t",
    "status",
    "note",
]


def plans(*rows):
    return pd.DataFrame(rows, columns=PLAN_COLUMNS)


def values(row, stem, unit):
    return [row[f"{stem}_{bound}_{unit}"] for bound in ("low", "mode", "high")]


def test_not_applicable_techniques_are_left_out(measures):
    assert "T52" not in measures.index
    assert "T47" in measures.index


def test_a_plan_replaces_the_range_of_its_technique(effects, catalogue, prices):
    plan = plans(
        ["E1", "屋顶光伏一期", "T18", 2024, 700.0, 180.0, 1100.0, "计划", "注"]
    )
    table = recommend(effects, catalogue, plan, prices=prices)
    rows = table[table["technique_id"] == "T18"]
    assert len(rows) == 1
    row = rows.iloc[0]
    assert (row["origin"], row["status"]) == ("enterprise", "planned")
    assert (row["name_zh"], row["stage"]) == ("屋顶光伏一期", "source")
    assert values(row, "investment", "10k_cny") == [700] * 3
    assert values(row, "annual_saving", "10k_cny") == [180] * 3
    assert values(row, "co2e", "t") == [1100] * 3
    assert row["co2e_relative"] == pytest.approx(1100 / 25_000)
    assert values(row, "payback", "years") == pytest.approx([700 / 180] * 3)
    assert row["basis"] == ("企业自报，未经核证；按技术清单估算减碳 1,153 tCO2e；注")
    assert "1,153 tCO2e" in row["basis_en"]


def test_a_plan_leaves_what_it_does_not_say(effects, catalogue, measures, prices):
    """Saving as estimated: 32.096 − 0.02 · 64 = 30.816; 61.632 / 30.816 = 2 a."""
    plan = plans(["E1", "冷凝水", "T22", 2024, 61.632, None, None, "在建", ""])
    table = recommend(effects, catalogue, plan, prices=prices)
    row = table.set_index("technique_id").loc["T22"]
    assert values(row, "co2e", "t") == values(measures.loc["T22"], "co2e", "t")
    assert row["payback_mode_years"] == pytest.approx(2.0)
    assert row["payback_low_years"] < 2 < row["payback_high_years"]
    assert row["investment_origin"] == "enterprise"
    assert row["economics_explanation"] == "投资额为企业填报。"


def test_a_plan_that_costs_money_every_year_is_never_repaid(effects, catalogue, prices):
    plan = plans(["E1", "RTO", "T43", 2024, 500.0, -30.0, None, "计划", ""])
    table = recommend(effects, catalogue, plan, prices=prices)
    row = table.set_index("technique_id").loc["T43"]
    assert math.isnan(row["abatement_cost_cny_per_t"])
    assert row["payback_mode_years"] == math.inf
    assert row["economics_note"] == "无净节约，不能回收"
    assert row["quadrant"] == "IV"
    assert row["carbon_offset_t"] == pytest.approx(167.2)


def test_a_plan_of_an_unlisted_measure_stands_on_its_own(effects, catalogue, prices):
    plan = plans(
        ["E1", "冷冻机改造", None, 2023, 50.0, 20.0, 100.0, "计划", None],
        ["E1", "其他", "T99", 2023, np.nan, 20.0, np.nan, "计划", ""],
        ["E9", "不在园区", "", 2023, 1.0, 1.0, 1.0, "计划", ""],
    )
    table = recommend(effects, catalogue, plan, prices=prices)
    own = table[table["origin"] == "enterprise"].set_index("name_zh")
    assert set(own.index) == {"冷冻机改造", "其他"}
    assert (own["technique_id"] == "").all()
    assert "技术编号“T99”不在技术清单中" in own.loc["其他", "basis"]
    first = own.loc["冷冻机改造"]
    assert first["payback_mode_years"] == 2.5
    expected = abatement_cost(50, 20, 100, 0.08, 10)
    assert first["abatement_cost_cny_per_t"] == pytest.approx(expected)


def test_a_plan_revives_a_technique_that_would_be_left_out(effects, catalogue):
    plan = plans(["E1", "锅炉", "T52", 2024, 10.0, 5.0, 30.0, "计划", ""])
    table = recommend(effects, catalogue, plan).set_index("technique_id")
    assert table.loc["T52", "stage"] == "source"
    assert table.loc["T52", "payback_mode_years"] == 2


def test_two_plans_of_one_technique_are_two_measures(effects, catalogue, prices):
    plan = plans(
        ["E1", "光伏一期", "T18", 2022, 100.0, 30.0, 200.0, "完成", ""],
        ["E1", "光伏二期", "T18", 2025, 90.0, 30.0, 200.0, "计划", ""],
    )
    table = recommend(effects, catalogue, plan, prices=prices).set_index("name_zh")
    assert math.isnan(table.loc["光伏一期", "priority"])
    assert table.loc["光伏二期", "priority"] > 0


def test_empty_plans_change_nothing(effects, catalogue):
    without = recommend(effects, catalogue)
    pd.testing.assert_frame_equal(recommend(effects, catalogue, plans()), without)


# --- priority -----------------------------------------------------------------------


def test_priority_is_the_weighted_sum_of_its_parts(effects, catalogue, prices):
    obstacles = pd.DataFrame({"A1": [30.0], "B2": [10.0], "E1": [60.0]}, index=["E1"])
    table = recommend(effects, catalogue, prices=prices, obstacles=obstacles)
    row = table.set_index("technique_id").loc["T06"]
    assert row["obstacle_coverage"] == pytest.approx(0.7)  # B2 and E1
    assert row["evidence_points"] == 0.25
    parts = {
        "obstacle_coverage": 0.35,
        "cost_rank": 0.25,
        "co2e_rank": 0.2,
        "pollutant_rank": 0.1,
        "evidence_points": 0.1,
    }
    expected = sum(
        weight * (0 if math.isnan(row[part]) else row[part])
        for part, weight in parts.items()
    )
    assert row["priority"] == pytest.approx(expected)


def test_priority_ranks_run_from_best_to_worst(measures):
    ranked = measures.dropna(subset=["priority"])
    assert ranked["priority"].is_monotonic_decreasing
    assert ranked["priority_rank"].iloc[0] == 1
    assert measures.loc["T01", "co2e_rank"] == 1  # 3000 t, the largest
    assert measures.loc["T43", "co2e_rank"] == 0  # raises CO2e the most
    assert measures.loc["T18", "cost_rank"] == 1  # 74.8 a year, T06 has 62.8
    assert math.isnan(measures.loc["T47", "priority"])


def test_quadrant_three_has_no_priority(effects, catalogue, prices):
    worse = effects.assign(co2e_relative=-0.1, pollutant_relative=-0.1)
    table = recommend(worse, catalogue, prices=prices)
    assert (table["quadrant"] == "III").all()
    assert table["priority"].isna().all()


def test_other_weights_give_another_score(effects, catalogue):
    weights = PriorityWeights(0, 0, 1, 0, 0)
    table = recommend(effects, catalogue, weights=weights)
    known = table.dropna(subset=["priority"])
    np.testing.assert_allclose(known["priority"], known["co2e_rank"].fillna(0))


def test_obstacles_of_another_enterprise_say_nothing(effects, catalogue):
    obstacles = pd.DataFrame({"A1": [1.0]}, index=["E7"])
    table = recommend(effects, catalogue, obstacles=obstacles)
    assert table["obstacle_coverage"].isna().all()


def test_enterprises_are_ranked_each_by_itself(
    panel, accounts, factors, catalogue, prices
):
    def copied(frame, firm):
        return frame.rename(index={"E1": firm}, level=0)

    both = pd.concat([panel, copied(panel, "E2") * 3])
    totals = pd.concat([accounts, copied(accounts, "E2") * 3])
    effects = estimate_effects(both, totals, factors, catalogue, 2022)
    table = recommend(effects, catalogue, prices=prices)
    first, second = (table[table["enterprise_id"] == firm] for firm in ("E1", "E2"))
    assert first["technique_id"].tolist() == second["technique_id"].tolist()
    np.testing.assert_allclose(first["priority"], second["priority"])


def test_every_row_carries_evidence_tags_and_sources(measures, catalogue):
    assert (measures["sources"] != "").all()
    assert measures["evidence"].isin(list("ABCD")).all()
    assert measures.loc["T18", "tags"] == "C;GK;P"
    assert measures.loc["T45", "tags"] == ""
