"""Ranges and probabilities from the draws: what the reports print about certainty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.grading import failed_gates
from synergy_lib.scoring.header import SchemeHeader
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.robustness import competition_ranks, drawn_interval
from synergy_lib.scoring.uncertainty.class_shares import (
    colour_shares,
    grade_shares,
    scheme_draws,
    with_draws,
)
from synergy_lib.scoring.uncertainty.draws import Draws, uses_own_method
from synergy_lib.scoring.uncertainty.model import DrawnScores, score_draws
from synergy_lib.scoring.uncertainty.park_year import ParkYear, park_year

__all__ = ["ScoreUncertainty", "score_uncertainty"]

Floats = npt.NDArray[np.float64]

_RANGE = ["median", "low", "high"]


@dataclass(frozen=True)
class ScoreUncertainty:
    """How scores, grades, colours and ranks spread over the draws.

    All frames are indexed (enterprise_id, year); rows without a score are NaN.

    Parameters
    ----------
    score : pandas.DataFrame
        ``median``, ``low``, ``high`` of the overall score, by the scheme's own method
        [points].
    rank : pandas.DataFrame
        ``median``, ``low``, ``high`` rank within the year, rankable rows only, over
        all methods.
    rank_probability : pandas.DataFrame
        Share of draws among the first three (``first_three``) and within one place
        of the published rank (``within_one``) [-].
    grade_probability : pandas.DataFrame
        Share of draws in each grade by score, one column per grade [-].
    colour_probability : pandas.DataFrame
        Share of draws with each colour: red, yellow, green [-].
    grade_own : pandas.Series
        Probability of the published grade by score [-].
    colour : pandas.Series
        Colour to print: that of the scores, or grey where it is not sure enough.
    probability : pandas.Series
        Probability of the published colour; NaN where known facts decide it (a
        failed gate, too little data).
    note : pandas.Series
        ``"不确定"`` where the colour was turned grey, else "".
    draws, seed : int
        What the numbers rest on, to be printed with them.
    kappa : float
        Concentration of the weights.
    """

    score: pd.DataFrame
    rank: pd.DataFrame
    rank_probability: pd.DataFrame
    grade_probability: pd.DataFrame
    colour_probability: pd.DataFrame
    grade_own: pd.Series[float]
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
    errors: IndicatorErrors | None = None,
    years: Collection[int] | None = None,
    draws: int | None = None,
    kappa: float | None = None,
    seed: int | None = None,
) -> ScoreUncertainty:
    r"""Return how sure the results of a scheme are.

    Parameters
    ----------
    scores : SynergyScores
        From :func:`~synergy_lib.scoring.index.score_scheme`.
    scheme : Scheme
        The scheme they were made with; its keys ``robustness_*`` say what varies.
    errors : IndicatorErrors, optional
        Standard errors of the indicators from data and emission factors.
    years : collection of int, optional
        Years to draw for, all if omitted; rows of others have no range and no
        probability, and the colour of the scores.
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
    Weights, anchors, errors of data and factors, missing-data rule, normalisation and
    aggregation are drawn together (methods §5.6). Ranks are taken over all draws.
    Points, grades and colours are taken over the draws of the scheme's own
    normalisation and aggregation, as its bounds belong to these. In each draw the
    colour follows from overall score, dimensions and pollution indicator; failed
    gates, coverage, carbon grade and the fall since last year stay as they are. The
    same draws serve all years.
    """
    scheme = with_draws(scores, scheme, draws, kappa, seed)
    header, sample = scheme.header, scheme_draws(scheme, errors)
    present = set(scores.overall.index.get_level_values("year"))
    wanted = present if years is None else present & set(years)
    parts = [_year(scores, scheme, year, errors, sample) for year in sorted(wanted)]
    frames = {
        name: pd.concat([part[name] for part in parts]).reindex(scores.overall.index)
        for name in parts[0]
    }
    probability = _colour_probability(scores, frames["colour_probability"], header)
    unsure = probability < header.colour_probability_minimum
    note = np.where(unsure, "不确定", "")
    return ScoreUncertainty(
        score=frames["score"],
        rank=frames["rank"],
        rank_probability=frames["rank_probability"],
        grade_probability=frames["grade_probability"],
        colour_probability=frames["colour_probability"],
        grade_own=_own_share(scores.grade_by_score, frames["grade_probability"]),
        colour=scores.colour.mask(unsure, "grey"),
        probability=probability,
        note=pd.Series(note, index=probability.index, dtype=object),
        draws=header.robustness_draws,
        seed=header.robustness_seed,
        kappa=header.robustness_kappa,
    )


def _year(
    scores: SynergyScores,
    scheme: Scheme,
    year: int,
    errors: IndicatorErrors | None,
    sample: Draws,
) -> dict[str, pd.DataFrame]:
    """Return ranges and probabilities of one year."""
    header = scheme.header
    park = park_year(scores, scheme, year, errors)
    drawn = score_draws(park, sample, header.robustness_seed)
    is_own = uses_own_method(sample, header)
    own = DrawnScores(drawn.overall[is_own], drawn.dimensions[is_own])
    return {
        "score": _ranges(own.overall.T, park.index, header),
        **_ranks(scores, park, drawn.overall, header),
        "grade_probability": grade_shares(own.overall, park.index, header),
        "colour_probability": colour_shares(scores, park, own, scheme),
    }


def _ranges(
    sample: npt.NDArray[np.floating], index: pd.Index, header: SchemeHeader
) -> pd.DataFrame:
    """Return median and interval of every row of a sample."""
    values = drawn_interval(sample, header.robustness_percentiles)
    return pd.DataFrame(values.astype(np.float64), index=index, columns=_RANGE)


def _ranks(
    scores: SynergyScores,
    park: ParkYear,
    overall: npt.NDArray[np.float32],
    header: SchemeHeader,
) -> dict[str, pd.DataFrame]:
    """Return rank intervals and probabilities of the rankable rows."""
    columns = ["first_three", "within_one"]
    ranges = pd.DataFrame(np.nan, index=park.index, columns=_RANGE)
    shares = pd.DataFrame(np.nan, index=park.index, columns=columns)
    published = scores.rank.reindex(park.index).to_numpy(dtype=np.float64)
    rankable = ~np.isnan(published)
    if rankable.any():
        placed = competition_ranks(overall[:, rankable])
        ranges.loc[rankable] = drawn_interval(placed.T, header.robustness_percentiles)
        near = np.abs(placed - published[rankable]) <= 1
        shares.loc[rankable] = np.column_stack(
            [(placed <= 3).mean(axis=0), near.mean(axis=0)]
        )
    return {"rank": ranges, "rank_probability": shares}


def _own_share(published: pd.Series[str], shares: pd.DataFrame) -> pd.Series[float]:
    """Return the probability of what was published; NaN where it has none."""
    own = np.full(len(published), np.nan)
    for name in shares.columns:
        here = (published == name).to_numpy()
        own[here] = shares[name].to_numpy(dtype=np.float64)[here]
    return pd.Series(own, index=published.index, name="probability")


def _colour_probability(
    scores: SynergyScores, shares: pd.DataFrame, header: SchemeHeader
) -> pd.Series[float]:
    """Return the probability of the published colour; NaN where a failed gate decides."""
    decided = failed_gates(scores.gates, header.gates_red)
    return _own_share(scores.colour, shares).mask(decided)
