"""The bridge of a small park by hand, and of the demonstration park exactly."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import MethodError
from synergy_lib.factors.selection import select_factors
from synergy_lib.pipeline import analyse
from synergy_lib.scoring.bridge.changes import CAUSES, ChangeBridge, change_bridge
from synergy_lib.scoring.bridge.rows import ReportBasis
from synergy_lib.scoring.index import score_scheme
from synergy_lib.techniques.catalogue import load_catalogue


@pytest.fixture
def bridge(basis):
    """Return a maker of the small park's bridge from 2023 to 2024."""

    def make(old, new, **parts_of_new):
        return change_bridge(
            basis(old, 2023),
            basis(new, 2024, **parts_of_new),
            base_year=2022,
            carbon_basis="reported",
            energy_basis="reported",
        )

    return make


def causes_of(frame, key):
    """Return the causes whose part is not zero."""
    row = frame.loc[key, list(CAUSES)]
    return {str(cause): float(part) for cause, part in row.items() if part != 0}


def test_where_nothing_changes_nothing_has_a_cause(bridge, panel):
    result = bridge(panel, panel.copy())
    assert result.overall["earlier"].tolist() == pytest.approx([92.5, 70.0, 72.5])
    assert result.rank["later"].tolist() == [1, 3, 2]
    assert (result.overall[list(CAUSES)] == 0).all(axis=None)
    assert (result.rank[list(CAUSES)] == 0).all(axis=None)
    assert (result.reasons == "").all()


def test_own_performance_by_hand(bridge, panel):
    panel.loc[("b", 2024), "solvent_recovered_t"] = 82.0  # A1 80 → 92, overall +3
    result = bridge(panel, panel)
    assert causes_of(result.overall, "b") == pytest.approx({"own": 3.0})
    assert causes_of(result.dimensions, ("b", "A")) == pytest.approx({"own": 6.0})
    assert causes_of(result.overall, "c") == {}
    # b passes c: its own doing for b, its peer's for c.
    assert causes_of(result.rank, "b") == pytest.approx({"own": -1.0})
    assert causes_of(result.rank, "c") == pytest.approx({"peers": 1.0})


def test_a_correction_shows_only_under_corrected_data(bridge, panel):
    new = panel.copy()
    new.loc[("b", 2023), "solvent_recovered_t"] = 50.0  # was 70: A1 80 → 60, −5
    new.loc[("b", 2024), "solvent_recovered_t"] = 58.0  # from there A1 +8, +2
    result = bridge(panel, new)
    assert causes_of(result.overall, "b") == pytest.approx({"data": -5.0, "own": 2.0})
    assert causes_of(result.overall, "a") == causes_of(result.overall, "c") == {}
    carried_on = panel.copy()
    carried_on.loc["b", "solvent_recovered_t"] = 50.0
    only = bridge(panel, carried_on)
    assert causes_of(only.overall, "b") == pytest.approx({"data": -5.0})
    assert set(causes_of(only.rank, "b")) <= {"data"}


def test_a_change_of_scheme_shows_only_under_method(bridge, scheme, panel):
    steeper = scheme("LIN,50,90,\n1,A2", "LIN,40,80,\n1,A2")
    result = bridge(panel, panel.copy(), scheme=steeper)
    # A1 is 10 points higher where it is not yet 100: a quarter of it overall.
    for key in "abc":
        assert causes_of(result.overall, key) == pytest.approx({"method": 2.5})


def test_the_parks_mean_is_moved_by_peers_with_the_own_row_in_it(bridge, panel):
    # c's CO2e falls from 30 to 3: the park's ratio from 2 to 1.1; b stays at 2.
    panel.loc[("c", 2024), "co2e_scope12_t"] = 3.0
    result = bridge(panel, panel)
    assert causes_of(result.overall, "b") == {}
    # c alone: 3/10 beside (10+20+3)/30, 50 → 100 points, by its own doing.
    assert causes_of(result.overall, "c") == pytest.approx({"own": 25.0})
    panel.loc[("b", 2024), "co2e_scope12_t"] = 1.0
    panel.loc[("c", 2024), "co2e_scope12_t"] = 1.0
    # a: K = 1/2 → 1/(12/30) ≥ 1 although it did nothing.
    result = bridge(panel, panel)
    assert causes_of(result.overall, "a") == pytest.approx({"peers": -25.0})


