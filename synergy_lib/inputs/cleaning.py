"""From raw sheets to the panel: headers, types, units, long sheets made wide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.inputs.keys import clean_keys, duplicate_problems
from synergy_lib.inputs.long_sheets import clean_energy, clean_pollutants
from synergy_lib.inputs.park_data import Cells, ParkData, issues_frame
from synergy_lib.inputs.reading import RawSheet, column_letter
from synergy_lib.inputs.values import to_choice, to_flag, to_number, to_text, to_year
from synergy_lib.schema import (
    PANEL_INDEX,
    column_label,
    input_columns,
    load_columns,
)
from synergy_lib.units import conversion_factor

__all__ = ["clean_workbook", "match_header"]

_HEADER = re.compile(r"^(?P<label>.*?)\s*(?:[（(](?P<unit>[^（()）]*)[)）])?$")
_MEASURES = {
    "企业编号": "enterprise_id",
    "措施名称": "measure_name",
    "技术编号": "technique_id",
    "计划年份": "planned_year",
    "投资额（万元）": "investment_10k_cny",
    "年净节约（万元）": "annual_saving_10k_cny",
    "预计年减碳量（tCO2e）": "co2e_reduction_t",
    "状态": "status",
    "备注": "note",
}
_MONITORING = {
    "年份": "year",
    "指标": "indicator",
    "数值": "value",
    "计量单位": "unit",
    "点位数": "points",
    "备注": "note",
}
MEASURE_STATUS = ["计划", "在建", "完成"]


@dataclass
class _Sheets:
    """Working state while a workbook is cleaned; never leaves this module."""

    problems: list[Problem] = field(default_factory=list)
    cells: Cells = field(default_factory=Cells)
    notes: list[str] = field(default_factory=list)


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
        With every problem of every sheet: unknown or missing column, wrong type,
        value out of bounds, unknown carrier, pollutant or unit, unknown enterprise,
        duplicate enterprise and year.

    Notes
    -----
    Blank is missing and zero is zero. A carrier that an enterprise does not list
    for a year in which it lists others counts as not used (0); the template says so.
    """
    work = _Sheets()
    enterprises = _clean_enterprises(sheets["enterprises"], work)
    known = list(enterprises.index)
    wide = [
        _clean_wide(sheets[key], key, known, work)
        for key in ("activity", "resources", "process")
    ]
    energy, energy_cells, energy_notes, energy_problems = clean_energy(
        sheets["energy"], known
    )
    pollutants, pollutant_cells, pollutant_problems = clean_pollutants(
        sheets["pollutants"], known
    )
    work.problems += energy_problems + pollutant_problems
    work.notes += energy_notes
    work.cells.single.update(energy_cells)
    work.cells.single.update(pollutant_cells)
    measures = _clean_measures(sheets["measures"], known, work)
    monitoring = _clean_monitoring(sheets["monitoring"], work)
    if work.problems:
        raise InputDataError(work.problems)
    panel = pd.concat([*wide, energy, pollutants], axis=1).sort_index()
    panel.index = panel.index.set_names(list(PANEL_INDEX))
    return ParkData(
        panel=panel,
        enterprises=enterprises,
        measures=measures,
        monitoring=monitoring,
        cells=work.cells,
        issues=issues_frame([]),
        restatements=pd.DataFrame(),
        source_name=source_name,
        source_sha256=source_sha256,
        notes=tuple(dict.fromkeys(work.notes)),
    )


def match_header(header: str, columns: pd.DataFrame) -> tuple[str, str] | None:
    """Return the panel column a header means and the unit it states.

    Parameters
    ----------
    header : str
        Chinese or English label, with or without a unit in brackets, or the
        column's own name.
    columns : pandas.DataFrame
        The columns that may stand on the sheet (:func:`schema.input_columns`).

    Returns
    -------
    tuple of (str, str) or None
        Column name and the unit as written ("" if none); None if unknown.
    """
    for column, row in columns.iterrows():
        names = {row["label_zh"], row["label_en"].lower(), str(column)}
        text = header.strip()
        if text in names or text.lower() in names:
            return str(column), row["unit"]
        match = _HEADER.match(text)
        if match and match["unit"] is not None:
            label = match["label"].strip()
            if label in names or label.lower() in names:
                return str(column), match["unit"]
    return None


