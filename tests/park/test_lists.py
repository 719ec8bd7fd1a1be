import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.park.lists import (
    LISTS,
    ListCriteria,
    cumulative_members,
    three_lists,
)

AMOUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=20)


@pytest.fixture
def park():
    return pd.DataFrame(
        {
            "co2e_t": [30_000, 14_000, 5_000, 2_000, np.nan],
            "energy_tce": [12_000, 6_000, 1_500, 500, 3_000],
            "permit_class": ["重点管理", "简化管理", "简化管理", np.nan, "登记管理"],
            "cod_kg": [100.0, 900, 50, 20, 10],
            "nh3n_kg": [10.0, 10, 10, 10, 10],
            "vocs_kg": [10.0, 10, 10, 900, np.nan],
        },
        index=pd.Index(list("ABCDE"), name="enterprise_id"),
    )


def listed(result, name):
    return result.units.index[result.units[name]].tolist()


def test_cumulative_members_includes_the_unit_that_crosses():
    """50 of 100 is short of 65; 50 + 30 crosses it."""
    found = cumulative_members(pd.Series([30.0, 50, 15, 5]), 0.65)
    assert found.tolist() == [True, True, False, False]


def test_cumulative_members_stops_when_the_share_is_met_exactly():
    assert cumulative_members(pd.Series([65.0, 35.0]), 0.65).tolist() == [True, False]


def test_cumulative_members_treats_equals_alike():
    assert cumulative_members(pd.Series([10.0] * 4), 0.30).all()


def test_cumulative_members_share_one_takes_all_but_zeros():
    found = cumulative_members(pd.Series([0.1, 0.2, 0.3, 0.0]), 1.0)
    assert found.tolist() == [True, True, True, False]


def test_cumulative_members_of_nothing():
    assert not cumulative_members(pd.Series([0.0, 0.0]), 0.65).any()
    assert not cumulative_members(pd.Series([np.nan, np.nan]), 0.65).any()
    assert cumulative_members(pd.Series([5.0, np.nan]), 0.65).tolist() == [True, False]


def test_cumulative_members_refuses_negative_amounts():
    with pytest.raises(MethodError, match="企业 1：数值 -2 为负"):
        cumulative_members(pd.Series([5.0, -2.0]), 0.65)


@given(AMOUNTS, st.floats(0.05, 1.0))
def test_cumulative_members_reach_the_share_and_not_one_more(amounts, share):
    values = pd.Series(amounts)
    found = cumulative_members(values, share)
    total = values.sum()
    assert values[found].sum() >= share * total * (1 - 1e-9)
    if found.any():
        smallest = values[found].min()
        assert values[values > smallest].sum() <= share * total * (1 + 1e-9)


@given(st.permutations([5.0, 5.0, 20.0, 1.0, 40.0, 0.0]), st.floats(0.1, 1.0))
def test_cumulative_members_do_not_depend_on_order(amounts, share):
    found = cumulative_members(pd.Series(amounts), share)
    again = cumulative_members(pd.Series(amounts[::-1]), share)
    assert found.tolist() == again.tolist()[::-1]


def test_three_lists_members_and_reasons(park):
    result = three_lists(park)
    assert listed(result, "carbon") == ["A", "B"]
    assert listed(result, "energy") == ["A", "B"]
    assert listed(result, "energy_watch") == ["C", "E"]
    units = result.units
    assert units.loc["A", "carbon_statutory"]
    assert not units.loc["B", "carbon_statutory"]
    assert units.loc["B", "carbon_basis"] == "园区≥13,000 t [P]、累计前65% [P]"
    assert units.loc["B", "energy_basis"] == "可指定：5,000–10,000 tce"
    assert units.loc["C", "energy_basis"] == ""
    assert units.loc["C", "energy_watch_basis"] == "园区关注：1,000–5,000 tce"
    assert units.loc["A", "carbon_basis"] == "法定≥26,000 t、累计前65% [P]"
    assert units.loc["A", "energy_basis"] == "法定≥10,000 tce"
    assert "法定：许可重点管理" in units.loc["A", "pollutant_basis"]
    assert "COD累计前65%" in units.loc["B", "pollutant_basis"]
    assert "VOCs累计前65%" in units.loc["D", "pollutant_basis"]


