"""Scoring rules with fixed anchors or tiers: scores that do not depend on the sample."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.normalization.direction import PerColumn, per_column

__all__ = ["apply_rules", "goalposts", "park_anchors", "parse_tiers", "tier_points"]

# Points at the two anchors of a goalposts score (methods §2.1).
BASELINE_POINTS = 60.0
BENCHMARK_POINTS = 100.0

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    "": operator.eq,
}
_TIER = re.compile(r"^(<=|<|>=|>|=|)(-?[0-9]+(?:\.[0-9]+)?):([0-9]+(?:\.[0-9]+)?)$")


@overload
def goalposts(
    values: pd.DataFrame, baseline: PerColumn, benchmark: PerColumn
) -> pd.DataFrame: ...


@overload
def goalposts(
    values: pd.Series[float], baseline: PerColumn, benchmark: PerColumn
) -> pd.Series[float]: ...


@overload
def goalposts(values: float, baseline: PerColumn, benchmark: PerColumn) -> float: ...


@overload
def goalposts(
    values: npt.ArrayLike, baseline: PerColumn, benchmark: PerColumn
) -> npt.NDArray[np.float64]: ...


def goalposts(values: Any, baseline: PerColumn, benchmark: PerColumn) -> Any:
    r"""Return the score 0–100 of values between two fixed anchors.

    Parameters
    ----------
    values : float, array, pandas.Series or pandas.DataFrame
        Indicator values in the unit of the anchors.
    baseline, benchmark : float or mapping of column to float
        Values that earn 60 and 100 points; the benchmark is larger for a benefit and
        smaller for a cost. A mapping gives each column of a frame its own.

    Returns
    -------
    same kind as ``values``
        Score in [0, 100] [points]; NaN stays NaN.

    Raises
    ------
    MethodError
        If an anchor is missing, or baseline and benchmark are equal.

    Notes
    -----
    :math:`s = \mathrm{clip}(60 + 40\,(x - x_b)/(x_m - x_b),\,0,\,100)` for baseline
    :math:`x_b` and benchmark :math:`x_m` (methods §2.1, LIN). Zero points are reached
    at :math:`x_b - 1.5\,(x_m - x_b)`. The anchors do not depend on the sample, so
    scores of different years and parks compare. Zero and negative values are ordinary.

    Examples
    --------
    Carbon intensity with 2.0 t for 60 and 0.6 t for 100 points:

    >>> goalposts(1.3, 2.0, 0.6)
    80.0
    """
    low, high = (per_column(values, item) for item in (baseline, benchmark))
    if np.any(np.isnan(low) | np.isnan(high)) or np.any(low == high):
        raise MethodError("锚点缺失，或 baseline 与 benchmark 相等")
    array = np.asarray(values, dtype=np.float64)
    span = BENCHMARK_POINTS - BASELINE_POINTS
    with np.errstate(over="ignore"):
        raw = BASELINE_POINTS + span * ((array - low) / (high - low))
    score = np.clip(raw, 0.0, BENCHMARK_POINTS)
    if isinstance(values, pd.DataFrame):
        return pd.DataFrame(score, index=values.index, columns=values.columns)
    if isinstance(values, pd.Series):
        return pd.Series(score, index=values.index, name=values.name)
    return float(score) if score.ndim == 0 else score


def park_anchors(
    values: npt.NDArray[np.float64],
    baseline_percentile: float,
    benchmark_percentile: float,
    minimum: int,
) -> tuple[float, float, int]:
    """Return baseline, benchmark and number of enterprises of a PCT rule.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_enterprises,)
        Indicator values of the park in the base year; NaN is left out.
    baseline_percentile, benchmark_percentile : float
        Percentiles for 60 and 100 points: 75 and 10 for a cost, 25 and 90 for a
        benefit [%].
    minimum : int
        Fewer enterprises with data give no anchors.

    Returns
    -------
    tuple of float, float, int
        Anchors, NaN where there are too few enterprises or no spread; and how many
        enterprises they rest on.

    Notes
    -----
    Linear percentiles of the base year, computed once and kept (methods §2.1, PCT):
    anchors that moved every year would make a comparison of years impossible.
    """
    known = values[np.isfinite(values)]
    if len(known) < minimum:
        return np.nan, np.nan, len(known)
    wanted = [baseline_percentile, benchmark_percentile]
    baseline, benchmark = np.percentile(known, wanted, method="linear")
    if baseline == benchmark:
        return np.nan, np.nan, len(known)
    return float(baseline), float(benchmark), len(known)


def parse_tiers(text: str) -> list[tuple[str, float, float]]:
    """Return the tiers of a text as (operator, limit, points), in their order.

    Raises
    ------
    ValueError
        If a tier cannot be read or gives points outside 0–100.

    Examples
    --------
    >>> parse_tiers("<=0.6:100; >0.6:20")
    [('<=', 0.6, 100.0), ('>', 0.6, 20.0)]
    """
    tiers = []
    for part in re.sub(r"\s", "", text).rstrip(";").split(";"):
        found = _TIER.match(part)
        if not found:
            raise ValueError(f"无法解析分级“{part}”")
        limit, points = float(found[2]), float(found[3])
        if points > BENCHMARK_POINTS:
            raise ValueError(f"分级“{part}”的分值超过100")
        tiers.append((found[1], limit, points))
    return tiers


def tier_points(values: npt.NDArray[np.float64], text: str) -> npt.NDArray[np.float64]:
    """Return the points of the first tier each value fits; NaN where none does.

    Examples
    --------
    >>> tier_points(np.array([0.6, 0.7, np.nan]), "<=0.6:100;>0.6:20")
    array([100.,  20.,  nan])
    """
    points = np.full(values.shape, np.nan)
    # A quotient that should be 0.6 may come out as 0.6000000000000001.
    rounded = np.round(values, 9)
    for sign, limit, given in reversed(parse_tiers(text)):
        with np.errstate(invalid="ignore"):
            points = np.where(_OPERATORS[sign](rounded, limit), given, points)
    return np.where(np.isnan(values), np.nan, points)


def apply_rules(
    values: pd.DataFrame, rules: pd.DataFrame, anchors: pd.DataFrame
) -> pd.DataFrame:
    """Return the score 0–100 of every indicator by its own rule.

    Parameters
    ----------
    values : pandas.DataFrame
        One column per indicator code.
    rules : pandas.DataFrame
        Indexed by code, with ``rule`` (LIN, PCT or TIER) and ``tiers``.
    anchors : pandas.DataFrame
        Indexed by code, with ``baseline`` and ``benchmark``; NaN where a PCT
        indicator is reported but not scored.

    Returns
    -------
    pandas.DataFrame
        Scores [points]; NaN where the value is missing or the indicator not scored.
    """
    scores = {}
    ends = anchors.reindex(rules.index)[["baseline", "benchmark"]]
    for code, rule, tiers, (low, high) in zip(
        rules.index,
        rules["rule"],
        rules["tiers"],
        ends.to_numpy(dtype=np.float64).tolist(),
        strict=True,
    ):
        column = values[code].to_numpy(dtype=np.float64)
        if rule == "TIER":
            scores[code] = tier_points(column, str(tiers))
        elif np.isnan(low) or np.isnan(high):
            scores[code] = np.full(len(column), np.nan)
        else:
            scores[code] = goalposts(column, low, high)
    return pd.DataFrame(scores, index=values.index)
