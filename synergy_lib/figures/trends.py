"""One enterprise over the years: pollutants, carbon intensity."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    key_row,
    label_point,
    line_entry,
    panel_title,
    root_figure,
    side_labels,
    top_label,
)
from synergy_lib.figures.parts.axes import (
    Margins,
    draw_empty,
    new_axes,
    numbers,
    pairs,
    panel_grid,
    value_axis,
    year_axis,
    yearly,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    column_name,
    column_unit,
    number_text,
    scale_unit,
    unit_text,
    words,
)
from synergy_lib.figures.style import (
    INK,
    MUTED,
    OWN,
    QUANTITY_COLOURS,
    SMALL_SIZE_PT,
    Dashes,
    Look,
    styled,
)

__all__ = [
    "PANEL_MARGINS",
    "alt_carbon_intensity",
    "alt_pollutants",
    "draw_panel",
    "figure_pollutants",
    "first_last",
    "plot_carbon_intensity",
    "slope_line",
]

POLLUTANTS = (
    "vocs_kg",
    "so2_kg",
    "nox_kg",
    "pm_kg",
    "soot_kg",
    "dust_kg",
    "cod_kg",
    "nh3n_kg",
    "tn_kg",
    "toc_kg",
)
INTENSITY = "co2e_t_per_value_added_constant_10k_cny"
FEWEST_YEARS_FOR_A_LINE = 5
MOST_PANELS = 6
DASHES: Dashes = (0, (4, 2))
Floats = npt.NDArray[np.float64]
PANEL_MARGINS: Margins = (12.0, 9.0, 12.0, 8.0)


class EnterpriseYears(Protocol):
    """The part of an enterprise slice that :func:`figure_pollutants` reads."""

    @property
    def yearly(self) -> pd.DataFrame:
        """Own values by year."""

    @property
    def trends(self) -> pd.DataFrame:
        """Trend results by quantity."""


def draw_panel(
    ax: Axes, values: pd.Series, unit: str, column: str, language: str
) -> tuple[float, str]:
    """Draw one quantity by year from zero, and return its divisor and unit."""
    divisor, label = scale_unit(float(values.abs().max()), unit, language)
    colour = QUANTITY_COLOURS.get(column, OWN)
    style: Look = {"color": colour, "marker": "o", "ms": 3.6, "zorder": 3}
    ax.plot(values.index, values / divisor, **style)
    value_axis(ax, "y", bins=3)
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    ax.set_ylim(low / divisor * 1.2, (high / divisor * 1.2) or 1.0)
    year_axis(ax, values.index.tolist(), most=4, slots=3)
    left, right, *_ = PANEL_MARGINS
    top_label(ax, label, left_mm=left)
    panel_title(ax, column_name(column, language), left_mm=left, right_mm=right - 3)
    known = values.dropna()
    _label_ends(ax, known / divisor)
    return divisor, label


def _label_ends(ax: Axes, known: pd.Series) -> None:
    """Write the first value on the free side of the line and the last one beside it."""
    first, last = known.index[0], known.index[-1]
    style: Look = {"textcoords": "offset points", "fontsize": SMALL_SIZE_PT}
    ax.annotate(
        number_text(known[last]),
        (last, known[last]),
        xytext=(5, 0),
        va="center_baseline",
        annotation_clip=False,
        **style,
    )
    if first != last:
        up_pt = 4.5 if known.iloc[1] <= known[first] else -5.0
        text = number_text(known[first])
        label_point(ax, first, known[first], text, up_pt=up_pt, right_pt=-3, ha="left")


def _shown(data: EnterpriseYears) -> tuple[pd.DataFrame, list[str]]:
    """Return the pollutants by year, and the first ones that have data."""
    table = yearly(data.yearly, POLLUTANTS)
    known = [c for c in POLLUTANTS if c in table and table[c].notna().any()]
    return table, known[:MOST_PANELS]


@styled
def figure_pollutants(data: EnterpriseYears, *, language: str = "zh") -> Figure:
    """Draw the first six main pollutants with data, a panel each, by year.

    Parameters
    ----------
    data : EnterpriseSlice
        ``yearly`` with pollutant columns [kg]; ``trends`` with ``quantity, n,
        slope`` [kg/a] and, if known, ``intercept`` [kg].
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.figure.Figure
        A missing year leaves a gap. From five years on Sen's slope is drawn dashed.

    Notes
    -----
    Where the intercept is not given, the line goes through the medians of years and
    values, as is usual with Sen's slope.
    """
    table, shown = _shown(data)
    if not shown:
        return root_figure(draw_empty(None, language))
    grid: Look = {"panel_mm": 38.0, "margins": PANEL_MARGINS, "head_mm": 6.0}
    figure, axes = panel_grid(len(shown), **grid)
    sloped = False
    for ax, column in zip(axes, shown, strict=False):
        divisor, _ = draw_panel(
            ax, table[column], column_unit(column), column, language
        )
        sloped |= _draw_slope(ax, table[column], data.trends, divisor)
    if sloped:
        line = line_entry(INK, style=DASHES, width=0.9)
        entries = {words("sen_line", language): line}
        key_row(axes[0], entries, x_mm=-PANEL_MARGINS[0], y_mm=PANEL_MARGINS[2] + 2)
    return figure


def _draw_slope(
    ax: Axes, values: pd.Series, trends: pd.DataFrame, divisor: float
) -> bool:
    """Draw Sen's slope where it is given and rests on enough years."""
    line = slope_line(values, trends)
    if line is None:
        return False
    years, middle, _ = line
    style: Look = {"color": INK, "linewidth": 0.9, "linestyle": DASHES, "zorder": 2}
    ax.plot(years, middle / divisor, **style)
    return True


