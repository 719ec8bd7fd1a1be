"""What would move an enterprise to the next grade, and to the next colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.comparison import row_means, structure
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.inversion import value_for_score
from synergy_lib.scoring.normalization import parse_tiers
from synergy_lib.scoring.requirements import (
    Requirements,
    Room,
    colour_requirements,
    grade_requirements,
    mean_scale,
    room_above,
)
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.selection import select_fewest
from synergy_lib.scoring.uncertainty.class_shares import (
    ClassShares,
    class_shares,
    share_of_reaching,
)

__all__ = ["ImprovementPlan", "plan_improvements"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

# Scores closer than this are the same.
SAME_POINTS = 1e-9
# A realistic bound: what the enterprise at this percentile of the park reaches. [P]
REALISTIC_PERCENTILE = 90.0


@dataclass(frozen=True)
class ImprovementPlan:
    """The smallest improvements that reach the next grade and the next colour.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row an enterprise and target (``grade``, ``colour``): ``enterprise_id,
        target, current, next, score, points_missing`` [points of the overall score; 0
        where only other conditions are missing], ``n_indicators, effort`` (sum of the
        shares of the gaps closed), ``score_after, probability_now, probability``
        (of the next class or better by score, over random weights, before and after)
        and ``reason``: Chinese, why there is no plan, "" where there is one.
    steps : pandas.DataFrame
        One row an indicator of a plan: ``enterprise_id, target, order, code,
        current_value, current_score, relation, needed_value`` [unit of the
        indicator], ``needed_score, gain`` [points of the overall score].
    year : int
    bound : str
        ``full`` or ``park``.
    percentile : float
        Percentile of the bound ``park``.
    draws, seed : int
        What the probabilities rest on.
    """

    summary: pd.DataFrame
    steps: pd.DataFrame
    year: int
    bound: str
    percentile: float
    draws: int
    seed: int


def plan_improvements(
    scores: SynergyScores,
    scheme: Scheme,
    *,
    year: int,
    bound: Literal["full", "park"] = "full",
    percentile: float = REALISTIC_PERCENTILE,
    errors: IndicatorErrors | None = None,
    draws: int | None = None,
    kappa: float | None = None,
    seed: int | None = None,
) -> ImprovementPlan:
    r"""Find the fewest indicators that move every enterprise one class up.

    Parameters
    ----------
    scores : SynergyScores
        Scores of all years.
    scheme : Scheme
        The scheme they were made with.
    year : int
        Year to improve on.
    bound : {"full", "park"}
        How far an indicator can rise: to the most points its rule gives, or to the
        score at ``percentile`` of the park's enterprises in the year.
    percentile : float
        For ``park`` [%]; the next lower score that an enterprise really has.
    errors, draws, kappa, seed : optional
        As :func:`~synergy_lib.scoring.uncertainty.summary.score_uncertainty`.

    Returns
    -------
    ImprovementPlan

    Raises
    ------
    MethodError
        If the year is not in the scores, or the scheme tries yellow before red.
    ParameterError
        If ``bound`` is unknown or ``percentile`` is not in 0–100.

    Notes
    -----
    With the row's own weights :math:`\tilde w_j` the overall score is the mean
    :math:`S = f^{-1}(\sum_j \tilde w_j f(s_j))`, f(s) = s (arithmetic) or ln s
    (geometric), so each indicator adds :math:`\tilde w_j (f(u_j) - f(s_j))` on its
    own, at most up to its bound u_j. The fewest indicators, and on them the least
    effort (sum of the shares of the gaps closed), follow from
    :func:`~synergy_lib.scoring.selection.select_fewest`, where it is proved. An
    indicator scored by tiers then rises to the next tier, so ``score_after`` may
    exceed what is needed.

    The colour asks more than the score: dimensions, the rule on carbon grade and
    pollution (whichever of its two ways out takes fewer indicators), and the fall
    since the year before. Gates cannot be moved by indicators.

    Each indicator is taken to move alone. In truth less carbon moves A1, A2 and A4
    together, so a plan asks rather too much than too little; missing data are not
    filled; park means and percentiles stay as they are.
    """
    _check(scores, year, bound, percentile)
    now = scores.of_year(year)
    room = room_above(now, scheme, percentile if bound == "park" else None)
    needs = {
        "grade": [grade_requirements(now, scheme, room)],
        "colour": colour_requirements(scores, now, scheme, room),
    }
    spread = partial(
        class_shares,
        scheme=scheme,
        year=year,
        errors=errors,
        draws=draws,
        kappa=kappa,
        seed=seed,
    )
    before = spread(now)
    case = _Case(now, scheme, room, before, spread)
    plans = [_plan(case, target, variants) for target, variants in needs.items()]
    summary = pd.concat([summary for summary, _ in plans], ignore_index=True)
    steps = pd.concat([table for _, table in plans], ignore_index=True)
    return ImprovementPlan(
        summary=summary,
        steps=steps,
        year=year,
        bound=bound,
        percentile=percentile,
        draws=before.draws,
        seed=before.seed,
    )


def _check(scores: SynergyScores, year: int, bound: str, percentile: float) -> None:
    """Raise where there is nothing to plan for."""
    if year not in scores.overall.index.get_level_values("year"):
        raise MethodError(f"改进方案：没有{year}年的得分")
    problems = []
    if bound not in ("full", "park"):
        problems.append(Problem("bound", f"“{bound}”", "full 或 park"))
    if not 0 <= percentile <= 100:
        problems.append(Problem("percentile", f"{percentile:g}", "0–100"))
    if problems:
        raise ParameterError(problems)


@dataclass(frozen=True)
class _Case:
    """One year's rows, how far they can rise, and how their classes spread."""

    now: SynergyScores
    scheme: Scheme
    room: Room
    before: ClassShares
    spread: Callable[[SynergyScores], ClassShares]


