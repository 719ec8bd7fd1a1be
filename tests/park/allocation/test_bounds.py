import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synergy_lib.errors import MethodError
from synergy_lib.park.allocation.bounds import least_bound, water_fill


@st.composite
def filled(draw):
    count = draw(st.integers(1, 15))
    column = arrays(np.float64, count, elements=st.floats(0.01, 1e5))
    claims, low, width = draw(column), draw(column), draw(column)
    high = low + width
    place = draw(st.floats(0, 1))
    return claims, low, high, float(low.sum() + place * width.sum())


@given(filled())
def test_water_fill_meets_total_and_bounds(case):
    claims, low, high, total = case
    found = water_fill(claims, low, high, total)
    assert found.sum() == pytest.approx(total, rel=1e-9)
    assert (found >= low * (1 - 1e-12)).all()
    assert (found <= high * (1 + 1e-12)).all()
    inside = (found > low * (1 + 1e-6)) & (found < high * (1 - 1e-6))
    if inside.sum() > 1:
        scales = found[inside] / claims[inside]
        assert np.ptp(scales) <= 1e-6 * scales.max()


def test_water_fill_without_upper_bounds():
    claims, none = np.array([1.0, 3.0]), np.full(2, np.inf)
    np.testing.assert_allclose(water_fill(claims, np.zeros(2), none, 8.0), [2, 6])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0], [0.0], [2.0], 3.0), "总量 3.0 不在 0.0–2.0 之间"),
        (([0.0], [0.0], [2.0], 1.0), "申请量须为正数"),
        (([1.0], [3.0], [2.0], 1.0), "下限"),
    ],
)
def test_water_fill_refuses(arguments, message):
    *columns, total = arguments
    with pytest.raises(MethodError, match=message):
        water_fill(*(np.array(column) for column in columns), total)


def test_least_bound_of_a_rising_cap():
    assert least_bound(100, 130, 0.1) == pytest.approx(0.3)
