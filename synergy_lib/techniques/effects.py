"""What each technique would change at an enterprise, from its own figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from synergy_lib.errors import InputDataError, Problem
from synergy_lib.factors.selection import FactorSet
from synergy_lib.schema import load_columns
from synergy_lib.techniques.basis import describe_basis, describe_status
from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.conversion import (
    AIR_POLLUTANTS,
    WATER_POLLUTANTS,
    co2e_per_unit,
    kg_per_equivalent,
)
from synergy_lib.techniques.vocabulary import (
    BOUNDS,
    TARGETS,
    driver_columns,
    parse_conditions,
)

__all__ = ["amount_column", "estimate_effects"]

Floats: TypeAlias = NDArray[np.float64]
Amounts: TypeAlias = dict[str, dict[str, Floats]]
# A technique, or one of its effects, by column of the catalogue.
Record: TypeAlias = Mapping[Any, Any]

KEYS = ("enterprise_id", "technique_id", "status")
TEXTS = ("co2e_relative", "pollutant_relative", "project_size", "basis", "basis_en")


@dataclass(frozen=True, eq=False)
class _Own:
    """An enterprise's own figures of one year, one row an enterprise."""

    data: pd.DataFrame

    def get(self, column: str) -> Floats:
        """Return a column; an absent energy carrier is not used, the rest unknown."""
        if column in self.data.columns:
            values: Floats = self.data[column].to_numpy(dtype=float)
            return values
        row = load_columns().loc[column]
        is_carrier = row["kind"] == "input" and row["sheet"] == "energy"
        return np.full(len(self.data), 0.0 if is_carrier else np.nan)


@dataclass(frozen=True, eq=False)
class _PerUnit:
    """What one unit of a quantity is worth.

    ``location`` and ``market`` are tCO2e a unit of each target; ``equivalents`` are
    kg a pollution equivalent.
    """

    location: dict[str, float]
    market: dict[str, float]
    equivalents: dict[str, float]


def amount_column(stem: str, bound: str, unit: str) -> str:
    """Return the name of a result column.

    Examples
    --------
    >>> amount_column("electricity", "mode", "mwh")
    'electricity_mode_mwh'
    """
    return f"{stem}_{bound}_{unit}"


def estimate_effects(
    panel: pd.DataFrame,
    accounts: pd.DataFrame,
    factors: FactorSet,
    catalogue: Catalogue,
    year: int,
) -> pd.DataFrame:
    r"""Estimate what every technique would change at every enterprise.

    Parameters
    ----------
    panel, accounts : pandas.DataFrame
        Indexed by ``enterprise_id`` and ``year``; columns of ``data/columns.csv``.
        The two may be the same, already joined frame.
    factors : FactorSet
        Grid, heat and fuel factors, and pollutant equivalents.
    catalogue : Catalogue
        As :func:`synergy_lib.techniques.catalogue.load_catalogue` returns it.
    year : int
        The year whose activity is the base.

    Returns
    -------
    pandas.DataFrame
        One row per enterprise and technique: ``enterprise_id, technique_id, status``
        (``estimated``, ``not_applicable``, ``missing_data``, ``implausible``,
        ``no_default``), then for low, mode and high ``co2e_<bound>_t`` (location),
        ``co2e_market_<bound>_t``, ``air_equivalent_<bound>_kg``,
        ``water_equivalent_<bound>_kg`` and one column per quantity acted on, e.g.
        ``electricity_<bound>_mwh``; ``co2e_relative`` and ``pollutant_relative`` (mode,
        fraction of the enterprise's own; 0 for a technique without effect on
        pollutants, NaN where it is not quantified); ``project_size``, the quantity the
        investment grows with (mode), also of techniques without a default effect;
        ``basis`` and ``basis_en``.
        Reductions are positive, increases negative; what a technique does not act on,
        or is not estimated, is NaN.

    Raises
    ------
    InputDataError
        If the panel has no rows of that year.

    Notes
    -----
    Reduction of a target = share · coefficient · (own base − own deduction), summed
    over the technique's rows; ΔCO2e = Δelectricity · grid factor + Δheat · heat factor
    + Δfuel · fuel factor + direct reduction (methods §7.3). ``low`` adds the
    unfavourable end of every part, ``high`` the favourable; the share is one stated
    assumption, so results scale with it. Where the mode exceeds a technique's ceiling
    (a fraction of the enterprise's own total), the published figure does not fit the
    enterprise: nothing is estimated and the sentence says so.
    """
    own = _own_figures(panel, accounts, year)
    per_unit = _PerUnit(
        location=co2e_per_unit(factors, year),
        market=co2e_per_unit(factors, year, market=True),
        equivalents=kg_per_equivalent(factors),
    )
    effects: dict[str, list[Record]] = defaultdict(list)
    for row in catalogue.effects.to_dict("records"):
        effects[str(row["technique_id"])].append(row)
    techniques = catalogue.techniques.to_dict("index")
    parts = [
        _estimate(own, per_unit, record, effects[str(technique)])
        for technique, record in techniques.items()
    ]
    count = len(own.data)
    keys = {
        "enterprise_id": own.data.index.take(np.tile(np.arange(count), len(parts))),
        "technique_id": np.repeat(np.array(list(techniques), dtype=object), count),
    }
    unknown = np.full(count, np.nan)
    columns = {
        name: np.concatenate([part.get(name, unknown) for part in parts])
        for name in ("status", *_amount_columns(), *TEXTS)
    }
    table = pd.DataFrame(keys | columns)
    by_enterprise = np.arange(len(table)).reshape(len(parts), count).T.ravel()
    return table.iloc[by_enterprise].reset_index(drop=True)


