"""One year of a park as arrays: what every draw scores again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.results import SynergyScores

__all__ = ["Branch", "ParkYear", "park_year"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Branch:
    """An aggregate of the tree, as positions.

    Parameters
    ----------
    indicators : tuple of int
        Positions of the indicators directly below it.
    branches : tuple of int
        Positions of the branches directly below it.
    below : tuple of int
        Positions of all indicators below it.
    mean : str
        Its own mean.
    dimension : int
        Which dimension it is; −1 if it is none.
    """

    indicators: tuple[int, ...]
    branches: tuple[int, ...]
    below: tuple[int, ...]
    mean: str
    dimension: int = -1


@dataclass(frozen=True)
class ParkYear:
    """One year of a park as arrays: what is scored again in every draw.

    Parameters
    ----------
    index : pandas.Index
        Enterprise and year of each row.
    values : numpy.ndarray, shape (n_rows, n_indicators)
        Indicator values; NaN where missing.
    known, counted, fillable : numpy.ndarray of bool, same shape
        Where there is a score; where it counts, as its dimension has enough data;
        where one is missing that applies and others have.
    anchors : numpy.ndarray, shape (n_indicators, 2)
        Baseline and benchmark; NaN for tiers and indicators that are not scored.
    tiers : tuple of str
        Tiers of each indicator, "" where it has anchors.
    direction : numpy.ndarray, shape (n_indicators,)
    branches : tuple of Branch
        The aggregates, what lies below before what lies above; the index last.
    mean : str
        The scheme's own aggregation; a branch may have its own instead.
    floor : float
        Lowest score of a geometric mean [points].
    own : tuple of numpy.ndarray, each (n_rows, n_indicators)
        Standard errors by source, drawn for each enterprise by itself.
    common : tuple of numpy.ndarray, each (n_rows, n_indicators)
        Standard errors by source, shared by all enterprises.
    """

    index: pd.Index
    values: Floats
    known: Bools
    counted: Bools
    fillable: Bools
    anchors: Floats
    tiers: tuple[str, ...]
    direction: Floats
    branches: tuple[Branch, ...]
    mean: str
    floor: float
    own: tuple[Floats, ...] = ()
    common: tuple[Floats, ...] = ()

    @property
    def is_scored(self) -> Bools:
        """Return which indicators any row has a score of."""
        return np.asarray(self.known.any(axis=0), dtype=np.bool_)


def park_year(
    scores: SynergyScores,
    scheme: Scheme,
    year: int,
    errors: IndicatorErrors | None = None,
) -> ParkYear:
    """Return one year of a scored park as arrays.

    Parameters
    ----------
    scores : SynergyScores
    scheme : Scheme
        The scheme they were made with.
    year : int
    errors : IndicatorErrors, optional
        Standard errors of the indicators; none if omitted.
    """
    here = scores.overall.index.get_level_values("year") == year
    table = scheme.framework.indicators
    known = scores.indicator_scores[here].notna().to_numpy()
    applies = scores.applicable[here].to_numpy(dtype=bool)
    anchors = scores.anchors[["baseline", "benchmark"]].to_numpy(dtype=np.float64)
    is_tier = (table["rule"] == "TIER").to_numpy()
    tiers = tuple(
        str(text) if tier else ""
        for tier, text in zip(is_tier, table["tiers"], strict=True)
    )
    return ParkYear(
        index=scores.overall.index[here],
        values=scores.values[here].to_numpy(dtype=np.float64),
        known=known,
        counted=known & (scores.row_weights[here].to_numpy() > 0),
        fillable=applies & ~known & known.any(axis=0),
        anchors=np.where(is_tier[:, None], np.nan, anchors),
        tiers=tiers,
        direction=table["direction"].to_numpy(dtype=np.float64),
        branches=_branches(scheme),
        mean=scheme.header.aggregation,
        floor=scheme.header.geometric_score_floor,
        own=_arrays(errors.own, scores.overall.index[here]) if errors else (),
        common=_arrays(errors.common, scores.overall.index[here]) if errors else (),
    )


def _branches(scheme: Scheme) -> tuple[Branch, ...]:
    """Return the aggregates of a scheme, the lowest level first."""
    framework, header = scheme.framework, scheme.header
    leaf = {str(code): i for i, code in enumerate(framework.indicators.index)}
    dimension = {str(code): i for i, code in enumerate(framework.dimensions.index)}
    place: dict[str, int] = {}
    branches: list[Branch] = []
    for code, level in framework.aggregates["level"].items():
        children = framework.children(str(code))
        for child in children:
            if child in dimension and child in leaf:  # a dimension without parts
                place[child], here = len(branches), (leaf.pop(child),)
                branches.append(
                    Branch(here, (), here, header.aggregation, dimension[child])
                )
        own = tuple(leaf[child] for child in children if child in leaf)
        inner = tuple(place[child] for child in children if child in place)
        below = [*own, *(j for b in inner for j in branches[b].below)]
        mean = header.aggregation_by_level.get(int(level), header.aggregation)
        place[str(code)] = len(branches)
        branches.append(
            Branch(own, inner, tuple(below), mean, dimension.get(str(code), -1))
        )
    return tuple(branches)


def _arrays(frames: dict[str, pd.DataFrame], rows: pd.Index) -> tuple[Floats, ...]:
    """Return the rows of each frame; no error where a frame has none."""
    return tuple(
        np.nan_to_num(frame.reindex(rows).to_numpy(dtype=np.float64))
        for frame in frames.values()
    )
