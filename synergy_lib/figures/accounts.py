"""Accounts: carbon by source, energy by carrier, concentration of emissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from synergy_lib.figures.parts.annotation import (
    label_point,
    side_labels,
    top_label,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    value_axis,
    year_axis,
    yearly,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    column_name,
    number_text,
    scale_unit,
    words,
)
from synergy_lib.figures.style import (
    CARRIER_COLOURS,
    FRAME,
    MUTED,
    SOURCE_COLOURS,
    Look,
    styled,
)

__all__ = [
    "alt_carbon_sources",
    "alt_energy_mix",
    "alt_park_carbon_sources",
    "plot_carbon_sources",
    "plot_energy_mix",
    "plot_park_carbon_sources",
]

RECOVERED = "co2e_recovered_t"
BAR_WIDTH = 0.6


@dataclass(frozen=True)
class Stack:
    """Columns that are stacked, the column that is their total, and their unit."""

    parts: tuple[str, ...]
    total: str
    unit: str
    colours: Mapping[str, str]


_SOURCES = Stack(
    (
        "co2e_fuel_t",
        "co2e_heat_t",
        "co2e_electricity_t",
        "co2e_process_t",
        "co2e_wastewater_t",
        RECOVERED,
    ),
    "co2e_t",
    "tCO2e",
    SOURCE_COLOURS,
)
# What is stacked where only disclosed data exist, from most to least detail.
_DISCLOSED = (
    _SOURCES,
    Stack(("co2e_scope1_t", "co2e_scope2_t"), "co2e_t", "tCO2e", SOURCE_COLOURS),
    Stack(("co2e_scope12_t",), "co2e_t", "tCO2e", SOURCE_COLOURS),
    Stack(("co2e_t",), "co2e_t", "tCO2e", SOURCE_COLOURS),
)
# Non-fossil energy is mostly part of the electricity, so it is not stacked on it.
_CARRIERS = Stack(
    (
        "fuel_tce",
        "heat_tce",
        "electricity_tce",
        "nonfossil_other_tce",
        "other_energy_tce",
    ),
    "energy_tce",
    "tce",
    CARRIER_COLOURS,
)
_ENERGY_ONLY = Stack(("energy_tce",), "energy_tce", "tce", CARRIER_COLOURS)


@styled
def plot_carbon_sources(
    data: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw CO2e by source and year as stacked bars with their totals.

    Parameters
    ----------
    data : pandas.DataFrame
        ``year`` and the ``co2e_…_t`` columns of the accounts [tCO2e]. Where no
        source is known, the disclosed scope 1 and 2 are drawn, else their sum, else
        ``co2e_t``.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        CO2 recovered and sold outside is drawn below zero. The number on a bar is
        the total of the accounts, – where a source is missing.
    """
    return _plot_stack(data, _carbon_stack(data), ax, language)


