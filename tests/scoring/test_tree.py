"""Trees of other depths than three, and means that differ by level."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.scoring.aggregation import row_weights
from synergy_lib.scoring.comparison import compare_years, structure
from synergy_lib.scoring.framework import Scheme, read_framework
from synergy_lib.scoring.index import score_index, score_scheme
from synergy_lib.scoring.tree import (
    is_plain,
    tree_contributions,
    tree_scores,
    tree_weights,
)
from synergy_lib.scoring.uncertainty.summary import score_uncertainty

HEAD = "Level,iCode,Parent,Direction,Weight,Type,iName,Unit,rule,baseline,benchmark"
# Index S: dimension D (2) over parts E (1: e1, e2 equal) and F (3: f1, f2 equal);
# dimension g (1), an indicator. Every score is its value: anchors 60 and 100.
DEEP = f"""{HEAD},MinCoverage
1,e1,E,1,1,Indicator,n,u,LIN,60,100,
1,e2,E,1,1,Indicator,n,u,LIN,60,100,
1,f1,F,1,1,Indicator,n,u,LIN,60,100,
1,f2,F,1,1,Indicator,n,u,LIN,60,100,
1,g,S,1,1,Indicator,n,u,LIN,60,100,
2,E,D,1,1,Aggregate,n,u,,,,
2,F,D,1,3,Aggregate,n,u,,,,
3,D,S,1,2,Aggregate,n,u,,,,
4,S,,1,1,Aggregate,n,u,,,,
"""
TWO = f"""{HEAD}
1,a,S,1,3,Indicator,n,u,LIN,60,100
1,b,S,1,1,Indicator,n,u,LIN,60,100
2,S,,1,1,Aggregate,n,u,,,
"""
THREE = f"""{HEAD}
1,a,A,1,3,Indicator,n,u,LIN,60,100
1,b,A,1,1,Indicator,n,u,LIN,60,100
1,c,B,1,2,Indicator,n,u,LIN,60,100
1,d,B,1,3,Indicator,n,u,LIN,60,100
2,A,S,1,2,Aggregate,n,u,,,
2,B,S,1,5,Aggregate,n,u,,,
3,S,,1,1,Aggregate,n,u,,,
"""
CODES = ["e1", "e2", "f1", "f2", "g"]
NAN = np.nan


@pytest.fixture(scope="module")
def scheme_of(taizhou, tmp_path_factory):
    """Return a function that makes a scheme of a framework's text."""
    path = tmp_path_factory.mktemp("tree") / "framework.csv"

    def make(text=DEEP, **updates) -> Scheme:
        changes = {
            "gates_red": (),
            # Only the weights vary.
            "robustness_anchor_pct": 0.0,
            "robustness_normalizations": (),
            "robustness_aggregations": (),
            "robustness_missing_rules": (),
            "gates_yellow": (),
            "carbon_level_indicator": None,
            "carbon_grade_indicator": None,
            "colour_red_pollution_indicator": None,
            "coverage_dimension_minimum": 0.5,
            "rank_minimum_enterprises": 1,
        }
        header = taizhou.header.model_copy(update=changes | updates)
        path.write_text(text, encoding="utf-8")
        return Scheme(header, read_framework(path))

    return make


