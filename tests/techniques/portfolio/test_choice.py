"""The cheapest sets, against every set there is."""

import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synergy_lib.errors import ParameterError
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.portfolio.choice import least_cost_portfolio, pareto_front

OWN = {"electricity_grid_mwh": {"1": 1000.0}, "co2e_t": {"1": 800.0}}


def related(**cells):
    """Return the shipped catalogue, technique → column and cell changed."""
    catalogue = load_catalogue()
    table = catalogue.techniques.copy()
    for technique, (column, cell) in cells.items():
        table.loc[technique, column] = cell
    return dataclasses.replace(catalogue, techniques=table)


@pytest.fixture
def park(make_candidates):
    """Return candidates on one base, with own power, and every kind of relation."""
    catalogue = related(
        T22=("requires", "T14"),
        T41=("exclusive_with", "T42"),
        T18=("supply_side", "yes"),
    )
    rows = [
        ("1", "T14", {"electricity_mwh": 150.0}, 90.0, 9.0, 10.0),
        ("1", "T22", {"electricity_mwh": 250.0}, 60.0, 20.0, 10.0),
        ("1", "T41", {"co2e_direct_t": 160.0}, 200.0, 5.0, 10.0),
        ("1", "T42", {"co2e_direct_t": 200.0}, 240.0, 5.0, 10.0),
        ("1", "T18", {"electricity_mwh": 500.0}, 300.0, 30.0, 20.0),
        ("1", "T34", {"electricity_mwh": -30.0, "co2e_direct_t": 90.0}, 9.0, -3.0, 9.0),
    ]
    return make_candidates(rows, OWN, catalogue=catalogue)


def every_set(candidates):
    """Return cost, investment, reduction and mask of every allowed set."""
    count = candidates.available.shape[1]
    for members in product([False, True], repeat=count):
        chosen = np.array([members])
        if not candidates.amounts.allowed(chosen)[0, 0]:
            continue
        if (chosen & ~candidates.available).any():
            continue
        out = candidates.outcome(chosen)
        yield (
            -out["net_benefit_10k_cny"].sum(),
            out["investment_10k_cny"].sum(),
            out["reduction_t"].sum(),
            chosen,
        )


@pytest.mark.parametrize("target", [0.0, 100.0, 250.0, 400.0, 500.0])
@pytest.mark.parametrize("budget", [np.inf, 700.0, 420.0])
def test_no_set_is_cheaper(park, target, budget):
    allowed = [one for one in every_set(park) if one[1] <= budget and one[2] >= target]
    found = least_cost_portfolio(
        park, reduction_t=target, budget_10k_cny=budget, gap=1e-6
    )
    if not allowed:
        assert found.status == "infeasible"
        return
    cheapest = min(allowed, key=lambda one: one[0])
    assert found.status == "optimal"
    assert found.totals["net_cost_10k_cny"] == pytest.approx(cheapest[0], rel=1e-5)
    assert found.totals["reduction_t"] >= target * (1 - 1e-6)
    assert found.bound_10k_cny <= cheapest[0] + 1e-6
    assert park.amounts.allowed(found.chosen)[0, 0]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000), part=st.floats(0.2, 0.95))
def test_no_set_of_random_measures_is_cheaper(random_candidates, seed, part):
    candidates = random_candidates(1, 8, seed)
    sets = list(every_set(candidates))
    target = part * max(one[2] for one in sets)
    cheapest = min(one[0] for one in sets if one[2] >= target)
    found = least_cost_portfolio(candidates, reduction_t=target, gap=1e-6)
    assert found.totals["net_cost_10k_cny"] == pytest.approx(cheapest, rel=1e-5)


def test_infeasible_says_what_all_measures_reach(park):
    found = least_cost_portfolio(park, reduction_t=900.0)
    most = max(one[2] for one in every_set(park))
    assert found.status == "infeasible"
    assert found.reason == f"全部可选措施合计最多减碳{most:,.0f} tCO2e/年，低于目标900"
    assert found.measures.empty
    assert np.isnan(found.bound_10k_cny)


def test_infeasible_says_what_the_budget_reaches_and_what_is_needed(park):
    found = least_cost_portfolio(park, reduction_t=400.0, budget_10k_cny=100.0)
    sets = list(every_set(park))
    most = max(one[2] for one in sets if one[1] <= 100.0)
    needed = min(one[1] for one in sets if one[2] >= 400.0)
    expected = f"预算100万元内最多减碳{most:,.0f} tCO2e/年；达到目标至少投资约{needed:,.0f}万元"
    assert found.reason == expected


def test_nothing_to_choose_from(make_candidates):
    rows = [("1", "M1", {"electricity_mwh": 1.0}, np.nan, 1.0, 10.0)]
    candidates = make_candidates(rows, OWN)
    assert least_cost_portfolio(candidates, reduction_t=1.0).reason == "没有可选的措施"
    assert pareto_front(candidates).empty


def test_pollutants_are_a_target_of_their_own(random_candidates):
    candidates = random_candidates(3, 6, seed=5)
    free = least_cost_portfolio(candidates, reduction_t=0.0).totals
    more = free["pollutant_equivalent_kg"] * 1.2
    found = least_cost_portfolio(
        candidates, reduction_t=0.0, pollutant_equivalent_kg=more
    )
    assert found.totals["pollutant_equivalent_kg"] >= more * (1 - 1e-6)
    assert found.totals["net_cost_10k_cny"] > free["net_cost_10k_cny"]


def test_green_power_shrinks_and_the_target_still_holds(make_candidates):
    rows = [
        ("1", "M1", {"electricity_mwh": 300.0}, 10.0, 20.0, 10.0),
        ("1", "T44", {"electricity_green_mwh": 400.0}, 0.0, -1.2, 1.0),
        ("1", "M2", {"co2e_direct_t": 100.0}, 900.0, 0.0, 10.0),
    ]
    candidates = make_candidates(rows, OWN)
    market = dict(candidates.per_unit, electricity_green_mwh=0.5)
    candidates = dataclasses.replace(candidates, per_unit=market)
    # 150 + 0.5 · 0.4 · 700 = 290 t with the first two; the third is needed for 300.
    found = least_cost_portfolio(candidates, reduction_t=300.0)
    assert found.chosen.all()
    assert found.totals["reduction_t"] >= 300.0


def test_pareto_front_has_no_set_that_another_betters(random_candidates):
    front = pareto_front(random_candidates(3, 6, seed=2), levels=5, pollutant_levels=2)
    assert len(front) > 4
    values = front[["reduction_t", "pollutant_equivalent_kg", "net_cost_10k_cny"]]
    better = values.to_numpy() * [1.0, 1.0, -1.0]
    for place, point in enumerate(better):
        others = np.delete(better, place, axis=0)
        assert not (others >= point).all(axis=1).any()
    assert front["reduction_t"].is_monotonic_increasing
    assert front["portfolio"].iloc[0].totals["reduction_t"] == pytest.approx(
        front["reduction_t"].iloc[0]
    )


def test_refuses(park):
    with pytest.raises(ParameterError, match="减碳目标：nan 不是有效目标"):
        least_cost_portfolio(park, reduction_t=np.nan)
    with pytest.raises(ParameterError, match="投资预算"):
        least_cost_portfolio(park, reduction_t=1.0, budget_10k_cny=-1.0)
    with pytest.raises(ParameterError, match="减碳至少 2 档"):
        pareto_front(park, levels=1)
