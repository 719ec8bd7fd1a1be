"""What all measures of the catalogue together can take off, overlaps removed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.techniques.overlap import MeasureAmounts

__all__ = ["carbon_potential"]


def carbon_potential(
    amounts: MeasureAmounts, per_unit: Mapping[str, float]
) -> pd.DataFrame:
    """Return the CO2e that each enterprise's measures take off together.

    Parameters
    ----------
    amounts : MeasureAmounts
    per_unit : mapping of str to float
        As :func:`~synergy_lib.techniques.conversion.co2e_per_unit` returns it.

    Returns
    -------
    pandas.DataFrame
        Indexed by enterprise: ``low, mode, high`` [tCO2e/a], every measure at that end
        of its range; not below 0, and in order.

    Notes
    -----
    Of the measures that can be taken, those that save carbon by themselves; where
    two exclude each other the one that saves more; each with what it
    requires. Combined on one base (methods §7.5): a bound of what the catalogue can
    do, not a plan.
    """
    chosen = _compatible(amounts, per_unit)[:, None, :]
    wanted = chosen[:, 0]
    ends = [
        part.together(chosen, per_unit)["co2e_t"][:, 0]
        for part in (
            amounts.at_level(0.0, wanted),
            amounts,
            amounts.at_level(1.0, wanted),
        )
    ]
    ordered = np.sort(np.maximum(np.column_stack(ends), 0.0), axis=1)
    return pd.DataFrame(ordered, amounts.enterprises, ["low", "mode", "high"])


def _compatible(
    amounts: MeasureAmounts, per_unit: Mapping[str, float]
) -> npt.NDArray[np.bool_]:
    """Return the measures that save carbon, and what they require, without clashes."""
    count = len(amounts.techniques)
    alone = amounts.together(np.eye(count, dtype=bool), per_unit)["co2e_t"]
    bundles = _with_required(amounts)
    bundled = amounts.together(bundles, per_unit)["co2e_t"]
    saving = amounts.allowed(bundles) & (alone > 0) & (bundled > 0)
    chosen = np.zeros_like(saving)
    for place in np.argsort(-bundled, axis=1, kind="stable").T:
        bundle = np.take_along_axis(bundles, place[:, None, None], axis=1)[:, 0]
        taken = np.take_along_axis(saving, place[:, None], axis=1)
        clash = (chosen.astype(int) @ amounts.exclusive.astype(int) * bundle).any(1)
        chosen |= bundle & taken & ~clash[:, None]
    return chosen


def _with_required(amounts: MeasureAmounts) -> npt.NDArray[np.bool_]:
    """Return each measure with all it requires that a row has not carried out.

    Shape (n_rows, n_techniques, n_techniques), a set of each measure.
    """
    count = len(amounts.techniques)
    bundles = np.broadcast_to(
        np.eye(count, dtype=bool), (len(amounts.has), count, count)
    )
    lacking = ~amounts.has[:, None, :]
    for _ in range(count):
        more = (bundles @ amounts.requires) & lacking
        if not (more & ~bundles).any():
            break
        bundles = bundles | more
    return bundles
