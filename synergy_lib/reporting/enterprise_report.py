"""The cells of the enterprise diagnostic: one function a cell, in reading order.

Each takes the enterprise's slice and returns something a notebook shows. Copy a
notebook, drop or reorder cells, or call the ``plot_*`` and ``table_*`` functions
directly to make a report of your own.
"""

from __future__ import annotations

from pathlib import Path

from synergy_lib.errors import ReportError
from synergy_lib.figures import accounts as account_figures
from synergy_lib.figures import bridge as bridge_figures
from synergy_lib.figures import scores as score_figures
from synergy_lib.figures import techniques as technique_figures
from synergy_lib.figures import trends as trend_figures
from synergy_lib.reporting.cells.common import (
    driver_figures,
    show_factors,
    show_method_words,
    show_restatements,
)
from synergy_lib.reporting.display import (
    MimeBundle,
    ReportTable,
    show_each,
    show_figure,
    show_headline,
    show_table,
    show_text,
)
from synergy_lib.reporting.formatting import text
from synergy_lib.reporting.narrative import (
    card,
    certainty,
    change,
    improvement,
    outlook,
    policy,
    synergy,
)
from synergy_lib.reporting.narrative import enterprise as narrative
from synergy_lib.reporting.slices import EnterpriseSlice, read_slice
from synergy_lib.reporting.tables import accounts, evidence, scores
from synergy_lib.reporting.tables.rows import leading_measures

__all__ = [
    "open_slice",
    "show_accounts",
    "show_bridge",
    "show_carbon_figure",
    "show_carbon_words",
    "show_certainty_words",
    "show_changes",
    "show_dimension_figure",
    "show_dimensions",
    "show_drivers",
    "show_energy_figure",
    "show_factors",
    "show_gate_words",
    "show_history_figure",
    "show_indicators",
    "show_intensity_figure",
    "show_issues",
    "show_measure_figure",
    "show_measure_words",
    "show_measures",
    "show_method_words",
    "show_page_one",
    "show_pollutant_figure",
    "show_pollutant_words",
    "show_pollutants",
    "show_quality_words",
    "show_restatements",
    "show_trend_words",
    "show_trends",
]


def open_slice(path: str | Path) -> EnterpriseSlice:
    """Read the enterprise's own slice.

    Raises
    ------
    ReportError
        If the file is missing or belongs to another kind of report.
    """
    data = read_slice(path)
    if not isinstance(data, EnterpriseSlice):
        raise ReportError(f"{path} 是园区切片，企业诊断需要企业切片")
    return data


def show_page_one(data: EnterpriseSlice) -> MimeBundle:
    """Show where the enterprise stands, why, and what to do."""
    return show_headline(card.headline_card(data))


def show_dimension_figure(data: EnterpriseSlice) -> MimeBundle:
    """Draw the dimensions beside the peers' quartiles."""
    language = data.meta["language"]
    return show_figure(
        score_figures.plot_dimension_scores(data.dimensions, language=language),
        caption=text(language, "各维度得分与园区分布", "Dimensions and the park"),
        alt=score_figures.alt_dimension_scores(data.dimensions, language),
    )


def show_dimensions(data: EnterpriseSlice) -> MimeBundle:
    """Show the table of dimensions."""
    return show_table(scores.table_dimensions(data))


def show_carbon_words(data: EnterpriseSlice) -> MimeBundle:
    """Say what the carbon account says."""
    return show_text(narrative.describe_carbon(data))


def show_carbon_figure(data: EnterpriseSlice) -> MimeBundle | None:
    """Draw carbon by source and year, where there is any."""
    if not _has_any(data, "co2e_"):
        return None
    language = data.meta["language"]
    return show_figure(
        account_figures.plot_carbon_sources(data.yearly, language=language),
        caption=text(language, "碳排放来源", "CO2e by source"),
        alt=account_figures.alt_carbon_sources(data.yearly, language),
    )


def show_energy_figure(data: EnterpriseSlice) -> MimeBundle | None:
    """Draw energy by carrier and year, where there is any."""
    if not _has_any(data, "energy_tce"):
        return None
    language = data.meta["language"]
    return show_figure(
        account_figures.plot_energy_mix(data.yearly, language=language),
        caption=text(
            language, "能源消费结构（当量值）", "Energy by carrier (calorific)"
        ),
        alt=account_figures.alt_energy_mix(data.yearly, language),
    )


def show_intensity_figure(data: EnterpriseSlice) -> MimeBundle | None:
    """Draw carbon per value added beside the park's, at constant prices."""
    language = data.meta["language"]
    if "value_added_constant_10k_cny" not in data.yearly:
        return None
    return show_figure(
        trend_figures.plot_carbon_intensity(
            data.yearly, data.park_yearly, language=language
        ),
        caption=text(
            language,
            "单位工业增加值碳排放（可比价）与园区比较",
            "CO2e per value added (constant price) and the park",
        ),
        alt=trend_figures.alt_carbon_intensity(data.yearly, data.park_yearly, language),
    )


def show_accounts(data: EnterpriseSlice) -> MimeBundle | None:
    """Show output, energy and carbon by year."""
    return _unless_empty(accounts.table_accounts(data))


