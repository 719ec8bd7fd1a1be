"""All indicators of a scheme, for every enterprise and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.indicators.formula import (
    check_formula,
    evaluate_formula,
    make_scope,
)
from synergy_lib.indicators.quantity import MISSING, NOT_APPLICABLE, Gap, Mask, Quantity
from synergy_lib.indicators.scope import Scope
from synergy_lib.schema import PANEL_INDEX, load_columns

__all__ = [
    "IndicatorContext",
    "IndicatorTable",
    "compute_gates",
    "compute_indicators",
    "indicator_values",
]


@dataclass(frozen=True)
class IndicatorContext:
    """What the indicators need that is not in the park's own data.

    Parameters
    ----------
    reference_ratio : mapping of str to mapping of int to float
        Indicator code → year → outside mean that replaces the park's own in
        ``ratio_to_park``, e.g. ``{"A2": {2022: 1.1}}`` for the provincial mean carbon
        intensity of the industry [unit of the ratio].
    """

    reference_ratio: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class IndicatorTable:
    """Indicators of every enterprise and year, and why some are missing.

    Parameters
    ----------
    values : pandas.DataFrame
        Index (enterprise_id, year), one column per indicator code; NaN where missing.
    applicable : pandas.DataFrame
        Same shape, False where the indicator cannot apply to the enterprise-year (its
        weight then goes to the other indicators); missing data are applicable.
    reasons : pandas.DataFrame
        Long: enterprise_id, year, code, kind, reason; one row per NaN of ``values``.
        kind: missing, undefined, not_applicable, data_error.
    texts : pandas.DataFrame
        Same shape as ``values``: words for the level of a tier indicator, else "".
    flags : pandas.DataFrame
        Long like ``reasons``: values that were kept but look wrong.
    """

    values: pd.DataFrame
    applicable: pd.DataFrame
    reasons: pd.DataFrame
    texts: pd.DataFrame
    flags: pd.DataFrame


def compute_indicators(
    data: pd.DataFrame,
    definitions: pd.DataFrame,
    *,
    base_year: int,
    context: IndicatorContext | None = None,
) -> IndicatorTable:
    """Compute the indicators of a scheme from the panel and its accounts.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts; unique index (enterprise_id, year).
    definitions : pandas.DataFrame
        Indexed by indicator code, with a column ``formula``; e.g.
        ``scheme.framework.indicators``.
    base_year : int
        Year that changes are counted from.
    context : IndicatorContext, optional
        Reference values from outside the park.

    Returns
    -------
    IndicatorTable
        Values with the reason of every NaN.

    Raises
    ------
    InputDataError
        If the index is not a unique (enterprise_id, year).
    ParameterError
        With every formula that names an unknown column or function.
    """
    _check_index(data)
    _check_formulas(definitions, data)
    context = context or IndicatorContext()
    index = cast("pd.MultiIndex", data.index)
    scope = make_scope(index, base_year)
    results = {
        str(code): evaluate_formula(
            formula,
            data,
            replace(scope, reference=context.reference_ratio.get(str(code), {})),
            str(code),
        )
        for code, formula in definitions["formula"].items()
    }
    return _table(results, index)


def indicator_values(
    data: pd.DataFrame, definitions: pd.DataFrame, scope: Scope
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the indicators and where they apply, without words, in a given scope.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts, any index.
    definitions : pandas.DataFrame
        As in :func:`compute_indicators`.
    scope : Scope
        Years, base rows and park of the rows of ``data``.

    Returns
    -------
    tuple of pandas.DataFrame
        ``values`` and ``applicable`` of :class:`IndicatorTable`.

    Raises
    ------
    ParameterError
        As :func:`compute_indicators`.
    """
    values, applicable = {}, {}
    for code, formula in definitions["formula"].items():
        quantity = evaluate_formula(str(formula), data, scope, str(code))
        values[str(code)] = quantity.values
        applicable[str(code)] = _applies(quantity)
    return (
        pd.DataFrame(values, index=data.index),
        pd.DataFrame(applicable, index=data.index),
    )


def compute_gates(data: pd.DataFrame, gates: pd.DataFrame) -> pd.DataFrame:
    """Return which gates each enterprise passes in each year.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts; unique index (enterprise_id, year).
    gates : pandas.DataFrame
        Indexed by gate code, with ``formula`` and ``baseline``, the value from which
        the gate is passed; e.g. ``scheme.framework.gates``.

    Returns
    -------
    pandas.DataFrame
        1.0 passed, 0.0 failed, NaN not known; one column per gate, none if the scheme
        has no gates.

    Raises
    ------
    InputDataError, ParameterError
        As :func:`compute_indicators`.
    """
    if gates.empty:
        return pd.DataFrame(index=data.index)
    table = compute_indicators(data, gates, base_year=0)
    limits = gates["baseline"].astype(float)
    passed = table.values.ge(limits, axis=1).astype(float)
    return passed.where(table.values.notna())


