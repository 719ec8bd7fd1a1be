"""The cells of the park's annual report: one function a cell, in reading order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from synergy_lib.errors import ReportError
from synergy_lib.figures import accounts as account_figures
from synergy_lib.figures import certainty as certainty_figures
from synergy_lib.figures import distribution, ranking, slopes, techniques
from synergy_lib.figures import monitoring as monitoring_figures
from synergy_lib.figures import park as park_figures
from synergy_lib.reporting.cells.changes import show_drivers, show_outlook, show_synergy
from synergy_lib.reporting.cells.common import (
    show_factors,
    show_method_words,
    show_restatements,
)
from synergy_lib.reporting.display import (
    MimeBundle,
    show_each,
    show_figure,
    show_headline,
    show_table,
    show_text,
)
from synergy_lib.reporting.formatting import text
from synergy_lib.reporting.narrative import certainty, improvement, monitoring, policy
from synergy_lib.reporting.narrative import park as narrative
from synergy_lib.reporting.slices import ParkSlice, read_slice
from synergy_lib.reporting.tables import accounts, park, programme
from synergy_lib.reporting.tables.certainty import table_choices, table_left_out
from synergy_lib.reporting.tables.synergy import table_measure_plans
from synergy_lib.trends.monitoring.compliance import exceedances, given_limits

__all__ = [
    "open_slice",
    "show_carbon_figure",
    "show_cases",
    "show_certainty",
    "show_distribution",
    "show_drivers",
    "show_factors",
    "show_grade_counts",
    "show_heatmap_figures",
    "show_indicators",
    "show_issues",
    "show_list_figures",
    "show_list_words",
    "show_lists",
    "show_method_words",
    "show_monitoring",
    "show_outlook",
    "show_page_one",
    "show_projects",
    "show_quality_words",
    "show_ranking",
    "show_ranking_figures",
    "show_restatements",
    "show_synergy",
    "show_techniques",
    "show_total_figure",
    "show_total_words",
    "show_totals",
    "show_trends",
]

# Enterprises that fit on one page of a figure with a row each.
_ROWS_PER_FIGURE = 41


def open_slice(path: str | Path) -> ParkSlice:
    """Read the park's slice.

    Raises
    ------
    ReportError
        If the file is missing or belongs to another kind of report.
    """
    data = read_slice(path)
    if not isinstance(data, ParkSlice):
        raise ReportError(f"{path} 是企业切片，园区年报需要园区切片")
    return data


def show_page_one(data: ParkSlice) -> MimeBundle:
    """Show how the park stands, who leads, where to act."""
    return show_headline(narrative.park_card(data))


def show_total_words(data: ParkSlice) -> MimeBundle:
    """Say how the totals moved."""
    return show_text(narrative.describe_totals(data))


def show_total_figure(data: ParkSlice) -> MimeBundle:
    """Draw the totals as small multiples."""
    language = data.meta["language"]
    return show_figure(
        park_figures.figure_park_totals(data, language=language),
        caption=text(language, "园区总量变化", "Park totals"),
        alt=park_figures.alt_park_totals(data, language),
    )


def show_totals(data: ParkSlice) -> MimeBundle:
    """Show the totals by year."""
    return show_table(park.table_totals(data))


def show_carbon_figure(data: ParkSlice) -> MimeBundle:
    """Draw the park's carbon by source and year."""
    language = data.meta["language"]
    return show_figure(
        account_figures.plot_park_carbon_sources(data.totals, language=language),
        caption=text(language, "园区碳排放来源", "Park CO2e by source"),
        alt=account_figures.alt_park_carbon_sources(data.totals, language),
    )


def show_trends(data: ParkSlice) -> None:
    """Draw and list the trends of the sums over enterprises that report every year."""
    if data.trends.empty:
        return
    language = data.meta["language"]
    figure = show_figure(
        slopes.figure_park_trends(data, language=language),
        caption=text(language, "园区趋势与斜率", "Trends and slopes of the park"),
        alt=slopes.alt_park_trends(data, language),
    )
    show_each([figure, show_table(accounts.table_trends(data))])


