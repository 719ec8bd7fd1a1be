"""Who gives what to whom: the exchanges of a park as a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from synergy_lib.figures.parts.annotation import figure_note, key_row
from synergy_lib.figures.parts.axes import draw_empty, new_axes, numbers
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    number_text,
    words,
)
from synergy_lib.figures.style import INK, TEXT_SIZE_PT, Look, styled

__all__ = ["alt_symbiosis", "plot_symbiosis"]

# Colour and dashes of a material, in the order of its amount; the rest share the last.
STROKES: tuple[tuple[str, Any], ...] = (
    ("#1B4F8A", "-"),
    ("#CC6A43", (0, (5, 2))),
    ("#2E7D5B", (0, (1, 1.2))),
    ("#7A5195", (0, (5, 1.5, 1, 1.5))),
    ("#5F6B76", (0, (2, 2))),
)
THINNEST_PT, THICKEST_PT = 0.9, 6.0
ROW_MM, NAMES_MM = 9.0, 46.0
MOST_FLOWS = 20


def _flows(flows: pd.DataFrame) -> pd.DataFrame:
    """Return what flows from whom to whom, the largest first."""
    if "supplier_id" not in flows:
        return pd.DataFrame()
    rows = flows.assign(amount=numbers(flows, "amount_t"))
    rows = rows[rows["amount"] > 0]
    keys = ["supplier_id", "receiver_id", "material"]
    table = rows.groupby(keys, sort=True)["amount"].sum().reset_index()
    return table.sort_values("amount", ascending=False, kind="stable")


@styled
def plot_symbiosis(
    flows: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw suppliers at the left, receivers at the right, and what flows between.

    Parameters
    ----------
    flows : pandas.DataFrame
        As :class:`~synergy_lib.park.symbiosis.Symbiosis` has it: ``supplier_id,
        receiver_id, material, amount_t``.
    names : mapping of str to str, optional
        Names to write in place of the ids.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        The 20 largest flows, their width by amount, colour and dashes by material; an
        enterprise that does both stands on both sides.
    """
    rows = _flows(flows)
    if rows.empty:
        return draw_empty(ax, language)
    more, rows = len(rows) - MOST_FLOWS, rows.head(MOST_FLOWS)
    left = _places(rows["supplier_id"])
    right = _places(rows["receiver_id"])
    if ax is None:
        height = 26 + ROW_MM * max(len(left), len(right), 2)
        ax = new_axes(height, (NAMES_MM, NAMES_MM, 16.0, 8.0))
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.05, 1.05)
    strokes = _strokes(rows)
    widths = THINNEST_PT + (THICKEST_PT - THINNEST_PT) * np.sqrt(
        rows["amount"] / rows["amount"].max()
    )
    for row, width in zip(rows.to_dict("records"), widths, strict=True):
        colour, dashes = strokes[row["material"]]
        ends = (0.01, left[row["supplier_id"]]), (0.99, right[row["receiver_id"]])
        look: Look = {"color": colour, "linestyle": dashes, "linewidth": width}
        arrow = FancyArrowPatch(
            *ends, arrowstyle="-|>", mutation_scale=8 + width, shrinkA=0, shrinkB=0
        )
        arrow.set(alpha=0.85, **look)
        ax.add_patch(arrow)
    _write_names(ax, rows, left, "supplier_id", names)
    _write_names(ax, rows, right, "receiver_id", names)
    _explain(ax, strokes, language)
    if more > 0:
        text = words("more_rows", language, n=more)
        figure_note(ax, text, x_mm=-NAMES_MM, y_mm=-7.0)
    return ax


def _places(ids: pd.Series) -> dict[str, float]:
    """Return the height of every enterprise of one side, from the top."""
    order = list(dict.fromkeys(ids))
    return {key: 1 - (place + 0.5) / len(order) for place, key in enumerate(order)}


def _strokes(rows: pd.DataFrame) -> dict[str, tuple[str, Any]]:
    totals = rows.groupby("material")["amount"].sum()
    order = totals.sort_values(ascending=False, kind="stable").index
    last = len(STROKES) - 1
    return {str(m): STROKES[min(place, last)] for place, m in enumerate(order)}


def _write_names(
    ax: Axes,
    rows: pd.DataFrame,
    places: Mapping[str, float],
    column: str,
    names: Mapping[str, str] | None,
) -> None:
    """Write name and amount of the enterprises of one side."""
    totals = rows.groupby(column)["amount"].sum()
    is_left = column == "supplier_id"
    style: Look = {"va": "center_baseline", "fontsize": TEXT_SIZE_PT, "color": INK}
    for key, height in places.items():
        name = fit_text((names or {}).get(key, key), NAMES_MM - 20)
        text = f"{name}  {number_text(float(totals[key]))} t"
        x, ha = (-0.01, "right") if is_left else (1.01, "left")
        ax.text(x, height, text, ha=ha, **style)


def _explain(ax: Axes, strokes: Mapping[str, tuple[str, Any]], language: str) -> None:
    entries = {
        fit_text(material, 26): Line2D([], [], color=colour, linestyle=dashes, lw=2)
        for material, (colour, dashes) in list(strokes.items())[: len(STROKES)]
    }
    key_row(ax, entries, x_mm=-NAMES_MM, y_mm=9.0)
    style: Look = {"weight": "bold", "va": "bottom", "fontsize": TEXT_SIZE_PT}
    for x, key, ha in (
        (-0.01, "supplier_header", "right"),
        (1.01, "receiver_header", "left"),
    ):
        ax.text(x, 1.04, words(key, language), ha=ha, **style)


def alt_symbiosis(flows: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_symbiosis` shows as one sentence."""
    items = [
        words(
            "alt_flow",
            language,
            supplier=row["supplier_id"],
            receiver=row["receiver_id"],
            material=row["material"],
            amount=number_text(row["amount"]),
        )
        for row in _flows(flows).head(MOST_FLOWS).to_dict("records")
    ]
    return alt_sentence("symbiosis", items, language)
