"""Rates from history, assumed, or from targets."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.outlook.scenarios.kaya import emission_growth
from synergy_lib.outlook.scenarios.rates import (
    RATES,
    policy_cuts,
    policy_rates,
    usual_rates,
    yearly_rates,
)
from synergy_lib.outlook_parameters import ScenarioParameters

YEARS = range(2025, 2031)
DEFAULTS = ScenarioParameters()
ENERGY = "energy_tce / value_added_constant_10k_cny"
CARBON = "co2e_t / value_added_constant_10k_cny"


def gaps(*rows):
    names = ["target_id", "formula", "standing", "target_year"]
    names += ["required_rate", "path_rate"]
    return pd.DataFrame(rows, columns=names)


def usual(log_changes):
    return yearly_rates(usual_rates(log_changes, DEFAULTS), YEARS)


def test_usual_rates_from_history(log_changes):
    table = usual_rates(log_changes, DEFAULTS).set_index("rate")
    assert (table["origin"] == "history").all()
    assert (table["tag"] == "").all()
    growth = table.loc["value_added_growth"]
    assert growth["low"] == pytest.approx(0.04)
    assert growth["high"] == pytest.approx(0.06)
    mean = (1.04 * 1.06 * 1.05 * 1.05) ** 0.25 - 1
    assert growth["mode"] == pytest.approx(mean)
    cut = table.loc["energy_intensity_cut"]
    assert (cut["low"], cut["high"]) == pytest.approx((0.02, 0.04))
    assert cut["mode"] == pytest.approx(1 - (0.98 * 0.96 * 0.97 * 0.97) ** 0.25)
    assert table["note_zh"].iloc[0] == "据 2021–2024 年 4 个年变化"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_usual_rates_short_history_is_said(log_changes, n):
    table = usual_rates(log_changes.iloc[:n], DEFAULTS)
    assert set(table["origin"]) == {"assumed"}
    assert set(table["tag"]) == {"P"}
    assert f"只有 {n} 个年变化" in table["note_zh"].iloc[0]
    growth = table[table["rate"] == "value_added_growth"]
    assert growth["mode"].tolist() == [0.05, 0.04, 0.03]


def test_usual_rates_years_without_logarithm_do_not_count(log_changes):
    broken = log_changes.copy()
    broken.loc[2022, "value_added"] = -np.inf  # output fell to zero
    broken.loc[2023, "value_added"] = np.nan
    table = usual_rates(broken, DEFAULTS)
    assert set(table["origin"]) == {"assumed"}
    assert "另有 2 年无法取对数" in table["note_zh"].iloc[0]


def test_usual_rates_input_errors(log_changes):
    with pytest.raises(InputDataError, match="carbon_factor"):
        usual_rates(log_changes.drop(columns="carbon_factor"), DEFAULTS)
    with pytest.raises(InputDataError, match="2021 重复"):
        usual_rates(pd.concat([log_changes, log_changes.iloc[:1]]), DEFAULTS)


def test_yearly_rates_of_periods():
    short = usual_rates(pd.DataFrame(columns=[c for c, _ in RATES.values()]), DEFAULTS)
    table = yearly_rates(short, range(2019, 2041))
    mode = table[("value_added_growth", "mode")]
    assert mode[[2019, 2030, 2031, 2035, 2036, 2040]].tolist() == [
        *(0.05, 0.05),
        *(0.04, 0.04),
        *(0.03, 0.03),
    ]
    with pytest.raises(ParameterError, match="缺少carbon_factor_cut"):
        yearly_rates(short[short["rate"] != "carbon_factor_cut"], YEARS)


def test_policy_cuts_strictest_and_what_comes_after():
    table = policy_cuts(
        gaps(
            ("H1", ENERGY, "reference", 2027, 0.06, 0.04),
            ("N1", ENERGY, "reference", 2026, np.nan, 0.03),
            ("H2", CARBON, "reference", 2027, 0.02, 0.05),
            ("W", "cod_kg", "reference", 2027, 0.5, 0.5),
        ),
        YEARS,
    )
    assert table["energy_intensity_cut"].tolist() == [0.06] * 3 + [0.04] * 3
    assert table["carbon_intensity_cut"].tolist() == [0.05] * 6
    assert table["targets"].iloc[0] == "H1、N1、H2"


def test_policy_cuts_binding_targets_alone():
    table = policy_cuts(
        gaps(
            ("H1", ENERGY, "reference", 2027, 0.06, 0.04),
            ("own", ENERGY, "binding", 2030, 0.01, 0.01),
        ),
        YEARS,
    )
    assert (table["energy_intensity_cut"] == 0.01).all()
    assert table["carbon_intensity_cut"].isna().all()
    assert table["standing"].iloc[0] == "binding"


def test_policy_rates_meet_both_targets(log_changes):
    cuts = pd.DataFrame(
        {"energy_intensity_cut": 0.0389, "carbon_intensity_cut": 0.0436}, index=YEARS
    )
    before = usual(log_changes)
    after = policy_rates(before, cuts)
    a = after[("energy_intensity_cut", "mode")].iloc[0]
    b = after[("carbon_factor_cut", "mode")].iloc[0]
    assert a == pytest.approx(0.0389)
    # The factor was already faster than the carbon target needs beside that.
    assert b == before[("carbon_factor_cut", "mode")].iloc[0]
    cuts["carbon_intensity_cut"] = 0.06
    after = policy_rates(before, cuts)
    a = after[("energy_intensity_cut", "mode")]
    b = after[("carbon_factor_cut", "mode")]
    np.testing.assert_allclose(emission_growth(0.0, a, b), -0.06, rtol=1e-9)
    growth = "value_added_growth"
    pd.testing.assert_frame_equal(after[growth], before[growth])


def test_policy_rates_without_targets_are_usual(log_changes):
    before = usual(log_changes)
    pd.testing.assert_frame_equal(
        policy_rates(before, policy_cuts(gaps(), YEARS)), before
    )


@given(cut=st.floats(-0.5, 0.9), carbon=st.floats(-0.5, 0.9))
def test_policy_rates_never_slower_and_in_order(cut, carbon):
    history = pd.DataFrame(
        0.0, index=range(2021, 2025), columns=[c for c, _ in RATES.values()]
    )
    before = yearly_rates(usual_rates(history, DEFAULTS), YEARS)
    cuts = pd.DataFrame(
        {"energy_intensity_cut": cut, "carbon_intensity_cut": carbon}, index=YEARS
    )
    after = policy_rates(before, cuts)
    assert (after >= before - 1e-12).all(axis=None)
    for rate in RATES:
        low, mode, high = after[rate].to_numpy().T
        assert (low <= mode).all()
        assert (mode <= high).all()
        assert (high < 1).all()
