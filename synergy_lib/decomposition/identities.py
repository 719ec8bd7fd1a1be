"""Identities of an emission: by carrier, over enterprises, from source to outlet.

Every function returns one row a span of years, unit and effect:

``enterprise_id`` (``"park"`` for the sum), ``quantity, basis`` (``step``: one year of
the panel to the next; ``chain``: the steps from the base year summed; ``fixed``: the
base year and each later one directly), ``from_year, to_year, effect, label_zh,
label_en, start, end, change`` (of the quantity, over the enterprises counted),
``amount`` (the effect, same unit), ``share`` (of ``start`` [-]), ``ratio`` (the
multiplicative effect [-]; NaN where start or end is not above zero), ``n, left_out,
entered, left`` (enterprises), ``covered_share`` (of the known emission of the later
year [-]), ``status, reason_zh, reason_en``.

The amounts of a span sum to ``change`` exactly, with those of the effect ``residual``
(不可分解项); the ratios multiply to end/start. ``decomposed`` and ``partial`` have
effects; ``not_decomposable`` has a residual only; any other status says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from synergy_lib.accounting.carriers import GRID, NON_ENERGY
from synergy_lib.decomposition.contributions import (
    Amounts,
    decompose_enterprises,
    decompose_park,
)
from synergy_lib.decomposition.lmdi import Flags, Floats
from synergy_lib.decomposition.panel_grid import (
    PanelGrid,
    missing_output,
    panel_grid,
)
from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.schema import OUTPUT, require_columns

__all__ = [
    "enterprise_carbon",
    "enterprise_pollutants",
    "park_carbon",
    "park_pollutants",
]

PLAIN_CARBON = ("scale", "energy_intensity", "carbon_factor")
SOURCE_TO_OUTLET = ("scale", "generation", "removal")


def enterprise_carbon(
    data: pd.DataFrame,
    carriers: pd.DataFrame | None = None,
    *,
    value: str = "co2e_t",
    base_year: int | None = None,
) -> pd.DataFrame:
    r"""Decompose the change of every enterprise's carbon emission.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with accounts, indexed (enterprise_id, year), unique:
        ``value_added_constant_10k_cny`` [10⁴ CNY], ``energy_tce`` [tce] and the
        emission.
    carriers : pandas.DataFrame, optional
        As :func:`synergy_lib.accounting.carriers.account_carriers` returns it for the
        same rows. Without it (disclosed emissions) there is one factor, CO2e per
        energy, in place of mix and factors.
    value : str
        Column of the emission. [tCO2e]
    base_year : int, optional
        Start of chained and fixed-base spans; the first year if omitted.

    Returns
    -------
    pandas.DataFrame
        See the module. Effects ``scale, energy_intensity`` and, with carriers,
        ``energy_mix, emission_factor, grid_factor, process``, else ``carbon_factor``.

    Raises
    ------
    InputDataError
        If the emission or the base year is missing, an enterprise has a year twice, or
        the carriers are of other rows.

    Notes
    -----
    :math:`C = VA \cdot (E/VA) \cdot \sum_f (E_f/E)(C_f/E_f) + VA \sum_s (C_s/VA)`
    over carriers f and sources without energy s, LMDI-I [1]_. :math:`C_f/E_f` is
    ``grid_factor`` for the grid's electricity and ``emission_factor`` else;
    :math:`C_s/VA` is ``process``. The residual holds what is negative (heat or power
    sold beyond what was bought, CO2 recovered) and sources reported in one of the two
    years only, whose coming is not a change of emission. Value added at constant
    prices; without a deflator nothing is decomposed.

    References
    ----------
    .. [1] R17a–R17d; methods §6.8.
    """
    return decompose_enterprises(_carbon(data, carriers, value, base_year), base_year)


def park_carbon(
    data: pd.DataFrame,
    carriers: pd.DataFrame | None = None,
    *,
    value: str = "co2e_t",
    base_year: int | None = None,
) -> pd.DataFrame:
    r"""Decompose the change of the park's carbon emission.

    Parameters
    ----------
    data, carriers, value, base_year
        As for :func:`enterprise_carbon`.

    Returns
    -------
    pandas.DataFrame
        See the module. Effects ``scale, structure, energy_intensity`` and
        ``carbon_factor``, or with carriers ``energy_mix, emission_factor,
        grid_factor, process``.

    Raises
    ------
    InputDataError
        As :func:`enterprise_carbon`.

    Notes
    -----
    :math:`C = \sum_i VA \cdot s_i \cdot (E_i/VA_i)(C_i/E_i)`, :math:`s_i = VA_i/VA`
    [1]_. An enterprise that comes or goes changes :math:`s_i` alone: its whole
    emission is structure. One with negative value added or energy is split out into
    the residual, one without data is left out at both ends.

    References
    ----------
    .. [1] R17a–R17d; methods §6.8.
    """
    return decompose_park(_carbon(data, carriers, value, base_year), base_year)


def enterprise_pollutants(
    data: pd.DataFrame, pollutants: Sequence[str], *, base_year: int | None = None
) -> pd.DataFrame:
    r"""Decompose the change of every enterprise's pollutants.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel indexed (enterprise_id, year), unique: value added at constant prices
        [10⁴ CNY], ``<pollutant>_kg`` and ``<pollutant>_generated_kg`` [kg].
    pollutants : sequence of str
        Columns of what is emitted, e.g. ``vocs_kg``.
    base_year : int, optional
        As for :func:`enterprise_carbon`.

    Returns
    -------
    pandas.DataFrame
        See the module. Effects ``scale``, ``generation`` (source and process) and
        ``removal`` (end of pipe).

    Raises
    ------
    InputDataError
        As :func:`enterprise_carbon`.
    ParameterError
        If no pollutant is given.

    Notes
    -----
    :math:`P = VA \cdot (G/VA) \cdot (P/G)` with G the amount generated [1]_. Without
    it source and end of pipe cannot be told apart (``no_generation``); equivalents
    have none. What is removed is :math:`1 - P/G`: better removal is negative.

    References
    ----------
    .. [1] R17a–R17d; methods §6.8.
    """
    return _each(decompose_enterprises, data, pollutants, base_year)


def park_pollutants(
    data: pd.DataFrame, pollutants: Sequence[str], *, base_year: int | None = None
) -> pd.DataFrame:
    r"""Decompose the change of the park's pollutants.

    Parameters
    ----------
    data, pollutants, base_year
        As for :func:`enterprise_pollutants`.

    Returns
    -------
    pandas.DataFrame
        See the module. Effects ``scale, structure, generation, removal``.

    Raises
    ------
    InputDataError
        As :func:`enterprise_carbon`.
    ParameterError
        If no pollutant is given.

    Notes
    -----
    :math:`P = \sum_i VA \cdot s_i \cdot (G_i/VA_i)(P_i/G_i)`; enterprises as in
    :func:`park_carbon`.
    """
    return _each(decompose_park, data, pollutants, base_year)


def _each(
    decompose: Callable[[Amounts, int | None], pd.DataFrame],
    data: pd.DataFrame,
    pollutants: Sequence[str],
    base_year: int | None,
) -> pd.DataFrame:
    """Return the tables of all pollutants, one below the other."""
    if not pollutants:
        raise ParameterError(Problem("pollutants", "没有污染物", "至少一列"))
    parts = [
        decompose(_pollution(data, name, base_year), base_year) for name in pollutants
    ]
    return pd.concat(parts, ignore_index=True)


def _carbon(
    data: pd.DataFrame,
    carriers: pd.DataFrame | None,
    value: str,
    base_year: int | None,
) -> Amounts:
    require_columns(data, [value], "LMDI")
    grid = panel_grid(data, base_year)
    output, energy = grid.column(OUTPUT), grid.column("energy_tce")
    missing = missing_output(grid) | {
        "no_value": np.isnan(grid.column(value)),
        "no_energy": np.isnan(energy),
    }
    if carriers is None:
        chains = [[output, energy, grid.column(value)]]
        effects: list[tuple[str, ...]] = [PLAIN_CARBON]
    else:
        chains, effects = _by_carrier(grid, carriers, output, energy)
    return _amounts(grid, value, chains, effects, missing)


def _by_carrier(
    grid: PanelGrid, carriers: pd.DataFrame, output: Floats, energy: Floats
) -> tuple[list[list[Floats]], list[tuple[str, ...]]]:
    """Return the chain of amounts and the effects of every source that emits."""
    if not carriers.index.equals(grid.data.index):
        problem = Problem("LMDI", "分能源品种核算与数据的行不一致", "同一面板的核算")
        raise InputDataError(problem)
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


def _pollution(data: pd.DataFrame, pollutant: str, base_year: int | None) -> Amounts:
    require_columns(data, [pollutant], "LMDI")
    grid = panel_grid(data, base_year)
    generated = grid.column(f"{pollutant.removesuffix('_kg')}_generated_kg")
    emitted = grid.column(pollutant)
    missing = missing_output(grid) | {
        "no_value": np.isnan(emitted),
        "no_generation": np.isnan(generated),
    }
    chain = [grid.column(OUTPUT), generated, emitted]
    return _amounts(grid, pollutant, [chain], [SOURCE_TO_OUTLET], missing)


def _amounts(
    grid: PanelGrid,
    quantity: str,
    chains: Sequence[Sequence[Floats]],
    effects: Sequence[Sequence[str]],
    missing: Mapping[str, Flags],
) -> Amounts:
    """Stack the chains of all sectors."""
    sectors = [np.stack(chain, axis=-1) for chain in chains]
    return Amounts(
        quantity=quantity,
        units=grid.units,
        years=grid.years,
        output=grid.column(OUTPUT),
        values=np.stack(sectors, axis=-2),
        effects=effects,
        present=grid.present,
        missing=missing,
    )
