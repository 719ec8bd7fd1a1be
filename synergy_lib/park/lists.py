"""The three lists of a park: key units for carbon, pollutants and energy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem

__all__ = ["LISTS", "ListCriteria", "ThreeLists", "cumulative_members", "three_lists"]

LISTS = {
    "carbon": "重点碳排放单位",
    "pollutant": "重点排污单位",
    "energy": "重点用能单位",
}
KEY_PERMIT = "重点管理"
POLLUTANTS = {"cod_kg": "COD", "nh3n_kg": "氨氮", "vocs_kg": "VOCs"}


@dataclass(frozen=True)
class ListCriteria:
    """Thresholds of the three lists.

    Parameters
    ----------
    carbon_statutory_t : float
        Entry to the national carbon market [tCO2e], R25; the industries C26 and C27
        are not among the covered ones [GK].
    carbon_park_t : float
        Park criterion [tCO2e], proposal [P].
    carbon_cumulative : float
        Share of the park's CO2e that listed units cover, 0.65–0.80, proposal [P].
    pollutant_cumulative : float
        Share of each pollutant that listed units cover: 65 % of industrial water
        pollutants in R23, here COD, ammonia nitrogen and VOCs [P].
    energy_statutory_tce, energy_designated_tce : float
        Key energy users, and the range from which they may be designated [tce], R24.
    energy_watch_tce : float
        Watch list of the park [tce], S002 and S004.
    """

    carbon_statutory_t: float = 26_000.0
    carbon_park_t: float = 13_000.0
    carbon_cumulative: float = 0.65
    pollutant_cumulative: float = 0.65
    energy_statutory_tce: float = 10_000.0
    energy_designated_tce: float = 5_000.0
    energy_watch_tce: float = 1_000.0

    def __post_init__(self) -> None:
        """Refuse shares outside (0, 1] and thresholds out of order."""
        problems = [
            Problem(f"三张清单 {name}", f"{value:g} 超出范围", "大于 0、至多 1")
            for name, value in (
                ("carbon_cumulative", self.carbon_cumulative),
                ("pollutant_cumulative", self.pollutant_cumulative),
            )
            if not 0 < value <= 1
        ]
        energy = (
            self.energy_watch_tce,
            self.energy_designated_tce,
            self.energy_statutory_tce,
        )
        if not 0 < energy[0] <= energy[1] <= energy[2]:
            shown = "、".join(f"{value:g}" for value in energy)
            problems.append(Problem("三张清单 energy", f"{shown} 不是由小到大"))
        if not 0 < self.carbon_park_t <= self.carbon_statutory_t:
            problems.append(Problem("三张清单 carbon", "园区门槛高于法定门槛"))
        if problems:
            raise ParameterError(problems)


@dataclass(frozen=True, eq=False)
class ThreeLists:
    """Result of :func:`three_lists`.

    Attributes
    ----------
    units : pandas.DataFrame
        Index ``enterprise_id``, every enterprise: ``carbon, pollutant, energy``
        (bool), ``count`` (0–3), ``is_key_control`` (on all three, 重点管控),
        ``<list>_basis`` (Chinese, why), ``<list>_statutory`` (bool);
        ``energy_watch`` (bool) for those below the energy list that the park watches,
        with ``energy_watch_basis`` and ``energy_watch_statutory`` (False).
    members : dict of str to pandas.DataFrame
        Per list, largest first: ``value, share, cumulative_share, rank, statutory,
        basis``; the pollutant list has one value, share and rank per pollutant
        instead (``cod_kg``, ``cod_share`` …).
    energy_watch : pandas.DataFrame
        The park's watch list of energy users, as in ``members``; not one of the three
        lists, and nobody is on both.
    overlaps : pandas.Series
        Number of enterprises on exactly these lists, e.g. ``carbon+energy``; ``none``
        for those on no list. Sums to the number of enterprises.
    unknown : dict of str to tuple of str
        Per list, enterprises without the figures it needs: neither in nor out.
    criteria : ListCriteria
    """

    units: pd.DataFrame
    members: dict[str, pd.DataFrame]
    energy_watch: pd.DataFrame
    overlaps: pd.Series
    unknown: dict[str, tuple[str, ...]]
    criteria: ListCriteria = field(default_factory=ListCriteria)


def cumulative_members(values: pd.Series, share: float) -> pd.Series:
    """Return which units together make up a share of the total.

    Parameters
    ----------
    values : pandas.Series
        Amounts of any unit, one an enterprise, not negative; NaN is left out.
    share : float
        In (0, 1].

    Returns
    -------
    pandas.Series of bool
        Same index: sorted descending, units are taken until the share is reached; the
        unit that crosses it belongs, and so do its equals. Zeros never belong.

    Raises
    ------
    MethodError
        If an amount is negative.

    Notes
    -----
    Methods §8.3. NaN counts as neither: the total is that of the known units.

    Examples
    --------
    >>> cumulative_members(pd.Series([50.0, 30.0, 15.0, 5.0]), 0.65).tolist()
    [True, True, False, False]
    """
    if (values < 0).any():
        name = values.index[values < 0][0]
        raise MethodError(Problem(f"企业 {name}", f"数值 {values[name]:g} 为负"))
    ordered = values.sort_values(ascending=False).dropna()
    before = ordered.cumsum().shift(fill_value=0.0)
    goal = share * ordered.sum()
    # relative slack, so that a share of 1 is not missed by rounding
    needed = ordered[(before < goal * (1 - 1e-12)) & (ordered > 0)]
    if needed.empty:
        return pd.Series(False, index=values.index)
    return values.ge(needed.iloc[-1])


def three_lists(data: pd.DataFrame, criteria: ListCriteria | None = None) -> ThreeLists:
    """Draw up the three lists of a park for one year.

    Parameters
    ----------
    data : pandas.DataFrame
        Index ``enterprise_id``, one year: ``co2e_t``, ``energy_tce``, ``permit_class``,
        ``cod_kg``, ``nh3n_kg``, ``vocs_kg``; a column that is absent is unknown.
    criteria : ListCriteria, optional

    Returns
    -------
    ThreeLists
        See there.

    Raises
    ------
    MethodError
        If an enterprise occurs twice, or an amount is negative.

    Notes
    -----
    Carbon: at least the market's 26 000 t (statutory), or at least 13 000 t, or among
    the largest that make up 65 % of the park. Pollutants: permit class 重点管理
    (statutory), or among the largest that make up 65 % of COD, NH3-N or VOCs. Energy:
    at least 10 000 tce (statutory), or 5 000–10 000, who may be designated. An
    enterprise on all three is 重点管控. Who uses 1 000–5 000 tce is not on the list but
    on the park's watch list.
    """
    if not data.index.is_unique:
        twice = data.index[data.index.duplicated()][0]
        raise MethodError(Problem(f"企业 {twice}", "同一年出现两次"))
    criteria = criteria or ListCriteria()
    bases = {
        "carbon": _carbon_bases(_number(data, "co2e_t"), criteria),
        "pollutant": _pollutant_bases(data, criteria),
        "energy": _energy_bases(_number(data, "energy_tce"), criteria),
    }
    energy = _number(data, "energy_tce")
    units = _with_watch(_units(bases), energy, criteria)
    members = {
        "carbon": _members(units, "carbon", _number(data, "co2e_t")),
        "pollutant": _pollutant_members(units, data),
        "energy": _members(units, "energy", energy),
    }
    return ThreeLists(
        units=units,
        members=members,
        energy_watch=_members(units, "energy_watch", energy),
        overlaps=_overlaps(units),
        unknown=_unknown(data, units),
        criteria=criteria,
    )


def _number(data: pd.DataFrame, column: str) -> pd.Series:
    """Return a column, NaN where it is absent."""
    if column in data.columns:
        return data[column].astype(float)
    return pd.Series(np.nan, index=data.index)


def _carbon_bases(co2e: pd.Series, criteria: ListCriteria) -> pd.DataFrame:
    """Return which criterion of the carbon list each enterprise meets."""
    share = criteria.carbon_cumulative
    top, park = criteria.carbon_statutory_t, criteria.carbon_park_t
    return pd.DataFrame(
        {
            f"法定≥{top:,.0f} t": co2e >= top,
            f"园区≥{park:,.0f} t [P]": (co2e >= park) & (co2e < top),
            f"累计前{share:.0%} [P]": cumulative_members(co2e, share),
        }
    )


def _pollutant_bases(data: pd.DataFrame, criteria: ListCriteria) -> pd.DataFrame:
    """Return which criterion of the pollutant list each enterprise meets."""
    share = criteria.pollutant_cumulative
    bases = {f"法定：许可{KEY_PERMIT}": _permit(data) == KEY_PERMIT}
    for column, name in POLLUTANTS.items():
        found = cumulative_members(_number(data, column), share)
        bases[f"{name}累计前{share:.0%} [P]"] = found
    return pd.DataFrame(bases)


def _energy_bases(energy: pd.Series, criteria: ListCriteria) -> pd.DataFrame:
    """Return which criterion of the energy list each enterprise meets."""
    top, middle = criteria.energy_statutory_tce, criteria.energy_designated_tce
    return pd.DataFrame(
        {
            f"法定≥{top:,.0f} tce": energy >= top,
            f"可指定：{middle:,.0f}–{top:,.0f} tce": (energy >= middle)
            & (energy < top),
        }
    )


def _with_watch(
    units: pd.DataFrame, energy: pd.Series, criteria: ListCriteria
) -> pd.DataFrame:
    """Add who is not on the energy list but watched by the park."""
    watch, middle = criteria.energy_watch_tce, criteria.energy_designated_tce
    watched = (energy >= watch) & (energy < middle)
    basis = f"园区关注：{watch:,.0f}–{middle:,.0f} tce"
    return units.assign(
        energy_watch=watched,
        energy_watch_basis=np.where(watched, basis, ""),
        energy_watch_statutory=False,
    )


def _permit(data: pd.DataFrame) -> pd.Series:
    if "permit_class" in data.columns:
        return data["permit_class"].astype(object)
    return pd.Series(np.nan, index=data.index, dtype=object)


def _units(bases: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return membership, reasons and the number of lists of each enterprise."""
    columns: dict[str, pd.Series] = {
        name: met.any(axis=1) for name, met in bases.items()
    }
    for name, met in bases.items():
        columns[f"{name}_statutory"] = met.iloc[:, 0]
        reasons = ["、".join(met.columns[row]) for row in met.to_numpy(dtype=bool)]
        columns[f"{name}_basis"] = pd.Series(reasons, index=met.index, dtype=object)
    units = pd.DataFrame(columns)
    count = units[list(LISTS)].sum(axis=1)
    return units.assign(count=count, is_key_control=count == len(LISTS))


