"""Coupling coordination of carbon and pollution on absolute scales."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, MethodError, ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import load_scheme
from synergy_lib.synergy.coordination import coordination, intensity_anchors

ANCHORS = pd.DataFrame(
    {
        "baseline": [2.0, 4.0, 3.0],
        "benchmark": [0.6, 2.0, 1.0],
        "weight": [6.0, 4.0, 3.0],
    },
    index=["co2e_t", "air_equivalent_kg", "water_equivalent_kg"],
)


def panel():
    index = pd.MultiIndex.from_tuples(
        [("a", 2024), ("b", 2024), ("c", 2024)], names=["enterprise_id", "year"]
    )
    return pd.DataFrame(
        {
            "co2e_t": [130.0, 600.0, np.nan],
            "air_equivalent_kg": [400.0, 200.0, 1.0],
            "water_equivalent_kg": [300.0, 300.0, 1.0],
            "value_added_10k_cny": [100.0, 200.0, 1.0],
        },
        index=index,
    )


def test_scores_by_hand():
    row = coordination(panel(), ANCHORS).set_index("unit").loc["a"]
    # C 1.3 → 80; air 4 → 60; water 3 → 60: U1 0.6, U2 0.8
    assert row["carbon_score"] == pytest.approx(80)
    assert row["pollution_score"] == pytest.approx(60)
    degree = np.sqrt(0.8 * 0.6 / 0.8)
    assert row["coupling_degree"] == pytest.approx(degree)
    assert row["coordination_degree"] == pytest.approx(np.sqrt(degree * 0.7))
    assert row["lag_type"] == "减污滞后"
    assert row["coordination_class"] == "中级协调"


def test_sector_is_a_ratio_of_sums_over_complete_enterprises():
    sectors = pd.Series(["2710", "2710", "2710"], index=list("abc"))
    row = coordination(panel(), ANCHORS, groups=sectors).iloc[0]
    # (130 + 600)/300 = 2.4333 → 60 + 40·(2.4333 − 2)/(0.6 − 2)
    assert row["carbon_score"] == pytest.approx(60 - 40 * (730 / 300 - 2) / 1.4)
    # air 600/300 = 2 → 100, water 2 → 80, weights 4 and 3
    assert row["pollution_score"] == pytest.approx((400 + 240) / 7)
    assert row[["n", "left_out"]].tolist() == [2, 1]


def test_missing_and_negative_value_added_cannot_be_judged():
    frame = panel()
    frame.loc[("a", 2024), "value_added_10k_cny"] = -5.0
    table = coordination(frame, ANCHORS).set_index("unit")
    assert table.loc[["a", "c"], "coordination_degree"].isna().all()
    assert table.loc["a", "reason"] == "数据不全或增加值不大于零，无法判断"
    assert table.loc["b", "reason"] == ""
    assert table.loc["c", "coordination_class"] == ""


def test_zero_points_give_zero():
    row = coordination(panel(), ANCHORS).set_index("unit").loc["b"]
    frame = panel()
    frame["co2e_t"] = 1e6
    zero = coordination(frame, ANCHORS).set_index("unit").loc["b"]
    assert row["coordination_degree"] > 0
    assert zero["coordination_degree"] == 0


def test_anchors_of_the_scheme():
    scheme = load_scheme(parameters_path("schemes", "taizhou_six_dimensions"))
    codes = scheme.framework.indicators.index
    anchors = pd.DataFrame({"baseline": 2.0, "benchmark": 1.0}, index=codes)
    anchors.loc["D2"] = np.nan  # too few enterprises for park percentiles
    table = intensity_anchors(scheme.framework, anchors)
    assert table["code"].to_dict() == {"co2e_t": "A1", "air_equivalent_kg": "D1"}
    assert table.loc["co2e_t", "weight"] == pytest.approx(0.06)


def test_errors():
    with pytest.raises(MethodError, match="至少一种污染物"):
        coordination(panel(), ANCHORS.loc[["co2e_t"]])
    with pytest.raises(MethodError, match="至少一种污染物"):
        coordination(panel(), ANCHORS.drop("co2e_t"))
    with pytest.raises(InputDataError, match="value_added_10k_cny"):
        coordination(panel().drop(columns="value_added_10k_cny"), ANCHORS)
    with pytest.raises(ParameterError, match="2家企业没有分组"):
        coordination(panel(), ANCHORS, groups=pd.Series(["x"], index=["a"]))
    with pytest.raises(InputDataError, match="重复"):
        coordination(pd.concat([panel(), panel()]), ANCHORS)
