"""From raw sheets to the panel: headers, types, units, long sheets made wide."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, quote
from synergy_lib.inputs.keys import clean_ids, clean_keys, duplicate_problems
from synergy_lib.inputs.layout import sheet_fields
from synergy_lib.inputs.long_sheets import clean_energy, clean_pollutants
from synergy_lib.inputs.monitoring import clean_monitoring
from synergy_lib.inputs.park_data import ParkData, issues_frame
from synergy_lib.inputs.reading import RawSheet
from synergy_lib.inputs.sheets import Findings, NamedSheet, convert, name_columns
from synergy_lib.schema import PANEL_INDEX, SHEETS

__all__ = ["clean_workbook"]


def clean_workbook(
    sheets: dict[str, RawSheet], *, source_name: str, source_sha256: str
) -> ParkData:
    """Turn the raw sheets of a workbook into a park's data.

    Parameters
    ----------
    sheets : dict of str to RawSheet
        As :func:`synergy_lib.inputs.reading.read_workbook` returns them.
    source_name, source_sha256 : str
        Kept in the result, so that a report can name its source.

    Returns
    -------
    ParkData
        With no issues yet; :mod:`synergy_lib.inputs.validation` adds them.

    Raises
    ------
    InputDataError
        With every problem of every sheet: missing sheet, unknown, missing or double
        column, wrong type, value out of bounds, unknown carrier, pollutant, unit or
        enterprise, duplicate enterprise and year, required cell left blank.

    Notes
    -----
    Blank is missing and zero is zero. A carrier that an enterprise does not list
    for a year in which it lists others counts as not used (0); the template says so.
    """
    findings = Findings()
    named = {key: name_columns(sheets[key], findings) for key in SHEETS}
    enterprises = _clean_enterprises(named["enterprises"], findings)
    known = None if enterprises is None else list(enterprises.index)
    pieces = [
        *(_clean_wide(named[key], known, findings) for key in _one_row_sheets()),
        clean_energy(named["energy"], known, findings),
        clean_pollutants(named["pollutants"], known, findings),
    ]
    measures = _clean_measures(named["measures"], known, findings)
    monitoring = clean_monitoring(named["monitoring"], findings)
    panel = pd.concat([piece for piece in pieces if len(piece)] or pieces, axis=1)
    if panel.empty and not findings.problems:
        findings.problems.append(Problem(source_name, "没有任何企业的年度数据"))
    if findings.problems or enterprises is None:
        raise InputDataError(dict.fromkeys(findings.problems))
    panel = panel.sort_index()
    panel.index = panel.index.set_names(list(PANEL_INDEX))
    return ParkData(
        panel=panel,
        enterprises=enterprises,
        measures=measures,
        monitoring=monitoring,
        cells=findings.cells,
        issues=issues_frame([]),
        restatements=pd.DataFrame(),
        source_name=source_name,
        source_sha256=source_sha256,
        notes=tuple(dict.fromkeys(findings.notes)),
    )


def _one_row_sheets() -> tuple[str, ...]:
    """Return the sheets with one row an enterprise and year."""
    return ("activity", "resources", "process")


def _clean_enterprises(sheet: NamedSheet, findings: Findings) -> pd.DataFrame | None:
    """Return the table of enterprises by id, None if the sheet has no ids."""
    frame = pd.DataFrame(
        {
            key: convert(sheet, key, findings)
            for key in _keys("enterprises")
            if key in sheet
        },
        index=sheet.rows,
    )
    if "enterprise_id" not in frame:
        return None
    ids = frame["enterprise_id"]
    again = ids.duplicated() & ids.notna()
    findings.problems += [
        Problem(
            sheet.where("enterprise_id", int(row)),
            f"企业编号{quote(ids[row])}重复",
            f"只出现一次；首次在 {sheet.letter('enterprise_id')}{ids.eq(ids[row]).idxmax()}",
        )
        for row in frame.index[again]
    ]
    if frame.empty:
        row = sheet.raw.header_row + 2
        where = sheet.where("enterprise_id", row)
        findings.problems.append(Problem(where, "没有任何企业"))
    return frame[~again].dropna(subset=["enterprise_id"]).set_index("enterprise_id")


def _clean_wide(
    sheet: NamedSheet, known: Collection[str] | None, findings: Findings
) -> pd.DataFrame:
    """Return a sheet with one row an enterprise and year as a piece of the panel."""
    columns = [key for key in _keys(sheet.raw.key) if key in sheet]
    frame = pd.DataFrame(
        {key: convert(sheet, key, findings) for key in columns}, index=sheet.rows
    )
    if not sheet.has("enterprise_id", "year"):
        return pd.DataFrame()
    keys = clean_keys(sheet, known, findings).dropna()
    index = pd.MultiIndex.from_frame(keys.astype({"year": "int64"}))
    findings.problems += duplicate_problems(
        sheet, "year", index, keys.index, "同一企业同一年份出现多次"
    )
    findings.cells.letters.update(
        {key: (sheet.name, sheet.letter(key)) for key in columns}
    )
    findings.cells.rows[sheet.name] = {
        (str(enterprise), int(year)): int(row)
        for row, (enterprise, year) in zip(keys.index, index, strict=True)
    }
    piece = frame.loc[keys.index].set_axis(index)
    return piece[~index.duplicated()]


def _clean_measures(
    sheet: NamedSheet, known: Collection[str] | None, findings: Findings
) -> pd.DataFrame:
    """Return the measures the enterprises plan."""
    columns = ["enterprise_id", *_keys("measures")]
    frame = pd.DataFrame(index=sheet.rows, columns=columns, dtype=object)
    if "enterprise_id" in sheet:
        frame["enterprise_id"] = clean_ids(sheet, known, findings)
    for key in columns[1:]:
        if key in sheet:
            frame[key] = convert(sheet, key, findings)
    return frame.reset_index(drop=True)


def _keys(sheet: str) -> list[str]:
    """Return the fields of a sheet other than the keys of its rows."""
    keys = ("year",) if sheet == "enterprises" else PANEL_INDEX
    return [field.key for field in sheet_fields(sheet) if field.key not in keys]
