"""Ranges and probabilities from the draws: what the reports print about certainty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.comparison import structure
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.grading import failed_gates
from synergy_lib.scoring.header import SchemeHeader
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.robustness import competition_ranks, drawn_interval
from synergy_lib.scoring.uncertainty.draws import Draws, choices, make_draws
from synergy_lib.scoring.uncertainty.model import DrawnScores, score_draws
from synergy_lib.scoring.uncertainty.park_year import ParkYear, park_year

__all__ = ["ScoreUncertainty", "score_uncertainty", "share_of_reaching"]

Floats = npt.NDArray[np.float64]

_RANGE = ["median", "low", "high"]
# Slack for scores that should reach a bound but were summed in another order.
_SLACK = 1e-4


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
    if list(scores.indicator_scores.columns) != list(scheme.framework.indicators.index):
        raise MethodError("不确定性：得分与指标体系的指标不一致")
    changes = {"draws": draws, "kappa": kappa, "seed": seed}
    header = scheme.header.model_copy(
        update={f"robustness_{k}": v for k, v in changes.items() if v is not None}
    )
    scheme = Scheme(header, scheme.framework)
    weights, _ = structure(scheme)
    sample = make_draws(
        weights,
        header,
        len(errors.common) if errors else 0,
        header.robustness_draws,
        header.robustness_seed,
    )
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


def share_of_reaching(shares: pd.DataFrame, classes: npt.NDArray[np.object_]) -> Floats:
    """Return the share of draws that reach a class or a better one.

    Parameters
    ----------
    shares : pandas.DataFrame
        ``grade_probability`` or ``colour_probability``.
    classes : numpy.ndarray of str, shape (n_rows,)
        Class of each row; "" where there is none.

    Returns
    -------
    numpy.ndarray, shape (n_rows,)
        [-]; NaN where there is no class.
    """
    best_first = ["green", "yellow", "red"]
    order = best_first if "green" in shares else list(shares.columns)
    running = np.cumsum(shares[order].to_numpy(dtype=np.float64), axis=1)
    place = np.array([order.index(name) if name else -1 for name in classes], int)
    reached = running[np.arange(len(place)), np.maximum(place, 0)]
    return np.where(place >= 0, np.clip(reached, 0.0, 1.0), np.nan)


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
    own, _ = choices(header)
    is_own = np.array([choice in own for choice in sample.choice])
    points = drawn.overall[is_own]
    return {
        "score": _ranges(points.T, park.index, header),
        **_ranks(scores, park, drawn.overall, header),
        "grade_probability": _grade_shares(points, park.index, header),
        "colour_probability": _colour_shares(scores, park, drawn, is_own, scheme),
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


def _grade_shares(
    points: npt.NDArray[np.float32], index: pd.Index, header: SchemeHeader
) -> pd.DataFrame:
    """Return the share of draws in each grade; NaN for rows without a score."""
    reached = np.column_stack(
        [(points >= bound - _SLACK).mean(axis=0) for bound in header.grade_lower_bounds]
    )
    shares = np.diff(reached, axis=1, prepend=0.0)
    shares[np.isnan(points[0])] = np.nan
    return pd.DataFrame(shares, index=index, columns=list(header.grade_names))


def _colour_shares(
    scores: SynergyScores,
    park: ParkYear,
    drawn: DrawnScores,
    is_own: npt.NDArray[np.bool_],
    scheme: Scheme,
) -> pd.DataFrame:
    """Return the share of draws with each colour; NaN for rows without a score."""
    header = scheme.header
    points = drawn.overall[is_own]
    red = points < header.colour_red_score_below - _SLACK
    yellow = points < header.colour_yellow_score_below - _SLACK
    if header.colour_yellow_dimension_below is not None:
        limit = header.colour_yellow_dimension_below - _SLACK
        with np.errstate(invalid="ignore"):
            yellow |= (drawn.dimensions[is_own] < limit).any(axis=2)
    fixed_red, fixed_yellow = _fixed(scores, park.index, scheme)
    red |= fixed_red
    yellow = (yellow | fixed_yellow) & ~red
    shares = np.column_stack(
        [red.mean(axis=0), yellow.mean(axis=0), (~red & ~yellow).mean(axis=0)]
    )
    shares[np.isnan(points[0])] = np.nan
    return pd.DataFrame(shares, index=park.index, columns=["red", "yellow", "green"])


def _fixed(
    scores: SynergyScores, index: pd.Index, scheme: Scheme
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return the rows that known facts make at least red, and at least yellow."""
    header = scheme.header
    gates = scores.gates.loc[index]
    red = failed_gates(gates, header.gates_red)
    code = header.colour_red_pollution_indicator
    worst, below = (
        header.colour_red_carbon_grade,
        header.colour_red_pollution_score_below,
    )
    if code is not None and worst is not None and below is not None:
        carbon = scores.carbon_grade.loc[index].to_numpy(dtype=float) >= worst
        pollution = scores.indicator_scores.loc[index, code].to_numpy(dtype=float)
        red |= carbon & (pollution < below)
    yellow = failed_gates(gates, header.gates_yellow)
    if header.colour_yellow_fall_points is not None:
        change = scores.change.loc[index].to_numpy(dtype=float)
        yellow |= change <= -header.colour_yellow_fall_points
    return red, yellow


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
