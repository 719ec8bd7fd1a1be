"""Sentences on the own figure an estimate follows from, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from synergy_lib.schema import column_label, load_columns

__all__ = ["describe_basis", "describe_status"]

Figures: TypeAlias = Callable[[str], NDArray[np.float64]]

# Falls, rises.
VERBS = {"zh": ("减", "增"), "en": (" down", " up")}
SHORT_NAMES = {
    "zh": {
        "co2e_t": "碳排放",
        "electricity_grid_mwh": "外购电力",
        "electricity_green_mwh": "绿电",
        "heat_purchased_gj": "外购热力",
        "solvent_fresh_t": "新鲜溶剂",
        "hazardous_waste_generated_t": "危险废物",
        "vocs_kg": "VOCs",
    },
    "en": {
        "co2e_t": "CO2e",
        "electricity_grid_mwh": "grid electricity",
        "electricity_green_mwh": "green power",
        "heat_purchased_gj": "purchased heat",
        "solvent_fresh_t": "fresh solvent",
        "hazardous_waste_generated_t": "hazardous waste",
        "vocs_kg": "VOCs",
    },
}
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
    year: int,
    record: pd.Series,
    rows: pd.DataFrame,
    *,
    language: str = "zh",
) -> list[str]:
    """Return, per enterprise, the sentence on how its estimate was made.

    Parameters
    ----------
    own : callable
        Column name → the enterprises' own figures.
    year : int
        Year of the figures.
    record : pandas.Series
        The technique.
    rows : pandas.DataFrame
        Its effects.
    language : {"zh", "en"}

    Returns
    -------
    list of str
        Own figure × affected share: coefficients, with the tags of the assumptions;
        parts whose base is zero are left out.
    """
    shared = rows.groupby(["base_column", "minus_column"], sort=False)
    clauses = [
        _clauses(own, str(base), str(minus), _tail(record, part, language), language)
        for (base, minus), part in shared
    ]
    head = (
        f"以本企业{year}年数据计：" if language == "zh" else f"From own {year} data: "
    )
    joint, stop = ("；", "。") if language == "zh" else ("; ", ".")
    return [
        head + joint.join(filter(None, parts)) + stop
        for parts in zip(*clauses, strict=True)
    ]


def describe_status(
    own: Figures,
    record: pd.Series,
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
    record : pandas.Series
        The technique.
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
    own: Figures, base: str, minus: str, tail: str, language: str
) -> list[str]:
    """Return one clause an enterprise, empty where the base is zero or unknown."""
    first = own(base)
    second = own(minus) if minus else np.zeros(len(first))
    label, unit = _label(base, language)
    deducted = _label(minus, language)[0] if minus else ""
    clauses = []
    for value, less in zip(first, second, strict=True):
        figure = f"{label} {_number(value)}"
        if minus:
            figure = f"({figure} - {deducted} {_number(less)})"
        clauses.append(f"{figure} {unit}".rstrip() + tail if value > less else "")
    return clauses


def _tail(record: pd.Series, rows: pd.DataFrame, language: str) -> str:
    """Return the affected share, then what falls or rises by how much."""
    share, text = float(record["affected_share"]), ""
    zh = language == "zh"
    if share != 1:
        words = "受影响比例" if zh else "affected share"
        text = f" × {words} {share:.0%}{_tag(record['share_tag'])}"
    parts = [_result(row, language) for row in rows.to_dict("records")]
    return f"{text}：{'、'.join(parts)}" if zh else f"{text}: {', '.join(parts)}"


def _result(row: Mapping[Any, Any], language: str) -> str:
    """Return one coefficient in words, with its range and tags."""
    name = SHORT_NAMES[language].get(row["target"])
    name = name or _label(row["target"], language)[0]
    mode = float(row["mode"])
    verb = VERBS[language][mode < 0 or row["target"] == "electricity_green_mwh"]
    low, high = sorted((abs(float(row["low"])), abs(float(row["high"]))))
    if row["unit"] == "1":
        texts = [f"{100 * value:.3g}%" for value in (low, high)]
        amount = f"{100 * abs(mode):.3g}%"
    else:
        unit = row["unit"] if language == "zh" else _english(row["unit"])
        texts = [f"{value:.4g}" for value in (low, high)]
        amount = f"{abs(mode):.4g} {unit}"
    span = "" if low == high else f" ({'–'.join(texts)})"
    return f"{name}{verb} {amount}{span}{_tag(row['tag'])}"


def _status(
    state: str, column: str, value: float, record: pd.Series, language: str
) -> str:
    """Return why one enterprise has no estimate."""
    label = _label(column.removesuffix("!"), language)[0] if column else ""
    if state == "implausible":
        label = _label(record["ceiling_column"], language)[0]
        value = float(record["ceiling_fraction"])
    if state == "missing_data" and column.endswith("!"):
        state = "contradiction"
    shown = f"{value:.0%}" if state == "implausible" else _number(value)
    return _STATUS[language][state].format(label=label, value=shown)


_STATUS = {
    "zh": {
        "no_default": "没有可套用的公开效益数字，列出供比选。",
        "implausible": "套用公布数所得超过本企业{label}的{value} [P]，不适用，未估算。",
        "contradiction": "数据矛盾：{label}大于其总量，未估算。",
        "missing_data": "缺数据：{label}，未估算。",
        "not_applicable": "不适用：{label}为 {value}。",
    },
    "en": {
        "no_default": "No published figure can be applied; listed for consideration.",
        "implausible": "The published figure would exceed {value} [P] of this "
        "enterprise's {label}: it does not fit, no estimate.",
        "contradiction": "The data contradict: {label} exceeds its total; no estimate.",
        "missing_data": "No data: {label}; no estimate.",
        "not_applicable": "Not applicable: {label} is {value}.",
    },
}


def _label(column: str, language: str) -> tuple[str, str]:
    """Return label and unit of a panel column."""
    unit = str(load_columns().loc[column, "unit"])
    label = column_label(column, language, with_unit=False)
    unit = "" if unit == "1" else unit
    return label, unit if language == "zh" else _english(unit)


def _english(unit: str) -> str:
    """Return a unit without Chinese characters."""
    for chinese, english in ENGLISH_UNITS.items():
        unit = unit.replace(chinese, english)
    return unit


def _tag(tags: str) -> str:
    return f" [{tags.replace(';', ', ')}]" if tags else ""


def _number(value: float) -> str:
    """Return a number as it is read, four significant digits below a thousand."""
    if np.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
