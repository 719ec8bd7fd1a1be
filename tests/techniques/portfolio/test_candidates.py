"""What can be chosen, and what measures cost and save beside each other."""

import math

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.techniques.economics import capital_recovery_factor
from synergy_lib.techniques.portfolio.candidates import candidate_measures

OWN = {"electricity_grid_mwh": {"1": 1000.0}, "vocs_kg": {"1": 95.0}}
TWO = [
    ("1", "M1", {"electricity_mwh": 200.0}, 100.0, 13.0, 10.0),
    ("1", "M2", {"electricity_mwh": 500.0, "vocs_kg": 19.0}, 50.0, 35.0, 5.0),
]


def test_alone_a_measure_benefits_as_in_its_terms(make_candidates):
    found = make_candidates(TWO, OWN).outcome(np.array([[True, False]])).loc[0]
    expected = 13.0 - 100.0 * capital_recovery_factor(0.08, 10)
    assert found["net_benefit_10k_cny"] == pytest.approx(expected, rel=1e-12)
    assert found["reduction_t"] == pytest.approx(100.0)


def test_together_they_save_what_they_take_together(make_candidates):
    """600 of 700 MWh at 0.07 万元: 7 万元 less than the two by themselves."""
    candidates = make_candidates(TWO, OWN)
    both = candidates.outcome(np.array([[True, True]]))
    alone = [
        candidates.outcome(np.array([pick]))["net_benefit_10k_cny"].sum()
        for pick in ([True, False], [False, True])
    ]
    together = both["net_benefit_10k_cny"].sum()
    assert together == pytest.approx(sum(alone) - 7.0, rel=1e-12)
    assert both["reduction_t"].sum() == pytest.approx(300.0)
    assert both["pollutant_equivalent_kg"].tolist() == pytest.approx([0.0, 20.0])


def test_what_has_no_money_cannot_be_chosen(make_candidates):
    rows = [
        ("1", "M1", {"electricity_mwh": 1.0}, math.nan, 1.0, 10.0),
        ("1", "M2", {"electricity_mwh": 1.0}, 1.0, math.nan, 10.0),
        ("1", "M3", {"electricity_mwh": 1.0}, 1.0, 1.0, math.nan),
        ("1", "M4", {"electricity_mwh": 1001.0}, 1.0, 1.0, 10.0),
    ]
    candidates = make_candidates(rows, OWN)
    assert not candidates.available.any()
    found = candidates.left_out().set_index("technique_id")["reason"].to_dict()
    assert found == {"M1": "缺投资额", "M2": "缺年净节约", "M3": "缺寿命"}


def test_refuses(make_candidates, per_unit):
    with pytest.raises(ParameterError, match="electricity_cny"):
        make_candidates(TWO, OWN, prices={"electricity_cny": 1.0})
    amounts = make_candidates(TWO, OWN).amounts
    keys = {"enterprise_id": ["1", "1"], "technique_id": ["M1", "M1"]}
    money = dict.fromkeys(
        ("investment_mode_10k_cny", "annual_saving_mode_10k_cny", "lifetime_years"), 1.0
    )
    options = {"per_unit": per_unit, "kg_per_equivalent": {}, "prices": {}}
    with pytest.raises(InputDataError, match="1的M1出现多次"):
        candidate_measures(amounts, pd.DataFrame(keys | money), **options)
    money.pop("lifetime_years")
    with pytest.raises(InputDataError, match="lifetime_years"):
        candidate_measures(amounts, pd.DataFrame(keys | money), **options)
