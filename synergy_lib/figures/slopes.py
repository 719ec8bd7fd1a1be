"""Series with Sen's slope and its interval: one quantity, and a park's at a glance."""

from __future__ import annotations

from typing import Protocol

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    axes_width_mm,
    beside,
    column_header,
    key_row,
    line_entry,
    root_figure,
    top_label,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    panel_grid,
    value_axis,
    year_axis,
    yearly,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    column_name,
    column_unit,
    number_text,
    scale_unit,
    words,
    wrap_text,
)
from synergy_lib.figures.style import (
    BAND,
    INK,
    MUTED,
    OWN,
    QUANTITY_COLOURS,
    SMALL_SIZE_PT,
    Look,
    styled,
)
from synergy_lib.figures.trends import DASHES, PANEL_MARGINS, draw_panel, slope_line

__all__ = ["alt_park_trends", "alt_trend", "figure_park_trends", "plot_trend"]

JUDGED = ("rising", "falling", "not_detected")
MOST_PANELS = 9
NOTE_MM = 42.0


class ParkTrends(Protocol):
    """The part of a park slice that :func:`figure_park_trends` reads."""

    @property
    def totals(self) -> pd.DataFrame:
        """Totals by quantity and year."""

    @property
    def trends(self) -> pd.DataFrame:
        """Trend results by quantity."""


