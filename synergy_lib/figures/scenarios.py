"""Where emissions may go: a fan a scenario, and under it when it peaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    figure_note,
    key_row,
    line_entry,
    marker_entry,
    panel_title,
    root_figure,
    top_label,
)
from synergy_lib.figures.parts.axes import (
    add_axes,
    draw_empty,
    new_axes,
    numbers,
    value_axis,
    year_axis,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    number_text,
    scale_unit,
    words,
)
from synergy_lib.figures.style import (
    BAND,
    INK,
    MUTED,
    OWN,
    QUANTITY_COLOURS,
    TEXT_WIDTH_MM,
    Dashes,
    Look,
    new_figure,
    styled,
)
from synergy_lib.outlook.scenarios.projection import SCENARIOS
from synergy_lib.outlook.scenarios.verdict import PEAK_STATUSES

__all__ = [
    "alt_scenarios",
    "figure_scenarios",
    "plot_peak_years",
    "plot_scenario_fan",
    "scenario_tables",
]

COLOUR = QUANTITY_COLOURS["co2e_t"]
DASHES: Dashes = (0, (2, 2))
LEFT_MM, RIGHT_MM, FAN_MM, PEAK_MM, BETWEEN_MM = 13.0, 3.0, 48.0, 24.0, 16.0
HEAD_MM, FOOT_MM = 20.0, 15.0


class ScenarioTables(Protocol):
    """The part of :class:`~synergy_lib.outlook.scenarios.projection.Scenarios` that is drawn."""

    @property
    def observed(self) -> pd.Series:
        """Year → emission [tCO2e]."""

    @property
    def paths(self) -> pd.DataFrame:
        """Quantiles by scenario and year."""

    @property
    def peaks(self) -> pd.DataFrame:
        """Verdict by scenario."""

    @property
    def peak_histogram(self) -> pd.DataFrame:
        """Share of the draws by scenario and peak year."""


@dataclass(frozen=True)
class _Tables:
    observed: pd.Series
    paths: pd.DataFrame
    peaks: pd.DataFrame
    peak_histogram: pd.DataFrame


def scenario_tables(
    observed: pd.DataFrame,
    paths: pd.DataFrame,
    peaks: pd.DataFrame,
    peak_histogram: pd.DataFrame,
) -> ScenarioTables:
    """Return the tables of a slice as they are drawn.

    Parameters
    ----------
    observed : pandas.DataFrame
        ``year, value`` [tCO2e].
    paths, peaks, peak_histogram : pandas.DataFrame
        As in :class:`~synergy_lib.outlook.scenarios.projection.Scenarios`.
    """
    series = observed.set_index("year")["value"]
    return _Tables(series, paths, peaks, peak_histogram)


def _of(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    rows = table[table["scenario"] == scenario] if "scenario" in table else table
    return rows.reset_index(drop=True)


def _drawn(data: ScenarioTables) -> list[str]:
    """Return the scenarios that have a path."""
    if "scenario" not in data.paths or numbers(data.paths, "median").isna().all():
        return []
    return [name for name in SCENARIOS if (data.paths["scenario"] == name).any()]


def _scenario_name(name: str, language: str) -> str:
    return SCENARIOS[name][0 if language == "zh" else 1]


@styled
def plot_scenario_fan(
    paths: pd.DataFrame,
    observed: pd.Series,
    peak_year: float = np.nan,
    *,
    largest: float | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw the observed emission, and the median and range of what follows.

    Parameters
    ----------
    paths : pandas.DataFrame
        Rows of one scenario: ``year, p05, median, p95`` [tCO2e].
    observed : pandas.Series
        Year → emission [tCO2e]; a missing year leaves a gap.
    peak_year : float
        Declared peak of the median, NaN where there is none.
    largest : float, optional
        Value the axis reaches to, so that scenarios compare [tCO2e].
    ax, language
        As in :func:`~synergy_lib.figures.targets.plot_targets`.

    Returns
    -------
    matplotlib.axes.Axes
        Emissions from zero.
    """
    fan = paths.set_index("year") if "year" in paths else paths
    if numbers(fan, "median").isna().all():
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(62, (LEFT_MM, RIGHT_MM, 14.0, 8.0))
    most = max(float(fan["p95"].max()), float(observed.max()))
    most = most if largest is None else largest
    divisor, unit = scale_unit(most, "tCO2e", language)
    years = fan.index.to_numpy(dtype=float)
    low, high = (numbers(fan, name) / divisor for name in ("p05", "p95"))
    ax.fill_between(years, low, high, color=BAND, linewidth=0)
    ax.plot(years, fan["median"] / divisor, color=COLOUR, linestyle=DASHES)
    seen = observed.reindex(range(int(observed.index.min()), int(years[0]) + 1))
    style: Look = {"color": COLOUR, "marker": "o", "ms": 3.0}
    ax.plot(seen.index, seen / divisor, **style)
    if np.isfinite(peak_year):
        whole = pd.concat([seen, fan["median"].iloc[1:]])
        at_peak: Look = {"mfc": "white", "mec": COLOUR, "mew": 1.6, "zorder": 5}
        value = float(whole.get(int(peak_year), np.nan)) / divisor
        ax.plot([peak_year], [value], "D", ms=6.5, clip_on=False, **at_peak)
    value_axis(ax, "y", bins=4)
    bottom = min(0.0, float(fan["p05"].min()) / divisor * 1.05)
    ax.set_ylim(bottom, most / divisor * 1.05)
    year_axis(ax, [int(seen.index[0]), *fan.index.astype(int)], most=100)
    _few_years(ax, int(seen.index[0]), int(years[-1]))
    top_label(ax, words("fan_axis", language, unit=unit), left_mm=LEFT_MM)
    return ax


