"""Which measures of the catalogue reach the next grade, and how likely."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.factors.selection import FactorSet
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.requirements import (
    Requirements,
    grade_requirements,
    room_above,
)
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.uncertainty.class_shares import (
    class_shares,
    share_of_reaching,
)
from synergy_lib.synergy.measure_search import (
    MeasureCase,
    no_search,
    single_gains,
    smallest_sets,
)
from synergy_lib.synergy.rescoring import QUANTITIES, prepare_rescoring
from synergy_lib.techniques.conversion import co2e_per_unit, kg_per_equivalent
from synergy_lib.techniques.overlap import MeasureAmounts

__all__ = ["MeasurePlan", "plan_measures"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Draws of the effects; each is met by all draws of weights, anchors and data errors.
EFFECT_DRAWS = 20


@dataclass(frozen=True)
class MeasurePlan:
    """What measures do to the score, and the fewest that reach the next grade.

    Parameters
    ----------
    gains : pandas.DataFrame
        One row an enterprise and measure it could take: ``enterprise_id,
        technique_id, gain`` [points of the overall score], the measure alone.
    summary : pandas.DataFrame
        One row an enterprise: ``enterprise_id, current, next`` (grade), ``score,
        points_missing`` [points], ``n_measures, score_after, co2e_reduction_t`` (of the
        set, negative where it adds) [tCO2e], ``probability`` (of the next grade or
        better by score) and ``reason``: Chinese, why there is no plan, "" where there is
        one.
    steps : pandas.DataFrame
        One row a measure of a plan: ``enterprise_id, order, technique_id, gain``
        [points, alone], the largest first.
    year : int
    draws, seed : int
        What the probabilities rest on.
    """

    gains: pd.DataFrame
    summary: pd.DataFrame
    steps: pd.DataFrame
    year: int
    draws: int
    seed: int


def plan_measures(
    panel: pd.DataFrame,
    amounts: MeasureAmounts,
    scores: SynergyScores,
    scheme: Scheme,
    factors: FactorSet,
    *,
    year: int,
    errors: IndicatorErrors | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> MeasurePlan:
    r"""Find the fewest measures of the catalogue that reach the next grade.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel joined with its accounts, index (enterprise_id, year).
    amounts : MeasureAmounts
        What each measure would take, of all enterprises with scores of the year in
        their order; :func:`~synergy_lib.techniques.overlap.measure_amounts`.
    scores : SynergyScores
        Scores of the same panel.
    scheme : Scheme
        The scheme they were made with.
    factors : FactorSet
    year : int
        Year of the amounts.
    errors, draws, seed : optional
        As :func:`~synergy_lib.scoring.uncertainty.summary.score_uncertainty`.

    Returns
    -------
    MeasurePlan
        Enterprises in the order of the scores.

    Raises
    ------
    MethodError
        If the amounts are of other enterprises than the scores.

    Notes
    -----
    All sets are tried, small ones first, and of the smallest that reach the grade the
    one with the highest score is taken: effects do not add up (methods §7.5), so no
    greedy choice is safe. An enterprise is passed over only where even all reductions
    together, without the increases and whatever excludes each other, stay below.

    The modes of the effects are taken off the enterprise's own CO2e, equivalents and
    fresh solvent; the indicators of
    :func:`~synergy_lib.synergy.rescoring.convertible_codes` and the scores follow by
    the ordinary formulas, anchors, weights and the park's mean intensity held. All
    other indicators stay, so a gain is what can be shown, not all there may be. It may
    be negative where carbon falls: D5 asks that pollutants fall in proportion.

    The probability is over the effects (PERT from low, mode and high, one draw for a
    technique in the whole park) and, as in
    :func:`~synergy_lib.scoring.uncertainty.summary.score_uncertainty`, over weights,
    anchors and data errors.
    """
    now = scores.of_year(year)
    ids = now.overall.index.get_level_values("enterprise_id")
    if not ids.equals(amounts.enterprises):
        raise MethodError("措施方案：措施与得分的企业不一致")
    own = pd.DataFrame(panel.xs(year, level="year")).loc[ids]
    case = MeasureCase(
        amounts=amounts,
        rescoring=prepare_rescoring(panel, scores, scheme, ids, year),
        quantities={
            name: own[name].to_numpy(dtype=np.float64)
            for name in QUANTITIES
            if name in own
        },
        per_unit=co2e_per_unit(factors, year),
        kg_per_equivalent=kg_per_equivalent(factors),
    )
    needs = grade_requirements(now, scheme, room_above(now, scheme, None))
    reason = no_search(case, needs)
    chosen, size = smallest_sets(case, needs.threshold, reason == "")
    planned = chosen.any(axis=1)
    tried = "" if size == len(case.amounts.techniques) else f"{size}项以内"
    none_found = f"目录中可估算的措施，{tried}怎样组合都达不到"
    reason = np.where((reason == "") & ~planned, none_found, reason)
    sample = _Sample(
        errors,
        scheme.header.robustness_draws if draws is None else draws,
        scheme.header.robustness_seed if seed is None else seed,
    )
    overall = np.asarray(now.overall, dtype=np.float64)
    summary = pd.DataFrame(
        {
            "enterprise_id": ids,
            "current": needs.current,
            "next": needs.following,
            "score": overall,
            "points_missing": np.maximum(needs.threshold - overall, 0.0),
            "n_measures": np.where(planned, chosen.sum(axis=1), np.nan),
            "score_after": np.where(planned, case.scores_of(chosen), np.nan),
            "co2e_reduction_t": np.where(planned, case.reduction_of(chosen), np.nan),
            "probability": _probability(case, now, needs, chosen, sample),
            "reason": reason,
        }
    )
    gains = single_gains(case, overall)
    return MeasurePlan(
        gains=_long(case.amounts, gains, ~np.isnan(gains)),
        summary=summary,
        steps=_steps(case.amounts, gains, chosen),
        year=year,
        draws=sample.draws,
        seed=sample.seed,
    )


@dataclass(frozen=True)
class _Sample:
    """What the probabilities rest on."""

    errors: IndicatorErrors | None
    draws: int
    seed: int


def _probability(
    case: MeasureCase,
    now: SynergyScores,
    needs: Requirements,
    chosen: Mask,
    sample: _Sample,
) -> Floats:
    """Return the probability that the chosen set reaches the next grade; else NaN."""
    found = np.full(len(chosen), np.nan)
    planned = np.flatnonzero(chosen.any(axis=1))
    if not len(planned):
        return found
    rows, rescoring = np.tile(planned, EFFECT_DRAWS), case.rescoring
    left = _drawn_quantities(case.part(planned), chosen[planned], sample.seed)
    indicators = rescoring.indicators(rows, left)
    codes = now.indicator_scores.columns
    keys = now.overall.index
    copies = np.repeat(np.arange(EFFECT_DRAWS), len(planned))
    names = [f"{keys[row][0]}·{copy}" for row, copy in zip(rows, copies, strict=True)]
    index = pd.MultiIndex.from_product([names, [rescoring.year]], names=keys.names)
    after = replace(
        now.take(rows, index),
        values=pd.DataFrame(indicators, index, codes),
        indicator_scores=pd.DataFrame(rescoring.points(rows, indicators), index, codes),
    )
    errors = sample.errors
    spread = class_shares(
        after,
        rescoring.scheme,
        year=rescoring.year,
        errors=errors.take(keys[rows], index) if errors else None,
        draws=sample.draws,
        seed=sample.seed,
    )
    reached = share_of_reaching(spread.grade_probability, needs.following[rows])
    found[planned] = reached.reshape(EFFECT_DRAWS, len(planned)).mean(axis=0)
    return found


def _drawn_quantities(case: MeasureCase, chosen: Mask, seed: int) -> dict[str, Floats]:
    """Return what the sets leave, draw after draw of the effects.

    The draws of each technique are spread evenly over its range.
    """
    rng = np.random.default_rng(seed)
    levels = (np.arange(EFFECT_DRAWS) + 0.5) / EFFECT_DRAWS
    spread = np.repeat(levels[:, None], len(case.amounts.techniques), axis=1)
    sets = chosen[:, None, :]
    parts = [
        case.left(case.amounts.at_level(drawn, chosen), sets)
        for drawn in rng.permuted(spread, axis=0)
    ]
    return {
        name: np.concatenate([part[name][:, 0] for part in parts])
        for name in case.quantities
    }


def _long(amounts: MeasureAmounts, gains: Floats, kept: Mask) -> pd.DataFrame:
    """Return kept gains, one row an enterprise and technique."""
    rows, places = np.nonzero(kept)
    return pd.DataFrame(
        {
            "enterprise_id": amounts.enterprises[rows],
            "technique_id": amounts.techniques[places],
            "gain": gains[rows, places],
        }
    )


def _steps(amounts: MeasureAmounts, gains: Floats, chosen: Mask) -> pd.DataFrame:
    """Return the measures of every plan, the largest gain first."""
    table = _long(amounts, gains, chosen)
    table = table.assign(row=np.nonzero(chosen)[0])
    table = table.sort_values(["row", "gain"], ascending=[True, False], kind="stable")
    table.insert(1, "order", table.groupby("row").cumcount() + 1)
    return table.drop(columns="row").reset_index(drop=True)
