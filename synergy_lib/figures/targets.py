"""How far a park is on the way to its targets: a bullet a target."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
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
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    number_text,
    words,
)
from synergy_lib.figures.style import (
    BAND,
    FRAME,
    INK,
    MUTED,
    SIGNALS,
    Look,
    styled,
)
from synergy_lib.outlook.targets.gap import STATUSES

__all__ = ["alt_targets", "plot_targets"]

# Status → the traffic light whose shape and colour its marker has.
SHAPES: Mapping[str, str] = {
    "on_track": "green",
    "met": "green",
    "behind": "red",
    "missed": "red",
}
ROW_MM = 8.0
NAMES_MM, YEAR_MM, STANDING_MM = 60.0, 15.5, 16.0
GAP_MM, STATUS_MM = 20.0, 30.0
MOST_ROWS = 20
# The axis holds values up to this multiple of the base year's; others stand at its
# edge.
FURTHEST = 200.0


def _rows(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the targets with a path, their values with the base year as 100."""
    if "status" not in gaps:
        return pd.DataFrame()
    rows = gaps[gaps["kind"].isin(["relative_cut", "level"])].reset_index(drop=True)
    base = numbers(rows, "base_value")
    scale = 100 / base.where(base > 0)
    scaled = {
        name: numbers(rows, f"{name}_value") * scale for name in ("required", "target")
    }
    return rows.assign(
        now=numbers(rows, "value") * scale,
        **scaled,
        gap=numbers(rows, "gap_pct"),
    )


def _name(row: Mapping[Hashable, Any], language: str, width_mm: float = np.inf) -> str:
    """Return a target's name, cut to a width, and the year it is due."""
    year = row["target_year"]
    name = fit_text(row[f"indicator_{language}"], width_mm)
    if pd.isna(year):
        return name
    return words("target_name", language, name=name, year=int(year))


def _gap(percent: float) -> str:
    """Return a gap with so many decimals that a small one does not read as none."""
    return number_text(percent, 1 if abs(percent) >= 0.1 else 2, sign=True)


