"""Invented equipment, end-of-pipe energy, process carbon and management records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.demo_park.activity import Frames
from synergy_lib.demo_park.profiles import YEARS, Cast, random_numbers
from synergy_lib.demo_park.shapes import around, between, share_around, whole

__all__ = ["invent_process"]

_HOURS_PER_YEAR = 8760
_LEVELS = ("无", "报告（缺省值）", "报告（实测数据）", "第三方核查")
_KG_PER_T = 1000.0


def invent_process(
    cast: Cast, activity: Frames, energy: Frames, pollutants: Frames, seed: int
) -> Frames:
    """Return the quantities of the sheet 工艺与管理, enterprises × years.

    Parameters
    ----------
    cast : Cast
        The enterprises.
    activity, energy, pollutants : dict of str to pandas.DataFrame
        Output, energy and pollutants, which end-of-pipe treatment follows.
    seed : int
        Seed of all draws.

    Returns
    -------
    dict of str to pandas.DataFrame
        Panel column → enterprises × years; flags are 是/否.
    """
    rng = random_numbers(seed, "process")
    frames = _equipment(cast, activity, rng)
    frames |= _end_of_pipe(cast, energy, pollutants, rng)
    frames |= _process_carbon(cast, activity, pollutants, rng)
    frames |= _records(cast, rng)
    frames |= _certificates(cast, rng)
    return frames | _gates(cast, rng)


def _equipment(cast: Cast, activity: Frames, rng: np.random.Generator) -> Frames:
    """Return counts of units and workshops, and output by green processes."""
    firms, output = cast.enterprises, activity["output_value_10k_cny"]
    root = np.sqrt(output[2022])
    units = _kept((root * firms["units_per_root_output"]).round().clip(lower=6))
    workshops = _kept((root * 0.045).round().clip(lower=2))
    closed = share_around(0.755, cast.quality("C"), rng, slope=0.5)
    advanced = share_around(0.115, cast.quality("C"), rng, slope=0.5)
    standard = share_around(0.55, cast.quality("B"), rng, slope=0.6)
    green = share_around(0.195, cast.quality("B"), rng, slope=0.55)
    return {
        "units_total": units,
        "units_closed": whole(units * closed),
        "units_advanced": whole(units * advanced),
        "workshops_total": workshops,
        "workshops_five_standard": whole(workshops * standard),
        "green_process_output_10k_cny": whole(output * green),
    }


def _kept(values: pd.Series) -> pd.DataFrame:
    """Return values that stay the same in every year."""
    return pd.DataFrame(dict.fromkeys(YEARS, values))


def _end_of_pipe(
    cast: Cast, energy: Frames, pollutants: Frames, rng: np.random.Generator
) -> Frames:
    """Return energy and direct CO2 of end-of-pipe treatment."""
    quality = cast.quality("D")
    power = energy["electricity_grid_mwh"] + energy["electricity_pv_mwh"]
    share = around(cast.enterprises["eop_electricity_share"], quality, rng, slope=-0.12)
    removed = pollutants["vocs_generated_kg"] - pollutants["vocs_kg"]
    oxidised = share_around(0.55, quality, rng, slope=0)
    gas = energy["natural_gas_10k_nm3"] * share_around(0.22, quality, rng, slope=-0.1)
    steam = energy["heat_used_gj"] * around(0.03, quality, rng, slope=-0.1)
    soda = pollutants["hcl_generated_kg"] / _KG_PER_T * 1.45 * 0.415
    return {
        "eop_electricity_mwh": (power * share).round(1),
        "eop_natural_gas_10k_nm3": gas.round(2),
        "eop_steam_gj": whole(steam),
        "eop_direct_co2_t": soda.round(2),
        "vocs_oxidised_t": (removed * oxidised / _KG_PER_T).round(2),
    }


def _process_carbon(
    cast: Cast, activity: Frames, pollutants: Frames, rng: np.random.Generator
) -> Frames:
    """Return carbonates and the carbon balance of the few that lose carbon as CO2."""
    firms, volume = cast.enterprises, activity["volume_10k_cny"]
    count = len(firms)
    makes_acid = rng.random(count) < 0.35
    decarboxylates = rng.random(count) < 0.08
    burns_waste = (firms["archetype"] == "treatment").to_numpy()
    sells_co2 = _gas_supplier(firms)
    lost = np.select([sells_co2, burns_waste, decarboxylates], [0.20, 0.055, 0.012])
    carbon_lost = volume.mul(lost, axis=0) * around(
        1.0, cast.quality("A"), rng, slope=-0.1
    )
    carbon_in = carbon_lost * np.where(burns_waste, 1.12, 3.5)[:, None]
    to_waste = carbon_in * np.where(burns_waste, 0.06, 0.04)[:, None]
    carbonate = volume.mul(np.where(makes_acid, 0.0035, 0.0), axis=0)
    sold = carbon_lost.mul(np.where(sells_co2, 44 / 12 * 0.82, 0.0), axis=0)
    return {
        "caco3_t": (carbonate * 0.5).round(1),
        "na2co3_t": (pollutants["hcl_generated_kg"] / _KG_PER_T * 1.45).round(1),
        "nahco3_t": carbonate.round(1),
        "carbon_in_t": carbon_in.round(1),
        "carbon_out_product_t": (carbon_in - carbon_lost - to_waste).round(1),
        "carbon_out_waste_t": to_waste.round(1),
        "co2_recovered_external_t": whole(sold),
    }


def _gas_supplier(firms: pd.DataFrame) -> np.ndarray:
    """Mark the first fine-chemical firm, which purifies and sells CO2."""
    first = firms.index[firms["archetype"] == "fine"][0]
    return np.asarray(firms.index == first)


def _records(cast: Cast, rng: np.random.Generator) -> Frames:
    """Return tasks, online hours, penalties, complaints and compliance hours."""
    quality = cast.quality("F")
    tasks = 3 + np.cumsum(rng.integers(2, 5, quality.shape), axis=1)
    planned = pd.DataFrame(
        tasks.astype("float64"), index=quality.index, columns=quality.columns
    )
    done = share_around(0.81, quality, rng, slope=0.6)
    points = rng.integers(1, 4, len(quality))
    required = pd.DataFrame(
        np.tile(points[:, None] * _HOURS_PER_YEAR, len(YEARS)),
        index=quality.index,
        columns=quality.columns,
    )
    valid = share_around(0.925, quality, rng, slope=0.5)
    compliance = share_around(0.986, quality, rng, slope=0.5, firm_sd=0.25)
    risk = np.exp(-0.7 * quality.to_numpy())
    return {
        "tasks_planned": planned,
        "tasks_done": whole(planned * done),
        "required_online_hours": required.astype("float64"),
        "valid_online_hours": whole(required * valid),
        "penalties_count": _counts(0.10 * risk, quality, rng),
        "complaints_count": _counts(0.16 * risk, quality, rng),
        "compliance_hours_pct": between(100 * compliance, high=100).round(2),
    }


def _counts(
    rate: np.ndarray, like: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw counts of rare events."""
    return pd.DataFrame(
        rng.poisson(rate).astype("float64"), index=like.index, columns=like.columns
    )


