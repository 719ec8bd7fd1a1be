"""The marginal abatement cost curve of a park or an enterprise, after overlap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.techniques.economics import CNY_PER_10K
from synergy_lib.techniques.portfolio.candidates import Candidates
from synergy_lib.techniques.portfolio.curve import abatement_curve

__all__ = ["MarginalCurve", "marginal_curve"]

AMOUNTS = (
    "reduction_t",
    "pollutant_equivalent_kg",
    "investment_10k_cny",
    "net_benefit_10k_cny",
)


class MarginalCurve(NamedTuple):
    """Measures in the order of their cost, and those that have no place in it.

    ``bars`` has, besides the keys, ``reduction_t`` [tCO2e/a],
    ``pollutant_equivalent_kg`` [当量/a], ``investment_10k_cny`` [万元],
    ``net_benefit_10k_cny`` [万元/a], ``abatement_cost_cny_per_t`` [元/t], ``order``
    and ``cumulative_reduction_t``; ``left_out`` has the keys and ``reason``.
    """

    bars: pd.DataFrame
    left_out: pd.DataFrame


def marginal_curve(
    candidates: Candidates,
    chosen: npt.NDArray[np.bool_],
    *,
    by_technique: bool = True,
) -> MarginalCurve:
    """Return the abatement cost curve of measures carried out together.

    Parameters
    ----------
    candidates : Candidates
        Of a park, or of one enterprise.
    chosen : numpy.ndarray of bool, shape (n_rows, n_techniques)
        The measures; those that are not available are left out.
    by_technique : bool
        One bar a technique of all enterprises, otherwise one a measure of each.

    Returns
    -------
    MarginalCurve
        The widths add up to what the measures take together.

    Raises
    ------
    MethodError
        If the choice is of another shape than the measures.

    Notes
    -----
    Widths are the order-free log shares of §7.5, heights (I · CRF + running cost −
    savings) / ΔC after overlap (methods §7.6). Bars below zero are ordered by yearly
    net benefit, not by height.
    """
    outcome = candidates.outcome(chosen & candidates.available)
    keys = ["technique_id"] if by_technique else ["enterprise_id", "technique_id"]
    bars = outcome.groupby(keys, sort=False, as_index=False)[list(AMOUNTS)].sum()
    reduces = bars["reduction_t"] > 0
    cost = -bars["net_benefit_10k_cny"] / bars["reduction_t"].where(reduces)
    bars["abatement_cost_cny_per_t"] = cost * CNY_PER_10K
    none = bars.loc[~reduces, keys].assign(reason="减排量不为正，不是减排措施")
    rows, places = np.nonzero(chosen & ~candidates.available)
    left_out = pd.DataFrame(
        {
            "enterprise_id": candidates.amounts.enterprises[rows],
            "technique_id": candidates.amounts.techniques[places],
            "reason": candidates.reason[rows, places],
        }
    )[[*keys, "reason"]].drop_duplicates()
    return MarginalCurve(
        abatement_curve(bars).reset_index(drop=True),
        pd.concat([left_out, none], ignore_index=True),
    )
