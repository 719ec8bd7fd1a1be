"""Results of scoring: frozen, with every intermediate step."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["IndexResult", "SynergyScores"]


@dataclass(frozen=True)
class IndexResult:
    """Scores of units under a framework of any depth.

    Parameters
    ----------
    normalized : pandas.DataFrame
        Units × indicators, on the scale of the scores.
    scores : pandas.DataFrame
        Units × all codes: indicators, then the aggregates, lowest level first.
    weights : pandas.Series
        Weight of each indicator in the index, summing to 1.
    ranks : pandas.DataFrame
        Competition rank of every unit on every code, 1 = best.
    """

    normalized: pd.DataFrame
    scores: pd.DataFrame
    weights: pd.Series[float]
    ranks: pd.DataFrame


@dataclass(frozen=True)
class SynergyScores:
    """Scores, grades, colours and ranks of every enterprise and year.

    All frames and series are indexed (enterprise_id, year) unless stated.

    Parameters
    ----------
    values : pandas.DataFrame
        Indicator values as given, one column per code.
    indicator_scores : pandas.DataFrame
        Scores 0–100 [points]; NaN where missing or not scored.
    applicable : pandas.DataFrame
        False where an indicator does not apply, or is not scored in this park.
    dimension_scores : pandas.DataFrame
        Scores 0–100 [points]; NaN where the dimension has too little data.
    dimension_coverage : pandas.DataFrame
        Available over applicable weight [-]; NaN where nothing applies.
    overall : pandas.Series
        Overall score 0–100 [points].
    overall_geometric : pandas.Series
        Geometric mean of the same indicator scores and weights [points].
    coverage : pandas.Series
        Available over applicable weight of all indicators [-].
    is_provisional : pandas.Series
        True where a dimension is left out for want of data.
    grade, grade_by_score : pandas.Series
        Grade after and before the caps of failed gates.
    colour, colour_reasons, colour_by_score : pandas.Series
        Colour, its reasons in Chinese, and the colour by score alone.
    change : pandas.Series
        Change of the overall score since the year before, over the indicators both
        years have [points]; NaN without a year before.
    rank : pandas.Series
        Competition rank within the year; NaN where not rankable.
    ranked_count : pandas.Series
        Number of ranked enterprises, indexed by year.
    carbon_level, carbon_grade : pandas.Series
        碳效水平 1–3 and 碳效等级 1–5; NaN where none.
    gates : pandas.DataFrame
        1 passed, 0 failed, NaN unknown.
    row_weights : pandas.DataFrame
        Weight of each indicator in the row's overall score; 0 where not counted.
    weights : pandas.Series
        Weight of each indicator in the full index, summing to 1, indexed by code.
    anchors : pandas.DataFrame
        Indexed by code: baseline, benchmark, basis, n, year.
    base_year : int
        Year that the park percentiles were taken from.
    """

    values: pd.DataFrame
    indicator_scores: pd.DataFrame
    applicable: pd.DataFrame
    dimension_scores: pd.DataFrame
    dimension_coverage: pd.DataFrame
    overall: pd.Series[float]
    overall_geometric: pd.Series[float]
    coverage: pd.Series[float]
    is_provisional: pd.Series[bool]
    grade: pd.Series[str]
    grade_by_score: pd.Series[str]
    colour: pd.Series[str]
    colour_reasons: pd.Series[str]
    colour_by_score: pd.Series[str]
    change: pd.Series[float]
    rank: pd.Series[float]
    ranked_count: pd.Series[int]
    carbon_level: pd.Series[float]
    carbon_grade: pd.Series[float]
    gates: pd.DataFrame
    row_weights: pd.DataFrame
    weights: pd.Series[float]
    anchors: pd.DataFrame
    base_year: int

    def of_year(self, year: int) -> Self:
        """Return the rows of one year."""
        years = self.overall.index.get_level_values("year")
        return self.take(np.flatnonzero(years == year))

    def take(self, rows: npt.NDArray[np.intp], index: pd.Index | None = None) -> Self:
        """Return rows by position, as often as named, under another index if given."""
        here = self.overall.index
        kept: dict[str, Any] = {}
        for field in fields(self):
            part = getattr(self, field.name)
            if isinstance(part, pd.Series | pd.DataFrame) and part.index.equals(here):
                taken = part.take(rows)
                kept[field.name] = taken if index is None else taken.set_axis(index)
        return replace(self, **kept)