def _plan(
    case: _Case, target: str, variants: list[Requirements]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return summary and steps of one target."""
    chosen, share, reason = _solve(case, variants)
    needs, now, scheme = variants[0], case.now, case.scheme
    improved = _raised(case, chosen, share)
    weights = now.row_weights.to_numpy(dtype=np.float64)
    after = row_means(improved, weights, scheme, scheme.header.aggregation)
    steps = _steps(case, target, improved, chosen)
    shares = f"{target}_probability"
    spreads = (case.before, case.spread(_carried_out(case, improved, steps)))
    likely = [
        share_of_reaching(getattr(item, shares), needs.following) for item in spreads
    ]
    planned = reason == ""
    overall = now.overall.to_numpy(dtype=np.float64)
    missing = np.maximum(needs.threshold - overall, 0.0)
    summary = pd.DataFrame(
        {
            "enterprise_id": now.overall.index.get_level_values("enterprise_id"),
            "target": target,
            "current": needs.current,
            "next": needs.following,
            "score": overall,
            "points_missing": missing,
            "n_indicators": np.where(planned, chosen.sum(axis=1), np.nan),
            "effort": np.where(planned, share.sum(axis=1), np.nan),
            "score_after": np.where(planned, after, np.nan),
            "probability_now": np.where(planned, likely[0], np.nan),
            "probability": np.where(planned, likely[1], np.nan),
            "reason": reason,
        }
    )
    return summary, steps


def _solve(case: _Case, variants: list[Requirements]) -> tuple[Mask, Floats, Texts]:
    """Return indicators, shares and reasons, of the easiest variant for every row."""
    _, member = structure(case.scheme)
    found, costs = [], []
    for needs in variants:
        open_ = needs.reason == ""
        selection = select_fewest(
            case.room.gain,
            np.where(open_, needs.need, 0.0),
            member=member,
            need_in_group=np.where(open_[:, None], needs.need_in_group, 0.0),
            least=np.where(open_[:, None], needs.least, 0.0),
        )
        # Effort never exceeds the number, so as a fraction it only breaks ties.
        effort = selection.share.sum(axis=1) / (len(member) + 1)
        cost = selection.chosen.sum(axis=1) + effort
        found.append(selection)
        costs.append(np.where(open_ & selection.feasible, cost, np.inf))
    table = np.array(costs)
    pick, rows = table.argmin(axis=0), np.arange(table.shape[1])
    possible = np.isfinite(table.min(axis=0))
    reasons = np.array([needs.reason for needs in variants], dtype=object)
    blocked = (reasons != "").all(axis=0)
    weights = case.room.weight
    aggregation = case.scheme.header.aggregation
    most = row_means(case.room.upper, weights, case.scheme, aggregation)
    texts = [f"全部指标达到上限仍达不到（综合得分最高{top:.1f}）" for top in most]
    reason = np.select([possible, blocked], ["", reasons[0]], np.array(texts, object))
    chosen = np.array([item.chosen for item in found])[pick, rows] & possible[:, None]
    share = np.array([item.share for item in found])[pick, rows]
    return chosen, np.where(chosen, share, 0.0), reason.astype(object)


def _raised(case: _Case, chosen: Mask, share: Floats) -> Floats:
    """Return the indicator scores after the improvements, tiers rounded up."""
    header, room = case.scheme.header, case.room
    low, high = (mean_scale(points, header) for points in (room.score, room.upper))
    wanted = mean_scale(low + share * (high - low), header, back=True)
    # What is closed in full reaches its bound to the last digit.
    wanted = np.where(share >= 1, room.upper, wanted)
    table = case.scheme.framework.indicators
    for place, (rule, tiers) in enumerate(
        zip(table["rule"], table["tiers"], strict=True)
    ):
        if rule == "TIER":
            levels = np.unique([points for _, _, points in parse_tiers(str(tiers))])
            at = np.searchsorted(levels, wanted[:, place] - SAME_POINTS)
            wanted[:, place] = levels[np.minimum(at, len(levels) - 1)]
    now = case.now.indicator_scores.to_numpy(dtype=np.float64)
    return np.where(chosen, wanted, now)


def _steps(case: _Case, target: str, improved: Floats, chosen: Mask) -> pd.DataFrame:
    """Return the indicators of every plan, the largest gain first."""
    now = case.now
    rows, places = np.nonzero(chosen)
    score = case.room.score[rows, places]
    gains = _gains(case, improved, chosen)[rows, places]
    needed = improved[rows, places]
    codes = now.indicator_scores.columns.to_numpy()[places]
    relation, value = _needed_values(case, codes, needed)
    values = now.values.to_numpy(dtype=np.float64)
    table = pd.DataFrame(
        {
            "enterprise_id": now.overall.index.get_level_values("enterprise_id")[rows],
            "target": target,
            "code": codes,
            "current_value": values[rows, places],
            "current_score": score,
            "relation": relation,
            "needed_value": value,
            "needed_score": needed,
            "gain": gains,
        }
    )
    table = table.assign(row=rows, room=case.room.gain[rows, places])
    table = table.sort_values(["row", "room"], ascending=[True, False], kind="stable")
    table.insert(2, "order", table.groupby("row").cumcount() + 1)
    return table.drop(columns=["row", "room"]).reset_index(drop=True)


def _carried_out(case: _Case, improved: Floats, steps: pd.DataFrame) -> SynergyScores:
    """Return the scores with the plans' values and points in place of today's."""
    now = case.now
    values = now.values.copy()
    ids = values.index.get_level_values("enterprise_id")
    for code, rows in steps.groupby("code"):
        needed = rows["needed_value"].to_numpy(dtype=np.float64)
        # A limit that does not belong to its tier is passed by the least there is.
        below, above = np.nextafter(needed, -np.inf), np.nextafter(needed, np.inf)
        relation = rows["relation"].to_numpy()
        needed = np.where(relation == "<", below, needed)
        needed = np.where(relation == ">", above, needed)
        column = pd.Series(values[code].to_numpy(dtype=np.float64, copy=True), ids)
        column[rows["enterprise_id"]] = needed
        values[code] = column.to_numpy()
    scores = pd.DataFrame(improved, now.overall.index, now.indicator_scores.columns)
    return replace(now, indicator_scores=scores, values=values)


def _gains(case: _Case, improved: Floats, chosen: Mask) -> Floats:
    """Return each indicator's part of the rise of the overall score [points]."""
    header, weights = case.scheme.header, case.room.weight
    before = np.where(chosen, case.room.score, 0.0)
    after = np.where(chosen, improved, 0.0)
    parts = weights * (mean_scale(after, header) - mean_scale(before, header))
    parts = np.where(chosen, parts, 0.0)
    raised = np.where(chosen, improved, case.room.score)
    ends = [
        row_means(points, weights, case.scheme, header.aggregation)
        for points in (case.room.score, raised)
    ]
    total = parts.sum(axis=1)
    rise = np.divide(
        ends[1] - ends[0], total, out=np.zeros_like(total), where=total > 0
    )
    return np.asarray(parts * rise[:, None], dtype=np.float64)


def _needed_values(case: _Case, codes: Texts, points: Floats) -> tuple[Texts, Floats]:
    """Return relation and value that earn given points, one a step."""
    relation = np.full(len(codes), "", dtype=object)
    value = np.full(len(codes), np.nan)
    table, anchors = case.scheme.framework.indicators, case.now.anchors
    for code in np.unique(codes.astype(str)):
        own = codes == code
        ends = anchors.loc[code, ["baseline", "benchmark"]].astype(float)
        relation[own], value[own] = value_for_score(
            points[own],
            str(table.loc[code, "rule"]),
            tiers=str(table.loc[code, "tiers"]),
            baseline=float(ends["baseline"]),
            benchmark=float(ends["benchmark"]),
        )
    return relation, value
