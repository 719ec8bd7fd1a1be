"""Measure the trend tests of many series beside loops over one series at a time.

``python -m benchmarks.trends`` prints a Markdown table; ``make bench-trends`` installs
pymannkendall for it. All sides of every ratio are taken in one run. Where
pymannkendall is not installed its row says so, and a loop of its steps stands in.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.index import fastest
from synergy_lib.trends.autocorrelation import autocorrelated_trend_table
from synergy_lib.trends.monotonic import trend_table
from synergy_lib.trends.regression import log_growth_table
from synergy_lib.trends.trend_numbers import trend_numbers

SERIES = 100_000
# Loops are timed on this many series and scaled up.
SAMPLE = 2000
SHORTEST, LONGEST = 5, 15


def main() -> None:
    """Print the table."""
    wide = invented_series(SERIES)
    own = fastest(lambda: trend_numbers(wide))
    head = f"Mann–Kendall, Sen's slope, interval: {SERIES:,} series of 5–15 years"
    rows = [(head, f"{own:.2f} s", "≤ 5 s")]
    tied = fastest(lambda: trend_numbers(wide.round(1)))
    rows.append(("  the same with ties", f"{tied:.2f} s", ""))
    sample = wide.head(SAMPLE)
    for name, (loop, aim) in loops().items():
        took = fastest(lambda run=loop: run(sample)) * SERIES / SAMPLE
        rows.append((f"  {name}", f"{took:.0f} s, {took / own:.0f} ×", aim))
    if not has_pymannkendall():
        rows.append(("  pymannkendall", "not installed", "≥ 50 ×"))
    print("| what | measured | aim |\n|---|---|---|")
    for row in [*rows, *measure_tables()]:
        print(f"| {' | '.join(row)} |", flush=True)


def invented_series(count: int, seed: int = 1) -> pd.DataFrame:
    """Return series of 5 to 15 years, one a row."""
    rng = np.random.default_rng(seed)
    years = np.arange(2010, 2010 + LONGEST)
    values = rng.lognormal(3, 0.3, (count, LONGEST))
    lengths = rng.integers(SHORTEST, LONGEST + 1, count)
    values[np.arange(LONGEST) >= lengths[:, None]] = np.nan
    return pd.DataFrame(values, columns=years)


def has_pymannkendall() -> bool:
    """Say whether the package is there."""
    return importlib.util.find_spec("pymannkendall") is not None


def loops() -> dict[str, tuple[Callable[[pd.DataFrame], object], str]]:
    """Return what a user would otherwise do, by name, and the ratio aimed at."""
    found: dict[str, tuple[Callable[[pd.DataFrame], object], str]] = {
        "scipy, series by series": (scipy_loop, ""),
        "the definitions, series by series, one pass": (one_pass_loop, ""),
        "the steps of pymannkendall, series by series": (stepwise_loop, "≥ 50 ×"),
    }
    if has_pymannkendall():
        found["pymannkendall, series by series"] = (pymannkendall_loop, "≥ 50 ×")
    return found


def pymannkendall_loop(wide: pd.DataFrame) -> list[object]:
    """Return the package's test of each series; its slope comes with it."""
    import pymannkendall

    return [pymannkendall.original_test(row[~np.isnan(row)]) for row in wide.to_numpy()]


def scipy_loop(wide: pd.DataFrame) -> list[object]:
    """Return test and slope of each series by scipy."""
    years = wide.columns.to_numpy(dtype=float)
    results: list[object] = []
    for row in wide.to_numpy():
        seen = ~np.isnan(row)
        results.append(stats.kendalltau(years[seen], row[seen]))
        results.append(stats.theilslopes(row[seen], years[seen], 0.90))
    return results


def one_pass_loop(wide: pd.DataFrame) -> list[tuple[float, float]]:
    """Return p and slope of each series, with signs and slopes from the same pairs."""
    years = wide.columns.to_numpy(dtype=float)
    results = []
    for row in wide.to_numpy():
        seen = ~np.isnan(row)
        values, when = row[seen], years[seen]
        s, slopes = 0, []
        for k in range(len(values) - 1):
            rises = values[k + 1 :] - values[k]
            s += int(np.sum(rises > 0) - np.sum(rises < 0))
            slopes.append(rises / (when[k + 1 :] - when[k]))
        p = normal_p(s, variance(values))
        results.append((p, float(np.median(np.concatenate(slopes)))))
    return results


def stepwise_loop(wide: pd.DataFrame) -> list[tuple[float, float, float]]:
    """Return p, slope and intercept of each series, each step over all its years.

    The steps are those of pymannkendall's ``original_test``: S, its variance, p, then
    the slopes of all pairs with missing years still among them, and the intercept.
    """
    results = []
    for row in wide.to_numpy():
        values = row[~np.isnan(row)]
        s = 0.0
        for k in range(len(values) - 1):
            later = values[k + 1 :]
            s += np.sum(np.ones(len(later))[later > values[k]])
            s -= np.sum(np.ones(len(later))[later < values[k]])
        p = normal_p(s, variance(values))
        place = np.arange(len(row))
        slopes = [(row[k + 1 :] - row[k]) / (place[k + 1 :] - k) for k in place[:-1]]
        slope = float(np.nanmedian(np.concatenate(slopes)))
        level = np.nanmedian(row) - np.median(place[~np.isnan(row)]) * slope
        results.append((p, slope, float(level)))
    return results


def variance(values: np.ndarray) -> float:
    """Return the variance of S under no trend."""
    n, ties = len(values), np.unique(values, return_counts=True)[1]
    tied = np.sum(ties * (ties - 1) * (2 * ties + 5))
    return float(n * (n - 1) * (2 * n + 5) - tied) / 18


def normal_p(s: float, spread: float) -> float:
    """Return the two-sided p by the normal approximation."""
    z = (s - np.sign(s)) / math.sqrt(spread)
    return float(2 * stats.norm.sf(abs(z)))


def measure_tables() -> list[tuple[str, str, str]]:
    """Time the tables of a park of 1,000 enterprises, with their sentences."""
    wide = invented_series(1000)
    wide.index = pd.Index([f"{k:04d}" for k in range(1000)], name="enterprise_id")
    data = wide.rename_axis(columns="year").stack().to_frame("co2e_t")
    tables = {
        "trend table with both sentences": trend_table,
        "growth by three regressions": log_growth_table,
        "five corrections for autocorrelation": autocorrelated_trend_table,
    }
    return [
        (f"{name}, 1,000 series", f"{fastest(lambda t=table: t(data)):.2f} s", "")
        for name, table in tables.items()
    ]


if __name__ == "__main__":
    main()
