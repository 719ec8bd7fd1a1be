"""Cut an analysis into slices: one for each enterprise, one for the park."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.factors.selection import relevant_factors
from synergy_lib.park.lists import LISTS
from synergy_lib.park.totals import park_ratios
from synergy_lib.pipeline import Analysis
from synergy_lib.reporting.formatting import is_missing, text
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.techniques.catalogue import load_cases

__all__ = ["slice_enterprises", "slice_park"]

_PEERS = ("n", "p10", "p25", "p50", "p75", "p90")
_RATIOS = (
    ("co2e_t", "value_added_constant_10k_cny"),
    ("co2e_t", "value_added_10k_cny"),
    ("co2e_t", "main_product_t"),
    ("energy_tce", "value_added_constant_10k_cny"),
    ("energy_tce", "main_product_t"),
    ("air_equivalent_kg", "value_added_10k_cny"),
    ("water_equivalent_kg", "value_added_10k_cny"),
)


# Single quantities a technique acts on; the reports show what they add up to.
_UNUSED_MEASURES = (
    "co2e_market_",
    "electricity_",
    "heat_",
    "natural_gas_",
    "bituminous_",
    "solvent_",
    "water_fresh_",
    "hazardous_waste_",
)
_LIST_COLUMNS = {
    "carbon": "on_carbon_list",
    "pollutant": "on_pollution_list",
    "energy": "on_energy_list",
}


def slice_enterprises(analysis: Analysis) -> dict[str, EnterpriseSlice]:
    """Return a slice for every enterprise that has data in the report year.

    Returns
    -------
    dict of str to EnterpriseSlice
        By enterprise id, sorted. A slice holds the enterprise's own rows and
        quantiles of its peers; nothing else of anybody else.
    """
    shared = _Shared(analysis)
    return {
        enterprise_id: _slice_enterprise(analysis, shared, enterprise_id)
        for enterprise_id in shared.ids
    }


class _Shared:
    """Frames that every slice takes its rows from, computed once."""

    def __init__(self, analysis: Analysis) -> None:
        parameters = analysis.parameters
        self.year = parameters.report_year
        self.language = parameters.language
        self.data = analysis.panel.join(analysis.accounts)
        at_year = self.data.index.get_level_values("year") == self.year
        self.ids = sorted(self.data.index[at_year].get_level_values(0))
        self.meta = _meta(analysis)
        self.dimensions = _dimension_frame(analysis)
        self.indicators = _indicator_frame(analysis)
        self.park_yearly = _ratio_frame(analysis, self.data)
        self.numeric = self.data.select_dtypes("number")
        reasons = analysis.indicators.reasons
        reasons = reasons[reasons["year"] == self.year]
        self.reasons = dict(iter(reasons.groupby("enterprise_id")))
        self.issues = dict(iter(analysis.data.issues.groupby("enterprise_id")))
        kept = [c for c in analysis.measures if not c.startswith(_UNUSED_MEASURES)]
        # JSON has no infinity: a payback that never comes has no upper end.
        measures = analysis.measures[kept].replace([np.inf, -np.inf], np.nan)
        self.measures = dict(iter(measures.groupby("enterprise_id")))
        self.no_measures = measures.iloc[:0]
        self.trends = dict(iter(analysis.trends.groupby("enterprise_id")))


def _slice_enterprise(
    analysis: Analysis, shared: _Shared, enterprise_id: str
) -> EnterpriseSlice:
    """Return one enterprise's slice."""
    yearly = shared.numeric.xs(enterprise_id, level="enterprise_id").reset_index()
    own = analysis.data.enterprises.loc[enterprise_id]
    indicators = _own_indicators(analysis, shared, enterprise_id)
    return EnterpriseSlice(
        meta=shared.meta,
        enterprise={
            "enterprise_id": enterprise_id,
            **{key: None if is_missing(v) else v for key, v in own.items()},
        },
        headline=_headline(analysis, enterprise_id),
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
        factors=_factor_frame(analysis, enterprise_id),
        restatements=_restatements(analysis, enterprise_id),
        notes=list(_notes(analysis)),
    )


