import numpy as np
import pytest

from synergy_lib.accounting.derived import (
    derive_columns,
    disclosed_carbon,
    disclosed_energy,
)

NAN = np.nan


def test_constant_prices_divide_by_the_deflator(panel):
    derived = derive_columns(
        panel(
            value_added_10k_cny=[1000, 1060, NAN], value_added_deflator=[1.0, 1.06, 1.1]
        )
    )
    constant = derived["value_added_constant_10k_cny"]
    assert constant.tolist()[:2] == pytest.approx([1000, 1000], rel=1e-12)
    assert np.isnan(constant.iloc[2])


@pytest.mark.parametrize("column", ["value_added_10k_cny", "value_added_deflator"])
def test_without_deflator_or_value_added_there_are_no_constant_prices(panel, column):
    derived = derive_columns(panel(**{column: [1.0, 2.0]}))
    assert "value_added_constant_10k_cny" not in derived


def test_heat_used_is_purchased_less_exported_unless_given(panel):
    derived = derive_columns(
        panel(
            heat_purchased_gj=[100, 100, 100, NAN],
            heat_export_gj=[30, 30, NAN, 0],
            heat_used_gj=[NAN, 85, NAN, NAN],
        )
    )
    assert derived["heat_used_gj"].iloc[:2].tolist() == [70, 85]
    assert derived["heat_used_gj"].iloc[2:].isna().all()


def test_heat_export_that_nobody_has_counts_as_none(panel):
    assert derive_columns(panel(heat_purchased_gj=[5.0]))["heat_used_gj"].item() == 5
    assert "heat_used_gj" not in derive_columns(panel(co2e_t=[5.0]))


def test_derive_columns_leaves_its_argument_alone(panel):
    given = panel(value_added_10k_cny=[1.0], value_added_deflator=[2.0])
    derive_columns(given)
    assert list(given.columns) == ["value_added_10k_cny", "value_added_deflator"]


def test_disclosed_carbon_takes_the_disclosed_sum_first(panel):
    """Rows: sum given; sum missing; one scope missing; nothing."""
    carbon = disclosed_carbon(
        panel(
            co2e_scope1_t=[1, 1, NAN, NAN],
            co2e_scope2_t=[2, 2, 2, NAN],
            co2e_scope12_t=[10, NAN, NAN, NAN],
        )
    )["co2e_t"]
    assert carbon.iloc[:2].tolist() == [10, 3]
    assert carbon.iloc[2:].isna().all()


def test_disclosed_carbon_of_one_scope_or_of_the_sum_alone(panel):
    assert disclosed_carbon(panel(co2e_scope1_t=[7.0]))["co2e_t"].item() == 7
    assert disclosed_carbon(panel(co2e_scope12_t=[9.0]))["co2e_t"].item() == 9


def test_nothing_disclosed_gives_no_account(panel):
    given = panel(so2_kg=[1.0, 2.0])
    assert disclosed_carbon(given).shape == (2, 0)
    assert disclosed_energy(given).shape == (2, 0)


def test_disclosed_energy_is_converted_to_coal_equivalents(panel):
    """1 tce = 29.3076 GJ."""
    energy = disclosed_energy(
        panel(energy_total_gj=[293.076, NAN], electricity_gj=[29.3076, 0.0])
    )
    assert energy["energy_tce"].iloc[0] == pytest.approx(10.0, rel=1e-9)
    assert np.isnan(energy["energy_tce"].iloc[1])
    assert energy["electricity_tce"].tolist() == pytest.approx([1.0, 0.0], rel=1e-9)
    assert energy["other_energy_tce"].iloc[0] == pytest.approx(9.0, rel=1e-9)
    assert np.isnan(energy["other_energy_tce"].iloc[1])


def test_more_electricity_than_energy_leaves_no_rest(panel):
    energy = disclosed_energy(panel(energy_total_gj=[10.0], electricity_gj=[11.0]))
    assert np.isnan(energy["other_energy_tce"].item())


def test_disclosed_energy_has_only_what_is_a_column(panel):
    assert list(disclosed_energy(panel(energy_total_gj=[1.0]))) == ["energy_tce"]
