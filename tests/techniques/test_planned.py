import numpy as np
import pandas as pd

from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.planned import completed_measures, merge_planned


def catalogue(*identifiers):
    return Catalogue(pd.DataFrame(index=list(identifiers)), pd.DataFrame())


def table():
    row = {
        "enterprise_id": "E1",
        "technique_id": "T18",
        "status": "estimated",
        "co2e_relative": 0.1,
        "name_zh": "光伏",
        "name_en": "PV",
        "origin": "catalogue",
        "planned_year": np.nan,
        "plan_status": "",
        "evidence": "C",
        "basis": "x",
        "basis_en": "x",
    }
    for bound, value in (("low", 90.0), ("mode", 100.0), ("high", 110.0)):
        row[f"co2e_{bound}_t"] = value
        row[f"co2e_market_{bound}_t"] = value
        row[f"investment_{bound}_10k_cny"] = value
        row[f"annual_saving_{bound}_10k_cny"] = value
    return pd.DataFrame([row])


def test_merge_planned_without_plans_returns_the_table():
    assert merge_planned(table(), None, catalogue("T18")).equals(table())


def test_merge_planned_keeps_the_types_of_the_columns():
    plan = pd.DataFrame(
        {"enterprise_id": ["E1"], "measure_name": ["冷冻机"], "status": ["计划"]}
    )
    merged = merge_planned(table(), plan, catalogue("T18"))
    assert merged.dtypes.equals(table().dtypes)
    own = merged.iloc[1]
    assert own["technique_id"] == ""
    assert np.isnan(own["co2e_mode_t"])
    assert own["evidence"] == "B"


def test_merge_planned_own_reduction_moves_the_relative_one():
    """100 t were 0.1 of the enterprise; 250 t are 0.25, and no market figure."""
    plan = pd.DataFrame(
        {"enterprise_id": ["E1"], "technique_id": ["T18"], "co2e_reduction_t": [250.0]}
    )
    own = merge_planned(table(), plan, catalogue("T18")).iloc[0]
    assert own["co2e_relative"] == 0.25
    assert np.isnan(own["co2e_market_mode_t"])
    assert own["name_zh"] == "光伏"
    assert own["investment_low_10k_cny"] == 90


def test_merge_planned_of_enterprises_outside_the_park_is_left_out():
    plan = pd.DataFrame({"enterprise_id": ["E9"], "measure_name": ["x"]})
    assert merge_planned(table(), plan, catalogue("T18")).equals(table())


def test_completed_measures():
    planned = pd.DataFrame(
        {
            "enterprise_id": ["1", "2"],
            "technique_id": ["T01", "T02"],
            "status": ["完成", "在建"],
        }
    )
    assert completed_measures(planned) == [("1", "T01")]
    assert completed_measures(pd.DataFrame()) == []
