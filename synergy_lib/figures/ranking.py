"""Enterprises row by row: ranks with intervals, scores of every dimension."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count as count_up

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    axes_width_mm,
    column_header,
    column_text,
    key_row,
    left_space_mm,
    row_names,
    signal_marker,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    row_axis,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    grade_name,
    number_text,
    text_width_mm,
    words,
    wrap_text,
)
from synergy_lib.figures.scores import GRADES
from synergy_lib.figures.style import (
    FRAME,
    GRID,
    INK,
    MUTED,
    SIGNALS,
    SMALL_SIZE_PT,
    TEXT_WIDTH_MM,
    WHISKER,
    Look,
    styled,
)

__all__ = [
    "alt_dimension_heatmap",
    "alt_ranking",
    "plot_dimension_heatmap",
    "plot_ranking",
]

Floats = npt.NDArray[np.float64]
MOST_IN_ALT = 5
ROW_MM = 4.7
# From weak (dark) to good (light); lightness falls evenly, so it prints in grey.
SHADES = ("#F2F5F8", "#DAE4EC", "#B5CADA", "#86A9C6", "#2C5A85")


@styled
def plot_ranking(
    enterprises: pd.DataFrame,
    *,
    ranked_count: int | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw ranks with their 90 % intervals, one enterprise a row.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        At most 45 rows of ``ParkSlice.enterprises`` in the order to be shown:
        ``enterprise_id, enterprise_name, overall, grade, colour, rank, rank_low,
        rank_high``.
    ranked_count : int, optional
        How many enterprises are ranked in the park; the axis ends there. The
        largest rank of the rows if omitted.
    ax, language
        As in :func:`~synergy_lib.figures.distribution.plot_score_distribution`.
    """
    count = len(enterprises)
    if not count:
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(20 + ROW_MM * max(count, 3), (84.0, 39.0, 13.0, 7.0))
    rank, low, high = (
        numbers(enterprises, c) for c in ("rank", "rank_low", "rank_high")
    )
    if ranked_count is None:
        ranked_count = int(np.nanmax([*rank, *high, 1]))
    row_axis(ax, count)
    _rank_axis(ax, ranked_count, language)
    for row in range(count):
        _draw_rank(
            ax,
            row,
            (rank.iloc[row], low.iloc[row], high.iloc[row]),
            enterprises["colour"].iloc[row] if "colour" in enterprises else "grey",
            language,
        )
    _write_rows(ax, enterprises, rank, language)
    used = [c for c in SIGNALS if c in set(enterprises.get("colour", ()))]
    entries = {words(f"colour_{c}", language): signal_marker(c) for c in used}
    key_row(ax, entries, x_mm=-84, y_mm=7.6)
    return ax


def _rank_axis(ax: Axes, ranked_count: int, language: str) -> None:
    steps = (digit * 10**power for power in count_up() for digit in (1, 2, 5))
    step = next(s for s in steps if ranked_count / s <= 8)
    ticks = [1, *range(max(step, 2), ranked_count + 1, step)]
    ax.set_xticks(sorted(set(ticks)))
    pad = max(ranked_count * 0.02, 0.25)
    ax.set_xlim(1 - pad, ranked_count + pad)
    ax.grid(axis="x")
    ax.tick_params(axis="x", top=True, labeltop=True, length=0, pad=1.5)
    label = ax.set_xlabel(words("rank_axis", language))
    label.set_visible(False)
    column_header(ax, words("rank_axis", language), x_mm=0, ha="left", up_mm=5.2)


def _draw_rank(
    ax: Axes,
    row: int,
    ranks: tuple[float, float, float],
    colour: object,
    language: str,
) -> None:
    rank, low, high = ranks
    if row % 5 == 4:
        ax.axhline(row + 0.5, color=GRID, linewidth=0.6, zorder=0)
    if np.isnan(rank):
        text = words("rank_unranked", language)
        style: Look = {"color": MUTED, "fontsize": SMALL_SIZE_PT}
        ax.text(
            ax.get_xlim()[0], row, f" {text}", va="center_baseline", bbox=PLAIN, **style
        )
        return
    ax.plot([low, high], [row, row], color=WHISKER, linewidth=2.2, zorder=2)
    signal = SIGNALS.get(str(colour), SIGNALS["grey"])
    marker: Look = {"marker": signal.marker, "mfc": signal.face, "mec": signal.colour}
    ax.plot([rank], [row], ms=5.6, zorder=3, **marker)