def test_what_only_one_year_has_is_missing_data(bridge, panel):
    panel.loc[("a", 2024), "water_fresh_m3"] = np.nan
    panel.loc[("a", 2024), "solvent_recovered_t"] = 64.0
    result = bridge(panel, panel)
    # 2023: A = (70 + 100)/2 = 85; 2024: A = A1 = 74. Without A2 the own 4 points of
    # A1 weigh once, with it half: own (2 + 4)/2 = 3 in A, missing −11 − 3 = −14.
    row = causes_of(result.dimensions, ("a", "A"))
    assert row == pytest.approx({"own": 3.0, "missing": -14.0})
    assert causes_of(result.overall, "a") == pytest.approx(
        {"own": 1.5, "missing": -7.0}
    )


def test_who_has_no_bridge_has_a_reason(bridge, panel):
    gone = panel.drop([("a", 2024)])
    gone.loc[("b", 2023), "co2e_scope12_t"] = np.nan
    newcomer = panel.loc[["c"]].rename(index={"c": "d"}, level=0).iloc[2:]
    result = bridge(pd.concat([gone, newcomer]), pd.concat([gone, newcomer]))
    assert result.reasons.to_dict() == {
        "a": "not_in_later_report",
        "b": "too_few_data_earlier",
        "c": "",
        "d": "not_in_earlier_report",
    }
    assert result.overall.loc[["a", "b", "d"]].isna().all(axis=None)
    assert result.dimensions.loc[["a", "b", "d"]].isna().all(axis=None)
    assert result.overall.loc["c"].notna().all()


def test_too_few_enterprises_have_scores_but_no_ranks(bridge, panel):
    result = bridge(panel.loc[["a"]], panel.loc[["a"]])
    assert result.overall.notna().all(axis=None)
    assert result.rank.isna().all(axis=None)


@pytest.mark.parametrize(
    ("years", "base"), [((2024, 2023), 2022), ((2023, 2024), 2024)]
)
def test_years_without_a_common_base_are_refused(basis, panel, years, base):
    bases = [basis(panel, year) for year in years]
    with pytest.raises(MethodError, match="变化归因"):
        change_bridge(*bases, base_year=base)


def test_parts_that_do_not_add_up_are_refused(bridge, panel):
    good = bridge(panel, panel)
    wrong = good.overall.assign(own=1.0)
    with pytest.raises(MethodError, match="相差 1"):
        ChangeBridge(2023, 2024, wrong, good.rank, good.dimensions, good.reasons)


def test_a_column_that_only_one_workbook_has(bridge, panel):
    old = panel.drop(columns=["water_reused_m3", "water_fresh_m3"])
    result = bridge(old, panel)
    # 2023: A = A1, overall 85, 65, 70; A2 of 100 points is new.
    assert result.overall["earlier"].tolist() == pytest.approx([85.0, 65.0, 70.0])
    for key, gain in (("a", 7.5), ("b", 5.0), ("c", 2.5)):
        assert causes_of(result.overall, key) == pytest.approx({"missing": gain})


def test_a_carrier_that_only_one_workbook_lists_was_not_used(demo_analysis):
    panel = demo_analysis.data.panel.assign(lpg_t=0.0)
    new = demo_basis(demo_analysis, 2024, panel=panel)
    with_zeros, without = (
        change_bridge(demo_basis(demo_analysis, 2023, panel=old), new, base_year=2020)
        for old in (panel, panel.drop(columns="lpg_t"))
    )
    pd.testing.assert_frame_equal(without.overall, with_zeros.overall, atol=1e-9)


def demo_basis(analysis, year, **parts):
    given = {"panel": analysis.data.panel, "factors": analysis.factors}
    return ReportBasis(year=year, **{**given, "scheme": analysis.scheme, **parts})


@pytest.fixture(scope="module")
def demo(demo_analysis):
    """Return the demonstration park's bridge from one and the same workbook."""
    bases = [demo_basis(demo_analysis, year) for year in (2023, 2024)]
    return change_bridge(*bases, base_year=2020)


def test_demo_ends_are_the_published_scores_and_ranks(demo, demo_analysis):
    scores = demo_analysis.scores
    for year, end in ((2023, "earlier"), (2024, "later")):
        known = demo.reasons[demo.reasons == ""].index
        for frame, published in (
            (demo.overall, scores.overall),
            (demo.rank, scores.rank),
        ):
            expected = published.xs(year, level="year")[known]
            np.testing.assert_array_equal(frame.loc[known, end], expected)
        shown = demo.dimensions[end].dropna()
        expected = scores.dimension_scores.xs(year, level="year").stack()
        np.testing.assert_array_equal(shown, expected[shown.index])


