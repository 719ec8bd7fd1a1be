"""Scores of a framework, level by level, by methods that are chosen by name."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring import normalization as norms
from synergy_lib.scoring.aggregation import arithmetic, copeland, geometric, harmonic
from synergy_lib.scoring.aggregation.means import Missing
from synergy_lib.scoring.framework import Framework
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS

__all__ = ["Aggregation", "Normalization", "aggregate", "normalize"]

Aggregation = Literal["arithmetic", "geometric", "harmonic", "copeland"]
Normalization = Literal[
    "minmax",
    "rank",
    "zscore",
    "goalposts",
    "none",
    "percentile_rank",
    "borda",
    "fraction_of_maximum",
    "target",
    "reference",
    "ratio_to_benchmark",
]

_Scores = Callable[[pd.DataFrame], pd.DataFrame]


def normalize(
    values: pd.DataFrame,
    framework: Framework,
    method: Normalization,
    scale: tuple[float, float],
    reference: Hashable | None = None,
) -> pd.DataFrame:
    """Return indicator values normalised by a named method.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        The framework's indicators, in its order.
    framework : Framework
        Directions, targets and anchors.
    method, scale, reference
        As :func:`~synergy_lib.scoring.index.score_index`.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        Scores, more is better.

    Raises
    ------
    MethodError
        If there is no such method, or it is not defined on the values.
    """
    if method not in get_args(Normalization):
        names = "、".join(get_args(Normalization))
        raise MethodError(f"标准化：没有方法“{method}”；应为{names}")
    as_it_is = _as_it_is(framework)
    if method in as_it_is:
        return as_it_is[method](values)
    low, high = scale
    return low + (high - low) * _from_0_to_1(framework, reference)[method](values)


def _as_it_is(framework: Framework) -> dict[str, _Scores]:
    """Return the methods whose scores have a scale of their own."""
    table = framework.indicators
    return {
        "zscore": lambda x: norms.zscore(x, table["direction"]),
        "borda": lambda x: norms.borda(x, table["direction"]),
        "goalposts": lambda x: norms.goalposts(
            x, table["baseline"], table["benchmark"]
        ),
        "none": lambda x: x,
    }


def _from_0_to_1(
    framework: Framework, reference: Hashable | None
) -> dict[str, _Scores]:
    """Return the methods that give the worst score 0 and the best 1."""
    table = framework.indicators
    sign = table["direction"]
    return {
        "minmax": lambda x: norms.minmax(x, sign),
        "rank": lambda x: norms.ranks(x, sign),
        "percentile_rank": lambda x: norms.percentile_ranks(x, sign),
        "fraction_of_maximum": lambda x: norms.fraction_of_maximum(x, sign),
        "target": lambda x: norms.distance_to_target(
            x, table["target"].fillna(table["benchmark"]), sign, cap=True
        ),
        "reference": lambda x: norms.distance_to_reference(
            x, reference, sign, cap=True
        ),
        "ratio_to_benchmark": lambda x: norms.ratio_to_benchmark(
            x, table["benchmark"], sign
        ),
    }


def aggregate(
    normalized: pd.DataFrame,
    framework: Framework,
    method: Aggregation = "arithmetic",
    *,
    floor: float = 1.0,
    missing: Missing = "propagate",
) -> pd.DataFrame:
    """Return the scores of all codes, from the indicators up to the index.

    Parameters
    ----------
    normalized : pandas.DataFrame, shape (n_units, n_indicators)
        Scores of the indicators, more is better.
    framework : Framework
        Parents and weights.
    method : str
        Mean of the children, or ``copeland`` of them, at every level.
    floor : float
        Lowest score that a geometric or harmonic mean counts [points].
    missing : {"propagate", "redistribute"}
        What a missing score does to the aggregates above it.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_codes)
        Indicators, then aggregates, lowest level first.

    Raises
    ------
    MethodError
        If there is no such method, or a score is negative where that is not defined.
    """
    means: dict[str, Any] = {
        "arithmetic": arithmetic,
        "geometric": geometric,
        "harmonic": harmonic,
        "copeland": copeland,
    }
    if method not in means:
        raise MethodError(f"合成：没有方法“{method}”；应为{'、'.join(means)}")
    if method == "arithmetic" and not normalized.isna().any(axis=None):
        return _products(normalized, framework)
    extra = {"floor": floor} if method in ("geometric", "harmonic") else {}
    scores = {str(code): normalized[code] for code in normalized.columns}
    for code in framework.aggregates.index:
        children = framework.children(str(code))
        parts = pd.DataFrame({child: scores[child] for child in children})
        if method == "copeland":
            # Only their order counts: sums that should be equal must be.
            parts = parts.round(SAME_SCORE_DECIMALS)
        weights = framework.local_weights[children]
        scores[str(code)] = means[method](parts, weights, missing=missing, **extra)
    return pd.DataFrame(scores, index=normalized.index)


def _products(normalized: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return arithmetic means of complete scores: a matrix product for each level."""
    scores = normalized.to_numpy(dtype=np.float64)
    codes = list(normalized.columns)
    local, parents = framework.local_weights, framework.table["parent"]
    for _, group in framework.aggregates.groupby("level"):
        is_child = parents[codes].to_numpy()[:, None] == group.index.to_numpy()
        shares = is_child * local[codes].to_numpy()[:, None]
        scores = np.hstack([scores, scores @ shares])
        codes += list(group.index)
    return pd.DataFrame(scores, index=normalized.index, columns=codes)