def _few_years(ax: Axes, first: int, last: int) -> None:
    """Label every fifth year, fewer where the axes are narrow."""
    step = 5 if last - first <= 25 else 10
    ticks = [year for year in range(first, last + 1) if year % step == 0]
    ticks = ticks or [first, last]
    ax.set_xticks(ticks, [str(year) for year in ticks])


@styled
def plot_peak_years(
    peak_histogram: pd.DataFrame,
    deadline: int,
    *,
    years: tuple[int, int] | None = None,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw in which share of the draws the emission peaks when.

    Parameters
    ----------
    peak_histogram : pandas.DataFrame
        Rows of one scenario: ``peak_year`` (missing: none declared), ``share`` [-].
    deadline : int
        Year by which a peak is asked for; bars up to it are dark.
    years : tuple of int, optional
        First and last year of the axis.
    ax, language
        As in :func:`plot_scenario_fan`.

    Returns
    -------
    matplotlib.axes.Axes
        Shares in per cent; draws without a declared peak have no bar.
    """
    shares = numbers(peak_histogram, "share")
    if shares.isna().all():
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(40, (LEFT_MM, RIGHT_MM, 9.0, 8.0))
    when = numbers(peak_histogram, "peak_year")
    known = when.notna()
    colours = [OWN if year <= deadline else MUTED for year in when[known]]
    ax.bar(when[known], 100 * shares[known], 0.8, color=colours)
    ends = (
        years or (int(when.min()), int(when.max())) if known.any() else (deadline,) * 2
    )
    first, last = years or ends
    year_axis(ax, [first, last], most=100)
    _few_years(ax, first, last)
    ax.axvline(deadline + 0.5, color=INK, linewidth=0.8, linestyle=DASHES)
    ax.set_ylim(0, 100)
    value_axis(ax, "y", bins=2)
    top_label(ax, words("peak_share_axis", language), left_mm=LEFT_MM)
    return ax


@styled
def figure_scenarios(data: ScenarioTables, *, language: str = "zh") -> Figure:
    """Draw each scenario's fan, and under it the histogram of its peak year.

    Parameters
    ----------
    data : Scenarios
        Of :func:`~synergy_lib.outlook.scenarios.projection.project_scenarios`.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.figure.Figure
        One column a scenario, all to the same scale; the verdict in words under
        each.
    """
    names = _drawn(data)
    if not names:
        return root_figure(draw_empty(None, language))
    height = HEAD_MM + FAN_MM + BETWEEN_MM + PEAK_MM + FOOT_MM
    figure = new_figure(TEXT_WIDTH_MM, height)
    width = TEXT_WIDTH_MM / max(len(names), 2)
    observed = numbers(data.observed.to_frame("value"), "value")
    largest = float(max(numbers(data.paths, "p95").max(), observed.fillna(0.0).max()))
    for number, name in enumerate(names):
        left = number * width + LEFT_MM
        right = TEXT_WIDTH_MM - (number + 1) * width + RIGHT_MM
        fan_bottom = FOOT_MM + PEAK_MM + BETWEEN_MM
        top = add_axes(figure, (left, right, HEAD_MM, fan_bottom))
        low = add_axes(figure, (left, right, height - FOOT_MM - PEAK_MM, FOOT_MM))
        verdict = _of(data.peaks, name).iloc[0]
        rows = _of(data.paths, name)
        texts: Look = {"language": language}
        plot_scenario_fan(
            rows, observed, verdict["peak_year"], largest=largest, ax=top, **texts
        )
        panel_title(
            top, _scenario_name(name, language), left_mm=LEFT_MM, right_mm=RIGHT_MM
        )
        ends = (int(observed.index.min()), int(rows["year"].max()))
        deadline = int(verdict["deadline"])
        histogram = _of(data.peak_histogram, name)
        plot_peak_years(histogram, deadline, years=ends, ax=low, **texts)
        low.set_xlim(top.get_xlim())
        said = "\n".join(_verdict(verdict, language, width - 2))
        note = figure_note(low, said, x_mm=-LEFT_MM, y_mm=-FOOT_MM + 0.7)
        note.set_linespacing(1.35)
        if number == 0:
            shown = data.peaks[data.peaks["scenario"].isin(names)]
            _explain(top, shown, language)
    return figure


def _verdict(row: pd.Series, language: str, width_mm: float = np.inf) -> list[str]:
    """Return status and probability of one scenario, a line each."""
    which = 0 if language == "zh" else 1
    status = PEAK_STATUSES[str(row["status"])][which]
    year = float(str(row["peak_year"]))
    said = [status]
    if np.isfinite(year):
        texts = {"status": status, "year": f"{year:.0f}"}
        said = [words("peak_status_year", language, **texts)]
    p = float(str(row["p_deadline"]))
    if np.isfinite(p):
        none = number_text(100 * (1 - float(str(row["p_declared"]))), 0)
        values = {"year": row["deadline"], "p": number_text(100 * p, 0), "none": none}
        said.append(words("peak_probability", language, **values))
    return [fit_text(line, width_mm) for line in said]


def _explain(ax: Axes, peaks: pd.DataFrame, language: str) -> None:
    entries: dict[str, Artist] = {
        words("fan_observed", language): line_entry(COLOUR),
        words("fan_median", language): line_entry(COLOUR, style=DASHES),
        words("fan_band", language): Patch(color=BAND),
    }
    line = line_entry(INK, style=DASHES, width=0.8)
    entries[words("peak_deadline", language)] = line
    if numbers(peaks, "peak_year").notna().any():
        marker = marker_entry(COLOUR, "white", "D")
        entries[words("fan_peak", language)] = marker
    key_row(ax, entries, x_mm=-LEFT_MM, y_mm=14.0)


def alt_scenarios(data: ScenarioTables, language: str = "zh") -> str:
    """Return what :func:`figure_scenarios` shows as one sentence."""
    items = []
    for name in _drawn(data):
        row, last = _of(data.peaks, name).iloc[0], _of(data.paths, name).iloc[-1]
        divisor, unit = scale_unit(float(last["p95"]), "tCO2e", language)
        ends = {
            key: number_text(float(last[column]) / divisor)
            for key, column in (("median", "median"), ("low", "p05"), ("high", "p95"))
        }
        texts = {
            "name": _scenario_name(name, language),
            "verdict": words("comma", language).join(_verdict(row, language)),
            "last": int(last["year"]),
            "unit": unit,
        }
        items.append(words("alt_scenario", language, **texts, **ends))
    return alt_sentence("scenarios", items, language)
