"""What an enterprise's slice holds, and that it holds nothing of anybody else."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.factors.selection import relevant_factors
from synergy_lib.reporting.slices import EnterpriseSlice
from synergy_lib.reporting.slicing import slice_enterprises, slice_park
from synergy_lib.reporting.slicing.shared import factor_frame

KEY = ("0001", 2024)


@pytest.fixture(scope="module")
def texts(all_slices):
    """Return the JSON of every slice, as it is written to disk, by id."""
    return {key: data.to_json() for key, data in all_slices.items()}


def strings(content):
    """Return every string in parsed JSON, keys too."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


def test_there_is_a_slice_for_every_enterprise_of_the_year(all_slices):
    assert list(all_slices) == [f"{number:04d}" for number in range(1, 83)]


def test_no_slice_names_another_enterprise(texts, demo_analysis):
    names = demo_analysis.data.enterprises["enterprise_name"]
    assert names.is_unique
    for key, text in texts.items():
        assert names[key] in text
        others = names.drop(key)
        assert [name for name in others if name in text] == [], key


def test_no_slice_holds_another_enterprises_id(texts):
    for key, text in texts.items():
        words = {
            word
            for string in strings(json.loads(text))
            for word in re.findall(r"(?<![\w.])\d{4}(?![\w.])", string)
        }
        assert words & set(texts) == {key}, key


def test_no_slice_holds_another_enterprises_figures(texts, demo_analysis):
    """Carbon and energy are no indicators, so not even a quantile may equal them."""
    accounts = demo_analysis.accounts[["co2e_t", "energy_tce", "air_equivalent_kg"]]
    figures = accounts.stack().dropna().reset_index()
    figures.columns = ["enterprise_id", "year", "quantity", "value"]
    figures["text"] = figures["value"].map(repr)
    assert figures["text"].is_unique
    owner = figures.set_index("text")["enterprise_id"]
    for key, text in texts.items():
        numbers = set(re.findall(r"-?\d+\.\d+", text))
        owners = set(owner[owner.index.isin(numbers)])
        assert owners == {key}, key


def test_frames_with_an_enterprise_column_are_of_one_enterprise(all_slices):
    for key, data in all_slices.items():
        for name in ("measures", "trends", "issues", "restatements"):
            frame = getattr(data, name)
            if "enterprise_id" in frame:
                assert set(frame["enterprise_id"]) <= {key}, name


def test_a_slice_survives_being_written(texts, all_slices):
    again = EnterpriseSlice.from_json(texts["0030"])
    data = all_slices["0030"]
    assert again.headline == data.headline
    assert again.meta == data.meta
    for name in ("dimensions", "indicators", "yearly", "measures", "history"):
        expected = getattr(data, name).reset_index(drop=True)
        got = getattr(again, name)
        assert list(got.columns) == list(expected.columns)
        for column in expected.select_dtypes("number"):
            np.testing.assert_array_equal(
                got[column].to_numpy(float), expected[column].to_numpy(float)
            )


def test_headline_is_that_of_the_scores(all_slices, demo_analysis):
    head, scores = all_slices["0001"].headline, demo_analysis.scores
    assert head["overall"] == scores.overall[KEY]
    assert head["grade"] == scores.grade[KEY] == "良"
    assert head["rank"] == scores.rank[KEY]
    assert head["rank_low"] <= head["rank"] <= head["rank_high"]
    assert head["ranked_count"] == 81
    assert head["change"] == pytest.approx(scores.change[KEY], rel=1e-12)


def test_too_few_data_are_not_scored_not_ranked_and_say_why(all_slices):
    head = all_slices["0030"].headline
    assert head["grade"] == "数据不足"
    assert head["colour"] == "grey"
    for name in ("overall", "rank", "rank_low", "rank_high", "colour_probability"):
        assert head[name] is None, name
    assert "数据覆盖率62.0 %低于70 %" in head["colour_reasons"]


def test_an_unsure_colour_is_grey_below_the_threshold(all_slices):
    unsure = {k for k, d in all_slices.items() if d.headline["uncertainty_note"]}
    assert unsure
    for key, data in all_slices.items():
        head = data.headline
        probability = head["colour_probability"]
        assert (key in unsure) == (probability is not None and probability < 0.6)
        expected = "grey" if key in unsure else head["colour_by_rules"]
        assert head["colour"] == expected


