"""Park-level tables of reference values: met, not met, or no data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.indicators.formula import evaluate_formula, make_scope
from synergy_lib.indicators.functions import DOUBTFUL_SHARE_PCT
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS
from synergy_lib.scoring.standards.tables import (
    StandardTable,
    list_tables,
    load_table,
)

__all__ = [
    "ParkTableScore",
    "check_park_values",
    "load_park_table",
    "park_table_values",
    "score_park_table",
]

_COMPARE = {">=": np.greater_equal, "<=": np.less_equal, ">": np.greater}


@dataclass(frozen=True)
class ParkTableScore:
    """How a park stands against a table of reference values.

    Parameters
    ----------
    rows : pandas.DataFrame
        Indexed by code: ``group, name, unit, value, comparison, reference, status``;
        status is ``met``, ``not_met`` or ``no_data``.
    met, judged, total : int
        Rows met, rows with a value, all rows.
    met_share : float
        Met over judged [-]; NaN where nothing could be judged.
    """

    rows: pd.DataFrame
    met: int
    judged: int
    total: int
    met_share: float


def load_park_table(folder: Path | str) -> StandardTable:
    """Load a park table; errors as :func:`.tables.load_table`.

    Raises
    ------
    ParameterError
        Also where a row has one of numerator and denominator without the other, or a
        ``minimum_reporting`` outside 0–1.
    """
    table = load_table(folder, "park_table")
    problems = []
    for code, row in table.rows.iterrows():
        where = f"{table.header.table} table.csv {code}"
        if bool(row["numerator"]) != bool(row["denominator"]):
            problems.append(Problem(where, "numerator 与 denominator 须同时给出"))
        if not (
            np.isnan(row["minimum_reporting"]) or 0 <= row["minimum_reporting"] <= 1
        ):
            problems.append(Problem(f"{where} minimum_reporting", "不在0–1之间"))
    if problems:
        raise ParameterError(problems)
    return table


def check_park_values(given: Mapping[str, Mapping[str, float]]) -> None:
    """Raise if values given for park tables name no table or no row of it.

    Parameters
    ----------
    given : mapping of str to mapping of str to float
        Table → code → value, the parameter ``park_values`` of a run.

    Raises
    ------
    ParameterError
        With every unknown name and the nearest valid one.
    """
    tables = list_tables("park_table") if given else []
    problems = []
    for name, values in given.items():
        if name not in tables:
            expected, hint = "、".join(tables), nearest(name, tables)
            what = f"没有名为“{name}”的园区指标表"
            problems.append(Problem("park_values", what, expected, hint))
            continue
        codes = list(load_park_table(parameters_path("schemes", name)).rows.index)
        problems += [
            Problem(f"park_values {name}", f"没有代码“{code}”", "、".join(codes))
            for code in values
            if code not in codes
        ]
    if problems:
        raise ParameterError(problems)


def park_table_values(
    data: pd.DataFrame,
    table: StandardTable,
    *,
    year: int,
    given: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    r"""Return the value of every row of a park table that can be computed or is given.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts; unique index (enterprise_id, year).
    table : StandardTable
        From :func:`load_park_table`.
    year : int
        Year to compute.
    given : mapping of str to float, optional
        Code → value from the park itself; takes the place of a computed one.

    Returns
    -------
    pandas.DataFrame
        Indexed by code: ``value``, ``origin`` (``computed``, ``given`` or ""),
        ``reporting`` and ``enterprises`` (how many stand behind it, of how many) and
        ``reason`` in Chinese: what the value rests on, or why there is none.

    Raises
    ------
    ParameterError
        If ``given`` names no row of the table.

    Notes
    -----
    :math:`\sum n_i / \sum d_i` over the enterprises for which both numerator and
    denominator are known: a ratio of sums, never a mean of ratios (methods §0 rule 3).
    The value is withheld where fewer than ``minimum_reporting`` of the enterprises
    report, or a percentage exceeds 105 (a contradiction in the data); one between 100
    and 105 counts as 100. What is neither computed nor given has no value: nothing
    is guessed.
    """
    rows = table.rows
    own = dict(given or {})
    unknown = [code for code in own if code not in rows.index]
    if unknown:
        what = f"没有代码“{unknown[0]}”"
        raise ParameterError(
            Problem(f"park_values {table.header.table}", what, "、".join(rows.index))
        )
    here = data[data.index.get_level_values("year") == year]
    found = []
    for code, row in rows.iterrows():
        if code in own:
            found.append((float(own[code]), "given", 0, len(here), "园区提供"))
        elif not row["numerator"]:
            reason = "企业数据不能算出，园区未提供"
            found.append((np.nan, "", 0, len(here), reason))
        else:
            minimum = row["minimum_reporting"]
            if np.isnan(minimum):
                minimum = table.header.minimum_reporting
            found.append(_computed(here, row, float(minimum)))
    columns = ["value", "origin", "reporting", "enterprises", "reason"]
    return pd.DataFrame(found, index=rows.index, columns=columns)


def _computed(
    here: pd.DataFrame, row: pd.Series, minimum: float
) -> tuple[float, str, int, int, str]:
    """Return value, origin, enterprises behind it, all enterprises, and words."""
    scope = make_scope(cast("pd.MultiIndex", here.index), base_year=0)
    top, bottom = (
        evaluate_formula(str(row[part]), here, scope, str(row.name)).values
        for part in ("numerator", "denominator")
    )
    known = np.isfinite(top) & np.isfinite(bottom)
    count, everybody = int(known.sum()), len(here)
    basis = f"{everybody}家企业中{count}家有数据"
    none = (np.nan, "", count, everybody)
    if not count:
        return (*none, "没有企业填报，不能判断")
    whole = float(bottom[known].sum())
    if whole <= 0:
        return (*none, f"{basis}，分母合计≤0，无定义")
    value = float(top[known].sum()) / whole
    if count < minimum * everybody - 1e-9:
        why = f"不足{100 * minimum:g} %，不能判断；已填报者为{value:.4g}"
        return (*none, f"{basis}，{why}")
    if row["unit"] == "%" and value > 100:
        if value > DOUBTFUL_SHARE_PCT:
            return (*none, f"{basis}，合计为{value:.1f} %，数据矛盾")
        return 100.0, "computed", count, everybody, f"{basis}；超过100按100计"
    return value, "computed", count, everybody, basis


def score_park_table(
    values: Mapping[str, float] | pd.Series[float], table: StandardTable
) -> ParkTableScore:
    """Compare a park's values with the reference values of a table.

    Parameters
    ----------
    values : mapping of str to float
        Code → value in the unit of the row; NaN or absent: no data. For a gate 1 is
        yes and 0 is no.
    table : StandardTable
        From :func:`load_park_table`.

    Returns
    -------
    ParkTableScore

    Notes
    -----
    A reference value that is met exactly is met, except under ``>``. A row without
    data is neither met nor not met, and takes no part in the share; read the share
    together with ``judged`` and ``total``.

    Examples
    --------
    >>> table = load_park_table(parameters_path("schemes", "jiangsu_near_zero_park"))
    >>> score = score_park_table({"J1": 0.35, "J2": 0.7}, table)
    >>> score.rows["status"].iloc[:3].tolist(), score.met_share
    (['met', 'not_met', 'no_data'], 0.5)
    """
    rows = table.rows
    value = pd.Series(dict(values.items()), dtype=float).reindex(rows.index)
    status = []
    pairs = zip(value, rows["comparison"], rows["reference"], strict=True)
    for own, comparison, reference in pairs:
        if np.isnan(own):
            status.append("no_data")
            continue
        rounded = np.round([own, reference], SAME_SCORE_DECIMALS)
        is_met = bool(_COMPARE[comparison](*rounded))
        status.append("met" if is_met else "not_met")
    shown = rows[["group", "name", "unit"]].assign(
        value=value,
        comparison=rows["comparison"],
        reference=rows["reference"],
        status=status,
    )
    met, judged = status.count("met"), len(status) - status.count("no_data")
    share = met / judged if judged else np.nan
    return ParkTableScore(shown, met, judged, len(status), share)
