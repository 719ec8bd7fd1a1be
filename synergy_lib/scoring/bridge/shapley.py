"""Exact Shapley values: a change shared among the causes that were switched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError

__all__ = ["MOST_CAUSES", "shapley_bridge"]

Floats = npt.NDArray[np.float64]
States = TypeVar("States", pd.DataFrame, npt.NDArray[np.float64])

# 2^n states are scored: beyond this nobody would wait for them.
MOST_CAUSES = 16


def shapley_bridge(
    evaluate: Callable[[frozenset[str]], States], causes: Sequence[str]
) -> dict[str, States]:
    r"""Return each cause's part of the change from no cause switched to all switched.

    Parameters
    ----------
    evaluate : callable
        Takes the set of causes that are in their new state, the others being in their
        old one, and returns numbers as a frame or an array, of the same shape and
        labels in every state.
    causes : sequence of str
        Names of the causes, each once.

    Returns
    -------
    dict of str to the same kind
        Cause → its part of the change, in the unit of the numbers. NaN where any
        state has NaN.

    Raises
    ------
    MethodError
        If a cause stands twice, there are none or more than 16, or two states differ
        in shape or labels.

    Notes
    -----
    :math:`\varphi_c = \sum_{S \not\ni c} \frac{|S|!\,(n-|S|-1)!}{n!}
    \,[v(S \cup c) - v(S)]`: the mean, over all orders of switching the causes one by
    one, of what the numbers move when *c* is switched. Every one of the :math:`2^n`
    states is evaluated once. The parts sum to the change; a cause that moves nothing
    in any state gets exactly 0; causes that do the same get the same; what two
    causes do only together is shared equally between them.

    References
    ----------
    .. [1] Shapley, L. S. (1953): A value for n-person games. Contributions to the
       Theory of Games II, Princeton University Press, 307–317.

    Examples
    --------
    A quotient 6/3 that becomes 8/2, by numerator and denominator:

    >>> def quotient(new):
    ...     top, bottom = (8 if "top" in new else 6), (2 if "bottom" in new else 3)
    ...     return np.array([top / bottom])
    >>> parts = shapley_bridge(quotient, ["top", "bottom"])
    >>> [float(part[0].round(6)) for part in parts.values()]
    [0.833333, 1.166667]
    """
    count = len(causes)
    if not 0 < count <= MOST_CAUSES or len(set(causes)) < count:
        what = f"成因须为1–{MOST_CAUSES}个且各不相同：{'、'.join(causes)}"
        raise MethodError(f"变化归因：{what}")
    states = [
        evaluate(frozenset(c for at, c in enumerate(causes) if number >> at & 1))
        for number in range(2**count)
    ]
    _check_alike(states)
    values = np.stack([np.asarray(state, dtype=np.float64) for state in states])
    numbers = np.arange(2**count)
    size = np.bitwise_count(numbers)
    weight = np.array([1 / (count * comb(count - 1, k)) for k in range(count)])
    parts: dict[str, States] = {}
    for at, cause in enumerate(causes):
        before = numbers[numbers >> at & 1 == 0]
        moved = values[before | 1 << at] - values[before]
        part = np.tensordot(weight[size[before]], moved, axes=1)
        parts[cause] = cast("States", _like(states[0], part))
    return parts


def _like(state: pd.DataFrame | Floats, values: Floats) -> pd.DataFrame | Floats:
    """Return values with the labels of a state, if it has any."""
    if isinstance(state, pd.DataFrame):
        return pd.DataFrame(values, index=state.index, columns=state.columns)
    return values


def _check_alike(states: Sequence[pd.DataFrame | Floats]) -> None:
    """Raise unless all states have one shape, and one set of labels in one order."""
    first = states[0]
    for state in states[1:]:
        alike = np.shape(state) == np.shape(first)
        if alike and isinstance(first, pd.DataFrame):
            alike = (
                isinstance(state, pd.DataFrame)
                and state.index.equals(first.index)
                and state.columns.equals(first.columns)
            )
        if not alike:
            raise MethodError("变化归因：各状态的行或列不一致")
