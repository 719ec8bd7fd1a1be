"""An enterprise beside plants like it: quantile regression on size and kind."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.regression.quantile_regression import QuantReg
from statsmodels.tools.sm_exceptions import IterationLimitWarning

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.schema import require_columns

__all__ = ["BEST_QUARTILE", "PlantsAlike", "benchmark_alike", "fewest_plants"]

Floats = npt.NDArray[np.float64]

BEST_QUARTILE = 0.25
MEDIAN = 0.50
# Plants beyond the quantile per coefficient: with fewer, the line follows single
# plants. Proposal [P].
BEYOND_PER_COEFFICIENT = 5
# A kind with fewer plants joins the others.
SMALLEST_KIND = 10
OTHERS = "其他"


@dataclass(frozen=True, eq=False)
class PlantsAlike:
    """Result of :func:`benchmark_alike`.

    Attributes
    ----------
    table : pandas.DataFrame
        Index of the plants: ``observed, best_quartile, median`` (expected of plants
        like it, in the outcome's unit), ``gap`` (observed less best quartile, positive
        where there is room) and ``gap_share`` of the observed [-], ``position``
        (``best``, ``middle``, ``above_median``, "" where not known), ``kind``,
        ``status`` (``estimated``, ``missing_data``, ``beyond_range``,
        ``too_few_plants``), ``reason`` (Chinese).
    coefficients : pandas.DataFrame
        Index term, columns ``best_quartile, median``: elasticities of the drivers,
        differences of the kinds in logarithms; empty if not estimated.
    n, needed : int
        Plants with every figure, and how many it takes.
    share_below : float
        Part of the plants at or below their best quartile [-]; near 0.25 by
        construction.
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    n: int
    needed: int
    share_below: float


def fewest_plants(terms: int, quantile: float = BEST_QUARTILE) -> int:
    """Return how many plants a quantile line of so many coefficients takes.

    Examples
    --------
    >>> fewest_plants(2), fewest_plants(4)
    (40, 80)
    """
    return int(np.ceil(BEYOND_PER_COEFFICIENT * terms / min(quantile, 1 - quantile)))


def benchmark_alike(
    plants: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    *,
    kind: str | None = None,
) -> PlantsAlike:
    r"""Compare every plant with the best quartile of plants of its size and kind.

    Parameters
    ----------
    plants : pandas.DataFrame
        One row a plant, one year; any unique index.
    outcome : str
        Column of a total (energy, emission) or intensity, less is better.
    drivers : sequence of str
        Columns of size (output, value added, area, hours).
    kind : str, optional
        Column of product group or industry; kinds of fewer than ten plants are taken
        together.

    Returns
    -------
    PlantsAlike
        Plants without a figure, or with one not above zero, are named with the reason,
        and so are all where there are too few. A plant larger or smaller than all
        others in a driver has no plants like it (``beyond_range``).

    Raises
    ------
    InputDataError
        If a column is missing or the index is not unique.
    ParameterError
        If there is no driver, or the outcome is one of them.

    Notes
    -----
    Quantile regression (statsmodels ``QuantReg``) of :math:`\ln y` on :math:`\ln x_k`
    and the kinds, at 0.25 and 0.50; quantiles are unchanged by the logarithm. It takes
    five plants beyond the quantile per coefficient (proposal [P]), 40 for one driver.
    Where the lines cross, the best quartile is not above the median. The range is the
    1st to the 99th percentile of each driver.
    """
    names = [outcome, *drivers]
    if not drivers or outcome in drivers:
        what = "没有解释变量" if not drivers else f"{outcome} 不能解释自己"
        raise ParameterError(Problem("同类企业对标", what))
    require_columns(plants, [*names, *([kind] if kind else [])], "benchmark_alike")
    if not plants.index.is_unique:
        twice = plants.index[plants.index.duplicated()][0]
        raise InputDataError(Problem(f"企业 {twice}", "出现两次", "每家企业一行"))
    numbers = plants[names].astype(float)
    given = (numbers > 0) & (numbers < np.inf)
    if kind:
        given[kind] = plants[kind].notna()
    usable = given.all(axis=1)
    logs = pd.DataFrame(np.log(numbers[usable]), columns=names)
    kinds = _kinds(plants.loc[usable, kind]) if kind else None
    terms = _terms(logs[list(drivers)], kinds)
    needed = fewest_plants(terms.shape[1])
    table = _start(numbers[outcome], kinds, given)
    is_determined = np.linalg.matrix_rank(terms) == terms.shape[1]
    if len(logs) < needed or not is_determined:
        why = f"有数据的企业 {len(logs)} 家，至少需要 {needed} 家，不作同类对标"
        if len(logs) >= needed:
            why = "解释变量没有差异或相互完全相关，不作同类对标"
        left = table["status"].eq("estimated")
        table.loc[left, "status"], table.loc[left, "reason"] = "too_few_plants", why
        empty = pd.DataFrame(columns=["best_quartile", "median"], dtype=float)
        return PlantsAlike(table, empty, len(logs), needed, np.nan)
    found = {
        "best_quartile": _fit(logs[[outcome]], terms, BEST_QUARTILE),
        "median": _fit(logs[[outcome]], terms, MEDIAN),
    }
    coefficients = pd.DataFrame(found, index=terms.columns)
    lines = pd.DataFrame(np.exp(terms @ coefficients), columns=list(found))
    lines["best_quartile"] = lines.min(axis=1)
    share = float((numbers.loc[usable, outcome] <= lines["best_quartile"]).mean())
    table = _with_gap(table, lines, _outside(logs[list(drivers)]))
    return PlantsAlike(table, coefficients, len(logs), needed, share)


