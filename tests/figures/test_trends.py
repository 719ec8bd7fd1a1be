"""One enterprise over the years."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from synergy_lib.figures.style import QUANTITY_COLOURS
from synergy_lib.figures.trends import (
    alt_carbon_intensity,
    alt_pollutants,
    figure_pollutants,
    plot_carbon_intensity,
)

Make = Callable[..., Any]


def test_figure_pollutants_one_panel_a_pollutant_with_data(
    enterprise_slice: Make,
) -> None:
    data = enterprise_slice()
    figure = figure_pollutants(data)
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles[0] == "挥发性有机物（总量）排放量"
    assert len(titles) == 6  # two more have data
    assert [ax.get_ylabel() for ax in figure.axes][:2] == ["t", "kg"]
    vocs = figure.axes[0].lines[0]
    np.testing.assert_allclose(vocs.get_ydata(), data.yearly["vocs_kg"] / 1000)
    assert to_hex(vocs.get_color()).upper() == QUANTITY_COLOURS["vocs_kg"].upper()
    nox = figure.axes[2].lines[0].get_ydata()
    assert np.isnan(nox).tolist() == [False, False, True] + [False] * 4
    assert all(ax.get_ylim()[0] == 0 for ax in figure.axes)


def test_figure_pollutants_slope_only_from_five_years(enterprise_slice: Make) -> None:
    data = enterprise_slice()
    shown = ["so2_kg", "soot_kg", "toc_kg"]
    data.yearly = data.yearly[["year", *shown]]
    figure = figure_pollutants(data)
    dashed = [
        sum(line.get_linestyle() == "--" for line in ax.lines) for ax in figure.axes
    ]
    # soot has no slope; toc has one, but only two years
    assert dashed == [1, 0, 0]


@pytest.mark.parametrize("intercept", [None, 5000.0])
def test_figure_pollutants_slope_position(intercept: float | None) -> None:
    years = list(range(2018, 2025))
    own = pd.DataFrame({"year": years, "so2_kg": [70.0, 60, 50, 40, 30, 20, 10]})
    trend = pd.DataFrame({"quantity": ["so2_kg"], "n": [7], "slope": [-10.0]})
    if intercept is not None:
        trend["intercept"] = intercept + 20_000
    figure = figure_pollutants(SimpleNamespace(yearly=own, trends=trend))
    line = figure.axes[0].lines[1]
    assert line.get_xdata().tolist() == [2018, 2021, 2024]
    # through the medians (2021, 40), or 25000 − 10·2018 = 4820 at the given intercept
    expected = [70, 10] if intercept is None else [4820, 4760]
    np.testing.assert_allclose(line.get_ydata()[[0, -1]], expected)


def test_alt_pollutants(enterprise_slice: Make) -> None:
    text = alt_pollutants(enterprise_slice("en"), "en")
    assert "VOCs (total) emitted from 31.6 in 2018 to 23.1 t in 2024" in text


def test_plot_carbon_intensity_ratio_and_undefined_years() -> None:
    own = pd.DataFrame(
        {
            "year": [2021, 2022, 2023, 2024],
            "co2e_t": [50.0, 40.0, 30.0, np.nan],
            "value_added_constant_10k_cny": [100.0, -5.0, 60.0, 10.0],
        }
    )
    column = "co2e_t_per_value_added_constant_10k_cny"
    park = pd.DataFrame({"year": [2021, 2023], column: [0.6, 0.55]})
    ax = plot_carbon_intensity(own, park)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.5, np.nan, 0.5, np.nan])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.6, np.nan, 0.55, np.nan])
    assert ax.get_ylabel() == "单位工业增加值碳排放（可比价，tCO2e/万元）"
    assert {"本企业", "园区"} <= {t.get_text() for t in ax.texts}
    assert "2021 年本企业 0.500，园区 0.600" in alt_carbon_intensity(own, park)


def test_plot_carbon_intensity_without_park(enterprise_slice: Make) -> None:
    data = enterprise_slice("en")
    ax = plot_carbon_intensity(data.yearly, pd.DataFrame(), language="en")
    assert len(ax.lines) == 1
    assert "Park" not in {t.get_text() for t in ax.texts}
