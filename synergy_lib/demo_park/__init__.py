"""The demonstration park: 82 invented enterprises, 2020–2024.

Nothing in it describes a real company. Only a few park totals are published facts
(see ``data/demo_park/README.md``). ``python -m synergy_lib.demo_park OUT.xlsx``
writes the workbook.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["DEMO_SEED", "DemoPark", "generate_demo_park"]

DEMO_SEED = 20240101


@dataclass(frozen=True)
class DemoPark:
    """The demonstration park as the input workbook has it.

    Parameters
    ----------
    frames : dict of str to pandas.DataFrame
        Sheet key → rows, as :func:`synergy_lib.reporting.workbook.writer.write_workbook`
        takes them.
    planted_defects : pandas.DataFrame
        What is wrong on purpose: sheet, enterprise_id, year, column, kind,
        argument, what.
    """

    frames: dict[str, pd.DataFrame]
    planted_defects: pd.DataFrame


def generate_demo_park(seed: int = DEMO_SEED) -> DemoPark:
    """Invent the demonstration park.

    Parameters
    ----------
    seed : int
        Seed of all draws; the shipped workbook uses :data:`DEMO_SEED`.

    Returns
    -------
    DemoPark
        Rows of every sheet, and the list of planted defects.

    Notes
    -----
    Enterprises are drawn from five archetypes (``data/demo_park/archetypes.csv``)
    with log-normal size and a performance in six dimensions that changes over the
    years; every quantity follows from size, archetype and performance, so that
    energy carriers add up, fresh + recovered = charged solvent, and nothing emitted
    exceeds what was generated. Then gaps and the listed defects are planted.
    """
    from synergy_lib.demo_park.defects import (
        forced_units,
        load_defects,
        plant_defects,
        plant_gaps,
    )
    from synergy_lib.demo_park.panel import invent_panel, without_rows
    from synergy_lib.demo_park.profiles import cast_enterprises
    from synergy_lib.demo_park.programme import load_monitoring, plan_measures
    from synergy_lib.demo_park.sheets import energy_rows, pollutant_rows, wide_rows
    from synergy_lib.schema import input_columns

    cast = cast_enterprises(seed)
    complete = invent_panel(cast, seed)
    defects = load_defects()
    panel = plant_defects(plant_gaps(complete, seed), defects)
    dry = defects[defects["kind"] == "no_pressure"]
    no_pressure = set(zip(dry["enterprise_id"], dry["year"].astype(int), strict=True))
    master = cast.enterprises.reset_index()[list(input_columns("enterprises").index)]
    frames = {"enterprises": master}
    for sheet in ("activity", "resources", "process"):
        frames[sheet] = wide_rows(without_rows(panel, sheet, defects), sheet)
    energy = without_rows(panel, "energy", defects)
    units = forced_units(defects)
    frames["energy"] = energy_rows(
        energy, seed, without_pressure=no_pressure, forced_units=units
    )
    pollutants = without_rows(panel, "pollutants", defects)
    frames["pollutants"] = pollutant_rows(pollutants, seed, forced_units=units)
    frames["measures"] = plan_measures(complete, cast, seed)
    frames["monitoring"] = load_monitoring()
    return DemoPark(frames, defects)
