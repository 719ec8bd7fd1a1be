"""Sums over the park a row is compared with."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.indicators.compute import compute_indicators, indicator_values
from synergy_lib.indicators.formula import make_scope
from synergy_lib.indicators.scope import ParkRows, Scope, park_sum

YEARS = np.array([2023, 2023, 2023, 2024, 2024])
IDS = np.array([0, 1, 2, 0, 1])
VALUES = np.array([1.0, 2.0, 4.0, 10.0, 20.0])


def scope(park=None):
    return Scope(YEARS, 2023, np.array([0, 1, 2, 0, 1]), IDS, park=park)


def test_park_sum_is_over_the_rows_of_a_year():
    assert park_sum(VALUES, scope()).tolist() == [7, 7, 7, 30, 30]


def test_a_row_takes_its_own_place_in_the_park_it_is_compared_with():
    group = np.array([0, 0, 0, 1, 1])
    with_later = ParkRows(group, np.ones(5, int), np.array([3, 4, -1, 3, 4]))
    # Park 10 + 20; row 0 puts 1 in place of 10, row 2 joins with 4.
    assert park_sum(VALUES, scope(with_later)).tolist() == [21, 12, 34, 30, 30]


def test_values_and_applicability_are_those_of_the_full_computation(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    table = demo_analysis.scheme.framework.indicators
    values, applicable = indicator_values(data, table, make_scope(data.index, 2020))
    full = compute_indicators(data, table, base_year=2020)
    pd.testing.assert_frame_equal(values, full.values)
    pd.testing.assert_frame_equal(applicable, full.applicable)
    assert not applicable.all(axis=None)


@pytest.mark.parametrize("park", [0, 1])
def test_a_park_of_the_rows_own_year_changes_nothing(park):
    group = np.array([0, 0, 0, 1, 1])
    member = {0: [0, 1, 2, 0, 1], 1: [3, 4, -1, 3, 4]}[park]
    rows = ParkRows(group, np.full(5, park), np.array(member))
    own = group == park
    expected = park_sum(VALUES, scope())[own]
    np.testing.assert_array_equal(park_sum(VALUES, scope(rows))[own], expected)
