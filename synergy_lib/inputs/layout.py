"""The layout of the input workbook: every sheet's columns, labels and choices."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import pandas as pd

from synergy_lib.inputs.values import normalised
from synergy_lib.resources import data_path
from synergy_lib.schema import input_columns

__all__ = [
    "LONG_SHEETS",
    "Field",
    "carrier_columns",
    "carrier_names",
    "match_header",
    "pollutant_columns",
    "pollutant_names",
    "sheet_fields",
]

# Sheets whose columns are not panel columns but items, amounts and units.
LONG_SHEETS = ("energy", "pollutants", "measures", "monitoring")

_KEYED = ("activity", "energy", "pollutants", "resources", "process")
_WATER = (
    "cod",
    "nh3n",
    "tn",
    "tp",
    "toc",
    "ss",
    "aox",
    "chloroform_water",
    "toluene_water",
)
_BRACKETS = re.compile(r"(?P<label>.+?)\s*\((?P<unit>[^()]*)\)")


@dataclass(frozen=True)
class Field:
    """One column of one sheet of the input workbook.

    ``dtype`` is text, number, year, choice or flag; ``minimum`` and ``maximum`` are
    in ``unit`` and None where there is no bound; ``choices`` is empty unless the
    cell is picked from a list; ``required`` cells may not be blank in a used row.
    """

    key: str
    label_zh: str
    label_en: str
    unit: str
    dtype: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    required: bool
    note: str

    def header(self, language: str = "zh") -> str:
        """Return the column header: the label, with the unit in brackets."""
        label = self.label_zh if language == "zh" else self.label_en
        if self.unit in ("", "1"):
            return label
        return (
            f"{label}（{self.unit}）" if language == "zh" else f"{label} ({self.unit})"
        )


@cache
def sheet_fields(sheet: str) -> tuple[Field, ...]:
    """Return the columns of one sheet, in order.

    Parameters
    ----------
    sheet : str
        Key of :data:`synergy_lib.schema.SHEETS`.

    Returns
    -------
    tuple of Field
        Keys (enterprise, year) first.

    Examples
    --------
    >>> [field.header() for field in sheet_fields("energy")][:4]
    ['企业编号', '年份', '能源品种', '消费量']
    >>> sheet_fields("activity")[2].header("en")
    'Output value (万元)'
    """
    table = pd.read_csv(
        data_path("workbook_sheets.csv"), dtype=str, keep_default_na=False
    )
    wanted = [*(["key"] if sheet in _KEYED else []), sheet]
    fields = [
        _field(row["key"], row, required=row["required"] == "1")
        for name in wanted
        for _, row in table[table["sheet"] == name].iterrows()
    ]
    if sheet not in LONG_SHEETS:
        first = ("enterprise_id", "enterprise_name")
        fields += [
            _field(str(column), row, required=column in first)
            for column, row in input_columns(sheet).iterrows()
        ]
    return tuple(fields)


def match_header(header: str, sheet: str) -> tuple[Field, str] | None:
    """Return the field a header means and the unit its values stand in.

    Parameters
    ----------
    header : str
        Chinese or English label, with or without a unit in brackets, or the field's
        own key; width, case, spaces and quotation marks do not matter.
    sheet : str
        Key of :data:`synergy_lib.schema.SHEETS`.

    Returns
    -------
    tuple of (Field, str) or None
        The unit is the one in the brackets, else that of the field; None if the
        header is unknown.

    Examples
    --------
    >>> field, unit = match_header("Output value (亿元)", "activity")
    >>> field.key, unit
    ('output_value_10k_cny', '亿元')
    """
    names = _header_names(sheet)
    if field := names.get(normalised(header)):
        return field, field.unit
    text = unicodedata.normalize("NFKC", header).strip()
    if (match := _BRACKETS.fullmatch(text)) is None:
        return None
    field = names.get(normalised(match["label"]))
    return None if field is None else (field, match["unit"].strip() or field.unit)


@cache
def _header_names(sheet: str) -> dict[str, Field]:
    """Return every header a sheet may have, normalised, and the field it means."""
    return {
        normalised(name): field
        for field in reversed(sheet_fields(sheet))
        for name in (
            field.key,
            field.label_en,
            field.label_zh,
            field.header("en"),
            field.header(),
        )
    }


@cache
def carrier_columns() -> dict[str, str]:
    """Return carrier name in the energy sheet → panel column, in workbook order."""
    rows = input_columns("energy")
    return {str(label): str(column) for column, label in rows["label_zh"].items()}


@cache
def carrier_names() -> dict[str, str]:
    """Return every accepted name of a carrier, normalised → panel column.

    A carrier may be named in Chinese, in English or by its column.
    """
    labels = input_columns("energy")["label_en"]
    names = {str(label): str(column) for column, label in labels.items()}
    names |= {column: column for column in carrier_columns().values()}
    names |= carrier_columns()
    return {normalised(name): column for name, column in names.items()}


@cache
def pollutant_columns() -> dict[tuple[str, str], str]:
    """Return (medium, pollutant name) → panel column of the mass emitted.

    The column of the mass generated has ``_generated_kg`` in place of ``_kg``.

    Examples
    --------
    >>> pollutant_columns()[("废水", "氨氮")]
    'nh3n_kg'
    """
    rows = input_columns("pollutants")["label_zh"]
    names = {}
    for column, label in rows.items():
        if str(column).endswith("_generated_kg"):
            continue
        medium = "废水" if str(column).removesuffix("_kg") in _WATER else "废气"
        names[(medium, str(label).removesuffix("排放量"))] = str(column)
    return names


@cache
def pollutant_names() -> dict[tuple[str, str], str]:
    """Return (medium, accepted name, normalised) → panel column of the mass emitted.

    A pollutant may be named in Chinese, in English or by its column with or without
    ``_kg``; where its medium is known, the medium need not be repeated in its name.
    Under the medium ``""`` stand the names that are clear without one.

    Examples
    --------
    >>> names = pollutant_names()
    >>> names[("废水", "甲苯")], names[("废气", "甲苯")], names[("", "cod")]
    ('toluene_water_kg', 'toluene_kg', 'cod_kg')
    """
    english = input_columns("pollutants")["label_en"]
    names: dict[tuple[str, str], str] = {}
    for (medium, label), column in pollutant_columns().items():
        label_en = str(english[column]).removesuffix(" emitted")
        for name in (label, label_en, column, column.removesuffix("_kg")):
            names[medium, normalised(name)] = column
            names["", normalised(name)] = column
        names[medium, normalised(label.removesuffix(f"（{medium}）"))] = column
    return names


def _field(key: str, row: pd.Series[str], *, required: bool) -> Field:
    """Return the field described by one row of a table of columns."""
    return Field(
        key=key,
        label_zh=row["label_zh"],
        label_en=row["label_en"],
        unit=row["unit"],
        dtype=row["dtype"],
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        choices=_choices(row["choices"]),
        required=required,
        note=row["note"],
    )


def _choices(text: str) -> tuple[str, ...]:
    """Return the allowed values; ``@name`` stands for a list made elsewhere."""
    if text == "@carriers":
        return tuple(carrier_columns())
    if text == "@pollutants":
        return tuple(name for _, name in pollutant_columns())
    return tuple(text.split("|")) if text else ()
