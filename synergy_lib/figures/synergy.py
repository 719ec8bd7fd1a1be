"""Carbon and pollution together: co-control quadrants and correlations."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from synergy_lib.figures.parts.annotation import (
    PLAIN,
    column_header,
    column_text,
    figure_note,
    key_row,
    marker_entry,
    row_names,
    top_label,
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
    number_text,
    words,
)
from synergy_lib.figures.style import (
    BAND,
    FRAME,
    INK,
    MUTED,
    OWN,
    QUANTITY_COLOURS,
    SMALL_SIZE_PT,
    TEXT_WIDTH_MM,
    Look,
    styled,
)
from synergy_lib.synergy.changes import CARBON_ERROR, PARK, POLLUTANT_ERROR

__all__ = ["alt_association", "alt_co_control", "plot_association", "plot_co_control"]

# Corner of the axes that each quadrant's name stands in: x, y as fractions.
CORNERS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"I": (0.98, 0.97), "II": (0.02, 0.97), "III": (0.02, 0.03), "IV": (0.98, 0.03)}
)
# The axes hold the middle of the enterprises; the rest stands at the edge. [%]
INSIDE_PERCENTILE = 95
SHORTEST_AXIS_PCT = 15.0
# Above and below the points there is room for the names of the quadrants.
NAME_ROOM = 1.25
POSITIVE, NEGATIVE = (27, 79, 138), (204, 106, 67)
ROW_MM, PITCH_MM, NAMES_MM, COUNT_MM = 9.2, 23.0, 42.0, 12.0
MOST_POLLUTANTS = 22


def _percent(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the reductions in per cent, and who they belong to."""
    names = changes.get("enterprise_id", pd.Series("", index=changes.index))
    return pd.DataFrame(
        {
            "x": 100 * numbers(changes, "pollutant_reduction"),
            "y": 100 * numbers(changes, "carbon_reduction"),
            "name": names.astype(str),
            "quadrant": changes.get("quadrant", pd.Series("", index=changes.index)),
        }
    )


@styled
def plot_co_control(
    changes: pd.DataFrame,
    *,
    own: str | None = None,
    carbon_error: float = CARBON_ERROR,
    pollutant_error: float = POLLUTANT_ERROR,
    ax: Axes | None = None,
    language: str = "zh",
) -> Axes:
    """Draw every enterprise's reduction of carbon over that of a pollutant.

    Parameters
    ----------
    changes : pandas.DataFrame
        Rows of one pollutant and pair of years of
        :func:`~synergy_lib.synergy.changes.co_control_changes`.
    own : str, optional
        Enterprise to stand out; the others have no names in any case.
    carbon_error, pollutant_error : float
        What the changes were judged with [-], drawn as a grey band.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        Reductions to the right and upwards. Enterprises beyond the axes stand at the
        edge as crosses and are counted in a note, as are those within the error and
        without data; the quadrants' counts leave the park's total out.
    """
    table = _percent(changes)
    known = table.dropna(subset=["x", "y"])
    if known.empty:
        return draw_empty(ax, language)
    if ax is None:
        ax = new_axes(112, (16.0, 6.0, 15.0, 20.0))
    errors = (100 * pollutant_error, 100 * carbon_error)
    reach = [
        _reach(known, axis, error) for axis, error in zip("xy", errors, strict=True)
    ]
    ax.set_xlim(-reach[0], reach[0])
    ax.set_ylim(-NAME_ROOM * reach[1], NAME_ROOM * reach[1])
    _draw_bands(ax, errors)
    _draw_points(ax, known, own)
    value_axis(ax, "x")
    value_axis(ax, "y")
    pollutant = str(changes["pollutant"].iloc[0]) if "pollutant" in changes else ""
    year = int(changes["from_year"].iloc[0]) if "from_year" in changes else 0
    label = column_name(pollutant, language)
    ax.set_xlabel(words("co_control_x", language, name=label, year=year))
    top_label(ax, words("co_control_y", language))
    _write_quadrants(ax, table, language)
    _explain_co_control(ax, table, own, errors, language)
    return ax


def _reach(known: pd.DataFrame, axis: str, error: float) -> float:
    """Return how far an axis goes to either side [%]."""
    middle = float(np.percentile(known[axis].abs(), INSIDE_PERCENTILE))
    return 1.12 * max(middle, 1.5 * error, SHORTEST_AXIS_PCT)


def _draw_bands(ax: Axes, errors: tuple[float, float]) -> None:
    ax.axvspan(-errors[0], errors[0], color=BAND, alpha=0.55, linewidth=0, zorder=0.5)
    ax.axhspan(-errors[1], errors[1], color=BAND, alpha=0.55, linewidth=0, zorder=0.5)
    for line in (ax.axvline, ax.axhline):
        line(0, color=FRAME, linewidth=0.8, zorder=1)


def _beyond(ax: Axes, rows: pd.DataFrame) -> pd.Series:
    """Return which rows lie outside the axes."""
    wide, high = ax.get_xlim()[1], ax.get_ylim()[1] / NAME_ROOM
    return (rows["x"].abs() > wide) | (rows["y"].abs() > high)


