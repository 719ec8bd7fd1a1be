"""Series with Sen's slope, its interval and the verdict."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.slopes import (
    alt_park_trends,
    alt_trend,
    figure_park_trends,
    plot_trend,
)
from synergy_lib.figures.trends import slope_line
from synergy_lib.trends.monotonic import trend_table

Make = Callable[..., Any]


def yearly_and_trends(values, quantity="so2_kg"):
    years = range(2018, 2018 + len(values))
    frame = pd.DataFrame({"year": years, quantity: values})
    index = pd.MultiIndex.from_product([["E"], years], names=["enterprise_id", "year"])
    return frame, trend_table(frame.set_index(index)[[quantity]])


def side_text(ax):
    return ax.texts[-1].get_text()


def test_line_and_band_are_the_slope_and_its_interval():
    """12, 10, 9, 7, 6: slope −1.5, 90 % interval −2 to −1, median 9 in 2020."""
    values, trends = yearly_and_trends([12.0, 10, 9, 7, 6])
    ax = plot_trend(values, trends, "so2_kg")
    series, line = ax.lines
    assert series.get_ydata().tolist() == [12, 10, 9, 7, 6]
    assert line.get_xdata().tolist() == [2018, 2020, 2022]
    np.testing.assert_allclose(line.get_ydata(), [12, 9, 6])
    band = ax.collections[0].get_paths()[0].vertices
    at_end = band[band[:, 0] == 2022][:, 1]
    assert (at_end.min(), at_end.max()) == (5.0, 7.0)
    assert side_text(ax) == "显著下降\nSen 斜率每年 −1.50 kg\n90% 区间 −2.00 至 −1.00"
    assert ax.get_ylabel() == "二氧化硫排放量（kg）"


def test_nothing_detected_comes_with_what_would_have_been():
    values, trends = yearly_and_trends([10.0, 12, 9, 11, 10.5, 9.5])
    said = side_text(plot_trend(values, trends, "so2_kg")).replace("\n", "")
    assert said.startswith("未检出显著趋势")
    assert "未检出不等于没有变化" in said
    text = alt_trend(values, trends, "so2_kg", "en")
    assert "No trend detected" in text
    assert "not detected is not unchanged" in text


@pytest.mark.parametrize("n", [1, 2, 4])
def test_few_years_have_neither_line_nor_verdict(n):
    values, trends = yearly_and_trends([3.0, 2, 1, 0.5][:n])
    ax = plot_trend(values, trends, "so2_kg", language="en")
    assert len(ax.lines) == 1
    assert not ax.collections
    assert side_text(ax) == f"{n} years, not tested"


def test_a_quantity_without_trend_or_data():
    values, trends = yearly_and_trends([12.0, 10, 9, 7, 6])
    ax = plot_trend(values, trends.iloc[:0], "so2_kg")
    assert len(ax.lines) == 1
    assert plot_trend(values, trends, "cod_kg").texts[0].get_text() == "无可用数据"
    assert slope_line(values["so2_kg"], trends.assign(slope=np.nan)) is None


def test_figure_park_trends_has_a_panel_a_trend(park_slice: Make) -> None:
    data = park_slice()
    figure = figure_park_trends(data)
    assert len(figure.axes) == len(data.trends) == 4
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles[0] == "碳排放总量"
    for ax, verdict in zip(figure.axes, data.trends["verdict"], strict=True):
        word = {"rising": "显著上升", "falling": "显著下降"}.get(
            verdict, "未检出显著趋势"
        )
        assert word in [text.get_text() for text in ax.texts]
        assert len(ax.collections) == 1
    assert alt_park_trends(data).count("Sen 斜率每年") == 4


def test_figure_park_trends_draws_nine_at_most() -> None:
    names = ["co2e_t", "energy_tce", "so2_kg", "nox_kg", "pm_kg", "cod_kg", "nh3n_kg"]
    names += ["tn_kg", "vocs_kg", "soot_kg", "dust_kg"]
    rows = [(q, y, 100.0 + y) for q in names for y in range(2018, 2025)]
    totals = pd.DataFrame(rows, columns=["quantity", "year", "same_total"])
    trends = pd.DataFrame({"quantity": names, "n": 7, "verdict": "rising"})
    data = SimpleNamespace(totals=totals, trends=trends)
    assert len(figure_park_trends(data).axes) == 9
