"""What moved an emission: the waterfall from one year's amount to another's."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from synergy_lib.figures.parts.annotation import (
    axes_width_mm,
    beside,
    column_text,
    figure_note,
    key_row,
    row_names,
)
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    row_axis,
    value_axis,
)
from synergy_lib.figures.parts.labels import (
    alt_sentence,
    column_name,
    column_unit,
    fit_text,
    number_text,
    scale_unit,
    words,
)
from synergy_lib.figures.parts.steps import BETTER, WORSE, draw_steps, step_entry
from synergy_lib.figures.style import BAND, FRAME, MUTED, TEXT_WIDTH_MM, styled
from synergy_lib.schema import PARK, load_columns

__all__ = ["alt_decomposition", "plot_decomposition"]

# Where effects move less than this part of the totals, the axis is cut.
LEAST_MOVED = 0.25
MOST_SHARE = 9.99
ROW_MM, NAMES_MM, NUMBERS_MM = 6.0, 47.0, 40.0

Floats = npt.NDArray[np.float64]


@styled
def plot_decomposition(
    effects: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the effects between two years' emissions.

    Parameters
    ----------
    effects : pandas.DataFrame
        Rows of one unit, quantity and span of
        :mod:`synergy_lib.trends.decomposition.identities`.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        One row an effect between the two totals, each bar beginning where the one
        above it ends; what raises the emission is striped. Where the effects are
        small beside the totals the axis is cut, the totals' bars are broken and a
        note says so. What cannot be decomposed shows the reason instead.
    """
    table = _shown(effects)
    if table.empty:
        return draw_empty(ax, language, _reason(effects, language))
    start, end = (float(numbers(table, name).iloc[0]) for name in ("start", "end"))
    parts = numbers(table, "amount").to_numpy(dtype=np.float64)
    divisor, unit = _unit(table, max(abs(start), abs(end)), language)
    if ax is None:
        height = 34 + ROW_MM * (len(table) + 2)
        ax = new_axes(height, (NAMES_MM, NUMBERS_MM, 12.0, 22.0))
    row_axis(ax, len(parts) + 2)
    path = draw_steps(ax, start / divisor, parts / divisor, rise=WORSE, fall=BETTER)
    is_cut = _draw_totals(ax, start / divisor, end / divisor, path)
    value_axis(ax, "x")
    name = column_name(str(table["quantity"].iloc[0]), language)
    label = words("effect_axis", language, name=name, unit=unit) if unit else name
    ax.set_xlabel(label)
    _write_rows(ax, table, (start, end), (divisor, unit), language)
    entries = {
        words("effect_rise", language): step_entry(WORSE),
        words("effect_fall", language): step_entry(BETTER),
    }
    key_row(ax, entries, x_mm=-NAMES_MM, y_mm=6.5)
    note = _note(table, is_cut, language)
    figure_note(ax, note, x_mm=-NAMES_MM, y_mm=-15.5 - 4.0 * note.count("\n"))
    return ax


