import json
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError
from synergy_lib.techniques.economics import abatement_cost, capital_recovery_factor
from synergy_lib.techniques.portfolio.curve import abatement_curve, combine, cost_order

FRACTIONS = st.lists(st.floats(0, 0.95), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


def test_combine_overlap_vector(vectors):
    case = vectors["overlap"]
    remaining, shares = combine(dict(zip("abc", case["f"], strict=True)))
    assert remaining * case["base"] == pytest.approx(case["after"])
    found = (shares * case["base"]).tolist()
    assert found == pytest.approx(case["logshare"], abs=1e-3)
    assert shares.index.tolist() == ["a", "b", "c"]


@given(FRACTIONS)
def test_combine_is_independent_of_order_and_at_most_the_sum(fractions):
    forward = combine(fractions)
    backward = combine(fractions[::-1])
    assert forward.remaining == pytest.approx(backward.remaining, abs=1e-12)
    expected = backward.shares.tolist()[::-1]
    assert forward.shares.tolist() == pytest.approx(expected, abs=1e-12)
    assert forward.shares.sum() == pytest.approx(1 - forward.remaining, abs=1e-12)
    assert forward.shares.sum() <= sum(fractions) + 1e-12


@given(st.lists(st.floats(-2, 0.95), min_size=1, max_size=6))
def test_combine_shares_add_up_with_increases_too(fractions):
    remaining, shares = combine(fractions)
    assert shares.sum() == pytest.approx(1 - remaining, abs=1e-9)


def test_combine_of_a_gain_and_an_equal_loss():
    """0.8 · 1.25 = 1: nothing remains removed, the parts still cancel."""
    remaining, shares = combine([0.2, -0.25])
    assert remaining == pytest.approx(1)
    assert shares.tolist() == pytest.approx([-math.log(0.8), -math.log(1.25)])


def test_combine_total_removal_takes_everything():
    remaining, shares = combine({"a": 1.0, "b": 0.5})
    assert (remaining, shares["a"], shares["b"]) == (0.0, 1.0, 0.0)
    assert combine([1.0, 1.0]).shares.tolist() == [0.5, 0.5]


def test_combine_nothing_leaves_everything():
    assert combine([]).remaining == 1
    assert combine([0.0, 0.0]).shares.tolist() == [0.0, 0.0]


def test_combine_missing_stays_missing():
    remaining, shares = combine([0.2, math.nan, 1.0])
    assert math.isnan(remaining)
    assert shares.isna().all()


def test_combine_refuses_more_than_all():
    with pytest.raises(MethodError, match=r"措施 b：减排比例 1\.2 大于 1"):
        combine({"a": 0.5, "b": 1.2})


def test_abatement_curve_macc_vector(vectors):
    case = vectors["macc"]
    rows = []
    for name, investment, saving, reduction, years, _ in reversed(case["measures"]):
        cost = abatement_cost(investment, saving, reduction, case["r"], years)
        benefit = saving - investment * capital_recovery_factor(case["r"], years)
        rows.append([name, reduction, cost, benefit])
    names = ["name", "reduction_t", "abatement_cost_cny_per_t", "net_benefit_10k_cny"]
    curve = abatement_curve(pd.DataFrame(rows, columns=names))
    assert curve["name"].tolist() == [measure[0] for measure in case["measures"]]
    assert curve["cumulative_reduction_t"].tolist() == case["cum"]


def test_cost_order_ranks_earners_by_benefit_not_by_cost_per_tonne():
    """-900 CNY/t on 10 t earns 0.9; -100 CNY/t on 9000 t earns 90."""
    cost = pd.Series([-900.0, -100.0, 5.0, 700.0])
    benefit = pd.Series([0.9, 90.0, -1.0, -3.0])
    assert cost_order(cost, benefit).tolist() == [2, 1, 3, 4]


def test_cost_order_leaves_out_the_undefined_and_ties_equals():
    cost = pd.Series([5.0, math.nan, 5.0, 9.0], index=list("abcd"))
    order = cost_order(cost, pd.Series(0.0, index=cost.index))
    assert order[["a", "c", "d"]].tolist() == [1, 1, 3]
    assert math.isnan(order["b"])


def test_abatement_curve_drops_what_has_no_cost():
    frame = pd.DataFrame(
        {
            "reduction_t": [10.0, 20.0],
            "abatement_cost_cny_per_t": [math.nan, 3.0],
            "net_benefit_10k_cny": [math.nan, -1.0],
        }
    )
    assert abatement_curve(frame)["cumulative_reduction_t"].tolist() == [20.0]
