"""Last year's report: what it was made from, and what moved the scores since."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from synergy_lib.inputs import read_park
from synergy_lib.parameters import RunParameters
from synergy_lib.resources import parameters_path
from synergy_lib.scored_park import run_factors
from synergy_lib.scoring.bridge.changes import ChangeBridge, change_bridge
from synergy_lib.scoring.bridge.rows import ReportBasis
from synergy_lib.scoring.framework import Scheme, load_scheme

__all__ = ["PreviousReport", "bridge_from_previous", "read_previous"]


@dataclass(frozen=True, eq=False)
class PreviousReport:
    """What last year's report was made from, where it differs from this run.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel of last year's workbook.
    scheme : Scheme
        Scheme of last year's report.
    """

    panel: pd.DataFrame
    scheme: Scheme


def read_previous(parameters: RunParameters) -> PreviousReport | None:
    """Read what last year's report was made from, if the run names it."""
    given = parameters.previous
    if given is None:
        return None
    source = parameters.input.model_copy(update={"path": given.path})
    data = read_park(source, report_year=parameters.previous_year)
    folder = parameters_path("schemes", given.scheme or parameters.scheme)
    return PreviousReport(data.panel, load_scheme(folder))


def bridge_from_previous(
    new: ReportBasis, parameters: RunParameters, previous: PreviousReport | None
) -> ChangeBridge | None:
    """Return what moved the scores since the report before, if that can be told."""
    year, base_year = parameters.previous_year, parameters.base_year
    old = replace(new, year=year)
    if previous is not None:
        named = parameters.previous.factor_set if parameters.previous else None
        years = previous.panel.index.get_level_values("year")
        is_other = named not in (None, parameters.factor_set)
        old = ReportBasis(
            previous.panel[years >= parameters.first_year],
            run_factors(parameters, str(named)) if is_other else new.factors,
            previous.scheme,
            year,
        )
    frozen = [b.scheme.header.pct_base_year or base_year for b in (old, new)]
    old_years = old.panel.index.get_level_values("year")
    if max(base_year, *frozen) > year or year not in old_years:
        return None
    return change_bridge(
        old,
        new,
        base_year=base_year,
        carbon_basis=parameters.carbon_basis,
        energy_basis=parameters.energy_basis,
        not_told=() if previous else ("data", "method"),
    )
