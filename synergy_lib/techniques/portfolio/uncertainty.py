"""How sure the effects and the economics of measures are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.distributions import pert_quantile
from synergy_lib.errors import ParameterError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.techniques.economics import capital_recovery_factor
from synergy_lib.techniques.overlap import MeasureAmounts
from synergy_lib.techniques.portfolio.candidates import unit_values

__all__ = ["SharedRanges", "measure_uncertainty"]

Floats = npt.NDArray[np.float64]
Range = tuple[float, float, float]

DRAWS = 10_000
PERCENTS = (5, 50, 95)
INVESTMENT = tuple(f"investment_{bound}_10k_cny" for bound in ("low", "mode", "high"))
TERMS = (*INVESTMENT, "annual_saving_mode_10k_cny", "lifetime_years")
# Shapes of a distribution closer than this are one, so that few are inverted.
_SHAPE_DIGITS = 6


@dataclass(frozen=True)
class SharedRanges:
    """What is uncertain for all measures alike, drawn once for all of them.

    Parameters
    ----------
    factors : mapping of str to (float, float, float)
        Target → low, mode and high CO2e of a unit [tCO2e].
    prices : mapping of str to (float, float, float)
        Key of :data:`synergy_lib.techniques.costs.PRICES` → low, mode and high [元].

    Raises
    ------
    ParameterError
        If a range is not finite and in order; all of them at once.
    """

    factors: Mapping[str, Range] = field(default_factory=dict)
    prices: Mapping[str, Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = [
            Problem(
                f"{kind} {key}", f"{values} 不是由小到大的三个数", "low ≤ mode ≤ high"
            )
            for kind, ranges in (("factors", self.factors), ("prices", self.prices))
            for key, values in ranges.items()
            if not (np.isfinite(values).all() and values[0] <= values[1] <= values[2])
        ]
        if problems:
            raise ParameterError(problems)


def measure_uncertainty(
    amounts: MeasureAmounts,
    terms: pd.DataFrame,
    shared: SharedRanges,
    *,
    discount_rate: float = 0.08,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Return ranges and probabilities of every measure by itself.

    Parameters
    ----------
    amounts : MeasureAmounts
        Low, most likely and high reduction of each quantity.
    terms : pandas.DataFrame
        ``enterprise_id, technique_id, investment_<bound>_10k_cny`` [万元],
        ``annual_saving_mode_10k_cny`` [万元/a], ``lifetime_years`` [a].
    shared : SharedRanges
    discount_rate : float
        [1/a]
    draws, seed : int
        The same seed gives the same result.

    Returns
    -------
    pandas.DataFrame
        One row an enterprise and usable measure: ``enterprise_id, technique_id,
        reduction_p5_t, reduction_p50_t, reduction_p95_t`` [tCO2e/a],
        ``probability_reduction``, P(ΔC > 0); ``npv_p5_10k_cny, npv_p50_10k_cny,
        npv_p95_10k_cny`` [万元], ``probability_npv``, P(NPV > 0), and
        ``reason``: Chinese, why the economics are NaN, "" where they are not.

    Raises
    ------
    InputDataError
        If a column is missing.
    ParameterError
        If a price key is unknown, or there are no draws.

    Notes
    -----
    Effect and investment of a technique are PERT (methods §7.7), at one quantile each
    in the whole park; factors and prices have one draw for all measures, so that
    measures are compared under the same conditions (common random numbers). Draws are
    spread evenly over each range (Latin hypercube). NPV = −I + A / CRF, with
    A = Σ quantity · price − running cost, and the running cost, in proportion to the
    investment, that gives the most likely saving at the most likely values.
    """
    require_columns(terms, ["enterprise_id", "technique_id", *TERMS], "措施经济性")
    if draws < 1:
        raise ParameterError(Problem("抽样", f"{draws} 次", "至少 1 次"))
    drawn = _Draws(draws, seed)
    factors = {name: drawn.ranged(part) for name, part in shared.factors.items()}
    ends = [
        unit_values({key: part[place] for key, part in shared.prices.items()})
        for place in range(3)
    ]
    values = {name: drawn.ranged(sorted(end[name] for end in ends)) for name in ends[0]}
    keys = ["enterprise_id", "technique_id"]
    table = terms.drop_duplicates(keys).set_index(keys)[list(TERMS)].astype(float)
    found = []
    for place, technique in enumerate(amounts.techniques):
        rows = np.flatnonzero(amounts.usable[:, place])
        firms = amounts.enterprises[rows]
        index = pd.MultiIndex.from_product([firms, [technique]], names=keys)
        quantities = _quantities(amounts, rows, place, drawn.levels())
        carbon = _weighted(quantities, factors, (len(rows), draws))
        gross = _weighted(quantities, values, (len(rows), draws))
        money = table.reindex(index).to_numpy()
        running = _likely_saving(amounts, rows, place, ends[1]) - money[:, 3]
        worth = _present_values(money, gross, running, drawn.levels(), discount_rate)
        found.append(
            index.to_frame(index=False)
            .join(_summary(carbon, "reduction", "t"))
            .join(_summary(worth, "npv", "10k_cny"))
            .assign(reason=_reasons(money, worth))
        )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=keys)


