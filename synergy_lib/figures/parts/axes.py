"""Axes at printed sizes, years and values along them, columns of frames as floats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, MaxNLocator

from synergy_lib.figures.parts.labels import MINUS, words, wrap_text
from synergy_lib.figures.style import (
    MM_PER_INCH,
    MUTED,
    TEXT_SIZE_PT,
    TEXT_WIDTH_MM,
    new_figure,
)

__all__ = [
    "Margins",
    "add_axes",
    "draw_empty",
    "new_axes",
    "numbers",
    "panel_grid",
    "pairs",
    "row_axis",
    "value_axis",
    "year_axis",
    "yearly",
]

Margins = tuple[float, float, float, float]


class _Separated(Formatter):
    """Tick labels with thousands separators and as many decimals as the ticks need."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of one tick."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks."""
        fractions = [f"{value:.10g}".partition(".")[2] for value in values]
        decimals = max(map(len, fractions), default=0)
        return [f"{value:,.{decimals}f}".replace("-", MINUS) for value in values]


def numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as floats: NaN where it is missing, absent or not finite."""
    if column not in frame:
        return pd.Series(np.nan, index=frame.index, dtype="float64", name=column)
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(
        "float64", na_value=np.nan
    )
    return pd.Series(
        np.where(np.isfinite(values), values, np.nan), frame.index, name=column
    )


def yearly(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return columns by year, with a row of NaN for each year that is missing."""
    years = (
        frame["year"].astype("int64") if "year" in frame else pd.Series(dtype="int64")
    )
    table = pd.DataFrame(
        {c: numbers(frame, c).to_numpy() for c in columns}, index=years
    )
    if table.empty:
        return table
    return table.reindex(range(int(years.min()), int(years.max()) + 1))


def pairs(values: pd.Series) -> list[tuple[int, float]]:
    """Return a series by year as (year, value)."""
    years = values.index.to_numpy(dtype="int64")
    return list(zip(years.tolist(), values.to_numpy("float64").tolist(), strict=True))


def add_axes(figure: Figure, margins: Margins, *, sharey: Axes | None = None) -> Axes:
    """Add axes at margins left, right, top, bottom of the figure in mm."""
    width, height = figure.get_size_inches() * MM_PER_INCH
    left, right, top, bottom = margins
    box = (
        left / width,
        bottom / height,
        (width - left - right) / width,
        (height - top - bottom) / height,
    )
    return figure.add_axes(box, sharey=sharey)


def new_axes(height_mm: float, margins: Margins) -> Axes:
    """Return axes of a new figure of the width of the page in mm."""
    return add_axes(new_figure(TEXT_WIDTH_MM, height_mm), margins)


def panel_grid(
    count: int, *, panel_mm: float, margins: Margins, head_mm: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """Return a figure of equal panels, three a row, under a head for the key."""
    columns = min(3, max(count, 1))
    rows = -(-max(count, 1) // columns)
    height, width = head_mm + rows * panel_mm, TEXT_WIDTH_MM / max(columns, 2)
    figure = new_figure(TEXT_WIDTH_MM, height)
    left, right, top, bottom = margins
    axes = []
    for number in range(max(count, 1)):
        row, column = divmod(number, columns)
        place = (
            column * width + left,
            TEXT_WIDTH_MM - (column + 1) * width + right,
            head_mm + row * panel_mm + top,
            height - head_mm - (row + 1) * panel_mm + bottom,
        )
        axes.append(add_axes(figure, place))
    return figure, axes


def draw_empty(ax: Axes | None, language: str, reason: str = "") -> Axes:
    """Say that there is nothing to draw, or why, in the axes or in a low figure."""
    if ax is None:
        ax = new_axes(20, (0, 0, 0, 0))
    ax.set_axis_off()
    ax.text(
        0.5,
        0.5,
        wrap_text(reason or words("no_data", language), TEXT_WIDTH_MM - 20),
        transform=ax.transAxes,
        ha="center",
        va="center",
        color=MUTED,
        fontsize=TEXT_SIZE_PT,
    )
    return ax


def row_axis(ax: Axes, count: int) -> None:
    """Number rows 0 … count-1 from top to bottom, without ticks or spine."""
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def value_axis(ax: Axes, axis: str, *, bins: int = 5, whole: bool = False) -> None:
    """Give the axis of the values few round ticks, separators and a light grid."""
    which = ax.xaxis if axis == "x" else ax.yaxis
    which.set_major_locator(
        MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10], integer=whole)
    )
    which.set_major_formatter(_Separated())
    ax.grid(axis="x" if axis == "x" else "y")
    if axis == "y":
        ax.spines["left"].set_visible(False)


def year_axis(
    ax: Axes, years: Sequence[int], *, most: int = 12, slots: int = 4
) -> None:
    """Label the last year and every so many before it; leave room around few years."""
    first, last = min(years), max(years)
    step = max(1, -(-len(years) // most))
    ticks = sorted(range(last, first - 1, -step))
    ax.set_xticks(ticks, [str(year) for year in ticks])
    spare = max(slots - (last - first + 1), 0) / 2
    ax.set_xlim(first - 0.5 - spare, last + 0.5 + spare)
