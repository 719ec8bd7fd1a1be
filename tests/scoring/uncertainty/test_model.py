"""One year scored again: the scheme's own way gives the published scores."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.scoring.aggregation import arithmetic
from synergy_lib.scoring.comparison import structure
from synergy_lib.scoring.framework import Scheme, read_framework
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.normalization import minmax, ranks
from synergy_lib.scoring.uncertainty.draws import Draws
from synergy_lib.scoring.uncertainty.model import score_draws
from synergy_lib.scoring.uncertainty.park_year import park_year


@pytest.fixture
def scored(mini, mini_values):
    return score_scheme(mini_values, mini, base_year=2020)


def one(scheme, *choices, shift=0.0):
    """Return draws with the scheme's own weights, one for each choice."""
    weights = np.tile(structure(scheme)[0], (len(choices), 1))
    moved = np.full_like(weights, shift)
    return Draws(weights, moved, moved, np.zeros((len(choices), 0)), tuple(choices))


@pytest.mark.parametrize("year", [2020, 2021])
@pytest.mark.parametrize(
    ("mean", "column"), [("arithmetic", "overall"), ("geometric", "overall_geometric")]
)
def test_own_rules_give_the_published_scores(mini, scored, year, mean, column):
    park = park_year(scored, mini, year)
    drawn = score_draws(park, one(mini, ("rules", mean, "reweight")), 0)
    expected = getattr(scored, column).loc[park.index]
    np.testing.assert_allclose(drawn.overall[0], expected, rtol=2e-6)
    if mean == "arithmetic":
        np.testing.assert_allclose(
            drawn.dimensions[0], scored.dimension_scores.loc[park.index], rtol=2e-6
        )


def test_relative_normalisations_are_those_of_the_library(mini, scored):
    """2020 is complete, so the means of the library apply as they are."""
    park = park_year(scored, mini, 2020)
    values = scored.values.loc[park.index]
    direction = mini.framework.indicators["direction"]
    weights = mini.framework.effective_weights
    choices = [(name, "arithmetic", "reweight") for name in ("minmax", "rank")]
    drawn = score_draws(park, one(mini, *choices), 0)
    for row, method in enumerate((minmax, ranks)):
        expected = arithmetic(100 * method(values, direction), weights)
        np.testing.assert_allclose(drawn.overall[row], expected, rtol=1e-5)


def test_a_missing_value_may_take_the_median_of_the_others(mini, mini_values, scored):
    """B1 is missing for b in 2021; the others report 60 and 90, so 75: 85 points."""
    park = park_year(scored, mini, 2021)
    row = list(park.index).index(("b", 2021))
    drawn = score_draws(park, one(mini, ("rules", "arithmetic", "median")), 0)
    other = scored.indicator_scores.loc[("b", 2021), "B2"]
    assert drawn.dimensions[0, row, 1] == pytest.approx((85 + other) / 2, rel=1e-5)


def test_easier_anchors_raise_scores_by_their_share_of_the_distance(mini, scored):
    """Both anchors 10 % of their distance lower (for a benefit) are 4 points more."""
    park = park_year(scored, mini, 2020)
    shift = -0.1
    own = ("rules", "arithmetic", "reweight")
    plain = score_draws(park, one(mini, own), 0).overall[0]
    easier = score_draws(park, one(mini, own, shift=shift), 0).overall[0]
    gain = easier - plain
    # Three of four indicators have anchors (weights .36, .2, .2), ends are clipped.
    assert (gain > 0).all()
    assert gain.max() <= 4 * (0.36 + 0.2 + 0.2) + 1e-4


def test_a_row_without_any_value_has_no_score(mini, mini_values):
    values = mini_values.copy()
    values.loc[("a", 2020)] = np.nan
    park = park_year(score_scheme(values, mini, base_year=2020), mini, 2020)
    drawn = score_draws(park, one(mini, ("rules", "arithmetic", "reweight")), 0)
    here = list(park.index).index(("a", 2020))
    assert np.isnan(drawn.overall[0, here])
    assert np.isnan(drawn.dimensions[0, here]).all()


def test_given_noise_is_used_as_it_is(mini, mini_values, scored):
    from synergy_lib.indicators.errors import IndicatorErrors

    zero = pd.DataFrame(0.0, index=mini_values.index, columns=mini_values.columns)
    errors = IndicatorErrors({"solvent": zero.assign(B1=2.0)}, {})
    park = park_year(scored, mini, 2020, errors)
    own = ("rules", "arithmetic", "reweight")
    noise = np.array([[0, 0, 0], [1, 1, 1]], dtype=np.float32)
    drawn = score_draws(park, one(mini, own, own), 0, noise=(noise,)).overall
    row = list(park.index).index(("a", 2020))
    # 2 % of recovery are 2 points of B1, a fifth of the index.
    assert drawn[1, row] - drawn[0, row] == pytest.approx(0.4, abs=1e-4)
    crossed = score_draws(
        park, one(mini, own, own), 0, noise=(noise,), noise_rows=np.array([1, 0])
    )
    np.testing.assert_array_equal(crossed.overall, drawn[::-1])


def test_an_indicator_below_the_index_is_a_dimension_of_its_own(mini, framework_file):
    text = """\
    Level,iCode,Parent,Direction,Weight,Type,iName,Unit,rule,baseline,benchmark
    1,a,A,1,3,Indicator,n,u,LIN,60,100
    1,g,S,1,1,Indicator,n,u,LIN,60,100
    2,A,S,1,1,Aggregate,n,u,,,
    3,S,,1,1,Aggregate,n,u,,,
    """
    framework = read_framework(framework_file(text))
    none = {"gates_red": (), "gates_yellow": (), "carbon_level_indicator": None}
    none |= {"carbon_grade_indicator": None, "colour_red_pollution_indicator": None}
    scheme = Scheme(mini.header.model_copy(update=none), framework)
    index = pd.MultiIndex.from_tuples([("x", 2020)], names=["enterprise_id", "year"])
    values = pd.DataFrame({"a": [80.0], "g": [50.0]}, index=index)
    park = park_year(score_scheme(values, scheme, base_year=2020), scheme, 2020)
    drawn = score_draws(park, one(scheme, ("rules", "arithmetic", "reweight")), 0)
    np.testing.assert_allclose(drawn.overall, [[65.0]])
    # In the order of the file.
    np.testing.assert_allclose(drawn.dimensions, [[[50.0, 80.0]]])
