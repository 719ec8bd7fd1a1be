"""Cells of a notebook in which a researcher changes an index and sees what moves.

Each function takes the park opened by :func:`open_park` and returns something a
notebook shows. Nothing here is published: grades and colours of the reports come from
the scheme as the park has set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.parameters import read_parameters
from synergy_lib.pipeline import Analysis, analyse_park
from synergy_lib.reporting import park_report
from synergy_lib.reporting.display import (
    Column,
    MimeBundle,
    ReportTable,
    show_table,
)
from synergy_lib.reporting.formatting import (
    colour_name,
    format_change,
    format_number,
    format_percent,
    text,
)
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.slicing.park import slice_park
from synergy_lib.scoring.consistency import correlation_flags, cronbach_alpha
from synergy_lib.scoring.framework import Framework, Scheme
from synergy_lib.scoring.index import SynergyScores, score_scheme
from synergy_lib.scoring.uncertainty.variants import filled_scores
from synergy_lib.scoring.weighting import critic, entropy, equal, pca

__all__ = [
    "OpenedPark",
    "open_park",
    "reweighted_scores",
    "show_certainty",
    "show_consistency",
    "show_ranking",
    "show_reweighted",
    "show_weightings",
]

# Enterprises shown, those whose rank moves most.
_SHOWN = 15


@dataclass(frozen=True)
class OpenedPark:
    """A park's analysis and the slice that figures and tables are drawn from."""

    analysis: Analysis
    park: ParkSlice

    @property
    def language(self) -> str:
        """Return the language of the run."""
        return str(self.park.meta["language"])

    @property
    def year(self) -> int:
        """Return the report year."""
        return self.analysis.parameters.report_year


def open_park(run_file: str | Path) -> OpenedPark:
    """Analyse the park of a parameter file.

    Parameters
    ----------
    run_file : str or pathlib.Path
        Such as ``parameters/parks/demo_park.yml``.

    Raises
    ------
    InputDataError, ParameterError
        With every problem of the data and the parameters.
    """
    analysis = analyse_park(read_parameters(Path(run_file)))
    return OpenedPark(analysis, slice_park(analysis))


def reweighted_scores(
    opened: OpenedPark, weights: Mapping[str, float]
) -> SynergyScores:
    """Return the scores under other weights of indicators or dimensions.

    Parameters
    ----------
    opened : OpenedPark
    weights : mapping of str to float
        Code → weight within its parent, not negative; other codes keep theirs.

    Raises
    ------
    ParameterError
        For every code that does not exist, or whose weight is negative.
    """
    scheme, scores = opened.analysis.scheme, opened.analysis.scores
    table = scheme.framework.table
    codes = [str(code) for code in table.index]
    problems = [
        Problem(f"weights {code}", "没有这个代码", hint=nearest(code, codes))
        for code in weights
        if code not in codes
    ]
    problems += [
        Problem(f"weights {code}", f"权重为 {weight:g}", "不小于 0 的数")
        for code, weight in weights.items()
        if not weight >= 0
    ]
    if problems:
        raise ParameterError(problems)
    changed = pd.Series(dict(weights), dtype=float).reindex(table.index)
    weight = changed.fillna(table["weight"].astype(float))
    framework = Framework(
        table.assign(weight=weight), scheme.framework.gates, scheme.framework.other
    )
    return score_scheme(
        scores.values,
        Scheme(scheme.header, framework),
        base_year=scores.base_year,
        gates=scores.gates,
        applicable=scores.applicable,
        anchors=scores.anchors,
    )


def show_reweighted(opened: OpenedPark, weights: Mapping[str, float]) -> MimeBundle:
    """Show whose rank and colour move when some weights are changed."""
    language = opened.language
    before = _at_year(opened.analysis.scores, opened.year)
    after = _at_year(reweighted_scores(opened, weights), opened.year)
    moved = (after["rank"] - before["rank"]).abs()
    order = moved.sort_values(ascending=False, kind="stable").index[:_SHOWN]
    names = opened.park.enterprises.set_index("enterprise_id")["enterprise_name"]
    rows = [
        [
            str(key),
            str(names.get(key, "")),
            *(format_number(part.loc[key, "rank"], 0) for part in (before, after)),
            *(format_number(part.loc[key, "overall"], 1) for part in (before, after)),
            *(
                colour_name(str(part.loc[key, "colour"]), language)
                for part in (before, after)
            ),
        ]
        for key in order
    ]
    pair = text(language, "原", "before"), text(language, "现", "after")
    rank, score, colour = (
        text(language, "排名", "rank"),
        text(language, "得分", "score"),
        text(language, "颜色", "colour"),
    )
    columns = [
        Column("id", text(language, "编号", "Id"), width=1),
        Column("name", text(language, "企业", "Enterprise"), width=3),
        *(
            Column(f"{what}{k}", f"{what} {pair[k]}", align="right", width=1.1)
            for what in (rank, score, colour)
            for k in (0, 1)
        ),
    ]
    agreement = before["rank"].corr(after["rank"], method="spearman")
    recoloured = int((before["colour"] != after["colour"]).sum())
    note = text(
        language,
        f"全部企业的名次与原来的 Spearman 相关为 {format_number(agreement, 3)}；"
        f"{recoloured} 家变色。锚点不变。",
        f"Spearman correlation of all ranks with those before: "
        f"{format_number(agreement, 3)}; {recoloured} change colour. Anchors as before.",
    )
    caption = text(language, "改权重后变动最大的企业", "Who moves most")
    return show_table(ReportTable(caption, columns, rows, [note]))


