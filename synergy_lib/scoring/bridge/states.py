"""The score, dimensions and rank of every enterprise in any state of a bridge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.indicators.compute import indicator_values
from synergy_lib.scoring.aggregation import RowWeights
from synergy_lib.scoring.bridge.rows import BridgeRows, ReportBasis, rows_of_bases
from synergy_lib.scoring.comparison import dimension_means, overall_means, weigh
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS
from synergy_lib.scoring.index import scheme_anchors
from synergy_lib.scoring.normalization import apply_rules

__all__ = ["CAUSES", "StateScores", "prepare_states"]

Floats = npt.NDArray[np.float64]
# Factors and scheme hold for every year, so they meet uncorrected data too.
_WHOLE_PARK = frozenset({"factors", "method"})
CAUSES = ("own", "data", "factors", "method", "peers", "missing")
# Slack for a coverage that should equal its limit but does not to the last bit.
_SLACK = 1e-12


@dataclass(frozen=True, eq=False)
class _Scored:
    """Indicator scores of the earlier (0) and later (1) rows, one row an enterprise."""

    scores: Floats
    applies: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Counted:
    """Which indicators count in one of the two reports, under one scheme."""

    weights: RowWeights
    scores: Floats
    known: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StateScores:
    """Scores of all states, ready to be asked for one.

    Parameters
    ----------
    ids : pandas.Index
        Enterprises of either report.
    schemes : tuple of Scheme
        Old and new.
    scored : mapping
        (data, factors, method, peers), each 0 or 1 → indicator scores; under old
        data with old peers only.
    counted : mapping
        (method, missing) → indicators that count.
    """

    ids: pd.Index
    schemes: tuple[Scheme, Scheme]
    scored: Mapping[tuple[int, int, int, int], _Scored]
    counted: Mapping[tuple[int, int], _Counted]

    @property
    def dimensions(self) -> list[str]:
        """Return the codes of the dimensions that both schemes have."""
        old, new = (scheme.framework.dimensions.index for scheme in self.schemes)
        return [str(code) for code in new if code in old]

    def score(self, new: frozenset[str]) -> pd.DataFrame:
        r"""Return ``overall``, ``rank`` and the dimensions in a state.

        Parameters
        ----------
        new : frozenset of str
            Causes of :data:`CAUSES` in their new state.

        Notes
        -----
        Uncorrected data have no later year. A correction is therefore valued on the
        earlier year's rows, peers and indicators, under the factors F and the scheme
        M of the state: without it the state has
        :math:`v(S \cup D) + v(S \cap FM) - v((S \cap FM) \cup D)`.
        """
        if "data" in new:
            return self._scored(new)
        earlier = new & _WHOLE_PARK
        correction = self._scored(earlier | {"data"}) - self._scored(earlier)
        return self._scored(new | {"data"}) - correction

    def _scored(self, new: frozenset[str]) -> pd.DataFrame:
        """Return a state in which every row that is asked for exists."""
        own, data, factors, method, peers, missing = (c in new for c in CAUSES)
        world = (int(data), int(factors), int(method), int(peers))
        found = self._scores(world, int(own), int(missing))
        pool = self._pool(world)
        overall = self._overall(found, int(method), int(missing))
        frame = self._dimension_scores(found, int(method), int(missing))
        frame.insert(0, "rank", _rank_among(overall, pool))
        frame.insert(0, "overall", overall)
        return frame

    def is_judged(self, later: int) -> npt.NDArray[np.bool_]:
        """Return who has enough data for a score in the earlier or later report."""
        return self._has_enough(later, later)

    def _scores(self, world: tuple[int, int, int, int], own: int, side: int) -> Floats:
        """Return indicator scores: what only one report has counts as it stood there.

        What both have but a state between them lacks stands as in the report whose
        row is scored.
        """
        method = world[2]
        reports = [self.counted[method, at] for at in (0, 1)]
        both = reports[0].known & reports[1].known
        scores = self.scored[world].scores[own]
        scores = np.where(np.isnan(scores), reports[own].scores, scores)
        return np.where(both, scores, reports[side].scores)

    def _overall(self, scores: Floats, method: int, side: int) -> Floats:
        scheme = self.schemes[method]
        weights = self.counted[method, side].weights.indicators
        return overall_means(scores, weights, scheme)

    def _dimension_scores(self, scores: Floats, method: int, side: int) -> pd.DataFrame:
        scheme, weights = self.schemes[method], self.counted[method, side].weights
        means = dimension_means(scores, weights.within, scheme)
        judged = np.where(weights.sufficient, means, np.nan)
        codes = scheme.framework.dimensions.index
        return pd.DataFrame(judged, self.ids, codes)[self.dimensions]

    def _pool(self, world: tuple[int, int, int, int]) -> Floats:
        """Return the scores that take part in the ranking; NaN for the others.

        Everybody stands where the peers stand, with the data they have there.
        """
        method, peers = world[2], world[3]
        scores = self._scores(world, peers, peers)
        overall = self._overall(scores, method, peers)
        return np.where(self._has_enough(method, peers), overall, np.nan)

    def _has_enough(self, method: int, side: int) -> npt.NDArray[np.bool_]:
        limit = self.schemes[method].header.coverage_overall_minimum
        coverage = self.counted[method, side].weights.coverage
        return np.asarray(np.nan_to_num(coverage) >= limit - _SLACK, dtype=np.bool_)


def _rank_among(scores: Floats, pool: Floats) -> Floats:
    """Return the rank of each score among the other enterprises' scores of a pool."""
    own, others = (np.round(part, SAME_SCORE_DECIMALS) for part in (scores, pool))
    ordered = np.sort(others[~np.isnan(others)])
    above = len(ordered) - np.searchsorted(ordered, own, side="right")
    return np.where(np.isnan(own), np.nan, 1.0 + above - (others > own))