def _draw_points(ax: Axes, known: pd.DataFrame, own: str | None) -> None:
    """Draw peers, the park and the own enterprise, those beyond at the edge."""
    is_park, is_own = known["name"] == PARK, known["name"] == own
    wide, high = 0.985 * ax.get_xlim()[1], ax.get_ylim()[1] / NAME_ROOM
    placed = known.assign(
        x=known["x"].clip(-wide, wide), y=known["y"].clip(-high, high)
    )
    beyond = _beyond(ax, known)
    peers = ~is_park & ~is_own
    small: Look = {"ms": 5, "mew": 0.8, "mec": MUTED, "mfc": "white", "zorder": 3}
    for some, marker in ((peers & ~beyond, "o"), (peers & beyond, "X")):
        ax.plot(placed["x"][some], placed["y"][some], marker, label="peers", **small)
    colour = QUANTITY_COLOURS["co2e_t"]
    large: Look = {"ms": 8, "mec": "white", "mew": 0.8}
    park = placed[is_park]
    ax.plot(park["x"], park["y"], "D", mfc=colour, label="park", zorder=4, **large)
    mine = placed[is_own]
    ax.plot(
        mine["x"],
        mine["y"],
        "o",
        mfc=OWN,
        label="own",
        zorder=5,
        **(large | {"ms": 9.5}),
    )


def _write_quadrants(ax: Axes, table: pd.DataFrame, language: str) -> None:
    firms = table[table["name"] != PARK]
    for quadrant, (x, y) in CORNERS.items():
        name = words(f"co_control_class_{quadrant}", language)
        count = int((firms["quadrant"] == quadrant).sum())
        style: Look = {"color": INK, "fontsize": SMALL_SIZE_PT, "weight": "bold"}
        ax.text(
            x,
            y,
            words("alt_co_control", language, name=name, n=count),
            transform=ax.transAxes,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
            bbox=PLAIN,
            zorder=6,
            **style,
        )


def _explain_co_control(
    ax: Axes,
    table: pd.DataFrame,
    own: str | None,
    errors: tuple[float, float],
    language: str,
) -> None:
    colour = QUANTITY_COLOURS["co2e_t"]
    known = table.dropna(subset=["x", "y"])
    entries: dict[str, Artist] = {}
    has_own = bool((known["name"] == own).any())
    if has_own:
        entries[words("own_enterprise", language)] = marker_entry(OWN, OWN, size=8)
    key = "co_control_peers" if has_own else "co_control_enterprises"
    entries[words(key, language)] = marker_entry(MUTED, "white")
    if (known["name"] == PARK).any():
        entries[words("co_control_park", language)] = marker_entry(colour, colour, "D")
    limits = {"pollutant": f"{errors[0]:g}", "carbon": f"{errors[1]:g}"}
    entries[words("co_control_band", language, **limits)] = Patch(color=BAND)
    key_row(ax, entries, x_mm=-16, y_mm=7.5)
    firms = table[table["name"] != PARK]
    counts = {"n": int((firms["quadrant"] == "error").sum())}
    missing = int((firms["quadrant"] == "").sum())
    texts = [words("co_control_error_note", language, missing=missing, **counts)]
    outside = int(_beyond(ax, firms).sum())
    if outside:
        texts.append(words("co_control_outside", language, n=outside))
    figure_note(ax, words("separator", language).join(texts), x_mm=-16, y_mm=-15.5)


