"""碳效码: carbon-efficiency level and grade of enterprises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.resources import parameters_path
from synergy_lib.schema import PANEL_INDEX
from synergy_lib.scoring.grading import carbon_classes
from synergy_lib.scoring.standards.tables import StandardTable, load_table

__all__ = ["carbon_efficiency_code", "load_carbon_classes"]


def load_carbon_classes(folder: Path | str | None = None) -> StandardTable:
    """Load the bounds and names of levels and grades.

    Parameters
    ----------
    folder : path, optional
        Folder of the table; the shipped ``carbon_efficiency_code`` if omitted.

    Raises
    ------
    ParameterError
        As :func:`~synergy_lib.scoring.standards.tables.load_table`; where classes are
        not numbered 1, 2 …, or their bounds do not rise to a last class without one.
    """
    given = parameters_path("schemes", "carbon_efficiency_code")
    table = load_table(folder or given, "carbon_classes")
    problems = []
    for scale in ("level", "grade"):
        rows = table.rows[table.rows["scale"] == scale]
        bounds = rows["upper_bound"].to_numpy(dtype=np.float64)
        where = f"{table.header.table} table.csv scale={scale}"
        if rows["class"].tolist() != list(range(1, len(rows) + 1)) or rows.empty:
            problems.append(Problem(where, "class 不是从1起的连续整数"))
        elif not np.isnan(bounds[-1]) or not (np.diff(bounds[:-1]) > 0).all():
            what = "upper_bound 须递增，最后一级留空"
            problems.append(Problem(where, what))
        elif np.isnan(bounds[:-1]).any():
            problems.append(Problem(where, "只有最后一级的 upper_bound 可以留空"))
    if problems:
        raise ParameterError(problems)
    return table


def carbon_efficiency_code(
    carbon: pd.Series[float],
    value_added: pd.Series[float],
    industry: pd.Series[str],
    classes: StandardTable,
    *,
    reference: Mapping[tuple[str, int], float] | None = None,
) -> pd.DataFrame:
    r"""Return carbon-efficiency level and grade of every enterprise and year.

    Parameters
    ----------
    carbon : pandas.Series
        Emissions less own zero-carbon power and captured CO2 [tCO2e]; unique index
        (enterprise_id, year).
    value_added : pandas.Series
        Industrial value added, same index [10⁴ CNY].
    industry : pandas.Series
        Industry code of GB/T 4754, indexed by enterprise_id; its first two digits are
        the class (大类), e.g. 27 医药制造业.
    classes : StandardTable
        From :func:`load_carbon_classes`.
    reference : mapping of (class, year) to float, optional
        Mean intensity of a class outside the park, e.g. the province's
        [tCO2e/10⁴ CNY]; replaces the mean of the enterprises given here.

    Returns
    -------
    pandas.DataFrame
        Same index: ``intensity`` L [tCO2e/10⁴ CNY], ``level``, ``level_name``,
        ``industry_class``, ``class_count``, ``class_mean`` [tCO2e/10⁴ CNY],
        ``mean_basis``, ``ratio`` K [-], ``grade``, ``grade_name`` and ``reason``,
        which says why there is no level or no grade. NaN or "" where there is none.

    Raises
    ------
    InputDataError
        If the index is not a unique (enterprise_id, year), the indexes differ, or an
        enterprise has two industry codes.
    ParameterError
        If a reference is not positive.

    Notes
    -----
    :math:`L = C/VA`, :math:`K = L/\bar L` with :math:`\bar L = \sum C/\sum VA` over
    the enterprises of the class and year that give both (methods §1.2, R8). Upper
    bounds belong to their class. VA ≤ 0: neither level nor grade. One enterprise
    alone in its class would have K = 1 by construction: no grade without a reference.
    The standard compares with the mean of the industry; the park's own enterprises
    stand in for it only where no reference is given, and ``mean_basis`` says so.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2024]],
    ...     names=["enterprise_id", "year"])
    >>> code = carbon_efficiency_code(
    ...     pd.Series([60.0, 300.0], index), pd.Series([100.0, 100.0], index),
    ...     pd.Series({"a": "2710", "b": "2720"}), load_carbon_classes())
    >>> code[["level", "ratio", "grade"]].round(3).to_numpy().tolist()
    [[1.0, 0.333, 1.0], [3.0, 1.667, 4.0]]
    """
    _check_inputs(carbon, value_added, industry)
    index = carbon.index
    names = index.get_level_values("enterprise_id")
    code = industry.reindex(names).astype("string").str.extract(r"^[A-Z]?(\d{2})")[0]
    group = pd.Series(code.fillna("").to_numpy(dtype=object), index=index)
    added = value_added.astype(float)
    intensity = carbon.astype(float) / added.where(added > 0)
    means = _class_means(carbon, added, group, reference or {})
    ratio = intensity / means["class_mean"]
    out = pd.DataFrame({"intensity": intensity}, index=index)
    out[["level", "level_name"]] = _classes(intensity, classes, "level")
    out["industry_class"] = group
    out = out.join(means)
    out["ratio"] = ratio
    out[["grade", "grade_name"]] = _classes(ratio, classes, "grade")
    out["reason"] = _reasons(carbon, added, out)
    return out


def _check_inputs(
    carbon: pd.Series[float], value_added: pd.Series[float], industry: pd.Series[str]
) -> None:
    """Raise with everything that is wrong with the indexes."""
    index = carbon.index
    problems = []
    if tuple(index.names) != PANEL_INDEX or index.has_duplicates:
        what = "索引不是唯一的 enterprise_id、year"
        problems.append(Problem("碳效码", what, "每个企业每年一行"))
    if not value_added.index.equals(index):
        problems.append(Problem("碳效码", "碳排放与增加值的索引不同"))
    if industry.index.has_duplicates:
        problems.append(Problem("碳效码", "有企业的行业代码不止一个"))
    if problems:
        raise InputDataError(problems)


def _class_means(
    carbon: pd.Series[float],
    added: pd.Series[float],
    group: pd.Series[str],
    reference: Mapping[tuple[str, int], float],
) -> pd.DataFrame:
    """Return the mean intensity of each row's class and year, and what it rests on."""
    wrong = [key for key, value in reference.items() if not 0 < value < np.inf]
    if wrong:
        what = f"大类 {wrong[0][0]}、{wrong[0][1]}年的均值不大于0"
        raise ParameterError(Problem("碳效码 reference", what, "大于0的数"))
    years = carbon.index.get_level_values("year")
    both = carbon.notna() & added.notna() & (group != "")
    keys = [group, years]
    count = both.groupby(keys).transform("sum").where(group != "", 0).astype(int)
    sums = [part.where(both).groupby(keys).transform("sum") for part in (carbon, added)]
    own = (sums[0] / sums[1]).where((count >= 2) & (sums[1] > 0) & (sums[0] > 0))
    given = pd.Series(
        [reference.get(key, np.nan) for key in zip(group, years, strict=True)],
        index=carbon.index,
        dtype=float,
    )
    basis = np.where(given.notna(), "给定均值", np.where(own.notna(), "园区同大类", ""))
    return pd.DataFrame(
        {"class_count": count, "class_mean": given.fillna(own), "mean_basis": basis},
        index=carbon.index,
    )


