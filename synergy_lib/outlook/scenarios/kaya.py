"""Carbon emissions of the years to come as a product of what drives them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.distributions import pert_quantile
from synergy_lib.errors import MethodError, Problem
from synergy_lib.outlook.scenarios.rates import BOUNDS, RATES

__all__ = ["draw_paths", "emission_growth", "kaya_path", "likely_path"]

Floats = npt.NDArray[np.float64]


def kaya_path(
    value_added: float,
    energy_intensity: float,
    carbon_factor: float,
    growth: npt.ArrayLike,
    intensity_cut: npt.ArrayLike,
    factor_cut: npt.ArrayLike,
    reductions: npt.ArrayLike = 0.0,
) -> pd.DataFrame:
    r"""Return the drivers and the emission, year by year.

    Parameters
    ----------
    value_added, energy_intensity, carbon_factor : float
        Of the year 0, all above zero [万元, tce/万元, tCO2e/tce].
    growth, intensity_cut, factor_cut : array_like, shape (n_years,)
        Yearly rates of the years 1 … n [1/a].
    reductions : array_like
        Of measures that are in none of the rates, in the years 1 … n [tCO2e].

    Returns
    -------
    pandas.DataFrame
        Index 0 … n; ``value_added, energy_intensity, carbon_factor, emission``.

    Raises
    ------
    MethodError
        If a start is not above zero, or a factor would become zero or negative.

    Notes
    -----
    :math:`C_t = VA_0 \prod(1+g_\tau) \cdot e_0 \prod(1-a_\tau) \cdot
    f_0 \prod(1-b_\tau) - M_t` (methods §6.9, after the model of S002).

    Examples
    --------
    >>> path = kaya_path(100, 0.6, 2.2, [0.06] * 10, [0.045] * 10, [0.02] * 10)
    >>> path.loc[[0, 1, 5, 10], "emission"].round(3).tolist()
    [132.0, 130.951, 126.838, 121.878]
    """
    starts = np.array([value_added, energy_intensity, carbon_factor], dtype=np.float64)
    if not (starts > 0).all():
        what = f"起点数值须大于零，现为 {', '.join(f'{v:g}' for v in starts)}"
        raise MethodError(Problem("情景起点", what))
    g, a, b = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(r, float))
            for r in (growth, intensity_cut, factor_cut)
        )
    )
    steps = np.array([1 + g, 1 - a, 1 - b])
    if not (steps > 0).all():
        raise MethodError(Problem("情景参数", "增长率须大于−1，下降率须小于1"))
    factors = np.cumprod(np.column_stack([np.ones(3), steps]), axis=1) * starts[:, None]
    saved = np.broadcast_to(np.asarray(reductions, dtype=np.float64), g.shape)
    names = ["value_added", "energy_intensity", "carbon_factor"]
    table = pd.DataFrame(factors.T, columns=names)
    return table.assign(emission=factors.prod(axis=0) - np.append(0.0, saved))


def emission_growth(
    growth: npt.ArrayLike, intensity_cut: npt.ArrayLike, factor_cut: npt.ArrayLike
) -> Floats:
    """Return the yearly growth of the emission; at or below zero is the peak condition.

    Notes
    -----
    (1 + g)(1 − a)(1 − b) − 1 [1/a].

    Examples
    --------
    >>> float(emission_growth(0.06, 0.045, 0.02).round(6))
    -0.007946
    """
    g, a, b = (np.asarray(rate, float) for rate in (growth, intensity_cut, factor_cut))
    return np.asarray((1 + g) * (1 - a) * (1 - b) - 1)


def draw_paths(
    start: float,
    rates: pd.DataFrame,
    reductions: pd.DataFrame,
    probabilities: Floats,
) -> Floats:
    """Return emission paths, one row a draw.

    Parameters
    ----------
    start : float
        Emission of the year before the first of ``rates`` [tCO2e], above zero.
    rates : pandas.DataFrame
        From :func:`~synergy_lib.outlook.scenarios.rates.yearly_rates`.
    reductions : pandas.DataFrame
        Same index; ``low, mode, high`` [tCO2e].
    probabilities : numpy.ndarray, shape (n_draws, 4)
        In 0–1: of the three rates, in the order of
        :data:`~synergy_lib.outlook.scenarios.rates.RATES`, and of the reductions.

    Returns
    -------
    numpy.ndarray, shape (n_draws, n_years)
        Emission [tCO2e]; below zero where the reductions exceed it.

    Notes
    -----
    Each draw takes the same quantile of a rate's PERT distribution in all years:
    what is not known is the park's pace, and that does not average out over time. The
    three rates and the reductions vary independently [P].
    """
    total = np.full((len(probabilities), len(rates)), float(start))
    for column, (rate, (_, sign)) in enumerate(RATES.items()):
        drawn = _quantiles(pd.DataFrame(rates[rate]), probabilities[:, column])
        total *= np.cumprod(1 + sign * drawn, axis=1)
    return total - _quantiles(reductions, probabilities[:, len(RATES)])


def likely_path(
    start: float, rates: pd.DataFrame, reductions: pd.DataFrame, **bounds: str
) -> Floats:
    """Return the path at the likeliest value of everything, shape (n_years,).

    ``bounds`` names a rate that takes its ``low`` or ``high`` instead.
    """
    path = np.full(len(rates), float(start))
    for rate, (_, sign) in RATES.items():
        chosen = rates[(rate, bounds.get(rate, "mode"))].to_numpy(dtype=float)
        path *= np.cumprod(1 + sign * chosen)
    return np.asarray(path - reductions["mode"].to_numpy(dtype=float))


def _quantiles(triples: pd.DataFrame, probability: Floats) -> Floats:
    """Return PERT quantiles, shape (n_draws, n_years), each triple computed once."""
    values = triples[list(BOUNDS)].to_numpy(dtype=float)
    distinct, place = np.unique(values, axis=0, return_inverse=True)
    low, mode, high = distinct.T[:, :, np.newaxis]
    drawn = pert_quantile(low, mode, high, probability[np.newaxis, :])
    return np.asarray(drawn[place.ravel()].T)