def test_demo_parts_sum_to_the_change_for_every_enterprise(demo):
    for frame in (demo.overall, demo.rank, demo.dimensions):
        known = frame.dropna()
        total = known[list(CAUSES)].sum(axis=1)
        assert len(known) >= 81
        np.testing.assert_allclose(total, known["later"] - known["earlier"], atol=1e-9)
    assert demo.reasons[demo.reasons != ""].to_dict() == {
        "0030": "too_few_data_earlier"
    }
    assert (demo.overall[["data", "method"]].dropna() == 0).all(axis=None)


def test_demo_correction_moves_nothing_but_the_data_part(demo, demo_analysis):
    panel = demo_analysis.data.panel.copy()
    panel.loc[("0001", 2023), "electricity_grid_mwh"] *= 1.3
    bases = [
        demo_basis(demo_analysis, 2023, panel=panel),
        demo_basis(demo_analysis, 2024),
    ]
    result = change_bridge(*bases, base_year=2020)
    others = [cause for cause in CAUSES if cause != "data"]
    for got, expected in ((result.overall, demo.overall), (result.rank, demo.rank)):
        np.testing.assert_allclose(got[others], expected[others], atol=1e-9)
    row = result.overall.loc["0001"]
    assert row["data"] == pytest.approx(
        demo.overall.loc["0001", "earlier"] - row["earlier"], abs=1e-9
    )
    assert row["data"] > 0.5
    # The earlier end is what was published from the uncorrected workbook.
    published = _scores(panel, bases[0], demo_analysis)
    assert row["earlier"] == pytest.approx(published["0001", 2023], abs=1e-9)


def _scores(panel, basis, analysis):
    data = replace(analysis.data, panel=panel)
    update = {"report_year": basis.year, "draws": 200}
    parameters = analysis.parameters.model_copy(update=update)
    return analyse(data, parameters, basis.scheme, load_catalogue()).scores.overall


def test_demo_factor_set_shows_only_under_factors(demo, demo_analysis):
    years = demo_analysis.parameters.years
    older = select_factors(years, factor_set="provincial", heat_factor_tco2_per_gj=0.15)
    bases = [
        demo_basis(demo_analysis, 2023, factors=older),
        demo_basis(demo_analysis, 2024),
    ]
    result = change_bridge(*bases, base_year=2020)
    moved = result.overall[list(CAUSES)].abs().sum()
    assert moved["factors"] > 1
    assert moved[["data", "method"]].tolist() == [0, 0]
    np.testing.assert_array_equal(result.overall["later"], demo.overall["later"])


def test_a_new_grid_factor_is_no_performance(demo_analysis):
    grid = demo_analysis.factors.grid.copy()
    grid[2024] = grid[2023] / 2
    factors = replace(demo_analysis.factors, grid=grid)
    panel = demo_analysis.data.panel
    years = panel.index.get_level_values("year")
    before = panel[years == 2023]
    repeated = before.rename(index={2023: 2024}, level="year")
    still = pd.concat([panel[years < 2024], repeated]).sort_index()
    bases = [
        demo_basis(demo_analysis, year, panel=still, factors=factors)
        for year in (2023, 2024)
    ]
    parts = change_bridge(*bases, base_year=2020).dimensions[list(CAUSES)].dropna()
    assert parts["factors"].abs().sum() > 1
    # Dimension A apart: its yearly fall since 2020 is spread over one more year.
    others = parts[parts.index.get_level_values("code") != "A"]
    assert (others["own"] == 0).all()


def test_frozen_bounds_hold_from_report_to_report(demo_analysis):
    """Last year's scores, made from this year's frozen anchors, are the same."""
    scores, scheme = demo_analysis.scores, demo_analysis.scheme
    found = demo_analysis.indicators
    later = found.values.index.get_level_values("year") > 2020
    again = score_scheme(
        found.values[later],
        scheme,
        base_year=2020,
        applicable=found.applicable[later],
        anchors=scores.anchors,
    )
    pd.testing.assert_series_equal(again.overall, scores.overall[later])
    moved = found.values.copy()
    moved.loc[moved.index.get_level_values("year") == 2024] *= 3
    pd.testing.assert_frame_equal(
        score_scheme(moved, scheme, base_year=2020).anchors, scores.anchors
    )


def test_demo_bridge_is_fast(demo_analysis):
    """Two workbooks and two schemes, 82 enterprises; 1.2 s measured."""
    other = demo_basis(
        demo_analysis,
        2023,
        panel=demo_analysis.data.panel.copy(),
        scheme=replace(demo_analysis.scheme),
    )
    start = time.perf_counter()
    change_bridge(other, demo_basis(demo_analysis, 2024), base_year=2020)
    assert time.perf_counter() - start < 10  # ten times slower would be noticed
