"""The measures of a park written as a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from synergy_lib.techniques.overlap import CARBON, GREEN
from synergy_lib.techniques.portfolio.candidates import Candidates
from synergy_lib.techniques.portfolio.program import FIGURES, Program

__all__ = ["choice_program"]

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

COST, INVESTMENT, REDUCTION, POLLUTANTS = FIGURES


@dataclass
class _Parts:
    """The atoms, weights and conditions as they are collected.

    A condition is (measures → coefficients, term or None, supply or None, limit).
    """

    scale: list[float] = field(default_factory=list)
    exponents: list[Floats] = field(default_factory=list)
    term: list[int] = field(default_factory=list)
    terms: list[dict[str, float]] = field(default_factory=list)
    supplies: list[dict[str, float]] = field(default_factory=list)
    conditions: list[tuple[Floats, int | None, int | None, float]] = field(
        default_factory=list
    )

    def add_term(self, atoms: list[tuple[float, Floats]], **weights: float) -> int:
        """Add a term of several atoms, and return its number."""
        number = len(self.terms)
        self.terms.append(weights)
        for scale, exponents in atoms:
            self.scale.append(scale)
            self.exponents.append(exponents)
            self.term.append(number)
        return number


def choice_program(candidates: Candidates) -> Program:
    r"""Return the program of choosing among measures.

    Parameters
    ----------
    candidates : Candidates

    Returns
    -------
    Program
        Over the available measures.

    Notes
    -----
    What efficiency leaves of an enterprise's CO2e is
    :math:`(c_0 + \sum_t c_t e^{-w_t x}) e^{-w x}`, with :math:`c_t` the CO2e of base t,
    :math:`c_0` the rest and w from measures stated of the whole: a sum of exponentials
    of the choice, so that the reduction is concave. So is what is taken of every base.
    Supplied quantities are at most what is offered and what is left. Increases, and
    quantities with a negative price, add up as by themselves. Not in the program, but
    in :meth:`~synergy_lib.techniques.portfolio.candidates.Candidates.outcome`: that
    green power shrinks with what it is bought for, and that energy of more CO2e than
    an enterprise states leaves nothing for measures stated of the whole.
    """
    rows, places = np.nonzero(candidates.available)
    parts = _Parts()
    for row in np.unique(rows):
        _add_enterprise(parts, candidates, int(row), rows, places)
    _add_relations(parts, candidates, rows, places)
    count, n_terms, n_supplies = len(rows), len(parts.terms), len(parts.supplies)
    weights = [*parts.terms, *parts.supplies]
    return Program(
        rows=rows,
        places=places,
        linear=_linear(candidates, rows, places),
        scale=np.array(parts.scale),
        exponents=sparse.csr_array(
            np.array(parts.exponents).reshape(len(parts.scale), count)
        ),
        term=np.array(parts.term, dtype=np.intp),
        weights={
            name: np.array([weight.get(name, 0.0) for weight in weights])
            for name in FIGURES
        },
        conditions=_conditions(parts, count, n_terms, n_supplies),
    )


def _linear(
    candidates: Candidates, rows: Positions, places: Positions
) -> dict[str, Floats]:
    """Return the parts of the figures that add up."""
    linear = {name: np.zeros(len(rows)) for name in FIGURES}
    linear[COST] += candidates.yearly_cost[rows, places]
    linear[INVESTMENT] += candidates.investment[rows, places]
    for number, target in enumerate(candidates.amounts.targets):
        amount = candidates.amounts.amounts[number][rows, places]
        rises = amount if target == GREEN else np.minimum(amount, 0.0)
        value = candidates.values.get(target, 0.0)
        linear[COST] -= value * (amount if value < 0 else rises)
        linear[REDUCTION] += candidates.per_unit.get(target, 0.0) * rises
        linear[POLLUTANTS] += candidates.equivalents.get(target, 0.0) * rises
    return linear


def _add_enterprise(
    parts: _Parts, candidates: Candidates, row: int, rows: Positions, places: Positions
) -> None:
    """Add the terms and supplies of one enterprise."""
    amounts, own_place = candidates.amounts, places[rows == row]

    def spread(values: Floats) -> Floats:
        found = np.zeros(len(rows))
        found[rows == row] = values[row, own_place]
        return found

    exponents = {
        target: spread(-amounts.logs(target))
        for target in amounts.targets
        if target != GREEN
    }
    have = dict(zip(amounts.targets, amounts.own[:, row], strict=True))
    whole = exponents.get(CARBON, np.zeros(len(rows)))
    bases = {
        target: candidates.per_unit.get(target, 0.0) * have[target]
        for target, part in exponents.items()
        if target != CARBON and part.any() and candidates.per_unit.get(target, 0.0) > 0
    }
    atoms = [(scale, exponents[target] + whole) for target, scale in bases.items()]
    if whole.any():
        atoms.append((max(have[CARBON] - sum(bases.values()), 0.0), whole))
    if atoms:
        parts.add_term(atoms, **{REDUCTION: 1.0})
    for number, target in enumerate(amounts.targets):
        if target == GREEN:
            continue
        offered = np.where(amounts.supplies(target), amounts.amounts[number], 0.0)
        _add_quantity(
            parts,
            candidates,
            target,
            have[target],
            (exponents[target], spread(np.maximum(offered, 0.0))),
            spread(np.minimum(amounts.amounts[number], 0.0)),
        )


def _add_quantity(
    parts: _Parts,
    candidates: Candidates,
    target: str,
    own: float,
    reductions: tuple[Floats, Floats],
    added: Floats,
) -> None:
    """Add what is saved of one quantity, and what is supplied of the rest."""
    exponents, offered = reductions
    worth = {
        COST: -max(candidates.values.get(target, 0.0), 0.0),
        POLLUTANTS: candidates.equivalents.get(target, 0.0),
    }
    saved = None
    if exponents.any() and (any(worth.values()) or offered.any()):
        saved = parts.add_term([(own, exponents)], **worth)
    if offered.any():
        per_unit = candidates.per_unit.get(target, 0.0)
        number = len(parts.supplies)
        parts.supplies.append(worth | {REDUCTION: per_unit})
        parts.conditions.append((-offered, None, number, 0.0))
        parts.conditions.append((added, saved, number, own))


def _add_relations(
    parts: _Parts, candidates: Candidates, rows: Positions, places: Positions
) -> None:
    """Add what excludes and requires each other."""
    amounts, count = candidates.amounts, len(rows)
    number = {key: i for i, key in enumerate(zip(rows, places, strict=True))}
    for row in np.unique(rows):
        own = places[rows == row]
        for first, second in combinations(own, 2):
            if amounts.exclusive[first, second]:
                pair = [number[row, first], number[row, second]]
                parts.conditions.append((_unit(count, pair, 1.0), None, None, 1.0))
        for place in own:
            lacking = amounts.requires[place] & ~amounts.has[row]
            for required in np.flatnonzero(lacking):
                sides = _unit(count, [number[row, place]], 1.0)
                if (row, required) in number:
                    sides[number[row, required]] = -1.0
                parts.conditions.append((sides, None, None, 0.0))


def _unit(count: int, places: list[int], value: float) -> Floats:
    found = np.zeros(count)
    found[places] = value
    return found


def _conditions(
    parts: _Parts, count: int, n_terms: int, n_supplies: int
) -> tuple[sparse.csr_array, Floats]:
    """Return the conditions as a matrix and its limits."""
    matrix = np.zeros((len(parts.conditions), count + n_terms + n_supplies))
    limits = np.zeros(len(matrix))
    for place, (sides, term, supply, limit) in enumerate(parts.conditions):
        matrix[place, :count], limits[place] = sides, limit
        if term is not None:
            matrix[place, count + term] = 1.0
        if supply is not None:
            matrix[place, count + n_terms + supply] = 1.0
    return sparse.csr_array(matrix), limits
