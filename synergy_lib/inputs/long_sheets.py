"""The two sheets with one value a row: energy by carrier, and pollutants."""

from __future__ import annotations

import pandas as pd

from synergy_lib.factors.steam import steam_to_gj
from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.inputs.keys import clean_keys, duplicate_problems
from synergy_lib.inputs.reading import RawSheet
from synergy_lib.inputs.values import to_choice, to_number, to_text
from synergy_lib.schema import PANEL_INDEX, input_columns
from synergy_lib.units import conversion_factor

__all__ = ["clean_energy", "clean_pollutants"]

CellMap = dict[tuple[str, int, str], str]

_PRESSURE = "蒸汽压力（MPa，绝压）"
_HEAT_COLUMNS = ("heat_purchased_gj", "heat_export_gj", "heat_used_gj")
_ENERGY_HEADERS = ("企业编号", "年份", "能源品种", "消费量", "计量单位")
_POLLUTANT_HEADERS = ("企业编号", "年份", "污染物", "产生量", "排放量", "计量单位")
# Electricity must be given by everybody; heat used is not a purchase. A carrier
# outside this list that is not named counts as not used.
_NEVER_ASSUMED_ZERO = ("electricity_grid_mwh", "heat_used_gj")


def clean_energy(
    sheet: RawSheet, known: list[str]
) -> tuple[pd.DataFrame, CellMap, list[str], list[Problem]]:
    """Turn the energy sheet into panel columns, one a carrier.

    Parameters
    ----------
    sheet : RawSheet
        One carrier a row: enterprise, year, carrier, quantity, unit and, for steam
        in tonnes, its pressure.
    known : list of str
        Ids of the enterprises sheet.

    Returns
    -------
    tuple
        Panel columns; where each value stands; notes on assumptions; problems.

    Notes
    -----
    Steam in tonnes becomes GJ by methods §3.4 at its pressure, or at the default
    enthalpy (a proposal, noted) where no pressure is given.
    """
    missing = _missing_headers(sheet, _ENERGY_HEADERS)
    if missing:
        return pd.DataFrame(), {}, [], missing
    contract = input_columns("energy")
    by_label = {row["label_zh"]: str(column) for column, row in contract.iterrows()}
    by_label |= {row["label_en"]: str(column) for column, row in contract.iterrows()}
    rows, problems = _keyed_rows(sheet, known, "能源品种", by_label)
    quantity, quantity_problems = to_number(
        sheet.frame["消费量"], lambda row: sheet.where("消费量", row), "0"
    )
    rows["value"] = quantity
    notes: list[str] = []
    rows["value"], unit_problems = _convert_energy(sheet, rows, contract, notes)
    problems += quantity_problems + unit_problems
    rows = rows.dropna(subset=["enterprise_id", "year", "column"])
    rows["target"] = rows["column"]
    wide = _fill_unused(_to_wide(rows, "value"), rows)
    return wide, _cell_map(sheet, rows, "target", "消费量"), notes, problems


def clean_pollutants(
    sheet: RawSheet, known: list[str]
) -> tuple[pd.DataFrame, CellMap, list[Problem]]:
    """Turn the pollutants sheet into emitted and generated masses.

    Returns
    -------
    tuple
        Panel columns ``<pollutant>_kg`` and ``<pollutant>_generated_kg``; where each
        value stands; problems. A pollutant that is not listed stays missing.
    """
    missing = _missing_headers(sheet, _POLLUTANT_HEADERS)
    if missing:
        return pd.DataFrame(), {}, missing
    contract = input_columns("pollutants")
    emitted = contract[~contract.index.str.endswith("_generated_kg")]
    by_label = {
        row["label_zh"].removesuffix("排放量"): str(column)
        for column, row in emitted.iterrows()
    }
    by_label |= {
        row["label_en"].removesuffix(" emitted"): str(column)
        for column, row in emitted.iterrows()
    }
    rows, problems = _keyed_rows(sheet, known, "污染物", by_label)
    factors, unit_problems = _unit_factors(
        sheet, rows, dict.fromkeys(emitted.index, "kg")
    )
    problems += unit_problems
    if "介质" in sheet.frame:
        _, medium_problems = to_choice(
            sheet.frame["介质"], lambda row: sheet.where("介质", row), ["废气", "废水"]
        )
        problems += medium_problems
    pieces, cells = [], {}
    for header, suffix in (("排放量", "_kg"), ("产生量", "_generated_kg")):
        values, value_problems = to_number(
            sheet.frame[header],
            lambda row, header=header: sheet.where(header, row),
            "0",
        )
        problems += value_problems
        kept = rows.assign(value=values * factors).dropna(
            subset=["enterprise_id", "year", "column"]
        )
        kept["target"] = kept["column"].str.removesuffix("_kg") + suffix
        pieces.append(_to_wide(kept, "value"))
        cells |= _cell_map(sheet, kept, "target", header)
    return pd.concat(pieces, axis=1), cells, problems


def _missing_headers(sheet: RawSheet, headers: tuple[str, ...]) -> list[Problem]:
    """Return a problem for each header a long sheet must have and lacks."""
    return [
        Problem(
            f"{sheet.file} {sheet.name}",
            f"缺少列“{header}”",
            hint=nearest(header, list(sheet.frame.columns)),
        )
        for header in headers
        if header not in sheet.frame.columns
    ]


