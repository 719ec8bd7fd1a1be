"""Sobol indices: a function with known ones, then a park."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.indicators.errors import IndicatorErrors
from synergy_lib.scoring.framework import Scheme
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.uncertainty import sobol
from synergy_lib.scoring.uncertainty.sobol import rank_sensitivity


def test_layout_of_the_samples_gives_the_indices_of_ishigami():
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1: .3139, .4424, 0 (methods §10.2, R22)."""
    rng = np.random.default_rng(1)
    first, second = rng.uniform(-np.pi, np.pi, (2, 8192, 3))

    def ishigami(x):
        return np.sin(x[:, 0]) * (1 + 0.1 * x[:, 2] ** 4) + 7 * np.sin(x[:, 1]) ** 2

    mixed = [np.where(np.arange(3) == position, second, first) for position in range(3)]
    output = np.column_stack([ishigami(x) for x in (first, *mixed, second)])
    found = sobol._analyse(output.ravel(), ["x1", "x2", "x3"], 1)
    np.testing.assert_allclose(found["first"], [0.3139, 0.4424, 0], atol=0.05)
    np.testing.assert_allclose(found["total"], [0.5576, 0.4424, 0.2437], atol=0.05)
    assert (found["total_half_width"] > 0).all()


@pytest.fixture
def park(mini):
    """Return scores of thirty enterprises and a scheme in which two things vary."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product(
        [[f"{i:02d}" for i in range(30)], [2020]], names=["enterprise_id", "year"]
    )
    values = pd.DataFrame(
        {
            "A1": rng.uniform(0.6, 2.0, 30),
            "A2": rng.uniform(0.5, 1.5, 30),
            "B1": rng.uniform(50, 90, 30),
            "B2": rng.uniform(1, 10, 30),
        },
        index=index,
    )
    header = mini.header.model_copy(update={"robustness_anchor_pct": 10.0})
    scheme = Scheme(header, mini.framework)
    return score_scheme(values, scheme, base_year=2020), scheme


def test_only_what_varies_is_listed_and_shares_make_sense(park):
    scores, scheme = park
    result = rank_sensitivity(scores, scheme, 2020, base_draws=512)
    assert list(result.indices.index) == ["weights", "anchors"]
    total = result.indices["total"]
    assert total["weights"] > total["anchors"] > 0
    assert result.mean_shift > 0
    again = rank_sensitivity(scores, scheme, 2020, base_draws=512)
    pd.testing.assert_frame_equal(result.indices, again.indices)


def test_large_data_errors_take_the_first_place(park):
    scores, scheme = park
    error = scores.values * 0.4
    errors = IndicatorErrors(
        {code: error * (error.columns == code) for code in error}, {}
    )
    header = scheme.header.model_copy(update={"robustness_kappa": 1e6})
    result = rank_sensitivity(
        scores, Scheme(header, scheme.framework), 2020, errors=errors, base_draws=256
    )
    assert result.indices["total"].idxmax() == "data"


def test_a_year_without_ranks_cannot_be_judged(mini, mini_values):
    values = mini_values.copy()
    values.loc[(["a", "b"], 2020), :] = np.nan
    scores = score_scheme(values, mini, base_year=2021)
    result = rank_sensitivity(scores, mini, 2020)
    assert result.indices["total"].isna().all()
    assert result.note == "可排名的企业不足两家"


def test_ranks_that_never_move_leave_nothing_to_explain(mini, mini_values):
    header = mini.header.model_copy(update={"robustness_kappa": 1e12})
    scheme = Scheme(header, mini.framework)
    scores = score_scheme(mini_values, scheme, base_year=2020)
    result = rank_sensitivity(scores, scheme, 2020)
    assert result.note == "各种做法下名次都不变"
    assert result.mean_shift == 0


@pytest.mark.parametrize("count", [32, 100])
def test_base_draws_must_be_a_power_of_two(park, count):
    scores, scheme = park
    with pytest.raises(ParameterError, match="2 的幂"):
        rank_sensitivity(scores, scheme, 2020, base_draws=count)