class _Draws:
    """Draws of quantiles, spread evenly and in an order of their own."""

    def __init__(self, count: int, seed: int) -> None:
        self._spread = (np.arange(count) + 0.5) / count
        self._rng = np.random.default_rng(seed)

    def levels(self) -> Floats:
        """Return the next quantiles, shape (n_draws,)."""
        return self._rng.permutation(self._spread)

    def ranged(self, ends: Sequence[float]) -> Floats:
        """Return the next draws between ends, shape (n_draws,)."""
        low, mode, high = ends
        return pert_quantile(low, mode, high, self.levels())


def _pert(low: Floats, mode: Floats, high: Floats, levels: Floats) -> Floats:
    """Return quantiles of each range at each level, shape (n_rows, n_levels).

    Ranges of one shape differ in place and width only, and are inverted once.
    """
    width = high - low
    place = np.divide(mode - low, width, out=np.full_like(low, 0.5), where=width > 0)
    known = np.isfinite(place)
    shapes, group = np.unique(place.round(_SHAPE_DIGITS)[known], return_inverse=True)
    parts = pert_quantile(0.0, shapes[:, None], 1.0, levels)
    found = np.full((len(low), len(levels)), np.nan)
    found[known] = low[known, None] + width[known, None] * parts[group]
    return found


def _quantities(
    amounts: MeasureAmounts, rows: npt.NDArray[np.intp], place: int, levels: Floats
) -> dict[str, Floats]:
    """Return the reductions of a technique, target → (n_rows, n_draws)."""
    found = {}
    for number, target in enumerate(amounts.targets):
        low, mode, high = (
            part[number, rows, place]
            for part in (amounts.low, amounts.amounts, amounts.high)
        )
        if low.any() or mode.any() or high.any():
            drawn = _pert(low, mode, np.maximum(high, mode), levels)
            found[target] = np.minimum(drawn, amounts.own[number, rows, None])
    return found


def _likely_saving(
    amounts: MeasureAmounts,
    rows: npt.NDArray[np.intp],
    place: int,
    values: Mapping[str, float],
) -> Floats:
    """Return what the most likely quantities of a technique save, (n_rows,)."""
    total = np.zeros(len(rows))
    for number, target in enumerate(amounts.targets):
        total += values.get(target, 0.0) * amounts.amounts[number, rows, place]
    return total


def _reasons(money: Floats, worth: Floats) -> npt.NDArray[np.str_]:
    """Return why there is no present value, "" where there is one."""
    unknown = [
        np.isnan(money[:, :3]).any(axis=1),
        np.isnan(money[:, 3]),
        np.isnan(worth).all(axis=1),
    ]
    return np.select(unknown, ["缺投资额", "缺年净节约", "缺寿命"], "")


def _weighted(
    quantities: Mapping[str, Floats],
    weights: Mapping[str, Floats],
    shape: tuple[int, int],
) -> Floats:
    """Return the sum of quantities by what a unit of each is worth."""
    total = np.zeros(shape)
    for target, amount in quantities.items():
        if target in weights:
            total += amount * weights[target]
    return total


def _present_values(
    money: Floats, gross: Floats, running: Floats, levels: Floats, rate: float
) -> Floats:
    """Return net present values, shape (n_rows, n_draws)."""
    low, mode, high, _, life = money.T
    investment = _pert(low, mode, high, levels)
    recovery = np.array([capital_recovery_factor(rate, years) for years in life])
    relative = np.ones_like(investment)
    np.divide(investment, mode[:, None], out=relative, where=mode[:, None] > 0)
    yearly = gross - running[:, None] * relative
    return np.asarray(yearly / recovery[:, None] - investment)


def _summary(draws: Floats, name: str, unit: str) -> pd.DataFrame:
    """Return quantiles and the probability of more than 0 of each row."""
    low, middle, high = np.percentile(draws, PERCENTS, axis=1)
    known = ~np.isnan(low)
    above = np.where(known, (draws > 0).mean(axis=1), np.nan)
    columns = [f"{name}_p{percent}_{unit}" for percent in PERCENTS]
    found = dict(zip(columns, (low, middle, high), strict=True))
    return pd.DataFrame(found | {f"probability_{name}": above})
