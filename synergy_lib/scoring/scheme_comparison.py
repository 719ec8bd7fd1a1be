"""The same park under several schemes: where they agree and where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from synergy_lib.errors import MethodError
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.grading import SAME_SCORE_DECIMALS
from synergy_lib.scoring.results import SynergyScores

__all__ = ["MINIMUM_PAIRS", "SchemeComparison", "compare_schemes"]

# Fewer common enterprises give no correlation worth printing.
MINIMUM_PAIRS = 3


@dataclass(frozen=True)
class SchemeComparison:
    """One park and year under several schemes.

    Parameters
    ----------
    results : pandas.DataFrame
        One row a scheme and enterprise: ``scheme, enterprise_id, score, coverage,
        rank, grade, colour``.
    pairs : pandas.DataFrame
        One row a pair of schemes: ``scheme_a, scheme_b, common`` (enterprises that
        both rank), ``spearman, kendall`` (rank correlations [-]),
        ``mean_rank_shift, largest_rank_shift`` (absolute places among the common),
        ``colour_changes`` (of ``colour_judged`` that both give a colour),
        ``judged_by_one`` (a colour under one scheme only), ``grade_changes`` (of
        ``grade_judged``; NaN where the schemes do not have the same grades).
    shifts : pandas.DataFrame
        One row a pair and enterprise: ``score_*, rank_*`` (places among the common
        enterprises), ``rank_shift`` (positive: better under the second),
        ``grade_*, colour_*, changes_grade, changes_colour``.
    """

    results: pd.DataFrame
    pairs: pd.DataFrame
    shifts: pd.DataFrame


def compare_schemes(
    scores: Mapping[str, SynergyScores], schemes: Mapping[str, Scheme], year: int
) -> SchemeComparison:
    r"""Compare the results of several schemes for one park and year.

    Parameters
    ----------
    scores : mapping of str to SynergyScores
        Scheme → its scores, two or more.
    schemes : mapping of str to Scheme
        The schemes themselves, same keys.
    year : int
        Year that is compared.

    Returns
    -------
    SchemeComparison

    Raises
    ------
    MethodError
        If there are fewer than two schemes, or a scheme has no row of the year.

    Notes
    -----
    Ranks are formed anew among the enterprises that both schemes of a pair rank, ties
    sharing the better place, so that a shift does not come from who is left out.
    Spearman's ρ and Kendall's τ-b are those of the scores, which are equal if they
    agree to nine decimals; NaN with fewer than three common enterprises or where one
    scheme gives all of them the same score. Grey is "not judged", not a colour: an
    enterprise changes colour only if both schemes give it one. Colours are those of
    the rules, before any is withheld because the weights are uncertain.
    """
    if len(scores) < 2:
        raise MethodError("体系比较：至少需要两个指标体系")
    tables = {name: _at_year(own, year, name) for name, own in scores.items()}
    no_grade = {name: schemes[name].header.grade_no_data for name in scores}
    same = {name: schemes[name].header.grade_names for name in scores}
    pieces = []
    for first, second in combinations(tables, 2):
        piece = _shifts(tables[first], tables[second])
        judged = [
            piece[f"grade_{side}"].notna() & (piece[f"grade_{side}"] != no_grade[name])
            for side, name in (("a", first), ("b", second))
        ]
        both = (judged[0] & judged[1]) & (same[first] == same[second])
        changes = (piece["grade_a"] != piece["grade_b"]).astype("boolean")
        piece["changes_grade"] = changes.mask(~both)
        piece.insert(0, "scheme_a", first)
        piece.insert(1, "scheme_b", second)
        pieces.append(piece)
    results = pd.concat(
        list(tables.values()), keys=list(tables), names=["scheme"]
    ).reset_index()
    return SchemeComparison(
        results=results,
        pairs=pd.DataFrame([_agreement(piece) for piece in pieces]),
        shifts=pd.concat(pieces, ignore_index=True),
    )


def _at_year(scores: SynergyScores, year: int, name: str) -> pd.DataFrame:
    """Return one scheme's results of the year, indexed by enterprise."""
    table = pd.DataFrame(
        {
            "score": scores.overall,
            "coverage": scores.coverage,
            "rank": scores.rank,
            "grade": scores.grade,
            "colour": scores.colour,
        }
    )
    if year not in table.index.get_level_values("year"):
        raise MethodError(f"体系比较：{name} 没有{year}年的得分")
    return pd.DataFrame(table.xs(year, level="year"))


def _shifts(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return two schemes' results side by side, with what differs."""
    both = first.add_suffix("_a").join(second.add_suffix("_b"), how="outer")
    common = both["rank_a"].notna() & both["rank_b"].notna()
    for side in ("a", "b"):
        score = both[f"score_{side}"].round(SAME_SCORE_DECIMALS).where(common)
        both[f"rank_{side}"] = score.rank(ascending=False, method="min")
    both["rank_shift"] = both["rank_a"] - both["rank_b"]
    known = [both[f"colour_{side}"].fillna("grey") != "grey" for side in ("a", "b")]
    changes = (both["colour_a"] != both["colour_b"]).astype("boolean")
    both["changes_colour"] = changes.mask(~(known[0] & known[1]))
    both["is_judged_by_one"] = known[0] != known[1]
    order = [
        f"{what}_{side}"
        for what in ("score", "rank", "grade", "colour", "coverage")
        for side in ("a", "b")
    ]
    rest = ["rank_shift", "changes_colour", "is_judged_by_one"]
    return both[order + rest].reset_index()


def _agreement(piece: pd.DataFrame) -> dict[str, object]:
    """Return how far two schemes agree, from their shifts."""
    common = piece[piece["rank_shift"].notna()]
    shift = common["rank_shift"].abs()
    first, second = (
        common[f"score_{side}"].round(SAME_SCORE_DECIMALS).to_numpy(dtype=np.float64)
        for side in ("a", "b")
    )
    spearman = kendall = np.nan
    if len(common) >= MINIMUM_PAIRS and np.ptp(first) > 0 and np.ptp(second) > 0:
        spearman = float(stats.spearmanr(first, second).statistic)
        kendall = float(stats.kendalltau(first, second).statistic)
    grades, colours = piece["changes_grade"].dropna(), piece["changes_colour"].dropna()
    return {
        "scheme_a": piece["scheme_a"].iloc[0],
        "scheme_b": piece["scheme_b"].iloc[0],
        "common": len(common),
        "spearman": spearman,
        "kendall": kendall,
        "mean_rank_shift": float(shift.mean()) if len(shift) else np.nan,
        "largest_rank_shift": float(shift.max()) if len(shift) else np.nan,
        "colour_judged": len(colours),
        "colour_changes": int(colours.sum()),
        "judged_by_one": int(piece["is_judged_by_one"].sum()),
        "grade_judged": len(grades),
        "grade_changes": int(grades.sum()) if len(grades) else np.nan,
    }
