import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.slicing import slice_park
from synergy_lib.techniques.catalogue import load_catalogue


@pytest.fixture(scope="module")
def park(parks_by_language):
    return parks_by_language["zh"]


def test_every_enterprise_of_the_year_has_a_row(park):
    assert park.enterprises["enterprise_id"].tolist() == [
        f"{number:04d}" for number in range(1, 83)
    ]


def test_headline_counts_the_enterprises(park):
    head = park.headline
    assert head["enterprises"] == sum(head["colours"].values()) == 82
    assert sum(head["grades"].values()) == 82
    assert head["ranked"] == park.enterprises["rank"].notna().sum() == 81
    median = park.enterprises["overall"].median()
    assert head["median_score"] == pytest.approx(median, rel=1e-12)
    severities = park.issues["severity"].value_counts()
    assert [head[k] for k in ("suspect", "warning", "gap")] == [
        severities[k] for k in ("suspect", "warning", "gap")
    ]


def test_scores_are_those_of_the_enterprises_slices(park, all_slices):
    rows = park.enterprises.set_index("enterprise_id")
    for key, data in all_slices.items():
        for name in ("overall", "rank", "grade", "colour", "rank_low", "change"):
            own, shown = data.headline[name], rows.loc[key, name]
            assert shown == own or (own is None and pd.isna(shown)), (key, name)


def test_ranks_follow_the_unrounded_scores(park):
    ranked = park.enterprises.dropna(subset=["rank"]).sort_values("rank")
    assert ranked["overall"].is_monotonic_decreasing
    assert ranked["rank"].iloc[0] == 1
    assert (ranked["rank_low"] <= ranked["rank_high"]).all()


def test_intensity_of_an_enterprise_needs_positive_value_added(park, demo_analysis):
    rows = park.enterprises
    positive = rows["value_added_10k_cny"] > 0
    ratio = rows["co2e_t"] / rows["value_added_10k_cny"]
    shown = rows["co2e_t_per_value_added_10k_cny"]
    pd.testing.assert_series_equal(shown[positive], ratio[positive], check_names=False)
    panel = demo_analysis.panel.copy()
    panel.loc[("0001", 2024), "value_added_10k_cny"] = -5.0
    again = slice_park(replace(demo_analysis, panel=panel)).enterprises
    assert np.isnan(again["co2e_t_per_value_added_10k_cny"].iloc[0])


def test_list_marks_are_those_of_the_lists(park):
    rows = park.enterprises.set_index("enterprise_id")
    kinds = {
        "carbon": "on_carbon_list",
        "pollutant": "on_pollution_list",
        "energy": "on_energy_list",
    }
    for kind, column in kinds.items():
        listed = set(park.lists.loc[park.lists["list"] == kind, "enterprise_id"])
        assert set(rows.index[rows[column]]) == listed
    key = park.lists.loc[park.lists["is_key_control"], "enterprise_id"].unique()
    assert rows.loc[key, list(kinds.values())].all(axis=None)


def test_lists_carry_names_and_amounts(park, demo_analysis):
    row = park.lists[park.lists["list"] == "carbon"].iloc[0]
    key = row["enterprise_id"]
    assert row["co2e_t"] == demo_analysis.accounts.loc[(key, 2024), "co2e_t"]
    names = demo_analysis.data.enterprises["enterprise_name"]
    assert row["enterprise_name"] == names[key]
    assert set(park.lists["list"]) == {"carbon", "pollutant", "energy", "energy_watch"}


def test_techniques_add_up_the_measures(park, demo_analysis):
    measures = demo_analysis.measures
    open_ = measures["plan_status"] != "完成"  # what is done is no potential
    own = measures[(measures["technique_id"] == "T22") & open_]
    done = measures[(measures["technique_id"] == "T22") & ~open_]
    assert done["co2e_mode_t"].sum() > 0
    row = park.measures.set_index("technique_id").loc["T22"]
    assert row["co2e_mode_t"] == pytest.approx(own["co2e_mode_t"].sum(), rel=1e-12)
    assert row["co2e_low_t"] <= row["co2e_mode_t"] <= row["co2e_high_t"]
    assert park.measures["co2e_mode_t"].is_monotonic_decreasing


def test_technique_counts_only_enterprises_whose_effect_is_in_the_sum(
    park, demo_analysis
):
    measures = demo_analysis.measures.dropna(subset=["co2e_mode_t"])
    measures = measures[measures["plan_status"] != "完成"]
    counts = measures.groupby("technique_id")["enterprise_id"].nunique()
    shown = park.measures.set_index("technique_id")["enterprises"]
    assert shown.to_dict() == counts[shown.index].to_dict()


def test_projects_without_a_technique_are_no_technique(park, parks_by_language):
    """Projects that name no technique of the catalogue are not added up as one."""
    techniques = load_catalogue().techniques
    assert set(park.measures["technique_id"]) <= set(techniques.index)
    for language, slice_ in parks_by_language.items():
        names = slice_.measures.set_index("technique_id")["name"]
        expected = techniques.loc[names.index, f"name_{language}"]
        assert names.to_dict() == expected.to_dict()


def test_projects_name_the_enterprise(park, demo_analysis):
    assert len(park.projects) == len(demo_analysis.data.measures) == 23
    assert park.projects["enterprise_name"].notna().all()


def test_indicator_quantiles_lose_their_prefix(park, demo_analysis):
    frame = park.indicators.set_index("code")
    peers = demo_analysis.peers
    assert frame["p50"].to_dict() == peers.loc["value", "p50"][frame.index].to_dict()
    median = peers.loc["score", "p50"][frame.index]
    np.testing.assert_array_equal(frame["score_p50"], median)
    assert {"code", "name", "n", "p10", "p90"} <= set(park.dimensions.columns)


def test_a_park_without_carbon_still_has_the_column(demo_analysis):
    accounts = demo_analysis.accounts.drop(
        columns=[c for c in demo_analysis.accounts if c.startswith("co2e_")]
    )
    rows = slice_park(replace(demo_analysis, accounts=accounts)).enterprises
    assert rows["co2e_t"].isna().all()
    assert "co2e_t_per_value_added_10k_cny" in rows


def test_the_park_slice_survives_being_written(park):
    again = ParkSlice.from_json(park.to_json())
    assert again.headline == park.headline
    assert again.enterprises["enterprise_id"].tolist()[:2] == ["0001", "0002"]
    assert json.loads(again.to_json()) == json.loads(park.to_json())


def test_english_park_slice_has_english_names(parks_by_language):
    english = parks_by_language["en"]
    for name in ("dimensions", "indicators"):
        assert not getattr(english, name)["name"].str.contains("[一-鿿]").any()
