"""Energy, carbon and pollutants of each enterprise and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from synergy_lib.factors.selection import FactorSet

__all__ = ["account_panel"]


def account_panel(
    panel: pd.DataFrame,
    factors: FactorSet,
    *,
    carbon_basis: Literal["calculated", "reported"] = "calculated",
    energy_basis: Literal["calculated", "reported"] = "calculated",
) -> pd.DataFrame:
    """Return all accounts of a panel, calculated or as disclosed.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year), with derived columns.
    factors : FactorSet
    carbon_basis, energy_basis : {"calculated", "reported"}
        Calculated from activity data, or taken from what enterprises disclosed.

    Returns
    -------
    pandas.DataFrame
        Same index; the columns of :func:`account_energy`, :func:`account_carbon`
        (or the disclosed ones) and :func:`account_pollutants`.
    """
    import pandas as pd

    from synergy_lib.accounting.carbon import account_carbon
    from synergy_lib.accounting.derived import disclosed_carbon, disclosed_energy
    from synergy_lib.accounting.energy import account_energy
    from synergy_lib.accounting.pollutants import account_pollutants

    energy = (
        account_energy(panel, factors)
        if energy_basis == "calculated"
        else disclosed_energy(panel)
    )
    carbon = (
        account_carbon(panel, factors)
        if carbon_basis == "calculated"
        else disclosed_carbon(panel)
    )
    return pd.concat([energy, carbon, account_pollutants(panel, factors)], axis=1)
