"""Invented solvents, air and water pollutants, water and wastes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.demo_park.activity import Frames
from synergy_lib.demo_park.profiles import YEARS, Cast, random_numbers
from synergy_lib.demo_park.shapes import around, between, share_around

__all__ = ["invent_pollutants", "invent_resources"]

_KG_PER_T = 1000.0
_CONDENSATE_T_PER_GJ = 0.8 / 2.69
_CH4_KG_PER_KG_COD = 0.25 * 0.8

# Generated per unit of output or waste water: typical value is an archetype
# parameter or, in water, a share of the inlet nitrogen or a concentration in mg/L.
_AIR = {"so2": 0.86, "pm": 0.955, "hcl": 0.94, "nh3": 0.92}
_SPECIES = {
    "toluene": (0.55, 0.09),
    "methanol": (0.70, 0.14),
    "xylene": (0.12, 0.05),
    "chlorobenzenes": (0.10, 0.03),
    "formaldehyde": (0.08, 0.01),
}


def invent_resources(cast: Cast, activity: Frames, energy: Frames, seed: int) -> Frames:
    """Return the quantities of the sheet 固废溶剂用水, enterprises × years.

    Parameters
    ----------
    cast : Cast
        The enterprises.
    activity, energy : dict of str to pandas.DataFrame
        From :mod:`synergy_lib.demo_park.activity`.
    seed : int
        Seed of all draws.

    Returns
    -------
    dict of str to pandas.DataFrame
        Panel column → enterprises × years.

    Notes
    -----
    Fresh + recovered solvent equals solvent charged within 3 %; utilised waste never
    exceeds generated waste; recovered methane never exceeds what forms from the COD
    treated anaerobically (0.25 kg/kg · 0.8).
    """
    rng = random_numbers(seed, "resources")
    volume = activity["volume_10k_cny"]
    frames = _solvents(cast, volume, rng)
    frames |= _wastes(cast, volume, rng)
    frames |= _water(cast, volume, rng)
    frames |= _recovered_heat(cast, energy, rng)
    return {name: frame.round(_decimals(name)) for name, frame in frames.items()}


def _decimals(name: str) -> int:
    """Return the decimals a quantity is reported with."""
    if name == "anaerobic_share":
        return 2
    return 0 if name.endswith(("_m3", "_gj", "_mg_l", "_kg")) else 2


def _solvents(cast: Cast, volume: pd.DataFrame, rng: np.random.Generator) -> Frames:
    """Return solvent charged, fresh, recovered and of low toxicity [t]."""
    firms = cast.enterprises
    per_output = around(
        firms["solvent_fresh_t_per_10k_cny"], cast.quality("B"), rng, slope=-0.24
    )
    recovery = share_around(
        firms["solvent_recovery"], cast.quality("E"), rng, slope=0.5
    )
    fresh = volume * per_output
    used = fresh / (1 - recovery)
    measured = np.exp(rng.normal(0, 0.006, used.shape))
    safer = share_around(
        firms["solvent_low_toxicity"], cast.quality("B"), rng, slope=0.4
    )
    return {
        "solvent_used_t": used,
        "solvent_fresh_t": fresh,
        "solvent_recovered_t": used * recovery * measured,
        "solvent_low_toxicity_t": used * safer,
    }


def _wastes(cast: Cast, volume: pd.DataFrame, rng: np.random.Generator) -> Frames:
    """Return solid wastes generated and utilised [t]."""
    firms, quality = cast.enterprises, cast.quality("E")
    general = volume * around(
        firms["general_waste_t_per_10k_cny"], quality, rng, slope=-0.1
    )
    hazardous = volume * around(
        firms["hazardous_waste_t_per_10k_cny"], quality, rng, slope=-0.15
    )
    return {
        "general_waste_generated_t": general,
        "general_waste_utilised_t": general
        * share_around(0.84, quality, rng, slope=0.55),
        "hazardous_waste_generated_t": hazardous,
        "hazardous_waste_utilised_t": hazardous
        * share_around(0.25, quality, rng, slope=0.6),
    }


def _water(cast: Cast, volume: pd.DataFrame, rng: np.random.Generator) -> Frames:
    """Return fresh and reused water, waste water and its concentrations."""
    firms = cast.enterprises
    wastewater = volume * around(
        firms["wastewater_m3_per_10k_cny"], cast.quality("C"), rng, slope=-0.16
    )
    fresh = wastewater * around(
        firms["water_per_wastewater"], cast.quality("E"), rng, slope=0, firm_sd=0.05
    )
    reuse = share_around(0.685, cast.quality("E"), rng, slope=0.45)
    cod_in = around(firms["cod_in_mg_l"], cast.quality("C"), rng, slope=-0.06)
    cod_out = around(98.0, cast.quality("D"), rng, slope=-0.18)
    tn_in = around(firms["tn_in_mg_l"], cast.quality("C"), rng, slope=-0.06)
    tn_out = around(25.0, cast.quality("D"), rng, slope=-0.14)
    anaerobic = _whole_percent(firms["anaerobic_share"], rng)
    methane = wastewater * (cod_in - cod_out) / _KG_PER_T
    methane = methane * anaerobic * _CH4_KG_PER_KG_COD
    captured = share_around(0.62, cast.quality("E"), rng, slope=0.4)
    return {
        "water_fresh_m3": fresh,
        "water_reused_m3": fresh * reuse / (1 - reuse),
        "wastewater_m3": wastewater,
        "cod_in_mg_l": cod_in,
        "cod_out_mg_l": between(cod_out, high=190),
        "tn_in_mg_l": tn_in,
        "tn_out_mg_l": between(tn_out, high=45),
        "anaerobic_share": anaerobic,
        "ch4_recovered_kg": methane * captured,
    }


def _whole_percent(typical: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return shares kept over the years; three firms in ten have none [-]."""
    own = typical * np.exp(rng.normal(0, 0.3, len(typical)))
    own = own.clip(upper=0.8).where(rng.random(len(typical)) < 0.7, 0.0).round(2)
    return pd.DataFrame(dict.fromkeys(YEARS, own))


