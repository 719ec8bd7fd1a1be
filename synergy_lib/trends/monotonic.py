"""Monotonic trends in short annual series: Mann–Kendall, Sen's slope, growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from synergy_lib.schema import PANEL_INDEX, load_columns
from synergy_lib.trends.rank_statistics import (
    SMALLEST_N_FOR_P,
    critical_s,
    growth,
    kendall_columns,
    sen_columns,
)
from synergy_lib.trends.series import observed_series, stack_series
from synergy_lib.trends.statements import describe_trend
from synergy_lib.trends.trend_numbers import DEFAULT_ALPHA, trend_numbers, verdicts

__all__ = [
    "MannKendall",
    "SenSlope",
    "adjust_p",
    "cagr",
    "critical_s",
    "mann_kendall",
    "sen_slope",
    "total_change",
    "trend_table",
]


@dataclass(frozen=True)
class MannKendall:
    """Result of :func:`mann_kendall`.

    ``p`` is two-sided; ``may_print_p`` says whether it may be shown to a reader.
    ``method`` is ``exact``, ``exact_ties``, ``normal`` or ``undefined``. ``verdict``
    is ``no_data``, ``level_only`` (n = 1), ``change_only`` (2), ``direction_only``
    (3), ``too_few_years`` (4), else ``rising``, ``falling`` or ``not_detected``.
    """

    n: int
    s: int
    tau: float
    p: float
    p_one_sided: float
    method: str
    verdict: str

    @property
    def may_print_p(self) -> bool:
        """Whether the series is long enough for a two-sided p-value to be shown."""
        return self.n >= SMALLEST_N_FOR_P


@dataclass(frozen=True)
class SenSlope:
    """Result of :func:`sen_slope`, in the series' unit per year.

    ``low`` and ``high`` are NaN for n < 5. ``relative`` is slope over median [1/a];
    ``detectable`` is the smallest yearly change that would have been detected.
    """

    slope: float
    intercept: float
    low: float
    high: float
    relative: float
    detectable: float
    n: int


def mann_kendall(series: pd.Series, *, alpha: float = DEFAULT_ALPHA) -> MannKendall:
    r"""Test an annual series for a monotonic trend.

    Parameters
    ----------
    series : pandas.Series
        Values in any unit, indexed by year; NaN years are dropped.
    alpha : float
        Two-sided level at which ``verdict`` names a direction. [-]

    Returns
    -------
    MannKendall
        See there. With n < 5 the verdict is never a direction, and p, although
        computed (from n = 2), is not to be printed.

    Raises
    ------
    MethodError
        If a year occurs twice, the index is not numeric or a value is infinite.

    Notes
    -----
    :math:`S = \sum_{k<j} \mathrm{sgn}(x_j - x_k)`,
    :math:`\tau = S / (n(n-1)/2)`. Under no trend every order of the values is equally
    likely, so S is a count of inversions: its exact distribution has the generating
    function :math:`\prod_k (1 + q + \dots + q^{k-1})`, divided by the same product for
    each group of tied values. It is used for n ≤ 10 without ties and n ≤ 8 with ties
    [1]_; beyond, :math:`Z = (S \mp 1)/\sqrt{V}` with
    :math:`V = [n(n-1)(2n+5) - \sum_g t_g(t_g-1)(2t_g+5)]/18`. The two-sided p is twice
    the upper tail at \|S\|, at most 1. A constant series gives S = 0, p = 1.

    References
    ----------
    .. [1] R21a (Gilbert 1987, exact for n ≤ 10); tables agree with R21b.

    Examples
    --------
    >>> result = mann_kendall(pd.Series([12, 10, 9, 7, 6], index=range(2018, 2023)))
    >>> result.s, round(result.p, 4), result.method, result.verdict
    (-10, 0.0167, 'exact', 'falling')
    """
    _, values = observed_series(series)
    n = len(values)
    found = {name: x[0] for name, x in kendall_columns(values[np.newaxis]).items()}
    s, p = int(found["s"]), float(found["p"])
    return MannKendall(
        n=n,
        s=s,
        tau=float(found["tau"]),
        p=p,
        p_one_sided=float(found["p_one_sided"]),
        method=str(found["method"]),
        verdict=str(verdicts(n, np.array([s]), np.array([p]), alpha)[0]),
    )


def sen_slope(series: pd.Series) -> SenSlope:
    r"""Return the median yearly change of an annual series, with its interval.

    Parameters
    ----------
    series : pandas.Series
        Values in any unit, indexed by year; NaN years are dropped, and the gaps they
        leave stay on the time axis.

    Returns
    -------
    SenSlope
        Slope, intercept (value at year 0) and 90 % interval [unit/a]. One year: NaN.

    Raises
    ------
    MethodError
        If a year occurs twice, the index is not numeric or a value is infinite.

    Notes
    -----
    Slope = median over pairs of :math:`(x_j - x_i)/(t_j - t_i)`; intercept = median(x)
    − slope · median(t). Interval: Sen 1968 eq. 2.6, as ``scipy.stats.theilslopes``.
    Smallest detectable change: with K = (N + S*)/2, S* the critical \|S\| at 5 % and N
    the number of pairs, the larger of (K-th smallest pair slope − slope) and (slope −
    K-th largest): adding a steeper trend to the observed scatter would have been
    significant whatever its direction.

    Examples
    --------
    >>> sen_slope(pd.Series([12, 10, 9, 7, 6], index=range(5))).slope
    -1.5
    """
    years, values = observed_series(series)
    n = len(values)
    if n < 2:
        nan = math.nan
        return SenSlope(nan, nan, nan, nan, nan, nan, n)
    found = sen_columns(values[np.newaxis], years)
    first = {name: float(column[0]) for name, column in found.items()}
    return SenSlope(
        slope=first["slope"],
        intercept=first["intercept"],
        low=first["low"],
        high=first["high"],
        relative=first["relative_slope"],
        detectable=first["detectable"],
        n=n,
    )


def cagr(series: pd.Series) -> float:
    r"""Return the compound annual growth rate between the first and last year.

    Notes
    -----
    :math:`(x_T/x_0)^{1/(T-t_0)} - 1` [1/a]; two points only. NaN with fewer than two
    years, or where the first or last value is zero or negative.

    Examples
    --------
    >>> round(cagr(pd.Series([0.93, 0.54], index=[2020, 2022])), 4)
    -0.238
    """
    years, values = observed_series(series)
    return float(growth(values[np.newaxis], years)[1][0])


def total_change(series: pd.Series) -> float:
    """Return the change from the first to the last year as a fraction of the first.

    NaN with fewer than two years, or where the first value is zero or negative.

    Examples
    --------
    >>> round(total_change(pd.Series([0.93, 0.54], index=[2020, 2022])), 4)
    -0.4194
    """
    years, values = observed_series(series)
    return float(growth(values[np.newaxis], years)[0][0])


def trend_table(
    data: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    labels: pd.DataFrame | None = None,
    flags: pd.Series | None = None,
    alpha: float = DEFAULT_ALPHA,
) -> pd.DataFrame:
    """Return one row per enterprise and quantity: trend, growth and sentences.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed by ``enterprise_id`` and ``year``, unique; panel, accounts or
        indicator values.
    columns : sequence of str, optional
        Quantities; all numeric columns if omitted.
    labels : pandas.DataFrame, optional
        Indexed by quantity, with ``label_zh``, ``label_en``, ``unit``; the panel's
        column table if omitted. A quantity not in it is called by its name.
    flags : pandas.Series of str, optional
        Years that were not ordinary, indexed by ``enterprise_id`` and ``year``, with
        the reason (a stop of production, an epidemic): named, not left out.
    alpha : float
        Two-sided level of the verdict. [-]

    Returns
    -------
    pandas.DataFrame
        ``enterprise_id, quantity, n, first_year, last_year, first, last, minimum,
        maximum, total_change`` [fraction], ``cagr`` [1/a], ``s, tau, p`` (NaN for
        n < 5), ``p_one_sided, q`` (p adjusted by Benjamini–Hochberg over the table),
        ``method, slope, intercept, low, high`` [unit/a], ``relative_slope`` [1/a],
        ``detectable, step_low, step_high`` [unit/a, changes between neighbouring
        years], ``direction`` (rising, falling, none: the sign of S, not a test),
        ``verdict, statement_zh, statement_en``.

    Raises
    ------
    MethodError
        If an enterprise has a year twice, or a value is infinite.

    Notes
    -----
    The same numbers as :func:`mann_kendall` and :func:`sen_slope`, computed for all
    series with the same observed years at once. With many series the verdicts are
    single tests; at park level use ``q`` ≤ 0.10 (false-discovery rate 10 %).
    """
    keys, wide = stack_series(data, columns)
    table = keys.join(trend_numbers(wide, alpha=alpha))
    table["q"] = adjust_p(table["p"])
    years = wide.columns.to_numpy()
    table["years"] = [tuple(years[row]) for row in wide.notna().to_numpy()]
    table["flagged"] = _flag_texts(keys["enterprise_id"], flags)
    return _with_statements(table, load_columns() if labels is None else labels)


def _flag_texts(enterprises: pd.Series, flags: pd.Series | None) -> list[str]:
    """Return the flagged years of each series' enterprise as text."""
    if flags is None:
        return [""] * len(enterprises)
    texts: dict[object, list[str]] = {}
    ordered = flags.sort_index()
    firms, years = (ordered.index.get_level_values(k) for k in PANEL_INDEX)
    for firm, year, reason in zip(firms, years, ordered, strict=True):
        texts.setdefault(firm, []).append(f"{year}（{reason}）")
    return ["、".join(texts.get(firm, [])) for firm in enterprises]


def adjust_p(p: pd.Series) -> pd.Series:
    """Return p-values adjusted by Benjamini–Hochberg; NaN stays NaN, and does not count.

    Examples
    --------
    >>> adjust_p(pd.Series([0.01, np.nan, 0.04])).tolist()
    [0.02, nan, 0.04]
    """
    tested = p.dropna()
    adjusted = stats.false_discovery_control(tested) if len(tested) else tested
    return pd.Series(adjusted, index=tested.index, dtype=float).reindex(p.index)


def _with_statements(table: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Add the two sentences, and drop what only they needed."""
    named = {
        quantity: dict(labels.loc[quantity, ["label_zh", "label_en", "unit"]])
        if quantity in labels.index
        else {"label_zh": quantity, "label_en": quantity, "unit": ""}
        for quantity in table["quantity"].unique()
    }
    records = table.to_dict("records")
    for language in ("zh", "en"):
        table[f"statement_{language}"] = [
            describe_trend(
                row,
                label=named[row["quantity"]][f"label_{language}"],
                unit=named[row["quantity"]]["unit"],
                language=language,
            )
            for row in records
        ]
    return table.drop(columns=["years", "flagged"])
