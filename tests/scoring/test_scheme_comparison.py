from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.scheme_comparison import compare_schemes


@pytest.fixture
def scores(mini, mini_values):
    return score_scheme(mini_values, mini, base_year=2020)


def other(scores, **year_2020):
    """Return the scores with other results in 2020 for a, b, c."""
    changed = {}
    for name, values in year_2020.items():
        series = getattr(scores, name).copy()
        series.loc[(slice(None), 2020)] = values
        changed[name] = series
    return replace(scores, **changed)


def test_compare_schemes_by_hand(scores, mini):
    first = other(
        scores,
        overall=[70.0, 80.0, 90.0],
        rank=[3.0, 2.0, 1.0],
        grade=["中", "良", "优"],
        colour=["yellow", "green", "green"],
    )
    second = other(
        scores,
        overall=[85.0, 60.0, 95.0],
        rank=[2.0, 3.0, 1.0],
        grade=["良", "良", "数据不足"],
        colour=["green", "red", "grey"],
    )
    found = compare_schemes({"A": first, "B": second}, {"A": mini, "B": mini}, 2020)
    pair = found.pairs.iloc[0]
    # Ranks 3 2 1 and 2 3 1: d² = 1 + 1 + 0, ρ = 1 − 6·2/(3·8); one of three pairs
    # disagrees, τ = (2 − 1)/3.
    assert pair["spearman"] == pytest.approx(0.5)
    assert pair["kendall"] == pytest.approx(1 / 3)
    assert pair["common"] == 3
    assert pair["mean_rank_shift"] == pytest.approx(2 / 3)
    assert pair["largest_rank_shift"] == 1
    assert (pair["colour_judged"], pair["colour_changes"]) == (2, 2)
    assert pair["judged_by_one"] == 1
    assert (pair["grade_judged"], pair["grade_changes"]) == (2, 1)
    shifts = found.shifts.set_index("enterprise_id")
    assert shifts["rank_shift"].tolist() == [1, -1, 0]
    assert shifts["changes_colour"].tolist() == [True, True, pd.NA]
    assert shifts["changes_grade"].tolist() == [True, False, pd.NA]
    assert len(found.results) == 6


def test_ranks_are_formed_among_those_both_schemes_rank(scores, mini):
    first = other(scores, overall=[70.0, 80.0, 90.0], rank=[3.0, 2.0, 1.0])
    second = other(scores, overall=[70.0, 80.0, np.nan], rank=[2.0, 1.0, np.nan])
    found = compare_schemes({"A": first, "B": second}, {"A": mini, "B": mini}, 2020)
    shifts = found.shifts.set_index("enterprise_id")
    assert shifts["rank_a"].tolist()[:2] == [2, 1]
    assert shifts["rank_shift"].tolist()[:2] == [0, 0]
    assert np.isnan(shifts["rank_shift"].iloc[2])
    # Two common enterprises carry no correlation.
    assert np.isnan(found.pairs["spearman"].iloc[0])
    assert found.pairs["common"].iloc[0] == 2


def test_equal_scores_have_no_correlation_and_no_warning(scores, mini):
    flat = other(scores, overall=[70.0, 70.0, 70.0 + 1e-12], rank=[1.0, 1.0, 1.0])
    found = compare_schemes({"A": flat, "B": scores}, {"A": mini, "B": mini}, 2020)
    assert np.isnan(found.pairs["kendall"].iloc[0])


def test_a_scheme_agrees_with_itself(scores, mini):
    names = ["A", "B", "C"]
    found = compare_schemes(
        dict.fromkeys(names, scores), dict.fromkeys(names, mini), 2020
    )
    assert len(found.pairs) == 3
    assert found.pairs["spearman"].tolist() == pytest.approx([1] * 3)
    assert found.pairs[["colour_changes", "grade_changes"]].eq(0).all(axis=None)
    assert found.shifts["rank_shift"].eq(0).all()


def test_grades_of_other_names_are_not_compared(scores, mini):
    header = mini.header.model_copy(update={"grade_names": ("A", "B", "C", "D", "E")})
    schemes = {"A": mini, "B": replace(mini, header=header)}
    found = compare_schemes(dict.fromkeys("AB", scores), schemes, 2020)
    assert found.pairs["grade_judged"].iloc[0] == 0
    assert np.isnan(found.pairs["grade_changes"].iloc[0])


def test_compare_schemes_refuses_one_scheme_and_an_unknown_year(scores, mini):
    with pytest.raises(MethodError, match="至少需要两个"):
        compare_schemes({"A": scores}, {"A": mini}, 2020)
    with pytest.raises(MethodError, match="A 没有1999年"):
        compare_schemes(dict.fromkeys("AB", scores), dict.fromkeys("AB", mini), 1999)
