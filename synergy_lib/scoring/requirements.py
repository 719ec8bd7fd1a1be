"""What the next grade and the next colour ask of a score, and what cannot be moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.comparison import structure
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS
from synergy_lib.scoring.header import SchemeHeader
from synergy_lib.scoring.normalization import apply_rules, parse_tiers
from synergy_lib.scoring.results import SynergyScores

__all__ = [
    "Requirements",
    "Room",
    "colour_requirements",
    "grade_requirements",
    "mean_scale",
    "room_above",
]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

# A fall must be smaller than its limit, not equal to it: by so many points.
STRICTLY_BELOW = 1e-6
NO_DATA = "数据不足，无法判断"


@dataclass(frozen=True)
class Room:
    """How far every indicator of every row can rise.

    Parameters
    ----------
    score, upper : numpy.ndarray, shape (n_rows, n_indicators)
        Score and highest score that is reached [points]; 0 where there is none.
    weight : numpy.ndarray, shape (n_rows, n_indicators)
        Weight in the row's overall score; 0 where not counted.
    gain : numpy.ndarray, shape (n_rows, n_indicators)
        What it can add on the scale of :func:`mean_scale`.
    """

    score: Floats
    upper: Floats
    weight: Floats
    gain: Floats


@dataclass(frozen=True)
class Requirements:
    """What each row needs to reach the next class; nothing where there is a reason.

    Parameters
    ----------
    current, following : numpy.ndarray of str, shape (n_rows,)
        Class now, and the next better one ("" where there is none).
    threshold : numpy.ndarray, shape (n_rows,)
        Overall score of the next class [points].
    need : numpy.ndarray, shape (n_rows,)
        Gain that is missing, on the scale of :func:`mean_scale`.
    need_in_group : numpy.ndarray, shape (n_rows, n_dimensions)
        The same for each dimension, weighted as in the overall score.
    least : numpy.ndarray, shape (n_rows, n_indicators)
        Share of its gap that an indicator must close in any case [-].
    reason : numpy.ndarray of str, shape (n_rows,)
        Chinese: why the class cannot be reached by indicators; "" where it may.
    """

    current: Texts
    following: Texts
    threshold: Floats
    need: Floats
    need_in_group: Floats
    least: Floats
    reason: Texts


def mean_scale(points: Floats, header: SchemeHeader, *, back: bool = False) -> Floats:
    """Return scores on the scale on which the overall score is a weighted sum.

    Parameters
    ----------
    points : numpy.ndarray
        Scores [points], or values of the scale if ``back``.
    header : SchemeHeader
        ``aggregation`` and ``geometric_score_floor``.
    back : bool
        From the scale to points.

    Returns
    -------
    numpy.ndarray
        The scores themselves under the arithmetic mean, their logarithms (not below
        the floor's) under the geometric one.
    """
    if header.aggregation == "arithmetic":
        return np.asarray(points, dtype=np.float64)
    if back:
        return np.asarray(np.exp(points), dtype=np.float64)
    floor = header.geometric_score_floor
    return np.asarray(np.log(np.maximum(points, floor)), dtype=np.float64)


def room_above(now: SynergyScores, scheme: Scheme, percentile: float | None) -> Room:
    """Return how far every indicator can rise in one year.

    Parameters
    ----------
    now : SynergyScores
        One year's rows.
    scheme : Scheme
    percentile : float or None
        Percentile of the year's scores that bounds the rise [%], the next lower score
        that occurs; None for the most points that the indicator's rule gives.

    Returns
    -------
    Room
        An indicator above its bound stays where it is.
    """
    score = now.indicator_scores.to_numpy(dtype=np.float64)
    weight = now.row_weights.to_numpy(dtype=np.float64)
    counted = (weight > 0) & ~np.isnan(score)
    if percentile is None:
        table = scheme.framework.indicators
        most = [
            max(points for _, _, points in parse_tiers(str(tiers)))
            if rule == "TIER"
            else 100.0
            for rule, tiers in zip(table["rule"], table["tiers"], strict=True)
        ]
        top = np.array(most, dtype=np.float64)
    else:
        known = np.where(np.isnan(score).all(axis=0), 0.0, score)
        found = np.nanpercentile(known, percentile, axis=0, method="lower")
        top = np.asarray(found, dtype=np.float64)
    own: Floats = np.where(counted, score, 0.0).astype(np.float64)
    upper: Floats = np.where(counted, np.maximum(own, top), 0.0).astype(np.float64)
    scale = scheme.header
    gain = weight * (mean_scale(upper, scale) - mean_scale(own, scale))
    gain = np.where(counted, np.maximum(gain, 0.0), 0.0)
    return Room(own, upper, np.where(counted, weight, 0.0), gain)


def grade_requirements(now: SynergyScores, scheme: Scheme, room: Room) -> Requirements:
    """Return what every row needs for the next grade."""
    header = scheme.header
    names = [*header.grade_names, header.grade_no_data]
    place = np.array([names.index(grade) for grade in now.grade])
    unjudged = place == len(header.grade_names)
    target = np.where(unjudged, 0, place - 1)
    best = target < 0
    bounds = np.array([*header.grade_lower_bounds, np.nan])
    threshold = np.where(unjudged | best, np.nan, bounds[target])
    following = np.where(unjudged | best, "", np.array(names, dtype=object)[target])
    capped = _capped(now, scheme, target)
    reason = np.select(
        [unjudged, best, capped != ""], [NO_DATA, "已为最高等级", capped], ""
    )
    groups = len(scheme.framework.dimensions)
    return Requirements(
        current=now.grade.to_numpy(dtype=object),
        following=following.astype(object),
        threshold=threshold,
        need=_need(now, threshold, header),
        need_in_group=np.zeros((len(place), groups)),
        least=np.zeros_like(room.gain),
        reason=reason.astype(object),
    )


def _need(now: SynergyScores, threshold: Floats, header: SchemeHeader) -> Floats:
    """Return the gain that is missing to a score; 0 where none is."""
    score = np.asarray(now.overall, dtype=np.float64)
    missing = mean_scale(threshold, header) - mean_scale(score, header)
    # A score that is the threshold up to rounding has reached it.
    reached = np.round(score, SAME_SCORE_DECIMALS) >= threshold
    return np.where(reached, 0.0, np.maximum(np.nan_to_num(missing), 0.0))


def _failed(now: SynergyScores, codes: Sequence[str]) -> list[list[str]]:
    """Return the named gates that every row fails."""
    gates = now.gates.reindex(columns=list(codes)).to_numpy(dtype=float)
    return [
        [code for code, value in zip(codes, row, strict=True) if value == 0]
        for row in gates
    ]


def _capped(now: SynergyScores, scheme: Scheme, target: npt.NDArray[np.intp]) -> Texts:
    """Return which failed gates keep every row below a target grade."""
    header = scheme.header
    texts = np.full(len(target), "", dtype=object)
    for codes, cap in (
        (header.gates_yellow, header.gates_yellow_grade_cap),
        (header.gates_red, header.gates_red_grade_cap),
    ):
        if cap is None:
            continue
        lowest = header.grade_names.index(cap)
        for row, failed in enumerate(_failed(now, codes)):
            if failed and target[row] < lowest:
                text = f"门槛{'、'.join(failed)}未通过，等级最高为“{cap}”"
                texts[row] = text
    return texts


def colour_requirements(
    scores: SynergyScores, now: SynergyScores, scheme: Scheme, room: Room
) -> list[Requirements]:
    """Return what every row needs for the next colour, in each way out.

    Parameters
    ----------
    scores, now : SynergyScores
        All years, and the rows of the year to improve on.
    scheme : Scheme
    room : Room

    Returns
    -------
    list of Requirements
        One a way out of the red rule on carbon grade and pollution: a better score of
        the pollution indicator, or a better carbon grade. Rows that the rule does not
        touch need the same in both.

    Raises
    ------
    MethodError
        If the scheme tries yellow before red.
    """
    header = scheme.header
    if header.colour_order.index("red") > header.colour_order.index("yellow"):
        raise MethodError("改进方案：colour_order 先判黄后判红，未定义下一颜色")
    colour = now.colour.to_numpy(dtype=object)
    is_red, is_yellow = colour == "red", colour == "yellow"
    following = np.select([is_red, is_yellow], ["yellow", "green"], "").astype(object)
    bounds = [header.colour_red_score_below, header.colour_yellow_score_below]
    threshold = np.select([is_red, is_yellow], bounds, np.nan)
    reason = np.select(
        [colour == "grey", colour == "green", is_red],
        [NO_DATA, "已为绿色", _gate_text(now, header.gates_red)],
        _gate_text(now, header.gates_yellow),
    ).astype(object)
    threshold, fell = _without_fall(scores, now, scheme, threshold)
    reason = np.where((reason == "") & is_yellow, fell, reason)
    base = Requirements(
        current=colour,
        following=following,
        threshold=threshold,
        need=_need(now, threshold, header),
        need_in_group=_dimension_needs(now, scheme, room, is_yellow),
        least=np.zeros_like(room.gain),
        reason=reason,
    )
    return _ways_out(base, now, scheme, room)


def _gate_text(now: SynergyScores, codes: Sequence[str]) -> list[str]:
    return [
        f"门槛{'、'.join(failed)}未通过，须先通过门槛" if failed else ""
        for failed in _failed(now, codes)
    ]


def _without_fall(
    scores: SynergyScores, now: SynergyScores, scheme: Scheme, threshold: Floats
) -> tuple[Floats, Texts]:
    """Return the threshold that also ends the rule on falls, or why it cannot tell."""
    points = scheme.header.colour_yellow_fall_points
    fall = -now.change.to_numpy(dtype=np.float64)
    none = np.full(len(fall), "", dtype=object)
    if points is None:
        return threshold, none
    fell = np.round(fall, SAME_SCORE_DECIMALS) >= points
    fell &= now.colour.to_numpy() == "yellow"
    index = now.overall.index
    before = pd.MultiIndex.from_arrays(
        [
            index.get_level_values("enterprise_id"),
            index.get_level_values("year") - 1,
        ],
        names=index.names,
    )
    same = [
        (frame.reindex(before).to_numpy() == frame.loc[index].to_numpy()).all(axis=1)
        for frame in (scores.indicator_scores.notna(), scores.applicable)
    ]
    earlier = scores.overall.reindex(before).to_numpy(dtype=np.float64)
    wanted = earlier - points + STRICTLY_BELOW
    text = "较上年的下降按两年共有指标计算，改进量无法换算"
    comparable = same[0] & same[1]
    return (
        np.where(fell & comparable, np.fmax(threshold, wanted), threshold),
        np.where(fell & ~comparable, text, none),
    )


def _dimension_needs(
    now: SynergyScores, scheme: Scheme, room: Room, asked: npt.NDArray[np.bool_]
) -> Floats:
    """Return what the dimensions need, weighted as in the overall score."""
    limit = scheme.header.colour_yellow_dimension_below
    score = now.dimension_scores.to_numpy(dtype=np.float64)
    if limit is None:
        return np.zeros_like(score)
    _, member = structure(scheme)
    share = room.weight @ member
    below = np.round(score, SAME_SCORE_DECIMALS) < limit
    header = scheme.header
    aim = float(mean_scale(np.array([limit]), header)[0])
    missing = aim - mean_scale(score, header)
    return np.where(below & asked[:, None], np.nan_to_num(missing) * share, 0.0)


def _ways_out(
    base: Requirements, now: SynergyScores, scheme: Scheme, room: Room
) -> list[Requirements]:
    """Return the requirements with each way out of the rule on carbon and pollution."""
    header = scheme.header
    pollution, carbon = (
        header.colour_red_pollution_indicator,
        header.carbon_grade_indicator,
    )
    limit, worst = (
        header.colour_red_pollution_score_below,
        header.colour_red_carbon_grade,
    )
    if pollution is None or carbon is None or limit is None or worst is None:
        return [base]
    codes = list(now.indicator_scores.columns)
    own = now.indicator_scores[pollution].to_numpy(dtype=np.float64)
    grade = now.carbon_grade.to_numpy(dtype=np.float64)
    touched = (grade >= worst) & (np.round(own, SAME_SCORE_DECIMALS) < limit)
    touched &= base.current == "red"
    best = header.carbon_grade_upper_bounds[worst - 2]
    rules = scheme.framework.indicators.loc[[carbon]]
    frame = pd.DataFrame({carbon: [best]})
    at_best = float(apply_rules(frame, rules, now.anchors)[carbon].iloc[0])
    places = codes.index(pollution), codes.index(carbon)
    rises = _rise(room.score[:, places[1]], at_best, str(rules["tiers"].iloc[0]))
    wanted = {places[0]: np.full(len(own), limit), places[1]: rises}
    return [
        replace(base, **_compulsory(base, room, points, place=place, touched=touched))
        for place, points in wanted.items()
    ]


def _rise(score: Floats, points: float, tiers: str) -> Floats:
    """Return points, or the next more than the score where these are no more.

    A rule may give the same points on both sides of the bound of a carbon grade; the
    next points up are then surely on the better side.
    """
    levels = [given for _, _, given in parse_tiers(tiers)] if tiers else []
    steps = np.array([*sorted(set(levels)), np.inf])
    following = steps[np.searchsorted(steps[:-1], score, side="right")]
    following = following if levels else score + STRICTLY_BELOW
    return np.where(points > score, points, following)


def _compulsory(
    base: Requirements,
    room: Room,
    points: Floats,
    *,
    place: int,
    touched: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    """Return least shares and reasons where an indicator must earn given points."""
    low, high = room.score[:, place], room.upper[:, place]
    can = (high >= points) & (points > low) & (room.gain[:, place] > 0)
    gap = np.where(can, high - low, 1.0)
    share = np.where(can & touched, (points - low) / gap, 0.0)
    least = base.least.copy()
    least[:, place] = np.clip(np.nan_to_num(share, posinf=0.0), 0.0, 1.0)
    text = "碳效等级与污染强度同时触发红色，单项指标达不到解除所需的得分"
    reason = np.where((base.reason == "") & touched & ~can, text, base.reason)
    return {"least": least, "reason": reason}
