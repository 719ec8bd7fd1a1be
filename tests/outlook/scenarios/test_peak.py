"""A peak is declared by the rule alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synergy_lib.errors import MethodError
from synergy_lib.outlook.scenarios.peak import LATER_YEARS, peak_years


def peak(path, first=2020, last_observed=2020):
    years = range(first, first + len(path))
    return float(peak_years(path, years, last_observed)[0])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([5, 4, 3, 2, 1, 0.5], 2020),  # five later years below
        ([5, 4, 3, 2, 1], np.nan),  # only four
        ([1, 2, 3, 4, 5, 6], np.nan),
        ([1, 9, 8, 8, 8, 8, 8], 2021),
        ([1, 9, 8, 8, 8, 8, 9], np.nan),  # the maximum is reached again
        ([9, 9, 1, 1, 1, 1, 1], 2021),  # the last of two equal ones
        ([3, 3, 3, 3, 3, 3, 3], np.nan),  # a plateau is no peak
        ([np.nan] * 7, np.nan),
    ],
)
def test_peak_years_rule(path, expected):
    assert peak(path) == pytest.approx(expected, nan_ok=True)


def test_peak_years_in_the_observed_years_needs_projected_ones():
    path = [9, 8, 8, 8, 8, 8, 7, 7, 7, 7, 7]
    assert peak(path, first=2014, last_observed=2019) == 2014
    assert np.isnan(peak(path[:-1], first=2014, last_observed=2019))


def test_peak_years_skips_a_year_without_data():
    assert peak([7, np.nan, 6, 5, 5, 5, 5, 5], last_observed=2021) == 2020


def test_peak_years_rounding_is_no_peak():
    growth = np.cumprod(np.r_[100.0, np.full(20, (1 + 0.25) * (1 - 0.2))])
    assert np.isnan(peak(growth))


def test_peak_years_needs_fitting_years():
    with pytest.raises(MethodError, match="由早到晚"):
        peak_years([[1, 2]], [2021, 2020], 2020)
    with pytest.raises(MethodError, match="由早到晚"):
        peak_years([[1, 2]], [2021], 2020)


@given(path=arrays(float, 15, elements=st.floats(1, 1e6)), scale=st.floats(1e-3, 1e3))
def test_peak_years_is_the_maximum_and_has_no_unit(path, scale):
    found = peak(path)
    assert peak(path * scale) == pytest.approx(found, nan_ok=True)
    if not np.isnan(found):
        place = int(found) - 2020
        assert path[place] == pytest.approx(path.max(), rel=1e-8)
        assert len(path) - 1 - place >= LATER_YEARS
        assert (path[place + 1 :] < path.max()).all()
