"""Screening: units with too few values are not scored."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from synergy_lib.errors import ParameterError, Problem

__all__ = ["MINIMUM_SHARE", "Screening", "screen_units"]

# COINr's own default threshold of data availability.
MINIMUM_SHARE = 2 / 3


@dataclass(frozen=True)
class Screening:
    """Units that have enough values, and those that have not.

    Parameters
    ----------
    values : pandas.DataFrame
        Rows of the units kept, in their order.
    shares : pandas.Series
        Share of the indicators with a value, for every unit [-].
    dropped : pandas.Series
        The same for the units left out.
    """

    values: pd.DataFrame
    shares: pd.Series[float]
    dropped: pd.Series[float]


def screen_units(
    values: pd.DataFrame, minimum_share: float = MINIMUM_SHARE
) -> Screening:
    """Keep the units that have at least a share of the values.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values; NaN is missing, zero is a value.
    minimum_share : float
        Least share of indicators with a value, each counting the same; 0–1 [-].

    Returns
    -------
    Screening

    Raises
    ------
    ParameterError
        If ``minimum_share`` lies outside 0–1.

    Notes
    -----
    COINr's ``Screen`` by missing values: a share equal to the minimum is kept. Screen
    before blanks are filled: afterwards every unit looks complete.
    """
    if not 0 <= minimum_share <= 1:
        what = f"为{minimum_share:g}"
        raise ParameterError(Problem("筛选 minimum_share", what, "0–1"))
    shares = values.notna().mean(axis=1).rename("share").astype(float)
    # Slack: 9 of 10 values are 90 %, whatever the last bit says.
    kept = shares >= minimum_share - 1e-12
    return Screening(values[kept], shares, shares[~kept])