def _own_figures(panel: pd.DataFrame, accounts: pd.DataFrame, year: int) -> _Own:
    """Return panel and accounts of one year side by side."""
    if year not in panel.index.get_level_values("year"):
        raise InputDataError(Problem("技术效益估算", f"没有 {year} 年的数据"))
    extra = accounts[[name for name in accounts if name not in panel.columns]]
    joined = panel.join(extra, validate="1:1")
    rows = joined[joined.index.get_level_values("year") == year]
    return _Own(rows.droplevel("year"))


def _estimate(
    own: _Own, per_unit: _PerUnit, record: Record, rows: Sequence[Record]
) -> dict[str, NDArray[Any]]:
    """Estimate one technique at all enterprises; return the columns it has."""
    status, reason = _applicability(own, record, rows)
    amounts = _amounts(own, record, rows)
    co2e = _co2e(amounts, per_unit.location)
    market = _co2e(amounts, per_unit.market)
    beyond = _beyond_ceiling(own, record, amounts, co2e)
    status[beyond & (status == "estimated")] = "implausible"
    estimated = status == "estimated"
    figures = {
        name: np.where(estimated, values, np.nan)
        for name, values in _figures(amounts, co2e, market, per_unit).items()
    }
    columns: dict[str, NDArray[Any]] = {"status": status, **figures}
    if "co2e_mode_t" in figures:
        columns["co2e_relative"] = _ratio(figures["co2e_mode_t"], own.get("co2e_t"))
    columns["pollutant_relative"] = _pollutant_relative(figures, own, record)
    size = _project_size(own, record, amounts, co2e)
    has_project = estimated | (status == "no_default")
    columns["project_size"] = np.where(has_project, size, np.nan)
    for language, name in (("zh", "basis"), ("en", "basis_en")):
        other = describe_status(own.get, record, status, reason, language=language)
        told = describe_basis(own.get, record, rows, language=language) or other
        chosen = np.where(estimated, told, other)
        columns[name] = chosen.astype(object)
    return columns


