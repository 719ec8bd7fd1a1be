"""Monitoring results of a park by month or day, against a limit."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import (
    key_row,
    line_entry,
    marker_entry,
    put_beside,
    top_label,
)
from synergy_lib.figures.parts.axes import draw_empty, new_axes, numbers, value_axis
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    number_text,
    words,
)
from synergy_lib.figures.style import (
    FRAME,
    MUTED,
    OWN,
    SIGNALS,
    TRACK,
    Dashes,
    Look,
    styled,
)

__all__ = ["alt_exceedances", "plot_exceedances"]

DASHES: Dashes = (0, (4, 2))
# More points than this are drawn without markers.
MOST_MARKERS = 72
MOST_TICKS = 10


@styled
def plot_exceedances(
    exceedances: pd.DataFrame,
    indicator: str | None = None,
    *,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw one indicator over time with its limit, exceedances and gaps.

    Parameters
    ----------
    exceedances : pandas.DataFrame
        As ``trends.monitoring.compliance.exceedances`` returns: ``indicator, unit,
        period, value, limit, sense, is_exceeded``.
    indicator : str, optional
        Which indicator; may be omitted where the frame holds one.
    ax, language
        Axes of a new figure if omitted; ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        Squares where the limit is exceeded; a grey ground where there is no result
        between the first and the last.
    """
    rows = _rows(exceedances, indicator)
    if rows.empty:
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(54, (12.0, 24.0, 13.0, 7.0))
    periods = pd.PeriodIndex(rows["period"])
    x = np.arange(periods[0].ordinal, periods[-1].ordinal + 1)
    values = pd.Series(rows["value"].to_numpy(), periods.astype("int64")).reindex(x)
    marker = "o" if len(rows) <= MOST_MARKERS else ""
    ax.plot(x, values, color=OWN, marker=marker, ms=3, linewidth=1.1, zorder=3)
    entries: dict[str, Artist] = {}
    entries[words("result_line", language)] = line_entry(OWN, width=1.1)
    entries |= _draw_exceeded(ax, rows, language)
    entries |= _draw_gaps(ax, values, language)
    limit = float(numbers(rows, "limit").iloc[0])
    value_axis(ax, "y")
    top = np.nanmax([float(values.max()), limit, 0.0])
    ax.set_ylim(min(float(values.min()) * 1.1, 0.0), top * 1.15 or 1.0)
    if not np.isnan(limit):
        ax.axhline(limit, color=SIGNALS["red"].colour, lw=0.9, linestyle=DASHES)
        text = words("limit_line", language, value=number_text(limit))
        put_beside(ax, text, limit, colour=MUTED)
    _time_axis(ax, periods)
    name, unit = str(rows["indicator"].iloc[0]), str(rows["unit"].iloc[0])
    top_label(ax, fit_text(f"{name}（{unit}）", 150))
    key_row(ax, entries, x_mm=-12.0, y_mm=7.0)
    return ax


def _rows(exceedances: pd.DataFrame, indicator: str | None) -> pd.DataFrame:
    """Return the rows of an indicator from its first result to its last."""
    if exceedances.empty or "period" not in exceedances:
        return exceedances.iloc[:0]
    name = exceedances["indicator"].iloc[0] if indicator is None else indicator
    rows = exceedances[exceedances["indicator"] == name].sort_values("period")
    rows = rows.assign(value=numbers(rows, "value"))
    known = np.flatnonzero(rows["value"].notna())
    return rows.iloc[known[0] : known[-1] + 1] if len(known) else rows.iloc[:0]


def _exceeded(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[numbers(rows, "is_exceeded") == 1]


def _draw_exceeded(ax: Axes, rows: pd.DataFrame, language: str) -> dict[str, Artist]:
    """Mark the exceedances, and return their entry in the key."""
    beyond, red = _exceeded(rows), SIGNALS["red"]
    if beyond.empty:
        return {}
    style: Look = {"color": red.colour, "marker": red.marker, "ms": 4.5, "zorder": 4}
    place = pd.PeriodIndex(beyond["period"]).astype("int64")
    ax.plot(place, beyond["value"], linestyle="none", **style)
    entry = marker_entry(red.colour, red.colour, red.marker, 4.5)
    return {words("exceeded_marker", language, n=len(beyond)): entry}


def _draw_gaps(ax: Axes, values: pd.Series, language: str) -> dict[str, Artist]:
    """Shade the periods without a result, and return their entry in the key."""
    missing = values.index[values.isna()].to_numpy()
    if not len(missing):
        return {}
    for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
        style: Look = {"color": TRACK, "linewidth": 0, "zorder": 0}
        ax.axvspan(run[0] - 0.5, run[-1] + 0.5, **style)
    return {words("gap_band", language, n=len(missing)): Patch(color=TRACK)}


def _time_axis(ax: Axes, periods: pd.PeriodIndex) -> None:
    """Label years where there are several, else months."""
    whole = pd.period_range(periods[0], periods[-1], freq=periods.freq)
    starts = pd.Series(whole.astype("int64"), whole.year).groupby(level=0).first()
    if len(starts) < 3 and not periods.freqstr.startswith("Y"):
        months = whole.asfreq("M")
        starts = pd.Series(whole.astype("int64"), months).groupby(level=0).first()
    elif len(starts) > 2 and whole[0].start_time.day_of_year > 1:
        # A year that is not whole has no place of its own to begin at.
        starts = starts.iloc[1:]
    labels = [str(start) for start in starts.index]
    step = -(-len(labels) // MOST_TICKS)
    ax.set_xticks(starts.to_list()[::step], labels[::step])
    spare = max(len(whole) * 0.015, 0.5)
    first, last = int(whole.astype("int64")[0]), int(whole.astype("int64")[-1])
    ax.set_xlim(first - spare, last + spare)
    ax.spines["bottom"].set_color(FRAME)


def alt_exceedances(
    exceedances: pd.DataFrame, indicator: str | None = None, language: str = "zh"
) -> str:
    """Return what :func:`plot_exceedances` shows as one sentence."""
    rows = _rows(exceedances, indicator)
    items = []
    if not rows.empty:
        periods = pd.PeriodIndex(rows["period"])
        expected = periods[-1].ordinal - periods[0].ordinal + 1
        known, beyond = rows["value"].notna().sum(), _exceeded(rows)
        limit = float(numbers(rows, "limit").iloc[0])
        key = "alt_exceedances" if not np.isnan(limit) else "alt_no_limit"
        texts = {
            "name": rows["indicator"].iloc[0],
            "first": periods[0],
            "last": periods[-1],
            "n": known,
            "missing": expected - known,
            "limit": f"{number_text(limit)} {rows['unit'].iloc[0]}",
            "exceeded": len(beyond),
        }
        items.append(words(key, language, **texts))
    return alt_sentence("exceedances", items, language)