def show_distribution(data: ParkSlice) -> None:
    """Say and draw how the scores are distributed."""
    language = data.meta["language"]
    figure = show_figure(
        distribution.plot_score_distribution(data.enterprises, language=language),
        caption=text(language, "综合得分分布", "Distribution of scores"),
        alt=distribution.alt_score_distribution(data.enterprises, language=language),
    )
    policies = policy.describe_park_policies(data)
    words = [*narrative.describe_scores(data), *policies]
    show_each([show_text(words), figure])


def show_grade_counts(data: ParkSlice) -> None:
    """Show how many enterprises have each grade and colour, and why some are red."""
    tables = [park.table_grade_counts(data), park.table_red(data)]
    show_each([show_table(table) for table in tables if table.rows])


def show_ranking_figures(data: ParkSlice) -> None:
    """Draw ranks with their intervals, as many figures as the rows need."""
    language = data.meta["language"]
    ranked_count = data.headline["ranked"]
    show_each(
        [
            show_figure(
                ranking.plot_ranking(
                    part, ranked_count=ranked_count, language=language
                ),
                caption=text(
                    language, f"企业排名及 90% 区间{span}", f"Ranks and intervals{span}"
                ),
                alt=ranking.alt_ranking(part, language),
            )
            for part, span in _parts(data)
        ]
    )


def show_ranking(data: ParkSlice) -> MimeBundle:
    """Show the ranking as a table."""
    return show_table(park.table_ranking(data))


def show_heatmap_figures(data: ParkSlice) -> None:
    """Draw the dimension scores of every enterprise."""
    language = data.meta["language"]
    show_each(
        [
            show_figure(
                ranking.plot_dimension_heatmap(
                    part, data.dimensions, language=language
                ),
                caption=text(
                    language, f"各维度得分热力图{span}", f"Dimension scores{span}"
                ),
                alt=ranking.alt_dimension_heatmap(
                    part, data.dimensions, language=language
                ),
            )
            for part, span in _parts(data)
        ]
    )


def show_monitoring(data: ParkSlice) -> None:
    """Draw and list the monitoring results, or say that there are none."""
    language = data.meta["language"]
    if data.monitoring.empty:
        none = text(
            language, "数据中没有园区监测结果。", "No monitoring results given."
        )
        show_each([show_text(none)])
        return
    groups = data.monitoring.groupby("indicator", sort=False)
    figures = [_monitoring_figure(rows, language) for _, rows in groups]
    said = monitoring.describe_monitoring(data)
    words = [show_text(said)] if said else []
    show_each([*words, *figures, show_table(park.table_monitoring(data))])


def _monitoring_figure(rows: pd.DataFrame, language: str) -> MimeBundle:
    """Return the figure of one indicator by year, or by month against its limit."""
    name = str(rows["indicator"].iloc[0])
    if "month" in rows and rows["month"].notna().any():
        judged = exceedances(rows)
        axes = monitoring_figures.plot_exceedances(judged, language=language)
        alt = monitoring_figures.alt_exceedances(judged, language=language)
    else:
        limits = given_limits(rows)["limit"]
        target = float(limits.iloc[0]) if len(limits) else None
        axes = park_figures.plot_monitoring(rows, target=target, language=language)
        alt = park_figures.alt_monitoring(rows, language=language)
    return show_figure(axes, caption=name, alt=alt)


def show_certainty(data: ParkSlice) -> None:
    """Say how sure the results are, what moves the ranks, whose colour is a choice."""
    language, meta = data.meta["language"], data.meta
    shown = [show_text(certainty.describe_park_certainty(data))]
    if data.sensitivity["total"].notna().any():
        figure = show_figure(
            certainty_figures.plot_sensitivity(data.sensitivity, language=language),
            caption=text(language, "名次变动的来源", "Where rank shifts come from"),
            alt=certainty_figures.alt_sensitivity(data.sensitivity, language),
        )
        shown.append(figure)
    if data.enterprises["choice_green"].notna().any():
        figure = show_figure(
            certainty_figures.plot_colour_shares(data.enterprises, language=language),
            caption=text(
                language,
                f"{meta['specifications']} 种做法下的颜色（按得分）",
                f"Colours by score under {meta['specifications']} specifications",
            ),
            alt=certainty_figures.alt_colour_shares(data.enterprises, language),
        )
        shown.append(figure)
    tables = [table_choices(data), table_left_out(data)]
    show_each(shown + [show_table(table) for table in tables if table.rows])


