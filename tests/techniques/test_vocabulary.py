from synergy_lib.schema import load_columns
from synergy_lib.techniques.vocabulary import (
    TARGETS,
    Condition,
    driver_columns,
    parse_conditions,
)


def test_targets_are_panel_columns():
    assert set(TARGETS) <= set(load_columns().index)


def test_parse_conditions():
    assert parse_conditions("") == []
    found = parse_conditions("land_mu >= 5; electricity_pv_mwh<=-0.5")
    assert found[0] == Condition("land_mu", ">=", 5.0)
    assert found[1].limit == -0.5


def test_driver_columns():
    assert driver_columns("wastewater_m3") == ("wastewater_m3", "")
    assert driver_columns("a - b") == ("a", "b")
    assert driver_columns("") == ("", "")
