import numpy as np
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.scoring.comparison import changes_by_dimension, compare_years
from synergy_lib.scoring.index import score_scheme

CODES = ["A1", "A2", "B1", "B2"]


def test_compare_years_by_hand(mini, mini_values):
    result = score_scheme(mini_values, mini, base_year=2020)
    table = compare_years(result, mini, 2020, 2021)
    assert table.index.tolist() == ["a", "b", "c"]
    # c: A1 .36·(88.571429−100) = −4.114286; B2 .2·(0−37.777778) = −7.555556.
    row = table.loc["c"]
    assert row["change"] == pytest.approx(-11.669841, abs=1e-6)
    assert row[CODES].tolist() == pytest.approx([-4.114286, 0, 0, -7.555556], abs=1e-6)
    assert row["later"] == pytest.approx(result.overall["c", 2021])
    assert row["n_common"] == 4
    # b: without B1 in 2021 dimension B is left out of both years.
    assert table.loc["b", "earlier"] == pytest.approx(44.0)
    assert table.loc["b", "n_common"] == 2
    assert table.loc["b", "coverage"] == pytest.approx(0.8)
    np.testing.assert_allclose(table[CODES].sum(axis=1), table["change"], atol=1e-9)


def test_compare_years_geometric_contributions_sum_to_the_change(mini, mini_values):
    header = mini.header.model_copy(update={"aggregation": "geometric"})
    scheme = type(mini)(header, mini.framework)
    result = score_scheme(mini_values, scheme, base_year=2020)
    table = compare_years(result, scheme, 2020, 2021)
    np.testing.assert_allclose(table[CODES].sum(axis=1), table["change"], atol=1e-9)
    assert table.loc["b", "change"] == pytest.approx(0.0)


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_changes_by_dimension_sum_to_the_change(mini, mini_values, aggregation):
    header = mini.header.model_copy(update={"aggregation": aggregation})
    scheme = type(mini)(header, mini.framework)
    values = mini_values.copy()
    values.loc[("a", 2020), ["A1", "A2", "B1"]] = np.nan
    values.loc[("a", 2021), "B2"] = np.nan
    table = compare_years(
        score_scheme(values, scheme, base_year=2020), scheme, 2020, 2021
    )
    found = changes_by_dimension(table, scheme)
    assert found.columns.tolist() == ["A", "B"]
    np.testing.assert_allclose(
        found.sum(axis=1)[["b", "c"]], table["change"][["b", "c"]], atol=1e-9
    )
    assert found.loc["a"].isna().all()  # nothing in common
    if aggregation == "arithmetic":
        assert found.loc["c"].tolist() == pytest.approx(
            [-4.114286, -7.555556], abs=1e-6
        )


def test_demo_geometric_changes_sum_exactly_for_everybody(demo_analysis):
    old = demo_analysis.scheme
    header = old.header.model_copy(update={"aggregation": "geometric"})
    scheme = type(old)(header, old.framework)
    found = demo_analysis.indicators
    scores = score_scheme(
        found.values, scheme, base_year=2020, applicable=found.applicable
    )
    table = compare_years(scores, scheme, 2023, 2024)
    known = table["change"].dropna()
    total = table[list(scheme.framework.indicators.index)].sum(axis=1)[known.index]
    np.testing.assert_allclose(total, known, atol=1e-9)
    dimensions = changes_by_dimension(table, scheme).sum(axis=1)[known.index]
    np.testing.assert_allclose(dimensions, known, atol=1e-9)
    assert len(known) >= 80


def test_compare_years_only_enterprises_of_both_years(mini, mini_values):
    values = mini_values.drop(("a", 2020))
    result = score_scheme(values, mini, base_year=2020)
    assert compare_years(result, mini, 2020, 2021).index.tolist() == ["b", "c"]


def test_compare_years_nothing_in_common_is_missing(mini, mini_values):
    values = mini_values.copy()
    values.loc[("a", 2020), ["A1", "A2", "B1"]] = np.nan
    values.loc[("a", 2021), "B2"] = np.nan
    result = score_scheme(values, mini, base_year=2020)
    row = compare_years(result, mini, 2020, 2021).loc["a"]
    assert np.isnan(row["change"])
    assert row[CODES].isna().all()
    assert np.isnan(result.change["a", 2021])


def test_compare_years_refuses_unknown_or_reversed_years(mini, mini_values):
    result = score_scheme(mini_values, mini, base_year=2020)
    with pytest.raises(MethodError, match="2019"):
        compare_years(result, mini, 2019, 2021)
    with pytest.raises(MethodError, match="早于"):
        compare_years(result, mini, 2021, 2020)


def test_year_on_year_needs_the_year_just_before(mini, mini_values):
    later = mini_values.rename(index={2021: 2022}, level="year")
    result = score_scheme(later, mini, base_year=2020)
    assert result.change.isna().all()


def test_year_on_year_needs_enough_common_data(mini, mini_values):
    values = mini_values.copy()
    values.loc[("a", 2020), ["A1"]] = np.nan  # common .64 < .70
    result = score_scheme(values, mini, base_year=2020)
    assert np.isnan(result.change["a", 2021])
    assert result.colour[("a", 2021)] == "green"
