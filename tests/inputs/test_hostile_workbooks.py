"""Workbooks as people and programs really spoil them, through the command line."""

import datetime
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synergy_lib import cli
from synergy_lib.reporting.workbook.writer import write_workbook

RUN = """\
park_id: p
park_name_zh: 园区
park_name_en: Park
report_year: 2023
base_year: 2021
first_year: 2021
data_source: test
input:
  path: data/park.xlsx
scheme: taizhou_six_dimensions
"""


@pytest.fixture
def project(tmp_path):
    """Return a project folder with parameters and an old report."""
    parks = tmp_path / "parameters" / "parks"
    parks.mkdir(parents=True)
    (parks / "p.yml").write_text(RUN, encoding="utf-8")
    old = tmp_path / "reports" / "p" / "2023" / "index.html"
    old.parent.mkdir(parents=True)
    old.write_text("last good report", encoding="utf-8")
    return tmp_path


@pytest.fixture
def refused(project, capsys, monkeypatch):
    """Return a function that runs a command and gives its lines of problems.

    Asserts that it ended with 2 and that the output folder is as it was.
    """

    def call(command="run"):
        monkeypatch.setattr(
            sys,
            "argv",
            ["synergy", command, str(project / "parameters" / "parks" / "p.yml")],
        )
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        lines = captured.err.splitlines()
        assert end.value.code == 2, captured
        assert "Traceback" not in captured.err
        assert lines[-1] == f"共 {len(lines) - 1} 个问题；没有生成任何文件。"
        assert captured.out == ""
        kept = [item for item in (project / "reports").rglob("*") if item.is_file()]
        assert [item.read_text(encoding="utf-8") for item in kept] == [
            "last good report"
        ]
        return lines[:-1]

    return call


def put(book, sheet, cell, value):
    book[sheet][cell] = value


def error_cell(book, sheet, cell, value):
    book[sheet][cell].value = value
    book[sheet][cell].data_type = "e"


# sheet, cell, value → what the line on that cell says
CELLS = [
    ("能源消费", "A3", 12, "企业编号“12”不在“企业信息”表中；最接近的是“0012”"),
    (
        "能源消费",
        "C3",
        "天然汽",
        "不认识能源品种“天然汽”；应为：模板下拉列表中的名称；最接近的是“天然气”",
    ),
    ("能源消费", "C3", None, "不认识能源品种“”"),
    ("能源消费", "E3", "kg", "计量单位“kg”与该列的量纲不同；应为：可换算为 MWh 的单位"),
    ("能源消费", "E3", "MW", "计量单位“MW”无法识别；最接近的是“MWh”"),
    ("能源消费", "E3", None, "缺少计量单位；应为：MWh"),
    ("能源消费", "D3", -5, "负值 -5；应为：不小于 0 的数"),
    ("能源消费", "D3", "inf", "“inf”不是数值；应为：数值，缺失请留空"),
    ("能源消费", "D3", "NaN", "“NaN”不是数值"),
    ("能源消费", "D3", "约100", "“约100”不是数值"),
    ("能源消费", "D3", "12,34", "“12,34”不是数值"),
    ("能源消费", "D3", True, "“TRUE”是逻辑值，不是数值"),
    ("能源消费", "D3", datetime.date(2024, 5, 1), "“2024-05-01”是日期或时间，不是数值"),
    ("能源消费", "D3", "=1+1", "单元格是“公式没有计算结果”"),
    ("能源消费", "B3", 20244, "年份“20244”无效；应为：1990–2100 的四位年份"),
    ("能源消费", "B3", 2024.5, "年份“2024.5”无效"),
    ("能源消费", "B3", "2024年", "年份“2024年”无效"),
    ("能源消费", "B3", None, "年份“”无效"),
    ("能源消费", "A3", None, "企业编号为空"),
    ("能源消费", "F3", 9.8, "9.8 超出范围；应为：0.2–4"),
    (
        "污染物",
        "D3",
        "二氧化流",
        "不认识污染物“二氧化流”；应为：模板下拉列表中的名称；最接近的是“二氧化硫”",
    ),
    ("污染物", "D3", "化学需氧量", "“化学需氧量”不是废气污染物；应为：介质填“废水”"),
    ("污染物", "C3", "固废", "“固废”不在可选项中；应为：废气、废水"),
    ("污染物", "C3", None, "此格不能为空；应为：介质"),
    ("污染物", "G3", "MWh", "计量单位“MWh”与该列的量纲不同；应为：可换算为 kg 的单位"),
    ("企业信息", "A4", "0012", "企业编号“0012”重复；应为：只出现一次；首次在 A3"),
    ("企业信息", "A3", "..", "“..”没有字母、数字或汉字"),
    ("企业信息", "A3", "9" * 500, "有 500 个字符；应为：不超过 64 个字符"),
    ("企业信息", "B3", None, "此格不能为空；应为：企业名称"),
    ("企业信息", "B3", "甲" * 300, "有 300 个字符；应为：不超过 200 个字符"),
    (
        "企业信息",
        "E3",
        "重点",
        "“重点”不在可选项中；应为：重点管理、简化管理、登记管理；最接近的是“重点管理”",
    ),
    ("固废溶剂用水", "R3", 1.5, "1.5 超出范围；应为：0–1"),
    ("计划措施", "D3", 2024.5, "年份“2024.5”无效"),
    (
        "计划措施",
        "H3",
        "计画",
        "“计画”不在可选项中；应为：计划、在建、完成；最接近的是“计划”",
    ),
    ("计划措施", "A3", "0099", "企业编号“0099”不在“企业信息”表中"),
    ("园区监测", "D3", -1, "负值 -1"),
    ("园区监测", "C3", None, "此格不能为空；应为：指标"),
]


