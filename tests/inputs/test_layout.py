"""The layout table of the input workbook."""

import pytest

from synergy_lib.inputs.layout import (
    carrier_columns,
    carrier_names,
    match_header,
    pollutant_columns,
    pollutant_names,
    sheet_fields,
)
from synergy_lib.inputs.values import normalised
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


def test_no_two_fields_of_a_sheet_share_a_name():
    for sheet in SHEETS:
        names = [
            {normalised(n) for n in (f.key, f.label_en, f.label_zh, f.header())}
            for f in sheet_fields(sheet)
        ]
        assert len(set.union(*names)) == sum(map(len, names)), sheet


@pytest.mark.parametrize(
    ("header", "key", "unit"),
    [
        ("有机溶剂投用量（新鲜+回用）", "solvent_used_t", "t"),
        ("有机溶剂投用量(新鲜+回用)(kg)", "solvent_used_t", "kg"),
        ("Solvent charged (fresh + recycled)", "solvent_used_t", "t"),
        ("solvent_used_t", "solvent_used_t", "t"),
        ("重复用水量（万m³）", "water_reused_m3", "万m3"),
        ("COD, inlet (g/L)", "cod_in_mg_l", "g/L"),
    ],
)
def test_match_header(header, key, unit):
    field, found = match_header(header, "resources")
    assert (field.key, found) == (key, unit)


@pytest.mark.parametrize("header", ["", "（t）", "投用量", "有机溶剂（t）", "外购电力"])
def test_match_header_refuses(header):
    assert match_header(header, "resources") is None


def test_carriers_and_pollutants_are_known_by_every_name():
    contract = load_columns()
    for column in carrier_columns().values():
        names = (
            column,
            contract.loc[column, "label_zh"],
            contract.loc[column, "label_en"],
        )
        assert {carrier_names()[normalised(name)] for name in names} == {column}
    for (medium, label), column in pollutant_columns().items():
        for name in (label, column, column.removesuffix("_kg")):
            assert pollutant_names()[medium, normalised(name)] == column
            assert pollutant_names()["", normalised(name)] == column
