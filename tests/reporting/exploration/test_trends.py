"""The researcher's notebook on trends: a park, a real one, and a country."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import papermill
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.reporting.exploration import trends as explore
from synergy_lib.reporting.exploration.opened_years import KAYA_COLUMNS, known_unit

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "parameters" / "parks" / "demo_park.yml"
KAYA = {
    "unit": "country",
    "emission": "co2_listed_mt",
    "energy": "primary_energy_twh",
    "output": "gdp_2011intl_usd",
    "population": "population",
}


@pytest.fixture(scope="module")
def park():
    return explore.open_years(DEMO)


@pytest.fixture
def shown(monkeypatch):
    """Return a function from a cell to what it displays."""
    outputs = []
    monkeypatch.setattr("IPython.display.display", outputs.append)

    def run(cell, *arguments):
        outputs.clear()
        cell(*arguments)
        return list(outputs)

    return run


def texts(outputs):
    return " ".join(output.data["text/plain"] for output in outputs)


def rows_of(output):
    return output.data["application/vnd.synergy.table+json"]["rows"]


def invented(years=20, gap=None):
    """Return a country growing by 3 % a year, its emission by 2 %."""
    t = np.arange(years)
    frame = pd.DataFrame(
        {
            "region": "A",
            "year": 2000 + t,
            "co2": 100 * 1.02**t * np.exp(0.01 * np.sin(t)),
            "energy": 50 * 1.025**t,
            "gdp": 900 * 1.03**t,
            "people": 10 * 1.01**t,
        }
    )
    return frame if gap is None else frame[frame["year"] != gap]


COLUMNS = dict(
    zip(KAYA_COLUMNS, ("region", "co2", "energy", "gdp", "people"), strict=True)
)


@pytest.fixture
def panel(tmp_path):
    """Return a function from a table to the panel opened from its file."""

    def opened(frame, unit="A", language="en", columns=COLUMNS):
        path = tmp_path / "panel.csv"
        frame.to_csv(path, index=False)
        return explore.open_panel(path, columns, unit, language)

    return opened


def test_five_years_get_a_test_and_no_growth_rate(park, shown):
    assert "n=5" in texts(shown(explore.show_trend, park, "co2e_t"))
    rates, later = shown(explore.show_growth, park, "co2e_t")
    assert [row[2] for row in rows_of(rates)] == ["–"] * 3
    assert all("至少需要" in row[-1] for row in rows_of(rates) + rows_of(later))


def test_a_break_in_a_known_year(park):
    (row,) = rows_of(explore.show_break(park, "co2e_t", 2023))
    assert row[1] == "3 / 2"
    assert "只比较前后均值" in row[-1]
    outside = explore.show_break(park, "co2e_t", 1999)
    assert "无法比较" in outside.data["text/plain"]


def test_decoupling_and_drivers_of_park_and_enterprise(park, shown):
    figure, table = shown(explore.show_decoupling, park, "co2e_t")
    assert "image/svg+xml" in figure.data
    assert len(rows_of(table)) == 4
    lacking = texts(shown(explore.show_decoupling, park, "co2e_moon"))
    assert "co2e_moon" in lacking
    both = texts(shown(explore.show_drivers, park, "0012"))
    assert "0012：驱动因素" in both
    assert "电网因子效应" in both


def test_targets_and_scenarios(park, shown):
    _, table = shown(explore.show_targets, park)
    assert {row[1] for row in rows_of(table)} == {"参照目标"}
    figure, table = shown(explore.show_scenarios, park)
    assert "image/svg+xml" in figure.data
    assert [row[0] for row in rows_of(table)] == ["趋势延续", "政策目标"]


def test_the_largest_emitter_unless_one_is_named(park):
    largest = park.data["co2e_t"].groupby(level=0).max().idxmax()
    assert known_unit(park, "", "co2e_t") == largest
    assert known_unit(park, "0012", "co2e_t") == "0012"
    with pytest.raises(ParameterError, match="enterprise_id"):
        known_unit(park, "12", "co2e_t")


def test_an_unknown_quantity_is_named(park):
    with pytest.raises(ParameterError, match=r"co2_t.*最接近"):
        park.series("co2_t")


def test_a_country_in_all_cells(panel, shown):
    opened = panel(invented())
    trend = texts(shown(explore.show_panel_trend, opened))
    assert "2000" in trend
    rates = rows_of(shown(explore.show_growth, opened, "co2")[0])
    assert rates[0][2] in ("+1.97%", "+1.98%")
    _, table = shown(explore.show_panel_decoupling, opened)
    assert len(rows_of(table)) == 19
    drivers = texts(shown(explore.show_panel_drivers, opened))
    assert "Output per head" in drivers


def test_a_missing_year_is_stepped_over_and_shows(panel, shown):
    opened = panel(invented(gap=2007))
    _, table = shown(explore.show_panel_decoupling, opened)
    assert "2006–2008" in [row[0] for row in rows_of(table)]
    rates = rows_of(shown(explore.show_growth, opened, "co2")[0])
    assert "years missing" in rates[2][-1]


def test_no_panel_is_said_once_a_cell(shown):
    nothing = explore.open_panel("", {}, "China")
    for cell in (
        explore.show_panel_trend,
        explore.show_panel_decoupling,
        explore.show_panel_drivers,
    ):
        (output,) = shown(cell, nothing)
        assert "panel_file" in output.data["text/plain"]


def test_what_is_wrong_with_a_panel_is_named(panel, tmp_path):
    with pytest.raises(ParameterError, match="没有“B”"):
        panel(invented(), unit="B")
    with pytest.raises(ParameterError, match="缺少 population"):
        panel(invented(), columns={k: v for k, v in COLUMNS.items() if v != "people"})
    with pytest.raises(InputDataError, match="gdp"):
        panel(invented().drop(columns="gdp"))
    with pytest.raises(InputDataError, match="无法读取"):
        explore.open_panel(tmp_path / "none.csv", COLUMNS, "A")


def test_china_from_the_real_panel(shared, shown):
    """1990–2016: 2,420 to 9,704 Mt, affluence up, intensity down."""
    path = shared("data", "country_kaya_panel", "country_year.csv")
    china = explore.open_panel(path, KAYA, "China", "en")
    assert len(china.series("co2_listed_mt").dropna()) == 27
    assert "Significant rise" in texts(shown(explore.show_panel_trend, china))
    drivers = texts(shown(explore.show_panel_drivers, china))
    assert "2,420" in drivers
    assert "Output per head +8,046" in drivers
    assert "9,704" in drivers


def execute(tmp_path, **parameters):
    """Return the cells of the notebook with something to show."""
    result = papermill.execute_notebook(
        str(ROOT / "notebooks" / "explore_trends.ipynb"),
        str(tmp_path / "out.ipynb"),
        parameters=parameters,
        engine_name="synergy",
        kernel_name="python3",
        progress_bar=False,
        resources={"metadata": {"path": os.fspath(tmp_path)}},
    )
    return {cell["id"] for cell in result.cells if cell.get("outputs")}


CELLS = {
    *("trend", "growth", "break", "decoupling", "drivers", "targets", "scenarios"),
    *("panel", "panel-decoupling", "panel-drivers"),
}


def test_the_notebook_runs_on_the_demonstration_park(tmp_path):
    assert execute(tmp_path, run_file=str(DEMO)) == CELLS


def test_the_notebook_runs_on_real_sites_and_a_country(tmp_path, shared):
    data = shared("data", "lek_pharma_sites", "site_indicators_long.csv")
    countries = shared("data", "country_kaya_panel", "country_year.csv")
    run = ROOT / "parameters" / "parks" / "lek_pharma_sites.yml"
    shown = execute(
        tmp_path,
        run_file=str(run),
        data_file=str(data),
        quantity="co2e_t",
        output="main_product_t",
        break_year=2011,
        base_year=2010,
        enterprise_id="Menges",
        panel_file=str(countries),
        panel_unit="China",
    )
    assert shown == CELLS
