"""How closely carbon and pollutants go together across the enterprises of a year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.synergy.coefficients import METHODS, MINIMUM_UNITS, correlation
from synergy_lib.trends.monotonic import adjust_p

__all__ = ["associations", "usable_pairs", "verdict"]

SIGNIFICANCE = 0.05


def usable_pairs(
    values: pd.DataFrame, columns: Sequence[str], *, logarithm: bool
) -> tuple[pd.DataFrame, int, int]:
    """Return the complete rows of some columns, and how many were left out.

    Parameters
    ----------
    values : pandas.DataFrame
        Any index; the named columns.
    columns : sequence of str
        Columns that must all be known.
    logarithm : bool
        Take natural logarithms; rows with a value not above zero are left out.

    Returns
    -------
    tuple of pandas.DataFrame, int, int
        Complete rows; rows with a missing value; rows with a zero or negative one.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1.0, 0.0, np.nan], "b": [1.0, 2.0, 3.0]})
    >>> rows, missing, not_positive = usable_pairs(frame, ["a", "b"], logarithm=True)
    >>> len(rows), missing, not_positive
    (1, 1, 1)
    """
    wanted = values[list(columns)].astype(float)
    known = wanted.replace([np.inf, -np.inf], np.nan).dropna()
    missing = len(wanted) - len(known)
    if not logarithm:
        return known, missing, 0
    positive = known[(known > 0).all(axis=1)]
    logs = pd.DataFrame(np.log(positive.to_numpy()), positive.index, positive.columns)
    return logs, missing, len(known) - len(positive)


def associations(
    values: pd.DataFrame,
    pollutants: Sequence[str],
    *,
    carbon: str = "co2e_t",
    control: str | None = "value_added_10k_cny",
    logarithm: bool = True,
    minimum: int = MINIMUM_UNITS,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Correlate carbon with each pollutant across the enterprises of one year.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_enterprises, n_quantities)
        One year's amounts, any unique index.
    pollutants : sequence of str
        Columns to correlate carbon with, equivalents or masses.
    carbon : str
        Column of the carbon emission.
    control : str, optional
        Column held fixed in the partial coefficients, on logarithms too if
        ``logarithm``; without it they are left out.
    logarithm : bool
        Correlate logarithms, as amounts of enterprises spread over powers of ten.
        Ranks do not change by it, but the rows with zeros go for all methods alike.
    minimum, level
        As :func:`~synergy_lib.synergy.coefficients.correlation`.

    Returns
    -------
    pandas.DataFrame
        One row a pollutant and method: ``pollutant, method, control, is_log, n,
        left_out_missing, left_out_not_positive, estimate, low, high, p, p_adjusted,
        verdict`` (``positive``, ``negative``, ``not_detected``, ``cannot_judge``),
        ``reason``. ``control`` is "" where nothing is held fixed.

    Raises
    ------
    InputDataError
        If the carbon, a pollutant or the control is not a column.
    ParameterError
        If a pollutant is named twice, or is the carbon column itself.

    Notes
    -----
    ``p_adjusted`` is Benjamini and Hochberg's, over the pollutants of one method: the
    share of false findings among those called positive or negative is kept at 5 %.
    Large enterprises emit more of everything, so the plain coefficients mostly show
    size; the partial ones ask whether carbon and the pollutant still go together
    between enterprises of the same size. A mass and its equivalents give the same
    coefficients, since they differ by a factor.
    """
    _check_names(pollutants, carbon)
    held = [control] if control else []
    require_columns(values, [carbon, *pollutants, *held], "associations")
    rows = []
    for pollutant in pollutants:
        for method in METHODS:
            partial = method.startswith("partial")
            if partial and not control:
                continue
            used = [carbon, pollutant, *(held if partial else [])]
            table, missing, dropped = usable_pairs(values, used, logarithm=logarithm)
            columns = [table[name].to_numpy() for name in used]
            found = correlation(
                columns[0],
                columns[1],
                method,
                control=columns[2] if partial else None,
                minimum=minimum,
                level=level,
            )
            row: dict[str, object] = {"pollutant": pollutant, "method": method}
            row |= {"control": control if partial else "", "is_log": logarithm}
            row |= {"left_out_missing": missing, "left_out_not_positive": dropped}
            rows.append(row | vars(found))
    return _judged(pd.DataFrame(rows), by="method")


def _check_names(pollutants: Sequence[str], carbon: str) -> None:
    """Raise where a column would be correlated with itself or twice."""
    problems = [
        Problem(f"污染物“{name}”", "重复给出", "每种一次")
        for name in dict.fromkeys(pollutants)
        if list(pollutants).count(name) > 1
    ]
    if carbon in pollutants:
        problems.append(Problem(f"污染物“{carbon}”", "与碳排放是同一列"))
    if not pollutants:
        problems.append(Problem("污染物", "没有给出任何一种"))
    if problems:
        raise ParameterError(problems)


COLUMNS = (
    "pollutant",
    "method",
    "control",
    "is_log",
    "n",
    "left_out_missing",
    "left_out_not_positive",
    "estimate",
    "low",
    "high",
    "p",
    "p_adjusted",
    "verdict",
    "reason",
)


def _judged(table: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Return the table with adjusted p and verdict, its columns in order."""
    adjusted = table.groupby(by, sort=False)["p"].transform(adjust_p)
    verdicts = verdict(table["estimate"], adjusted)
    table = table.assign(p_adjusted=adjusted, verdict=verdicts)
    return table[[*COLUMNS, *(c for c in table if c not in COLUMNS)]]


def verdict(
    estimate: pd.Series[float],
    p_adjusted: pd.Series[float],
    significance: float = SIGNIFICANCE,
) -> pd.Series[str]:
    """Return positive, negative, not_detected or cannot_judge of every row."""
    told = np.select(
        [p_adjusted.isna(), p_adjusted >= significance, estimate > 0],
        ["cannot_judge", "not_detected", "positive"],
        "negative",
    )
    return pd.Series(told, index=estimate.index, name="verdict", dtype=object)
