"""Every set of measures tried, small ones first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from synergy_lib.scoring.grading import reaches
from synergy_lib.scoring.requirements import Requirements
from synergy_lib.synergy.rescoring import Rescoring
from synergy_lib.techniques.conversion import AIR_POLLUTANTS, WATER_POLLUTANTS
from synergy_lib.techniques.overlap import MeasureAmounts

__all__ = ["MeasureCase", "no_search", "single_gains", "smallest_sets"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]

# Rows scored at once, so that memory stays small in any park.
_BLOCK = 200_000
# More sets of one size than this are not tried.
_MOST_SETS = 20_000
# An indicator that may fall where emissions fall, so that less is no bound on it.
_NOT_MONOTONE = "co_control_level"
NO_MEASURE = "没有可估算效益的措施"


@dataclass(frozen=True, eq=False)
class MeasureCase:
    """One park and year: what measures take, and what that does to scores.

    Parameters
    ----------
    amounts : MeasureAmounts
    rescoring : Rescoring
        Rows in the order of the amounts.
    quantities : mapping of str to numpy.ndarray, shape (n_rows,)
        The enterprises' own quantities of
        :data:`~synergy_lib.synergy.rescoring.QUANTITIES`.
    per_unit, kg_per_equivalent : mapping of str to float
        As in :mod:`synergy_lib.techniques.conversion`.
    """

    amounts: MeasureAmounts
    rescoring: Rescoring
    quantities: Mapping[str, Floats]
    per_unit: Mapping[str, float]
    kg_per_equivalent: Mapping[str, float]

    def left(self, amounts: MeasureAmounts, sets: Mask) -> dict[str, Floats]:
        """Return what sets leave of every quantity, (n_rows, n_sets) each."""
        taken = amounts.together(sets, self.per_unit)
        none = np.zeros_like(taken["co2e_t"])
        air, water = (
            sum(
                (
                    taken.get(f"{name}_kg", none) / self.kg_per_equivalent[name]
                    for name in names
                ),
                start=none,
            )
            for names in (AIR_POLLUTANTS, WATER_POLLUTANTS)
        )
        less = {
            "co2e_t": taken["co2e_t"],
            "air_equivalent_kg": air,
            "water_equivalent_kg": water,
            "pollutant_equivalent_kg": air + water,
            "solvent_fresh_t": taken.get("solvent_fresh_t", none),
        }
        return {
            name: own[:, None] - less[name] for name, own in self.quantities.items()
        }

    def reduction_of(self, chosen: Mask) -> Floats:
        """Return the CO2e that every row's own set takes off [tCO2e]."""
        return self.amounts.together(chosen[:, None, :], self.per_unit)["co2e_t"][:, 0]

    def scores_of(self, chosen: Mask) -> Floats:
        """Return the overall score of every row with its own set."""
        left = self.left(self.amounts, chosen[:, None, :])
        rows = np.arange(len(chosen))
        return self.scores(rows, {name: part[:, 0] for name, part in left.items()})

    def part(self, rows: Positions) -> MeasureCase:
        """Return the same for some of the enterprises; they are scored by the whole."""
        quantities = {name: own[rows] for name, own in self.quantities.items()}
        return replace(self, amounts=self.amounts.rows(rows), quantities=quantities)

    def scores(self, rows: Positions, left: Mapping[str, Floats]) -> Floats:
        """Return overall scores of rows with what is left of their quantities."""
        indicators = self.rescoring.indicators(rows, left)
        points = self.rescoring.points(rows, indicators)
        return self.rescoring.overall(rows, points)


def single_gains(case: MeasureCase, overall: Floats) -> Floats:
    """Return what every measure alone adds to the overall score.

    Parameters
    ----------
    case : MeasureCase
    overall : numpy.ndarray, shape (n_rows,)
        Overall score now [points].

    Returns
    -------
    numpy.ndarray, shape (n_rows, n_techniques)
        [points]; NaN where a measure cannot be taken.
    """
    alone = np.eye(len(case.amounts.techniques), dtype=bool)
    rows, sets = np.nonzero(case.amounts.usable)
    left = case.left(case.amounts, alone)
    after = case.scores(rows, {name: part[rows, sets] for name, part in left.items()})
    gains = np.full(case.amounts.usable.shape, np.nan)
    gains[rows, sets] = after - overall[rows]
    return gains


