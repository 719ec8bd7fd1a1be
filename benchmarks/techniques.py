"""Measure portfolios of measures beside the plain loops they take the place of.

``python -m benchmarks.techniques`` prints a Markdown table. Both sides of every ratio
are taken in one run.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.economics import capital_recovery_factor
from synergy_lib.techniques.overlap import MeasureAmounts, measure_amounts
from synergy_lib.techniques.portfolio.candidates import Candidates, candidate_measures
from synergy_lib.techniques.portfolio.choice import least_cost_portfolio
from synergy_lib.techniques.portfolio.uncertainty import (
    SharedRanges,
    measure_uncertainty,
)

PER_UNIT = {"co2e_t": 1.0, "electricity_grid_mwh": 0.5, "heat_purchased_gj": 0.11}
KG = {"so2": 0.95, "nox": 0.95, "vocs": 0.95, "cod": 1.0, "nh3n": 0.8}
PRICES = {"electricity_cny_per_mwh": 700.0, "heat_cny_per_gj": 60.0}
SHARED = SharedRanges(
    {
        "co2e_t": (1.0, 1.0, 1.0),
        "electricity_grid_mwh": (0.45, 0.5, 0.55),
        "heat_purchased_gj": (0.10, 0.11, 0.12),
    },
    {key: (0.8 * price, price, 1.3 * price) for key, price in PRICES.items()},
)
DRAWS = 10_000
# The loop is timed on this many measures and scaled up.
SAMPLE = 20
COLUMNS = {
    "co2e_direct": ("t", "co2e_t"),
    "electricity": ("mwh", "electricity_grid_mwh"),
    "heat": ("gj", "heat_purchased_gj"),
}


def main() -> None:
    """Print the table."""
    print("| what | measured | aim |\n|---|---|---|")
    for measure in (measure_choice, measure_draws):
        for row in measure():
            print(f"| {' | '.join(row)} |", flush=True)


def timed(action: Callable[[], object]) -> tuple[float, object]:
    """Return the wall time of a call [s], and what it returns."""
    started = time.perf_counter()
    found = action()
    return time.perf_counter() - started, found


def invented_park(
    enterprises: int, techniques: int, seed: int = 1
) -> tuple[MeasureAmounts, pd.DataFrame, Candidates]:
    """Return amounts, terms and candidates of a park nobody has seen."""
    rng = np.random.default_rng(seed)
    own = pd.DataFrame(
        {
            "co2e_t": rng.uniform(8e3, 2e4, enterprises),
            "electricity_grid_mwh": rng.uniform(2e3, 8e3, enterprises),
            "heat_purchased_gj": rng.uniform(1e4, 3e4, enterprises),
        },
        index=pd.Index([f"E{i}" for i in range(enterprises)], name="enterprise_id"),
    )
    rows = []
    for place in range(techniques):
        stem = list(COLUMNS)[place % len(COLUMNS)]
        unit, column = COLUMNS[stem]
        ends = np.sort(rng.uniform(0.01, 0.2, 3))
        for firm, base in own[column].items():
            row = {"enterprise_id": firm, "technique_id": f"M{place}"}
            for bound, end in zip(("low", "mode", "high"), ends, strict=True):
                row[f"{stem}_{bound}_{unit}"] = base * end
            rows.append(row | {"status": "estimated"})
    effects = pd.DataFrame(rows)
    investment = rng.uniform(20, 500, len(effects))
    terms = effects[["enterprise_id", "technique_id"]].assign(
        investment_low_10k_cny=0.7 * investment,
        investment_mode_10k_cny=investment,
        investment_high_10k_cny=1.6 * investment,
        annual_saving_mode_10k_cny=investment * rng.uniform(0, 0.3, len(effects)),
        lifetime_years=10.0,
    )
    amounts = measure_amounts(effects, own, load_catalogue())
    options = {"per_unit": PER_UNIT, "kg_per_equivalent": KG, "prices": PRICES}
    return amounts, terms, candidate_measures(amounts, terms, **options)


def measure_choice() -> list[tuple[str, str, str]]:
    """Time the cheapest set of 500 measures, and compare it with a greedy one."""
    _, _, candidates = invented_park(50, 10)
    everything = candidates.outcome(candidates.available)
    target = 0.75 * float(everything["reduction_t"].sum())
    took, found = timed(lambda: least_cost_portfolio(candidates, reduction_t=target))
    assert hasattr(found, "totals")
    totals = found.totals
    loop, greedy = timed(lambda: greedy_cost(candidates, target))
    hard = 0.9 * float(everything["reduction_t"].sum())
    half = 0.5 * float(everything["investment_10k_cny"].sum())
    both, _ = timed(
        lambda: least_cost_portfolio(candidates, reduction_t=hard, budget_10k_cny=half)
    )
    cost = totals["net_cost_10k_cny"]
    return [
        ("cheapest of 500 measures for a target", f"{took:.2f} s", "≤ 5 s"),
        (
            "  its yearly net cost, at most above the bound",
            f"{cost:,.0f}, {cost - found.bound_10k_cny:.1f} 万元",
            "",
        ),
        (
            "  a greedy loop by cost of a tonne",
            f"{loop:.2f} s, {loop / took:.1f} ×; {greedy - cost:+,.0f} 万元",
            "",
        ),
        ("  nine tenths of all, for half the money", f"{both:.2f} s", "≤ 5 s"),
    ]


def greedy_cost(candidates: Candidates, target: float) -> float:
    """Return the yearly cost of measures taken by their cost alone until enough."""
    chosen = np.zeros_like(candidates.available)
    alone = candidates.outcome(candidates.available)
    cost = -alone["net_benefit_10k_cny"] / alone["reduction_t"]
    rows, places = np.nonzero(candidates.available)
    for number in np.argsort(cost.to_numpy(), kind="stable"):
        chosen[rows[number], places[number]] = True
        outcome = candidates.outcome(chosen)
        if cost[number] > 0 and outcome["reduction_t"].sum() >= target:
            break
    return -float(candidates.outcome(chosen)["net_benefit_10k_cny"].sum())


def measure_draws() -> list[tuple[str, str, str]]:
    """Time the ranges of a park, beside a loop over its measures."""
    amounts, terms, _ = invented_park(82, 40)
    took, _ = timed(lambda: measure_uncertainty(amounts, terms, SHARED, draws=DRAWS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    loop, _ = timed(lambda: looped_draws(amounts, terms))
    loop *= len(terms) / SAMPLE
    return [
        (f"82 × 40 measures, {DRAWS:,} draws", f"{took:.2f} s", "≤ 5 s"),
        ("  memory at its peak", f"{peak:,.0f} MiB", "≤ 1,024 MiB"),
        ("  a loop over scipy.stats", f"{loop:.1f} s, {loop / took:.0f} ×", ""),
    ]


def looped_draws(amounts: MeasureAmounts, terms: pd.DataFrame) -> list[np.ndarray]:
    """Return quantiles of some measures as a user would write them down."""
    rng = np.random.default_rng(1)

    def pert(low: float, mode: float, high: float) -> np.ndarray:
        width = high - low
        alpha, beta = 1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width
        levels = rng.uniform(size=DRAWS)
        return stats.beta.ppf(levels, alpha, beta, loc=low, scale=width)

    found = []
    factor, price = pert(0.45, 0.5, 0.55), pert(560.0, 700.0, 910.0)
    for row in terms.head(SAMPLE).itertuples():
        place = amounts.techniques.get_loc(row.technique_id)
        firm = amounts.enterprises.get_loc(row.enterprise_id)
        number = int(np.argmax(amounts.amounts[:, firm, place] != 0))
        ends = (p[number, firm, place] for p in (amounts.low, amounts.amounts))
        effect = pert(*ends, amounts.high[number, firm, place])
        paid = pert(
            row.investment_low_10k_cny,
            row.investment_mode_10k_cny,
            row.investment_high_10k_cny,
        )
        worth = effect * price / 1e4 / capital_recovery_factor(0.08, 10) - paid
        found.append(np.percentile(np.array([effect * factor, worth]), [5, 50, 95]))
    return found


if __name__ == "__main__":
    main()
