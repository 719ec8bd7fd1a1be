"""Activity data of the panel, and what a missing figure means for an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from synergy_lib.errors import FactorNotFoundError, Problem
from synergy_lib.schema import input_columns

__all__ = [
    "INCLUDED",
    "INCOMPLETE",
    "MISSING",
    "NOT_REPORTED",
    "NO_FACTOR",
    "SWITCHED_OFF",
    "Term",
    "activities",
    "activity",
    "add_terms",
    "amount",
    "carrier",
    "factor_by_year",
    "no_energy",
    "optional_term",
]

INCLUDED = "included"
NOT_REPORTED = "not_reported"  # an optional source nobody declared: left out
INCOMPLETE = "incomplete"  # declared, but a figure it needs is missing
MISSING = "missing"  # a required figure is missing
NO_FACTOR = "no_factor"
SWITCHED_OFF = "switched_off"


@dataclass(frozen=True, eq=False)
class Term:
    """One source of an account.

    Attributes
    ----------
    tonnes : pandas.Series
        Amount, NaN where it is not included.
    basis : pandas.Series of str
        Why: one of the constants of this module.
    """

    tonnes: pd.Series
    basis: pd.Series


def activity(panel: pd.DataFrame, column: str) -> pd.Series:
    """Return a panel column as numbers, all missing where the panel lacks it.

    Examples
    --------
    >>> activity(pd.DataFrame(index=[0]), "so2_kg").tolist()
    [nan]
    """
    if column not in panel.columns:
        return pd.Series(np.nan, index=panel.index, name=column, dtype="float64")
    return panel[column].astype("float64")


def activities(panel: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return several panel columns as numbers, as :func:`activity` does one.

    Examples
    --------
    >>> activities(pd.DataFrame({"so2_kg": [2]}), ["so2_kg", "nox_kg"]).iloc[0].tolist()
    [2.0, nan]
    """
    return panel.reindex(columns=list(columns)).astype("float64")


def carrier(panel: pd.DataFrame, column: str) -> pd.Series:
    """Return the use of an energy carrier.

    A carrier without a column is used by nobody: zero wherever the enterprise gave
    any energy figure that year, missing where it gave none. A missing value inside
    an existing column stays missing.

    Examples
    --------
    >>> panel = pd.DataFrame({"diesel_t": [15.0, float("nan")]})
    >>> carrier(panel, "lpg_t").tolist()
    [0.0, nan]
    """
    if column in panel.columns:
        return activity(panel, column)
    return no_energy(panel).rename(column)


def no_energy(panel: pd.DataFrame) -> pd.Series:
    """Return zero wherever any energy figure is given, missing elsewhere."""
    reported = panel.columns.intersection(input_columns("energy").index)
    is_reported = panel[reported].notna().any(axis=1)
    return pd.Series(0.0, index=panel.index).where(is_reported)


def amount(quantity: pd.Series, factor: pd.Series | float) -> pd.Series:
    """Return quantity times factor; nothing times an unknown factor is nothing.

    Examples
    --------
    >>> amount(pd.Series([2.0, 0.0, 1.0]), pd.Series([3.0, np.nan, np.nan])).tolist()
    [6.0, 0.0, nan]
    """
    return (quantity * factor).mask(quantity == 0, 0.0)


def factor_by_year(panel: pd.DataFrame, factors: pd.Series) -> pd.Series:
    """Return the factor of each row's year.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index with a level ``year``.
    factors : pandas.Series
        Index year.

    Returns
    -------
    pandas.Series
        Index of the panel; NaN where the year's factor is NaN.

    Raises
    ------
    FactorNotFoundError
        If the factors were not selected for a year of the panel.
    """
    years = panel.index.get_level_values("year")
    absent = sorted(set(years) - set(factors.index))
    if absent:
        shown = "、".join(str(year) for year in absent)
        raise FactorNotFoundError(
            Problem(
                "years", f"没有为{shown}年选取因子", "select_factors 含全部数据年份"
            )
        )
    return pd.Series(factors.reindex(years).to_numpy(dtype=float), index=panel.index)


def optional_term(tonnes: pd.Series, is_declared: pd.Series) -> Term:
    """Return a source that counts only where the enterprise declared it.

    Parameters
    ----------
    tonnes : pandas.Series
        Amount, NaN where a figure it needs is missing.
    is_declared : pandas.Series of bool
        Where the figures that belong to this source alone are given.

    Returns
    -------
    Term
        Included where the amount is known, incomplete where it is declared but not
        known, not reported elsewhere.
    """
    basis = pd.Series(NOT_REPORTED, index=tonnes.index, dtype="object")
    basis = basis.mask(is_declared, INCOMPLETE).mask(tonnes.notna(), INCLUDED)
    return Term(tonnes, basis)


def add_terms(terms: Sequence[Term]) -> pd.Series:
    """Return the sum of optional sources.

    Returns
    -------
    pandas.Series
        NaN where a declared source is incomplete, or where none is reported.
    """
    left_out = [term.basis.isin([NOT_REPORTED, SWITCHED_OFF]) for term in terms]
    parts = [
        term.tonnes.mask(out, 0.0) for term, out in zip(terms, left_out, strict=True)
    ]
    nothing = pd.concat(left_out, axis=1).all(axis=1)
    return pd.concat(parts, axis=1).sum(axis=1, skipna=False).mask(nothing)
