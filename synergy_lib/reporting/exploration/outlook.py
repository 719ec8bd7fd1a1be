"""Cells of a notebook on what lies ahead of a park: targets and scenarios."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError
from synergy_lib.figures.scenarios import alt_scenarios, figure_scenarios
from synergy_lib.figures.targets import alt_targets, plot_targets
from synergy_lib.outlook.scenarios.projection import SCENARIOS, project_scenarios
from synergy_lib.outlook.scenarios.verdict import PEAK_STATUSES
from synergy_lib.outlook.targets.definitions import load_targets, own_targets
from synergy_lib.outlook.targets.gap import STATUSES
from synergy_lib.outlook.targets.progress import park_target_gaps
from synergy_lib.reporting.display import (
    show_each,
    show_figure,
    show_table,
    show_text,
)
from synergy_lib.reporting.exploration.opened_years import OpenedYears
from synergy_lib.reporting.formatting import format_number, format_percent, text
from synergy_lib.reporting.tables.rows import plain_table
from synergy_lib.schema import OUTPUT

__all__ = ["show_scenarios", "show_targets"]


def show_targets(opened: OpenedYears) -> None:
    """Draw and list how far the park is on the paths to its and published targets."""
    language = opened.language
    gaps = _gaps(opened)
    with_path = gaps[gaps["status"] != "not_computable"]
    figures = []
    if len(with_path):
        figures = [
            show_figure(
                plot_targets(with_path, language=language),
                caption=text(language, "目标进度", "Targets"),
                alt=alt_targets(with_path, language),
            )
        ]
    which = 0 if language == "zh" else 1
    standing = {
        "binding": text(language, "约束性", "binding"),
        "reference": text(language, "参照目标", "reference"),
    }
    rows = [
        [
            f"{row['target_id']} {row[f'indicator_{language}']}",
            standing[row["standing"]],
            format_number(row["value"]),
            format_number(row["required_value"]),
            format_percent(row["required_rate"], 2),
            "：".join(
                part
                for part in (STATUSES[row["status"]][which], row[f"reason_{language}"])
                if part
            ),
        ]
        for row in gaps.to_dict("records")
    ]
    columns = [
        text(language, "目标", "Target"),
        text(language, "性质", "Standing"),
        text(language, "现值", "Value"),
        text(language, "应达到", "Required"),
        text(language, "今后年降", "Cut a year"),
        text(language, "结论", "Verdict"),
    ]
    caption = text(language, "目标与差距", "Targets and gaps")
    show_each([*figures, show_table(plain_table(caption, columns, rows))])


def _gaps(opened: OpenedYears) -> pd.DataFrame:
    """Return the park's progress towards its own and the published targets."""
    if opened.parameters is None:
        raise ParameterError("只有园区有目标")
    given = own_targets(opened.parameters.targets)
    targets = pd.concat([given, load_targets()]) if len(given) else load_targets()
    return park_target_gaps(opened.data, targets, opened.parameters.report_year)


def show_scenarios(opened: OpenedYears) -> None:
    """Draw where carbon would go as usual and with the targets, and the peak."""
    language, parameters = opened.language, opened.parameters
    sums = _same_sums(opened.data)
    if parameters is None or sums is None:
        none = text(
            language,
            "没有逐年齐全的不变价增加值、能耗和碳排放，不作情景推演。",
            "No value added at constant prices, energy and carbon for every year: "
            "no scenarios.",
        )
        show_each([show_text(none)])
        return
    logs = np.log(sums)
    changes = pd.DataFrame(
        {
            "value_added": logs[OUTPUT],
            "energy_intensity": logs["energy_tce"] - logs[OUTPUT],
            "carbon_factor": logs["co2e_t"] - logs["energy_tce"],
        }
    ).diff()
    found = project_scenarios(
        sums["co2e_t"],
        changes.iloc[1:],
        _gaps(opened),
        parameters.scenarios,
        seed=parameters.seed,
    )
    figure = show_figure(
        figure_scenarios(found, language=language),
        caption=text(language, "碳排放情景", "Carbon scenarios"),
        alt=alt_scenarios(found, language),
    )
    which = 0 if language == "zh" else 1
    rows = [
        [
            SCENARIOS[row["scenario"]][which],
            format_number(row["peak_year"], 0).replace(",", ""),
            format_percent(row["p_deadline"], 1),
            "：".join(
                part
                for part in (
                    PEAK_STATUSES[row["status"]][which],
                    row[f"reason_{language}"],
                )
                if part
            ),
        ]
        for row in found.peaks.to_dict("records")
    ]
    deadline = parameters.scenarios.peak_deadline
    columns = [
        text(language, "情景", "Scenario"),
        text(language, "达峰年", "Peak"),
        text(language, f"{deadline} 年前达峰概率", f"P(peak by {deadline})"),
        text(language, "结论", "Verdict"),
    ]
    notes = [
        str(row[f"note_{language}"])
        for row in found.basis.drop_duplicates(f"note_{language}").to_dict("records")
        if row[f"note_{language}"]
    ]
    caption = text(language, "达峰判断", "Peak")
    show_each([figure, show_table(plain_table(caption, columns, rows, notes))])


def _same_sums(data: pd.DataFrame) -> pd.DataFrame | None:
    """Return sums over the enterprises with all three figures, above zero, each year."""
    columns = [OUTPUT, "energy_tce", "co2e_t"]
    if not set(columns) <= set(data):
        return None
    years = data.index.get_level_values("year")
    complete = data[columns].dropna()
    counts = complete.groupby(level="enterprise_id").size()
    always = counts.index[counts == years.nunique()]
    sums = complete.loc[always].groupby(level="year").sum()
    return sums if len(always) and (sums > 0).all(axis=None) else None
