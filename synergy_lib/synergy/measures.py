"""What a single measure of the catalogue would do to an enterprise's score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, Problem
from synergy_lib.indicators.compute import IndicatorContext, compute_indicators
from synergy_lib.schema import require_columns
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.results import SynergyScores

__all__ = ["CONVERTED", "convertible_codes", "measure_gains"]

# Quantity that indicators use → columns of the effects that lower it.
CONVERTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "co2e_t": ("co2e_mode_t",),
        "air_equivalent_kg": ("air_equivalent_mode_kg",),
        "water_equivalent_kg": ("water_equivalent_mode_kg",),
        "pollutant_equivalent_kg": (
            "air_equivalent_mode_kg",
            "water_equivalent_mode_kg",
        ),
        "solvent_fresh_t": ("solvent_fresh_mode_t",),
    }
)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_RATIO = re.compile(r"ratio_to_park\((\w+), (\w+)\)")
NOT_ESTIMATED = "没有效益估算，无法判断"
NO_SCORE = "数据不足，无法判断"
MORE_THAN_ALL = "估算的减少量超过企业自身数量，无法判断"


def convertible_codes(scheme: Scheme) -> list[str]:
    """Return the indicators that the effects of measures can be turned into.

    Parameters
    ----------
    scheme : Scheme

    Returns
    -------
    list of str
        Codes whose formula uses a quantity of :data:`CONVERTED`; in the shipped
        six-dimension scheme A1, A2, A4, B2, D1, D2 and D5.

    Notes
    -----
    The others stay as they are. Energy and heat do not follow: whether saved
    purchases are used less or replaced (recovered heat, own photovoltaics) is not in
    the effects. Neither do removal and recovery rates: the effects say how much less
    leaves the enterprise, not how much less is generated.
    """
    formulas = scheme.framework.indicators["formula"]
    return [
        str(code)
        for code, formula in formulas.items()
        if set(_WORD.findall(str(formula))) & set(CONVERTED)
    ]


def measure_gains(
    panel: pd.DataFrame,
    effects: pd.DataFrame,
    scores: SynergyScores,
    scheme: Scheme,
    *,
    year: int,
) -> pd.DataFrame:
    r"""Score every enterprise again as if it had taken one measure.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel joined with its accounts, index (enterprise_id, year).
    effects : pandas.DataFrame
        As :func:`synergy_lib.techniques.effects.estimate_effects` returns it.
    scores : SynergyScores
        Scores of the same panel.
    scheme : Scheme
        The scheme they were made with.
    year : int
        Year of the effects.

    Returns
    -------
    pandas.DataFrame
        One row an enterprise and technique, in the order of ``effects``:
        ``enterprise_id, technique_id, score, score_after, gain`` [points], ``grade,
        grade_after, colour, colour_after`` and ``reason``: Chinese, why it cannot be
        judged, "" where it can.

    Raises
    ------
    InputDataError
        If a column is missing, or the effects name an enterprise without data of the
        year.

    Notes
    -----
    The mode of the effect is taken off the enterprise's own CO2e, equivalents and
    fresh solvent; the indicators of :func:`convertible_codes` and the scores follow
    by the ordinary formulas, anchors and weights frozen, the park's mean intensity
    held at its value. All other indicators stay as they are, so the gain is what can
    be shown, not all there may be. An effect that is not quantified counts as none.
    Measures act on one base and overlap: the gains of several do not add up. A gain
    may be negative where carbon falls: D5 asks that pollutants fall in proportion.
    """
    require_columns(effects, ["enterprise_id", "technique_id", "status"], "效益")
    known = panel.index[panel.index.get_level_values("year") == year]
    firms = known.get_level_values("enterprise_id")
    strange = sorted(set(effects["enterprise_id"]) - set(firms))
    if strange:
        what = f"{len(strange)}家企业没有{year}年的数据，如 {'、'.join(strange[:5])}"
        raise InputDataError(Problem("措施得分", what))
    pieces = [
        _one_measure(panel, rows, scores, scheme, year=year)
        for _, rows in effects.groupby("technique_id", sort=False)
    ]
    return pd.concat(pieces).sort_index().reset_index(drop=True)


def _one_measure(
    panel: pd.DataFrame,
    rows: pd.DataFrame,
    scores: SynergyScores,
    scheme: Scheme,
    *,
    year: int,
) -> pd.DataFrame:
    """Score all enterprises again with one technique; index of the effects' rows."""
    keys = pd.MultiIndex.from_product(
        [rows["enterprise_id"], [year]], names=panel.index.names
    )
    estimated = rows["status"].to_numpy() == "estimated"
    if not estimated.any():
        reason = np.full(len(rows), NOT_ESTIMATED, dtype=object)
        return _compared(rows, scores, scores, reason=reason, keys=keys)
    changed, excessive = _with_effect(panel, rows.set_index(keys))
    codes = convertible_codes(scheme)
    table = compute_indicators(
        changed,
        scheme.framework.indicators.loc[codes],
        base_year=scores.base_year,
        context=IndicatorContext(_park_ratios(panel, scheme)),
    )
    values = scores.values.copy()
    values.loc[keys, codes] = table.values.loc[keys, codes]
    after = score_scheme(
        values,
        scheme,
        base_year=scores.base_year,
        gates=scores.gates,
        applicable=scores.applicable,
        anchors=scores.anchors,
    )
    unscored = scores.overall[keys].isna() | after.overall[keys].isna()
    reason = np.select(
        [~estimated, excessive.loc[keys].to_numpy(), unscored.to_numpy()],
        [NOT_ESTIMATED, MORE_THAN_ALL, NO_SCORE],
        "",
    )
    return _compared(rows, scores, after, reason=reason, keys=keys)


