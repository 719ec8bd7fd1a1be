"""The rows that every state of a change bridge is scored from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.accounting import account_panel
from synergy_lib.accounting.derived import derive_columns
from synergy_lib.factors.selection import FactorSet
from synergy_lib.indicators.scope import ParkRows, Scope
from synergy_lib.scoring.framework import Scheme

__all__ = ["BridgeRows", "ReportBasis", "rows_of_bases"]

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ReportBasis:
    """What the scores of one report were made from.

    Parameters
    ----------
    panel : pandas.DataFrame
        Input columns; index (enterprise_id, year). Years after ``year`` are not used.
    factors : FactorSet
        Factors of every year of both reports.
    scheme : Scheme
    year : int
        Report year.
    accounted : pandas.DataFrame, optional
        Panel with derived columns and accounts under ``factors``, where it is at
        hand already.
    """

    panel: pd.DataFrame
    factors: FactorSet
    scheme: Scheme
    year: int
    accounted: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class BridgeRows:
    """Panel and accounts under one edition of the data and one set of factors.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts, index (enterprise_id, year): the rows
        that are scored, then the history that changes and frozen percentiles are
        counted from.
    block : numpy.ndarray of int, shape (n_rows,)
        0 for scored rows of the earlier year, 1 for those of the later one, 2 for
        the history.
    """

    data: pd.DataFrame
    block: Positions

    def scope(self, base_year: int, *, park: int) -> Scope:
        """Return the scope of formulas, the park being block 0 or 1.

        A row that is scored is compared with that block, where it stands in for its
        own enterprise; a row of the history with its own year.
        """
        ids = self.data.index.get_level_values("enterprise_id")
        years = self.data.index.get_level_values("year").to_numpy(dtype=np.int64)
        enterprise = pd.factorize(ids)[0].astype(np.int64)
        history = self.block == 2
        group = np.where(history, 2 + years, self.block)
        count = int(enterprise.max(initial=-1)) + 1

        def row_in(chosen: npt.NDArray[np.bool_]) -> Positions:
            found = np.full(count, -1, dtype=np.int64)
            found[enterprise[chosen]] = np.flatnonzero(chosen)
            return np.asarray(found[enterprise], dtype=np.int64)

        own = np.arange(len(years))
        rows = ParkRows(
            group=group,
            compared=np.where(history, group, park),
            member=np.where(history, own, row_in(self.block == park)),
        )
        base_row = row_in(history & (years == base_year))
        return Scope(years, base_year, base_row, enterprise, park=rows)


def rows_of_bases(
    old: ReportBasis,
    new: ReportBasis,
    *,
    carbon_basis: Literal["calculated", "reported"] = "calculated",
    energy_basis: Literal["calculated", "reported"] = "calculated",
) -> dict[tuple[int, int], BridgeRows]:
    """Return the rows under old (0) and new (1) data and factors.

    Returns
    -------
    dict of (int, int) to BridgeRows
        By (data, factors). Under old data there are no rows of the later year: the
        earlier workbook does not have it.

    Notes
    -----
    The scored rows of both years take the electricity factor of one year: the earlier
    report's under old factors, the later report's under new ones. So a new factor of
    the grid is seen as a new factor and not as performance. The history keeps each
    year's own.
    """
    bases = {"carbon_basis": carbon_basis, "energy_basis": energy_basis}

    def joined(panel: pd.DataFrame, factors: FactorSet) -> pd.DataFrame:
        derived = derive_columns(panel)
        return derived.join(account_panel(derived, factors, **bases))

    rows: dict[tuple[int, int], BridgeRows] = {}
    is_same = old.panel is new.panel
    for d, (history, scored) in enumerate(_panels(old, new)):
        if d == 0 and is_same:
            continue
        if new.accounted is not None and d == 1 and old.factors is new.factors:
            past = new.accounted.loc[history.index]
        else:
            past = joined(history, old.factors)
        for f, basis in enumerate((old, new)):
            if f == 1 and new.factors is not old.factors:
                past = joined(history, new.factors)
            present = joined(scored, _at_one_year(basis.factors, basis.year))
            later = (_years(scored) == new.year).astype(np.int64)
            block = np.append(later, np.full(len(history), 2))
            rows[d, f] = BridgeRows(pd.concat([present, past]), block)
    if is_same:
        rows |= {(0, f): rows[1, f] for f in (0, 1)}
    return rows


def _panels(
    old: ReportBasis, new: ReportBasis
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Return history and rows to score, under old and under new data."""
    first = old.panel[_years(old.panel) <= old.year]
    history = new.panel[_years(new.panel) < new.year]
    scored = new.panel[_years(new.panel).isin([old.year, new.year])]
    return [(first, first[_years(first) == old.year]), (history, scored)]


def _years(panel: pd.DataFrame) -> pd.Index:
    return panel.index.get_level_values("year")


def _at_one_year(factors: FactorSet, year: int) -> FactorSet:
    """Return the factors with the electricity factor of one year in every year."""
    grid, residual = (
        pd.Series(float(series[year]), index=series.index, name=series.name)
        for series in (factors.grid, factors.grid_residual)
    )
    return replace(factors, grid=grid, grid_residual=residual)
