"""Tapio decoupling: the eight states by signs first, the edges, sums of the park."""

import json
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.schema import CURRENT_OUTPUT, OUTPUT, PARK, code_labels
from synergy_lib.trends.decoupling import classify_changes, decoupling_table, tapio

CHANGES = st.floats(-1, 5).map(lambda x: round(x, 4))


def panel(rows, years=(2020, 2021)):
    """Return a panel from enterprise → [(emission, output) a year]; None: no row."""
    records = [
        (firm, year, *pair)
        for firm, pairs in rows.items()
        for year, pair in zip(years, pairs, strict=True)
        if pair is not None
    ]
    names = ["enterprise_id", "year", "co2e_t", OUTPUT]
    return pd.DataFrame(records, columns=names).set_index(names[:2])


def judge(rows, **options):
    table = decoupling_table(panel(rows), ["co2e_t"], **options)
    return table[table["basis"] == "chain"].set_index("enterprise_id")


def test_published_states(shared):
    vectors = json.loads(shared("data", "method_vectors", "vectors.json").read_text())
    pressure, output, elasticity, state = zip(*vectors["tapio"]["rows"], strict=True)
    found = classify_changes(pressure, output)
    np.testing.assert_allclose(found["elasticity"], elasticity, rtol=1e-9)
    english = code_labels("decoupling_state")["label_en"]
    assert english.loc[found["state"]].str.lower().tolist() == list(state)


def test_signs_come_before_the_elasticity():
    # e = 0.5 twice and e = −0.5 twice: only the signs tell the four states apart.
    found = classify_changes([0.05, -0.05, -0.05, 0.05], [0.1, -0.1, 0.1, -0.1])
    assert found["elasticity"].tolist() == [0.5, 0.5, -0.5, -0.5]
    assert found["state"].tolist() == [
        "weak_decoupling",
        "weak_negative_decoupling",
        "strong_decoupling",
        "strong_negative_decoupling",
    ]


@pytest.mark.parametrize(
    ("closed", "states"),
    [
        ("coupling", ["coupling", "coupling"]),
        ("decoupling", ["weak_decoupling", "expansive_negative_decoupling"]),
    ],
)
def test_where_the_bounds_belong(closed, states):
    # 0.3·0.8 and 0.1·1.2 are not exact in binary: the bound has a slack of 1e-12.
    found = classify_changes([0.3 * 0.8, 0.1 * 1.2], [0.3, 0.1], closed=closed)["state"]
    assert [a.endswith(b) for a, b in zip(found, states, strict=True)] == [True, True]
    inside = classify_changes([0.801, 1.199], [1.0, 1.0], closed=closed)["state"]
    assert set(inside) == {"expansive_coupling"}


def test_no_change_of_the_emission_is_weak():
    found = classify_changes([0.0, 0.0], [0.1, -0.1])
    assert found["state"].tolist() == ["weak_decoupling", "weak_negative_decoupling"]
    assert found["elasticity"].tolist() == [0.0, 0.0]


def test_flat_output_is_not_judged():
    found = judge(
        {
            "flat": [(100, 1000), (120, 1004.9)],
            "bound": [(100, 1000), (120, 1005)],
            "down": [(100, 1000), (90, 995)],
            "same": [(100, 1000), (90, 1000)],
        }
    )
    assert found["status"].drop(PARK).to_dict() == {
        "flat": "flat_output",
        "bound": "judged",
        "down": "judged",
        "same": "flat_output",
    }
    assert np.isnan(found.loc["flat", "elasticity"])
    assert found.loc["flat", ["state", "label_zh", "label_en"]].tolist() == [""] * 3
    assert "产出持平" in found.loc["flat", "reason_zh"]
    assert found.loc["bound", "elasticity"] == pytest.approx(40)
    assert classify_changes([0.1], [0.0], flat_output=0)["state"].tolist() == [""]


def test_starts_not_above_zero_and_missing_figures_have_a_reason():
    gap = (np.nan, 100)
    found = judge(
        {
            "no_start_output": [(100, 0), (90, 50)],
            "negative": [(100, -5), (90, 50)],
            "no_start_pressure": [(0, 100), (5, 120)],
            "no_pressure": [gap, (5, 120)],
            "no_output": [(4, 100), (5, np.nan)],
            "entered": [None, (5, 120)],
            "infinite": [(np.inf, 100), (5, 120)],
        }
    )
    assert found["status"].drop(PARK).to_dict() == {
        "no_start_output": "no_start_output",
        "negative": "no_start_output",
        "no_start_pressure": "no_start_pressure",
        "no_pressure": "no_pressure",
        "no_output": "no_output",
        "entered": "no_pressure",
        "infinite": "no_pressure",
    }
    assert (found["state"].drop(PARK) == "").all()
    assert (found["reason_zh"].drop(PARK) != "").all()
    assert (found["reason_en"].drop(PARK) != "").all()


