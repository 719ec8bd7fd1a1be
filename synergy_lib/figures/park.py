"""A park as a whole: totals by year, monitoring, overlap of the lists."""

from __future__ import annotations

from itertools import product
from typing import Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    axes_width_mm,
    beside,
    column_header,
    key_row,
    label_point,
    left_space_mm,
    line_entry,
    put_beside,
    root_figure,
    top_label,
)
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
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    column_unit,
    fit_text,
    number_text,
    words,
)
from synergy_lib.figures.style import (
    FRAME,
    INK,
    MUTED,
    OWN,
    QUANTITY_COLOURS,
    Dashes,
    Look,
    styled,
)
from synergy_lib.figures.trends import PANEL_MARGINS, draw_panel, first_last

__all__ = [
    "alt_lists_overlap",
    "alt_monitoring",
    "alt_park_totals",
    "figure_park_totals",
    "plot_lists_overlap",
    "plot_monitoring",
]

TOTALS = (
    "co2e_t",
    "energy_tce",
    "value_added_constant_10k_cny",
    "air_equivalent_kg",
    "water_equivalent_kg",
    "output_value_10k_cny",
)
LISTS = {
    "on_carbon_list": "list_carbon",
    "on_pollution_list": "list_pollution",
    "on_energy_list": "list_energy",
}
DASHES: Dashes = (0, (3, 2))


class ParkYears(Protocol):
    """The part of a park slice that :func:`figure_park_totals` reads."""

    @property
    def totals(self) -> pd.DataFrame:
        """Totals by quantity and year."""


def _total(totals: pd.DataFrame, quantity: str) -> pd.DataFrame:
    columns = ["total", "same_total", "reporting", "same_enterprises"]
    rows = totals[totals["quantity"] == quantity] if "quantity" in totals else totals
    return yearly(rows, columns)


@styled
def figure_park_totals(data: ParkYears, *, language: str = "zh") -> Figure:
    """Draw the park's totals by year, and those of the enterprises of every year.

    Parameters
    ----------
    data : ParkSlice
        ``totals``: ``quantity, year, total, reporting, same_total``.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.figure.Figure
        A panel a quantity that has data. Under the years: how many reported.
    """
    tables = {q: _total(data.totals, q) for q in TOTALS}
    shown = {q: t for q, t in tables.items() if len(t) and t["total"].notna().any()}
    if not shown:
        return root_figure(draw_empty(None, language))
    left, right, top, bottom = PANEL_MARGINS
    grid: Look = {"panel_mm": 48.0, "margins": (left, right, top, bottom + 3.5)}
    figure, axes = panel_grid(len(shown), head_mm=6.0, **grid)
    for ax, (quantity, table) in zip(axes, shown.items(), strict=False):
        unit = column_unit(quantity)
        divisor, _ = draw_panel(ax, table["total"], unit, quantity, language)
        colour = QUANTITY_COLOURS.get(quantity, OWN)
        style: Look = {"color": colour, "linestyle": (0, (3, 2)), "linewidth": 1.1}
        ax.plot(table.index, table["same_total"] / divisor, **style)
        _write_reporting(ax, table, language)
    entries = {
        words("total_line", language): line_entry(INK),
        words("same_line", language): line_entry(INK, style=(0, (3, 2)), width=1.1),
    }
    key_row(axes[0], entries, x_mm=-left, y_mm=top + 2)
    return figure


def _write_reporting(ax: Axes, table: pd.DataFrame, language: str) -> None:
    """Write under the labelled years how many enterprises stand behind them."""
    ticks = [int(tick) for tick in ax.get_xticks()]
    texts = []
    for year in ticks:
        n = number_text(table["reporting"].get(year, np.nan), 0)
        texts.append(f"{year}\n{words('reporting_n', language, n=n)}")
    ax.set_xticks(ticks, texts)


def alt_park_totals(data: ParkYears, language: str = "zh") -> str:
    """Return what :func:`figure_park_totals` shows as one sentence."""
    tables = {q: _total(data.totals, q) for q in TOTALS}
    items = [
        first_last(q, t["total"], column_unit(q), language)
        for q, t in tables.items()
        if len(t) and t["total"].notna().any()
    ]
    return alt_sentence("park_totals", items, language)


