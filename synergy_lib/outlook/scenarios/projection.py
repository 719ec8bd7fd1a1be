"""Where a park's emission may go: as usual, by policy, by policy and techniques."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.outlook.scenarios.kaya import draw_paths, likely_path
from synergy_lib.outlook.scenarios.peak import LATER_YEARS, peak_years
from synergy_lib.outlook.scenarios.rates import (
    BOUNDS,
    RATES,
    policy_cuts,
    policy_rates,
    usual_rates,
    yearly_rates,
)
from synergy_lib.outlook.scenarios.verdict import histogram, peak_row, sensitivity_rows
from synergy_lib.outlook_parameters import ScenarioParameters

__all__ = ["SCENARIOS", "Scenarios", "project_scenarios", "run_scenario"]

Floats = npt.NDArray[np.float64]

SCENARIOS = {
    "usual": ("趋势延续", "As usual"),
    "policy": ("政策目标", "Policy"),
    "deep": ("政策目标加技术", "Policy and techniques"),
}
# Quantiles of the fan: the middle 90 % and the median.
FAN = {"p05": 0.05, "median": 0.50, "p95": 0.95}
DEFAULT_SEED = 20240101


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Projected emissions and what they say of a peak.

    Parameters
    ----------
    observed : pandas.Series
        Year → emission [tCO2e], as given.
    paths : pandas.DataFrame
        ``scenario, year, p05, median, p95, likely`` [tCO2e]; ``likely`` has
        everything at its likeliest value. The first year is the last observed one; the
        quantiles are of each year by itself, so that the median is not a draw.
    peaks : pandas.DataFrame
        One row a scenario: ``scenario, status, peak_year`` (of the median path, only
        where the rule declares one), ``deadline, p_deadline`` (share of the draws
        declared to peak by it) with ``p_low, p_high`` (95 %, of the drawing alone),
        ``p_declared, negative_share, reason_zh, reason_en``.
    peak_histogram : pandas.DataFrame
        ``scenario, peak_year`` (missing: none declared), ``share``.
    sensitivity : pandas.DataFrame
        ``scenario, rate, low_peak, mode_peak, high_peak`` (peak year with the one
        rate at its bounds, all else at its likeliest; NaN: none),
        ``rank_correlation`` (Spearman, over the draws; none counts as latest),
        ``status``.
    rates : pandas.DataFrame
        ``scenario, year, rate, low, mode, high`` [1/a].
    basis : pandas.DataFrame
        What "as usual" rests on, from :func:`~.rates.usual_rates`.
    cuts : pandas.DataFrame
        What the targets ask for, from :func:`~.rates.policy_cuts`.
    draws, seed : int
        What the numbers rest on.
    """

    observed: pd.Series[float]
    paths: pd.DataFrame
    peaks: pd.DataFrame
    peak_histogram: pd.DataFrame
    sensitivity: pd.DataFrame
    rates: pd.DataFrame
    basis: pd.DataFrame
    cuts: pd.DataFrame
    draws: int
    seed: int


def project_scenarios(
    observed: pd.Series[float],
    log_changes: pd.DataFrame,
    gaps: pd.DataFrame,
    parameters: ScenarioParameters | None = None,
    *,
    reductions: pd.DataFrame | None = None,
    seed: int = DEFAULT_SEED,
) -> Scenarios:
    r"""Project a park's emission in three scenarios.

    Parameters
    ----------
    observed : pandas.Series
        Year → emission of the park [tCO2e], the same enterprises in all years; NaN
        where there is none. The last year is where the paths start.
    log_changes : pandas.DataFrame
        As in :func:`~synergy_lib.outlook.scenarios.rates.usual_rates`.
    gaps : pandas.DataFrame
        As in :func:`~synergy_lib.outlook.scenarios.rates.policy_cuts`.
    parameters : ScenarioParameters, optional
        Assumptions and horizon; the defaults [P] if omitted.
    reductions : pandas.DataFrame, optional
        Indexed by year; ``low, mode, high`` [tCO2e in that year] of measures that
        are in none of the rates: a year holds until the next one given, before the
        first there are none. Without it there is no deep scenario.
    seed : int
        Of the draws; the scenarios share them.

    Returns
    -------
    Scenarios
        Where the last year has no emission above zero, ``paths`` is empty and each
        row of ``peaks`` says why.

    Raises
    ------
    InputDataError
        If a year occurs twice, an emission is infinite, or nothing was observed.
    ParameterError
        If the horizon ends before it begins, or reductions are not in order.

    Notes
    -----
    Methods §6.9. As usual: the history's growth, energy intensity and carbon factor
    go on. Policy: never slower than the targets. Deep: the techniques' reductions
    off that. All uncertain values follow PERT distributions; see
    :func:`~synergy_lib.outlook.scenarios.kaya.draw_paths` and, for the peak,
    :func:`~synergy_lib.outlook.scenarios.peak.peak_years`.
    """
    parameters = ScenarioParameters() if parameters is None else parameters
    observed = _checked(observed)
    start = int(observed.index[-1])
    years = range(start + 1, parameters.last_year + 1)
    if not years:
        what = f"{parameters.last_year} 不晚于数据的最后一年 {start}"
        raise ParameterError(Problem("scenarios.last_year", what))
    basis = usual_rates(log_changes, parameters)
    cuts = policy_cuts(gaps, years)
    usual = yearly_rates(basis, years)
    policy = policy_rates(usual, cuts)
    nothing = pd.DataFrame(0.0, index=usual.index, columns=list(BOUNDS))
    settings = {"usual": (usual, nothing), "policy": (policy, nothing)}
    if reductions is not None:
        settings["deep"] = (policy, _held(reductions, years))
    draws = np.random.default_rng(seed).random((parameters.draws, len(RATES) + 1))
    parts = {
        name: run_scenario(observed, rates, saved, draws, parameters.peak_deadline)
        for name, (rates, saved) in settings.items()
    }
    paths, peaks, shares, sensitivity = (
        _stacked({name: part[k] for name, part in parts.items()}) for k in range(4)
    )
    rates = _stacked({name: _long(rates) for name, (rates, _) in settings.items()})
    return Scenarios(
        observed=observed,
        paths=paths,
        peaks=peaks,
        peak_histogram=shares,
        sensitivity=sensitivity,
        rates=rates,
        basis=basis,
        cuts=cuts,
        draws=parameters.draws,
        seed=seed,
    )


