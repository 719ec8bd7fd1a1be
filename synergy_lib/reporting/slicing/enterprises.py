"""The slice of each enterprise: its own rows, and its peers as quantiles."""

from __future__ import annotations

import pandas as pd

from synergy_lib.pipeline import Analysis
from synergy_lib.reporting.formatting import is_missing, text
from synergy_lib.reporting.slices import EnterpriseSlice
from synergy_lib.reporting.slicing.shared import (
    SharedFrames,
    factor_frame,
    headline_figures,
    restated_values,
    run_notes,
    year_row,
)

__all__ = ["slice_enterprises"]


def slice_enterprises(analysis: Analysis) -> dict[str, EnterpriseSlice]:
    """Return a slice for every enterprise that has data in the report year.

    Returns
    -------
    dict of str to EnterpriseSlice
        By enterprise id, sorted. A slice holds the enterprise's own rows and
        quantiles of its peers; nothing else of anybody else.
    """
    shared = SharedFrames(analysis)
    return {
        enterprise_id: _slice_enterprise(analysis, shared, enterprise_id)
        for enterprise_id in shared.ids
    }


def _slice_enterprise(
    analysis: Analysis, shared: SharedFrames, enterprise_id: str
) -> EnterpriseSlice:
    """Return one enterprise's slice."""
    yearly = _own_years(shared.numeric, enterprise_id).reset_index()
    own = analysis.data.enterprises.loc[enterprise_id]
    indicators = _own_indicators(analysis, shared, enterprise_id)
    return EnterpriseSlice(
        meta=shared.meta,
        enterprise={
            "enterprise_id": enterprise_id,
            **{str(key): None if is_missing(v) else v for key, v in own.items()},
        },
        headline=headline_figures(analysis, enterprise_id),
        dimensions=_own_dimensions(analysis, shared, enterprise_id),
        indicators=indicators,
        history=_history(analysis, enterprise_id),
        yearly=yearly.dropna(axis=1, how="all"),
        park_yearly=shared.park_yearly,
        trends=shared.trends.get(enterprise_id, analysis.trends.iloc[:0]),
        measures=shared.measures.get(enterprise_id, shared.no_measures),
        changes=_own_changes(analysis, indicators, enterprise_id),
        gates=_gates(analysis, shared, enterprise_id),
        issues=shared.issues.get(enterprise_id, analysis.data.issues.iloc[:0]),
        factors=factor_frame(analysis, enterprise_id),
        restatements=restated_values(analysis, enterprise_id),
        notes=run_notes(analysis, of_enterprise=True),
    )


def _own_dimensions(
    analysis: Analysis, shared: SharedFrames, enterprise_id: str
) -> pd.DataFrame:
    """Return an enterprise's dimension scores beside its peers'."""
    scores = _own_years(analysis.scores.dimension_scores, enterprise_id)
    coverage = _own_years(analysis.scores.dimension_coverage, enterprise_id)
    return shared.dimensions.assign(
        score=year_row(scores, shared.year),
        previous_score=year_row(scores, shared.year - 1),
        base_score=year_row(scores, analysis.parameters.base_year),
        coverage=year_row(coverage, shared.year),
    ).reset_index()


def _own_indicators(
    analysis: Analysis, shared: SharedFrames, enterprise_id: str
) -> pd.DataFrame:
    """Return an enterprise's indicators: value, score, reason if missing."""
    values = _own_years(analysis.indicators.values, enterprise_id)
    scores = _own_years(analysis.scores.indicator_scores, enterprise_id)
    texts = _own_years(analysis.indicators.texts, enterprise_id)
    own = shared.reasons.get(enterprise_id, analysis.indicators.reasons.iloc[:0])
    frame = shared.indicators.assign(
        value=year_row(values, shared.year),
        previous_value=year_row(values, shared.year - 1),
        value_text=year_row(texts, shared.year),
        score=year_row(scores, shared.year),
        previous_score=year_row(scores, shared.year - 1),
        reason=own.drop_duplicates("code").set_index("code")["reason"],
    )
    not_scored = frame["value"].notna() & frame["score"].isna()
    reason = text(
        shared.language,
        "有数据的企业不足规定家数，只列值不评分",
        "too few enterprises with data: reported, not scored",
    )
    frame["reason"] = frame["reason"].mask(not_scored, reason)
    return frame.reset_index()


def _own_changes(
    analysis: Analysis, own: pd.DataFrame, enterprise_id: str
) -> pd.DataFrame:
    """Return what each indicator contributed to the change since last year.

    Empty where the common indicators cover too little for a change to be stated.
    """
    columns = ["code", "name", "previous_score", "score"]
    key = (enterprise_id, analysis.parameters.report_year)
    if is_missing(analysis.scores.change.get(key)):
        return own[columns].iloc[:0].assign(contribution=pd.Series(dtype="float64"))
    parts = analysis.changes.loc[enterprise_id]
    changed = own[columns].assign(
        contribution=parts.reindex(own["code"]).to_numpy(dtype="float64")
    )
    return changed.dropna(subset=["contribution"])


def _history(analysis: Analysis, enterprise_id: str) -> pd.DataFrame:
    """Return an enterprise's overall score, grade, colour, rank by year."""
    scores = analysis.scores
    frame = pd.DataFrame(
        {
            "overall": scores.overall,
            "grade": scores.grade,
            "colour": scores.colour,
            "rank": scores.rank,
            "coverage": scores.coverage,
        }
    ).join(scores.dimension_scores)
    own = _own_years(frame, enterprise_id)
    no_data = analysis.scheme.header.grade_no_data
    own["overall"] = own["overall"].mask(own["grade"] == no_data)
    return own.assign(ranked_count=scores.ranked_count.reindex(own.index)).reset_index()


def _gates(
    analysis: Analysis, shared: SharedFrames, enterprise_id: str
) -> pd.DataFrame:
    """Return each gate as passed, failed or unknown."""
    table = analysis.scheme.framework.gates
    name = text(shared.language, "name", "name_en")
    values = year_row(_own_years(analysis.scores.gates, enterprise_id), shared.year)
    states = values.map({1.0: "pass", 0.0: "fail"}).fillna("unknown")
    return pd.DataFrame(
        {"code": table.index, "name": table[name], "state": states.reindex(table.index)}
    ).reset_index(drop=True)


def _own_years(frame: pd.DataFrame, enterprise_id: str) -> pd.DataFrame:
    """Return an enterprise's rows of a frame, indexed by year."""
    return pd.DataFrame(frame.xs(enterprise_id, level="enterprise_id"))
