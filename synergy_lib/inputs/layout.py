"""The layout of the input workbook: every sheet's columns, labels and choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from synergy_lib.resources import data_path
from synergy_lib.schema import input_columns

__all__ = [
    "LONG_SHEETS",
    "Field",
    "carrier_columns",
    "pollutant_columns",
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


@cache
def carrier_columns() -> dict[str, str]:
    """Return carrier name in the energy sheet → panel column, in workbook order."""
    rows = input_columns("energy")
    return {str(label): str(column) for column, label in rows["label_zh"].items()}


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
