import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synergy_lib.errors import InputDataError, MethodError
from synergy_lib.scoring.treatment import impute_by_group


@pytest.fixture
def values():
    return pd.DataFrame(
        {
            "a": [1.0, 3.0, 11.0, np.nan, np.nan, np.nan],
            "b": [0.0, np.nan, 0.0, 4.0, np.nan, 5.0],
        },
        index=list("uvwxyz"),
    )


@pytest.fixture
def groups():
    return pd.Series(["p", "p", "p", "p", "q", None], index=list("uvwxyz"))


def test_impute_by_group_mean_and_median_by_hand(values, groups):
    mean = impute_by_group(values, groups)
    np.testing.assert_array_equal(mean.values["a"], [1, 3, 11, 5, np.nan, np.nan])
    assert mean.values["b"]["v"] == pytest.approx(4 / 3)
    median = impute_by_group(values, groups, "median")
    assert median.values.loc["x", "a"] == 3.0
    # Zeros are values: the median of 0, 0 and 4.
    assert median.values.loc["v", "b"] == 0.0


def test_impute_by_group_says_what_was_filled_and_what_stayed(values, groups):
    done = impute_by_group(values, groups)
    assert done.filled["a"].tolist() == [False, False, False, True, False, False]
    assert done.unfilled["a"].tolist() == [False] * 4 + [True, True]
    # The group q has no value of b either; z has one, and no group is needed for it.
    assert done.unfilled["b"].tolist() == [False] * 4 + [True, False]
    assert done.counts.loc["a"].to_dict() == {"filled": 1, "unfilled": 2}


def test_impute_by_group_errors(values, groups):
    with pytest.raises(MethodError, match="mean、median"):
        impute_by_group(values, groups, "mode")
    with pytest.raises(InputDataError, match="同一索引"):
        impute_by_group(values, groups.iloc[::-1])


@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(1, 8), st.integers(1, 3)),
        elements=st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)),
    ),
    st.integers(0, 255),
)
def test_impute_by_group_keeps_known_values_and_stays_within_the_group(array, bits):
    values = pd.DataFrame(array)
    groups = pd.Series([bits >> i & 1 for i in range(len(values))])
    done = impute_by_group(values, groups)
    known = values.notna()
    pd.testing.assert_frame_equal(done.values.where(known), values)
    assert (done.filled ^ done.unfilled).equals(~known)
    for _, rows in values.groupby(groups):
        filled = done.values.loc[rows.index]
        slack = 1e-9 * rows.abs().max().fillna(0) + 1e-300
        assert not (filled > rows.max() + slack).any(axis=None)
        assert not (filled < rows.min() - slack).any(axis=None)
