"""Lorenz, Gini, top tenths and shares."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, MethodError, ParameterError
from synergy_lib.synergy.concentration import (
    concentration,
    gini,
    lorenz,
    overlap,
    shares,
)

amounts = st.lists(st.floats(0, 1e9), min_size=2, max_size=30).filter(
    lambda values: sum(values) > 1e-3
)


def tenths(n=20):
    """Return amounts where carbon's two largest are COD's first and third."""
    values = np.arange(1.0, n + 1)
    cod = values.copy()
    cod[[n - 2, n - 3]] = cod[[n - 3, n - 2]]
    return pd.DataFrame(
        {"co2e_t": values, "cod_kg": cod}, index=[f"e{k}" for k in range(n)]
    )


@given(values=amounts)
def test_gini_is_twice_the_area_over_the_lorenz_curve(values):
    column = pd.Series(values)
    curve = lorenz(column)
    area = np.trapezoid(curve["value_share"], curve["unit_share"])
    assert gini(column) == pytest.approx(1 - 2 * area, abs=1e-9)
    assert -1e-12 <= gini(column) <= 1 - 1 / len(values) + 1e-12


@given(values=amounts, factor=st.floats(1e-3, 1e3))
def test_gini_does_not_depend_on_unit_order_or_copies(values, factor):
    column = pd.Series(values)
    assert gini(column[::-1] * factor) == pytest.approx(gini(column), abs=1e-9)
    assert gini(pd.concat([column, column])) == pytest.approx(gini(column), abs=1e-9)


def test_gini_edges():
    assert np.isnan(gini(pd.Series([5.0])))
    assert np.isnan(gini(pd.Series([0.0, 0.0])))
    assert gini(pd.Series([3.0, np.nan, 3.0])) == 0
    assert gini(pd.Series([1e300, 1e300])) == 0
    assert lorenz(pd.Series([np.nan])).empty
    with pytest.raises(MethodError, match="有1个负值"):
        gini(pd.Series([-1.0, 2.0]))


def test_concentration():
    frame = tenths().assign(nox_kg=np.nan, so2_kg=-1.0, pm_kg=0.0)
    frame.loc["e0", "cod_kg"] = np.nan
    table = concentration(frame, ["co2e_t", "cod_kg", "nox_kg", "so2_kg", "pm_kg"])
    # The two largest of 1 … 20: 39 of 210; Gini (n − 1)/(3n) of 1 … n
    assert table.loc["co2e_t", "top_n"] == 2
    assert table.loc["co2e_t", "top_share"] == pytest.approx(39 / 210)
    assert table.loc["co2e_t", "gini"] == pytest.approx(19 / 60)
    assert table.loc["cod_kg", ["n", "missing"]].tolist() == [19, 1]
    assert np.isnan(table.loc["nox_kg", "total"])
    assert table.loc["nox_kg", "reason"] == "仅0家有数据，不计前10 %的占比"
    assert table.loc["so2_kg", "reason"] == "有负值，无法判断"
    assert table.loc["pm_kg", "reason"] == "总量为零，无法判断"
    assert np.isnan(table.loc["so2_kg", "gini"])


def test_overlap():
    row = overlap(tenths(), ["cod_kg"]).loc["cod_kg"]
    # carbon: e19, e18; COD: e19, e17 (19 and 18 swapped)
    assert row["in_both"] == 1
    assert row["pollutant_share_of_carbon_top"] == pytest.approx((20 + 18) / 210)
    assert row["carbon_share_of_pollutant_top"] == pytest.approx((20 + 18) / 210)
    assert row["expected_in_both"] == pytest.approx(0.2)


def test_overlap_that_cannot_be_judged():
    frame = tenths().assign(so2_kg=-1.0, pm_kg=0.0, nox_kg=np.nan)
    table = overlap(frame, ["so2_kg", "pm_kg", "nox_kg"])
    assert table["in_both"].isna().all()
    assert table["reason"].tolist() == [
        "有负值或总量为零，无法判断",
        "有负值或总量为零，无法判断",
        "两项均有数据的仅0家，无法判断",
    ]


def test_top_tenth_of_thirty_is_three():
    assert overlap(tenths(30), ["cod_kg"])["top_n"].tolist() == [3]


def test_shares_by_enterprise_and_sector():
    frame = pd.DataFrame({"co2e_t": [1.0, 3.0, np.nan, 4.0]}, index=list("abcd"))
    own = shares(frame, ["co2e_t"]).set_index("unit")
    assert own["share"].tolist()[:2] == [0.125, 0.375]
    assert np.isnan(own.loc["c", "share"])
    sectors = pd.Series(["2710", "2710", "2720", None], index=list("abcd"))
    table = shares(frame, ["co2e_t"], sectors).set_index("unit")
    assert table.loc["2710", ["n", "missing", "value", "share"]].tolist() == [
        2,
        0,
        4,
        0.5,
    ]
    assert np.isnan(table.loc["2720", "value"])
    assert table.loc["", "share"] == 0.5


def test_shares_of_nothing_and_errors():
    frame = pd.DataFrame({"co2e_t": [0.0, 0.0]}, index=list("ab"))
    assert shares(frame, ["co2e_t"])["share"].isna().all()
    with pytest.raises(ParameterError, match="1家企业没有分组，如 b"):
        shares(frame, ["co2e_t"], pd.Series(["x"], index=["a"]))
    with pytest.raises(InputDataError, match="cod_kg"):
        shares(frame, ["cod_kg"])
    with pytest.raises(InputDataError, match="cod_kg"):
        concentration(frame, ["cod_kg"])
    with pytest.raises(InputDataError, match="cod_kg"):
        overlap(frame, ["cod_kg"])


@given(values=amounts)
def test_shares_sum_to_one(values):
    frame = pd.DataFrame({"co2e_t": values})
    groups = pd.Series([str(k % 3) for k in range(len(values))])
    assert shares(frame, ["co2e_t"], groups)["share"].sum() == pytest.approx(1)
