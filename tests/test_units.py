"""Units at the border."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.schema import load_columns
from synergy_lib.units import (
    UnitError,
    conversion_factor,
    is_convertible,
    known_units,
)

units = st.sampled_from(known_units())


@given(units, units)
def test_there_and_back_again(first, second):
    if not is_convertible(first, second):
        with pytest.raises(UnitError, match="量纲不同"):
            conversion_factor(first, second)
        assert not is_convertible(second, first)
        return
    product = conversion_factor(first, second) * conversion_factor(second, first)
    assert product == pytest.approx(1.0, rel=1e-9)


@given(units, units, units)
def test_by_way_of_a_third_unit(first, second, third):
    if is_convertible(first, second) and is_convertible(second, third):
        direct = conversion_factor(first, third)
        twice = conversion_factor(first, second) * conversion_factor(second, third)
        assert direct == pytest.approx(twice, rel=1e-9)


@pytest.mark.parametrize("unit", sorted(set(load_columns()["unit"])))
def test_every_unit_of_the_contract_is_known(unit):
    assert conversion_factor(unit, unit) == 1.0


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    [
        ("kWh", "MWh", 0.001),
        ("万kWh", "MWh", 10.0),
        ("万度", "MWh", 10.0),
        ("m3", "万Nm3", 1e-4),
        ("Nm³", "万Nm3", 1e-4),
        ("万标立方米", "万Nm3", 1.0),
        ("GJ", "tce", 1 / 29.3076),
        ("MWh", "GJ", 3.6),
        ("%", "1", 0.01),
        ("1", "%", 100.0),
        ("公顷", "亩", 15.0),
        ("平方米", "亩", 0.0015),
        ("μg/m³", "mg/L", 1e-6),
        ("ｋｇ", "t", 0.001),
        ("亿元", "万元", 1e4),
        (" 万 吨 ", "t", 1e4),
        ("t CO₂", "tCO2e", 1.0),
        ("套", "个", 1.0),
    ],
)
def test_by_value(unit, target, factor):
    assert conversion_factor(unit, target) == pytest.approx(factor, rel=1e-11)


@pytest.mark.parametrize(
    ("unit", "target"),
    [
        ("kg", "MWh"),
        ("%", "人"),
        ("t", "tCO2e"),
        ("亩", "m3"),
        ("元", "t"),
        ("当量", "kg"),
    ],
)
def test_other_dimensions_are_refused(unit, target):
    with pytest.raises(UnitError) as caught:
        conversion_factor(unit, target)
    assert str(caught.value) == (
        f"计量单位“{unit}”：与该列的量纲不同；应为：可换算为 {target} 的单位"
    )


def test_unknown_units_name_the_nearest():
    with pytest.raises(UnitError, match="“MW”：无法识别；最接近的是“MWh”"):
        conversion_factor("MW", "MWh")
    with pytest.raises(UnitError, match="无法识别"):
        conversion_factor("斤", "斤")
    assert not is_convertible("斤", "kg")