def _clean_enterprises(sheet: RawSheet, work: _Sheets) -> pd.DataFrame:
    """Return the table of enterprises, indexed by id."""
    columns = input_columns("enterprises")
    mapping = _map_headers(sheet, columns, [], work)
    frame = pd.DataFrame(index=sheet.frame.index)
    for header, (column, _) in mapping.items():
        frame[column] = _convert(sheet, header, column, "", work)
    for required in ("enterprise_id", "enterprise_name"):
        if required not in frame:
            return pd.DataFrame(index=pd.Index([], name="enterprise_id"))
        header = next(h for h, (c, _) in mapping.items() if c == required)
        work.problems += [
            Problem(sheet.where(header, int(row)), "此格不能为空")
            for row in frame.index[frame[required].isna()]
        ]
    header = next(h for h, (c, _) in mapping.items() if c == "enterprise_id")
    work.problems += [
        Problem(
            sheet.where(header, int(row)),
            f"企业编号“{frame.loc[row, 'enterprise_id']}”重复",
        )
        for row in frame.index[frame["enterprise_id"].duplicated()]
    ]
    if frame.empty:
        work.problems.append(Problem(f"{sheet.file} {sheet.name}!A3", "没有任何企业"))
    return frame.dropna(subset=["enterprise_id"]).set_index("enterprise_id")


def _clean_wide(
    sheet: RawSheet, key: str, known: list[str], work: _Sheets
) -> pd.DataFrame:
    """Return a sheet with one row an enterprise and year as a piece of the panel."""
    mapping = _map_headers(sheet, input_columns(key), ["企业编号", "年份"], work)
    if not {"企业编号", "年份"} <= set(sheet.frame.columns):
        return pd.DataFrame()
    ids, years, problems = clean_keys(sheet, known)
    work.problems += problems
    frame = pd.DataFrame(index=sheet.frame.index)
    for header, (column, unit) in mapping.items():
        frame[column] = _convert(sheet, header, column, unit, work)
        position = int(str(sheet.frame.columns.get_loc(header)))
        work.cells.letters[column] = (sheet.name, column_letter(position))
    usable = ids.notna() & years.notna()
    index = pd.MultiIndex.from_arrays(
        [ids[usable], years[usable].astype("int64")], names=list(PANEL_INDEX)
    )
    work.problems += duplicate_problems(
        sheet, "年份", frame.index[usable], index, "同一企业同一年份出现多次"
    )
    work.cells.rows[sheet.name] = {
        (str(key[0]), int(key[1])): int(row)
        for key, row in zip(index, frame.index[usable], strict=True)
    }
    piece = frame[usable].set_axis(index)
    return piece[~index.duplicated()]


def _map_headers(
    sheet: RawSheet, columns: pd.DataFrame, keys: list[str], work: _Sheets
) -> dict[str, tuple[str, str]]:
    """Return header → (column, unit), reporting unknown, missing and double ones."""
    mapping: dict[str, tuple[str, str]] = {}
    labels = [column_label(str(column)) for column in columns.index]
    for position, header in enumerate(sheet.frame.columns):
        if header in keys or header == "备注":
            continue
        matched = match_header(header, columns)
        where = f"{sheet.file} {sheet.name}!{column_letter(position)}1"
        if matched is None:
            work.problems.append(
                Problem(
                    where, f"不认识列“{header}”", hint=nearest(header, labels + keys)
                )
            )
        elif matched[0] in {column for column, _ in mapping.values()}:
            work.problems.append(Problem(where, f"列“{header}”与前面的列重复"))
        else:
            mapping[header] = matched
    present = {column for column, _ in mapping.values()}
    missing = [k for k in keys if k not in sheet.frame.columns]
    missing += [column_label(str(c)) for c in columns.index if c not in present]
    work.problems += [
        Problem(f"{sheet.file} {sheet.name}", f"缺少列“{label}”", "模板中的全部列")
        for label in missing
    ]
    return mapping


