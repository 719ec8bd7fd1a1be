"""The invented panel: all quantities of all sheets, before they are laid out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.demo_park.activity import Frames, invent_activity, invent_energy
from synergy_lib.demo_park.emissions import invent_pollutants, invent_resources
from synergy_lib.demo_park.management import invent_process
from synergy_lib.demo_park.profiles import Cast
from synergy_lib.schema import PANEL_INDEX, input_columns

__all__ = ["invent_panel", "without_rows"]

_SHEETS = ("activity", "energy", "pollutants", "resources", "process")


def invent_panel(cast: Cast, seed: int) -> pd.DataFrame:
    """Return every invented quantity, complete and consistent.

    Parameters
    ----------
    cast : Cast
        The enterprises.
    seed : int
        Seed of all draws.

    Returns
    -------
    pandas.DataFrame
        Index (enterprise_id, year), sorted; input columns of ``data/columns.csv``
        that the park has. Years before an enterprise started are not there.
    """
    activity = invent_activity(cast, seed)
    energy = invent_energy(cast, activity, seed)
    resources = invent_resources(cast, activity, energy, seed)
    pollutants = invent_pollutants(cast, activity, energy, resources, seed)
    process = invent_process(cast, activity, energy, pollutants, seed)
    panel = _stacked({**activity, **energy, **resources, **pollutants, **process})
    columns = [c for sheet in _SHEETS for c in input_columns(sheet).index]
    panel = panel[[str(column) for column in columns if column in panel.columns]]
    firms = cast.enterprises.reindex(panel.index.get_level_values("enterprise_id"))
    years = panel.index.get_level_values("year").to_numpy()
    return panel[years >= firms["first_year"].to_numpy()].sort_index()


def _stacked(frames: Frames) -> pd.DataFrame:
    """Return frames of enterprises × years as columns of one long frame."""
    first = next(iter(frames.values()))
    index = pd.MultiIndex.from_product(
        [first.index, first.columns], names=list(PANEL_INDEX)
    )
    return pd.DataFrame(
        {name: frame.to_numpy().ravel() for name, frame in frames.items()}, index=index
    )


def without_rows(
    panel: pd.DataFrame, sheet: str, defects: pd.DataFrame
) -> pd.DataFrame:
    """Return a panel without the rows and items that a sheet lacks on purpose.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year).
    sheet : str
        Sheet key.
    defects : pandas.DataFrame
        The list; its rows of kind ``no_rows`` for this sheet are applied.

    Returns
    -------
    pandas.DataFrame
        Rows dropped; where the list names a pollutant, its two columns are NaN.
    """
    kept = panel.copy()
    chosen = defects[(defects["kind"] == "no_rows") & (defects["sheet"] == sheet)]
    for defect in chosen.itertuples():
        ids = kept.index.get_level_values("enterprise_id") == defect.enterprise_id
        if defect.year:
            years = kept.index.get_level_values("year") == int(str(defect.year))
            ids = ids & years
        if not defect.column:
            kept = kept[~ids]
            continue
        column = str(defect.column)
        kept.loc[ids, [column, column.removesuffix("_kg") + "_generated_kg"]] = np.nan
    return kept
