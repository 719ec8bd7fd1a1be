"""What each method of allocation would give, before the cap and the bounds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.scoring.weighting import entropy

__all__ = [
    "SMALLEST_GROUP",
    "benchmarks",
    "benchmark_claims",
    "entropy_shares",
    "intensity_claims",
    "mixing_path",
]

Floats = npt.NDArray[np.float64]

SMALLEST_GROUP = 3


def benchmarks(basis: pd.DataFrame, *, best_share: float) -> pd.DataFrame:
    r"""Return the benchmark intensity of each product group, and of the park.

    Parameters
    ----------
    basis : pandas.DataFrame
        As :func:`~synergy_lib.park.allocation.basis.allocation_basis` returns it.
    best_share : float
        Part of a group's enterprises whose intensity is the benchmark. [-]

    Returns
    -------
    pandas.DataFrame
        Index group, then ``""`` for the park: ``enterprises`` with an intensity,
        ``best`` (how many set the benchmark), ``benchmark`` [t per activity]; NaN for
        a group of fewer than three.

    Notes
    -----
    Methods §8.1: :math:`B_g = \sum C / \sum Q` over the ``ceil(best_share · n)``
    enterprises of lowest intensity, and all that equal the last of them.
    """
    usable = basis["activity"].gt(0) & basis["history_intensity"].gt(0)
    known = basis[usable]
    rows = {
        group: _benchmark(part, best_share)
        for group, part in known.groupby("group", sort=True)
    }
    rows[""] = _benchmark(known, best_share)
    columns = ["enterprises", "best", "benchmark"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index.name = "group"
    return table


def _benchmark(part: pd.DataFrame, best_share: float) -> tuple[int, int, float]:
    """Return how many there are, how many are best, and their weighted intensity."""
    count = len(part)
    if count < SMALLEST_GROUP:
        return count, 0, np.nan
    intensity = part["history_intensity"]
    last = np.sort(intensity.to_numpy())[int(np.ceil(best_share * count - 1e-9)) - 1]
    best = part[intensity <= last]
    weights = best["activity"]
    value = float((best["history_intensity"] * weights).sum() / weights.sum())
    return count, len(best), value


def benchmark_claims(
    basis: pd.DataFrame, groups: pd.DataFrame, *, park_wide: bool = False
) -> pd.Series:
    """Return activity times the benchmark of the group [t], NaN where there is none.

    Parameters
    ----------
    basis : pandas.DataFrame
    groups : pandas.DataFrame
        As :func:`benchmarks` returns it.
    park_wide : bool
        Whether a group without benchmark takes that of the park.
    """
    level = basis["group"].map(groups["benchmark"].drop(index="")).astype(float)
    if park_wide:
        level = level.fillna(groups["benchmark"].to_numpy()[-1])
    return basis["activity"].where(basis["activity"] > 0) * level


def intensity_claims(basis: pd.DataFrame, decline: float) -> pd.Series:
    r"""Return activity times the enterprise's own past intensity [t].

    Notes
    -----
    Methods §8.1: :math:`A_i = Q_i (H_i / Q_{i,hist}) \kappa`; NaN where the activity
    is missing or not above zero.
    """
    activity = basis["activity"].where(basis["activity"] > 0)
    return activity * basis["history_intensity"] * decline


def entropy_shares(
    values: pd.DataFrame, direction: Mapping[str, int]
) -> tuple[pd.Series, pd.Series]:
    r"""Return the shares of a cap by several indicators, and the indicators' weights.

    Parameters
    ----------
    values : pandas.DataFrame
        Index ``enterprise_id``: one column an indicator, any unit.
    direction : mapping of str to {+1, -1}
        +1 where more of it means more quota, −1 where less of it does.

    Returns
    -------
    shares : pandas.Series
        Sum to 1 over the enterprises that have every indicator, not negative; NaN for
        the others. [-]
    weights : pandas.Series
        Entropy weights. [-]

    Raises
    ------
    ParameterError
        If an indicator has no direction of ±1.
    MethodError
        If nobody has every indicator.

    Notes
    -----
    Methods §8.1: :math:`z_{ij} = x_{ij}/\sum_i x_{ij}`, or
    :math:`(1/x_{ij})/\sum_i (1/x_{ij})` for −1, entropy weights on the shares z, and
    :math:`\sum_j w_j z_{ij}`. A zero of a −1 indicator counts as the smallest value
    above zero; an indicator of zeros only shares equally.
    """
    wrong = [c for c in values.columns if direction.get(str(c)) not in (1, -1)]
    if wrong or values.columns.empty:
        what = f"指标 {'、'.join(map(str, wrong))} 没有方向" if wrong else "没有指标"
        raise ParameterError(Problem("熵权法分配", what, "每个指标 +1 或 −1"))
    numbers = values.astype(float).replace([np.inf, -np.inf], np.nan)
    complete = numbers[(numbers >= 0).all(axis=1)]
    if complete.empty:
        what = "没有企业的全部指标齐全且不为负"
        raise MethodError(Problem("熵权法分配", what, "至少一家"))
    shares = pd.DataFrame(
        {c: _parts(complete[c], direction[str(c)]) for c in complete}, complete.index
    )
    weights = entropy(shares)
    return (shares @ weights).reindex(values.index), weights


def _parts(values: pd.Series, direction: int) -> pd.Series:
    """Return one indicator's shares."""
    if not (values > 0).any():
        return pd.Series(1 / len(values), index=values.index)
    if direction > 0:
        return values / values.sum()
    least = values[values > 0].min()
    # the smallest over the value: at most 1, whatever the unit
    inverse: pd.Series = least / values.clip(lower=least)
    return inverse / inverse.sum()


def mixing_path(years: int = 5, first: float = 0.7, last: float = 0.3) -> Floats:
    """Return the weight of history [-] in each year of the way to benchmarks.

    Raises
    ------
    ParameterError
        If there is no year, or a weight lies outside [0, 1].

    Examples
    --------
    >>> mixing_path().round(2).tolist()
    [0.7, 0.6, 0.5, 0.4, 0.3]
    """
    if years < 1 or not (0 <= first <= 1 and 0 <= last <= 1):
        what = f"{years} 年，{first:g} 至 {last:g}"
        expected = "至少一年，权重在 0 与 1 之间"
        raise ParameterError(Problem("混合法路径", what, expected))
    return np.linspace(first, last, years)
