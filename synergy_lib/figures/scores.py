"""Scores of one enterprise: its dimensions beside its peers, and where points go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    column_header,
    column_text,
    key_row,
    label_point,
    line_entry,
    put_beside,
    row_names,
    signal_marker,
    top_label,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    pairs,
    row_axis,
    value_axis,
    year_axis,
    yearly,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    grade_name,
    number_text,
    words,
)
from synergy_lib.figures.style import (
    BAND,
    FRAME,
    MUTED,
    OWN,
    SIGNALS,
    SMALL_SIZE_PT,
    TRACK,
    WHISKER,
    Look,
    styled,
)

__all__ = [
    "alt_score_history",
    "plot_score_history",
    "alt_dimension_scores",
    "alt_indicator_gaps",
    "plot_dimension_scores",
    "plot_indicator_gaps",
]

GRADES = (("优", 90.0), ("良", 80.0), ("中", 70.0), ("合格", 60.0), ("待提升", 0.0))
THRESHOLDS = (60.0, 80.0)
MOST_INDICATORS = 10
LEAST_POINTS = 0.05  # what is printed as 0.0 is not a gap


@styled
def plot_dimension_scores(
    dimensions: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw each dimension's score between the anonymous quantiles of the peers.

    Parameters
    ----------
    dimensions : pandas.DataFrame
        ``EnterpriseSlice.dimensions``: ``name, score, previous_score`` [0–100],
        ``peer_n`` and ``peer_p10`` … ``peer_p90``, NaN where withheld.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        One row a dimension, in the order of the frame. A missing score says so.
    """
    count = len(dimensions)
    if not count:
        return draw_empty(ax, language)
    if ax is None:
        margins = (48.0, 34.0, 13.0, 10.0)
        ax = new_axes(23 + 9.2 * count, margins)
    row_axis(ax, count)
    row_names(ax, dimensions["name"].tolist())
    ax.set_xlim(0, 100)
    ax.set_xticks(range(0, 101, 20))
    ax.grid(axis="x")
    for threshold in THRESHOLDS:
        ax.axvline(
            threshold, color=FRAME, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1
        )
    ax.set_xlabel(words("score_axis", language))
    _draw_peers(ax, dimensions)
    _draw_own(ax, dimensions, language)
    _write_change(ax, dimensions, language)
    _explain(ax, dimensions, language)
    return ax


def _draw_peers(ax: Axes, dimensions: pd.DataFrame) -> None:
    low, first, middle, third, high = (
        numbers(dimensions, f"peer_p{p}") for p in (10, 25, 50, 75, 90)
    )
    for row in range(len(dimensions)):
        ends = [low.iloc[row], high.iloc[row]]
        ax.plot(ends, [row, row], color=WHISKER, linewidth=1.2, zorder=2)
        width = third.iloc[row] - first.iloc[row]
        ax.barh(row, width, 0.34, left=first.iloc[row], color=BAND, zorder=2.1)
        ends = [row - 0.2, row + 0.2]
        ax.plot([middle.iloc[row]] * 2, ends, color=MUTED, linewidth=1.6, zorder=2.2)


def _draw_own(ax: Axes, dimensions: pd.DataFrame, language: str) -> None:
    rows = range(len(dimensions))
    before, score = numbers(dimensions, "previous_score"), numbers(dimensions, "score")
    ax.plot(before, rows, "o", ms=5.5, mfc="white", mec=OWN, mew=1.1, zorder=4)
    ax.plot(score, rows, "o", ms=8.5, mfc=OWN, mec="white", mew=0.8, zorder=5)
    for row, value in enumerate(score):
        if pd.isna(value):
            text = words("insufficient", language)
            style: Look = {"color": MUTED, "fontsize": SMALL_SIZE_PT}
            ax.text(1, row, text, va="center_baseline", **style)
        else:
            text = number_text(value, 1)
            label_point(ax, value, row, text, up_pt=6.5, weight="bold", bbox=PLAIN)


def _write_change(ax: Axes, dimensions: pd.DataFrame, language: str) -> None:
    change = numbers(dimensions, "score") - numbers(dimensions, "previous_score")
    texts = [number_text(value, 1, sign=True) for value in change]
    header = words("change_short", language)
    column_text(ax, texts, x_mm=15, side="right", header=header)
    peers = numbers(dimensions, "peer_n")
    if peers.notna().any():
        texts = [number_text(value, 0) for value in peers]
        header = words("peer_count", language)
        column_text(ax, texts, x_mm=32, side="right", header=header, colour=MUTED)


