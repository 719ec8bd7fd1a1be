"""Purchased steam: from tonnes and pressure to heat."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from synergy_lib.factors.tables import load_factors

__all__ = ["SteamHeat", "steam_enthalpy", "steam_to_gj"]

GJ_PER_MJ = 1e-3


class SteamHeat(NamedTuple):
    """Heat of steam, and where its enthalpy had to be assumed.

    Attributes
    ----------
    gj : pandas.Series
        Heat above water of 20 °C. [GJ]
    is_assumed : pandas.Series of bool
        True where no pressure was given and the proposed enthalpy was used.
    """

    gj: pd.Series
    is_assumed: pd.Series


def steam_enthalpy(pressure_mpa: ArrayLike) -> NDArray[np.float64]:
    """Return the enthalpy of saturated steam.

    Parameters
    ----------
    pressure_mpa : array_like
        Absolute pressure; gauge pressure plus 0.1013. [MPa]

    Returns
    -------
    numpy.ndarray
        Same shape; NaN outside 0.2–4.0 MPa and for missing pressure: superheated or
        out-of-range steam needs the supplier's value. [kJ/kg]

    Notes
    -----
    Linear in pressure between the points of the packaged table, which was computed
    with IAPWS-IF97 [1]_.

    References
    ----------
    .. [1] IAPWS97, saturation line.

    Examples
    --------
    >>> steam_enthalpy([1.0, 1.4, 9.0]).tolist()
    [2777.1, 2788.35, nan]
    """
    pressures, enthalpies = _saturation_line()
    asked = np.asarray(pressure_mpa, dtype=float)
    return np.asarray(
        np.interp(asked, pressures, enthalpies, left=np.nan, right=np.nan)
    )


def steam_to_gj(
    mass_t: pd.Series | ArrayLike, pressure_mpa: pd.Series | ArrayLike = np.nan
) -> SteamHeat:
    """Return the heat delivered with steam.

    Parameters
    ----------
    mass_t : pandas.Series or array_like
        Steam. [t]
    pressure_mpa : pandas.Series or array_like, optional
        Absolute pressure, NaN where not given; one value or as many as masses. [MPa]

    Returns
    -------
    SteamHeat
        With the index of ``mass_t``: heat [GJ], NaN where the mass is missing or the
        pressure is outside the table; and the flag of assumed enthalpy.

    Notes
    -----
    ``AD = m · (h − 83.74) / 1000`` with h of :func:`steam_enthalpy`, or 2777 kJ/kg
    (proposed) where no pressure is given [1]_. Returned condensate is not credited.

    References
    ----------
    .. [1] GUIDE2013, steam formula; PROJECT for the assumed enthalpy.

    Examples
    --------
    >>> heat = steam_to_gj([50000, 1000], [1.0, float("nan")])
    >>> heat.gj.round(2).tolist(), heat.is_assumed.tolist()
    ([134668.0, 2693.26], [False, True])
    """
    mass = pd.Series(np.atleast_1d(np.asarray(mass_t, dtype=float)))
    if isinstance(mass_t, pd.Series):
        mass.index = mass_t.index
        if isinstance(pressure_mpa, pd.Series):
            pressure_mpa = pressure_mpa.reindex(mass.index)
    pressure = np.broadcast_to(np.asarray(pressure_mpa, dtype=float), mass.shape)
    assumed = np.isnan(pressure)
    enthalpy = np.where(
        assumed, _constant("unknown_pressure"), steam_enthalpy(pressure)
    )
    heat = mass * (enthalpy - _constant("feedwater")) * GJ_PER_MJ
    return SteamHeat(heat, pd.Series(assumed, index=mass.index))


@cache
def _saturation_line() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return pressures and enthalpies of the packaged table, ascending."""
    table = load_factors("steam")
    line = table[
        (table["factor_set"] == "saturated") & (table["quantity"] == "enthalpy")
    ]
    pressure = np.asarray(line["key"], dtype=np.float64)
    enthalpy = np.asarray(line["value"], dtype=np.float64)
    order = np.argsort(pressure)
    return pressure[order], enthalpy[order]


@cache
def _constant(key: str) -> float:
    """Return one of the single enthalpies of the packaged table."""
    table = load_factors("steam").set_index("key")["value"]
    return float(table[key])
