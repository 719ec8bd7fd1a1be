"""Emission against output over the years, in Tapio's plane of eight states."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Polygon

from synergy_lib.figures.parts.annotation import (
    figure_note,
    key_row,
    marker_entry,
    root_figure,
    top_label,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    value_axis,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    column_name,
    number_text,
    text_width_mm,
    words,
    wrap_text,
    years_text,
)
from synergy_lib.figures.parts.placement import (
    Boxes,
    boxes_along,
    boxes_around,
    free_places,
    near_groups,
)
from synergy_lib.figures.style import (
    BAND,
    FRAME,
    INK,
    MM_PER_INCH,
    MUTED,
    OWN,
    QUANTITY_COLOURS,
    SMALL_SIZE_PT,
    TEXT_WIDTH_MM,
    TRACK,
    Look,
    styled,
)
from synergy_lib.schema import code_labels
from synergy_lib.trends.decoupling import COUPLING_RANGE, FLAT_OUTPUT

__all__ = ["alt_decoupling", "plot_decoupling"]

# Where each state's name stands: x and y as parts of the axis on that side of zero,
# and how the text lies there.
PLACES: Mapping[str, tuple[float, float, str, str]] = MappingProxyType(
    {
        "strong_decoupling": (0.985, -0.97, "right", "bottom"),
        "weak_decoupling": (0.985, 0.30, "right", "center"),
        "expansive_coupling": (0.985, 0.975, "right", "top"),
        "expansive_negative_decoupling": (0.30, 0.975, "center", "top"),
        "strong_negative_decoupling": (-0.97, 0.975, "left", "top"),
        "weak_negative_decoupling": (-0.97, -0.22, "left", "center"),
        "recessive_coupling": (-0.97, -0.97, "left", "bottom"),
        "recessive_decoupling": (-0.04, -0.97, "right", "bottom"),
    }
)
SHORTEST_AXIS_PCT = 5.0
# The outer part of the axes is kept for the names of the states.
NAME_ROOM = 1.32
# The side without points still shows its states.
EMPTY_SIDE = 0.55
MOST_LABELS = 14
NAME_MM, WEDGE_NAME_MM = 28.0, 19.0
LINE_MM, MARKER_MM, ARROW_MM, SAME_MM, LEADER_MM = 3.6, 1.2, 6.0, 2.2, 3.3

Floats = npt.NDArray[np.float64]


@styled
def plot_decoupling(
    decoupling: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the changes of emission and output, year by year, among the eight states.

    Parameters
    ----------
    decoupling : pandas.DataFrame
        Rows of one unit, quantity and basis of
        :func:`~synergy_lib.trends.decoupling.decoupling_table`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        Change of output to the right, of the emission upwards, on the same scale.
        From a fixed base the years are a path from the origin; year on year they are
        points. Years without both changes are named in a note.
    """
    known = _known(decoupling)
    if known.empty:
        return draw_empty(ax, language, _reason(decoupling, language))
    if ax is None:
        ax = new_axes(128, (14.0, 6.0, 17.0, 22.0))
    low, high = _limits(known)
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    _draw_states(ax)
    value_axis(ax, "x", bins=7)
    value_axis(ax, "y", bins=7)
    ax.grid(visible=False)
    names = _write_states(ax, language)
    _draw_years(ax, known, names, language)
    _label_axes(ax, known, language)
    _explain(ax, decoupling, known, language)
    return ax


def _known(decoupling: pd.DataFrame) -> pd.DataFrame:
    """Return the changes in per cent, in order of time, where both are known."""
    if not {"to_year", "basis"} <= set(decoupling):
        return decoupling.iloc[:0]
    table = decoupling.assign(
        x=100 * numbers(decoupling, "output_change"),
        y=100 * numbers(decoupling, "pressure_change"),
    )
    return table.dropna(subset=["x", "y", "to_year"]).sort_values("to_year")


def _reason(decoupling: pd.DataFrame, language: str) -> str:
    """Return why no year could be judged, "" where nothing says so."""
    column = f"reason_{language}"
    return (
        str(decoupling[column].iloc[-1])
        if len(decoupling) and column in decoupling
        else ""
    )


def _is_path(known: pd.DataFrame) -> bool:
    return bool((known["basis"] == "fixed").all())


