"""Coupling coordination of a carbon and a pollution score on absolute scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, MethodError, ParameterError, Problem
from synergy_lib.schema import EQUIVALENTS, require_columns
from synergy_lib.scoring.coupling import (
    coordination_class,
    coordination_degree,
    coupling_degree,
    coupling_stage,
    lag_type,
)
from synergy_lib.scoring.framework import Framework
from synergy_lib.scoring.normalization import goalposts

__all__ = ["QUANTITIES", "coordination", "intensity_anchors"]

QUANTITIES = ("co2e_t", *EQUIVALENTS)
PER = "value_added_10k_cny"


def intensity_anchors(
    framework: Framework,
    anchors: pd.DataFrame,
    *,
    quantities: Sequence[str] = QUANTITIES,
    per: str = PER,
) -> pd.DataFrame:
    """Return the anchors a scheme has for intensities, by quantity.

    Parameters
    ----------
    framework : Framework
        Indicators with formulas.
    anchors : pandas.DataFrame
        ``SynergyScores.anchors``: indexed by code, ``baseline, benchmark``.
    quantities : sequence of str
        Columns to look for.
    per : str
        Column they are divided by.

    Returns
    -------
    pandas.DataFrame
        Indexed by quantity: ``code, baseline, benchmark`` [unit of the intensity],
        ``weight`` [-]; only quantities that an indicator divides by ``per`` and that
        has anchors.

    Notes
    -----
    An indicator fits if its formula is exactly ``quantity / per``. Park percentiles
    are frozen in the base year, so they too are an absolute scale within a run.
    """
    indicators = framework.indicators
    rows = []
    for quantity in quantities:
        codes = indicators.index[indicators["formula"] == f"{quantity} / {per}"]
        for code in codes[:1]:
            ends = anchors.loc[code, ["baseline", "benchmark"]].astype(float)
            weight = float(framework.effective_weights[code])
            rows.append((quantity, code, *ends, weight))
    names = ["quantity", "code", "baseline", "benchmark", "weight"]
    table = pd.DataFrame(rows, columns=names).set_index("quantity")
    return table.dropna(subset=["baseline", "benchmark"])


def coordination(
    panel: pd.DataFrame,
    anchors: pd.DataFrame,
    *,
    groups: pd.Series | None = None,
    carbon: str = "co2e_t",
    per: str = PER,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    r"""Return the coupling coordination of carbon and pollution by unit and year.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year): the quantities of ``anchors`` and ``per``.
    anchors : pandas.DataFrame
        Indexed by quantity, ``baseline, benchmark, weight``, as
        :func:`intensity_anchors` returns them: carbon and at least one pollutant.
    groups : pandas.Series, optional
        Group of each enterprise, indexed by enterprise; each by itself if omitted.
    carbon, per : str
        Columns of carbon and of the denominator.
    weights : mapping of str to float, optional
        Contribution of ``carbon`` and ``pollution`` to the degree; equal if omitted.

    Returns
    -------
    pandas.DataFrame
        One row a unit and year: ``unit, year, n`` (enterprises with all the data),
        ``left_out`` (without), ``carbon_score, pollution_score`` [points],
        ``coupling_degree, coordination_degree`` [-], ``coordination_class,
        coupling_stage, lag_type`` (Chinese), ``reason`` where it cannot be judged.

    Raises
    ------
    InputDataError
        If a column is missing from the panel.
    MethodError
        If the anchors lack carbon or have no pollutant.
    ParameterError
        If an enterprise is not in ``groups``.

    Notes
    -----
    A unit's intensity is the ratio of the sums over its enterprises that have all the
    quantities (methods §0 rule 3), scored by its anchors: 60 points at the baseline,
    100 at the benchmark. The pollution score is the mean of the pollutants' scores
    with their weights. :math:`U_1` is the pollution and :math:`U_2` the carbon score
    over 100; C and D as :mod:`synergy_lib.scoring.coupling`. The anchors being fixed,
    D compares between years and parks, which it does not on a relative scale (R15).
    """
    others = [name for name in anchors.index if name != carbon]
    if carbon not in anchors.index or not others:
        what = "锚点须含碳排放和至少一种污染物，否则无法判断耦合协调度"
        raise MethodError(Problem("耦合协调度", what))
    names = [carbon, *others]
    require_columns(panel, [*names, per], "coordination")
    sums = _sums(panel[[*names, per]], groups)
    usable = sums[per].to_numpy(dtype=np.float64) > 0
    intensity = sums[names].div(sums[per].where(usable), axis=0)
    points = goalposts(intensity, anchors["baseline"], anchors["benchmark"])
    weight = anchors.loc[others, "weight"].astype(float)
    scores = pd.DataFrame(
        {
            "pollution": points[others] @ (weight / weight.sum()),
            "carbon": points[carbon],
        }
    )
    return sums[["n", "left_out"]].join(_degrees(scores, weights)).reset_index()


def _sums(values: pd.DataFrame, groups: pd.Series | None) -> pd.DataFrame:
    """Return the sums over each unit's complete enterprises, by unit and year."""
    if values.index.has_duplicates:
        raise InputDataError(Problem("耦合协调度", "企业年份重复"))
    ids = pd.Series(values.index.get_level_values("enterprise_id"), dtype=object)
    if groups is not None:
        unknown = sorted(set(ids) - set(groups.index))
        if unknown:
            what = (
                f"{len(unknown)}家企业没有分组，如 {'、'.join(map(str, unknown[:5]))}"
            )
            raise ParameterError(Problem("分组", what))
        ids = (
            groups.reindex(ids.to_numpy()).fillna("").astype(str).reset_index(drop=True)
        )
    years = values.index.get_level_values("year").to_numpy()
    table = values.astype(float).replace([np.inf, -np.inf], np.nan)
    complete = table.notna().all(axis=1).to_numpy()
    table.loc[~complete] = np.nan
    table = table.reset_index(drop=True)
    table = table.assign(unit=ids.to_numpy(), year=years, n=complete.astype(int))
    table["left_out"] = 1 - table["n"]
    return table.groupby(["unit", "year"], sort=True).sum(min_count=1)


def _degrees(scores: pd.DataFrame, weights: Mapping[str, float] | None) -> pd.DataFrame:
    """Return scores, degrees and their names."""
    unit = scores / 100
    coupling = coupling_degree(unit)
    degree = coordination_degree(unit, weights)
    known = scores.notna().all(axis=1)
    return pd.DataFrame(
        {
            "carbon_score": scores["carbon"],
            "pollution_score": scores["pollution"],
            "coupling_degree": coupling,
            "coordination_degree": degree,
            "coordination_class": coordination_class(degree),
            "coupling_stage": coupling_stage(coupling),
            "lag_type": lag_type(unit["pollution"], unit["carbon"], ("减污", "降碳")),
            "reason": np.where(known, "", "数据不全或增加值不大于零，无法判断"),
        }
    )