def _convert(
    sheet: RawSheet, header: str, column: str, unit: str, work: _Sheets
) -> pd.Series:
    """Return one column in its type and unit."""
    contract = load_columns().loc[column]
    raw = sheet.frame[header]

    def where(row: int) -> str:
        return sheet.where(header, row)

    problems: list[Problem] = []
    if contract["dtype"] == "text":
        values = to_text(raw)
    elif contract["dtype"] == "flag":
        values, problems = to_flag(raw, where)
    elif contract["dtype"] == "choice":
        values, problems = to_choice(raw, where, contract["choices"].split("|"))
    else:
        values, problems = to_number(
            raw, where, contract["minimum"], contract["maximum"]
        )
        if unit != contract["unit"]:
            values = values * _header_factor(
                sheet, header, unit, contract["unit"], work
            )
    work.problems += problems
    return values


def _header_factor(
    sheet: RawSheet, header: str, unit: str, target: str, work: _Sheets
) -> float:
    """Return the factor from the unit a header states, noting that it was used."""
    try:
        factor = conversion_factor(unit, target)
    except InputDataError as error:
        position = int(str(sheet.frame.columns.get_loc(header)))
        work.problems.append(
            Problem(
                f"{sheet.file} {sheet.name}!{column_letter(position)}1",
                f"列“{header}”的{error}",
                target,
            )
        )
        return 1.0
    if factor != 1.0:
        work.notes.append(
            f"“{sheet.name}”的“{header}”按 1 {unit} = {factor:g} {target} 换算。"
        )
    return factor


def _named_columns(
    sheet: RawSheet, names: dict[str, str], work: _Sheets
) -> pd.DataFrame | None:
    """Return a sheet with fixed headers under English names, or None if some lack."""
    missing = [header for header in names if header not in sheet.frame.columns]
    work.problems += [
        Problem(
            f"{sheet.file} {sheet.name}",
            f"缺少列“{header}”",
            hint=nearest(header, list(sheet.frame.columns)),
        )
        for header in missing
    ]
    return None if missing else sheet.frame[list(names)].rename(columns=names)


def _clean_measures(sheet: RawSheet, known: list[str], work: _Sheets) -> pd.DataFrame:
    """Return the measures the enterprises plan."""
    raw = _named_columns(sheet, _MEASURES, work)
    if raw is None:
        return pd.DataFrame(columns=list(_MEASURES.values()))
    headers = {name: header for header, name in _MEASURES.items()}
    frame = pd.DataFrame(index=raw.index)
    frame["enterprise_id"] = to_text(raw["enterprise_id"])
    unknown = ~frame["enterprise_id"].isin(known)
    work.problems += [
        Problem(
            sheet.where("企业编号", int(row)),
            f"企业编号“{frame.loc[row, 'enterprise_id'] or ''}”不在“企业信息”表中",
            hint=nearest(str(frame.loc[row, "enterprise_id"]), known),
        )
        for row in frame.index[unknown]
    ]
    for name in ("measure_name", "technique_id", "note"):
        frame[name] = to_text(raw[name])
    for name in (
        "planned_year",
        "investment_10k_cny",
        "annual_saving_10k_cny",
        "co2e_reduction_t",
    ):
        low = "0" if name in ("planned_year", "investment_10k_cny") else ""
        header = headers[name]
        frame[name], problems = to_number(
            raw[name], lambda row, header=header: sheet.where(header, row), low
        )
        work.problems += problems
    frame["status"], problems = to_choice(
        raw["status"], lambda row: sheet.where("状态", row), MEASURE_STATUS
    )
    work.problems += problems
    return frame.reset_index(drop=True)


def _clean_monitoring(sheet: RawSheet, work: _Sheets) -> pd.DataFrame:
    """Return the park's own monitoring results."""
    raw = _named_columns(sheet, _MONITORING, work)
    if raw is None:
        return pd.DataFrame(columns=list(_MONITORING.values()))
    frame = pd.DataFrame(index=raw.index)
    frame["year"], problems = to_year(raw["year"], lambda row: sheet.where("年份", row))
    work.problems += problems
    for name in ("indicator", "unit", "note"):
        frame[name] = to_text(raw[name])
    for name, header in (("value", "数值"), ("points", "点位数")):
        frame[name], problems = to_number(
            raw[name], lambda row, header=header: sheet.where(header, row), "0"
        )
        work.problems += problems
    return (
        frame.dropna(subset=["year"]).astype({"year": "int64"}).reset_index(drop=True)
    )
