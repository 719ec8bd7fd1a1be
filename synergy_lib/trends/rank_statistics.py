"""Rank statistics of many equally long series at once, and their exact null."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = [
    "SMALLEST_N_FOR_P",
    "Floats",
    "critical_s",
    "growth",
    "p_values",
    "pair_slopes",
    "sen_columns",
    "tie_sizes",
]

Floats: TypeAlias = NDArray[np.float64]

LARGEST_EXACT_N = 10
LARGEST_EXACT_N_WITH_TIES = 8
SMALLEST_N_FOR_P = 5
SLOPE_CONFIDENCE = 0.90


@lru_cache(maxsize=256)
def critical_s(n: int, alpha: float = 0.05, sides: int = 2) -> float:
    """Return the smallest absolute S that is significant, without ties.

    Returns
    -------
    float
        S, or NaN where even a strictly monotone series is not significant.

    Examples
    --------
    >>> critical_s(5), critical_s(4), critical_s(4, sides=1)
    (10.0, nan, 6.0)
    """
    pairs = n * (n - 1) // 2
    for s in range(pairs % 2, pairs + 1, 2):
        p, p_one_sided, _ = p_values(s, n, ())
        if (p if sides == 2 else p_one_sided) <= alpha:
            return float(s)
    return math.nan


def pair_slopes(values: Floats, years: Floats) -> tuple[Floats, Floats]:
    """Return rises and slopes of all pairs of years, one row per series."""
    first, second = np.triu_indices(values.shape[1], 1)
    rises = values[:, second] - values[:, first]
    return rises, rises / (years[second] - years[first])


def tie_sizes(values: Floats) -> tuple[int, ...]:
    """Return the sizes of the groups of equal values, those above one, sorted."""
    counts = np.unique(values, return_counts=True)[1]
    return tuple(sorted(int(count) for count in counts if count > 1))


def _variance(n: int, ties: tuple[int, ...]) -> float:
    """Return the variance of S under no trend."""
    tied = sum(size * (size - 1) * (2 * size + 5) for size in ties)
    return (n * (n - 1) * (2 * n + 5) - tied) / 18


@lru_cache(maxsize=512)
def _inversion_shares(n: int, ties: tuple[int, ...]) -> Floats:
    """Return the shares of orders with 0, 1, 2 … inversions, exactly."""
    counts = np.ones(1)
    for size in range(2, n + 1):
        counts = np.convolve(counts, np.ones(size))
    for group in ties:
        for size in range(2, group + 1):
            counts = np.rint(np.polydiv(counts, np.ones(size))[0])
    shares: Floats = counts / counts.sum()
    return shares


@lru_cache(maxsize=4096)
def p_values(s: int, n: int, ties: tuple[int, ...]) -> tuple[float, float, str]:
    """Return two-sided p, one-sided p in the direction of S, and the method."""
    if n < 2:
        return math.nan, math.nan, "undefined"
    if n <= (LARGEST_EXACT_N_WITH_TIES if ties else LARGEST_EXACT_N):
        shares = _inversion_shares(n, ties)
        fewest = (len(shares) - 1 - abs(s)) // 2
        upper = float(shares[: fewest + 1].sum())
        return min(1.0, 2 * upper), upper, "exact_ties" if ties else "exact"
    variance = _variance(n, ties)
    if s == 0 or variance == 0:
        return 1.0, 0.5, "normal"
    upper = float(stats.norm.sf((abs(s) - 1) / math.sqrt(variance)))
    return min(1.0, 2 * upper), upper, "normal"


def sen_columns(values: Floats, years: Floats) -> dict[str, Floats]:
    """Return slope, intercept, interval, relative slope and detectable change."""
    count, n = values.shape
    slopes = np.sort(pair_slopes(values, years)[1], axis=1)
    slope = np.median(slopes, axis=1)
    middle = np.median(values, axis=1)
    low = high = detectable = np.full(count, np.nan)
    if n >= SMALLEST_N_FOR_P:
        below, above = _interval_ranks(values, slopes.shape[1])
        rows = np.arange(count)
        low, high = slopes[rows, below], slopes[rows, above]
        rank = int(slopes.shape[1] + critical_s(n)) // 2
        detectable = np.maximum(
            slopes[:, rank - 1] - slope, slope - slopes[:, slopes.shape[1] - rank]
        )
    relative = np.divide(slope, middle, out=np.full(count, np.nan), where=middle > 0)
    return {
        "slope": slope,
        "intercept": middle - slope * np.median(years),
        "low": low,
        "high": high,
        "relative_slope": relative,
        "detectable": detectable,
    }


def _interval_ranks(
    values: Floats, pairs: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the ranks of the pair slopes that bound the interval of Sen's slope."""
    variance = [_variance(values.shape[1], tie_sizes(row)) for row in values]
    z = stats.norm.ppf(0.5 + SLOPE_CONFIDENCE / 2)
    reach = z * np.sqrt(np.asarray(variance))
    above = np.minimum(np.round((pairs + reach) / 2), pairs - 1).astype(np.intp)
    below = np.maximum(np.round((pairs - reach) / 2) - 1, 0).astype(np.intp)
    return below, above


def growth(values: Floats, years: Floats) -> tuple[Floats, Floats]:
    """Return total change and compound annual growth of each row."""
    nan = np.full(len(values), np.nan)
    if values.shape[1] < 2:
        return nan, nan
    first, last = values[:, 0], values[:, -1]
    ratio = np.divide(last, first, out=nan.copy(), where=first > 0)
    positive = np.where(ratio > 0, ratio, np.nan)
    return ratio - 1, positive ** (1 / (years[-1] - years[0])) - 1
