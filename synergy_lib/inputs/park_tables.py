"""Small tables of a park's decisions: proposed projects, streams of materials."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest, quote

__all__ = [
    "PROPOSALS",
    "STREAMS",
    "TableColumn",
    "check_park_table",
    "read_park_table",
]


@dataclass(frozen=True)
class TableColumn:
    """One column of a table.

    Parameters
    ----------
    kind : str
        ``text`` or ``number``.
    required : bool
        Whether a row without it is refused.
    minimum : float
        Least number.
    choices : tuple of str
        Texts that are accepted; any if empty.
    unique : bool
        Whether no two rows may have the same.
    """

    kind: str = "number"
    required: bool = False
    minimum: float = 0.0
    choices: tuple[str, ...] = ()
    unique: bool = False


_KEY = TableColumn("text", required=True, unique=True)
_NAME = TableColumn("text", required=True)
PROPOSALS: Mapping[str, TableColumn] = {
    "project_id": _KEY,
    "project_name": _NAME,
    "co2e_t": TableColumn(required=True),
    "energy_tce": TableColumn(),
    "value_added_10k_cny": TableColumn(minimum=-np.inf),
    "output_value_10k_cny": TableColumn(),
    "retired_energy_tce": TableColumn(),
    "retired_co2e_t": TableColumn(),
}
STREAMS: Mapping[str, TableColumn] = {
    "stream_id": _KEY,
    "enterprise_id": _NAME,
    "side": TableColumn("text", required=True, choices=("offer", "demand")),
    "material": _NAME,
    "amount_t": TableColumn(required=True),
    "quality_class": TableColumn(required=True, minimum=1.0),
    "avoided_cost_cny_per_t": TableColumn(required=True, minimum=-np.inf),
    "x_km": TableColumn(minimum=-np.inf),
    "y_km": TableColumn(minimum=-np.inf),
}


def read_park_table(
    path: Path | str, columns: Mapping[str, TableColumn]
) -> pd.DataFrame:
    """Read a CSV table, in UTF-8 or as spreadsheets save it in China, and check it.

    Parameters
    ----------
    path : path
    columns : mapping of str to TableColumn
        :data:`PROPOSALS` or :data:`STREAMS`.

    Returns
    -------
    pandas.DataFrame
        Texts as text, numbers as float, NaN where empty; index the row in the file.

    Raises
    ------
    InputDataError
        With every problem at once, each naming file, row and column.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputDataError(Problem(str(path), "没有这个文件")) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    try:
        raw = pd.read_csv(
            io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputDataError(Problem(path.name, f"不是有效的 CSV：{error}")) from error
    cells = raw.fillna("").apply(lambda column: column.str.strip())
    cells = cells.set_axis(pd.RangeIndex(2, len(raw) + 2), axis=0)
    return check_park_table(cells[(cells != "").any(axis=1)], columns, path.name)


def check_park_table(
    table: pd.DataFrame, columns: Mapping[str, TableColumn], name: str
) -> pd.DataFrame:
    """Return a table with its types, or raise with all that is wrong.

    Parameters
    ----------
    table : pandas.DataFrame
        Texts, or numbers already; an absent column that is not required is missing.
    columns : mapping of str to TableColumn
    name : str
        For the messages.

    Raises
    ------
    InputDataError
        Naming row (the index) and column of each problem.
    """
    strange = [str(c) for c in table.columns if c not in columns]
    lacking = [c for c, rule in columns.items() if rule.required and c not in table]
    problems = [
        Problem(name, f"缺少列 {column}", hint=nearest(column, strange))
        for column in lacking
    ]
    problems += [
        Problem(name, f"没有这一列：{quote(column)}", hint=nearest(column, columns))
        for column in strange
    ]
    if problems:
        raise InputDataError(problems)
    checked = {}
    for column, rule in columns.items():
        cells = table.get(column, pd.Series("", index=table.index))
        cells = cells.astype(object).where(cells.notna(), "")
        checked[column], found = _checked(cells, rule, f"{name} {column}")
        problems += found
    if problems:
        raise InputDataError(problems)
    return pd.DataFrame(checked, index=table.index)


def _checked(
    cells: pd.Series, rule: TableColumn, where: str
) -> tuple[pd.Series, list[Problem]]:
    """Return a column with its type, and what is wrong in it."""
    empty = cells.astype(str).str.strip() == ""
    faults: list[tuple[pd.Series, str, str]] = [
        (empty & rule.required, "缺少内容", "必填")
    ]
    values: pd.Series
    if rule.kind == "number":
        values = pd.to_numeric(cells.where(~empty), errors="coerce").astype(float)
        bad = ~empty & ~np.isfinite(values)
        faults.append((bad, "不是数字", "数字"))
        faults.append((values < rule.minimum, "过小", f"不小于 {rule.minimum:g}"))
    else:
        values = cells.astype(str).str.strip()
        if rule.choices:
            wrong = ~empty & ~values.isin(rule.choices)
            faults.append((wrong, "不在可选项中", "、".join(rule.choices)))
    if rule.unique:
        faults.append((~empty & values.duplicated(), "重复", "每行不同"))
    problems = [
        Problem(f"{where} 第 {row} 行", f"{quote(cells[row])} {what}", expected)
        for mask, what, expected in faults
        for row in cells.index[mask]
    ]
    return values, problems
