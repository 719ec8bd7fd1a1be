"""The measures that can be chosen from, with what they cost and save together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.techniques.conversion import AIR_POLLUTANTS, WATER_POLLUTANTS
from synergy_lib.techniques.costs import PRICES, check_prices
from synergy_lib.techniques.economics import CNY_PER_10K, capital_recovery_factor
from synergy_lib.techniques.overlap import MeasureAmounts
from synergy_lib.techniques.portfolio.attribution import (
    TOTAL_CARBON,
    attributed_reductions,
)

__all__ = ["Candidates", "candidate_measures", "unit_values"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

TERMS = ("investment_mode_10k_cny", "annual_saving_mode_10k_cny", "lifetime_years")
MISSING = ("缺投资额", "缺年净节约", "缺寿命")


@dataclass(frozen=True, eq=False)
class Candidates:
    """Measures of enterprises, ready to be chosen from.

    Parameters
    ----------
    amounts : MeasureAmounts
        What each takes by itself.
    per_unit : mapping of str to float
        tCO2e per unit of each target.
    equivalents : mapping of str to float
        Pollutant equivalents per unit of each target.
    values : mapping of str to float
        What a unit of each target saves, where it has a price. [万元]
    investment : numpy.ndarray, shape (n_rows, n_techniques)
        [万元]; 0 where not available.
    yearly_cost : numpy.ndarray, shape (n_rows, n_techniques)
        Annualised investment and running cost, before what the quantities save.
        [万元/a]; 0 where not available.
    reason : numpy.ndarray of str, shape (n_rows, n_techniques)
        Why a measure cannot be chosen, "" where it can.
    """

    amounts: MeasureAmounts
    per_unit: Mapping[str, float]
    equivalents: Mapping[str, float]
    values: Mapping[str, float]
    investment: Floats
    yearly_cost: Floats
    reason: npt.NDArray[np.object_]

    @property
    def available(self) -> Mask:
        """Return which measures can be chosen, shape (n_rows, n_techniques)."""
        return np.asarray(self.reason == "", dtype=np.bool_)

    def outcome(self, chosen: Mask) -> pd.DataFrame:
        """Return what each chosen measure costs and takes beside the others.

        Parameters
        ----------
        chosen : numpy.ndarray of bool, shape (n_rows, n_techniques)

        Returns
        -------
        pandas.DataFrame
            One row a chosen measure: ``enterprise_id, technique_id, reduction_t``
            [tCO2e/a], ``pollutant_equivalent_kg`` [当量/a], ``investment_10k_cny``
            [万元], ``net_benefit_10k_cny`` (savings less annualised investment and
            running cost) [万元/a].

        Raises
        ------
        MethodError
            If the choice is of another shape than the measures.
        """
        parts = attributed_reductions(self.amounts, chosen, self.per_unit)
        saved, equivalents = (
            sum((per[t] * parts[t] for t in per if t in parts), start=0.0 * chosen)
            for per in (self.values, self.equivalents)
        )
        rows, places = np.nonzero(chosen)
        found = {
            "reduction_t": parts[TOTAL_CARBON],
            "pollutant_equivalent_kg": equivalents,
            "investment_10k_cny": self.investment,
            "net_benefit_10k_cny": saved - self.yearly_cost,
        }
        keys = {
            "enterprise_id": self.amounts.enterprises[rows],
            "technique_id": self.amounts.techniques[places],
        }
        return pd.DataFrame(keys | {k: part[rows, places] for k, part in found.items()})

    def left_out(self) -> pd.DataFrame:
        """Return the measures that cannot be chosen though estimated, and why.

        Returns
        -------
        pandas.DataFrame
            ``enterprise_id, technique_id, reason`` (Chinese).
        """
        rows, places = np.nonzero(self.amounts.usable & ~self.available)
        return pd.DataFrame(
            {
                "enterprise_id": self.amounts.enterprises[rows],
                "technique_id": self.amounts.techniques[places],
                "reason": self.reason[rows, places],
            }
        )


def candidate_measures(
    amounts: MeasureAmounts,
    terms: pd.DataFrame,
    *,
    per_unit: Mapping[str, float],
    kg_per_equivalent: Mapping[str, float],
    prices: Mapping[str, float],
    discount_rate: float = 0.08,
) -> Candidates:
    r"""Return the measures that can be chosen, with their money.

    Parameters
    ----------
    amounts : MeasureAmounts
    terms : pandas.DataFrame
        One row per enterprise and technique, as
        :func:`~synergy_lib.techniques.recommendation.recommend` returns it:
        ``enterprise_id, technique_id, investment_mode_10k_cny,
        annual_saving_mode_10k_cny, lifetime_years``; each by itself.
    per_unit, kg_per_equivalent : mapping of str to float
        As in :mod:`synergy_lib.techniques.conversion`.
    prices : mapping of str to float
        Keys of :data:`synergy_lib.techniques.costs.PRICES`. The carbon price is no
        saving here: its revenue is a line of its own.
    discount_rate : float
        Above −1. [1/a]

    Returns
    -------
    Candidates
        A measure without investment, saving or life cannot be chosen, with a reason.

    Raises
    ------
    InputDataError
        If a column is missing or a pair stands twice.
    ParameterError
        If a price key is unknown or a price is not a finite number.

    Notes
    -----
    Yearly cost :math:`= I \cdot CRF + (\sum_t p_t q_t - A)`, where the bracket is the
    running cost that turns the priced quantities by themselves into the saving A. So
    together measures save what their quantities together are worth.
    """
    require_columns(terms, ["enterprise_id", "technique_id", *TERMS], "措施经济性")
    keys = ["enterprise_id", "technique_id"]
    terms = terms[terms["technique_id"].isin(amounts.techniques)]
    if terms.duplicated(keys).any():
        first = terms[terms.duplicated(keys)][keys].astype(str).iloc[0]
        what = f"{first.iloc[0]}的{first.iloc[1]}出现多次"
        raise InputDataError(Problem("措施经济性", what, "每家企业每项技术一行"))
    grid = pd.MultiIndex.from_product([amounts.enterprises, amounts.techniques])
    table = terms.set_index(keys)[list(TERMS)].astype(float).reindex(grid)
    investment, saving, life = table.to_numpy().T.reshape(3, *amounts.usable.shape)
    life_table = {n: capital_recovery_factor(discount_rate, n) for n in np.unique(life)}
    recovery = np.vectorize(life_table.get, otypes=[float])(life)
    values = unit_values(prices)
    gross = sum(
        (
            values[t] * amounts.amounts[i]
            for i, t in enumerate(amounts.targets)
            if t in values
        ),
        start=np.zeros_like(investment),
    )
    unknown = [np.isnan(part) for part in (investment, saving, recovery)]
    reason = np.select(
        [~amounts.usable, *unknown], ["效益未估算或已实施", *MISSING], ""
    )
    cost = investment * recovery + gross - saving
    left_out = reason != ""
    return Candidates(
        amounts=amounts,
        per_unit=per_unit,
        equivalents={
            f"{name}_kg": 1.0 / kg_per_equivalent[name]
            for name in (*AIR_POLLUTANTS, *WATER_POLLUTANTS)
        },
        values=values,
        investment=np.where(left_out, 0.0, investment),
        yearly_cost=np.where(left_out, 0.0, cost),
        reason=reason.astype(object),
    )


def unit_values(prices: Mapping[str, float]) -> dict[str, float]:
    """Return what a unit of each target saves [万元], where it has a price.

    Raises
    ------
    ParameterError
        If a price key is unknown or a price is not a finite number.

    Examples
    --------
    >>> unit_values({"electricity_cny_per_mwh": 700.0})
    {'electricity_grid_mwh': 0.07}
    """
    known = check_prices(prices)
    return {
        target: units * known[key] / CNY_PER_10K
        for target, (key, units) in PRICES.items()
        if key in known
    }
