"""Other people's tables: units, editions, gaps, contradictions, derived columns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError
from synergy_lib.inputs.registers import clean_register, fill_formulas
from synergy_lib.inputs.validation import validate_park_data
from synergy_lib.parameters import InputParameters
from synergy_lib.units import conversion_factor

_COLUMNS = ["source", "source_unit", "column", "editions", "formula", "note"]


def mapping(*rows):
    """Return a mapping table from rows of (source, unit, column, *rest)."""
    filled = [[*row, *[""] * (len(_COLUMNS) - len(row))] for row in rows]
    return pd.DataFrame(filled, columns=_COLUMNS)


def table(columns, *rows):
    """Return a text table as ``read_table`` gives it: index = line in the file."""
    frame = pd.DataFrame([[str(c) for c in row] for row in rows], columns=columns)
    return frame.set_axis(range(2, len(frame) + 2))


def clean(raw, rules, **changes):
    layout = changes.pop("layout", "long_table")
    parameters = InputParameters(
        layout=layout, path="x.csv", mapping="m", entity_column="site", **changes
    )
    return clean_register(
        raw, rules, parameters, source_name="x.csv", source_sha256="0"
    )


LONG = ["edition", "site", "year", "indicator", "value", "unit"]
ENERGY = mapping(("energy", "", "energy_total_gj"))


def test_long_table_converts_each_printed_unit():
    raw = table(
        LONG,
        ("", "a", 2020, "energy", 2, "10^3 GJ"),
        ("", "b", 2020, "energy", 10, "MWh"),
        ("", "c", 2020, "energy", 1, "tce"),
    )
    panel = clean(raw, ENERGY).panel["energy_total_gj"]
    # 10 MWh = 36 GJ; 1 tce = 29.3076 GJ
    assert panel.tolist() == pytest.approx([2000.0, 36.0, 29.3076])


def test_blank_is_missing_and_printed_zero_is_zero():
    raw = table(
        LONG,
        ("", "a", 2020, "energy", "", "GJ"),
        ("", "a", 2021, "energy", "0", "GJ"),
        ("", "a", 2022, "energy", "-", "GJ"),
    )
    panel = clean(raw, ENERGY).panel["energy_total_gj"]
    assert panel.to_dict() == {("a", 2021): 0.0}


def test_latest_edition_is_used_and_the_earlier_value_kept():
    raw = table(
        LONG,
        ("2012", "a", 2009, "energy", "373855.0", "GJ"),
        ("2010", "a", 2009, "energy", "384367.0", "GJ"),
        ("2010", "a", 2008, "energy", "6102.2", "GJ"),
        ("2012", "a", 2008, "energy", "6102.0", "GJ"),
    )
    data = clean(raw, ENERGY, edition_column="edition")
    assert data.panel.loc[("a", 2009), "energy_total_gj"] == 373855.0
    # 6102.2 printed as 6102 is rounding, not a restatement.
    assert data.restatements.to_dict("records") == [
        {
            "enterprise_id": "a",
            "year": 2009,
            "column": "energy_total_gj",
            "edition": "2010",
            "value": 384367.0,
            "edition_used": "2012",
            "value_used": 373855.0,
        }
    ]
    assert data.cells.find("a", 2009, "energy_total_gj") == "第 2 行"


def test_editions_of_another_basis_are_left_out():
    rules = mapping(("e", "GJ/t", "energy_per_product_gj_per_t", "2012|2013"))
    raw = table(
        LONG,
        ("2010", "a", 2007, "e", 5, "GJ/t"),
        ("2012", "a", 2008, "e", 7, "GJ/t"),
    )
    data = clean(raw, rules, edition_column="edition")
    assert data.panel.index.tolist() == [("a", 2008)]


def test_contradiction_names_every_line():
    raw = table(
        LONG,
        ("", "a", 2020, "energy", 1, "GJ"),
        ("", "a", 2020, "energy", 2, "GJ"),
        ("", "a", 2021, "energy", 1, "GJ"),
        ("", "a", 2021, "energy", 1, "GJ"),
    )
    with pytest.raises(InputDataError) as caught:
        clean(raw, ENERGY)
    where = [problem.where for problem in caught.value.problems]
    assert where == ["x.csv 第 2 行", "x.csv 第 3 行"]
    assert "互相矛盾：2 GJ" in str(caught.value)


def test_all_problems_are_named_at_once():
    raw = table(
        LONG,
        ("", "a", 2020, "energy", "many", "GJ"),
        ("", "b", 2020, "energy", -1, "GJ"),
        ("", "c", 2020, "energy", 1, "m3"),
        ("", "d", "twenty", "energy", 1, "GJ"),
    )
    with pytest.raises(InputDataError) as caught:
        clean(raw, ENERGY)
    lines = {problem.where.split(" ")[2] for problem in caught.value.problems}
    assert lines == {"2", "3", "4", "5"}


def test_unit_without_a_mapping_row_is_a_problem_not_a_lost_row():
    rules = mapping(
        ("water", "10^6 m3", "water_fresh_m3"),
        ("water", "t", "water_fresh_m3", "", "value * 1", "1 t＝1 m3"),
    )
    raw = table(
        LONG,
        ("", "a", 2020, "water", "3.71", "10^6 m3"),
        ("", "b", 2020, "water", "959828", "t"),
    )
    data = clean(raw, rules)
    assert data.panel["water_fresh_m3"].tolist() == pytest.approx([3.71e6, 959828.0])
    assert "1 t＝1 m3" in data.notes
    wrong = table(LONG, ("", "a", 2020, "water", "3.71", "10^3 t"))
    with pytest.raises(InputDataError, match=r"第 2 行 water：映射表没有计量单位"):
        clean(wrong, rules)


def test_wide_table_kilograms_to_tonnes_and_selection():
    rules = mapping(
        ("co2", "kg CO2", "co2e_scope1_t"),
        ("nox", "kg", "nox_kg"),
        ("x", "t", "so2_kg"),
    )
    raw = table(
        ["site", "year", "name", "activity", "co2", "nox", "x"],
        ("p", 2018, "Old", "4(e)", "712000.0", "520", ""),
        ("p ", 2019, "New", "4(e) ", "814280.0", "", ""),
        ("q", 2018, "Other", "4(a)", "1", "1", "1"),
        ("r", 2018, "Empty", "4(e)", "", "", ""),
    )
    data = clean(
        raw,
        rules,
        layout="wide_table",
        entity_name_column="name",
        keep_where={"activity": ("4(e)",)},
    )
    assert data.panel["co2e_scope1_t"].tolist() == pytest.approx([712.0, 814.28])
    assert np.isnan(data.panel.loc[("p", 2019), "nox_kg"])
    assert data.enterprises["enterprise_name"].to_dict() == {"p": "New"}


def test_total_of_the_entities_is_excluded():
    raw = table(
        LONG, ("", "a", 2020, "energy", 1, "GJ"), ("", "sum", 2020, "energy", 1, "GJ")
    )
    data = clean(raw, ENERGY, exclude_entities=("sum",))
    assert data.panel.index.unique(0).tolist() == ["a"]
    with pytest.raises(InputDataError, match="没有属于本园区的行"):
        clean(raw, ENERGY, exclude_entities=("a", "sum"))


def test_long_identifiers_are_shortened_to_something_unique():
    raw = table(
        LONG,
        ("", "DK.A/01.F", 2020, "energy", 1, "GJ"),
        ("", "DK.B/02.F", 2020, "energy", 2, "GJ"),
    )
    data = clean(raw, ENERGY, entity_pattern=r"/(\d+)\.F$")
    assert data.panel.index.unique(0).tolist() == ["01", "02"]
    with pytest.raises(InputDataError, match="取不出唯一的编号") as caught:
        clean(raw, ENERGY, entity_pattern=r"/(0)")
    assert len(caught.value.problems) == 2
    with pytest.raises(InputDataError, match="第 3 行 site"):
        clean(raw, ENERGY, entity_pattern=r"A/(\d+)")


def test_a_pattern_needs_one_group():
    for pattern in (r"\d+", "(a)(b)", "("):
        with pytest.raises(ValueError, match=r"分组|正则"):
            InputParameters(path="x", entity_pattern=pattern)


def test_missing_headers_are_named_with_the_nearest():
    raw = table(
        ["site", "year", "indicator", "values", "unit"], ("a", 2020, "e", 1, "")
    )
    with pytest.raises(InputDataError, match="缺少列“value”；最接近的是“values”"):
        clean(raw, ENERGY)


def test_notes_say_what_is_not_used_and_what_is_not_there():
    rules = mapping(("energy", "", "energy_total_gj"), ("voc", "t", "vocs_kg"))
    raw = table(
        LONG, ("", "a", 2020, "energy", 1, "GJ"), ("", "a", 2020, "land", 1, "m2")
    )
    notes = clean(raw, rules).notes
    assert "数据中没有映射表所列的1项：voc。" in notes
    assert "数据中有1项未采用：land。" in notes


def test_formula_fills_only_what_is_missing_and_never_what_was_set_aside():
    rules = mapping(
        ("made", "t", "hazardous_waste_generated_t"),
        ("used", "t", "hazardous_waste_utilised_t"),
        ("gone", "t", "hazardous_waste_disposed_t"),
        (
            "",
            "",
            "hazardous_waste_generated_t",
            "",
            "hazardous_waste_utilised_t + hazardous_waste_disposed_t",
        ),
    )
    raw = table(
        LONG,
        ("", "a", 2018, "used", 2, "t"),
        ("", "a", 2018, "gone", 3, "t"),
        ("", "a", 2019, "used", 2, "t"),
        ("", "a", 2020, "used", 2, "t"),
        ("", "a", 2020, "gone", 3, "t"),
        ("", "a", 2020, "made", 9, "t"),
        ("", "a", 2021, "gone", 3000, "t"),
        ("", "a", 2021, "used", 2, "t"),
    )
    data = validate_park_data(clean(raw, rules))
    total = fill_formulas(data, rules).panel["hazardous_waste_generated_t"]
    # 2021: 3000 t is a thousand times the other years, set aside, so no total.
    assert total.tolist() == pytest.approx([5.0, np.nan, 9.0, np.nan], nan_ok=True)


UNITS = st.sampled_from(
    [
        ("GJ", "energy_total_gj"),
        ("MWh", "energy_total_gj"),
        ("tce", "energy_total_gj"),
        ("t", "so2_kg"),
        ("kg", "so2_kg"),
        ("10^4 kWh", "electricity_grid_mwh"),
        ("10^6 m3", "water_fresh_m3"),
        ("10^3 tCO2e", "co2e_scope1_t"),
    ]
)


@given(UNITS, st.decimals(0, 10**9, places=3, allow_nan=False, allow_infinity=False))
def test_units_round_trip(unit_and_column, value):
    unit, column = unit_and_column
    raw = table(LONG, ("", "a", 2020, "x", value, unit))
    panel = clean(raw, mapping(("x", unit, column))).panel
    target = {"_gj": "GJ", "_kg": "kg", "mwh": "MWh", "_m3": "m3"}.get(
        column[-3:], "tCO2e"
    )
    back = panel.loc[("a", 2020), column] * conversion_factor(target, unit)
    assert back == pytest.approx(float(value), rel=1e-9)
