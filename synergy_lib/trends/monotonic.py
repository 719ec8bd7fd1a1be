"""Monotonic trends in short annual series: Mann–Kendall, Sen's slope, growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from synergy_lib.errors import MethodError, Problem
from synergy_lib.schema import load_columns
from synergy_lib.trends.rank_statistics import (
    SMALLEST_N_FOR_P,
    Floats,
    critical_s,
    growth,
    p_values,
    pair_slopes,
    sen_columns,
    tie_sizes,
)
from synergy_lib.trends.statements import describe_trend

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

DEFAULT_ALPHA = 0.05
SHORT_VERDICTS = {
    0: "no_data",
    1: "level_only",
    2: "change_only",
    3: "direction_only",
    4: "too_few_years",
}


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
    years, values = _observed(series)
    rises, _ = pair_slopes(values[np.newaxis], years)
    s = int(np.sign(rises).sum())
    ties = tie_sizes(values)
    n = len(values)
    p, p_one_sided, method = p_values(s, n, ties)
    pairs = n * (n - 1) // 2
    verdict = _verdict(n, s, p, alpha)
    tau = s / pairs if pairs else math.nan
    return MannKendall(n, s, tau, p, p_one_sided, method, verdict)


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
    years, values = _observed(series)
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
    years, values = _observed(series)
    return float(growth(values[np.newaxis], years)[1][0])


def total_change(series: pd.Series) -> float:
    """Return the change from the first to the last year as a fraction of the first.

    NaN with fewer than two years, or where the first value is zero or negative.

    Examples
    --------
    >>> round(total_change(pd.Series([0.93, 0.54], index=[2020, 2022])), 4)
    -0.4194
    """
    years, values = _observed(series)
    return float(growth(values[np.newaxis], years)[0][0])


def trend_table(
    data: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    labels: pd.DataFrame | None = None,
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
    alpha : float
        Two-sided level of the verdict. [-]

    Returns
    -------
    pandas.DataFrame
        ``enterprise_id, quantity, n, first_year, last_year, first, last, minimum,
        maximum, total_change`` [fraction], ``cagr`` [1/a], ``s, tau, p`` (NaN for
        n < 5), ``q`` (p adjusted by Benjamini–Hochberg over the table), ``method,
        slope, low, high`` [unit/a], ``relative_slope`` [1/a], ``detectable, step_low,
        step_high`` [unit/a, changes between neighbouring years], ``direction``
        (rising, falling, none: the sign of S, not a test), ``verdict, statement_zh,
        statement_en``.

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
    if not data.index.is_unique:
        twice = data.index[data.index.duplicated()][0]
        raise MethodError(Problem(f"企业 {twice[0]}", f"年份 {twice[1]} 重复出现"))
    numeric = data.select_dtypes("number").columns
    chosen = [str(name) for name in (numeric if columns is None else columns)]
    keys, years, matrix = _stack(data, chosen)
    observed = np.isfinite(matrix)
    patterns, group = np.unique(observed, axis=0, return_inverse=True)
    parts = [_trend_rows(matrix[:0], years, alpha)]
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(group.ravel() == number)
        part = _trend_rows(matrix[rows][:, pattern], years[pattern], alpha)
        parts.append(part.set_index(rows))
    table = keys.join(pd.concat(parts[1:] or parts).sort_index())
    table["q"] = adjust_p(table["p"])
    return _with_statements(table, load_columns() if labels is None else labels)


def _observed(series: pd.Series) -> tuple[Floats, Floats]:
    """Return years and values of a series, in order of time, without NaN."""
    series = pd.Series(series, dtype=float)
    if not pd.api.types.is_numeric_dtype(series.index):
        raise MethodError(Problem("序列", "索引不是年份数值", "整数年份"))
    if not series.index.is_unique:
        twice = series.index[series.index.duplicated()][0]
        raise MethodError(Problem("序列", f"年份 {twice} 重复出现", "每年一个值"))
    kept = series.dropna().sort_index()
    values = kept.to_numpy()
    if np.isinf(values).any():
        raise MethodError(Problem("序列", "含无穷大", "有限数值或空缺"))
    return kept.index.to_numpy(dtype=float), values


def _verdict(n: int, s: int, p: float, alpha: float) -> str:
    """Return the verdict code the decision table allows."""
    if n < SMALLEST_N_FOR_P:
        return SHORT_VERDICTS[n]
    if p > alpha:
        return "not_detected"
    return "rising" if s > 0 else "falling"


def _stack(
    data: pd.DataFrame, columns: list[str]
) -> tuple[pd.DataFrame, Floats, Floats]:
    """Return keys, years and a matrix with one series a row."""
    years = np.sort(data.index.get_level_values("year").unique().to_numpy(dtype=float))
    wide = [data[column].unstack("year")[years] for column in columns]
    matrix = np.concatenate([frame.to_numpy(dtype=float) for frame in wide])
    keys = pd.DataFrame(
        {
            "enterprise_id": np.concatenate([frame.index for frame in wide]),
            "quantity": np.repeat(columns, [len(frame) for frame in wide]),
        }
    )
    endless = np.isinf(matrix).any(axis=1)
    if endless.any():
        first = keys[endless].iloc[0]
        where = f"企业 {first['enterprise_id']} {first['quantity']}"
        raise MethodError(Problem(where, "含无穷大", "有限数值或空缺"))
    return keys, years, matrix


def _trend_rows(values: Floats, years: Floats, alpha: float) -> pd.DataFrame:
    """Return the numbers of all series observed in the same years."""
    count, n = values.shape
    nan = np.full(count, np.nan)
    change, yearly = growth(values, years)
    rows = pd.DataFrame({"n": np.full(count, n), "years": [tuple(years)] * count})
    rows["first_year"] = years[0] if n else np.nan
    rows["last_year"] = years[-1] if n else np.nan
    rows["first"] = values[:, 0] if n else nan
    rows["last"] = values[:, -1] if n else nan
    rows["minimum"] = values.min(axis=1) if n else nan
    rows["maximum"] = values.max(axis=1) if n else nan
    rows["total_change"], rows["cagr"] = change, yearly
    s = np.sign(pair_slopes(values, years)[0]).sum(axis=1).astype(int)
    tests = [
        p_values(int(x), n, tie_sizes(row)) for x, row in zip(s, values, strict=True)
    ]
    p = np.array([test[0] for test in tests])
    rows["s"], rows["tau"] = s, s / (n * (n - 1) / 2) if n > 1 else nan
    rows["p"] = p if n >= SMALLEST_N_FOR_P else nan
    rows["p_one_sided"] = [test[1] for test in tests]
    rows["method"] = [test[2] for test in tests]
    names = ("slope", "intercept", "low", "high", "relative_slope", "detectable")
    sen = sen_columns(values, years) if n > 1 else dict.fromkeys(names, nan)
    steps = np.diff(values) / np.diff(years) if n > 1 else nan[:, np.newaxis]
    rows = rows.assign(**sen, step_low=steps.min(axis=1), step_high=steps.max(axis=1))
    rows["direction"] = np.select([s > 0, s < 0], ["rising", "falling"], "none")
    rows["verdict"] = [_verdict(n, int(x), y, alpha) for x, y in zip(s, p, strict=True)]
    return rows


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
    return table.drop(columns="years")
