"""Scores of an enterprise whose emissions are other than they were."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.indicators.compute import indicator_values
from synergy_lib.indicators.scope import Scope
from synergy_lib.scoring.comparison import overall_means
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.normalization import apply_rules
from synergy_lib.scoring.results import SynergyScores

__all__ = ["QUANTITIES", "Rescoring", "convertible_codes", "prepare_rescoring"]

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

# Quantities that the effects of measures are turned into.
QUANTITIES = (
    "co2e_t",
    "air_equivalent_kg",
    "water_equivalent_kg",
    "pollutant_equivalent_kg",
    "solvent_fresh_t",
)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_RATIO = re.compile(r"ratio_to_park\((\w+), (\w+)\)")


def convertible_codes(scheme: Scheme) -> list[str]:
    """Return the indicators that the effects of measures can be turned into.

    Parameters
    ----------
    scheme : Scheme

    Returns
    -------
    list of str
        Codes whose formula uses a quantity of :data:`QUANTITIES`; in the shipped
        six-dimension scheme A1, A2, A4, B2, D1, D2 and D5.

    Notes
    -----
    The others stay as they are. Energy and heat do not follow: whether saved
    purchases are used less or replaced (recovered heat, own photovoltaics) is not in
    the effects. Neither do removal and recovery rates: the effects say how much less
    leaves the enterprise, not how much less is generated.
    """
    formulas = scheme.framework.indicators["formula"]
    return [
        str(code)
        for code, formula in formulas.items()
        if set(_WORD.findall(str(formula))) & set(QUANTITIES)
    ]


@dataclass(frozen=True, eq=False)
class Rescoring:
    """One year's rows, ready to be scored with other emissions.

    Parameters
    ----------
    now, base : pandas.DataFrame
        What the indicators that can change are made from, in the year and in the base
        year, one row an enterprise; the second NaN where there is none.
    has_base : numpy.ndarray of bool, shape (n_enterprises,)
    values, scores, weights : numpy.ndarray, shape (n_enterprises, n_indicators)
        Indicators, their scores and their weights in the overall score now.
    anchors : pandas.DataFrame
    park_ratio : mapping of str to mapping of int to float
        The park's own ratio by indicator and year, held fixed.
    convertible : pandas.DataFrame
        The framework's rows of the indicators that can change.
    scheme : Scheme
    year, base_year : int
    """

    now: pd.DataFrame
    base: pd.DataFrame
    has_base: npt.NDArray[np.bool_]
    values: Floats
    scores: Floats
    weights: Floats
    anchors: pd.DataFrame
    park_ratio: Mapping[str, Mapping[int, float]]
    convertible: pd.DataFrame
    scheme: Scheme
    year: int
    base_year: int

    def indicators(self, rows: Positions, left: Mapping[str, Floats]) -> Floats:
        """Return all indicators of rows with other quantities.

        Parameters
        ----------
        rows : numpy.ndarray of int, shape (n,)
            Positions of enterprises; the same may stand several times.
        left : mapping of str to numpy.ndarray, shape (n,)
            Quantity of :data:`QUANTITIES` → what is left of it.

        Returns
        -------
        numpy.ndarray, shape (n, n_indicators)
        """
        current = self.now.take(rows)
        changed = {name: part for name, part in left.items() if name in current}
        data = pd.concat([self.base, current.assign(**changed)], ignore_index=True)
        scope, own = self._scope(rows), self.values[rows]
        for place, code in zip(self._places, self.convertible.index, strict=True):
            ratio = self.park_ratio.get(code, {})
            found, _ = indicator_values(
                data, self.convertible.loc[[code]], replace(scope, reference=ratio)
            )
            own[:, place] = found[code].to_numpy()[len(self.base) :]
        return own

    def points(self, rows: Positions, indicators: Floats) -> Floats:
        """Return the indicator scores of what :meth:`indicators` returned."""
        points, codes = self.scores[rows], self.convertible.index
        changed = pd.DataFrame(indicators[:, self._places], columns=codes)
        scored = apply_rules(changed, self.convertible, self.anchors)
        points[:, self._places] = scored.to_numpy()
        return points

    def overall(self, rows: Positions, points: Floats) -> Floats:
        """Return the overall scores of indicator scores, under today's weights."""
        return overall_means(points, self.weights[rows], self.scheme)

    @property
    def _places(self) -> Positions:
        """Return the positions of the indicators that can change."""
        codes = self.scheme.framework.indicators.index
        return np.flatnonzero(codes.isin(self.convertible.index))

    def _scope(self, rows: Positions) -> Scope:
        """Return the scope of the base rows followed by the given ones."""
        count = len(self.base)
        years = np.repeat([self.base_year, self.year], [count, len(rows)])
        place = np.concatenate([np.arange(count), rows])
        return Scope(
            years=years.astype(np.int64),
            base_year=self.base_year,
            base_row=np.where(self.has_base[place], place, -1).astype(np.int64),
            enterprise=place.astype(np.int64),
        )


def prepare_rescoring(
    panel: pd.DataFrame,
    scores: SynergyScores,
    scheme: Scheme,
    enterprises: pd.Index,
    year: int,
) -> Rescoring:
    """Make one year's rows ready to be scored again.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel joined with its accounts, index (enterprise_id, year).
    scores : SynergyScores
        Scores of the same panel.
    scheme : Scheme
        The scheme they were made with.
    enterprises : pandas.Index
        Enterprises with data of the year.
    year : int

    Returns
    -------
    Rescoring
        Rows in the order of ``enterprises``.
    """
    key = pd.MultiIndex.from_product([enterprises, [year]], names=panel.index.names)
    earlier = pd.MultiIndex.from_product(
        [enterprises, [scores.base_year]], names=panel.index.names
    )
    frames = (scores.values, scores.indicator_scores, scores.row_weights)
    values, points, weights = (
        frame.loc[key].to_numpy(dtype=np.float64, copy=True) for frame in frames
    )
    convertible = scheme.framework.indicators.loc[convertible_codes(scheme)]
    named = {w for f in convertible["formula"] for w in _WORD.findall(str(f))}
    used = panel[[name for name in panel if name in named]]
    return Rescoring(
        now=used.loc[key],
        base=used.reindex(earlier),
        has_base=np.asarray(earlier.isin(panel.index)),
        values=values,
        scores=points,
        weights=weights,
        anchors=scores.anchors,
        park_ratio=_park_ratios(panel, scheme),
        convertible=convertible,
        scheme=scheme,
        year=year,
        base_year=scores.base_year,
    )


def _park_ratios(panel: pd.DataFrame, scheme: Scheme) -> dict[str, dict[int, float]]:
    """Return the park's own ratio by indicator and year."""
    found = {}
    for code, formula in scheme.framework.indicators["formula"].items():
        match = _RATIO.fullmatch(str(formula))
        if match and set(match.groups()) <= set(panel.columns):
            both = panel[list(match.groups())].dropna()
            sums = both.groupby(level="year").sum()
            ratio = sums[match[1]] / sums[match[2]]
            found[str(code)] = {int(str(y)): float(v) for y, v in ratio.items()}
    return found
