"""What an allocation rests on: history, activity and product group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.errors import MethodError, Problem
from synergy_lib.schema import OUTPUT, require_columns

__all__ = ["BASIS_COLUMNS", "HISTORY_YEARS", "allocation_basis", "check_basis"]

HISTORY_YEARS = 3
BASIS_COLUMNS = (
    "history_t",
    "history_years",
    "history_intensity",
    "activity",
    "emission_t",
    "group",
)


def allocation_basis(
    panel: pd.DataFrame,
    year: int,
    *,
    groups: pd.Series | None = None,
    carbon: str = "co2e_t",
    activity: str = OUTPUT,
    years: int = HISTORY_YEARS,
) -> pd.DataFrame:
    """Return what each enterprise's part of a cap is calculated from.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year): carbon [t] and activity (value added [万元] or
        product [t]).
    year : int
        Last year of the history; an enterprise without a row of any of its years is
        not in the park.
    groups : pandas.Series, optional
        Index ``enterprise_id``: product group or industry; one group if omitted.
    carbon, activity : str
        Columns of the panel; money at constant prices.
    years : int
        How many years the history is averaged over.

    Returns
    -------
    pandas.DataFrame
        Index ``enterprise_id``: ``history_t`` (mean over the years that have it, NaN
        where none has), ``history_years``, ``history_intensity`` (ratio of sums over
        the years with both and an activity above zero), ``activity`` and
        ``emission_t`` of ``year``, ``group``.

    Raises
    ------
    InputDataError
        If a column is missing.
    MethodError
        If there is nobody, an enterprise has a year twice, or an emission is negative.

    Notes
    -----
    Methods §8.1. A missing year is left out of the mean, never read as zero.
    """
    require_columns(panel, [carbon, activity], "allocation_basis")
    times = panel.index.get_level_values("year")
    window = panel.loc[(times > year - years) & (times <= year), [carbon, activity]]
    window = window.astype(float).replace([np.inf, -np.inf], np.nan)
    if not window.index.is_unique:
        key = window.index[window.index.duplicated()][0]
        raise MethodError(Problem(f"企业 {key[0]}", f"{key[1]} 年出现两次"))
    both = window.where(window.notna().all(axis=1) & (window[activity] > 0))
    firm = "enterprise_id"
    sums = both.groupby(level=firm).sum(min_count=1)
    carbon_values = window[carbon].groupby(level=firm)
    ids = sums.index
    last = window[window.index.get_level_values("year") == year].droplevel("year")
    group = "全部" if groups is None else groups.reindex(ids)
    basis = pd.DataFrame(
        {
            "history_t": carbon_values.mean(),
            "history_years": carbon_values.count(),
            "history_intensity": sums[carbon] / sums[activity],
            "activity": last[activity].reindex(ids),
            "emission_t": last[carbon].reindex(ids),
            "group": group,
        },
        index=ids,
    )
    check_basis(basis)
    return basis


def check_basis(basis: pd.DataFrame) -> None:
    """Raise where a basis cannot be shared by.

    Raises
    ------
    InputDataError
        If a column is missing.
    MethodError
        If nobody is in it, an enterprise occurs twice, or an emission is negative; the
        message names the first five.
    """
    require_columns(basis, list(BASIS_COLUMNS), "配额分配")
    if basis.empty:
        raise MethodError(Problem("配额分配", "没有企业", "至少一家"))
    if not basis.index.is_unique:
        twice = basis.index[basis.index.duplicated()][0]
        raise MethodError(Problem(f"企业 {twice}", "出现两次", "每家企业一行"))
    amounts = basis[["history_t", "emission_t"]]
    negative = basis.index[(amounts < 0).any(axis=1)].astype(str)
    if len(negative):
        named = "、".join(negative[:5])
        what = f"{len(negative)} 家企业的排放量为负：{named}"
        raise MethodError(Problem("配额分配", what, "不小于 0"))
