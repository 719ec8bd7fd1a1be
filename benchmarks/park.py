"""Measure the allocation of a cap beside a plain loop over enterprises.

``python -m benchmarks.park`` prints a Markdown table; ``make bench-park`` calls it.
Both sides of a ratio are taken in one run.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.index import Row, fastest
from synergy_lib.park.allocation.basis import allocation_basis
from synergy_lib.park.allocation.cap import allocate_cap
from synergy_lib.park.allocation.transfers import match_transfers

ENTERPRISES = 10_000
YEARS = range(2022, 2025)
GROUPS = 40
BOUND = 0.10


def main() -> None:
    """Print the table."""
    print("| what | measured | aim |\n|---|---|---|")
    for row in measure_allocation():
        print(f"| {' | '.join(row)} |", flush=True)


def invented_panel() -> tuple[pd.DataFrame, pd.Series]:
    """Return carbon and value added of enterprises, and their groups."""
    ids = [f"{i:05d}" for i in range(ENTERPRISES)]
    index = pd.MultiIndex.from_product([ids, YEARS], names=["enterprise_id", "year"])
    rng = np.random.default_rng(1)
    names = ["co2e_t", "value_added_constant_10k_cny"]
    panel = pd.DataFrame(rng.lognormal(7, 1, (len(index), 2)), index, names)
    return panel, pd.Series(rng.integers(0, GROUPS, ENTERPRISES).astype(str), ids)


def measure_allocation() -> list[Row]:
    """Time basis, benchmark allocation within bounds, and transfers."""
    panel, groups = invented_panel()
    basis = allocation_basis(panel, 2024, groups=groups)
    cap = 0.97 * float(basis["emission_t"].sum())

    def whole() -> pd.DataFrame:
        made = allocation_basis(panel, 2024, groups=groups)
        return allocate_cap(cap, made, "mixed").table

    took = fastest(whole)
    table = whole()
    one = fastest(lambda: allocate_cap(cap, basis, "mixed"))
    loop = fastest(lambda: looped_allocation(cap, basis), 1)
    difference = np.abs(looped_allocation(cap, basis) - table["allocation_t"]).max()
    trades = fastest(lambda: match_transfers(table))
    is_same = table.equals(whole())
    size = f"{ENTERPRISES:,} enterprises"
    return [
        (f"history and mixed allocation, {size}", f"{took:.2f} s", "≤ 3 s"),
        ("  two runs give the same", "yes" if is_same else "no", "yes"),
        ("  the allocation alone", f"{one:.3f} s", ""),
        ("  a plain loop over enterprises", f"{loop:.1f} s, {loop / one:.0f} ×", ""),
        ("  largest difference between the two", f"{difference:.1e} t", ""),
        (f"surplus matched with deficit, {size}", f"{trades:.2f} s", ""),
    ]


def looped_allocation(cap: float, basis: pd.DataFrame) -> list[float]:
    """Return the mixed allocation as a script would: dicts, and rounds of clipping."""
    rows = basis.to_dict("records")
    members: dict[str, list[dict[str, float]]] = {}
    for row in rows:
        members.setdefault(row["group"], []).append(row)
    level = {}
    for group, part in members.items():
        part.sort(key=lambda row: row["history_intensity"])
        best = part[: int(np.ceil(0.3 * len(part) - 1e-9))]
        weight = sum(row["activity"] for row in best)
        level[group] = (
            sum(r["history_intensity"] * r["activity"] for r in best) / weight
        )
    bench = [row["activity"] * level[row["group"]] for row in rows]
    history = [row["history_t"] for row in rows]
    scale = sum(history) / sum(bench)
    claims = [0.7 * h + 0.3 * b * scale for h, b in zip(history, bench, strict=True)]
    low, high = 0.0, 10 * cap / sum(claims)
    for _ in range(200):
        middle = (low + high) / 2
        found = [
            min(
                max(c * middle, r["emission_t"] * (1 - BOUND)),
                r["emission_t"] * (1 + BOUND),
            )
            for c, r in zip(claims, rows, strict=True)
        ]
        low, high = (middle, high) if sum(found) < cap else (low, middle)
    return found


if __name__ == "__main__":
    main()
