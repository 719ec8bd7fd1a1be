"""Imputation: blanks filled from units of the same group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from synergy_lib.errors import InputDataError, MethodError, Problem

__all__ = ["Imputation", "impute_by_group"]


@dataclass(frozen=True)
class Imputation:
    """Values with blanks filled, and which these are.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Known values as they were, filled values, and NaN where nothing could fill.
    filled : pandas.DataFrame of bool
        True where a value was filled in.
    unfilled : pandas.DataFrame of bool
        True where a blank stayed: the unit has no group, or nobody in its group has
        a value.
    """

    values: pd.DataFrame
    filled: pd.DataFrame
    unfilled: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """Return by indicator how many values were ``filled`` and ``unfilled``."""
        return pd.DataFrame(
            {"filled": self.filled.sum(), "unfilled": self.unfilled.sum()}
        )


def impute_by_group(
    values: pd.DataFrame,
    groups: pd.Series,
    statistic: Literal["mean", "median"] = "mean",
) -> Imputation:
    """Fill blanks with the mean or median of the unit's group.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values; already denominated, so that sizes do not mix.
    groups : pandas.Series
        Group of every unit, same index.
    statistic : {"mean", "median"}
        Of the known values of the same group and indicator.

    Returns
    -------
    Imputation

    Raises
    ------
    InputDataError
        If ``groups`` has another index than ``values``.
    MethodError
        If ``statistic`` is not one of the two.

    Notes
    -----
    COINr's ``i_mean_grp`` and ``i_median_grp``. A group without any value of an
    indicator, and a unit without group, stay blank: no value of other groups is
    borrowed. Filled values are estimates; report how many there are.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [1.0, 3.0, None, None]})
    >>> done = impute_by_group(values, pd.Series(["x", "x", "x", "y"]))
    >>> done.values["a"].tolist()
    [1.0, 3.0, 2.0, nan]
    """
    if statistic not in ("mean", "median"):
        raise MethodError(f"插补：没有方法“{statistic}”；应为mean、median")
    if not groups.index.equals(values.index):
        raise InputDataError(Problem("插补", "分组与数据的单元不一致", "同一索引"))
    keys = pd.Series(groups.to_numpy(), index=pd.RangeIndex(len(groups)))
    numbers = values.set_axis(keys.index, axis=0).astype(float)
    centre = numbers.groupby(keys, observed=True).transform(statistic)
    blank = numbers.isna()
    result = numbers.fillna(centre).set_axis(values.index, axis=0)
    still = result.isna()
    return Imputation(result, blank.set_axis(values.index, axis=0) & ~still, still)
