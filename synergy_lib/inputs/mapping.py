"""Mapping tables: which source column or indicator fills which panel column."""

from __future__ import annotations

import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem, nearest
from synergy_lib.indicators.formula import check_formula
from synergy_lib.resources import parameters_path
from synergy_lib.schema import load_columns
from synergy_lib.units import conversion_factor

__all__ = ["VALUE", "check_mapping", "read_mapping"]

# What a formula of a row with a source calls the number that is printed there.
VALUE = "value"
_COLUMNS = ("source", "source_unit", "column", "editions", "formula", "note")


def read_mapping(name: str) -> pd.DataFrame:
    """Return a mapping table of ``parameters/mappings/``, checked.

    Parameters
    ----------
    name : str
        File name without ``.csv``.

    Returns
    -------
    pandas.DataFrame
        ``source`` (indicator or column of the source), ``source_unit`` (as printed;
        empty: whatever unit the row states), ``column`` (of the panel), ``editions``
        (only these, separated by ``|``; empty for all), ``formula``, ``note`` (an
        assumption, which the reports print).

    Raises
    ------
    ParameterError
        With every problem, naming its row.

    Notes
    -----
    A formula in a row without a source derives the column from other panel columns.
    In a row with a source it stands in place of the unit conversion and calls the
    printed number ``value``: so an assumption such as 1 t of water = 1 m³ is written
    down where it is made.
    """
    path = parameters_path("mappings", f"{name}.csv")
    if not path.is_file():
        known = [item.stem for item in path.parent.glob("*.csv")]
        raise ParameterError(
            Problem("input.mapping", f"没有映射表“{name}”", hint=nearest(name, known))
        )
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ParameterError(Problem(path.name, f"不是有效的 CSV：{error}")) from error
    problems = check_mapping(table, path.name)
    if problems:
        raise ParameterError(problems)
    return table


def check_mapping(table: pd.DataFrame, file: str) -> list[Problem]:
    """Return everything that is wrong with a mapping table.

    Parameters
    ----------
    table : pandas.DataFrame
        As read, all text.
    file : str
        Name of the file, for messages.
    """
    lacking = [column for column in _COLUMNS if column not in table.columns]
    if lacking:
        expected = "、".join(_COLUMNS)
        return [Problem(f"{file} 第 1 行", f"缺少列“{c}”", expected) for c in lacking]
    if table.empty:
        return [Problem(file, "没有任何行")]
    repeated = table.duplicated([c for c in _COLUMNS if c != "note"])
    problems = []
    for line, ((_, row), again) in enumerate(
        zip(table.iterrows(), repeated, strict=True), start=2
    ):
        where = f"{file} 第 {line} 行"
        problems += _check_row(row, where)
        if again:
            problems.append(Problem(where, "与前面的行重复"))
    return problems


def _check_row(row: pd.Series, where: str) -> list[Problem]:
    """Check one row of a mapping table."""
    contract = load_columns()
    column, source, formula = row["column"], row["source"], row["formula"]
    numeric = contract[(contract["kind"] == "input") & (contract["dtype"] == "number")]
    if column not in numeric.index:
        what = f"没有可填的数值列“{column}”"
        hint = nearest(column, list(numeric.index))
        return [Problem(f"{where} column", what, hint=hint)]
    if not source and not formula:
        return [Problem(f"{where} source", "既没有来源也没有公式", "其中之一")]
    if formula:
        return check_formula(formula, f"{where} formula", [VALUE] if source else ())
    if not row["source_unit"]:
        return []
    try:
        conversion_factor(row["source_unit"], str(contract.loc[column, "unit"]))
    except InputDataError as error:
        return [Problem(f"{where} source_unit", str(error))]
    return []