def no_search(case: MeasureCase, needs: Requirements) -> npt.NDArray[np.object_]:
    """Return why there is nothing to search for an enterprise; "" where there is.

    Nor is there where a score that no set can pass stays below the next grade.
    """
    best = _best_imaginable(case)
    texts = [f"目录中可估算的措施全部实施，综合得分也不超过{top:.1f}" for top in best]
    short = np.where(reaches(best, needs.threshold), "", np.array(texts, dtype=object))
    none = ~case.amounts.usable.any(axis=1)
    return np.where(needs.reason != "", needs.reason, np.where(none, NO_MEASURE, short))


def _best_imaginable(case: MeasureCase) -> Floats:
    """Return a score that no set of measures can pass.

    All reductions together, no increase, whatever excludes each other.
    """
    amounts = replace(case.amounts, amounts=np.maximum(case.amounts.amounts, 0.0))
    everything = np.ones((1, len(amounts.techniques)), dtype=bool)
    left = case.left(amounts, everything)
    rows = np.arange(len(amounts.enterprises))
    rescoring, table = case.rescoring, case.rescoring.scheme.framework.indicators
    indicators = rescoring.indicators(rows, {k: v[:, 0] for k, v in left.items()})
    points = rescoring.points(rows, indicators)
    for place, formula in enumerate(table["formula"]):
        if _NOT_MONOTONE in str(formula):
            points[:, place] = 100.0
    points = np.fmax(points, rescoring.scores)
    return rescoring.overall(rows, points)


def smallest_sets(
    case: MeasureCase, threshold: Floats, wanted: Mask
) -> tuple[Mask, int]:
    """Return the smallest set of measures that reaches each row's threshold.

    Parameters
    ----------
    case : MeasureCase
    threshold : numpy.ndarray, shape (n_rows,)
        Overall score to reach [points].
    wanted : numpy.ndarray of bool, shape (n_rows,)
        Rows to search for.

    Returns
    -------
    chosen : numpy.ndarray of bool, shape (n_rows, n_techniques)
        Of the smallest sets the one with the highest score; none where no set reaches
        the threshold.
    size : int
        Size up to which all sets were tried.
    """
    amounts, chosen = case.amounts, np.zeros_like(case.amounts.usable)
    count, open_ = len(amounts.techniques), wanted.copy()
    for size in range(1, count + 1):
        if comb(count, size) > _MOST_SETS:
            return chosen, size - 1
        sets = _sets(count, size)
        allowed = amounts.allowed(sets) & open_[:, None]
        step = max(1, _BLOCK // len(sets))
        rows = np.flatnonzero(allowed.any(axis=1))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            found = _best_reaching(case, block, sets, allowed[block], threshold)
            chosen[block] = found
            open_[block] &= ~found.any(axis=1)
    return chosen, count


def _sets(count: int, size: int) -> Mask:
    """Return all sets of one size, a row each."""
    members = np.array(list(combinations(range(count), size)))
    sets = np.zeros((len(members), count), dtype=bool)
    np.put_along_axis(sets, members, values=True, axis=1)
    return sets


def _best_reaching(
    case: MeasureCase, block: Positions, sets: Mask, allowed: Mask, threshold: Floats
) -> Mask:
    """Return the allowed set with the highest score, if that reaches the threshold."""
    some = case.part(block)
    left = some.left(some.amounts, sets)
    rows, places = np.nonzero(allowed)
    after = case.scores(
        block[rows], {name: part[rows, places] for name, part in left.items()}
    )
    scores = np.full(allowed.shape, -np.inf)
    scores[rows, places] = np.nan_to_num(after, nan=-np.inf)
    best = scores.argmax(axis=1)
    reached = reaches(scores.max(axis=1), threshold[block])
    return np.asarray(sets[best] & reached[:, None], dtype=np.bool_)
