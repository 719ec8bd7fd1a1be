"""All measures together: overlaps, what excludes each other, what adds carbon."""

import dataclasses

import pandas as pd
import pytest

from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.overlap import measure_amounts
from synergy_lib.techniques.potential import carbon_potential

PER_UNIT = {"co2e_t": 1.0, "heat_purchased_gj": 0.11, "electricity_grid_mwh": 0.5}


def rows(*measures):
    """Return effects of enterprise 1: technique, column stem_unit, low, mode, high."""
    found = []
    for technique, name, *ends in measures:
        stem, unit = name.rsplit("_", 1)
        row = {"enterprise_id": "1", "technique_id": technique, "status": "estimated"}
        row |= {
            f"{stem}_{bound}_{unit}": end
            for bound, end in zip(("low", "mode", "high"), ends, strict=True)
        }
        found.append(row)
    return pd.DataFrame(found)


def potential(effects, catalogue=None, **own):
    index = pd.Index(["1", "2"], name="enterprise_id")
    quantities = pd.DataFrame(dict.fromkeys(own, 0.0) | own, index)
    amounts = measure_amounts(effects, quantities, catalogue or load_catalogue())
    return carbon_potential(amounts, PER_UNIT).loc["1"].tolist()


def test_overlaps_and_ranges():
    effects = rows(
        ("M1", "heat_gj", 100.0, 200.0, 300.0), ("M2", "heat_gj", 0.0, 100.0, 100.0)
    )
    found = potential(effects, heat_purchased_gj=1000.0)
    expected = [
        100 * 0.11,
        1000 * (1 - 0.8 * 0.9) * 0.11,
        1000 * (1 - 0.7 * 0.9) * 0.11,
    ]
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_larger_of_two_that_exclude_each_other():
    effects = rows(
        ("T11", "co2e_direct_t", 5.0, 5.0, 5.0), ("T43", "co2e_direct_t", 9.0, 9.0, 9.0)
    )
    assert potential(effects, co2e_t=100.0) == pytest.approx([9.0] * 3)


def test_what_is_required_is_taken_with_it():
    """T22 needs T14, which adds 2 t; T43 saves more than the two, but excludes T14."""
    catalogue = load_catalogue()
    table = catalogue.techniques.copy()
    table.loc["T22", "requires"] = "T14"
    pair = dataclasses.replace(catalogue, techniques=table.copy())
    table.loc["T43", "exclusive_with"] = "T14"
    clash = dataclasses.replace(catalogue, techniques=table)
    effects = rows(
        ("T14", "co2e_direct_t", -2.0, -2.0, -2.0),
        ("T22", "co2e_direct_t", 7.0, 7.0, 7.0),
    )
    assert potential(effects, pair, co2e_t=100.0) == pytest.approx([5.0] * 3)
    more = pd.concat([effects, rows(("T43", "co2e_direct_t", 6.0, 6.0, 6.0))])
    assert potential(more, clash, co2e_t=100.0) == pytest.approx([6.0] * 3)


def test_what_adds_carbon_is_no_potential():
    effects = rows(
        ("M1", "heat_gj", -300.0, -200.0, -100.0), ("M2", "electricity_mwh", 10, 10, 10)
    )
    found = potential(effects, heat_purchased_gj=1000.0, electricity_grid_mwh=100.0)
    assert found == pytest.approx([5.0] * 3)


def test_nobody_has_a_measure():
    effects = rows(("M1", "heat_gj", 1.0, 1.0, 1.0)).assign(status="missing_data")
    assert potential(effects, heat_purchased_gj=1.0) == [0.0, 0.0, 0.0]
