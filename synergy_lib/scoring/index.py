"""The index: from indicators to scores of any framework, and of a whole scheme."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, Problem
from synergy_lib.schema import PANEL_INDEX
from synergy_lib.scoring import grading, normalization
from synergy_lib.scoring.aggregation import RowWeights
from synergy_lib.scoring.aggregation.means import Missing
from synergy_lib.scoring.colours import ColourEvidence, colours
from synergy_lib.scoring.comparison import (
    compare_years,
    dimension_means,
    overall_means,
    row_means,
    weigh,
    year_on_year,
)
from synergy_lib.scoring.framework import Framework, Scheme
from synergy_lib.scoring.levels import (
    Aggregation,
    Normalization,
    aggregate,
    normalize,
)
from synergy_lib.scoring.results import IndexResult, SynergyScores

__all__ = [
    "IndexResult",
    "SynergyScores",
    "compare_years",
    "scheme_anchors",
    "score_index",
    "score_scheme",
]

Floats = npt.NDArray[np.float64]


def score_index(
    values: pd.DataFrame,
    framework: Framework,
    normalization: Normalization = "minmax",
    aggregation: Aggregation = "arithmetic",
    scale: tuple[float, float] = (0.0, 100.0),
    *,
    missing: Missing = "propagate",
    reference: Hashable | None = None,
) -> IndexResult:
    r"""Score units on a framework of any depth.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicator values, one column per indicator code; other columns are ignored.
    framework : Framework
        Directions, weights and parents.
    normalization : str
        ``minmax``, ``rank``, ``percentile_rank``, ``fraction_of_maximum``,
        ``target`` (at most 1), ``reference`` (at most 1) and ``ratio_to_benchmark``
        are moved to ``scale``; ``zscore``, ``borda``, ``goalposts`` (anchors of the
        framework) and ``none`` are used as they are. ``target`` takes the
        framework's ``target``, or its ``benchmark`` where that is blank.
    aggregation : str
        Used at every level: ``arithmetic``, ``geometric`` or ``harmonic`` mean, or
        ``copeland`` (0 to the number of other units).
    scale : tuple of float
        Scores that 0 and 1 of a normalisation become [points].
    missing : {"propagate", "redistribute"}
        What a missing value does to the aggregates above it.
    reference : hashable, optional
        Label of the unit that ``reference`` measures against.

    Returns
    -------
    IndexResult

    Raises
    ------
    InputDataError
        If an indicator has no column.
    MethodError
        If a method is unknown, or not defined on the values it is given.

    Notes
    -----
    Each aggregate is the weighted mean of its children, weights scaled to 1 among
    siblings, from the lowest level to the top. A geometric or harmonic mean counts
    scores below 1 % of the scale as 1 % of it.
    """
    columns = _indicator_columns(values, framework)
    normalized = normalize(columns, framework, normalization, scale, reference)
    table = aggregate(
        normalized, framework, aggregation, floor=max(scale) / 100, missing=missing
    )
    rounded = table.round(grading.SAME_SCORE_DECIMALS)
    ranks = rounded.rank(ascending=False, method="min")
    return IndexResult(normalized, table, framework.effective_weights, ranks)


def _indicator_columns(values: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return the indicator columns in the framework's order; raise if any lacks."""
    codes = list(framework.indicators.index)
    lacking = [str(code) for code in codes if code not in values.columns]
    if lacking:
        what = f"缺少指标列 {'、'.join(lacking)}"
        raise InputDataError(Problem("指数评分", what, "每个指标代码一列"))
    return values[codes].astype(float)


