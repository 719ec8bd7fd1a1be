"""Invented output, value added, staff and energy of the demonstration park."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.demo_park.profiles import YEARS, Cast, random_numbers
from synergy_lib.demo_park.shapes import around, between, share_around, whole

__all__ = ["PARK_OUTPUT_2022_10K_CNY", "invent_activity", "invent_energy"]

# 315 亿元, the published output of the pilot park in 2022 (sources.csv S002).
PARK_OUTPUT_2022_10K_CNY = 3_150_000.0

_CALIBRATION_YEAR = 2022
_ELECTRICITY_TCE_PER_MWH = 0.1229
_HEAT_TCE_PER_GJ = 0.0341
_GAS_TCE_PER_10K_NM3 = 13.30
_GAS_GJ_PER_10K_NM3 = 389.31
_DIESEL_TCE_PER_T = 1.4571
_BOILER_EFFICIENCY = 0.88
_DEFLATOR = {2020: 1.0, 2021: 1.021, 2022: 1.028, 2023: 1.006, 2024: 0.988}
_BUSINESS = {2020: 0.955, 2021: 1.0, 2022: 1.0, 2023: 0.985, 2024: 1.01}
_CLOSING_YEAR_SHARE = 0.45

Frames = dict[str, pd.DataFrame]


def invent_activity(cast: Cast, seed: int) -> Frames:
    """Return the quantities of the sheet 年度经营, enterprises × years.

    Parameters
    ----------
    cast : Cast
        The enterprises.
    seed : int
        Seed of all draws.

    Returns
    -------
    dict of str to pandas.DataFrame
        Panel column → enterprises × years; also ``volume_10k_cny`` (output at 2020
        prices) and ``value_added_volume_10k_cny``, which other quantities follow.

    Notes
    -----
    Output is log-normal over enterprises, follows one business cycle with own
    growth, and is scaled so that the park's output in 2022 is
    :data:`PARK_OUTPUT_2022_10K_CNY`.
    """
    rng = random_numbers(seed, "activity")
    firms, quality = cast.enterprises, cast.quality("A")
    deflator = pd.DataFrame(
        {year: np.full(len(firms), _DEFLATOR[year]) for year in YEARS},
        index=firms.index,
    )
    volume = _output_volume(cast, rng)
    output = volume * deflator
    volume = volume * (PARK_OUTPUT_2022_10K_CNY / output[_CALIBRATION_YEAR].sum())
    output = whole(volume * deflator)
    share = share_around(
        firms["value_added_share"], quality, rng, slope=0.05, firm_sd=0.10
    )
    added = output * share
    land = _constant(output[_CALIBRATION_YEAR] / firms["output_per_mu_10k_cny"], rng)
    staff = around(1 / firms["output_per_person_10k_cny"], quality, rng, slope=-0.05)
    tax = added * around(firms["tax_share"], quality, rng, slope=0.12, firm_sd=0.2)
    product = around(firms["product_t_per_10k_cny"], quality, rng, slope=0, firm_sd=0.4)
    return {
        "output_value_10k_cny": output,
        "value_added_10k_cny": whole(added, low=-np.inf),
        "value_added_deflator": deflator,
        "tax_10k_cny": whole(tax),
        "land_mu": land.round(1),
        "main_product_t": (volume * product).round(1),
        "employees_persons": whole(volume * staff, low=12),
        "volume_10k_cny": volume,
        "value_added_volume_10k_cny": volume * _mean_share(share),
    }


def _output_volume(cast: Cast, rng: np.random.Generator) -> pd.DataFrame:
    """Return output at constant prices before calibration [万元]."""
    firms = cast.enterprises
    size = firms["output_10k_cny"] * np.exp(
        firms["output_log_sd"] * np.clip(rng.standard_normal(len(firms)), -1.8, 2.2)
    )
    growth = rng.normal(0.035, 0.04, len(firms))
    steps = np.array(YEARS) - _CALIBRATION_YEAR
    cycle = np.array([_BUSINESS[year] for year in YEARS])
    noise = np.exp(rng.normal(0, 0.04, (len(firms), len(YEARS))))
    path = np.exp(growth[:, None] * steps) * cycle * noise
    volume = pd.DataFrame(
        size.to_numpy()[:, None] * path, index=firms.index, columns=list(YEARS)
    )
    volume.loc[firms["is_closing"], YEARS[-1]] *= _CLOSING_YEAR_SHARE
    for firm in firms.index[firms["first_year"] > YEARS[0]]:
        volume.loc[firm, firms.loc[firm, "first_year"]] *= 0.6
    return volume


def _constant(typical: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return a quantity that an enterprise keeps over the years, such as land."""
    own = typical * np.exp(rng.normal(0, 0.25, len(typical)))
    return pd.DataFrame(dict.fromkeys(YEARS, own))


