"""Measure the index engine beside the packages and loops a user would otherwise take.

``python -m benchmarks.index`` prints Markdown tables; ``make bench-index`` installs
pymcdm and scikit-criteria for it. Both sides of every ratio are taken in one run.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import Scheme, load_scheme
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.normalization import minmax
from synergy_lib.scoring.robustness import draw_weights, rank_intervals
from synergy_lib.scoring.uncertainty.sobol import rank_sensitivity
from synergy_lib.scoring.uncertainty.summary import score_uncertainty
from synergy_lib.scoring.uncertainty.variants import specification_curve

SCHEME = "taizhou_six_dimensions"
YEARS = range(2020, 2025)
# Other packages are timed on this many draws and scaled up: they take a loop.
SAMPLE_DRAWS = 200
DRAWS = 10_000

Row = tuple[str, str, str]


def main() -> None:
    """Print the tables."""
    scheme = load_scheme(parameters_path("schemes", SCHEME))
    rows = [*measure_scoring(scheme), *measure_draws(scheme)]
    print("| what | measured | aim |\n|---|---|---|")
    for row in [*rows, *measure_others(scheme)]:
        print(f"| {' | '.join(row)} |", flush=True)


def fastest(action: Callable[[], object], repeat: int = 3) -> float:
    """Return the shortest wall time of repeated calls. [s]"""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)


def invented_park(
    scheme: Scheme, count: int, years: range, seed: int = 1
) -> pd.DataFrame:
    """Return indicator values of as many enterprises as asked for, 5 % missing."""
    rng = np.random.default_rng(seed)
    table = scheme.framework.indicators
    index = pd.MultiIndex.from_product(
        [[f"{i:05d}" for i in range(count)], years], names=["enterprise_id", "year"]
    )
    values = {}
    for code, row in table.iterrows():
        low, high = float(row["baseline"]), float(row["benchmark"])
        if not np.isnan(low):
            values[code] = low + (high - low) * rng.normal(0.3, 0.5, len(index))
        elif row["rule"] == "TIER" and "<" not in row["tiers"]:
            values[code] = rng.integers(0, 4, len(index)).astype(float)
        else:
            values[code] = rng.lognormal(0, 0.6, len(index))
    frame = pd.DataFrame(values, index=index)
    return frame.mask(rng.uniform(size=frame.shape) < 0.05)


def own_errors(values: pd.DataFrame, scheme: Scheme) -> IndicatorErrors:
    """Return 5 % standard errors of every measured indicator."""
    tiers = scheme.framework.indicators["tiers"].str.contains("<")
    rules = scheme.framework.indicators["rule"] != "TIER"
    return IndicatorErrors(
        {
            str(code): (values.abs() * 0.05 * (values.columns == code)).fillna(0.0)
            for code in values.columns[(tiers | rules).to_numpy()]
        },
        {},
    )


def measure_scoring(scheme: Scheme) -> list[Row]:
    """Time scores, grades, colours and ranks of a province."""
    values = invented_park(scheme, 10_000, YEARS)
    took = fastest(lambda: score_scheme(values, scheme, base_year=2020))
    return [("10,000 enterprises × 30 indicators × 5 years", f"{took:.2f} s", "≤ 1 s")]


def measure_draws(scheme: Scheme) -> list[Row]:
    """Time the draws of a park and of a province, with everything varying."""
    rows = []
    for count, draws, aim in ((82, DRAWS, "≤ 0.5 s"), (10_000, 1000, "≤ 20 s")):
        values = invented_park(scheme, count, range(2024, 2025))
        scores = score_scheme(values, scheme, base_year=2024)
        errors = own_errors(values, scheme)
        took = fastest(
            lambda s=scores, e=errors, d=draws: score_uncertainty(
                s, scheme, errors=e, draws=d
            ),
            3 if count < 100 else 1,
        )
        rows.append((f"{draws:,} draws, {count:,} enterprises", f"{took:.2f} s", aim))
        if count < 100:
            sobol = fastest(
                lambda s=scores, e=errors: rank_sensitivity(s, scheme, 2024, errors=e)
            )
            curve = fastest(lambda s=scores: specification_curve(s, scheme, 2024))
            rows += [
                ("  Sobol indices, 256 base draws", f"{sobol:.2f} s", ""),
                ("  all specifications", f"{curve:.2f} s", ""),
            ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*rows, ("  memory at its peak", f"{peak:,.0f} MiB", "≤ 2,048 MiB")]


def measure_others(scheme: Scheme) -> list[Row]:
    """Time ranks of 82 enterprises under many weights, as others would do it."""
    values = invented_park(scheme, 82, range(2024, 2025))
    values = values.fillna(values.median()).reset_index(drop=True)
    direction = scheme.framework.indicators["direction"]
    weights = scheme.framework.effective_weights
    scores = minmax(values, direction)
    own = fastest(lambda: rank_intervals(scores, weights, draws=DRAWS, seed=1))
    sample = draw_weights(weights.to_numpy(), SAMPLE_DRAWS, 50, 1)
    rows: list[Row] = [
        (f"ranks of 82 under {DRAWS:,} weights", f"{own:.3f} s", ""),
    ]
    ratios = []
    for name, ranks in (
        ("pymcdm", pymcdm_ranks),
        ("scikit-criteria", skcriteria_ranks),
        ("a pandas loop", pandas_ranks),
    ):
        took = fastest(lambda r=ranks: r(values, direction, sample), 2)
        took *= DRAWS / SAMPLE_DRAWS
        ratios.append(took / own)
        rows.append((f"  {name}", f"{took:.1f} s, {took / own:.0f} ×", ""))
    return [*rows, ("  the best of them", f"{min(ratios):.0f} ×", "≥ 10 ×")]


def pymcdm_ranks(
    values: pd.DataFrame, direction: pd.Series, sample: np.ndarray
) -> list[np.ndarray]:
    """Return the ranks by pymcdm's weighted sum, one weight vector after the other."""
    from pymcdm.helpers import rrankdata
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    method, matrix = WSM(minmax_normalization), values.to_numpy()
    types = direction.to_numpy().astype(int)
    return [rrankdata(method(matrix, weights, types)) for weights in sample]


def skcriteria_ranks(
    values: pd.DataFrame, direction: pd.Series, sample: np.ndarray
) -> list[np.ndarray]:
    """Return the ranks by scikit-criteria's weighted sum."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.preprocessing.invert_objectives import InvertMinimize
    from skcriteria.preprocessing.scalers import MinMaxScaler

    # Scaled once: only the weights change.
    positive = values - values.min() + 1
    data = skcriteria.mkdm(positive.to_numpy(), direction.to_numpy().astype(int))
    data = MinMaxScaler(target="matrix").transform(InvertMinimize().transform(data))
    method = WeightedSumModel()
    return [method.evaluate(data.replace(weights=weights)).rank_ for weights in sample]


def pandas_ranks(
    values: pd.DataFrame, direction: pd.Series, sample: np.ndarray
) -> list[pd.Series]:
    """Return the ranks as a user would write them down in pandas."""
    span = values.max() - values.min()
    scores = (values - values.min()) / span
    scores = scores.where(direction > 0, 1 - scores)
    return [(scores * weights).sum(axis=1).rank(ascending=False) for weights in sample]


if __name__ == "__main__":
    main()
