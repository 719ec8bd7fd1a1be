"""A park as a whole."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.park import (
    alt_lists_overlap,
    alt_monitoring,
    figure_park_totals,
    plot_lists_overlap,
    plot_monitoring,
)

Make = Callable[..., Any]


def test_figure_park_totals_solid_and_dashed(park_slice: Make) -> None:
    data = park_slice()
    figure = figure_park_totals(data)
    assert len(figure.axes) == 6
    ax = figure.axes[0]
    assert ax.get_title(loc="left") == "碳排放总量"
    assert ax.get_ylabel() == "万tCO2e"
    rows = data.totals[data.totals["quantity"] == "co2e_t"]
    solid, dashed = ax.lines[:2]
    np.testing.assert_allclose(solid.get_ydata(), rows["total"] / 1e4)
    np.testing.assert_allclose(dashed.get_ydata(), rows["same_total"] / 1e4)
    assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert ax.get_xticklabels()[-1].get_text() == "2024\nn=82"


def test_plot_monitoring_chooses_indicator_and_draws_target() -> None:
    frame = pd.DataFrame(
        {
            "year": [2021, 2023, 2023],
            "indicator": ["TVOC", "TVOC", "PM2.5"],
            "value": [260.0, 226.0, 25.0],
            "unit": ["µg/m3", "µg/m3", "µg/m3"],
        }
    )
    ax = plot_monitoring(frame, "TVOC", target=200)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [260, np.nan, 226])
    assert ax.get_ylabel() == "TVOC（µg/m3）"
    assert "目标 200" in [t.get_text() for t in ax.texts]
    assert ax.get_ylim()[0] == 0
    assert (
        alt_monitoring(frame, "PM2.5", "en")
        == "Park monitoring: PM2.5 25.0 µg/m3 in 2023."
    )


def test_plot_monitoring_unknown_indicator_is_empty(park_slice: Make) -> None:
    ax = plot_monitoring(park_slice().monitoring, "no such indicator")
    assert [t.get_text() for t in ax.texts] == ["无可用数据"]


def test_plot_lists_overlap_counts_every_combination() -> None:
    flags = [(1, 1, 1), (1, 0, 1), (1, 0, 1), (0, 1, 0), (0, 0, 0), (np.nan, 0, 1)]
    names = ["on_carbon_list", "on_pollution_list", "on_energy_list"]
    frame = pd.DataFrame(flags, columns=names)
    ax = plot_lists_overlap(frame)
    counts = [p.get_width() for p in ax.patches]
    assert counts == pytest.approx([1, 0, 2, 0, 0, 1, 1])
    found = [t.get_text() for t in ax.texts]
    assert "重点碳排放单位\n3 家" in found
    assert "未列入任何名单：1 家" in found
    text = alt_lists_overlap(frame, "en")
    assert "Key carbon unit + Key energy unit 2" in text
    assert text.endswith("On none of the lists: 1.")
