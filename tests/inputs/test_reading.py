"""Files as they stand: sheets with their row numbers, CSV with its lines."""

import hashlib

import pytest
import xlsxwriter

from synergy_lib.errors import InputDataError
from synergy_lib.inputs.cell_faults import NOT_CALCULATED, find_cell_faults
from synergy_lib.inputs.reading import (
    column_letter,
    file_sha256,
    read_table,
    read_workbook,
)
from synergy_lib.schema import SHEETS


@pytest.mark.parametrize(
    ("position", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letter(position, letter):
    assert column_letter(position) == letter


def test_file_sha256(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert file_sha256(path) == hashlib.sha256(b"abc").hexdigest()


def test_rows_keep_their_numbers_and_text_ids(workbook):
    sheets = read_workbook(workbook())
    assert list(sheets) == list(SHEETS)
    energy = sheets["energy"]
    assert energy.headers[:3] == ("企业编号", "年份", "能源品种")
    assert energy.frame.index[0] == 3
    assert energy.frame.iloc[0, 0] == "0012"
    assert energy.where(3, 17) == "park.xlsx 能源消费!D17"
    assert all(sheet.problems == () for sheet in sheets.values())


def test_empty_and_blank_rows_are_left_out(workbook):
    def edit(book):
        book["年度经营"]["A20"] = "  "
        book["年度经营"]["A21"] = "0012"

    frame = read_workbook(workbook(edit))["activity"].frame
    assert list(frame.index) == [*range(3, 12), 21]


def test_without_the_english_row_data_start_in_row_2(workbook):
    frame = read_workbook(workbook(lambda book: book["年度经营"].delete_rows(2)))
    assert frame["activity"].frame.index[0] == 2


def test_only_the_english_row_will_do(workbook):
    sheets = read_workbook(workbook(lambda book: book["年度经营"].delete_rows(1)))
    activity = sheets["activity"]
    assert activity.headers[0] == "Enterprise id"
    assert activity.frame.index[0] == 2


def test_columns_may_stand_in_any_order(workbook):
    def edit(book):
        rows = book["年度经营"]
        rows.move_range("A1:A11", cols=30)

    sheet = read_workbook(workbook(edit))["activity"]
    assert sheet.headers[30] == "企业编号"
    assert sheet.frame.index[0] == 3


def test_an_empty_sheet_says_so(workbook):
    def edit(book):
        name = "园区监测"
        position = book.sheetnames.index(name)
        del book[name]
        book.create_sheet(name, position)

    sheet = read_workbook(workbook(edit))["monitoring"]
    assert [str(p) for p in sheet.problems] == [
        "park.xlsx 园区监测!A1：没有表头；应为：第一行为列名"
    ]


def test_a_header_nobody_knows_is_read_from_the_first_filled_row(workbook):
    def edit(book):
        for cell in book["园区监测"][1]:
            cell.value = f"x{cell.column}"
        book["园区监测"].delete_rows(2)

    assert read_workbook(workbook(edit))["monitoring"].headers[0] == "x1"


def test_faulty_cells_of_excel_files(tmp_path):
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_formula("A1", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B2", "=1+1", None, 2)
        sheet.write_formula("C3", "=1+1", None, "")
        sheet.write_string("D4", "#N/A")
        sheet.write_string("E5", '<c r="E5" t="e"><v>#N/A</v></c>')
        book.add_worksheet("T").write_formula("A1", "=1/0", None, "#DIV/0!")
    assert find_cell_faults(path, frozenset({"S"})) == {
        "S": {(1, "A"): "#DIV/0!", (3, "C"): NOT_CALCULATED}
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_read_table_in_the_encodings_of_the_country(tmp_path, encoding):
    path = tmp_path / "a.csv"
    text = '编号,名称\n0012,"甲，\n乙"\n\n0034,龘\n'
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert list(table.columns) == ["编号", "名称"]
    assert table.to_dict("index") == {
        2: {"编号": "0012", "名称": "甲，\n乙"},
        5: {"编号": "0034", "名称": "龘"},
    }


def test_read_table_pads_short_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,c\n1\n1,2,3,\n", encoding="utf-8")
    assert read_table(path).to_numpy().tolist() == [["1", "", ""], ["1", "2", "3"]]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "a.csv 第 1 行：没有表头"),
        (b"a,a,\n1,2,3\n", "第 2 列：表头“a”重复或为空\na.csv 第 1 行第 3 列"),
        (b"a,b\n1,2,3\n\n4,5,6\n", "第 2 行：有 3 列；应为：2 列\na.csv 第 4 行"),
        (b"\xff\xfe\x00\xd8", "文字编码无法识别"),
        (b"PK\x03\x04..", "是 Excel 文件"),
        (b'a\n"' + b"x" * 200_000 + b'"\n', "不是可读取的 CSV"),
    ],
)
def test_read_table_refuses(tmp_path, content, text):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputDataError) as caught:
        read_table(path)
    assert text in str(caught.value)


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "park_2024.xlsx").touch()
    with pytest.raises(InputDataError, match=r"最接近的是“park_2024\.xlsx”"):
        read_workbook(tmp_path / "park_2023.xlsx")
    with pytest.raises(InputDataError, match="或用 --data 指出它的位置"):
        read_table(tmp_path / "nothing" / "zzz")
