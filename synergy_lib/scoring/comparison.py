"""Row weights under missing data, and comparison of years over common indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.schema import PANEL_INDEX
from synergy_lib.scoring.aggregation import RowWeights, row_weights
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.results import SynergyScores
from synergy_lib.scoring.tree import (
    is_plain,
    tree_contributions,
    tree_scores,
    tree_weights,
)

__all__ = [
    "changes_by_dimension",
    "compare_years",
    "dimension_means",
    "overall_means",
    "row_means",
    "structure",
    "weigh",
    "year_on_year",
]

Floats = npt.NDArray[np.float64]


def structure(scheme: Scheme) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the indicators' weights and their membership of dimensions."""
    framework = scheme.framework
    own = framework.dimension_of.to_numpy()
    member = own[:, None] == framework.dimensions.index.to_numpy()[None, :]
    weights = np.asarray(framework.effective_weights, dtype=np.float64)
    return weights, np.asarray(member, dtype=np.bool_)


def weigh(scores: pd.DataFrame, applies: pd.DataFrame, scheme: Scheme) -> RowWeights:
    """Return the weights of every row, given which scores it has."""
    return _weigh(scores.notna().to_numpy(), applies.to_numpy(), scheme)


def _weigh(
    available: npt.NDArray[np.bool_], applicable: npt.NDArray[np.bool_], scheme: Scheme
) -> RowWeights:
    """Return the weights of every row; in one pass where the tree allows it."""
    if not is_plain(scheme):
        return tree_weights(available, applicable, scheme)
    weights, member = structure(scheme)
    minimum = scheme.header.coverage_dimension_minimum
    return row_weights(available, applicable, weights, member, minimum)


def overall_means(scores: Floats, weights: Floats, scheme: Scheme) -> Floats:
    """Return the overall score of every row under its own weights.

    One mean over the indicators is exact where every level uses the same mean.
    """
    if scheme.header.aggregation_by_level:
        return tree_scores(scores, weights > 0, scheme)[scheme.framework.root][:, 0]
    return row_means(scores, weights, scheme, scheme.header.aggregation)


def dimension_means(scores: Floats, within: Floats, scheme: Scheme) -> Floats:
    """Return the score of every dimension, one column each, whatever its coverage."""
    if scheme.header.aggregation_by_level:
        found = tree_scores(scores, within > 0, scheme)
        own = {str(c): scores[:, [j]] for j, c in enumerate(_codes(scheme))} | found
        return np.hstack([own[str(code)] for code in scheme.framework.dimensions.index])
    method = scheme.header.aggregation
    _, member = structure(scheme)
    return np.column_stack(
        [row_means(scores[:, own], within[:, own], scheme, method) for own in member.T]
    )


def _codes(scheme: Scheme) -> pd.Index:
    """Return the codes of the indicators, in the order of the scores' columns."""
    return scheme.framework.indicators.index


def row_means(scores: Floats, weights: Floats, scheme: Scheme, method: str) -> Floats:
    """Return the mean of every row under its own weights; NaN without any weight."""
    used = weights > 0
    filled = np.where(used, scores, 1.0)
    # In one order whatever that of the scores, so that equal scores are equal bits.
    if method == "arithmetic":
        means = np.multiply(weights, filled, order="C").sum(axis=-1)
    else:
        logs = np.log(np.maximum(filled, scheme.header.geometric_score_floor))
        means = np.exp(np.multiply(weights, logs, order="C").sum(axis=-1))
    return np.where(used.any(axis=-1), means, np.nan)


@dataclass(frozen=True)
class _Pair:
    """Two sets of rows weighed by the indicators that both have."""

    weights: RowWeights
    earlier: Floats
    later: Floats


def _pair(
    earlier: pd.DataFrame,
    later: pd.DataFrame,
    earlier_applies: pd.DataFrame,
    later_applies: pd.DataFrame,
    scheme: Scheme,
) -> _Pair:
    """Weigh two frames of scores, row by row, by their common indicators."""
    before, after = (f.to_numpy(dtype=np.float64) for f in (earlier, later))
    both = ~(np.isnan(before) | np.isnan(after))
    applies = earlier_applies.to_numpy(bool) & later_applies.to_numpy(bool)
    common = _weigh(both, applies, scheme)
    return _Pair(common, np.where(both, before, np.nan), np.where(both, after, np.nan))


