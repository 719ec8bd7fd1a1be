"""The programme of measures and the monitoring, against the published totals."""

import pandas as pd
import pytest

from synergy_lib.demo_park.programme import load_monitoring
from synergy_lib.resources import parameters_path


def test_23_projects_with_the_published_totals(park):
    measures = park.frames["measures"]
    assert len(measures) == 23
    assert measures["investment_10k_cny"].sum() == pytest.approx(371_000, rel=0.005)
    assert measures["co2e_reduction_t"].sum() == pytest.approx(273_000, rel=0.005)
    assert (measures[["investment_10k_cny", "co2e_reduction_t"]] > 0).all().all()
    assert set(measures["status"]) == {"计划", "在建", "完成"}


def test_no_enterprise_saves_most_of_its_carbon(park, complete):
    state = complete.xs(2022, level="year")
    carbon = (
        state["electricity_grid_mwh"] * 0.5153
        + state["heat_purchased_gj"] * 0.11
        + state["natural_gas_10k_nm3"] * 21.62
        + state["carbon_in_t"] * 44 / 12
    )
    saved = park.frames["measures"].groupby("enterprise_id")["co2e_reduction_t"].sum()
    assert (saved / carbon.reindex(saved.index)).max() < 0.6


def test_technique_ids_are_in_the_catalogue(park):
    path = parameters_path("techniques", "catalogue.csv")
    known = set(pd.read_csv(path, dtype=str)["technique_id"])
    used = set(park.frames["measures"]["technique_id"].dropna())
    assert len(used) > 10
    assert used <= known


def test_monitoring_published_values_and_the_limit():
    monitoring = load_monitoring()
    tvoc = monitoring[monitoring["indicator"].str.contains("TVOC")]
    values = tvoc.set_index("year")["value"]
    assert (values[2021], values[2022]) == (295, 212)
    assert (values[values.index >= 2021] < 300).all()
    assert set(monitoring["points"].dropna()) == {49}


def test_monitoring_says_what_is_invented():
    notes = load_monitoring().set_index(["indicator", "year"])["note"]
    published = notes[notes.str.startswith("公开数据")]
    assert len(published) == 2
    assert notes.drop(published.index).str.contains("虚构").all()
