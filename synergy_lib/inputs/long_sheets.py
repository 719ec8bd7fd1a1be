"""The two sheets with one value a row: energy by carrier, and pollutants."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest, quote
from synergy_lib.factors.steam import steam_to_gj
from synergy_lib.inputs.keys import clean_keys, duplicate_problems
from synergy_lib.inputs.layout import (
    carrier_columns,
    carrier_names,
    pollutant_columns,
    pollutant_names,
)
from synergy_lib.inputs.sheets import Findings, NamedSheet, convert, unit_problem
from synergy_lib.inputs.values import normalised, to_text
from synergy_lib.schema import PANEL_INDEX, input_columns
from synergy_lib.units import conversion_factor, is_convertible

__all__ = ["clean_energy", "clean_pollutants"]

_HEAT_COLUMNS = ("heat_purchased_gj", "heat_export_gj", "heat_used_gj")
# Electricity must be given by everybody; heat used is not a purchase. A carrier
# outside this list that is not named counts as not used.
_NEVER_ASSUMED_ZERO = ("electricity_grid_mwh", "heat_used_gj")
_KEYS = ["enterprise_id", "year", "column"]


def clean_energy(
    sheet: NamedSheet, known: Collection[str] | None, findings: Findings
) -> pd.DataFrame:
    """Turn the energy sheet into panel columns, one a carrier.

    Parameters
    ----------
    sheet : NamedSheet
        One carrier a row: enterprise, year, carrier, amount, unit and, for steam in
        tonnes, its pressure.
    known : collection of str or None
        Ids of the enterprises sheet, None if unknown.
    findings : Findings
        Receives problems, notes on assumptions and where each value stands.

    Returns
    -------
    pandas.DataFrame
        Indexed (enterprise_id, year).

    Notes
    -----
    Steam in tonnes becomes GJ by methods §3.4 at its pressure, or at the default
    enthalpy (a proposal, noted) where no pressure is given.
    """
    if not sheet.has("enterprise_id", "year", "carrier", "amount", "unit"):
        return _no_rows()
    rows = clean_keys(sheet, known, findings)
    rows["column"] = _carriers(sheet, findings)
    labels = {column: name for name, column in carrier_columns().items()}
    _report_duplicates(sheet, "carrier", rows, labels, findings)
    units = to_text(sheet.values("unit"))
    is_steam = _is_steam(rows["column"], units)
    targets = rows["column"].map(input_columns("energy")["unit"].to_dict())
    factors = _unit_factors(sheet, units, targets.mask(is_steam, "t"), findings)
    amounts = convert(sheet, "amount", findings) * factors
    rows["value"] = amounts.mask(is_steam, _heat(sheet, amounts[is_steam], findings))
    return _fill_unused(_to_wide(sheet, "amount", rows, findings), rows)


def clean_pollutants(
    sheet: NamedSheet, known: Collection[str] | None, findings: Findings
) -> pd.DataFrame:
    """Turn the pollutants sheet into emitted and generated masses.

    Returns
    -------
    pandas.DataFrame
        Indexed (enterprise_id, year), columns ``<pollutant>_kg`` and
        ``<pollutant>_generated_kg``. A pollutant that is not listed stays missing.
    """
    if not sheet.has("enterprise_id", "year", "medium", "pollutant", "unit"):
        return _no_rows()
    rows = clean_keys(sheet, known, findings)
    rows["column"] = _pollutants(sheet, findings)
    labels = {column: name for (_, name), column in pollutant_columns().items()}
    _report_duplicates(sheet, "pollutant", rows, labels, findings)
    targets = rows["column"].where(rows["column"].isna(), "kg")
    units = to_text(sheet.values("unit"))
    factors = _unit_factors(sheet, units, targets, findings)
    pieces = []
    for key, suffix in (("emitted", "_kg"), ("generated", "_generated_kg")):
        if key in sheet:
            names = rows["column"].str.removesuffix("_kg") + suffix
            values = convert(sheet, key, findings) * factors
            named = rows.assign(column=names.astype(object), value=values)
            pieces.append(_to_wide(sheet, key, named, findings))
    return pd.concat(pieces, axis=1) if pieces else _no_rows()


def _carriers(sheet: NamedSheet, findings: Findings) -> pd.Series:
    """Return the panel column of each row's carrier, None where it is unknown."""
    labels = to_text(sheet.values("carrier"))
    names = carrier_names()
    columns = labels.map(lambda text: names.get(normalised(text or "")))
    findings.problems += [
        Problem(
            sheet.where("carrier", int(row)),
            f"不认识能源品种{quote(labels[row] or '')}",
            "模板下拉列表中的名称",
            nearest(str(labels[row] or ""), carrier_columns()),
        )
        for row in labels.index[columns.isna()]
    ]
    return columns.astype(object)


def _pollutants(sheet: NamedSheet, findings: Findings) -> pd.Series:
    """Return the panel column of the mass emitted of each row's pollutant."""
    labels = to_text(sheet.values("pollutant"))
    media = convert(sheet, "medium", findings)
    names = pollutant_names()
    pairs = [
        (medium or "", normalised(label or ""))
        for medium, label in zip(media, labels, strict=True)
    ]
    columns = pd.Series(
        [names.get(pair) for pair in pairs], index=labels.index, dtype=object
    )
    findings.problems += [
        _pollutant_problem(sheet, int(row), str(labels[row] or ""), media[row])
        for row in labels.index[columns.isna()]
    ]
    return columns


