"""The invented panel as a whole."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.demo_park.panel import without_rows
from synergy_lib.schema import load_columns


def test_index_is_sorted_and_unique(complete):
    assert complete.index.is_unique
    assert complete.index.is_monotonic_increasing
    assert complete.index.names == ["enterprise_id", "year"]


def test_new_entrants_and_the_closure(complete):
    years = complete.reset_index().groupby("enterprise_id")["year"].agg(["min", "max"])
    assert set(years.index[years["min"] == 2022]) == {"0053", "0068"}
    assert set(years["max"]) == {2024}
    output = complete.loc["0046", "output_value_10k_cny"]
    assert output[2024] < 0.6 * output[2023]


def test_columns_and_bounds_follow_the_contract(complete):
    contract = load_columns()
    for column in complete.columns:
        assert contract.loc[column, "kind"] == "input"
        if contract.loc[column, "dtype"] != "number":
            continue
        values = complete[column].dropna()
        assert np.isfinite(values).all(), column
        low, high = contract.loc[column, ["minimum", "maximum"]]
        assert not low or (values >= float(low)).all(), column
        assert not high or (values <= float(high)).all(), column


@pytest.fixture
def two_rows():
    index = pd.MultiIndex.from_tuples(
        [("0001", 2020), ("0001", 2021)], names=["enterprise_id", "year"]
    )
    return pd.DataFrame({"so2_kg": [1.0, 2.0], "so2_generated_kg": [3.0, 4.0]}, index)


def _defect(**values):
    base = {"sheet": "pollutants", "enterprise_id": "0001", "kind": "no_rows"}
    return pd.DataFrame([{**base, "year": "", "column": "", **values}])


def test_without_rows_drops_one_year(two_rows):
    kept = without_rows(two_rows, "pollutants", _defect(year="2020"))
    assert list(kept.index.get_level_values("year")) == [2021]


def test_without_rows_drops_all_years(two_rows):
    assert without_rows(two_rows, "pollutants", _defect()).empty


def test_without_rows_leaves_other_sheets_alone(two_rows):
    assert without_rows(two_rows, "energy", _defect()).equals(two_rows)


def test_without_rows_blanks_one_pollutant(two_rows):
    defect = _defect(year="2021", column="so2_kg")
    kept = without_rows(two_rows, "pollutants", defect)
    assert kept.loc[("0001", 2021)].isna().all()
    assert kept.loc[("0001", 2020)].notna().all()