def _keyed_rows(
    sheet: RawSheet, known: list[str], header: str, by_label: dict[str, str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return enterprise, year and column of each row; unknown and double ones named."""
    ids, years, problems = clean_keys(sheet, known)
    labels = to_text(sheet.frame[header])
    columns = labels.map(by_label).astype(object)
    problems += [
        Problem(
            sheet.where(header, int(row)),
            f"不认识{header}“{labels[row] or ''}”",
            "模板下拉列表中的名称",
            nearest(str(labels[row]), by_label),
        )
        for row in labels.index[columns.isna()]
    ]
    rows = pd.DataFrame({"enterprise_id": ids, "year": years, "column": columns})
    good = rows.dropna()
    problems += duplicate_problems(
        sheet,
        header,
        good.index,
        pd.MultiIndex.from_frame(good.assign(column=labels[good.index])),
        f"同一企业、年份、{header}出现多次",
    )
    return rows, problems


def _unit_factors(
    sheet: RawSheet, rows: pd.DataFrame, targets: dict[str, str]
) -> tuple[pd.Series, list[Problem]]:
    """Return the factor of each row from its stated unit to its column's unit."""
    factors = pd.Series(1.0, index=rows.index)
    problems = []
    pairs = pd.DataFrame({"unit": to_text(sheet.frame["计量单位"]), "to": rows["column"]})
    pairs = pairs.dropna(subset=["to"]).assign(to=lambda frame: frame["to"].map(targets))
    for (unit, target), group in pairs.groupby(["unit", "to"], dropna=False):
        try:
            if not isinstance(unit, str):
                raise InputDataError("缺少计量单位")  # noqa: TRY301 - one place to report
            factors[group.index] = conversion_factor(unit, str(target))
        except InputDataError as error:
            problems += [
                Problem(sheet.where("计量单位", int(row)), str(error), str(target))
                for row in group.index
            ]
    return factors, problems


def _convert_energy(
    sheet: RawSheet, rows: pd.DataFrame, contract: pd.DataFrame, notes: list[str]
) -> tuple[pd.Series, list[Problem]]:
    """Return quantities in the unit of their column; steam in tonnes becomes GJ."""
    units = to_text(sheet.frame["计量单位"])
    is_steam = rows["column"].isin(_HEAT_COLUMNS) & units.isin(
        ["t", "吨", "万t", "万吨"]
    )
    targets = contract["unit"].to_dict()
    plain = rows.assign(column=rows["column"].mask(is_steam, None))
    factors, problems = _unit_factors(sheet, plain, targets)
    values = rows["value"] * factors
    if is_steam.any():
        mass = rows["value"][is_steam] * units[is_steam].map(
            lambda unit: conversion_factor(unit, "t")
        ).astype("float64")
        pressure = pd.Series(float("nan"), index=mass.index)
        if _PRESSURE in sheet.frame:
            pressure, pressure_problems = to_number(
                sheet.frame.loc[mass.index, _PRESSURE],
                lambda row: sheet.where(_PRESSURE, row),
                "0.1",
                "22",
            )
            problems += pressure_problems
        heat, assumed = steam_to_gj(mass, pressure)
        values = values.mask(is_steam, heat.reindex(values.index))
        notes += _steam_notes(int(is_steam.sum()), int(assumed.sum()))
    return values, problems


def _steam_notes(count: int, assumed: int) -> list[str]:
    """Return what to say about steam that was converted from tonnes."""
    notes = [f"{count} 条以吨计的蒸汽按压力下的饱和蒸汽焓换算为热量（方法 §3.4）。"]
    if assumed:
        notes.append(f"其中 {assumed} 条未填压力，按默认焓值 2777 kJ/kg [P] 换算。")
    return notes


def _to_wide(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return rows pivoted to one row an enterprise and year."""
    unique = rows.drop_duplicates(["enterprise_id", "year", "target"])
    wide = unique.assign(year=unique["year"].astype("int64")).pivot(
        index=list(PANEL_INDEX), columns="target", values=value
    )
    return wide.rename_axis(columns=None)


def _cell_map(sheet: RawSheet, rows: pd.DataFrame, column: str, header: str) -> CellMap:
    """Return (enterprise, year, column) → location for the values of a long sheet."""
    letter = sheet.cell(header, 1).removesuffix("1")
    return {
        (str(enterprise), int(year), str(target)): f"{letter}{row}"
        for row, enterprise, year, target in zip(
            rows.index, rows["enterprise_id"], rows["year"], rows[column], strict=True
        )
    }


def _fill_unused(wide: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Put 0 where a carrier is not listed by an enterprise that lists others.

    A carrier that is listed with a blank quantity stays missing.
    """
    listed = _to_wide(rows.assign(listed=1.0), "listed").reindex_like(wide)
    assumable = [c for c in wide.columns if c not in _NEVER_ASSUMED_ZERO]
    filled = wide[assumable].where(listed[assumable].notna(), 0.0)
    return wide.assign(**{column: filled[column] for column in assumable})