def prepare_states(
    old: ReportBasis,
    new: ReportBasis,
    *,
    base_year: int,
    carbon_basis: Literal["calculated", "reported"] = "calculated",
    energy_basis: Literal["calculated", "reported"] = "calculated",
) -> StateScores:
    """Account for and score all rows that the states of a bridge are made of.

    Parameters
    ----------
    old, new : ReportBasis
    base_year : int
        Year of changes and frozen percentiles, not after ``old.year``.
    carbon_basis, energy_basis : {"calculated", "reported"}
        As in :func:`synergy_lib.accounting.account_panel`.
    """
    rows = rows_of_bases(old, new, carbon_basis=carbon_basis, energy_basis=energy_basis)
    keys = [basis.panel.index.to_frame(index=False) for basis in (old, new)]
    present = [
        frame.loc[frame["year"] == basis.year, "enterprise_id"]
        for frame, basis in zip(keys, (old, new), strict=True)
    ]
    ids = pd.Index(pd.concat(present).unique(), name="enterprise_id").sort_values()
    schemes = (old.scheme, new.scheme)
    scored: dict[tuple[int, int, int, int], _Scored] = {}
    for d, f, m, p in product((0, 1), repeat=4):
        if d == 0 and p == 1:
            continue
        # What was not exchanged is not computed again.
        same_data, same_method = old.panel is new.panel, schemes[0] is schemes[1]
        twin = (1 if same_data else d, f, 0 if same_method else m, p)
        if twin not in scored:
            scored[twin] = _score_rows(rows[d, f], schemes[m], base_year, p, ids)
        scored[d, f, m, p] = scored[twin]
    counted = {
        (m, side): _count(scored[side, side, m, side], side, schemes[m], ids)
        for m in (0, 1)
        for side in (0, 1)
    }
    return StateScores(ids, schemes, scored, counted)


def _score_rows(
    rows: BridgeRows, scheme: Scheme, base_year: int, park: int, ids: pd.Index
) -> _Scored:
    """Return indicator scores of the earlier and later rows."""
    table = scheme.framework.indicators
    scope = rows.scope(base_year, park=park)
    values, applicable = indicator_values(rows.data, table, scope)
    year = scheme.header.pct_base_year or base_year
    anchors = scheme_anchors(values[rows.block == 2], scheme, year)
    scores = apply_rules(values, table, anchors)
    applies = applicable & (anchors["basis"] != "not scored").reindex(values.columns)
    cut = []
    for at in (0, 1):
        here = [
            frame[rows.block == at].droplevel("year") for frame in (scores, applies)
        ]
        known = here[1].reindex(ids, fill_value=True).to_numpy(dtype=bool)
        cut.append((here[0].reindex(ids).to_numpy(dtype=np.float64), known))
    return _Scored(np.stack([c[0] for c in cut]), np.stack([c[1] for c in cut]))


def _count(scored: _Scored, side: int, scheme: Scheme, ids: pd.Index) -> _Counted:
    """Return which indicators count in a report, and their scores there."""
    scores, applies = scored.scores[side], scored.applies[side]
    weights = weigh(pd.DataFrame(scores, ids), pd.DataFrame(applies, ids), scheme)
    return _Counted(weights, scores, ~np.isnan(scores))
