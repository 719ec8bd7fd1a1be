"""Measure the LMDI decomposition beside the loop over rows a user would write.

``python -m benchmarks.decomposition`` prints a Markdown table; ``make
bench-decomposition`` sets up for it. Both sides of every ratio are taken in one run.
"""

from __future__ import annotations

import math
import resource

import numpy as np
import pandas as pd

from benchmarks.index import fastest
from synergy_lib.accounting.carriers import account_carriers
from synergy_lib.accounting.energy import account_energy
from synergy_lib.factors.selection import select_factors
from synergy_lib.schema import OUTPUT, PANEL_INDEX
from synergy_lib.trends.decomposition.identities import enterprise_carbon, park_carbon
from synergy_lib.trends.decomposition.lmdi_ratios import lmdi_index
from synergy_lib.trends.decomposition.terms import Floats, lmdi_additive
from synergy_lib.trends.decoupling import decoupling_table

ENTERPRISES, YEARS, FACTORS = 10_000, range(2015, 2025), 6
# The loop is timed on this many enterprises and scaled up.
SAMPLE = 200

Row = tuple[str, str, str]


def main() -> None:
    """Print the table."""
    print("| what | measured | aim |\n|---|---|---|")
    for row in [*measure_arrays(), *measure_tables()]:
        print(f"| {' | '.join(row)} |", flush=True)


def measure_arrays() -> list[Row]:
    """Time chained and fixed-base effects of a province, and the same in a loop."""
    rng = np.random.default_rng(1)
    shape = (ENTERPRISES, len(YEARS), 1, FACTORS)
    factors = rng.lognormal(0, 0.3, shape)
    own = fastest(lambda: both_bases(factors))
    index = fastest(lambda: lmdi_index(factors))
    frame = as_frame(factors[:SAMPLE, :, 0])
    loop = fastest(lambda: pandas_loop(frame), 1) * ENTERPRISES / SAMPLE
    found = pandas_loop(frame).groupby("enterprise_id").sum().to_numpy()
    expected = both_bases(factors[:SAMPLE])[0].sum(axis=1)
    worst = np.abs(found / expected - 1).max()
    name = f"{ENTERPRISES:,} enterprises × {FACTORS} factors × {len(YEARS)} years"
    return [
        (f"{name}, chain and fixed base", f"{own:.2f} s", "≤ 2 s"),
        ("  multiplicative, chained", f"{index:.2f} s", ""),
        ("  a pandas loop, chain only", f"{loop:.0f} s, {loop / own:.0f} ×", "≥ 10 ×"),
        ("  largest relative difference", f"{worst:.0e}", "≤ 1e-9"),
    ]


def both_bases(factors: Floats) -> tuple[Floats, Floats]:
    """Return the effects from each year to the next, and from the first year."""
    steps = lmdi_additive(factors[:, :-1], factors[:, 1:]).effects
    first = np.broadcast_to(factors[:, :1], factors[:, 1:].shape)
    return steps, lmdi_additive(first, factors[:, 1:]).effects


def as_frame(factors: Floats) -> pd.DataFrame:
    """Return factors as a panel."""
    names = [f"{number:05d}" for number in range(len(factors))]
    index = pd.MultiIndex.from_product([names, YEARS], names=PANEL_INDEX)
    columns = [f"x{number}" for number in range(factors.shape[-1])]
    return pd.DataFrame(factors.reshape(len(index), -1), index=index, columns=columns)


def pandas_loop(frame: pd.DataFrame) -> pd.DataFrame:
    """Return chained effects as a user would write them down in pandas."""
    rows = []
    for enterprise, years in frame.groupby(level="enterprise_id"):
        for (_, start), (_, end) in zip(
            years.iloc[:-1].iterrows(), years.iloc[1:].iterrows(), strict=True
        ):
            first, last = start.prod(), end.prod()
            mean = (
                first
                if first == last
                else (last - first) / (math.log(last) - math.log(first))
            )
            effects = {
                name: mean * math.log(end[name] / start[name]) for name in frame.columns
            }
            rows.append({"enterprise_id": enterprise, **effects})
    return pd.DataFrame(rows)


def invented_panel() -> pd.DataFrame:
    """Return a province's panel with value added and four carriers, 2 % missing."""
    rng = np.random.default_rng(2)
    names = [f"{number:05d}" for number in range(ENTERPRISES)]
    index = pd.MultiIndex.from_product([names, YEARS], names=PANEL_INDEX)
    levels = {
        OUTPUT: 9.0,
        "electricity_grid_mwh": 9.0,
        "electricity_pv_mwh": 5.0,
        "heat_purchased_gj": 10.0,
        "natural_gas_10k_nm3": 3.0,
        "diesel_t": 2.0,
    }
    panel = pd.DataFrame(
        {name: rng.lognormal(level, 1, len(index)) for name, level in levels.items()},
        index=index,
    )
    return panel.mask(rng.uniform(size=panel.shape) < 0.02)


def measure_tables() -> list[Row]:
    """Time the whole tables of a province: enterprises, park, decoupling."""
    panel, factors = invented_panel(), select_factors(YEARS)
    carriers = account_carriers(panel, factors)
    data = panel.join(account_energy(panel, factors)["energy_tce"])
    data["co2e_t"] = (
        carriers["co2e_t"]
        .drop(columns=["process", "wastewater", "recovered"])
        .sum(axis=1, skipna=False)
    )
    name = f"{ENTERPRISES:,} enterprises × {len(YEARS)} years"
    rows = [
        ("LMDI by carrier, table of every effect", enterprise_carbon),
        ("LMDI of the park by enterprise and carrier", park_carbon),
    ]
    found = [
        (f"{what}, {name}", f"{fastest(lambda m=make: m(data, carriers), 1):.1f} s", "")
        for what, make in rows
    ]
    took = fastest(lambda: decoupling_table(data, ["co2e_t"]), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        *found,
        (f"decoupling, {name}", f"{took:.1f} s", ""),
        ("  memory at its peak", f"{peak:,.0f} MiB", "≤ 2,048 MiB"),
    ]


if __name__ == "__main__":
    main()
