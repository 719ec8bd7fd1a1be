"""Measures and projects: ranges of carbon reduction, investment."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    beside,
    column_header,
    column_text,
    figure_note,
    key_row,
    left_space_mm,
    marker_entry,
    root_figure,
    row_names,
)
from synergy_lib.figures.parts.axes import (
    add_axes,
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
    scale_unit,
    status_name,
    words,
)
from synergy_lib.figures.style import (
    BAND,
    FRAME,
    MUTED,
    QUANTITY_COLOURS,
    SMALL_SIZE_PT,
    Look,
    new_figure,
    styled,
)

__all__ = [
    "alt_measure_ranges",
    "alt_projects",
    "alt_technique_potential",
    "figure_projects",
    "plot_measure_ranges",
    "plot_technique_potential",
]

MOST_MEASURES = 8
MOST_TECHNIQUES = 20
MOST_PROJECTS = 15
RANGE_COLUMNS = ("co2e_low_t", "co2e_mode_t", "co2e_high_t")
PROJECT_COLUMNS = ("investment_10k_cny", "co2e_reduction_t")


class ParkProjects(Protocol):
    """The part of a park slice that :func:`figure_projects` reads."""

    @property
    def projects(self) -> pd.DataFrame:
        """Planned measures of all enterprises."""


def _ranges(measures: pd.DataFrame, most: int, language: str) -> pd.DataFrame:
    """Return name, low, mode, high, evidence, enterprises of the first rows."""
    rows = measures.head(most)
    frame = pd.DataFrame({c: numbers(rows, c) for c in RANGE_COLUMNS}, index=rows.index)
    frame.columns = pd.Index(["low", "mode", "high"])
    named = next((c for c in (f"name_{language}", "name") if c in rows), None)
    frame["name"] = rows[named] if named else ""
    frame["evidence"] = rows.get("evidence", np.nan)
    frame["enterprises"] = numbers(rows, "enterprises")
    return frame.reset_index(drop=True)


@styled
def plot_measure_ranges(
    measures: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the yearly CO2e reduction of the first eight measures, low to high.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``EnterpriseSlice.measures`` by priority: ``name_zh, name_en, co2e_low_t,
        co2e_mode_t, co2e_high_t`` [tCO2e/a, positive: less CO2e], ``evidence`` (A–D).
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        A measure that raises CO2e stands left of zero, hatched; one that cannot be
        computed says so.
    """
    frame = _ranges(measures, MOST_MEASURES, language)
    ax = _plot_ranges(frame, ax, language)
    if frame[["low", "mode", "high"]].notna().any(axis=None):
        grades = [fit_text(text, 8) for text in frame["evidence"]]
        headers = ("measure_short", "evidence_short")
        _write_ranges(ax, frame, grades, headers, language)
    return ax


