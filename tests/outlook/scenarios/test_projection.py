"""Three scenarios of one park: order, peak, seed, and what cannot be projected."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.outlook.scenarios.peak import peak_years
from synergy_lib.outlook.scenarios.projection import (
    SCENARIOS,
    project_scenarios,
    run_scenario,
)
from synergy_lib.outlook.scenarios.rates import BOUNDS
from synergy_lib.outlook_parameters import ScenarioParameters

OBSERVED = pd.Series([100.0, 102.0, 103.0, 101.0, 104.0], index=range(2020, 2025))
FEW = ScenarioParameters(draws=500)
NO_GAPS = pd.DataFrame(
    columns=[
        *("target_id", "formula", "standing", "target_year"),
        *("required_rate", "path_rate"),
    ]
)
GAPS = pd.DataFrame(
    [
        ("H1", "energy_tce / value_added_10k_cny", "reference", 2025, 0.05, 0.04),
        ("H2", "co2e_t / value_added_10k_cny", "reference", 2025, 0.06, 0.055),
    ],
    columns=NO_GAPS.columns,
)
SAVED = pd.DataFrame(
    {"low": [2.0, 10.0], "mode": [4.0, 15.0], "high": [6.0, 25.0]}, index=[2026, 2030]
)


@pytest.fixture(scope="module")
def history():
    """Return a history that grows by 1.5 % a year, a little more or less."""
    return pd.DataFrame(
        {
            "value_added": np.log([1.04, 1.06, 1.05, 1.05]),
            "energy_intensity": np.log([0.98, 0.97, 0.975, 0.975]),
            "carbon_factor": np.log([0.99, 1.00, 0.99, 0.99]),
        },
        index=range(2021, 2025),
    )


@pytest.fixture(scope="module")
def three(history):
    return project_scenarios(OBSERVED, history, GAPS, FEW, reductions=SAVED)


def test_project_scenarios_starts_from_the_last_year(three):
    assert list(three.peaks["scenario"]) == list(SCENARIOS)
    first = three.paths.groupby("scenario").first()
    assert (first["year"] == 2024).all()
    assert (first[["p05", "median", "p95", "likely"]] == 104.0).all(axis=None)
    assert three.paths.groupby("scenario")["year"].max().unique() == [2040]


def test_project_scenarios_each_is_below_the_one_before(three):
    wide = three.paths.pivot(index="year", columns="scenario", values="median")
    assert (wide["policy"].iloc[1:] < wide["usual"].iloc[1:]).all()
    assert (wide["deep"].loc[2026:] < wide["policy"].loc[2026:]).all()
    assert wide["deep"][2025] == wide["policy"][2025]  # no measure yet
    fan = three.paths
    assert (fan["p05"] <= fan["median"]).all()
    assert (fan["median"] <= fan["p95"]).all()


def test_project_scenarios_reductions_hold_until_the_next(three):
    likely = three.paths.pivot(index="year", columns="scenario", values="likely")
    saved = (likely["policy"] - likely["deep"])[[2025, 2026, 2029, 2030, 2040]]
    np.testing.assert_allclose(saved, [0, 4, 4, 15, 15], atol=1e-9)


def test_project_scenarios_peak_follows_the_rule(three):
    for _, row in three.peaks.iterrows():
        fan = three.paths[three.paths["scenario"] == row["scenario"]]
        path = [*OBSERVED, *fan["median"].iloc[1:]]
        expected = peak_years(path, range(2020, 2041), 2024)[0]
        assert row["peak_year"] == pytest.approx(expected, nan_ok=True)
        shares = three.peak_histogram.query("scenario == @row.scenario")
        by_2030 = shares.loc[shares["peak_year"] <= 2030, "share"].sum()
        assert row["p_deadline"] == pytest.approx(by_2030)
        assert shares["share"].sum() == pytest.approx(1)
    peaks = three.peaks.set_index("scenario")
    assert peaks.loc["usual", "status"] == "none"
    assert peaks.loc["policy", "status"] == "past"
    assert peaks["p_deadline"].is_monotonic_increasing


def test_project_scenarios_sensitivity_has_the_right_signs(three):
    table = three.sensitivity.set_index(["scenario", "rate"])["rank_correlation"]
    assert table["policy", "value_added_growth"] > 0
    assert table["policy", "energy_intensity_cut"] < 0
    assert table["policy", "carbon_factor_cut"] < 0


def test_project_scenarios_same_seed_same_numbers(history):
    one, two, other = (
        project_scenarios(OBSERVED, history, GAPS, FEW, seed=seed) for seed in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(one.paths, two.paths)
    assert not one.paths.equals(other.paths)


def test_run_scenario_probability_is_that_of_the_peak_condition():
    """With one uncertain rate P(peak) = P(g < 1/((1−a)(1−b)) − 1), a beta probability."""
    years = pd.RangeIndex(2025, 2041, name="year")
    low, mode, high, a, b = 0.0, 0.03, 0.08, 0.03, 0.01
    triples = {
        "value_added_growth": (low, mode, high),
        "energy_intensity_cut": (a,) * 3,
        "carbon_factor_cut": (b,) * 3,
    }
    rates = pd.concat(
        {
            rate: pd.DataFrame([triple] * len(years), index=years, columns=list(BOUNDS))
            for rate, triple in triples.items()
        },
        axis=1,
    )
    nothing = pd.DataFrame(0.0, index=years, columns=list(BOUNDS))
    draws = np.random.default_rng(7).random((10_000, 4))
    _, peaks, _, _ = run_scenario(OBSERVED, rates, nothing, draws, 2030)
    still = 1 / ((1 - a) * (1 - b)) - 1
    shapes = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    expected = stats.beta.cdf((still - low) / (high - low), *shapes)
    # four standard errors of 10,000 draws
    error = 4 * np.sqrt(expected * (1 - expected) / len(draws))
    assert peaks.loc[0, "p_deadline"] == pytest.approx(expected, abs=error)
    assert peaks.loc[0, "p_low"] < peaks.loc[0, "p_deadline"] < peaks.loc[0, "p_high"]


def test_project_scenarios_is_proportional_to_the_start(history):
    one = project_scenarios(OBSERVED, history, GAPS, FEW)
    ten = project_scenarios(10 * OBSERVED, history, GAPS, FEW)
    np.testing.assert_allclose(ten.paths["median"], 10 * one.paths["median"])
    pd.testing.assert_frame_equal(one.peaks, ten.peaks)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_project_scenarios_short_history_is_said(history, n):
    found = project_scenarios(OBSERVED, history.iloc[:n], NO_GAPS, FEW)
    assert set(found.basis["origin"]) == {"assumed"}
    assert set(found.basis["tag"]) == {"P"}
    assert list(found.peaks["scenario"]) == ["usual", "policy"]
    # The assumed growth slows down, so that the median turns within the horizon.
    assert found.peaks["p_declared"].iloc[0] > 0.5


@pytest.mark.parametrize("last", [0.0, -5.0, np.nan])
def test_project_scenarios_without_a_start(history, last):
    observed = OBSERVED.copy()
    observed.iloc[-1] = last
    found = project_scenarios(observed, history, GAPS, FEW, reductions=SAVED)
    assert set(found.peaks["status"]) == {"not_computable"}
    assert (found.peaks["reason_zh"] != "").all()
    assert len(found.paths) == len(found.peak_histogram) == 0


def test_project_scenarios_horizon_too_short(history):
    short = ScenarioParameters(draws=500, last_year=2033)
    found = project_scenarios(OBSERVED, history, GAPS, short)
    assert set(found.peaks["status"]) == {"horizon_short"}
    assert found.peaks[["peak_year", "p_deadline"]].isna().all(axis=None)


def test_project_scenarios_reductions_beyond_the_emission_are_said(history):
    much = SAVED * 10
    found = project_scenarios(OBSERVED, history, GAPS, FEW, reductions=much)
    deep = found.peaks.set_index("scenario").loc["deep"]
    assert deep["negative_share"] > 0.5
    assert "重复计算" in deep["reason_zh"]
    assert found.paths["p05"].min() < 0  # shown, not clipped


@pytest.mark.parametrize(
    ("reductions", "said"),
    [
        (SAVED.drop(columns="high"), "缺少列 high"),
        (SAVED.assign(low=9.0), "2026"),
        (SAVED.assign(mode=np.nan), "2026、2030"),
        (pd.concat([SAVED, SAVED]), "年份重复"),
    ],
)
def test_project_scenarios_reductions_out_of_order(history, reductions, said):
    with pytest.raises(ParameterError, match=said):
        project_scenarios(OBSERVED, history, GAPS, FEW, reductions=reductions)


def test_project_scenarios_input_errors(history):
    with pytest.raises(InputDataError, match="没有任何年份"):
        project_scenarios(OBSERVED.iloc[:0], history, GAPS, FEW)
    twice = pd.concat([OBSERVED, OBSERVED.iloc[:1]])
    with pytest.raises(InputDataError, match="2020 重复"):
        project_scenarios(twice, history, GAPS, FEW)
    with pytest.raises(InputDataError, match="无穷大"):
        project_scenarios(OBSERVED * np.inf, history, GAPS, FEW)
    late = pd.Series([1.0], index=[2040])
    with pytest.raises(ParameterError, match="不晚于"):
        project_scenarios(late, history, GAPS, FEW)


@pytest.mark.parametrize(
    ("country", "status"), [("Germany", "past"), ("China", "none")]
)
def test_project_scenarios_of_countries(shared, country, status):
    """Kaya histories of 26 changes: emissions fell in Germany, rose in China."""
    path = shared("data", "country_kaya_panel", "country_year.csv")
    data = (
        pd.read_csv(path)
        .query("country == @country")
        .set_index("year")
        .dropna(subset=["co2_listed_mt", "primary_energy_twh", "gdp_2011intl_usd"])
    )
    energy, output = data["primary_energy_twh"], data["gdp_2011intl_usd"]
    drivers = {
        "value_added": output,
        "energy_intensity": energy / output,
        "carbon_factor": data["co2_listed_mt"] / energy,
    }
    logs = np.log(pd.DataFrame(drivers)).diff().iloc[1:]
    found = project_scenarios(data["co2_listed_mt"], logs, NO_GAPS, FEW)
    assert set(found.basis["origin"]) == {"history"}
    assert found.peaks["status"].iloc[0] == status
    # The likeliest path goes on at the mean pace of the whole history.
    pace = (logs.sum(axis=1)).mean()
    likely = found.paths.query("scenario == 'usual'")["likely"]
    np.testing.assert_allclose(np.diff(np.log(likely)), pace, rtol=1e-6)