def test_three_lists_key_control_is_on_all_three(park):
    result = three_lists(park)
    assert listed(result, "is_key_control") == ["A", "B"]
    assert result.units["count"].tolist() == [3, 3, 1, 1, 1]


def test_three_lists_overlaps_count_every_enterprise_once(park):
    result = three_lists(park)
    assert result.overlaps.sum() == len(park)
    assert result.overlaps["carbon+pollutant+energy"] == 2
    assert result.overlaps["none"] == (result.units["count"] == 0).sum()


def test_three_lists_members_are_sorted_with_shares(park):
    members = three_lists(park).members
    carbon = members["carbon"]
    assert carbon.index.tolist() == ["A", "B"]
    assert carbon["share"].tolist() == pytest.approx([30 / 51, 14 / 51])
    assert carbon["cumulative_share"].tolist() == pytest.approx([30 / 51, 44 / 51])
    assert carbon["rank"].tolist() == [1, 2]
    assert members["pollutant"].index[0] == "D"  # 97 % of the VOCs
    assert members["energy"]["value"].tolist() == [12_000, 6_000]


def test_three_lists_watch_those_below_the_energy_list(park):
    """E uses 3000 and C 1500 of 23 000 tce; nobody is on both, none is statutory."""
    result = three_lists(park)
    watched = result.energy_watch
    assert watched.index.tolist() == ["E", "C"]
    assert watched["share"].tolist() == pytest.approx([3 / 23, 1.5 / 23])
    assert not watched["statutory"].any()
    assert not (result.units["energy"] & result.units["energy_watch"]).any()


def test_three_lists_unknown_is_neither_in_nor_out(park):
    result = three_lists(park.drop(columns="nh3n_kg"))
    assert result.unknown == {"carbon": ("E",), "pollutant": ("E",), "energy": ()}


def test_three_lists_without_any_figure_lists_nobody(park):
    result = three_lists(park[[]])
    assert not result.units[list(LISTS)].any(axis=None)
    assert result.unknown["carbon"] == tuple("ABCDE")
    assert result.unknown["pollutant"] == tuple("ABCDE")
    assert all(members.empty for members in result.members.values())


def test_three_lists_thresholds_are_inclusive():
    data = pd.DataFrame(
        {"co2e_t": [26_000.0, 1e6], "energy_tce": [10_000.0, 999.9]}, index=["A", "B"]
    )
    result = three_lists(data)
    assert result.units.loc["A", "carbon_statutory"]
    assert result.units.loc["A", "energy_statutory"]
    assert not result.units.loc["B", ["energy", "energy_watch"]].any()


def test_three_lists_with_other_criteria(park):
    criteria = ListCriteria(carbon_park_t=4_000.0, energy_watch_tce=400.0)
    result = three_lists(park, criteria)
    assert listed(result, "carbon") == ["A", "B", "C"]
    assert listed(result, "energy") == ["A", "B"]
    assert listed(result, "energy_watch") == ["C", "D", "E"]
    assert result.criteria is criteria


def test_three_lists_refuses_an_enterprise_twice(park):
    with pytest.raises(MethodError, match="企业 A：同一年出现两次"):
        three_lists(pd.concat([park, park.head(1)]))


def test_criteria_are_checked_together():
    with pytest.raises(ParameterError) as caught:
        ListCriteria(
            carbon_cumulative=1.2, carbon_park_t=30_000.0, energy_watch_tce=6_000.0
        )
    assert len(caught.value.problems) == 3
    assert "1.2 超出范围" in str(caught.value)


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=12), st.integers(0, 5))
def test_three_lists_do_not_depend_on_the_order_of_rows(amounts, seed):
    data = pd.DataFrame({"co2e_t": amounts, "energy_tce": amounts, "cod_kg": amounts})
    mixed = data.sample(frac=1, random_state=seed)
    expected = three_lists(data).units
    pd.testing.assert_frame_equal(three_lists(mixed).units.sort_index(), expected)
