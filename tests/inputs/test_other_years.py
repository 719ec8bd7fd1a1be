"""A value beside the middle of the same enterprise's other years."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synergy_lib.inputs.other_years import (
    borne_out,
    middle_of_others,
    ratio_to_others,
    within,
)


def frame_of(table):
    """Return a frame of one column from enterprises × years."""
    table = np.asarray(table, dtype=float)
    index = pd.MultiIndex.from_product(
        [[f"e{n}" for n in range(table.shape[0])], range(table.shape[1])],
        names=["enterprise_id", "year"],
    )
    return pd.DataFrame({"x": table.ravel()}, index=index)


def one_by_one(values, position, minimum, method):
    """Return the middle of the other values, the plain way."""
    others = np.delete(values, position)
    others = others[~np.isnan(others)]
    if len(others) < max(minimum, 1):
        return np.nan
    return np.quantile(others, 0.5, method=method)


cells = st.one_of(st.just(float("nan")), st.floats(0.1, 1e6))


@settings(max_examples=50, deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 7)), elements=cells))
@pytest.mark.parametrize("minimum", [1, 2])
def test_middle_of_others_as_computed_one_by_one(minimum, table):
    low, high = middle_of_others(frame_of(table), minimum=minimum)
    for result, method in ((low, "lower"), (high, "higher")):
        expected = [
            one_by_one(row, position, minimum, method)
            for row in table
            for position in range(table.shape[1])
        ]
        np.testing.assert_allclose(result["x"].to_numpy(), expected)


def test_enterprises_with_different_years():
    index = pd.MultiIndex.from_tuples(
        [("a", 2020), ("a", 2023), ("b", 2021), ("b", 2022), ("b", 2023)],
        names=["enterprise_id", "year"],
    )
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, 5.0]}, index=index)
    low, high = middle_of_others(frame, minimum=1)
    assert low["x"].tolist() == [2.0, 1.0, 4.0, 3.0, 3.0]
    assert high["x"].tolist() == [2.0, 1.0, 5.0, 5.0, 4.0]


def test_ratio_is_one_between_the_two_middle_values():
    ratio = ratio_to_others(frame_of([[3.0, 5.0, 4.0, 40.0, 1.0]]))["x"]
    # others of 3: 1, 4, 5, 40 → over 4; of 4: 1, 3, 5, 40 → between 3 and 5
    assert ratio.tolist() == pytest.approx([3 / 4, 5 / 4, 1.0, 10.0, 1 / 4])


def test_borne_out_by_the_nearest_known_year():
    values = frame_of([[1.0, np.nan, 2.0, 100.0, np.nan]])
    assert borne_out(values, 3.0)["x"].tolist() == [True, False, True, False, False]
    assert not borne_out(frame_of([[1.0], [1.0]]), 3.0)["x"].any()


def test_within_is_inclusive_and_false_where_missing():
    ratio = pd.DataFrame({"x": [0.5, 2.0, 2.1, 0.4, np.nan]})
    assert within(ratio, 2.0)["x"].tolist() == [True, True, False, False, False]