def slope_line(
    values: pd.Series, trends: pd.DataFrame
) -> tuple[Floats, Floats, Floats] | None:
    """Return Sen's line of a quantity, and its interval, at the ends of the series.

    Parameters
    ----------
    values : pandas.Series
        By year, named as the quantity.
    trends : pandas.DataFrame
        ``quantity, n, slope`` and, if known, ``intercept, low, high``.

    Returns
    -------
    tuple of numpy.ndarray, or None
        Years, shape (k,); the line, shape (k,); the lines with the lowest and the
        highest slope of the interval through the medians, shape (2, k), NaN where
        they are not given. None from fewer than five years or without a slope.
    """
    known = values.dropna()
    if len(known) < FEWEST_YEARS_FOR_A_LINE:
        return None
    rows = trends[trends["quantity"] == values.name] if "quantity" in trends else trends
    slope = numbers(rows, "slope")
    enough = numbers(rows, "n").ge(FEWEST_YEARS_FOR_A_LINE) & slope.notna()
    if not enough.any():
        return None
    first = rows[enough].iloc[:1]
    centre = float(np.median(known.index))
    years = np.array([known.index[0], centre, known.index[-1]], dtype=float)
    intercept = float(numbers(first, "intercept").iloc[0])
    slope_value = float(slope[enough].iloc[0])
    if np.isnan(intercept):
        intercept = float(known.median() - slope_value * centre)
    at_centre = intercept + slope_value * centre
    bounds = np.array([numbers(first, c).iloc[0] for c in ("low", "high")])
    apart = years - centre
    return years, at_centre + slope_value * apart, at_centre + bounds[:, None] * apart


def first_last(column: str, values: pd.Series, unit: str, language: str) -> str:
    """Return a quantity's first and last known value as a clause."""
    known = values.dropna()
    divisor, label = scale_unit(float(known.abs().max()), unit, language)
    first, last = known.index[0], known.index[-1]
    texts = {
        "name": column_name(column, language),
        "unit": label,
        "first_year": first,
        "last_year": last,
        "year": last,
        "first": number_text(known[first] / divisor),
        "last": number_text(known[last] / divisor),
        "value": number_text(known[last] / divisor),
    }
    return words("alt_once" if first == last else "alt_first_last", language, **texts)


