"""Kaya paths against the values of methods §6.9."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.distributions import pert_moments
from synergy_lib.errors import MethodError
from synergy_lib.outlook.scenarios.kaya import (
    draw_paths,
    emission_growth,
    kaya_path,
    likely_path,
)
from synergy_lib.outlook.scenarios.rates import BOUNDS, RATES

YEARS = pd.RangeIndex(2025, 2035, name="year")


def rates(**triples):
    """Return yearly rates; those not named are zero."""
    pieces = {
        rate: pd.DataFrame(
            [triples.get(rate, (0.0, 0.0, 0.0))] * len(YEARS),
            index=YEARS,
            columns=list(BOUNDS),
        )
        for rate in RATES
    }
    return pd.concat(pieces, axis=1)


def reductions(low=0.0, mode=0.0, high=0.0):
    return pd.DataFrame({"low": low, "mode": mode, "high": high}, index=YEARS)


def test_kaya_path_printed_values(shared):
    # methods §6.9 [C], three decimals
    path = shared("data", "method_vectors", "vectors.json")
    vector = json.loads(path.read_text(encoding="utf-8"))["kaya"]
    growth, cuts = [vector["g"]] * 10, ([vector["a"]] * 10, [vector["b"]] * 10)
    found = kaya_path(vector["VA"], vector["e"], vector["f"], growth, *cuts)
    for year, expected in vector["C"].items():
        assert found.loc[int(year), "emission"] == pytest.approx(expected, abs=5e-4)


def test_emission_growth_printed_value():
    # methods §6.9 [C]: −0.7946 %/a
    growth = float(emission_growth(0.06, 0.045, 0.02))
    assert 100 * growth == pytest.approx(-0.7946, abs=5e-5)


def test_kaya_path_subtracts_measures():
    plain = kaya_path(100, 0.6, 2.2, [0.0] * 3, [0.0] * 3, [0.0] * 3)
    saved = kaya_path(100, 0.6, 2.2, [0.0] * 3, [0.0] * 3, [0.0] * 3, [1, 2, 3])
    assert (plain["emission"] - saved["emission"]).tolist() == pytest.approx(
        [0, 1, 2, 3]
    )


@pytest.mark.parametrize("start", [(0, 0.6, 2.2), (100, -1, 2.2), (100, 0.6, np.nan)])
def test_kaya_path_needs_a_positive_start(start):
    with pytest.raises(MethodError, match="起点"):
        kaya_path(*start, [0.1], [0.0], [0.0])


def test_kaya_path_needs_possible_rates():
    with pytest.raises(MethodError, match="下降率"):
        kaya_path(100, 0.6, 2.2, [0.1], [1.0], [0.0])


def test_draw_paths_of_certain_rates_is_the_kaya_path():
    certain = {
        "value_added_growth": (0.06,) * 3,
        "energy_intensity_cut": (0.045,) * 3,
        "carbon_factor_cut": (0.02,) * 3,
    }
    found = draw_paths(132.0, rates(**certain), reductions(), np.full((3, 4), 0.5))
    expected = kaya_path(100, 0.6, 2.2, [0.06] * 10, [0.045] * 10, [0.02] * 10)
    for row in found:
        np.testing.assert_allclose(row, expected["emission"].iloc[1:], rtol=1e-12)
    likely = likely_path(132.0, rates(**certain), reductions())
    np.testing.assert_allclose(likely, found[0], rtol=1e-12)


def test_draw_paths_mean_is_that_of_the_distribution():
    triple = (0.02, 0.05, 0.09)
    draws = np.random.default_rng(1).random((20_000, 4))
    found = draw_paths(100.0, rates(value_added_growth=triple), reductions(), draws)
    mean, variance = pert_moments(*triple)
    # one year ahead: 100 (1 + g); four standard errors
    error = 4 * 100 * np.sqrt(variance / len(draws))
    assert found[:, 0].mean() == pytest.approx(100 * (1 + mean), abs=error)


def test_draw_paths_keeps_a_draw_in_its_place():
    draws = np.array([[0.1] * 4, [0.9] * 4])
    triple = (0.02, 0.05, 0.09)
    found = draw_paths(100.0, rates(value_added_growth=triple), reductions(), draws)
    assert (found[1] > found[0]).all()
    np.testing.assert_allclose(found[0, 1] / found[0, 0], found[0, 0] / 100)


def test_likely_path_takes_a_bound():
    table = rates(energy_intensity_cut=(0.0, 0.02, 0.05))
    high = likely_path(100.0, table, reductions(), energy_intensity_cut="high")
    assert high[0] == pytest.approx(95.0)
    assert likely_path(100.0, table, reductions(mode=4.0))[0] == pytest.approx(94.0)


@given(g=st.floats(-0.2, 0.3), a=st.floats(-0.1, 0.3), b=st.floats(-0.1, 0.3))
def test_peak_condition(g, a, b):
    path = kaya_path(1.0, 1.0, 1.0, [g] * 4, [a] * 4, [b] * 4)["emission"]
    growth = float(emission_growth(g, a, b))
    np.testing.assert_allclose(path.pct_change().dropna(), growth, atol=1e-12)