def show_pollutant_words(data: EnterpriseSlice) -> MimeBundle:
    """Say how pollutant equivalents changed, and whether together with carbon."""
    sentences = narrative.describe_pollutants(data)
    return show_text([*sentences, *synergy.describe_own_synergy(data)])


def show_pollutant_figure(data: EnterpriseSlice) -> MimeBundle | None:
    """Draw the pollutants as small multiples, where there are any."""
    if not any(column in data.yearly for column in trend_figures.POLLUTANTS):
        return None
    language = data.meta["language"]
    return show_figure(
        trend_figures.figure_pollutants(data, language=language),
        caption=text(language, "主要污染物排放", "Main pollutants"),
        alt=trend_figures.alt_pollutants(data, language),
    )


def show_pollutants(data: EnterpriseSlice) -> MimeBundle | None:
    """Show pollutants, wastes and water by year."""
    return _unless_empty(accounts.table_pollutants(data))


def show_trend_words(data: EnterpriseSlice) -> MimeBundle:
    """Say how the score moved."""
    return show_text(narrative.describe_trends(data))


def show_history_figure(data: EnterpriseSlice) -> MimeBundle:
    """Draw the overall score by year."""
    language = data.meta["language"]
    return show_figure(
        score_figures.plot_score_history(data.history, language=language),
        caption=text(language, "历年综合得分", "Overall score by year"),
        alt=score_figures.alt_score_history(data.history, language),
    )


def show_changes(data: EnterpriseSlice) -> MimeBundle | None:
    """Show what moved the score, where there is a year to compare with."""
    return (
        None if data.changes.empty else show_table(scores.table_changes(data, limit=5))
    )


def show_bridge(data: EnterpriseSlice) -> None:
    """Say and draw what moved score and rank since last year's report, where told."""
    language = data.meta["language"]
    shown = [show_text(" ".join(change.describe_change_bridge(data)))]
    if not data.bridge.empty:
        figure = show_figure(
            bridge_figures.plot_change_bridge(data.bridge, language=language),
            caption=text(language, "得分变化的原因", "What moved the score"),
            alt=bridge_figures.alt_change_bridge(data.bridge, language),
        )
        shown.append(figure)
    show_each(shown)


def show_drivers(data: EnterpriseSlice) -> None:
    """Say and draw what moved the carbon emission, and where targets stand."""
    sentences = [*outlook.describe_drivers(data), *outlook.describe_targets(data)]
    show_each([show_text(sentences), *driver_figures(data, ["co2e_t"])])


def show_trends(data: EnterpriseSlice) -> MimeBundle | None:
    """Show the trend of each quantity."""
    return _unless_empty(accounts.table_trends(data))


def show_measure_words(data: EnterpriseSlice) -> MimeBundle:
    """Say what would move grade and colour, and how many measures fit."""
    sentences = [
        *improvement.describe_improvements(data),
        *improvement.describe_measure_plan(data),
    ]
    return show_text([*sentences, *narrative.describe_measures(data)])


def show_measure_figure(data: EnterpriseSlice) -> MimeBundle | None:
    """Draw the measures' carbon reductions with their ranges."""
    language = data.meta["language"]
    estimated = leading_measures(data).dropna(subset=["co2e_mode_t"])
    if estimated.empty:
        return None
    return show_figure(
        technique_figures.plot_measure_ranges(estimated, language=language),
        caption=text(language, "措施减碳量估算区间", "Estimated CO2e reduction"),
        alt=technique_figures.alt_measure_ranges(estimated, language),
    )


def show_measures(data: EnterpriseSlice) -> MimeBundle | None:
    """Show the measures with cost, payback and basis."""
    return None if data.measures.empty else show_table(evidence.table_measures(data))


def show_quality_words(data: EnterpriseSlice) -> MimeBundle:
    """Say how complete the data are and what was assumed."""
    return show_text(" ".join(narrative.describe_data_quality(data)))


def show_issues(data: EnterpriseSlice) -> MimeBundle | None:
    """Show suspect, doubtful and missing values with their cells."""
    return None if data.issues.empty else show_table(evidence.table_issues(data))


def show_gate_words(data: EnterpriseSlice) -> MimeBundle | None:
    """Say which gates are failed or not reported, and what the colour brings."""
    sentences = [*narrative.describe_gates(data), *policy.describe_policy(data)]
    return show_text(sentences) if sentences else None


def show_certainty_words(data: EnterpriseSlice) -> MimeBundle | None:
    """Say how sure score, grade, rank and colour are."""
    sentences = certainty.describe_certainty(data)
    return show_text(" ".join(sentences)) if sentences else None


def show_indicators(data: EnterpriseSlice) -> MimeBundle:
    """Show every indicator with value, anchors, score and peers."""
    return show_table(scores.table_indicators(data))


def _has_any(data: EnterpriseSlice, prefix: str) -> bool:
    """Tell whether any column that starts so holds a figure."""
    return any(str(column).startswith(prefix) for column in data.yearly)


def _unless_empty(table: ReportTable) -> MimeBundle | None:
    """Return a table, nothing where it has no rows."""
    return show_table(table) if table.rows else None
