"""LMDI: published indexes, zeros by their limits, sums that are exact."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synergy_lib.errors import MethodError
from synergy_lib.trends.decomposition.lmdi_ratios import lmdi_index, lmdi_multiplicative
from synergy_lib.trends.decomposition.terms import (
    amount_factors,
    lmdi_additive,
    lmdi_terms,
    log_mean,
)

POSITIVE = st.floats(1e-6, 1e6)
AMOUNT = st.one_of(st.just(0.0), st.just(1.0), POSITIVE)
MINING = ("oil_gas", "other_mining", "drilling_services")


def sector_arrays(element, sectors=4, factors=4):
    return arrays(np.float64, (sectors, factors), elements=element)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


# --- logarithmic mean -----------------------------------------------------------


def test_log_mean_values(vectors):
    case = vectors["lmdi_two_sector"]
    found = log_mean(case["ET"], case["E0"])
    np.testing.assert_allclose(found, case["L_i"], rtol=1e-7)
    assert log_mean(96, 50) == pytest.approx(case["L_tot"], rel=1e-8)


def test_log_mean_at_the_edges():
    a = [10.0, 0.0, 0.0, -1.0, np.nan, np.inf]
    b = [10.0, 0.0, 5.0, 5.0, 1.0, 1.0]
    np.testing.assert_array_equal(log_mean(a, b), [10, 0, 0, np.nan, np.nan, np.nan])


@pytest.mark.parametrize("distance", [1e-15, 1e-12, 9e-9, 1.1e-8, 1e-6, 1e-4])
def test_log_mean_near_equality_keeps_its_digits(distance):
    # Series: L(a, a(1+d)) = a (1 + d/2 − d²/12 + d³/24 − …)
    d = (7 * (1 + distance) - 7) / 7
    series = 7 * (1 + d / 2 - d**2 / 12 + d**3 / 24)
    assert log_mean(7.0, 7 * (1 + distance)) == pytest.approx(series, rel=1e-15)


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_log_mean_lies_between_and_is_symmetric(a, b):
    found = float(log_mean(a, b))
    assert min(a, b) * (1 - 1e-12) <= found <= max(a, b) * (1 + 1e-12)
    assert found == pytest.approx(float(log_mean(b, a)), rel=1e-12)


# --- published and constructed values ---------------------------------------------


def kaya_factors(*amounts):
    """Return factors of one sector from amounts, widest first; shape (T, 1, K)."""
    table = np.array(amounts, dtype=float).T[:, None, :]
    return amount_factors(table, table)[0]


def test_two_sectors(vectors):
    case = vectors["lmdi_two_sector"]
    q0, qt, e0, et = (np.array(case[k], float) for k in ("Q0", "QT", "E0", "ET"))
    chains = [
        np.stack([np.full(2, q.sum()), q, e], axis=-1) for q, e in ((q0, e0), (qt, et))
    ]
    factors = amount_factors(*chains)
    names = ["activity", "structure", "intensity"]
    additive = lmdi_additive(*factors)
    expected = [case["additive"][name] for name in names]
    np.testing.assert_allclose(additive.effects, expected, atol=1e-6)
    assert additive.effects.sum() == pytest.approx(46, rel=1e-13)
    ratios = lmdi_multiplicative(*factors).ratios
    expected = [case["multiplicative"][name] for name in names]
    np.testing.assert_allclose(ratios, expected, atol=1e-5)
    assert ratios.prod() == pytest.approx(1.92, rel=1e-13)
    # The two forms are linked: effect / ln(ratio) = L(V^T, V^0).
    np.testing.assert_allclose(additive.effects / np.log(ratios), case["L_tot"], 1e-7)


def test_kaya_vector(vectors):
    case = vectors["lmdi_kaya"]
    start, end = kaya_factors(case["VA"], case["E"], case["C"])
    found = lmdi_additive(start, end)
    np.testing.assert_allclose(found.effects, case["additive"], atol=1e-6)
    assert found.effects.sum() == pytest.approx(case["total"], rel=1e-12)
    found = lmdi_multiplicative(start, end)
    np.testing.assert_allclose(found.ratios, case["D"], rtol=1e-7)


def test_equal_totals_still_have_effects(vectors):
    case = vectors["lmdi_equal_totals"]
    start, end = (np.array([case[k]], float) for k in ("x0", "xT"))
    found = lmdi_additive(start, end)
    np.testing.assert_allclose(found.effects, case["effects"], atol=1e-6)
    ratios = lmdi_multiplicative(start, end).ratios
    np.testing.assert_allclose(ratios, [2, 0.5], rtol=1e-13)


def test_six_factors_of_buildings(shared):
    path = shared("data", "lmdi_vectors", "pylmdi_us_commercial_buildings.json")
    case = json.loads(path.read_text())
    found = lmdi_additive(np.array([case["x0"]]), np.array([case["xt"]]))
    expected = [case["additive_lmdi"][name] for name in case["factors"]]
    np.testing.assert_allclose(found.effects, expected, rtol=1e-9)
    assert found.effects.sum() == pytest.approx(case["ct"] - case["c0"], rel=1e-12)


@pytest.mark.parametrize("energy_type", ["source", "deliv", "elec", "fuels"])
def test_published_us_mining_indexes(shared, energy_type):
    inputs = pd.read_csv(shared("data", "lmdi_vectors", "us_mining_inputs.csv"))
    inputs = inputs[inputs["energy_type"] == energy_type]
    path = shared("data", "lmdi_vectors", "us_mining_published_indexes.csv")
    published = pd.read_csv(path).query("energy_type == @energy_type")
    published = published.set_index("year")
    energy, output, added = (
        part.set_index("year")
        for part in (
            inputs.query("data_type == 'Energy'"),
            inputs.query("unit == 'Gross Output'"),
            inputs.query("unit == 'Value Added'"),
        )
    )
    years = list(published.index)
    sectors, energy = output.loc[years, MINING], energy.loc[years, MINING]
    total = np.broadcast_to(sectors.sum(axis=1).to_numpy()[:, None], sectors.shape)
    amounts = np.stack([total, sectors, energy], axis=-1)
    index = lmdi_index(
        amount_factors(amounts, amounts)[0], base=years.index(1985), variant="II"
    )
    activity = (added["total"] / added["total"][1985]).loc[years].to_numpy()
    # Nine decimals are published: the inputs' own rounding shows in the last.
    found = {
        "activity_value_added": activity,
        "structure_go_va_shift": index.ratios[:, 0] / activity,
        "structure_compositional": index.ratios[:, 1],
        "intensity": index.ratios[:, 2],
        "energy_index": index.ratios.prod(axis=1),
        "total_structure": index.ratios[:, 0] / activity * index.ratios[:, 1],
    }
    for name, values in found.items():
        np.testing.assert_allclose(values, published[name], rtol=0, atol=1.5e-9)
    growth = energy.sum(axis=1) / energy.loc[1985].sum()
    np.testing.assert_allclose(index.ratios.prod(axis=1), growth, rtol=1e-12)


# --- zeros, negatives, missing -----------------------------------------------------


def test_a_factor_that_becomes_nonzero_or_zero_has_the_whole_change():
    start, end = np.array([[0.0, 3.0, 2.0]]), np.array([[4.0, 6.0, 5.0]])
    assert lmdi_additive(start, end).effects.tolist() == [120, 0, 0]
    assert lmdi_additive(end, start).effects.tolist() == [-120, 0, 0]


def test_limits_for_zeros_are_those_of_ever_smaller_values():
    start, end = np.array([[0.0, 3.0]]), np.array([[4.0, 6.0]])
    exact = lmdi_additive(start, end).effects
    tiny = [
        lmdi_additive(np.array([[x, 3.0]]), end).effects[0]
        for x in (1e-30, 1e-100, 1e-300)
    ]
    gaps = np.abs(np.array(tiny) - exact[0])
    assert (np.diff(gaps) < 0).all()
    assert gaps[-1] < 0.05  # the limit is slow: 1/ln of the small value


def test_several_zero_factors_share_the_change():
    start, end = np.array([[0.0, 3.0, 0.0]]), np.array([[4.0, 6.0, 5.0]])
    assert lmdi_additive(start, end).effects.tolist() == [60, 0, 60]


def test_nothing_at_both_ends_has_no_effect():
    start, end = np.array([[0.0, 3.0]]), np.array([[4.0, 0.0]])
    assert lmdi_additive(start, end).effects.tolist() == [0, 0]
    assert lmdi_additive(start, end).residual == 0


@pytest.mark.parametrize("bad", [-2.0, np.inf, np.nan])
def test_a_sector_that_cannot_be_decomposed_is_split_out(bad):
    start = np.array([[2.0, 5.0], [bad, 1.0]])
    end = np.array([[4.0, 2.5], [3.0, 1.0]])
    values = (np.array([10.0, -7.0]), np.array([10.0, 3.0]))
    terms = lmdi_terms(start, end, values)
    assert terms.residual.tolist() == [0, 10]
    np.testing.assert_allclose(terms.effects[0], [6.931472, -6.931472], atol=1e-6)
    assert terms.effects[1].tolist() == [0, 0]


def test_a_missing_part_is_missing_not_zero():
    values = (np.array([np.nan]), np.array([10.0]))
    terms = lmdi_terms(np.array([[2.0, 5.0]]), np.array([[4.0, 2.5]]), values)
    assert np.isnan(terms.effects).all()
    assert np.isnan(terms.residual).all()


def test_multiplicative_with_a_residual_still_multiplies_up():
    start = np.array([[2.0, 5.0], [-2.0, 1.0]])
    end = np.array([[4.0, 3.0], [-3.0, 1.0]])
    found = lmdi_multiplicative(start, end)
    assert found.ratios.prod() * found.residual == pytest.approx(9 / 8, rel=1e-13)
    assert found.residual < 1
    with pytest.raises(MethodError, match="LMDI-I"):
        lmdi_multiplicative(start, end, variant="II")


def test_multiplicative_from_or_to_nothing_is_undefined():
    start, end = np.array([[0.0, 5.0]]), np.array([[4.0, 2.5]])
    for pair in ((start, end), (end, start), (start, start)):
        assert np.isnan(lmdi_multiplicative(*pair).ratios).all()


def test_ratios_of_nothing_to_nothing_come_from_the_other_end():
    start = np.array([[100.0, 0, 0, 0], [100, 50, 0, 0], [100, 0, 5, 5]])
    end = np.array([[100.0, 20, 40, 80], [100, 50, 0, 0], [100, 0, 5, 5]])
    first, last = amount_factors(start, end)
    assert first[0].tolist() == [100, 0, 2, 2]
    assert first[1].tolist() == [100, 0.5, 0, 1]  # 0/0 at both ends
    assert last[1].tolist() == first[1].tolist()
    assert np.isinf(first[2, 2])


def test_wrong_requests_are_refused():
    one = np.ones((1, 2))
    with pytest.raises(MethodError, match="形状不同"):
        lmdi_additive(one, np.ones((1, 3)))
    with pytest.raises(MethodError, match="variant"):
        lmdi_multiplicative(one, one, variant="III")
    with pytest.raises(MethodError, match="basis"):
        lmdi_index(np.ones((2, 1, 2)), basis="step")


# --- properties ----------------------------------------------------------------------


def change(start, end):
    return end.prod(-1).sum(-1) - start.prod(-1).sum(-1)


@given(sector_arrays(POSITIVE), sector_arrays(POSITIVE))
def test_effects_sum_to_the_change_and_flip_with_the_years(start, end):
    size = max(start.prod(-1).sum(), end.prod(-1).sum())
    found = lmdi_additive(start, end)
    assert abs(found.effects.sum() - change(start, end)) <= 1e-9 * size
    back = lmdi_additive(end, start)
    np.testing.assert_allclose(back.effects, -found.effects, rtol=0, atol=1e-9 * size)


@given(sector_arrays(AMOUNT), sector_arrays(AMOUNT))
def test_chains_of_amounts_with_zeros_sum_to_the_change(start, end):
    """Sectors come and go, amounts are equal, divisors are zero."""
    found = lmdi_terms(*amount_factors(start, end), (start[:, -1], end[:, -1]))
    total = found.effects.sum() + found.residual.sum()
    expected = end[:, -1].sum() - start[:, -1].sum()
    size = max(start[:, -1].sum(), end[:, -1].sum())
    assert abs(total - expected) <= 1e-9 * size
    assert np.isfinite(found.effects).all()


@given(sector_arrays(POSITIVE, 3, 3), sector_arrays(POSITIVE, 3, 3))
def test_ratios_multiply_to_the_ratio_of_totals(start, end):
    for variant in ("I", "II"):
        found = lmdi_multiplicative(start, end, variant=variant)
        ratio = end.prod(-1).sum() / start.prod(-1).sum()
        assert found.ratios.prod() == pytest.approx(ratio, rel=1e-9)


@given(sector_arrays(POSITIVE, 3, 3), sector_arrays(POSITIVE, 3, 3))
def test_sectors_may_be_told_apart_or_together(start, end):
    """LMDI-I is consistent in aggregation: sectors' effects add up."""
    whole = lmdi_additive(start, end).effects
    parts = [lmdi_additive(start[[i]], end[[i]]).effects for i in range(3)]
    size = max(start.prod(-1).sum(), end.prod(-1).sum())
    np.testing.assert_allclose(whole, sum(parts), rtol=0, atol=1e-12 * size)


@given(arrays(np.float64, (5, 2, 3), elements=POSITIVE), st.integers(0, 4))
def test_indexes_are_one_in_the_base_year(factors, base):
    totals = factors.prod(-1).sum(-1)
    for basis in ("chain", "fixed"):
        index = lmdi_index(factors, base=base, basis=basis)
        np.testing.assert_allclose(index.ratios[base], 1, rtol=1e-12)
        np.testing.assert_allclose(
            index.ratios.prod(-1), totals / totals[base], rtol=1e-8
        )
