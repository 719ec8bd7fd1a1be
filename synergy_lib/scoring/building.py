"""A composite index from raw data, with every step kept."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from synergy_lib.errors import InputDataError, MethodError, Problem, nearest
from synergy_lib.scoring.aggregation.means import Missing
from synergy_lib.scoring.framework import Framework
from synergy_lib.scoring.index import score_index
from synergy_lib.scoring.levels import Aggregation, Normalization
from synergy_lib.scoring.results import IndexResult
from synergy_lib.scoring.treatment import (
    Clipping,
    Denomination,
    Imputation,
    OutlierTreatment,
    Screening,
    clip_percentiles,
    denominate,
    impute_by_group,
    screen_units,
    treat_outliers,
)
from synergy_lib.scoring.treatment.screening import MINIMUM_SHARE

__all__ = ["BuiltIndex", "build_index"]

Outliers = Literal["skew", "percentiles", "none"]


@dataclass(frozen=True)
class BuiltIndex:
    """An index and the steps that led to it, in their order.

    Parameters
    ----------
    denomination : Denomination
        Indicators divided by what their framework row names.
    screening : Screening
        Units with enough values.
    imputation : Imputation or None
        Blanks filled from the group; None if no group was named.
    treatment : OutlierTreatment, Clipping or None
        Extremes drawn in; None if this was not wanted.
    index : IndexResult
        Normalised values, scores of all codes, weights and ranks.
    """

    denomination: Denomination
    screening: Screening
    imputation: Imputation | None
    treatment: OutlierTreatment | Clipping | None
    index: IndexResult


def build_index(
    data: pd.DataFrame,
    framework: Framework,
    *,
    group: str | None = None,
    statistic: Literal["mean", "median"] = "mean",
    minimum_share: float = MINIMUM_SHARE,
    outliers: Outliers = "skew",
    normalization: Normalization = "minmax",
    aggregation: Aggregation = "arithmetic",
    scale: tuple[float, float] = (0.0, 100.0),
    missing: Missing = "propagate",
    reference: Hashable | None = None,
) -> BuiltIndex:
    """Build a composite index from raw data and a framework alone.

    Parameters
    ----------
    data : pandas.DataFrame, shape (n_units, n_columns)
        Unique index of units; columns for the indicators, their denominators and,
        if named, the group.
    framework : Framework
        Directions, weights, parents, denominators, targets.
    group : str, optional
        Column whose units fill each other's blanks; blanks stay if omitted.
    statistic : {"mean", "median"}
        What blanks are filled with.
    minimum_share : float
        Units with a smaller share of values are left out [-].
    outliers : {"skew", "percentiles", "none"}
        :func:`~synergy_lib.scoring.treatment.treat_outliers` or
        :func:`~synergy_lib.scoring.treatment.clip_percentiles`, with their defaults;
        with other limits call the steps one by one.
    normalization, aggregation, scale, missing, reference
        As :func:`~synergy_lib.scoring.index.score_index`.

    Returns
    -------
    BuiltIndex

    Raises
    ------
    InputDataError
        If an indicator, denominator or the group has no column, a column is not
        numeric, a unit has several rows, or no unit has enough values.
    ParameterError, MethodError
        As the single steps.

    Notes
    -----
    Denominate, screen, impute, treat, normalise, aggregate. Units are screened by the
    values they have, before any is filled in. A blank that nothing fills stays missing
    and acts as ``missing`` says. A unit that is left out affects nobody's score.
    """
    if outliers not in ("skew", "percentiles", "none"):
        what = f"离群值处理：没有方法“{outliers}”；应为skew、percentiles、none"
        raise MethodError(what)
    if group is not None and group not in data.columns:
        hint = nearest(group, map(str, data.columns))
        raise InputDataError(Problem(f"分组 {group}", "数据中没有这一列", hint=hint))
    denomination = denominate(data, framework)
    screening = screen_units(denomination.values, minimum_share)
    values = screening.values
    if not len(values):
        what = f"没有单元的数据达到{minimum_share:.0%}"
        raise InputDataError(Problem("筛选", what, "补充数据或降低 minimum_share"))
    imputation = None
    if group is not None:
        groups = data.loc[values.index, group]
        imputation = impute_by_group(values, groups, statistic)
        values = imputation.values
    treatment: OutlierTreatment | Clipping | None = None
    if outliers != "none":
        treat = treat_outliers if outliers == "skew" else clip_percentiles
        treatment = treat(values)
        values = treatment.values
    index = score_index(
        values,
        framework,
        normalization,
        aggregation,
        scale,
        missing=missing,
        reference=reference,
    )
    return BuiltIndex(denomination, screening, imputation, treatment, index)
