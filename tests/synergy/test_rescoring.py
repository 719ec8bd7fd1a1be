"""Scores with other emissions: by hand, and as the whole park scored again."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.indicators.compute import IndicatorContext, compute_indicators
from synergy_lib.scoring.index import score_scheme
from synergy_lib.scoring.normalization import goalposts
from synergy_lib.synergy.rescoring import convertible_codes, prepare_rescoring

YEAR = 2024


@pytest.fixture(scope="module")
def joined(demo_analysis):
    return demo_analysis.panel.join(demo_analysis.accounts)


@pytest.fixture(scope="module")
def scored_again(demo_analysis, joined):
    """Return a function from changed quantities of an enterprise to its points."""
    scores, scheme = demo_analysis.scores, demo_analysis.scheme

    def score(enterprise, **left):
        case = prepare_rescoring(joined, scores, scheme, pd.Index([enterprise]), YEAR)
        rows = np.zeros(1, dtype=int)
        indicators = case.indicators(
            rows, {name: np.array([value]) for name, value in left.items()}
        )
        points = case.points(rows, indicators)
        codes = scheme.framework.indicators.index
        return pd.Series(points[0], codes), case.overall(rows, points)[0]

    return score


def test_convertible_codes_of_the_scheme(demo_analysis):
    codes = convertible_codes(demo_analysis.scheme)
    assert codes == ["A1", "A2", "A4", "B2", "D1", "D2", "D5"]


def test_less_solvent_by_hand(demo_analysis, joined, scored_again):
    scores, key = demo_analysis.scores, ("0030", YEAR)
    fresh = joined.loc[key, "solvent_fresh_t"]
    points, overall = scored_again("0030", solvent_fresh_t=0.6 * fresh)
    # Only B2 moves, to 0.6 of its value.
    ends = scores.anchors.loc["B2", ["baseline", "benchmark"]].astype(float)
    now = scores.indicator_scores.loc[key]
    expected = now.copy()
    expected["B2"] = goalposts(0.6 * scores.values.loc[key, "B2"], *ends)
    assert expected["B2"] > now["B2"]
    pd.testing.assert_series_equal(points, expected, check_names=False, rtol=1e-12)
    rise = scores.row_weights.loc[key, "B2"] * (expected["B2"] - now["B2"])
    assert overall == pytest.approx(scores.overall[key] + rise, rel=1e-12)


def test_less_carbon_by_hand(demo_analysis, joined, scored_again):
    scores, key, base = demo_analysis.scores, ("0030", YEAR), ("0030", 2020)
    carbon = joined["co2e_t"]
    points, _ = scored_again("0030", co2e_t=0.9 * carbon[key])
    values, anchors = scores.values.loc[key], scores.anchors
    # A1 and A2 fall by a tenth, the park's mean held; A4 from the intensities.
    price = joined["value_added_constant_10k_cny"]
    fall = (0.9 * carbon[key] / price[key]) / (carbon[base] / price[base])
    for code, value in (
        ("A1", 0.9 * values["A1"]),
        ("A4", 100 * (1 - fall ** (1 / 4))),
    ):
        ends = anchors.loc[code, ["baseline", "benchmark"]].astype(float)
        assert points[code] == pytest.approx(goalposts(value, *ends), rel=1e-12)
    limits = {0.6: 100, 0.8: 85, 1.2: 70, 2.0: 50, np.inf: 20}
    assert points["A2"] == next(p for k, p in limits.items() if 0.9 * values["A2"] <= k)
    pollution = joined["pollutant_equivalent_kg"]
    y, x = 1 - 0.9 * carbon[key] / carbon[base], 1 - pollution[key] / pollution[base]
    both = x > 0.005 and y > 0.005
    assert points["D5"] == (
        (100 if 0.8 <= y / x <= 1.25 else 80)
        if both
        else (50 if max(x, y) > 0.005 else 0)
    )


def test_nothing_changed_is_nothing_changed(demo_analysis, joined):
    scores, scheme = demo_analysis.scores, demo_analysis.scheme
    now = scores.of_year(YEAR)
    ids = now.overall.index.get_level_values("enterprise_id")
    case = prepare_rescoring(joined, scores, scheme, ids, YEAR)
    rows = np.arange(len(ids))
    indicators = case.indicators(rows, {})
    assert len(ids) > 70
    np.testing.assert_allclose(indicators, now.values, rtol=1e-12)
    points = case.points(rows, indicators)
    np.testing.assert_allclose(points, now.indicator_scores, rtol=1e-12)
    np.testing.assert_allclose(case.overall(rows, points), now.overall, rtol=1e-12)


def test_as_the_park_scored_again_with_its_mean_held(demo_analysis, joined):
    scores, scheme = demo_analysis.scores, demo_analysis.scheme
    ids = pd.Index(["0001", "0002", "0003"])
    case = prepare_rescoring(joined, scores, scheme, ids, YEAR)
    # The same enterprise may stand twice, each with its own quantities.
    rows, left = np.array([2, 0, 2]), np.array([0.5, 0.8, 0.9])
    carbon = joined["co2e_t"]
    own = np.array([carbon[(ids[row], YEAR)] for row in rows])
    points = case.points(rows, case.indicators(rows, {"co2e_t": left * own}))
    overall = case.overall(rows, points)
    sums = joined[["co2e_t", "value_added_10k_cny"]].dropna().groupby("year").sum()
    ratio = (sums["co2e_t"] / sums["value_added_10k_cny"]).to_dict()
    for place, row in enumerate(rows):
        key = (ids[row], YEAR)
        changed = joined.copy()
        changed.loc[key, "co2e_t"] = left[place] * carbon[key]
        table = compute_indicators(
            changed,
            scheme.framework.indicators,
            base_year=scores.base_year,
            context=IndicatorContext({"A2": ratio}),
        )
        again = score_scheme(
            table.values,
            scheme,
            base_year=scores.base_year,
            gates=scores.gates,
            applicable=table.applicable,
            anchors=scores.anchors,
        )
        assert overall[place] == pytest.approx(again.overall[key], rel=1e-12)
