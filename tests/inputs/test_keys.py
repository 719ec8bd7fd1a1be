"""Enterprise ids, years, and rows that come twice."""

import time

import pandas as pd
import pytest

from synergy_lib.inputs.keys import clean_ids, clean_keys, duplicate_problems
from synergy_lib.inputs.layout import sheet_fields
from synergy_lib.inputs.reading import RawSheet
from synergy_lib.inputs.sheets import Findings, name_columns


def sheet_of(ids, years=None):
    fields = sheet_fields("activity")
    frame = pd.DataFrame(index=range(3, 3 + len(ids)), columns=range(len(fields)))
    frame = frame.astype(object)
    frame[0] = pd.Series(ids, index=frame.index, dtype=object)
    frame[1] = years if years is not None else 2020
    headers = tuple(field.header() for field in fields)
    return name_columns(RawSheet("f", "activity", "S", headers, frame), Findings())


def test_keys_are_text_and_years(findings):
    keys = clean_keys(
        sheet_of(["0012", 34.0], [2020, "2021"]), ["0012", "34"], findings
    )
    assert keys.to_numpy().tolist() == [["0012", 2020.0], ["34", 2021.0]]
    assert findings.problems == []


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (12, "；最接近的是“0012”"),
        ("00012", "；最接近的是“0012”"),
        ("O012", "；最接近的是“0012”"),
        ("企业", ""),
    ],
)
def test_an_unknown_id_names_the_nearest(findings, typed, hint):
    known = ["0012", "0112", "0120", "0121"]
    ids = clean_ids(sheet_of([typed]), known, findings)
    assert ids.tolist() == [None]
    shown = f"企业编号“{typed}”不在“企业信息”表中{hint}"
    assert [str(problem) for problem in findings.problems] == [f"f S!A3：{shown}"]


def test_a_blank_id_is_said_to_be_blank(findings):
    clean_ids(sheet_of([None, " "]), ["1"], findings)
    assert [str(p) for p in findings.problems] == [
        "f S!A3：企业编号为空",
        "f S!A4：企业编号为空",
    ]


def test_without_the_list_of_enterprises_no_id_is_unknown(findings):
    assert clean_ids(sheet_of(["x", "y"]), None, findings).tolist() == ["x", "y"]
    assert findings.problems == []


def test_a_whole_wrong_column_is_reported_in_time(findings):
    ids = [f"A{number}" for number in range(20_000)]
    start = time.perf_counter()
    clean_ids(sheet_of(ids), [f"{n:05d}" for n in range(2000)], findings)
    assert time.perf_counter() - start < 20
    assert len(findings.problems) == 20_000


def test_duplicates_name_their_first_row():
    sheet = sheet_of(["a", "b", "a", "a"])
    keys = pd.MultiIndex.from_tuples([("a", 1.0), ("b", 1.0), ("a", 1.0), ("a", 1.0)])
    found = duplicate_problems(sheet, "year", keys, sheet.rows, "两次")
    assert [str(problem) for problem in found] == [
        "f S!B5：两次（a 1）；应为：只出现一次；首次在 B3",
        "f S!B6：两次（a 1）；应为：只出现一次；首次在 B3",
    ]
    assert duplicate_problems(sheet, "year", keys[:2], sheet.rows[:2], "两次") == []
