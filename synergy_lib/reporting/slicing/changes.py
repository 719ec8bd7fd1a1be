"""Frames on what changed and where it leads, of the park or of every enterprise."""

from __future__ import annotations

import pandas as pd

from synergy_lib.pipeline import Analysis
from synergy_lib.schema import PARK

__all__ = [
    "decoupling_rows",
    "driver_rows",
    "enterprise_targets",
    "park_targets",
    "scenario_frames",
]

_DRIVER_COLUMNS = [
    *("enterprise_id", "quantity", "output", "basis", "from_year", "to_year"),
    *("effect", "label_zh", "label_en", "start", "end", "amount", "share"),
    *("n", "left_out", "entered", "left", "covered_share"),
    *("status", "reason_zh", "reason_en"),
]
_DECOUPLING_COLUMNS = [
    *("enterprise_id", "quantity", "output", "basis", "from_year", "to_year", "n"),
    *("pressure_change", "output_change", "elasticity", "state"),
    *("label_zh", "label_en", "status", "reason_zh", "reason_en"),
]
_TARGET_COLUMNS = [
    *("target_id", "indicator_zh", "indicator_en", "standing", "kind", "unit"),
    *("base_year", "target_year", "path", "year", "assessed_year"),
    *("base_value", "value", "target_value", "required_value", "gap", "gap_pct"),
    *("achieved_share", "required_rate", "status", "reason_zh", "reason_en"),
]


def driver_rows(analysis: Analysis, *, park: bool) -> pd.DataFrame:
    """Return the effects from base to report year, of the park or of enterprises."""
    table = analysis.explained.drivers
    if table.empty:
        return pd.DataFrame(columns=_DRIVER_COLUMNS)
    whole = table["enterprise_id"] == PARK
    span = (table["basis"] == "chain") & (
        table["to_year"] == analysis.parameters.report_year
    )
    return table.loc[span & (whole == park), _DRIVER_COLUMNS].reset_index(drop=True)


def decoupling_rows(analysis: Analysis, *, park: bool) -> pd.DataFrame:
    """Return the states since the base year; of enterprises those of the report year."""
    table = analysis.explained.decoupling
    whole = table["enterprise_id"] == PARK
    kept = (table["basis"] == "fixed") & (whole == park)
    if not park:
        kept &= table["to_year"] == analysis.parameters.report_year
    return table.loc[kept, _DECOUPLING_COLUMNS].reset_index(drop=True)


def park_targets(analysis: Analysis) -> pd.DataFrame:
    """Return the park against each target, with the enterprises behind it."""
    columns = [*_TARGET_COLUMNS, "enterprises", "everybody"]
    return analysis.explained.target_gaps[columns].reset_index(drop=True)


def enterprise_targets(analysis: Analysis) -> pd.DataFrame:
    """Return every enterprise against the park's ratio targets."""
    table = analysis.explained.enterprise_target_gaps
    return table[["enterprise_id", *_TARGET_COLUMNS]].reset_index(drop=True)


def scenario_frames(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return the scenarios as frames, without rows where there are none."""
    found = analysis.explained.scenarios
    if found is None:
        none = pd.DataFrame()
        return dict.fromkeys(
            (
                "scenario_observed",
                "scenario_paths",
                "scenario_peaks",
                "scenario_histogram",
                "scenario_basis",
            ),
            none,
        )
    observed = found.observed.rename_axis("year").rename("value").reset_index()
    return {
        "scenario_observed": observed,
        "scenario_paths": found.paths,
        "scenario_peaks": found.peaks,
        "scenario_histogram": found.peak_histogram.astype({"peak_year": "float64"}),
        "scenario_basis": found.basis,
    }
