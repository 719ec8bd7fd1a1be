"""Text beside and above axes at printed distances, keys, labels that do not touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import (
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from synergy_lib.errors import Problem, ReportError
from synergy_lib.figures.parts.labels import fit_text, wrap_text
from synergy_lib.figures.style import (
    FRAME,
    INK,
    MM_PER_INCH,
    MUTED,
    SIGNALS,
    SMALL_SIZE_PT,
    TEXT_SIZE_PT,
    Dashes,
    Look,
)

__all__ = [
    "figure_note",
    "axes_width_mm",
    "PLAIN",
    "beside",
    "column_header",
    "column_text",
    "key_row",
    "label_point",
    "left_space_mm",
    "line_entry",
    "marker_entry",
    "panel_title",
    "put_beside",
    "root_figure",
    "row_names",
    "side_labels",
    "signal_marker",
    "spread",
    "top_label",
]

Floats = npt.NDArray[np.float64]
# A white ground under a number, so that no line runs through it.
PLAIN: Look = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}


def root_figure(ax: Axes) -> Figure:
    """Return the figure that the axes stand in."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ReportError(Problem("Axes", "坐标区不在任何图中", "Figure.add_axes"))
    return figure


def left_space_mm(ax: Axes) -> float:
    """Return the width of the figure to the left of the axes in mm."""
    root = root_figure(ax)
    return float(ax.get_position().x0 * root.get_figwidth() * MM_PER_INCH)


def axes_width_mm(ax: Axes) -> float:
    """Return the width of the axes in mm."""
    root = root_figure(ax)
    return float(ax.get_position().width * root.get_figwidth() * MM_PER_INCH)


def beside(ax: Axes, x_mm: float, side: str = "left") -> tuple[float, Transform]:
    """Return x and the transform that put a thing x_mm from a side, y in data."""
    root = root_figure(ax)
    shift = ScaledTranslation(x_mm / MM_PER_INCH, 0, root.dpi_scale_trans)
    transform = blended_transform_factory(ax.transAxes + shift, ax.transData)
    return (1.0 if side == "right" else 0.0), transform


def _corner(ax: Axes, x_mm: float, y_mm: float) -> Transform:
    """Return the axes' own coordinates moved by a printed distance."""
    root = root_figure(ax)
    inches = (x_mm / MM_PER_INCH, y_mm / MM_PER_INCH)
    return ax.transAxes + ScaledTranslation(*inches, root.dpi_scale_trans)


def column_text(
    ax: Axes,
    texts: Sequence[str],
    *,
    x_mm: float,
    side: str = "left",
    header: str = "",
    ha: str = "right",
    colour: str = INK,
    weight: str = "normal",
) -> list[Text]:
    """Write one text a row at a distance from a side of the axes, and its header."""
    x, transform = beside(ax, x_mm, side)
    if header:
        column_header(ax, header, x_mm=x_mm, side=side, ha=ha)
    return [
        ax.text(
            x,
            row,
            text,
            transform=transform,
            ha=ha,
            va="center_baseline",
            color=colour,
            weight=weight,
            fontsize=SMALL_SIZE_PT,
        )
        for row, text in enumerate(texts)
    ]


def column_header(
    ax: Axes,
    text: str,
    *,
    x_mm: float,
    side: str = "left",
    ha: str = "right",
    up_mm: float = 1.6,
) -> Text:
    """Write a column's header above the axes."""
    return ax.text(
        1.0 if side == "right" else 0.0,
        1.0,
        text,
        transform=_corner(ax, x_mm, up_mm),
        ha=ha,
        va="bottom",
        color=MUTED,
        fontsize=SMALL_SIZE_PT,
        linespacing=1.15,
    )


def row_names(
    ax: Axes,
    names: Sequence[object],
    *,
    start_mm: float = 0.0,
    gap_mm: float = 3.0,
    header: str = "",
    colours: Sequence[str] | None = None,
) -> list[Text]:
    """Write row names from the left edge of the figure, cut where they do not fit."""
    space = left_space_mm(ax)
    fitted = [fit_text(name, space - start_mm - gap_mm) for name in names]
    texts = column_text(ax, fitted, x_mm=start_mm - space, header=header, ha="left")
    for text, colour in zip(texts, colours or (), strict=False):
        text.set_color(colour)
    return texts


def figure_note(ax: Axes, text: str, *, x_mm: float, y_mm: float) -> Text:
    """Write a note at a distance from the lower left corner of the axes."""
    place = _corner(ax, x_mm, y_mm)
    style: Look = {"color": MUTED, "fontsize": SMALL_SIZE_PT, "va": "bottom"}
    return ax.text(0, 0, text, transform=place, **style)


def top_label(ax: Axes, label: str, *, left_mm: float | None = None) -> None:
    """Write the label of the y axis horizontally above it, from a margin's edge."""
    ax.set_ylabel(label, rotation=0, ha="left", va="bottom")
    start = left_space_mm(ax) if left_mm is None else left_mm
    ax.yaxis.set_label_coords(0, 1, transform=_corner(ax, -start, 1.8))


def panel_title(ax: Axes, text: str, *, left_mm: float, right_mm: float) -> None:
    """Write a panel's title above the label of its y axis, across both margins."""
    width = axes_width_mm(ax)
    fitted = fit_text(text, width + left_mm + right_mm, TEXT_SIZE_PT, bold=True)
    ax.set_title(fitted, loc="left", x=-left_mm / width, y=1.0, pad=17)


