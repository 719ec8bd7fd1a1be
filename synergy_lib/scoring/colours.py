"""Red, yellow, green, grey: the colour of an enterprise, with its reasons."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.scoring.framework import Framework, Scheme
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS, reaches, score_class
from synergy_lib.scoring.header import SchemeHeader

__all__ = ["ColourEvidence", "colour_by_score", "colours"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ColourEvidence:
    """Everything the colour of an enterprise-year rests on, one row each.

    Parameters
    ----------
    overall, coverage : pandas.Series
        Overall score [points] and coverage [-].
    dimensions : pandas.DataFrame
        Dimension scores [points].
    indicators : pandas.DataFrame
        Indicator scores [points].
    carbon_grade : pandas.Series
        Carbon-efficiency grade 1–5, NaN where none.
    change : pandas.Series
        Change of the overall score since the year before, over the indicators both
        years have [points]; NaN where there is no year before.
    gates : pandas.DataFrame
        1 passed, 0 failed, NaN unknown.
    """

    overall: pd.Series[float]
    coverage: pd.Series[float]
    dimensions: pd.DataFrame
    indicators: pd.DataFrame
    carbon_grade: pd.Series[float]
    change: pd.Series[float]
    gates: pd.DataFrame


def colours(
    evidence: ColourEvidence, scheme: Scheme
) -> tuple[pd.Series[str], pd.Series[str], pd.Series[str]]:
    """Return the colour of every row, the reasons, and the colour by score alone.

    Returns
    -------
    tuple of pandas.Series
        ``red``, ``yellow``, ``green`` or ``grey``; the reasons in Chinese, those of
        the colour itself and, after them, gates that are not known; the colour that
        follows from the overall score and the coverage only.

    Notes
    -----
    The colours are tried in the order of ``colour_order``; green is what remains
    (methods §2.4). Grey comes first in the shipped scheme: with too little data there
    is no colour, but a failed gate is still named.
    """
    header = scheme.header
    found: dict[str, list[list[str]]] = {
        "grey": _grey_reasons(evidence, header),
        "red": _red_reasons(evidence, scheme),
        "yellow": _yellow_reasons(evidence, scheme),
    }
    score = np.asarray(evidence.overall, dtype=np.float64)
    by_score = colour_by_score(score, header)
    by_score = np.where([bool(reasons) for reasons in found["grey"]], "grey", by_score)
    unknown = _unknown_gates(evidence.gates, header)
    chosen = _chosen(found, header, len(score))
    texts = []
    for row, (hit, note) in enumerate(zip(chosen, unknown, strict=True)):
        reasons = [_green_reason(score[row])] if hit == "green" else found[hit][row]
        if hit == "grey":
            reasons = reasons + [r for r in found["red"][row] if r.startswith("门槛")]
        texts.append("；".join([*reasons, *note]))
    index = evidence.overall.index
    return (
        pd.Series(chosen, index=index, name="colour", dtype=object),
        pd.Series(texts, index=index, name="colour_reasons", dtype=object),
        pd.Series(by_score, index=index, name="colour_by_score", dtype=object),
    )


def _chosen(
    found: dict[str, list[list[str]]], header: SchemeHeader, count: int
) -> list[str]:
    """Return the first colour, in the scheme's order, that every row has a reason for."""
    chosen = ["green"] * count
    for colour in reversed(header.colour_order):
        if colour != "green":
            reasons = found[colour]
            chosen = [
                colour if own else now for own, now in zip(reasons, chosen, strict=True)
            ]
    return chosen


def colour_by_score(scores: Floats, header: SchemeHeader) -> npt.NDArray[np.object_]:
    """Return red, yellow or green by the overall score alone; grey for NaN."""
    bounds = (
        header.colour_yellow_score_below,
        header.colour_red_score_below,
        -math.inf,
    )
    names = np.array(["green", "yellow", "red", "grey"], dtype=object)
    return np.asarray(names[score_class(scores, bounds)], dtype=object)


def _shown(value: float, limit: float = math.inf) -> str:
    """Return a score with one decimal; below a limit it never reads as the limit."""
    shown = f"{value:.1f}"
    if value < limit <= float(shown):
        return f"{math.floor(round(value, SAME_SCORE_DECIMALS) * 10) / 10:.1f}"
    return shown


def _below(scores: Floats, limit: float) -> npt.NDArray[np.bool_]:
    """Return where scores are below a limit, up to floating-point noise."""
    rounded = np.round(scores, SAME_SCORE_DECIMALS)
    return np.asarray(rounded < limit, dtype=np.bool_)


def _green_reason(score: float) -> str:
    return f"综合得分{_shown(score)}，未触发红色和黄色条件"


