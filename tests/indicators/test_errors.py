"""Errors of columns become errors of indicators."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.indicators.errors import indicator_errors

INDEX = pd.MultiIndex.from_product(
    [["a", "b", "c", "d"], [2020, 2021]], names=["enterprise_id", "year"]
)
DATA = pd.DataFrame(
    {
        "co2e_t": [100, 80, 200, 160, 60, 60, 50, 40.0],
        "co2e_electricity_t": [40, 40, 0, 0, 60, 60, 10, np.nan],
        "co2e_heat_t": 0.0,
        "value_added_10k_cny": [100, 100, 100, 80, 100, 60, 50, 50.0],
        "energy_tce": [50, 40, 90, 80, 30, 30, 20, 20.0],
        "penalties_count": 1.0,
    },
    index=INDEX,
)


def definitions(**formulas) -> pd.DataFrame:
    return pd.DataFrame({"formula": formulas, "tiers": dict.fromkeys(formulas, "")})


def errors(*args, data_error_pct=5.0, factor_error_pct=0.0):
    return indicator_errors(
        DATA,
        *args,
        base_year=2020,
        data_error_pct=data_error_pct,
        factor_error_pct=factor_error_pct,
    )


def test_a_quotient_of_two_columns_has_the_root_of_both_squares():
    found = errors(definitions(A1="co2e_t / value_added_10k_cny"))
    expected = DATA["co2e_t"] / DATA["value_added_10k_cny"] * 0.05 * np.sqrt(2)
    np.testing.assert_allclose(found.standard_error()["A1"], expected, rtol=1e-3)
    assert list(found.own) == ["A1"]


def test_a_column_of_two_indicators_moves_them_together():
    found = errors(
        definitions(
            A1="co2e_t / value_added_10k_cny", A3="energy_tce / value_added_10k_cny"
        )
    )
    shared = found.own["value_added_10k_cny"]
    assert (shared < 0).all(axis=None)
    intensity = DATA["co2e_t"] / DATA["value_added_10k_cny"]
    np.testing.assert_allclose(shared["A1"], -0.05 * intensity, rtol=1e-3)
    assert set(found.own) == {"value_added_10k_cny", "A1", "A3"}


def test_a_change_since_the_base_year_has_the_error_of_both_years():
    found = errors(definitions(A4="annual_decline_pct(co2e_t)"))
    # 100 (1 − c/b): 5 % of c/b from either year.
    ratio = 0.8
    expected = 100 * ratio * 0.05 * np.sqrt(2)
    got = found.standard_error().loc[("a", 2021), "A4"]
    assert got == pytest.approx(expected, rel=1e-3)
    assert found.standard_error().loc[("a", 2020), "A4"] == 0


def test_a_ratio_to_the_park_moves_by_its_own_column_only():
    formula = "ratio_to_park(co2e_t, value_added_10k_cny)"
    found = errors(definitions(A2=formula))
    own = found.standard_error()["A2"].xs(2021, level="year")
    # About 7 % of K: the park's mean stays nearly where it is.
    ratio = DATA["co2e_t"].xs(2021, level="year") / DATA["value_added_10k_cny"].xs(
        2021, level="year"
    )
    k = ratio / (340 / 290)
    assert (own / (k * 0.05 * np.sqrt(2))).between(0.5, 1.5).all()


def test_a_factor_moves_all_enterprises_by_their_share():
    found = errors(
        definitions(A1="co2e_t / value_added_10k_cny"),
        data_error_pct=0.0,
        factor_error_pct=10.0,
    )
    grid = found.common["grid_factor"]["A1"]
    assert grid["a", 2020] == pytest.approx(0.10 * 40 / 100, rel=1e-6)
    assert grid["b", 2020] == 0
    assert grid["d", 2021] == 0  # what is not reported moves nothing


def test_counted_columns_and_levels_have_no_error():
    table = definitions(F5="penalties_count", L="co2e_t")
    table.loc["L", "tiers"] = "3:100;2:80;1:50;0:0"
    found = errors(table)
    assert not any(frame.any(axis=None) for frame in found.own.values())


@pytest.mark.parametrize("value", [-1.0, 50.0])
def test_errors_that_slopes_cannot_carry_are_refused(value):
    with pytest.raises(ParameterError, match="0 至 50"):
        errors(definitions(A1="co2e_t"), data_error_pct=value)
