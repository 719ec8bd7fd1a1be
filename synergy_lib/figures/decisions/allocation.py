"""A cap among enterprises: shares by method, bounds, surplus and deficit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    column_text,
    figure_note,
    key_row,
    marker_entry,
    row_names,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    row_axis,
    value_axis,
)
from synergy_lib.figures.parts.labels import alt_sentence, number_text, words
from synergy_lib.figures.style import BAND, FRAME, INK, Look, styled

__all__ = [
    "alt_allocation_shares",
    "alt_surplus",
    "plot_allocation_shares",
    "plot_surplus",
]

# Method → marker and colour; told apart by shape alone too.
METHOD_MARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "history": ("o", "#1B4F8A"),
        "intensity": ("s", "#7A5195"),
        "benchmark": ("D", "#CC6A43"),
        "entropy": ("^", "#2E7D5B"),
        "mixed": ("X", INK),
    }
)
SURPLUS_COLOUR, DEFICIT_COLOUR = "#2E7D5B", "#CC6A43"
ROW_MM, NAMES_MM, VALUE_MM = 6.0, 46.0, 22.0
MOST_ROWS = 25


def _method_columns(shares: pd.DataFrame) -> list[str]:
    return [name for name in METHOD_MARKS if name in shares]


def _largest(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the enterprises with the largest shares, in per cent."""
    methods = _method_columns(shares)
    table = pd.DataFrame({m: 100 * numbers(shares, m) for m in methods}, shares.index)
    bounds = {c: 100 * numbers(shares, c) for c in ("low_share", "high_share")}
    table = table.assign(**bounds)
    order = table[methods].mean(axis=1).sort_values(ascending=False, kind="stable")
    return table.loc[order.dropna().index]


