"""What carbon and pollutants avoided are worth, and what avoiding one unit costs.

Every revenue is a line of its own: none of them is part of a measure's saving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.techniques.economics import CNY_PER_10K

__all__ = ["BenefitPrices", "benefit_lines", "joint_costs", "unit_costs"]

# What is avoided → its column (most likely value), the attribute with its price.
AVOIDED = {
    "carbon": ("co2e_mode_t", "carbon_cny_per_t"),
    "air": ("air_equivalent_mode_kg", "air_tax_cny_per_equivalent"),
    "water": ("water_equivalent_mode_kg", "water_tax_cny_per_equivalent"),
}
LABELS = {"carbon": "碳", "air": "大气污染当量", "water": "水污染当量"}
REVENUES = {
    "carbon": "carbon_revenue_10k_cny",
    "air": "air_tax_saving_10k_cny",
    "water": "water_tax_saving_10k_cny",
}
COSTS = {
    "carbon": "cost_cny_per_tco2e",
    "air": "cost_cny_per_air_equivalent",
    "water": "cost_cny_per_water_equivalent",
}


@dataclass(frozen=True)
class BenefitPrices:
    """Prices of what is avoided; NaN where the park has none.

    Parameters
    ----------
    carbon_cny_per_t : float
        [元/tCO2e]
    air_tax_cny_per_equivalent, water_tax_cny_per_equivalent : float
        Environmental protection tax of a pollutant equivalent. [元/当量]

    Raises
    ------
    ParameterError
        If a price is negative or infinite.
    """

    carbon_cny_per_t: float = np.nan
    air_tax_cny_per_equivalent: float = np.nan
    water_tax_cny_per_equivalent: float = np.nan

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"{value} 不是有效价格", "非负数，没有则留空")
            for name, value in vars(self).items()
            if value < 0 or np.isinf(value)
        ]
        if problems:
            raise ParameterError(problems)


def benefit_lines(measures: pd.DataFrame, prices: BenefitPrices) -> pd.DataFrame:
    r"""Return what the reductions of measures are worth a year, line by line.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``co2e_mode_t`` [t/a], ``air_equivalent_mode_kg, water_equivalent_mode_kg``
        [当量/a]; NaN where a measure does not act or is not estimated.
    prices : BenefitPrices

    Returns
    -------
    pandas.DataFrame
        Index of the measures: ``carbon_revenue_10k_cny, air_tax_saving_10k_cny,
        water_tax_saving_10k_cny`` [万元/a], negative where emissions rise, and a
        ``<line>_reason`` each: Chinese, why the line is NaN, "" where it is not.

    Raises
    ------
    InputDataError
        If a column is missing.

    Notes
    -----
    :math:`\Delta C \cdot p_C` and :math:`\Delta E \cdot \tau` (methods §7.4); the tax
    of an equivalent is that of the place.

    Examples
    --------
    >>> names = [column for column, _ in AVOIDED.values()]
    >>> frame = pd.DataFrame([[2000.0, 1e4, np.nan]], columns=names)
    >>> lines = benefit_lines(frame, BenefitPrices(carbon_cny_per_t=80.0))
    >>> float(lines.loc[0, "carbon_revenue_10k_cny"]), lines.loc[0, "air_reason"]
    (16.0, '缺大气污染当量的价格')
    """
    require_columns(measures, [column for column, _ in AVOIDED.values()], "措施")
    lines: dict[str, object] = {}
    for name, (column, key) in AVOIDED.items():
        price, amount = getattr(prices, key), measures[column].astype(float)
        lines[REVENUES[name]] = amount * price / CNY_PER_10K
        unpriced = f"缺{LABELS[name]}的价格" if np.isnan(price) else ""
        reason = np.where(amount.isna(), f"缺{LABELS[name]}减少量", unpriced)
        lines[f"{name}_reason"] = reason
    return pd.DataFrame(lines, index=measures.index)


def unit_costs(measures: pd.DataFrame, yearly_cost: pd.Series) -> pd.DataFrame:
    """Return the whole yearly cost of measures over each quantity they avoid.

    Parameters
    ----------
    measures : pandas.DataFrame
        As in :func:`benefit_lines`.
    yearly_cost : pandas.Series
        Annualised investment and running cost less savings, same index; NaN where not
        known. [万元/a]

    Returns
    -------
    pandas.DataFrame
        ``cost_cny_per_tco2e, cost_cny_per_air_equivalent,
        cost_cny_per_water_equivalent`` and a ``<line>_reason`` each, as above.

    Raises
    ------
    InputDataError
        If a column is missing.

    Notes
    -----
    The same cost stands over each denominator, so that the three do not add up
    (methods §7.4); :func:`joint_costs` divides it.
    """
    whole = pd.DataFrame(dict.fromkeys(AVOIDED, yearly_cost), index=measures.index)
    return _per_unit(measures, whole)


def joint_costs(
    measures: pd.DataFrame, yearly_cost: pd.Series, prices: BenefitPrices
) -> pd.DataFrame:
    r"""Return unit costs where the cost is divided between what a measure avoids.

    Parameters
    ----------
    measures, yearly_cost
        As in :func:`unit_costs`.
    prices : BenefitPrices
        A quantity without a price bears none of the cost.

    Returns
    -------
    pandas.DataFrame
        As :func:`unit_costs` returns it.

    Raises
    ------
    InputDataError
        If a column is missing.

    Notes
    -----
    The share of each quantity is that of its value,
    :math:`s_k = p_k \max(\Delta_k, 0) / \sum_j p_j \max(\Delta_j, 0)` (methods §7.4):
    the shares sum to 1 over the quantities that are reduced and priced.
    """
    values = benefit_lines(measures, prices)[list(REVENUES.values())]
    values.columns = pd.Index(list(REVENUES))
    positive = values.where(values > 0)
    share = positive.div(positive.sum(axis=1), axis=0)
    return _per_unit(measures, share.mul(yearly_cost, axis=0), share.isna())


def _per_unit(
    measures: pd.DataFrame, costs: pd.DataFrame, unpriced: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return costs over the quantities avoided, with reasons."""
    require_columns(measures, [column for column, _ in AVOIDED.values()], "措施")
    found: dict[str, object] = {}
    for name, (column, _) in AVOIDED.items():
        amount = measures[column].astype(float)
        left_out = costs[name].isna() if unpriced is None else unpriced[name]
        reason = np.select(
            [amount.isna(), amount <= 0, left_out, costs[name].isna()],
            [
                f"缺{LABELS[name]}减少量",
                f"{LABELS[name]}减少量不为正，没有单位成本",
                "缺年成本" if unpriced is None else "没有价格，不分摊成本",
                "缺年成本",
            ],
            "",
        )
        cost = costs[name] / amount * CNY_PER_10K
        found[COSTS[name]] = cost.where(reason == "")
        found[f"{name}_reason"] = reason
    return pd.DataFrame(found, index=measures.index)