def alt_co_control(changes: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_co_control` shows as one sentence, without names."""
    table = _percent(changes)
    firms = table[(table["name"] != PARK)]
    if firms.dropna(subset=["x", "y"]).empty:
        return alt_sentence("co_control", [], language)
    items = []
    for quadrant in CORNERS:
        name = words(f"co_control_class_{quadrant}", language)
        count = int((firms["quadrant"] == quadrant).sum())
        items.append(words("alt_co_control", language, name=name, n=count))
    missing = int((firms["quadrant"] == "").sum())
    counts = {"n": int((firms["quadrant"] == "error").sum()), "missing": missing}
    items.append(words("co_control_error_note", language, **counts))
    park = table[table["name"] == PARK].dropna(subset=["x", "y"])
    for x, y in park[["x", "y"]].to_numpy():
        texts = {"carbon": number_text(y, 1), "pollutant": number_text(x, 1)}
        items.append(words("alt_co_control_park", language, **texts))
    return alt_sentence("co_control", items, language)


def _matrix(associations: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return pollutants and methods in their order."""
    if associations.empty or numbers(associations, "estimate").isna().all():
        return [], []
    pollutants = dict.fromkeys(associations["pollutant"].astype(str))
    return list(pollutants), list(dict.fromkeys(associations["method"].astype(str)))


@styled
def plot_association(
    associations: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the correlations of carbon with each pollutant as shaded numbers.

    Parameters
    ----------
    associations : pandas.DataFrame
        As :func:`~synergy_lib.synergy.association.associations` returns it; the first
        22 pollutants.
    ax, language
        As in :func:`plot_co_control`.

    Returns
    -------
    matplotlib.axes.Axes
        One row a pollutant, one column a method: coefficient over its 95 % interval.
        Blue is positive, orange negative, darker is stronger; not detected is white,
        what cannot be judged is hatched.
    """
    pollutants, methods = _matrix(associations)
    if not pollutants:
        return draw_empty(ax, language)
    more, pollutants = len(pollutants[MOST_POLLUTANTS:]), pollutants[:MOST_POLLUTANTS]
    if ax is None:
        right = TEXT_WIDTH_MM - NAMES_MM - PITCH_MM * len(methods)
        margins = (NAMES_MM, right, 15.0, 9.0)
        ax = new_axes(24 + ROW_MM * max(len(pollutants), 2), margins)
    row_axis(ax, len(pollutants))
    ax.set_xlim(-0.5, len(methods) - 0.5)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    for record in associations.to_dict("records"):
        if record["pollutant"] in pollutants:
            place = (
                methods.index(record["method"]),
                pollutants.index(record["pollutant"]),
            )
            _draw_cell(ax, place, record)
    names = [column_name(name, language) for name in pollutants]
    row_names(ax, names, header=words("association_row", language))
    _write_methods(ax, methods, language)
    _write_counts(ax, associations, pollutants, language)
    if more:
        figure_note(ax, words("more_rows", language, n=more), x_mm=-NAMES_MM, y_mm=-6)
    return ax


def _shade(estimate: float) -> tuple[float, float, float]:
    """Return the colour of a coefficient, white at 0."""
    full = POSITIVE if estimate > 0 else NEGATIVE
    part = min(abs(estimate), 1.0)
    red, green, blue = (1 - part * (1 - value / 255) for value in full)
    return red, green, blue


def _draw_cell(
    ax: Axes, place: tuple[int, int], record: Mapping[Hashable, object]
) -> None:
    column, row = place
    estimate, low, high = (
        float(str(record[name])) for name in ("estimate", "low", "high")
    )
    told = record["verdict"] in ("positive", "negative")
    style: Look = {"facecolor": _shade(estimate) if told else "white", "linewidth": 0}
    if np.isnan(estimate):
        style |= {"hatch": "////", "edgecolor": FRAME}
    corner = (column - 0.48, row - 0.47)
    ax.add_patch(Rectangle(corner, 0.96, 0.94, zorder=1, **style))
    dark = told and abs(estimate) > 0.6
    text: Look = {"ha": "center", "va": "center_baseline", "fontsize": SMALL_SIZE_PT}
    text |= {"color": "white" if dark else INK if told else MUTED, "zorder": 3}
    if np.isnan(estimate):
        ax.text(column, row, "–", bbox=PLAIN, **text)
        return
    ax.text(column, row - 0.2, number_text(estimate, 2), weight="bold", **text)
    ends = f"{number_text(low, 2)} ~ {number_text(high, 2)}"
    ax.text(column, row + 0.24, ends, **text)


def _write_methods(ax: Axes, methods: list[str], language: str) -> None:
    for column, method in enumerate(methods):
        x_mm = (column + 0.5) * PITCH_MM
        text = words(f"association_{method}", language)
        column_header(ax, text, x_mm=x_mm, ha="center")
    pale = {"positive": _shade(0.6), "negative": _shade(-0.6)}
    entries: dict[str, Artist] = {
        words(f"association_{name}", language): Patch(facecolor=colour)
        for name, colour in pale.items()
    }
    plain: Look = {"facecolor": "white", "edgecolor": FRAME, "linewidth": 0.6}
    entries[words("association_not_detected", language)] = Patch(**plain)
    hatched = Patch(**plain, hatch="////")
    entries[words("association_cannot_judge", language)] = hatched
    key_row(ax, entries, x_mm=-NAMES_MM, y_mm=8.5)


def _write_counts(
    ax: Axes, associations: pd.DataFrame, pollutants: list[str], language: str
) -> None:
    """Write the number of enterprises, the smallest where methods differ."""
    counts = numbers(associations, "n").groupby(associations["pollutant"]).min()
    texts = [number_text(float(counts[name]), 0) for name in pollutants]
    header = words("association_n", language)
    column_text(ax, texts, x_mm=COUNT_MM, side="right", header=header, colour=MUTED)


def alt_association(associations: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_association` shows as one sentence: rank correlations."""
    pollutants, _ = _matrix(associations)
    if not pollutants:
        return alt_sentence("association", [], language)
    rows = associations[associations["method"] == "spearman"]
    rows = rows[rows["pollutant"].isin(pollutants[:MOST_POLLUTANTS])]
    items = []
    for record in rows.to_dict("records"):
        name = column_name(str(record["pollutant"]), language)
        texts = {k: number_text(record[k], 2) for k in ("estimate", "low", "high")}
        if np.isfinite(record["estimate"]):
            items.append(words("alt_association", language, name=name, **texts))
        else:
            items.append(f"{name} {words('association_cannot_judge', language)}")
    return alt_sentence("association", items, language)
