"""How scores and carbon are spread over the enterprises of a park."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    axes_width_mm,
    column_header,
    figure_note,
    key_row,
    marker_entry,
    root_figure,
    signal_marker,
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
    grade_name,
    number_text,
    unit_text,
    words,
)
from synergy_lib.figures.scores import GRADES
from synergy_lib.figures.style import (
    FRAME,
    INK,
    MM_PER_INCH,
    MUTED,
    POINTS_PER_INCH,
    QUANTITY_COLOURS,
    SIGNALS,
    SMALL_SIZE_PT,
    Look,
    styled,
)

__all__ = [
    "alt_carbon_concentration",
    "alt_score_distribution",
    "plot_carbon_concentration",
    "plot_score_distribution",
]

BIN_POINTS = 2


def _band_counts(
    enterprises: pd.DataFrame, bounds: Sequence[tuple[str, float]]
) -> tuple[pd.Series, int, int]:
    """Return enterprises by grade, graded below their score band, and ungraded."""
    score = numbers(enterprises, "overall")
    grade = enterprises.get("grade", pd.Series(np.nan, index=enterprises.index))
    band = pd.Series("", index=enterprises.index, dtype="object")
    for name, low in reversed(bounds):
        band[score >= low] = name
    graded = grade.isin([name for name, _ in bounds])
    counts = grade[graded].value_counts().reindex([name for name, _ in bounds])
    capped = int((graded & score.notna() & (band != grade)).sum())
    return counts.fillna(0).astype("int64"), capped, int(score.isna().sum())


@styled
def plot_score_distribution(
    enterprises: pd.DataFrame,
    *,
    bounds: Sequence[tuple[str, float]] = GRADES,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw every enterprise as a dot on its overall score, stacked in steps.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        ``ParkSlice.enterprises``: ``overall`` [0–100], ``grade, colour``.
    bounds : sequence of (str, float)
        Grades from the best, with their lowest score. [points]
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        Above the axes: enterprises by grade. A note counts those whose grade a gate
        keeps below their score, and those without a score.
    """
    score = numbers(enterprises, "overall")
    tallest = int(_bins(score).value_counts().max()) if score.notna().any() else 0
    if not tallest:
        return draw_empty(ax, language)
    if ax is None:
        high = min(max(5.0 * tallest, 16.0), 46.0)
        ax = new_axes(32 + high, (3.0, 4.0, 18.0, 14.0))
    low = min(40.0, float(np.floor(score.min() / 10) * 10))
    ax.set_xlim(low, 100)
    _draw_dots(ax, enterprises, score, low)
    for _, bound in bounds:
        if bound > low:
            ax.axvline(
                bound, color=FRAME, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1
            )
    ax.set_xticks(sorted({low, *(b for _, b in bounds if b > low), 100.0}))
    ax.xaxis.set_major_formatter("{x:g}")
    texts = [words(key, language) for key in ("score_axis", "score_bins")]
    ax.set_xlabel(words("separator", language).join(texts))
    _write_bands(ax, enterprises, bounds, low, language)
    return ax