def _shown(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the effects with an amount, none where the ends are not known."""
    if effects.empty or not {"effect", "start", "end"} <= set(effects):
        return effects.iloc[:0]
    ends = effects.assign(
        start=numbers(effects, "start"), end=numbers(effects, "end")
    ).dropna(subset=["start", "end"])
    amount = numbers(ends, "amount")
    if amount.isna().any():
        return ends.iloc[:0]
    return ends[(ends["effect"] != "residual") | (amount != 0)]


def _reason(effects: pd.DataFrame, language: str) -> str:
    """Return why there are no effects, "" where nothing says so."""
    if effects.empty or "status" not in effects:
        return ""
    if effects["status"].iloc[0] in ("decomposed", "partial"):
        return ""
    return str(effects[f"reason_{language}"].iloc[0])


def _unit(table: pd.DataFrame, largest: float, language: str) -> tuple[float, str]:
    """Return divisor and unit of the quantity; a column not in the panel has none."""
    quantity = str(table["quantity"].iloc[0])
    if quantity not in load_columns().index:
        return 1.0, ""
    return scale_unit(largest, column_unit(quantity), language)


def _draw_totals(ax: Axes, start: float, end: float, path: Floats) -> bool:
    """Draw the two totals, set the axis, and return whether it is cut."""
    low, high = min(float(path.min()), 0.0), max(float(path.max()), 0.0)
    moved = float(path.max() - path.min())
    is_cut = low == 0 and 0 < moved < LEAST_MOVED * high
    if is_cut:
        low = high - moved / 0.62
        high = high + 0.06 * moved
    else:
        high = high + 0.04 * (high - low) or 1.0
        low = low - 0.04 * (high - low) if low < 0 else 0.0
    last = len(path)
    for row, value in ((0, start), (last, end)):
        base = low if is_cut else 0.0
        ax.barh(row, value - base, 0.6, left=base, color=BAND, ec=FRAME, zorder=2)
        if is_cut:
            _break_bar(ax, row)
    ax.set_xlim(low, high)
    return is_cut


def _break_bar(ax: Axes, row: int) -> None:
    """Draw two slanted lines across a bar near the left edge of the axes."""
    x, transform = beside(ax, 0.0)
    step = 1.0 / axes_width_mm(ax)
    for shift in (3.0, 4.4):
        at = x + shift * step
        line = Line2D(
            [at - 0.7 * step, at + 0.7 * step],
            [row + 0.42, row - 0.42],
            transform=transform,
            color="white" if shift == 3.0 else FRAME,
            lw=2.6 if shift == 3.0 else 0.8,
            zorder=3,
        )
        ax.add_line(line)


def _decimals(ends: Sequence[float], amounts: pd.Series) -> int:
    """Return the decimals for four digits of the totals and two of the effects."""
    needed = [
        digits - math.floor(math.log10(largest))
        for digits, largest in (
            (3, max(map(abs, ends))),
            (1, float(amounts.abs().max())),
        )
        if largest > 0
    ]
    return min(max([0, *needed]), 6)


def _write_rows(
    ax: Axes,
    table: pd.DataFrame,
    ends: tuple[float, float],
    scale: tuple[float, str],
    language: str,
) -> None:
    """Write names, amounts and shares beside the rows."""
    divisor, unit = scale
    years = [int(table[name].iloc[0]) for name in ("from_year", "to_year")]
    first, last = (words("effect_year", language, year=year) for year in years)
    row_names(ax, [first, *table[f"label_{language}"], last])
    amounts = numbers(table, "amount") / divisor
    decimals = _decimals([end / divisor for end in ends], amounts)
    totals = [number_text(end / divisor, decimals) for end in ends]
    header = unit or words("effect_amount", language)
    steps = [number_text(amount, decimals, sign=True) for amount in amounts]
    texts = [totals[0], *steps, totals[1]]
    column_text(ax, texts, x_mm=20, side="right", header=header, weight="bold")
    shares = [_percent(share) for share in numbers(table, "share")]
    change = (ends[1] - ends[0]) / ends[0] if ends[0] > 0 else np.nan
    header = words("effect_share", language, year=years[0])
    texts = ["", *shares, _percent(change)]
    column_text(ax, texts, x_mm=38, side="right", header=header, colour=MUTED)


def _percent(share: float) -> str:
    """Return a signed percentage, without its digits where they are too many."""
    if abs(share) > MOST_SHARE:
        limit = number_text(100 * math.copysign(MOST_SHARE, share), 0, sign=True)
        return f"{'>' if share > 0 else '<'} {limit}%"
    text = number_text(100 * share, 1, sign=True)
    return text if text == "–" else f"{text}%"


def _note(table: pd.DataFrame, is_cut: bool, language: str) -> str:
    """Return how years and axis are treated and, for the park, who is counted."""
    row = table.iloc[0]
    years = {"first": int(row["from_year"]), "last": int(row["to_year"])}
    notes = [words(f"effect_basis_{row['basis']}", language, **years)]
    output = column_name(str(row["output"]), language)
    notes.append(words("effect_output", language, name=output))
    if is_cut:
        notes.append(words("effect_cut_axis", language))
    lines = [words("separator", language).join(notes)]
    if row["enterprise_id"] == PARK:
        counts = {n: int(row[n]) for n in ("n", "entered", "left", "left_out")}
        lines.append(words("effect_counted", language, **counts))
    return "\n".join(fit_text(line, TEXT_WIDTH_MM) for line in lines)


def alt_decomposition(effects: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_decomposition` shows as one sentence."""
    table = _shown(effects)
    if table.empty:
        reason = _reason(effects, language)
        return alt_sentence("decomposition", [reason] if reason else [], language)
    ends = [float(numbers(table, name).iloc[0]) for name in ("start", "end")]
    divisor, unit = _unit(table, max(map(abs, ends)), language)
    amounts = numbers(table, "amount") / divisor
    decimals = _decimals([end / divisor for end in ends], amounts)
    totals = [
        words(
            "alt_effect_total",
            language,
            year=int(table[year].iloc[0]),
            value=number_text(end / divisor, decimals),
            unit=unit,
        ).rstrip()
        for year, end in zip(("from_year", "to_year"), ends, strict=True)
    ]
    parts = [
        words(
            "alt_effect",
            language,
            name=name,
            value=number_text(amount, decimals, sign=True),
            share=number_text(100 * share, 1, sign=True),
        )
        for name, amount, share in zip(
            table[f"label_{language}"],
            amounts,
            numbers(table, "share"),
            strict=True,
        )
    ]
    return alt_sentence("decomposition", [totals[0], *parts, totals[1]], language)