def score_scheme(
    indicators: pd.DataFrame,
    scheme: Scheme,
    *,
    base_year: int,
    gates: pd.DataFrame | None = None,
    applicable: pd.DataFrame | None = None,
    anchors: pd.DataFrame | None = None,
) -> SynergyScores:
    r"""Score every enterprise and year under a scheme.

    Parameters
    ----------
    indicators : pandas.DataFrame
        Indicator values; unique index (enterprise_id, year), one column per code.
    scheme : Scheme
        Framework and rules.
    base_year : int
        Year of the park percentiles, unless the scheme states ``pct_base_year``.
    gates : pandas.DataFrame, optional
        1 passed, 0 failed, NaN unknown; from
        :func:`~synergy_lib.indicators.compute.compute_gates`.
    applicable : pandas.DataFrame, optional
        False where an indicator cannot apply (``IndicatorTable.applicable``); all
        apply if omitted.
    anchors : pandas.DataFrame, optional
        Anchors of an earlier run (``SynergyScores.anchors``), used as they are: so
        park percentiles stay frozen when the base year's data are not at hand.

    Returns
    -------
    SynergyScores

    Raises
    ------
    InputDataError
        If the index is not a unique (enterprise_id, year), or an indicator lacks.

    Notes
    -----
    Indicator score by rule (LIN, PCT, TIER); dimension :math:`S_d = \sum_j w_j s_j /
    \sum_j w_j` over the available indicators; overall :math:`S = \sum_d W_d S_d /
    \sum_d W_d` over the dimensions with enough data (methods §2.1). Where levels lie
    between, dimensions are formed level by level
    (:func:`~synergy_lib.scoring.tree.tree_weights`): with complete data the same as
    the sums over all their indicators, and a missing weight goes to the siblings
    first. An indicator that
    does not apply, or that the park has too few enterprises to score, loses its
    weight without loss of coverage. Everything but park percentiles and ranks depends
    on the enterprise's own data only.
    """
    _check_index(indicators)
    values = _indicator_columns(indicators, scheme.framework)
    year = scheme.header.pct_base_year or base_year
    anchors = _frozen(anchors, scheme) if anchors is not None else None
    anchors = scheme_anchors(values, scheme, year) if anchors is None else anchors
    table = scheme.framework.indicators
    scores = normalization.apply_rules(values, table, anchors)
    applies = _applies(values, applicable, anchors)
    weights = weigh(scores, applies, scheme)
    dimensions, overall, geometric = _means(scores, weights, scheme)
    evidence = ColourEvidence(
        overall=overall,
        coverage=pd.Series(weights.coverage, index=values.index, name="coverage"),
        dimensions=dimensions,
        indicators=scores,
        carbon_grade=_carbon(values, "grade", scheme),
        change=year_on_year(scores, applies, scheme),
        gates=_gates(gates, scheme, values.index),
    )
    return SynergyScores(
        values=values,
        indicator_scores=scores,
        applicable=applies,
        overall_geometric=geometric,
        carbon_level=_carbon(values, "level", scheme),
        weights=scheme.framework.effective_weights,
        anchors=anchors,
        base_year=year,
        **_coverage_frames(weights, values, dimensions),
        **_verdicts(evidence, scheme),
    )


def _check_index(indicators: pd.DataFrame) -> None:
    if tuple(indicators.index.names) != PANEL_INDEX or indicators.index.has_duplicates:
        what = "索引不是唯一的 enterprise_id、year"
        raise InputDataError(Problem("指数评分", what, "每个企业每年一行"))


