"""Robustness: how sure ranks, grades and colours are when the weights may differ."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.scoring.comparison import structure
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS
from synergy_lib.scoring.results import SynergyScores

__all__ = ["ScoreUncertainty", "draw_weights", "rank_intervals", "score_uncertainty"]

Floats = npt.NDArray[np.float64]

# Gamma draws of very small weights underflow to 0; this keeps their quotients defined.
SMALLEST_DRAW = 1e-300
# Rows handled at a time, so that the draws stay in the processor's cache.
BLOCK = 64


def draw_weights(weights: Floats, draws: int, kappa: float, seed: int) -> Floats:
    r"""Return random weight vectors around given weights.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n,)
        Centre, non-negative, scaled to sum 1; a weight of 0 stays 0.
    draws : int
        Number of vectors.
    kappa : float
        Concentration: larger means closer to the centre.
    seed : int
        Seed of ``numpy.random.default_rng``.

    Returns
    -------
    numpy.ndarray, shape (draws, n)
        Each row sums to 1.

    Raises
    ------
    ParameterError
        If ``draws`` or ``kappa`` is not positive, or the weights do not make sense.

    Notes
    -----
    Dirichlet(:math:`\kappa w`): mean *w*, variance :math:`w(1-w)/(\kappa+1)`
    (methods §5.6).
    """
    if draws < 1 or not kappa > 0:
        what = f"draws={draws}，kappa={kappa:g}"
        raise ParameterError(Problem("权重抽样", what, "均大于0"))
    if not (weights >= 0).all() or not weights.sum() > 0:
        raise ParameterError(Problem("权重抽样", "权重须不为负、不缺失，且不全为0"))
    used = weights > 0
    centre = weights[used] / weights[used].sum()
    sample = np.random.default_rng(seed).dirichlet(kappa * centre, size=draws)
    result = np.zeros((draws, len(weights)))
    result[:, used] = np.maximum(sample, SMALLEST_DRAW)
    return result


def _ranks(scores: Floats) -> Floats:
    """Return competition ranks of the rows in every column, 1 = largest."""
    # One draw after the other in memory: sorting is several times faster so.
    by_draw = np.ascontiguousarray(np.round(scores, SAME_SCORE_DECIMALS).T)
    ranks = rankdata(-by_draw, method="min", axis=1)
    return np.ascontiguousarray(ranks.T, dtype=np.float64)


def _interval(sample: Floats, percentiles: tuple[float, float]) -> Floats:
    """Return median, low and high of every row, as values that occurred."""
    ordered = np.sort(sample, axis=1)
    draws = sample.shape[1]
    wanted = [max(math.ceil(p / 100 * draws) - 1, 0) for p in (50, *percentiles)]
    return ordered[:, wanted]


def rank_intervals(
    scores: pd.DataFrame,
    weights: Mapping[Any, float] | pd.Series[float],
    draws: int = 2000,
    seed: int = 0,
    *,
    kappa: float = 50.0,
    percentiles: tuple[float, float] = (5.0, 95.0),
) -> pd.DataFrame:
    r"""Return the range of every row's rank when the weights are uncertain.

    Parameters
    ----------
    scores : pandas.DataFrame, shape (n_units, n_parts)
        Scores on one scale, more is better; all rows are ranked together.
    weights : mapping of column to float
        Centre of the weights; scaled to sum 1.
    draws : int
        Number of random weight vectors.
    seed : int
        Seed; the same seed gives the same result.
    kappa : float
        Concentration of the Dirichlet distribution.
    percentiles : tuple of float
        Lower and upper end of the interval [%].

    Returns
    -------
    pandas.DataFrame, shape (n_units, 3)
        ``median``, ``low``, ``high`` rank, 1 = best; ranks that did occur, so
        integers. NaN for a row without any score.

    Raises
    ------
    ParameterError
        If a column has no weight, or draws, kappa or percentiles make no sense.

    Notes
    -----
    Weights are drawn from Dirichlet(:math:`\kappa w`) and the weighted arithmetic
    means ranked in every draw, ties sharing the better rank (methods §5.6). A missing
    score gives its weight to the row's other parts.

    Examples
    --------
    A row that is better on every part is first whatever the weights:

    >>> parts = pd.DataFrame({"a": [90, 50, 60], "b": [80, 60, 50]}, list("xyz"))
    >>> rank_intervals(parts, {"a": 0.5, "b": 0.5}, draws=500).loc["x"].tolist()
    [1.0, 1.0, 1.0]
    """
    given = dict(weights.items())
    lacking = [str(column) for column in scores.columns if column not in given]
    if lacking:
        raise ParameterError(Problem("权重抽样", f"指标 {'、'.join(lacking)} 缺少权重"))
    if not 0 <= percentiles[0] < percentiles[1] <= 100:
        raise ParameterError(
            Problem("权重抽样", f"百分位数为{percentiles}", "从低到高")
        )
    centre = np.array([given[column] for column in scores.columns], dtype=np.float64)
    array = np.asarray(scores, dtype=np.float64)
    known = ~np.isnan(array)
    result = pd.DataFrame(
        np.nan, index=scores.index, columns=["median", "low", "high"], dtype=float
    )
    usable = (known & (centre > 0)).any(axis=1)
    if usable.any():
        sample = draw_weights(centre, draws, kappa, seed)
        filled = np.where(known, array, 0.0)[usable]
        totals = (filled @ sample.T) / (known[usable].astype(float) @ sample.T)
        result.loc[usable] = _interval(_ranks(totals), percentiles)
    return result


@dataclass(frozen=True)
class ScoreUncertainty:
    """How scores, grades, colours and ranks spread over random weights.

    All frames are indexed (enterprise_id, year); rows without a score are NaN.

    Parameters
    ----------
    score : pandas.DataFrame
        ``median``, ``low``, ``high`` of the overall score [points].
    rank : pandas.DataFrame
        ``median``, ``low``, ``high`` rank within the year, rankable rows only.
    grade_probability : pandas.DataFrame
        Share of draws in each grade by score, one column per grade [-].
    colour_probability : pandas.DataFrame
        Share of draws with each colour by score: red, yellow, green [-].
    colour : pandas.Series
        Colour to print: that of the scores, or grey where it is not sure enough.
    probability : pandas.Series
        Probability of the colour by score; NaN where the colour does not follow from
        the score (failed gate, weak dimension, fall, too little data).
    note : pandas.Series
        ``"不确定"`` where the colour was turned grey, else "".
    draws, seed : int
        What the numbers rest on, to be printed with them.
    kappa : float
        Concentration of the weights.
    """

    score: pd.DataFrame
    rank: pd.DataFrame
    grade_probability: pd.DataFrame
    colour_probability: pd.DataFrame
    colour: pd.Series[str]
    probability: pd.Series[float]
    note: pd.Series[str]
    draws: int
    seed: int
    kappa: float


def score_uncertainty(
    scores: SynergyScores,
    scheme: Scheme,
    *,
    draws: int | None = None,
    kappa: float | None = None,
    seed: int | None = None,
) -> ScoreUncertainty:
    r"""Return how sure the results of a scheme are when its weights may differ.

    Parameters
    ----------
    scores : SynergyScores
        From :func:`~synergy_lib.scoring.index.score_scheme`.
    scheme : Scheme
        The scheme they were made with.
    draws, kappa, seed : optional
        Replace ``robustness_draws``, ``robustness_kappa``, ``robustness_seed``.

    Returns
    -------
    ScoreUncertainty

    Raises
    ------
    MethodError
        If the scores and the scheme do not have the same indicators.

    Notes
    -----
    The weights of all indicators are drawn together from Dirichlet(:math:`\kappa w`);
    in every draw dimensions and overall score are formed as in the main result, with
    the same indicators and dimensions left out (methods §5.6). The same draws serve
    all enterprises and years. Gates and the rules on dimensions and falls are not
    drawn: where they decide the colour it stands without a probability.
    """
    header = scheme.header
    if list(scores.indicator_scores.columns) != list(scheme.framework.indicators.index):
        raise MethodError("不确定性：得分与指标体系的指标不一致")
    draws = header.robustness_draws if draws is None else draws
    kappa = header.robustness_kappa if kappa is None else kappa
    seed = header.robustness_seed if seed is None else seed
    weights, member = structure(scheme)
    sample = draw_weights(weights, draws, kappa, seed)
    totals = _drawn_scores(scores, scheme, sample, member)
    index = scores.overall.index
    percentiles = header.robustness_percentiles
    names = ["median", "low", "high"]
    score = pd.DataFrame(_interval(totals, percentiles), index=index, columns=names)
    grade_share = _shares(totals, header.grade_lower_bounds)
    bounds = (header.colour_yellow_score_below, header.colour_red_score_below, -np.inf)
    colour_share = _shares(totals, bounds)
    grades = pd.DataFrame(grade_share, index=index, columns=list(header.grade_names))
    by_colour = pd.DataFrame(
        colour_share, index=index, columns=["green", "yellow", "red"]
    )[["red", "yellow", "green"]]
    colour, probability, note = _printed_colour(scores, by_colour, scheme)
    return ScoreUncertainty(
        score=score,
        rank=_rank_ranges(scores, totals, percentiles),
        grade_probability=grades,
        colour_probability=by_colour,
        colour=colour,
        probability=probability,
        note=note,
        draws=draws,
        seed=seed,
        kappa=kappa,
    )


def _drawn_scores(
    scores: SynergyScores, scheme: Scheme, sample: Floats, member: npt.NDArray[np.bool_]
) -> Floats:
    """Return the overall score of every row and draw; NaN without any score."""
    array = np.asarray(scores.indicator_scores, dtype=np.float64)
    known = (~np.isnan(array)).astype(np.float64)
    geometric = scheme.header.aggregation == "geometric"
    floor = scheme.header.geometric_score_floor
    filled = np.nan_to_num(np.log(np.maximum(array, floor)) if geometric else array)
    counted = scores.dimension_scores.notna().to_numpy(dtype=np.float64)
    totals = np.empty((len(array), len(sample)))
    parts = [np.ascontiguousarray(sample[:, own].T) for own in member.T]
    shares = np.array([part.sum(axis=0) for part in parts])
    for start in range(0, len(array), BLOCK):
        rows = slice(start, start + BLOCK)
        total = np.zeros_like(totals[rows])
        for own, part, share, used in zip(
            member.T, parts, shares, counted[rows].T, strict=True
        ):
            covered = known[rows][:, own] @ part
            covered[used == 0] = 1.0
            mean = filled[rows][:, own] @ part
            mean /= covered
            mean *= used[:, None] * share
            total += mean
        with np.errstate(invalid="ignore", divide="ignore"):
            totals[rows] = total / (counted[rows] @ shares)
    return np.exp(totals) if geometric else totals


def _shares(totals: Floats, lower_bounds: tuple[float, ...]) -> Floats:
    """Return the share of draws in each class, NaN for rows without a score."""
    slack = 0.5 * 10.0**-SAME_SCORE_DECIMALS
    reached = np.column_stack(
        [(totals >= bound - slack).mean(axis=1) for bound in lower_bounds]
    )
    shares = np.diff(reached, axis=1, prepend=0.0)
    shares[np.isnan(totals[:, 0])] = np.nan
    return shares


def _rank_ranges(
    scores: SynergyScores, totals: Floats, percentiles: tuple[float, float]
) -> pd.DataFrame:
    """Return rank intervals within each year over the rankable rows."""
    index = scores.overall.index
    result = pd.DataFrame(np.nan, index=index, columns=["median", "low", "high"])
    years = index.get_level_values("year").to_numpy()
    ranked = scores.rank.notna().to_numpy()
    for year in np.unique(years):
        here = ranked & (years == year)
        if here.any():
            result.loc[here] = _interval(_ranks(totals[here]), percentiles)
    return result


def _printed_colour(
    scores: SynergyScores, shares: pd.DataFrame, scheme: Scheme
) -> tuple[pd.Series[str], pd.Series[float], pd.Series[str]]:
    """Return the colour to print, its probability, and a note where it is not sure."""
    colour = scores.colour
    follows = (colour == scores.colour_by_score) & (colour != "grey")
    own = np.full(len(colour), np.nan)
    for name in shares.columns:
        chosen = (follows & (colour == name)).to_numpy()
        own[chosen] = shares[name].to_numpy(dtype=np.float64)[chosen]
    unsure = own < scheme.header.colour_probability_minimum
    index = colour.index
    return (
        colour.mask(unsure, "grey"),
        pd.Series(own, index=index, name="probability"),
        pd.Series(np.where(unsure, "不确定", ""), index=index, dtype=object),
    )
