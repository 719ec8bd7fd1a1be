"""Doubtful values: a wrong unit is set aside, a change of level is asked about."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.inputs.rules import load_rules
from synergy_lib.inputs.validation import check_other_years, check_zeros


def series(values, column="nox_kg", first=2015):
    years = range(first, first + len(values))
    index = pd.MultiIndex.from_product([["a"], years], names=["enterprise_id", "year"])
    return pd.DataFrame({column: np.array(values, dtype=float)}, index=index)


def found(frame):
    table = check_other_years(frame)
    keys = zip(table["year"], table["rule"], strict=True)
    return dict(keys)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([100, 110, 90, 100_000], {2018: "unit_slip"}),
        ([100, 110, 0.1, 90], {2017: "unit_slip"}),
        # Within twenty times nothing is said.
        ([100, 110, 90, 1900], {}),
        # One wrong value of three must not make the others doubtful.
        ([3, 3, 3000], {2017: "unit_slip"}),
        # Two values, either may be wrong: nothing can be said.
        ([3, 3000], {}),
        ([np.nan, 3, np.nan, 3000], {}),
        # The plant grew: later years bear each other out.
        (
            [15, 16, 14, 15, 19, 573, 1795, 1792],
            {2020: "level_shift", 2021: "level_shift", 2022: "level_shift"},
        ),
        # A thousandfold step that lasts is still a unit, not a plant.
        (
            [100, 110, 90, 105, 100_000, 110_000],
            {2019: "unit_slip", 2020: "unit_slip"},
        ),
        # Zeros are not looked at here.
        ([0, 100, 0, 110, 105], {}),
    ],
)
def test_check_other_years(values, expected):
    assert found(series(values)) == expected


def test_check_other_years_looks_at_one_enterprise_at_a_time():
    small, large = series([1, 1, 1]), series([5000, 5000, 5000])
    large.index = large.index.set_levels(["b"], level=0)
    assert check_other_years(pd.concat([small, large])).empty


def test_level_shift_is_used_and_slip_is_not():
    severity = load_rules().loc[["unit_slip", "level_shift"], "severity"]
    assert severity.tolist() == ["suspect", "warning"]


def test_check_zeros_tells_never_positive_from_not_this_year():
    frame = series([np.nan, 0, 5, 0]).assign(so2_kg=[np.nan, 0, 0, np.nan])
    table = check_zeros(frame, ("nox_kg", "so2_kg", "vocs_kg"))
    keys = zip(table["year"], table["column"], table["rule"], strict=True)
    assert set(keys) == {
        (2016, "nox_kg", "zero_not_reported"),
        (2018, "nox_kg", "zero_not_reported"),
        (2016, "so2_kg", "zero_never_positive"),
        (2017, "so2_kg", "zero_never_positive"),
    }
    assert set(table["severity"]) == {"suspect"}
    assert check_zeros(frame, ()).empty
