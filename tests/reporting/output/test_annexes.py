import io
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from synergy_lib.reporting.output.annexes import annex_workbooks, workbook_bytes
from synergy_lib.schema import PANEL_INDEX

NAMES = {
    "zh": [
        "企业得分与排名",
        "能源碳排放与污染物账",
        "技术潜力与计划项目",
        "变化原因与目标",
        "三张清单",
        "数据问题",
        "因子与来源",
    ],
    "en": [
        "scores_and_ranks",
        "accounts",
        "measures",
        "changes_and_targets",
        "three_lists",
        "data_problems",
        "factors",
    ],
}


def sheet(content, name="t"):
    return openpyxl.load_workbook(io.BytesIO(content))[name]


def cells(content, name="t"):
    return [[cell.value for cell in row] for row in sheet(content, name).iter_rows()]


@pytest.fixture
def panel():
    index = pd.MultiIndex.from_tuples(
        [("0007", 2023), ("0007", 2024)], names=PANEL_INDEX
    )
    return pd.DataFrame(
        {"co2e_t": [np.nan, 2080.5], "main_product_t": [1, 0]}, index=index
    )


def test_text_stays_text_and_numbers_stay_numbers():
    frame = pd.DataFrame(
        {"id": ["0012", "1e5"], "co2e_t": [1.5, 0.0], "flag": [True, False]}
    )
    first, *rows = sheet(workbook_bytes({"t": frame}, "zh")).iter_rows()
    assert [cell.value for cell in first] == ["id", "碳排放总量（tCO2e）", "flag"]
    assert [[cell.value for cell in row] for row in rows] == [
        ["0012", 1.5, True],
        ["1e5", 0, False],
    ]
    assert [cell.data_type for cell in rows[0]] == ["s", "n", "b"]


def test_labels_are_in_the_language_of_the_run():
    content = workbook_bytes({"t": pd.DataFrame({"so2_kg": [1.0]})}, "en")
    assert cells(content)[0] == ["SO2 emitted (kg)"]


def test_missing_is_an_empty_cell_and_never_zero():
    frame = pd.DataFrame(
        {
            "a": [np.nan, 1.0],
            "b": pd.array([None, 2024], dtype="Int64"),
            "c": [None, "x"],
            "d": [pd.NA, "0"],
        }
    )
    rows = cells(workbook_bytes({"t": frame}, "zh"))
    assert rows[1:] == [[None] * 4, [1, 2024, "x", "0"]]


def test_hostile_text_never_becomes_a_formula_or_a_link(hostile):
    names = [*hostile, "+1+1", "@SUM(A1)", "http://x.y", "{=1+1}", "-2"]
    page = sheet(workbook_bytes({"t": pd.DataFrame({"enterprise_name": names})}, "zh"))
    for cell, name in zip(page["A"][1:], names, strict=True):
        assert cell.value == name
        assert cell.data_type == "s"
        assert cell.hyperlink is None


def test_equal_frames_give_equal_bytes():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})
    assert workbook_bytes({"t": frame}, "zh") == workbook_bytes({"t": frame}, "zh")


def test_an_empty_frame_is_an_empty_sheet():
    assert cells(workbook_bytes({"t": pd.DataFrame()}, "zh")) == []
    headed = workbook_bytes({"t": pd.DataFrame({"a": []})}, "zh")
    assert cells(headed) == [["a"]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_annexes_are_six_workbooks_named_in_the_language(make_park, panel, language):
    books = annex_workbooks(make_park(language), panel)
    assert list(books) == [f"{name}.xlsx" for name in NAMES[language]]


def test_annexes_keep_ids_as_text_and_every_row(make_park, panel):
    books = annex_workbooks(make_park(), panel)
    scores = cells(books["企业得分与排名.xlsx"], "scores")
    assert [row[0] for row in scores] == ["企业编号", "0007", "0008", "0009"]
    accounts = cells(books["能源碳排放与污染物账.xlsx"], "accounts")
    assert accounts[1:] == [["0007", 2023, None, 1], ["0007", 2024, 2080.5, 0]]
    issues = cells(books["数据问题.xlsx"], "issues")
    assert len(issues) == 6
    assert issues[2][5] == "约5"
    assert issues[5][2] is None


def test_a_hostile_enterprise_name_stays_text_in_every_annex(make_park, panel, hostile):
    park = make_park()
    name = " ".join(reversed(hostile))
    park = replace(
        park,
        **{
            part: getattr(park, part).assign(enterprise_name="=" + name)
            for part in ("enterprises", "projects", "lists")
        },
    )
    seen = 0
    for content in annex_workbooks(park, panel).values():
        for page in openpyxl.load_workbook(io.BytesIO(content)):
            for cell in (cell for row in page.iter_rows() for cell in row):
                assert cell.data_type != "f"
                seen += cell.value == "=" + name
    assert seen == 3 + 2 + 4


def test_demo_annexes_are_the_same_twice(demo_analysis, parks_by_language):
    panel = demo_analysis.panel.join(demo_analysis.accounts).head(30)
    first = annex_workbooks(parks_by_language["zh"], panel)
    assert first == annex_workbooks(parks_by_language["zh"], panel)
    lists = cells(first["三张清单.xlsx"], "lists")
    assert len(lists) == len(parks_by_language["zh"].lists) + 1
