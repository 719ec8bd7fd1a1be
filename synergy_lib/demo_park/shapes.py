"""Shapes of invented series: enterprises × years, spread around a typical value."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["around", "between", "share_around", "whole"]


def around(
    typical: pd.Series | float,
    quality: pd.DataFrame,
    rng: np.random.Generator,
    *,
    slope: float,
    firm_sd: float = 0.15,
    year_sd: float = 0.03,
) -> pd.DataFrame:
    """Return positive amounts spread log-normally around a typical value.

    Parameters
    ----------
    typical : pandas.Series or float
        Median by enterprise, in the unit of the result.
    quality : pandas.DataFrame, shape (n_enterprises, n_years)
        Performance in standard deviations. [-]
    rng : numpy.random.Generator
        Source of the deviations.
    slope : float
        Change of the logarithm for one standard deviation of performance; negative
        where less is better. [-]
    firm_sd, year_sd : float
        Standard deviation of an enterprise's own level and of single years, in
        logarithms. [-]

    Returns
    -------
    pandas.DataFrame, shape (n_enterprises, n_years)
        typical · exp(slope · quality + deviations), in the unit of ``typical``.
    """
    base = np.broadcast_to(np.asarray(typical, dtype="float64"), len(quality))
    deviation = _deviations(quality, rng, firm_sd, year_sd)
    return pd.DataFrame(
        base[:, None] * np.exp(slope * quality.to_numpy() + deviation),
        index=quality.index,
        columns=quality.columns,
    )


def share_around(
    typical: pd.Series | float,
    quality: pd.DataFrame,
    rng: np.random.Generator,
    *,
    slope: float,
    firm_sd: float = 0.3,
    year_sd: float = 0.06,
) -> pd.DataFrame:
    """Return shares in (0, 1), spread logistically around a typical share.

    Parameters are those of :func:`around`; slope and deviations are in logits. A
    typical share of 0 stays 0.
    """
    base = np.broadcast_to(np.asarray(typical, dtype="float64"), len(quality))
    safe = np.clip(base, 1e-9, 1 - 1e-9)
    logit = np.log(safe / (1 - safe))[:, None]
    deviation = _deviations(quality, rng, firm_sd, year_sd)
    share = 1 / (1 + np.exp(-(logit + slope * quality.to_numpy() + deviation)))
    share = np.where(base[:, None] > 0, share, 0.0)
    return pd.DataFrame(share, index=quality.index, columns=quality.columns)


def between(
    frame: pd.DataFrame, low: float | None = None, high: float | None = None
) -> pd.DataFrame:
    """Return a frame kept within physical limits, in its own unit."""
    return frame.clip(lower=low, upper=high)


def whole(frame: pd.DataFrame, low: float = 0.0) -> pd.DataFrame:
    """Return a frame rounded to whole numbers not below a limit, in its own unit."""
    return frame.round(0).clip(lower=low)


def _deviations(
    quality: pd.DataFrame, rng: np.random.Generator, firm_sd: float, year_sd: float
) -> np.ndarray:
    """Draw an enterprise's own level plus the scatter of single years."""
    own = rng.standard_normal((len(quality), 1)) * firm_sd
    yearly = rng.standard_normal(quality.shape) * year_sd
    return np.asarray(own + yearly)