@styled
def plot_technique_potential(
    measures: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the park's yearly CO2e reduction by technique, low to high.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``ParkSlice.measures``: ``name, enterprises`` and the columns of
        :func:`plot_measure_ranges`; at most twenty rows, in the order given.
    ax, language
        As in :func:`plot_measure_ranges`.
    """
    frame = _ranges(measures, MOST_TECHNIQUES, language)
    ax = _plot_ranges(frame, ax, language)
    if frame[["low", "mode", "high"]].notna().any(axis=None):
        counts = [number_text(n, 0) for n in frame["enterprises"]]
        headers = ("technique_short", "enterprises_axis_short")
        _write_ranges(ax, frame, counts, headers, language)
    return ax


def _unit(frame: pd.DataFrame, language: str) -> tuple[float, str]:
    values = frame[["low", "mode", "high"]].to_numpy(dtype="float64")
    return scale_unit(float(np.nanmax(np.abs(values))), "tCO2e", language)


def _plot_ranges(frame: pd.DataFrame, ax: Axes | None, language: str) -> Axes:
    if frame[["low", "mode", "high"]].isna().all(axis=None):
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(23 + 7.2 * max(len(frame), 2), (64.0, 54.0, 12.0, 11.0))
    divisor, unit = _unit(frame, language)
    row_axis(ax, len(frame))
    colour = QUANTITY_COLOURS["co2e_t"]
    for row, (low, mode, high) in enumerate(
        frame[["low", "mode", "high"]].to_numpy() / divisor
    ):
        if np.isnan(mode):
            continue
        raises: Look = {"hatch": "/////", "edgecolor": MUTED, "linewidth": 0}
        style: Look = raises if mode < 0 else {"linewidth": 0}
        ax.barh(row, high - low, 0.4, left=low, color=BAND, **style)
        ax.plot([mode], [row], "o", ms=6.5, color=colour, mec="white", mew=0.7)
    value_axis(ax, "x", bins=4)
    ax.axvline(0, color=FRAME, linewidth=0.8, zorder=1)
    ax.autoscale_view()
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0), max(high, 0))
    for row, value in enumerate(frame["mode"]):
        if np.isnan(value):
            text = words("not_computable", language)
            style = {"color": MUTED, "fontsize": SMALL_SIZE_PT, "bbox": PLAIN}
            ax.annotate(
                text,
                (0, row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center_baseline",
                **style,
            )
    key = "co2e_change_axis" if (frame["low"] < 0).any() else "co2e_reduction_axis"
    ax.set_xlabel(words(key, language, unit=unit))
    return ax


def _write_ranges(
    ax: Axes,
    frame: pd.DataFrame,
    last: list[str],
    headers: tuple[str, str],
    language: str,
) -> None:
    divisor, _ = _unit(frame, language)
    row_names(ax, frame["name"].tolist(), header=words(headers[0], language))
    ends = frame[["low", "mode", "high"]].to_numpy(dtype=float) / divisor
    # As many decimals for all as the largest has digits to spare: columns stay apart.
    digits = len(str(int(np.nanmax(np.abs(ends)))))
    decimals = max(4 - digits, 0)
    texts = [number_text(mode, decimals) for _, mode, _ in ends]
    first = words("mode_value", language)
    column_text(ax, texts, x_mm=16, side="right", header=first, weight="bold")
    texts = [
        f"{number_text(low, decimals)} ~ {number_text(high, decimals)}"
        if np.isfinite(low)
        else "–"
        for low, _, high in ends
    ]
    middle = words("low_high", language)
    style: Look = {"side": "right", "colour": MUTED}
    column_text(ax, texts, x_mm=39, header=middle, **style)
    column_text(ax, last, x_mm=53, side="right", header=words(headers[1], language))
    colour = QUANTITY_COLOURS["co2e_t"]
    entries = {
        words("mode_value", language): marker_entry(colour, colour, size=6.5),
        words("low_high", language): Patch(color=BAND),
    }
    key_row(ax, entries, y_mm=1.8)


def _alt_ranges(what: str, frame: pd.DataFrame, language: str) -> str:
    known = frame[frame["mode"].notna()]
    if known.empty:
        return alt_sentence(what, [], language)
    divisor, unit = _unit(frame, language)
    items = []
    for row in known.to_dict("records"):
        texts = {k: number_text(row[k] / divisor) for k in ("low", "mode", "high")}
        items.append(words("alt_range", language, name=row["name"], **texts))
    joined = words("separator", language).join(items)
    name = words(f"what_{what}", language)
    return words("alt_range_unit", language, what=name, unit=unit, items=joined)


def alt_measure_ranges(measures: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_measure_ranges` shows as one sentence."""
    frame = _ranges(measures, MOST_MEASURES, language)
    return _alt_ranges("measure_ranges", frame, language)


def alt_technique_potential(measures: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_technique_potential` shows as one sentence."""
    frame = _ranges(measures, MOST_TECHNIQUES, language)
    return _alt_ranges("technique_potential", frame, language)


def _projects(projects: pd.DataFrame) -> pd.DataFrame:
    """Return the projects from the largest reduction, unknown ones last."""
    frame = pd.DataFrame({c: numbers(projects, c) for c in PROJECT_COLUMNS})
    for column in ("enterprise_name", "measure_name", "status"):
        frame[column] = projects.get(column, np.nan)
    frame = frame.sort_values(
        list(reversed(PROJECT_COLUMNS)), ascending=False, kind="stable"
    )
    return frame.reset_index(drop=True)


@styled
def figure_projects(data: ParkProjects, *, language: str = "zh") -> Figure:
    """Draw investment beside yearly CO2e reduction of the planned projects.

    Parameters
    ----------
    data : ParkSlice
        ``projects``: ``enterprise_name, measure_name, status, investment_10k_cny``
        [万元], ``co2e_reduction_t`` [tCO2e/a].
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.figure.Figure
        The fifteen projects with the largest reduction; a note counts the others.
    """
    everything = _projects(data.projects)
    frame = everything.head(MOST_PROJECTS)
    if frame.empty:
        return root_figure(draw_empty(None, language))
    figure = new_figure(height_mm=21 + 9.6 * max(len(frame), 2))
    left = add_axes(figure, (72, 58, 11, 10))
    right = add_axes(figure, (121, 12, 11, 10))
    labels = {"investment_10k_cny": "investment_axis"}
    labels["co2e_reduction_t"] = "reduction_axis"
    for ax, column in zip((left, right), PROJECT_COLUMNS, strict=True):
        _draw_bars(ax, frame[column], labels[column], language)
    _write_projects(left, frame, len(everything) - len(frame), language)
    return figure


def _project_unit(values: pd.Series, language: str) -> tuple[float, str]:
    unit = "万元" if values.name == PROJECT_COLUMNS[0] else "tCO2e"
    largest = float(values.abs().max()) if values.notna().any() else 0.0
    return scale_unit(largest, unit, language)


def _draw_bars(ax: Axes, values: pd.Series, label: str, language: str) -> None:
    divisor, unit = _project_unit(values, language)
    money = values.name == PROJECT_COLUMNS[0]
    colour = QUANTITY_COLOURS["output_value_10k_cny" if money else "co2e_t"]
    row_axis(ax, len(values))
    ax.barh(range(len(values)), values / divisor, 0.42, color=colour)
    value_axis(ax, "x", bins=3)
    low, high = ax.get_xlim()
    ax.set_xlim(low, high * 1.12 if high > 0 else 1)
    ax.axvline(0, color=FRAME, linewidth=0.8)
    ax.set_title("")
    column_header(ax, words(label, language, unit=unit), x_mm=0, ha="left")
    for row, value in enumerate(values):
        ax.annotate(
            number_text(value / divisor),
            (np.nan_to_num(value) / divisor, row),
            xytext=(3, 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=SMALL_SIZE_PT,
        )


def _write_projects(ax: Axes, frame: pd.DataFrame, more: int, language: str) -> None:
    width = left_space_mm(ax)
    names = [fit_text(n, width - 20) for n in frame["measure_name"]]
    for text in row_names(ax, names, header=words("project_short", language)):
        text.set_y(text.get_position()[1] - 0.2)
    status = [status_name(s, language) for s in frame["status"]]
    column_text(ax, status, x_mm=-3, colour=MUTED)
    for row, owner in enumerate(frame["enterprise_name"]):
        x, transform = beside(ax, -width)
        ax.text(
            x, row + 0.42, fit_text(owner, width - 20), transform=transform, color=MUTED
        )
    if more:
        figure_note(ax, words("more_rows", language, n=more), x_mm=-width, y_mm=-9.5)


def alt_projects(data: ParkProjects, language: str = "zh") -> str:
    """Return what :func:`figure_projects` shows as one sentence."""
    frame = _projects(data.projects).head(MOST_PROJECTS)
    if frame.empty:
        return alt_sentence("projects", [], language)
    units = [_project_unit(frame[c], language) for c in PROJECT_COLUMNS]
    items = []
    for row in frame.to_dict("records"):
        texts = [
            number_text(row[column] / divisor)
            for column, (divisor, _) in zip(PROJECT_COLUMNS, units, strict=True)
        ]
        values = {"name": row["measure_name"], "investment": texts[0]}
        items.append(words("alt_project", language, reduction=texts[1], **values))
    return words(
        "alt_projects",
        language,
        what=words("what_projects", language),
        investment_unit=units[0][1],
        reduction_unit=units[1][1],
        items=words("separator", language).join(items),
    )
