"""Treatment of outliers; skew and kurtosis as a spreadsheet gives them.

x = 1 … 10 and 100: SKEW 3.2486, KURT 10.6827, so it fails; with 100 drawn in to 10
it is 1 … 10, 10: skew −0.1, and passes (the case of COINr's own tests).
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.treatment import clip_percentiles, shape, treat_outliers

ONE = [*range(1, 11), 100]
TWO = [*range(1, 21), 100, 200]
MANY = [*range(1, 101), *range(1000, 1007)]


def frame(*columns):
    return pd.DataFrame({f"i{k}": map(float, c) for k, c in enumerate(columns)})


def test_shape_agrees_with_scipy_and_ignores_the_unit():
    values = np.array(TWO, dtype=float)
    expected = [stats.skew(values, bias=False), stats.kurtosis(values, bias=False)]
    for factor in (1.0, 1e-12, -1e9):
        row = shape(pd.DataFrame({"x": values * factor})).loc["x"]
        assert row["skew"] == pytest.approx(np.sign(factor) * expected[0])
        assert row["kurtosis"] == pytest.approx(expected[1])


def test_shape_edge_cases():
    values = pd.DataFrame({"flat": [3.0] * 5, "few": [1.0, 2.0, 9.0, np.nan, np.nan]})
    table = shape(values)
    assert table.isna().all(axis=None)
    # Ten times 0.1 has no spread, whatever the sum of their squares says.
    assert shape(pd.DataFrame({"x": [0.1] * 10})).isna().all(axis=None)


def test_treat_outliers_one_point_by_hand():
    done = treat_outliers(frame(ONE, [-x for x in ONE]))
    assert done.values["i0"].tolist() == [*range(1, 11), 10]
    assert done.values["i1"].tolist() == [*range(-1, -11, -1), -10]
    table = done.table.loc["i0"]
    assert table["skew_before"] == pytest.approx(stats.skew(ONE, bias=False))
    assert table["kurtosis_before"] == pytest.approx(stats.kurtosis(ONE, bias=False))
    assert table[["winsorised", "transformation", "passes", "note"]].tolist() == [
        1, "", True, "",
    ]  # fmt: skip
    assert done.changed["i0"].tolist() == [False] * 10 + [True]


def test_treat_outliers_one_at_a_time_from_the_side_of_the_skew():
    done = treat_outliers(frame(TWO))
    assert done.values["i0"].tolist() == [*range(1, 21), 20, 20]
    assert done.table.loc["i0", "winsorised"] == 2


def test_treat_outliers_at_most_so_many_then_log_of_the_original():
    values = frame(TWO)
    x = values["i0"]
    done = treat_outliers(values, maximum_winsorised=1)
    expected = np.log(x - 1 + 0.01 * 199)
    np.testing.assert_allclose(done.values["i0"], expected)
    row = done.table.loc["i0"]
    assert row[["winsorised", "transformation", "passes"]].tolist() == [0, "log", True]
    assert row["skew_after"] == pytest.approx(stats.skew(expected, bias=False))
    assert done.changed["i0"].all()
    plus_one = treat_outliers(
        values, maximum_winsorised=1, transformation="log_plus_one"
    )
    np.testing.assert_allclose(plus_one.values["i0"], np.log(x))
    square_root = treat_outliers(
        values, maximum_winsorised=1, transformation="box_cox", box_cox_lambda=0.5
    )
    np.testing.assert_allclose(square_root.values["i0"], 2 * (np.sqrt(x) - 1))
    likely = treat_outliers(values, maximum_winsorised=1, transformation="box_cox")
    np.testing.assert_allclose(likely.values["i0"], stats.boxcox(x)[0], rtol=1e-5)


def test_treat_outliers_none_keeps_the_drawn_in_values():
    done = treat_outliers(frame(TWO), maximum_winsorised=1, transformation="none")
    assert done.values["i0"].tolist() == [*range(1, 21), 100, 100]
    row = done.table.loc["i0"]
    assert row[["winsorised", "transformation", "passes"]].tolist() == [1, "", False]
    assert row["note"] == "处理后仍偏斜"


def test_treat_outliers_values_alike_move_together_or_not_at_all():
    three = frame([*range(1, 31), 500, 500, 500])
    done = treat_outliers(three)
    assert done.table.loc["i0", "winsorised"] == 3
    assert done.values["i0"].tolist() == [*range(1, 31), 30, 30, 30]
    # Two of them may move, three would be too many: nothing moves, so the log.
    limited = treat_outliers(three, maximum_winsorised=2, transformation="none")
    assert limited.table.loc["i0", "winsorised"] == 0
    assert not limited.changed.any(axis=None)


def test_treat_outliers_never_makes_an_indicator_constant():
    rare = frame([0] * 9 + [1])
    done = treat_outliers(rare, transformation="none")
    pd.testing.assert_frame_equal(done.values, rare)
    assert not done.table.loc["i0", "passes"]


def test_treat_outliers_missing_constant_and_few():
    values = pd.DataFrame(
        {
            "gap": [*map(float, ONE), np.nan],
            "flat": [2.0] * 12,
            "few": [1.0, 2.0, 900.0] + [np.nan] * 9,
        }
    )
    done = treat_outliers(values)
    assert np.isnan(done.values["gap"].iloc[-1])
    assert done.values["gap"].iloc[-2] == 10.0
    assert not done.changed[["flat", "few"]].any(axis=None)
    for name in ("flat", "few"):
        assert pd.isna(done.table.loc[name, "passes"])
        assert "无法判断" in done.table.loc[name, "note"]


def test_treat_outliers_errors():
    with pytest.raises(ParameterError) as caught:
        treat_outliers(frame(ONE), skew_limit=-1, transformation="sqrt")
    assert len(caught.value.problems) == 2
    with pytest.raises(MethodError, match="无穷大"):
        treat_outliers(frame([1, np.inf]))


@given(
    st.lists(st.integers(-50, 50), min_size=4, max_size=30),
    st.integers(0, 10**6),
    st.sampled_from(["log", "log_plus_one", "box_cox", "none"]),
)
def test_treat_outliers_keeps_order_and_limit(column, extreme, transformation):
    values = frame([*column, extreme])
    done = treat_outliers(values, transformation=transformation, box_cox_lambda=0.3)
    order = np.argsort(values["i0"].to_numpy(), kind="stable")
    assert (np.diff(done.values["i0"].to_numpy()[order]) >= -1e-9).all()
    row = done.table.loc["i0"]
    assert row["winsorised"] <= 5
    if pd.isna(row["passes"]):
        assert not done.changed.any(axis=None)
        return
    if not row["transformation"]:
        assert done.changed["i0"].sum() <= 5
    expected = not (abs(row["skew_after"]) >= 2 and row["kurtosis_after"] >= 3.5)
    assert row["passes"] == expected


@given(st.floats(1e-9, 1e9))
def test_treat_outliers_does_not_depend_on_the_unit(factor):
    columns = ["winsorised", "transformation", "passes"]
    for values in (frame(TWO), frame(MANY)):
        plain, other = treat_outliers(values), treat_outliers(values * factor)
        pd.testing.assert_frame_equal(plain.table[columns], other.table[columns])
        if plain.table.loc["i0", "transformation"]:
            # A logarithm is shifted by that of the factor.
            expected = plain.values + np.log(factor)
        else:
            expected = plain.values * factor
        np.testing.assert_allclose(other.values, expected, rtol=1e-9, atol=1e-9)


def test_clip_percentiles_by_hand():
    # 0 … 20: P5 = 1, P95 = 19.
    values = pd.DataFrame({"a": [*map(float, range(21)), np.nan], "n": [np.nan] * 22})
    done = clip_percentiles(values)
    assert done.values["a"].iloc[:21].tolist() == [1.0, *range(1, 20), 19.0]
    assert np.isnan(done.values["a"].iloc[21])
    assert done.values["n"].isna().all()
    assert done.table.loc["a"].tolist() == [1.0, 19.0, 1, 1]
    assert done.table.loc["n", ["cut_low", "cut_high"]].tolist() == [0, 0]
    with pytest.raises(ParameterError, match="low < high"):
        clip_percentiles(values, 95, 5)