def _explain(ax: Axes, dimensions: pd.DataFrame, language: str) -> None:
    marker: Look = {"linestyle": "none", "marker": "o", "markeredgecolor": OWN}
    own = Line2D([], [], color=OWN, ms=7, **marker)
    entries: dict[str, Artist] = {words("own_enterprise", language): own}
    if numbers(dimensions, "previous_score").notna().any():
        hollow = Line2D([], [], markerfacecolor="white", ms=5.5, **marker)
        entries[words("previous_year", language)] = hollow
    if numbers(dimensions, "peer_p50").notna().any():
        median = Line2D([], [], ls="none", marker="|", ms=9, mew=1.6, color=MUTED)
        entries[words("peer_median", language)] = median
        entries[words("peer_quartiles", language)] = Patch(color=BAND)
        entries[words("peer_deciles", language)] = line_entry(WHISKER, width=1.2)
    key_row(ax, entries, x_mm=-48, y_mm=6.6)


def alt_dimension_scores(dimensions: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_dimension_scores` shows as one sentence."""
    scores, medians = numbers(dimensions, "score"), numbers(dimensions, "peer_p50")
    items = []
    for row, name in enumerate(dimensions.get("name", ())):
        score, median = scores.iloc[row], medians.iloc[row]
        if pd.isna(score):
            items.append(f"{name} {words('insufficient', language)}")
            continue
        key = "alt_dimension" if pd.isna(median) else "alt_dimension_peer"
        values = {"score": number_text(score, 1), "median": number_text(median, 1)}
        items.append(words(key, language, name=name, **values))
    return alt_sentence("dimension_scores", items, language)


def _gaps(indicators: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the indicators that lose most points, and how many have no score."""
    frame = pd.DataFrame(
        {
            "code": indicators.get("code", pd.Series(dtype="object")),
            "name": indicators.get("name", pd.Series(dtype="object")),
            "weight": numbers(indicators, "weight"),
            "score": numbers(indicators, "score"),
        }
    )
    frame["lost"] = frame["weight"] * (100 - frame["score"]) / 100
    unscored = int(frame["lost"].isna().sum())
    losing = frame[frame["lost"] >= LEAST_POINTS]
    order = losing["lost"].sort_values(ascending=False, kind="stable").index
    return losing.loc[order].head(MOST_INDICATORS), unscored


@styled
def plot_indicator_gaps(
    indicators: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the indicators that lose most points of the overall score.

    Parameters
    ----------
    indicators : pandas.DataFrame
        ``EnterpriseSlice.indicators``: ``code, name, weight`` [points], ``score``
        [0–100].
    ax, language
        As in :func:`plot_dimension_scores`.

    Returns
    -------
    matplotlib.axes.Axes
        At most ten bars, the points lost filled in the indicator's full weight.

    Notes
    -----
    lost = weight · (100 − score) / 100. Indicators without a score lose nothing and
    are counted in a note.
    """
    frame, unscored = _gaps(indicators)
    if frame.empty:
        return draw_empty(ax, language)
    if ax is None:
        margins = (72.0, 28.0, 11.0, 10.0)
        ax = new_axes(21 + 6.4 * max(len(frame), 2), margins)
    row_axis(ax, len(frame))
    rows = range(len(frame))
    ax.barh(rows, frame["weight"], 0.62, color=TRACK)
    ax.barh(rows, frame["lost"], 0.62, color=OWN)
    value_axis(ax, "x")
    ax.set_xlim(0, float(frame["weight"].max()) * 1.02)
    ax.set_xlabel(words("points_lost_axis", language))
    names = [f"{c}  {n}" for c, n in zip(frame["code"], frame["name"], strict=True)]
    row_names(ax, names)
    texts = [number_text(value, 1) for value in frame["lost"]]
    header = words("lost_short", language)
    column_text(ax, texts, x_mm=10, side="right", header=header, weight="bold")
    texts = [number_text(value, 1) for value in frame["score"]]
    header = words("score_short", language)
    column_text(ax, texts, x_mm=25, side="right", header=header, colour=MUTED)
    _explain_gaps(ax, unscored, language)
    return ax


def _explain_gaps(ax: Axes, unscored: int, language: str) -> None:
    entries = {
        words("points_lost", language): Patch(color=OWN),
        words("indicator_weight", language): Patch(color=TRACK),
    }
    key_row(ax, entries, y_mm=1.6)
    if unscored:
        note = words("indicators_without_data", language, n=unscored)
        column_header(ax, note, x_mm=-72, ha="left")


def alt_indicator_gaps(indicators: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_indicator_gaps` shows as one sentence."""
    frame, _ = _gaps(indicators)
    items = [
        words(
            "alt_gap",
            language,
            name=row["name"],
            lost=number_text(row["lost"], 1),
            weight=f"{row['weight']:g}",
        )
        for row in frame.to_dict("records")
    ]
    return alt_sentence("indicator_gaps", items, language)


@styled
def plot_score_history(
    history: pd.DataFrame,
    *,
    bounds: Sequence[tuple[str, float]] = GRADES,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw the overall score by year on the bands of the grades.

    Parameters
    ----------
    history : pandas.DataFrame
        ``EnterpriseSlice.history``: ``year, overall`` [0–100], ``colour, rank,
        ranked_count``.
    bounds : sequence of (str, float)
        Grades from the best, with their lowest score. [points]
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        A year without a score leaves a gap in the line. The axis starts at 40
        unless a score lies below 45.
    """
    table = yearly(history, ["overall", "rank", "ranked_count"])
    score = table.get("overall", pd.Series(dtype="float64"))
    if score.isna().all():
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(46, (10.0, 26.0, 13.0, 7.0))
    low = 40.0 if score.min() >= 45 else 0.0
    ax.set_ylim(low, 104)
    _draw_bands(ax, bounds, low, language)
    ax.spines["left"].set_visible(False)
    ax.set_yticks([low, *(b for _, b in bounds if b > low), 100])
    year_axis(ax, table.index.tolist())
    top_label(ax, words("score_axis", language))
    ax.plot(table.index, score, color=OWN, linewidth=1.4, zorder=3)
    seen = history.set_index("year").get("colour", pd.Series(dtype="object"))
    for year, value in pairs(score):
        rank = _rank_text(table.loc[[year]], language)
        _draw_year(ax, year, value, rank, seen.get(year), low, language)
    used = [c for c in SIGNALS if (seen[score.reindex(seen.index).notna()] == c).any()]
    entries = {words(f"colour_{c}", language): signal_marker(c, 7) for c in used}
    key_row(ax, entries, x_mm=-10, y_mm=6.6)
    return ax


def _draw_bands(
    ax: Axes, bounds: Sequence[tuple[str, float]], low: float, language: str
) -> None:
    top = 100.0
    for number, (grade, bottom) in enumerate(bounds):
        start = max(bottom, low)
        if number % 2 == 0:
            ax.axhspan(start, top, color="#F1F4F7", zorder=0)
        mark = f"≥{bottom:g}" if bottom else f"<{top:g}"
        text = f"{grade_name(grade, language)} {mark}"
        put_beside(ax, fit_text(text, 23), (start + top) / 2, colour=MUTED)
        top = bottom


def _draw_year(
    ax: Axes,
    year: int,
    value: float,
    rank: str,
    colour: object,
    low: float,
    language: str,
) -> None:
    if np.isnan(value):
        text = words("insufficient", language)
        style: Look = {"color": MUTED, "ha": "center", "va": "bottom"}
        ax.text(year, low + 2, text, fontsize=SMALL_SIZE_PT, **style)
        return
    signal = SIGNALS.get(str(colour), SIGNALS["grey"])
    marker: Look = {"marker": signal.marker, "mfc": signal.face, "mec": signal.colour}
    ax.plot([year], [value], ms=8, zorder=4, **marker)
    text = number_text(value, 1)
    label_point(ax, year, value, text, up_pt=6.5, weight="bold")
    if rank:
        label_point(ax, year, value, rank, up_pt=-7, color=MUTED)


def _rank_text(row: pd.DataFrame, language: str) -> str:
    """Return rank and how many are ranked of one year, nothing where not ranked."""
    rank, count = float(row["rank"].iloc[0]), float(row["ranked_count"].iloc[0])
    if np.isnan(rank):
        return ""
    text = f"{rank:.0f}/{number_text(count, 0)}"
    return words("rank_of", language, rank=text)


def alt_score_history(history: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_score_history` shows as one sentence."""
    scores = numbers(history, "overall")
    items = [
        words(
            "alt_year_score",
            language,
            year=int(row["year"]),
            score=number_text(score, 1),
            grade=grade_name(row.get("grade"), language),
        )
        for row, score in zip(history.to_dict("records"), scores, strict=True)
        if np.isfinite(score)
    ]
    return alt_sentence("score_history", items, language)
