"""An enterprise beside plants like it: observed over expected of the best quartile."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from synergy_lib.figures.parts.annotation import (
    figure_note,
    key_row,
    line_entry,
    marker_entry,
    top_label,
)
from synergy_lib.figures.parts.axes import draw_empty, new_axes, numbers
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    number_text,
    words,
)
from synergy_lib.figures.style import FRAME, INK, OWN, Look, styled

__all__ = ["alt_plants_alike", "plot_plants_alike"]

POSITIONS = {
    "best": ("o", "#2E7D5B"),
    "middle": ("s", "#9AA5B1"),
    "above_median": ("^", "#CC6A43"),
}
LEFT_MM = 16.0


def _known(table: pd.DataFrame) -> pd.DataFrame:
    """Return the plants that have plants like them."""
    names = ["observed", "best_quartile", "median", "gap_share"]
    rows = pd.DataFrame({name: numbers(table, name) for name in names}, table.index)
    rows["position"] = table.get("position", pd.Series("", index=table.index))
    return rows[(rows[["observed", "best_quartile"]] > 0).all(axis=1)]


@styled
def plot_plants_alike(
    table: pd.DataFrame,
    *,
    own: str | None = None,
    label: str = "",
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw what every plant has over what the best quartile like it has.

    Parameters
    ----------
    table : pandas.DataFrame
        As :class:`~synergy_lib.park.plants_alike.PlantsAlike` has it.
    own : str, optional
        Plant to stand out; the others have no names.
    label : str
        Quantity and unit, for both axes.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        Logarithmic axes; on the line a plant equals the best quartile like it.
    """
    rows = _known(table)
    if rows.empty:
        reasons = table.get("reason", pd.Series(dtype=object)).dropna()
        reason = str(reasons.iloc[0]) if len(reasons) and language == "zh" else ""
        return draw_empty(ax, language, reason)
    if ax is None:
        ax = new_axes(92, (LEFT_MM, 6.0, 16.0, 16.0))
    for position, (shape, colour) in POSITIONS.items():
        part = rows[rows["position"] == position]
        look: Look = {"mfc": colour, "mec": "white", "mew": 0.5, "ms": 5}
        ax.plot(part["best_quartile"], part["observed"], shape, **look, label=position)
    both = rows[["observed", "best_quartile"]].to_numpy()
    low, high = both.min() / 1.3, both.max() * 1.3
    ax.plot([low, high], [low, high], color=INK, linewidth=1.0, label="equal")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.12g}"))
        axis.set_minor_formatter(NullFormatter())
    ax.grid(color=FRAME, alpha=0.35, linewidth=0.6)
    ax.set_xlabel(words("alike_expected", language, what=label))
    top_label(ax, words("alike_observed", language, what=label))
    if own is not None and own in rows.index:
        point = rows.loc[own]
        style: Look = {"mfc": OWN, "mec": INK, "mew": 0.6, "ms": 12, "zorder": 5}
        ax.plot(
            [point["best_quartile"]], [point["observed"]], "*", **style, label="own"
        )
    _explain(ax, rows, own, language)
    left_out = len(table) - len(rows)
    if left_out:
        text = words("alike_left_out", language, n=left_out)
        figure_note(ax, text, x_mm=-LEFT_MM, y_mm=-15.0)
    return ax


def _explain(ax: Axes, rows: pd.DataFrame, own: str | None, language: str) -> None:
    entries = {
        words(
            f"alike_{name}", language, n=int((rows["position"] == name).sum())
        ): marker_entry("white", colour, shape)
        for name, (shape, colour) in POSITIONS.items()
    }
    entries[words("alike_line", language)] = line_entry(INK, width=1.0)
    if own is not None and own in rows.index:
        entries[words("alike_own", language)] = marker_entry("white", OWN, "*", size=10)
    key_row(ax, entries, x_mm=-LEFT_MM + 2, y_mm=9.0)


def alt_plants_alike(
    table: pd.DataFrame, own: str | None = None, language: str = "zh"
) -> str:
    """Return what :func:`plot_plants_alike` shows as one sentence."""
    rows = _known(table)
    items = [
        words(f"alike_{name}", language, n=int((rows["position"] == name).sum()))
        for name in POSITIONS
        if len(rows)
    ]
    if own is not None and own in rows.index:
        share = number_text(100 * float(rows["gap_share"].to_dict()[own]), sign=True)
        items.append(words("alt_alike_own", language, share=share))
    return alt_sentence("plants_alike", items, language)