def test_park_sums_the_enterprises_that_report_both_years():
    found = judge(
        {
            "a": [(100, 1000), (110, 1200)],
            "b": [(50, 500), (40, 600)],
            "gap": [(np.nan, 900), (70, 950)],
            "new": [None, (30, 300)],
        }
    ).loc[PARK]
    assert found[["n", "left_out"]].tolist() == [2, 2]
    starts = ["pressure_start", "pressure_end", "output_start", "output_end"]
    assert found[starts].tolist() == [150, 150, 1500, 1800]
    assert found["state"] == "weak_decoupling"
    assert found["label_zh"] == "弱脱钩"


def test_chain_and_fixed_base_may_differ():
    rows = {"a": [(100, 100), (150, 110), (149, 120)]}
    table = decoupling_table(panel(rows, (2020, 2021, 2022)), ["co2e_t"])
    own = table[table["enterprise_id"] == "a"]
    spans = own[["basis", "from_year", "to_year", "state"]].to_numpy().tolist()
    assert spans == [
        ["chain", 2020, 2021, "expansive_negative_decoupling"],
        ["chain", 2021, 2022, "strong_decoupling"],
        ["fixed", 2020, 2021, "expansive_negative_decoupling"],
        ["fixed", 2020, 2022, "expansive_negative_decoupling"],
    ]
    later = decoupling_table(
        panel(rows, (2020, 2021, 2022)), ["co2e_t"], base_year=2021
    )
    fixed = later[later["basis"] == "fixed"]
    assert fixed[["from_year", "to_year"]].drop_duplicates().to_numpy().tolist() == [
        [2021, 2022]
    ]


def test_without_a_deflator_nothing_is_judged():
    data = panel({"a": [(100, 1000), (110, 1200)], "b": [(50, 500), (40, 600)]})
    nominal = data.rename(columns={OUTPUT: CURRENT_OUTPUT})
    found = decoupling_table(nominal, ["co2e_t"])
    assert set(found["status"]) == {"no_deflator"}
    assert found["elasticity"].isna().all()
    assert found["reason_zh"].str.contains("平减指数").all()
    one = data.assign(**{CURRENT_OUTPUT: data[OUTPUT]})
    one.loc[("b", 2021), OUTPUT] = np.nan
    status = decoupling_table(one, ["co2e_t"]).query("basis == 'chain'")["status"]
    assert status.tolist() == ["judged", "no_deflator", "judged"]
    bare = decoupling_table(data[["co2e_t"]], ["co2e_t"])
    assert set(bare["status"]) == {"no_output", "no_enterprise"}
    # Another output is taken when asked for, and named in the table.
    asked = decoupling_table(nominal, ["co2e_t"], output=CURRENT_OUTPUT)
    assert set(asked["output"]) == {CURRENT_OUTPUT}
    assert set(asked["status"]) == {"judged"}


def test_one_year_says_so():
    table = decoupling_table(panel({"a": [(100, 1000)]}, (2024,)), ["co2e_t"])
    assert set(table["status"]) == {"one_year"}
    assert set(table["basis"]) == {"chain", "fixed"}
    assert table["reason_zh"].str.contains("一年").all()


def test_wrong_requests_are_refused():
    data = panel({"a": [(100, 1000), (110, 1200)]})
    with pytest.raises(InputDataError, match="nox_kg"):
        decoupling_table(data, ["nox_kg"])
    with pytest.raises(InputDataError, match="2019"):
        decoupling_table(data, ["co2e_t"], base_year=2019)
    with pytest.raises(InputDataError, match="企业 a：年份 2020 重复出现"):
        decoupling_table(pd.concat([data, data]), ["co2e_t"])
    with pytest.raises(InputDataError, match="没有数据行"):
        decoupling_table(data.iloc[:0], ["co2e_t"])
    with pytest.raises(ParameterError, match="pressures"):
        decoupling_table(data, [])
    with pytest.raises(ParameterError, match="flat_output"):
        classify_changes([0.1], [0.1], flat_output=-1)
    with pytest.raises(ParameterError, match="closed"):
        classify_changes([0.1], [0.1], closed="weak")


