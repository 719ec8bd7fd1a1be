"""When a path of emissions has peaked, said only by the rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError, Problem

__all__ = ["LATER_YEARS", "peak_years"]

Floats = npt.NDArray[np.float64]

# Projected years that must lie below a maximum before it is called a peak.
LATER_YEARS = 5
# Values this close to the maximum are the maximum: rounding of products.
SAME = 1e-9


def peak_years(
    paths: npt.ArrayLike,
    years: Sequence[int],
    last_observed: int,
    *,
    later_years: int = LATER_YEARS,
) -> Floats:
    """Return the peak year of each path, NaN where none can be declared.

    Parameters
    ----------
    paths : array_like, shape (n_paths, n_years)
        Emissions [tCO2e]; NaN in years without data.
    years : sequence of int
        Ascending, observed years before projected ones.
    last_observed : int
        Last year that is not projected.
    later_years : int
        Projected years after the maximum, all below it, that a peak needs.

    Returns
    -------
    numpy.ndarray, shape (n_paths,)
        Year of the maximum (of the last one, where it is reached repeatedly), or NaN.

    Raises
    ------
    MethodError
        If the years do not ascend or are not as many as the paths have.

    Notes
    -----
    Methods §6.9: a peak is declared only if the emission lies below the maximum in at
    least five later projected years; a path that still rises in the last five years
    has none, however flat it is. The maximum may lie in an observed year.

    Examples
    --------
    >>> peak_years([[1, 3, 2, 2, 2, 2, 2.9], [1, 3, 2, 2, 2, 2, 3]], range(2024, 2031), 2024)
    array([2025.,   nan])
    """
    values = np.atleast_2d(np.asarray(paths, dtype=np.float64))
    when = np.asarray(years, dtype=np.int64)
    if values.shape[1] != len(when) or (np.diff(when) <= 0).any():
        what = f"{values.shape[1]} 个数值，年份 {when.tolist()}"
        raise MethodError(Problem("达峰判断", what, "由早到晚、与数值一一对应的年份"))
    filled = np.where(np.isnan(values), -np.inf, values)
    top = filled.max(axis=1, keepdims=True)
    at_top = filled >= top - SAME * np.abs(top)
    last = len(when) - 1 - at_top[:, ::-1].argmax(axis=1)
    projected = (when > last_observed) & ~np.isnan(values)
    after = np.arange(len(when)) > last[:, np.newaxis]
    enough = (projected & after).sum(axis=1) >= later_years
    known = np.isfinite(top[:, 0])
    return np.where(enough & known, when[last].astype(float), np.nan)
