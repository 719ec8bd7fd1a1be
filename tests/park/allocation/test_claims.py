import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.park.allocation.claims import (
    benchmark_claims,
    benchmarks,
    entropy_shares,
    intensity_claims,
    mixing_path,
)

BASIS = pd.DataFrame(
    {
        "activity": [1.0, 3, 10, 10, 10, 4],
        "history_intensity": [2.0, 2, 5, 7, np.nan, 1],
        "group": ["A", "A", "A", "A", "A", "B"],
    }
)


def test_benchmark_takes_the_best_and_their_equals():
    """Best 25 % of four is one of intensity 2, and the other one like it."""
    table = benchmarks(BASIS, best_share=0.25)
    assert table.loc["A"].tolist() == [4, 2, 2.0]
    assert table.loc["B", "enterprises"] == 1
    assert np.isnan(table.loc["B", "benchmark"])
    # park: best 25 % of five are two: 1 and 2, with all of intensity 2
    assert table.loc["", "benchmark"] == pytest.approx((4 * 1 + 4 * 2) / 8)


def test_benchmark_claims_of_the_park_where_the_group_has_none():
    table = benchmarks(BASIS, best_share=0.25)
    assert np.isnan(benchmark_claims(BASIS, table).iloc[5])
    assert benchmark_claims(BASIS, table, park_wide=True).iloc[5] == pytest.approx(6)


def test_intensity_claims_decline():
    assert intensity_claims(BASIS, 0.9).iloc[2] == pytest.approx(45)
    assert np.isnan(intensity_claims(BASIS, 0.9).iloc[4])


def test_entropy_shares_by_hand():
    """Only one indicator: its shares; less is better: inverse shares."""
    values = pd.DataFrame({"x": [1.0, 4.0]})
    assert entropy_shares(values, {"x": 1})[0].tolist() == [0.2, 0.8]
    assert entropy_shares(values, {"x": -1})[0].tolist() == pytest.approx([0.8, 0.2])


def test_entropy_shares_zero_counts_as_the_least_positive():
    values = pd.DataFrame({"x": [0.0, 2.0, 4.0]})
    shares, _ = entropy_shares(values, {"x": -1})
    assert shares.tolist() == pytest.approx([0.4, 0.4, 0.2])


def test_entropy_shares_refuse():
    values = pd.DataFrame({"x": [1.0, np.nan]})
    with pytest.raises(ParameterError, match="x 没有方向"):
        entropy_shares(values, {})
    with pytest.raises(ParameterError, match="没有指标"):
        entropy_shares(values[[]], {})
    with pytest.raises(MethodError, match="没有企业的全部指标"):
        entropy_shares(values.iloc[1:], {"x": 1})


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=10)
)
def test_entropy_shares_sum_to_one(rows):
    values = pd.DataFrame(rows, columns=["a", "b"])
    shares, weights = entropy_shares(values, {"a": 1, "b": -1})
    assert shares.sum() == pytest.approx(1)
    assert weights.sum() == pytest.approx(1)
    assert (shares >= 0).all()


def test_mixing_path_refuses():
    assert mixing_path(1).tolist() == [0.7]
    with pytest.raises(ParameterError, match="混合法路径"):
        mixing_path(0)