def _members(units: pd.DataFrame, name: str, values: pd.Series) -> pd.DataFrame:
    """Return the members of a list, largest first."""
    known = values.sort_values(ascending=False, kind="stable")
    table = pd.DataFrame(
        {
            "value": known,
            "share": known / known.sum(),
            "cumulative_share": known.cumsum() / known.sum(),
            "rank": known.rank(ascending=False, method="min"),
            "statutory": units[f"{name}_statutory"].reindex(known.index),
            "basis": units[f"{name}_basis"].reindex(known.index),
        }
    )
    return table[units[name].reindex(known.index)]


def _pollutant_members(units: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    """Return the members of the pollutant list, with their part of each pollutant."""
    columns: dict[str, pd.Series] = {}
    for column in POLLUTANTS:
        values, stem = _number(data, column), column.removesuffix("_kg")
        columns[column] = values
        columns[f"{stem}_share"] = values / values.sum()
        columns[f"{stem}_rank"] = values.rank(ascending=False, method="min")
    table = pd.DataFrame(columns).assign(
        statutory=units["pollutant_statutory"], basis=units["pollutant_basis"]
    )
    largest = table[[f"{c.removesuffix('_kg')}_share" for c in POLLUTANTS]].max(axis=1)
    order = largest.sort_values(ascending=False, kind="stable").index
    return table.loc[order][units["pollutant"].reindex(order)]


def _overlaps(units: pd.DataFrame) -> pd.Series:
    """Return how many enterprises are on exactly which lists."""
    names = list(LISTS)
    member = units[names].to_numpy(dtype=bool)
    codes = member @ (1 << np.arange(len(names)))
    labels = [
        "+".join(name for place, name in enumerate(names) if code >> place & 1)
        for code in range(1 << len(names))
    ]
    counts = np.bincount(codes, minlength=len(labels))
    index = [label or "none" for label in labels]
    return pd.Series(counts, index=index, name="enterprises")


def _unknown(data: pd.DataFrame, units: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return, per list, who is not on it but lacks a figure that could put it there.

    A pollutant that nobody reports is no criterion in this park.
    """
    reported = [column for column in POLLUTANTS if _number(data, column).notna().any()]
    pollutants = data[reported].isna().any(axis=1) if reported else True
    missing = {
        "carbon": _number(data, "co2e_t").isna(),
        "pollutant": _permit(data).isna() | pollutants,
        "energy": _number(data, "energy_tce").isna(),
    }
    return {
        name: tuple(data.index[gap & ~units[name]].astype(str))
        for name, gap in missing.items()
    }
