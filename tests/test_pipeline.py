"""The whole analysis on a few enterprises of the demonstration park."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.parameters import PreviousParameters
from synergy_lib.pipeline import CATALOGUE_SCHEME, Analysis, analyse, analyse_park
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import load_scheme
from synergy_lib.techniques.catalogue import load_catalogue

FEW = ("0001", "0007", "0012", "0024", "0030", "0060")
CATALOGUE = load_catalogue()


@pytest.fixture(scope="module")
def run(demo_parameters, demo_analysis):
    """Return a function that analyses a few enterprises with other parameters."""
    data = demo_analysis.data

    def analyse_few(ids=FEW, panel=None, **updates) -> Analysis:
        kept = list(ids)
        few = replace(
            data,
            panel=data.panel.loc[kept] if panel is None else panel,
            enterprises=data.enterprises.loc[kept],
            issues=data.issues[data.issues["enterprise_id"].isin(kept)],
            measures=data.measures[data.measures["enterprise_id"].isin(kept)],
        )
        parameters = demo_parameters.model_copy(update={"draws": 200, **updates})
        scheme = load_scheme(parameters_path("schemes", parameters.scheme))
        return analyse(few, parameters, scheme, CATALOGUE)

    return analyse_few


@pytest.fixture(scope="module")
def base(run):
    return run()


def test_same_data_in_another_order_give_the_same_analysis(run, base):
    again = run(panel=base.data.panel.loc[list(FEW[::-1])].sort_index())
    for name in ("panel", "accounts", "trends", "measures", "totals", "peers"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(base, name))
    pd.testing.assert_series_equal(again.scores.overall, base.scores.overall)
    pd.testing.assert_frame_equal(again.uncertainty.rank, base.uncertainty.rank)


def test_frames_share_one_index(base):
    for frame in (base.accounts, base.indicators.values, base.scores.dimension_scores):
        assert frame.index.equals(base.panel.index)


def test_accounts_of_an_enterprise_do_not_depend_on_its_neighbours(base, demo_analysis):
    pd.testing.assert_frame_equal(
        base.accounts, demo_analysis.accounts.loc[list(FEW)], check_like=True
    )


def test_totals_add_the_accounts_up(base):
    totals = base.totals.set_index(["quantity", "year"])["total"]
    carbon = base.accounts["co2e_t"].groupby(level="year").sum(min_count=1)
    for year, amount in carbon.items():
        assert totals[("co2e_t", year)] == pytest.approx(amount, rel=1e-12)


def test_park_trends_are_of_the_enterprises_that_report_every_year(base):
    row = base.park_trends.set_index("quantity").loc["co2e_t"]
    totals = base.totals[base.totals["quantity"] == "co2e_t"].set_index("year")
    assert row["enterprise_id"] == "park"
    assert row["first"] == pytest.approx(totals["same_total"].iloc[0], rel=1e-12)
    assert row["last"] == pytest.approx(totals["same_total"].iloc[-1], rel=1e-12)


def test_a_missing_input_stays_missing_to_the_end(run, base):
    panel = base.data.panel.copy()
    panel.loc[("0001", 2024), "electricity_grid_mwh"] = np.nan
    gapped = run(panel=panel)
    assert np.isnan(gapped.accounts.loc[("0001", 2024), "co2e_t"])
    assert np.isnan(gapped.indicators.values.loc[("0001", 2024), "A1"])
    assert np.isnan(gapped.scores.indicator_scores.loc[("0001", 2024), "A1"])
    totals = gapped.totals.set_index(["quantity", "year"])
    assert totals.loc[("co2e_t", 2024), "missing"] == 1
    reasons = gapped.indicators.reasons
    own = reasons[(reasons["enterprise_id"] == "0001") & (reasons["year"] == 2024)]
    assert "A1" in set(own["code"])


def test_only_the_years_of_the_run_are_used(run):
    later = run(first_year=2022, base_year=2022)
    years = set(later.panel.index.get_level_values("year"))
    assert years == {2022, 2023, 2024}
    assert set(later.totals["year"]) == years
    assert later.trends["n"].max() <= 3
    issue_years = later.data.issues["year"].dropna()
    assert set(issue_years) <= years


def test_one_year_of_a_small_park_compares_with_nothing(run, base):
    single = run(ids=FEW[:4], first_year=2024, base_year=2024)
    assert single.changes.empty
    assert single.scores.change.isna().all()
    assert set(single.trends["verdict"]) <= {"level_only", "no_data"}
    assert single.peers.drop(columns="n").isna().all(axis=None)
    assert base.peers.loc[("value", "A1"), "n"] == 6
    assert np.isfinite(base.peers.loc[("value", "A1"), "p50"])


def test_changes_are_those_since_the_year_before(base):
    change = base.scores.change.xs(2024, level="year").dropna()
    shown = base.changes["change"].reindex(change.index)
    assert shown.to_dict() == pytest.approx(change.to_dict(), rel=1e-9)


def test_disclosed_carbon_is_taken_as_it_is(run, base):
    panel = base.data.panel.assign(co2e_scope1_t=100.0, co2e_scope2_t=50.0)
    reported = run(panel=panel, carbon_basis="reported")
    assert (reported.accounts["co2e_t"] == 150).all()
    assert "co2e_electricity_t" not in reported.accounts
    assert "electricity_tce" in reported.accounts


def test_without_a_deflator_nothing_is_called_constant_prices(run, base):
    panel = base.data.panel.drop(columns="value_added_deflator")
    nominal = run(panel=panel)
    assert "value_added_constant_10k_cny" not in nominal.panel
    assert "value_added_constant_10k_cny" not in set(nominal.totals["quantity"])
    assert nominal.indicators.values["A4"].isna().all()
    assert nominal.indicators.values["A1"].notna().any()


def test_obstacles_order_measures_only_under_the_catalogues_scheme(run, base):
    assert base.measures["obstacle_coverage"].notna().any()
    assert base.parameters.scheme == CATALOGUE_SCHEME
    foreign = run(scheme="company_disclosure")
    coverage = foreign.measures["obstacle_coverage"]
    assert coverage.isna().all() or (coverage == 0).all()


def test_carbon_is_the_sum_of_its_parts_less_what_is_recovered(base):
    row = base.accounts.loc[("0012", 2024)]
    parts = [f"co2e_{part}_t" for part in ("fuel", "electricity", "heat", "process")]
    total = row[[*parts, "co2e_wastewater_t"]].sum() - row["co2e_recovered_t"]
    assert row["co2e_t"] == pytest.approx(total, rel=1e-12)


def test_an_unknown_factor_set_is_refused(run):
    with pytest.raises(ParameterError):
        run(factor_set="guide2O13")


def test_analyse_park_reads_the_file_it_is_given(demo_parameters, tmp_path):
    from synergy_lib.errors import InputDataError

    gone = demo_parameters.input.model_copy(update={"path": str(tmp_path / "x.xlsx")})
    with pytest.raises(InputDataError, match=r"x\.xlsx"):
        analyse_park(demo_parameters.model_copy(update={"input": gone}))


def test_the_change_of_a_run_without_a_previous_file_cannot_tell_corrections(base):
    assert base.bridge.not_told == ("data", "method")
    assert (base.bridge.earlier_year, base.bridge.later_year) == (2023, 2024)


def test_no_bridge_where_the_base_is_not_before_the_report(run):
    assert run(base_year=2024).bridge is None
    assert run(ids=FEW[:4], first_year=2024, base_year=2024).bridge is None


def test_a_previous_file_scheme_and_factor_set_are_read(demo_parameters):
    previous = PreviousParameters(
        path=demo_parameters.input.path, factor_set="provincial", report_year=2022
    )
    update = {"previous": previous, "draws": 200}
    bridge = analyse_park(demo_parameters.model_copy(update=update)).bridge
    assert bridge.not_told == ()
    assert bridge.earlier_year == 2022
    parts = bridge.overall[["data", "method", "factors"]].dropna()
    # The same workbook and scheme, read twice: nothing was corrected or changed.
    assert parts[["data", "method"]].abs().max(axis=None) < 1e-9
    assert (parts["factors"] != 0).mean() > 0.9
