"""Process emissions: carbonates, carbon balance of feedstock, oxidised organics."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from synergy_lib.accounting.activity import (
    SWITCHED_OFF,
    Term,
    activity,
    optional_term,
)
from synergy_lib.factors.fuels import CO2_PER_CARBON
from synergy_lib.factors.selection import FactorSet
from synergy_lib.factors.tables import load_factors, resolve_names

__all__ = ["account_solvent_oxidation", "process_terms"]

CARBONATES = ("caco3", "na2co3", "nahco3")
CARBON_BALANCE = ("carbon_in_t", "carbon_out_product_t", "carbon_out_waste_t")


def process_terms(panel: pd.DataFrame, factors: FactorSet) -> dict[str, Term]:
    """Return the CO2 of chemical processes, by source.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year). ``caco3_t``, ``na2co3_t``, ``nahco3_t`` [t of
        pure substance]; ``carbon_in_t``, ``carbon_out_product_t``,
        ``carbon_out_waste_t`` [tC]; ``vocs_oxidised_t`` [t].
    factors : FactorSet
        Stoichiometric factors and the switch for oxidised VOCs.

    Returns
    -------
    dict of str to Term
        One per carbonate, ``carbon_balance`` and ``voc_oxidation``. [tCO2]

    Notes
    -----
    ``Σ AD·EF`` for carbonates; ``(C_in − C_product − C_waste)·44/12`` for feedstock,
    which needs all three figures; ``m·0.60·44/12`` for VOCs of unknown make-up
    (proposed), only if switched on [1]_. A negative balance passes through: it is an
    input error that validation reports.

    References
    ----------
    .. [1] IUPAC for carbonates; GUIDE2013 for the balance; PROJECT for 0.60.
    """
    terms = {}
    for key in CARBONATES:
        used = activity(panel, f"{key}_t")
        terms[key] = optional_term(used * float(factors.process[key]), used.notna())
    carbon_in, product, waste = (activity(panel, name) for name in CARBON_BALANCE)
    is_declared = carbon_in.notna() | product.notna() | waste.notna()
    balance = (carbon_in - product - waste) * CO2_PER_CARBON
    terms["carbon_balance"] = optional_term(balance, is_declared)
    terms["voc_oxidation"] = _voc_oxidation(panel, factors)
    return terms


def account_solvent_oxidation(masses_t: pd.Series | Mapping[str, float]) -> pd.Series:
    """Return the CO2 of solvents oxidised completely, e.g. in an incinerator.

    Parameters
    ----------
    masses_t : pandas.Series or mapping of str to float
        Solvent (id, Chinese or English name) → mass. [t]

    Returns
    -------
    pandas.Series
        Same names; missing stays missing. [tCO2]

    Raises
    ------
    FactorNotFoundError
        If a solvent is not in the table; use ``unknown_mix`` for mixtures.

    Notes
    -----
    ``C = m · cc · 44/12``, here with the tonnes of CO2 per tonne computed from molar
    masses [1]_; at most 3.67 t/t for any organic.

    References
    ----------
    .. [1] IUPAC; PROJECT for the unknown mix.

    Examples
    --------
    >>> account_solvent_oxidation({"甲苯": 2.0, "DCM": 1.0}).tolist()
    [6.686, 0.518]
    """
    masses = pd.Series(masses_t, dtype="float64")
    table = load_factors("solvents").query("quantity == 'co2_per_t'")
    keys = resolve_names(masses.index.map(str), table, "溶剂")
    per_tonne = table.set_index("key")["value"].loc[keys]
    return masses * per_tonne.set_axis(masses.index)


def _voc_oxidation(panel: pd.DataFrame, factors: FactorSet) -> Term:
    """Return the CO2 of VOCs oxidised in incinerators, if it is to be counted."""
    oxidised = activity(panel, "vocs_oxidised_t")
    tonnes = oxidised * factors.voc_carbon_fraction * CO2_PER_CARBON
    term = optional_term(tonnes, oxidised.notna())
    if factors.include_voc_oxidation:
        return term
    basis = term.basis.mask(oxidised.notna(), SWITCHED_OFF)
    return Term(tonnes.mask(oxidised.notna()), basis)
