"""What changed in a park: numbers against sums by hand, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.explained_park import explain_park
from synergy_lib.scored_park import AccountedPark


@pytest.fixture(scope="module")
def park(demo_analysis):
    analysis = demo_analysis
    joined = analysis.panel.join(analysis.accounts)
    return AccountedPark(
        analysis.data, analysis.factors, analysis.panel, analysis.accounts, joined
    )


@pytest.fixture(scope="module")
def explained(demo_analysis):
    return demo_analysis.explained


def complete(joined):
    """Return the yearly sums of the enterprises with all data of all years."""
    columns = ["value_added_constant_10k_cny", "energy_tce", "co2e_t"]
    known = joined[columns].dropna()
    counts = known.groupby("enterprise_id").size()
    return known.loc[counts.index[counts == 5]].groupby("year").sum(), counts


def test_scenarios_start_from_the_same_enterprises(explained, park):
    sums, counts = complete(park.joined)
    observed = explained.scenarios.observed
    pd.testing.assert_series_equal(
        observed, sums["co2e_t"], check_names=False, rtol=1e-12
    )
    assert explained.scenario_enterprises == (counts == 5).sum()


def test_rates_are_those_of_the_sums(explained, park):
    sums, _ = complete(park.joined)
    growth = sums["value_added_constant_10k_cny"].pct_change().dropna()
    basis = explained.scenarios.basis.set_index("rate")
    row = basis.loc["value_added_growth"]
    assert row["low"] == pytest.approx(growth.min(), rel=1e-9)
    assert row["high"] == pytest.approx(growth.max(), rel=1e-9)
    first, last = sums["value_added_constant_10k_cny"].iloc[[0, -1]]
    assert row["mode"] == pytest.approx((last / first) ** 0.25 - 1, rel=1e-9)
    assert row["origin"] == "history"


def test_the_effects_add_up_to_the_change(explained):
    rows = explained.drivers[
        explained.drivers["status"].isin(["decomposed", "partial"])
    ]
    keys = ["enterprise_id", "quantity", "basis", "from_year", "to_year"]
    sums = rows.groupby(keys)[["amount", "change", "start"]].agg(
        {"amount": "sum", "change": "first", "start": "first"}
    )
    assert set(rows["quantity"]) == {"co2e_t", "vocs_kg", "cod_kg"}
    assert (sums["amount"] - sums["change"]).abs().max() < 1e-6 * sums["start"].max()


def test_techniques_are_phased_in_evenly(park, demo_analysis):
    parameters = demo_analysis.parameters
    ids = demo_analysis.data.enterprises.index
    potential = pd.DataFrame(
        {"low": 100.0, "mode": 100.0, "high": 100.0}, index=pd.Index(ids)
    )
    with_them = explain_park(park, parameters, potential=potential)
    paths = with_them.scenarios.paths.set_index(["scenario", "year"])["likely"]
    saved = paths["policy"] - paths["deep"]
    whole = 100.0 * with_them.scenario_enterprises
    assert saved[2024] == 0
    assert saved[2025] == pytest.approx(whole / 6)
    assert saved[2030] == pytest.approx(whole)
    assert saved[2040] == pytest.approx(whole)
    without = explain_park(park, parameters).scenarios
    assert set(without.paths["scenario"]) == {"usual", "policy"}


def test_without_output_at_constant_prices(park, demo_analysis):
    joined = park.joined.assign(value_added_constant_10k_cny=np.nan)
    bare = park._replace(joined=joined)
    found = explain_park(bare, demo_analysis.parameters)
    assert found.scenarios is None
    assert found.scenario_enterprises == 0
    assert not found.decoupling["status"].eq("judged").any()
    assert (found.decoupling["reason_zh"] != "").all()
    assert not found.drivers["status"].isin(["decomposed", "partial"]).any()


def test_a_park_without_carbon(park, demo_analysis):
    bare = park._replace(joined=park.joined.drop(columns=["co2e_t", "energy_tce"]))
    found = explain_park(bare, demo_analysis.parameters)
    assert found.scenarios is None
    assert set(found.drivers["quantity"]) == {"vocs_kg", "cod_kg"}
    assert set(found.decoupling["quantity"]) == {
        "air_equivalent_kg",
        "water_equivalent_kg",
    }


def test_own_targets_come_first_and_bind(park, demo_analysis):
    parameters = demo_analysis.parameters
    target = {
        "id": "OWN",
        "name_zh": "单位增加值碳排放",
        "indicator": "co2e_t / value_added_constant_10k_cny",
        "kind": "relative_cut",
        "base_year": 2020,
        "year": 2025,
        "cut_pct": 10.0,
    }
    dumped = parameters.model_dump() | {"targets": [target]}
    own = type(parameters).model_validate(dumped)
    gaps = explain_park(park, own).target_gaps
    assert gaps.iloc[0]["target_id"] == "OWN"
    assert gaps.iloc[0]["standing"] == "binding"