def slice_park(analysis: Analysis) -> ParkSlice:
    """Return the slice of the park's annual report."""
    shared = _Shared(analysis)
    enterprises = _enterprise_frame(analysis, shared)
    indicators = shared.indicators.join(
        analysis.peers.loc["score"][["p50"]].rename(columns={"p50": "score_p50"})
    ).rename(columns={f"peer_{name}": name for name in _PEERS})
    dimensions = shared.dimensions.rename(
        columns={f"peer_{name}": name for name in _PEERS}
    )
    return ParkSlice(
        meta=shared.meta,
        headline=_park_headline(analysis, shared, enterprises),
        enterprises=enterprises,
        dimensions=dimensions.reset_index(),
        indicators=indicators.reset_index(),
        totals=analysis.totals,
        ratios=shared.park_yearly,
        monitoring=analysis.data.monitoring,
        measures=_technique_frame(analysis),
        projects=_projects(analysis),
        lists=_list_frame(analysis),
        trends=analysis.park_trends,
        issues=analysis.data.issues,
        factors=_factor_frame(analysis),
        restatements=_restatements(analysis),
        cases=load_cases(),
        notes=list(_notes(analysis)),
    )


def _meta(analysis: Analysis) -> dict[str, Any]:
    """Return what every report says about the run."""
    parameters, header = analysis.parameters, analysis.scheme.header
    language = parameters.language
    return {
        "park_id": parameters.park_id,
        "park_name": parameters.park_name,
        "report_year": parameters.report_year,
        "base_year": parameters.base_year,
        "first_year": parameters.first_year,
        "language": language,
        "is_invented": parameters.is_invented,
        "data_source": parameters.data_source,
        "source_name": analysis.data.source_name,
        "source_sha256": analysis.data.source_sha256,
        "scheme_title": text(language, header.title_zh, header.title_en),
        "scheme_version": header.version,
        "carbon_basis": parameters.carbon_basis,
        "factor_set": parameters.factor_set,
        "gwp_set": parameters.gwp_set,
        "grid_region": parameters.grid_region,
        "draws": parameters.draws,
        "seed": parameters.seed,
        "colour_threshold": header.colour_probability_minimum,
        "grade_names": list(header.grade_names),
        "grade_lower_bounds": list(header.grade_lower_bounds),
        "has_deflator": "value_added_constant_10k_cny" in analysis.panel,
        "peer_group_minimum": parameters.peer_group_minimum,
    }


def _notes(analysis: Analysis) -> tuple[str, ...]:
    """Return what was assumed, substituted or left out, once each."""
    notes = (
        *analysis.parameters.notes,
        *analysis.data.notes,
        *(
            analysis.factors.notes
            if analysis.parameters.carbon_basis == "calculated"
            else ()
        ),
    )
    return tuple(dict.fromkeys(notes))


def _dimension_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the dimensions with weight and peer quantiles, indexed by code."""
    framework = analysis.scheme.framework
    name = text(analysis.parameters.language, "name", "name_en")
    peers = analysis.peers.loc["dimension"]
    frame = pd.DataFrame(
        {
            "name": framework.dimensions[name],
            "weight": framework.dimensions["weight"],
        }
    ).rename_axis("code")
    for quantile in _PEERS:
        frame[f"peer_{quantile}"] = peers[quantile]
    return frame


def _indicator_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the indicators with anchors and peer quantiles, indexed by code."""
    table = analysis.scheme.framework.indicators
    language = analysis.parameters.language
    anchors = analysis.scores.anchors
    peers = analysis.peers.loc["value"]
    frame = pd.DataFrame(
        {
            "dimension": table["parent"],
            "name": table[text(language, "name", "name_en")],
            "unit": table[text(language, "unit", "unit_en")].replace("1", ""),
            "direction": table["direction"],
            "weight": analysis.scores.weights * 100,
            "rule": table["rule"],
            "baseline": anchors["baseline"],
            "benchmark": anchors["benchmark"],
            "basis": anchors["basis"],
            "formula": table["formula"],
            "tag": table["tag"],
            "source_key": table["source_key"],
        }
    ).rename_axis("code")
    for quantile in _PEERS:
        frame[f"peer_{quantile}"] = peers[quantile]
    frame["peer_score_p50"] = analysis.peers.loc["score"]["p50"]
    return frame


def _own_dimensions(
    analysis: Analysis, shared: _Shared, enterprise_id: str
) -> pd.DataFrame:
    """Return an enterprise's dimension scores beside its peers'."""
    scores = analysis.scores.dimension_scores.xs(enterprise_id, level="enterprise_id")
    coverage = analysis.scores.dimension_coverage.loc[(enterprise_id, shared.year)]
    return shared.dimensions.assign(
        score=_row(scores, shared.year),
        previous_score=_row(scores, shared.year - 1),
        base_score=_row(scores, analysis.parameters.base_year),
        coverage=coverage,
    ).reset_index()


