"""Do pollution and carbon fall together? Coordinates, quadrant and elasticity."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

__all__ = ["QUADRANTS", "co_control"]

# Below this relative change an effect counts as none.
NEGLIGIBLE = 0.005
QUADRANTS = {
    "I": "协同减排",
    "II": "降碳增污",
    "III": "协同增排",
    "IV": "减污增碳",
    "axis": "单效",
    "": "无法判断",
}


def co_control(
    pollutant_reduction: ArrayLike, carbon_reduction: ArrayLike
) -> pd.DataFrame:
    r"""Place measures, or periods, in the co-control coordinate system.

    Parameters
    ----------
    pollutant_reduction, carbon_reduction : array-like of float, shape (n,)
        Reductions relative to the level before, x = (P₀ − P₁)/P₀ and
        y = (C₀ − C₁)/C₀; positive when emissions fall. [-]

    Returns
    -------
    pandas.DataFrame
        ``x, y, elasticity, angle_deg, radius, quadrant`` (I, II, III, IV, ``axis``
        where one effect is negligible, empty where one is missing), one row each, with
        the index of ``carbon_reduction`` if it is a Series.

    Notes
    -----
    Elasticity :math:`El = y/x`, NaN where \|x\| < 0.005. It is never to be read without
    the quadrant: alone it cannot tell II from IV, nor I from III.

    Examples
    --------
    >>> row = co_control([0.10], [0.05]).iloc[0]
    >>> float(row["elasticity"]), row["quadrant"], round(float(row["angle_deg"]), 2)
    (0.5, 'I', 26.57)
    """
    x = np.asarray(pollutant_reduction, dtype=float)
    y = np.asarray(carbon_reduction, dtype=float)
    small = (np.abs(x) < NEGLIGIBLE) | (np.abs(y) < NEGLIGIBLE)
    quadrant = np.select(
        [
            np.isnan(x) | np.isnan(y),
            small,
            (x > 0) & (y > 0),
            (x < 0) & (y > 0),
            (x < 0) & (y < 0),
        ],
        ["", "axis", "I", "II", "III"],
        "IV",
    )
    undefined = np.full(x.shape, np.nan)
    index = carbon_reduction.index if isinstance(carbon_reduction, pd.Series) else None
    columns = {
        "x": x,
        "y": y,
        "elasticity": np.divide(y, x, out=undefined, where=np.abs(x) >= NEGLIGIBLE),
        "angle_deg": np.degrees(np.arctan2(y, x)),
        "radius": np.hypot(x, y),
        "quadrant": quadrant,
    }
    return pd.DataFrame(columns, index=index)