def _bins(score: pd.Series) -> pd.Series:
    """Return the lower edge of each known score's step, the top score in the last."""
    known = score.dropna().sort_values(kind="stable")
    return (known // BIN_POINTS * BIN_POINTS).clip(upper=100 - BIN_POINTS)


def _draw_dots(
    ax: Axes, enterprises: pd.DataFrame, score: pd.Series, low: float
) -> None:
    """Stack one marker an enterprise in bins, as large as the tallest stack allows."""
    bins = _bins(score)
    order = bins.index
    level = bins.groupby(bins).cumcount()
    root = root_figure(ax)
    box = ax.get_position()
    wide = box.width * root.get_figwidth() * MM_PER_INCH * BIN_POINTS / (100 - low)
    high = box.height * root.get_figheight() * MM_PER_INCH
    pitch = min(wide, high / (int(level.max()) + 1), 5.0)
    ax.set_ylim(0, high / pitch)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    colours = enterprises.get("colour", pd.Series("grey", index=enterprises.index))
    known = colours[order].where(colours[order].isin(list(SIGNALS)), "grey")
    for name, signal in SIGNALS.items():
        some = order[known == name]
        style: Look = {
            "mfc": signal.face,
            "mec": signal.colour,
            "mew": 0.9,
            "ls": "none",
        }
        size = 0.74 * pitch / MM_PER_INCH * POINTS_PER_INCH
        x, y = bins[some] + BIN_POINTS / 2, level[some] + 0.5
        ax.plot(x, y, marker=signal.marker, ms=size, label=name, **style)


def _write_bands(
    ax: Axes,
    enterprises: pd.DataFrame,
    bounds: Sequence[tuple[str, float]],
    low: float,
    language: str,
) -> None:
    counts, capped, ungraded = _band_counts(enterprises, bounds)
    width = axes_width_mm(ax)
    top = 100.0
    for grade, bottom in bounds:
        middle = ((max(bottom, low) + top) / 2 - low) / (100 - low)
        n = words("enterprises_count", language, n=counts[grade])
        text = f"{grade_name(grade, language)}\n{n}"
        column_header(ax, text, x_mm=middle * width, ha="center")
        top = bottom
    score, colours = numbers(enterprises, "overall"), enterprises.get("colour")
    entries = {}
    for name in SIGNALS if colours is not None else ():
        count = int(((colours == name) & score.notna()).sum())
        if count:
            colour = words(f"colour_{name}", language)
            text = words("alt_count", language, name=colour, n=count)
            entries[text] = signal_marker(name, 7)
    key_row(ax, entries, x_mm=-3, y_mm=12.2)
    notes = [words("insufficient_note", language, n=ungraded)] if ungraded else []
    notes += [words("gate_note", language, n=capped)] if capped else []
    figure_note(ax, words("separator", language).join(notes), y_mm=-13.4, x_mm=-3)


def alt_score_distribution(
    enterprises: pd.DataFrame,
    language: str = "zh",
    *,
    bounds: Sequence[tuple[str, float]] = GRADES,
) -> str:
    """Return what :func:`plot_score_distribution` shows as one sentence."""
    score = numbers(enterprises, "overall").dropna()
    if score.empty:
        return alt_sentence("score_distribution", [], language)
    counts, _, ungraded = _band_counts(enterprises, bounds)
    items = [
        words("alt_count", language, name=grade_name(grade, language), n=n)
        for grade, n in counts.items()
    ]
    if ungraded:
        items.append(words("insufficient_note", language, n=ungraded))
    values = {"low": number_text(score.min(), 1), "high": number_text(score.max(), 1)}
    joined = words("separator", language).join(items)
    text = words("alt_distribution", language, n=len(score), items=joined, **values)
    return alt_sentence("score_distribution", [text], language)


def _ordered(enterprises: pd.DataFrame) -> pd.DataFrame:
    """Return emissions from the largest, their cumulative share [%], and the list."""
    frame = pd.DataFrame(
        {
            "co2e_t": numbers(enterprises, "co2e_t"),
            "listed": numbers(enterprises, "on_carbon_list") == 1,
        }
    )
    frame = frame[frame["co2e_t"] > 0].sort_values(
        "co2e_t", ascending=False, kind="stable", ignore_index=True
    )
    frame["share"] = 100 * frame["co2e_t"].cumsum() / frame["co2e_t"].sum()
    frame.index += 1
    return frame


@styled
def plot_carbon_concentration(
    enterprises: pd.DataFrame,
    *,
    threshold_t: float | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw the cumulative share of CO2e, from the largest emitter to the smallest.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        ``ParkSlice.enterprises``: ``co2e_t`` [tCO2e], ``on_carbon_list``.
    threshold_t : float, optional
        Emission from which an enterprise is listed; drawn as a line. [tCO2e]
    ax, language
        As in :func:`plot_score_distribution`.

    Returns
    -------
    matplotlib.axes.Axes
        Filled points are on the list of key carbon units, hollow ones are not.
        Enterprises without a positive emission are left out.
    """
    frame = _ordered(enterprises)
    if frame.empty:
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(72, (14.0, 6.0, 13.0, 11.0))
    colour, count = QUANTITY_COLOURS["co2e_t"], len(frame)
    ax.plot([0, *frame.index], [0, *frame["share"]], color=colour, linewidth=1.2)
    size = 4.2 if count > 30 else 5.5
    for listed, face in ((False, "white"), (True, colour)):
        some = frame[frame["listed"] == listed]
        style: Look = {"mfc": face, "mec": colour, "mew": 0.8}
        ax.plot(some.index, some["share"], "o", ms=size, **style)
    value_axis(ax, "x", bins=9, whole=True)
    value_axis(ax, "y")
    ax.grid(visible=False, axis="x")
    ax.set_yticks(range(0, 101, 20))
    ax.set_ylim(0, 104)
    ax.set_xlim(0, count + 0.5)
    ax.set_xlabel(words("concentration_x", language))
    top_label(ax, words("concentration_y", language))
    _write_concentration(ax, frame, threshold_t, language)
    return ax


def _write_concentration(
    ax: Axes, frame: pd.DataFrame, threshold_t: float | None, language: str
) -> None:
    colour = QUANTITY_COLOURS["co2e_t"]
    entries = {}
    if frame["listed"].any():
        entries[words("on_list", language)] = marker_entry(colour, colour)
    entries[words("off_list", language)] = marker_entry(colour, "white")
    key_row(ax, entries, y_mm=6.6, x_mm=-14)
    if threshold_t is not None:
        place = int((frame["co2e_t"] >= threshold_t).sum()) + 0.5
        value = f"{threshold_t:,.10g} {unit_text('tCO2e', language)}"
        ax.axvline(place, color=FRAME, linewidth=0.9, linestyle=(0, (4, 2)))
        text = words("threshold_line", language, value=value)
        style: Look = {"color": MUTED, "fontsize": SMALL_SIZE_PT, "va": "bottom"}
        ax.text(place + len(frame) * 0.008, 4, text, **style)
    for place, share in _half_and_most(frame).items():
        text = words("concentration_point", language, n=place, share=share)
        ax.annotate(
            text,
            (place, frame.loc[place, "share"]),
            xytext=(7, -3),
            textcoords="offset points",
            va="top",
            color=INK,
            fontsize=SMALL_SIZE_PT,
            bbox=PLAIN,
        )
    if frame["listed"].any():
        listed = frame[frame["listed"]]
        share = number_text(100 * listed["co2e_t"].sum() / frame["co2e_t"].sum())
        text = words("list_share", language, n=len(listed), share=share)
        column_header(ax, text, x_mm=0, side="right")


def _half_and_most(frame: pd.DataFrame) -> dict[int, str]:
    """Return the smallest counts of enterprises that emit half and 80 %."""
    counts = {int((frame["share"] < share).sum()) + 1 for share in (50, 80)}
    return {n: number_text(float(frame["share"].loc[n])) for n in sorted(counts)}


def alt_carbon_concentration(enterprises: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_carbon_concentration` shows as one sentence."""
    frame = _ordered(enterprises)
    if frame.empty:
        return alt_sentence("carbon_concentration", [], language)
    top, share = list(_half_and_most(frame).items())[-1]
    listed = frame[frame["listed"]]
    part = number_text(100 * listed["co2e_t"].sum() / frame["co2e_t"].sum())
    values = {"n": len(frame), "top": top, "share": share}
    values |= {"listed": len(listed), "listed_share": part}
    text = words("alt_concentration", language, **values)
    return alt_sentence("carbon_concentration", [text], language)
