"""Planted gaps and defects are where the list says, and nowhere else."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.demo_park.defects import (
    GAP_SHARE,
    forced_units,
    load_defects,
    optional_columns,
    plant_defects,
    plant_gaps,
)
from synergy_lib.resources import data_path
from synergy_lib.schema import SHEETS, load_columns


@pytest.fixture(scope="module")
def defects():
    return load_defects()


def test_list_names_real_sheets_columns_and_enterprises(defects, complete):
    assert set(defects["sheet"]) <= set(SHEETS)
    assert set(defects["column"]) - {""} <= set(load_columns().index)
    assert set(defects["enterprise_id"]) <= set(complete.index.levels[0])
    assert defects["what"].str.len().min() > 5


def test_between_12_and_40_places_are_planted(defects):
    places = defects.drop_duplicates(["sheet", "enterprise_id"])
    assert 12 <= len(places) <= 30


def test_share_of_blank_cells(complete):
    columns = optional_columns()
    gapped = plant_gaps(complete, 20240101)[columns]
    share = float(gapped.isna().to_numpy().mean())
    assert share == pytest.approx(GAP_SHARE, abs=0.01)
    by_firm = gapped.isna().mean(axis=1).groupby(level="enterprise_id").mean()
    assert by_firm.max() > 3 * by_firm.median()


def test_gaps_change_nothing_else(complete):
    gapped = plant_gaps(complete, 3)
    kept = gapped.notna()
    assert gapped.where(kept).equals(complete.where(kept))
    others = [c for c in complete.columns if c not in optional_columns()]
    assert gapped[others].equals(complete[others])


def test_defects_change_only_their_cells(complete, defects):
    planted = plant_defects(complete, defects)
    differs = (planted != complete) & ~(planted.isna() & complete.isna())
    found = {
        (firm, str(year), str(column))
        for (firm, year), row in differs.iterrows()
        for column in row.index[row]
    }
    values = defects[~defects["kind"].isin(["no_rows", "no_pressure"])]
    listed = set(
        zip(values["enterprise_id"], values["year"], values["column"], strict=True)
    )
    assert found == listed


def test_each_kind_by_value():
    index = pd.MultiIndex.from_tuples([("0001", 2020)], names=["enterprise_id", "year"])
    panel = pd.DataFrame({"a": [10.0], "b": [40.0], "c": [1.0], "d": [5.0]}, index)
    rows = [
        ("a", "multiply", "1000"),
        ("c", "exceed", "b;1.5"),
        ("d", "blank", ""),
        ("b", "set", "-3"),
    ]
    listed = pd.DataFrame(rows, columns=["column", "kind", "argument"]).assign(
        sheet="activity", enterprise_id="0001", year="2020"
    )
    planted = plant_defects(panel, listed).iloc[0]
    assert planted["a"] == 10_000
    assert planted["c"] == 60
    assert np.isnan(planted["d"])
    assert planted["b"] == -3
    assert panel["a"].iloc[0] == 10


def test_forced_units(defects):
    units = forced_units(defects)
    assert units[("0080", 2021, "electricity_grid_mwh")] == "MWh"
    assert units[("0015", 2021, "vocs_kg")] == "t"
    assert len(units) == 4


def test_readme_lists_every_defect(defects):
    text = data_path("demo_park", "README.md").read_text(encoding="utf-8")
    for row in defects.to_dict("records"):
        line = f"| {row['enterprise_id']} | {row['year'] or '全部'} |"
        assert any(line in t and row["what"] in t for t in text.splitlines()), row


def _row(frame, firm, year):
    chosen = frame["enterprise_id"].eq(firm) & frame["year"].eq(year)
    return frame[chosen]


def test_wide_defects_stand_in_the_sheets(park):
    frames = park.frames
    water = _row(frames["resources"], "0019", 2021).iloc[0]
    assert water["water_reused_m3"] > 50 * water["water_fresh_m3"]
    slip = _row(frames["resources"], "0007", 2022).iloc[0]
    assert slip["water_reused_m3"] < 1e-3 * slip["water_fresh_m3"]
    solvent = _row(frames["resources"], "0012", 2023).iloc[0]
    assert solvent["solvent_recovered_t"] > solvent["solvent_used_t"]
    assert _row(frames["activity"], "0050", 2021)["value_added_10k_cny"].isna().all()
    assert _row(frames["activity"], "0063", 2023)["value_added_10k_cny"].item() == -850
    share = _row(frames["process"], "0055", 2022)["compliance_hours_pct"].item()
    assert 0.9 < share < 1
    assert _row(frames["process"], "0030", 2022).empty


def test_long_defects_stand_in_the_sheets(park):
    energy, pollutants = park.frames["energy"], park.frames["pollutants"]
    power = energy[energy["carrier"] == "外购电力"]
    wrong = _row(power, "0080", 2021).iloc[0]
    assert wrong["unit"] == "MWh"
    assert wrong["amount"] > 1e6
    heat = energy[energy["carrier"] == "外购热力（蒸汽）"]
    assert _row(heat, "0031", 2023)["amount"].isna().all()
    steam = _row(heat, "0017", 2022).iloc[0]
    assert steam["unit"] == "t"
    assert np.isnan(steam["steam_pressure_mpa"])
    assert _row(heat, "0017", 2021)["steam_pressure_mpa"].notna().all()
    vocs = pollutants[pollutants["pollutant"] == "挥发性有机物（总量）"]
    over = _row(vocs, "0044", 2022).iloc[0]
    assert over["emitted"] > over["generated"]
    assert _row(vocs, "0015", 2021)["unit"].item() == "t"
    ammonia = pollutants[pollutants["pollutant"] == "氨氮"]
    assert _row(ammonia, "0036", 2022).empty
    assert not _row(ammonia, "0036", 2021).empty
    assert _row(energy, "0077", 2020).empty


def test_one_year_of_power_is_three_times_its_neighbours(complete, defects):
    power = plant_defects(complete, defects).loc["0069", "electricity_grid_mwh"]
    assert power[2022] > 2.5 * max(power[2021], power[2023])
