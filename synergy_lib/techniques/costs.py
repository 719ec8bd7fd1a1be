"""What the measures cost and save at each enterprise, at the park's prices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.cost_notes import (
    NOTE_COLUMNS,
    PRICE_LABELS,
    economics_explanation,
    economics_note,
)
from synergy_lib.techniques.economics import (
    CNY_PER_10K,
    abatement_cost,
    abatement_cost_reason,
    capital_recovery_factor,
    simple_payback,
)
from synergy_lib.techniques.effects import amount_column
from synergy_lib.techniques.vocabulary import BOUNDS, TARGETS

__all__ = [
    "CARBON_PRICE",
    "PRICES",
    "add_investment_and_saving",
    "add_metrics",
    "check_prices",
]

# Quantity a technique saves → key of its price, and how many priced units a unit has.
PRICES = {
    "electricity_grid_mwh": ("electricity_cny_per_mwh", 1.0),
    "electricity_green_mwh": ("green_power_premium_cny_per_mwh", -1.0),
    "heat_purchased_gj": ("heat_cny_per_gj", 1.0),
    "natural_gas_10k_nm3": ("natural_gas_cny_per_nm3", 10_000.0),
    "bituminous_t": ("bituminous_cny_per_t", 1.0),
    "solvent_fresh_t": ("solvent_cny_per_t", 1.0),
    "water_fresh_m3": ("water_cny_per_m3", 1.0),
    "hazardous_waste_generated_t": ("hazardous_waste_cny_per_t", 1.0),
}
CARBON_PRICE = "carbon_cny_per_t"
DEFAULT_LIFETIME_YEARS = 10.0  # proposal [P], for measures outside the catalogue
# Columns that only carry reasons from one step to the next.
WORKING = ["capex_note", "missing_prices", "saving_gap", "size_note", "opex_fraction"]


def check_prices(prices: Mapping[str, float]) -> dict[str, float]:
    """Return the prices, or say which key or value is wrong.

    Raises
    ------
    ParameterError
        If a key is unknown or a price is not a finite number; all of them at once.
    """
    known = [*PRICE_LABELS, CARBON_PRICE]
    problems = [
        Problem(f"prices {key}", "没有这个价格", "、".join(known), nearest(key, known))
        for key in prices
        if key not in known
    ]
    problems += [
        Problem(f"prices {key}", f"{value} 不是有效价格", "数字")
        for key, value in prices.items()
        if not np.isfinite(value)
    ]
    if problems:
        raise ParameterError(problems)
    return dict(prices)


def add_investment_and_saving(
    table: pd.DataFrame, catalogue: Catalogue, prices: Mapping[str, float]
) -> pd.DataFrame:
    """Add what a catalogue measure costs and saves a year, or why that is unknown.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per enterprise and technique, with effects and ``project_size``.
    catalogue : Catalogue
    prices : mapping of str to float
        Keys of :data:`PRICES`, checked.

    Returns
    -------
    pandas.DataFrame
        With ``investment_<bound>_10k_cny, annual_saving_<bound>_10k_cny``,
        ``investment_origin`` and the working columns that the notes are made of.

    Notes
    -----
    Investment = unit investment · max(project size, smallest size built). Saving =
    Σ quantity · price − running cost (methods §7.4), running cost = fraction ·
    investment at its mode; low takes every quantity at its unfavourable end. A
    technique without a unit investment has no running cost deducted.
    """
    table = _with_investment(table, catalogue)
    gross, missing, gap = _gross_savings(table, catalogue, prices)
    running = (table["investment_mode_10k_cny"] * table["opex_fraction"]).fillna(0)
    savings = {
        f"annual_saving_{bound}_10k_cny": (-running + gross[bound]).where(gap == "")
        for bound in BOUNDS
    }
    return table.assign(**savings, missing_prices=missing, saving_gap=gap)


def add_metrics(
    table: pd.DataFrame, discount_rate: float, carbon_price: float
) -> pd.DataFrame:
    """Add payback, abatement cost, net benefit, and the notes on what is missing.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`add_investment_and_saving` returns it, plans included.
    discount_rate : float
        [1/a]
    carbon_price : float
        [元/t]; NaN if there is none.
    """
    columns = {}
    for bound, other in zip(BOUNDS, reversed(BOUNDS), strict=True):
        pairs = zip(
            table[f"investment_{bound}_10k_cny"],
            table[f"annual_saving_{other}_10k_cny"],
            strict=True,
        )
        columns[f"payback_{bound}_years"] = [simple_payback(i, a) for i, a in pairs]
    investment = table["investment_mode_10k_cny"]
    saving = table["annual_saving_mode_10k_cny"]
    reduction = table["co2e_mode_t"]
    life = table["lifetime_years"].fillna(DEFAULT_LIFETIME_YEARS)
    recovery = np.array([capital_recovery_factor(discount_rate, n) for n in life])
    cases = [
        (i, a, c, discount_rate, n)
        for i, a, c, n in zip(investment, saving, reduction, life, strict=True)
    ]
    reasons = [abatement_cost_reason(*case) for case in cases]
    known = table.assign(**columns, abatement_reason=reasons, lifetime_years=life)
    rows = known[list(NOTE_COLUMNS)].to_dict("records")
    return table.drop(columns=WORKING).assign(
        **columns,
        abatement_cost_cny_per_t=[abatement_cost(*case) for case in cases],
        net_benefit_10k_cny=saving - investment * recovery,
        carbon_value_10k_cny=reduction * carbon_price / CNY_PER_10K,
        economics_note=[economics_note(row, "zh") for row in rows],
        economics_note_en=[economics_note(row, "en") for row in rows],
        economics_explanation=[economics_explanation(row) for row in rows],
    )


def _with_investment(table: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Add the investment where the catalogue has a range for it."""
    technique = table["technique_id"]
    known = catalogue.techniques
    smallest = technique.map(known["capex_minimum_size"])
    size = table["project_size"]
    counted = size.mask(size < smallest, smallest)
    columns: dict[str, pd.Series] = {
        f"investment_{bound}_10k_cny": counted * technique.map(known[f"capex_{bound}"])
        for bound in BOUNDS
    }
    has_range = columns["investment_mode_10k_cny"].notna()
    return table.assign(
        **columns,
        opex_fraction=technique.map(known["opex_fraction"]),
        investment_origin=has_range.map({True: "catalogue", False: ""}),
        capex_note=technique.map(known["capex_note"]),
        size_note=(size < smallest).map(
            {True: "不足最小规模，按最小规模计", False: ""}
        ),
    )


