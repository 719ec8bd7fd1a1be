"""An enterprise's value beside those of its other years."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["borne_out", "middle_of_others", "ratio_to_others", "within"]


def ratio_to_others(values: pd.DataFrame) -> pd.DataFrame:
    """Return each value over the median of the same enterprise's other years.

    Of an even number of other years both middle values must be missed: one of them
    may be the wrong one. Between them the ratio is 1.
    """
    low, high = middle_of_others(values, minimum=2)
    ratio = (values / high).where(values > high, values / low)
    return ratio.mask((values >= low) & (values <= high), 1.0)


def within(ratio: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return where a ratio lies between 1/limit and limit."""
    return (ratio >= 1 / limit) & (ratio <= limit)


def borne_out(values: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return where the same enterprise's value before or after is near."""
    firms = values.index.get_level_values("enterprise_id")
    before = values.groupby(firms).ffill().groupby(firms).shift(1)
    after = values.groupby(firms).bfill().groupby(firms).shift(-1)
    return within(values / before, limit) | within(values / after, limit)


def middle_of_others(
    values: pd.DataFrame, *, minimum: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return, for each value, the middle of the same enterprise's other years.

    The lower and the higher of the two middle values of an even number of years, or
    twice the same one; NaN where fewer than ``minimum`` other years are known.
    """
    firms, ids = pd.factorize(values.index.get_level_values("enterprise_id"))
    years, names = pd.factorize(values.index.get_level_values("year"))
    cube = np.full((len(ids), len(names), values.shape[1]), np.nan)
    cube[firms, years] = values.to_numpy(dtype=float)
    middles = np.full((2, *cube.shape), np.nan)
    for position in range(len(names)):
        others = np.sort(np.delete(cube, position, axis=1), axis=1)
        middles[:, :, position] = _middle_pair(others, minimum)
    low, high = (
        pd.DataFrame(part[firms, years], index=values.index, columns=values.columns)
        for part in middles
    )
    return low, high


def _middle_pair(
    ordered: NDArray[np.float64], minimum: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two middle values along the second axis, which is sorted, NaN last."""
    count = (~np.isnan(ordered)).sum(axis=1)
    enough = count >= max(minimum, 1)
    low, high = (
        np.take_along_axis(
            ordered, np.where(enough, place, 0)[:, np.newaxis], axis=1
        ).squeeze(axis=1)
        if ordered.shape[1]
        else np.full(count.shape, np.nan)
        for place in ((count - 1) // 2, count // 2)
    )
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)
