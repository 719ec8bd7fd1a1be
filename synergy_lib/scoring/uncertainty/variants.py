"""Which choice a result rests on: one indicator left out, every defensible variant."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.scoring.colours import colour_by_score
from synergy_lib.scoring.comparison import structure
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.robustness import competition_ranks
from synergy_lib.scoring.uncertainty.draws import Choice, Draws, choices
from synergy_lib.scoring.uncertainty.model import score_draws
from synergy_lib.scoring.uncertainty.park_year import park_year
from synergy_lib.scoring.weighting import critic, entropy, equal

__all__ = [
    "SpecificationCurve",
    "filled_scores",
    "leave_one_out",
    "specification_curve",
]

Floats = npt.NDArray[np.float64]


def _rows(
    weights: Floats, choice: tuple[Choice, ...], anchors: Floats | None = None
) -> Draws:
    """Return draws without any randomness: given weights, anchors and choices."""
    count = len(choice)
    shift = np.zeros_like(weights) if anchors is None else anchors
    return Draws(weights, shift, shift, np.zeros((count, 0)), choice)


def _ranks(
    overall: npt.NDArray[np.float32], scores: SynergyScores, index: pd.Index
) -> Floats:
    """Return the rank of every rankable row in every variant; NaN elsewhere."""
    rankable = scores.rank.reindex(index).notna().to_numpy()
    ranks = np.full(overall.shape, np.nan)
    if rankable.any():
        ranks[:, rankable] = competition_ranks(overall[:, rankable])
    return ranks


def leave_one_out(scores: SynergyScores, scheme: Scheme, year: int) -> pd.DataFrame:
    """Return what happens to ranks and colours when one indicator is left out.

    Parameters
    ----------
    scores : SynergyScores
    scheme : Scheme
        The scheme they were made with.
    year : int

    Returns
    -------
    pandas.DataFrame
        One row for each indicator and each dimension left out, indexed by code:
        ``mean_shift`` and ``largest_shift`` of the ranks [places], ``mean_change`` of
        the scores [points], ``colour_changes`` by score [enterprises], ``n`` ranked
        enterprises. Indicators that nobody has a score of are left out.

    Notes
    -----
    The others keep their relative weights. Shift: mean of :math:`|rank_{i,ref} -
    rank_{i,alt}|` (methods §5.6).
    """
    weights, member = structure(scheme)
    park = park_year(scores, scheme, year)
    codes = [str(code) for code in scheme.framework.indicators.index]
    dropped = [np.arange(len(codes)) == j for j in np.flatnonzero(park.is_scored)]
    names = [codes[j] for j in np.flatnonzero(park.is_scored)]
    dropped += [own for own in member.T if (own & park.is_scored).any()]
    names += [
        str(code)
        for code, own in zip(scheme.framework.dimensions.index, member.T, strict=True)
        if (own & park.is_scored).any()
    ]
    variants = np.vstack([weights, *[np.where(out, 0.0, weights) for out in dropped]])
    own, _ = choices(scheme.header)
    drawn = score_draws(park, _rows(variants, (own[0],) * len(variants)), 0)
    ranks = _ranks(drawn.overall, scores, park.index)
    colours = colour_by_score(drawn.overall.astype(np.float64), scheme.header)
    ranked = ~np.isnan(ranks[0])
    shift = np.abs(ranks[1:] - ranks[0])[:, ranked]
    change = (drawn.overall[1:] - drawn.overall[0])[:, ranked]
    changed = (colours[1:] != colours[0])[:, ranked]
    empty = not ranked.any()
    return pd.DataFrame(
        {
            "mean_shift": np.nan if empty else shift.mean(axis=1),
            "largest_shift": np.nan if empty else shift.max(axis=1),
            "mean_change": np.nan if empty else change.mean(axis=1),
            "colour_changes": changed.sum(axis=1),
            "n": int(ranked.sum()),
        },
        index=pd.Index(names, name="code"),
    )


@dataclass(frozen=True)
class SpecificationCurve:
    """Every enterprise under every defensible way to make the index.

    Parameters
    ----------
    specifications : pandas.DataFrame
        One row a variant: ``weights``, ``normalization``, ``aggregation``,
        ``missing``, ``anchors``, and ``is_absolute``: whether grades and colours
        apply to its points. The first is the scheme's own.
    score, rank : pandas.DataFrame
        Variants × enterprises [points, places]; NaN where there is none.
    colour : pandas.DataFrame
        Variants × enterprises, colour by score; "" where it does not apply.
    enterprises : pandas.DataFrame
        By enterprise: ``best_rank``, ``worst_rank``, ``red``, ``yellow``, ``green``
        (shares of the absolute variants), ``depends_on_choice`` and
        ``deciding_choice``, the choice that changes the colour most often.
    """

    specifications: pd.DataFrame
    score: pd.DataFrame
    rank: pd.DataFrame
    colour: pd.DataFrame
    enterprises: pd.DataFrame


def specification_curve(
    scores: SynergyScores, scheme: Scheme, year: int
) -> SpecificationCurve:
    """Return all defensible variants of a scheme, not a sample of them.

    Parameters
    ----------
    scores : SynergyScores
    scheme : Scheme
        The scheme they were made with; its keys ``robustness_*`` name the variants.
    year : int

    Returns
    -------
    SpecificationCurve

    Notes
    -----
    Weights: the scheme's, equal, and entropy and CRITIC weights of the year's scores
    (these from more than twice as many enterprises as indicators on); anchors as they are, both a
    ``robustness_anchor_pct`` share of their distance harder, and as much easier;
    normalisations, aggregations and missing-data rules of the scheme's keys
    (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4: 1208–1214).
    Colours are those by score alone, under the scheme's rules and any mean.
    """
    park = park_year(scores, scheme, year)
    by_name = _weight_variants(scores, scheme, year)
    own, other = choices(scheme.header)
    reach = scheme.header.robustness_anchor_pct / 100
    shifts = {"own": 0.0, "harder": reach, "easier": -reach} if reach else {"own": 0.0}
    rows = [
        (name, *choice, anchors)
        for name, choice, anchors in itertools.product(by_name, own + other, shifts)
        if choice[0] == "rules" or anchors == "own"
    ]
    columns = ["weights", "normalization", "aggregation", "missing", "anchors"]
    table = pd.DataFrame(rows, columns=columns)
    table["is_absolute"] = table["normalization"] == "rules"
    weights = np.array([by_name[name] for name in table["weights"]])
    moved = np.array([shifts[name] for name in table["anchors"]])
    shift = np.ones_like(weights) * moved[:, None]
    chosen: tuple[Choice, ...] = tuple((row[1], row[2], row[3]) for row in rows)
    drawn = score_draws(park, _rows(weights, chosen, shift), 0, with_dimensions=False)
    names = park.index.get_level_values("enterprise_id")
    colour = colour_by_score(drawn.overall.astype(np.float64), scheme.header)
    colour = np.where(table["is_absolute"].to_numpy()[:, None], colour, "")
    ranks = pd.DataFrame(_ranks(drawn.overall, scores, park.index), columns=names)
    frame = pd.DataFrame(colour, columns=names)
    return SpecificationCurve(
        specifications=table,
        score=pd.DataFrame(drawn.overall.astype(np.float64), columns=names),
        rank=ranks,
        colour=frame,
        enterprises=_enterprises(table, ranks, frame),
    )


def filled_scores(scores: SynergyScores, year: int) -> pd.DataFrame:
    """Return a year's indicator scores without gaps, for weights that follow from data.

    A missing score stands in the middle: it adds nothing to an indicator's spread.
    Indicators without any score are left out.
    """
    points = pd.DataFrame(scores.indicator_scores.xs(year, level="year"))
    known = points.dropna(axis=1, how="all")
    return known.fillna(known.median())


def _weight_variants(
    scores: SynergyScores, scheme: Scheme, year: int
) -> Mapping[str, Floats]:
    """Return the weights that could be defended, in the framework's order."""
    weights, _ = structure(scheme)
    codes = scheme.framework.indicators.index
    variants: dict[str, Floats] = {
        "policy": weights,
        "equal": np.asarray(equal(codes), dtype=np.float64),
    }
    filled = filled_scores(scores, year)
    if filled.shape[1] < 3 or len(filled) <= 2 * filled.shape[1]:
        return variants
    better = dict.fromkeys(filled.columns, 1.0)
    found = {"entropy": entropy(filled), "critic": critic(filled, better)}
    for name, weight in found.items():
        variants[name] = np.asarray(weight.reindex(codes).fillna(0.0), dtype=np.float64)
    return variants


