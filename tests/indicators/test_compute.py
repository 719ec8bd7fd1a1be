import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.indicators.compute import compute_gates, compute_indicators


def test_compute_indicators_values_reasons_and_shape(panel):
    data = panel(
        {
            ("a", 2020): {"co2e_t": 10.0, "value_added_10k_cny": 5.0},
            ("a", 2021): {"co2e_t": np.nan, "value_added_10k_cny": np.nan},
            ("b", 2020): {"co2e_t": 10.0, "value_added_10k_cny": 0.0},
        }
    )
    definitions = pd.DataFrame(
        {"formula": {"A1": "co2e_t / value_added_10k_cny", "Z": "land_mu"}}
    )
    table = compute_indicators(data, definitions, base_year=2020)
    assert table.values.index.equals(data.index)
    np.testing.assert_array_equal(table.values["A1"], [2.0, np.nan, np.nan])
    reasons = table.reasons.set_index(["code", "enterprise_id", "year"])["reason"]
    assert reasons["A1", "a", 2021] == "缺少“碳排放总量”、“工业增加值”"
    assert reasons["A1", "b", 2020] == "增加值≤0,不评级"
    assert reasons["Z", "a", 2020] == "缺少“用地面积”"
    assert len(reasons) == int(table.values.isna().sum().sum()) == 5
    assert table.applicable.to_numpy().all()
    assert table.flags.empty


def test_compute_indicators_does_not_change_its_input(panel):
    data = panel({("a", 2020): {"co2e_t": 10.0}})
    before = data.copy(deep=True)
    definitions = pd.DataFrame({"formula": {"A": "co2e_t * 2"}})
    compute_indicators(data, definitions, base_year=2020)
    pd.testing.assert_frame_equal(data, before)


def test_compute_indicators_duplicate_rows_are_refused():
    index = pd.MultiIndex.from_tuples(
        [("a", 2020), ("a", 2020)], names=["enterprise_id", "year"]
    )
    definitions = pd.DataFrame({"formula": {"A": "co2e_t"}})
    with pytest.raises(InputDataError, match="a 2020"):
        compute_indicators(
            pd.DataFrame({"co2e_t": [1.0, 2.0]}, index=index),
            definitions,
            base_year=2020,
        )


def test_compute_indicators_wrong_index_is_refused():
    definitions = pd.DataFrame({"formula": {"A": "co2e_t"}})
    with pytest.raises(InputDataError, match="enterprise_id、year"):
        compute_indicators(pd.DataFrame({"co2e_t": [1.0]}), definitions, base_year=2020)


def test_compute_indicators_all_formula_problems_at_once(panel):
    data = panel({("a", 2020): {"co2e_t": 10.0}})
    definitions = pd.DataFrame({"formula": {"A": "co2", "B": "co2e_t ** 2"}})
    with pytest.raises(ParameterError) as caught:
        compute_indicators(data, definitions, base_year=2020)
    assert len(caught.value.problems) == 2


def test_compute_gates_passed_failed_unknown(panel):
    data = panel(
        {
            ("a", 2020): {"compliance_hours_pct": 95.0, "has_valid_permit": 1.0},
            ("b", 2020): {"compliance_hours_pct": 94.9, "has_valid_permit": 0.0},
            ("c", 2020): {"compliance_hours_pct": np.nan, "has_valid_permit": np.nan},
        }
    )
    gates = pd.DataFrame(
        {
            "formula": {"G1": "has_valid_permit", "G2": "compliance_hours_pct"},
            "baseline": {"G1": 1.0, "G2": 95.0},
        }
    )
    result = compute_gates(data, gates)
    np.testing.assert_array_equal(result["G1"], [1.0, 0.0, np.nan])
    np.testing.assert_array_equal(result["G2"], [1.0, 0.0, np.nan])


def test_compute_indicators_unit_change_of_both_terms_changes_nothing(panel):
    rows = {("a", 2020): {"solvent_recovered_t": 3.0, "solvent_used_t": 4.0}}
    definitions = pd.DataFrame(
        {"formula": {"E1": "share_pct(solvent_recovered_t, solvent_used_t)"}}
    )
    plain, scaled = (
        compute_indicators(panel(rows) * k, definitions, base_year=2020).values
        for k in (1, 1000)
    )
    pd.testing.assert_frame_equal(plain, scaled)
