"""Cells turned into numbers, years, flags, choices and text."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.inputs.values import (
    MISSING_TOKENS,
    is_blank,
    normalised,
    parse_number,
    to_choice,
    to_flag,
    to_number,
    to_text,
    to_year,
)


def where(row):
    return f"f.xlsx S!A{row}"


def cells(*values):
    return pd.Series(values, index=range(3, 3 + len(values)), dtype=object)


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite)
def test_parse_number_round_trip(number):
    assert parse_number(number) == number
    assert parse_number(repr(number)) == number
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in repr(number))
    assert parse_number(f"\u3000{wide} ") == number


@given(st.integers(-(10**12), 10**12))
def test_parse_number_thousands_round_trip(number):
    assert parse_number(f"{number:,}") == number
    assert parse_number(f"{number:,}".replace(",", "，")) == number
    assert parse_number(f"{number:,}".replace(",", " ")) == number


@given(st.text())
def test_parse_number_never_raises_nor_is_infinite(text):
    number = parse_number(text)
    assert number is None or not np.isinf(number)


@pytest.mark.parametrize("token", sorted(MISSING_TOKENS))
def test_missing_tokens_are_blank_and_never_zero(token):
    assert is_blank(token)
    assert is_blank(f" {token.upper()} ")
    assert np.isnan(parse_number(token))


@pytest.mark.parametrize("cell", [0, 0.0, "0", "0.00", "０", "-0"])
def test_zero_is_a_number(cell):
    assert parse_number(cell) == 0.0
    assert not is_blank(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *("12,34", "1,2345", "1.234,5", "1 2", "1_000", "0x10", "10²", "①", "5%"),
        *("1e999", "inf", "nan", "NaN", "无", "1..2", "--5", "1e", "12kg", "½"),
        *(True, False, np.True_, float("inf"), datetime.date(2024, 1, 1), 1j, [1]),
    ],
)
def test_parse_number_refuses(cell):
    assert parse_number(cell) is None


def test_to_number_bounds_hold_after_conversion():
    values, problems = to_number(cells(80, 120, None), where, 0, 1, factor=0.01)
    assert values.tolist()[0] == pytest.approx(0.8)
    assert values.isna().tolist() == [False, True, True]
    assert [str(problem) for problem in problems] == [
        "f.xlsx S!A4：120（换算后 1.2） 超出范围；应为：0–1"
    ]


def test_to_number_takes_a_factor_a_row():
    factor = pd.Series([1.0, 1000.0], index=[3, 4])
    values, problems = to_number(cells(2, 2), where, factor=factor)
    assert values.tolist() == [2.0, 2000.0]
    assert problems == []


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("0", "", "不小于 0 的数"),
        (0, None, "不小于 0 的数"),
        ("1", "", "≥ 1"),
        ("", "9", "≤ 9"),
        (1.5, "9", "1.5–9"),
    ],
)
def test_to_number_says_the_range(low, high, expected):
    bad = -1 if low not in ("", None) else 10
    _, problems = to_number(cells(bad), where, low, high)
    assert [problem.expected for problem in problems] == [expected]


def test_to_number_says_what_each_cell_is():
    raw = cells("x", True, datetime.date(2024, 1, 1), -3.0, 2, "—")
    values, problems = to_number(raw, where, "0")
    assert values.isna().tolist() == [True, True, True, True, False, True]
    assert [problem.what for problem in problems] == [
        "“x”不是数值",
        "“TRUE”是逻辑值，不是数值",
        "“2024-01-01”是日期或时间，不是数值",
        "负值 -3",
    ]


def test_to_number_of_nothing():
    values, problems = to_number(cells(), where, "0")
    assert values.empty
    assert values.dtype == "float64"
    assert problems == []


def test_to_year():
    raw = cells(
        2024, 2024.0, "2024", "２０２４", 2024.5, 20244, "2024年", None, True, 1989
    )
    years, problems = to_year(raw, where)
    assert years.tolist()[:4] == [2024.0] * 4
    assert years[4:].isna().all()
    assert len(problems) == 6
    assert (
        str(problems[1]) == "f.xlsx S!A8：年份“20244”无效；应为：1990–2100 的四位年份"
    )
    assert problems[3].what == "年份“”无效"


def test_to_flag():
    raw = cells("是", "否", True, 0.0, "Yes", "√", None, "-", "也许")
    flags, problems = to_flag(raw, where)
    assert flags.tolist()[:6] == [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]
    assert flags[6:].isna().all()
    assert [str(problem) for problem in problems] == [
        "f.xlsx S!A11：“也许”不是“是/否”；应为：是 或 否"
    ]


def test_to_choice_overlooks_width_and_names_the_nearest():
    choices = ["报告（实测数据）", "无"]
    raw = cells("报告(实测数据) ", "无", None, "报告实测", 5)
    found, problems = to_choice(raw, where, choices)
    assert found.tolist() == ["报告（实测数据）", "无", None, None, None]
    assert str(problems[0]) == (
        "f.xlsx S!A6：“报告实测”不在可选项中；应为：报告（实测数据）、无；"
        "最接近的是“报告（实测数据）”"
    )
    assert problems[1].what == "“5”不在可选项中"


def test_to_text():
    raw = cells("0012", 12.0, 2710, " a\n b\u200b ", "", None, float("nan"), True)
    assert to_text(raw).tolist() == [
        *("0012", "12", "2710", "a b"),
        *(None, None, None, "True"),
    ]


@given(st.text())
def test_to_text_gives_one_line_that_stays_as_it_is(text):
    once = to_text(cells(text))
    assert to_text(once).equals(once)
    value = once.iloc[0]
    assert value is None or (value == value.strip() and "\n" not in value)


labels = st.text("外购热力MWhkg（）() 　\n“”", max_size=12)


@given(labels, labels)
def test_normalised_overlooks_what_stands_between(first, second):
    assert normalised(first + " \u200b\n" + second) == normalised(first + second)
    assert normalised(normalised(first)) == normalised(first)
    assert normalised(first.upper()) == normalised(first.lower())


def test_normalised_overlooks_width_case_spaces_quotes():
    assert normalised(" “五化” 达标（个） ") == normalised('"五化"达标(个)')
    assert normalised("ＭＷｈ") == normalised("mwh")
    assert normalised("m³") == normalised("m3")
