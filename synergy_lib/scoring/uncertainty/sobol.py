"""Which uncertain input moves the ranks most: variance-based sensitivity."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.comparison import structure
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.robustness import competition_ranks
from synergy_lib.scoring.uncertainty.draws import Draws, choices, make_draws
from synergy_lib.scoring.uncertainty.model import DrawnScores, score_draws
from synergy_lib.scoring.uncertainty.park_year import ParkYear, park_year

__all__ = ["Sensitivity", "rank_sensitivity"]

Floats = npt.NDArray[np.float64]

# Fewer base draws than this leave intervals too wide to be read.
_SMALLEST = 64
_COLUMNS = ["first", "first_half_width", "total", "total_half_width"]


@dataclass(frozen=True)
class Sensitivity:
    """Share of the variance of the mean rank shift that each input explains.

    Parameters
    ----------
    indices : pandas.DataFrame
        Indexed by input (weights, anchors, data, factors, normalization, aggregation,
        missing), those that vary: ``first`` and ``total`` order index with the half
        width of their 95 % intervals [-]; NaN where the ranks never move.
    mean_shift : float
        Mean over the draws of the mean rank shift [places]; NaN without ranks.
    base_draws, seed : int
        What the numbers rest on.
    note : str
        Why nothing can be judged, else "".
    """

    indices: pd.DataFrame
    mean_shift: float
    base_draws: int
    seed: int
    note: str


@dataclass(frozen=True)
class _Sample:
    """Independent draws of every input, the choices of method as three of them."""

    draws: Draws
    noise: tuple[npt.NDArray[np.float32], ...]


_CHOICES = ("normalization", "aggregation", "missing")


def rank_sensitivity(
    scores: SynergyScores,
    scheme: Scheme,
    year: int,
    *,
    errors: IndicatorErrors | None = None,
    base_draws: int = 256,
) -> Sensitivity:
    r"""Return which uncertain input moves the ranks of a year most.

    Parameters
    ----------
    scores : SynergyScores
    scheme : Scheme
        The scheme they were made with; its keys ``robustness_*`` say what varies.
    year : int
    errors : IndicatorErrors, optional
        Standard errors of the indicators from data and emission factors.
    base_draws : int
        Rows of the two base samples, a power of two of at least 64; the park is
        scored ``base_draws`` × (number of inputs + 2) times.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ParameterError
        If ``base_draws`` is too small or no power of two.

    Notes
    -----
    Output is the mean rank shift :math:`\bar R_S` against the published ranks;
    inputs are groups (all weights are one). :math:`S_i = V[E(Y|X_i)]/V(Y)`,
    :math:`S_{Ti} = 1 - V[E(Y|X_{\sim i})]/V(Y)` (methods §5.7, R22), estimated by
    SALib. Each option of a method is drawn equally often.
    """
    if base_draws < _SMALLEST or base_draws & (base_draws - 1):
        what = f"base_draws 为 {base_draws}"
        raise ParameterError(Problem("敏感性分析", what, "不小于 64 的 2 的幂"))
    park = park_year(scores, scheme, year, errors)
    seed = scheme.header.robustness_seed
    names = _varying(scheme, park)
    published = scores.rank.reindex(park.index).to_numpy(dtype=np.float64)
    rankable = ~np.isnan(published)
    nothing = pd.DataFrame(
        np.nan, index=pd.Index(names, name="input"), columns=_COLUMNS
    )
    if rankable.sum() < 2 or not names:
        note = "可排名的企业不足两家" if names else "没有设定会变动的因素"
        return Sensitivity(nothing, np.nan, base_draws, seed, note)
    samples = [_sample(scheme, park, base_draws, seed + number) for number in (1, 2)]
    drawn = _score_design(park, samples, names)
    placed = competition_ranks(drawn.overall[:, rankable])
    moved = np.abs(placed - published[rankable]).mean(axis=1)
    shifts = moved.reshape(-1, base_draws).T
    if not shifts.std() > 0:
        return Sensitivity(
            nothing, float(shifts.mean()), base_draws, seed, "各种做法下名次都不变"
        )
    indices = _analyse(shifts.ravel(), names, seed)
    return Sensitivity(indices, float(shifts.mean()), base_draws, seed, "")


def _varying(scheme: Scheme, park: ParkYear) -> list[str]:
    """Return the inputs that a scheme lets vary."""
    header = scheme.header
    varies = {
        "weights": park.is_scored.sum() > 1,
        "anchors": header.robustness_anchor_pct > 0,
        "data": any(loading.any() for loading in park.own),
        "factors": any(loading.any() for loading in park.common),
        "normalization": bool(header.robustness_normalizations),
        "aggregation": bool(set(header.robustness_aggregations) - {header.aggregation}),
        "missing": bool(header.robustness_missing_rules) and park.fillable.any(),
    }
    return [name for name, does in varies.items() if does]


def _sample(scheme: Scheme, park: ParkYear, count: int, seed: int) -> _Sample:
    """Return a base sample."""
    weights, _ = structure(scheme)
    draws = make_draws(weights, scheme.header, len(park.common), count, seed)
    generator = np.random.default_rng([seed, 3])
    own, other = choices(scheme.header)
    options = [sorted({choice[i] for choice in own + other}) for i in range(3)]
    picked = np.column_stack([generator.choice(option, count) for option in options])
    chosen = tuple((str(a), str(b), str(c)) for a, b, c in picked)
    noise = tuple(
        generator.standard_normal((count, len(park.values)), dtype=np.float32)
        for _ in park.own
    )
    return _Sample(replace(draws, choice=chosen), noise)


def _score_design(
    park: ParkYear, samples: list[_Sample], names: list[str]
) -> DrawnScores:
    """Score the first sample, it with each input from the second, and the second."""
    count = len(samples[0].draws)
    before, after = np.arange(count), count + np.arange(count)

    def rows(changing: str) -> npt.NDArray[np.intp]:
        mixed = [after if name == changing else before for name in names]
        return np.concatenate([before, *mixed, after])

    one, other = (sample.draws for sample in samples)
    options = np.array([*one.choice, *other.choice])
    picked = [options[rows(name), at].tolist() for at, name in enumerate(_CHOICES)]
    anchors = rows("anchors")
    draws = Draws(
        weights=np.concatenate([one.weights, other.weights])[rows("weights")],
        baseline=np.concatenate([one.baseline, other.baseline])[anchors],
        benchmark=np.concatenate([one.benchmark, other.benchmark])[anchors],
        common=np.concatenate([one.common, other.common])[rows("factors")],
        choice=tuple(zip(*picked, strict=True)),
    )
    pairs = zip(samples[0].noise, samples[1].noise, strict=True)
    noise = tuple(np.concatenate(pair) for pair in pairs)
    return score_draws(park, draws, 0, noise=noise, noise_rows=rows("data"))


def _analyse(output: Floats, names: list[str], seed: int) -> pd.DataFrame:
    """Return Sobol indices with intervals from SALib."""
    from SALib.analyze import sobol

    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    found = sobol.analyze(problem, output, calc_second_order=False, seed=seed)
    columns = [found[key] for key in ("S1", "S1_conf", "ST", "ST_conf")]
    return pd.DataFrame(
        np.column_stack(columns),
        index=pd.Index(names, name="input"),
        columns=_COLUMNS,
    )