@styled
def plot_allocation_shares(
    shares: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw each enterprise's share of the cap by method, over its bounds.

    Parameters
    ----------
    shares : pandas.DataFrame
        Index ``enterprise_id``: one column a method, as
        :func:`~synergy_lib.park.allocation.cap.compare_methods` returns it [-], and
        where bounded ``low_share, high_share`` [-].
    names : mapping of str to str, optional
        Names to write in place of the ids.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        The 25 largest, one row each; the others are counted.
    """
    methods = _method_columns(shares)
    rows = _largest(shares) if methods else pd.DataFrame()
    if rows.empty:
        return draw_empty(ax, language)
    more, rows = len(rows) - MOST_ROWS, rows.head(MOST_ROWS)
    if ax is None:
        margins = (NAMES_MM, VALUE_MM, 13.0, 17.0)
        ax = new_axes(30 + ROW_MM * max(len(rows), 2), margins)
    row_axis(ax, len(rows))
    places = np.arange(len(rows))
    width = rows["high_share"] - rows["low_share"]
    if width.notna().any():
        ax.barh(places, width, 0.62, left=rows["low_share"], color=BAND)
    low, high = rows[methods].min(axis=1), rows[methods].max(axis=1)
    ax.hlines(places, low, high, color=FRAME, linewidth=1.0, zorder=2)
    for method in methods:
        marker, colour = METHOD_MARKS[method]
        look: Look = {"mfc": colour, "mec": "white", "mew": 0.6, "ms": 6.5}
        ax.plot(rows[method], places, marker, zorder=3, label=method, **look)
    value_axis(ax, "x")
    ax.set_xlim(left=0)
    ax.set_xlabel(words("allocation_axis", language))
    _label_rows(ax, rows, names, words("enterprise_header", language))
    texts = [
        f"{number_text(a)}–{number_text(b)}" for a, b in zip(low, high, strict=True)
    ]
    header = words("allocation_span", language)
    column_text(ax, texts, x_mm=VALUE_MM - 1, side="right", header=header)
    _explain_methods(ax, methods, bool(width.notna().any()), language)
    _note_rest(ax, more, language)
    return ax


def _label_rows(
    ax: Axes, rows: pd.DataFrame, names: Mapping[str, str] | None, header: str
) -> None:
    labels = [(names or {}).get(str(key), str(key)) for key in rows.index]
    row_names(ax, labels, header=header)


def _explain_methods(
    ax: Axes, methods: list[str], has_bounds: bool, language: str
) -> None:
    entries: dict[str, Line2D | Patch] = {
        words(f"method_{m}", language): marker_entry(
            "white", METHOD_MARKS[m][1], METHOD_MARKS[m][0], size=6.5
        )
        for m in methods
    }
    if has_bounds:
        entries[words("allocation_bounds", language)] = Patch(color=BAND)
    key_row(ax, entries, x_mm=-NAMES_MM, y_mm=7.0)


def _note_rest(ax: Axes, more: int, language: str) -> None:
    if more > 0:
        text = words("more_rows", language, n=more)
        figure_note(ax, text, x_mm=-NAMES_MM, y_mm=-16.0)


def alt_allocation_shares(shares: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_allocation_shares` shows as one sentence."""
    methods = _method_columns(shares)
    rows = _largest(shares).head(MOST_ROWS) if methods else pd.DataFrame()
    items = []
    for key, row in rows.iterrows():
        known = row[methods].astype(float)
        low, high = number_text(float(known.min())), number_text(float(known.max()))
        items.append(words("alt_share_span", language, name=key, low=low, high=high))
    return alt_sentence("allocation", items, language)


def _balances(table: pd.DataFrame) -> pd.DataFrame:
    """Return who has a surplus or deficit, the largest surplus first."""
    rows = pd.DataFrame({"surplus": numbers(table, "surplus_t")}, table.index).dropna()
    return rows.sort_values("surplus", ascending=False, kind="stable")


def _ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows at both ends where there are too many to draw."""
    if len(rows) <= MOST_ROWS:
        return rows
    half = MOST_ROWS // 2
    return pd.concat([rows.head(MOST_ROWS - half), rows.tail(half)])


@styled
def plot_surplus(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw surplus to the right and deficit to the left, one row an enterprise.

    Parameters
    ----------
    table : pandas.DataFrame
        Index ``enterprise_id``: ``surplus_t`` (as
        :class:`~synergy_lib.park.allocation.cap.Allocation` has it).
    names, ax, language
        As in :func:`plot_allocation_shares`.

    Returns
    -------
    matplotlib.axes.Axes
        At most 25 rows, from both ends; a note counts the others, and who is not known.
    """
    rows = _balances(table)
    if rows.empty:
        return draw_empty(ax, language)
    unknown, more = len(table) - len(rows), max(len(rows) - MOST_ROWS, 0)
    rows = _ends(rows)
    if ax is None:
        margins = (NAMES_MM, VALUE_MM, 13.0, 17.0)
        ax = new_axes(30 + ROW_MM * max(len(rows), 2), margins)
    row_axis(ax, len(rows))
    places, values = np.arange(len(rows)), rows["surplus"]
    colours = np.where(values >= 0, SURPLUS_COLOUR, DEFICIT_COLOUR)
    ax.barh(places, values, 0.62, color=colours.tolist())
    ax.axvline(0, color=FRAME, linewidth=0.8)
    value_axis(ax, "x")
    ax.set_xlabel(words("surplus_axis", language))
    _label_rows(ax, rows, names, words("enterprise_header", language))
    texts = [number_text(value, 0, sign=True) for value in values]
    column_text(ax, texts, x_mm=VALUE_MM - 1, side="right", header="tCO2e")
    entries = {
        words("surplus_key", language): Patch(color=SURPLUS_COLOUR),
        words("deficit_key", language): Patch(color=DEFICIT_COLOUR),
    }
    key_row(ax, entries, x_mm=-NAMES_MM, y_mm=7.0)
    notes = {"more_rows": more, "surplus_unknown": unknown}
    said = [words(key, language, n=n) for key, n in notes.items() if n]
    if said:
        text = words("separator", language).join(said)
        figure_note(ax, text, x_mm=-NAMES_MM, y_mm=-16.0)
    return ax


def alt_surplus(table: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_surplus` shows as one sentence."""
    rows = _ends(_balances(table))
    items = [
        words(
            "alt_balance",
            language,
            name=key,
            value=number_text(float(value), 0, sign=True),
        )
        for key, value in rows["surplus"].items()
    ]
    return alt_sentence("surplus", items, language)
