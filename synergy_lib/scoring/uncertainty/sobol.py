"""Which uncertain input moves the ranks most: variance-based sensitivity."""

from __future__ import annotations

from dataclasses import dataclass

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
    drawn = _score_design(scheme, park, names, base_draws)
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


def _base_draws(
    scheme: Scheme, park: ParkYear, count: int, generators: list[np.random.Generator]
) -> Draws:
    """Return two samples, one after the other, the choices of method drawn apart."""
    weights, _ = structure(scheme)
    own, other = choices(scheme.header)
    options = [sorted({choice[i] for choice in own + other}) for i in range(3)]
    seed, shared = scheme.header.robustness_seed, len(park.common)
    one, two = (
        make_draws(weights, scheme.header, shared, count, seed + number)
        for number in (1, 2)
    )
    picked = np.concatenate(
        [
            np.column_stack([generator.choice(option, count) for option in options])
            for generator in generators
        ]
    )
    return Draws(
        weights=np.concatenate([one.weights, two.weights]),
        baseline=np.concatenate([one.baseline, two.baseline]),
        benchmark=np.concatenate([one.benchmark, two.benchmark]),
        common=np.concatenate([one.common, two.common]),
        choice=tuple((str(a), str(b), str(c)) for a, b, c in picked),
    )


def _score_design(
    scheme: Scheme, park: ParkYear, names: list[str], count: int
) -> DrawnScores:
    """Score a first sample, it with each input from a second, and the second."""
    seed = scheme.header.robustness_seed
    generators = [np.random.default_rng([seed + number, 3]) for number in (1, 2)]
    base = _base_draws(scheme, park, count, generators)
    shape = (count, len(park.values))
    noise = tuple(
        np.concatenate([g.standard_normal(shape, np.float32) for g in generators])
        for _ in park.own
    )
    before, after = np.arange(count), count + np.arange(count)

    def rows(changing: str) -> npt.NDArray[np.intp]:
        mixed = [after if name == changing else before for name in names]
        return np.concatenate([before, *mixed, after])

    options = np.array(base.choice)
    picked = [options[rows(name), at].tolist() for at, name in enumerate(_CHOICES)]
    anchors = rows("anchors")
    draws = Draws(
        weights=base.weights[rows("weights")],
        baseline=base.baseline[anchors],
        benchmark=base.benchmark[anchors],
        common=base.common[rows("factors")],
        choice=tuple(zip(*picked, strict=True)),
    )
    return score_draws(
        park,
        draws,
        0,
        noise=noise,
        noise_rows=rows("data"),
        with_dimensions=False,
    )


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
