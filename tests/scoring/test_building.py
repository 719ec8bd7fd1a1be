"""The whole chain, against every published step of a real index of 51 countries."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, MethodError
from synergy_lib.scoring.building import build_index
from synergy_lib.scoring.framework import read_framework

ASEM = ("data", "asem_composite_index")


@pytest.fixture(scope="module")
def asem(shared):
    """Return a reader of the index's tables, indexed by country."""

    def read(name):
        return pd.read_csv(shared(*ASEM, f"{name}.csv"), index_col="uCode")

    return read


@pytest.fixture(scope="module")
def framework(shared):
    return read_framework(shared(*ASEM, "indicator_meta.csv"))


@pytest.fixture(scope="module")
def built(asem, framework):
    return build_index(asem("raw_data"), framework, group="EurAsia_group")


def assert_step(frame, expected):
    assert frame.shape[0] == expected.shape[0] == 51
    given = frame.loc[expected.index, expected.columns]
    pd.testing.assert_frame_equal(given, expected, check_dtype=False, rtol=1e-9)


def test_build_index_asem_every_step(built, asem):
    assert built.imputation is not None
    assert_step(built.denomination.values, asem("step1_denominated"))
    assert_step(built.imputation.values, asem("step2_imputed"))
    assert_step(built.treatment.values, asem("step3_treated_winsorised"))
    assert_step(built.index.normalized, asem("step4_normalised_minmax_0_100"))
    assert_step(built.index.scores, asem("step5_aggregated_arithmetic"))


def test_build_index_asem_final_scores_and_ranks(built, asem):
    published = asem("results_scores_and_rank")
    ranks = built.index.ranks["Index"].loc[published.index]
    assert ranks.tolist() == published["Rank"].tolist()
    scores = built.index.scores.loc[published.index, ["Index", "Conn", "Sust"]]
    np.testing.assert_allclose(scores, published[scores.columns], atol=0.005 + 1e-9)


def test_build_index_asem_says_what_it_did(built):
    assert built.screening.dropped.empty
    # A blank denominator of a known value is one more blank to fill.
    blanks = built.denomination.values.isna().sum().sum()
    assert built.imputation.counts["filled"].sum() == blanks
    assert built.imputation.counts["unfilled"].sum() == 0
    refused = built.denomination.refused
    assert set(refused["denominator"]) == {"Energy"}
    assert refused["denominator_value"].isna().all()
    table = built.treatment.table
    assert (table["winsorised"] > 0).sum() == 15
    assert table["winsorised"].max() <= 5
    assert (table["transformation"] == "").all()
    assert table["passes"].all()


def test_build_index_stricter_screening_leaves_units_out(asem, framework):
    built = build_index(
        asem("raw_data"), framework, group="EurAsia_group", minimum_share=0.9
    )
    assert sorted(built.screening.dropped.index) == ["BGD", "BRN", "KHM", "LAO", "MMR"]
    assert len(built.index.scores) == 46


def test_build_index_without_group_or_treatment(asem, framework):
    raw = asem("raw_data")
    built = build_index(raw, framework, outliers="none", missing="redistribute")
    assert built.imputation is None
    assert built.treatment is None
    expected = asem("step1_denominated")
    assert_step(built.denomination.values, expected)
    # A missing value stays missing, and the index is scored without it.
    blank = expected.isna().loc[built.index.normalized.index]
    assert built.index.normalized.isna().equals(blank[built.index.normalized.columns])
    assert built.index.scores["Index"].notna().all()


def test_build_index_percentiles(asem, framework):
    built = build_index(
        asem("raw_data"), framework, group="EurAsia_group", outliers="percentiles"
    )
    table = built.treatment.table
    assert (table["cut_low"] <= 3).all()
    assert table["cut_high"].sum() > 0


def test_build_index_other_methods(asem, framework):
    built = build_index(
        asem("raw_data"),
        framework,
        group="EurAsia_group",
        normalization="percentile_rank",
        aggregation="copeland",
    )
    scores = built.index.scores["Index"]
    assert scores.between(0, 50).all()
    # Scores of all pairs: every pair shares one point.
    assert scores.sum() == pytest.approx(51 * 50 / 2)


def test_build_index_order_of_units_does_not_matter(asem, framework, built):
    raw = asem("raw_data")
    shuffled = raw.sample(frac=1, random_state=np.random.default_rng(3))
    again = build_index(shuffled, framework, group="EurAsia_group").index.scores
    expected = built.index.scores.loc[again.index]
    pd.testing.assert_frame_equal(again, expected, rtol=1e-10)


def test_build_index_errors(asem, framework):
    raw = asem("raw_data")
    with pytest.raises(InputDataError, match="EurAsia_group"):
        build_index(raw, framework, group="EuroAsia_group")
    with pytest.raises(MethodError, match="离群值处理"):
        build_index(raw, framework, outliers="all")
    empty = raw.assign(**dict.fromkeys(framework.indicators.index, np.nan))
    with pytest.raises(InputDataError, match="没有单元"):
        build_index(empty, framework)
