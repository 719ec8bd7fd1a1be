import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import ParameterError
from synergy_lib.indicators.formula import (
    check_formula,
    evaluate_formula,
    make_scope,
)

ONE = {("a", 2020): {"co2e_t": 12.0, "value_added_10k_cny": 4.0, "land_mu": 2.0}}


def value(panel, formula, rows=None):
    data = panel(rows or ONE)
    return evaluate_formula(formula, data, make_scope(data.index, 2020)).values


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("co2e_t / value_added_10k_cny", 3.0),
        ("co2e_t + land_mu * 2", 16.0),
        ("(co2e_t - land_mu) / 5", 2.0),
        ("-co2e_t", -12.0),
        ("+1.5", 1.5),
        ("  100 * land_mu  ", 200.0),
    ],
)
def test_evaluate_formula_arithmetic(panel, formula, expected):
    assert value(panel, formula).tolist() == [expected]


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')",
        "co2e_t.values",
        "co2e_t ** 2",
        "[co2e_t]",
        "co2e_t if land_mu else 1",
        "lambda: 1",
        "'text'",
        "True",
        "co2e_t < 3",
        "1e999",
        "f'{co2e_t}'",
        "(x := 3)",
        "co2e_t % 2",
        "~land_mu",
        "land_mu[0]",
        "",
        "co2e_t /",
        "1" * 600,
        "(" * 300 + "1" + ")" * 300,
    ],
)
def test_check_formula_refuses_everything_but_the_language(formula):
    assert check_formula(formula, "X")


def test_check_formula_unknown_column_names_formula_and_nearest():
    (problem,) = check_formula("co2e_ton / land_mu", "A1")
    assert "co2e_ton / land_mu" in problem.where
    assert problem.where.startswith("A1")
    assert problem.hint == "最接近的是“co2e_t”"


def test_check_formula_unknown_function_names_nearest():
    (problem,) = check_formula("share_pc(co2e_t, land_mu)", "A1")
    assert problem.hint == "最接近的是“share_pct”"


def test_check_formula_collects_every_problem():
    assert len(check_formula("foo + bar(co2e_t) + main_products", "A1")) == 3


def test_check_formula_wrong_number_of_arguments_and_keywords():
    assert check_formula("share_pct(co2e_t)", "A1")
    assert check_formula("share_pct(co2e_t, whole=land_mu)", "A1")
    assert not check_formula("mean_available(co2e_t, land_mu, 3)", "A1")


def test_check_formula_choice_columns_only_in_choice_level():
    assert not check_formula("choice_level(carbon_verification_level)", "F1")
    assert check_formula("carbon_verification_level + 1", "F1")
    assert check_formula("choice_level(co2e_t)", "F1")
    assert check_formula("choice_level(1)", "F1")


def test_evaluate_formula_raises_parameter_error(panel):
    with pytest.raises(ParameterError, match="没有名为“foo”的列"):
        value(panel, "foo")


def test_evaluate_formula_own_numeric_columns_are_allowed(panel):
    rows = {("a", 2020): {"my_column": 3.0}}
    assert value(panel, "my_column * 2", rows).tolist() == [6.0]


def test_column_wholly_absent_is_missing(panel):
    assert np.isnan(value(panel, "tax_10k_cny")).all()


def test_energy_carrier_wholly_absent_is_not_used_where_energy_is_reported(panel):
    rows = {
        ("a", 2020): {"heat_purchased_gj": 5.0},
        ("b", 2020): {"heat_purchased_gj": np.nan},
    }
    result = value(panel, "heat_purchased_gj - heat_export_gj", rows)
    np.testing.assert_array_equal(result, [5.0, np.nan])
    # The total of heat used is not a carrier: absent means unknown.
    assert np.isnan(value(panel, "heat_used_gj", rows)).all()


def test_infinite_input_counts_as_missing(panel):
    rows = {("a", 2020): {"co2e_t": np.inf}}
    assert np.isnan(value(panel, "co2e_t", rows)).all()


def test_overflow_is_undefined(panel):
    rows = {("a", 2020): {"co2e_t": 1e308}}
    assert np.isnan(value(panel, "co2e_t * 100", rows)).all()


def test_make_scope_finds_the_base_year_row_of_each_enterprise():
    index = pd.MultiIndex.from_tuples(
        [("a", 2020), ("a", 2021), ("b", 2021)], names=["enterprise_id", "year"]
    )
    assert make_scope(index, 2020).base_row.tolist() == [0, 0, -1]


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.001, 1e6), st.booleans())
def test_formula_agrees_with_python(a, b, c, brackets):
    index = pd.MultiIndex.from_tuples([("e", 2020)], names=["enterprise_id", "year"])
    data = pd.DataFrame({"a": [a], "b": [b], "c": [c]}, index=index)
    formula = "(a - b) / c" if brackets else "a - b / c"
    result = evaluate_formula(formula, data, make_scope(index, 2020)).values[0]
    assert result == ((a - b) / c if brackets else a - b / c)