@given(st.lists(st.tuples(CHANGES, CHANGES), min_size=1, max_size=20))
def test_state_and_elasticity_agree(changes):
    pressure, output = np.array(changes).T
    found = classify_changes(pressure, output)
    judged = np.abs(output) >= 0.005 - 1e-12
    assert ((found["state"] != "") == judged).all()
    assert (found["elasticity"].notna() == judged).all()
    grows = found["state"].isin(
        [
            "strong_decoupling",
            "weak_decoupling",
            "expansive_coupling",
            "expansive_negative_decoupling",
        ]
    )
    assert (grows == (judged & (output > 0))).all()
    strong = found["state"].str.startswith("strong")
    assert (strong == (judged & (found["elasticity"] < 0))).all()


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_states_do_not_depend_on_units(scale, price):
    data = panel({"a": [(100, 1000), (110, 1200)], "b": [(50, 500), (40, 430)]})
    other = data * [scale, price]
    same = [decoupling_table(d, ["co2e_t"])["state"].tolist() for d in (data, other)]
    assert same[0] == same[1]


def test_real_countries(shared):
    path = shared("data", "country_kaya_panel", "country_year.csv")
    world = pd.read_csv(path).rename(columns={"country": "enterprise_id"})
    world = world.set_index(["enterprise_id", "year"])
    started = time.perf_counter()
    table = decoupling_table(world, ["co2_listed_mt"], output="gdp_2011intl_usd")
    assert time.perf_counter() - started < 5
    fixed = table[(table["basis"] == "fixed") & (table["to_year"] == 2016)]
    fixed = fixed.set_index("enterprise_id")
    # China 1990–2016: emissions ×4, output ×7; Germany cut emissions and grew.
    assert fixed.loc["China", "state"] == "weak_decoupling"
    assert fixed.loc["Germany", "state"] == "strong_decoupling"
    assert (fixed["status"] != "").all()
    assert fixed.loc[PARK, "n"] + fixed.loc[PARK, "left_out"] == len(fixed) - 1


def test_demonstration_park(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    table = decoupling_table(data, ["co2e_t", "vocs_kg", "air_equivalent_kg"])
    known = set(code_labels("decoupling_status").index)
    assert set(table["status"]) <= known
    judged = table["status"] == "judged"
    assert (table.loc[judged, "label_zh"] != "").all()
    assert (table.loc[~judged, "reason_zh"] != "").all()
    assert table.loc[judged, "elasticity"].notna().all()
    park = table[table["enterprise_id"] == PARK]
    assert (park["status"] == "judged").all()
    assert (park["n"] > 70).all()


def test_tapio_of_series_period_by_period(shared):
    """The published changes, each as a step from 100."""
    vectors = json.loads(shared("data", "method_vectors", "vectors.json").read_text())
    english = code_labels("decoupling_state")["label_en"]
    for pressure, output, elasticity, state in vectors["tapio"]["rows"]:
        years = [2023, 2024]
        found = tapio(
            pd.Series([100, 100 * (1 + pressure)], years),
            pd.Series([100, 100 * (1 + output)], years),
        )
        assert list(found.index) == [2024]
        assert found["elasticity"].iloc[0] == pytest.approx(elasticity, rel=1e-9)
        assert english[found["state"].iloc[0]].lower() == state


def test_tapio_from_a_fixed_base_differs_from_the_chain():
    years = [2020, 2021, 2022]
    pressure, output = (
        pd.Series([100.0, 120.0, 110.0], years),
        pd.Series([100.0, 110.0, 120.0], years),
    )
    chain = tapio(pressure, output)["state"]
    fixed = tapio(pressure, output, basis="fixed")["state"]
    assert chain.tolist() == ["expansive_negative_decoupling", "strong_decoupling"]
    assert fixed.tolist() == ["expansive_negative_decoupling", "weak_decoupling"]


def test_tapio_does_not_judge_across_a_gap_or_from_zero():
    years = [2020, 2021, 2022, 2023]
    output = pd.Series([100.0, 110.0, 120.0, 130.0], years)
    found = tapio(pd.Series([0.0, 10.0, np.nan, 12.0], years), output)
    assert found["state"].tolist() == ["", "", ""]
    assert found["elasticity"].isna().all()


def test_tapio_refuses_other_years():
    one = pd.Series([1.0, 2.0], [2020, 2021])
    with pytest.raises(InputDataError, match="年份不一致"):
        tapio(one, one.set_axis([2021, 2022]))
    with pytest.raises(ParameterError, match="chain 或 fixed"):
        tapio(one, one, basis="step")