def _enterprises(
    table: pd.DataFrame, ranks: pd.DataFrame, colour: pd.DataFrame
) -> pd.DataFrame:
    """Return what the variants say of each enterprise."""
    absolute = colour.to_numpy(dtype=object)[table["is_absolute"].to_numpy()]
    names = ("red", "yellow", "green")
    shares = {name: (absolute == name).mean(axis=0) for name in names}
    changes = absolute != absolute[0]
    made = table[table["is_absolute"]]
    effect = {
        column: _reach(changes, made[column].to_numpy(dtype=object))
        for column in ("weights", "aggregation", "missing", "anchors")
    }
    depends = changes.any(axis=0)
    result = pd.DataFrame(
        {"best_rank": ranks.min(), "worst_rank": ranks.max(), **shares}
    )
    result["depends_on_choice"] = depends
    deciding = pd.DataFrame(effect, index=result.index).idxmax(axis=1)
    result["deciding_choice"] = deciding.where(depends, "")
    return result


def _reach(changes: npt.NDArray[np.bool_], options: npt.NDArray[np.object_]) -> Floats:
    """Return how far the share of changed colours differs between options."""
    shares = [changes[options == option].mean(axis=0) for option in set(options)]
    return np.asarray(np.ptp(shares, axis=0), dtype=np.float64)
