"""From a park's data to accounts, indicators and scores, for any scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from synergy_lib.accounting import account_panel
from synergy_lib.accounting.derived import derive_columns
from synergy_lib.errors import ParameterError, Problem
from synergy_lib.factors.selection import FactorSet, select_factors
from synergy_lib.indicators.compute import (
    IndicatorTable,
    compute_gates,
    compute_indicators,
)
from synergy_lib.inputs.park_data import ParkData, to_issues
from synergy_lib.inputs.validation import check_carbon_intensity
from synergy_lib.parameters import RunParameters
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.index import SynergyScores, score_scheme

__all__ = [
    "AccountedPark",
    "SchemeScores",
    "account_park",
    "run_factors",
    "score_by_schemes",
    "score_park",
]


class AccountedPark(NamedTuple):
    """The years of a run, with their factors and accounts."""

    data: ParkData
    factors: FactorSet
    panel: pd.DataFrame
    accounts: pd.DataFrame
    joined: pd.DataFrame


def account_park(data: ParkData, parameters: RunParameters) -> AccountedPark:
    """Return the accounts of the years of the run."""
    data = _in_run(data, parameters)
    factors = run_factors(parameters, parameters.factor_set)
    panel = derive_columns(data.panel)
    accounts = account_panel(
        panel,
        factors,
        carbon_basis=parameters.carbon_basis,
        energy_basis=parameters.energy_basis,
    )
    joined = panel.join(accounts)
    data = _with_account_issues(data, joined)
    return AccountedPark(data, factors, panel, accounts, joined)


def score_park(
    joined: pd.DataFrame, scheme: Scheme, parameters: RunParameters
) -> tuple[IndicatorTable, SynergyScores]:
    """Return indicators and scores under a scheme."""
    indicators = compute_indicators(
        joined, scheme.framework.indicators, base_year=parameters.base_year
    )
    scores = score_scheme(
        indicators.values,
        scheme,
        base_year=parameters.base_year,
        gates=compute_gates(joined, scheme.framework.gates),
        applicable=indicators.applicable,
    )
    return indicators, scores


@dataclass(frozen=True)
class SchemeScores:
    """A park scored by several schemes.

    Parameters
    ----------
    data : ParkData
    joined : pandas.DataFrame
        Panel and accounts of the years of the run, index (enterprise_id, year).
    scores : dict of str to SynergyScores
        Scheme → scores of all years.
    """

    data: ParkData
    joined: pd.DataFrame
    scores: dict[str, SynergyScores]


def score_by_schemes(
    data: ParkData, parameters: RunParameters, schemes: Mapping[str, Scheme]
) -> SchemeScores:
    """Score one park by several schemes, from the same accounts.

    Parameters
    ----------
    data : ParkData
        As :func:`synergy_lib.inputs.read_park` returns it.
    parameters : RunParameters
        Of the run; its own scheme is not used.
    schemes : mapping of str to Scheme
        The schemes to score by; may be empty.

    Returns
    -------
    SchemeScores
    """
    accounted = account_park(data, parameters)
    scores = {
        name: score_park(accounted.joined, scheme, parameters)[1]
        for name, scheme in schemes.items()
    }
    return SchemeScores(accounted.data, accounted.joined, scores)


def run_factors(parameters: RunParameters, factor_set: str) -> FactorSet:
    """Return the factors of the run, or of last year's factor set."""
    return select_factors(
        parameters.years,
        factor_set=factor_set,
        grid_region=parameters.grid_region,
        gwp_set=parameters.gwp_set,
        heat_factor_tco2_per_gj=parameters.heat_factor_tco2_per_gj,
        voc_other_equivalent_kg=parameters.voc_other_equivalent_kg,
        include_voc_oxidation=parameters.include_voc_oxidation,
    )


def _in_run(data: ParkData, parameters: RunParameters) -> ParkData:
    """Return the data and issues of the years of the run."""
    years = list(parameters.years)
    present = sorted(set(data.panel.index.get_level_values("year")) & set(years))
    if parameters.base_year not in present:
        raise ParameterError(
            Problem(
                "base_year",
                f"数据中没有基准年 {parameters.base_year}",
                "、".join(str(year) for year in present),
            )
        )
    issue_years = data.issues["year"]
    return replace(
        data,
        panel=data.panel[data.panel.index.get_level_values("year").isin(years)],
        issues=data.issues[issue_years.isna() | issue_years.isin(years)],
    )


def _with_account_issues(data: ParkData, joined: pd.DataFrame) -> ParkData:
    """Add what only shows once the accounts are made."""
    found = to_issues(check_carbon_intensity(joined), data.cells)
    return replace(data, issues=pd.concat([data.issues, found], ignore_index=True))
