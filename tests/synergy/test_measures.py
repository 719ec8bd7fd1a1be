"""Plans of measures: the smallest sets, checked one by one; how likely they do."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.scoring.index import score_scheme
from synergy_lib.synergy.measure_search import MeasureCase, smallest_sets
from synergy_lib.synergy.measures import plan_measures
from synergy_lib.synergy.rescoring import prepare_rescoring
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.conversion import co2e_per_unit, kg_per_equivalent
from synergy_lib.techniques.effects import estimate_effects
from synergy_lib.techniques.overlap import measure_amounts

YEAR = 2024


@pytest.fixture(scope="module")
def joined(demo_analysis):
    return demo_analysis.panel.join(demo_analysis.accounts)


@pytest.fixture(scope="module")
def effects(demo_analysis):
    analysis = demo_analysis
    return estimate_effects(
        analysis.panel, analysis.accounts, analysis.factors, load_catalogue(), YEAR
    )


@pytest.fixture(scope="module")
def plan(demo_analysis, joined):
    """Return a function from effects to a plan."""

    def make(rows, done=()):
        own = pd.DataFrame(joined.xs(YEAR, level="year"))
        amounts = measure_amounts(rows, own, load_catalogue(), done=done)
        return plan_measures(
            joined,
            amounts,
            demo_analysis.scores,
            demo_analysis.scheme,
            demo_analysis.factors,
            year=YEAR,
            draws=200,
        )

    return make


@pytest.fixture(scope="module")
def whole(plan, effects):
    return plan(effects)


def amount(enterprise, technique, **columns):
    """Return a row of effects with low, mode and high alike, or as given."""
    row = {
        "enterprise_id": enterprise,
        "technique_id": technique,
        "status": "estimated",
    }
    for name, value in columns.items():
        stem, unit = name.rsplit("_", 1)
        ends = value if isinstance(value, tuple) else (value,) * 3
        row |= {
            f"{stem}_{bound}_{unit}": end
            for bound, end in zip(("low", "mode", "high"), ends, strict=True)
        }
    return row


def test_every_plan_reaches_the_next_grade(whole, demo_analysis):
    header = demo_analysis.scheme.header
    bounds = dict(zip(header.grade_names, header.grade_lower_bounds, strict=True))
    planned = whole.summary[whole.summary["reason"] == ""]
    assert len(planned) >= 15
    needed = planned["next"].map(bounds)
    assert (planned["score_after"] >= needed - 1e-9).all()
    assert (planned["score"] < needed).all()
    assert planned["probability"].between(0.05, 0.99).all()
    counts = whole.steps.groupby("enterprise_id").size()
    assert counts[planned["enterprise_id"]].tolist() == planned["n_measures"].tolist()
    others = whole.summary[whole.summary["reason"] != ""]
    assert others[["n_measures", "score_after", "probability"]].isna().all(axis=None)


@pytest.mark.parametrize("enterprise", ["0004", "0008", "0018", "0010"])
def test_no_smaller_set_reaches(enterprise, whole, demo_analysis, joined, effects):
    """Every set of an enterprise, each by the whole scoring of its changed data."""
    analysis, scheme = demo_analysis, demo_analysis.scheme
    own = pd.DataFrame(joined.xs(YEAR, level="year")).loc[[enterprise]]
    mine = effects[effects["enterprise_id"] == enterprise]
    amounts = measure_amounts(mine, own, load_catalogue())
    per_unit = co2e_per_unit(analysis.factors, YEAR)
    kg = kg_per_equivalent(analysis.factors)
    usable = np.flatnonzero(amounts.usable[0])
    found = whole.summary.set_index("enterprise_id").loc[enterprise]
    size = 2 if np.isnan(found["n_measures"]) else int(found["n_measures"])
    members = [
        pick for count in range(1, size + 1) for pick in combinations(usable, count)
    ]
    sets = np.zeros((len(members), len(amounts.techniques)), dtype=bool)
    for row, pick in enumerate(members):
        sets[row, list(pick)] = True
    sets = sets[amounts.allowed(sets)[0]]
    taken = amounts.together(sets, per_unit)
    none = np.zeros((1, len(sets)))
    equivalents = {
        medium: sum(taken.get(f"{n}_kg", none) / kg[n] for n in names)
        for medium, names in {
            "air": ("so2", "nox", "vocs"),
            "water": ("cod", "nh3n"),
        }.items()
    }
    less = {
        "co2e_t": taken["co2e_t"],
        "solvent_fresh_t": taken.get("solvent_fresh_t", none),
        "air_equivalent_kg": equivalents["air"],
        "water_equivalent_kg": equivalents["water"],
        "pollutant_equivalent_kg": equivalents["air"] + equivalents["water"],
    }
    ids = pd.Index([enterprise])
    case = prepare_rescoring(joined, analysis.scores, scheme, ids, YEAR)
    rows = np.zeros(len(sets), dtype=int)
    left = {name: own[name].to_numpy()[0] - part[0] for name, part in less.items()}
    values = pd.DataFrame(
        case.indicators(rows, left),
        pd.MultiIndex.from_product(
            [[f"{enterprise}-{i}" for i in range(len(sets))], [YEAR]],
            names=["enterprise_id", "year"],
        ),
        scheme.framework.indicators.index,
    )
    key = [(enterprise, YEAR)]
    repeated = [
        pd.DataFrame(
            np.repeat(frame.loc[key].to_numpy(), len(sets), axis=0),
            values.index,
            frame.columns,
        )
        for frame in (analysis.scores.gates, analysis.scores.applicable)
    ]
    scored = score_scheme(
        values,
        scheme,
        base_year=analysis.scores.base_year,
        gates=repeated[0],
        applicable=repeated[1],
        anchors=analysis.scores.anchors,
    )
    grades = list(scheme.header.grade_names)
    reached = scored.grade.map(grades.index) <= grades.index(found["next"])
    sizes = pd.Series(sets.sum(axis=1), values.index)
    if np.isnan(found["n_measures"]):
        assert not reached.any()
        return
    assert sizes[reached].min() == found["n_measures"]
    best = scored.overall[reached & (sizes == size)].max()
    assert found["score_after"] == pytest.approx(best, rel=1e-9)


def test_single_gains(whole, plan, effects, demo_analysis):
    one = effects[effects["technique_id"] == "T01"]
    alone = plan(one)
    gains = whole.gains[whole.gains["technique_id"] == "T01"]
    pd.testing.assert_frame_equal(alone.gains, gains.reset_index(drop=True))
    assert (gains["gain"] > 0).all()
    assert set(gains["enterprise_id"]) == set(
        one.loc[one["status"] == "estimated", "enterprise_id"]
    )
    # The largest stands first in a plan.
    steps = whole.steps
    assert (steps.groupby("enterprise_id")["gain"].diff().dropna() <= 0).all()


def test_why_there_is_no_plan(plan, demo_analysis, joined):
    carbon = joined["co2e_t"].xs(YEAR, level="year")
    rows = [
        amount(name, "T03", co2e_direct_t=0.01 * carbon[name])
        for name in ("0001", "0024", "0030", "0042")
    ]
    reasons = plan(pd.DataFrame(rows)).summary.set_index("enterprise_id")["reason"]
    assert reasons["0001"].startswith("目录中可估算的措施全部实施，综合得分也不超过8")
    assert reasons["0002"] == "没有可估算效益的措施"
    assert reasons["0024"] == "门槛G4未通过，等级最高为“待提升”"
    assert reasons["0030"] == "数据不足，无法判断"
    assert reasons["0042"] == "已为最高等级"


def test_nothing_estimated(plan, effects):
    found = plan(effects.assign(status="missing_data"))
    assert found.gains.empty
    assert found.steps.empty
    assert (found.summary["reason"] != "").all()
    assert found.summary["probability"].isna().all()


def test_what_is_done_is_not_advised_again(plan, effects, whole):
    first = whole.steps.iloc[0]
    pair = (first["enterprise_id"], first["technique_id"])
    again = plan(effects, done=[pair])
    for frame in (again.steps, again.gains):
        assert pair not in set(
            zip(frame["enterprise_id"], frame["technique_id"], strict=True)
        )


def test_surer_effects_are_more_likely(plan, joined):
    """0082 misses half a point: a sure effect against one that may be nothing."""
    carbon = joined.loc[("0082", YEAR), "co2e_t"]
    sure = amount("0082", "T03", co2e_direct_t=0.25 * carbon)
    wide = amount("0082", "T03", co2e_direct_t=(0.0, 0.25 * carbon, 0.26 * carbon))
    chance = [
        plan(pd.DataFrame([row])).summary.set_index("enterprise_id").loc["0082"]
        for row in (sure, wide)
    ]
    assert [row["n_measures"] for row in chance] == [1.0, 1.0]
    assert chance[0]["score_after"] == pytest.approx(chance[1]["score_after"])
    assert chance[0]["probability"] > chance[1]["probability"] + 0.02


def test_same_seed_same_plan(plan, effects, whole):
    pd.testing.assert_frame_equal(plan(effects).summary, whole.summary)


def test_green_power_moves_no_location_based_account(whole):
    gains = whole.gains.query("technique_id == 'T44'")["gain"]
    assert len(gains) > 10
    assert gains.abs().max() < 1e-9


def test_a_search_that_grows_too_large_stops(demo_analysis, joined, effects):
    """Sixty measures: pairs are tried, sets of four are too many."""
    rows = pd.DataFrame(
        [amount("0001", f"M{i}", solvent_fresh_t=1e-6) for i in range(60)]
    )
    own = pd.DataFrame(joined.xs(YEAR, level="year")).loc[["0001"]]
    case = MeasureCase(
        amounts=measure_amounts(rows, own, load_catalogue()),
        rescoring=prepare_rescoring(
            joined,
            demo_analysis.scores,
            demo_analysis.scheme,
            pd.Index(["0001"]),
            YEAR,
        ),
        quantities={"solvent_fresh_t": own["solvent_fresh_t"].to_numpy()},
        per_unit=co2e_per_unit(demo_analysis.factors, YEAR),
        kg_per_equivalent=kg_per_equivalent(demo_analysis.factors),
    )
    chosen, size = smallest_sets(case, np.array([99.9]), np.array([True]))
    assert size == 2
    assert not chosen.any()


def test_amounts_of_other_enterprises(demo_analysis, joined, effects):
    own = pd.DataFrame(joined.xs(YEAR, level="year")).iloc[::-1]
    with pytest.raises(MethodError, match="措施与得分的企业不一致"):
        plan_measures(
            joined,
            measure_amounts(effects, own, load_catalogue()),
            demo_analysis.scores,
            demo_analysis.scheme,
            demo_analysis.factors,
            year=YEAR,
        )
