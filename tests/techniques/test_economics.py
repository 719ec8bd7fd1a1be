import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.techniques.economics import (
    abatement_cost,
    abatement_cost_reason,
    capital_recovery_factor,
    capital_recovery_factor_reason,
    discounted_payback,
    discounted_payback_reason,
    internal_rate_of_return,
    internal_rate_of_return_reason,
    levelized_abatement_cost,
    levelized_abatement_cost_reason,
    net_present_value,
    net_present_value_reason,
    payback_reason,
    simple_payback,
)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


def test_finance_vector(vectors):
    case = vectors["finance"]
    flows = [-case["I"]] + [case["A"]] * case["n"]
    crf = capital_recovery_factor(case["r"], case["n"])
    assert crf == pytest.approx(case["CRF"], abs=1e-8)
    assert net_present_value(flows, case["r"]) == pytest.approx(case["NPV"], abs=1e-5)
    assert internal_rate_of_return(flows) == pytest.approx(case["IRR"], abs=1e-8)
    assert simple_payback(case["I"], case["A"]) == case["payback"]
    paid = discounted_payback(case["I"], case["A"], case["r"])
    assert paid == pytest.approx(case["disc_payback"], abs=1e-6)
    cost = abatement_cost(case["I"], case["A"], case["dC"], case["r"], case["n"])
    assert cost == pytest.approx(case["MAC"], abs=1e-6)


def test_abatement_cost_macc_vector(vectors):
    case = vectors["macc"]
    for _, investment, saving, reduction, years, expected in case["measures"]:
        cost = abatement_cost(investment, saving, reduction, case["r"], years)
        assert cost == pytest.approx(expected, abs=case["tol"])


def test_capital_recovery_factor_without_interest_is_one_over_life():
    assert capital_recovery_factor(0, 8) == 0.125
    assert capital_recovery_factor(1e-12, 8) == pytest.approx(0.125, rel=1e-9)


@given(st.floats(0.001, 0.5), st.integers(1, 40))
def test_capital_recovery_factor_repays_exactly(rate, years):
    payment = capital_recovery_factor(rate, years)
    flows = [-1.0] + [payment] * years
    assert net_present_value(flows, rate) == pytest.approx(0, abs=1e-9)


@given(st.floats(10, 1e4), st.floats(0.15, 0.9), st.integers(8, 30))
def test_internal_rate_makes_the_present_value_zero(investment, part, years):
    flows = [-investment] + [investment * part] * years
    rate = internal_rate_of_return(flows)
    assert net_present_value(flows, rate) == pytest.approx(0, abs=1e-4 * investment)


@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(0.001, 0.3))
def test_discounting_never_shortens_the_payback(investment, saving, rate):
    plain = simple_payback(investment, saving)
    assert discounted_payback(investment, saving, rate) >= plain * (1 - 1e-12)


@pytest.mark.parametrize(
    ("rate", "years", "why"),
    [
        (0.08, 0, "寿命不是正数"),
        (-1.0, 5, "折现率不大于 -100%"),
        (math.nan, 5, "折现率或寿命缺失"),
        (0.08, 5, ""),
    ],
)
def test_capital_recovery_factor_nan_has_a_reason(rate, years, why):
    assert capital_recovery_factor_reason(rate, years) == why
    assert math.isnan(capital_recovery_factor(rate, years)) == bool(why)


@pytest.mark.parametrize(
    ("flows", "why"),
    [
        ([], "没有现金流"),
        ([100, 100], "现金流没有正负变化，内部收益率不存在"),
        ([0, 0, 0], "现金流没有正负变化，内部收益率不存在"),
        ([-100, 230, -132], "现金流多次变号，内部收益率不唯一，请看净现值"),
        ([-100, math.nan], "现金流有缺失"),
        ([-100, 0, 121], ""),
    ],
)
def test_internal_rate_nan_has_a_reason(flows, why):
    assert internal_rate_of_return_reason(flows) == why
    assert math.isnan(internal_rate_of_return(flows)) == bool(why)


