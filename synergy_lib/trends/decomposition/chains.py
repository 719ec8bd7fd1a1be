"""The amounts of each identity, from a panel and accounts to arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.accounting.carriers import GRID, NON_ENERGY
from synergy_lib.errors import InputDataError, Problem
from synergy_lib.schema import CURRENT_OUTPUT, OUTPUT, panel_years, require_columns
from synergy_lib.trends.decomposition.contributions import Amounts
from synergy_lib.trends.decomposition.terms import Flags, Floats

__all__ = ["carbon_amounts", "kaya_amounts", "pollutant_amounts"]

PLAIN_CARBON = ("scale", "energy_intensity", "carbon_factor")
# Sums over carriers differ from the account in their last digits only.
SAME_TOTAL = 1e-9
KAYA = ("population", "affluence", "energy_intensity", "carbon_factor")
SOURCE_TO_OUTLET = ("scale", "generation", "removal")


@dataclass(frozen=True, eq=False)
class _Grid:
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


def _grid(data: pd.DataFrame, value: str, output: str, base_year: int | None) -> _Grid:
    """Return where each row of a panel stands; raise where a column is missing."""
    require_columns(data, [value, *([] if output == OUTPUT else [output])], "LMDI")
    years = panel_years(data, base_year)
    rows, units = pd.factorize(data.index.get_level_values("enterprise_id"), sort=True)
    columns = np.searchsorted(years, data.index.get_level_values("year"))
    return _Grid(data, pd.Index(units), tuple(years), rows, columns)


def _missing_output(grid: _Grid, output: str) -> dict[str, Flags]:
    """Return where the output is missing, by what is wanting."""
    lacking = np.isnan(grid.column(output))
    has_current = ~np.isnan(grid.column(CURRENT_OUTPUT)) & (output == OUTPUT)
    return {"no_deflator": lacking & has_current, "no_output": lacking & ~has_current}


def carbon_amounts(
    data: pd.DataFrame,
    carriers: pd.DataFrame | None,
    value: str,
    output: str,
    base_year: int | None,
) -> Amounts:
    """Return output, energy and carbon, by carrier or as one.

    Parameters
    ----------
    data, carriers, value, output, base_year
        As for :func:`synergy_lib.trends.decomposition.identities.enterprise_carbon`.

    Returns
    -------
    Amounts
        A sector a source that emits anywhere; one in all without carriers.

    Raises
    ------
    InputDataError
        As there.
    """
    grid = _grid(data, value, output, base_year)
    made, energy = grid.column(output), grid.column("energy_tce")
    missing = _missing_output(grid, output) | {
        "no_value": np.isnan(grid.column(value)),
        "no_energy": np.isnan(energy),
    }
    if carriers is None:
        chains = [[made, energy, grid.column(value)]]
        effects: list[tuple[str, ...]] = [PLAIN_CARBON]
    else:
        _check_carriers(carriers, data[value])
        chains, effects = _by_carrier(grid, carriers, made, energy)
    return _amounts(grid, (value, output), chains, effects, missing)


def kaya_amounts(
    data: pd.DataFrame,
    emission: str,
    energy: str,
    output: str,
    population: str,
    base_year: int | None,
) -> Amounts:
    """Return population, output, energy and emission of countries or regions.

    Parameters
    ----------
    data, emission, energy, output, population, base_year
        As for :func:`synergy_lib.trends.decomposition.identities.kaya`.

    Returns
    -------
    Amounts

    Raises
    ------
    InputDataError
        As there.
    """
    require_columns(data, [energy, population], "Kaya")
    grid = _grid(data, emission, output, base_year)
    chain = [grid.column(name) for name in (population, output, energy, emission)]
    people, made, used, emitted = (np.isnan(values) for values in chain)
    missing = {
        "no_population": people,
        "no_output": made,
        "no_value": emitted,
        "no_energy": used,
    }
    return _amounts(grid, (emission, output), [chain], [KAYA], missing)


def pollutant_amounts(
    data: pd.DataFrame, pollutant: str, output: str, base_year: int | None
) -> Amounts:
    """Return output, amount generated and amount emitted of one pollutant.

    Parameters
    ----------
    data, output, base_year
        As for :func:`synergy_lib.trends.decomposition.identities.enterprise_pollutants`.
    pollutant : str
        Column of what is emitted.

    Returns
    -------
    Amounts

    Raises
    ------
    InputDataError
        As there.
    """
    grid = _grid(data, pollutant, output, base_year)
    generated = grid.column(f"{pollutant.removesuffix('_kg')}_generated_kg")
    emitted = grid.column(pollutant)
    missing = _missing_output(grid, output) | {
        "no_value": np.isnan(emitted),
        "no_generation": np.isnan(generated),
    }
    chain = [grid.column(output), generated, emitted]
    return _amounts(grid, (pollutant, output), [chain], [SOURCE_TO_OUTLET], missing)


def _check_carriers(carriers: pd.DataFrame, value: pd.Series) -> None:
    """Raise where the carriers are not those of the emission."""
    if not carriers.index.equals(value.index):
        problem = Problem("LMDI", "分能源品种核算与数据的行不一致", "同一面板的核算")
        raise InputDataError(problem)
    parts = pd.DataFrame(carriers["co2e_t"])
    gap = (parts.sum(axis=1) - value).abs()
    differs = (gap > SAME_TOTAL * parts.abs().sum(axis=1)).to_numpy(dtype=bool)
    if differs.any():
        where = "、".join(f"{firm} {year}年" for firm, year in value.index[differs][:5])
        what = f"分能源品种之和与“{value.name}”不符：{where}，共{differs.sum()}处"
        hint = "披露的排放量请不带分能源品种核算"
        raise InputDataError(Problem("LMDI", what, hint=hint))


def _by_carrier(
    grid: _Grid, carriers: pd.DataFrame, output: Floats, energy: Floats
) -> tuple[list[list[Floats]], list[tuple[str, ...]]]:
    """Return the chain of amounts and the effects of every source that emits."""
    chains: list[list[Floats]] = []
    effects: list[tuple[str, ...]] = []
    co2e = carriers["co2e_t"]
    emits = co2e.columns[(co2e.fillna(0) != 0).any()]
    for name in emits if len(emits) else co2e.columns[:1]:
        emitted = grid.spread(co2e[name])
        if name in NON_ENERGY:
            # Not reported is not included in the total, and is no known zero either.
            known = np.where(np.isnan(emitted), np.nan, output)
            chains.append([known, known, known, np.nan_to_num(emitted)])
            effects.append(("scale", "process", "process", "process"))
        else:
            used = grid.spread(carriers["energy_tce", name])
            last = "grid_factor" if name == GRID else "emission_factor"
            chains.append([output, energy, used, emitted])
            effects.append(("scale", "energy_intensity", "energy_mix", last))
    return chains, effects


def _amounts(
    grid: _Grid,
    names: tuple[str, str],
    chains: Sequence[Sequence[Floats]],
    effects: Sequence[Sequence[str]],
    missing: Mapping[str, Flags],
) -> Amounts:
    """Stack the chains of all sectors."""
    sectors = [np.stack(chain, axis=-1) for chain in chains]
    return Amounts(
        quantity=names[0],
        output_name=names[1],
        units=grid.units,
        years=grid.years,
        output=grid.column(names[1]),
        values=np.stack(sectors, axis=-2),
        effects=effects,
        present=grid.present,
        missing=missing,
    )