def _frozen(anchors: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Return given anchors in the scheme's order; raise if any lacks."""
    codes = scheme.framework.indicators.index
    lacking = [str(code) for code in codes if code not in anchors.index]
    if lacking:
        what = f"冻结的锚点中没有指标 {'、'.join(lacking)}"
        raise InputDataError(Problem("指数评分", what, "同一指标体系的锚点"))
    return anchors.loc[codes]


def scheme_anchors(values: pd.DataFrame, scheme: Scheme, year: int) -> pd.DataFrame:
    """Return the anchors of every indicator and what they rest on."""
    header, table = scheme.header, scheme.framework.indicators
    minimum = header.pct_minimum_enterprises or 2
    in_year = values[values.index.get_level_values("year") == year]
    rows = []
    ends = table[["baseline", "benchmark"]].to_numpy(dtype=np.float64).tolist()
    for code, rule, direction, (low, high) in zip(
        table.index, table["rule"], table["direction"], ends, strict=True
    ):
        basis, count = ("fixed", 0) if rule == "LIN" else ("tiers", 0)
        if rule == "PCT":
            side = "cost" if direction < 0 else "benefit"
            percentiles = [
                getattr(header, f"pct_{side}_{part}_percentile")
                for part in ("baseline", "benchmark")
            ]
            column = in_year[code].to_numpy(dtype=np.float64)
            low, high, count = normalization.park_anchors(
                column, percentiles[0], percentiles[1], minimum
            )
            scored = f"park P{percentiles[0]:g}/P{percentiles[1]:g} {year}"
            basis = "not scored" if np.isnan(low) else scored
        rows.append((code, low, high, basis, count, year if rule == "PCT" else np.nan))
    columns = ["code", "baseline", "benchmark", "basis", "n", "year"]
    return pd.DataFrame(rows, columns=columns).set_index("code")


def _applies(
    values: pd.DataFrame, applicable: pd.DataFrame | None, anchors: pd.DataFrame
) -> pd.DataFrame:
    """Return where an indicator counts in the coverage."""
    everywhere = pd.DataFrame(True, index=values.index, columns=values.columns)
    if applicable is not None:
        everywhere = applicable.reindex_like(values).fillna(value=True).astype(bool)
    scored = (anchors["basis"] != "not scored").reindex(values.columns)
    return everywhere & scored


def _means(
    scores: pd.DataFrame, weights: RowWeights, scheme: Scheme
) -> tuple[pd.DataFrame, pd.Series[float], pd.Series[float]]:
    """Return dimension scores, overall score and its geometric counterpart."""
    array = np.asarray(scores, dtype=np.float64)
    index, codes = scores.index, scheme.framework.dimensions.index
    columns = dimension_means(array, weights.within, scheme)
    overall = overall_means(array, weights.indicators, scheme)
    geometric = row_means(array, weights.indicators, scheme, "geometric")
    return (
        pd.DataFrame(columns, index, codes).where(weights.sufficient),
        pd.Series(overall, index=index, name="overall"),
        pd.Series(geometric, index=index, name="overall_geometric"),
    )


def _coverage_frames(
    weights: RowWeights, values: pd.DataFrame, dimensions: pd.DataFrame
) -> dict[str, Any]:
    """Return the fields of the result that say what each score rests on."""
    index = values.index
    possible = ~np.isnan(weights.dimension_coverage)
    provisional = (possible & ~weights.sufficient).any(axis=1)
    return {
        "dimension_scores": dimensions,
        "dimension_coverage": pd.DataFrame(
            weights.dimension_coverage, index=index, columns=dimensions.columns
        ),
        "is_provisional": pd.Series(provisional, index=index, dtype=bool),
        "row_weights": pd.DataFrame(
            weights.indicators, index=index, columns=values.columns
        ),
    }


def _verdicts(evidence: ColourEvidence, scheme: Scheme) -> dict[str, Any]:
    """Return the fields of the result that follow from the scores."""
    header = scheme.header
    colour, reasons, colour_by_score = colours(evidence, scheme)
    grade, grade_by_score = grading.grades(
        evidence.overall, evidence.coverage, evidence.gates, header
    )
    rankable = grade_by_score != header.grade_no_data
    rank = grading.competition_rank(
        evidence.overall, rankable, header.rank_minimum_enterprises
    )
    return {
        "overall": evidence.overall,
        "coverage": evidence.coverage,
        "carbon_grade": evidence.carbon_grade,
        "change": evidence.change,
        "gates": evidence.gates,
        "grade": grade,
        "grade_by_score": grade_by_score,
        "colour": colour,
        "colour_reasons": reasons,
        "colour_by_score": colour_by_score,
        "rank": rank,
        "ranked_count": rank.groupby(level="year").count().rename("ranked_count"),
    }


def _gates(gates: pd.DataFrame | None, scheme: Scheme, index: pd.Index) -> pd.DataFrame:
    """Return the gates of the scheme for every row; NaN where not given."""
    codes = scheme.framework.gates.index
    if gates is None:
        return pd.DataFrame(np.nan, index=index, columns=codes)
    return gates.reindex(index=index, columns=codes).astype(float)


def _carbon(values: pd.DataFrame, which: str, scheme: Scheme) -> pd.Series[float]:
    """Return the carbon-efficiency level or grade; NaN where the scheme has none."""
    code = getattr(scheme.header, f"carbon_{which}_indicator")
    if code is None:
        return pd.Series(np.nan, index=values.index)
    bounds = getattr(scheme.header, f"carbon_{which}_upper_bounds")
    return grading.carbon_classes(values[code], bounds).rename(f"carbon_{which}")
