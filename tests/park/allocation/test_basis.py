import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, MethodError
from synergy_lib.park.allocation.basis import allocation_basis

NAMES = {"carbon": "c", "activity": "q"}


def make_panel(rows):
    frame = pd.DataFrame(rows, columns=["enterprise_id", "year", "c", "q"])
    return frame.set_index(["enterprise_id", "year"])


def test_history_is_the_mean_of_the_last_three_years():
    amounts = [9e9, 9e9, 1, 2, 6]
    rows = [("a", 2020 + place, c, 10.0) for place, c in enumerate(amounts)]
    basis = allocation_basis(make_panel(rows), 2024, **NAMES)
    found = basis.loc["a"]
    assert found["history_t"] == 3
    assert found["history_years"] == 3
    assert found["history_intensity"] == pytest.approx(0.3)
    assert found["emission_t"] == 6


def test_missing_years_are_left_out_and_ratios_are_of_sums():
    panel = make_panel([("a", 2023, 8.0, 2), ("a", 2024, np.nan, 5), ("b", 2024, 4, 0)])
    basis = allocation_basis(panel, 2024, **NAMES)
    assert basis["history_t"].tolist() == [8, 4]
    assert basis["history_years"].tolist() == [1, 1]
    assert basis["history_intensity"].iloc[0] == 4
    assert np.isnan(basis["history_intensity"].iloc[1])
    assert np.isnan(basis["emission_t"].iloc[0])


def test_groups_may_be_missing_for_some():
    panel = make_panel([("a", 2024, 1.0, 1), ("b", 2024, 1, 1)])
    groups = pd.Series({"a": "2710"})
    basis = allocation_basis(panel, 2024, groups=groups, **NAMES)
    assert basis["group"].tolist()[0] == "2710"
    assert pd.isna(basis["group"].iloc[1])


def test_what_cannot_be_a_basis():
    twice = make_panel([("a", 2024, 1.0, 1), ("a", 2024, 1, 1)])
    with pytest.raises(MethodError, match="企业 a：2024 年出现两次"):
        allocation_basis(twice, 2024, **NAMES)
    with pytest.raises(MethodError, match="没有企业"):
        allocation_basis(make_panel([("a", 2010, 1.0, 1)]), 2024, **NAMES)
    with pytest.raises(InputDataError, match="co2e_t"):
        allocation_basis(twice, 2024)
