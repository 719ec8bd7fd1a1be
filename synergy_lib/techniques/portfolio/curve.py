"""Several measures together: overlap on one base, and their order by cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from synergy_lib.errors import MethodError, Problem

__all__ = ["Combination", "abatement_curve", "combine", "cost_order"]


class Combination(NamedTuple):
    """What several measures leave of one base, and what each of them takes.

    ``remaining`` is a fraction of the base; ``shares`` are fractions of the base,
    one a measure, that sum to 1 − ``remaining`` whatever the order of the measures.
    """

    remaining: float
    shares: pd.Series


def combine(
    fractions: Mapping[str, float] | pd.Series | Sequence[float],
) -> Combination:
    r"""Combine measures that act on the same base.

    Parameters
    ----------
    fractions : mapping, Series or sequence of float
        Reduction of each measure as a fraction of the base it would find alone, at
        most 1; negative for a measure that increases it. [-]

    Returns
    -------
    Combination
        Remaining fraction and order-free shares; no measures leave 1.

    Raises
    ------
    MethodError
        If a fraction is above 1.

    Notes
    -----
    Remaining :math:`= \prod_m (1 - f_m)`, never :math:`1 - \sum f_m`. The share of m is
    :math:`(1 - \prod)\ln(1-f_m)/\sum\ln(1-f)`, consistent with the logarithmic mean
    decomposition; a measure that removes all of the base takes everything, several of
    them equal parts. NaN in, NaN out.

    Examples
    --------
    >>> remaining, shares = combine([0.3, 0.2, 0.1])
    >>> round(remaining, 4), shares.round(4).tolist()
    (0.504, [0.2582, 0.1615, 0.0763])
    """
    values = pd.Series(fractions, dtype=float)
    if (values > 1).any():
        name = values.index[values > 1][0]
        what = f"减排比例 {values[name]:g} 大于 1"
        raise MethodError(Problem(f"措施 {name}", what, "至多 1"))
    if values.isna().any():
        return Combination(np.nan, values * np.nan)
    whole = values == 1
    if whole.any():
        return Combination(0.0, whole / whole.sum())
    logs = np.log1p(-values)
    total = float(logs.sum())
    # (1 − e^L)/L tends to −1 where gains and losses cancel
    scale = -1.0 if total == 0 else -np.expm1(total) / total
    return Combination(float(np.exp(total)), logs * scale + 0.0)


def cost_order(abatement_cost: pd.Series, net_benefit: pd.Series) -> pd.Series:
    """Return the rank of measures by cost, 1 the best.

    Parameters
    ----------
    abatement_cost : pandas.Series
        One a measure, NaN where not defined. [元/t]
    net_benefit : pandas.Series
        Yearly saving less annualised investment. [万元/a]

    Returns
    -------
    pandas.Series
        Rank, equal for equals; NaN where the cost is.

    Notes
    -----
    Measures that earn money come first, by net benefit; the others by cost per
    tonne. Below zero, cost per tonne would put a small reduction before a large one.

    Examples
    --------
    >>> cost, benefit = pd.Series([-900.0, -100.0, 5.0]), pd.Series([9.0, 90.0, -1.0])
    >>> cost_order(cost, benefit).tolist()
    [2.0, 1.0, 3.0]
    """
    earns = abatement_cost < 0
    order = pd.DataFrame(
        {"costs": ~earns, "by": abatement_cost.mask(earns, -net_benefit)}
    )
    known = order[abatement_cost.notna()]
    keys = list(known.itertuples(index=False, name=None))
    place = {key: number for number, key in enumerate(sorted(set(keys)))}
    ranks = pd.Series([place[key] for key in keys], index=known.index, dtype=float)
    return ranks.rank(method="min").reindex(abatement_cost.index)


def abatement_curve(measures: pd.DataFrame) -> pd.DataFrame:
    """Return measures in the order of a marginal abatement-cost curve.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``reduction_t`` [t/a], ``abatement_cost_cny_per_t`` [元/t] and
        ``net_benefit_10k_cny`` [万元/a]; further columns are kept.

    Returns
    -------
    pandas.DataFrame
        Measures with a defined cost, best first, with ``order`` and
        ``cumulative_reduction_t``, the right edge of each bar.
    """
    order = cost_order(
        measures["abatement_cost_cny_per_t"], measures["net_benefit_10k_cny"]
    )
    curve = measures.assign(order=order).dropna(subset=["order"])
    curve = curve.sort_values("order", kind="stable")
    return curve.assign(cumulative_reduction_t=curve["reduction_t"].cumsum())