@styled
def plot_energy_mix(
    data: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw energy by carrier group and year [tce], as :func:`plot_carbon_sources`."""
    return _plot_stack(data, _energy_stack(data), ax, language)


@styled
def plot_park_carbon_sources(
    totals: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw a park's CO2e by source and year from its long table of totals.

    Parameters
    ----------
    totals : pandas.DataFrame
        ``ParkSlice.totals``: ``quantity, year, total``.
    ax, language
        As in :func:`plot_carbon_sources`.
    """
    wide = _wide(totals)
    return _plot_stack(wide, _carbon_stack(wide), ax, language)


def _wide(totals: pd.DataFrame) -> pd.DataFrame:
    """Return one column a quantity from the long table of a park's totals."""
    if totals.empty:
        return pd.DataFrame({"year": pd.Series(dtype="int64")})
    wide = totals.pivot(index="year", columns="quantity", values="total")
    return wide.reset_index()


def _carbon_stack(data: pd.DataFrame) -> Stack:
    for stack in _DISCLOSED:
        if any(numbers(data, part).notna().any() for part in stack.parts):
            return stack
    return _SOURCES


def _energy_stack(data: pd.DataFrame) -> Stack:
    known = any(numbers(data, part).notna().any() for part in _CARRIERS.parts)
    return _CARRIERS if known else _ENERGY_ONLY


def _stacked(data: pd.DataFrame, stack: Stack) -> tuple[pd.DataFrame, pd.Series]:
    """Return the signed parts that are ever non-zero, and the totals, by year."""
    columns = list(dict.fromkeys((*stack.parts, stack.total)))
    table = yearly(data, columns)
    if table.empty:
        return table, pd.Series(dtype="float64")
    total = table[stack.total]
    if total.isna().all() and stack is not _SOURCES:
        total = table[list(stack.parts)].sum(axis=1, skipna=False)
    parts = table[[p for p in stack.parts if table[p].fillna(0).ne(0).any()]]
    if RECOVERED in parts:
        parts = parts.assign(**{RECOVERED: -parts[RECOVERED]})
    return parts, total


def _plot_stack(
    data: pd.DataFrame, stack: Stack, ax: Axes | None, language: str
) -> Axes:
    parts, total = _stacked(data, stack)
    if parts.empty:
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(50, (14.0, 50.0, 9.0, 7.0))
    heights = parts.clip(lower=0).sum(axis=1)
    divisor, unit = scale_unit(float(heights.max()), stack.unit, language)
    years = parts.index.tolist()
    middles = _draw_layers(ax, parts / divisor, stack.colours)
    value_axis(ax, "y")
    depth = parts.clip(upper=0).sum(axis=1).min()
    ax.set_ylim(depth / divisor * 1.25, heights.max() / divisor * 1.1 or 1)
    year_axis(ax, years)
    ax.axhline(0, color=FRAME, linewidth=0.6)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
    top_label(ax, unit)
    for year in years:
        text = number_text(total[year] / divisor)
        label_point(ax, year, heights[year] / divisor, text, up_pt=2, weight="bold")
    names = [column_name(part, language) for part in parts.columns]
    colours = [stack.colours[part] for part in parts.columns]
    points = [(years[-1] + BAR_WIDTH / 2, y) for y in middles]
    side_labels(ax, points, names, colours)
    return ax


def _draw_layers(
    ax: Axes, parts: pd.DataFrame, colours: Mapping[str, str]
) -> Sequence[float]:
    """Stack the parts and return the middle of each in the last year that has any."""
    last = parts.index.get_loc(parts.dropna(how="all").index[-1])
    years = parts.index.to_numpy()
    up, down = np.zeros(len(parts)), np.zeros(len(parts))
    middles = []
    for part in parts.columns:
        values = parts[part].to_numpy("float64")
        base = np.where(values >= 0, up, down)
        outline: Look = {"hatch": "////", "edgecolor": MUTED, "linewidth": 0.5}
        plain: Look = {"edgecolor": "white", "linewidth": 0.5}
        style = outline if part == RECOVERED else plain
        shown = ~np.isnan(values)
        ax.bar(
            years[shown],
            values[shown],
            BAR_WIDTH,
            bottom=base[shown],
            color=colours[part],
            label=part,
            **style,
        )
        known = np.nan_to_num(values)
        middles.append(float(base[last] + known[last] / 2))
        up = up + np.maximum(known, 0)
        down = down + np.minimum(known, 0)
    return middles


def _alt_stack(what: str, data: pd.DataFrame, stack: Stack, language: str) -> str:
    parts, total = _stacked(data, stack)
    if parts.empty:
        return alt_sentence(what, [], language)
    heights = parts.clip(lower=0).sum(axis=1)
    divisor, unit = scale_unit(float(heights.max()), stack.unit, language)
    first, last = parts.index[0], parts.dropna(how="all").index[-1]
    values = {"year": first, "value": number_text(total[first] / divisor), "unit": unit}
    named = [
        words(
            "alt_part",
            language,
            name=column_name(part, language),
            value=number_text(float(parts[part].loc[last]) / divisor),
        )
        for part in parts.columns
    ]
    items = [words("alt_year_value", language, **values)] if first != last else []
    values = {"year": last, "value": number_text(total[last] / divisor), "unit": unit}
    listed = words("comma", language).join(named)
    items.append(words("alt_year_total", language, parts=listed, **values))
    return alt_sentence(what, items, language)


def alt_carbon_sources(data: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_carbon_sources` shows as one sentence."""
    return _alt_stack("carbon_sources", data, _carbon_stack(data), language)


def alt_energy_mix(data: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_energy_mix` shows as one sentence."""
    return _alt_stack("energy_mix", data, _energy_stack(data), language)


def alt_park_carbon_sources(totals: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_park_carbon_sources` shows as one sentence."""
    wide = _wide(totals)
    return _alt_stack("park_carbon_sources", wide, _carbon_stack(wide), language)
