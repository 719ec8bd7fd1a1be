import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.park.totals import park_ratios, park_totals, peer_quantiles
from synergy_lib.schema import PANEL_INDEX, load_columns

NAN = np.nan
AMOUNTS = st.lists(
    st.tuples(st.floats(0, 1e6), st.floats(1, 1e6)), min_size=1, max_size=12
)


def frame(**columns):
    """Return enterprises a, b, c in 2023 and 2024; values in that order."""
    index = pd.MultiIndex.from_product([list("abc"), [2023, 2024]], names=PANEL_INDEX)
    return pd.DataFrame(columns, index=index, dtype="float64")


@pytest.fixture
def totals():
    """b lacks carbon in 2024; nobody has NOx in 2023."""
    data = frame(
        co2e_t=[10, 11, 100, NAN, 1000, 1500],
        nox_kg=[NAN, 1, NAN, 2, NAN, NAN],
        not_a_total=[1, 1, 1, 1, 1, 1],
    )
    return park_totals(data).set_index(["quantity", "year"])


def test_totals_add_those_that_have_the_value(totals):
    assert totals.loc[("co2e_t", 2023), "total"] == 1110
    assert totals.loc[("co2e_t", 2024), "total"] == 1511


def test_totals_count_who_is_behind_them(totals):
    assert totals.loc[("co2e_t", 2024), ["reporting", "missing"]].tolist() == [2, 1]
    assert totals.loc[("co2e_t", 2023), ["reporting", "missing"]].tolist() == [3, 0]


def test_same_enterprises_are_those_with_every_year_that_anybody_has(totals):
    assert totals.loc["co2e_t", "same_enterprises"].tolist() == [2, 2]
    assert totals.loc["co2e_t", "same_total"].tolist() == [1010, 1511]


def test_nobody_reporting_is_missing_not_zero(totals):
    assert np.isnan(totals.loc[("nox_kg", 2023), "total"])
    assert totals.loc[("nox_kg", 2023), ["reporting", "missing"]].tolist() == [0, 3]
    assert np.isnan(totals.loc[("nox_kg", 2023), "same_total"])
    assert totals.loc[("nox_kg", 2024), ["total", "same_total"]].tolist() == [3, 3]
    assert totals.loc["nox_kg", "same_enterprises"].tolist() == [2, 2]


def test_a_quantity_nobody_ever_has_rests_on_no_enterprise():
    totals = park_totals(frame(nox_kg=[NAN] * 6))
    assert totals[["total", "same_total"]].isna().all(axis=None)
    assert totals["same_enterprises"].tolist() == [0, 0]
    assert totals["missing"].tolist() == [3, 3]


def test_only_known_quantities_are_added_up(totals):
    quantities = set(totals.index.get_level_values("quantity"))
    assert quantities == {"co2e_t", "nox_kg"}
    assert quantities <= set(load_columns().index)


def test_an_enterprise_not_on_the_books_is_not_missing():
    data = frame(co2e_t=[10, 11, 100, 110, 1000, 1500]).drop(("c", 2024))
    totals = park_totals(data).set_index("year")
    assert totals["missing"].tolist() == [0, 0]
    assert totals["reporting"].tolist() == [3, 2]
    assert totals["same_total"].tolist() == [110, 121]


@settings(max_examples=30)
@given(AMOUNTS)
def test_totals_do_not_depend_on_the_order_of_enterprises(amounts):
    names = [f"e{number}" for number in range(len(amounts))]
    index = pd.MultiIndex.from_product([names, [2024]], names=PANEL_INDEX)
    data = pd.DataFrame({"co2e_t": [carbon for carbon, _ in amounts]}, index=index)
    total = park_totals(data)["total"].iloc[0]
    assert total == pytest.approx(sum(carbon for carbon, _ in amounts), rel=1e-12)
    assert park_totals(data.iloc[::-1])["total"].iloc[0] == pytest.approx(total)


def test_ratio_is_a_ratio_of_sums_not_a_mean_of_ratios():
    """2024: (10 + 90) / (10 + 40) = 2.0; the mean of 1.0 and 2.25 would be 1.625."""
    data = frame(c=[0, 10, 0, 90, 0, 5], v=[1, 10, 1, 40, 1, NAN])
    ratios = park_ratios(data, "c", "v")
    assert ratios.loc[2024, "ratio"] == 2.0
    assert ratios["enterprises"].tolist() == [3, 2]


def test_ratio_needs_both_and_a_positive_denominator():
    data = frame(c=[1, 10, 2, NAN, 3, 20], v=[0, 5, -1, 100, 1, NAN])
    ratios = park_ratios(data, "c", "v")
    assert np.isnan(ratios.loc[2023, "ratio"])
    assert ratios.loc[2024].tolist() == [2.0, 1]


@settings(max_examples=30)
@given(AMOUNTS)
def test_ratio_lies_between_the_smallest_and_the_largest(amounts):
    names = [f"e{number}" for number in range(len(amounts))]
    index = pd.MultiIndex.from_product([names, [2024]], names=PANEL_INDEX)
    data = pd.DataFrame(amounts, columns=["c", "v"], index=index)
    ratio = park_ratios(data, "c", "v").loc[2024, "ratio"]
    single = data["c"] / data["v"]
    assert single.min() * (1 - 1e-9) <= ratio <= single.max() * (1 + 1e-9)


def test_peer_quantiles_by_hand():
    """0, 10, …, 100: quantiles by linear interpolation are the tens themselves."""
    values = pd.DataFrame({"x": np.arange(11) * 10.0})
    row = peer_quantiles(values, minimum=5).loc["x"]
    assert row[["p10", "p25", "p50", "p75", "p90"]].tolist() == [10, 25, 50, 75, 90]
    assert row["n"] == 11


def test_peer_quantiles_are_withheld_below_the_minimum():
    values = pd.DataFrame(
        {"four": [1, 2, 3, 4, NAN], "five": [1.0, 2, 3, 4, 5], "none": [NAN] * 5}
    )
    quantiles = peer_quantiles(values, minimum=5)
    names = ["p10", "p25", "p50", "p75", "p90"]
    assert quantiles.loc["four", names].isna().all()
    assert quantiles.loc["none", names].isna().all()
    assert quantiles.loc["five", "p50"] == 3
    assert quantiles["n"].tolist() == [4, 5, 0]
