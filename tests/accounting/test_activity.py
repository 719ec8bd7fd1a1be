import numpy as np
import pandas as pd
import pytest

from synergy_lib.accounting.activity import (
    INCLUDED,
    INCOMPLETE,
    NOT_REPORTED,
    activity,
    add_terms,
    amount,
    carrier,
    factor_by_year,
    optional_term,
)
from synergy_lib.errors import FactorNotFoundError


def test_activity_absent_column_is_missing(panel):
    data = panel(so2_kg=[1.0, np.nan])
    assert activity(data, "nox_kg").isna().all()
    assert activity(data, "so2_kg").tolist()[0] == pytest.approx(1.0)


def test_carrier_absent_column_is_zero_only_where_energy_is_reported(panel):
    data = panel(electricity_grid_mwh=[5.0, np.nan], so2_kg=[1.0, 1.0])
    used = carrier(data, "heat_purchased_gj")
    assert used.iloc[0] == 0
    assert np.isnan(used.iloc[1])


def test_carrier_missing_value_in_a_column_stays_missing(panel):
    data = panel(electricity_grid_mwh=[5.0, 5.0], diesel_t=[np.nan, 2.0])
    used = carrier(data, "diesel_t")
    assert np.isnan(used.iloc[0])
    assert used.iloc[1] == pytest.approx(2.0)


def test_amount_of_nothing_is_nothing_whatever_the_factor():
    result = amount(pd.Series([0.0, 1.0, np.nan]), np.nan)
    assert result.iloc[0] == 0
    assert result.iloc[1:].isna().all()


def test_factor_by_year_names_years_that_were_not_selected(panel):
    data = panel(so2_kg=[1.0, 1.0, 1.0])
    with pytest.raises(FactorNotFoundError, match="2023、2024"):
        factor_by_year(data, pd.Series({2022: 0.5}))


def test_add_terms_rules():
    tonnes = pd.Series([1.0, np.nan, np.nan, 2.0])
    first = optional_term(tonnes, pd.Series([True, False, True, True]))
    second = optional_term(
        pd.Series([3.0, np.nan, 4.0, np.nan]), pd.Series([True, False, True, False])
    )
    assert first.basis.tolist() == [INCLUDED, NOT_REPORTED, INCOMPLETE, INCLUDED]
    total = add_terms([first, second])
    np.testing.assert_array_equal(total, [4.0, np.nan, np.nan, 2.0])
