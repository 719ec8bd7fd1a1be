"""Bars of a waterfall: each begins where the one above it ended."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from synergy_lib.figures.style import FRAME, OWN, SIGNALS, Look

__all__ = ["BETTER", "WORSE", "draw_steps", "step_entry"]

# Solid blue and white with red stripes differ without colour too.
BETTER: Look = {"facecolor": OWN, "edgecolor": OWN, "hatch": ""}
WORSE: Look = {
    "facecolor": "white",
    "edgecolor": SIGNALS["red"].colour,
    "hatch": "////",
}

Floats = npt.NDArray[np.float64]


def draw_steps(
    ax: Axes, start: float, parts: Floats, *, rise: Look = BETTER, fall: Look = WORSE
) -> Floats:
    """Draw parts as bars in rows 1, 2, …, joined from row 0 to the row after them.

    Returns
    -------
    numpy.ndarray, shape (n_parts + 1,)
        Where each row begins, and where the last one ends.
    """
    path = start + np.concatenate([[0.0], np.cumsum(parts)])
    for row, begin in enumerate(path):
        ax.plot([begin] * 2, [row, row + 1], color=FRAME, lw=0.8, zorder=1)
    for row, part in enumerate(parts, start=1):
        if part != 0:
            look = rise if part > 0 else fall
            ax.barh(row, part, 0.6, left=path[row - 1], zorder=2, **look)
    return path


def step_entry(look: Look) -> Patch:
    """Return the legend patch of a bar."""
    return Patch(**look)
