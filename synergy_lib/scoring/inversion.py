"""Scoring rules read backwards: the value that earns given points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError
from synergy_lib.scoring.normalization import (
    BASELINE_POINTS,
    BENCHMARK_POINTS,
    parse_tiers,
)

__all__ = ["value_for_score"]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


def value_for_score(
    points: Floats,
    rule: str,
    *,
    tiers: str = "",
    baseline: float = np.nan,
    benchmark: float = np.nan,
) -> tuple[Texts, Floats]:
    r"""Return the value of an indicator that earns given points: a rule inverted.

    Parameters
    ----------
    points : numpy.ndarray, shape (n,)
        Scores in (0, 100]; for tiers, points that a tier gives.
    rule : {"LIN", "PCT", "TIER"}
    tiers : str
        Tiers of a TIER rule.
    baseline, benchmark : float
        Anchors of the other rules [unit of the indicator].

    Returns
    -------
    tuple of numpy.ndarray
        Relation (``<=``, ``<``, ``>=``, ``>``, ``=``) and value: any value in that
        relation earns the points or more. ``=`` stands for a level.

    Raises
    ------
    MethodError
        If no tier gives the points.

    Notes
    -----
    :math:`x = x_b + (s - 60)/40 \cdot (x_m - x_b)` (methods §2.1).

    Examples
    --------
    >>> relation, value = value_for_score(
    ...     np.array([80.0]), "LIN", baseline=2.0, benchmark=0.6)
    >>> str(relation[0]), round(float(value[0]), 9)
    ('<=', 1.3)
    """
    if rule == "TIER":
        known = {given: (sign or "=", at) for sign, at, given in parse_tiers(tiers)}
        lacking = [f"{score:g}" for score in np.unique(points) if score not in known]
        if lacking:
            raise MethodError(f"分级“{tiers}”没有{'、'.join(lacking)}分的一级")
        found = [known[float(score)] for score in points]
        signs = np.array([sign for sign, _ in found], dtype=object)
        return signs, np.array([at for _, at in found], dtype=np.float64)
    span = BENCHMARK_POINTS - BASELINE_POINTS
    value = baseline + (points - BASELINE_POINTS) / span * (benchmark - baseline)
    sign = ">=" if benchmark > baseline else "<="
    return np.full(len(points), sign, dtype=object), value
