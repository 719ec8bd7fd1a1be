"""Columns of a panel as arrays of enterprises by years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.decomposition.lmdi import Flags, Floats
from synergy_lib.schema import CURRENT_OUTPUT, OUTPUT, panel_years

__all__ = ["PanelGrid", "missing_output", "panel_grid"]


@dataclass(frozen=True, eq=False)
class PanelGrid:
    """Where each row of a panel stands among enterprises and years.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed (enterprise_id, year), unique.
    units : pandas.Index
        Enterprises, in order.
    years : tuple of int
        In order.
    rows, columns : numpy.ndarray of int, shape (n_rows,)
        Position of each row of the panel.
    """

    data: pd.DataFrame
    units: pd.Index
    years: tuple[int, ...]
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]

    @property
    def present(self) -> Flags:
        """Which enterprises have a row in which year."""
        found = np.zeros((len(self.units), len(self.years)), dtype=bool)
        found[self.rows, self.columns] = True
        return found

    def spread(self, values: pd.Series) -> Floats:
        """Return values of the panel's rows, NaN where there is no finite one."""
        wide = np.full((len(self.units), len(self.years)), np.nan)
        given = values.to_numpy(dtype=np.float64, na_value=np.nan)
        wide[self.rows, self.columns] = np.where(np.isfinite(given), given, np.nan)
        return wide

    def column(self, name: str) -> Floats:
        """Return a column of the panel, all NaN where the panel lacks it."""
        if name not in self.data:
            return np.full((len(self.units), len(self.years)), np.nan)
        return self.spread(self.data[name])


def panel_grid(data: pd.DataFrame, base_year: int | None = None) -> PanelGrid:
    """Return where each row of a panel stands.

    Raises
    ------
    InputDataError
        As :func:`synergy_lib.schema.panel_years`.
    """
    years = panel_years(data, base_year)
    rows, units = pd.factorize(data.index.get_level_values("enterprise_id"), sort=True)
    columns = np.searchsorted(years, data.index.get_level_values("year"))
    return PanelGrid(data, pd.Index(units), tuple(years), rows, columns)


def missing_output(grid: PanelGrid) -> dict[str, Flags]:
    """Return where value added at constant prices is missing, by what is wanting."""
    lacking = np.isnan(grid.column(OUTPUT))
    has_current = ~np.isnan(grid.column(CURRENT_OUTPUT))
    return {"no_deflator": lacking & has_current, "no_output": lacking & ~has_current}
