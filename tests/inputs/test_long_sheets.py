"""Energy by carrier and pollutants by medium: units, steam, names, duplicates."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.factors.steam import steam_to_gj
from synergy_lib.factors.tables import load_factors
from synergy_lib.inputs.layout import sheet_fields
from synergy_lib.inputs.long_sheets import clean_energy, clean_pollutants
from synergy_lib.inputs.reading import RawSheet
from synergy_lib.inputs.sheets import name_columns
from synergy_lib.schema import SHEETS


def long_sheet(key, rows, findings):
    """Return a long sheet of enterprise "1" in 2020 from rows of named cells."""
    fields = sheet_fields(key)
    base = {"enterprise_id": "1", "year": 2020, "medium": "废气", "unit": "kg"}
    table = pd.DataFrame([base | row for row in rows], dtype=object)
    frame = table.reindex(columns=[f.key for f in fields]).astype(object)
    frame = frame.where(frame.notna(), None)
    frame = frame.set_axis(range(len(fields)), axis=1)
    frame.index = range(3, 3 + len(rows))
    headers = tuple(field.header() for field in fields)
    return name_columns(RawSheet("f", key, SHEETS[key], headers, frame), findings)


def energy(rows, findings):
    return clean_energy(long_sheet("energy", rows, findings), {"1"}, findings)


def pollutants(rows, findings):
    return clean_pollutants(long_sheet("pollutants", rows, findings), {"1"}, findings)


@pytest.mark.parametrize(
    ("carrier", "unit", "column", "value"),
    [
        ("外购电力", "万kWh", "electricity_grid_mwh", 20.0),
        ("Grid electricity purchased", "kWh", "electricity_grid_mwh", 0.002),
        ("electricity_grid_mwh", "MWh", "electricity_grid_mwh", 2.0),
        ("天然气", "m3", "natural_gas_10k_nm3", 2e-4),
        (" 外购热力(蒸汽) ", "GJ", "heat_purchased_gj", 2.0),
        ("外购热力（蒸汽）", "tce", "heat_purchased_gj", 2 * 29.3076),
        ("烟煤", "万吨", "bituminous_t", 2e4),
        ("其他非化石能源", "GJ", "nonfossil_other_tce", 2 / 29.3076),
    ],
)
def test_amounts_in_the_unit_of_their_column(carrier, unit, column, value, findings):
    panel = energy([{"carrier": carrier, "amount": 2, "unit": unit}], findings)
    assert findings.problems == []
    assert panel.loc[("1", 2020), column] == pytest.approx(value, rel=1e-9)
    assert findings.cells.single == {("1", 2020, column): "能源消费!D3"}


def test_steam_by_its_pressure_and_without(findings):
    rows = [
        {
            "carrier": "外购热力（蒸汽）",
            "amount": 5,
            "unit": "万t",
            "steam_pressure_mpa": 1.0,
        },
        {"carrier": "外供热力", "amount": 1000, "unit": "吨"},
        {"carrier": "热力消费合计", "amount": None, "unit": "t"},
    ]
    panel = energy(rows, findings)
    assert findings.problems == []
    row = panel.loc[("1", 2020)]
    assert row["heat_purchased_gj"] == pytest.approx(134_668, rel=1e-9)
    assert row["heat_export_gj"] == pytest.approx(2693.26, rel=1e-9)
    assert np.isnan(row["heat_used_gj"])
    assert findings.notes == [
        "3 条以吨计的蒸汽按压力下的饱和蒸汽焓换算为热量（方法 §3.4）。",
        "其中 2 条未填压力，按默认焓值 2777 kJ/kg [P] 换算。",
    ]


def test_every_accepted_pressure_has_an_enthalpy(findings):
    """The bounds of the column are the ends of the table of enthalpies."""
    table = load_factors("steam")
    known = table.loc[table["factor_set"] == "saturated", "key"].astype(float)
    field = next(f for f in sheet_fields("energy") if f.key == "steam_pressure_mpa")
    assert (field.minimum, field.maximum) == (known.min(), known.max())
    for pressure in (field.minimum, field.maximum):
        assert steam_to_gj([1.0], pressure).gj.notna().all()
    row = {"carrier": "外购热力（蒸汽）", "amount": 5, "unit": "t"}
    energy([row | {"steam_pressure_mpa": 9.8}], findings)
    assert [str(p) for p in findings.problems] == [
        "f 能源消费!F3：9.8 超出范围；应为：0.2–4"
    ]


def test_a_listed_carrier_without_amount_stays_missing(findings):
    rows = [
        {"carrier": "外购电力", "amount": 1, "unit": "MWh"},
        {"carrier": "柴油", "amount": "—", "unit": "t"},
    ]
    panel = energy([*rows, {**rows[0], "year": 2021}], findings)
    assert np.isnan(panel.loc[("1", 2020), "diesel_t"])
    assert panel.loc[("1", 2021), "diesel_t"] == 0.0


@pytest.mark.parametrize("second", ["外购电力", "Grid electricity purchased"])
def test_a_carrier_listed_twice_under_any_name(findings, second):
    rows = [
        {"carrier": "外购电力", "amount": 1, "unit": "MWh"},
        {"carrier": second, "amount": 2, "unit": "MWh"},
    ]
    energy(rows, findings)
    assert [str(problem) for problem in findings.problems] == [
        "f 能源消费!C4：同一企业、年份、能源品种出现多次（1 2020 外购电力）；"
        "应为：只出现一次；首次在 C3"
    ]


def test_wrong_unit_of_energy(findings):
    rows = [
        {"carrier": "外购电力", "amount": 1, "unit": "kg"},
        {"carrier": "天然气", "amount": 1, "unit": "立方"},
        {"carrier": "柴油", "amount": 1, "unit": None},
    ]
    energy(rows, findings)
    assert sorted(str(problem) for problem in findings.problems) == [
        "f 能源消费!E3：计量单位“kg”与该列的量纲不同；应为：可换算为 MWh 的单位",
        "f 能源消费!E4：计量单位“立方”无法识别；最接近的是“立方米”",
        "f 能源消费!E5：缺少计量单位；应为：t",
    ]


@pytest.mark.parametrize(
    ("medium", "name", "column"),
    [
        ("废气", "二氧化硫", "so2_kg"),
        ("废气", "SO2", "so2_kg"),
        ("废气", "甲苯", "toluene_kg"),
        ("废水", "甲苯", "toluene_water_kg"),
        ("废水", "甲苯（废水）", "toluene_water_kg"),
        ("废水", "NH3-N", "nh3n_kg"),
        ("废水", "cod", "cod_kg"),
        ("废气", "VOCs (total)", "vocs_kg"),
        ("废气", "颗粒物(未分类)", "pm_kg"),
    ],
)
def test_pollutants_by_medium_and_name(findings, medium, name, column):
    row = {"medium": medium, "pollutant": name, "emitted": 2, "generated": 3}
    panel = pollutants([row | {"unit": "t"}], findings)
    assert findings.problems == []
    generated = column.replace("_kg", "_generated_kg")
    assert panel.loc[("1", 2020)].to_dict() == {column: 2000.0, generated: 3000.0}
    assert findings.cells.single == {
        ("1", 2020, column): "污染物!F3",
        ("1", 2020, generated): "污染物!E3",
    }


def test_pollutants_that_do_not_fit(findings):
    rows = [
        {"pollutant": "化学需氧量"},
        {"pollutant": "二氧化炭"},
        {"pollutant": "氯化氢", "unit": "m3"},
        {"pollutant": "氨", "emitted": -1},
        {"pollutant": None},
        {"pollutant": "苯", "medium": None},
    ]
    pollutants(rows, findings)
    assert sorted(str(problem) for problem in findings.problems) == [
        "f 污染物!C8：此格不能为空；应为：介质",
        "f 污染物!D3：“化学需氧量”不是废气污染物；应为：介质填“废水”",
        "f 污染物!D4：不认识污染物“二氧化炭”；应为：模板下拉列表中的名称；最接近的是“二氧化硫”",
        "f 污染物!D7：不认识污染物“”；应为：模板下拉列表中的名称",
        "f 污染物!F6：负值 -1；应为：不小于 0 的数",
        "f 污染物!G5：计量单位“m3”与该列的量纲不同；应为：可换算为 kg 的单位",
    ]


def test_an_empty_sheet_is_an_empty_piece(findings):
    for piece in (energy, pollutants):
        panel = piece([], findings)
        assert panel.empty
        assert panel.index.names == ["enterprise_id", "year"]
    assert findings.problems == []


def test_a_sheet_that_lacks_a_key_column_gives_nothing(findings):
    sheet = long_sheet("energy", [{"carrier": "柴油", "unit": "t"}], findings)
    columns = {k: v for k, v in sheet.columns.items() if k != "unit"}
    short = type(sheet)(sheet.raw, columns)
    assert clean_energy(short, {"1"}, findings).empty
    assert clean_pollutants(short, {"1"}, findings).empty
