"""What changed in a park, why, against which targets, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synergy_lib.accounting.carriers import account_carriers
from synergy_lib.outlook.scenarios.projection import Scenarios, project_scenarios
from synergy_lib.outlook.targets.definitions import load_targets, own_targets
from synergy_lib.outlook.targets.progress import (
    enterprise_target_gaps,
    park_target_gaps,
)
from synergy_lib.parameters import RunParameters
from synergy_lib.schema import EQUIVALENTS, OUTPUT
from synergy_lib.scored_park import AccountedPark
from synergy_lib.trends.decomposition.identities import (
    enterprise_carbon,
    enterprise_pollutants,
    park_carbon,
    park_pollutants,
)
from synergy_lib.trends.decoupling import decoupling_table

__all__ = ["ExplainedPark", "explain_park"]

CARBON, ENERGY = "co2e_t", "energy_tce"
# What is set against output; equivalents where the single pollutants are many.
_PRESSURES = (CARBON, *EQUIVALENTS)
# What is split into source, process and end of pipe.
_SPLIT = ("vocs_kg", "cod_kg")


@dataclass(frozen=True)
class ExplainedPark:
    """Decoupling, drivers, targets and scenarios of a park and its enterprises.

    Parameters
    ----------
    decoupling : pandas.DataFrame
        As :func:`~synergy_lib.trends.decoupling.decoupling_table`.
    drivers : pandas.DataFrame
        Effects on carbon and pollutants of the park and of each enterprise, as
        :mod:`~synergy_lib.trends.decomposition.identities`.
    target_gaps : pandas.DataFrame
        The park against each target, as
        :func:`~synergy_lib.outlook.targets.progress.park_target_gaps`.
    enterprise_target_gaps : pandas.DataFrame
        The same for every enterprise.
    scenarios : Scenarios or None
        None where no enterprise has carbon, energy and output in all years, or the
        projection would not go beyond the report year.
    scenario_enterprises : int
        Enterprises that the scenarios stand for.
    """

    decoupling: pd.DataFrame
    drivers: pd.DataFrame
    target_gaps: pd.DataFrame
    enterprise_target_gaps: pd.DataFrame
    scenarios: Scenarios | None
    scenario_enterprises: int


def explain_park(
    park: AccountedPark,
    parameters: RunParameters,
    *,
    potential: pd.DataFrame | None = None,
) -> ExplainedPark:
    """Explain a park's changes and project them.

    Parameters
    ----------
    park : AccountedPark
    parameters : RunParameters
        ``targets`` and ``scenarios`` among them.
    potential : pandas.DataFrame, optional
        What techniques can take off each enterprise's CO2e, as
        :func:`~synergy_lib.techniques.potential.carbon_potential`; no scenario with
        techniques if omitted.

    Returns
    -------
    ExplainedPark

    Raises
    ------
    ParameterError
        If a target's indicator has no value for a park.
    """
    data, base_year = park.joined, parameters.base_year
    targets = pd.concat([own_targets(parameters.targets), load_targets()])
    gaps = park_target_gaps(data, targets, parameters.report_year)
    scenarios, count = _scenarios(data, gaps, parameters, potential)
    pressures = [name for name in _PRESSURES if name in data]
    return ExplainedPark(
        decoupling=decoupling_table(data, pressures, base_year=base_year),
        drivers=_drivers(park, parameters),
        target_gaps=gaps,
        enterprise_target_gaps=enterprise_target_gaps(
            data, targets, parameters.report_year
        ),
        scenarios=scenarios,
        scenario_enterprises=count,
    )


def _drivers(park: AccountedPark, parameters: RunParameters) -> pd.DataFrame:
    """Return the effects on carbon and pollutants, of the park and of enterprises."""
    data, base_year = park.joined, parameters.base_year
    parts = []
    if {CARBON, ENERGY} <= set(data.columns):
        carriers = None
        if parameters.carbon_basis == "calculated":
            carriers = account_carriers(park.panel, park.factors)
        parts += [
            split(data, carriers, base_year=base_year)
            for split in (park_carbon, enterprise_carbon)
        ]
    pollutants = [name for name in _SPLIT if name in data]
    if pollutants:
        parts += [
            split(data, pollutants, base_year=base_year)
            for split in (park_pollutants, enterprise_pollutants)
        ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _scenarios(
    data: pd.DataFrame,
    gaps: pd.DataFrame,
    parameters: RunParameters,
    potential: pd.DataFrame | None,
) -> tuple[Scenarios | None, int]:
    """Return the scenarios of the enterprises with all data of all years."""
    needed = [OUTPUT, ENERGY, CARBON]
    beyond = parameters.scenarios.last_year > parameters.report_year
    if not beyond or not set(needed) <= set(data.columns):
        return None, 0
    known = data[needed].dropna()
    years = data.index.get_level_values("year").unique()
    counts = known.groupby(level="enterprise_id").size()
    complete = counts.index[counts == len(years)]
    if complete.empty:
        return None, 0
    sums = known.loc[complete].groupby(level="year").sum()
    scenarios = project_scenarios(
        sums[CARBON],
        _log_changes(sums),
        gaps,
        parameters.scenarios,
        reductions=_phased(potential, complete, parameters),
        seed=parameters.seed,
    )
    return scenarios, len(complete)


def _phased(
    potential: pd.DataFrame | None, enterprises: pd.Index, parameters: RunParameters
) -> pd.DataFrame | None:
    """Return the potential of some enterprises by year, carried out evenly [P].

    In equal steps from the year after the report to the year a peak is asked for.
    """
    if potential is None:
        return None
    first, deadline = parameters.report_year, parameters.scenarios.peak_deadline
    years = range(first + 1, max(deadline, first + 1) + 1)
    total = potential.reindex(enterprises).sum()
    shares = np.arange(1, len(years) + 1) / len(years)
    return pd.DataFrame(np.outer(shares, total), years, potential.columns)


def _log_changes(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the yearly log changes of output, energy intensity and carbon factor."""
    positive = sums.where(sums > 0)
    levels = pd.DataFrame(
        {
            "value_added": positive[OUTPUT],
            "energy_intensity": positive[ENERGY] / positive[OUTPUT],
            "carbon_factor": positive[CARBON] / positive[ENERGY],
        }
    )
    return levels.transform(np.log).diff().iloc[1:]
