"""The whole analysis of a park, one call a step: read this first."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from synergy_lib.explained_park import ExplainedPark, explain_park
from synergy_lib.factors.selection import FactorSet
from synergy_lib.indicators.compute import (
    IndicatorTable,
)
from synergy_lib.indicators.errors import indicator_errors
from synergy_lib.inputs import read_park
from synergy_lib.inputs.park_data import ParkData
from synergy_lib.parameters import RunParameters
from synergy_lib.park.lists import ThreeLists, three_lists
from synergy_lib.park.totals import park_totals, peer_quantiles
from synergy_lib.previous_report import (
    PreviousReport,
    bridge_from_previous,
    read_previous,
)
from synergy_lib.resources import parameters_path
from synergy_lib.scored_park import account_park, score_park
from synergy_lib.scoring.bridge.changes import ChangeBridge
from synergy_lib.scoring.bridge.rows import ReportBasis
from synergy_lib.scoring.framework import Scheme, load_scheme
from synergy_lib.scoring.grading import obstacle_degree
from synergy_lib.scoring.improvement import ImprovementPlan, plan_improvements
from synergy_lib.scoring.index import SynergyScores, compare_years
from synergy_lib.scoring.uncertainty.sobol import Sensitivity, rank_sensitivity
from synergy_lib.scoring.uncertainty.summary import (
    ScoreUncertainty,
    score_uncertainty,
)
from synergy_lib.scoring.uncertainty.variants import (
    SpecificationCurve,
    leave_one_out,
    specification_curve,
)
from synergy_lib.synergy.analysis import (
    SynergyAnalysis,
    analyse_synergy,
    reported_pollutants,
)
from synergy_lib.synergy.measures import MeasurePlan, plan_measures
from synergy_lib.techniques.catalogue import Catalogue, load_catalogue
from synergy_lib.techniques.conversion import co2e_per_unit
from synergy_lib.techniques.effects import estimate_effects
from synergy_lib.techniques.overlap import measure_amounts
from synergy_lib.techniques.planned import completed_measures
from synergy_lib.techniques.potential import carbon_potential
from synergy_lib.techniques.recommendation import recommend
from synergy_lib.trends.monotonic import trend_table

__all__ = [
    "Analysis",
    "analyse",
    "analyse_park",
]

# The scheme whose indicator codes the technique catalogue names.
CATALOGUE_SCHEME = "taizhou_six_dimensions"
# The probability that a plan reaches its class is printed to a percent or so.
PLAN_DRAWS = 500


@dataclass(frozen=True)
class Analysis:
    """Everything the reports of one park and year are made from.

    All frames are indexed (enterprise_id, year) unless said otherwise.

    Parameters
    ----------
    parameters : RunParameters
    data : ParkData
        Panel, enterprises, issues, cells.
    scheme : Scheme
    factors : FactorSet
    panel : pandas.DataFrame
        Input columns of the years of the run, with derived columns.
    accounts : pandas.DataFrame
        Energy, carbon and pollutant equivalents.
    indicators : IndicatorTable
    scores : SynergyScores
    uncertainty : ScoreUncertainty
        Rank intervals and grade and colour probabilities.
    sensitivity : Sensitivity
        Which uncertain input moves the ranks of the report year most.
    left_out : pandas.DataFrame
        What happens to them when one indicator or dimension is left out.
    specifications : SpecificationCurve
        Every enterprise under every defensible way to make the index.
    improvements : ImprovementPlan
        The fewest indicators that reach the next grade and the next colour.
    changes : pandas.DataFrame
        Score change since the previous year, indexed by enterprise, with the
        contribution of each indicator.
    bridge : ChangeBridge or None
        What moved scores and ranks since the report before; None where the run has
        no such year, or scores are not frozen before it.
    trends : pandas.DataFrame
        One row an enterprise and quantity.
    park_trends : pandas.DataFrame
        The same for the park's sums over the enterprises that report every year.
    measures : pandas.DataFrame
        One row an enterprise and measure.
    measure_plan : MeasurePlan
        What each measure adds to the score, and the fewest that reach the next grade.
    explained : ExplainedPark
        Decoupling, drivers, targets and scenarios.
    synergy : SynergyAnalysis or None
        How carbon and pollution go together; None where nobody reports a pollutant,
        the accounts have no carbon or the base year is the report year.
    lists : ThreeLists
    totals : pandas.DataFrame
        Park sums by year, with the number of enterprises behind each.
    peers : pandas.DataFrame
        Anonymous quantiles of each indicator and score in the report year.
    """

    parameters: RunParameters
    data: ParkData
    scheme: Scheme
    factors: FactorSet
    panel: pd.DataFrame
    accounts: pd.DataFrame
    indicators: IndicatorTable
    scores: SynergyScores
    uncertainty: ScoreUncertainty
    sensitivity: Sensitivity
    left_out: pd.DataFrame
    specifications: SpecificationCurve
    improvements: ImprovementPlan
    changes: pd.DataFrame
    bridge: ChangeBridge | None
    trends: pd.DataFrame
    park_trends: pd.DataFrame
    measures: pd.DataFrame
    measure_plan: MeasurePlan
    explained: ExplainedPark
    synergy: SynergyAnalysis | None
    lists: ThreeLists
    totals: pd.DataFrame
    peers: pd.DataFrame


def analyse_park(parameters: RunParameters) -> Analysis:
    """Read a park's data and analyse it as its parameters say.

    Raises
    ------
    InputDataError, ParameterError
        With every problem of the data, or of the scheme and catalogue.
    """
    return analyse(
        read_park(parameters.input, report_year=parameters.report_year),
        parameters,
        load_scheme(parameters_path("schemes", parameters.scheme)),
        load_catalogue(),
        previous=read_previous(parameters),
    )


def analyse(
    data: ParkData,
    parameters: RunParameters,
    scheme: Scheme,
    catalogue: Catalogue,
    *,
    previous: PreviousReport | None = None,
) -> Analysis:
    """Analyse a park: accounts, indicators, scores, trends, measures, lists.

    Parameters
    ----------
    data : ParkData
        As :func:`synergy_lib.inputs.read_park` returns it.
    parameters : RunParameters
    scheme : Scheme
        The index scheme.
    catalogue : Catalogue
        The technique catalogue.
    previous : PreviousReport, optional
        Data and scheme of last year's report; this run's if omitted, so that
        corrections and changes of method cannot be told.

    Returns
    -------
    Analysis
        Computed once for the park; every report is drawn from it.
    """
    park = account_park(data, parameters)
    data, factors, panel, accounts, joined = park
    indicators, scores = score_park(joined, scheme, parameters)
    errors = indicator_errors(
        joined,
        scheme.framework.indicators,
        base_year=parameters.base_year,
        data_error_pct=scheme.header.robustness_data_error_pct,
        factor_error_pct=scheme.header.robustness_factor_error_pct,
    )
    year = parameters.report_year
    totals = park_totals(joined)
    trend_columns = [c for c in parameters.trend_columns if c in joined]
    effects = estimate_effects(
        panel, accounts, factors, catalogue, parameters.report_year
    )
    measures = recommend(
        effects,
        catalogue,
        data.measures,
        prices=parameters.prices,
        obstacles=_obstacles(scores, parameters),
        discount_rate=parameters.discount_rate,
    )
    amounts = measure_amounts(
        effects,
        _at_year(joined, year),
        catalogue,
        done=completed_measures(data.measures),
    )
    return Analysis(
        parameters=parameters,
        data=data,
        scheme=scheme,
        factors=factors,
        panel=panel,
        accounts=accounts,
        indicators=indicators,
        scores=scores,
        uncertainty=score_uncertainty(
            scores,
            scheme,
            errors=errors,
            years=[year],
            draws=parameters.draws,
            seed=parameters.seed,
        ),
        sensitivity=rank_sensitivity(scores, scheme, year, errors=errors),
        left_out=leave_one_out(scores, scheme, year),
        specifications=specification_curve(scores, scheme, year),
        improvements=plan_improvements(
            scores,
            scheme,
            year=year,
            bound="park",
            errors=errors,
            draws=PLAN_DRAWS,
            seed=parameters.seed,
        ),
        changes=_changes(scores, scheme, parameters),
        bridge=bridge_from_previous(
            ReportBasis(data.panel, factors, scheme, year, accounted=joined),
            parameters,
            previous,
        ),
        trends=trend_table(joined, trend_columns),
        park_trends=_park_trends(totals, trend_columns),
        measures=measures,
        measure_plan=plan_measures(
            joined,
            amounts,
            scores,
            scheme,
            factors,
            year=year,
            errors=errors,
            draws=PLAN_DRAWS,
            seed=parameters.seed,
        ),
        explained=explain_park(
            park,
            parameters,
            potential=carbon_potential(amounts, co2e_per_unit(factors, year)),
        ),
        synergy=_synergy(joined, parameters),
        lists=three_lists(
            _at_year(joined, parameters.report_year).join(
                data.enterprises.filter(["permit_class"])
            )
        ),
        totals=totals,
        peers=_peers(indicators, scores, parameters),
    )


def _synergy(joined: pd.DataFrame, parameters: RunParameters) -> SynergyAnalysis | None:
    """Return how carbon and pollution go together, if both are known."""
    known = reported_pollutants(joined)
    changes = parameters.base_year < parameters.report_year
    if "co2e_t" not in joined or not known or not changes:
        return None
    return analyse_synergy(
        joined,
        base_year=parameters.base_year,
        report_year=parameters.report_year,
        pollutants=known,
    )


def _changes(
    scores: SynergyScores, scheme: Scheme, parameters: RunParameters
) -> pd.DataFrame:
    """Return the change since the year before, empty if the run has no such year."""
    earlier, later = parameters.report_year - 1, parameters.report_year
    if earlier < parameters.first_year:
        return pd.DataFrame()
    return compare_years(scores, scheme, earlier, later)


def _obstacles(scores: SynergyScores, parameters: RunParameters) -> pd.DataFrame | None:
    """Return the obstacle degree of each indicator in the report year.

    None for a scheme other than the one whose indicator codes the catalogue names.
    """
    if parameters.scheme != CATALOGUE_SCHEME:
        return None
    return obstacle_degree(
        _at_year(scores.indicator_scores, parameters.report_year),
        _at_year(scores.row_weights, parameters.report_year),
    )


def _park_trends(totals: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the trends of the sums over enterprises that report in every year."""
    kept = totals[totals["quantity"].isin(columns)]
    wide = kept.pivot(index="year", columns="quantity", values="same_total")
    wide.index = pd.MultiIndex.from_product(
        [["park"], wide.index], names=["enterprise_id", "year"]
    )
    return trend_table(wide, [c for c in columns if c in wide])


def _peers(
    indicators: IndicatorTable, scores: SynergyScores, parameters: RunParameters
) -> pd.DataFrame:
    """Return quantiles of indicator values and of scores in the report year."""
    year = parameters.report_year
    minimum = parameters.peer_group_minimum
    tables: dict[str, pd.DataFrame] = {
        "value": indicators.values,
        "score": scores.indicator_scores,
        "dimension": scores.dimension_scores,
        "overall": scores.overall.to_frame("overall"),
    }
    return pd.concat(
        {
            kind: peer_quantiles(_at_year(table, year), minimum=minimum)
            for kind, table in tables.items()
        },
        names=["kind", "item"],
    )


def _at_year(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return a year's rows, indexed by enterprise."""
    return pd.DataFrame(frame.xs(year, level="year"))