@styled
def plot_trend(
    values: pd.DataFrame,
    trends: pd.DataFrame,
    quantity: str,
    *,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw one quantity by year with Sen's slope, its 90 % interval and the verdict.

    Parameters
    ----------
    values : pandas.DataFrame
        ``year`` and the quantity [unit of ``columns.csv``], as
        ``EnterpriseSlice.yearly``.
    trends : pandas.DataFrame
        Rows of ``trends.monotonic.trend_table``: ``quantity, n, slope, intercept, low,
        high, detectable, verdict``.
    quantity : str
        Column of ``columns.csv``.
    ax, language
        Axes of a new figure if omitted; ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        A missing year leaves a gap. Below five years there is neither line nor verdict,
        and the figure says so.
    """
    series = _series(values, quantity)
    if series.isna().all():
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(52, (12.0, 46.0, 13.0, 7.0))
    divisor, unit = scale_unit(
        float(series.abs().max()), column_unit(quantity), language
    )
    _draw_series(ax, series / divisor, quantity)
    drawn = _draw_interval(ax, series, trends, divisor)
    year_axis(ax, series.index.tolist())
    name = column_name(quantity, language)
    top_label(ax, f"{name}（{unit}）" if unit else name)
    if drawn:
        key_row(ax, _key(language), x_mm=-12.0, y_mm=7.0)
    lines = _verdict_lines(trends, quantity, divisor, unit, language)
    x, transform = beside(ax, 3.0, "right")
    style: Look = {"fontsize": SMALL_SIZE_PT, "va": "top", "linespacing": 1.5}
    text = "\n".join(wrap_text(line, NOTE_MM, lines=3) for line in lines)
    ax.text(x, ax.get_ylim()[1], text, transform=transform, color=INK, **style)
    return ax


def _series(values: pd.DataFrame, quantity: str) -> pd.Series:
    """Return a quantity by year, named; empty where there is none."""
    table = yearly(values, [quantity])
    empty = pd.Series(dtype="float64", name=quantity)
    return table.get(quantity, empty)


def _draw_series(ax: Axes, values: pd.Series, quantity: str) -> None:
    """Draw a series from zero."""
    colour = QUANTITY_COLOURS.get(quantity, OWN)
    style: Look = {"color": colour, "marker": "o", "ms": 5, "zorder": 3}
    ax.plot(values.index, values, **style)
    value_axis(ax, "y")
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    ax.set_ylim(low * 1.2, high * 1.2 or 1.0)


def _draw_interval(
    ax: Axes, values: pd.Series, trends: pd.DataFrame, divisor: float
) -> bool:
    """Draw Sen's line and the band of its interval, and say whether there is one."""
    line = slope_line(values, trends)
    if line is None:
        return False
    years, middle, bounds = line
    low, high = bounds.min(axis=0) / divisor, bounds.max(axis=0) / divisor
    ax.fill_between(years, low, high, color=BAND, linewidth=0, zorder=1)
    style: Look = {"color": INK, "linewidth": 0.9, "linestyle": DASHES, "zorder": 2}
    ax.plot(years, middle / divisor, **style)
    bottom, top = ax.get_ylim()
    ax.set_ylim(min(bottom, float(low.min())), max(top, float(high.max()) * 1.05))
    return True


def _key(language: str) -> dict[str, Artist]:
    return {
        words("sen_line", language): line_entry(INK, style=DASHES, width=0.9),
        words("slope_band", language): Patch(color=BAND),
    }


def _row(trends: pd.DataFrame, quantity: str) -> dict[str, object]:
    """Return the trend of a quantity; empty where there is none."""
    if "quantity" not in trends:
        return {}
    rows = trends[trends["quantity"] == quantity].to_dict("records")
    return {str(key): value for key, value in rows[0].items()} if rows else {}


def _verdict_word(trends: pd.DataFrame, quantity: str, language: str) -> str:
    """Return the verdict of a quantity, or that there are too few years for one."""
    row = _row(trends, quantity)
    if row.get("verdict") in JUDGED:
        return words(f"trend_{row['verdict']}", language)
    n = numbers(pd.DataFrame([row]), "n").iloc[0]
    return words("trend_untested", language, n=number_text(n, 0))


def _verdict_lines(
    trends: pd.DataFrame, quantity: str, divisor: float, unit: str, language: str
) -> list[str]:
    """Return verdict, slope, interval and, where nothing was detected, its limit."""
    row = pd.DataFrame([_row(trends, quantity)])
    lines = [_verdict_word(trends, quantity, language)]
    texts = {
        name: number_text(numbers(row, name).iloc[0] / divisor)
        for name in ("slope", "low", "high", "detectable")
    }
    if numbers(row, "low").notna().all():
        said = ["trend_slope", "trend_interval"]
        if row["verdict"].iloc[0] == "not_detected":
            said.append("trend_limit")
        lines += [words(key, language, unit=unit, **texts) for key in said]
    return lines


def alt_trend(
    values: pd.DataFrame, trends: pd.DataFrame, quantity: str, language: str = "zh"
) -> str:
    """Return what :func:`plot_trend` shows as one sentence."""
    items = _alt_items(_series(values, quantity), trends, language)
    return alt_sentence("trend", items, language)


def _alt_items(values: pd.Series, trends: pd.DataFrame, language: str) -> list[str]:
    """Return name, verdict, slope and interval of a quantity; nothing without data."""
    if values.isna().all():
        return []
    quantity = str(values.name)
    divisor, unit = scale_unit(
        float(values.abs().max()), column_unit(quantity), language
    )
    lines = _verdict_lines(trends, quantity, divisor, unit, language)
    comma = words("alt_comma", language)
    return [f"{column_name(quantity, language)} {comma.join(lines)}"]


def _shown(data: ParkTrends) -> dict[str, pd.Series]:
    """Return the quantities with a trend, by year, the first nine."""
    found: dict[str, pd.Series] = {}
    names = data.trends.get("quantity", pd.Series(dtype=object))
    for quantity in dict.fromkeys(map(str, names)):
        rows = data.totals
        rows = rows[rows["quantity"] == quantity] if "quantity" in rows else rows
        table = yearly(rows, ["same_total"])
        if len(table) and table["same_total"].notna().any():
            found[quantity] = table["same_total"].rename(quantity)
    return dict(list(found.items())[:MOST_PANELS])


@styled
def figure_park_trends(data: ParkTrends, *, language: str = "zh") -> Figure:
    """Draw the park's quantities in small panels, each with its slope and verdict.

    Parameters
    ----------
    data : ParkSlice
        ``totals``: ``quantity, year, same_total`` (enterprises of every year);
        ``trends``: as for :func:`plot_trend`.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.figure.Figure
        A panel a quantity that has a trend result and data.
    """
    shown = _shown(data)
    if not shown:
        return root_figure(draw_empty(None, language))
    figure, axes = panel_grid(
        len(shown), panel_mm=42.0, margins=PANEL_MARGINS, head_mm=6.0
    )
    drawn = False
    for ax, (quantity, values) in zip(axes, shown.items(), strict=False):
        divisor, _ = draw_panel(ax, values, column_unit(quantity), quantity, language)
        drawn |= _draw_interval(ax, values, data.trends, divisor)
        verdict = _verdict_word(data.trends, quantity, language)
        right = PANEL_MARGINS[1] - 3.0 + axes_width_mm(ax)
        text = column_header(ax, verdict, x_mm=right, ha="right", up_mm=1.8)
        judged = _row(data.trends, quantity).get("verdict") in JUDGED[:2]
        text.set_color(INK if judged else MUTED)
    if drawn:
        left, _, top, _ = PANEL_MARGINS
        key_row(axes[0], _key(language), x_mm=-left, y_mm=top + 2)
    return figure


def alt_park_trends(data: ParkTrends, language: str = "zh") -> str:
    """Return what :func:`figure_park_trends` shows as one sentence."""
    items = [
        item
        for values in _shown(data).values()
        for item in _alt_items(values, data.trends, language)
    ]
    return alt_sentence("park_trends", items, language)
