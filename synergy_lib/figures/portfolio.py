"""Portfolios of measures: the abatement cost curve and the Pareto front."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from synergy_lib.figures.parts.annotation import axes_width_mm, key_row, marker_entry
from synergy_lib.figures.parts.axes import draw_empty, new_axes, numbers, value_axis
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    fit_text,
    number_text,
    scale_unit,
    words,
)
from synergy_lib.figures.style import (
    FRAME,
    MUTED,
    QUANTITY_COLOURS,
    SMALL_SIZE_PT,
    styled,
)

__all__ = [
    "alt_abatement_curve",
    "alt_pareto_front",
    "plot_abatement_curve",
    "plot_pareto_front",
]

EARNS, COSTS = QUANTITY_COLOURS["output_value_10k_cny"], QUANTITY_COLOURS["co2e_t"]
MARGINS = (18.0, 6.0, 14.0, 13.0)
BAR_COLUMNS = ("reduction_t", "abatement_cost_cny_per_t", "cumulative_reduction_t")
POINT_COLUMNS = ("reduction_t", "net_cost_10k_cny", "pollutant_equivalent_kg")
# Narrower bars than this share of the axis carry no number; the alt text names all.
NUMBERED_SHARE = 0.035
SMALLEST_PT, LARGEST_PT = 4.0, 11.0


def _bars(curve: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return name, width, cost and right edge of each bar."""
    frame = pd.DataFrame({c: numbers(curve, c) for c in BAR_COLUMNS}).dropna()
    frame.columns = pd.Index(["width", "cost", "right"])
    named = (f"name_{language}", "technique_id")
    column = next((name for name in named if name in curve), None)
    frame["name"] = curve[column] if column else ""
    return frame.reset_index(drop=True)