def _write_rows(
    ax: Axes, enterprises: pd.DataFrame, rank: pd.Series, language: str
) -> None:
    ids = enterprises["enterprise_id"].astype(str).tolist()
    widest = min(max(text_width_mm(text) for text in ids), 26.0)
    ids = [fit_text(text, 26.0) for text in ids]
    header = words("rank_short", language)
    column_text(ax, [number_text(r, 0) for r in rank], x_mm=-77, header=header)
    names = enterprises["enterprise_name"].tolist()
    row_names(
        ax,
        names,
        start_mm=9.5,
        gap_mm=widest + 5,
        header=words("enterprise_short", language),
    )
    column_text(ax, ids, x_mm=-3, colour=MUTED)
    scores = [number_text(v, 1) for v in numbers(enterprises, "overall")]
    header = words("overall_short", language)
    column_text(ax, scores, x_mm=14, side="right", header=header, weight="bold")
    grades = [
        grade_name(g, language) for g in enterprises.get("grade", [np.nan] * len(ids))
    ]
    header = words("grade_short", language)
    style: Look = {"side": "right", "ha": "left", "colour": MUTED}
    column_text(ax, [fit_text(g, 22) for g in grades], x_mm=17, header=header, **style)


def alt_ranking(enterprises: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_ranking` shows as one sentence."""
    columns = ["rank", "rank_low", "rank_high"]
    ranks = pd.DataFrame({c: numbers(enterprises, c) for c in columns})
    items = []
    listed = enterprises.head(MOST_IN_ALT)
    for name, values in zip(
        listed.get("enterprise_name", ()),
        ranks.head(MOST_IN_ALT).to_numpy(),
        strict=True,
    ):
        rank, low, high = (number_text(value, 0) for value in values)
        if np.isnan(values[0]):
            items.append(f"{name} {words('rank_unranked', language)}")
        else:
            texts = {"rank": rank, "name": name, "low": low, "high": high}
            items.append(words("alt_ranking", language, **texts))
    if len(enterprises) > MOST_IN_ALT:
        items.append(words("and_others", language, n=len(enterprises) - MOST_IN_ALT))
    return alt_sentence("ranking", items, language)


@styled
def plot_dimension_heatmap(
    enterprises: pd.DataFrame,
    dimensions: pd.DataFrame,
    *,
    bounds: Sequence[tuple[str, float]] = GRADES,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw the scores of every dimension as shaded numbers, one enterprise a row.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        At most 45 rows of ``ParkSlice.enterprises``: ``enterprise_name, overall``
        and one column a dimension code. [0–100]
    dimensions : pandas.DataFrame
        ``ParkSlice.dimensions``: ``code, name``.
    bounds : sequence of (str, float)
        Grades from the best, with their lowest score: where the shade changes.
    ax, language
        As in :func:`plot_ranking`.

    Returns
    -------
    matplotlib.axes.Axes
        The darker a cell, the lower its score; a missing score is hatched.
    """
    rows, columns = len(enterprises), len(dimensions)
    if not rows or not columns:
        return draw_empty(ax, language)
    if ax is None:
        pitch = 15.5 if language == "zh" else 18.8
        top = _header_mm(_headers(dimensions, pitch)) + 4.5
        margins = (TEXT_WIDTH_MM - 14 - pitch * columns, 14.0, top, 2.0)
        ax = new_axes(top + 2 + ROW_MM * max(rows, 3), margins)
    codes = dimensions["code"].tolist()
    values = np.column_stack([numbers(enterprises, code) for code in codes])
    row_axis(ax, rows)
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    edges = [low for _, low in bounds][:-1]
    steps = sum((values < edge).astype(int) for edge in edges)
    _draw_cells(ax, values, np.minimum(steps, len(SHADES) - 1))
    _write_heatmap(ax, enterprises, dimensions, bounds, language)
    return ax


def _draw_cells(ax: Axes, values: Floats, steps: npt.NDArray[np.int64]) -> None:
    """Shade the cells and write their values; hatch those that are missing."""
    corners = np.array([(-0.48, -0.46), (0.48, -0.46), (0.48, 0.46), (-0.48, 0.46)])
    known = ~np.isnan(values)
    for some, style in (
        (known, {"facecolors": [SHADES[k] for k in steps[known]], "linewidths": 0}),
        (~known, {"facecolors": "white", "edgecolors": FRAME, "hatch": "////"}),
    ):
        places = np.argwhere(some)[:, ::-1]
        boxes = places[:, None, :] + corners
        ax.add_collection(PolyCollection(list(boxes), **style), autolim=False)
    for (row, column), value in np.ndenumerate(values):
        dark = steps[row, column] == len(SHADES) - 1 and known[row, column]
        ax.text(
            column,
            row,
            number_text(value, 1),
            ha="center",
            va="center_baseline",
            color="white" if dark else INK,
            fontsize=SMALL_SIZE_PT,
        )


def _headers(dimensions: pd.DataFrame, pitch_mm: float) -> list[str]:
    """Return the code and the wrapped name of each dimension."""
    pairs = dimensions.get(["code", "name"], pd.DataFrame()).itertuples(index=False)
    return [f"{c}\n{wrap_text(n, pitch_mm - 0.5, lines=3)}" for c, n in pairs]


def _header_mm(headers: Sequence[str]) -> float:
    """Return how high above the axes the key stands clear of the headers."""
    return 4.4 + 3.3 * max(text.count("\n") + 1 for text in headers)


def _write_heatmap(
    ax: Axes,
    enterprises: pd.DataFrame,
    dimensions: pd.DataFrame,
    bounds: Sequence[tuple[str, float]],
    language: str,
) -> None:
    left = left_space_mm(ax)
    pitch = axes_width_mm(ax) / len(dimensions)
    names = _headers(dimensions, pitch)
    for place, text in enumerate(names):
        column_header(ax, text, x_mm=(place + 0.5) * pitch, ha="center")
    header = words("enterprise_short", language)
    row_names(ax, enterprises["enterprise_name"].tolist(), header=header)
    scores = [number_text(v, 1) for v in numbers(enterprises, "overall")]
    header = words("overall_short", language)
    column_text(ax, scores, x_mm=12, side="right", header=header, weight="bold")
    entries, top = {}, np.inf
    for (_, low), shade in zip(bounds, SHADES, strict=False):
        text = f"≥{low:g}" if np.isinf(top) else f"{low:g}–{top:g}"
        entries[text if low else f"<{top:g}"] = Patch(
            facecolor=shade, edgecolor=FRAME, linewidth=0.5
        )
        top = low
    text = words("darker_weaker", language)
    column_header(ax, text, x_mm=-left, ha="left", up_mm=_header_mm(names))
    start = text_width_mm(text) + 3 - left
    key_row(ax, entries, x_mm=start, y_mm=_header_mm(names) + 0.2)


def alt_dimension_heatmap(
    enterprises: pd.DataFrame, dimensions: pd.DataFrame, language: str = "zh"
) -> str:
    """Return the lowest score of each dimension as one sentence."""
    items = []
    pairs = dimensions.get(["code", "name"], pd.DataFrame()).itertuples(index=False)
    for code, name in pairs:
        score = numbers(enterprises, code)
        if score.notna().any():
            texts = {
                "dimension": name,
                "name": enterprises["enterprise_name"].iloc[int(np.nanargmin(score))],
                "score": number_text(float(score.min()), 1),
            }
            items.append(words("alt_lowest", language, **texts))
    if items:
        joined = words("separator", language).join(items)
        items = [words("alt_heatmap", language, n=len(enterprises), items=joined)]
    return alt_sentence("dimension_heatmap", items, language)