def _grey_reasons(evidence: ColourEvidence, header: SchemeHeader) -> list[list[str]]:
    """Return why there is no colour."""
    limit = header.coverage_overall_minimum
    enough = reaches(evidence.coverage, limit)
    score = np.asarray(evidence.overall, dtype=np.float64)
    known = np.nan_to_num(np.asarray(evidence.coverage, dtype=np.float64))
    reasons: list[list[str]] = [[] for _ in enough]
    for row in np.flatnonzero(~enough):
        share = _shown(100 * known[row], 100 * limit)
        reasons[row] = [f"数据覆盖率{share} %低于{100 * limit:g} %"]
    for row in np.flatnonzero(enough & np.isnan(score)):
        reasons[row] = ["无综合得分"]
    return reasons


def _by_pattern(
    flags: npt.NDArray[np.bool_], say: Callable[[npt.NDArray[np.bool_]], list[str]]
) -> list[list[str]]:
    """Return what is said of every row of flags, worked out once a pattern."""
    patterns, of_row = np.unique(flags, axis=0, return_inverse=True)
    said = [say(pattern) for pattern in patterns]
    return [list(said[number]) for number in of_row]


def _gate_reasons(
    evidence: ColourEvidence, framework: Framework, codes: tuple[str, ...]
) -> list[list[str]]:
    """Return the failed gates of every row."""
    gates = evidence.gates.reindex(columns=list(codes))
    labels = {str(k): str(v) for k, v in framework.gates["name"].items()}
    names = [f"门槛{code}未通过（{labels[code]}）" for code in codes]
    failed = gates.to_numpy(dtype=float) == 0
    return _by_pattern(failed, lambda row: list(compress(names, row)))


def _unknown_gates(gates: pd.DataFrame, header: SchemeHeader) -> list[list[str]]:
    """Return a note on the gates that are not known."""
    codes = [*header.gates_red, *header.gates_yellow]
    unknown = gates.reindex(columns=codes).isna().to_numpy()

    def note(row: npt.NDArray[np.bool_]) -> list[str]:
        named = "、".join(compress(codes, row))
        return [f"门槛{named}未提供数据，未判断"] if named else []

    return _by_pattern(unknown, note)


def _red_reasons(evidence: ColourEvidence, scheme: Scheme) -> list[list[str]]:
    """Return why every row is red."""
    header = scheme.header
    reasons = _gate_reasons(evidence, scheme.framework, header.gates_red)
    scores = np.asarray(evidence.overall, dtype=np.float64)
    limit = header.colour_red_score_below
    for row in np.flatnonzero(_below(scores, limit)):
        reasons[row].append(f"综合得分{_shown(scores[row], limit)}低于{limit:g}")
    code = header.colour_red_pollution_indicator
    if code is None:
        return reasons
    own = np.asarray(evidence.indicators[code], dtype=np.float64)
    grade = evidence.carbon_grade.to_numpy(dtype=float)
    least, lowest = (
        header.colour_red_pollution_score_below,
        header.colour_red_carbon_grade,
    )
    if least is None or lowest is None:
        return reasons
    both = (grade >= lowest) & _below(own, least)
    name = str(scheme.framework.indicators.loc[code, "name"])
    for row in np.flatnonzero(both):
        reasons[row].append(
            f"碳效等级{grade[row]:g}且{name}（{code}）得分{_shown(own[row], least)}低于{least:g}"
        )
    return reasons


def _yellow_reasons(evidence: ColourEvidence, scheme: Scheme) -> list[list[str]]:
    """Return why every row is yellow, if it is not red."""
    header, framework = scheme.header, scheme.framework
    reasons = _gate_reasons(evidence, framework, header.gates_yellow)
    scores = np.asarray(evidence.overall, dtype=np.float64)
    limit = header.colour_yellow_score_below
    for row in np.flatnonzero(_below(scores, limit)):
        reasons[row].append(f"综合得分{_shown(scores[row], limit)}低于{limit:g}")
    # Without a limit no score lies below it.
    least = header.colour_yellow_dimension_below or 0.0
    for code in evidence.dimensions.columns:
        own = np.asarray(evidence.dimensions[code], dtype=np.float64)
        name = str(framework.table.loc[code, "name"])
        for row in np.flatnonzero(_below(own, least)):
            reasons[row].append(f"{name}得分{_shown(own[row], least)}低于{least:g}")
    fall = -evidence.change.to_numpy(dtype=float)
    points = header.colour_yellow_fall_points
    fell = points is not None and np.round(fall, SAME_SCORE_DECIMALS) >= points
    for row in np.flatnonzero(fell):
        reasons[row].append(f"综合得分较上年下降{_shown(fall[row])}分")
    return reasons
