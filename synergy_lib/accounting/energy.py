"""Energy consumption in tonnes of coal equivalent, calorific value (当量值)."""

from __future__ import annotations

import pandas as pd

from synergy_lib.accounting.activity import activity, carrier, no_energy
from synergy_lib.errors import FactorNotFoundError, Problem
from synergy_lib.factors.fuels import fuel_columns
from synergy_lib.factors.selection import FactorSet

__all__ = ["account_energy", "account_fuels", "sum_of_fuels"]


def account_energy(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return each enterprise's energy consumption by kind.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); the columns of the energy sheet.
    factors : FactorSet
        Coal equivalents.

    Returns
    -------
    pandas.DataFrame
        Same index. ``electricity_tce`` (purchased, plus own photovoltaic used, minus
        exported), ``heat_tce`` (purchased minus exported), ``fuel_tce``,
        ``nonfossil_tce`` (own photovoltaic, green power, other; partly contained in
        electricity) and ``energy_tce``, the total. [tce]

    Raises
    ------
    FactorNotFoundError
        If the panel has a fuel without factors.

    Notes
    -----
    ``E = Σ FC·α + electricity·0.1229 + heat·0.0341`` and other non-fossil energy as
    given [1]_. A carrier without a column is not used by anybody; a missing value
    makes its sum and the total missing; the column of purchased electricity must
    exist for the total. Negative quantities pass through.

    References
    ----------
    .. [1] GBT2589; R7 for the coefficients.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame(
    ...     {"electricity_grid_mwh": 1000.0, "heat_purchased_gj": 100.0}, index=index
    ... )
    >>> account_energy(panel, select_factors([2022])).round(2).iloc[0].tolist()
    [122.9, 3.41, 0.0, 0.0, 126.31]
    """
    electricity_mwh = (
        activity(panel, "electricity_grid_mwh")
        + carrier(panel, "electricity_pv_mwh")
        - carrier(panel, "electricity_export_mwh")
    )
    heat_gj = carrier(panel, "heat_purchased_gj") - carrier(panel, "heat_export_gj")
    nonfossil_mwh = carrier(panel, "electricity_pv_mwh") + carrier(
        panel, "electricity_green_mwh"
    )
    other_tce = carrier(panel, "nonfossil_other_tce")
    electricity_tce = electricity_mwh * factors.electricity_tce_per_mwh
    heat_tce = heat_gj * factors.heat_tce_per_gj
    fuel_tce = sum_of_fuels(panel, factors, "tce_per_unit")
    return pd.DataFrame(
        {
            "electricity_tce": electricity_tce,
            "heat_tce": heat_tce,
            "fuel_tce": fuel_tce,
            "nonfossil_tce": nonfossil_mwh * factors.electricity_tce_per_mwh
            + other_tce,
            "energy_tce": electricity_tce + heat_tce + fuel_tce + other_tce,
        },
        index=panel.index,
    )


def account_fuels(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return heat, coal equivalent and CO2 of every fuel burnt.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year); any fuel columns.
    factors : FactorSet
        Fuel factors.

    Returns
    -------
    pandas.DataFrame
        Index (enterprise_id, year, fuel), one row per fuel column of the panel:
        ``consumption`` [``unit``], ``unit``, ``heat_gj`` [GJ], ``fuel_tce`` [tce],
        ``co2_t`` [tCO2]. Missing stays missing, zero gives zero.

    Raises
    ------
    FactorNotFoundError
        If the panel has a fuel without factors.

    Notes
    -----
    ``C = FC · NCV · CC · OF · 44/12`` [1]_.

    References
    ----------
    .. [1] GUIDE2013; values R6a–R6c.

    Examples
    --------
    >>> from synergy_lib.factors.selection import select_factors
    >>> from synergy_lib.schema import PANEL_INDEX
    >>> index = pd.MultiIndex.from_tuples([("E1", 2022)], names=PANEL_INDEX)
    >>> panel = pd.DataFrame({"natural_gas_10k_nm3": [120.0]}, index=index)
    >>> account_fuels(panel, select_factors([2022]))["co2_t"].round(2).tolist()
    [2594.63]
    """
    fuels = _fuels_of(panel, factors)
    burnt = panel[fuels["panel_column"].tolist()].astype("float64")
    burnt.columns = pd.Index(fuels.index, name="fuel")
    long = pd.DataFrame({"consumption": burnt.stack(future_stack=True)})
    row = fuels.loc[long.index.get_level_values("fuel")].set_axis(long.index)
    return long.assign(
        unit=row["unit"],
        heat_gj=long["consumption"] * row["ncv"],
        fuel_tce=long["consumption"] * row["tce_per_unit"],
        co2_t=long["consumption"] * row["co2_t_per_unit"],
    )


def sum_of_fuels(panel: pd.DataFrame, factors: FactorSet, per_unit: str) -> pd.Series:
    """Return the sum over fuels of consumption times one factor column.

    Zero where the enterprise gave energy figures but the panel has no fuel column,
    missing where a fuel's consumption is missing.
    """
    fuels = _fuels_of(panel, factors)
    total = no_energy(panel)
    for column, factor in zip(fuels["panel_column"], fuels[per_unit], strict=True):
        total = total + activity(panel, column) * factor
    return total


def _fuels_of(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
    """Return the factors of the panel's fuels."""
    names = fuel_columns()
    present = names.index[names["panel_column"].isin(panel.columns)]
    lacking = present.difference(factors.fuels.index)
    if len(lacking):
        raise FactorNotFoundError(
            [Problem("燃料", f"“{fuel}”没有因子") for fuel in lacking]
        )
    return factors.fuels.loc[present]
