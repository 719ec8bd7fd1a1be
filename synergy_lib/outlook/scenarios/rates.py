"""Rates of the years to come: from the park's own history, assumed, or from targets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.outlook_parameters import ScenarioParameters
from synergy_lib.schema import require_columns

__all__ = [
    "BOUNDS",
    "FEWEST_CHANGES",
    "RATES",
    "policy_cuts",
    "policy_rates",
    "usual_rates",
    "yearly_rates",
]

Floats = npt.NDArray[np.float64]

BOUNDS = ("low", "mode", "high")
# Rate → column of the yearly log changes that it comes from, and its sign there.
RATES: Mapping[str, tuple[str, float]] = {
    "value_added_growth": ("value_added", 1.0),
    "energy_intensity_cut": ("energy_intensity", -1.0),
    "carbon_factor_cut": ("carbon_factor", -1.0),
}
# Fewer yearly changes say nothing about their spread. [P]
FEWEST_CHANGES = 3
# A cut of all there is has no logarithm.
_MOST = 1 - 1e-9
_VALUE_ADDED = ("value_added_constant_10k_cny", "value_added_10k_cny")
_INTENSITIES = {
    f"{top} / {bottom}": cut
    for top, cut in (
        ("energy_tce", "energy_intensity_cut"),
        ("co2e_t", "carbon_intensity_cut"),
    )
    for bottom in _VALUE_ADDED
}


def usual_rates(
    log_changes: pd.DataFrame,
    parameters: ScenarioParameters,
    *,
    fewest: int = FEWEST_CHANGES,
) -> pd.DataFrame:
    r"""Return the rates of "as usual": the history's where it is long enough.

    Parameters
    ----------
    log_changes : pandas.DataFrame
        Indexed by year; ``value_added, energy_intensity, carbon_factor``: change of the
        logarithm from the year before [1/a], as a decomposition of the park's carbon
        emission gives it.
    parameters : ScenarioParameters
        What is assumed where the history is too short.
    fewest : int
        Yearly changes below which the history is not used.

    Returns
    -------
    pandas.DataFrame
        One row a rate and period: ``rate`` (see :data:`RATES`), ``from_year, low,
        mode, high`` [1/a], ``changes`` (years behind it), ``origin`` (``history`` or
        ``assumed``), ``tag`` (``P`` where assumed), ``note_zh, note_en``.

    Raises
    ------
    InputDataError
        If a column is missing or a year occurs twice.

    Notes
    -----
    Growth :math:`g = e^{\Delta \ln VA} - 1`, cuts :math:`a = 1 - e^{\Delta \ln e}`,
    :math:`b = 1 - e^{\Delta \ln f}`. The likeliest value is that of the mean yearly
    log change, the bounds are the smallest and the largest yearly change [P]. A year
    counts if all three changes are finite: where output or energy was zero or
    negative there is no logarithm. All three rates come from the same years. They
    stay the same in all years to come, so that a path drawn from them rises or falls
    throughout: "as usual" peaks in the past or not at all.
    """
    columns = [column for column, _ in RATES.values()]
    require_columns(log_changes, columns, "usual_rates")
    if not log_changes.index.is_unique:
        twice = log_changes.index[log_changes.index.duplicated()][0]
        raise InputDataError(Problem("历史年变化", f"年份 {twice} 重复出现"))
    given = log_changes[columns].astype(float).replace([np.inf, -np.inf], np.nan)
    known = given.dropna().sort_index()
    note = _history_note(known.index, len(given) - len(known), fewest)
    if len(known) < fewest:
        return _assumed(parameters).assign(changes=len(known), **note)
    rows = []
    for rate, (column, sign) in RATES.items():
        logs = sign * known[column].to_numpy()
        # The bounds of a cut are those of exp(−x), in the other order.
        ends = sign * np.expm1(sign * np.array([logs.min(), logs.mean(), logs.max()]))
        low, mode, high = np.sort(ends)
        rows.append((rate, int(known.index[0]), low, mode, high))
    table = pd.DataFrame(rows, columns=["rate", "from_year", *BOUNDS])
    return table.assign(origin="history", tag="", changes=len(known), **note)


def _history_note(years: pd.Index, dropped: int, fewest: int) -> dict[str, str]:
    """Return what the rates rest on, in both languages."""
    n = len(years)
    lost = f"，另有 {dropped} 年无法取对数" if dropped else ""
    lost_en = f"; {dropped} more without a logarithm" if dropped else ""
    if n < fewest:
        return {
            "note_zh": f"历史只有 {n} 个年变化{lost}，少于 {fewest} 个，采用设定值 [P]",
            "note_en": f"Only {n} yearly changes in the history{lost_en}, fewer than "
            f"{fewest}: assumed rates [P]",
        }
    span = f"{years[0]}–{years[-1]}"
    return {
        "note_zh": f"据 {span} 年 {n} 个年变化{lost}",
        "note_en": f"From {n} yearly changes, {span}{lost_en}",
    }


def _assumed(parameters: ScenarioParameters) -> pd.DataFrame:
    """Return the rates of the parameters [1/a], one row a period."""
    rows = [
        (rate, year, *(value / 100 for value in triple))
        for rate in RATES
        for year, triple in getattr(parameters, f"{rate}_pct").items()
    ]
    table = pd.DataFrame(rows, columns=["rate", "from_year", *BOUNDS])
    return table.assign(origin="assumed", tag="P")


def yearly_rates(rates: pd.DataFrame, years: range) -> pd.DataFrame:
    """Return low, mode and high of each rate in each year.

    Parameters
    ----------
    rates : pandas.DataFrame
        From :func:`usual_rates`: the first period also holds before it begins.
    years : range
        Years of the projection.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, columns (rate, bound) [1/a].

    Raises
    ------
    ParameterError
        If a rate is missing.
    """
    pieces = {}
    for rate in RATES:
        rows = rates[rates["rate"] == rate].sort_values("from_year")
        if rows.empty:
            raise ParameterError(Problem("情景参数", f"缺少{rate}", "、".join(RATES)))
        starts = rows["from_year"].to_numpy()
        place = np.searchsorted(starts, np.array(years), side="right") - 1
        values = rows[list(BOUNDS)].to_numpy(dtype=float)[np.maximum(place, 0)]
        index = pd.Index(years, name="year")
        pieces[rate] = pd.DataFrame(values, index=index, columns=list(BOUNDS))
    return pd.concat(pieces, axis=1)


def policy_cuts(gaps: pd.DataFrame, years: range) -> pd.DataFrame:
    """Return the yearly cuts of energy and carbon intensity that targets ask for.

    Parameters
    ----------
    gaps : pandas.DataFrame
        From :func:`~synergy_lib.outlook.targets.progress.park_target_gaps`: targets of
        energy or carbon per value added are used, binding ones alone if there are any.
    years : range
        Years of the projection.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: ``energy_intensity_cut, carbon_intensity_cut`` [1/a], NaN
        without a target; ``targets`` (their ids) and ``standing``.

    Notes
    -----
    To the target year the rate required from now on, or that of the whole path
    where the park is ahead of it or cannot be judged; afterwards the rate of the path
    goes on [P]. The strictest target of each year counts.
    """
    rows = gaps[gaps["formula"].isin(list(_INTENSITIES)) & gaps["path_rate"].notna()]
    binding = rows["standing"] == "binding"
    if binding.any():
        rows = rows[binding]
    index = pd.Index(years, name="year")
    names = ("energy_intensity_cut", "carbon_intensity_cut")
    found = pd.DataFrame(np.nan, index=index, columns=list(names))
    for row in rows.to_dict("records"):
        name = _INTENSITIES[row["formula"]]
        needed = np.nanmax([row["required_rate"], row["path_rate"]])
        rate = np.where(index <= row["target_year"], needed, row["path_rate"])
        found[name] = np.fmax(found[name].to_numpy(), rate)
    used = "、".join(rows["target_id"].astype(str))
    return found.assign(targets=used, standing="、".join(rows["standing"].unique()))


def policy_rates(usual: pd.DataFrame, cuts: pd.DataFrame) -> pd.DataFrame:
    r"""Return the usual rates, moved so that they are never slower than the targets.

    Parameters
    ----------
    usual : pandas.DataFrame
        From :func:`yearly_rates`.
    cuts : pandas.DataFrame
        From :func:`policy_cuts`, same years.

    Returns
    -------
    pandas.DataFrame
        As ``usual``.

    Notes
    -----
    The likeliest cut of energy intensity rises to the target's, its bounds by as much.
    A cut c of carbon intensity leaves :math:`b = 1 - (1-c)/(1-a)` for the carbon
    factor, with a so raised; likewise. Faster history stays: a target is a minimum.
    """
    wanted = cuts["energy_intensity_cut"].to_numpy(dtype=float)
    moved = _raised(usual, "energy_intensity_cut", wanted)
    a = moved["energy_intensity_cut"]["mode"].to_numpy()
    carbon = cuts["carbon_intensity_cut"].to_numpy(dtype=float)
    return _raised(moved, "carbon_factor_cut", 1 - (1 - carbon) / (1 - a))


def _raised(rates: pd.DataFrame, rate: str, wanted: Floats) -> pd.DataFrame:
    """Move a rate up to what is wanted, where it is lower; NaN wants nothing."""
    mode = rates[(rate, "mode")].to_numpy()
    rise = np.fmax(np.nan_to_num(wanted - mode, nan=0.0), 0.0)
    shifted = rates.copy()
    for bound in BOUNDS:
        shifted[(rate, bound)] = np.minimum(rates[(rate, bound)] + rise, _MOST)
    return shifted