def put_beside(
    ax: Axes, text: str, y: float, *, gap_mm: float = 1.5, colour: str = INK
) -> Text:
    """Write a text at the right of the axes, at a value of the y axis."""
    x, transform = beside(ax, gap_mm, "right")
    style: Look = {"va": "center_baseline", "fontsize": SMALL_SIZE_PT, "color": colour}
    return ax.text(x, y, text, transform=transform, **style)


def label_point(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    *,
    up_pt: float = 5.5,
    right_pt: float = 0.0,
    ha: str = "center",
    **style: Any,
) -> Text:
    """Write a text above (or, with a negative distance, below) a point."""
    return ax.annotate(
        text,
        (x, y),
        xytext=(right_pt, up_pt),
        textcoords="offset points",
        ha=ha,
        va="bottom" if up_pt >= 0 else "top",
        fontsize=SMALL_SIZE_PT,
        **{"color": INK, **style},
    )


def side_labels(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    colours: Sequence[str],
) -> None:
    """Name layers or lines at the right of the axes, joined to where they end."""
    root = root_figure(ax)
    space = (1 - ax.get_position().x1) * root.get_figwidth() * MM_PER_INCH
    height = ax.get_position().height * root.get_figheight() * MM_PER_INCH
    low, high = ax.get_ylim()
    lines = [wrap_text(name, space - 7) for name in names]
    tallest = max(text.count("\n") + 1 for text in lines)
    gap = (high - low) * 3.6 * tallest / height
    places = spread([y for _, y in points], gap, low, high)
    right = ax.get_xlim()[1]
    shift, transform = beside(ax, 4.0, "right")
    for text, place, start, colour in zip(lines, places, points, colours, strict=True):
        line = FRAME if colour.upper() == "#FFFFFF" else colour
        ax.annotate(
            "",
            (shift, place),
            xycoords=transform,
            xytext=start,
            textcoords="data",
            arrowprops={"arrowstyle": "-", "color": line, "lw": 1.0, "shrinkA": 0},
            annotation_clip=False,
        )
        x_text, at = beside(ax, 5.2, "right")
        style: Look = {
            "va": "center_baseline",
            "fontsize": SMALL_SIZE_PT,
            "linespacing": 1.05,
        }
        ax.text(x_text, place, text, transform=at, **style)
    ax.set_xlim(right=right)


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> Floats:
    """Move label positions apart to at least a gap, keeping order and limits.

    Examples
    --------
    >>> spread([1.0, 1.2, 5.0], 1.0, 0.0, 6.0).round(6).tolist()
    [0.6, 1.6, 5.0]
    """
    wanted = np.asarray(positions, dtype="float64")
    order = np.argsort(wanted, kind="stable")
    blocks: list[list[float]] = []  # mean, count
    for value in wanted[order]:
        blocks.append([float(value), 1.0])
        while len(blocks) > 1 and _touch(blocks[-2], blocks[-1], gap):
            mean, count = blocks.pop()
            earlier, number = blocks.pop()
            total = number + count
            blocks.append([(earlier * number + mean * count) / total, total])
    placed: list[float] = []
    for mean, count in blocks:
        placed.extend(mean + (k - (count - 1) / 2) * gap for k in range(int(count)))
    placed = _pushed(placed, gap, low)
    placed = [-y for y in _pushed([-y for y in reversed(placed)], gap, -high)]
    result = np.empty(len(wanted))
    result[order] = placed[::-1]
    return result


def _pushed(placed: list[float], gap: float, low: float) -> list[float]:
    """Return rising positions, none below a limit, each a gap above the one before."""
    result: list[float] = []
    for place in placed:
        result.append(max(place, result[-1] + gap if result else low))
    return result


def _touch(lower: list[float], upper: list[float], gap: float) -> bool:
    """Return whether two blocks of labels, each a mean and a count, overlap."""
    return upper[0] - lower[0] < (lower[1] + upper[1]) / 2 * gap - 1e-9


def key_row(
    ax: Axes, entries: Mapping[str, Artist], *, x_mm: float = 0.0, y_mm: float = 1.2
) -> None:
    """Explain symbols in one row above the axes; nothing where there are none."""
    if not entries:
        return
    ax.legend(
        list(entries.values()),
        list(entries),
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=_corner(ax, x_mm, y_mm),
        ncols=max(len(entries), 1),
        borderaxespad=0,
        borderpad=0,
        handletextpad=0.5,
        columnspacing=1.6,
        handlelength=1.6,
    )


def signal_marker(colour: object, size: float = 6.0) -> Line2D:
    """Return the legend marker of red, yellow, green or grey; grey where unknown."""
    signal = SIGNALS.get(str(colour), SIGNALS["grey"])
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=signal.marker,
        markersize=size,
        markerfacecolor=signal.face,
        markeredgecolor=signal.colour,
        markeredgewidth=1.0,
    )


def marker_entry(edge: str, face: str, marker: str = "o", size: float = 5.5) -> Line2D:
    """Return a legend marker."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=size,
        markeredgecolor=edge,
        markerfacecolor=face,
    )


def line_entry(
    colour: str = INK, *, style: Dashes | None = None, width: float = 1.5
) -> Line2D:
    """Return a legend line."""
    return Line2D([], [], color=colour, linestyle=style or "-", linewidth=width)
