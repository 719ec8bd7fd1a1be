"""Lines by least squares, with autocorrelated errors, and robust."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from statsmodels.regression.linear_model import GLSAR, OLS, yule_walker
from statsmodels.robust.norms import HuberT
from statsmodels.robust.robust_linear_model import RLM
from statsmodels.stats.stattools import durbin_watson

from synergy_lib.trends.linear_fits import glsar, huber, least_squares

VALUES = arrays.arrays(
    float, 12, elements=st.floats(-100, 100).map(lambda x: round(x, 3))
)
# Telephone calls in Belgium [10^6], 1950–1973, some years recorded as minutes:
# Rousseeuw & Leroy 1987, as ``phones`` in R's MASS.
CALLS = [
    *(4.4, 4.7, 4.7, 5.9, 6.6, 7.3, 8.1, 8.8, 10.6, 12.0, 13.5, 14.9),
    *(16.1, 21.2, 119.0, 124.0, 142.0, 159.0, 182.0, 212.0, 43.0, 24.0, 27.0, 29.0),
]


def rows(values, start=2000):
    values = np.atleast_2d(np.asarray(values, dtype=float))
    return values, np.broadcast_to(
        np.arange(start, start + values.shape[1]) * 1.0, values.shape
    )


@given(VALUES)
def test_least_squares_equals_scipy(values):
    fit = least_squares(*rows(values))
    expected = stats.linregress(np.arange(2000, 2012), values)
    close = {"rel": 1e-8, "abs": 1e-6}
    assert fit.slope[0] == pytest.approx(expected.slope, **close)
    if not fit.is_exact[0]:
        assert fit.slope_error[0] == pytest.approx(expected.stderr, **close)
    at_zero = fit.level[0] - fit.slope[0] * fit.centre[0]
    assert at_zero == pytest.approx(expected.intercept, rel=1e-8, abs=1e-3)


def test_huber_telephone_calls_of_belgium():
    """MASS summary.rlm: −102.622, 2.041 (0.429), scale 9.03.

    It stops at changes of 1e-4, which leaves 0.0018 to go in the slope: iterated as
    far, the weights here give −102.6227, 2.0414 and 9.032.
    """
    fit = huber(*rows(CALLS, 50))
    assert fit.slope[0] == pytest.approx(2.041, abs=0.002)
    assert fit.level[0] - 61.5 * fit.slope[0] == pytest.approx(-102.622, abs=0.11)
    assert fit.residual_sd[0] == pytest.approx(9.03, abs=0.03)
    # its variance of ψ' has n − 1 below, here n: half a percent
    assert fit.slope_error[0] == pytest.approx(0.429, rel=0.01)


def test_huber_without_outliers_is_least_squares():
    values = np.array([1.0, 2.1, 2.9, 4.1, 4.9, 6.1, 6.9, 8.1])
    robust, plain = huber(*rows(values)), least_squares(*rows(values))
    assert robust.slope[0] == pytest.approx(plain.slope[0], abs=0.01)


def test_huber_one_outlier_hardly_moves_the_slope():
    values = np.array([1.0, 2.1, 2.9, 4.1, 4.9, 6.1, 6.9, 800.0])
    assert huber(*rows(values)).slope[0] == pytest.approx(1.0, abs=0.1)
    assert least_squares(*rows(values)).slope[0] > 50


def test_huber_more_than_half_on_the_line_is_exact():
    fit = huber(*rows([1.0, 2.0, 3.0, 4.0, 5.0, 9.0]))
    assert fit.is_exact.tolist() == [True]
    assert fit.slope[0] == pytest.approx(1.0, abs=1e-6)


@given(VALUES, st.floats(-5, 5))
def test_huber_follows_an_added_trend(values, trend):
    values = values + np.random.default_rng(0).normal(0, 1, 12)
    plain = huber(*rows(values)).slope[0]
    tilted = huber(*rows(values + trend * np.arange(12))).slope[0]
    assert tilted == pytest.approx(plain + trend, abs=1e-5)


def test_glsar_is_the_fixed_point_of_its_two_steps():
    """Residuals give ρ, ρ gives the line, the line gives the residuals."""
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1, (40, 20))
    for year in range(1, 20):
        noise[:, year] += 0.5 * noise[:, year - 1]
    values, years = rows(noise + 0.3 * np.arange(20))
    fit = glsar(values, years)
    settled = ~np.isnan(fit.rho)
    assert settled.sum() >= 35
    for k in np.flatnonzero(settled):
        y, x, rho = values[k], years[k] - years[k].mean(), fit.rho[k]
        design = np.column_stack([np.ones(20), x])
        white = design[1:] - rho * design[:-1]
        found = np.linalg.lstsq(white, y[1:] - rho * y[:-1], rcond=None)[0]
        np.testing.assert_allclose([fit.level[k], fit.slope[k]], found, rtol=1e-6)
        left = y - design @ found
        lag = (left[1:] * left[:-1]).sum() / 19 / ((left**2).sum() / 20)
        assert lag == pytest.approx(rho, abs=1e-6)
        new = y[1:] - rho * y[:-1] - white @ found
        variance = (new**2).sum() / 17 * np.linalg.inv(white.T @ white)[1, 1]
        assert fit.slope_error[k] == pytest.approx(variance**0.5, rel=1e-6)


def test_glsar_interval_holds_more_often_than_that_of_least_squares():
    """With ρ = 0.5 a nominal 90 % interval: 400 series, standard error 2 %."""
    rng = np.random.default_rng(6)
    noise = rng.normal(0, 1, (400, 20))
    for year in range(1, 20):
        noise[:, year] += 0.5 * noise[:, year - 1]
    values, years = rows(noise)

    def held(fit):
        reach = stats.t.ppf(0.95, fit.df) * fit.slope_error
        return np.nanmean(np.abs(fit.slope) <= reach)

    assert held(least_squares(values, years)) < held(glsar(values, years)) < 0.92


def test_durbin_watson_of_alternating_and_of_persistent_residuals():
    alternating = least_squares(*rows([1.0, -1, 1, -1, 1, -1, 1, -1]))
    persistent = least_squares(*rows([0.0, 0, 0, 1, 1, 1, 0, 0]))
    assert alternating.durbin_watson[0] > 3
    assert persistent.durbin_watson[0] < 1.5
    assert np.isnan(least_squares(*rows([1.0, 2, 3, 4])).durbin_watson[0])


# --- statsmodels ------------------------------------------------------------------


def persistent(n, rho=0.5, series=40, seed=5):
    """Return lines of slope 0.3 with errors that follow the year before."""
    noise = np.random.default_rng(seed).normal(0, 1, (series, n))
    for year in range(1, n):
        noise[:, year] += rho * noise[:, year - 1]
    return rows(noise + 0.3 * np.arange(n))


def design(years):
    return np.column_stack([np.ones(len(years)), years - years.mean()])


@pytest.mark.parametrize("n", [7, 12, 30])
def test_least_squares_equals_statsmodels(n):
    values, years = persistent(n)
    fit = least_squares(values, years)
    for k, (y, t) in enumerate(zip(values, years, strict=True)):
        theirs = OLS(y, design(t)).fit()
        found = [fit.level[k], fit.slope[k], fit.slope_error[k], fit.residual_sd[k]]
        expected = [*theirs.params, theirs.bse[1], theirs.scale**0.5]
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
        watson = durbin_watson(theirs.resid)
        assert fit.durbin_watson[k] == pytest.approx(watson, rel=1e-10)


@pytest.mark.parametrize("n", [6, 12, 30])
def test_huber_equals_statsmodels(n):
    """Its weights, scale and ``H1`` errors, iterated until the line stays: to 1e-6."""
    values, years = persistent(n)
    values[:, 2] += 25
    fit = huber(values, years)
    for k, (y, t) in enumerate(zip(values, years, strict=True)):
        model = RLM(y, design(t), M=HuberT())
        theirs = model.fit(maxiter=500, tol=1e-12, conv="coefs")
        found = [fit.level[k], fit.slope[k], fit.slope_error[k], fit.residual_sd[k]]
        expected = [*theirs.params, theirs.bse[1], theirs.scale]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("n", [10, 20, 40])
def test_glsar_equals_the_steps_of_statsmodels(n):
    """Its fit and its Yule–Walker, without taking a mean off the residuals: to 1e-6."""
    values, years = persistent(n)
    fit = glsar(values, years)
    settled = np.flatnonzero(~np.isnan(fit.rho))
    assert len(settled) >= 35
    for k in settled:
        model = GLSAR(values[k], design(years[k]), rho=fit.rho[k])
        theirs = model.fit()
        rho = yule_walker(theirs.resid, demean=False, result_object=False)[0]
        assert rho[0] == pytest.approx(fit.rho[k], abs=1e-6)
        found = [fit.level[k], fit.slope[k], fit.slope_error[k], fit.residual_sd[k]]
        expected = [*theirs.params, theirs.bse[1], theirs.scale**0.5]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
        assert fit.df == theirs.df_resid


@pytest.mark.parametrize(("n", "share"), [(10, 0.2), (20, 0.1), (40, 0.05)])
def test_glsar_iterated_by_statsmodels_is_close(n, share):
    """Apart by a share of the slope's error: it takes the residuals' mean off.

    The model says that errors have mean zero; the residuals of a line fitted to the
    differences do not have it exactly, and the fewer years the less.
    """
    values, years = persistent(n)
    fit = glsar(values, years)
    for k in np.flatnonzero(~np.isnan(fit.rho)):
        model = GLSAR(values[k], design(years[k]), rho=1)
        theirs = model.iterative_fit(maxiter=500, rtol=1e-10)
        assert theirs.converged
        assert abs(fit.slope[k] - theirs.params[1]) <= share * theirs.bse[1]
        assert fit.slope_error[k] == pytest.approx(theirs.bse[1], rel=0.1)