def _limits(known: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of both axes: the same, with room for names at the edges."""
    values = known[["x", "y"]].to_numpy()
    up = max(float(values.max()), 0.0)
    down = max(-float(values.min()), 0.0)
    least = max(EMPTY_SIDE * max(up, down), SHORTEST_AXIS_PCT)
    return -NAME_ROOM * max(down, least), NAME_ROOM * max(up, least)


def _draw_states(ax: Axes) -> None:
    """Draw the bounds of the states: zero, and the elasticities of coupling."""
    low, high = ax.get_xlim()
    for end in (low, high):
        corners = [(0, 0), *((end, end * slope) for slope in COUPLING_RANGE)]
        look: Look = {"facecolor": TRACK, "linewidth": 0, "zorder": 0.4}
        ax.add_patch(Polygon(corners, closed=True, **look))
        for slope in COUPLING_RANGE:
            ax.plot([0, end], [0, end * slope], color=FRAME, lw=0.6, zorder=0.6)
    flat = 100 * FLAT_OUTPUT
    ax.axvspan(-flat, flat, color=BAND, alpha=0.8, linewidth=0, zorder=0.5)
    for line in (ax.axvline, ax.axhline):
        line(0, color=FRAME, linewidth=0.9, zorder=1)


def _scale(ax: Axes) -> Floats:
    """Return millimetres per unit of each axis."""
    figure, place = root_figure(ax), ax.get_position()
    size = figure.get_size_inches() * MM_PER_INCH * (place.width, place.height)
    low, high = ax.get_xlim()
    return np.asarray(size / (high - low), dtype=np.float64)


def _write_states(ax: Axes, language: str) -> Boxes:
    """Name the states, and return where the names stand in mm from the origin."""
    names, scale = code_labels("decoupling_state")[f"label_{language}"], _scale(ax)
    low, high = ax.get_xlim()
    boxes = []
    for state, (x, y, ha, va) in PLACES.items():
        at = [high * part if part > 0 else -low * part for part in (x, y)]
        in_wedge = state.endswith("_coupling")
        text = wrap_text(names[state], WEDGE_NAME_MM if in_wedge else NAME_MM)
        style: Look = {"color": MUTED, "fontsize": SMALL_SIZE_PT, "linespacing": 1.1}
        if in_wedge:
            # The wedge is narrower than its name: its bounds stop beside the text.
            style["bbox"] = {"facecolor": TRACK, "edgecolor": "none", "pad": 0.6}
        ax.text(at[0], at[1], text, ha=ha, va=va, zorder=1.5, **style)
        boxes.append(_text_box(np.array(at) * scale, text, ha, va))
    return np.array(boxes)


def _text_box(at: Floats, text: str, ha: str, va: str) -> list[float]:
    """Return the box of a text that hangs on a point, in mm."""
    rows = text.splitlines()
    wide, tall = max(map(text_width_mm, rows)), LINE_MM * len(rows)
    left = at[0] - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[ha]
    bottom = at[1] - tall * {"bottom": 0.0, "center": 0.5, "top": 1.0}[va]
    return [left, bottom, left + wide, bottom + tall]


def _draw_years(ax: Axes, known: pd.DataFrame, names: Boxes, language: str) -> None:
    """Draw the years, the path between them and their labels."""
    colour = QUANTITY_COLOURS.get(str(known["quantity"].iloc[0]), OWN)
    points = known[["x", "y"]].to_numpy()
    years = [int(year) for year in known["to_year"]]
    if _is_path(known):
        points = np.vstack([[0.0, 0.0], points])
        years = [int(known["from_year"].iloc[0]), *years]
        _draw_path(ax, points, colour)
    ax.plot(*points[:-1].T, "o", ms=5.5, mfc="white", mec=colour, mew=1.4, zorder=4)
    ax.plot(*points[-1:].T, "o", ms=8, mfc=colour, mec="white", mew=0.8, zorder=5)
    look: Look = {"colour": colour, "is_path": _is_path(known), "language": language}
    _label_years(ax, points, years, names, **look)


def _draw_path(ax: Axes, points: Floats, colour: str) -> None:
    """Join the points, with an arrow on every piece that is long enough."""
    ax.plot(*points.T, color=colour, lw=1.3, zorder=2)
    scale = _scale(ax)
    for start, end in itertools.pairwise(points):
        if np.hypot(*((end - start) * scale)) < ARROW_MM:
            continue
        tail, tip = (start + part * (end - start) for part in (0.4, 0.6))
        look: Look = {"arrowstyle": "-|>", "color": colour, "mutation_scale": 9}
        look |= {"shrinkA": 0, "shrinkB": 0, "linewidth": 1.0}
        ax.annotate("", tip, tail, arrowprops=look, zorder=3)


def _label_years(
    ax: Axes,
    points: Floats,
    years: list[int],
    names: Boxes,
    *,
    colour: str,
    is_path: bool,
    language: str,
) -> None:
    """Write the years where they touch neither each other nor anything else."""
    scale = _scale(ax)
    places = points * scale
    groups = near_groups(places, SAME_MM)
    step = -(-len(groups) // MOST_LABELS)
    # The first and the last, and every so many before the last.
    groups = [groups[k] for k in sorted({0, *range(len(groups) - 1, 0, -step)})]
    kept = [group[-1] for group in groups]
    texts = [years_text([years[k] for k in group], language) for group in groups]
    low, high = ax.get_xlim()
    room = np.array([low * scale[0], low * scale[1], high * scale[0], high * scale[1]])
    taken = np.vstack(
        [names, boxes_around(places, MARKER_MM), _lines(low, high, scale)]
    )
    if is_path:
        taken = np.vstack([taken, boxes_along(places)])
    sizes = [(text_width_mm(text) + 0.6, LINE_MM) for text in texts]
    boxes = free_places(places[kept], sizes, taken, room)
    for k, text, box in zip(kept, texts, boxes, strict=True):
        centre = np.array([box[0] + box[2], box[1] + box[3]]) / 2
        style: Look = {"color": INK, "fontsize": SMALL_SIZE_PT, "zorder": 6}
        at = centre / scale
        ax.text(at[0], at[1], text, ha="center", va="center", **style)
        gap = np.clip(np.maximum(box[:2] - places[k], places[k] - box[2:]), 0, None)
        if np.hypot(*gap) > LEADER_MM:
            near = np.clip(places[k], box[:2], box[2:]) / scale
            ends = np.array([points[k], near])
            ax.plot(*ends.T, color=colour, lw=0.5, alpha=0.7, zorder=2.5)


def _lines(low: float, high: float, scale: Floats) -> Boxes:
    """Return boxes along the axes through zero and the bounds of coupling, in mm."""
    ends = [(low, 0.0), (0.0, low), *((low, low * s) for s in COUPLING_RANGE)]
    ends += [(high, 0.0), (0.0, high), *((high, high * s) for s in COUPLING_RANGE)]
    origin = np.zeros(2)
    return np.vstack([boxes_along(np.array([origin, end]) * scale) for end in ends])


def _label_axes(ax: Axes, known: pd.DataFrame, language: str) -> None:
    row = known.iloc[0]
    basis = "fixed" if _is_path(known) else "chain"
    name = column_name(str(row["output"]), language)
    year = int(row["from_year"])
    ax.set_xlabel(words(f"decoupling_x_{basis}", language, name=name, year=year))
    name = column_name(str(row["quantity"]), language)
    top_label(ax, words("decoupling_y", language, name=name))


def _explain(
    ax: Axes, decoupling: pd.DataFrame, known: pd.DataFrame, language: str
) -> None:
    """Write the key above, and below what the last year is and which are not judged."""
    colour = QUANTITY_COLOURS.get(str(known["quantity"].iloc[0]), OWN)
    key = "decoupling_path" if _is_path(known) else "decoupling_points"
    bounds = dict(zip(("low", "high"), COUPLING_RANGE, strict=True))
    entries: dict[str, Artist] = {
        words(key, language): marker_entry(colour, "white"),
        words("decoupling_coupling", language, **bounds): Patch(color=TRACK),
        words("decoupling_flat", language, limit=f"{100 * FLAT_OUTPUT:g}"): Patch(
            color=BAND
        ),
    }
    key_row(ax, entries, x_mm=-14, y_mm=8.5)
    notes = []
    last = known.iloc[-1]
    if last["state"]:
        notes.append(
            words(
                "decoupling_latest",
                language,
                year=int(last["to_year"]),
                state=last[f"label_{language}"],
                elasticity=number_text(float(last["elasticity"]), 2),
            )
        )
    states = decoupling.get("state", pd.Series("", index=decoupling.index))
    unjudged = sorted(int(year) for year in decoupling["to_year"][states == ""])
    if unjudged:
        years = years_text(unjudged, language)
        notes.append(words("decoupling_not_judged", language, years=years))
    text = wrap_text(words("separator", language).join(notes), TEXT_WIDTH_MM)
    figure_note(ax, text, x_mm=-14, y_mm=-16.0 - 4.0 * text.count("\n"))


def alt_decoupling(decoupling: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_decoupling` shows as one sentence."""
    known = _known(decoupling)
    if known.empty:
        reason = _reason(decoupling, language)
        return alt_sentence("decoupling", [reason] if reason else [], language)
    items = [
        words(
            "alt_decoupling",
            language,
            year=int(row["to_year"]),
            state=row[f"label_{language}"] or row[f"reason_{language}"],
            output=number_text(row["x"], 1, sign=True),
            pressure=number_text(row["y"], 1, sign=True),
        )
        for row in known.to_dict("records")
    ]
    return alt_sentence("decoupling", items, language)
