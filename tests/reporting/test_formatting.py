import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.formatting import (
    format_change,
    format_number,
    format_percent,
    format_range,
    tagged,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0, "0"),
        (0.0456, "0.0456"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (99_999.5, "100,000"),
        (-12_345, "−12,345"),
        (math.inf, "∞"),
        (1e-9, "0.000000"),
    ],
)
def test_format_number_default_digits(value, shown):
    assert format_number(value) == shown


def test_format_number_never_prints_minus_zero():
    assert format_number(-0.004, 1) == "0.0"


def test_missing_is_never_zero():
    assert format_percent(None) == "–"
    assert format_change(math.nan) == "–"
    assert format_range(None, 1.0) == "–"


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_format_number_keeps_the_value_within_its_digits(value):
    shown = format_number(value, 2).replace(",", "").replace("−", "-")
    assert float(shown) == pytest.approx(value, abs=0.00500001)


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_format_change_is_signed_unless_zero(value):
    shown = format_change(value)
    assert shown[0] in "+−" or float(shown) == 0


def test_tagged_marks_proposals_only():
    assert tagged("1", "P") == "1 [P]"
    assert tagged("1", "GK") == "1 [GK]"
    assert tagged("1", "C") == "1"
    assert tagged("1", None) == "1"