def test_dimensions_are_own_scores_beside_quantiles_of_all(all_slices, demo_analysis):
    scores = demo_analysis.scores.dimension_scores
    frame = all_slices["0001"].dimensions.set_index("code")
    assert frame["score"].to_dict() == scores.loc[KEY].to_dict()
    assert frame["previous_score"].to_dict() == scores.loc[("0001", 2023)].to_dict()
    pd.testing.assert_series_equal(
        frame["base_score"], scores.loc[("0001", 2020)], check_names=False
    )
    at_year = scores.xs(2024, level="year")
    assert frame["peer_p50"].to_dict() == pytest.approx(at_year.median().to_dict())
    assert frame["peer_n"].to_dict() == at_year.notna().sum().to_dict()
    assert frame["weight"].sum() == pytest.approx(100)


def test_an_indicator_has_a_score_or_a_reason(all_slices):
    for key, data in all_slices.items():
        frame = data.indicators
        unscored = frame[frame["score"].isna()]
        assert unscored["reason"].notna().all(), key
        assert (unscored["reason"].str.len() > 0).all(), key
        assert frame["weight"].sum() == pytest.approx(100)


def test_values_without_a_score_say_that_too_few_have_data(analyses, language):
    analysis = analyses[language]
    scores = analysis.scores.indicator_scores.assign(C1=np.nan)
    analysis = replace(
        analysis,
        panel=analysis.panel.loc[["0060"]],
        accounts=analysis.accounts.loc[["0060"]],
        scores=replace(analysis.scores, indicator_scores=scores),
    )
    row = slice_enterprises(analysis)["0060"].indicators.set_index("code").loc["C1"]
    assert pd.notna(row["value"])
    words = {
        "zh": "有数据的企业不足规定家数，只列值不评分",
        "en": "too few enterprises with data: reported, not scored",
    }
    assert row["reason"] == words[language]


def test_history_has_every_year_of_the_run(all_slices):
    for key, data in all_slices.items():
        years = data.history["year"].tolist()
        assert years == sorted(years), key
        assert years[-1] == 2024
        assert set("ABCDEF") <= set(data.history.columns)


def test_yearly_leaves_out_what_the_enterprise_never_has(all_slices):
    for data in all_slices.values():
        assert data.yearly.notna().any().all()
        assert data.yearly.shape == data.yearly.select_dtypes("number").shape


def test_gates_pass_fail_or_are_unknown(all_slices):
    assert set(all_slices["0030"].gates["state"]) == {"unknown"}
    assert set(all_slices["0001"].gates["state"]) == {"pass"}
    for data in all_slices.values():
        failed = set(data.gates.loc[data.gates["state"] == "fail", "code"])
        if failed - {"G5"}:
            assert data.headline["colour"] == "red"
        elif failed:  # too much emitted: yellow at best
            assert data.headline["colour"] in ("yellow", "red")


def test_changes_add_up_to_the_change_of_the_score(all_slices):
    for key, data in all_slices.items():
        change = data.headline["change"]
        total = data.changes["contribution"].sum()
        if change is None:
            assert data.changes.empty, key
        else:
            assert total == pytest.approx(change, abs=1e-9), key


def test_measures_hold_no_infinity(all_slices):
    for data in all_slices.values():
        numbers = data.measures.select_dtypes("number").to_numpy(float)
        assert not np.isinf(numbers).any()


def test_measures_are_in_order_of_priority(all_slices):
    for data in all_slices.values():
        ranks = data.measures["priority_rank"].dropna()
        assert ranks.is_monotonic_increasing


def test_issues_are_the_enterprises_own(all_slices, demo_analysis):
    issues = demo_analysis.data.issues
    counts = issues.groupby("enterprise_id").size()
    for key, data in all_slices.items():
        assert len(data.issues) == counts.get(key, 0)


def test_english_slices_have_english_labels(slices_by_language):
    for name in ("dimensions", "indicators", "gates"):
        english = getattr(slices_by_language["en"]["0001"], name)
        chinese = getattr(slices_by_language["zh"]["0001"], name)
        assert english["code"].tolist() == chinese["code"].tolist()
        assert not english["name"].str.contains("[一-鿿]").any()
        assert chinese["name"].str.contains("[一-鿿]").any()
    assert not english.empty
    units = slices_by_language["en"]["0001"].indicators["unit"]
    assert not units.str.contains("[一-鿿]").any()


def test_factors_of_an_enterprise_are_those_of_its_figures(all_slices, demo_analysis):
    park = factor_frame(demo_analysis)
    for key, data in all_slices.items():
        own = relevant_factors(demo_analysis.factors, demo_analysis.panel.loc[key])
        own = own[list(park.columns)].drop_duplicates().reset_index(drop=True)
        pd.testing.assert_frame_equal(data.factors, own)
        assert 0 < len(own) <= len(park)


