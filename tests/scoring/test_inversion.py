"""Scoring rules read backwards."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError
from synergy_lib.scoring.inversion import value_for_score
from synergy_lib.scoring.normalization import apply_rules, goalposts

anchor = st.floats(-1e3, 1e3).map(lambda v: round(v, 2))


@given(
    points=st.floats(0.01, 100),
    ends=st.tuples(anchor, anchor).filter(lambda e: abs(e[0] - e[1]) > 0.01),
)
def test_the_value_of_a_score_has_that_score(points, ends):
    low, high = ends
    relation, value = value_for_score(
        np.array([points]), "PCT", baseline=low, benchmark=high
    )
    assert goalposts(value, low, high)[0] == pytest.approx(points, abs=1e-6)
    better = value + (1 if relation[0] == ">=" else -1)
    assert goalposts(better, low, high)[0] >= points - 1e-6


def test_tiers():
    text = "<=0.6:100;<=0.8:85;<=1.2:70;>1.2:20"
    relation, value = value_for_score(np.array([85.0, 100.0]), "TIER", tiers=text)
    assert relation.tolist() == ["<=", "<="]
    assert value.tolist() == [0.8, 0.6]
    relation, value = value_for_score(np.array([80.0]), "TIER", tiers="3:100;2:80")
    assert (relation[0], value[0]) == ("=", 2.0)
    with pytest.raises(MethodError, match="没有90分的一级"):
        value_for_score(np.array([90.0]), "TIER", tiers=text)


def test_every_tier_of_the_scheme_comes_back(taizhou):
    table = taizhou.framework.indicators
    anchors = pd.DataFrame(np.nan, table.index, ["baseline", "benchmark"])
    for code, row in table[table["rule"] == "TIER"].iterrows():
        points = np.array([50.0, 100.0] if code in ("A2", "D5") else [100.0])
        relation, value = value_for_score(points, "TIER", tiers=row["tiers"])
        assert set(relation) <= {"<=", "="}
        frame = pd.DataFrame({code: value})
        scored = apply_rules(frame, table.loc[[code]], anchors)
        assert scored[code].tolist() == points.tolist()