@pytest.mark.parametrize(("sheet", "cell", "value", "text"), CELLS)
def test_a_wrong_cell_is_named(workbook, refused, sheet, cell, value, text):
    workbook(partial(put, sheet=sheet, cell=cell, value=value))
    lines = refused("check")
    assert any(f"park.xlsx {sheet}!{cell}：" in line and text in line for line in lines)


@pytest.mark.parametrize("shown", ["#DIV/0!", "#NUM!", "#N/A", "#VALUE!", "#REF!"])
def test_an_excel_error_is_not_taken_for_a_blank(workbook, refused, shown):
    workbook(partial(error_cell, sheet="年度经营", cell="C4", value=shown))
    assert refused() == [f"park.xlsx 年度经营!C4：单元格是“{shown}”；应为：数值或文字"]


def test_all_problems_of_all_sheets_come_together(workbook, refused):
    def spoil(book):
        put(book, "年度经营", "C3", "abc")
        put(book, "能源消费", "C4", "煤矸石")
        put(book, "污染物", "G5", "斤")
        error_cell(book, "固废溶剂用水", "C3", "#N/A")
        put(book, "工艺与管理", "C1", "生产装置总数量量（套）")
        put(book, "计划措施", "A3", "x")
        del book["园区监测"]

    workbook(spoil)
    lines = refused()
    for place in ("年度经营!C3", "能源消费!C4", "污染物!G5", "固废溶剂用水!C3"):
        assert sum(place in line for line in lines) == 1
    assert any("工艺与管理!C1：不认识列" in line for line in lines)
    assert any("计划措施!A3" in line for line in lines)
    assert any("工作表“园区监测”：缺少这个工作表" in line for line in lines)
    # the header that is not known is also missing, with its right name
    assert len(lines) == 8


def test_headers_renamed_doubled_blank(workbook, refused):
    def spoil(book):
        put(book, "年度经营", "C1", "工业总产直（万元）")
        put(book, "年度经营", "E1", "工业增加值（万元）")
        put(book, "年度经营", "F1", None)
        put(book, "年度经营", "F3", 5)
        put(book, "年度经营", "D1", "工业增加值（吨）")

    workbook(spoil)
    lines = refused("check")
    assert (
        "park.xlsx 年度经营!C1：不认识列“工业总产直（万元）”；最接近的是“工业总产值（万元）”"
        in lines
    )
    assert any("年度经营!D1：计量单位“吨”与该列的量纲不同" in line for line in lines)
    assert any(
        "年度经营!E1：列“工业增加值（万元）”与前面的列" in line for line in lines
    )
    assert any("年度经营!F1：表头为空，但第" in line for line in lines)
    assert "park.xlsx 年度经营：缺少列“增加值平减指数”；应为：模板中的列" in lines


