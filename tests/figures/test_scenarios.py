"""Fans and peak years: data on the axes, one scale, the verdict in words."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from synergy_lib.figures.scenarios import (
    alt_scenarios,
    figure_scenarios,
    plot_peak_years,
    plot_scenario_fan,
)


@pytest.fixture
def data(park_slice):
    return park_slice()


def one(table, name="policy"):
    return table[table["scenario"] == name].reset_index(drop=True)


def texts(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_plot_scenario_fan_in_ten_thousand_tonnes(data):
    ax = plot_scenario_fan(one(data.paths), data.observed, 2030.0)
    median, seen, peak = ax.lines
    assert median.get_ydata()[0] == pytest.approx(95.0)
    assert np.isnan(list(seen.get_ydata())[1])  # the year without data is a gap
    assert list(peak.get_xdata()) == [2030.0]
    assert ax.get_ylabel() == "碳排放总量（万tCO2e）"
    assert ax.get_ylim()[0] == 0
    assert any(isinstance(part, PolyCollection) for part in ax.collections)


def test_plot_scenario_fan_marks_no_peak_that_was_not_declared(data):
    ax = plot_scenario_fan(one(data.paths), data.observed)
    assert len(ax.lines) == 2


def test_plot_scenario_fan_shows_negative_emissions(data):
    below = one(data.paths).assign(p05=-1e5)
    assert plot_scenario_fan(below, data.observed).get_ylim()[0] < 0


def test_plot_peak_years_bars_are_shares(data):
    ax = plot_peak_years(one(data.peak_histogram), 2030)
    bars = [bar for bar in ax.patches if isinstance(bar, Rectangle)]
    heights = {round(b.get_x() + b.get_width() / 2): b.get_height() for b in bars}
    assert heights == {2024: 10.0, 2030: 30.0, 2033: pytest.approx(20.0)}
    colours = [bar.get_facecolor() for bar in bars]
    assert colours[0] == colours[1] != colours[2]


def test_plot_peak_years_without_any_peak(data):
    none = pd.DataFrame({"peak_year": pd.array([None], dtype="Int64"), "share": [1.0]})
    assert len(plot_peak_years(none, 2030).patches) == 0


def test_figure_scenarios_one_scale_and_the_verdict(data):
    figure = figure_scenarios(data)
    fans, peaks = figure.axes[::2], figure.axes[1::2]
    assert len({ax.get_ylim() for ax in fans}) == 1
    pairs = zip(fans, peaks, strict=True)
    assert all(fan.get_xlim() == peak.get_xlim() for fan, peak in pairs)
    assert [ax.get_title("left") for ax in fans] == [
        "趋势延续",
        "政策目标",
        "政策目标加技术",
    ]
    said = texts(figure)
    assert "推演期内不能判定达峰\n≤2030 年达峰 5%；不能判定 90%" in said
    assert "中位路径将达峰（2030）\n≤2030 年达峰 40%；不能判定 40%" in said


def test_figure_scenarios_of_fewer(data):
    data.paths = data.paths[data.paths["scenario"] != "deep"]
    assert len(figure_scenarios(data).axes) == 4


def test_figure_scenarios_without_a_probability(data):
    data.peaks = data.peaks.assign(
        status="horizon_short", p_deadline=np.nan, peak_year=np.nan
    )
    assert "推演期过短，不能判定" in texts(figure_scenarios(data))
    assert "–%" not in alt_scenarios(data).replace("5%–95%", "")


def test_alt_scenarios_names_status_and_probability(data):
    text = alt_scenarios(data, "en")
    assert "Policy: Median path will peak" in text
    assert "Peak by 2030: 40%" in text
