import dataclasses

import pandas as pd
import pytest

from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.results import SynergyScores


def test_results_are_frozen(mini, mini_values):
    result = score_scheme(mini_values, mini, base_year=2020)
    with pytest.raises(AttributeError):
        result.overall = pd.Series(dtype=float)


def test_synergy_scores_frames_share_one_index(mini, mini_values):
    result = score_scheme(mini_values, mini, base_year=2020)
    by_code = {"weights", "anchors"}
    for field in dataclasses.fields(SynergyScores):
        part = getattr(result, field.name)
        if field.name in by_code:
            assert part.index.tolist() == ["A1", "A2", "B1", "B2"]
        elif field.name == "ranked_count":
            assert part.index.tolist() == [2020, 2021]
        elif field.name != "base_year":
            assert part.index.equals(mini_values.index), field.name


def test_synergy_scores_can_be_recomputed_from_the_tables(mini, mini_values):
    """A reader with a calculator gets the score from points and weights."""
    result = score_scheme(mini_values, mini, base_year=2020)
    again = (result.indicator_scores * result.row_weights).sum(axis=1)
    pd.testing.assert_series_equal(again, result.overall, check_names=False)