def _recovered_heat(cast: Cast, energy: Frames, rng: np.random.Generator) -> Frames:
    """Return condensate [t] and waste heat [GJ], available and recovered."""
    quality = cast.quality("E")
    condensate = energy["heat_purchased_gj"] * _CONDENSATE_T_PER_GJ
    potential = energy["heat_used_gj"] * around(0.09, quality, rng, slope=0)
    return {
        "condensate_total_t": condensate,
        "condensate_recovered_t": condensate
        * share_around(0.60, quality, rng, slope=0.5),
        "waste_heat_recovered_gj": potential
        * share_around(0.50, quality, rng, slope=0.55),
        "waste_heat_potential_gj": potential,
    }


def invent_pollutants(
    cast: Cast, activity: Frames, energy: Frames, resources: Frames, seed: int
) -> Frames:
    """Return pollutants generated and emitted, enterprises × years, in kg.

    Parameters
    ----------
    cast : Cast
        The enterprises.
    activity, energy, resources : dict of str to pandas.DataFrame
        What the pollutants follow: output, fuel burnt, solvents and waste water.
    seed : int
        Seed of all draws.

    Returns
    -------
    dict of str to pandas.DataFrame
        Pollutant columns of the panel; NaN where an enterprise does not have one.

    Notes
    -----
    VOCs generated follow fresh solvent; COD and nitrogen follow waste water and its
    concentrations; NOx follows gas burnt. What is emitted is what is generated less
    what is removed, so it is never larger.
    """
    rng = random_numbers(seed, "pollutants")
    volume = activity["volume_10k_cny"]
    frames = _vocs(cast, volume, resources, rng)
    for name, removal in _AIR.items():
        typical = cast.enterprises[f"{name}_kg_per_10k_cny"]
        generated = volume * around(typical, cast.quality("D"), rng, slope=-0.05)
        kept = 1 - share_around(removal, cast.quality("D"), rng, slope=0.3)
        frames[f"{name}_generated_kg"] = generated
        frames[f"{name}_kg"] = generated * kept
    frames |= _nitrogen_oxides(cast, volume, energy, rng)
    frames |= _water_pollutants(cast, resources, rng)
    return {name: frame.round(1) for name, frame in frames.items()}


