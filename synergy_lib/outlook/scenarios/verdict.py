"""What many drawn paths say together about the peak: verdict, shares, sensitivity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from synergy_lib.outlook.scenarios.peak import LATER_YEARS
from synergy_lib.outlook.scenarios.rates import BOUNDS, RATES

__all__ = ["PEAK_STATUSES", "histogram", "peak_row", "sensitivity_rows"]

Floats = npt.NDArray[np.float64]

PEAK_STATUSES = {
    "past": ("中位路径已过峰值", "Median path past its peak"),
    "projected": ("中位路径将达峰", "Median path will peak"),
    "none": ("推演期内不能判定达峰", "No peak within the horizon"),
    "horizon_short": ("推演期过短，不能判定", "Horizon too short to declare a peak"),
    "not_computable": ("不能推演", "Cannot be projected"),
}
_REASONS = {
    "past": ("", ""),
    "projected": ("", ""),
    "none": (
        f"中位路径最高值之后不足{LATER_YEARS}个推演年低于该值",
        f"Fewer than {LATER_YEARS} projected years lie below the maximum of the median",
    ),
    "horizon_short": (
        f"推演期须超过达峰时限至少{LATER_YEARS}年，才能给出达峰概率",
        f"The horizon must reach {LATER_YEARS} years beyond the deadline for a "
        "probability",
    ),
    "not_computable": (
        "最后一年没有大于零的排放量，没有推演起点",
        "The last year has no emission above zero to start from",
    ),
}
_NEGATIVE = (
    "{share:.0%} 的抽样中技术减排量超过排放量：可能与强度下降重复计算",
    "Reductions exceed the emission in {share:.0%} of the draws: they may be counted "
    "in the intensities too",
)


def peak_row(
    drawn: Floats,
    median: float,
    last_observed: int,
    deadline: int,
    negative_share: float,
    *,
    horizon: bool,
) -> dict[str, Any]:
    """Return the verdict on one scenario.

    Parameters
    ----------
    drawn : numpy.ndarray
        Declared peak year of each draw, NaN where none; empty if nothing was drawn.
    median : float
        Declared peak year of the median path, NaN where none.
    last_observed, deadline : int
        Last year with data; year by which a peak is asked for.
    negative_share : float
        Draws in which an emission falls below zero [-].
    horizon : bool
        Whether the projection is long enough to declare a peak by the deadline.

    Notes
    -----
    A peak is declared only beside its probability by the deadline (methods §6.9);
    where the horizon is too short for that, nothing is declared.
    """
    known = ~np.isnan(drawn)
    by_deadline = float((drawn <= deadline).mean()) if horizon else np.nan
    if not len(drawn):
        status = "not_computable"
    elif not horizon:
        status = "horizon_short"
    elif np.isnan(median):
        status = "none"
    else:
        status = "past" if median <= last_observed else "projected"
    texts = list(_REASONS[status])
    if negative_share > 0:
        said = (text.format(share=negative_share) for text in _NEGATIVE)
        joints = ("；", "; ")
        texts = [
            joint.join(filter(None, pair[:2]))
            for joint, *pair in zip(joints, texts, said, strict=True)
        ]
    low, high = _interval(drawn <= deadline) if horizon else (np.nan, np.nan)
    return {
        "status": status,
        "peak_year": median if status in ("past", "projected") else np.nan,
        "deadline": deadline,
        "p_deadline": by_deadline,
        "p_low": low,
        "p_high": high,
        "p_declared": float(known.mean()) if len(drawn) else np.nan,
        "negative_share": negative_share,
        "reason_zh": texts[0],
        "reason_en": texts[1],
    }


def _interval(hits: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return the 95 % interval of a share that comes from the drawing (Wilson)."""
    found = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def histogram(drawn: Floats) -> pd.DataFrame:
    """Return the share of the draws by declared peak year; a missing year for none."""
    counts = pd.Series(drawn, dtype="Int64").value_counts(dropna=False).sort_index()
    shares = counts.to_numpy(dtype=float) / max(len(drawn), 1)
    years = pd.array(counts.index.tolist(), dtype="Int64")
    return pd.DataFrame({"peak_year": years, "share": shares})


def sensitivity_rows(
    drawn: Floats, draws: Floats, tried: Mapping[tuple[str, str], float]
) -> pd.DataFrame:
    """Return how the peak year moves with each rate.

    Parameters
    ----------
    drawn : numpy.ndarray, shape (n_draws,)
        Declared peak years, NaN where none.
    draws : numpy.ndarray, shape (n_draws, 4)
        The probabilities they were drawn with.
    tried : mapping of (str, str) to float
        (rate, bound) → peak year with that rate at that bound, the rest likeliest.

    Returns
    -------
    pandas.DataFrame
        ``rate, low_peak, mode_peak, high_peak, rank_correlation`` and ``status``:
        ``moves``, or ``same_peak`` where every draw has the same outcome, so that
        there is no correlation.
    """
    columns = ["rate", "low_peak", "mode_peak", "high_peak"]
    columns += ["rank_correlation", "status"]
    if not len(drawn):
        return pd.DataFrame(columns=columns)
    latest = np.nan_to_num(drawn, nan=np.inf)
    moves = len(np.unique(latest)) > 1
    rows = []
    for column, rate in enumerate(RATES):
        correlation = np.nan
        if moves:
            correlation = float(stats.spearmanr(draws[:, column], latest).statistic)
        peaks = [tried[(rate, bound)] for bound in BOUNDS]
        rows.append([rate, *peaks, correlation, "moves" if moves else "same_peak"])
    return pd.DataFrame(rows, columns=columns)
