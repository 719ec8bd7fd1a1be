"""Slices: what one report is allowed to see, as one JSON file each."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import ReportError

__all__ = ["EnterpriseSlice", "ParkSlice", "read_slice"]

# Raised when the layout of the file changes, so that an old file is not misread.
SLICE_VERSION = 5


@dataclass(frozen=True)
class _Slice:
    """Frames, mappings and notes that are written to and read from one JSON file."""

    meta: dict[str, Any]

    def to_json(self) -> str:
        """Return the slice as JSON text, a line a field; equal slices, equal text."""
        content: dict[str, Any] = {
            "version": SLICE_VERSION,
            "kind": type(self).__name__,
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, pd.DataFrame):
                value = {"frame": _from_frame(value)}
            content[field.name] = value
        lines = [f"{_dump(name)}: {_dump(value)}" for name, value in content.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the slice written by :meth:`to_json`.

        Raises
        ------
        ReportError
            If it is of another kind or version.
        """
        return cls._from_content(json.loads(text))

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        """Return the slice that parsed JSON holds."""
        kind, version = content.get("kind"), content.get("version")
        if kind != cls.__name__ or version != SLICE_VERSION:
            raise ReportError(
                f"expected {cls.__name__} v{SLICE_VERSION}, got {kind} v{version}"
            )
        parts: dict[str, Any] = {
            name: _to_frame(value["frame"]) if _is_frame(value) else value
            for name, value in content.items()
            if name not in ("kind", "version")
        }
        return cls(**parts)


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
    drivers: pd.DataFrame
    decoupling: pd.DataFrame
    target_gaps: pd.DataFrame
    co_control: pd.DataFrame
    measures: pd.DataFrame
    measure_plan: pd.DataFrame
    changes: pd.DataFrame
    bridge: pd.DataFrame
    improvements: pd.DataFrame
    bridge_note: dict[str, Any]
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
    sensitivity: pd.DataFrame
    left_out: pd.DataFrame
    dimensions: pd.DataFrame
    indicators: pd.DataFrame
    totals: pd.DataFrame
    ratios: pd.DataFrame
    monitoring: pd.DataFrame
    co_control: pd.DataFrame
    associations: pd.DataFrame
    within: pd.DataFrame
    concentration: pd.DataFrame
    measures: pd.DataFrame
    measure_plan: pd.DataFrame
    projects: pd.DataFrame
    lists: pd.DataFrame
    trends: pd.DataFrame
    drivers: pd.DataFrame
    decoupling: pd.DataFrame
    target_gaps: pd.DataFrame
    scenario_observed: pd.DataFrame
    scenario_paths: pd.DataFrame
    scenario_peaks: pd.DataFrame
    scenario_histogram: pd.DataFrame
    scenario_basis: pd.DataFrame
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
    content = json.loads(file.read_text(encoding="utf-8"))
    slices = {cls.__name__: cls for cls in (EnterpriseSlice, ParkSlice)}
    if content.get("kind") not in slices:
        raise ReportError(f"{file.name} 不是切片文件")
    return slices[content["kind"]]._from_content(content)


def _dump(value: Any) -> str:
    """Return a value on one line: with an indent, json encodes in pure Python."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _from_frame(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a frame's columns as lists; missing is null, floats keep every digit."""
    cells = frame.to_numpy(dtype=object, copy=True)
    cells[pd.isna(cells)] = None
    names = map(str, frame.columns.tolist())
    return dict(zip(names, cells.T.tolist(), strict=True))


def _is_frame(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"frame"}


def _to_frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    """Return a frame from its columns, with the dtypes that pandas infers."""
    if not columns:
        return pd.DataFrame(columns=[])
    return pd.DataFrame({name: _to_column(cells) for name, cells in columns.items()})


def _to_column(cells: list[Any]) -> list[Any] | npt.NDArray[Any]:
    """Return a column's cells; nulls only are NaN, and no cells are objects."""
    if any(cell is not None for cell in cells):
        return cells
    return np.full(len(cells), np.nan, dtype="float64" if cells else "object")
