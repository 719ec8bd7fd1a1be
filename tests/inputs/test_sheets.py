"""Headers matched to the layout, columns converted, problems collected."""

import pandas as pd
import pytest

from synergy_lib.inputs.layout import sheet_fields
from synergy_lib.inputs.reading import RawSheet
from synergy_lib.inputs.sheets import convert, name_columns
from synergy_lib.schema import SHEETS


def raw_sheet(key, table):
    """Return a raw sheet from header → values; data start in row 3."""
    columns = list(table.values())
    frame = pd.DataFrame(
        dict(enumerate(columns)), index=range(3, 3 + len(columns[0])), dtype=object
    )
    return RawSheet("f.xlsx", key, SHEETS[key], tuple(table), frame)


def full(key, **typed):
    """Return a raw sheet with all columns of the layout, one row, some typed."""
    table = {f.header(): [typed.pop(f.key, None)] for f in sheet_fields(key)}
    return raw_sheet(key, table | {name: [value] for name, value in typed.items()})


@pytest.mark.parametrize("key", SHEETS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_writer_writes_the_reader_knows(key, language, findings):
    headers = [field.header(language) for field in sheet_fields(key)]
    sheet = name_columns(raw_sheet(key, {h: [None] for h in headers}), findings)
    assert list(sheet.columns) == [field.key for field in sheet_fields(key)]
    assert findings.problems == []
    assert all(c.unit == c.field.unit for c in sheet.columns.values())


@pytest.mark.parametrize(
    "header",
    [
        "工业总产值",
        "工业总产值（万元）",
        "工业总产值(万元)",
        " 工业总产值\n（ 万元 ）",
        "Output value",
        "OUTPUT VALUE (万元)",
        "output_value_10k_cny",
        "工业总产值（）",
    ],
)
def test_a_header_may_be_written_in_many_ways(header, findings):
    keys = {f.header(): [None] for f in sheet_fields("activity")}
    del keys["工业总产值（万元）"]
    sheet = name_columns(raw_sheet("activity", keys | {header: [5]}), findings)
    assert findings.problems == []
    assert convert(sheet, "output_value_10k_cny", findings).tolist() == [5.0]
    assert findings.notes == []


def test_another_unit_in_the_header_converts_and_says_so(findings):
    keys = {f.header(): [None] for f in sheet_fields("activity")}
    del keys["工业总产值（万元）"]
    raw = raw_sheet("activity", keys | {"工业总产值（亿元）": [0.5]})
    sheet = name_columns(raw, findings)
    assert convert(sheet, "output_value_10k_cny", findings).tolist() == [5000.0]
    assert findings.notes == [
        "“年度经营”的“工业总产值（亿元）”按 1 亿元 = 10000 万元 换算。"
    ]


def test_bounds_hold_in_the_unit_of_the_contract(findings):
    keys = {f.header(): [None] * 2 for f in sheet_fields("resources")}
    del keys["厌氧处理比例"]
    raw = raw_sheet("resources", keys | {"厌氧处理比例（%）": [80, 120]})
    values = convert(name_columns(raw, findings), "anaerobic_share", findings)
    assert values[3] == pytest.approx(0.8)
    (problem,) = findings.problems
    assert "120（换算后 1.2） 超出范围；应为：0–1" in str(problem)


def test_headers_that_do_not_fit(findings):
    table = {f.header(): [None] for f in sheet_fields("energy") if f.key != "carrier"}
    table |= {"能源种类": [None], "Amount": [None], "能耗": [None], "": [7]}
    name_columns(raw_sheet("energy", table), findings)
    assert [str(problem) for problem in findings.problems] == [
        "f.xlsx 能源消费!G1：不认识列“能源种类”；最接近的是“能源品种”",
        "f.xlsx 能源消费!H1：列“Amount”与前面的列“消费量”重复",
        "f.xlsx 能源消费!I1：不认识列“能耗”",
        "f.xlsx 能源消费!J1：表头为空，但第 3 行有内容；应为：列名，或清空这一列",
        "f.xlsx 能源消费：缺少列“能源品种”；应为：模板中的列",
    ]


def test_notes_and_empty_columns_do_no_harm(findings):
    raw = full("activity")
    headers = (*raw.headers, "备注", "")
    frame = raw.frame.assign(**{"98": "x", "99": None})
    frame.columns = range(len(headers))
    name_columns(RawSheet("f", "activity", "年度经营", headers, frame), findings)
    assert findings.problems == []


def test_note_and_pressure_may_be_absent(findings):
    table = {
        f.header(): [None]
        for f in sheet_fields("energy")
        if f.key not in ("note", "steam_pressure_mpa")
    }
    name_columns(raw_sheet("energy", table), findings)
    assert findings.problems == []


def test_required_cells_may_not_be_blank(findings):
    sheet = name_columns(full("measures", measure_name="-", status="—"), findings)
    convert(sheet, "measure_name", findings)
    convert(sheet, "status", findings)
    convert(sheet, "planned_year", findings)
    assert [str(problem) for problem in findings.problems] == [
        "f.xlsx 计划措施!H3：此格不能为空；应为：状态",
        "f.xlsx 计划措施!D3：年份“”无效；应为：1990–2100 的四位年份",
    ]


def test_a_wrong_value_is_reported_once(findings):
    sheet = name_columns(full("measures", status="x"), findings)
    convert(sheet, "status", findings)
    assert len(findings.problems) == 1