def _with_effect(
    panel: pd.DataFrame, effect: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Return the panel less an effect, and the rows where less than nothing is left."""
    changed, excessive = panel.copy(), pd.Series(False, index=panel.index)
    for column, parts in CONVERTED.items():
        present = [name for name in parts if name in effect]
        if column not in panel or not present:
            continue
        less = effect[present].sum(axis=1).reindex(panel.index).fillna(0.0)
        changed[column] = panel[column] - less
        excessive |= (changed[column] < 0) & (panel[column] >= 0)
    return changed, excessive


def _park_ratios(panel: pd.DataFrame, scheme: Scheme) -> dict[str, dict[int, float]]:
    """Return the park's own ratio by indicator and year, to hold it fixed."""
    found = {}
    for code, formula in scheme.framework.indicators["formula"].items():
        match = _RATIO.fullmatch(str(formula))
        if match and set(match.groups()) <= set(panel.columns):
            both = panel[list(match.groups())].dropna()
            sums = both.groupby(level="year").sum()
            ratio = sums[match[1]] / sums[match[2]]
            found[str(code)] = {int(str(y)): float(v) for y, v in ratio.items()}
    return found


def _compared(
    rows: pd.DataFrame,
    before: SynergyScores,
    after: SynergyScores,
    *,
    reason: np.ndarray,
    keys: pd.MultiIndex,
) -> pd.DataFrame:
    """Return scores and classes before and after, blank where they cannot be judged."""
    told = reason == ""
    points = [item.overall[keys].to_numpy(dtype=float) for item in (before, after)]
    table = pd.DataFrame(
        {
            "enterprise_id": rows["enterprise_id"],
            "technique_id": rows["technique_id"],
            "score": points[0],
            "score_after": np.where(told, points[1], np.nan),
            "gain": np.where(told, points[1] - points[0], np.nan),
        },
        index=rows.index,
    )
    for name in ("grade", "colour"):
        table[name] = getattr(before, name)[keys].to_numpy()
        table[f"{name}_after"] = np.where(told, getattr(after, name)[keys], "")
    return table.assign(reason=reason)
