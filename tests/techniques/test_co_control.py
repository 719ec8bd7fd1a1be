import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.techniques.co_control import QUADRANTS, co_control


def test_co_control_elasticity_vector(shared):
    path = shared("data", "method_vectors", "vectors.json")
    case = json.loads(path.read_text())["elasticity"]
    x = 1 - case["P"][1] / case["P"][0]
    y = 1 - case["C"][1] / case["C"][0]
    row = co_control([x], [y]).iloc[0]
    assert (row["x"], row["y"]) == pytest.approx((case["x"], case["y"]))
    assert row["elasticity"] == pytest.approx(case["El"])
    assert row["quadrant"] == case["quadrant"]
    assert row["angle_deg"] == pytest.approx(26.565, abs=1e-3)
    assert row["radius"] == pytest.approx(math.hypot(0.1, 0.05))


@pytest.mark.parametrize(
    ("x", "y", "quadrant"),
    [
        (0.1, 0.1, "I"),
        (-0.1, 0.1, "II"),
        (-0.1, -0.1, "III"),
        (0.1, -0.1, "IV"),
        (0.0, 0.1, "axis"),
        (0.1, 0.004, "axis"),
        (math.nan, 0.1, ""),
        (0.1, math.nan, ""),
    ],
)
def test_co_control_quadrants(x, y, quadrant):
    assert co_control([x], [y])["quadrant"].tolist() == [quadrant]
    assert quadrant in QUADRANTS


def test_co_control_same_elasticity_in_opposite_quadrants():
    table = co_control([0.1, -0.1], [-0.05, 0.05])
    assert table["elasticity"].tolist() == [-0.5, -0.5]
    assert table["quadrant"].tolist() == ["IV", "II"]


def test_co_control_elasticity_is_undefined_near_zero_not_large():
    assert math.isnan(co_control([0.004], [0.5])["elasticity"].iloc[0])
    assert co_control([0.005], [0.5])["elasticity"].iloc[0] == pytest.approx(100)


def test_co_control_keeps_the_index():
    y = pd.Series([0.1, 0.2], index=["a", "b"])
    assert co_control(y, y).index.tolist() == ["a", "b"]


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0.1, 10))
def test_co_control_angle_depends_on_the_ratio_only(x, y, scale):
    one, other = co_control([x, x * scale], [y, y * scale])["angle_deg"]
    assert np.isclose(one, other)
