"""The column contract: every panel column and result code, its label and bounds."""

from __future__ import annotations

from functools import cache

import pandas as pd

from synergy_lib.errors import InputDataError, Problem
from synergy_lib.resources import data_path

__all__ = [
    "CURRENT_OUTPUT",
    "EQUIVALENTS",
    "OUTPUT",
    "PANEL_INDEX",
    "PARK",
    "SHEETS",
    "code_labels",
    "column_label",
    "input_columns",
    "load_columns",
    "panel_years",
    "require_columns",
]

PANEL_INDEX = ("enterprise_id", "year")
# What stands in the place of an enterprise's id in rows of the whole park.
PARK = "park"
# Value added: what intensities and decompositions over years may use, and may not.
OUTPUT = "value_added_constant_10k_cny"
CURRENT_OUTPUT = "value_added_10k_cny"
# The two sums of pollutants; of different media, so that they are not added.
EQUIVALENTS = ("air_equivalent_kg", "water_equivalent_kg")

# Sheet key → the sheet's Chinese name in the input workbook, in workbook order.
SHEETS = {
    "enterprises": "企业信息",
    "activity": "年度经营",
    "energy": "能源消费",
    "pollutants": "污染物",
    "resources": "固废溶剂用水",
    "process": "工艺与管理",
    "measures": "计划措施",
    "monitoring": "园区监测",
}


@cache
def load_columns() -> pd.DataFrame:
    """Return the table of panel columns, indexed by column name.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (input or derived), ``sheet``, ``label_zh``, ``label_en``, ``unit``,
        ``dtype`` (number, text, choice, flag), ``minimum``, ``maximum``, ``choices``,
        ``methods_name``, ``note``; missing text is an empty string.
    """
    table = pd.read_csv(data_path("columns.csv"), dtype=str, keep_default_na=False)
    return table.set_index("column")


def input_columns(sheet: str) -> pd.DataFrame:
    """Return the rows of :func:`load_columns` that are filled in on one sheet."""
    table = load_columns()
    return table[(table["kind"] == "input") & (table["sheet"] == sheet)]


@cache
def column_label(column: str, language: str = "zh", *, with_unit: bool = True) -> str:
    """Return the label of a panel column, with its unit in brackets.

    Examples
    --------
    >>> column_label("electricity_grid_mwh")
    '外购电力（MWh）'
    >>> column_label("electricity_grid_mwh", "en")
    'Grid electricity purchased (MWh)'
    """
    row = load_columns().loc[column]
    label, unit = row[f"label_{language}"], row["unit"]
    if not with_unit or unit in ("", "1"):
        return str(label)
    return f"{label}（{unit}）" if language == "zh" else f"{label} ({unit})"


@cache
def code_labels(kind: str) -> pd.DataFrame:
    """Return the names of one kind of result codes, in both languages.

    Parameters
    ----------
    kind : str
        ``decoupling_state``, ``decoupling_status``, ``decomposition_effect`` or
        ``decomposition_status``.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``code``; ``label_zh``, ``label_en``, empty for a code that needs
        no words.

    Examples
    --------
    >>> code_labels("decoupling_state").loc["strong_decoupling"].tolist()
    ['强脱钩', 'Strong decoupling']
    """
    table = pd.read_csv(data_path("code_labels.csv"), dtype=str, keep_default_na=False)
    return table[table["kind"] == kind].drop(columns="kind").set_index("code")


def require_columns(panel: pd.DataFrame, columns: list[str], what: str) -> None:
    """Raise where a frame lacks columns a method needs.

    Raises
    ------
    InputDataError
        Naming the method and every missing column.
    """
    missing = [column for column in columns if column not in panel.columns]
    if missing:
        raise InputDataError(f"{what} needs the columns {', '.join(missing)}")


def panel_years(panel: pd.DataFrame, base_year: int | None = None) -> list[int]:
    """Return the years of a panel in order, or raise where none can be compared.

    Parameters
    ----------
    panel : pandas.DataFrame
        Indexed (enterprise_id, year).
    base_year : int, optional
        A year that must be among them.

    Raises
    ------
    InputDataError
        If the panel is empty, has an enterprise and year twice, or lacks the base
        year.
    """
    if panel.empty:
        raise InputDataError(Problem("面板", "没有数据行", "至少一个企业和年份"))
    if not panel.index.is_unique:
        twice = panel.index[panel.index.duplicated()][0]
        raise InputDataError(Problem(f"企业 {twice[0]}", f"年份 {twice[1]} 重复出现"))
    years = sorted({int(year) for year in panel.index.get_level_values("year")})
    if base_year is not None and base_year not in years:
        shown = "、".join(map(str, years))
        raise InputDataError(Problem("base_year", f"没有{base_year}年的数据", shown))
    return years