def _applicability(
    own: _Own, record: Record, rows: Sequence[Record]
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the status of each enterprise, and the column behind it."""
    count = len(own.data)
    status, reason = np.full(count, "estimated", object), np.full(count, "", object)
    if not rows:
        return np.full(count, "no_default", object), reason
    largest = np.zeros(count)
    for column in _columns_needed(rows):
        missing = np.isnan(own.get(column)) & (status == "estimated")
        status[missing], reason[missing] = "missing_data", column
    for row in rows:
        base = own.get(row["base_column"]) - _deduction(own, row["minus_column"])
        largest = np.maximum(largest, np.nan_to_num(base))
        wrong = (base < 0) & (status == "estimated")
        status[wrong], reason[wrong] = "missing_data", f"{row['minus_column']}!"
    empty = (largest == 0) & (status == "estimated")
    status[empty], reason[empty] = "not_applicable", rows[0]["base_column"]
    for condition in parse_conditions(str(record["conditions"])):
        value = own.get(condition.column)
        sign = 1 if condition.operator == ">=" else -1
        fails = sign * (value - condition.limit) < 0
        status[fails], reason[fails] = "not_applicable", condition.column
        missing = np.isnan(value) & (status == "estimated")
        status[missing], reason[missing] = "missing_data", condition.column
    return status, reason


def _columns_needed(rows: Sequence[Record]) -> list[str]:
    """Return every panel column the effects rest on."""
    names = [row[part] for part in ("base_column", "minus_column") for row in rows]
    return list(dict.fromkeys(name for name in names if name))


def _deduction(own: _Own, column: str) -> Floats:
    return own.get(column) if column else np.zeros(len(own.data))


def _amounts(own: _Own, record: Record, rows: Sequence[Record]) -> Amounts:
    """Return the reduction of every target the technique acts on."""
    amounts: Amounts = {}
    for row in rows:
        base = own.get(row["base_column"]) - _deduction(own, row["minus_column"])
        base = base * float(record["affected_share"])
        target = amounts.setdefault(row["target"], {})
        for bound in BOUNDS:
            target[bound] = target.get(bound, 0) + base * row[bound]
    return amounts


def _co2e(amounts: Amounts, per_unit: dict[str, float]) -> dict[str, Floats] | None:
    """Return the CO2e reduction of a technique, None where it acts on nothing."""
    parts = [
        {bound: amount[bound] * per_unit[target] for bound in BOUNDS}
        for target, amount in amounts.items()
        if target in per_unit
    ]
    if not parts:
        return None
    return {bound: np.sum([part[bound] for part in parts], axis=0) for bound in BOUNDS}


def _project_size(
    own: _Own, record: Record, amounts: Amounts, co2e: dict[str, Floats] | None
) -> Floats:
    """Return the quantity the investment grows with, NaN where there is no project.

    That is the CO2e or other quantity reduced, where the driver is one the technique
    acts on, and otherwise the enterprise's own figure times the affected share.
    """
    column, minus = driver_columns(str(record["capex_driver"]))
    if not column:
        return np.full(len(own.data), np.nan)
    if column == "co2e_t" and co2e:
        size = co2e["mode"]
    elif column in amounts:
        size = amounts[column]["mode"]
    else:
        left = own.get(column) - _deduction(own, minus)
        size = left * float(record["affected_share"])
    return np.where(size > 0, size, np.nan)


def _beyond_ceiling(
    own: _Own, record: Record, amounts: Amounts, co2e: dict[str, Floats] | None
) -> NDArray[np.bool_]:
    """Say where the mode is more than the ceiling allows."""
    column = record["ceiling_column"]
    if not column or not amounts:
        return np.zeros(len(own.data), dtype=bool)
    found = co2e if column == "co2e_t" else amounts.get(column)
    ceiling = own.get(column) * float(record["ceiling_fraction"])
    if found is None:
        return np.zeros(len(own.data), dtype=bool)
    return np.asarray(found["mode"] > ceiling)


def _figures(
    amounts: Amounts,
    co2e: dict[str, Floats] | None,
    market: dict[str, Floats] | None,
    per_unit: _PerUnit,
) -> dict[str, Floats]:
    """Return the amount columns of what the technique acts on."""
    media = {"air": AIR_POLLUTANTS, "water": WATER_POLLUTANTS}
    figures: dict[str, Floats] = {}
    for bound in BOUNDS:
        if co2e and market:
            figures[f"co2e_{bound}_t"] = co2e[bound]
            figures[f"co2e_market_{bound}_t"] = market[bound]
        for medium, names in media.items():
            parts = [
                amounts[f"{name}_kg"][bound] / per_unit.equivalents[name]
                for name in names
                if f"{name}_kg" in amounts
            ]
            if parts:
                figures[f"{medium}_equivalent_{bound}_kg"] = np.sum(parts, axis=0)
        for target, amount in amounts.items():
            stem, unit = TARGETS[target]
            figures[amount_column(stem, bound, unit)] = amount[bound]
    return figures


def _amount_columns() -> list[str]:
    """Return all amount columns, in the order of the result."""
    stems = [
        ("co2e", "t"),
        ("co2e_market", "t"),
        ("air_equivalent", "kg"),
        ("water_equivalent", "kg"),
        *TARGETS.values(),
    ]
    return [
        amount_column(stem, bound, unit) for stem, unit in stems for bound in BOUNDS
    ]


def _pollutant_relative(
    figures: dict[str, Floats], own: _Own, record: Record
) -> Floats:
    """Return the relative pollutant reduction, of the medium the technique acts on."""
    unknown = np.full(len(own.data), np.nan)
    if record["pollutant_effect"] == "none":
        known = [~np.isnan(values) for values in figures.values()]
        return np.where(np.any(known, axis=0), 0.0, np.nan) if known else unknown
    for medium in ("air", "water"):
        column = f"{medium}_equivalent_mode_kg"
        if column in figures:
            return _ratio(figures[column], own.get(f"{medium}_equivalent_kg"))
    return unknown


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return part over whole, NaN where the whole is not above zero."""
    return np.asarray(part / np.where(whole > 0, whole, np.nan))