def _gross_savings(
    table: pd.DataFrame, catalogue: Catalogue, prices: Mapping[str, float]
) -> tuple[dict[str, np.ndarray], list[str], pd.Series]:
    """Return quantities times prices, the prices missing, and why there is none."""
    savings = {bound: np.zeros(len(table)) for bound in BOUNDS}
    counted = np.zeros(len(table), dtype=bool)
    missing: list[list[str]] = [[] for _ in range(len(table))]
    for target, (key, units) in PRICES.items():
        stem, unit = TARGETS[target]
        touched = table[amount_column(stem, "mode", unit)].fillna(0).to_numpy() != 0
        counted |= touched
        if key not in prices:
            for place in np.flatnonzero(touched):
                missing[place].append(key)
        for bound in BOUNDS:
            amount = table[amount_column(stem, bound, unit)].to_numpy()
            value = amount * units * prices.get(key, np.nan) / CNY_PER_10K
            savings[bound] = savings[bound] + np.where(touched, value, 0.0)
    # a negative price reverses low and high
    ascending = np.sort(np.array(list(savings.values())), axis=0)
    gap = table["technique_id"].map(catalogue.techniques["saving_gap"])
    gap = gap.mask((gap == "") & ~counted, "nothing_priced")
    gap = gap.mask(table["status"] != "estimated", "not_estimated")
    keys = [";".join(part) for part in missing]
    return dict(zip(BOUNDS, ascending, strict=True)), keys, gap
