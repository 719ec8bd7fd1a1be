"""Coupling coordination: how evenly several subsystems develop together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, ScoreRangeError

__all__ = [
    "coordination_class",
    "coordination_degree",
    "coupling_degree",
    "coupling_stage",
    "lag_type",
]

Variant = Literal["wang2021", "classic"]
Floats = npt.NDArray[np.float64]

# Ten classes of D and four stages of C, lower bound included (methods §5.4, R16).
COORDINATION_CLASSES = (
    "极度失调",
    "严重失调",
    "中度失调",
    "轻度失调",
    "濒临失调",
    "勉强协调",
    "初级协调",
    "中级协调",
    "良好协调",
    "优质协调",
)
COUPLING_STAGES = (
    (0.3, "低水平耦合"),
    (0.5, "拮抗"),
    (0.8, "磨合"),
    (1.0, "高水平耦合"),
)
SYNCHRONOUS_WITHIN = 0.1


def _checked(subsystems: pd.DataFrame) -> Floats:
    """Return the scores; raise where coupling is not defined on them."""
    if subsystems.shape[1] < 2:
        raise MethodError("耦合度：至少需要两个子系统")
    array = subsystems.to_numpy(dtype=np.float64)
    outside = np.asarray(((array < 0) | (array > 1)).any(axis=1), dtype=np.bool_)
    if outside.any():
        units = "、".join(str(unit) for unit in subsystems.index[outside][:5])
        what = f"耦合度：{int(outside.sum())}个单元的得分不在[0,1]内，如 {units}"
        raise ScoreRangeError(f"{what}；0–100分请先除以100")
    return array


def coupling_degree(
    subsystems: pd.DataFrame, variant: Variant = "wang2021"
) -> pd.Series[float]:
    r"""Return the coupling degree C of several subsystems.

    Parameters
    ----------
    subsystems : pandas.DataFrame, shape (n_units, n_subsystems)
        Scores in [0, 1], one column per subsystem, on an absolute scale; any index.
    variant : {"wang2021", "classic"}
        Formula, see Notes.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Degree in [0, 1] [-]; NaN where any subsystem is missing.

    Raises
    ------
    MethodError
        If there are fewer than two subsystems, or the variant is unknown.
    ScoreRangeError
        If a score lies outside [0, 1]; the message names the first units.

    Notes
    -----
    ``wang2021`` (default), corrected so that C uses all of [0, 1] [1]_:

    .. math:: C = \sqrt{\Bigl[1 - \frac{\sum_{i>j}|U_i - U_j|}{n(n-1)/2}\Bigr]
              \Bigl[\prod_i \frac{U_i}{\max U}\Bigr]^{1/(n-1)}}

    ``classic``: :math:`C = (\prod_i U_i)^{1/n} / (\frac1n \sum_i U_i)`, for n = 2
    :math:`2\sqrt{U_1 U_2}/(U_1 + U_2)`; the misprint without the 2 never exceeds 0.5.
    A subsystem at 0 gives C = 0, all at 0 too.

    References
    ----------
    .. [1] R15 (Wang Shujia et al. 2021), Table 8.

    Examples
    --------
    >>> pair = pd.DataFrame({"pollution": [0.8], "carbon": [0.2]})
    >>> coupling_degree(pair).round(6).tolist()
    [0.316228]
    >>> coupling_degree(pair, "classic").round(6).tolist()
    [0.8]
    """
    array = _checked(subsystems)
    if variant == "wang2021":
        degree = _corrected(array)
    elif variant == "classic":
        degree = _classic(array)
    else:
        raise MethodError(f"耦合度：没有变体“{variant}”；应为 wang2021 或 classic")
    return pd.Series(np.clip(degree, 0.0, 1.0), index=subsystems.index)


def _corrected(array: Floats) -> Floats:
    """Return C after Wang et al. 2021."""
    count = array.shape[1]
    largest = array.max(axis=1, keepdims=True)
    # Sum of |differences| over pairs, from the sorted values: no n² array.
    factors = 2 * np.arange(count) - count + 1
    spread = np.sort(array, axis=1) @ factors / (count * (count - 1) / 2)
    relative = array / np.where(largest == 0, 1.0, largest)
    product = np.prod(relative, axis=1)
    square = np.maximum(1 - spread, 0) * product ** (1 / (count - 1))
    return np.asarray(np.sqrt(square), dtype=np.float64)


def _classic(array: Floats) -> Floats:
    """Return the geometric over the arithmetic mean."""
    mean = array.mean(axis=1)
    # Scaled by the mean before the product, which could underflow.
    relative = array / np.where(mean == 0, 1.0, mean)[:, None]
    return np.asarray(np.prod(relative, axis=1) ** (1 / array.shape[1]))


def coordination_degree(
    subsystems: pd.DataFrame,
    weights: Mapping[Any, float] | pd.Series[float] | None = None,
    variant: Variant = "wang2021",
) -> pd.Series[float]:
    r"""Return the coupling coordination degree D of several subsystems.

    Parameters
    ----------
    subsystems, variant
        As :func:`coupling_degree`.
    weights : mapping of column to float, optional
        Contribution of each subsystem, scaled to sum 1; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_units,)
        Degree in [0, 1] [-]; NaN where any subsystem is missing.

    Raises
    ------
    MethodError, ScoreRangeError
        As :func:`coupling_degree`.
    ParameterError
        If a subsystem has no weight or the weights do not make sense.

    Notes
    -----
    :math:`D = \sqrt{C\,T}`, :math:`T = \sum_i \alpha_i U_i` (methods §5.4). D only
    compares across years where the scores have fixed anchors (R15).

    Examples
    --------
    >>> pair = pd.DataFrame({"pollution": [0.8], "carbon": [0.2]})
    >>> coordination_degree(pair).round(6).tolist()
    [0.397635]
    """
    degree = coupling_degree(subsystems, variant)
    columns = list(subsystems.columns)
    given = dict.fromkeys(columns, 1.0) if weights is None else dict(weights.items())
    share = np.array([given.get(column, np.nan) for column in columns], dtype=float)
    if not (share >= 0).all() or share.sum() == 0:
        raise ParameterError("协调度：每个子系统都要有不小于0的权重，且不全为0")
    level = subsystems.to_numpy(dtype=np.float64) @ (share / share.sum())
    return pd.Series(np.sqrt(degree.to_numpy() * level), index=subsystems.index)


def coordination_class(degree: pd.Series[float]) -> pd.Series[str]:
    """Return the name of the class of each D, ten classes of 0.1, lower bound in.

    Examples
    --------
    >>> coordination_class(pd.Series([0.59, 0.6, 1.0])).tolist()
    ['勉强协调', '初级协调', '优质协调']
    """
    names = [
        ""
        if np.isnan(d)
        else COORDINATION_CLASSES[min(int(round(d, 12) * 10 + 1e-9), 9)]
        for d in degree.to_numpy(dtype=np.float64)
    ]
    return pd.Series(names, index=degree.index, dtype=object)


def coupling_stage(degree: pd.Series[float]) -> pd.Series[str]:
    """Return the name of the stage of each C, upper bound in; "" where C is 0 or NaN.

    Examples
    --------
    >>> coupling_stage(pd.Series([0.3, 0.31, 0.9])).tolist()
    ['低水平耦合', '拮抗', '高水平耦合']
    """
    names = [
        next((name for bound, name in COUPLING_STAGES if 0 < c <= bound), "")
        for c in degree.to_numpy(dtype=np.float64)
    ]
    return pd.Series(names, index=degree.index, dtype=object)


def lag_type(
    first: pd.Series[float], second: pd.Series[float], names: tuple[str, str]
) -> pd.Series[str]:
    """Return which of two subsystems lags by more than 0.1, or that none does.

    Examples
    --------
    >>> lag_type(pd.Series([0.8]), pd.Series([0.6]), ("减污", "降碳")).tolist()
    ['降碳滞后']
    """
    gap = (first - second).round(9)
    texts = [
        ""
        if np.isnan(g)
        else f"{names[1]}滞后"
        if g > SYNCHRONOUS_WITHIN
        else f"{names[0]}滞后"
        if g < -SYNCHRONOUS_WITHIN
        else "同步"
        for g in gap.to_numpy(dtype=np.float64)
    ]
    return pd.Series(texts, index=gap.index, dtype=object)