def alt_pollutants(data: EnterpriseYears, language: str = "zh") -> str:
    """Return what :func:`figure_pollutants` shows as one sentence."""
    table, shown = _shown(data)
    items = [first_last(c, table[c], column_unit(c), language) for c in shown]
    return alt_sentence("pollutants", items, language)


def _intensities(own: pd.DataFrame, park: pd.DataFrame) -> pd.DataFrame:
    """Return own and park tCO2e per 10k CNY by year; undefined unless VA > 0."""
    table = yearly(own, ["co2e_t", "value_added_constant_10k_cny", INTENSITY])
    if table.empty:
        return pd.DataFrame(columns=["own", "park"], dtype="float64")
    added = table["value_added_constant_10k_cny"]
    ratio = table["co2e_t"] / added.where(added > 0)
    both = pd.DataFrame({"own": table[INTENSITY].fillna(ratio)})
    both["park"] = yearly(park, [INTENSITY]).reindex(both.index).get(INTENSITY, np.nan)
    return both


@styled
def plot_carbon_intensity(
    own: pd.DataFrame,
    park: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw CO2e per value added at constant prices beside the park's ratio.

    Parameters
    ----------
    own : pandas.DataFrame
        ``EnterpriseSlice.yearly``: ``year, co2e_t`` [tCO2e] and
        ``value_added_constant_10k_cny`` [万元].
    park : pandas.DataFrame
        ``EnterpriseSlice.park_yearly``: the park's ratio of sums, NaN where withheld.
    ax, language
        As in :func:`figure_pollutants`; axes of a new figure if omitted.
    """
    table = _intensities(own, park)
    if table.isna().all(axis=None):
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(46, (12.0, 30.0, 9.0, 7.0))
    styles: Look = {
        "own": {"color": OWN, "marker": "o", "ms": 5},
        "park": {"color": MUTED, "linestyle": (0, (4, 2)), "marker": "D", "ms": 3.6},
    }
    names = {"own": "own_enterprise", "park": "park_ratio"}
    shown = [c for c in styles if table[c].notna().any()]
    for column in shown:
        ax.plot(table.index, table[column], **styles[column])
    for year, value in pairs(table["own"].dropna()):
        above = -1.0 if value < table["park"].get(year, np.nan) else 1.0
        label_point(ax, year, value, number_text(value), up_pt=5 * above, bbox=PLAIN)
    value_axis(ax, "y")
    low, high = np.nanmin(table.to_numpy()), np.nanmax(table.to_numpy())
    ax.set_ylim(min(low * 1.2, 0.0), max(high * 1.18, 0.0) or 1.0)
    year_axis(ax, table.index.tolist())
    unit = unit_text("tCO2e/万元", language)
    top_label(ax, words("carbon_intensity_axis", language, unit=unit))
    known = {c: table[c].dropna() for c in shown}
    side_labels(
        ax,
        [(known[c].index[-1], known[c].iloc[-1]) for c in shown],
        [words(names[c], language) for c in shown],
        [styles[c]["color"] for c in shown],
    )
    return ax


def alt_carbon_intensity(
    own: pd.DataFrame, park: pd.DataFrame, language: str = "zh"
) -> str:
    """Return what :func:`plot_carbon_intensity` shows as one sentence."""
    unit = unit_text("tCO2e/万元", language)
    items = [
        words(
            "alt_intensity",
            language,
            year=year,
            own=number_text(row["own"]),
            park=number_text(row["park"]),
            unit=unit,
        )
        for year, row in _intensities(own, park).dropna(how="all").iterrows()
    ]
    return alt_sentence("carbon_intensity", items, language)