def _vocs(
    cast: Cast, volume: pd.DataFrame, resources: Frames, rng: np.random.Generator
) -> Frames:
    """Return VOCs in total and the species an enterprise has [kg]."""
    firms = cast.enterprises
    loss = around(
        firms["vocs_per_solvent"], cast.quality("C"), rng, slope=-0.1, firm_sd=0.1
    )
    generated = resources["solvent_fresh_t"] * loss * _KG_PER_T
    generated = generated + volume.mul(firms["vocs_kg_per_10k_cny"], axis=0)
    kept = 1 - share_around(0.885, cast.quality("D"), rng, slope=0.36)
    frames = {"vocs_generated_kg": generated, "vocs_kg": generated * kept}
    for name, (how_common, typical) in _SPECIES.items():
        has = rng.random(len(firms)) < how_common
        has &= (firms["archetype"] != "treatment").to_numpy()
        share = around(typical, cast.quality("B"), rng, slope=-0.1, firm_sd=0.35)
        share = between(share, high=0.25).where(np.tile(has[:, None], len(YEARS)))
        frames[f"{name}_generated_kg"] = frames["vocs_generated_kg"] * share
        frames[f"{name}_kg"] = frames["vocs_kg"] * share
    return frames


def _nitrogen_oxides(
    cast: Cast, volume: pd.DataFrame, energy: Frames, rng: np.random.Generator
) -> Frames:
    """Return NOx from gas burners, incinerators and oxidisers [kg]."""
    burnt = energy["natural_gas_10k_nm3"] * 15.0
    other = volume.mul(cast.enterprises["so2_kg_per_10k_cny"] * 0.55, axis=0)
    generated = (burnt + other) * around(1.0, cast.quality("D"), rng, slope=-0.05)
    kept = 1 - share_around(0.45, cast.quality("D"), rng, slope=0.3)
    return {"nox_generated_kg": generated, "nox_kg": generated * kept}


def _water_pollutants(
    cast: Cast, resources: Frames, rng: np.random.Generator
) -> Frames:
    """Return COD, nitrogen, phosphorus and rarer substances in waste water [kg]."""
    flow = resources["wastewater_m3"] / _KG_PER_T
    quality = cast.quality("D")
    frames = {}
    for name in ("cod", "tn"):
        frames[f"{name}_generated_kg"] = flow * resources[f"{name}_in_mg_l"]
        frames[f"{name}_kg"] = flow * resources[f"{name}_out_mg_l"]
    frames["nh3n_generated_kg"] = frames["tn_generated_kg"] * 0.55
    frames["nh3n_kg"] = flow * around(6.5, quality, rng, slope=-0.2)
    frames["tp_generated_kg"] = flow * around(9.0, quality, rng, slope=0)
    frames["tp_kg"] = flow * around(0.55, quality, rng, slope=-0.15)
    frames["ss_generated_kg"] = flow * around(420.0, quality, rng, slope=0)
    frames["ss_kg"] = flow * around(28.0, quality, rng, slope=-0.15)
    rare = {"aox": (0.25, 12.0, 1.1), "chloroform_water": (0.08, 1.5, 0.09)}
    for name, (how_common, inlet, outlet) in rare.items():
        has = np.tile(rng.random((len(flow), 1)) < how_common, len(YEARS))
        generated = flow * around(inlet, quality, rng, slope=0)
        emitted = flow * around(outlet, quality, rng, slope=-0.15)
        frames[f"{name}_generated_kg"] = generated.where(has)
        frames[f"{name}_kg"] = emitted.where(has)
    return frames