def _kinds(values: pd.Series) -> pd.Series:
    """Return the kinds as text, small ones together."""
    texts = values.astype(str)
    counts = texts.map(texts.value_counts())
    return texts.where(counts >= SMALLEST_KIND, OTHERS)


def _terms(logs: pd.DataFrame, kinds: pd.Series | None) -> pd.DataFrame:
    """Return the columns of the regression; the largest kind is the reference."""
    terms = logs.assign(const=1.0)
    if kinds is None or kinds.empty:
        return terms
    # equal counts: by name, so that the order of the rows does not matter
    counts = kinds.value_counts().sort_index().sort_values(kind="stable")
    dummies = pd.get_dummies(kinds, dtype=float).drop(columns=counts.index[-1])
    return terms.join(dummies)


def _start(
    observed: pd.Series, kinds: pd.Series | None, given: pd.DataFrame
) -> pd.DataFrame:
    """Return the table before anything is estimated."""
    table = pd.DataFrame({"observed": observed})
    for name in ("best_quartile", "median", "gap", "gap_share"):
        table[name] = np.nan
    table["position"] = ""
    table["kind"] = "" if kinds is None else kinds.reindex(table.index).fillna("")
    table["status"] = np.where(given.all(axis=1), "estimated", "missing_data")
    lacking = ["、".join(given.columns[~row]) for row in given.to_numpy(dtype=bool)]
    table["reason"] = [
        f"{names} 缺失或不大于零，不作同类对标" if names else "" for names in lacking
    ]
    return table


def _fit(values: pd.DataFrame, terms: pd.DataFrame, quantile: float) -> Floats:
    """Return the coefficients of one quantile."""
    with warnings.catch_warnings():
        # its weights may settle between two equally good lines
        warnings.simplefilter("ignore", IterationLimitWarning)
        fit = QuantReg(values.to_numpy()[:, 0], terms.to_numpy()).fit(
            q=quantile, max_iter=5000
        )
    return np.asarray(fit.params, dtype=np.float64)


def _outside(logs: pd.DataFrame) -> pd.Series:
    """Return which plants have no others of their size."""
    low, high = logs.quantile(0.01), logs.quantile(0.99)
    return ((logs < low) | (logs > high)).any(axis=1)


def _with_gap(
    table: pd.DataFrame, lines: pd.DataFrame, outside: pd.Series
) -> pd.DataFrame:
    """Add the lines and the gap to them, but for plants that have none alike."""
    table = table.copy()
    far = outside.reindex(table.index, fill_value=False)
    table.loc[far, "status"] = "beyond_range"
    table.loc[far, "reason"] = "规模处于样本两端各1%，没有同类企业可比"
    known = table["status"] == "estimated"
    for name in lines:
        table[name] = lines[name].reindex(table.index).where(known)
    observed = table["observed"]
    table["gap"] = observed - table["best_quartile"]
    table["gap_share"] = table["gap"] / observed
    choices = [
        ~known,
        observed <= table["best_quartile"],
        observed <= table["median"],
    ]
    table["position"] = np.select(choices, ["", "best", "middle"], "above_median")
    return table