@styled
def plot_abatement_curve(
    curve: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the marginal abatement cost curve: widths are tonnes, heights their cost.

    Parameters
    ----------
    curve : pandas.DataFrame
        Bars of :func:`~synergy_lib.techniques.portfolio.marginal.marginal_curve`:
        ``reduction_t, cumulative_reduction_t`` [tCO2e/a], ``abatement_cost_cny_per_t``
        [元/t], ``technique_id``, and ``name_zh, name_en`` if there are any.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        Measures that earn money have a colour of their own: among them the order is
        that of the yearly net benefit, not of the height.
    """
    frame = _bars(curve, language)
    if frame.empty:
        return draw_empty(ax, language)
    ax = new_axes(86.0, MARGINS) if ax is None else ax
    divisor, unit = scale_unit(float(frame["right"].iloc[-1]), "tCO2e", language)
    left = (frame["right"] - frame["width"]) / divisor
    earns = frame["cost"] < 0
    ax.bar(
        left,
        frame["cost"],
        frame["width"] / divisor,
        align="edge",
        color=np.where(earns, EARNS, COSTS),
        edgecolor="white",
        linewidth=0.8,
    )
    value_axis(ax, "x")
    value_axis(ax, "y")
    ax.axhline(0, color=FRAME, linewidth=0.8)
    ax.set_xlim(0, frame["right"].iloc[-1] / divisor)
    ax.margins(y=0.2)
    _name_bars(ax, frame, divisor)
    ax.set_xlabel(words("curve_reduction_axis", language, unit=unit))
    ax.set_ylabel(words("curve_cost_axis", language))
    entries = {
        words("curve_earns", language): Patch(color=EARNS),
        words("curve_costs", language): Patch(color=COSTS),
    }
    key_row(ax, entries, y_mm=3.0)
    return ax


def _name_bars(ax: Axes, frame: pd.DataFrame, divisor: float) -> None:
    """Write number and name beyond the end of each bar, as far as there is room."""
    whole = float(frame["right"].iloc[-1])
    for order, (width, cost, right) in enumerate(
        frame[["width", "cost", "right"]].to_numpy(), start=1
    ):
        if width < NUMBERED_SHARE * whole:
            continue
        below = cost < 0
        name, room = frame["name"][order - 1], 0.9 * axes_width_mm(ax) * width / whole
        text = f"{order} {name}"
        ax.annotate(
            text if fit_text(text, room) == text else str(order),
            ((right - width / 2) / divisor, cost),
            xytext=(0, -3 if below else 3),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            fontsize=SMALL_SIZE_PT,
        )


def alt_abatement_curve(curve: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_abatement_curve` shows as one sentence."""
    frame = _bars(curve, language)
    if frame.empty:
        return alt_sentence("abatement_curve", [], language)
    divisor, unit = scale_unit(float(frame["right"].iloc[-1]), "tCO2e", language)
    items = [
        words(
            "alt_curve_bar",
            language,
            order=order,
            name=row["name"],
            width=number_text(row["width"] / divisor),
            unit=unit,
            cost=number_text(row["cost"]),
        )
        for order, row in enumerate(frame.to_dict("records"), start=1)
    ]
    return alt_sentence("abatement_curve", items, language)


def _points(front: pd.DataFrame) -> pd.DataFrame:
    """Return reduction, cost and pollutants of each set, smallest reduction first."""
    frame = pd.DataFrame({c: numbers(front, c) for c in POINT_COLUMNS}).dropna()
    frame.columns = pd.Index(["reduction", "cost", "pollutants"])
    return frame.sort_values("reduction", kind="stable").reset_index(drop=True)


def _sizes(pollutants: pd.Series) -> pd.Series:
    """Return the diameter of each point [pt], the larger the more pollutants fall."""
    low, high = pollutants.min(), pollutants.max()
    share = (pollutants - low) / (high - low) if high > low else 0.0 * pollutants
    return SMALLEST_PT + (LARGEST_PT - SMALLEST_PT) * share


@styled
def plot_pareto_front(
    front: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw what more reduction costs a park, each point a set no other betters.

    Parameters
    ----------
    front : pandas.DataFrame
        As :func:`~synergy_lib.techniques.portfolio.choice.pareto_front` returns it:
        ``reduction_t`` [tCO2e/a], ``net_cost_10k_cny`` [万元/a],
        ``pollutant_equivalent_kg`` [当量/a].
    ax, language
        As in :func:`plot_abatement_curve`.

    Returns
    -------
    matplotlib.axes.Axes
        Larger points take more pollutants off; below zero the set earns money.
    """
    frame = _points(front)
    if frame.empty:
        return draw_empty(ax, language)
    ax = new_axes(86.0, MARGINS) if ax is None else ax
    across, unit = scale_unit(float(frame["reduction"].abs().max()), "tCO2e", language)
    up, money = scale_unit(float(frame["cost"].abs().max()), "万元", language)
    sizes = _sizes(frame["pollutants"])
    ax.scatter(
        frame["reduction"] / across,
        frame["cost"] / up,
        s=sizes**2,
        color=np.where(frame["cost"] < 0, EARNS, COSTS),
        edgecolor="white",
        linewidth=0.7,
        zorder=3,
    )
    value_axis(ax, "x")
    value_axis(ax, "y")
    ax.axhline(0, color=FRAME, linewidth=0.8, zorder=1)
    ax.margins(0.06, 0.12)
    ax.set_xlabel(words("curve_reduction_axis", language, unit=unit))
    ax.set_ylabel(words("front_cost_axis", language, unit=money))
    least, most = frame["pollutants"].min(), frame["pollutants"].max()
    divisor, name = scale_unit(float(most), "当量", language)
    entries = {
        words(
            "front_pollutants", language, value=number_text(value / divisor), unit=name
        ): marker_entry("white", MUTED, size=size)
        for value, size in ((least, SMALLEST_PT), (most, LARGEST_PT))
    }
    key_row(ax, entries, y_mm=3.0)
    return ax


def alt_pareto_front(front: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_pareto_front` shows as one sentence."""
    frame = _points(front)
    if frame.empty:
        return alt_sentence("pareto_front", [], language)
    across, unit = scale_unit(float(frame["reduction"].abs().max()), "tCO2e", language)
    up, money = scale_unit(float(frame["cost"].abs().max()), "万元", language)
    divisor, name = scale_unit(float(frame["pollutants"].max()), "当量", language)
    items = [
        words(
            "alt_front_point",
            language,
            reduction=number_text(row["reduction"] / across),
            unit=unit,
            cost=number_text(row["cost"] / up),
            money=money,
            pollutants=number_text(row["pollutants"] / divisor),
            name=name,
        )
        for row in frame.to_dict("records")
    ]
    return alt_sentence("pareto_front", items, language)
