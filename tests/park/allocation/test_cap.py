"""A cap among enterprises: published shares, sums, bounds, and what is missing."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.park.allocation.cap import (
    METHODS,
    AllocationParameters,
    allocate_cap,
    compare_methods,
)

FREE = AllocationParameters(bound=None)
AMOUNT = st.floats(1.0, 1e6)
MAYBE = st.one_of(st.none(), st.just(0.0), AMOUNT)


def make_basis(history, activity=None, groups=None, emission=None):
    history = pd.Series(history, dtype=float)
    ids = [f"{i:04d}" for i in range(len(history))]
    activity = np.ones(len(ids)) if activity is None else activity
    frame = pd.DataFrame(
        {
            "history_t": history.to_numpy(),
            "history_years": history.notna().astype(int).to_numpy() * 3,
            "activity": np.array(activity, dtype=float),
            "emission_t": history.to_numpy() if emission is None else emission,
            "group": groups or ["原料药"] * len(ids),
        },
        index=pd.Index(ids, name="enterprise_id"),
    )
    positive = frame["activity"].where(frame["activity"] > 0)
    return frame.assign(history_intensity=frame["history_t"] / positive)


@pytest.fixture(scope="module")
def case(shared):
    path = shared("data", "method_vectors", "vectors.json")
    return json.loads(path.read_text())["allocation"]


def test_history_and_benchmark_of_the_constructed_case(case):
    """Vectors printed to four decimals."""
    basis = make_basis(case["H"], case["VA"])
    found = allocate_cap(case["K"], basis, "history", parameters=FREE)
    np.testing.assert_allclose(found.table["allocation_t"], case["hist"], atol=1e-4)
    found = allocate_cap(case["K"], basis, "benchmark", parameters=FREE)
    np.testing.assert_allclose(found.table["allocation_t"], case["bench"], atol=1e-4)


def test_methods_by_hand():
    """K 25 000; H 12 000, 8 000, 5 000, 3 000; value added 9 000 … 2 000 (§8.1)."""
    basis = make_basis([12e3, 8e3, 5e3, 3e3], [9e3, 8e3, 7e3, 2e3])
    history = allocate_cap(25e3, basis, parameters=FREE).table["allocation_t"]
    assert history.round(2).tolist() == [10714.29, 7142.86, 4464.29, 2678.57]
    bench = allocate_cap(25e3, basis, "benchmark", parameters=FREE)
    allocation = bench.table["allocation_t"]
    assert allocation.round(2).tolist() == [8653.85, 7692.31, 6730.77, 1923.08]
    # best 30 % of four are two: 5 000/7 000 and 8 000/8 000
    assert bench.benchmarks.loc["原料药", "benchmark"] == pytest.approx(13 / 15)
    mixed = allocate_cap(25e3, basis, "mixed", parameters=FREE).table["allocation_t"]
    np.testing.assert_allclose(mixed, 0.7 * history + 0.3 * allocation)
    # unchanged activity: historical intensity is history
    own = allocate_cap(25e3, basis, "intensity", parameters=FREE).table["allocation_t"]
    np.testing.assert_allclose(own, history)


def test_entropy_by_hand():
    """Constant indicators weigh nothing: only value added is left."""
    basis = make_basis([10.0, 10, 20])
    values = pd.DataFrame({"va": [1.0, 2, 5], "staff": [4.0, 4, 4]}, index=basis.index)
    found = allocate_cap(
        80.0,
        basis,
        "entropy",
        parameters=FREE,
        indicators=values,
        direction={"va": 1, "staff": -1},
    )
    np.testing.assert_allclose(found.table["allocation_t"], [10, 20, 50])
    assert found.weights.tolist() == [1.0, 0.0]


def test_bounds_hold_and_the_rest_goes_to_others():
    """Benchmark would take 38 % from the first: it keeps 90 % of its emission."""
    basis = make_basis([100.0, 100, 100, 100], [20.0, 100, 100, 100])
    found = allocate_cap(400.0, basis, "benchmark")
    table = found.table
    assert table["allocation_t"].iloc[0] == pytest.approx(90)
    np.testing.assert_allclose(table["allocation_t"].iloc[1:], 310 / 3)
    assert table["bound_reached"].tolist() == ["low", "", "", ""]
    assert found.bound == 0.10
    assert found.notes == ()


def test_bound_widens_where_the_cap_falls_more():
    found = allocate_cap(320.0, make_basis([100.0] * 4))
    assert found.bound == pytest.approx(0.2)
    np.testing.assert_allclose(found.table["allocation_t"], 80)
    assert "20.0%" in found.notes[0]


def test_who_lacks_what_is_named_and_never_gets_zero():
    basis = make_basis(
        [100.0, 100, 100, np.nan, 0, 50, 60],
        [100.0, 100, 100, 3, np.nan, 5, np.nan],
        groups=["A"] * 5 + ["B", "A"],
    )
    table = allocate_cap(400.0, basis, "benchmark", parameters=FREE).table
    assert table["basis"].tolist() == [
        *["benchmark"] * 3,
        *["reserve_benchmark", "reserve_equal"],
        *["own_history"] * 2,
    ]
    # the newcomers: 3 × intensity 1, and half of the reserve of 20 t
    assert table["allocation_t"].iloc[3:5].tolist() == pytest.approx([3, 10])
    assert "少于3家" in table["reason"].iloc[5]
    assert "活动水平" in table["reason"].iloc[6]
    assert (table["allocation_t"] > 0).all()
    assert table["allocation_t"].sum() == pytest.approx(400)
    assert table["status"].iloc[3] == "unknown"


def test_reserve_is_a_ceiling():
    basis = make_basis([100.0, 100, 100, np.nan], [1.0, 1, 1, 50])
    table = allocate_cap(100.0, basis, parameters=FREE).table
    assert table["allocation_t"].iloc[3] == pytest.approx(5)
    np.testing.assert_allclose(table["allocation_t"].iloc[:3], 95 / 3)


def test_one_enterprise_gets_the_cap():
    for method in ("history", "intensity", "benchmark", "mixed"):
        table = allocate_cap(70.0, make_basis([100.0]), method).table
        assert table["allocation_t"].tolist() == pytest.approx([70])


def test_a_park_of_newcomers_shares_the_whole_cap():
    table = allocate_cap(90.0, make_basis([np.nan, 0.0, np.nan])).table
    np.testing.assert_allclose(table["allocation_t"], 30)


def test_surplus_and_deficit():
    basis = make_basis([50.0, 50, 50], emission=[40.0, 50, np.nan])
    table = allocate_cap(150.0, basis, parameters=FREE).table
    assert table["status"].tolist() == ["surplus", "balanced", "unknown"]
    assert table["surplus_t"].iloc[0] == pytest.approx(10)


def test_entropy_names_who_has_no_indicators():
    basis = make_basis([10.0, 10, 20])
    values = pd.DataFrame({"va": [1.0, np.nan, 3]}, index=basis.index)
    table = allocate_cap(
        40.0,
        basis,
        "entropy",
        parameters=FREE,
        indicators=values,
        direction={"va": 1},
    ).table
    np.testing.assert_allclose(table["allocation_t"], [7.5, 10, 22.5])
    assert "熵权指标" in table["reason"].iloc[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, [1.0], "history"), "配额总量：0；应为：大于 0"),
        ((1.0, [1.0], "histroy"), "最接近的是“history”"),
        ((1.0, [1.0], "entropy"), "没有给出指标"),
    ],
)
def test_wrong_requests_are_refused(arguments, message):
    cap, history, method = arguments
    with pytest.raises(ParameterError, match=message):
        allocate_cap(cap, make_basis(history), method)


def test_wrong_bases_are_refused():
    with pytest.raises(MethodError, match="1 家企业的排放量为负：0001"):
        allocate_cap(1.0, make_basis([1.0, -2.0]))
    with pytest.raises(MethodError, match="没有企业"):
        allocate_cap(1.0, make_basis([1.0]).iloc[:0])
    with pytest.raises(ParameterError, match="best_share"):
        AllocationParameters(best_share=0)


@st.composite
def parks(draw):
    count = draw(st.integers(1, 12))
    column = st.lists(MAYBE, min_size=count, max_size=count)
    groups = draw(st.lists(st.sampled_from(["A", "B"]), min_size=count, max_size=count))
    history, activity = (
        [np.nan if v is None else v for v in draw(column)] for _ in range(2)
    )
    return make_basis(history, activity, groups)


@settings(max_examples=40)
@given(parks(), AMOUNT, st.sampled_from(["history", "intensity", "benchmark", "mixed"]))
def test_sum_bounds_and_order(basis, cap, method):
    found = allocate_cap(cap, basis, method)
    table = found.table
    assert table["allocation_t"].sum() == pytest.approx(cap, rel=1e-6)
    assert (table["allocation_t"] > 0).all()
    slack = 1e-6 * cap
    bounded = table.dropna(subset="low_t")
    assert (bounded["allocation_t"] >= bounded["low_t"] - slack).all()
    assert (bounded["allocation_t"] <= bounded["high_t"] + slack).all()
    back = allocate_cap(cap, basis.iloc[::-1], method).table.reindex(basis.index)
    np.testing.assert_allclose(
        back["allocation_t"], table["allocation_t"], rtol=1e-6, atol=1e-9 * cap
    )
    assert (table["reason"].ne("") | table["basis"].eq(method)).all()


def test_compare_methods_gives_the_span():
    basis = make_basis([12e3, 8e3, 5e3, 3e3], [9e3, 8e3, 7e3, 2e3])
    names = ("history", "benchmark")
    shares = compare_methods(
        {m: allocate_cap(25e3, basis, m, parameters=FREE) for m in names}
    )
    assert shares["highest"].iloc[0] == pytest.approx(12 / 28)
    assert shares["lowest"].iloc[0] == pytest.approx(9 / 26)
    assert set(names) < set(METHODS)
