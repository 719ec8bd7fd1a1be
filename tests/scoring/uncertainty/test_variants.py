"""Leave one out, and the curve of all defensible specifications."""

import numpy as np
import pytest

from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.uncertainty.variants import leave_one_out, specification_curve


@pytest.fixture
def scored(mini, mini_values):
    return score_scheme(mini_values, mini, base_year=2020)


def test_leave_one_out_is_the_index_without_the_indicator(mini, mini_values, scored):
    table = leave_one_out(scored, mini, 2020)
    assert list(table.index) == ["A1", "A2", "B1", "B2", "A", "B"]
    # Without dimension B what is left is A.
    a = scored.dimension_scores["A"].xs(2020, level="year")
    overall = scored.overall.xs(2020, level="year")
    expected = (a - overall).mean()
    assert table.loc["B", "mean_change"] == pytest.approx(expected, rel=1e-4)
    shift = (a.rank(ascending=False) - overall.rank(ascending=False)).abs()
    assert table.loc["B", "mean_shift"] == pytest.approx(shift.mean())
    assert table.loc["B", "largest_shift"] == shift.max()
    assert (table["n"] == 3).all()


def test_leave_one_out_of_an_unranked_year(mini, mini_values):
    values = mini_values.copy()
    values.loc[("a", 2020)] = np.nan
    values.loc[("b", 2020)] = np.nan
    table = leave_one_out(score_scheme(values, mini, base_year=2021), mini, 2020)
    assert table["mean_shift"].isna().all()
    assert (table["n"] == 0).all()


def several(mini) -> Scheme:
    return Scheme(
        mini.header.model_copy(
            update={
                "robustness_anchor_pct": 10.0,
                "robustness_normalizations": ("minmax", "rank"),
                "robustness_aggregations": ("arithmetic", "geometric"),
                "robustness_missing_rules": ("median",),
            }
        ),
        mini.framework,
    )


def test_specification_curve_begins_with_the_published_result(mini, scored):
    scheme = several(mini)
    curve = specification_curve(scored, scheme, 2021)
    table = curve.specifications
    first = table.iloc[0]
    assert list(first) == ["policy", "rules", "arithmetic", "reweight", "own", True]
    overall = scored.overall.xs(2021, level="year")
    np.testing.assert_allclose(curve.score.iloc[0], overall, rtol=1e-5)
    # 2 weights × (rules: 2 means × 2 missing × 3 anchors, others: 2 × 2 × 2).
    assert len(table) == 2 * (2 * 2 * 3 + 2 * 2 * 2)
    assert table["is_absolute"].sum() == 2 * 2 * 2 * 3
    assert (curve.colour[~table["is_absolute"]] == "").all(axis=None)


def test_specification_curve_names_the_choice_that_decides(mini, scored):
    curve = specification_curve(scored, several(mini), 2021)
    absolute = curve.colour[curve.specifications["is_absolute"]]
    table = curve.enterprises
    for name in table.index:
        same = absolute[name].nunique() == 1
        assert table.loc[name, "depends_on_choice"] == (not same)
        assert (table.loc[name, "deciding_choice"] == "") == same
    np.testing.assert_allclose(table[["red", "yellow", "green"]].sum(axis=1), 1.0)
    ranked = table["best_rank"].notna()
    assert (table["best_rank"] <= table["worst_rank"])[ranked].all()


def test_harder_anchors_never_give_more_points(mini, scored):
    curve = specification_curve(scored, several(mini), 2020)
    table = curve.specifications
    keys = ["weights", "normalization", "aggregation", "missing"]
    absolute = table[table["is_absolute"]]
    for _, rows in absolute.groupby(keys):
        by_anchor = curve.score.loc[rows.index].set_axis(rows["anchors"], axis=0)
        assert (by_anchor.loc["harder"] <= by_anchor.loc["own"] + 1e-4).all()
        assert (by_anchor.loc["own"] <= by_anchor.loc["easier"] + 1e-4).all()