def _certificates(cast: Cast, rng: np.random.Generator) -> Frames:
    """Return audits, certificates and how carbon is reported."""
    quality = cast.quality("F")
    drive = quality + rng.normal(0, 0.6, (len(quality), 1))
    levels = np.digitize(drive.to_numpy(), (-1.6, -0.35, 0.75))
    names = np.array(_LEVELS, dtype=object)[levels]
    frame = pd.DataFrame(names, index=quality.index, columns=quality.columns)
    return {
        "carbon_verification_level": frame,
        "has_cleaner_production_audit": _flags(drive > -1.15),
        "has_iso14001": _flags(drive > -0.55),
        "has_iso50001": _flags(drive > 0.55),
    }


def _flags(condition: pd.DataFrame) -> pd.DataFrame:
    """Return 是 where a condition holds, else 否."""
    return pd.DataFrame(
        np.where(condition, "是", "否"),
        index=condition.index,
        columns=condition.columns,
        dtype=object,
    )


def _gates(cast: Cast, rng: np.random.Generator) -> Frames:
    """Return the gate conditions: nearly always passed, failed by the worst."""
    quality = cast.quality("F")
    risk = np.exp(-0.9 * quality.to_numpy())

    def rare(rate: float) -> pd.DataFrame:
        drawn = rng.random(quality.shape) < np.minimum(rate * risk, 0.5)
        return pd.DataFrame(drawn, index=quality.index, columns=quality.columns)

    return {
        "has_serious_violation": _flags(rare(0.0025)),
        "has_valid_permit": _flags(~rare(0.003)),
        "has_major_accident": _flags(rare(0.001)),
        "has_obsolete_equipment": _flags(rare(0.008)),
        "is_within_permitted_totals": _flags(~rare(0.012)),
    }