def test_duplicate_rows_name_the_first(workbook, refused):
    def spoil(book):
        for sheet in ("年度经营", "能源消费", "污染物"):
            rows = book[sheet]
            for cell in rows[3]:
                rows.cell(row=4, column=cell.column).value = cell.value

    workbook(spoil)
    lines = refused("check")
    assert any(
        "年度经营!B4：同一企业同一年份出现多次（0012 2021）；应为：只出现一次；首次在 B3"
        in line
        for line in lines
    )
    assert any(
        "能源消费!C4" in line and "（0012 2021 外购电力）" in line for line in lines
    )
    assert any(
        "污染物!D4" in line and "（0012 2021 二氧化硫）" in line for line in lines
    )
    assert len(lines) == 3


def test_missing_sheets_are_all_named(workbook, refused):
    def spoil(book):
        del book["能源消费"]
        book["污染物"].title = "污染物排放"

    workbook(spoil)
    lines = refused()
    assert len(lines) == 2
    assert "能源消费" in lines[0]
    assert "最接近的是“污染物排放”" in lines[1]


def test_no_data_at_all(project, refused):
    write_workbook(project / "data" / "park.xlsx")
    assert refused() == ["park.xlsx 企业信息!A3：没有任何企业"]


def test_no_data_in_the_report_year_on_check(workbook, refused, frames):
    for name in ("activity", "energy", "pollutants", "resources", "process"):
        frames[name] = frames[name][frames[name]["year"] < 2023]
    workbook()
    assert refused("check") == [
        "park.xlsx：没有报告年 2023 的数据；应为：数据中的年份：2021、2022"
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "没有这个文件"),
        ("folder", "是一个文件夹"),
        (b"", "文件是空的（0 字节）"),
        (b"a,b\n1,2\n", "不是 .xlsx 文件（开头是“a,b 1,2”）"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512),
            "是旧版 Excel（.xls）或加密的文件",
        ),
        (b"PK\x03\x04 broken", "不是 Excel 工作簿，或文件已损坏"),
    ],
)
def test_files_that_are_no_workbook(project, refused, content, text):
    path = project / "data" / "park.xlsx"
    path.parent.mkdir()
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    (line,) = refused()
    assert text in line
    assert "park.xlsx" in line


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_a_workbook_cut_short(workbook, refused, kept):
    path = workbook()
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert refused() == [
        "park.xlsx：不是 Excel 工作簿，或文件已损坏；应为：.xlsx 工作簿；"
        "请在 Excel 或 WPS 中另存为 .xlsx"
    ]


def test_a_workbook_with_a_damaged_sheet(workbook, refused):
    path = workbook()
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet4.xml")
    content = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename) + 40
    content[start : start + 20] = bytes(20)
    path.write_bytes(bytes(content))
    (line,) = refused()
    assert "文件已损坏" in line


HARMLESS = [
    '=HYPERLINK("http://example.org","x")',
    "<script>alert(1)</script>",
    "#set text(red) *粗* _斜_ $x$ `code` \\ @ref",
    "**md** [a](b) | c",
    "{{ jinja }} %s {0}",
    "../../etc/passwd",
]


@pytest.mark.parametrize("name", HARMLESS)
def test_text_passes_through_as_plain_text(read, frames, name):
    frames["enterprises"].loc[0, "enterprise_name"] = name
    assert read().enterprises.loc["0012", "enterprise_name"] == name


@pytest.mark.parametrize("firm", ["DK.CAED/01", "../0012", "甲-1", "a b", "=1+1"])
def test_unusual_ids_pass_through(read, frames, firm):
    for name in ("enterprises", "activity", "energy", "pollutants"):
        frames[name] = frames[name].replace({"enterprise_id": {"0012": firm}})
    for name in ("resources", "process", "measures"):
        frames[name] = frames[name].replace({"enterprise_id": {"0012": firm}})
    assert firm in read().panel.index.get_level_values("enterprise_id")


