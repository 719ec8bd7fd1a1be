"""Straight lines through many equally long series at once, and their errors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synergy_lib.trends.series import Floats

__all__ = ["LineFit", "glsar", "huber", "least_squares"]

# Of the sum of squared values: what rounding leaves of residuals that are zero.
ROUNDING = 1e-24
HUBER_CONSTANT = 1.345
MAD_OF_NORMAL = float(stats.norm.ppf(0.75))
# Of the scatter about the line of least squares: a robust scale on its way to zero.
NO_SCALE = 1e-6
# Closer to one the level of the line is lost among the errors.
LARGEST_RHO = 0.99
MOST_STEPS = 500
CONVERGED = 1e-10


@dataclass(frozen=True)
class LineFit:
    """Lines :math:`y = level + slope (t - centre)`, one a row.

    ``residual_sd`` is the standard deviation of the residuals, the robust scale of
    :func:`huber`; ``squared_years`` is the sum of squared deviations of the years;
    ``is_exact`` says that nothing but rounding is left; ``rho`` is the autocorrelation
    of the errors where it was fitted.
    """

    level: Floats
    slope: Floats
    centre: Floats
    slope_error: Floats
    residual_sd: Floats
    squared_years: Floats
    residuals: Floats
    df: int
    is_exact: NDArray[np.bool_]
    rho: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def squared_residuals(self) -> Floats:
        """Sum of squared residuals of each row."""
        total: Floats = (self.residuals**2).sum(axis=1)
        return total

    @property
    def durbin_watson(self) -> Floats:
        """Durbin–Watson statistic, about 2 without autocorrelation; NaN if exact."""
        steps = (np.diff(self.residuals, axis=1) ** 2).sum(axis=1)
        ratio = np.full(len(steps), np.nan)
        np.divide(steps, self.squared_residuals, out=ratio, where=~self.is_exact)
        return ratio


def least_squares(values: Floats, years: Floats) -> LineFit:
    """Return the lines of least squares.

    Parameters
    ----------
    values, years : numpy.ndarray, shape (n_series, n)
        Without gaps; n ≥ 2. With n = 2 the errors are NaN.
    """
    n = values.shape[1]
    centre, level = years.mean(axis=1), values.mean(axis=1)
    x, y = years - centre[:, None], values - level[:, None]
    squared_years = (x**2).sum(axis=1)
    slope = np.full(len(values), np.nan)
    np.divide((x * y).sum(axis=1), squared_years, out=slope, where=squared_years > 0)
    residuals = y - slope[:, None] * x
    total = (residuals**2).sum(axis=1)
    is_exact = total <= ROUNDING * (values**2).sum(axis=1)
    sd = np.sqrt(total / (n - 2)) if n > 2 else np.full(len(values), np.nan)
    return LineFit(
        level=level,
        slope=slope,
        centre=centre,
        slope_error=sd / np.where(squared_years > 0, squared_years, np.nan) ** 0.5,
        residual_sd=sd,
        squared_years=squared_years,
        residuals=residuals,
        df=n - 2,
        is_exact=is_exact,
    )


def glsar(values: Floats, years: Floats) -> LineFit:
    r"""Return lines with errors that follow the error of the year before.

    Parameters
    ----------
    values, years : numpy.ndarray, shape (n_series, n)
        Years one apart, n ≥ 4.

    Returns
    -------
    LineFit
        With ``rho``; NaN where no autocorrelation below 0.99 in size was found.

    Notes
    -----
    Feasible generalised least squares: :math:`\rho` from the residuals by Yule–Walker
    (autocovariances with denominators n and n − 1), then least squares of
    :math:`y_t - \rho y_{t-1}` on :math:`t - \rho (t-1)`, until :math:`\rho` no longer
    changes. The first year is lost: n − 3 degrees of freedom. ``GLSAR.iterative_fit``
    of statsmodels takes the mean of the residuals off first, though the errors of the
    model have none: with 10 years slopes differ by up to a fifth of their error.
    """
    n = values.shape[1]
    plain = least_squares(values, years)
    x = years - plain.centre[:, None]
    residuals, rho = plain.residuals, np.zeros(len(values))
    for _ in range(MOST_STEPS):
        before, rho = rho, _first_autocorrelation(residuals)
        white = _whitened(values, x, rho)
        level = _level(white, rho)
        residuals = values - level[:, None] - white.slope[:, None] * x
        if np.all((np.abs(rho - before) < CONVERGED) | ~(np.abs(rho) < LARGEST_RHO)):
            break
    settled = np.abs(rho - before) < 1e-6
    lost = ~(settled & (np.abs(rho) < LARGEST_RHO)) | plain.is_exact
    return LineFit(
        level=np.where(lost, np.nan, level),
        slope=np.where(lost, np.nan, white.slope),
        centre=plain.centre,
        slope_error=np.where(lost, np.nan, white.slope_error),
        residual_sd=np.where(lost, np.nan, white.residual_sd),
        squared_years=white.squared_years,
        residuals=residuals,
        df=n - 3,
        is_exact=plain.is_exact,
        rho=np.where(lost, np.nan, rho),
    )


def _first_autocorrelation(residuals: Floats) -> Floats:
    """Return the Yule–Walker estimate of lag one; zero without residuals."""
    n = residuals.shape[1]
    lag = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1) / (n - 1)
    power = (residuals**2).sum(axis=1) / n
    share = np.zeros(len(residuals))
    np.divide(lag, power, out=share, where=power > 0)
    return share


def _whitened(values: Floats, x: Floats, rho: Floats) -> LineFit:
    """Return the fit of what is new in each year."""
    share = rho[:, None]
    return least_squares(
        values[:, 1:] - share * values[:, :-1], x[:, 1:] - share * x[:, :-1]
    )


def _level(white: LineFit, rho: Floats) -> Floats:
    """Return the level at the centre that belongs to a fit of whitened values."""
    level = np.full(len(rho), np.nan)
    intercept = white.level - white.slope * white.centre
    np.divide(intercept, 1 - rho, out=level, where=rho != 1)
    return level


def huber(values: Floats, years: Floats) -> LineFit:
    r"""Return lines that outliers move little.

    Parameters
    ----------
    values, years : numpy.ndarray, shape (n_series, n)
        Without gaps; n ≥ 3.

    Returns
    -------
    LineFit
        ``is_exact`` also where more than half of the years lie on the line, so that
        there is no scale to call an outlier by.

    Notes
    -----
    Huber's M-estimate with constant 1.345 by iterated weights, scale = median
    absolute residual / 0.6745. Error of the slope: :math:`\kappa^2
    \frac{\sum \psi^2 s^2/(n-2)}{\overline{\psi'}^2} / \sum (t-\bar t)^2` with
    :math:`\kappa = 1 + \frac{2}{n} \mathrm{var}(\psi')/\overline{\psi'}^2` (Huber 1981,
    p. 173, as ``H1`` of statsmodels).
    """
    plain = least_squares(values, years)
    x, count = years - plain.centre[:, None], values.shape[1]
    level, slope, residuals = plain.level, plain.slope, plain.residuals
    for _ in range(MOST_STEPS):
        weights = _huber_weights(residuals, _robust_scale(residuals))
        before = np.stack([level, slope * np.sqrt(plain.squared_years)])
        level, slope = _weighted_line(values, x, weights)
        residuals = values - level[:, None] - slope[:, None] * x
        change = np.abs(
            np.stack([level, slope * np.sqrt(plain.squared_years)]) - before
        )
        if np.all(change <= CONVERGED * (1 + np.abs(before))):
            break
    scale = _robust_scale(residuals)
    is_exact = plain.is_exact | (scale <= NO_SCALE * plain.residual_sd)
    inside = np.abs(residuals) <= HUBER_CONSTANT * scale[:, None]
    psi = _huber_weights(residuals, scale) * residuals
    share = inside.mean(axis=1)
    kappa = 1 + 2 / count * inside.var(axis=1) / share**2
    variance = kappa**2 * (psi**2).sum(axis=1) / (count - 2) / share**2
    return LineFit(
        level=level,
        slope=slope,
        centre=plain.centre,
        slope_error=np.sqrt(variance / plain.squared_years),
        residual_sd=scale,
        squared_years=plain.squared_years,
        residuals=residuals,
        df=count - 2,
        is_exact=is_exact,
    )


def _robust_scale(residuals: Floats) -> Floats:
    scale: Floats = np.median(np.abs(residuals), axis=1) / MAD_OF_NORMAL
    return scale


def _huber_weights(residuals: Floats, scale: Floats) -> Floats:
    """Return one for small residuals, and less the larger they are."""
    size = np.abs(residuals)
    bound = np.broadcast_to(HUBER_CONSTANT * scale[:, None], size.shape)
    weights = np.ones(size.shape)
    np.divide(bound, size, out=weights, where=size > bound)
    return weights


def _weighted_line(values: Floats, x: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return level (at x = 0) and slope of weighted least squares.

    A row all of whose weights are zero but one has no slope of its own: weights get a
    floor far below any that matters.
    """
    weights = np.maximum(weights, 1e-12)
    total = weights.sum(axis=1)
    centre = (weights * x).sum(axis=1) / total
    middle = (weights * values).sum(axis=1) / total
    apart = x - centre[:, None]
    slope = (weights * apart * (values - middle[:, None])).sum(axis=1)
    slope = slope / (weights * apart**2).sum(axis=1)
    return middle - slope * centre, slope
