"""The layout table of the input workbook."""

import pytest

from synergy_lib.inputs.layout import (
    carrier_columns,
    pollutant_columns,
    sheet_fields,
)
from synergy_lib.schema import SHEETS, input_columns, load_columns
from synergy_lib.units import conversion_factor


@pytest.mark.parametrize("sheet", SHEETS)
def test_fields_have_both_labels_and_unique_keys(sheet):
    fields = sheet_fields(sheet)
    assert all(field.label_zh and field.label_en for field in fields)
    for names in ([f.key for f in fields], [f.header() for f in fields]):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("sheet", ["activity", "resources", "process"])
def test_wide_sheets_hold_exactly_the_contract_columns(sheet):
    keys = [field.key for field in sheet_fields(sheet)]
    assert keys == ["enterprise_id", "year", *input_columns(sheet).index]


def test_pollutants_cover_the_contract_with_their_medium():
    columns = set(input_columns("pollutants").index)
    emitted = {c for c in columns if not c.endswith("_generated_kg")}
    assert set(pollutant_columns().values()) == emitted
    generated = {c.removesuffix("_kg") + "_generated_kg" for c in emitted}
    assert generated <= columns
    assert pollutant_columns()[("废气", "甲苯")] == "toluene_kg"
    assert pollutant_columns()[("废水", "甲苯（废水）")] == "toluene_water_kg"


def test_every_carrier_can_be_given_in_an_offered_unit():
    units = next(f for f in sheet_fields("energy") if f.key == "unit").choices
    for column in carrier_columns().values():
        assert load_columns().loc[column, "unit"] in units


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    [("kWh", "MWh", 0.001), ("万kWh", "MWh", 10.0), ("m3", "万Nm3", 1e-4)],
)
def test_offered_units_convert(unit, target, factor):
    assert conversion_factor(unit, target) == pytest.approx(factor, rel=1e-12)
