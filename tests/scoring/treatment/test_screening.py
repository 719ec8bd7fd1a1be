import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import ParameterError
from synergy_lib.scoring.treatment import screen_units


def gaps(*missing):
    """Return ten indicators of units that lack the first so many values."""
    rows = [[np.nan] * count + [0.0] * (10 - count) for count in missing]
    return pd.DataFrame(rows, index=[f"u{count}" for count in missing])


def test_screen_units_keeps_a_share_that_is_just_enough():
    done = screen_units(gaps(0, 1, 2, 10), 0.9)
    assert list(done.values.index) == ["u0", "u1"]
    assert done.shares.to_dict() == {"u0": 1.0, "u1": 0.9, "u2": 0.8, "u10": 0.0}
    assert done.dropped.to_dict() == {"u2": 0.8, "u10": 0.0}


def test_screen_units_default_is_two_thirds():
    assert list(screen_units(gaps(0, 3, 4)).values.index) == ["u0", "u3"]
    thirds = pd.DataFrame([[1.0, 1.0, np.nan]])
    assert len(screen_units(thirds).values) == 1


def test_screen_units_zero_keeps_all_and_one_only_the_complete():
    assert len(screen_units(gaps(0, 10), 0.0).values) == 2
    assert list(screen_units(gaps(0, 1), 1.0).values.index) == ["u0"]
    with pytest.raises(ParameterError, match="0–1"):
        screen_units(gaps(0), 90)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=8), st.floats(0, 1))
def test_screen_units_every_unit_is_kept_or_dropped(missing, share):
    values = gaps(*missing).set_axis(range(len(missing)), axis=0)
    done = screen_units(values, share)
    assert sorted([*done.values.index, *done.dropped.index]) == list(values.index)
    assert (done.dropped < share).all()
