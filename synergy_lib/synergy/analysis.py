"""The synergy of carbon and pollution of a park, one call a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.schema import PANEL_INDEX, input_columns, require_columns
from synergy_lib.synergy.association import associations
from synergy_lib.synergy.changes import (
    CARBON_ERROR,
    POLLUTANT_ERROR,
    co_control_changes,
    year_pairs,
)
from synergy_lib.synergy.coefficients import MINIMUM_UNITS
from synergy_lib.synergy.concentration import concentration, lorenz, overlap, shares
from synergy_lib.synergy.coordination import coordination
from synergy_lib.synergy.within import within_associations

__all__ = [
    "EQUIVALENTS",
    "SynergyAnalysis",
    "analyse_synergy",
    "pollutant_columns",
    "reported_pollutants",
]

CARBON = "co2e_t"
CONTROL = "value_added_10k_cny"
_IN_REPORTS = (
    "air_equivalent_kg",
    "water_equivalent_kg",
    "so2_kg",
    "nox_kg",
    "vocs_kg",
    "cod_kg",
    "nh3n_kg",
)
EQUIVALENTS = ("air_equivalent_kg", "water_equivalent_kg", "pollutant_equivalent_kg")


@dataclass(frozen=True)
class SynergyAnalysis:
    """How carbon and pollution of a park go together.

    Parameters
    ----------
    associations : pandas.DataFrame
        Across the enterprises of the report year, as
        :func:`~synergy_lib.synergy.association.associations`.
    within : pandas.DataFrame
        Within enterprises over all years, as
        :func:`~synergy_lib.synergy.within.within_associations`.
    co_control : pandas.DataFrame
        From the base year to the report year, as
        :func:`~synergy_lib.synergy.changes.co_control_changes`.
    co_control_by_year : pandas.DataFrame
        The same from each year to the next.
    concentration, overlap : pandas.DataFrame
        Report year, as in :mod:`synergy_lib.synergy.concentration`.
    lorenz : pandas.DataFrame
        Long: ``quantity, unit_share, value_share``, report year; quantities with a
        negative amount are left out.
    enterprise_shares, sector_shares : pandas.DataFrame
        Report year; the second without rows where no sectors are given.
    coordination, sector_coordination : pandas.DataFrame
        All years; without rows where no anchors (and sectors) are given.
    pollutants : tuple of str
        Columns set against carbon.
    base_year, report_year : int
    notes : tuple of str
        Chinese: what could not be judged, and why.
    """

    associations: pd.DataFrame
    within: pd.DataFrame
    co_control: pd.DataFrame
    co_control_by_year: pd.DataFrame
    concentration: pd.DataFrame
    overlap: pd.DataFrame
    lorenz: pd.DataFrame
    enterprise_shares: pd.DataFrame
    sector_shares: pd.DataFrame
    coordination: pd.DataFrame
    sector_coordination: pd.DataFrame
    pollutants: tuple[str, ...]
    base_year: int
    report_year: int
    notes: tuple[str, ...]


def pollutant_columns(panel: pd.DataFrame) -> tuple[str, ...]:
    """Return the equivalents and the emitted pollutants that anybody reports.

    Examples
    --------
    >>> pollutant_columns(pd.DataFrame(
    ...     {"cod_kg": [1.0], "cod_generated_kg": [9.0], "so2_kg": [None],
    ...      "air_equivalent_kg": [2.0]}))
    ('air_equivalent_kg', 'cod_kg')
    """
    emitted = [
        name
        for name in input_columns("pollutants").index
        if not name.endswith("_generated_kg")
    ]
    wanted = [name for name in (*EQUIVALENTS, *emitted) if name in panel]
    return tuple(name for name in wanted if panel[name].notna().any())


def reported_pollutants(panel: pd.DataFrame) -> tuple[str, ...]:
    """Return what a park's report sets against carbon, as far as anybody reports it.

    The two sums, and the pollutants under total control.
    """
    return tuple(name for name in pollutant_columns(panel) if name in _IN_REPORTS)


def analyse_synergy(
    panel: pd.DataFrame,
    *,
    base_year: int,
    report_year: int,
    pollutants: Sequence[str] | None = None,
    sectors: pd.Series | None = None,
    anchors: pd.DataFrame | None = None,
    minimum: int = MINIMUM_UNITS,
    carbon_error: float = CARBON_ERROR,
    pollutant_error: float = POLLUTANT_ERROR,
) -> SynergyAnalysis:
    """Analyse how carbon and pollution of a park's enterprises go together.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel joined with its accounts, index (enterprise_id, year): ``co2e_t`` and
        the pollutants; ``value_added_10k_cny`` for the partial correlations and the
        coordination.
    base_year, report_year : int
        First and last year of the main comparison.
    pollutants : sequence of str, optional
        Columns to set against carbon; :func:`pollutant_columns` if omitted.
    sectors : pandas.Series, optional
        Sector of each enterprise (``industry_code``), indexed by enterprise.
    anchors : pandas.DataFrame, optional
        Anchors of the intensities, as
        :func:`~synergy_lib.synergy.coordination.intensity_anchors` returns them.
    minimum : int
        Fewer enterprises have no correlation.
    carbon_error, pollutant_error : float
        Relative changes up to this may be errors of the data [-].

    Returns
    -------
    SynergyAnalysis

    Raises
    ------
    InputDataError
        If the index is not a unique (enterprise_id, year), a column is missing, or
        base or report year has no data.
    ParameterError
        If no pollutant has data, or a parameter makes no sense.
    MethodError
        If ``minimum`` is below 6, or ``anchors`` are given without carbon or any
        pollutant.
    """
    _check_index(panel)
    require_columns(panel, [CARBON], "analyse_synergy")
    names = tuple(pollutant_columns(panel) if pollutants is None else pollutants)
    if not names:
        raise ParameterError(Problem("协同分析", "没有任何污染物数据"))
    control = CONTROL if CONTROL in panel and panel[CONTROL].notna().any() else None
    placed = partial(
        co_control_changes,
        panel,
        names,
        carbon_error=carbon_error,
        pollutant_error=pollutant_error,
    )
    current = pd.DataFrame(panel.xs(report_year, level="year"))
    by_enterprise, by_sector = _coordinations(panel, anchors, sectors)
    return SynergyAnalysis(
        associations=associations(current, names, control=control, minimum=minimum),
        within=within_associations(panel, names, minimum=minimum),
        co_control=placed([(base_year, report_year)]),
        co_control_by_year=placed(year_pairs(panel) or [(base_year, report_year)]),
        coordination=by_enterprise,
        sector_coordination=by_sector,
        pollutants=names,
        base_year=base_year,
        report_year=report_year,
        notes=_notes(control, sectors, anchors),
        **_distribution(current, names, sectors),
    )


def _check_index(panel: pd.DataFrame) -> None:
    if tuple(panel.index.names) != PANEL_INDEX or panel.index.has_duplicates:
        what = "索引不是唯一的 enterprise_id、year"
        raise InputDataError(Problem("协同分析", what, "每个企业每年一行"))


def _distribution(
    current: pd.DataFrame, pollutants: Sequence[str], sectors: pd.Series | None
) -> dict[str, Any]:
    """Return the fields of the result on how amounts are spread in one year."""
    quantities = [CARBON, *pollutants]
    by_sector = pd.DataFrame()
    if sectors is not None:
        by_sector = shares(current, quantities, sectors)
    return {
        "concentration": concentration(current, quantities),
        "overlap": overlap(current, pollutants),
        "lorenz": _curves(current, quantities),
        "enterprise_shares": shares(current, quantities),
        "sector_shares": by_sector,
    }


def _coordinations(
    panel: pd.DataFrame, anchors: pd.DataFrame | None, sectors: pd.Series | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the coordination by enterprise and by sector; empty where not given."""
    empty = pd.DataFrame()
    if anchors is None:
        return empty, empty
    by_enterprise = coordination(panel, anchors)
    if sectors is None:
        return by_enterprise, empty
    return by_enterprise, coordination(panel, anchors, groups=sectors)


def _curves(values: pd.DataFrame, quantities: Sequence[str]) -> pd.DataFrame:
    """Return the Lorenz curves of the quantities without a negative amount."""
    usable = [name for name in quantities if not (values[name] < 0).any()]
    curves = [lorenz(values[name]).assign(quantity=name) for name in usable]
    if not curves:
        return pd.DataFrame(columns=["quantity", "unit_share", "value_share"])
    table = pd.concat(curves, ignore_index=True)
    return table[["quantity", "unit_share", "value_share"]]


def _notes(
    control: str | None, sectors: pd.Series | None, anchors: pd.DataFrame | None
) -> tuple[str, ...]:
    """Return what could not be judged for want of data or parameters."""
    found = [
        (control is None, "没有工业增加值数据，未计算扣除规模影响的偏相关"),
        (sectors is None, "没有行业代码，未按行业分析"),
        (anchors is None, "没有碳和污染物强度的锚点，耦合协调度无法判断"),
    ]
    return tuple(text for missing, text in found if missing)
