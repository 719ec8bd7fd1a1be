"""Required paths, gaps and verdicts against the values of methods §6.10."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, MethodError, ParameterError
from synergy_lib.outlook.targets.gap import (
    REASONS,
    STATUSES,
    path_rate,
    required_path,
    target_gap,
)

ROW = {
    "kind": "relative_cut",
    "comparison": "<=",
    "target": 20.0,
    "base_year": 2020,
    "target_year": 2025,
    "path": "geometric",
    "year": 2022,
    "base_value": 100.0,
    "value": 90.0,
}


def judge(**cells):
    return target_gap(pd.DataFrame([ROW | cells])).iloc[0]


def test_required_path_printed_values():
    # methods §6.10 [C]: R = 20 %, 2020 → 2025, four decimals
    share = np.arange(6) / 5
    np.testing.assert_allclose(
        required_path(1, 0.8, share),
        [1, 0.9564, 0.9146, 0.8747, 0.8365, 0.8],
        atol=5e-5,
    )
    np.testing.assert_allclose(
        required_path(1, 0.8, share, "linear"), [1, 0.96, 0.92, 0.88, 0.84, 0.8]
    )


def test_required_path_unknown():
    with pytest.raises(ParameterError, match="最接近的是“linear”"):
        required_path(1, 0.8, 0.5, "liner")


def test_target_gap_by_hand():
    row = judge()
    assert row["status"] == "on_track"
    assert row["target_value"] == 80.0
    assert row["required_value"] == pytest.approx(91.461, abs=5e-4)
    assert row["gap"] == pytest.approx(-1.461, abs=5e-4)
    assert row["gap_pct"] == pytest.approx(-1.5974, abs=5e-4)
    assert row["achieved_share"] == pytest.approx(0.5)  # 10 of 20
    assert row["required_rate"] == pytest.approx(1 - (80 / 90) ** (1 / 3))
    assert row["path_rate"] == pytest.approx(1 - 0.8**0.2)
    assert not row["is_final"]
    assert judge(value=92.0)["status"] == "behind"
    assert judge(value=92.0, path="linear")["status"] == "on_track"  # exactly 92


@pytest.mark.parametrize("year", [2025, 2030])
def test_target_gap_only_a_verdict_once_due(year):
    row = judge(year=year, value=80.0)
    assert (row["status"], row["is_final"]) == ("met", True)
    assert np.isnan(row["required_rate"])
    assert judge(year=year, value=80.1)["status"] == "missed"
    assert judge(year=year, value=np.nan)["reason"] == "no_final_value"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"base_value": np.nan}, "no_base_value"),
        ({"base_value": 0.0}, "base_not_positive"),
        ({"base_value": -1.0}, "base_not_positive"),
        ({"value": np.nan}, "no_value"),
        ({"value": -1.0}, "negative_value"),
        ({"base_year": 2026}, "years_reversed"),
        ({"base_year": 2025}, "years_reversed"),
        ({"base_year": None}, "no_base_year"),
        ({"year": 2019}, "before_base"),
        ({"kind": "count"}, "not_a_path"),
        ({"target": np.nan}, "not_a_path"),
        ({"comparison": "="}, "not_a_path"),
        ({"target": 100.0}, "no_geometric_path"),
        ({"kind": "level", "target": 0.0}, "no_geometric_path"),
    ],
)
def test_target_gap_states_why_not(cells, reason):
    row = judge(**cells)
    assert (row["status"], row["reason"]) == ("not_computable", reason)
    assert (row["reason_zh"], row["reason_en"]) == REASONS[reason]
    assert np.isnan([row["required_value"], row["gap"], row["achieved_share"]]).all()


def test_target_gap_base_year_is_no_verdict():
    row = judge(year=2020, value=100.0)
    assert (row["status"], row["gap"]) == ("base_year", 0.0)


def test_target_gap_zero_value():
    row = judge(value=0.0)
    assert row["status"] == "on_track"
    assert np.isnan(row["required_rate"])


def test_target_gap_levels_up_and_down():
    down = {"kind": "level", "target": 50.0}
    assert judge(**down)["required_value"] == pytest.approx(100 * 0.5**0.4)
    up = {"kind": "level", "target": 200.0, "comparison": ">="}
    assert judge(**up, value=140.0)["status"] == "on_track"
    assert judge(**up, value=120.0)["status"] == "behind"
    assert judge(**up, year=2025, value=199.0)["status"] == "missed"
    below = {"kind": "level", "target": 90.0, "comparison": "<", "year": 2025}
    assert judge(**below, value=90.0)["status"] == "missed"
    assert judge(**below | {"comparison": "<="}, value=90.0)["status"] == "met"


def test_target_gap_level_met_in_the_base_year_must_stay_met():
    row = judge(kind="level", target=120.0, value=125.0)
    assert (row["status"], row["required_value"]) == ("behind", 120.0)
    assert np.isnan(row["achieved_share"])


def test_target_gap_level_without_base_gets_its_verdict_when_due():
    cells = {"kind": "level", "target": 95.0, "base_year": None, "base_value": np.nan}
    assert judge(**cells)["reason"] == "no_base_year"
    assert judge(**cells, year=2025)["status"] == "met"


def test_target_gap_refuses_rubbish():
    with pytest.raises(InputDataError, match="base_value"):
        target_gap(pd.DataFrame([ROW]).drop(columns="base_value"))
    with pytest.raises(MethodError, match="无穷大"):
        judge(value=np.inf)
    with pytest.raises(ParameterError, match="没有比较"):
        judge(comparison="<<")


def test_statuses_and_reasons_have_both_languages():
    assert all(zh and en for zh, en in STATUSES.values())
    assert all(zh and en for key, (zh, en) in REASONS.items() if key)


@given(
    base=st.floats(1e-3, 1e6),
    cut=st.floats(0.1, 99.0),
    share=st.floats(0, 1),
    path=st.sampled_from(["geometric", "linear"]),
)
def test_required_path_lies_between_base_and_target(base, cut, share, path):
    target = base * (1 - cut / 100)
    found = float(required_path(base, target, share, path))
    assert target * (1 - 1e-9) <= found <= base * (1 + 1e-9)
    linear = float(required_path(base, target, share, "linear"))
    assert float(required_path(base, target, share)) <= linear * (1 + 1e-9)


@given(
    value=st.floats(1.0, 200.0),
    cut=st.floats(1.0, 90.0),
    scale=st.floats(1e-3, 1e3),
    year=st.integers(2021, 2024),
)
def test_target_gap_does_not_depend_on_the_unit(value, cut, scale, year):
    given_row = {"value": value, "target": cut, "year": year}
    one = judge(**given_row)
    other = judge(**given_row | {"value": value * scale}, base_value=100 * scale)
    if abs(one["gap"]) > 1e-6:
        assert one["status"] == other["status"]
    assert other["achieved_share"] == pytest.approx(one["achieved_share"], rel=1e-6)
    # The required rate leads from the value to the target exactly.
    rate, left = one["required_rate"], 2025 - year
    assert value * (1 - rate) ** left == pytest.approx(100 - cut, rel=1e-9)


def test_path_rate_adds_up():
    rate = path_rate([0.1, 0.5], [3, 10])
    np.testing.assert_allclose((1 - rate) ** [3, 10], [0.9, 0.5], rtol=1e-12)
