"""Weights from how much the indicators differ between the units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.normalization import minmax
from synergy_lib.scoring.normalization.direction import finite, refuse
from synergy_lib.scoring.weighting.special_cases import (
    fallback_weights,
    incomplete,
    spread,
)

__all__ = ["coefficient_of_variation", "critic", "entropy", "standard_deviation"]

Floats = npt.NDArray[np.float64]


def entropy(
    values: pd.DataFrame, *, fallback: pd.Series[float] | None = None
) -> pd.Series[float]:
    r"""Return entropy weights: the more an indicator varies, the more it weighs.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Non-negative values, used as given (no min–max inside): for indicators of mixed
        direction pass :func:`~synergy_lib.scoring.normalization.minmax` of them. Pool
        all years so that the weights are common to them.
    fallback : pandas.Series, optional
        Weights for a single unit, where entropy is not defined; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights, non-negative, summing to 1 [-]. ``attrs["dropped"]`` lists indicators
        with a missing value, which get 0; ``attrs["note"]`` says if a rule for special
        cases was used.

    Raises
    ------
    MethodError
        If a value is negative or infinite, or every indicator has missing values.

    Notes
    -----
    :math:`p_{ij} = r_{ij}/\sum_i r_{ij}`, :math:`e_j = -\frac{1}{\ln m}\sum_i p_{ij}
    \ln p_{ij}` with :math:`0 \ln 0 = 0`, :math:`w_j = (1 - e_j)/\sum_k (1 - e_k)`
    (methods §5.2; variant c with raw values, variant a with min–max). A constant
    column or one of zeros weighs 0; if every column does, all weigh the same. Entropy
    measures dispersion, not importance.

    Examples
    --------
    >>> entropy(pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 2.0]})).tolist()
    [1.0, 0.0]
    """
    array = values.to_numpy(dtype=np.float64)
    wrong = ((array < 0) | np.isinf(array)).any(axis=0)
    if np.any(wrong):
        named = "、".join(str(column) for column in values.columns[wrong])
        raise MethodError(f"熵权法：指标 {named} 有负值或无穷大；请先做极差标准化")
    if len(array) < 2:
        return fallback_weights(values, fallback, "仅一个单元，熵权无定义，用备用权重")
    dropped = incomplete(array, "熵权法")
    largest = np.where(dropped, 1.0, np.nanmax(np.nan_to_num(array), axis=0))
    scaled = np.nan_to_num(array) / np.where(largest > 0, largest, 1.0)
    total = scaled.sum(axis=0)
    shares = scaled / np.where(total > 0, total, 1.0)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    evenness = -(shares * logs).sum(axis=0) / np.log(len(array))
    flat = dropped | (scaled.max(axis=0) == scaled.min(axis=0))
    dispersion = np.where(flat, 0.0, np.maximum(1 - evenness, 0.0))
    return spread(dispersion, values.columns, dropped, "")


def critic(
    values: pd.DataFrame,
    direction: Mapping[Any, float] | pd.Series[float],
    *,
    correlation: Literal["pearson", "spearman"] = "pearson",
    fallback: pd.Series[float] | None = None,
) -> pd.Series[float]:
    r"""Return CRITIC weights: contrast of an indicator times its conflict with others.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Raw indicator values; min–max normalised inside.
    direction : mapping of column to {+1, -1}
        +1 if more is better, −1 if less is better.
    correlation : {"pearson", "spearman"}
        Correlation coefficient.
    fallback : pandas.Series, optional
        Weights for fewer than three units; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights and ``attrs`` as :func:`entropy`.

    Raises
    ------
    MethodError
        If a value is infinite, or every indicator has missing values.
    ParameterError
        If a column has no direction ±1.

    Notes
    -----
    :math:`C_j = \sigma_j \sum_k (1 - r_{jk})`, :math:`w_j = C_j/\sum C`
    (methods §5.2, R20, Diakoulaki et al. 1995). A constant column has
    :math:`\sigma = 0`, weighs 0 and counts as uncorrelated (r = 0) with the others.
    Identical columns share their weight.
    """
    normalised = minmax(values, direction)
    if len(values) < 3:
        return fallback_weights(
            values, fallback, "少于三个单元，CRITIC无定义，用备用权重"
        )
    array = normalised.to_numpy(dtype=np.float64)
    dropped = incomplete(array, "CRITIC法")
    kept = normalised.loc[:, ~dropped]
    if correlation == "spearman":
        ranked = kept.rank(method="average")
    elif correlation == "pearson":
        ranked = kept
    else:
        raise MethodError(f"CRITIC法：没有相关系数“{correlation}”")
    conflict = _conflict(ranked.to_numpy(dtype=np.float64))
    contrast = np.zeros(array.shape[1])
    contrast[~dropped] = kept.to_numpy(dtype=np.float64).std(axis=0, ddof=1) * conflict
    return spread(contrast, values.columns, dropped, "")


def _conflict(array: Floats) -> Floats:
    """Return the sum over all columns of 1 − correlation, per column."""
    centred = array - array.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(length > 0, length, 1.0)
    matrix = np.clip(unit.T @ unit, -1.0, 1.0)
    np.fill_diagonal(matrix, 1.0)
    return np.asarray((1 - matrix).sum(axis=0), dtype=np.float64)


def standard_deviation(
    values: pd.DataFrame, *, fallback: pd.Series[float] | None = None
) -> pd.Series[float]:
    r"""Return weights in proportion to the standard deviations of the indicators.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Values on one scale, used as given: for indicators of mixed units pass
        :func:`~synergy_lib.scoring.normalization.minmax` of them.
    fallback : pandas.Series, optional
        Weights for a single unit, which has no deviation; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights and ``attrs`` as :func:`entropy`.

    Raises
    ------
    MethodError
        If a value is infinite, or every indicator has missing values.

    Notes
    -----
    :math:`w_j = \sigma_j/\sum_k \sigma_k`. A constant column weighs 0; if every
    column does, all weigh the same. Negative values and zeros are ordinary values.
    """
    array = finite(values)
    if len(array) < 2:
        return fallback_weights(
            values, fallback, "仅一个单元，标准差无定义，用备用权重"
        )
    dropped = incomplete(array, "标准差法")
    return spread(_deviation(array, dropped), values.columns, dropped, "")


def coefficient_of_variation(
    values: pd.DataFrame, *, fallback: pd.Series[float] | None = None
) -> pd.Series[float]:
    r"""Return weights in proportion to the indicators' coefficients of variation.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Raw values with a true zero; their units do not matter.
    fallback : pandas.Series, optional
        Weights for a single unit; equal if omitted.

    Returns
    -------
    pandas.Series, shape (n_indicators,)
        Weights and ``attrs`` as :func:`entropy`.

    Raises
    ------
    MethodError
        If a value is infinite, an indicator that varies has the mean 0, or every
        indicator has missing values.

    Notes
    -----
    :math:`w_j = c_j/\sum_k c_k`, :math:`c_j = \sigma_j/|\bar x_j|`. A constant column
    weighs 0; if every column does, all weigh the same.
    """
    array = finite(values)
    if len(array) < 2:
        note = "仅一个单元，变异系数无定义，用备用权重"
        return fallback_weights(values, fallback, note)
    dropped = incomplete(array, "变异系数法")
    deviation = _deviation(array, dropped)
    mean = np.abs(np.where(dropped, 1.0, np.nan_to_num(array).mean(axis=0)))
    # A mean that is zero but for the rounding of its terms.
    size = np.abs(np.nan_to_num(array)).max(axis=0)
    undefined = (deviation > 0) & (mean <= 1e-12 * size)
    refuse(undefined, values.columns, "变异系数法", "的平均值为0")
    ratio = deviation / np.where(mean > 0, mean, 1.0)
    return spread(ratio, values.columns, dropped, "")


def _deviation(array: Floats, dropped: npt.NDArray[np.bool_]) -> Floats:
    """Return the standard deviation of every column; 0 if constant or left out."""
    kept = np.where(dropped, 0.0, array)
    flat = kept.max(axis=0) == kept.min(axis=0)
    # On a scale of 1, so that squares of tiny values do not vanish.
    size = np.abs(kept).max(axis=0)
    scale = np.where(size > 0, size, 1.0)
    return np.where(flat, 0.0, scale * (kept / scale).std(axis=0, ddof=1))
