"""Shares of grades and colours alone: those of the whole uncertainty, to the bit."""

import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.uncertainty.class_shares import class_shares
from synergy_lib.scoring.uncertainty.summary import score_uncertainty

ALTERNATIVES = {
    "robustness_normalizations": ("minmax", "rank"),
    "robustness_aggregations": ("arithmetic", "geometric"),
    "robustness_missing_rules": ("median",),
    "robustness_anchor_pct": 10.0,
}


@pytest.mark.parametrize("update", [{}, ALTERNATIVES])
def test_class_shares_are_those_of_the_whole_uncertainty(mini, mini_values, update):
    scheme = Scheme(mini.header.model_copy(update=update), mini.framework)
    scores = score_scheme(mini_values, scheme, base_year=2020)
    errors = IndicatorErrors({"all": mini_values.fillna(0.0) * 0.05}, {})
    given = {"errors": errors, "draws": 300, "kappa": 20.0, "seed": 5}
    whole = score_uncertainty(scores, scheme, years=[2020], **given)
    shares = class_shares(scores, scheme, year=2020, **given)
    here = scores.overall.index.get_level_values("year") == 2020
    for name in ("grade_probability", "colour_probability"):
        pd.testing.assert_frame_equal(
            getattr(shares, name), getattr(whole, name)[here], check_exact=True
        )
    assert (shares.draws, shares.seed) == (300, 5)


def test_class_shares_refuse_scores_of_another_scheme(mini, mini_values, taizhou):
    scores = score_scheme(mini_values, mini, base_year=2020)
    with pytest.raises(MethodError, match="不一致"):
        class_shares(scores, taizhou, year=2020)
