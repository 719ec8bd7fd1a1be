"""The input workbook: layout, text ids, no formulas, validation, fixed bytes."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from synergy_lib.errors import InputDataError
from synergy_lib.inputs.layout import sheet_fields
from synergy_lib.reporting.workbook.writer import write_workbook
from synergy_lib.schema import SHEETS, column_label, input_columns


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "模板 template.xlsx"
    write_workbook(path)
    return openpyxl.load_workbook(path)


@pytest.fixture
def small_frames():
    keys = {"enterprise_id": ["0012", "0007"], "year": [2021, 2022]}
    return {
        "enterprises": pd.DataFrame(
            {"enterprise_id": ["0012", "0007"], "enterprise_name": ["=甲", "乙"]}
        ),
        "activity": pd.DataFrame(
            {
                **keys,
                "output_value_10k_cny": [1234.5, np.nan],
                "value_added_10k_cny": [-850.0, 0.0],
            }
        ),
        "energy": pd.DataFrame(
            {
                **keys,
                "能源品种": ["外购电力", "外购热力（蒸汽）"],
                "消费量": [10.0, None],
                "计量单位": ["MWh", "t"],
                "蒸汽压力（MPa，绝压）": [np.nan, 1.0],
            }
        ),
        "process": pd.DataFrame({**keys, "has_iso14001": [1.0, "否"]}),
    }


def _rows(path, sheet):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def test_template_has_guide_then_data_sheets_in_order(template):
    assert template.sheetnames == ["说明", *SHEETS.values()]


@pytest.mark.parametrize("key", SHEETS)
def test_template_headers_chinese_then_english(template, key):
    sheet = template[SHEETS[key]]
    fields = sheet_fields(key)
    assert [c.value for c in sheet[1]] == [f.header() for f in fields]
    assert [c.value for c in sheet[2]] == [f.header("en") for f in fields]
    assert sheet.freeze_panes is not None
    assert sheet.freeze_panes.endswith("3")
    assert not sheet.auto_filter.ref
    assert sheet.max_row == 2


@pytest.mark.parametrize("key", ["activity", "resources", "process"])
def test_wide_sheet_headers_follow_the_column_contract(template, key):
    labels = [column_label(str(column)) for column in input_columns(key).index]
    header = [cell.value for cell in template[SHEETS[key]][1]]
    assert header == ["企业编号", "年份", *labels]


def test_long_sheet_headers(template):
    header = [cell.value for cell in template["能源消费"][1]]
    assert header == [
        "企业编号",
        "年份",
        "能源品种",
        "消费量",
        "计量单位",
        "蒸汽压力（MPa，绝压）",
        "备注",
    ]
    header = [cell.value for cell in template["计划措施"][1]]
    assert header[4:8] == [
        "投资额（万元）",
        "年净节约（万元）",
        "预计年减碳量（tCO2e）",
        "状态",
    ]


@pytest.mark.parametrize("key", SHEETS)
def test_every_header_has_a_comment(template, key):
    comments = [cell.comment for cell in template[SHEETS[key]][1]]
    assert all(comment is not None and comment.text for comment in comments)


def test_comment_tells_unit_and_bounds(template):
    sheet = template["固废溶剂用水"]
    texts = {cell.value: cell.comment.text for cell in sheet[1]}
    assert "单位：m3" in texts["重复用水量（m3）"]
    assert "0–1" in texts["厌氧处理比例"]


def _validation(sheet, header):
    position = [cell.value for cell in sheet[1]].index(header) + 1
    letter = openpyxl.utils.get_column_letter(position)
    for rule in sheet.data_validations.dataValidation:
        if str(rule.sqref).startswith(f"{letter}3:"):
            return rule
    return None


def test_validation_lists(template):
    carrier = _validation(template["能源消费"], "能源品种")
    assert carrier.type == "list"
    sheet, cells = carrier.formula1.split("!")
    assert sheet == "说明"
    names = [row[0].value for row in template[sheet][cells.replace("$", "")]]
    assert names == list(input_columns("energy")["label_zh"])
    status = _validation(template["计划措施"], "状态")
    assert status.formula1 == '"计划,在建,完成"'
    flag = _validation(template["工艺与管理"], "排污许可证有效")
    assert flag.formula1 == '"是,否"'
    medium = _validation(template["污染物"], "介质")
    assert medium.formula1 == '"废气,废水"'


def test_validation_numbers_and_years(template):
    year = _validation(template["年度经营"], "年份")
    assert (year.type, year.formula1, year.formula2) == ("whole", "1990", "2100")
    share = _validation(template["固废溶剂用水"], "厌氧处理比例")
    assert share.type == "decimal"
    assert (float(share.formula1), float(share.formula2)) == (0.0, 1.0)
    added = _validation(template["年度经营"], "工业增加值（万元）")
    assert float(added.formula1) < -1e9


def test_validation_covers_2000_rows(template):
    rule = _validation(template["能源消费"], "消费量")
    assert str(rule.sqref).endswith("2002")


def test_ids_columns_are_text(template):
    sheet = template["年度经营"]
    assert sheet.column_dimensions["A"].width > 5
    style = openpyxl.styles.numbers.FORMAT_TEXT
    assert sheet.parent["企业信息"].column_dimensions["A"].number_format == style


def test_filled_ids_keep_leading_zeros(small_frames, tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", small_frames)
    for sheet in ("企业信息", "年度经营", "能源消费"):
        assert [row[0] for row in _rows(path, sheet)[2:]] == ["0012", "0007"]


def test_filled_values_survive(small_frames, tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", small_frames)
    rows = _rows(path, "年度经营")
    assert rows[2][1:4] == [2021, 1234.5, -850]
    # Missing stays blank; a zero stays a zero.
    assert rows[3][2:4] == ["", 0]
    rows = _rows(path, "能源消费")
    assert rows[2][2:6] == ["外购电力", 10, "MWh", ""]
    assert rows[3][2:6] == ["外购热力（蒸汽）", "", "t", 1]
    header = _rows(path, "工艺与管理")[0]
    position = header.index("ISO 14001 认证")
    assert [row[position] for row in _rows(path, "工艺与管理")[2:]] == ["是", "否"]


def test_no_cell_is_a_formula(small_frames, tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", small_frames)
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert book["企业信息"]["B3"].value == "=甲"


def test_same_content_gives_same_bytes(small_frames, tmp_path):
    first = write_workbook(tmp_path / "a.xlsx", small_frames)
    second = write_workbook(tmp_path / "b.xlsx", small_frames)
    assert first.read_bytes() == second.read_bytes()


def test_no_temporary_file_is_left(small_frames, tmp_path):
    write_workbook(tmp_path / "a.xlsx", small_frames)
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_guide_and_headers_in_either_language(tmp_path, language):
    path = write_workbook(tmp_path / "a.xlsx", language=language)
    text = " ".join(str(cell) for row in _rows(path, "说明") for cell in row)
    word = {"zh": "留空＝未知", "en": "Blank = unknown"}[language]
    assert word in text
    assert "虚构" not in text
    assert _rows(path, "年度经营")[0][0] == "企业编号"


def test_demo_mark_stands_on_the_guide(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", demo=True)
    text = " ".join(str(cell) for row in _rows(path, "说明") for cell in row)
    assert "演示数据（虚构）" in text
    assert "invented" in text
    sheet = openpyxl.load_workbook(path)["年度经营"]
    assert "虚构" in sheet.oddHeader.center.text


def test_every_problem_is_reported_and_nothing_written(tmp_path):
    frames = {
        "activiti": pd.DataFrame(),
        "activity": pd.DataFrame(
            {"enterprise_id": [12], "year": [2021], "land_m2": [1.0]}
        ),
        "resources": pd.DataFrame({"wastewater_m3": [np.inf], "cod_in_mg_l": ["高"]}),
    }
    path = tmp_path / "a.xlsx"
    with pytest.raises(InputDataError) as raised:
        write_workbook(path, frames)
    text = str(raised.value)
    assert len(raised.value.problems) == 5
    assert "activiti" in text
    assert "land_mu" in text
    assert "wastewater_m3" in text
    assert not path.exists()


def test_long_frames_get_more_validated_rows(tmp_path):
    count = 3000
    frame = pd.DataFrame({"enterprise_id": ["0001"] * count, "year": [2021] * count})
    path = write_workbook(tmp_path / "a.xlsx", {"pollutants": frame})
    sheet = openpyxl.load_workbook(path)["污染物"]
    rule = _validation(sheet, "排放量")
    assert int(str(rule.sqref).split(":")[1].strip("F")) > count + 2


def test_an_old_file_is_replaced_as_a_whole(small_frames, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("old")
    assert write_workbook(path, small_frames) == Path(path)
    assert path.read_bytes()[:2] == b"PK"
