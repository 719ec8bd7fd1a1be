"""A programme by hand, and the demonstration park's 23 projects."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.park.programme import evaluate_programme
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.effects import estimate_effects

CATALOGUE = load_catalogue()
HEAT = CATALOGUE.effects.query("target == 'heat_purchased_gj'")["technique_id"]
FIRST = str(HEAT.iloc[0])


def make_measures(rows):
    columns = ["enterprise_id", "measure_name", "technique_id"]
    columns += ["investment_10k_cny", "annual_saving_10k_cny", "co2e_reduction_t"]
    return pd.DataFrame(rows, columns=columns)


def make_effects(low, mode, high, firm="A", technique=FIRST):
    return pd.DataFrame(
        {
            "enterprise_id": [firm],
            "technique_id": [technique],
            "status": ["estimated"],
            "co2e_low_t": [low],
            "co2e_mode_t": [mode],
            "co2e_high_t": [high],
        }
    )


def evaluate(rows, effects=None, emission=10_000.0, **options):
    effects = make_effects(100.0, 200.0, 300.0) if effects is None else effects
    emissions = pd.Series({"A": emission})
    return evaluate_programme(
        make_measures(rows), effects, CATALOGUE, emissions, **options
    )


def test_economics_of_the_constructed_case():
    """I 1 000, A 250, 2 000 t, ten years, 8 %: methods §7.4."""
    row = evaluate([("A", "m", "", 1000, 250, 2000)]).projects.iloc[0]
    assert row["payback_years"] == 4
    assert row["net_present_value_10k_cny"] == pytest.approx(677.52035)
    assert row["cost_cny_per_t"] == pytest.approx(-504.852557)
    assert row["co2e_kg_per_cny"] == pytest.approx(0.2)
    assert row["lifetime_origin"] == "assumed"


@pytest.mark.parametrize(
    ("technique", "promise", "status"),
    [
        (FIRST, 200, "within"),
        (FIRST, 302, "within"),
        (FIRST, 400, "above"),
        (FIRST, 50, "below"),
        (FIRST, 10_001, "exceeds_emission"),
        (FIRST, np.nan, "no_promise"),
        ("", 200, "no_technique"),
        ("T99x", 200, "unknown_technique"),
        (str(CATALOGUE.techniques.index[-1]), 200, "not_estimated"),
    ],
)
def test_promises_beside_the_catalogue(technique, promise, status):
    result = evaluate([("A", "m", technique, 1, 1, promise)])
    row = result.projects.iloc[0]
    assert row["range_status"] == status
    assert row["is_implausible"] == (status in ("above", "exceeds_emission"))
    assert (row["reason"] == "") == (status == "within")


def test_overlap_of_the_constructed_case():
    """10 000 t, 30, 20 and 10 %: 4 960 t together, not 6 000 (methods §7.5)."""
    rows = [("A", f"m{i}", FIRST, 1, 1, t) for i, t in enumerate([3000, 2000, 1000])]
    result = evaluate([*rows, ("B", "other", FIRST, 1, 1, 500)])
    overlap = result.overlaps.iloc[0]
    assert len(result.overlaps) == 1
    assert overlap["promised_t"] == 6000
    assert overlap["combined_t"] == pytest.approx(4960)
    found = result.projects["credited_co2e_t"].iloc[:3]
    np.testing.assert_allclose(found, [2581.964, 1615.333, 762.703], atol=1e-3)
    assert result.summary["credited_t"] == pytest.approx(5460)


def test_overlap_that_cannot_be_combined_says_why():
    rows = [("A", "m", FIRST, 1, 1, 20_000), ("A", "n", FIRST, 1, 1, 5)]
    result = evaluate(rows)
    assert "超过企业全部碳排放" in result.overlaps["reason"].iloc[0]
    assert np.isnan(result.overlaps["combined_t"].iloc[0])
    assert result.summary["implausible"] == 1


def test_different_bases_do_not_overlap():
    targets = CATALOGUE.effects.groupby("technique_id")["target"].unique()
    apart = next(t for t, own in targets.items() if not set(own) & set(targets[FIRST]))
    rows = [("A", "m", FIRST, 1, 1, 100), ("A", "n", apart, 1, 1, 100)]
    assert evaluate(rows).overlaps.empty


def test_nothing_is_invented():
    result = evaluate([("A", "m", FIRST, np.nan, 5, np.nan)])
    row = result.projects.iloc[0]
    assert np.isnan(row["cost_cny_per_t"])
    assert np.isnan(row["payback_years"])
    assert result.summary["without_promise"] == 1
    assert np.isnan(result.summary["promised_t"])
    assert evaluate([]).summary["projects"] == 0
    with pytest.raises(ParameterError, match="项目评估"):
        evaluate([], rate=-2)


def test_demonstration_park(demo_analysis):
    park = demo_analysis
    year = park.parameters.report_year
    carbon = park.accounts["co2e_t"].xs(year, level="year")
    effects = estimate_effects(park.panel, park.accounts, park.factors, CATALOGUE, year)
    result = evaluate_programme(park.data.measures, effects, CATALOGUE, carbon)
    assert result.summary["projects"] == 23
    assert result.summary["credited_t"] <= result.summary["promised_t"]
    projects = result.projects
    assert (projects["reason"].ne("") | projects["range_status"].eq("within")).all()
