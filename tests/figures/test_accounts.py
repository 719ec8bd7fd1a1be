"""Stacks by source and carrier."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from synergy_lib.figures.accounts import (
    alt_carbon_sources,
    alt_energy_mix,
    plot_carbon_sources,
    plot_energy_mix,
    plot_park_carbon_sources,
)
from synergy_lib.figures.style import CARRIER_COLOURS, SOURCE_COLOURS

Make = Callable[..., Any]


def bars(ax: Axes) -> dict[str, list[tuple[float, float, float]]]:
    """Return by layer (year, bottom, height) of each bar."""
    return {
        box.get_label(): [
            (p.get_x() + p.get_width() / 2, p.get_y(), p.get_height()) for p in box
        ]
        for box in ax.containers
    }


def texts(ax: Axes) -> list[str]:
    return [t.get_text() for t in ax.texts]


def test_plot_carbon_sources_stacks_to_the_gross_total(enterprise_slice: Make) -> None:
    frame = enterprise_slice().yearly
    ax = plot_carbon_sources(frame)
    layers = bars(ax)
    last = frame.iloc[-1]
    _, bottom, height = layers["co2e_wastewater_t"][-1]
    assert bottom + height == pytest.approx(last["co2e_t"] + last["co2e_recovered_t"])
    _, bottom, height = layers["co2e_recovered_t"][-1]
    assert (bottom, height) == pytest.approx((0, -last["co2e_recovered_t"]))
    assert f"{last['co2e_t']:,.0f}" in texts(ax)
    assert ax.get_ylabel() == "tCO2e"
    assert {"化石燃料燃烧排放", "净购入热力排放"} <= set(texts(ax))


def test_colours_are_those_of_the_palette(enterprise_slice: Make) -> None:
    for plot, palette in (
        (plot_carbon_sources, SOURCE_COLOURS),
        (plot_energy_mix, CARRIER_COLOURS),
    ):
        for box in plot(enterprise_slice().yearly).containers:
            face = to_hex(box[0].get_facecolor()).upper()
            assert face == palette[box.get_label()].upper()


def test_plot_carbon_sources_negative_source_goes_below_zero() -> None:
    frame = pd.DataFrame(
        {
            "year": [2024],
            "co2e_fuel_t": [100.0],
            "co2e_electricity_t": [-30.0],
            "co2e_recovered_t": [5.0],
            "co2e_t": [65.0],
        }
    )
    layers = bars(plot_carbon_sources(frame))
    assert layers["co2e_fuel_t"][0][1:] == (0, 100)
    assert layers["co2e_electricity_t"][0][1:] == (0, -30)
    assert layers["co2e_recovered_t"][0][1:] == (-30, -5)


@pytest.mark.parametrize(
    ("columns", "layers", "total"),
    [
        ({"co2e_scope1_t": 40.0, "co2e_scope2_t": 60.0}, 2, "100"),
        ({"co2e_scope1_t": 40.0, "co2e_scope2_t": np.nan}, 1, "–"),
        ({"co2e_scope12_t": 70.0}, 1, "70.0"),
        ({"co2e_t": 80.0}, 1, "80.0"),
    ],
)
def test_plot_carbon_sources_falls_back_to_disclosed_data(
    columns: dict[str, float], layers: int, total: str
) -> None:
    ax = plot_carbon_sources(pd.DataFrame({"year": [2023], **columns}))
    assert len(ax.containers) == layers
    assert total in texts(ax)


def test_missing_year_is_a_gap_marked_with_a_dash() -> None:
    frame = pd.DataFrame({"year": [2021, 2023], "co2e_fuel_t": 5.0, "co2e_t": 5.0})
    ax = plot_carbon_sources(frame)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["2021", "2022", "2023"]
    assert [year for year, *_ in bars(ax)["co2e_fuel_t"]] == pytest.approx([2021, 2023])
    assert texts(ax).count("–") == 1


def test_plot_energy_mix_unit(enterprise_slice: Make) -> None:
    ax = plot_energy_mix(enterprise_slice("en").yearly, language="en")
    assert ax.get_ylabel() == "tce"
    assert "Other non-fossil energy" in texts(ax)


def test_plot_park_carbon_sources_scales_the_unit(park_slice: Make) -> None:
    totals = park_slice().totals
    ax = plot_park_carbon_sources(totals)
    assert ax.get_ylabel() == "万tCO2e"
    row = totals[(totals["quantity"] == "co2e_t") & (totals["year"] == 2024)]
    assert f"{row['total'].item() / 1e4:.0f}" in texts(ax)
    assert plot_park_carbon_sources(totals, language="en").get_ylabel() == "ktCO2e"


def test_alt_texts_say_totals_and_parts(enterprise_slice: Make) -> None:
    frame = enterprise_slice().yearly
    text = alt_carbon_sources(frame)
    assert f"2018 年 {frame['co2e_t'].iloc[0]:,.0f} tCO2e" in text
    assert "回收外供（扣减） −" in text
    assert (
        alt_energy_mix(pd.DataFrame(), "en") == "Energy by carrier: no data available."
    )
