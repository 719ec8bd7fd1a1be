"""Short sentences on the own figure an estimate follows from, or why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synergy_lib.schema import column_label, load_columns

__all__ = ["describe_basis", "describe_status"]

Figures: TypeAlias = Callable[[str], NDArray[np.float64]]

# What falls: resources are saved (省), the rest reduced (减); what rises is 增.
RESOURCES = frozenset(
    [
        "electricity_grid_mwh",
        "heat_purchased_gj",
        "natural_gas_10k_nm3",
        "bituminous_t",
        "solvent_fresh_t",
        "water_fresh_m3",
    ]
)
# Column → its name in a table cell, Chinese and English.
SHORT_NAMES = {
    "co2e_t": ("碳排放", "CO2e"),
    "electricity_grid_mwh": ("外购电", "grid electricity"),
    "electricity_green_mwh": ("绿电", "green power"),
    "heat_purchased_gj": ("外购热", "heat"),
    "natural_gas_10k_nm3": ("天然气", "natural gas"),
    "bituminous_t": ("烟煤", "coal"),
    "solvent_fresh_t": ("新鲜溶剂", "fresh solvent"),
    "solvent_used_t": ("溶剂", "solvent"),
    "solvent_recovered_t": ("已回收", "recovered"),
    "water_fresh_m3": ("新鲜水", "fresh water"),
    "wastewater_m3": ("废水", "waste water"),
    "hazardous_waste_generated_t": ("危废", "hazardous waste"),
    "vocs_kg": ("VOCs", "VOCs"),
    "condensate_total_t": ("冷凝水", "condensate"),
    "condensate_recovered_t": ("已回收", "recovered"),
    "waste_heat_potential_gj": ("余热", "waste heat"),
    "waste_heat_recovered_gj": ("已回收", "recovered"),
    "workshops_total": ("车间", "workshops"),
    "workshops_five_standard": ("达标", "up to standard"),
    "land_mu": ("用地", "land"),
    "eop_electricity_mwh": ("末端用电", "end-of-pipe electricity"),
    "eop_natural_gas_10k_nm3": ("末端用气", "end-of-pipe gas"),
}
# What falls or rises is named more briefly in Chinese: 减碳, 省电.
TARGET_NAMES = {
    "co2e_t": "碳",
    "electricity_grid_mwh": "电",
    "heat_purchased_gj": "热",
    "solvent_fresh_t": "溶剂",
    "water_fresh_m3": "水",
}
# With more coefficients than this, a unit they are all per is said once.
MOST_UNITS_REPEATED = 2
# Units that are written in Chinese, and how English text writes them.
ENGLISH_UNITS = {
    "个车间": "workshop",
    "万Nm3": "10⁴ Nm3",
    "万元": "10⁴ CNY",
    "亩": "mu",
    "个": "",
    "套": "",
}


def describe_basis(
    own: Figures,
    record: Mapping[Any, Any],
    rows: Sequence[Mapping[Any, Any]],
    *,
    language: str = "zh",
) -> list[str]:
    """Return, per enterprise, how its estimate was made, for a table cell.

    Parameters
    ----------
    own : callable
        Column name → the enterprises' own figures.
    record : mapping
        The technique, by column of the catalogue.
    rows : sequence of mapping
        Its effects.
    language : {"zh", "en"}

    Returns
    -------
    list of str
        Own figure × affected share × coefficients at their mode, with the tags of the
        assumptions, e.g. ``废水 47,806 m³ × 5% [P] × 省热 1.08 GJ/m³``; parts whose
        base is zero are left out. Empty if the technique has no effects.
    """
    shared: dict[tuple[str, str], list[Mapping[Any, Any]]] = defaultdict(list)
    for row in rows:
        shared[row["base_column"], row["minus_column"]].append(row)
    clauses = [
        _clauses(own, columns, _results(part, language), language)
        for columns, part in shared.items()
    ]
    return [
        _joined(list(parts), record, language) for parts in zip(*clauses, strict=True)
    ]


def describe_status(
    own: Figures,
    record: Mapping[Any, Any],
    status: NDArray[np.object_],
    reason: NDArray[np.object_],
    *,
    language: str = "zh",
) -> list[str]:
    """Return, per enterprise, why there is no estimate; empty where there is one.

    Parameters
    ----------
    own : callable
        Column name → the enterprises' own figures.
    record : mapping
        The technique, by column of the catalogue.
    status, reason : numpy.ndarray of str
        Status of each enterprise, and the column behind it (with ``!`` at the end
        where it contradicts the base).
    language : {"zh", "en"}

    Returns
    -------
    list of str
        One sentence an enterprise.
    """
    values = {column: own(column.removesuffix("!")) for column in set(reason) - {""}}
    return [
        ""
        if state == "estimated"
        else _status(
            str(state), column, values[column][place] if column else 0, record, language
        )
        for place, (state, column) in enumerate(zip(status, reason, strict=True))
    ]


def _clauses(
    own: Figures, columns: tuple[str, str], results: str, language: str
) -> list[tuple[str, str]]:
    """Return (own figure, results) of each enterprise, empty where the base is zero."""
    base, minus = columns
    first = own(base)
    second = own(minus) if minus else np.zeros(len(first))
    unit = _unit(str(load_columns().loc[base, "unit"]), language)
    clauses: list[tuple[str, str]] = []
    for value, less in zip(first, second, strict=True):
        figure = f"{_name(base, language)} {_number(value)}"
        if minus:
            figure = f"({figure} − {_name(minus, language)} {_number(less)})"
        known = (f"{figure} {unit}".rstrip(), results) if value > less else ("", "")
        clauses.append(known)
    return clauses


def _joined(
    clauses: list[tuple[str, str]], record: Mapping[Any, Any], language: str
) -> str:
    """Return the clauses as one sentence, the affected share said once."""
    clauses = [clause for clause in clauses if clause[0]]
    share = float(record["affected_share"])
    part = "" if share == 1 else f"{share:.0%}{_tag([record['share_tag']])}"
    if len(clauses) == 1:
        figure, results = clauses[0]
        return " × ".join(filter(None, [figure, part, results]))
    stop = "；" if language == "zh" else "; "
    text = stop.join(f"{figure} × {results}" for figure, results in clauses)
    if not part:
        return text
    return f"受影响 {part}：{text}" if language == "zh" else f"{part} of {text}"


def _results(rows: Sequence[Mapping[Any, Any]], language: str) -> str:
    """Return what falls or rises by how much, then the tags of the coefficients."""
    per = {row["unit"].partition("/")[2] for row in rows}
    shared = next(iter(per)) if len(per) == 1 else ""
    if len(rows) <= MOST_UNITS_REPEATED:
        shared = ""
    parts = [_result(row, language, shared) for row in rows]
    text = ("、" if language == "zh" else ", ").join(parts)
    if shared:
        text = f"({text})/{_unit(shared, language)}"
    return text + _tag(row["tag"] for row in rows)


def _result(row: Mapping[Any, Any], language: str, shared: str) -> str:
    """Return one coefficient in words, without the unit all of them are per."""
    target, mode = row["target"], float(row["mode"])
    rises = mode < 0 or target == "electricity_green_mwh"
    name = "" if target == row["base_column"] else _name(target, language)
    if row["unit"] == "1":
        amount = f"{_coefficient(100 * abs(mode))}%"
    else:
        unit = str(row["unit"]).removesuffix(f"/{shared}")
        amount = f"{_coefficient(abs(mode))} {_unit(unit, language)}"
    if language == "zh":
        name = TARGET_NAMES.get(target, name) if name else ""
        verb = "增" if rises else ("省" if target in RESOURCES else "减")
        return f"{verb}{name} {amount}"
    return f"{name} {'+' if rises else '−'}{amount}".lstrip()


def _status(
    state: str, column: str, value: float, record: Mapping[Any, Any], language: str
) -> str:
    """Return why one enterprise has no estimate."""
    label = ""
    if column:
        label = column_label(column.removesuffix("!"), language, with_unit=False)
    if state == "implausible":
        label = _name(record["ceiling_column"], language)
        value = float(record["ceiling_fraction"])
    if state == "missing_data" and column.endswith("!"):
        state = "contradiction"
    shown = f"{value:.0%}" if state == "implausible" else _number(value)
    return _STATUS[language][state].format(label=label, value=shown)


_STATUS = {
    "zh": {
        "no_default": "无可套用的公开效益数字，供比选",
        "implausible": "公布数超过本企业{label}总量的{value} [P]，不套用",
        "contradiction": "数据矛盾：{label}大于总量",
        "missing_data": "缺数据：{label}",
        "not_applicable": "不适用：{label}为 {value}",
    },
    "en": {
        "no_default": "No published figure applies; for consideration",
        "implausible": "Published figure exceeds {value} [P] of own {label}: not used",
        "contradiction": "Data contradict: {label} exceeds its total",
        "missing_data": "No data: {label}",
        "not_applicable": "Not applicable: {label} is {value}",
    },
}


def _name(column: str, language: str) -> str:
    """Return the short name of a column."""
    names = SHORT_NAMES.get(column)
    if names:
        return names[0 if language == "zh" else 1]
    return column_label(column, language, with_unit=False)


def _unit(unit: str, language: str) -> str:
    """Return a unit as it is printed."""
    if language == "en":
        for chinese, english in ENGLISH_UNITS.items():
            unit = unit.replace(chinese, english)
    return "" if unit == "1" else unit.replace("m3", "m³")


def _tag(tags: Iterable[str]) -> str:
    """Return the tags of some assumptions, each once."""
    known = sorted(set(";".join(tags).split(";")) - {""})
    return f" [{', '.join(known)}]" if known else ""


def _number(value: float) -> str:
    """Return a number as it is read, four significant digits below a thousand."""
    if np.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _coefficient(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
