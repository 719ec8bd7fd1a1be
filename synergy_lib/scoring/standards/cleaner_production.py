"""清洁生产综合评价指数: levels I, II and III with limiting indicators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS
from synergy_lib.scoring.standards.tables import StandardTable, load_table

__all__ = ["LEVEL_NAMES", "cleaner_production_level", "load_cleaner_production"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEVEL_NAMES = ("Ⅰ级", "Ⅱ级", "Ⅲ级", "未达到Ⅲ级")


def load_cleaner_production(folder: Path | str) -> StandardTable:
    """Load a cleaner-production table; errors as :func:`.tables.load_table`.

    Raises
    ------
    ParameterError
        Also where a weight is negative or a group has none, the rows of a group
        disagree on its weight, or a level is easier than the one below it.
    """
    table = load_table(folder, "cleaner_production")
    rows, place = table.rows, f"{table.header.table} table.csv"
    problems = [
        Problem(f"{place} {code} {name}", f"权重为{value:g}", "不小于0")
        for name in ("weight", "group_weight")
        for code, value in rows.loc[rows[name] < 0, name].items()
    ]
    for group, own in rows.groupby("group"):
        if own["group_weight"].min() < own["group_weight"].max():
            problems.append(Problem(f"{place} {group}", "各行的 group_weight 不同"))
        if own["weight"].sum() <= 0:
            problems.append(Problem(f"{place} {group} weight", "权重之和为0", "大于0"))
    steps = rows[["level_1", "level_2", "level_3"]].mul(rows["direction"], axis=0)
    falling = steps.diff(axis=1).iloc[:, 1:].gt(0).any(axis=1)
    problems += [
        Problem(f"{place} {code} level_1–level_3", "高一级的基准值比低一级宽松")
        for code in rows.index[falling]
    ]
    if problems:
        raise ParameterError(problems)
    return table


def cleaner_production_level(
    values: pd.DataFrame,
    table: StandardTable,
    *,
    applicable: pd.DataFrame | None = None,
) -> pd.DataFrame:
    r"""Return the cleaner-production level of every row.

    Parameters
    ----------
    values : pandas.DataFrame
        One column per code of the table, any unique index; NaN where there is no
        data. A qualitative indicator is 1 met, 0 not met.
    table : StandardTable
        From :func:`load_cleaner_production`.
    applicable : pandas.DataFrame, optional
        False where an indicator does not apply; all apply if omitted.

    Returns
    -------
    pandas.DataFrame
        Same index. ``y_1, y_2, y_3``: index of each level with missing data counted as
        not met [points]; ``y_1_high`` …: the same with missing data counted as met;
        ``level`` 1, 2, 3, or 4 for none of them; ``level_name``; ``reason``. NaN and
        "" where the missing data could change the level.

    Raises
    ------
    InputDataError
        If an indicator has no column.

    Notes
    -----
    :math:`Y_{gk} = \sum_i w_i \sum_j \omega_{ij} Y_{gk}(x_{ij})` with
    :math:`Y_{gk}(x) = 100` where *x* meets level *k* and 0 elsewhere; the weight of
    what does not apply goes to the other indicators of its group pro rata, and that of
    a group where nothing applies to the other groups. Level I: :math:`Y_I` reaches its
    minimum (85) and every limiting indicator meets I; level II (85) and III (100)
    likewise (methods §1.5). Bounds belong to their level.
    """
    codes = list(table.rows.index)
    lacking = [code for code in codes if code not in values.columns]
    if lacking:
        what = f"缺少指标列 {'、'.join(lacking)}"
        raise InputDataError(Problem("清洁生产评价", what, "每个指标代码一列"))
    array = values[codes].to_numpy(dtype=np.float64)
    applies = np.ones(array.shape, dtype=np.bool_)
    if applicable is not None:
        shown = applicable.reindex(index=values.index, columns=codes)
        applies = shown.fillna(value=True).to_numpy(dtype=np.bool_)
    weights = _weights(applies, table.rows)
    unknown = np.isnan(array) & applies
    low, low_level = _levels(array, applies, weights, table, missing_meets=False)
    high, high_level = _levels(array, applies, weights, table, missing_meets=True)
    anything = weights.sum(axis=1) > 0
    certain = (low_level == high_level) & anything
    level = np.where(certain, low_level, np.nan)
    out = pd.DataFrame(index=values.index)
    for part, suffix in ((low, ""), (high, "_high")):
        for k in range(3):
            out[f"y_{k + 1}{suffix}"] = np.where(anything, part[:, k], np.nan)
    out["level"] = level
    names = dict(enumerate(LEVEL_NAMES, start=1))
    out["level_name"] = pd.Series(level, index=values.index).map(names).fillna("")
    out["reason"] = [
        _reason(own, (int(a), int(b)), lack, table.rows)
        for own, a, b, lack in zip(certain, low_level, high_level, unknown, strict=True)
    ]
    out.loc[~anything, "reason"] = "没有适用的指标，不能判定"
    return out


def _weights(applies: Mask, rows: pd.DataFrame) -> Floats:
    """Return the weight of every indicator in every row, summing to 1."""
    groups = pd.factorize(rows["group"])[0]
    member = groups[:, None] == np.arange(groups.max() + 1)[None, :]
    own = applies * rows["weight"].to_numpy(dtype=np.float64)
    total = own @ member
    first = [int(np.flatnonzero(column)[0]) for column in member.T]
    share = rows["group_weight"].to_numpy(dtype=np.float64)[first] * (total > 0)
    whole = share.sum(axis=1, keepdims=True)
    share = share / np.where(whole > 0, whole, 1.0) / np.where(total > 0, total, 1.0)
    return np.asarray(own * (share @ member.T), dtype=np.float64)


def _levels(
    array: Floats,
    applies: Mask,
    weights: Floats,
    table: StandardTable,
    *,
    missing_meets: bool,
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Return the indexes of the three levels, and the best level reached."""
    rows = table.rows
    sign = rows["direction"].to_numpy(dtype=np.float64)
    limiting = rows["is_limiting"].to_numpy(dtype=np.float64) == 1
    minimums = table.header.level_minimums or ()
    points, reached = [], []
    for k, minimum in enumerate(minimums, start=1):
        gap = sign * (array - rows[f"level_{k}"].to_numpy(dtype=np.float64))
        meets = np.round(gap, SAME_SCORE_DECIMALS) >= 0
        meets = np.where(np.isnan(array), missing_meets, meets)
        index = np.round(100 * (weights * meets).sum(axis=1), SAME_SCORE_DECIMALS)
        held = (meets | ~applies)[:, limiting].all(axis=1)
        points.append(index)
        reached.append((index >= minimum) & held)
    best = np.select(reached, [1, 2, 3], 4)
    return np.column_stack(points), best.astype(np.intp)


def _reason(
    certain: bool, bounds: tuple[int, int], unknown: Mask, rows: pd.DataFrame
) -> str:
    """Return why there is no level, or which data were missing without effect."""
    named = "、".join(str(name) for name in rows.loc[unknown, "name"])
    if certain:
        return f"缺{named}，不影响级别" if named else ""
    worst, best = (LEVEL_NAMES[number - 1] for number in bounds)
    return f"缺{named}，可能为{best}至{worst}，不能判定"
