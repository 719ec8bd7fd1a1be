"""What each of several measures takes when they are carried out together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError
from synergy_lib.techniques.overlap import MeasureAmounts

__all__ = ["TOTAL_CARBON", "attributed_reductions"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Key of the CO2e of all targets; a panel column would name only what is stated of it.
TOTAL_CARBON = "co2e"


def attributed_reductions(
    amounts: MeasureAmounts, chosen: Mask, per_unit: Mapping[str, float]
) -> dict[str, Floats]:
    r"""Divide what measures take together between them, whatever their order.

    Parameters
    ----------
    amounts : MeasureAmounts
    chosen : numpy.ndarray of bool, shape (n_rows, n_techniques)
        The measures of each enterprise.
    per_unit : mapping of str to float
        As :func:`~synergy_lib.techniques.conversion.co2e_per_unit` returns it.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n_rows, n_techniques)
        Target → reduction [unit of the panel column], 0 where not chosen; under
        :data:`TOTAL_CARBON` the CO2e of all targets [tCO2e]. They add up to
        :meth:`~synergy_lib.techniques.overlap.MeasureAmounts.together`.

    Raises
    ------
    MethodError
        If the choice is of another shape than the amounts.

    Notes
    -----
    On one base by :math:`\Delta \ln(1-f_m)/\sum\ln(1-f)` (methods §7.5), consistent
    with the logarithmic mean decomposition; supply-side measures by what each offers,
    increases as they are.
    """
    if chosen.shape != amounts.usable.shape:
        raise MethodError(
            f"措施分摊：选择是{chosen.shape}，措施是{amounts.usable.shape}"
        )
    members = chosen.astype(np.float64)
    found: dict[str, Floats] = {}
    carbon = np.zeros_like(members)
    for target, taken in amounts.taken(chosen[:, None, :], per_unit).items():
        own = amounts.amounts[amounts.targets.index(target)] * members
        offered = np.where(amounts.supplies(target), np.maximum(own, 0.0), 0.0)
        parts = taken.saved * _shares(amounts.logs(target) * members)
        parts += taken.supplied * _shares(offered) + np.minimum(own, 0.0)
        found[target] = parts
        carbon += per_unit.get(target, 0.0) * parts
    return found | {TOTAL_CARBON: carbon}


def _shares(parts: Floats) -> Floats:
    """Return the share of each part in its row's sum, 0 where that is 0."""
    total = parts.sum(axis=1, keepdims=True)
    shares = np.zeros_like(parts)
    np.divide(parts, total, out=shares, where=total != 0)
    return shares
