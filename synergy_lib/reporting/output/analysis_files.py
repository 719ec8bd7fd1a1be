"""Save an analysis: what the reports were made from, for people and for checks."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd

from synergy_lib.reporting.formatting import is_missing
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice

if TYPE_CHECKING:
    from synergy_lib.pipeline import Analysis

__all__ = ["PARK_SLICE", "enterprise_slice", "frame_files", "slice_files"]

PARK_SLICE = "analysis/park.json"


def enterprise_slice(folder_name: str) -> str:
    """Return where an enterprise's slice lies in the folder of a run."""
    return f"analysis/enterprises/{folder_name}.json"


def slice_files(
    park: ParkSlice, slices: Mapping[str, EnterpriseSlice], folders: dict[str, str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the bytes of every slice, and what each enterprise is called.

    Parameters
    ----------
    park : ParkSlice
    slices : mapping of str to EnterpriseSlice
        By enterprise id; each is asked for once.
    folders : dict of str to str
        Enterprise id → folder name.

    Returns
    -------
    tuple of dict of str to bytes, dict of str to str
        Place in the folder of a run → slice; enterprise id → name.
    """
    files = {PARK_SLICE: park.to_json().encode("utf-8")}
    names = {}
    for enterprise_id, data in slices.items():
        place = enterprise_slice(folders[enterprise_id])
        files[place] = data.to_json().encode("utf-8")
        names[enterprise_id] = data.enterprise["enterprise_name"]
    return files, names


def frame_files(analysis: Analysis) -> dict[str, bytes]:
    """Return the frames of an analysis as Parquet, by place in the folder of a run.

    Parameters
    ----------
    analysis : Analysis
    """
    frames = {
        "panel": analysis.panel,
        "accounts": analysis.accounts,
        "indicators": analysis.indicators.values,
        "indicator_scores": analysis.scores.indicator_scores,
        "dimension_scores": analysis.scores.dimension_scores,
        "scores": pd.DataFrame(
            {
                "overall": analysis.scores.overall,
                "coverage": analysis.scores.coverage,
                "grade": analysis.scores.grade,
                "colour": analysis.scores.colour,
                "rank": analysis.scores.rank,
            }
        ),
        "trends": analysis.trends,
        "measures": analysis.measures,
        "measure_gains": analysis.measure_plan.gains,
        "decoupling": analysis.explained.decoupling,
        "drivers": analysis.explained.drivers,
        "target_gaps": analysis.explained.enterprise_target_gaps,
        "issues": analysis.data.issues.assign(
            value=analysis.data.issues["value"].map(_as_text)
        ),
    }
    return {f"analysis/{name}.parquet": _parquet(f) for name, f in frames.items()}


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def _as_text(value: object) -> str:
    return "" if is_missing(value) else str(value)