def score(scheme, rows, codes=CODES, years=(2024,)):
    index = pd.MultiIndex.from_product(
        [[f"e{i}" for i in range(len(rows) // len(years))], years],
        names=["enterprise_id", "year"],
    )
    return score_scheme(
        pd.DataFrame(rows, index, codes, dtype=float), scheme, base_year=2024
    )


def test_four_levels_by_hand(scheme_of):
    scheme = scheme_of()
    framework = scheme.framework
    assert framework.dimensions.index.tolist() == ["g", "D"]
    assert framework.dimension_of.to_dict() == dict.fromkeys(CODES[:4], "D") | {
        "g": "g"
    }
    result = score(scheme, [[80, 60, 100, 40, 90]])
    # E 70, F 70, D (1·70 + 3·70)/4; S (2·70 + 90)/3.
    assert result.dimension_scores.iloc[0].to_dict() == pytest.approx(
        {"g": 90, "D": 70}
    )
    assert result.overall.iloc[0] == pytest.approx(230 / 3)
    assert result.row_weights.iloc[0].tolist() == pytest.approx(
        [2 / 3 / 8, 2 / 3 / 8, 2 / 3 * 3 / 8, 2 / 3 * 3 / 8, 1 / 3]
    )
    assert result.coverage.iloc[0] == pytest.approx(1)


def test_missing_weight_goes_to_the_siblings_first(scheme_of):
    result = score(scheme_of(), [[80, NAN, 100, 40, 90], [NAN, NAN, 100, 40, 90]])
    # e2 missing: E is e1 alone, 80, still a quarter of D. Spread over all of D it
    # would have been (80 + 3·100 + 3·40)/7 = 71.4.
    assert result.dimension_scores["D"].iloc[0] == pytest.approx((80 + 3 * 70) / 4)
    # Both missing: E has no score, F takes all of D.
    assert result.dimension_scores["D"].iloc[1] == pytest.approx(70)
    assert result.dimension_coverage["D"].tolist() == pytest.approx([7 / 8, 6 / 8])
    assert result.coverage.tolist() == pytest.approx([11 / 12, 10 / 12])


def test_not_applicable_loses_its_weight_without_loss_of_coverage(scheme_of):
    scheme = scheme_of()
    available = np.array([[True, False, True, True, True]])
    weights = tree_weights(available, available, scheme)
    assert weights.coverage[0] == pytest.approx(1)
    assert weights.indicators[0].tolist() == pytest.approx(
        [1 / 6, 0, 1 / 4, 1 / 4, 1 / 3]
    )


def test_a_dimension_that_is_an_indicator_may_lack(scheme_of):
    result = score(scheme_of(), [[80, 60, 100, 40, NAN]])
    assert result.overall.iloc[0] == pytest.approx(70)
    assert bool(result.is_provisional.iloc[0])
    assert np.isnan(result.dimension_scores["g"].iloc[0])


def test_minimum_coverage_of_a_row(scheme_of):
    strict = DEEP.replace("3,Aggregate,n,u,,,,", "3,Aggregate,n,u,,,,0.6")
    rows = [[80, 60, 100, NAN, 90]]
    # Half of F is there: enough without a minimum, too little for 0.6.
    assert score(scheme_of(), rows).dimension_scores["D"].iloc[0] == pytest.approx(
        (70 + 3 * 100) / 4
    )
    result = score(scheme_of(strict), rows)
    assert result.dimension_scores["D"].iloc[0] == pytest.approx(70)
    assert result.row_weights["f1"].iloc[0] == 0
    # The dimension's own data are counted, used or not.
    assert result.dimension_coverage["D"].iloc[0] == pytest.approx(5 / 8)
    own = DEEP.replace("3,D,S,1,2,Aggregate,n,u,,,,", "3,D,S,1,2,Aggregate,n,u,,,,0.7")
    assert np.isnan(score(scheme_of(own), rows).dimension_scores["D"].iloc[0])


def test_two_levels(scheme_of):
    scheme = scheme_of(TWO)
    assert is_plain(scheme)
    result = score(scheme, [[80, 40], [NAN, 40]], ["a", "b"])
    assert result.overall.tolist() == pytest.approx([70, 40])
    assert result.dimension_scores["b"].tolist() == [40, 40]
    assert result.coverage.tolist() == pytest.approx([1, 0.25])


scores_or_gaps = st.one_of(st.none(), st.floats(0, 100))


@given(st.lists(st.lists(scores_or_gaps, min_size=5, max_size=5), min_size=1))
def test_level_by_level_equals_score_index(scheme_of, rows):
    """The independent way up the tree, with and without gaps."""
    scheme = scheme_of(coverage_dimension_minimum=0.0)
    values = pd.DataFrame(rows, columns=CODES, dtype=float)
    other = score_index(
        values, scheme.framework, "none", "arithmetic", missing="redistribute"
    )
    known = values.notna().to_numpy()
    weights = tree_weights(known, np.ones_like(known), scheme)
    overall = np.nansum(weights.indicators * values.to_numpy(), axis=1)
    found = np.where(weights.indicators.sum(axis=1) > 0, overall, np.nan)
    np.testing.assert_allclose(found, other.scores["S"], rtol=1e-9, atol=1e-9)
    again = tree_scores(values.to_numpy(), weights.indicators > 0, scheme)["S"][:, 0]
    np.testing.assert_allclose(again, found, rtol=1e-9, atol=1e-9)


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1))
def test_three_levels_in_one_pass_or_level_by_level(scheme_of, rows):
    scheme = scheme_of(THREE)
    assert is_plain(scheme)
    available = np.array(rows)
    applicable = available | (np.arange(4) % 2 == 0)
    weights, member = structure(scheme)
    minimum = scheme.header.coverage_dimension_minimum
    flat = row_weights(available, applicable, weights, member, minimum)
    tree = tree_weights(available, applicable, scheme)
    for name in ("indicators", "within", "dimension_coverage", "coverage"):
        np.testing.assert_allclose(
            getattr(tree, name), getattr(flat, name), rtol=1e-12, atol=1e-12
        )
    assert (tree.sufficient == flat.sufficient).all()


@given(
    st.lists(scores_or_gaps, min_size=5, max_size=5),
    st.integers(0, 4),
    st.floats(0, 100),
    st.sampled_from([{}, {4: "geometric"}, {2: "geometric", 3: "geometric"}]),
)
def test_a_better_indicator_never_lowers_the_score(scheme_of, row, which, more, levels):
    scheme = scheme_of(aggregation_by_level=levels, coverage_dimension_minimum=0.0)
    row = [np.nan if value is None else value for value in row]
    better = list(row)
    if not np.isnan(row[which]):
        better[which] = min(100.0, row[which] + more)
    array = np.array([row, better])
    known = ~np.isnan(array)
    weights = tree_weights(known, np.ones_like(known), scheme)
    first, second = tree_scores(array, weights.indicators > 0, scheme)["S"][:, 0]
    if known.any():
        # The floor of the geometric mean, one point, may lift a score of zero.
        assert 0 <= first <= 100 + 1e-9
        assert second >= first - 1e-9
    else:
        assert np.isnan(first)


def test_a_mean_of_its_own_for_a_level(scheme_of):
    rows = [[80, 60, 100, 40, 90]]
    result = score(scheme_of(aggregation_by_level={4: "geometric"}), rows)
    # Arithmetic up to D = 70, then 70^(2/3) · 90^(1/3).
    assert result.dimension_scores["D"].iloc[0] == pytest.approx(70)
    assert result.overall.iloc[0] == pytest.approx(70 ** (2 / 3) * 90 ** (1 / 3))
    result = score(scheme_of(aggregation_by_level={2: "geometric"}), rows)
    inner = (4800**0.5 + 3 * 4000**0.5) / 4
    assert result.dimension_scores["D"].iloc[0] == pytest.approx(inner)
    assert result.overall.iloc[0] == pytest.approx((2 * inner + 90) / 3)
    whole = score(scheme_of(aggregation="geometric"), rows)
    every = dict.fromkeys((2, 3, 4), "geometric")
    same = score(scheme_of(aggregation_by_level=every), rows)
    assert same.overall.iloc[0] == pytest.approx(whole.overall.iloc[0])


@pytest.mark.parametrize("levels", [{}, {4: "geometric"}, {2: "geometric"}])
def test_contributions_sum_to_the_change(scheme_of, levels):
    scheme = scheme_of(aggregation_by_level=levels)
    rows = [[80, 60, 100, 40, 90], [70, NAN, 90, 60, 20], [50] * 5, [50, 50, 0, 9, 50]]
    result = score(scheme, rows, years=(2023, 2024))
    changes = compare_years(result, scheme, 2023, 2024)
    np.testing.assert_allclose(changes[CODES].sum(axis=1), changes["change"])
    assert (changes["change"].abs() > 1).all()
    assert changes["e2"].iloc[0] == 0


def test_contribution_of_a_score_below_the_floor(scheme_of):
    scheme = scheme_of(aggregation="geometric")
    weights = scheme.framework.effective_weights.to_numpy()[None, :]
    first, last = np.full((1, 5), 50.0), np.array([[50.0, 50, 50, 50, 0.5]])
    parts = tree_contributions(first, last, weights, scheme)
    # 0.5 counts as the floor, 1 point; f1 … f2 did not change.
    assert parts[0, :4].tolist() == pytest.approx([0, 0, 0, 0])
    assert parts[0, 4] == pytest.approx(50 * (1 / 50) ** (1 / 3) - 50)


@pytest.mark.parametrize("levels", [{}, {4: "geometric"}])
def test_uncertainty_of_a_deep_tree_centres_on_the_score(scheme_of, levels):
    scheme = scheme_of(aggregation_by_level=levels)
    rows = [[80, NAN, 100, 40, 90], [30, 60, 20, 40, 10]]
    result = score(scheme, rows)
    spread = score_uncertainty(result, scheme, draws=500, kappa=1e9, seed=1)
    np.testing.assert_allclose(
        spread.score["median"], result.overall, rtol=1e-3
    )  # weights within 1e-4 of the centre at this κ
    wide = score_uncertainty(result, scheme, draws=500, kappa=20, seed=1).score
    assert (wide["low"] < result.overall).all()
    assert (wide["high"] > result.overall).all()