def _pollutant_problem(
    sheet: NamedSheet, row: int, label: str, medium: str | None
) -> Problem:
    """Return why a pollutant is not accepted: unknown, or of the other medium."""
    where = sheet.where("pollutant", row)
    other = "废气" if medium == "废水" else "废水"
    if medium and (other, normalised(label)) in pollutant_names():
        return Problem(where, f"{quote(label)}不是{medium}污染物", f"介质填“{other}”")
    names = [name for _, name in pollutant_columns()]
    what = f"不认识污染物{quote(label)}"
    return Problem(where, what, "模板下拉列表中的名称", nearest(label, names))


def _report_duplicates(
    sheet: NamedSheet,
    key: str,
    rows: pd.DataFrame,
    labels: Mapping[str, str],
    findings: Findings,
) -> None:
    """Report an item that an enterprise lists twice in a year, under any name."""
    good = rows.dropna(subset=_KEYS)
    findings.problems += duplicate_problems(
        sheet,
        key,
        pd.MultiIndex.from_frame(good[_KEYS].assign(column=good["column"].map(labels))),
        good.index,
        f"同一企业、年份、{sheet.columns[key].field.label_zh}出现多次",
    )


def _unit_factors(
    sheet: NamedSheet, units: pd.Series, targets: pd.Series, findings: Findings
) -> pd.Series:
    """Return the factor of each row from its stated unit to its column's unit."""
    factors = pd.Series(1.0, index=units.index)
    known = targets.notna()
    findings.problems += [
        Problem(sheet.where("unit", int(row)), "缺少计量单位", str(targets[row] or ""))
        for row in units.index[units.isna()]
    ]
    pairs = pd.DataFrame({"unit": units, "target": targets})[known & units.notna()]
    for (unit, target), group in pairs.groupby(["unit", "target"]):
        try:
            factors[group.index] = conversion_factor(str(unit), str(target))
        except InputDataError as error:
            findings.problems += [
                unit_problem(sheet.where("unit", int(row)), error)
                for row in group.index
            ]
    return factors


def _is_steam(columns: pd.Series, units: pd.Series) -> pd.Series:
    """Return which rows are heat that is given as a mass of steam."""
    masses = [unit for unit in units.dropna().unique() if is_convertible(unit, "t")]
    return columns.isin(_HEAT_COLUMNS) & units.isin(masses)


def _heat(sheet: NamedSheet, mass_t: pd.Series, findings: Findings) -> pd.Series:
    """Return the heat of steam [GJ], by the sheet's rows; NaN for other rows."""
    pressure = pd.Series(float("nan"), index=sheet.rows)
    if "steam_pressure_mpa" in sheet:
        pressure = convert(sheet, "steam_pressure_mpa", findings)
    heat, assumed = steam_to_gj(mass_t, pressure[mass_t.index])
    findings.notes += _steam_notes(len(mass_t), int(assumed.sum()))
    return heat.reindex(sheet.rows)


def _steam_notes(count: int, assumed: int) -> list[str]:
    """Return what to say about steam that was converted from tonnes."""
    if not count:
        return []
    notes = [f"{count} 条以吨计的蒸汽按压力下的饱和蒸汽焓换算为热量（方法 §3.4）。"]
    if assumed:
        notes.append(f"其中 {assumed} 条未填压力，按默认焓值 2777 kJ/kg [P] 换算。")
    return notes


def _to_wide(
    sheet: NamedSheet, key: str, rows: pd.DataFrame, findings: Findings
) -> pd.DataFrame:
    """Return rows as one row an enterprise and year, keeping where each value stands."""
    good = rows.dropna(subset=_KEYS).drop_duplicates(_KEYS)
    place = f"{sheet.name}!{sheet.letter(key)}"
    findings.cells.single.update(
        {
            (str(enterprise), int(year), str(column)): f"{place}{row}"
            for row, enterprise, year, column in good[_KEYS].itertuples()
        }
    )
    return _pivot(good, "value")


def _pivot(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return unique rows pivoted to one column an item."""
    if rows.empty:
        return _no_rows()
    wide = rows.astype({"year": "int64"}).pivot(
        index=list(PANEL_INDEX), columns="column", values=value
    )
    return wide.rename_axis(columns=None)


def _fill_unused(wide: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put 0 where a carrier is not listed by an enterprise that lists others.

    A carrier that is listed with a blank quantity stays missing.
    """
    good = rows.dropna(subset=_KEYS).drop_duplicates(_KEYS)
    listed = _pivot(good.assign(listed=1.0), "listed").reindex_like(wide)
    assumable = [c for c in wide.columns if c not in _NEVER_ASSUMED_ZERO]
    filled = wide[assumable].where(listed[assumable].notna(), 0.0)
    return wide.assign(**{column: filled[column] for column in assumable})


def _no_rows() -> pd.DataFrame:
    """Return a panel without rows or columns."""
    index = pd.MultiIndex.from_arrays(
        [pd.Index([], dtype=object), pd.Index([], dtype="int64")],
        names=list(PANEL_INDEX),
    )
    return pd.DataFrame(index=index)
