"""Ranges and probabilities of measures, against closed forms."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.distributions import pert_quantile
from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.economics import capital_recovery_factor
from synergy_lib.techniques.overlap import measure_amounts
from synergy_lib.techniques.portfolio.uncertainty import (
    SharedRanges,
    measure_uncertainty,
)

FIXED = SharedRanges(
    {"electricity_grid_mwh": (0.5, 0.5, 0.5)},
    {"electricity_cny_per_mwh": (700.0, 700.0, 700.0)},
)


@pytest.fixture
def amounts():
    """Return two measures: one saves 100–300 MWh, one may save or add."""
    ends = {"M1": (100.0, 150.0, 300.0), "M2": (-100.0, 0.5, 100.0)}
    rows = [
        {"enterprise_id": "1", "technique_id": name, "status": "estimated"}
        | dict(
            zip(
                (f"electricity_{b}_mwh" for b in ("low", "mode", "high")),
                values,
                strict=True,
            )
        )
        for name, values in ends.items()
    ]
    own = pd.DataFrame({"electricity_grid_mwh": [5000.0]}, index=["1"])
    own = own.rename_axis("enterprise_id")
    return measure_amounts(pd.DataFrame(rows), own, load_catalogue())


@pytest.fixture
def terms():
    return pd.DataFrame(
        {
            "enterprise_id": "1",
            "technique_id": ["M1", "M2"],
            "investment_low_10k_cny": 50.0,
            "investment_mode_10k_cny": 50.0,
            "investment_high_10k_cny": 50.0,
            "annual_saving_mode_10k_cny": [9.5, 0.035],
            "lifetime_years": 10.0,
        }
    )


def test_the_quantiles_are_those_of_the_distribution(amounts, terms):
    found = measure_uncertainty(amounts, terms, FIXED, draws=4000).iloc[0]
    expected = 0.5 * pert_quantile(100.0, 150.0, 300.0, [0.05, 0.5, 0.95])
    names = ["reduction_p5_t", "reduction_p50_t", "reduction_p95_t"]
    # Evenly spread levels: quantiles are off by at most one level.
    assert found[names].tolist() == pytest.approx(expected.tolist(), rel=2e-3)
    assert found["probability_reduction"] == 1.0


def test_the_present_value_follows_the_effect(amounts, terms):
    """A = 0.07 · MWh − 1, the running cost behind 9.5 = 10.5 − 1."""
    found = measure_uncertainty(amounts, terms, FIXED, draws=4000).iloc[0]
    effect = pert_quantile(100.0, 150.0, 300.0, [0.05, 0.5, 0.95])
    expected = (0.07 * effect - 1) / capital_recovery_factor(0.08, 10) - 50
    names = ["npv_p5_10k_cny", "npv_p50_10k_cny", "npv_p95_10k_cny"]
    assert found[names].tolist() == pytest.approx(expected.tolist(), rel=1e-2)
    assert found["reason"] == ""


def test_a_measure_that_may_add_carbon_says_how_likely(amounts, terms):
    found = measure_uncertainty(amounts, terms, FIXED, draws=4000).iloc[1]
    assert found["probability_reduction"] == pytest.approx(0.5, abs=0.01)
    assert found["probability_npv"] == 0.0
    assert found["reduction_p5_t"] < 0 < found["reduction_p95_t"]


def test_a_factor_is_the_same_for_all_measures(amounts, terms):
    """With fixed effects all spread is the factor's, the same for both measures."""
    fixed = type(amounts)(
        **{**vars(amounts), "low": amounts.amounts, "high": amounts.amounts}
    )
    shared = SharedRanges({"electricity_grid_mwh": (0.4, 0.5, 0.7)})
    found = measure_uncertainty(fixed, terms, shared, draws=4000)
    per_unit = found[["reduction_p5_t", "reduction_p95_t"]].div([150.0, 0.5], axis=0)
    assert per_unit.iloc[0].tolist() == pytest.approx(per_unit.iloc[1].tolist())
    low = float(pert_quantile(0.4, 0.5, 0.7, 0.05))
    assert per_unit.iloc[0, 0] == pytest.approx(low, rel=2e-3)


def test_one_seed_one_result_and_unknown_money_has_a_reason(amounts, terms):
    again = [
        measure_uncertainty(amounts, terms, FIXED, draws=50, seed=3) for _ in range(2)
    ]
    pd.testing.assert_frame_equal(*again)
    terms.loc[0, "annual_saving_mode_10k_cny"] = np.nan
    terms.loc[1, "lifetime_years"] = np.nan
    found = measure_uncertainty(amounts, terms, FIXED, draws=50)
    assert found["reason"].tolist() == ["缺年净节约", "缺寿命"]
    assert found[["npv_p50_10k_cny", "probability_npv"]].isna().all(axis=None)
    assert found["reduction_p50_t"].notna().all()
    none = measure_uncertainty(amounts, terms.head(0), FIXED, draws=50)
    assert none["reason"].tolist() == ["缺投资额"] * 2


def test_refuses(amounts, terms):
    with pytest.raises(ParameterError, match="prices heat_cny_per_gj"):
        SharedRanges(prices={"heat_cny_per_gj": (3.0, 2.0, 4.0)})
    with pytest.raises(ParameterError, match="0 次"):
        measure_uncertainty(amounts, terms, FIXED, draws=0)
    with pytest.raises(InputDataError, match="lifetime_years"):
        measure_uncertainty(amounts, terms.drop(columns="lifetime_years"), FIXED)
