"""How errors of the data and of emission factors reach the indicators."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.indicators.formula import evaluate_formula, make_scope
from synergy_lib.indicators.functions import Scope
from synergy_lib.schema import load_columns

__all__ = ["FACTOR_SOURCES", "IndicatorErrors", "indicator_errors"]

Floats = npt.NDArray[np.float64]

# Emissions that one emission factor of the whole park stands behind.
FACTOR_SOURCES: Mapping[str, str] = {
    "grid_factor": "co2e_electricity_t",
    "heat_factor": "co2e_heat_t",
}
_TOTAL = "co2e_t"
# Relative change by which slopes are taken: small, and far above rounding.
_STEP = 1e-4
# What is counted, not measured, has no measuring error.
_COUNTED = frozenset({"次", "个", "台", "项", "套", "a", ""})


@dataclass(frozen=True)
class IndicatorErrors:
    """Standard errors of indicators, by what they come from.

    Parameters
    ----------
    own : dict of str to pandas.DataFrame
        Source → standard error it gives each indicator of each row [unit of the
        indicator], with sign: one draw of the source moves all indicators of a row
        together, each row by itself. Frames are rows × indicators.
    common : dict of str to pandas.DataFrame
        The same for errors that all enterprises share, such as a grid factor's.
    """

    own: dict[str, pd.DataFrame]
    common: dict[str, pd.DataFrame]

    def take(self, keys: pd.Index, index: pd.Index) -> IndicatorErrors:
        """Return the errors of rows, as often as named, under another index."""
        own, common = (
            {
                source: frame.reindex(keys).set_axis(index)
                for source, frame in part.items()
            }
            for part in (self.own, self.common)
        )
        return IndicatorErrors(own, common)

    def standard_error(self) -> pd.DataFrame:
        """Return the standard error of every indicator from all sources together."""
        frames = [*self.own.values(), *self.common.values()]
        squares = sum(frame**2 for frame in frames[1:]) + frames[0] ** 2
        return squares**0.5


def indicator_errors(
    data: pd.DataFrame,
    definitions: pd.DataFrame,
    *,
    base_year: int,
    data_error_pct: float,
    factor_error_pct: float = 0.0,
) -> IndicatorErrors:
    r"""Return how relative errors of the columns move every indicator.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts; unique index (enterprise_id, year).
    definitions : pandas.DataFrame
        Indexed by indicator code, with ``formula`` and ``tiers``.
    base_year : int
        Year that changes are counted from.
    data_error_pct : float
        Standard error of every measured column, relative to its value [%].
    factor_error_pct : float
        Standard error of the emission factors of :data:`FACTOR_SOURCES` [%].

    Returns
    -------
    IndicatorErrors
        One source for every column that more than one indicator uses (value added
        moves all intensities together); what an indicator shares with no other is
        one source of its own, named by its code. Zero where the indicator is missing.

    Raises
    ------
    ParameterError
        If a percentage is negative or 50 or more: slopes do not carry that far.

    Notes
    -----
    First order: indicator :math:`x` moves by :math:`\partial x/\partial\ln c \cdot
    \sigma_c`, slopes taken by moving each column by :math:`10^{-4}` of its value, up
    in some enterprises and down in others, so that a mean over the park stays where
    it is. For changes since the base year the base year's own error counts too.
    Columns that are counted or chosen (penalties, certificates) have no error, nor
    have indicators of levels.
    """
    for name, value in (("data", data_error_pct), ("factor", factor_error_pct)):
        if not 0 <= value < 50:
            what = f"{name}_error_pct 为 {value:g}"
            raise ParameterError(Problem("指标误差", what, "0 至 50 之间"))
    index = cast("pd.MultiIndex", data.index)
    scope = make_scope(index, base_year)
    # Hundreds of columns are taken out of it: each would carry the index along.
    data = data.reset_index(drop=True)
    formulas = _measured_formulas(definitions, data)
    slopes = {
        key: slope * data_error_pct / 100
        for key, slope in _own_slopes(formulas, data, scope)
    }
    common = {
        name: _common_slopes(formulas, data, scope, part) * (factor_error_pct / 100)
        for name, part in FACTOR_SOURCES.items()
        if factor_error_pct and {part, _TOTAL} <= set(data.columns)
    }
    codes = list(definitions.index)
    return IndicatorErrors(
        own=_by_source(slopes, index, codes),
        common={
            name: frame.set_axis(index).reindex(columns=codes, fill_value=0.0)
            for name, frame in common.items()
        },
    )


def _measured_formulas(
    definitions: pd.DataFrame, data: pd.DataFrame
) -> dict[str, tuple[str, list[str]]]:
    """Return formula and measured columns of each indicator that has an error."""
    table = load_columns()
    counted = table.index[(table["dtype"] != "number") | table["unit"].isin(_COUNTED)]
    found = {}
    for code, formula, tiers in zip(
        definitions.index, definitions["formula"], definitions["tiers"], strict=True
    ):
        levels = str(tiers).strip()
        if levels and not any(sign in levels for sign in "<>"):
            continue
        tree = ast.walk(ast.parse(str(formula)))
        names = {node.id for node in tree if isinstance(node, ast.Name)}
        measured = sorted((names & set(data.columns)) - set(counted))
        found[str(code)] = (str(formula), measured)
    return found


def _own_slopes(
    formulas: Mapping[str, tuple[str, list[str]]], data: pd.DataFrame, scope: Scope
) -> Iterator[tuple[tuple[str, str, str], Floats]]:
    """Yield slopes by (indicator, column, "own" or "base")."""
    signs = np.where(scope.enterprise % 2 == 0, 1.0, -1.0) * _STEP
    in_base = scope.years == scope.base_year
    for code, (formula, columns) in formulas.items():
        start = _values(formula, data, scope, code)
        for column in columns:
            later = _moved(data, column, np.where(in_base, 0.0, signs))
            base = _moved(data, column, np.where(in_base, signs, 0.0))
            by_later = (_values(formula, later, scope, code) - start) / signs
            by_base = (_values(formula, base, scope, code) - start) / signs
            own = np.where(in_base, by_base, by_later)
            yield (code, column, "own"), np.nan_to_num(own)
            since = np.where(in_base, 0.0, by_base)
            if np.nan_to_num(since).any():
                yield (code, column, "base"), np.nan_to_num(since)


def _common_slopes(
    formulas: Mapping[str, tuple[str, list[str]]],
    data: pd.DataFrame,
    scope: Scope,
    part: str,
) -> pd.DataFrame:
    """Return slopes by the logarithm of the factor behind a part of the emissions."""
    moved = data.assign(**{_TOTAL: data[_TOTAL] + _STEP * data[part].fillna(0.0)})
    slopes = {
        code: (
            _values(formula, moved, scope, code) - _values(formula, data, scope, code)
        )
        / _STEP
        for code, (formula, columns) in formulas.items()
        if _TOTAL in columns
    }
    return pd.DataFrame(slopes, index=data.index).fillna(0.0)


def _moved(data: pd.DataFrame, column: str, relative: Floats) -> pd.DataFrame:
    """Return the data with one column changed by shares of its values."""
    return data.assign(**{column: data[column].astype(float) * (1 + relative)})


def _values(formula: str, data: pd.DataFrame, scope: Scope, code: str) -> Floats:
    return evaluate_formula(formula, data, scope, code).values


def _by_source(
    slopes: Mapping[tuple[str, str, str], Floats], index: pd.Index, codes: list[str]
) -> dict[str, pd.DataFrame]:
    """Join what indicators share; put the rest of each under its own code."""
    used = Counter(column for _, column, kind in slopes if kind == "own")
    shared: dict[str, dict[str, Floats]] = defaultdict(dict)
    squares: dict[str, Floats] = {}
    for (code, column, kind), slope in slopes.items():
        if kind == "own" and used[column] > 1:
            shared[column][code] = slope
        else:
            squares[code] = squares.get(code, np.zeros(len(index))) + slope**2
    alone = {code: {code: np.sqrt(square)} for code, square in squares.items()}
    return {
        source: pd.DataFrame(columns, index=index).reindex(
            columns=codes, fill_value=0.0
        )
        for source, columns in {**shared, **alone}.items()
    }
