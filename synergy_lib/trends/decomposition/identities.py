"""Identities of an emission: by carrier, over enterprises, from source to outlet.

Every function returns one row a span of years, unit and effect:

``enterprise_id`` (``"park"`` for the sum), ``quantity, output, basis`` (``step``: one
year of the panel to the next; ``chain``: the steps from the base year summed;
``fixed``: the base year and each later one directly), ``from_year, to_year, effect,
label_zh, label_en, start, end, change`` (of the quantity, over those counted),
``amount`` (the effect, same unit), ``share`` (of ``start`` [-]), ``ratio`` (the
multiplicative effect [-]; NaN where start or end is not above zero), ``n, left_out,
entered, left`` (enterprises), ``covered_share`` (of the known emission of the later
year [-]), ``status, reason_zh, reason_en``.

The amounts of a span sum to ``change`` exactly, with those of the effect ``residual``
(不可分解项); the ratios multiply to end/start. ``decomposed`` and ``partial`` have
effects; ``not_decomposable`` has a residual only; any other status says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.schema import OUTPUT
from synergy_lib.trends.decomposition.chains import (
    carbon_amounts,
    kaya_amounts,
    pollutant_amounts,
)
from synergy_lib.trends.decomposition.contributions import (
    Amounts,
    decompose_enterprises,
    decompose_park,
)

__all__ = [
    "enterprise_carbon",
    "enterprise_pollutants",
    "kaya",
    "park_carbon",
    "park_pollutants",
]


def enterprise_carbon(
    data: pd.DataFrame,
    carriers: pd.DataFrame | None = None,
    *,
    value: str = "co2e_t",
    output: str = OUTPUT,
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
    output : str
        Column of the output; value added at constant prices if omitted, for which
        current prices never stand in.
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
        the carriers are of other rows or do not add up to the emission.

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
    return decompose_enterprises(
        carbon_amounts(data, carriers, value, output, base_year), base_year
    )


def park_carbon(
    data: pd.DataFrame,
    carriers: pd.DataFrame | None = None,
    *,
    value: str = "co2e_t",
    output: str = OUTPUT,
    base_year: int | None = None,
) -> pd.DataFrame:
    r"""Decompose the change of the park's carbon emission.

    Parameters
    ----------
    data, carriers, value, output, base_year
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
    emission is structure. It has come with its first row in the panel and is gone
    after its last; a row missing in between is missing data. One with negative value
    added or energy is split out into the residual, one without data is left out at
    both ends.

    References
    ----------
    .. [1] R17a–R17d; methods §6.8.
    """
    return decompose_park(
        carbon_amounts(data, carriers, value, output, base_year), base_year
    )


def kaya(
    data: pd.DataFrame,
    *,
    emission: str,
    energy: str,
    output: str,
    population: str,
    base_year: int | None = None,
) -> pd.DataFrame:
    r"""Decompose the change of every country's or region's emission by Kaya's identity.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed (enterprise_id, year), unique; a country or region in the place of the
        enterprise.
    emission, energy, output, population : str
        Columns, each in any unit that stays the same; output at constant prices.
    base_year : int, optional
        Start of chained and fixed-base spans; the first year if omitted.

    Returns
    -------
    pandas.DataFrame
        See the module. Effects ``population, affluence`` (output per head),
        ``energy_intensity, carbon_factor``.

    Raises
    ------
    InputDataError
        If a column or the base year is missing, or a unit has a year twice.

    Notes
    -----
    :math:`C = P \cdot (Y/P) \cdot (E/Y) \cdot (C/E)`, LMDI-I [1]_.

    References
    ----------
    .. [1] R17a–R17d; methods §6.8, §6.9.
    """
    amounts = kaya_amounts(data, emission, energy, output, population, base_year)
    return decompose_enterprises(amounts, base_year)


def enterprise_pollutants(
    data: pd.DataFrame,
    pollutants: Sequence[str],
    *,
    output: str = OUTPUT,
    base_year: int | None = None,
) -> pd.DataFrame:
    r"""Decompose the change of every enterprise's pollutants.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel indexed (enterprise_id, year), unique: value added at constant prices
        [10⁴ CNY], ``<pollutant>_kg`` and ``<pollutant>_generated_kg`` [kg].
    pollutants : sequence of str
        Columns of what is emitted, e.g. ``vocs_kg``.
    output, base_year
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
    return _each(decompose_enterprises, data, pollutants, output, base_year)


def park_pollutants(
    data: pd.DataFrame,
    pollutants: Sequence[str],
    *,
    output: str = OUTPUT,
    base_year: int | None = None,
) -> pd.DataFrame:
    r"""Decompose the change of the park's pollutants.

    Parameters
    ----------
    data, pollutants, output, base_year
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
    return _each(decompose_park, data, pollutants, output, base_year)


def _each(
    decompose: Callable[[Amounts, int | None], pd.DataFrame],
    data: pd.DataFrame,
    pollutants: Sequence[str],
    output: str,
    base_year: int | None,
) -> pd.DataFrame:
    """Return the tables of all pollutants, one below the other."""
    if not pollutants:
        raise ParameterError(Problem("pollutants", "没有污染物", "至少一列"))
    parts = [
        decompose(pollutant_amounts(data, name, output, base_year), base_year)
        for name in pollutants
    ]
    return pd.concat(parts, ignore_index=True)
