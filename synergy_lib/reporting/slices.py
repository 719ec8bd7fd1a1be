"""Slices: what one report is allowed to see, as one JSON file each."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import pandas as pd

from synergy_lib.errors import ReportError

__all__ = ["EnterpriseSlice", "ParkSlice", "read_slice"]

# Raised when the layout of the file changes, so that an old file is not misread.
SLICE_VERSION = 1


@dataclass(frozen=True)
class _Slice:
    """Frames, mappings and notes that are written to and read from one JSON file."""

    meta: dict[str, Any]

    def to_json(self) -> str:
        """Return the slice as JSON text; equal slices give equal text."""
        content: dict[str, Any] = {
            "version": SLICE_VERSION,
            "kind": type(self).__name__,
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, pd.DataFrame):
                value = {"frame": _from_frame(value)}
            content[field.name] = value
        return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the slice written by :meth:`to_json`."""
        content = json.loads(text)
        kind, version = content.pop("kind", None), content.pop("version", None)
        if kind != cls.__name__ or version != SLICE_VERSION:
            raise ReportError(
                f"expected {cls.__name__} v{SLICE_VERSION}, got {kind} v{version}"
            )
        for name, value in content.items():
            if isinstance(value, dict) and set(value) == {"frame"}:
                content[name] = _to_frame(value["frame"])
        return cls(**content)


@dataclass(frozen=True)
class EnterpriseSlice(_Slice):
    """All that one enterprise's report is made from.

    Its own rows, and quantiles of its peers that name nobody. See the fields'
    columns in ``docs/slices.md``.
    """

    enterprise: dict[str, Any]
    headline: dict[str, Any]
    dimensions: pd.DataFrame
    indicators: pd.DataFrame
    history: pd.DataFrame
    yearly: pd.DataFrame
    park_yearly: pd.DataFrame
    trends: pd.DataFrame
    measures: pd.DataFrame
    changes: pd.DataFrame
    gates: pd.DataFrame
    issues: pd.DataFrame
    factors: pd.DataFrame
    restatements: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class ParkSlice(_Slice):
    """All that a park's annual report is made from."""

    headline: dict[str, Any]
    enterprises: pd.DataFrame
    dimensions: pd.DataFrame
    indicators: pd.DataFrame
    totals: pd.DataFrame
    ratios: pd.DataFrame
    monitoring: pd.DataFrame
    measures: pd.DataFrame
    projects: pd.DataFrame
    lists: pd.DataFrame
    trends: pd.DataFrame
    issues: pd.DataFrame
    factors: pd.DataFrame
    restatements: pd.DataFrame
    cases: pd.DataFrame
    notes: list[str]


def read_slice(path: str | Path) -> EnterpriseSlice | ParkSlice:
    """Read the slice a report is made from.

    Parameters
    ----------
    path : str or pathlib.Path
        File written by ``synergy run`` under ``analysis/``.

    Raises
    ------
    ReportError
        If there is no such file or it is not a slice of this version.
    """
    file = Path(path)
    if not file.is_file():
        raise ReportError(
            f"没有切片文件 {file}；先运行 synergy run，或改正参数 slice_path"
        )
    text = file.read_text(encoding="utf-8")
    kind = json.loads(text).get("kind")
    slices = {cls.__name__: cls for cls in (EnterpriseSlice, ParkSlice)}
    if kind not in slices:
        raise ReportError(f"{file.name} 不是切片文件")
    return slices[kind].from_json(text)


def _from_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the JSON form of a frame; missing is null, floats keep every digit."""
    columns = [
        [None if missing else cell for cell, missing in zip(*pair, strict=True)]
        for pair in (
            (frame[column].tolist(), frame[column].isna().tolist()) for column in frame
        )
    ]
    return {
        "columns": [str(column) for column in frame.columns],
        "data": [list(row) for row in zip(*columns, strict=True)],
    }


def _to_frame(split: dict[str, Any]) -> pd.DataFrame:
    """Return a frame from its JSON form; a column of nulls becomes NaN."""
    frame = pd.DataFrame(split["data"], columns=split["columns"])
    empty = [column for column in frame if frame[column].isna().all()]
    return frame.astype(dict.fromkeys(empty, "float64")) if len(frame) else frame
