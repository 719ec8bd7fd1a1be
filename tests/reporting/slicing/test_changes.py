"""Frames on what changed: whose rows, which years, nothing of anybody else."""

from dataclasses import replace

from synergy_lib.reporting.slicing.changes import (
    decoupling_rows,
    driver_rows,
    enterprise_targets,
    park_targets,
    scenario_frames,
)


def test_rows_of_the_park_and_of_enterprises_are_apart(demo_analysis):
    for make in (driver_rows, decoupling_rows):
        park, firms = (make(demo_analysis, park=flag) for flag in (True, False))
        assert set(park["enterprise_id"]) == {"park"}
        assert "park" not in set(firms["enterprise_id"])
        assert firms["to_year"].eq(2024).all()
    assert driver_rows(demo_analysis, park=True)["basis"].eq("chain").all()
    assert set(decoupling_rows(demo_analysis, park=True)["to_year"]) == {
        2021,
        2022,
        2023,
        2024,
    }


def test_an_enterprise_has_its_own_rows_only(demo_analysis, all_slices):
    for enterprise_id in ("0001", "0033"):
        data = all_slices[enterprise_id]
        for frame in (data.drivers, data.decoupling, data.target_gaps):
            assert set(frame["enterprise_id"]) == {enterprise_id}
    whole = driver_rows(demo_analysis, park=False)
    amounts = whole.loc[whole["enterprise_id"] == "0001", "amount"].tolist()
    assert all_slices["0001"].drivers["amount"].tolist() == amounts


def test_counts_behind_the_park_are_kept(demo_analysis):
    gaps = park_targets(demo_analysis)
    assert {"enterprises", "everybody"} <= set(gaps.columns)
    assert "enterprises" not in enterprise_targets(demo_analysis)


def test_no_scenarios_are_empty_frames(demo_analysis):
    found = scenario_frames(demo_analysis)
    assert set(found["scenario_peaks"]["scenario"]) == {"usual", "policy", "deep"}
    none = replace(
        demo_analysis, explained=replace(demo_analysis.explained, scenarios=None)
    )
    empty = scenario_frames(none)
    assert set(empty) == set(found)
    assert all(frame.empty for frame in empty.values())
