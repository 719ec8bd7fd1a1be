from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.slicing.shared import (
    SharedFrames,
    factor_frame,
    headline_figures,
    plain_number,
    ratio_frame,
    run_notes,
)


def with_parameters(analysis, **changes):
    return replace(analysis, parameters=analysis.parameters.model_copy(update=changes))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_plain_number_of_missing_is_none(missing):
    assert plain_number(missing) is None
    assert plain_number(np.float64(1.5)) == 1.5
    assert type(plain_number(np.int64(2))) is float


def test_ratios_are_of_sums_over_those_that_have_both(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    row = ratio_frame(demo_analysis, data).set_index("year").loc[2024]
    both = data.xs(2024, level="year")[["co2e_t", "value_added_10k_cny"]].dropna()
    expected = both["co2e_t"].sum() / both["value_added_10k_cny"].sum()
    ratio = row["co2e_t_per_value_added_10k_cny"]
    assert ratio == pytest.approx(expected, rel=1e-12)


def test_ratios_of_a_small_group_are_withheld(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    few = data.loc[["0001", "0007", "0012", "0015"]]
    ratios = ratio_frame(demo_analysis, few)
    assert ratios["year"].tolist() == [2020, 2021, 2022, 2023, 2024]
    assert ratios.drop(columns="year").isna().all(axis=None)
    enough = ratio_frame(with_parameters(demo_analysis, peer_group_minimum=3), few)
    assert enough["co2e_t_per_value_added_10k_cny"].notna().any()


def test_without_constant_prices_there_is_no_ratio_to_them(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    bare = data.drop(columns="value_added_constant_10k_cny")
    columns = ratio_frame(demo_analysis, bare).columns
    assert not any("constant" in column for column in columns)
    assert "co2e_t_per_value_added_10k_cny" in columns


def test_meta_says_whether_prices_are_deflated(demo_analysis):
    assert SharedFrames(demo_analysis).meta["has_deflator"] is True
    panel = demo_analysis.panel.drop(columns="value_added_constant_10k_cny")
    bare = SharedFrames(replace(demo_analysis, panel=panel))
    assert bare.meta["has_deflator"] is False


def test_meta_is_in_the_language_of_the_run(analyses, language):
    meta = SharedFrames(analyses[language]).meta
    names = {"zh": "示范医化园区", "en": analyses["en"].parameters.park_name_en}
    assert meta["park_name"] == names[language]
    assert meta["language"] == language
    # The name of the file is no content: another one changes no report.
    assert "demo_park.xlsx" not in map(str, meta.values())


def test_notes_are_said_once(demo_analysis):
    twice = with_parameters(demo_analysis, notes=("同一句。", "同一句。"))
    for of_enterprise in (True, False):
        notes = run_notes(twice, of_enterprise=of_enterprise)
        assert notes.count("同一句。") == 1
        assert notes[0] == "同一句。"
        assert set(demo_analysis.factors.notes) <= set(notes)


def test_an_enterprise_is_not_told_what_the_whole_workbook_holds(demo_analysis):
    counted = set(demo_analysis.data.notes)
    assert counted
    assert counted <= set(run_notes(demo_analysis, of_enterprise=False))
    assert not counted & set(run_notes(demo_analysis, of_enterprise=True))


def test_reported_carbon_needs_no_notes_on_factors(demo_analysis):
    reported = with_parameters(demo_analysis, carbon_basis="reported")
    notes = run_notes(reported, of_enterprise=False)
    assert not set(demo_analysis.factors.notes) & set(notes)


def test_factors_are_those_of_the_parks_figures(demo_analysis):
    factors = factor_frame(demo_analysis)
    assert not factors.duplicated().any()
    assert factors[["value", "unit", "source_key"]].notna().all(axis=None)
    none = replace(demo_analysis, panel=demo_analysis.panel.iloc[:0])
    assert factor_frame(none).empty


def test_headline_figures_are_missing_for_who_is_not_scored(demo_analysis):
    figures = headline_figures(demo_analysis, ["0001", "none"])
    assert figures["0001"]["rank"] == demo_analysis.scores.rank[("0001", 2024)]
    assert figures["0001"]["is_provisional"] is False
    assert set(figures["none"].values()) == {None, figures["0001"]["ranked_count"]}


def test_headline_figures_of_one_year_have_no_change(demo_analysis):
    scores = replace(demo_analysis.scores, change=demo_analysis.scores.change.iloc[:0])
    figures = headline_figures(replace(demo_analysis, scores=scores), ["0001"])
    assert figures["0001"]["change"] is None
    assert figures["0001"]["overall"] == scores.overall[("0001", 2024)]