def _stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the scenarios' tables as one, with a column that names them."""
    table = pd.concat(tables, names=["scenario"]).reset_index(level=0)
    return table.reset_index(drop=True)


def run_scenario(
    observed: pd.Series[float],
    rates: pd.DataFrame,
    reductions: pd.DataFrame,
    draws: Floats,
    deadline: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return paths, peak, histogram and sensitivity of one scenario.

    Parameters
    ----------
    observed : pandas.Series
        As in :func:`project_scenarios`; the last year is the year before ``rates``.
    rates, reductions, draws
        As in :func:`~synergy_lib.outlook.scenarios.kaya.draw_paths`.
    deadline : int
        Year by which a peak is asked for.

    Returns
    -------
    tuple of pandas.DataFrame
        The columns of :class:`Scenarios`, without ``scenario``.
    """
    start = float(observed.iloc[-1])
    if not start > 0:
        return _nothing(deadline)
    paths = draw_paths(start, rates, reductions, draws)
    likely = likely_path(start, rates, reductions)
    quantiles = np.quantile(paths, list(FAN.values()), axis=0)
    fan = pd.DataFrame(quantiles.T, columns=list(FAN), index=rates.index)
    fan = fan.assign(likely=likely).reset_index(names="year")
    first = dict.fromkeys((*FAN, "likely"), start) | {"year": observed.index[-1]}
    fan = pd.concat([pd.DataFrame([first]), fan], ignore_index=True)
    years = [*observed.index, *rates.index]
    last_observed = int(observed.index[-1])

    def peaks(projected: Floats) -> Floats:
        rows = np.atleast_2d(projected)
        past = np.broadcast_to(observed.to_numpy(), (len(rows), len(observed)))
        return peak_years(np.hstack([past, rows]), years, last_observed)

    drawn, median = peaks(paths), float(peaks(quantiles[1])[0])
    tried = {
        (rate, bound): float(
            peaks(likely_path(start, rates, reductions, **{rate: bound}))[0]
        )
        for rate in RATES
        for bound in BOUNDS
    }
    negative = float((paths < 0).any(axis=1).mean())
    horizon = int(rates.index[-1]) - LATER_YEARS >= deadline
    row = peak_row(drawn, median, last_observed, deadline, negative, horizon=horizon)
    return (
        fan[["year", *FAN, "likely"]],
        pd.DataFrame([row]),
        histogram(drawn),
        sensitivity_rows(drawn, draws, tried),
    )


def _nothing(
    deadline: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the four tables of a park without an emission to start from."""
    none = np.array([])
    row = peak_row(none, np.nan, 0, deadline, np.nan, horizon=False)
    fan = pd.DataFrame(columns=["year", *FAN, "likely"], dtype=float)
    return fan, pd.DataFrame([row]), histogram(none), sensitivity_rows(none, none, {})


def _checked(observed: pd.Series[float]) -> pd.Series[float]:
    """Return the emissions in order of time, or raise."""
    values = pd.Series(observed, dtype=float).sort_index()
    if values.empty:
        raise InputDataError(Problem("碳排放历史", "没有任何年份", "至少一年"))
    if not values.index.is_unique:
        twice = values.index[values.index.duplicated()][0]
        raise InputDataError(Problem("碳排放历史", f"年份 {twice} 重复出现"))
    if np.isinf(values).any():
        raise InputDataError(Problem("碳排放历史", "含无穷大", "有限数值或空缺"))
    return values


def _held(reductions: pd.DataFrame, years: range) -> pd.DataFrame:
    """Return the reductions of each year, or raise where they are not in order."""
    lacking = [bound for bound in BOUNDS if bound not in reductions]
    if lacking:
        raise ParameterError(Problem("技术减排量", f"缺少列 {'、'.join(lacking)}"))
    given = reductions[list(BOUNDS)].astype(float).sort_index()
    low, mode, high = given.to_numpy().T
    wrong = ~((low <= mode) & (mode <= high) & np.isfinite(low) & np.isfinite(high))
    if wrong.any() or not given.index.is_unique:
        place = "、".join(str(year) for year in given.index[wrong][:5]) or "年份重复"
        expected = "每年一行，最小值 ≤ 最可能值 ≤ 最大值"
        raise ParameterError(Problem(f"技术减排量 {place}", "数值不合要求", expected))
    held = (
        given.reindex(given.index.union(pd.Index(years)))
        .ffill()
        .loc[list(years)]
        .fillna(0.0)
    )
    return held.rename_axis("year")


def _long(rates: pd.DataFrame) -> pd.DataFrame:
    """Return yearly rates as one row a year and rate."""
    pieces: Mapping[str, pd.DataFrame] = {
        rate: pd.DataFrame(rates[rate]) for rate in RATES
    }
    table = pd.concat(pieces, names=["rate"]).reset_index()
    return table[["year", "rate", *BOUNDS]]
