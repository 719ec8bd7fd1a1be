"""Every indicator of the shipped scheme by value, from the panel to the points."""

import time

import numpy as np
import pandas as pd
import pytest

from synergy_lib.indicators.compute import compute_gates, compute_indicators
from synergy_lib.schema import load_columns
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.uncertainty.summary import score_uncertainty

# One enterprise in 2022; base year 2020 below. Values chosen for round results.
NOW = {
    "co2e_t": 13000.0,
    "value_added_10k_cny": 10000.0,
    "value_added_constant_10k_cny": 10000.0,
    "energy_tce": 5250.0,
    "nonfossil_tce": 525.0,
    "electricity_tce": 1837.5,
    "tax_10k_cny": 2700.0,
    "land_mu": 90.0,
    "output_value_10k_cny": 20000.0,
    "green_process_output_10k_cny": 4000.0,
    "solvent_fresh_t": 100.0,
    "solvent_used_t": 500.0,
    "solvent_recovered_t": 350.0,
    "solvent_low_toxicity_t": 300.0,
    "workshops_total": 10.0,
    "workshops_five_standard": 7.0,
    "units_total": 100.0,
    "units_closed": 95.0,
    "units_advanced": 5.0,
    "vocs_kg": 1500.0,
    "vocs_generated_kg": 20000.0,
    "heat_used_gj": 40000.0,
    "air_equivalent_kg": 9000.0,
    "water_equivalent_kg": 5000.0,
    "pollutant_equivalent_kg": 14000.0,
    "eop_co2e_t": 50.0,
    "removed_equivalent_kg": 100000.0,
    "water_reused_m3": 85.0,
    "water_fresh_m3": 15.0,
    "condensate_total_t": 10.0,
    "condensate_recovered_t": 4.0,
    "waste_heat_potential_gj": 10.0,
    "waste_heat_recovered_gj": 9.5,
    "general_waste_generated_t": 100.0,
    "general_waste_utilised_t": 83.0,
    "hazardous_waste_generated_t": 100.0,
    "hazardous_waste_utilised_t": 35.0,
    "carbon_verification_level": "报告（实测数据）",
    "tasks_planned": 10.0,
    "tasks_done": 8.0,
    "has_cleaner_production_audit": 1.0,
    "has_iso14001": 1.0,
    "has_iso50001": 0.0,
    "required_online_hours": 8000.0,
    "valid_online_hours": 7840.0,
    "penalties_count": 0.0,
    "complaints_count": 1.0,
    "has_serious_violation": 0.0,
}
BASE = NOW | {
    "co2e_t": 16000.0,
    "pollutant_equivalent_kg": 17500.0,
}

# code: (value, points); LIN points = 60 + 40·(x − x_b)/(x_m − x_b).
EXPECTED = {
    "A1": (1.3, 80.0),  # 60 + 40·(1.3−2)/(0.6−2)
    "A2": (13000 / 12000, 70.0),  # park (13000 + 11000)/20000 = 1.2; K = 1.083
    "A3": (0.525, 80.0),
    "A4": (100 * (1 - (1.3 / 1.6) ** 0.5), 100.0),  # 9.86 % a year
    "A5": (10.0, 60 + 40 * 5 / 15),
    "A6": (30.0, 80.0),
    "B1": (20.0, 70.0),
    "B3": (60.0, 80.0),
    "B4": (35.0, 80.0),
    "B5": (70.0, 80.0),
    "C1": (95.0, 100.0),
    "C4": (5.0, 60.0),
    "D3": (92.5, 60 + 40 * 12.5 / 15),
    "D5": (3.0, 100.0),  # y = 3/16, x = 3.5/17.5 = .2: El = .94
    "E1": (70.0, 80.0),
    "E2": (85.0, 100.0),
    "E3": (67.5, 80.0),  # (40 + 95)/2
    "E4": (83.0, 80.0),
    "E5": (35.0, 80.0),
    "F1": (2.0, 80.0),
    "F2": (80.0, 80.0),
    "F3": (2.0, 80.0),
    "F4": (98.0, 100.0),
    "F5": (2.0, 70.0),
}
# Reported but not scored in a park of two.
PARK_RELATIVE = {
    "B2": 0.005,
    "C2": 1.0,
    "C3": 2.0,
    "D1": 0.9,
    "D2": 0.5,
    "D4": 0.5,
}


@pytest.fixture
def data():
    other = NOW | {"co2e_t": 11000.0}
    rows = {("x", 2020): BASE, ("x", 2022): NOW, ("y", 2020): BASE, ("y", 2022): other}
    index = pd.MultiIndex.from_tuples(rows, names=["enterprise_id", "year"])
    return pd.DataFrame(list(rows.values()), index=index)


@pytest.fixture
def table(data, taizhou):
    return compute_indicators(data, taizhou.framework.indicators, base_year=2020)


def test_every_indicator_by_value(table):
    row = table.values.loc[("x", 2022)]
    expected = {code: value for code, (value, _) in EXPECTED.items()} | PARK_RELATIVE
    assert row.to_dict() == pytest.approx(expected)


def test_every_indicator_by_points(table, taizhou):
    result = score_scheme(
        table.values, taizhou, base_year=2020, applicable=table.applicable
    )
    points = result.indicator_scores.loc[("x", 2022)].dropna()
    expected = {code: value for code, (_, value) in EXPECTED.items()}
    assert points.to_dict() == pytest.approx(expected)
    # Dimension B without B2: (4·70 + 3·80 + 3·80 + 2·80)/12 = 76.666667
    assert result.dimension_scores.loc[("x", 2022), "B"] == pytest.approx(920 / 12)
    # F: (3·80 + 3·80 + 2·80 + 2·100 + 2·70)/12 = 81.666667
    assert result.dimension_scores.loc[("x", 2022), "F"] == pytest.approx(980 / 12)
    assert result.coverage["x", 2022] == pytest.approx(1.0)


