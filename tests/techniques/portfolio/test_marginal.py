"""The abatement cost curve after overlap."""

import json
import math

import numpy as np
import pytest

from synergy_lib.techniques.portfolio.marginal import marginal_curve


@pytest.fixture
def published(make_candidates, shared):
    """Return the published measures, on bases far apart, and the case."""
    path = shared("data", "method_vectors", "vectors.json")
    case = json.loads(path.read_text())["macc"]
    measures = [
        (name, "M1", {"co2e_direct_t": float(tonnes)}, money, saving, years)
        for name, money, saving, tonnes, years, _ in reversed(case["measures"])
    ]
    own = {"co2e_t": {measure[0]: 1e6 for measure in measures}}
    return make_candidates(measures, own, rate=case["r"]), case


def test_marginal_curve_macc_vector(published):
    candidates, case = published
    everything = np.ones((5, 1), dtype=bool)
    bars = marginal_curve(candidates, everything, by_technique=False).bars
    names, costs = zip(*((m[0], m[-1]) for m in case["measures"]), strict=True)
    assert bars["enterprise_id"].tolist() == list(names)
    found = bars["abatement_cost_cny_per_t"].tolist()
    assert found == pytest.approx(list(costs), abs=case["tol"])
    assert bars["cumulative_reduction_t"].tolist() == pytest.approx(case["cum"])


def test_one_bar_of_a_technique_sums_the_enterprises(published):
    candidates, case = published
    bars = marginal_curve(candidates, np.ones((5, 1), dtype=bool)).bars
    assert bars["reduction_t"].tolist() == pytest.approx([case["cum"][-1]])
    parts = candidates.outcome(np.ones((5, 1), dtype=bool))["net_benefit_10k_cny"]
    expected = -parts.sum() / case["cum"][-1] * 10_000
    assert bars.loc[0, "abatement_cost_cny_per_t"] == pytest.approx(expected)


def test_widths_after_overlap_add_up(random_candidates):
    candidates = random_candidates(6, 8, seed=3)
    chosen = np.ones((6, 8), dtype=bool)
    curve = marginal_curve(candidates, chosen)
    amounts = candidates.amounts
    whole = amounts.together(chosen[:, None, :], candidates.per_unit)["co2e_t"].sum()
    last = curve.bars["cumulative_reduction_t"].iloc[-1]
    assert last == pytest.approx(whole, rel=1e-12)
    alone = amounts.together(np.eye(8, dtype=bool), candidates.per_unit)["co2e_t"]
    assert last < alone.sum()


def test_earners_come_by_benefit_and_the_rest_by_cost(random_candidates):
    bars = marginal_curve(random_candidates(6, 8, seed=3), np.ones((6, 8), bool)).bars
    earns = bars["abatement_cost_cny_per_t"] < 0
    assert earns.to_numpy().tolist() == sorted(earns, reverse=True)
    assert bars.loc[earns, "net_benefit_10k_cny"].is_monotonic_decreasing
    assert bars.loc[~earns, "abatement_cost_cny_per_t"].is_monotonic_increasing


def test_what_has_no_place_in_the_curve_says_why(make_candidates):
    rows = [
        ("1", "M1", {"co2e_direct_t": -5.0}, 1.0, 1.0, 10.0),
        ("1", "M2", {"co2e_direct_t": 5.0}, math.nan, 1.0, 10.0),
        ("1", "M3", {"co2e_direct_t": 5.0}, 1.0, 1.0, 10.0),
    ]
    candidates = make_candidates(rows, {"co2e_t": {"1": 100.0}})
    curve = marginal_curve(candidates, np.ones((1, 3), dtype=bool))
    assert curve.bars["technique_id"].tolist() == ["M3"]
    assert dict(curve.left_out.itertuples(index=False, name=None)) == {
        "M1": "减排量不为正，不是减排措施",
        "M2": "缺投资额",
    }
