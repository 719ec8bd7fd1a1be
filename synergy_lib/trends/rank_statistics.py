"""Rank statistics of many equally long series at once, and their exact null."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synergy_lib.trends.series import Floats

__all__ = [
    "SMALLEST_N_FOR_P",
    "critical_s",
    "detectable_slope",
    "growth",
    "interval_ranks",
    "inversion_shares",
    "kendall_columns",
    "kendall_s",
    "kendall_variance",
    "normal_tail",
    "pair_slopes",
    "sen_columns",
]

Texts: TypeAlias = NDArray[np.object_]

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
    possible = np.arange(pairs % 2, pairs + 1, 2)
    upper = (
        np.array([_exact_tail(int(s), n, ()) for s in possible])
        if n <= LARGEST_EXACT_N
        else normal_tail(possible, np.full(len(possible), _variance(n)))
    )
    significant = possible[sides * upper <= alpha]
    return float(significant[0]) if n > 1 and len(significant) else math.nan


def pair_slopes(values: Floats, years: Floats) -> tuple[Floats, Floats]:
    """Return rises and slopes of all pairs of years, one row per series."""
    first, second = np.triu_indices(values.shape[1], 1)
    rises = values[:, second] - values[:, first]
    return rises, rises / (years[..., second] - years[..., first])


def kendall_s(values: Floats) -> NDArray[np.int64]:
    """Return S, the rising pairs minus the falling pairs of each row."""
    first, second = np.triu_indices(values.shape[1], 1)
    later, earlier = values[:, second], values[:, first]
    balance = (later > earlier).astype(np.int8) - (later < earlier)
    s: NDArray[np.int64] = balance.sum(axis=1, dtype=np.int64)
    return s


def _tie_sizes(values: Floats) -> NDArray[np.int64]:
    """Return, for each value, how many of its row equal it, itself included."""
    ordered = np.sort(values, axis=1)
    starts = np.ones(values.shape, dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    group = np.cumsum(starts.ravel()) - 1
    counts = np.bincount(group, minlength=1)
    sizes: NDArray[np.int64] = counts[group].reshape(values.shape)
    return sizes


def _variance(n: int) -> float:
    """Return the variance of S under no trend, without ties."""
    return n * (n - 1) * (2 * n + 5) / 18


def kendall_variance(values: Floats) -> Floats:
    r"""Return the variance of S under no trend for each row, with its ties.

    Notes
    -----
    :math:`[n(n-1)(2n+5) - \sum_g t_g(t_g-1)(2t_g+5)]/18`.
    """
    return _variance_of_ties(_tie_sizes(values))


def _variance_of_ties(sizes: NDArray[np.int64]) -> Floats:
    # Summed over the values rather than the groups: one factor t_g less.
    tied = ((sizes - 1) * (2 * sizes + 5)).sum(axis=1)
    variance: Floats = _variance(sizes.shape[1]) - tied / 18
    return variance


@lru_cache(maxsize=512)
def inversion_shares(n: int, ties: tuple[int, ...] = ()) -> Floats:
    """Return the shares of orders with 0, 1, 2 … inversions, exactly.

    ``ties`` are the sizes of the groups of equal values, those above one.
    """
    counts = np.ones(1)
    for size in range(2, n + 1):
        counts = np.convolve(counts, np.ones(size))
    for group in ties:
        for size in range(2, group + 1):
            counts = np.rint(np.polydiv(counts, np.ones(size))[0])
    shares: Floats = counts / counts.sum()
    return shares


@lru_cache(maxsize=8192)
def _exact_tail(s: int, n: int, ties: tuple[int, ...]) -> float:
    """Return the probability of an S of at least the absolute value of s."""
    shares = inversion_shares(n, ties)
    fewest = (len(shares) - 1 - abs(s)) // 2
    return float(shares[: fewest + 1].sum())


def normal_tail(s: NDArray[np.int64] | Floats, variance: Floats) -> Floats:
    """Return the upper tail at each absolute S by the normal approximation.

    With continuity correction; one half where S or its variance is zero.
    """
    spread = np.sqrt(variance)
    z = np.zeros(np.shape(spread))
    np.divide(np.abs(s) - 1, spread, out=z, where=(np.asarray(s) != 0) & (spread > 0))
    upper: Floats = stats.norm.sf(z)
    return upper


def kendall_columns(values: Floats) -> dict[str, NDArray[np.generic]]:
    """Return ``s, tau, p, p_one_sided, method`` of equally long series.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_series, n)
        Without gaps, in order of time.

    Notes
    -----
    Exact for n ≤ 10 without ties and n ≤ 8 with ties, else normal with continuity
    correction; p is twice the upper tail, at most 1.
    """
    count, n = values.shape
    s = kendall_s(values)
    nan = np.full(count, np.nan)
    if n < 2:
        method = np.full(count, "undefined", dtype=object)
        return {"s": s, "tau": nan, "p": nan, "p_one_sided": nan, "method": method}
    upper, method = _tails(s, _tie_sizes(values))
    return {
        "s": s,
        "tau": s / (n * (n - 1) / 2),
        "p": np.minimum(1.0, 2 * upper),
        "p_one_sided": upper,
        "method": method,
    }


def _tails(s: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[Floats, Texts]:
    """Return the upper tail at each absolute S, and how it was found."""
    n = sizes.shape[1]
    tied = (sizes > 1).any(axis=1)
    exact = np.where(tied, n <= LARGEST_EXACT_N_WITH_TIES, n <= LARGEST_EXACT_N)
    upper = normal_tail(s, _variance_of_ties(sizes))
    # Without ties S alone says which case it is: no sizes to sort.
    for part, told in ((exact & ~tied, 0), (exact & tied, n)):
        cases = np.column_stack([np.abs(s[part]), np.sort(sizes[part])[:, :told]])
        each, place = np.unique(cases, axis=0, return_inverse=True)
        tails = [_exact_tail(int(case[0]), n, _groups(case[1:])) for case in each]
        upper[part] = np.array(tails, dtype=float)[place.ravel()]
    method = np.select([~exact, tied], ["normal", "exact_ties"], "exact")
    return upper, method.astype(object)


def _groups(sizes: NDArray[np.int64]) -> tuple[int, ...]:
    """Return the sizes of the groups of equal values, those above one, sorted."""
    size, count = np.unique(sizes[sizes > 1], return_counts=True)
    return tuple(int(x) for x in np.repeat(size, count // size))


def sen_columns(values: Floats, years: Floats) -> dict[str, Floats]:
    """Return slope, intercept, interval, relative slope and detectable change.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_series, n)
        Without gaps, n ≥ 2.
    years : numpy.ndarray, shape (n,) or (n_series, n)
        Their years.
    """
    count, n = values.shape
    slopes = np.sort(pair_slopes(values, years)[1], axis=1)
    slope = _middle(slopes)
    middle = np.median(values, axis=1)
    low = high = detectable = np.full(count, np.nan)
    if n >= SMALLEST_N_FOR_P:
        below, above = interval_ranks(kendall_variance(values), slopes.shape[1])
        rows = np.arange(count)
        low, high = slopes[rows, below], slopes[rows, above]
        detectable = detectable_slope(slopes, slope, critical_s(n))
    relative = np.divide(slope, middle, out=np.full(count, np.nan), where=middle > 0)
    return {
        "slope": slope,
        "intercept": middle - slope * np.median(years, axis=-1),
        "low": low,
        "high": high,
        "relative_slope": relative,
        "detectable": detectable,
    }


def _middle(ordered: Floats) -> Floats:
    """Return the median of rows that are in order."""
    half = ordered.shape[1] // 2
    middle: Floats = (ordered[:, half] + ordered[:, -half - 1]) / 2
    return middle


def interval_ranks(
    variance: Floats, pairs: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the ranks of the pair slopes that bound the interval of Sen's slope."""
    z = stats.norm.ppf(0.5 + SLOPE_CONFIDENCE / 2)
    reach = z * np.sqrt(variance)
    above = np.minimum(np.round((pairs + reach) / 2), pairs - 1).astype(np.intp)
    below = np.maximum(np.round((pairs - reach) / 2) - 1, 0).astype(np.intp)
    return below, above


def detectable_slope(ordered: Floats, slope: Floats, critical: float) -> Floats:
    """Return the smallest slope that would have been significant on this scatter.

    ``ordered`` are the pair slopes of each row in order, ``critical`` the absolute S
    that is significant; NaN where no S is.
    """
    pairs = ordered.shape[1]
    if not critical <= pairs:
        return np.full(len(ordered), np.nan)
    rank = min(pairs, math.ceil((pairs + critical) / 2))
    return np.maximum(ordered[:, rank - 1] - slope, slope - ordered[:, pairs - rank])


def growth(values: Floats, years: Floats) -> tuple[Floats, Floats]:
    """Return total change and compound annual growth of each row."""
    nan = np.full(len(values), np.nan)
    if values.shape[1] < 2:
        return nan, nan
    first, last = values[:, 0], values[:, -1]
    ratio = np.divide(last, first, out=nan.copy(), where=first > 0)
    positive = np.where(ratio > 0, ratio, np.nan)
    return ratio - 1, positive ** (1 / (years[..., -1] - years[..., 0])) - 1
