"""Methane and nitrous oxide of wastewater treated on site."""

from __future__ import annotations

import pandas as pd

from synergy_lib.accounting.activity import Term, activity, amount, optional_term
from synergy_lib.factors.selection import FactorSet

__all__ = ["account_wastewater", "wastewater_terms"]

KG_PER_M3_PER_MG_L = 1e-3
T_PER_KG = 1e-3
N2O_PER_N = 44 / 28  # molar masses


def account_wastewater(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return the gases that leave on-site wastewater treatment.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year). ``wastewater_m3`` [m3]; ``cod_in_mg_l``,
        ``cod_out_mg_l``, ``tn_in_mg_l``, ``tn_out_mg_l`` [mg/L];
        ``anaerobic_share`` [-]; ``ch4_recovered_kg`` [kg].
    factors : FactorSet
        ``wastewater`` factors.

    Returns
    -------
    pandas.DataFrame
        Same index: ``ch4_kg`` [kg] after recovery and ``n2o_kg`` [kg]. Missing where
        a figure is missing.

    Notes
    -----
    ``CH4 = Q·(COD_in − COD_out)/1000 · Bo · MCF − R`` with
    ``MCF = share·0.8 + (1 − share)·0``; ``N2O = Q·(TN_in − TN_out)/1000 · EF · 44/28``
    [1]_. COD leaving with sludge is not deducted. No recovery given means none. A
    recovery above what forms gives a negative amount, which is kept. CO2 from COD is
    biogenic and stays out.

    References
    ----------
    .. [1] IPCC2006, volume 5, chapter 6.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> panel = pd.DataFrame(
    ...     {"wastewater_m3": [1e5], "cod_in_mg_l": [5500.0], "cod_out_mg_l": [500.0],
    ...      "anaerobic_share": [0.5]}
    ... )
    >>> account_wastewater(panel, select_factors([2022]))["ch4_kg"].tolist()
    [50000.0]
    """
    water = activity(panel, "wastewater_m3") * KG_PER_M3_PER_MG_L
    cod_kg = water * (activity(panel, "cod_in_mg_l") - activity(panel, "cod_out_mg_l"))
    tn_kg = water * (activity(panel, "tn_in_mg_l") - activity(panel, "tn_out_mg_l"))
    factor = factors.wastewater
    share = activity(panel, "anaerobic_share")
    correction = share * float(factor["mcf_anaerobic"]) + (1 - share) * float(
        factor["mcf_aerobic"]
    )
    formed = amount(correction * float(factor["bo"]), cod_kg)
    recovered = activity(panel, "ch4_recovered_kg").fillna(0.0)
    return pd.DataFrame(
        {
            "ch4_kg": formed - recovered,
            "n2o_kg": tn_kg * float(factor["n2o"]) * N2O_PER_N,
        }
    )


def wastewater_terms(panel: pd.DataFrame, factors: FactorSet) -> dict[str, Term]:
    """Return the greenhouse gases of wastewater in tCO2e, by gas.

    Methane counts as declared where the anaerobic share, or recovered methane, is
    given; nitrous oxide where inlet nitrogen is. Flow and COD alone are asked for
    other reasons and declare nothing.

    Returns
    -------
    dict of str to Term
        ``wastewater_ch4`` and ``wastewater_n2o``. [tCO2e]
    """
    gases = account_wastewater(panel, factors)
    declares_ch4 = activity(panel, "anaerobic_share").notna() | (
        activity(panel, "ch4_recovered_kg") > 0
    )
    declares_n2o = activity(panel, "tn_in_mg_l").notna()
    return {
        "wastewater_ch4": optional_term(
            gases["ch4_kg"] * T_PER_KG * factors.gwp["ch4"], declares_ch4
        ),
        "wastewater_n2o": optional_term(
            gases["n2o_kg"] * T_PER_KG * factors.gwp["n2o"], declares_n2o
        ),
    }