def _check_index(data: pd.DataFrame) -> None:
    """Raise unless the index is a unique (enterprise_id, year)."""
    if tuple(data.index.names) != PANEL_INDEX:
        found = "、".join(str(name) for name in data.index.names)
        raise InputDataError(
            Problem("指标计算", f"索引为{found}", "enterprise_id、year")
        )
    repeated = data.index[data.index.duplicated()]
    if len(repeated):
        first = "、".join(f"{item[0]} {item[1]}" for item in repeated[:5])
        what = f"{len(repeated)}个企业年份重复，如 {first}"
        raise InputDataError(Problem("指标计算", what, "每个企业每年一行"))


def _check_formulas(definitions: pd.DataFrame, data: pd.DataFrame) -> None:
    """Raise with the problems of all formulas together."""
    extra = [str(column) for column in data.columns]
    problems = [
        problem
        for code, formula in definitions["formula"].items()
        for problem in check_formula(str(formula), str(code), _own(extra))
    ]
    if problems:
        raise ParameterError(problems)


def _own(columns: Iterable[str]) -> list[str]:
    """Return the columns that are not in the project's column contract."""
    return [column for column in columns if column not in load_columns().index]


def _table(results: Mapping[str, Quantity], index: pd.MultiIndex) -> IndicatorTable:
    """Collect the evaluated indicators into frames."""
    values, applicable, texts = {}, {}, {}
    reasons, flags = {}, {}
    for code, quantity in results.items():
        missing = np.isnan(quantity.values)
        values[code] = quantity.values
        applicable[code] = _applies(quantity)
        words = np.full(len(index), "", dtype=object)
        words = words if quantity.texts is None else quantity.texts
        texts[code] = np.where(missing, "", words)
        reasons[code] = _explain(quantity.gaps, missing)
        doubtful = np.logical_or.reduce([missing & False, *_masks(quantity.flags)])
        flags[code] = _explain(quantity.flags, doubtful)
    return IndicatorTable(
        pd.DataFrame(values, index=index),
        pd.DataFrame(applicable, index=index),
        _long(index, reasons),
        pd.DataFrame(texts, index=index),
        _long(index, flags),
    )


def _applies(quantity: Quantity) -> Mask:
    """Return where an indicator applies.

    Not where it has no value and nothing else is wrong than that it does not apply:
    weight is given away sparingly.
    """
    missing = np.isnan(quantity.values)
    excused = [gap.mask for gap in quantity.gaps if gap.kind == NOT_APPLICABLE]
    owed = [gap.mask for gap in quantity.gaps if gap.kind != NOT_APPLICABLE]
    none = missing & False
    is_excused = np.logical_or.reduce([none, *excused])
    return np.asarray(~(missing & is_excused & ~np.logical_or.reduce([none, *owed])))


def _masks(gaps: tuple[Gap, ...]) -> list[Mask]:
    return [gap.mask for gap in gaps]


def _explain(gaps: tuple[Gap, ...], rows: Mask) -> dict[int, tuple[str, str]]:
    """Return kind and Chinese text for the rows where ``rows`` is True."""
    return {
        int(position): _join([gap for gap in gaps if gap.mask[position]])
        for position in np.flatnonzero(rows)
    }


def _join(gaps: list[Gap]) -> tuple[str, str]:
    """Return one kind and one sentence for all gaps of a row."""
    labels = dict.fromkeys(gap.text for gap in gaps if gap.kind == MISSING)
    others = dict.fromkeys(gap.text for gap in gaps if gap.kind != MISSING)
    lacking = ["缺少" + "、".join(f"“{label}”" for label in labels)] if labels else []
    kinds = list(dict.fromkeys(gap.kind for gap in gaps))
    # Not applicable only if nothing else is wrong, as in _applies.
    kind = next((k for k in kinds if k != NOT_APPLICABLE), NOT_APPLICABLE)
    return (kind, "；".join([*lacking, *others])) if gaps else ("undefined", "无法计算")


def _long(
    index: pd.MultiIndex, found: Mapping[str, Mapping[int, tuple[str, str]]]
) -> pd.DataFrame:
    """Return what was found of each indicator and row as a long frame."""
    places = [place for rows in found.values() for place in rows]
    told = [
        (code, kind, reason)
        for code, rows in found.items()
        for kind, reason in rows.values()
    ]
    code, kind, reason = np.array(told, dtype=object).reshape(-1, 3).T
    return pd.DataFrame(
        {
            "enterprise_id": index.get_level_values("enterprise_id")[places],
            "year": index.get_level_values("year")[places],
            "code": code,
            "kind": kind,
            "reason": reason,
        }
    )