def _own_indicators(
    analysis: Analysis, shared: _Shared, enterprise_id: str
) -> pd.DataFrame:
    """Return an enterprise's indicators: value, score, reason if missing."""
    values = analysis.indicators.values.xs(enterprise_id, level="enterprise_id")
    scores = analysis.scores.indicator_scores.xs(enterprise_id, level="enterprise_id")
    texts = analysis.indicators.texts.loc[(enterprise_id, shared.year)]
    own = shared.reasons.get(enterprise_id, analysis.indicators.reasons.iloc[:0])
    frame = shared.indicators.assign(
        value=_row(values, shared.year),
        previous_value=_row(values, shared.year - 1),
        value_text=texts,
        score=_row(scores, shared.year),
        previous_score=_row(scores, shared.year - 1),
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
    """Return what each indicator contributed to the change since last year."""
    columns = ["code", "name", "previous_score", "score"]
    if enterprise_id not in analysis.changes.index:
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
    own = frame.xs(enterprise_id, level="enterprise_id")
    return own.assign(ranked_count=scores.ranked_count.reindex(own.index)).reset_index()


def _headline(analysis: Analysis, enterprise_id: str) -> dict[str, Any]:
    """Return the figures of page 1."""
    scores, uncertainty = analysis.scores, analysis.uncertainty
    key = (enterprise_id, analysis.parameters.report_year)
    change = scores.change.get(key, np.nan)
    ranks = uncertainty.rank.reindex([key]).iloc[0]
    return {
        "overall": _plain(scores.overall[key]),
        "overall_geometric": _plain(scores.overall_geometric[key]),
        "is_provisional": bool(scores.is_provisional[key]),
        "grade": scores.grade[key],
        "colour": uncertainty.colour[key],
        "colour_by_rules": scores.colour[key],
        "colour_probability": _plain(uncertainty.probability[key]),
        "colour_reasons": scores.colour_reasons[key],
        "uncertainty_note": uncertainty.note[key],
        "rank": _plain(scores.rank[key]),
        "rank_low": _plain(ranks.get("low", np.nan)),
        "rank_median": _plain(ranks.get("median", np.nan)),
        "rank_high": _plain(ranks.get("high", np.nan)),
        "ranked_count": _plain(scores.ranked_count.get(key[1], np.nan)),
        "change": _plain(change),
        "coverage": _plain(scores.coverage[key]),
    }


def _gates(analysis: Analysis, shared: _Shared, enterprise_id: str) -> pd.DataFrame:
    """Return each gate as passed, failed or unknown."""
    table = analysis.scheme.framework.gates
    name = text(shared.language, "name", "name_en")
    values = analysis.scores.gates.loc[(enterprise_id, shared.year)]
    states = values.map({1.0: "pass", 0.0: "fail"}).fillna("unknown")
    return pd.DataFrame(
        {"code": table.index, "name": table[name], "state": states.reindex(table.index)}
    ).reset_index(drop=True)


def _restatements(analysis: Analysis, enterprise_id: str | None = None) -> pd.DataFrame:
    """Return restated values, of one enterprise or all."""
    table = analysis.data.restatements
    if table.empty or enterprise_id is None:
        return table
    return table[table["enterprise_id"] == enterprise_id]


def _ratio_frame(analysis: Analysis, data: pd.DataFrame) -> pd.DataFrame:
    """Return the park's ratios of sums by year, withheld for small groups."""
    minimum = analysis.parameters.peer_group_minimum
    years = pd.Index(list(analysis.parameters.years), name="year")
    frame = pd.DataFrame(index=years)
    for numerator, denominator in _RATIOS:
        if {numerator, denominator} <= set(data.columns):
            ratios = park_ratios(data, numerator, denominator)
            enough = ratios["enterprises"] >= minimum
            frame[f"{numerator}_per_{denominator}"] = ratios["ratio"].where(enough)
    return frame.reset_index()


def _factor_frame(analysis: Analysis, enterprise_id: str | None = None) -> pd.DataFrame:
    """Return the factors that touched a figure, of one enterprise or all."""
    panel = analysis.panel
    if enterprise_id is not None:
        panel = panel.xs(enterprise_id, level="enterprise_id")
    used = relevant_factors(analysis.factors, panel)
    columns = ["name_zh", "name_en", "value", "unit", "source_key", "tag"]
    return used[columns].drop_duplicates().reset_index(drop=True)


def _enterprise_frame(analysis: Analysis, shared: _Shared) -> pd.DataFrame:
    """Return one row an enterprise for the park report."""
    own = analysis.data.enterprises.reindex(shared.ids)
    rows = pd.DataFrame(
        [_headline(analysis, key) for key in shared.ids], index=pd.Index(shared.ids)
    )
    dimensions = analysis.scores.dimension_scores.xs(shared.year, level="year")
    amounts = [
        c
        for c in (
            "co2e_t",
            "energy_tce",
            "air_equivalent_kg",
            "water_equivalent_kg",
            "output_value_10k_cny",
            "value_added_10k_cny",
        )
        if c in shared.data
    ]
    year_data = shared.data.xs(shared.year, level="year")
    frame = own.join(rows).join(dimensions).join(year_data[amounts])
    if "co2e_t" not in frame:
        frame["co2e_t"] = np.nan
    if {"co2e_t", "value_added_10k_cny"} <= set(frame.columns):
        frame["co2e_t_per_value_added_10k_cny"] = frame["co2e_t"] / frame[
            "value_added_10k_cny"
        ].where(frame["value_added_10k_cny"] > 0)
    members = _list_frame(analysis)
    for kind in LISTS:
        listed = members.loc[members["list"] == kind, "enterprise_id"]
        frame[_LIST_COLUMNS[kind]] = frame.index.isin(listed)
    return frame.rename_axis("enterprise_id").reset_index()


def _park_headline(
    analysis: Analysis, shared: _Shared, enterprises: pd.DataFrame
) -> dict[str, Any]:
    """Return the figures of the park report's first page."""
    issues = analysis.data.issues["severity"].value_counts()
    return {
        "enterprises": len(enterprises),
        "ranked": int(enterprises["rank"].notna().sum()),
        "median_score": _plain(enterprises["overall"].median()),
        "colours": {k: int(v) for k, v in enterprises["colour"].value_counts().items()},
        "grades": {k: int(v) for k, v in enterprises["grade"].value_counts().items()},
        "suspect": int(issues.get("suspect", 0)),
        "warning": int(issues.get("warning", 0)),
        "gap": int(issues.get("gap", 0)),
        "year": shared.year,
    }


def _technique_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the measures added up by technique."""
    measures = analysis.measures
    name = text(analysis.parameters.language, "name_zh", "name_en")
    catalogue = measures[measures["technique_id"].notna()]
    columns = ["co2e_low_t", "co2e_mode_t", "co2e_high_t"]
    grouped = catalogue.groupby("technique_id")
    frame = grouped[columns].sum(min_count=1)
    frame["enterprises"] = grouped["enterprise_id"].nunique()
    first = grouped[[name, "stage", "evidence"]].first()
    frame = frame.join(first.rename(columns={name: "name"}))
    return (
        frame.dropna(subset=["co2e_mode_t"])
        .sort_values("co2e_mode_t", ascending=False)
        .reset_index()
    )


def _projects(analysis: Analysis) -> pd.DataFrame:
    """Return the planned measures with the enterprises' names."""
    planned = analysis.data.measures
    names = analysis.data.enterprises["enterprise_name"]
    return planned.assign(
        enterprise_name=planned["enterprise_id"].map(names)
    ).reset_index(drop=True)


def _list_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the units of the three lists, one row a list and enterprise.

    The watch list of energy users comes last, as list ``energy_watch``.
    """
    units = analysis.lists.units
    names = analysis.data.enterprises["enterprise_name"]
    pieces = []
    for kind in (*LISTS, "energy_watch"):
        listed = units[units[kind]]
        pieces.append(
            pd.DataFrame(
                {
                    "list": kind,
                    "enterprise_id": listed.index,
                    "enterprise_name": names.reindex(listed.index).to_numpy(),
                    "is_statutory": listed[f"{kind}_statutory"].to_numpy(dtype=bool),
                    "is_key_control": listed["is_key_control"].to_numpy(dtype=bool),
                    "criterion": listed[f"{kind}_basis"].to_numpy(),
                }
            )
        )
    frame = pd.concat(pieces, ignore_index=True)
    amounts = analysis.panel.join(analysis.accounts).xs(
        analysis.parameters.report_year, level="year"
    )
    for column in ("co2e_t", "energy_tce", "cod_kg", "nh3n_kg", "vocs_kg"):
        if column in amounts:
            frame[column] = frame["enterprise_id"].map(amounts[column])
    return frame


def _row(frame: pd.DataFrame, year: int) -> pd.Series:
    """Return a year's row, missing throughout if there is no such year."""
    if year in frame.index:
        return frame.loc[year]
    return pd.Series(np.nan, index=frame.columns)


def _plain(value: Any) -> float | None:
    """Return a number JSON can hold, None where it is missing."""
    return None if is_missing(value) else float(value)