def test_base_year_leaves_out_the_changes_without_loss_of_coverage(table, taizhou):
    result = score_scheme(
        table.values, taizhou, base_year=2020, applicable=table.applicable
    )
    assert table.values.loc[("x", 2020), ["A4", "D5"]].isna().all()
    assert result.coverage["x", 2020] == pytest.approx(1.0)
    assert not result.is_provisional["x", 2020]


def test_no_vocs_generated_moves_the_weight_of_d3(data, taizhou):
    data.loc[("x", 2022), ["vocs_kg", "vocs_generated_kg"]] = 0.0
    table = compute_indicators(data, taizhou.framework.indicators, base_year=2020)
    result = score_scheme(
        table.values, taizhou, base_year=2020, applicable=table.applicable
    )
    assert np.isnan(table.values.loc[("x", 2022), "D3"])
    assert result.coverage["x", 2022] == pytest.approx(1.0)
    # D5 alone is left of dimension D.
    assert result.dimension_scores.loc[("x", 2022), "D"] == 100.0


def test_value_added_not_positive_has_no_carbon_grade(data, taizhou):
    columns = ["value_added_10k_cny", "value_added_constant_10k_cny"]
    data.loc[("x", 2022), columns] = -5.0
    table = compute_indicators(data, taizhou.framework.indicators, base_year=2020)
    reasons = table.reasons.query("enterprise_id == 'x' and year == 2022")
    texts = reasons.set_index("code")["reason"]
    for code in ("A1", "A2", "A3", "A4", "D1", "D2"):
        assert texts[code] == "增加值≤0,不评级"
    result = score_scheme(
        table.values, taizhou, base_year=2020, applicable=table.applicable
    )
    assert np.isnan(result.carbon_grade["x", 2022])
    assert result.dimension_scores.loc[("x", 2022)].isna()["A"]


def test_gates_of_the_scheme(taizhou):
    good = {
        "has_valid_permit": 1.0,
        "compliance_hours_pct": 95.0,
        "has_major_accident": 0.0,
        "has_serious_violation": 0.0,
        "has_obsolete_equipment": 0.0,
        "is_within_permitted_totals": 1.0,
    }
    bad = {
        "has_valid_permit": 0.0,
        "compliance_hours_pct": 94.99,
        "has_major_accident": 1.0,
        "has_serious_violation": 1.0,
        "has_obsolete_equipment": 1.0,
        "is_within_permitted_totals": 0.0,
    }
    index = pd.MultiIndex.from_product(
        [["bad", "good", "unknown"], [2022]], names=["enterprise_id", "year"]
    )
    data = pd.DataFrame([bad, good, {}], index=index)
    gates = compute_gates(data, taizhou.framework.gates)
    assert gates.loc[("good", 2022)].tolist() == [1.0] * 5
    assert gates.loc[("bad", 2022)].tolist() == [0.0] * 5
    assert gates.loc[("unknown", 2022)].isna().all()


def park(enterprises, years, seed):
    """Return a random panel in which every column of the contract has values."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"e{i:03d}" for i in range(enterprises)], range(2020, 2020 + years)],
        names=["enterprise_id", "year"],
    )
    columns = {}
    for name, row in load_columns().iterrows():
        if row["dtype"] == "number":
            columns[name] = rng.uniform(1, 10, len(index))
        elif row["dtype"] == "flag":
            columns[name] = rng.integers(0, 2, len(index)).astype(float)
        elif row["dtype"] == "choice":
            columns[name] = rng.choice(row["choices"].split("|"), len(index))
    return pd.DataFrame(columns, index=index)


def test_scores_do_not_depend_on_the_order_of_enterprises(taizhou):
    data = park(12, 3, 1)
    first, second = (
        score_scheme(
            compute_indicators(
                part, taizhou.framework.indicators, base_year=2020
            ).values,
            taizhou,
            base_year=2020,
        )
        for part in (data, data.sample(frac=1, random_state=3))
    )
    ordered = second.overall.reindex(first.overall.index)
    np.testing.assert_allclose(ordered, first.overall)
    pd.testing.assert_series_equal(second.rank.reindex(first.rank.index), first.rank)


def test_one_enterprise_one_year_runs(taizhou):
    data = park(1, 1, 2)
    table = compute_indicators(data, taizhou.framework.indicators, base_year=2020)
    result = score_scheme(
        table.values, taizhou, base_year=2020, applicable=table.applicable
    )
    assert np.isnan(table.values["A2"].iloc[0])
    assert result.rank.isna().all()
    assert result.overall.notna().all()
    assert score_uncertainty(result, taizhou, draws=200).rank.isna().all(axis=None)


def test_whole_park_is_fast(taizhou):
    data = park(82, 5, 0)
    start = time.perf_counter()
    table = compute_indicators(data, taizhou.framework.indicators, base_year=2020)
    gates = compute_gates(data, taizhou.framework.gates)
    scores = score_scheme(
        table.values, taizhou, base_year=2020, gates=gates, applicable=table.applicable
    )
    score_uncertainty(scores, taizhou)
    # About 0.25 s on two cores; the limit leaves room for a busy machine.
    assert time.perf_counter() - start < 3.0
