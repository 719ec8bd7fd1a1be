"""Normalisation: from indicator values to scores on one scale.

The direction of an indicator (+1 more is better, −1 less is better) is applied here
and nowhere else.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, nearest

__all__ = [
    "apply_rules",
    "constant_columns",
    "directions",
    "goalposts",
    "minmax",
    "park_anchors",
    "parse_tiers",
    "ranks",
    "tier_points",
    "zscore",
]

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

_Direction = Mapping[Any, float] | pd.Series
_Anchor = float | Mapping[Any, float] | pd.Series


def directions(direction: _Direction, columns: pd.Index) -> npt.NDArray[np.float64]:
    """Return the direction of each column, checked to be +1 or −1.

    Raises
    ------
    ParameterError
        With every column that has no direction, or one other than ±1.
    """
    given = dict(direction.items())
    problems = []
    for column in columns:
        if column not in given:
            hint = nearest(str(column), map(str, given))
            problems.append(Problem(f"指标 {column}", "缺少方向", "1 或 -1", hint))
        elif given[column] not in (1, -1):
            what = f"方向为“{given[column]}”"
            problems.append(Problem(f"指标 {column}", what, "1 或 -1"))
    if problems:
        raise ParameterError(problems)
    return np.array([given[column] for column in columns], dtype=np.float64)


def _finite(values: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the values as floats; infinite values are refused."""
    array = values.to_numpy(dtype=np.float64)
    infinite = np.isinf(array).any(axis=0)
    if infinite.any():
        named = "、".join(map(str, values.columns[infinite]))
        raise MethodError(f"标准化：指标 {named} 含无穷大")
    return array


def constant_columns(values: pd.DataFrame) -> list[str]:
    """Return the columns whose known values are all equal (no discrimination)."""
    spread = values.max() - values.min()
    return [str(column) for column in values.columns[spread == 0]]


def minmax(values: pd.DataFrame, direction: _Direction) -> pd.DataFrame:
    r"""Return every column rescaled to [0, 1] between its worst and best value.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, any unit.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.

    Returns
    -------
    pandas.DataFrame, shape (n_units, n_indicators)
        1 for the best unit, 0 for the worst [-]; NaN stays NaN.

    Raises
    ------
    ParameterError
        If a column has no direction ±1.
    MethodError
        If a value is infinite.

    Notes
    -----
    :math:`(x - \min)/(\max - \min)` for +1 and :math:`(\max - x)/(\max - \min)` for
    −1 (methods §5.1). A constant column, and so a single unit, gives 0.5: it does not
    discriminate; :func:`constant_columns` names it. Zeros and negative values are
    ordinary values. The bounds are those of the rows given: pool all years if scores
    are to be compared between years.

    Examples
    --------
    >>> minmax(pd.DataFrame({"co2": [1.0, 3.0, 2.0]}), {"co2": -1})["co2"].tolist()
    [1.0, 0.0, 0.5]
    """
    sign = directions(direction, values.columns)
    # Scaled first: the difference of two huge numbers must not overflow.
    array = _finite(values) / 2
    known = ~np.isnan(array)
    low = np.where(known, array, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, array, -np.inf).max(axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, np.nan)
    with np.errstate(invalid="ignore"):
        rising, falling = (array - low) / span, (high - array) / span
    score = np.where(sign > 0, rising, falling)
    score = np.where(known & np.isnan(span), 0.5, score)
    return pd.DataFrame(score, index=values.index, columns=values.columns)


def zscore(values: pd.DataFrame, direction: _Direction) -> pd.DataFrame:
    """Return every column as standard deviations from its mean (ddof 1), + is better.

    Notes
    -----
    A constant column gives 0 (methods §5.1); a single unit too. NaN stays NaN.
    """
    sign = directions(direction, values.columns)
    spread = values.std(ddof=1)
    scaled: pd.DataFrame = sign * (values - values.mean()) / spread.where(spread > 0)
    return scaled.fillna(0.0).where(values.notna())


def ranks(values: pd.DataFrame, direction: _Direction) -> pd.DataFrame:
    """Return every column's rank score (m + 1 − rank)/m, average rank for ties.

    Notes
    -----
    1 is the best of m known values, 1/m the worst (methods §5.1). NaN stays NaN.
    """
    sign = directions(direction, values.columns)
    placed = (values * sign).rank(ascending=False, method="average")
    count = values.notna().sum()
    return (count + 1 - placed) / count


@overload
def goalposts(
    values: pd.DataFrame, baseline: _Anchor, benchmark: _Anchor
) -> pd.DataFrame: ...


@overload
def goalposts(
    values: pd.Series[float], baseline: _Anchor, benchmark: _Anchor
) -> pd.Series[float]: ...


@overload
def goalposts(values: float, baseline: _Anchor, benchmark: _Anchor) -> float: ...


@overload
def goalposts(
    values: npt.ArrayLike, baseline: _Anchor, benchmark: _Anchor
) -> npt.NDArray[np.float64]: ...


def goalposts(values: Any, baseline: _Anchor, benchmark: _Anchor) -> Any:
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
    low, high = (_anchor(values, item) for item in (baseline, benchmark))
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


def _anchor(values: Any, anchor: _Anchor) -> npt.NDArray[np.float64]:
    """Return an anchor as a number or as one number per column."""
    if not isinstance(anchor, Mapping | pd.Series):
        return np.asarray(anchor, dtype=np.float64)
    if not isinstance(values, pd.DataFrame):
        raise MethodError("按列给出锚点时，values 须为 DataFrame")
    given = dict(anchor.items())
    return np.array([given.get(column, np.nan) for column in values.columns], float)


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
    for code, rule, tiers in zip(
        rules.index, rules["rule"], rules["tiers"], strict=True
    ):
        column = values[code].to_numpy(dtype=np.float64)
        low, high = anchors.loc[code, ["baseline", "benchmark"]].astype(float)
        if rule == "TIER":
            scores[code] = tier_points(column, str(tiers))
        elif np.isnan(low) or np.isnan(high):
            scores[code] = np.full(len(column), np.nan)
        else:
            scores[code] = goalposts(column, low, high)
    return pd.DataFrame(scores, index=values.index)