def test_what_cannot_be_seen_does_not_count(read):
    data = read(partial(put, sheet="能源消费", cell="A3", value="\u200b 0012\ufeff\n"))
    assert data.panel.loc[("0012", 2021), "electricity_grid_mwh"] == 100.0


@pytest.mark.parametrize("typed", ["1,234.5", "１２３４．５", " 1 234.5 ", "1.2345e3"])
def test_numbers_as_text_are_understood(read, typed):
    data = read(partial(put, sheet="能源消费", cell="D3", value=typed))
    assert data.panel.loc[("0012", 2021), "electricity_grid_mwh"] == 1234.5


def test_title_and_empty_rows_above_the_header(read, problems):
    def shift(book, value=None):
        for sheet in ("年度经营", "能源消费"):
            rows = book[sheet]
            rows.insert_rows(1, 2)
            rows["A1"] = "某园区数据填报表"
            rows.merge_cells("A1:D1")
        if value is not None:
            book["能源消费"]["D5"] = value

    plain, shifted = read(), read(shift)
    pd.testing.assert_frame_equal(plain.panel, shifted.panel)
    assert problems(partial(shift, value="x"))[0].startswith("park.xlsx 能源消费!D5：")


def test_numeric_ids_that_agree_everywhere_are_fine(read, frames):
    def renumber(book):
        for sheet in book.worksheets[1:-1]:
            for (cell,) in sheet.iter_rows(min_row=3, max_col=1):
                if cell.value:
                    cell.value = int(cell.value)

    data = read(renumber)
    assert list(data.enterprises.index) == ["12", "34", "56"]


def test_an_unforeseen_error_is_one_line(monkeypatch, capsys, tmp_path, project):
    def fail(*_args, **_options):
        raise ZeroDivisionError("boom\nboom")

    monkeypatch.setattr("synergy_lib.inputs.read_park", fail)
    monkeypatch.setattr("platformdirs.user_log_path", lambda _: tmp_path / "log")
    run = str(project / "parameters" / "parks" / "p.yml")
    monkeypatch.setattr(sys, "argv", ["synergy", "check", run])
    with pytest.raises(SystemExit) as end:
        cli.main()
    lines = capsys.readouterr().err.splitlines()
    assert end.value.code == 1
    assert len(lines) == 1
    assert lines[0].startswith("没有预料到的错误：ZeroDivisionError: boom boom")
    log = (tmp_path / "log" / "synergy.log").read_text(encoding="utf-8")
    assert "Traceback" in log


def test_the_real_command(workbook, project):
    workbook(partial(put, sheet="能源消费", cell="C3", value="天然汽"))
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from synergy_lib.cli import main; main()",
            "run",
            str(project / "parameters" / "parks" / "p.yml"),
        ],
        capture_output=True,
        check=False,
        env={"PATH": "", "PYTHONIOENCODING": "ascii:strict", "HOME": str(project)},
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.returncode == 2
    lines = done.stderr.decode("ascii").splitlines()
    assert len(lines) == 2
    assert "!C3" in lines[0]
    assert "\\u5929\\u7136\\u6c14" in lines[0]


def test_a_long_sheet_of_100_000_rows_is_read_in_time(read, frames):
    firms = [f"{number:05d}" for number in range(2000)]
    keys = pd.MultiIndex.from_product([firms, range(2014, 2024)]).to_frame(index=False)
    keys.columns = ["enterprise_id", "year"]
    frames["enterprises"] = pd.DataFrame(
        {"enterprise_id": firms, "enterprise_name": firms}
    )
    frames["measures"] = frames["measures"].iloc[:0]
    for name in ("activity", "pollutants", "resources", "process"):
        frames[name] = frames[name].iloc[:0]
    carriers = ("外购电力", "天然气", "柴油", "汽油", "烟煤")
    frames["energy"] = pd.concat(
        keys.assign(carrier=carrier, amount=1.0, unit=unit)
        for carrier, unit in zip(carriers, ("MWh", "m3", "t", "t", "万t"), strict=True)
    )
    start = time.perf_counter()
    data = read()
    assert time.perf_counter() - start < 60
    assert data.panel.shape == (20_000, 5)
    assert np.isclose(data.panel["natural_gas_10k_nm3"].sum(), 20_000 * 1e-4)
