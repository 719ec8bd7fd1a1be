"""Why a score changed: the waterfall from last year's score to this year's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from synergy_lib.figures.parts.annotation import column_text, key_row, row_names
from synergy_lib.figures.parts.axes import (
    draw_empty,
    new_axes,
    numbers,
    row_axis,
    value_axis,
)
from synergy_lib.figures.parts.labels import alt_sentence, number_text, words
from synergy_lib.figures.parts.steps import BETTER, WORSE, draw_steps, step_entry
from synergy_lib.figures.style import MUTED, OWN, Look, styled

__all__ = ["CAUSES", "alt_change_bridge", "plot_change_bridge"]

CAUSES = ("own", "data", "factors", "method", "peers", "missing")
LEAST_SHOWN = 0.05  # what prints as 0.0 is left out
FEWEST_POINTS = 8.0  # a narrower axis would make a mountain of a tenth of a point

Floats = npt.NDArray[np.float64]
_KEYS = ("bridge_earlier", *(f"cause_{cause}" for cause in CAUSES), "bridge_later")


@styled
def plot_change_bridge(
    bridge: pd.DataFrame, *, ax: Axes | None = None, language: str = "zh"
) -> Axes:
    """Draw the causes between last year's and this year's overall score.

    Parameters
    ----------
    bridge : pandas.DataFrame
        ``EnterpriseSlice.bridge``: ``code`` (``overall``, ``rank``, dimensions),
        ``earlier``, a column a cause and ``later`` [points, places]; NaN for a cause
        that cannot be told.
    ax : matplotlib.axes.Axes, optional
        Axes to draw in; a new figure of page width if omitted.
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    matplotlib.axes.Axes
        One row a cause between the two scores, each bar beginning where the one
        above it ends; a cause that moved neither score nor rank has none. The axis
        does not begin at zero: bars are differences. Places gained are positive.
    """
    overall, rank = (_row(bridge, code) for code in ("overall", "rank"))
    if np.isnan(overall[[0, -1]]).any():
        return draw_empty(ax, language)
    names = [words(key, language) for key in _KEYS]
    shown = _shown(overall) | _shown(rank)
    shown[[0, -1]] = True
    overall, rank = overall[shown], rank[shown]
    if ax is None:
        ax = new_axes(16 + 5.2 * max(len(overall), 4), (40.0, 40.0, 6.5, 9.5))
    row_axis(ax, len(overall))
    row_names(ax, [n for n, is_shown in zip(names, shown, strict=True) if is_shown])
    _draw_ends(ax, overall)
    value_axis(ax, "x")
    ax.set_xlabel(words("score_axis", language))
    _write_parts(ax, overall, rank, language)
    entries = {
        words("bridge_rise", language): step_entry(BETTER),
        words("bridge_fall", language): step_entry(WORSE),
    }
    key_row(ax, entries, x_mm=-40, y_mm=1.6)
    return ax


def _shown(parts: Floats) -> npt.NDArray[np.bool_]:
    """Return which parts print as something else than zero."""
    return np.asarray(np.abs(np.nan_to_num(parts)) >= LEAST_SHOWN, dtype=np.bool_)


def _row(bridge: pd.DataFrame, code: str) -> Floats:
    """Return start, causes and end of one quantity; NaN where there is none."""
    columns = ["earlier", *CAUSES, "later"]
    rows = bridge[bridge["code"] == code] if "code" in bridge else bridge.iloc[:0]
    if rows.empty:
        return np.full(len(columns), np.nan)
    return np.array([numbers(rows, column).iloc[0] for column in columns])


def _draw_ends(ax: Axes, overall: Floats) -> None:
    """Draw the two scores as marks, with the causes between them."""
    path = draw_steps(ax, float(overall[0]), overall[1:-1])
    ends: Look = {"ms": 8, "mfc": OWN, "mec": "white", "zorder": 4}
    ax.plot(overall[[0, -1]], [0, len(overall) - 1], "o", **ends)
    low, high = float(path.min()), float(path.max())
    spare = max((FEWEST_POINTS - (high - low)) / 2, 0.08 * (high - low))
    ax.set_xlim(low - spare, high + spare)


def _write_parts(ax: Axes, overall: Floats, rank: Floats, language: str) -> None:
    """Write points and places beside the rows."""
    points = [number_text(part, 1, sign=True) for part in overall[1:-1]]
    first, last = (number_text(value, 1) for value in overall[[0, -1]])
    header = words("bridge_part", language)
    texts = [first, *points, last]
    column_text(ax, texts, x_mm=20, side="right", header=header, weight="bold")
    if np.isnan(rank[[0, -1]]).any():
        return
    places = [number_text(-part, 1, sign=True) for part in rank[1:-1]]
    before, now = (
        words("bridge_rank", language, rank=number_text(value, 0))
        for value in rank[[0, -1]]
    )
    header = words("bridge_places", language)
    texts = [before, *places, now]
    column_text(ax, texts, x_mm=38, side="right", header=header, colour=MUTED)


def alt_change_bridge(bridge: pd.DataFrame, language: str = "zh") -> str:
    """Return what :func:`plot_change_bridge` shows as one sentence."""
    overall = _row(bridge, "overall")
    items = []
    if not np.isnan(overall[[0, -1]]).any():
        for at, (key, value) in enumerate(zip(_KEYS, overall, strict=True)):
            text = number_text(value, 1, sign=0 < at < len(_KEYS) - 1)
            text = words("cannot_tell", language) if np.isnan(value) else text
            items.append(f"{words(key, language)} {text}")
    return alt_sentence("change_bridge", items, language)
