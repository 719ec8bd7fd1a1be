"""Measure scenarios and targets beside plain loops over draws and enterprises.

``python -m benchmarks.outlook`` prints a Markdown table; ``make bench-outlook`` calls
it. Both sides of a ratio are taken in one run.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from benchmarks.index import Row, fastest
from synergy_lib.outlook.scenarios.projection import project_scenarios, run_scenario
from synergy_lib.outlook.scenarios.rates import BOUNDS, RATES, usual_rates, yearly_rates
from synergy_lib.outlook.stirpat import stirpat
from synergy_lib.outlook.targets.definitions import load_targets
from synergy_lib.outlook.targets.gap import target_gap
from synergy_lib.outlook.targets.progress import enterprise_target_gaps
from synergy_lib.outlook_parameters import ScenarioParameters

DRAWS = 10_000
# The loop is timed on this many and scaled up.
SAMPLE_DRAWS = 500
ENTERPRISES = 10_000
SAMPLE_ROWS = 300
LATER_YEARS = 5

OBSERVED = pd.Series(np.linspace(1.6e6, 1.8e6, 5), index=range(2020, 2025))
NO_HISTORY = pd.DataFrame(columns=[column for column, _ in RATES.values()])
NO_GAPS = pd.DataFrame(
    columns=[
        *("target_id", "formula", "standing", "target_year"),
        *("required_rate", "path_rate"),
    ]
)


def main() -> None:
    """Print the table."""
    print("| what | measured | aim |\n|---|---|---|")
    for row in [*measure_scenarios(), *measure_targets(), *measure_elasticities()]:
        print(f"| {' | '.join(row)} |", flush=True)


def measure_scenarios() -> list[Row]:
    """Time a scenario of 10,000 draws, and a loop that draws one path at a time."""
    parameters = ScenarioParameters(draws=DRAWS)
    years = range(2025, parameters.last_year + 1)
    rates = yearly_rates(usual_rates(NO_HISTORY, parameters), years)
    saved = pd.DataFrame(
        {"low": 2e4, "mode": 4e4, "high": 8e4}, index=pd.Index(years, name="year")
    )
    draws = np.random.default_rng(1).random((DRAWS, 4))
    one = fastest(lambda: run_scenario(OBSERVED, rates, saved, draws, 2030))
    reductions = saved.iloc[[2]]
    three = fastest(
        lambda: project_scenarios(
            OBSERVED, NO_HISTORY, NO_GAPS, parameters, reductions=reductions
        )
    )
    loop = fastest(lambda: looped_peaks(rates, saved, SAMPLE_DRAWS), 2)
    loop *= DRAWS / SAMPLE_DRAWS
    return [
        (f"one scenario, {DRAWS:,} draws, {len(years)} years", f"{one:.2f} s", "≤ 1 s"),
        ("  a plain loop over the draws", f"{loop:.1f} s, {loop / one:.0f} ×", ""),
        ("three scenarios with everything said of them", f"{three:.2f} s", ""),
    ]


def looped_peaks(rates: pd.DataFrame, saved: pd.DataFrame, draws: int) -> list[float]:
    """Return peak years drawn one path and one year at a time, without quantiles."""
    rng = np.random.default_rng(1)
    triples = {
        rate: rates[rate][list(BOUNDS)].to_numpy().tolist() for rate in RATES
    } | {"saved": saved[list(BOUNDS)].to_numpy().tolist()}
    years, peaks = [*OBSERVED.index, *rates.index], []
    for _ in range(draws):
        place = {name: rng.random() for name in triples}
        product, path = float(OBSERVED.iloc[-1]), OBSERVED.tolist()
        for year in range(len(rates)):
            values = {
                name: pert_one(*triples[name][year], place[name]) for name in triples
            }
            product *= 1 + values["value_added_growth"]
            product *= 1 - values["energy_intensity_cut"]
            product *= 1 - values["carbon_factor_cut"]
            path.append(product - values["saved"])
        top = max(range(len(path)), key=path.__getitem__)
        after = len(path) - 1 - max(top, len(OBSERVED) - 1)
        peaks.append(float(years[top]) if after >= LATER_YEARS else float("nan"))
    return peaks


def pert_one(low: float, mode: float, high: float, probability: float) -> float:
    """Return a PERT quantile as a script would, one number at a time."""
    if low == high:
        return low
    place = (mode - low) / (high - low)
    share = betaincinv(1 + 4 * place, 5 - 4 * place, probability)
    return float(low + (high - low) * share)


def measure_targets() -> list[Row]:
    """Time the gaps of a province's enterprises, and a loop over them."""
    index = pd.MultiIndex.from_product(
        [[f"{i:05d}" for i in range(ENTERPRISES)], range(2020, 2025)],
        names=["enterprise_id", "year"],
    )
    rng = np.random.default_rng(2)
    names = ["co2e_t", "energy_tce", "water_fresh_m3", "value_added_constant_10k_cny"]
    data = pd.DataFrame(
        rng.lognormal(5, 1, (len(index), len(names))), index=index, columns=names
    )
    targets = load_targets()
    whole = fastest(lambda: enterprise_target_gaps(data, targets, 2024))
    rows = enterprise_target_gaps(data, targets, 2024)
    rows = rows.assign(comparison="<=", target=20.0, reason="")
    core = fastest(lambda: target_gap(rows))
    sample = rows.head(SAMPLE_ROWS)
    loop = fastest(
        lambda: [target_gap(sample.iloc[[k]]) for k in range(len(sample))], 1
    )
    loop *= len(rows) / len(sample)
    ratio = f"{loop:.0f} s, {loop / core:.0f} ×"
    return [
        (
            f"targets of {ENTERPRISES:,} enterprises, {len(rows):,} rows",
            f"{whole:.2f} s",
            "",
        ),
        ("  their gaps alone", f"{core:.2f} s", ""),
        ("  the same function called a row at a time", ratio, ""),
    ]


def measure_elasticities() -> list[Row]:
    """Time the elasticities of 1,000 enterprises over ten years."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(1000), range(2015, 2025)])
    names = ["impact", "population", "affluence", "technology"]
    data = pd.DataFrame(
        rng.lognormal(3, 0.4, (len(index), 4)), index=index, columns=names
    )
    took = fastest(lambda: stirpat(data, names[0], names[1:]))
    return [("elasticities of 1,000 enterprises × 10 years", f"{took:.3f} s", "")]


if __name__ == "__main__":
    main()