def test_internal_rate_skips_zero_flows():
    assert internal_rate_of_return([-100, 0, 121]) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("flows", "rate", "why"),
    [
        ([], 0.1, "没有现金流"),
        ([1, math.nan], 0.1, "现金流有缺失"),
        ([1, 2], math.nan, "折现率缺失"),
        ([1, 2], -1.0, "折现率不大于 -100%"),
        ([1, 2], 0.0, ""),
    ],
)
def test_net_present_value_nan_has_a_reason(flows, rate, why):
    assert net_present_value_reason(flows, rate) == why
    assert math.isnan(net_present_value(flows, rate)) == bool(why)


def test_net_present_value_counts_the_first_flow_undiscounted():
    """-100 + 60/1.2 + 72/1.44 = 0."""
    assert net_present_value([-100, 60, 72], 0.2) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((math.nan, 1, 1, 0.08, 10), "缺投资额"),
        ((1, math.nan, 1, 0.08, 10), "缺年净节约"),
        ((1, 1, math.nan, 0.08, 10), "缺减排量"),
        ((1, 1, 0, 0.08, 10), "减排量不为正，不是减排措施"),
        ((1, 1, -5, 0.08, 10), "减排量不为正，不是减排措施"),
        ((1, 1, 5, 0.08, 0), "寿命不是正数"),
        ((1, 1, 5, 0.08, 10), ""),
    ],
)
def test_abatement_cost_nan_has_a_reason(arguments, why):
    assert abatement_cost_reason(*arguments) == why
    assert math.isnan(abatement_cost(*arguments)) == bool(why)


@pytest.mark.parametrize("saving", [0.0, -3.0])
def test_payback_without_saving_never_comes(saving):
    assert simple_payback(100, saving) == math.inf
    assert payback_reason(100, saving) == "年净节约不为正，投资不能回收"


def test_payback_interest_that_eats_the_saving_never_comes():
    assert discounted_payback(1000, 80, 0.08) == math.inf
    assert simple_payback(1000, 80) == 12.5


def test_payback_of_missing_or_free_investment():
    assert math.isnan(simple_payback(math.nan, 5))
    assert math.isnan(simple_payback(5, math.nan))
    assert math.isnan(discounted_payback(5, 1, math.nan))
    assert payback_reason(math.nan, 5) == "投资额或年净节约缺失"
    assert simple_payback(0, 5) == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((1000, 80, 0.08), "年净节约不抵投资的利息，投资不能回收"),
        ((1000, -1, 0.08), "年净节约不为正，投资不能回收"),
        ((1000, 250, math.nan), "折现率缺失"),
        ((1000, 250, -1.0), "折现率不大于 -100%"),
        ((1000, 250, 0.08), ""),
    ],
)
def test_discounted_payback_that_never_comes_has_a_reason(arguments, why):
    assert discounted_payback_reason(*arguments) == why
    assert math.isfinite(discounted_payback(*arguments)) == (why == "")


@given(
    st.floats(1, 1e4), st.floats(-1e3, 1e3), st.floats(0.001, 0.3), st.integers(1, 30)
)
def test_levelized_cost_of_constant_flows_is_the_abatement_cost(
    investment, saving, rate, years
):
    found = levelized_abatement_cost(
        [investment] + [-saving] * years, [0.0] + [500.0] * years, rate
    )
    expected = abatement_cost(investment, saving, 500.0, rate, years)
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-6)


@pytest.mark.parametrize(
    ("costs", "reductions", "rate", "why"),
    [
        ([1, 1], [1], 0.1, "成本与减排量的年数不同"),
        ([1, math.nan], [1, 1], 0.1, "现金流有缺失"),
        ([1, 1], [1, math.nan], 0.1, "缺减排量"),
        ([1, 1], [0, 0], 0.1, "减排量不为正，不是减排措施"),
        ([], [], 0.1, "没有现金流"),
        ([1, 1], [1, 1], 0.1, ""),
    ],
)
def test_levelized_cost_nan_has_a_reason(costs, reductions, rate, why):
    assert levelized_abatement_cost_reason(costs, reductions, rate) == why
    assert math.isnan(levelized_abatement_cost(costs, reductions, rate)) == bool(why)
