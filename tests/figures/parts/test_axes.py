"""Axes of printed sizes, and columns as floats by year."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    pairs,
    panel_grid,
    row_axis,
    value_axis,
    year_axis,
    yearly,
)


def test_numbers_absent_text_and_infinite_are_missing() -> None:
    frame = pd.DataFrame({"a": [1, "x", np.inf, None]})
    assert numbers(frame, "a").tolist() == pytest.approx(
        [1] + [np.nan] * 3, nan_ok=True
    )
    assert numbers(frame, "b").isna().all()
    assert numbers(pd.DataFrame({"f": [True, False]}), "f").tolist() == [1.0, 0.0]


def test_yearly_completes_years_in_order() -> None:
    frame = pd.DataFrame({"year": [2022, 2019], "a": [3.0, 1.0]})
    table = yearly(frame, ["a", "b"])
    assert table.index.tolist() == [2019, 2020, 2021, 2022]
    assert pairs(table["a"])[0] == (2019, 1.0)
    assert table["a"].isna().tolist() == [False, True, True, False]
    assert yearly(pd.DataFrame(), ["a"]).empty


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (3, 1), (4, 2), (8, 3)])
def test_panel_grid(count: int, rows: int) -> None:
    figure, axes = panel_grid(count, panel_mm=40, margins=(10, 5, 8, 8), head_mm=6)
    assert len(axes) == count
    assert figure.get_figheight() * 25.4 == pytest.approx(6 + 40 * rows)
    bottoms = {round(ax.get_position().y0, 6) for ax in axes}
    assert len(bottoms) == rows


def test_draw_empty_makes_a_low_figure() -> None:
    ax = draw_empty(None, "en")
    assert [t.get_text() for t in ax.texts] == ["No data available"]
    assert ax.figure.get_figheight() * 25.4 == pytest.approx(20)


def test_row_axis_runs_downwards() -> None:
    ax = new_axes(50, (20, 20, 5, 5))
    row_axis(ax, 4)
    assert ax.get_ylim() == (3.5, -0.5)


def test_year_axis_always_has_the_last_year() -> None:
    ax = new_axes(50, (20, 20, 5, 5))
    year_axis(ax, list(range(2010, 2025)), most=4)
    assert [t.get_text() for t in ax.get_xticklabels()] == [
        "2012",
        "2016",
        "2020",
        "2024",
    ]
    year_axis(ax, [2024])
    assert ax.get_xlim() == (2022.0, 2026.0)


def test_value_axis_labels_share_their_decimals() -> None:
    ax = new_axes(50, (20, 20, 5, 5))
    value_axis(ax, "y")
    labels = ax.yaxis.get_major_formatter().format_ticks([0, 0.5, 1.0, 1500])
    assert labels == ["0.0", "0.5", "1.0", "1,500.0"]
    assert ax.yaxis.get_major_formatter()(2000) == "2,000"