def year_on_year(
    scores: pd.DataFrame, applies: pd.DataFrame, scheme: Scheme
) -> pd.Series[float]:
    """Return the change since the year before over common indicators.

    NaN where there is no year before, or the common indicators cover too little.
    """
    years = scores.index.get_level_values("year")
    enterprises = scores.index.get_level_values("enterprise_id")
    before = pd.MultiIndex.from_arrays([enterprises, years - 1], names=PANEL_INDEX)
    earlier = scores.reindex(before)
    earlier_applies = applies.reindex(before, fill_value=True)
    pair = _pair(earlier, scores, earlier_applies, applies, scheme)
    totals = [
        overall_means(part, pair.weights.indicators, scheme)
        for part in (pair.later, pair.earlier)
    ]
    enough = pair.weights.coverage >= scheme.header.coverage_overall_minimum - 1e-12
    change = np.where(enough, totals[0] - totals[1], np.nan)
    return pd.Series(change, index=scores.index, name="change")


def compare_years(
    scores: SynergyScores, scheme: Scheme, earlier: int, later: int
) -> pd.DataFrame:
    r"""Return each enterprise's change between two years and what made it.

    Parameters
    ----------
    scores : SynergyScores
        Scores of all years.
    scheme : Scheme
        The scheme they were made with.
    earlier, later : int
        Years to compare.

    Returns
    -------
    pandas.DataFrame
        Indexed by enterprise_id, for enterprises with both years: ``earlier``,
        ``later`` (overall scores over the common indicators [points]), ``change``,
        ``coverage`` (weight of the common indicators [-]), ``n_common``, and one
        column per indicator code with its contribution to the change [points], 0
        where it is not common. The contributions sum to the change.

    Raises
    ------
    MethodError
        If a year is not in the scores, or ``earlier`` is not before ``later``.

    Notes
    -----
    Same anchors, same weights, same indicators in both years (methods §2.1):
    :math:`\Delta S = \sum_j \tilde w_j \Delta s_j` with the weights of the common
    indicators. Under geometric aggregation the contribution is
    :math:`L(S_1, S_0)\,\tilde w_j \ln(s_{1j}/s_{0j})` with the logarithmic mean L;
    where levels use different means, the product of such factors down the tree.
    The scores may differ from ``overall`` where an indicator is missing in one year.
    """
    years = scores.overall.index.get_level_values("year")
    lacking = [str(year) for year in (earlier, later) if year not in years]
    if lacking or earlier >= later:
        what = f"没有{'、'.join(lacking)}年的得分" if lacking else "前一年须早于后一年"
        raise MethodError(f"年度比较（{earlier}→{later}）：{what}")
    frames = [
        pd.DataFrame(frame.xs(year, level="year"))
        for frame in (scores.indicator_scores, scores.applicable)
        for year in (earlier, later)
    ]
    common = frames[0].index.intersection(frames[1].index)
    before, after, *applies = (frame.loc[common] for frame in frames)
    pair = _pair(before, after, applies[0], applies[1], scheme)
    weights = pair.weights.indicators
    totals = [
        overall_means(part, weights, scheme) for part in (pair.earlier, pair.later)
    ]
    parts = tree_contributions(pair.earlier, pair.later, weights, scheme)
    summary = pd.DataFrame(
        {
            "earlier": totals[0],
            "later": totals[1],
            "change": totals[1] - totals[0],
            "coverage": pair.weights.coverage,
            "n_common": (weights > 0).sum(axis=1),
        },
        index=common,
    )
    details = pd.DataFrame(parts, index=common, columns=before.columns)
    return summary.join(details.where(summary["change"].notna(), np.nan))


def changes_by_dimension(changes: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Return what the indicators of each dimension contributed to the change.

    Parameters
    ----------
    changes : pandas.DataFrame
        As :func:`compare_years` returns it.
    scheme : Scheme
        The scheme it was made with.

    Returns
    -------
    pandas.DataFrame
        Indexed by enterprise_id, a column a dimension [points]; the columns sum to
        ``change``. NaN where there is no change to split.
    """
    dimension = scheme.framework.dimension_of
    parts = changes[list(dimension.index)]
    sums = parts.T.groupby(dimension, sort=False).sum(min_count=1).T
    return sums.reindex(columns=scheme.framework.dimensions.index)