def test_restatements_are_the_enterprises_own(demo_analysis):
    table = pd.DataFrame({"enterprise_id": ["0001", "0002"], "value": [1.0, 2.0]})
    data = replace(demo_analysis.data, restatements=table)
    slices = slice_enterprises(replace(demo_analysis, data=data))
    assert slices["0002"].restatements["value"].tolist() == [2.0]
    assert slices["0003"].restatements.empty
    assert list(slices["0003"].restatements.columns) == list(table.columns)


def test_without_the_year_before_there_is_nothing_to_compare(demo_analysis):
    scores = demo_analysis.scores
    of_year = {
        name: getattr(scores, name).loc[:, [2024], :]
        for name in ("dimension_scores", "indicator_scores")
    }
    analysis = replace(
        demo_analysis,
        scores=replace(scores, change=scores.change.iloc[:0], **of_year),
        changes=pd.DataFrame(),
    )
    data = slice_enterprises(analysis)["0001"]
    assert data.changes.empty
    assert list(data.changes.columns)[-1] == "contribution"
    assert data.dimensions["previous_score"].isna().all()
    assert data.dimensions["score"].notna().all()


def test_a_scheme_without_gates_has_none_to_pass(demo_analysis):
    scheme, scores = demo_analysis.scheme, demo_analysis.scores
    framework = replace(scheme.framework, gates=scheme.framework.gates.iloc[:0])
    analysis = replace(
        demo_analysis,
        scheme=replace(scheme, framework=framework),
        scores=replace(scores, gates=scores.gates.iloc[:, :0]),
    )
    gates = slice_enterprises(analysis)["0001"].gates
    assert gates.empty
    assert list(gates.columns) == ["code", "name", "state"]


def test_cells_are_found_by_id_year_and_code_not_by_place(all_slices, demo_analysis):
    scores, found = demo_analysis.scores, demo_analysis.indicators
    turned = replace(
        demo_analysis,
        indicators=replace(found, values=found.values.iloc[::-1, ::-1]),
        scores=replace(scores, indicator_scores=scores.indicator_scores.iloc[::-1]),
    )
    again = slice_enterprises(turned)
    for key in ("0001", "0030", "0082"):
        expected = all_slices[key].indicators
        pd.testing.assert_frame_equal(again[key].indicators, expected)


def test_the_parks_ratios_are_told_to_three_digits(all_slices, demo_analysis):
    own = all_slices["0001"].park_yearly
    exact = slice_park(demo_analysis).ratios
    assert own["year"].tolist() == exact["year"].tolist()
    column = "co2e_t_per_value_added_10k_cny"
    assert own[column].tolist() != exact[column].tolist()
    np.testing.assert_allclose(own[column], exact[column], rtol=5e-3)
    assert all(value == float(f"{value:.3g}") for value in own[column])


def test_bridge_is_the_enterprises_own_and_adds_up(all_slices, demo_analysis):
    causes = ["own", "factors", "peers", "missing"]
    for key, data in all_slices.items():
        if data.bridge_note["reason"]:
            assert data.bridge.empty, key
            continue
        change = data.bridge["later"] - data.bridge["earlier"]
        total = data.bridge[causes].sum(axis=1)
        np.testing.assert_allclose(total, change, atol=1e-9)
        rows = data.bridge.set_index("code")
        assert rows.loc["overall", "later"] == data.headline["overall"]
        assert rows.loc["rank", "later"] == data.headline["rank"]
    reasons = {k: d.bridge_note["reason"] for k, d in all_slices.items()}
    assert {k: r for k, r in reasons.items() if r} == {"0030": "too_few_data_earlier"}


def test_causes_that_cannot_be_told_are_missing_not_zero(all_slices):
    data = all_slices["0001"]
    assert data.bridge_note["not_told"] == ["data", "method"]
    assert data.bridge[["data", "method"]].isna().all(axis=None)


def test_without_an_earlier_report_there_is_no_bridge(demo_analysis):
    data = slice_enterprises(replace(demo_analysis, bridge=None))["0001"]
    assert data.bridge.empty
    assert data.bridge_note["reason"] == "no_earlier_report"


def test_a_slice_is_made_when_it_is_asked_for(demo_analysis, all_slices):
    slices = slice_enterprises(demo_analysis)
    assert len(slices) == len(all_slices)
    assert slices["0030"] is not slices["0030"]
    assert slices["0030"].to_json() == all_slices["0030"].to_json()
    with pytest.raises(KeyError):
        slices["9999"]