@styled
def plot_targets(
    gaps: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw value, required value and target of each target as a bullet.

    Parameters
    ----------
    gaps : pandas.DataFrame
        From :func:`~synergy_lib.outlook.targets.progress.park_target_gaps`, or the rows of
        one enterprise of the other table there; the first 20 targets with a path.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        One row a target, the base year as 100; the verdict in words beside a marker
        whose shape says it too. A target that cannot be judged has a row without
        marker.
    """
    rows = _rows(gaps)
    if rows.empty or rows["status"].isna().all():
        return draw_empty(ax, language)
    more, rows = len(rows) - MOST_ROWS, rows.head(MOST_ROWS)
    right = GAP_MM + STATUS_MM
    if ax is None:
        margins = (NAMES_MM + STANDING_MM, right, 15.0, 16.0)
        ax = new_axes(31 + ROW_MM * max(len(rows), 2), margins)
    row_axis(ax, len(rows))
    outside = _draw_bullets(ax, rows)
    value_axis(ax, "x", bins=4)
    ax.set_xlabel(words("target_axis", language))
    _write_columns(ax, rows, language)
    left = NAMES_MM + STANDING_MM
    _explain(ax, rows, language, left)
    notes = {"target_outside": outside, "more_rows": max(more, 0)}
    texts = [words(key, language, n=n) for key, n in notes.items() if n]
    if texts:
        joined = words("separator", language).join(texts)
        figure_note(ax, joined, x_mm=-left, y_mm=-15.5)
    return ax


def _draw_bullets(ax: Axes, rows: pd.DataFrame) -> int:
    """Draw the bullets, and return how many values lie beyond the axis."""
    marks = rows[["now", "required", "target"]].to_numpy(dtype=float)
    inside = marks[np.isfinite(marks) & (marks >= 0) & (marks <= FURTHEST)]
    low, high = np.append(inside, 100.0).min(), np.append(inside, 100.0).max()
    spare = max(0.08 * (high - low), 2.0)
    ax.set_xlim(low - spare, high + spare)
    known = rows["target"].notna().to_numpy()
    places = np.arange(len(rows))
    span = rows["target"].clip(low, high).fillna(100.0) - 100.0
    ax.barh(places, span.where(known, 0.0), 0.5, left=100.0, color=BAND)
    ax.axvline(100, color=FRAME, linewidth=0.8, zorder=1)
    tall: Look = {"color": INK, "linestyle": "none", "zorder": 3}
    target, required = (rows[name].clip(low, high) for name in ("target", "required"))
    ax.plot(target, places, marker="|", ms=17, mew=3.0, **tall)
    ax.plot(required, places, marker="|", ms=17, mew=1.0, **tall)
    edges = (low - 0.8 * spare, high + 0.8 * spare)
    beyond = (rows["now"] < low) | (rows["now"] > high)
    at = rows["now"].clip(low, high).where(~beyond, rows["now"].clip(*edges))
    placed = rows.assign(at=at, place=places, beyond=beyond)
    for (status, is_beyond), group in placed.groupby(["status", "beyond"]):
        signal = SIGNALS[SHAPES.get(str(status), "grey")]
        look: Look = {"mec": "white", "mew": 0.8, "ms": 7, "zorder": 4}
        look |= {"mfc": signal.colour, "linestyle": "none", "label": str(status)}
        marker = "X" if is_beyond else signal.marker
        ax.plot(group["at"], group["place"], marker=marker, **look)
    return int(beyond.sum())


def _write_columns(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    fit = NAMES_MM - YEAR_MM
    names = [_name(row, language, fit) for row in rows.to_dict("records")]
    row_names(ax, names, gap_mm=STANDING_MM + 2, header=words("target_row", language))
    standing = [words(f"target_{name}", language) for name in rows["standing"]]
    header = words("target_standing_header", language)
    column_text(ax, standing, x_mm=-2.5, header=header, colour=MUTED)
    texts = [_gap(gap) + "%" if np.isfinite(gap) else "–" for gap in rows["gap"]]
    place: Look = {"side": "right", "ha": "right"}
    header = words("target_gap_header", language)
    column_text(ax, texts, x_mm=GAP_MM, header=header, **place)
    which = 0 if language == "zh" else 1
    said = [
        fit_text(STATUSES[status][which], STATUS_MM - 4) for status in rows["status"]
    ]
    place["ha"] = "left"
    header = words("target_status_header", language)
    column_text(ax, said, x_mm=GAP_MM + 3.5, header=header, weight="bold", **place)


def _explain(ax: Axes, rows: pd.DataFrame, language: str, left: float) -> None:
    entries: dict[str, Artist] = {}
    which = 0 if language == "zh" else 1
    shown = dict.fromkeys(rows.loc[rows["now"].notna(), "status"])
    for light in dict.fromkeys(SHAPES.get(str(status), "grey") for status in shown):
        signal = SIGNALS[light]
        said = [STATUSES[s][which] for s in shown if SHAPES.get(s, "grey") == light]
        marker = marker_entry("white", signal.colour, signal.marker, size=7)
        entries["/".join(said)] = marker
    style: Look = {"color": INK, "linestyle": "none", "marker": "|", "markersize": 9}
    entries[words("target_required", language)] = Line2D([], [], mew=1.0, **style)
    entries[words("target_final", language)] = Line2D([], [], mew=3.0, **style)
    entries[words("target_to_go", language)] = Patch(color=BAND)
    key_row(ax, entries, x_mm=-left, y_mm=8.5)


def alt_targets(gaps: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_targets` shows as one sentence."""
    items = []
    which = 0 if language == "zh" else 1
    for row in _rows(gaps).head(MOST_ROWS).to_dict("records"):
        status = STATUSES[row["status"]][which]
        texts = {"name": _name(row, language), "status": status}
        if np.isfinite(row["gap"]):
            gap = _gap(row["gap"])
            items.append(words("alt_target", language, gap=gap, **texts))
        else:
            why = row.get(f"reason_{language}") or "–"
            items.append(words("alt_target_unknown", language, reason=why, **texts))
    return alt_sentence("targets", items, language)