def _classes(
    values: pd.Series[float], table: StandardTable, scale: str
) -> pd.DataFrame:
    """Return number and name of the class of every value."""
    rows = table.rows[table.rows["scale"] == scale]
    bounds = tuple(rows["upper_bound"].iloc[:-1])
    number = carbon_classes(values, bounds)
    names = dict(zip(rows["class"], rows["name"], strict=True))
    return pd.DataFrame({scale: number, f"{scale}_name": number.map(names).fillna("")})


def _reasons(
    carbon: pd.Series[float], added: pd.Series[float], out: pd.DataFrame
) -> pd.Series[str]:
    """Return why a row has no level or no grade; "" where it has both."""
    conditions = [
        out["grade"].notna(),
        carbon.isna() & added.isna(),
        carbon.isna(),
        added.isna(),
        added <= 0,
        out["industry_class"] == "",
        out["class_count"] < 2,
    ]
    texts = [
        "",
        "缺碳排放量和增加值，不评级",
        "缺碳排放量，不评级",
        "缺增加值，不评级",
        "增加值≤0，不评级",
        "缺行业代码，不评碳效等级",
        "同大类仅一家企业，未给出外部均值，不评碳效等级",
    ]
    chosen = np.select([c.to_numpy(dtype=bool) for c in conditions], texts, "")
    lost = (out["grade"].isna() & (chosen == "")).to_numpy(dtype=bool)
    words = np.where(lost, "同大类均值≤0，不评碳效等级", chosen)
    return pd.Series(words, index=out.index, dtype=object)
