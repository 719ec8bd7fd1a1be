"""What the functions of the formula language know besides their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synergy_lib.indicators.quantity import Floats

__all__ = ["ParkRows", "Scope", "park_sum"]

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ParkRows:
    """Which rows form the park that each row is compared with.

    Parameters
    ----------
    group : numpy.ndarray of int, shape (n_rows,)
        Number of the park that each row is part of.
    compared : numpy.ndarray of int, shape (n_rows,)
        Number of the park that each row is compared with.
    member : numpy.ndarray of int, shape (n_rows,)
        Position of the same enterprise's row in that park, −1 where it has none; the
        row takes its place there.
    """

    group: Positions
    compared: Positions
    member: Positions


@dataclass(frozen=True)
class Scope:
    """What a function may know besides its arguments.

    Parameters
    ----------
    years : numpy.ndarray of int, shape (n_rows,)
        Year of each row.
    base_year : int
        Year that changes are counted from.
    base_row : numpy.ndarray of int, shape (n_rows,)
        Position of the same enterprise's row in the base year, −1 where it has none.
    enterprise : numpy.ndarray of int, shape (n_rows,)
        Number of each row's enterprise, counted from 0.
    reference : mapping of int to float
        Year → outside reference ratio that replaces the park's in ``ratio_to_park``.
    park : ParkRows, optional
        The park of each row; the rows of its year if omitted.
    """

    years: Positions
    base_year: int
    base_row: Positions
    enterprise: Positions
    reference: Mapping[int, float] = field(default_factory=dict)
    park: ParkRows | None = None


def park_sum(values: Floats, scope: Scope) -> Floats:
    """Return for each row the sum over its park, the row standing in for its own.

    Examples
    --------
    >>> ids = np.array([0, 1, 0, 1])
    >>> scope = Scope(np.array([2023, 2023, 2024, 2024]), 2023, ids, ids)
    >>> park_sum(np.array([1.0, 2.0, 3.0, 4.0]), scope).tolist()
    [3.0, 3.0, 7.0, 7.0]
    """
    if scope.park is None:
        _, group = np.unique(scope.years, return_inverse=True)
        return np.asarray(np.bincount(group, weights=values)[group], dtype=np.float64)
    park = scope.park
    count = int(park.compared.max(initial=-1)) + 1
    sums = np.bincount(park.group, weights=values, minlength=count)[park.compared]
    replaced = np.where(park.member >= 0, values[park.member], 0.0)
    return np.asarray(sums + (values - replaced), dtype=np.float64)