@styled
def plot_monitoring(
    monitoring: pd.DataFrame,
    indicator: str | None = None,
    *,
    target: float | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw one monitoring indicator of the park by year.

    Parameters
    ----------
    monitoring : pandas.DataFrame
        ``ParkSlice.monitoring``: ``year, indicator, value, unit``.
    indicator : str, optional
        Which indicator; may be omitted where the frame holds one.
    target : float, optional
        Drawn as a dashed line, in the indicator's unit.
    ax, language
        As in :func:`figure_park_totals`; a new figure's axes if omitted.
    """
    rows = _indicator_rows(monitoring, indicator)
    values = yearly(rows, ["value"]).get("value", pd.Series(dtype="float64"))
    if values.isna().all():
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(44, (12.0, 30.0, 9.0, 7.0))
    name, unit = str(rows["indicator"].iloc[0]), str(rows["unit"].iloc[0])
    ax.plot(values.index, values, color=OWN, marker="o", ms=5)
    for year, value in pairs(values.dropna()):
        label_point(ax, year, value, number_text(value), bbox=PLAIN)
    value_axis(ax, "y")
    ax.set_ylim(min(float(values.min()), 0), max(values.max(), target or 0) * 1.18 or 1)
    year_axis(ax, values.index.tolist())
    top_label(ax, fit_text(f"{name}（{unit}）", 160))
    if target is not None:
        ax.axhline(target, color=FRAME, linewidth=1.0, linestyle=(0, (4, 2)))
        text = words("target", language, value=number_text(target))
        put_beside(ax, text, target, colour=MUTED)
    return ax


def _indicator_rows(monitoring: pd.DataFrame, indicator: str | None) -> pd.DataFrame:
    if indicator is None or monitoring.empty:
        return monitoring
    return monitoring[monitoring["indicator"] == indicator]


def alt_monitoring(
    monitoring: pd.DataFrame, indicator: str | None = None, language: str = "zh"
) -> str:
    """Return what :func:`plot_monitoring` shows as one sentence."""
    rows = _indicator_rows(monitoring, indicator)
    rows = rows[numbers(rows, "value").notna()]
    items = [
        words(
            "alt_year_value",
            language,
            year=int(row["year"]),
            value=number_text(float(row["value"])),
            unit=row["unit"],
        )
        for row in rows.to_dict("records")
    ]
    if items:
        items[0] = f"{rows['indicator'].iloc[0]} {items[0]}"
    return alt_sentence("monitoring", items, language)


def _memberships(enterprises: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, int]:
    """Return which lists each enterprise is on, the combinations' counts, none's."""
    flags = pd.DataFrame({c: numbers(enterprises, c) == 1 for c in LISTS})
    keys = [k for k in product((True, False), repeat=len(LISTS)) if any(k)]
    keys.sort(key=lambda key: -sum(key))
    found = flags.value_counts()
    counts = pd.Series({key: int(found.get(key, 0)) for key in keys})
    return flags, counts, int((~flags.any(axis=1)).sum())


@styled
def plot_lists_overlap(
    enterprises: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw how many enterprises are on each combination of the three lists.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        ``ParkSlice.enterprises``: ``on_carbon_list, on_pollution_list,
        on_energy_list``; missing counts as not listed.
    ax, language
        As in :func:`figure_park_totals`; a new figure's axes if omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Always the same seven rows, so that years compare; dots say which lists.
    """
    flags, counts, none = _memberships(enterprises)
    if not flags.any(axis=None):
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(66, (84.0, 14.0, 15.0, 10.0))
    row_axis(ax, len(counts))
    ax.barh(range(len(counts)), counts, 0.58, color=OWN)
    value_axis(ax, "x", whole=True)
    ax.set_xlim(0, max(float(counts.max()) * 1.05, 1))
    ax.set_xlabel(words("enterprises_axis", language))
    for row, count in enumerate(counts):
        style: Look = {
            "xytext": (4, 0),
            "textcoords": "offset points",
            "weight": "bold",
        }
        ax.annotate(f"{count}", (count, row), va="center_baseline", **style)
    _draw_matrix(ax, flags, counts, language)
    text = words("lists_none", language, n=none)
    column_header(ax, text, x_mm=0, ha="left")
    return ax


def _draw_matrix(
    ax: Axes, flags: pd.DataFrame, counts: pd.Series, language: str
) -> None:
    pitch = left_space_mm(ax) / len(LISTS)
    starts = [(place - len(LISTS) + 0.5) * pitch for place in range(len(LISTS))]
    _join_dots(ax, counts, starts)
    for place, (column, name) in enumerate(LISTS.items()):
        x, transform = beside(ax, starts[place])
        n = words("enterprises_count", language, n=int(flags[column].sum()))
        header = f"{words(name, language)}\n{n}"
        column_header(ax, header, x_mm=starts[place], ha="center")
        for row, key in enumerate(counts.index):
            face = INK if key[place] else "white"
            style: Look = {"mfc": face, "mec": INK if key[place] else FRAME, "mew": 0.8}
            style |= {"clip_on": False, "transform": transform}
            ax.plot([x], [row], "o", ms=6, **style)


def _join_dots(ax: Axes, counts: pd.Series, starts: list[float]) -> None:
    """Draw a line from the first to the last list of each combination."""
    width = axes_width_mm(ax)
    x_mm = blended_transform_factory(ax.transAxes, ax.transData)
    for row, key in enumerate(counts.index):
        on = [
            start / width for start, listed in zip(starts, key, strict=True) if listed
        ]
        ends = [on[0], on[-1]]
        ax.plot(ends, [row, row], color=INK, lw=1.4, transform=x_mm, clip_on=False)


def alt_lists_overlap(enterprises: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_lists_overlap` shows as one sentence."""
    flags, counts, none = _memberships(enterprises)
    if not flags.any(axis=None):
        return alt_sentence("lists_overlap", [], language)
    items = []
    for key, count in zip(counts.index, counts, strict=True):
        if not count:
            continue
        names = [
            words(n, language) for n, on in zip(LISTS.values(), key, strict=True) if on
        ]
        items.append(words("alt_count", language, name=" + ".join(names), n=count))
    items.append(words("lists_none", language, n=none))
    return alt_sentence("lists_overlap", items, language)
