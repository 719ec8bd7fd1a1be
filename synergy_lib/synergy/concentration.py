"""How unevenly carbon and pollutants are spread, and whether over the same ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.schema import require_columns

__all__ = ["concentration", "gini", "lorenz", "overlap", "shares"]

Floats = npt.NDArray[np.float64]

# The largest tenth of the enterprises.
TOP_SHARE = 0.10
# Fewer enterprises have no tenth to speak of: a proposal [P].
MINIMUM_UNITS = 10


def lorenz(values: pd.Series[float]) -> pd.DataFrame:
    r"""Return the Lorenz curve of an amount, from the smallest unit to the largest.

    Parameters
    ----------
    values : pandas.Series
        Amounts, not negative; missing ones are left out.

    Returns
    -------
    pandas.DataFrame
        ``unit_share, value_share`` [-], both from 0 to 1; no rows where nothing is
        known or all is zero.

    Raises
    ------
    MethodError
        If an amount is negative.

    Examples
    --------
    >>> lorenz(pd.Series([1.0, 3.0]))["value_share"].tolist()
    [0.0, 0.25, 1.0]
    """
    amounts = _amounts(values)
    if not len(amounts) or amounts.sum() == 0:
        return pd.DataFrame({"unit_share": [], "value_share": []}, dtype=float)
    running = np.concatenate([[0.0], np.cumsum(amounts)])
    return pd.DataFrame(
        {
            "unit_share": np.arange(len(running)) / len(amounts),
            "value_share": running / running[-1],
        }
    )


def gini(values: pd.Series[float]) -> float:
    r"""Return the Gini coefficient of an amount.

    Parameters
    ----------
    values : pandas.Series
        Amounts, not negative; missing ones are left out.

    Returns
    -------
    float
        0 all alike … (n − 1)/n all with one unit [-]; NaN for fewer than two known
        amounts or where all are zero.

    Raises
    ------
    MethodError
        If an amount is negative.

    Notes
    -----
    :math:`G = \sum_i (2i - n - 1)x_{(i)} / (n \sum_i x_i)` with the amounts in
    rising order: twice the area between the Lorenz curve and the diagonal. No
    small-sample factor n/(n − 1): the enterprises are all of them, not a sample.

    Examples
    --------
    >>> gini(pd.Series([1.0, 1.0, 2.0])), gini(pd.Series([0.0, 0.0, 0.0, 8.0]))
    (0.16666666666666666, 0.75)
    """
    amounts = _amounts(values)
    n = len(amounts)
    if n < 2 or amounts.sum() == 0:
        return float("nan")
    # Scaled first, so that huge amounts cannot overflow.
    amounts = amounts / amounts[-1]
    place = 2 * np.arange(1, n + 1) - n - 1
    return float(place @ amounts / (n * amounts.sum()))


def _amounts(values: pd.Series[float]) -> Floats:
    """Return the known amounts in rising order; raise where one is negative."""
    array = values.to_numpy(dtype=np.float64)
    known: Floats = np.sort(array[np.isfinite(array)]).astype(np.float64)
    if len(known) and known[0] < 0:
        count = int((known < 0).sum())
        raise MethodError(f"集中度：有{count}个负值，洛伦兹曲线和基尼系数无定义")
    return known


def concentration(values: pd.DataFrame, quantities: Sequence[str]) -> pd.DataFrame:
    """Return how concentrated each quantity is in one year.

    Parameters
    ----------
    values : pandas.DataFrame
        One row an enterprise.
    quantities : sequence of str
        Columns.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``quantity``: ``n, missing, total, gini, top_n, top_share`` (share
        of the largest tenth of the enterprises, rounded up [-]), ``reason``. With
        fewer than ten enterprises there is no top share; with a negative amount
        neither.

    Raises
    ------
    InputDataError
        If a quantity is not a column.
    """
    require_columns(values, list(quantities), "concentration")
    rows = []
    for name in quantities:
        column = values[name].astype(float).replace([np.inf, -np.inf], np.nan)
        known = column.dropna()
        row: dict[str, object] = {"quantity": name, "n": len(known)}
        row |= {"missing": len(column) - len(known), "total": known.sum(min_count=1)}
        row |= {"gini": np.nan, "top_n": 0, "top_share": np.nan, "reason": ""}
        if (known < 0).any():
            row["reason"] = "有负值，无法判断"
        else:
            row["gini"] = gini(known)
            row |= _top(known)
        rows.append(row)
    return pd.DataFrame(rows).set_index("quantity")


def _top(known: pd.Series[float]) -> dict[str, object]:
    """Return size and share of the largest tenth, or why there is none."""
    if len(known) < MINIMUM_UNITS:
        return {"reason": f"仅{len(known)}家有数据，不计前10 %的占比"}
    if known.sum() == 0:
        return {"reason": "总量为零，无法判断"}
    largest = _largest(known)
    share = float(known[largest].sum() / known.sum())
    return {"top_n": len(largest), "top_share": share, "reason": ""}


def _largest(known: pd.Series[float]) -> pd.Index:
    """Return the units of the largest tenth, rounded up; ties by the order given."""
    count = int(np.ceil(round(TOP_SHARE * len(known), 9)))
    return known.sort_values(ascending=False, kind="stable").index[:count]


def overlap(
    values: pd.DataFrame, pollutants: Sequence[str], *, carbon: str = "co2e_t"
) -> pd.DataFrame:
    """Say whether the largest emitters of carbon are those of each pollutant.

    Parameters
    ----------
    values : pandas.DataFrame
        One year, one row an enterprise, unique index.
    pollutants : sequence of str
        Columns to compare carbon with.
    carbon : str
        Column of the carbon emission.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``pollutant``: ``n`` (enterprises with both), ``top_n`` (a tenth,
        rounded up), ``in_both`` (enterprises in the top tenth of both),
        ``pollutant_share_of_carbon_top``, ``carbon_share_of_pollutant_top`` [-],
        ``expected_in_both`` (by chance), ``reason`` where it cannot be judged.

    Raises
    ------
    InputDataError
        If a column is not there.

    Notes
    -----
    By chance ``top_n²/n`` enterprises would be in both.
    """
    require_columns(values, [carbon, *pollutants], "overlap")
    rows = []
    for name in pollutants:
        both = values[[carbon, name]].astype(float)
        both = both.replace([np.inf, -np.inf], np.nan).dropna()
        row: dict[str, object] = {"pollutant": name, "n": len(both)}
        rows.append(row | _shared(both[carbon], both[name]))
    return pd.DataFrame(rows).set_index("pollutant")


def _shared(carbon: pd.Series[float], other: pd.Series[float]) -> dict[str, object]:
    """Return what the top tenths of two amounts have in common."""
    empty = (
        "in_both",
        "pollutant_share_of_carbon_top",
        "carbon_share_of_pollutant_top",
        "expected_in_both",
    )
    row: dict[str, object] = {"top_n": 0, **dict.fromkeys(empty, np.nan)}
    if len(carbon) < MINIMUM_UNITS:
        return row | {"reason": f"两项均有数据的仅{len(carbon)}家，无法判断"}
    if min(carbon.min(), other.min()) < 0 or carbon.sum() == 0 or other.sum() == 0:
        return row | {"reason": "有负值或总量为零，无法判断"}
    tops = [_largest(carbon), _largest(other)]
    count = len(tops[0])
    return {
        "top_n": count,
        "in_both": float(len(tops[0].intersection(tops[1]))),
        "pollutant_share_of_carbon_top": float(other[tops[0]].sum() / other.sum()),
        "carbon_share_of_pollutant_top": float(carbon[tops[1]].sum() / carbon.sum()),
        "expected_in_both": count**2 / len(carbon),
        "reason": "",
    }


def shares(
    values: pd.DataFrame, quantities: Sequence[str], groups: pd.Series | None = None
) -> pd.DataFrame:
    """Return each enterprise's, or each group's, share of the park's amounts.

    Parameters
    ----------
    values : pandas.DataFrame
        One year, one row an enterprise, unique index.
    quantities : sequence of str
        Columns.
    groups : pandas.Series, optional
        Group of each enterprise, e.g. its industry code, same index; a missing one is
        "". Every enterprise by itself if omitted.

    Returns
    -------
    pandas.DataFrame
        Long: ``quantity, unit`` (enterprise or group), ``n`` (with data), ``missing``
        (without), ``value, share`` [-]. A unit without any data has no value and no
        share; the shares of the others sum to 1.

    Raises
    ------
    InputDataError
        If a quantity is not a column.
    ParameterError
        If an enterprise is not in ``groups``.
    """
    require_columns(values, list(quantities), "shares")
    units = pd.Series(values.index, index=values.index)
    if groups is not None:
        lacking = values.index.difference(groups.index)
        if len(lacking):
            first = "、".join(map(str, lacking[:5]))
            what = f"{len(lacking)}家企业没有分组，如 {first}"
            raise ParameterError(Problem("分组", what))
        units = groups.reindex(values.index).fillna("").astype(str)
    pieces = []
    for name in quantities:
        column = values[name].astype(float).replace([np.inf, -np.inf], np.nan)
        grouped = column.groupby(units)
        value = grouped.sum(min_count=1)
        table = pd.DataFrame({"n": grouped.count(), "missing": grouped.size()})
        table["missing"] -= table["n"]
        total = value.sum()
        table = table.assign(value=value, share=value / total if total > 0 else np.nan)
        table = table.rename_axis("unit").reset_index()
        table.insert(0, "quantity", name)
        pieces.append(table)
    return pd.concat(pieces, ignore_index=True)
