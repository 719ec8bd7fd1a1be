"""Each rule by value on a tiny panel: what is set aside, flagged, or missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.inputs.gaps import check_absent, check_gaps, check_rows
from synergy_lib.inputs.park_data import Cells, ParkData, issues_frame
from synergy_lib.inputs.rules import load_rules, rule_message, rule_severity
from synergy_lib.inputs.validation import (
    check_balances,
    check_carbon_intensity,
    check_pairs,
    check_parts,
    check_year_on_year,
    validate_park_data,
)
from synergy_lib.schema import load_columns


def panel_of(firms=("a",), first=2020, **columns):
    """Return a panel; each column lists its values by enterprise, then year."""
    years = len(next(iter(columns.values()))) // len(firms)
    index = pd.MultiIndex.from_product(
        [firms, range(first, first + years)], names=["enterprise_id", "year"]
    )
    return pd.DataFrame(columns, index=index)


def park(panel, **more):
    firms = panel.index.get_level_values(0).unique().rename("enterprise_id")
    return ParkData(
        panel=panel,
        enterprises=pd.DataFrame({"enterprise_name": firms}, index=firms),
        measures=pd.DataFrame(),
        monitoring=pd.DataFrame(),
        cells=more.get("cells", Cells()),
        issues=issues_frame([]),
        restatements=pd.DataFrame(),
        source_name="f.xlsx",
        source_sha256="",
    )


def hits(table):
    """Return enterprise, year and column of each finding."""
    years = [None if pd.isna(year) else int(year) for year in table["year"]]
    return list(zip(table["enterprise_id"], years, table["column"], strict=True))


RULES = load_rules()
PARTS = RULES[RULES["kind"] == "part_of_whole"]


@pytest.mark.parametrize("rule_id", PARTS.index)
def test_part_of_whole_at_and_above_its_limit(rule_id):
    rule = PARTS.loc[rule_id]
    part, whole, limit = rule["column"], rule["reference"], float(rule["limit"])
    at, above = 40 * limit, 40 * limit * 1.001
    panel = panel_of(
        **{part: [at, above, np.nan, 5.0], whole: [40.0, 40.0, 40.0, np.nan]}
    )
    table = check_parts(panel)
    both = [part, whole] if rule_id in ("part_vocs", "ratio_water") else [part]
    assert hits(table) == [("a", 2021, column) for column in both]
    assert set(table["rule"]) == {rule_id}
    assert table["value"].iloc[0] == pytest.approx(above)


def test_a_rule_needs_both_its_columns():
    assert check_parts(panel_of(solvent_recovered_t=[9.0])).empty
    assert check_balances(panel_of(solvent_used_t=[9.0])).empty


@pytest.mark.parametrize(
    ("used", "expected"),
    [(100.0, []), (96.0, []), (95.0, [("a", 2020, "solvent_used_t")]), (np.nan, [])],
)
def test_balance_within_five_percent(used, expected):
    panel = panel_of(
        solvent_used_t=[used], solvent_fresh_t=[60.0], solvent_recovered_t=[40.0]
    )
    table = check_balances(panel)
    assert hits(table) == expected
    assert set(table["severity"]) <= {"warning"}


@pytest.mark.parametrize(
    ("values", "years"),
    [
        ([10, 30, 10], []),
        ([10, 30.1, 30], [2021]),
        ([30.1, 10, 10], [2021]),
        ([10, np.nan, 100], []),
        ([10, 0, 10], []),
        ([-5, 100, 10], [2022]),
        ([100, -5, 10], []),
    ],
)
def test_jump_of_more_than_three_times(values, years):
    panel = panel_of(so2_kg=np.array(values, dtype=float))
    assert [year for _, year, _ in hits(check_year_on_year(panel))] == years


def test_a_jump_needs_consecutive_years_and_a_notable_size():
    index = pd.MultiIndex.from_tuples(
        [(firm, year) for firm in "ab" for year in range(2020, 2025) if year != 2021],
        names=["enterprise_id", "year"],
    )
    values = [100.0, 1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 2.0, 9.0]
    panel = pd.DataFrame({"so2_kg": values}, index=index)
    # "a" misses 2021; 2 → 9 in "b" is below a hundredth of the park's median
    assert hits(check_year_on_year(panel)) == [("b", 2023, "so2_kg")]


def test_gaps_are_single_years_or_all_of_them():
    panel = panel_of(
        firms=("a", "b", "c"),
        so2_kg=[1.0, np.nan, 1.0, 1.0, np.nan, np.nan],
        tax_10k_cny=[1.0, 1.0, np.nan, np.nan, np.nan, np.nan],
        carbon_verification_level=["无", None, "无", "无", "无", "无"],
    )
    table = check_gaps(panel)
    assert sorted(hits(table), key=str) == [
        ("a", 2021, "carbon_verification_level"),
        ("a", 2021, "so2_kg"),
        ("c", None, "so2_kg"),
    ]
    assert set(table["severity"]) == {"gap"}


def test_absent_enterprises():
    panel = panel_of(so2_kg=[1.0])
    table = check_absent(panel, pd.Index(["a", "z"]))
    assert hits(table) == [("z", None, "enterprise_id")]
    assert check_absent(panel, pd.Index(["a"])).empty


def test_suspect_values_are_set_aside_and_warned_ones_used():
    panel = panel_of(
        firms=("a", "b"),
        solvent_recovered_t=[50.0, 120.0, 50.0, 20.0, 21.0, 22.0],
        solvent_used_t=[100.0, 100.0, 100.0, 100.0, 101.0, 102.0],
        so2_kg=[5.0, 6.0, 7.0, 10.0, 31.0, 30.0],
        has_iso14001=[1.0, 0.0, 1.0, 1.0, 1.0, 1.0],
    )
    cells = Cells(single={("a", 2021, "solvent_recovered_t"): "固废溶剂用水!I4"})
    data = validate_park_data(park(panel, cells=cells))
    assert np.isnan(data.panel.loc[("a", 2021), "solvent_recovered_t"])
    assert data.panel.loc[("b", 2021), "so2_kg"] == 31.0
    changed = data.panel.fillna(-1) != panel.fillna(-1)
    assert int(changed.to_numpy().sum()) == 1
    rows = data.issues[["severity", "enterprise_id", "year", "cell", "value", "rule"]]
    assert rows.to_numpy().tolist() == [
        ["suspect", "a", 2021, "固废溶剂用水!I4", 120.0, "part_solvent_recovered"],
        ["warning", "b", 2021, "", 31.0, "jump"],
    ]
    assert data.issues["message"].tolist() == [
        "溶剂回收量：溶剂回收量大于投用量",
        "二氧化硫排放量：与上年相差超过 3 倍，两年都请核实",
    ]
    assert data.issues["treatment"].tolist() == [
        "存疑，未采用（按缺失处理）",
        "已采用，请核实",
    ]


def test_a_unit_slip_is_not_also_a_jump():
    panel = panel_of(so2_kg=[5.0, 6.0, 5000.0, 5.5])
    issues = validate_park_data(park(panel)).issues
    assert issues["rule"].tolist() == ["unit_slip"]
    assert issues["year"].tolist() == [2022]


def test_a_clean_panel_has_no_issues():
    panel = panel_of(so2_kg=[5.0, 6.0])
    data = validate_park_data(park(panel))
    assert data.issues.empty
    assert list(data.issues.columns) == list(issues_frame([]).columns)
    pd.testing.assert_frame_equal(data.panel, panel)


def test_the_panel_given_is_not_changed():
    panel = panel_of(so2_kg=[5.0, 6.0, 5000.0, 5.5])
    before = panel.copy()
    validate_park_data(park(panel))
    pd.testing.assert_frame_equal(panel, before)


@given(st.permutations(["a", "b", "c", "d"]), st.integers(0, 1000))
def test_names_do_not_matter(names, seed):
    values = np.exp(np.random.default_rng(seed).normal(3, 2, (4, 5)))
    base = panel_of(firms=("a", "b", "c", "d"), so2_kg=values.ravel())
    other = panel_of(firms=tuple(names), so2_kg=values.ravel()).sort_index()
    first = validate_park_data(park(base)).issues
    second = validate_park_data(park(other)).issues
    back = dict(zip(names, "abcd", strict=True))
    renamed = second.assign(enterprise_id=second["enterprise_id"].map(back))
    keys = ["enterprise_id", "year", "rule"]
    assert set(map(tuple, first[keys].to_numpy())) == set(
        map(tuple, renamed[keys].to_numpy())
    )


def test_every_rule_names_columns_that_exist():
    valid = set(load_columns().index) | {"*"}
    for rule in RULES.itertuples():
        assert rule.column in valid
        assert set(filter(None, str(rule.reference).split("+"))) <= valid
        assert rule.severity in ("suspect", "warning")
        assert float(rule.limit) > 0
        assert rule_severity(str(rule.Index)) == rule.severity
        assert rule_message(str(rule.Index)) == rule.message_zh
    for rule_id in ("gap", "gap_all_years", "absent", "zero_never_positive"):
        assert rule_message(rule_id)
        assert rule_severity(rule_id) in ("gap", "suspect")


def test_a_pair_of_years_in_different_units_sets_both_aside():
    panel = panel_of(electricity_grid_mwh=[8.0e6, 8500.0])
    found = check_pairs(panel)
    assert found["year"].tolist() == [2020, 2021]
    assert set(found["severity"]) == {"suspect"}
    assert check_pairs(panel_of(electricity_grid_mwh=[8500.0, 9000.0])).empty
    assert check_pairs(panel_of(electricity_grid_mwh=[0.0, 9000.0])).empty


def test_carbon_intensity_is_possible_between_its_bounds():
    panel = panel_of(
        firms=("a", "b", "c"),
        co2e_t=[31.0, 0.009, 30.0],
        value_added_10k_cny=[1.0, 1.0, 1.0],
    )
    assert check_carbon_intensity(panel)["enterprise_id"].tolist() == ["a", "b"]
    assert check_carbon_intensity(panel[["co2e_t"]]).empty


def test_a_missing_row_is_a_gap_of_its_sheet():
    panel = panel_of(firms=("a",), output_value_10k_cny=[1.0, 1.0])
    cells = Cells(
        rows={"工艺与管理": {("a", 2020): 3}},
        letters={"units_total": ("工艺与管理", "C")},
    )
    found = check_rows(panel, cells)
    assert found[["year", "column", "rule"]].to_numpy().tolist() == [
        [2021, "units_total", "no_row"]
    ]


def test_a_carrier_never_used_is_not_missing():
    panel = panel_of(
        electricity_grid_mwh=[float("nan"), 5.0], diesel_t=[float("nan"), 0.0]
    )
    assert check_gaps(panel)["column"].tolist() == ["electricity_grid_mwh"]
