"""Figures of drivers: one a quantity that can be decomposed."""

from synergy_lib.reporting.cells.common import driver_figures


def test_a_figure_for_what_can_be_decomposed_only(make_park):
    figures = driver_figures(make_park(), ["co2e_t", "vocs_kg", "cod_kg"])
    assert len(figures) == 1
    assert driver_figures(make_park(), []) == []
    without = make_park(drivers=make_park().drivers.iloc[:0])
    assert driver_figures(without, ["co2e_t"]) == []