def show_list_words(data: ParkSlice) -> MimeBundle:
    """Say how many units stand on each list, or that there are no lists here."""
    if not data.meta["has_three_lists"]:
        language = data.meta["language"]
        return show_text(
            text(
                language,
                "三张清单的法定门槛为中国标准，本次运行不适用。",
                "The thresholds of the three lists are Chinese; not applied in this run.",
            )
        )
    return show_text(narrative.describe_lists(data))


def show_list_figures(data: ParkSlice) -> None:
    """Draw how the park's carbon is concentrated, and how the three lists overlap."""
    if not data.meta["has_three_lists"]:
        return
    language, rows = data.meta["language"], data.enterprises
    concentration = show_figure(
        distribution.plot_carbon_concentration(rows, language=language),
        caption=text(language, "碳排放集中度", "Concentration of CO2e"),
        alt=distribution.alt_carbon_concentration(rows, language),
    )
    overlap = show_figure(
        park_figures.plot_lists_overlap(rows, language=language),
        caption=text(language, "三张清单的交叉", "Overlap of the three lists"),
        alt=park_figures.alt_lists_overlap(rows, language),
    )
    show_each([concentration, overlap])


def show_lists(data: ParkSlice) -> None:
    """Show the units of each list."""
    kinds = [
        k for k in ("carbon", "pollutant", "energy") if (data.lists["list"] == k).any()
    ]
    show_each([show_table(programme.table_list_members(data, kind)) for kind in kinds])


def show_techniques(data: ParkSlice) -> None:
    """Draw and list the potential of each technique, and whom it raises by a grade."""
    language = data.meta["language"]
    if data.measures.empty:
        none = text(
            language,
            "按现有数据没有可估算效益的技术。",
            "No technique can be estimated from the data given.",
        )
        show_each([show_text(none)])
        return
    figure = show_figure(
        techniques.plot_technique_potential(data.measures, language=language),
        caption=text(language, "各项技术的减碳潜力", "Potential by technique"),
        alt=techniques.alt_technique_potential(data.measures, language),
    )
    tables = [programme.table_technique_potential(data), table_measure_plans(data)]
    said = show_text(improvement.describe_park_measures(data))
    show_each([said, figure, *(show_table(table) for table in tables if table.rows)])


def show_projects(data: ParkSlice) -> MimeBundle | None:
    """Show the measures the enterprises plan."""
    return None if data.projects.empty else show_table(programme.table_projects(data))


def show_quality_words(data: ParkSlice) -> MimeBundle:
    """Say how many values were set aside, are doubtful or missing."""
    return show_text(" ".join(narrative.describe_quality(data)))


def show_issues(data: ParkSlice) -> None:
    """Show the data problems by rule, and each value set aside."""
    if data.issues.empty:
        return
    tables = [park.table_issue_counts(data)]
    if (data.issues["severity"] == "suspect").any():
        tables.append(park.table_suspect_values(data))
    show_each([show_table(table) for table in tables])


def show_indicators(data: ParkSlice) -> MimeBundle:
    """Show the distribution of each indicator."""
    return show_table(park.table_indicator_statistics(data))


def show_cases(data: ParkSlice) -> MimeBundle:
    """Show the published cases."""
    return show_table(programme.table_cases(data))


def _parts(data: ParkSlice) -> list[tuple[pd.DataFrame, str]]:
    """Return the enterprises in order of rank, cut into pages, with their span."""
    ordered = data.enterprises.sort_values(
        ["rank", "overall", "enterprise_id"],
        ascending=[True, False, True],
        na_position="last",
        kind="stable",
    )
    count = -(-len(ordered) // _ROWS_PER_FIGURE)
    size = -(-len(ordered) // count) if count else 0
    pieces = [ordered.iloc[i * size : (i + 1) * size] for i in range(count)]
    if count == 1:
        return [(pieces[0], "")]
    return [
        (piece, f"（{number} / {count}）")
        for number, piece in enumerate(pieces, start=1)
    ]
