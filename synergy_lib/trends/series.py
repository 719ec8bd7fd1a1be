"""Many annual series as one matrix, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from synergy_lib.errors import MethodError, Problem

__all__ = ["Floats", "observed_series", "packed_groups", "stack_series"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.intp]

# Pairs of years held at once: small enough to stay in a processor's cache.
MOST_PAIRS = 2_000_000


def stack_series(
    data: pd.DataFrame, columns: Sequence[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the series of a panel as rows of a wide table.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed by ``enterprise_id`` and ``year``, unique.
    columns : sequence of str, optional
        Quantities; all numeric columns if omitted.

    Returns
    -------
    keys : pandas.DataFrame
        ``enterprise_id, quantity``, one row a series.
    wide : pandas.DataFrame
        The same rows; one column a year that occurs, in order.

    Raises
    ------
    MethodError
        If an enterprise has a year twice, or a value is infinite.
    """
    if not data.index.is_unique:
        twice = data.index[data.index.duplicated()][0]
        raise MethodError(Problem(f"企业 {twice[0]}", f"年份 {twice[1]} 重复出现"))
    numeric = data.select_dtypes("number").columns
    chosen = [str(name) for name in (numeric if columns is None else columns)]
    years = np.sort(data.index.get_level_values("year").unique().to_numpy(dtype=float))
    parts = [data[column].unstack("year")[years] for column in chosen]
    keys = pd.DataFrame(
        {
            "enterprise_id": np.concatenate([part.index for part in parts]),
            "quantity": np.repeat(chosen, [len(part) for part in parts]),
        }
    )
    matrix = np.concatenate([part.to_numpy(dtype=float) for part in parts])
    endless = np.isinf(matrix).any(axis=1)
    if endless.any():
        first = keys[endless].iloc[0]
        where = f"企业 {first['enterprise_id']} {first['quantity']}"
        raise MethodError(Problem(where, "含无穷大", "有限数值或空缺"))
    return keys, pd.DataFrame(matrix, columns=years)


def observed_series(series: pd.Series) -> tuple[Floats, Floats]:
    """Return years and values of a series, in order of time, without NaN.

    Raises
    ------
    MethodError
        If a year occurs twice, the index is not numeric or a value is infinite.
    """
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


def packed_groups(wide: pd.DataFrame) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Yield the series of equal length without their gaps, some at a time.

    Parameters
    ----------
    wide : pandas.DataFrame, shape (n_series, n_years)
        Columns are years in order; NaN where there is no value.

    Yields
    ------
    rows : numpy.ndarray, shape (k,)
        Positions of the series in the table.
    values, years : numpy.ndarray, shape (k, n)
        Observed values and their years.
    """
    matrix = wide.to_numpy(dtype=float)
    years = wide.columns.to_numpy(dtype=float)
    observed = ~np.isnan(matrix)
    lengths = observed.sum(axis=1)
    for n in np.unique(lengths):
        alike = np.flatnonzero(lengths == n)
        size = max(1, MOST_PAIRS // max(1, n * (n - 1) // 2))
        for start in range(0, len(alike), size):
            rows = alike[start : start + size]
            place = np.argsort(~observed[rows], axis=1, kind="stable")[:, :n]
            yield rows, np.take_along_axis(matrix[rows], place, axis=1), years[place]
