"""How sure the park's results are: what moves ranks, whose colour depends on a choice."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    column_header,
    key_row,
    marker_entry,
    row_names,
)
from synergy_lib.figures.parts.axes import draw_empty, new_axes, numbers, row_axis
from synergy_lib.figures.parts.labels import alt_sentence, number_text, words
from synergy_lib.figures.style import OWN, SIGNALS, TRACK, WHISKER, Look, styled

__all__ = [
    "alt_colour_shares",
    "alt_sensitivity",
    "plot_colour_shares",
    "plot_sensitivity",
]

_ROW_MM = 7.0
_COLOURS = ("green", "yellow", "red")


@styled
def plot_sensitivity(
    sensitivity: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw which uncertain input moves the ranks most.

    Parameters
    ----------
    sensitivity : pandas.DataFrame
        ``ParkSlice.sensitivity``: ``input, first, total, total_half_width`` [-].
    ax, language
        As in :func:`~synergy_lib.figures.distribution.plot_score_distribution`.
    """
    total = numbers(sensitivity, "total")
    if not total.notna().any():
        return draw_empty(ax, language)
    rows = sensitivity.assign(total=total).sort_values("total", ascending=False)
    if ax is None:
        ax = new_axes(22 + _ROW_MM * len(rows), (34.0, 8.0, 9.0, 12.0))
    row_axis(ax, len(rows))
    total, first, half = (
        100 * numbers(rows, name) for name in ("total", "first", "total_half_width")
    )
    places = np.arange(len(rows))
    ax.barh(places, total.clip(lower=0), height=0.55, color=TRACK)
    low, high = (total - half).clip(lower=0), total + half
    ax.hlines(places, low, high, color=WHISKER, linewidth=1.2)
    ax.plot(first.clip(lower=0), places, "o", color=OWN, markersize=5)
    ax.set_xlim(0, max(100.0, float(np.nanmax(high)) * 1.02))
    ax.grid(axis="x")
    ax.set_xlabel(words("sensitivity_axis", language))
    row_names(ax, [words(f"input_{name}", language) for name in rows["input"]])
    key_row(
        ax,
        {
            words("sensitivity_total", language): Patch(color=TRACK),
            words("sensitivity_first", language): marker_entry(OWN, OWN),
        },
        x_mm=-34,
        y_mm=2.0,
    )
    return ax


def alt_sensitivity(sensitivity: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_sensitivity` shows as one sentence."""
    known = sensitivity.assign(total=numbers(sensitivity, "total")).dropna(
        subset="total"
    )
    ordered = known.sort_values("total", ascending=False)
    items = [
        f"{words(f'input_{name}', language)} {number_text(100 * value, 0)}%"
        for name, value in ordered.filter(["input", "total"]).itertuples(index=False)
    ]
    return alt_sentence("sensitivity", items, language)


@styled
def plot_colour_shares(
    enterprises: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw for every enterprise in how many specifications it has which colour.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        ``ParkSlice.enterprises``: ``choice_green, choice_yellow, choice_red`` [-].
    ax, language
        As in :func:`~synergy_lib.figures.distribution.plot_score_distribution`.

    Returns
    -------
    matplotlib.axes.Axes
        One thin column an enterprise, without names: whose colour depends on the
        choice is listed in the table.
    """
    shares = pd.DataFrame(
        {name: 100 * numbers(enterprises, f"choice_{name}") for name in _COLOURS}
    ).dropna()
    if shares.empty:
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(62, (14.0, 3.0, 9.0, 9.0))
    ordered = shares.sort_values(["green", "yellow"], ascending=False, kind="stable")
    places = np.arange(len(ordered))
    bottom = np.zeros(len(ordered))
    for name in _COLOURS:
        signal = SIGNALS[name]
        look: Look = {"color": signal.colour, "hatch": signal.hatch}
        ax.bar(
            places,
            ordered[name],
            0.86,
            bottom=bottom,
            linewidth=0,
            edgecolor="#FFFFFF",
            **look,
        )
        bottom += ordered[name].to_numpy("float64")
    ax.set_xlim(-0.6, len(ordered) - 0.4)
    ax.set_ylim(0, 100)
    ax.set_xticks([])
    ax.set_xlabel(words("colour_share_rows", language, n=len(ordered)))
    entries = {
        words(f"colour_{name}", language): Patch(
            facecolor=SIGNALS[name].colour,
            hatch=SIGNALS[name].hatch,
            edgecolor="#FFFFFF",
        )
        for name in _COLOURS
    }
    column_header(
        ax, words("colour_share_axis", language), x_mm=-14, ha="left", up_mm=2.0
    )
    key_row(ax, entries, x_mm=70, y_mm=2.0)
    return ax


def alt_colour_shares(enterprises: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_colour_shares` shows as one sentence."""
    shares = pd.DataFrame(
        {name: numbers(enterprises, f"choice_{name}") for name in _COLOURS}
    ).dropna()
    count, sure = len(shares), int((shares.max(axis=1) > 1 - 1e-9).sum())
    values = {"n": count, "sure": sure, "unsure": count - sure}
    items = [words("colour_shares_item", language, **values)] if count else []
    return alt_sentence("colour_shares", items, language)
