"""Trend, slope and growth of many short series at once, as numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.trends.rank_statistics import (
    SMALLEST_N_FOR_P,
    growth,
    kendall_columns,
    sen_columns,
)
from synergy_lib.trends.series import Floats, packed_groups

__all__ = ["DEFAULT_ALPHA", "trend_numbers", "verdicts"]

DEFAULT_ALPHA = 0.05
NUMBERS: dict[str, type] = {
    "n": int,
    "first_year": float,
    "last_year": float,
    "first": float,
    "last": float,
    "minimum": float,
    "maximum": float,
    "total_change": float,
    "cagr": float,
    "s": int,
    "tau": float,
    "p": float,
    "p_one_sided": float,
    "method": object,
    "slope": float,
    "intercept": float,
    "low": float,
    "high": float,
    "relative_slope": float,
    "detectable": float,
    "step_low": float,
    "step_high": float,
    "direction": object,
    "verdict": object,
}
SHORT_VERDICTS = {
    0: "no_data",
    1: "level_only",
    2: "change_only",
    3: "direction_only",
    4: "too_few_years",
}


def trend_numbers(wide: pd.DataFrame, *, alpha: float = DEFAULT_ALPHA) -> pd.DataFrame:
    """Return what ``monotonic.trend_table`` says in numbers, for many series at once.

    Parameters
    ----------
    wide : pandas.DataFrame, shape (n_series, n_years)
        One series a row; columns are years in order, NaN where there is no value.
    alpha : float
        Two-sided level of the verdict. [-]

    Returns
    -------
    pandas.DataFrame
        The same index; columns ``n`` to ``verdict`` as of ``monotonic.trend_table``, and
        ``p_one_sided, intercept``.
    """
    count = len(wide)
    whole: dict[str, Any] = {
        name: np.full(count, np.nan) if kind is float else np.zeros(count, dtype=kind)
        for name, kind in NUMBERS.items()
    }
    for rows, values, years in packed_groups(wide):
        for name, column in _numbers_of(values, years, alpha).items():
            whole[name][rows] = column
    return pd.DataFrame(whole, index=wide.index)


def _numbers_of(values: Floats, years: Floats, alpha: float) -> dict[str, Any]:
    """Return the numbers of series of one length that have no gaps."""
    n = values.shape[1]
    test: dict[str, Any] = dict(kendall_columns(values))
    s, p = test["s"], test["p"]
    columns: dict[str, Any] = {"n": n, **test}
    columns["direction"] = np.select([s > 0, s < 0], ["rising", "falling"], "none")
    columns["verdict"] = verdicts(n, s, p, alpha)
    if n < SMALLEST_N_FOR_P:
        columns["p"] = math.nan
    if n:
        columns["first_year"], columns["last_year"] = years[:, 0], years[:, -1]
        columns["first"], columns["last"] = values[:, 0], values[:, -1]
        columns["minimum"], columns["maximum"] = values.min(axis=1), values.max(axis=1)
    if n > 1:
        columns["total_change"], columns["cagr"] = growth(values, years)
        steps = np.diff(values) / np.diff(years)
        columns["step_low"], columns["step_high"] = steps.min(axis=1), steps.max(axis=1)
        columns |= sen_columns(values, years)
    return columns


def verdicts(n: int, s: Any, p: Any, alpha: float) -> Any:
    """Return the verdict codes the decision table allows."""
    if n < SMALLEST_N_FOR_P:
        return np.full(len(s), SHORT_VERDICTS[n], dtype=object)
    codes = ["not_detected", "rising"]
    return np.select([p > alpha, s > 0], codes, "falling").astype(object)
