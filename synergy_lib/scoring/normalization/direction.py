"""Direction of indicators, and what every normalisation needs of its input.

The direction of an indicator (+1 more is better, −1 less is better) is applied in
this package and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, nearest

__all__ = [
    "Direction",
    "PerColumn",
    "constant_columns",
    "directions",
    "finite",
    "per_column",
    "refuse",
]

Direction = Mapping[Any, float] | pd.Series
PerColumn = float | Mapping[Any, float] | pd.Series


def directions(direction: Direction, columns: pd.Index) -> npt.NDArray[np.float64]:
    """Return the direction of each column, checked to be +1 or −1.

    Raises
    ------
    ParameterError
        With every column that has no direction, or one other than ±1.
    """
    given = dict(direction.items())
    problems = []
    for column in columns:
        if column not in given:
            hint = nearest(str(column), map(str, given))
            problems.append(Problem(f"指标 {column}", "缺少方向", "1 或 -1", hint))
        elif given[column] not in (1, -1):
            what = f"方向为“{given[column]}”"
            problems.append(Problem(f"指标 {column}", what, "1 或 -1"))
    if problems:
        raise ParameterError(problems)
    return np.array([given[column] for column in columns], dtype=np.float64)


def finite(values: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the values as floats; infinite values are refused."""
    array = values.to_numpy(dtype=np.float64)
    infinite = np.isinf(array).any(axis=0)
    if infinite.any():
        named = "、".join(map(str, values.columns[infinite]))
        raise MethodError(f"标准化：指标 {named} 含无穷大")
    return array


def constant_columns(values: pd.DataFrame) -> list[str]:
    """Return the columns whose known values are all equal (no discrimination)."""
    spread = values.max() - values.min()
    return [str(column) for column in values.columns[spread == 0]]


def per_column(values: Any, given: PerColumn) -> npt.NDArray[np.float64]:
    """Return one number for all columns, or one number per column; NaN where none."""
    if not isinstance(given, Mapping | pd.Series):
        return np.asarray(given, dtype=np.float64)
    if not isinstance(values, pd.DataFrame):
        raise MethodError("按列给出锚点时，values 须为 DataFrame")
    numbers = dict(given.items())
    return np.array([numbers.get(column, np.nan) for column in values.columns], float)


def refuse(wrong: npt.ArrayLike, columns: pd.Index, method: str, what: str) -> None:
    """Raise with the columns that a method is not defined on, if there are any.

    Raises
    ------
    MethodError
        Naming every column where ``wrong`` is true.
    """
    flags = np.asarray(wrong, dtype=np.bool_)
    if flags.any():
        named = "、".join(map(str, columns[flags]))
        raise MethodError(f"{method}：指标 {named} {what}")
