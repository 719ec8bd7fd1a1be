"""Score one year of a park again, many times, under varied assumptions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.scoring.normalization import (
    BASELINE_POINTS,
    BENCHMARK_POINTS,
    tier_points,
)
from synergy_lib.scoring.uncertainty.draws import Choice, Draws
from synergy_lib.scoring.uncertainty.park_year import ParkYear

__all__ = ["DrawnScores", "score_draws"]

Floats = npt.NDArray[np.float64]
# Twice the precision would cost twice the time and print the same digits.
Single = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

# Scores handled at a time, so that they stay in the processor's cache.
_BLOCK = 1 << 16
_POINTS = np.float32(BENCHMARK_POINTS)


@dataclass(frozen=True)
class DrawnScores:
    """Overall and dimension scores of every draw.

    Parameters
    ----------
    overall : numpy.ndarray of float32, shape (n_draws, n_rows)
        Overall score [points]; NaN for rows without any.
    dimensions : numpy.ndarray of float32, shape (n_draws, n_rows, n_dimensions)
        Dimension scores [points]; NaN where a dimension does not count.
    """

    overall: Single
    dimensions: Single


def score_draws(
    park: ParkYear,
    draws: Draws,
    seed: int,
    *,
    noise: tuple[Single, ...] = (),
    noise_rows: npt.NDArray[np.intp] | None = None,
    with_dimensions: bool = True,
) -> DrawnScores:
    r"""Return the scores of a park in every draw.

    Parameters
    ----------
    park : ParkYear
    draws : Draws
    seed : int
        Seed of the errors of the data.
    noise : tuple of numpy.ndarray of float32, each (n_noise, n_rows), optional
        Standard normal errors for each source of ``park.own``, drawn if omitted.
    noise_rows : numpy.ndarray of int, shape (n_draws,), optional
        Which row of ``noise`` each draw takes; the one of its own number if omitted.
    with_dimensions : bool
        Keep the dimension scores too; if not, the result has none.

    Returns
    -------
    DrawnScores

    Notes
    -----
    Indicator: :math:`x_{ij} + \sum_c g_{ijc}\,\varepsilon_{ic} + \sum_s h_{ijs}\,
    \varphi_s` with standard normal :math:`\varepsilon, \varphi` and standard errors
    *g*, *h*. Score by the scheme's rule with its shifted anchors, or from 0 to 100
    between the lowest and highest reported value (``minmax``), or the share of
    reported values that are no better (``rank``). A missing value gives its weight
    away (``reweight``) or takes the median of the others (``median``). Blocks of
    draws have random streams of their own: the result does not depend on how many
    processors there are.
    """
    count, size = len(draws), len(park.values)
    wide = 1 + max(branch.dimension for branch in park.branches)
    kept = wide if with_dimensions else 0
    overall = np.empty((count, size), dtype=np.float32)
    dimensions = np.empty((count, size, kept), dtype=np.float32)
    scorer = {choice: _Scorer(park, choice) for choice in draws.by_choice()}
    blocks = list(_blocks(draws, size))
    seeds = np.random.SeedSequence([seed, 2]).spawn(len(blocks))
    places = np.arange(count) if noise_rows is None else noise_rows

    def run(block: tuple[Choice, npt.NDArray[np.intp]], own: Any) -> None:
        choice, rows = block
        generator = np.random.default_rng(own)
        given = tuple(source[places[rows]] for source in noise)
        points, by_dimension = scorer[choice].scores(draws.take(rows), generator, given)
        overall[rows], dimensions[rows] = points, by_dimension[..., :kept]

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(run, blocks, seeds))
    return DrawnScores(overall, dimensions)


def _blocks(draws: Draws, size: int) -> Iterator[tuple[Choice, npt.NDArray[np.intp]]]:
    """Yield blocks of draws of one choice, of a size the cache holds."""
    length = max(_BLOCK // max(size, 1), 1)
    for choice, rows in draws.by_choice().items():
        for start in range(0, len(rows), length):
            yield choice, rows[start : start + length]


class _Scorer:
    """Scores a park by one choice of method, with what does not vary prepared."""

    def __init__(self, park: ParkYear, choice: Choice) -> None:
        self.park = park
        self.scale, mean, missing = choice
        fills = missing == "median"
        values, known = park.values, park.counted
        if fills:
            middle = _column_medians(np.where(park.known, values, np.nan))
            values = np.where(park.fillable, middle, values)
            known = park.known | park.fillable
        exact = np.where(known, values, 0.0)
        # A value on the bound of a tier must stay on it.
        self.values = [
            exact[None, :, j] if tiers else exact[None, :, j].astype(np.float32)
            for j, tiers in enumerate(park.tiers)
        ]
        self.mask = known.astype(np.float32)
        # The scheme's own means where it is the one to score by.
        self.means = [
            branch.mean if mean == park.mean else mean for branch in park.branches
        ]
        # From the worst to the best value.
        self.reported = [
            np.sort((park.values[known_j, j] * sign).astype(np.float32))
            for j, (known_j, sign) in enumerate(
                zip(park.known.T, park.direction, strict=True)
            )
        ]
        self.used = [int(j) for j in np.flatnonzero(park.is_scored)]
        self.complete = [bool(column.all()) for column in known.T]
        self.branch = {
            j: at for at, branch in enumerate(park.branches) for j in branch.indicators
        }

    def scores(
        self, draws: Draws, generator: np.random.Generator, noise: tuple[Single, ...]
    ) -> tuple[Single, Single]:
        """Return overall and dimension scores of a block of draws."""
        shape = (len(draws), len(self.mask))
        drawn = noise or _noise(self.park.own, generator, shape)
        moved = self._moved(draws, drawn)
        sums = np.zeros((len(self.means), *shape), dtype=np.float32)
        weights = draws.weights.astype(np.float32)
        for j in self.used:
            points = self._points(moved[j], j, draws).astype(np.float32, copy=False)
            weight = weights[:, j, None]
            if not self.complete[j]:
                weight = weight * self.mask[None, :, j]
            at = self.branch[j]
            sums[at] += self._inward(points, at) * weight
        return self._aggregated(sums, weights)

    def _inward(self, points: Single, at: int) -> Single:
        """Return points as a branch adds them up."""
        if self.means[at] == "arithmetic":
            return points
        return np.log(np.maximum(points, np.float32(self.park.floor)))

    def _moved(self, draws: Draws, noise: Iterable[Single]) -> list[Any]:
        """Return the values of every indicator with the errors of each draw."""
        park = self.park
        moved: list[Any] = list(self.values)
        shared = draws.common.astype(np.float32)
        sources = list(zip(park.own, noise, strict=True))
        sources += [(h, shared[:, s, None]) for s, h in enumerate(park.common)]
        for loading, error in sources:
            for j in np.flatnonzero(loading.any(axis=0)):
                step = error * loading[None, :, j].astype(np.float32)
                if moved[j].dtype == np.float32:
                    step += moved[j]
                    moved[j] = step
                else:
                    moved[j] = moved[j] + step
        return moved

    def _points(self, values: Any, j: int, draws: Draws) -> Single:
        """Return the score 0–100 of one indicator."""
        if self.scale == "rank":
            return self._rank_points(values.astype(np.float32), j)
        if self.scale == "minmax":
            return self._range_points(values.astype(np.float32), j)
        if self.park.tiers[j]:
            points = tier_points(values, self.park.tiers[j])
            return np.asarray(np.nan_to_num(points), dtype=np.float32)
        low, high = self.park.anchors[j]
        span = high - low
        baseline = low + span * draws.baseline[:, j]
        slope = (BENCHMARK_POINTS - BASELINE_POINTS) / (
            high + span * draws.benchmark[:, j] - baseline
        )
        start = BASELINE_POINTS - slope * baseline
        points = values * slope.astype(np.float32)[:, None]
        points += start.astype(np.float32)[:, None]
        return np.asarray(np.clip(points, np.float32(0), _POINTS, out=points))

    def _rank_points(self, values: Single, j: int) -> Single:
        """Return the share of reported values that are no better, in points."""
        sign = np.float32(self.park.direction[j])
        reported, own = self.reported[j], values * sign
        below = np.searchsorted(reported, own, side="left")
        upto = np.searchsorted(reported, own, side="right")
        share = np.maximum((below + upto + 1) / (2 * len(reported)), 0)
        return np.asarray(_POINTS * np.minimum(share, 1), dtype=np.float32)

    def _range_points(self, values: Single, j: int) -> Single:
        """Return the place between the worst and the best reported value, in points."""
        worst, best = self.reported[j][[0, -1]]
        if best <= worst:
            return np.full_like(values, _POINTS / 2)
        share = (values * np.float32(self.park.direction[j]) - worst) / (best - worst)
        return np.asarray(np.clip(share * _POINTS, np.float32(0), _POINTS))

    def _aggregated(self, sums: Single, weights: Single) -> tuple[Single, Single]:
        """Return overall and dimension scores from the weighted sums of indicators."""
        shape = sums.shape[1:]
        wide = 1 + max(branch.dimension for branch in self.park.branches)
        dimensions = np.full((*shape, wide), np.nan, dtype=np.float32)
        used: list[Single] = []
        for at, branch in enumerate(self.park.branches):
            own = list(branch.indicators)
            covered = weights[:, own] @ self.mask[:, own].T
            for inner in branch.branches:
                below = list(self.park.branches[inner].below)
                share = weights[:, below].sum(axis=1)[:, None] * used[inner]
                covered += share
                sums[at] += share * self._inward(sums[inner], at)
            used.append((covered > 0).astype(np.float32))
            sums[at] /= np.where(covered > 0, covered, np.float32(1))
            if self.means[at] == "geometric":
                sums[at] = np.exp(sums[at])
            if branch.dimension >= 0:
                known = used[at] > 0
                dimensions[..., branch.dimension] = np.where(known, sums[at], np.nan)
        return np.where(used[-1] > 0, sums[-1], np.float32(np.nan)), dimensions


def _noise(
    sources: tuple[Floats, ...], generator: np.random.Generator, shape: tuple[int, int]
) -> Iterator[Single]:
    """Yield standard normal errors for each source."""
    for _ in sources:
        yield generator.standard_normal(shape, dtype=np.float32)


def _column_medians(values: Floats) -> Floats:
    """Return the median of the known values of every column; NaN where none is."""
    return np.asarray(pd.DataFrame(values).median(), dtype=np.float64)
