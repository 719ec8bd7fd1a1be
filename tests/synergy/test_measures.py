"""Scores after one measure: recomputed by hand, blank where nothing can be said."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.scoring.normalization import goalposts
from synergy_lib.synergy.measures import convertible_codes, measure_gains
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.effects import estimate_effects

YEAR = 2024


@pytest.fixture(scope="module")
def joined(demo_analysis):
    return demo_analysis.panel.join(demo_analysis.accounts)


@pytest.fixture(scope="module")
def gains(demo_analysis, joined):
    """Return a function from rows of effects to gains."""

    def compute(rows):
        effects = pd.DataFrame(rows).assign(technique_id="X")
        effects["status"] = effects.get("status", "estimated")
        return measure_gains(
            joined, effects, demo_analysis.scores, demo_analysis.scheme, year=YEAR
        ).set_index("enterprise_id")

    return compute


def test_convertible_codes_of_the_scheme(demo_analysis):
    codes = convertible_codes(demo_analysis.scheme)
    assert codes == ["A1", "A2", "A4", "B2", "D1", "D2", "D5"]


def test_less_solvent_by_hand(demo_analysis, joined, gains):
    scores, key = demo_analysis.scores, ("0030", YEAR)
    fresh = joined.loc[key, "solvent_fresh_t"]
    found = gains([{"enterprise_id": "0030", "solvent_fresh_mode_t": 0.4 * fresh}])
    # Only B2 moves, to 0.6 of its value.
    ends = scores.anchors.loc["B2", ["baseline", "benchmark"]].astype(float)
    points = goalposts(0.6 * scores.values.loc[key, "B2"], *ends)
    rise = points - scores.indicator_scores.loc[key, "B2"]
    assert rise > 0
    expected = scores.row_weights.loc[key, "B2"] * rise
    assert found.loc["0030", "gain"] == pytest.approx(expected, rel=1e-9)
    assert found.loc["0030", "score_after"] == pytest.approx(
        scores.overall[key] + expected
    )


def test_less_carbon_by_hand(demo_analysis, joined, gains):
    scores, key, base = demo_analysis.scores, ("0030", YEAR), ("0030", 2020)
    carbon = joined["co2e_t"]
    found = gains([{"enterprise_id": "0030", "co2e_mode_t": 0.1 * carbon[key]}])
    values, anchors = scores.values.loc[key], scores.anchors
    # A1 and A2 fall by a tenth, the park's mean held; A4 from the intensities.
    price = joined["value_added_constant_10k_cny"]
    fall = (0.9 * carbon[key] / price[key]) / (carbon[base] / price[base])
    rises = {}
    for code, value in (
        ("A1", 0.9 * values["A1"]),
        ("A4", 100 * (1 - fall ** (1 / 4))),
    ):
        ends = anchors.loc[code, ["baseline", "benchmark"]].astype(float)
        rises[code] = goalposts(value, *ends)
    limits = {0.6: 100, 0.8: 85, 1.2: 70, 2.0: 50, np.inf: 20}
    rises["A2"] = next(p for k, p in limits.items() if 0.9 * values["A2"] <= k)
    pollution = joined["pollutant_equivalent_kg"]
    y, x = 1 - 0.9 * carbon[key] / carbon[base], 1 - pollution[key] / pollution[base]
    both = x > 0.005 and y > 0.005
    rises["D5"] = (
        (100 if 0.8 <= y / x <= 1.25 else 80)
        if both
        else (50 if max(x, y) > 0.005 else 0)
    )
    now, weights = scores.indicator_scores.loc[key], scores.row_weights.loc[key]
    expected = sum(weights[code] * (rises[code] - now[code]) for code in rises)
    assert found.loc["0030", "gain"] == pytest.approx(expected, rel=1e-9)


def test_no_effect_changes_nothing(demo_analysis, gains):
    ids = demo_analysis.scores.overall.xs(YEAR, level="year").index
    found = gains([{"enterprise_id": name, "co2e_mode_t": 0.0} for name in ids])
    known = found[found["reason"] == ""]
    assert len(known) > 70
    assert known["gain"].abs().max() < 1e-9
    assert (known["grade"] == known["grade_after"]).all()
    assert (known["colour"] == known["colour_after"]).all()
    # The one enterprise without enough data has a score but no grade.
    assert set(found["reason"]) <= {"", "数据不足，无法判断"}


def test_enterprises_do_not_move_each_other(joined, gains):
    rows = [
        {"enterprise_id": name, "co2e_mode_t": 0.2 * joined.loc[(name, YEAR), "co2e_t"]}
        for name in ("0001", "0002", "0003")
    ]
    together = gains(rows)["gain"]
    alone = [gains([row])["gain"].iloc[0] for row in rows]
    assert together.to_numpy() == pytest.approx(alone, rel=1e-9)


def test_what_cannot_be_judged(joined, gains):
    own = joined.loc[("0001", YEAR), "co2e_t"]
    more = {"enterprise_id": "0001", "co2e_mode_t": 2 * own, "status": "estimated"}
    found = gains([more, {"enterprise_id": "0002", "status": "missing_data"}])
    assert found["reason"].tolist() == [
        "估算的减少量超过企业自身数量，无法判断",
        "没有效益估算，无法判断",
    ]
    assert found["gain"].isna().all()
    assert (found["grade_after"] == "").all()
    nobody = gains([{"enterprise_id": "0002", "status": "no_default"}])
    assert nobody["reason"].tolist() == ["没有效益估算，无法判断"]


def test_catalogue_on_the_demonstration_park(demo_analysis, joined):
    effects = estimate_effects(
        demo_analysis.panel,
        demo_analysis.accounts,
        demo_analysis.factors,
        load_catalogue(),
        YEAR,
    )
    few = effects[effects["technique_id"].isin(["T01", "T06"])]
    found = measure_gains(
        joined, few, demo_analysis.scores, demo_analysis.scheme, year=YEAR
    )
    keys = ["enterprise_id", "technique_id"]
    pd.testing.assert_frame_equal(found[keys], few[keys].reset_index(drop=True))
    known = found[found["reason"] == ""]
    assert len(known) == (few["status"] == "estimated").sum()
    workshop = known[known["technique_id"] == "T01"]
    assert (workshop["gain"] > 0).all()


def test_errors(demo_analysis, joined):
    scores, scheme = demo_analysis.scores, demo_analysis.scheme
    effects = pd.DataFrame(
        {"enterprise_id": ["9999"], "technique_id": ["X"], "status": ["estimated"]}
    )
    with pytest.raises(InputDataError, match="1家企业没有2024年的数据，如 9999"):
        measure_gains(joined, effects, scores, scheme, year=YEAR)
    with pytest.raises(InputDataError, match="status"):
        measure_gains(joined, effects.drop(columns="status"), scores, scheme, year=YEAR)
