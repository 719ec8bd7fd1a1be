"""How often each grade and colour comes up in the draws."""

from __future__ import annotations

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
from synergy_lib.scoring.uncertainty.draws import (
    Draws,
    make_draws,
    uses_own_method,
)
from synergy_lib.scoring.uncertainty.model import DrawnScores, score_draws
from synergy_lib.scoring.uncertainty.park_year import ParkYear, park_year

__all__ = [
    "ClassShares",
    "class_shares",
    "colour_shares",
    "grade_shares",
    "scheme_draws",
    "share_of_reaching",
    "with_draws",
]

# Slack for scores that should reach a bound but were summed in another order.
_SLACK = 1e-4


@dataclass(frozen=True)
class ClassShares:
    """How grades by score and colours spread over the draws of the scheme's method.

    Parameters
    ----------
    grade_probability, colour_probability : pandas.DataFrame
        As in :class:`ScoreUncertainty`.
    draws, seed : int
        What the numbers rest on; half of the draws are of the scheme's own method
        where it allows others.
    """

    grade_probability: pd.DataFrame
    colour_probability: pd.DataFrame
    draws: int
    seed: int


def class_shares(
    scores: SynergyScores,
    scheme: Scheme,
    *,
    year: int,
    errors: IndicatorErrors | None = None,
    draws: int | None = None,
    kappa: float | None = None,
    seed: int | None = None,
) -> ClassShares:
    """Return how sure grades and colours of one year are, without ranks.

    Parameters
    ----------
    scores, scheme, errors, draws, kappa, seed
        As in :func:`score_uncertainty`.
    year : int
        Rows of other years are left out.

    Returns
    -------
    ClassShares
        The same shares as :func:`score_uncertainty` gives, at less than half the
        work: only the draws that they rest on are scored.

    Raises
    ------
    MethodError
        As :func:`score_uncertainty`.
    """
    scheme = with_draws(scores, scheme, draws, kappa, seed)
    header, sample = scheme.header, scheme_draws(scheme, errors)
    park = park_year(scores, scheme, year, errors)
    own = sample.take(np.flatnonzero(uses_own_method(sample, header)))
    drawn = score_draws(park, own, header.robustness_seed)
    return ClassShares(
        grade_shares(drawn.overall, park.index, header),
        colour_shares(scores, park, drawn, scheme),
        header.robustness_draws,
        header.robustness_seed,
    )


def with_draws(
    scores: SynergyScores,
    scheme: Scheme,
    draws: int | None,
    kappa: float | None,
    seed: int | None,
) -> Scheme:
    """Return the scheme with what is said of its draws, or refuse other scores."""
    if list(scores.indicator_scores.columns) != list(scheme.framework.indicators.index):
        raise MethodError("不确定性：得分与指标体系的指标不一致")
    changes = {"draws": draws, "kappa": kappa, "seed": seed}
    header = scheme.header.model_copy(
        update={f"robustness_{k}": v for k, v in changes.items() if v is not None}
    )
    return Scheme(header, scheme.framework)


def scheme_draws(scheme: Scheme, errors: IndicatorErrors | None) -> Draws:
    """Return the draws that a scheme's header asks for."""
    weights, _ = structure(scheme)
    header = scheme.header
    return make_draws(
        weights,
        header,
        len(errors.common) if errors else 0,
        header.robustness_draws,
        header.robustness_seed,
    )


def grade_shares(
    points: npt.NDArray[np.float32], index: pd.Index, header: SchemeHeader
) -> pd.DataFrame:
    """Return the share of draws in each grade; NaN for rows without a score."""
    reached = np.column_stack(
        [(points >= bound - _SLACK).mean(axis=0) for bound in header.grade_lower_bounds]
    )
    shares = np.diff(reached, axis=1, prepend=0.0)
    shares[np.isnan(points[0])] = np.nan
    return pd.DataFrame(shares, index=index, columns=list(header.grade_names))


def colour_shares(
    scores: SynergyScores,
    park: ParkYear,
    drawn: DrawnScores,
    scheme: Scheme,
) -> pd.DataFrame:
    """Return the share of draws with each colour; NaN for rows without a score."""
    header = scheme.header
    points = drawn.overall
    red = points < header.colour_red_score_below - _SLACK
    yellow = points < header.colour_yellow_score_below - _SLACK
    if header.colour_yellow_dimension_below is not None:
        limit = header.colour_yellow_dimension_below - _SLACK
        with np.errstate(invalid="ignore"):
            yellow |= (drawn.dimensions < limit).any(axis=2)
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


def share_of_reaching(
    shares: pd.DataFrame, classes: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
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
