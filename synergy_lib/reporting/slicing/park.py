"""The slice of the park's annual report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.park.lists import LISTS
from synergy_lib.pipeline import Analysis
from synergy_lib.reporting.formatting import text
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.slicing.changes import (
    decoupling_rows,
    driver_rows,
    park_targets,
    scenario_frames,
)
from synergy_lib.reporting.slicing.shared import (
    PEERS,
    SharedFrames,
    co_control_frame,
    factor_frame,
    headline_figures,
    measure_plan_frame,
    plain_number,
    run_notes,
)
from synergy_lib.techniques.catalogue import load_cases
from synergy_lib.techniques.vocabulary import COMPLETED

__all__ = ["slice_park"]

_LIST_COLUMNS = {
    "carbon": "on_carbon_list",
    "pollutant": "on_pollution_list",
    "energy": "on_energy_list",
}


def slice_park(analysis: Analysis) -> ParkSlice:
    """Return the slice of the park's annual report."""
    shared = SharedFrames(analysis)
    lists = _list_frame(analysis, shared)
    enterprises = _enterprise_frame(analysis, shared, lists)
    indicators = shared.indicators.join(
        pd.Series(analysis.peers.loc["score", "p50"], name="score_p50")
    ).rename(columns={f"peer_{name}": name for name in PEERS})
    dimensions = shared.dimensions.rename(
        columns={f"peer_{name}": name for name in PEERS}
    )
    return ParkSlice(
        meta=shared.meta,
        headline=_park_headline(analysis, shared, enterprises),
        enterprises=enterprises,
        sensitivity=analysis.sensitivity.indices.reset_index(),
        left_out=_left_out(analysis),
        dimensions=dimensions.reset_index(),
        indicators=indicators.reset_index(),
        totals=analysis.totals,
        ratios=shared.park_yearly,
        monitoring=analysis.data.monitoring,
        co_control=co_control_frame(analysis),
        associations=_synergy_frame(analysis, "associations"),
        within=_synergy_frame(analysis, "within"),
        concentration=_concentration(analysis),
        measures=_technique_frame(analysis),
        measure_plan=_measure_plans(analysis),
        projects=_projects(analysis),
        lists=lists,
        trends=analysis.park_trends,
        drivers=driver_rows(analysis, park=True),
        decoupling=decoupling_rows(analysis, park=True),
        target_gaps=park_targets(analysis),
        **scenario_frames(analysis),
        issues=analysis.data.issues,
        factors=factor_frame(analysis),
        restatements=analysis.data.restatements,
        cases=load_cases(),
        notes=run_notes(analysis, of_enterprise=False),
    )


def _left_out(analysis: Analysis) -> pd.DataFrame:
    """Return what leaving out an indicator or dimension does, the largest first."""
    table = analysis.scheme.framework.table
    frame = analysis.left_out.join(table[["name", "name_en", "level"]])
    return frame.sort_values("mean_shift", ascending=False, kind="stable").reset_index()


def _enterprise_frame(
    analysis: Analysis, shared: SharedFrames, lists: pd.DataFrame
) -> pd.DataFrame:
    """Return one row an enterprise for the park report."""
    own = analysis.data.enterprises.reindex(shared.ids)
    headlines = headline_figures(analysis, shared.ids)
    rows = pd.DataFrame(list(headlines.values()), index=list(headlines))
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
    for kind in LISTS:
        listed = lists.loc[lists["list"] == kind, "enterprise_id"]
        frame[_LIST_COLUMNS[kind]] = frame.index.isin(listed)
    return frame.rename_axis("enterprise_id").reset_index()


def _park_headline(
    analysis: Analysis, shared: SharedFrames, enterprises: pd.DataFrame
) -> dict[str, Any]:
    """Return the figures of the park report's first page."""
    issues = analysis.data.issue_counts
    return {
        "enterprises": len(enterprises),
        "ranked": int(enterprises["rank"].notna().sum()),
        "median_score": plain_number(enterprises["overall"].median()),
        "colours": {k: int(v) for k, v in enterprises["colour"].value_counts().items()},
        "grades": {k: int(v) for k, v in enterprises["grade"].value_counts().items()},
        "suspect": issues.get("suspect", 0),
        "warning": issues.get("warning", 0),
        "gap": int(issues.get("gap", 0)),
        "year": shared.year,
        "scenario_enterprises": analysis.explained.scenario_enterprises,
    }


def _synergy_frame(analysis: Analysis, name: str) -> pd.DataFrame:
    """Return one of the correlation tables, empty where there is no analysis."""
    columns = ["pollutant", "method", "n", "estimate", "low", "high", "verdict"]
    if analysis.synergy is None:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame(getattr(analysis.synergy, name)[columns])


def _concentration(analysis: Analysis) -> pd.DataFrame:
    """Return what the largest emitters of carbon hold of each pollutant."""
    shares = ["top_n", "in_both", "carbon_top_share", "pollutant_share_of_carbon_top"]
    if analysis.synergy is None:
        return pd.DataFrame(columns=["pollutant", *shares])
    carbon = analysis.synergy.concentration["top_share"]["co2e_t"]
    overlap = analysis.synergy.overlap.assign(carbon_top_share=carbon)
    return overlap[shares].reset_index()


def _measure_plans(analysis: Analysis) -> pd.DataFrame:
    """Return the plans of measures with the enterprises' names."""
    frame = measure_plan_frame(analysis)
    names = analysis.data.enterprises["enterprise_name"]
    return frame.assign(enterprise_name=frame["enterprise_id"].map(names))


def _technique_frame(analysis: Analysis) -> pd.DataFrame:
    """Return the estimated measures added up by technique of the catalogue."""
    measures = analysis.measures
    name = text(analysis.parameters.language, "name_zh", "name_en")
    # "catalogue" comes before "enterprise": its name, not that of somebody's project.
    named = measures.sort_values("origin", kind="stable").groupby("technique_id")
    # A project of an enterprise's own may name no technique: its id is empty.
    # What is completed is no potential any more.
    counted = measures[
        (measures["technique_id"] != "")
        & measures["co2e_mode_t"].notna()
        & (measures["plan_status"] != COMPLETED)
    ]
    grouped = counted.groupby("technique_id")
    frame = grouped[["co2e_low_t", "co2e_mode_t", "co2e_high_t"]].sum(min_count=1)
    frame["enterprises"] = grouped["enterprise_id"].nunique()
    frame = frame.join(named[[name, "stage"]].first().rename(columns={name: "name"}))
    # The weakest evidence of what is added up.
    frame["evidence"] = grouped["evidence"].max()
    return frame.sort_values("co2e_mode_t", ascending=False).reset_index()


def _projects(analysis: Analysis) -> pd.DataFrame:
    """Return the planned measures with the enterprises' names."""
    planned = analysis.data.measures
    names = analysis.data.enterprises["enterprise_name"]
    return planned.assign(
        enterprise_name=planned["enterprise_id"].map(names)
    ).reset_index(drop=True)


def _list_frame(analysis: Analysis, shared: SharedFrames) -> pd.DataFrame:
    """Return the units of the three lists, one row a list and enterprise.

    The watch list of energy users comes last, as list ``energy_watch``.
    """
    units = analysis.lists.units
    if not analysis.parameters.has_three_lists:
        units = units.iloc[:0]
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
    amounts = shared.data.xs(shared.year, level="year")
    for column in ("co2e_t", "energy_tce", "cod_kg", "nh3n_kg", "vocs_kg"):
        if column in amounts:
            frame[column] = frame["enterprise_id"].map(amounts[column])
    return frame
