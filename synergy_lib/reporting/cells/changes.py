"""The chapters of the park's report on synergy, drivers, targets and scenarios."""

from __future__ import annotations

from synergy_lib.figures import decoupling, scenarios, targets
from synergy_lib.figures import synergy as synergy_figures
from synergy_lib.reporting.cells.common import driver_figures
from synergy_lib.reporting.display import (
    show_each,
    show_figure,
    show_table,
    show_text,
)
from synergy_lib.reporting.formatting import text
from synergy_lib.reporting.narrative import outlook
from synergy_lib.reporting.narrative import synergy as narrative_synergy
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.synergy import table_synergy
from synergy_lib.schema import EQUIVALENTS, column_label

__all__ = ["show_drivers", "show_outlook", "show_synergy"]


def show_synergy(data: ParkSlice) -> None:
    """Say and draw whether carbon and pollution go together."""
    language = data.meta["language"]
    shown = [show_text(narrative_synergy.describe_park_synergy(data))]
    for pollutant in EQUIVALENTS:
        rows = data.co_control[data.co_control["pollutant"] == pollutant]
        if rows["pollutant_reduction"].isna().all():
            continue
        name = column_label(pollutant, language, with_unit=False)
        shown.append(
            show_figure(
                synergy_figures.plot_co_control(rows, language=language),
                caption=text(language, f"碳与{name}的变化", f"CO2e and {name}: change"),
                alt=synergy_figures.alt_co_control(rows, language),
            )
        )
    table = table_synergy(data)
    if table.rows:
        # After the first figure, where its page has room.
        shown.insert(2, show_table(table))
    show_each(shown)


def show_drivers(data: ParkSlice) -> None:
    """Say and draw what moved carbon and pollutants, and whether they are decoupled."""
    language = data.meta["language"]
    rows = data.decoupling[data.decoupling["quantity"] == "co2e_t"]
    shown = [show_text(outlook.describe_drivers(data))]
    shown += driver_figures(data, ["co2e_t", "vocs_kg", "cod_kg"])
    if (rows["label_zh"] != "").any():
        shown.append(
            show_figure(
                decoupling.plot_decoupling(rows, language=language),
                caption=text(language, "碳排放与产出", "CO2e and output"),
                alt=decoupling.alt_decoupling(rows, language),
            )
        )
    show_each(shown)


def show_outlook(data: ParkSlice) -> None:
    """Say and draw how far the targets are, and where the emission leads."""
    language = data.meta["language"]
    shown = [show_text(outlook.describe_targets(data))]
    on_path = data.target_gaps[data.target_gaps["required_value"].notna()]
    if len(on_path):
        shown.append(
            show_figure(
                targets.plot_targets(on_path, language=language),
                caption=text(language, "目标进度", "Progress towards targets"),
                alt=targets.alt_targets(on_path, language),
            )
        )
    shown.append(show_text(outlook.describe_scenarios(data)))
    if len(data.scenario_paths):
        tables = scenarios.scenario_tables(
            data.scenario_observed,
            data.scenario_paths,
            data.scenario_peaks,
            data.scenario_histogram,
        )
        shown.append(
            show_figure(
                scenarios.figure_scenarios(tables, language=language),
                caption=text(language, "碳排放情景推演", "Scenarios of CO2e"),
                alt=scenarios.alt_scenarios(tables, language),
            )
        )
    show_each(shown)
