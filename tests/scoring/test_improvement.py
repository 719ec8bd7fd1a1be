"""Plans for the next grade and colour, checked by scoring the planned values again."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.framework import Scheme, read_framework
from synergy_lib.scoring.improvement import plan_improvements
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.uncertainty.summary import score_uncertainty

from .conftest import MINI

COLOURS = ["red", "yellow", "green"]


def scored_again(scores, scheme, plan, target, gates=None):
    """Score the park with the planned values of one target in place."""
    values = scores.values.copy()
    steps = plan.steps[plan.steps["target"] == target]
    for row in steps.itertuples():
        values.loc[(row.enterprise_id, plan.year), row.code] = row.needed_value
    return score_scheme(
        values,
        scheme,
        base_year=scores.base_year,
        gates=scores.gates if gates is None else gates,
        applicable=scores.applicable,
        anchors=scores.anchors,
    )


@pytest.fixture(scope="module")
def demo(demo_analysis):
    return demo_analysis.scores, demo_analysis.scheme


@pytest.fixture(scope="module", params=["arithmetic", "geometric"])
def case(request, demo):
    """Return scores of the demonstration park, scheme and plan."""
    scores, scheme = demo
    if request.param == "geometric":
        header = scheme.header.model_copy(update={"aggregation": "geometric"})
        scheme = Scheme(header, scheme.framework)
        scores = score_scheme(
            scores.values,
            scheme,
            base_year=2020,
            gates=scores.gates,
            applicable=scores.applicable,
        )
    return scores, scheme, plan_improvements(scores, scheme, year=2024, draws=200)


@pytest.mark.parametrize("target", ["grade", "colour"])
def test_planned_values_do_reach_the_next_class(case, target):
    scores, scheme, plan = case
    again = scored_again(scores, scheme, plan, target)
    table = plan.summary[plan.summary["target"] == target]
    table = table[table["reason"] == ""].set_index("enterprise_id")
    assert len(table) > 30
    reached = getattr(again, target).xs(2024, level="year").loc[table.index]
    overall = again.overall.xs(2024, level="year").loc[table.index]
    assert overall.to_numpy() == pytest.approx(table["score_after"], abs=1e-6)
    order = list(scheme.header.grade_names[::-1]) if target == "grade" else COLOURS
    place = {name: k for k, name in enumerate(order)}
    missed = reached.map(place) < table["next"].map(place)
    assert not missed.any(), again.colour_reasons.xs(2024, level="year")[
        missed[missed].index
    ]
    # Not more than needed, where no tier was rounded up: a little less falls short.
    gains = plan.steps[plan.steps["target"] == target].groupby("enterprise_id")["gain"]
    rise = table["score_after"] - table["score"]
    assert gains.sum().loc[table.index].to_numpy() == pytest.approx(rise, abs=1e-8)


def test_a_plan_leaves_out_what_it_need_not_move(case):
    # Without the smallest step, and all others at their bounds, the grade is missed.
    scores, scheme, plan = case
    steps = plan.steps[plan.steps["target"] == "grade"]
    last = steps.sort_values("order").groupby("enterprise_id").tail(1)
    fewer = replace(plan, steps=steps.drop(last.index))
    again = scored_again(scores, scheme, fewer, "grade")
    table = plan.summary[plan.summary["target"] == "grade"].set_index("enterprise_id")
    for row in last.itertuples():
        key = (row.enterprise_id, 2024)
        assert again.grade[key] != table.loc[row.enterprise_id, "next"]


def test_gates_data_and_the_best_have_reasons(demo):
    scores, scheme = demo
    plan = plan_improvements(scores, scheme, year=2024, draws=200)
    table = plan.summary.set_index(["target", "enterprise_id"])
    now = scores.grade.xs(2024, level="year")
    for enterprise, grade in now.items():
        row = table.loc[("grade", enterprise)]
        if grade == "优":
            assert row["reason"] == "已为最高等级"
        if grade == "数据不足":
            assert row["reason"] == "数据不足，无法判断"
    gates = scores.gates.xs(2024, level="year")
    failed = gates.index[(gates[["G1", "G2", "G3", "G4"]] == 0).any(axis=1)]
    assert len(failed) > 0
    for enterprise in failed:
        assert (
            "未通过，等级最高为“待提升”" in table.loc[("grade", enterprise), "reason"]
        )
        assert "须先通过门槛" in table.loc[("colour", enterprise), "reason"]
    blocked = table[table["reason"] != ""]
    empty = ["n_indicators", "effort", "score_after", "probability"]
    assert blocked[empty].isna().all(axis=None)
    planned = set(plan.steps[["target", "enterprise_id"]].itertuples(index=False))
    assert not planned & set(blocked.index)


def test_probabilities_are_those_of_the_draws(demo):
    scores, scheme = demo
    plan = plan_improvements(scores, scheme, year=2024, draws=300, seed=5)
    assert (plan.draws, plan.seed) == (300, 5)
    drawn = score_uncertainty(scores, scheme, draws=300, seed=5)
    table = plan.summary[plan.summary["reason"] == ""]
    row = table[table["target"] == "grade"].iloc[0]
    key, names = (row["enterprise_id"], 2024), list(scheme.header.grade_names)
    better = names[: names.index(row["next"]) + 1]
    expected = drawn.grade_probability.loc[key, better].sum()
    assert row["probability_now"] == pytest.approx(expected, abs=1e-12)
    assert (table["probability"] >= table["probability_now"] - 1e-12).all()
    # A plan closes the gap exactly: about as likely reached as missed.
    assert (table["probability"] - table["probability_now"]).median() > 0.2
    assert 0.3 < table["probability"].median() < 0.8
    again = plan_improvements(scores, scheme, year=2024, draws=300, seed=5)
    pd.testing.assert_frame_equal(again.summary, plan.summary)
    colours = table[table["target"] == "colour"].iloc[0]
    wanted = {"yellow": ["yellow", "green"], "green": ["green"]}[colours["next"]]
    share = drawn.colour_probability.loc[(colours["enterprise_id"], 2024), wanted]
    assert colours["probability_now"] == pytest.approx(share.sum(), abs=1e-12)


def test_a_realistic_bound_asks_for_what_others_have(demo):
    scores, scheme = demo
    plan = plan_improvements(scores, scheme, year=2024, bound="park", draws=200)
    full = plan_improvements(scores, scheme, year=2024, draws=200)
    year = scores.indicator_scores.xs(2024, level="year")
    top = year.quantile(0.9, interpolation="lower")
    needed = plan.steps.set_index("code")["needed_score"]
    assert (needed <= needed.index.map(top) + 1e-9).all()
    one, two = (
        p.summary.set_index(["target", "enterprise_id"])["n_indicators"]
        for p in (full, plan)
    )
    both = one.notna() & two.notna()
    assert (two[both] >= one[both]).all()
    assert two.notna().sum() <= one.notna().sum()
    low = plan_improvements(
        scores, scheme, year=2024, bound="park", percentile=25, draws=200
    )
    out_of_reach = low.summary["reason"].str.startswith("全部指标达到上限仍达不到")
    assert out_of_reach.any()


def test_errors(demo):
    scores, scheme = demo
    with pytest.raises(MethodError, match="没有2010年的得分"):
        plan_improvements(scores, scheme, year=2010)
    with pytest.raises(ParameterError) as caught:
        plan_improvements(scores, scheme, year=2024, bound="p90", percentile=101)
    assert len(caught.value.problems) == 2
    order = ("grey", "yellow", "red", "green")
    header = scheme.header.model_copy(update={"colour_order": order})
    with pytest.raises(MethodError, match="先判黄后判红"):
        plan_improvements(scores, Scheme(header, scheme.framework), year=2024)


# ---- four indicators, everything by hand or by trying all subsets


def plan_mini(mini, values, *, gates=None, **header):
    scheme = Scheme(mini.header.model_copy(update=header), mini.framework)
    scores = score_scheme(values, scheme, base_year=2020, gates=gates)
    plan = plan_improvements(scores, scheme, year=2021, draws=200)
    return scores, scheme, plan


def test_mini_by_hand(mini, mini_values):
    values = mini_values.assign(B2=[1.0, 2.0, 2.0, 2.0, 3.0, 2.0])
    scores, _, plan = plan_mini(mini, values)
    # Weights A1 .36, A2 .24, B1 .2, B2 .2. a in 2021: A1 0.8 → 94.29, A2 0.64 → 100,
    # B1 60 → 70, B2 2 of P75 2.5 and P10 1.2 → 60 + 40·0.5/1.3 = 75.38.
    key = ("a", 2021)
    overall = 0.36 * (60 + 40 * 1.2 / 1.4) + 24 + 14 + 0.2 * (60 + 20 / 1.3)
    assert scores.overall[key] == pytest.approx(overall)
    assert scores.grade[key] == "良"
    steps = plan.steps[
        (plan.steps["enterprise_id"] == "a") & (plan.steps["target"] == "grade")
    ]
    # Missing: 90 − 87.02 = 2.98 points; B1 gives at most 6: one step, 2.98/6 of it.
    assert steps["code"].tolist() == ["B1"]
    needed = 70 + (90 - overall) / 0.2
    assert steps["needed_score"].iloc[0] == pytest.approx(needed)
    assert steps["needed_value"].iloc[0] == pytest.approx(50 + (needed - 60) / 40 * 40)
    row = plan.summary.set_index(["target", "enterprise_id"]).loc[("grade", "a")]
    assert row["effort"] == pytest.approx((90 - overall) / 6)
    assert row["points_missing"] == pytest.approx(90 - overall)
    assert row["score_after"] == pytest.approx(90)


def by_rule(mini, **options):
    """Plan for an enterprise that is red only by carbon grade and pollution."""
    index = pd.MultiIndex.from_product(
        [["a", "b", "c"], [2020, 2021]], names=["enterprise_id", "year"]
    )
    # B2: 60 points at P75 = 3, 100 at P10 = 1.2; a has 3.45 → 50, b 45, c 40 points.
    values = pd.DataFrame(
        {
            "A1": [0.5] * 6,
            "A2": [2.5, 2.5, 0.5, 0.5, 0.5, 0.5],
            "B1": [90.0] * 6,
            "B2": [1.0, 3.45, 2.0, 3.675, 4.0, 3.9],
        },
        index=index,
    )
    scores = score_scheme(values, mini, base_year=2020)
    assert scores.colour["a", 2021] == "red"
    assert scores.overall["a", 2021] == pytest.approx(36 + 4.8 + 20 + 10)
    plan = plan_improvements(scores, mini, year=2021, draws=200, **options)
    steps = plan.steps[plan.steps["target"] == "colour"].set_index("enterprise_id")
    assert scored_again(scores, mini, plan, "colour").colour["a", 2021] != "red"
    return steps.loc[["a"]].to_dict("records"), plan


def test_red_by_carbon_and_pollution_ends_the_easier_way(mini):
    # B2 from 50 to 60 of 100 points is a fifth of its gap; A2 would need 50 of 80.
    steps, plan = by_rule(mini)
    assert [step["code"] for step in steps] == ["B2"]
    assert steps[0]["needed_score"] == pytest.approx(60)
    assert steps[0]["needed_value"] == pytest.approx(3.0)
    row = plan.summary.set_index(["target", "enterprise_id"]).loc[("colour", "a")]
    assert row["effort"] == pytest.approx(0.2)
    assert row["points_missing"] == 0


def test_red_by_carbon_and_pollution_ends_the_only_way_there_is(mini):
    # Nobody at the median has 60 points of B2: the carbon grade has to rise, and the
    # first tier that tells grade 5 from 4 is the one of 70 points.
    steps, _ = by_rule(mini, bound="park", percentile=50)
    assert [(s["code"], s["needed_score"]) for s in steps] == [("A2", 70.0)]
    assert (steps[0]["relation"], steps[0]["needed_value"]) == ("<=", 1.2)


def test_a_fall_over_other_indicators_cannot_be_converted(mini, mini_values):
    values = mini_values.assign(
        A1=[0.6, 1.6] * 3, A2=0.5, B1=[90.0, np.nan] * 3, B2=2.0
    )
    values["B2"] = [1.0, 1.0, 2.0, 2.0, 4.0, 2.0]
    scores, _, plan = plan_mini(mini, values, coverage_overall_minimum=0.5)
    fell = scores.change.xs(2021, level="year") <= -5
    yellow = scores.colour.xs(2021, level="year") == "yellow"
    assert (fell & yellow).any()
    rows = plan.summary[plan.summary["target"] == "colour"].set_index("enterprise_id")
    told = rows.loc[fell[fell & yellow].index, "reason"]
    assert told.str.startswith("较上年的下降按两年共有指标计算").all()


def test_a_fall_is_made_good_where_the_indicators_are_the_same(mini, mini_values):
    values = mini_values.assign(
        A1=[0.6, 1.1] * 3, A2=0.5, B1=90.0, B2=[1.0, 1.0, 2.0, 2.0, 4.0, 2.0]
    )
    scores, scheme, plan = plan_mini(mini, values)
    key = ("a", 2021)
    # A1 100 → 85.7 points, −5.1 in all: yellow although above 80 points.
    assert scores.overall[key] > 80
    assert scores.colour[key] == "yellow"
    row = plan.summary.set_index(["target", "enterprise_id"]).loc[("colour", "a")]
    assert row["n_indicators"] == 1
    again = scored_again(scores, scheme, plan, "colour")
    assert again.colour[key] == "green"


score = st.sampled_from([0.3, 0.6, 0.8, 1.0, 1.3, 1.9, 2.5])


@settings(max_examples=40)
@given(
    rows=st.lists(
        st.tuples(score, score, st.integers(5, 100), st.integers(1, 12)),
        min_size=6,
        max_size=6,
    )
)
def test_mini_plans_are_the_smallest_of_all(mini_scheme, rows):
    index = pd.MultiIndex.from_product(
        [["a", "b", "c"], [2020, 2021]], names=["enterprise_id", "year"]
    )
    values = pd.DataFrame(rows, index, ["A1", "A2", "B1", "B2"], dtype=float)
    gates = pd.DataFrame(1.0, index, ["G1", "G2"])
    scores, scheme, plan = plan_mini(mini_scheme, values, gates=gates)
    best = {"A1": 0.6, "A2": 0.8, "B1": 90.0}
    best["B2"] = float(scores.anchors.loc["B2", "benchmark"])
    orders = {"grade": list(scheme.header.grade_names[::-1]), "colour": COLOURS}
    for row in plan.summary.itertuples():
        order = orders[row.target]
        if row.current not in order[:-1]:
            continue
        here, better = (row.enterprise_id, 2021), order[order.index(row.current) + 1 :]
        size = smallest(scores, scheme, here, best, (row.target, better))
        assert (row.reason == "") == (size is not None)
        if size is not None:
            assert row.n_indicators == size


def smallest(scores, scheme, here, best, goal):
    """Return how many indicators at their best reach a goal, trying all sets."""
    target, better = goal
    open_ = [code for code in best if scores.indicator_scores.loc[here, code] < 100]
    for size in range(len(open_) + 1):
        for codes in combinations(open_, size):
            tried = scores.values.copy()
            tried.loc[here, list(codes)] = [best[code] for code in codes]
            again = score_scheme(
                tried,
                scheme,
                base_year=2020,
                gates=scores.gates,
                anchors=scores.anchors,
            )
            if getattr(again, target)[here] in better:
                return size
    return None


@pytest.fixture(scope="module")
def mini_scheme(taizhou, tmp_path_factory):
    """Return the scheme of four indicators."""
    path = tmp_path_factory.mktemp("mini") / "framework.csv"
    path.write_text(MINI, encoding="utf-8")
    header = taizhou.header.model_copy(
        update={
            "gates_red": ("G1",),
            "gates_yellow": ("G2",),
            "pct_minimum_enterprises": 3,
            "colour_red_pollution_indicator": "B2",
        }
    )
    return Scheme(header, read_framework(path))