def _mean_share(share: pd.DataFrame) -> pd.DataFrame:
    """Return each enterprise's mean share in every year."""
    return pd.DataFrame({year: share.mean(axis=1) for year in share.columns})


def invent_energy(cast: Cast, activity: Frames, seed: int) -> Frames:
    """Return energy by carrier, enterprises × years, in panel columns and units.

    Parameters
    ----------
    cast : Cast
        The enterprises.
    activity : dict of str to pandas.DataFrame
        From :func:`invent_activity`.
    seed : int
        Seed of all draws.

    Returns
    -------
    dict of str to pandas.DataFrame
        Energy columns of the panel; zero where a carrier is not used.

    Notes
    -----
    Energy follows value added at constant prices; it is shared between electricity,
    gas, diesel and heat, and the carriers add up to it at calorific value (0.1229
    tce/MWh, 0.0341 tce/GJ, 13.30 tce/10⁴ Nm³, 1.4571 tce/t).
    """
    rng = random_numbers(seed, "energy")
    firms = cast.enterprises
    intensity = around(
        firms["energy_tce_per_10k_cny"], cast.quality("A"), rng, slope=-0.27
    )
    energy = activity["value_added_volume_10k_cny"] * intensity
    power_share = share_around(
        firms["electricity_share"], cast.quality("B"), rng, slope=0.22, firm_sd=0.2
    )
    gas_share = share_around(
        firms["gas_share"], cast.quality("A"), rng, slope=-0.1, firm_sd=0.4
    )
    gas_share *= pd.Series(rng.random(len(firms)) < 0.85, index=firms.index).to_numpy()[
        :, None
    ]
    diesel_tce = energy.mul(firms["diesel_share"], axis=0)
    power = energy * power_share / _ELECTRICITY_TCE_PER_MWH
    gas = energy * gas_share / _GAS_TCE_PER_10K_NM3
    heat = (energy * (1 - power_share - gas_share) - diesel_tce) / _HEAT_TCE_PER_GJ
    pv = power * _solar_share(cast, rng)
    grid = power - pv
    columns = {
        "electricity_grid_mwh": grid.round(1),
        "electricity_green_mwh": (grid * _green_share(cast, rng)).round(1),
        "electricity_pv_mwh": pv.round(1),
        "natural_gas_10k_nm3": gas.round(2),
        "diesel_t": (diesel_tce / _DIESEL_TCE_PER_T).round(2),
    }
    return {**columns, **_heat(cast, heat, gas, rng)}


def _solar_share(cast: Cast, rng: np.random.Generator) -> pd.DataFrame:
    """Return own PV as a share of electricity: growing from a first year on [-]."""
    quality = cast.quality("A")
    count = len(quality)
    first = rng.integers(2018, 2027, count)
    years_running = np.clip(np.array(YEARS) - first[:, None], 0, 4)
    step = np.exp(rng.normal(-3.7, 0.4, count) + 0.25 * quality[2022].to_numpy())
    noise = np.exp(rng.normal(0, 0.05, quality.shape))
    share = step[:, None] * years_running * noise
    return between(
        pd.DataFrame(share, index=quality.index, columns=quality.columns), high=0.28
    )


def _green_share(cast: Cast, rng: np.random.Generator) -> pd.DataFrame:
    """Return certified green power as a share of purchased electricity [-]."""
    quality = cast.quality("A")
    buys = rng.random(len(quality)) < 0.62
    typical = {2020: 0.035, 2021: 0.065, 2022: 0.11, 2023: 0.17, 2024: 0.24}
    own = np.exp(rng.normal(0, 0.4, len(quality)) + 0.35 * quality[2022].to_numpy())
    share = own[:, None] * np.array([typical[year] for year in YEARS])
    frame = pd.DataFrame(
        share * buys[:, None], index=quality.index, columns=quality.columns
    )
    return between(frame, high=0.95)


def _heat(
    cast: Cast, heat: pd.DataFrame, gas: pd.DataFrame, rng: np.random.Generator
) -> Frames:
    """Return purchased, exported and used heat; some make their own [GJ]."""
    firms = cast.enterprises
    burns = (firms["archetype"] == "treatment") & (rng.random(len(firms)) < 0.6)
    boiler = rng.random(len(firms)) < 0.35
    own_boiler = gas.mul(np.where(boiler, 0.6, 0.0), axis=0)
    own_boiler = own_boiler * _GAS_GJ_PER_10K_NM3 * _BOILER_EFFICIENCY
    recovered = heat.mul(np.where(burns, 1.2, 0.0), axis=0)
    purchased = heat.mul(np.where(burns, 0.15, 1.0), axis=0)
    exported = recovered * 0.25
    used = purchased + own_boiler + recovered - exported
    return {
        "heat_purchased_gj": whole(purchased),
        "heat_export_gj": whole(exported),
        "heat_used_gj": whole(used),
    }