def _at_year(scores: SynergyScores, year: int) -> pd.DataFrame:
    """Return score, rank and colour of a year, indexed by enterprise."""
    frame = pd.DataFrame(
        {"overall": scores.overall, "rank": scores.rank, "colour": scores.colour}
    )
    return pd.DataFrame(frame.xs(year, level="year"))


def show_weightings(opened: OpenedPark) -> MimeBundle:
    """Show what other ways to weigh give each dimension."""
    language, framework = opened.language, opened.analysis.scheme.framework
    filled = filled_scores(opened.analysis.scores, opened.year)
    better = dict.fromkeys(filled.columns, 1.0)
    found = {
        text(language, "本体系", "scheme"): framework.effective_weights,
        text(language, "等权", "equal"): equal(framework.indicators.index),
        text(language, "熵权", "entropy"): entropy(filled),
        "CRITIC": critic(filled, better),
        text(language, "主成分", "PCA"): pca(filled),
    }
    sums = pd.DataFrame(
        {name: w.groupby(framework.dimension_of).sum() for name, w in found.items()}
    ).reindex(framework.dimensions.index)
    name = "name" if language == "zh" else "name_en"
    rows = [
        [
            f"{code} {framework.dimensions.loc[code, name]}",
            *(format_percent(value, 1) for value in sums.loc[code]),
        ]
        for code in sums.index
    ]
    columns = [
        Column("dimension", text(language, "维度", "Dimension"), width=3),
        *(Column(str(k), str(k), align="right", width=1) for k in sums.columns),
    ]
    notes = [
        f"{name}：{w.attrs['note']}" for name, w in found.items() if w.attrs.get("note")
    ]
    caption = text(language, "各种赋权方法下的维度权重", "Weights of the dimensions")
    return show_table(ReportTable(caption, columns, rows, notes))


def show_consistency(opened: OpenedPark) -> MimeBundle:
    """Show whether the indicators of each dimension hold together."""
    language, framework = opened.language, opened.analysis.scheme.framework
    scores = opened.analysis.scores
    points, dimensions = (
        pd.DataFrame(frame.xs(opened.year, level="year"))
        for frame in (scores.indicator_scores, scores.dimension_scores)
    )
    alpha = cronbach_alpha(points.join(dimensions), framework)
    flags = correlation_flags(points, framework)
    flags = flags[flags["flag"].isin(["redundant", "opposed"])]
    rows = [
        [
            str(code),
            format_number(row["items"], 0),
            format_number(row["units"], 0),
            format_number(row["alpha"], 2),
        ]
        for code, row in alpha.iterrows()
    ]
    columns = [
        Column("code", text(language, "维度", "Dimension"), width=1),
        Column("items", text(language, "指标数", "Items"), align="right"),
        Column("units", text(language, "企业数", "Enterprises"), align="right"),
        Column("alpha", "Cronbach α", align="right"),
    ]
    listed = text(language, "、", ", ").join(
        f"{row['first']}–{row['second']} {format_change(row['correlation'], 2)}"
        for _, row in flags.iterrows()
    )
    none = text(language, "无", "none")
    note = text(
        language,
        f"相关过高或相反的指标对：{listed or none}。",
        f"Pairs that are nearly the same or opposed: {listed or none}.",
    )
    caption = text(language, "指标的内部一致性", "Internal consistency")
    return show_table(ReportTable(caption, columns, rows, [note]))


def show_ranking(opened: OpenedPark) -> None:
    """Draw ranks with their intervals."""
    park_report.show_ranking_figures(opened.park)


def show_certainty(opened: OpenedPark) -> None:
    """Show what moves the ranks, and whose colour depends on a choice."""
    park_report.show_certainty(opened.park)
