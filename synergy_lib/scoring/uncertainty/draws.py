"""Random draws of everything that a score depends on and that might be otherwise."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from synergy_lib.scoring.header import SchemeHeader
from synergy_lib.scoring.robustness import draw_weights

__all__ = ["Choice", "Draws", "choices", "make_draws", "uses_own_method"]

Floats = npt.NDArray[np.float64]
Choice = tuple[str, str, str]


@dataclass(frozen=True)
class Draws:
    """A number of ways to score a park; each row of each array belongs to one.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n_draws, n_indicators)
        Weights of the indicators in the index, each row summing to 1.
    baseline, benchmark : numpy.ndarray, shape (n_draws, n_indicators)
        Shift of the anchors, as a share of the distance between them [-].
    common : numpy.ndarray, shape (n_draws, n_common)
        Standard normal draws of the errors that all enterprises share.
    choice : tuple of tuple of str
        Normalisation, aggregation and missing-data rule of each draw.
    """

    weights: Floats
    baseline: Floats
    benchmark: Floats
    common: Floats
    choice: tuple[Choice, ...]

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.choice)

    def take(self, rows: npt.NDArray[np.intp]) -> Draws:
        """Return some of the draws."""
        arrays = {
            item.name: getattr(self, item.name)[rows]
            for item in fields(self)
            if item.name != "choice"
        }
        return replace(self, **arrays, choice=tuple(self.choice[i] for i in rows))

    def by_choice(self) -> dict[Choice, npt.NDArray[np.intp]]:
        """Return the positions of the draws of each choice."""
        found: dict[Choice, list[int]] = {}
        for position, choice in enumerate(self.choice):
            found.setdefault(choice, []).append(position)
        return {choice: np.array(rows) for choice, rows in found.items()}


def choices(header: SchemeHeader) -> tuple[list[Choice], list[Choice]]:
    """Return the scheme's own ways to score, and the other defensible ones.

    The own ones use its rules and its mean, with any missing-data rule; only they
    give points to which its grades and colours apply.
    """
    means = dict.fromkeys([header.aggregation, *header.robustness_aggregations])
    scales = dict.fromkeys(["rules", *header.robustness_normalizations])
    rules = dict.fromkeys(["reweight", *header.robustness_missing_rules])
    every = list(itertools.product(scales, means, rules))
    own = [c for c in every if c[:2] == ("rules", header.aggregation)]
    return own, [c for c in every if c not in own]


def uses_own_method(draws: Draws, header: SchemeHeader) -> npt.NDArray[np.bool_]:
    """Return which draws use the scheme's own normalisation and aggregation."""
    own, _ = choices(header)
    return np.array([choice in own for choice in draws.choice])


def make_draws(
    weights: Floats, header: SchemeHeader, n_common: int, draws: int, seed: int
) -> Draws:
    r"""Return draws of weights, anchors, factors and choices of method.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n_indicators,)
        The scheme's weights.
    header : SchemeHeader
        The keys ``robustness_*``.
    n_common : int
        Number of errors that all enterprises share.
    draws : int
        Number of draws.
    seed : int
        Seed; the same seed gives the same draws.

    Notes
    -----
    Weights: Dirichlet(:math:`\kappa w`). Anchors: uniform within
    ``robustness_anchor_pct`` of the distance between the two, so that they never
    change places. Factors: standard normal. Method: the scheme's own takes half of
    the draws, all other combinations share the other half; where the scheme allows
    no other, the own takes all (methods §5.6).
    """
    own, other = choices(header)
    generator = np.random.default_rng([seed, 1])
    reach = header.robustness_anchor_pct / 100
    shape = (draws, len(weights))
    share = draws // 2 if other else 0
    picked = [own[i % len(own)] for i in range(draws - share)]
    picked += [other[i % len(other)] for i in range(share)]
    return Draws(
        weights=draw_weights(weights, draws, header.robustness_kappa, seed),
        baseline=generator.uniform(-reach, reach, shape),
        benchmark=generator.uniform(-reach, reach, shape),
        common=generator.standard_normal((draws, n_common)),
        choice=tuple(picked),
    )
