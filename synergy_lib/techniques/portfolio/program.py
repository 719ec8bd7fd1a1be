"""The choice of measures as an integer program that overlap is cut into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

__all__ = ["FIGURES", "Program", "Solution"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# What a choice is judged by; of the first two less is better, of the others more.
FIGURES = (
    "net_cost_10k_cny",
    "investment_10k_cny",
    "reduction_t",
    "pollutant_equivalent_kg",
)
# Where the first tangents touch, as parts of everything that can be chosen.
_TOUCHED = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
_MOST_ROUNDS = 25
# The gap at which rough choices are good enough.
_ROUGH = 0.01
_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Solution:
    """What a program chooses.

    Parameters
    ----------
    chosen : numpy.ndarray of bool, shape (n_measures,)
    bound : float
        The objective cannot be better than this [its unit].
    promised : dict of str to float
        :data:`FIGURES` of the choice, as the program sees them.
    """

    chosen: Mask
    bound: float
    promised: dict[str, float]


@dataclass(frozen=True, eq=False)
class Program:
    r"""Measures to choose, and figures that overlap makes concave in the choice.

    Parameters
    ----------
    rows, places : numpy.ndarray of int, shape (n_measures,)
        Enterprise and technique of each measure.
    linear : mapping of str to numpy.ndarray, shape (n_measures,)
        Part of each of :data:`FIGURES` that adds up.
    scale, exponents, term : (n_atoms,), (n_atoms, n_measures), (n_atoms,)
        Term k of the rest is :math:`\sum_{j \in k} s_j (1 - e^{-w_j x})`.
    weights : mapping of str to numpy.ndarray, shape (n_terms + n_supplies,)
        Of the terms, then of the supplied quantities, in each figure.
    conditions : tuple
        Matrix and upper limits over measures, terms and supplies that hold always.
    """

    rows: npt.NDArray[np.intp]
    places: npt.NDArray[np.intp]
    linear: Mapping[str, Floats]
    scale: Floats
    exponents: sparse.csr_array
    term: npt.NDArray[np.intp]
    weights: Mapping[str, Floats]
    conditions: tuple[sparse.csr_array, Floats]

    @property
    def n_terms(self) -> int:
        """Return how many figures overlap makes concave."""
        return int(self.term.max()) + 1 if len(self.term) else 0

    def figure(self, name: str) -> Floats:
        """Return the coefficients of a figure over all variables."""
        return np.concatenate([self.linear[name], self.weights[name]])

    def terms(self, choice: Floats) -> tuple[Floats, sparse.csr_array]:
        """Return the terms at a choice, and their slopes there."""
        left = np.exp(-(self.exponents @ choice))
        atoms = sparse.csr_array(
            (np.ones(len(left)), (self.term, np.arange(len(left)))),
            shape=(self.n_terms, len(left)),
        )
        slopes = atoms @ sparse.diags_array(self.scale * left) @ self.exponents
        return atoms @ (self.scale * (1 - left)), slopes.tocsr()

    def tangents(
        self, choice: Floats, kept: Mask | None = None
    ) -> tuple[sparse.csr_array, Floats]:
        """Return term − slope · x ≤ value − slope · choice, where kept."""
        values, slopes = self.terms(choice)
        supplies = len(self.weights[FIGURES[0]]) - self.n_terms
        rest = sparse.csr_array((self.n_terms, supplies))
        matrix = sparse.hstack([-slopes, sparse.eye_array(self.n_terms), rest]).tocsr()
        limits = values - slopes @ choice
        if kept is None:
            return matrix, limits
        return matrix[np.flatnonzero(kept)], limits[kept]

    def best(
        self,
        objective: str,
        *,
        at_least: Mapping[str, float],
        budget: float = np.inf,
        gap: float = 1e-4,
    ) -> Solution | None:
        r"""Return the choice with the best objective, None if none is allowed.

        Parameters
        ----------
        objective : str
            One of :data:`FIGURES`.
        at_least : mapping of str to float
            Lowest value of the reductions. [its unit]
        budget : float
            Most that may be invested. [万元]
        gap : float
            Relative gap at which the search stops. [-]

        Notes
        -----
        Solved by HiGHS (scipy.optimize.milp). A concave term lies below all of its
        tangents: with some of them the program is a relaxation, whose optimum bounds
        the true one. Where the choice found has less than the tangents promise, those
        at the choice are added and the program is solved again (outer approximation
        [1]_); they are exact there, so that this ends, and the choice is optimal.

        References
        ----------
        .. [1] Duran & Grossmann (1986), Mathematical Programming 36, 307–339.
        """
        sign = 1.0 if objective in FIGURES[:2] else -1.0
        floors = [(-self.figure(name), -least) for name, least in at_least.items()]
        if np.isfinite(budget):
            floors.append((self.figure("investment_10k_cny"), budget))
        cuts = [
            self.conditions,
            *(self.tangents(np.full(len(self.rows), p)) for p in _TOUCHED),
        ]
        if floors:
            sides, limits = zip(*floors, strict=True)
            cuts.append((sparse.csr_array(np.array(sides)), np.array(limits)))
        count, costs = len(self.rows), sign * self.figure(objective)
        # Tangents at relaxed and rough choices are cheap, and spare whole searches.
        for whole, near in ((False, gap), (True, max(gap, _ROUGH)), (True, gap)):
            allowed = _TOLERANCE if whole else gap
            for _ in range(_MOST_ROUNDS):
                found = self._solved(costs, cuts, near, whole=whole)
                if found is None:
                    return None
                values, bound = found
                choice = np.round(values[:count]) if whole else values[:count]
                true = self.terms(choice)[0]
                over = values[count : count + self.n_terms] - true
                too_much = over > allowed * np.maximum(np.abs(true), 1.0)
                if not too_much.any():
                    break
                cuts.append(self.tangents(choice, too_much))
        reached = np.concatenate([choice, true, values[count + self.n_terms :]])
        promised = {name: float(self.figure(name) @ reached) for name in FIGURES}
        return Solution(choice > 0, sign * bound, promised)

    def _solved(
        self,
        costs: Floats,
        cuts: list[tuple[sparse.csr_array, Floats]],
        gap: float,
        *,
        whole: bool,
    ) -> tuple[Floats, float] | None:
        """Return variables and bound of the program with some cuts."""
        count = len(self.rows)
        matrix = sparse.vstack([part for part, _ in cuts]).tocsc()
        limits = np.concatenate([limit for _, limit in cuts])
        upper = np.full(len(costs), np.inf)
        upper[:count] = 1.0
        found = optimize.milp(
            costs,
            integrality=(whole & (np.arange(len(costs)) < count)).astype(int),
            bounds=optimize.Bounds(np.zeros(len(costs)), upper),
            constraints=optimize.LinearConstraint(matrix, -np.inf, limits),
            options={"mip_rel_gap": gap},
        )
        if found.x is None:
            return None
        return found.x, float(found.mip_dual_bound if whole else found.fun)
