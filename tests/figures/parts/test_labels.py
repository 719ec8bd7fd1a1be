"""Words, numbers and units of the figures."""

import csv
import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import ParameterError
from synergy_lib.figures.parts.labels import (
    column_name,
    column_unit,
    fit_text,
    grade_name,
    number_text,
    scale_unit,
    status_name,
    text_width_mm,
    unit_text,
    words,
    wrap_text,
)
from synergy_lib.figures.style import check_glyphs
from synergy_lib.resources import data_path
from synergy_lib.schema import load_columns


def rows() -> list[dict[str, str]]:
    with data_path("figure_labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_labels_have_both_languages_and_the_same_fields() -> None:
    keys = [row["key"] for row in rows()]
    assert len(keys) == len(set(keys))
    for row in rows():
        assert row["zh"].strip()
        assert row["en"].strip()
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(row[k]) if name}
            for k in ("zh", "en")
        ]
        assert fields[0] == fields[1], row["key"]


def test_labels_and_column_names_have_glyphs() -> None:
    check_glyphs(row[k] for row in rows() for k in ("zh", "en"))
    columns = load_columns()
    check_glyphs([*columns["label_zh"], *columns["label_en"], *columns["unit"]])


def test_words_fills_in() -> None:
    assert words("enterprises_count", n=3) == "3 家"
    assert words("previous_year", "en") == "Previous year"


@pytest.mark.parametrize(("key", "language"), [("no_dat", "zh"), ("no_data", "fr")])
def test_words_unknown(key: str, language: str) -> None:
    with pytest.raises(ParameterError):
        words(key, language)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1234567.0, "1,234,567"),
        (-240.0, "−240"),
        (95.0, "95.0"),
        (0.0012345, "0.00123"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_number_text(value: float, text: str) -> None:
    assert number_text(value) == text


def test_number_text_sign_only_where_it_means_something() -> None:
    assert number_text(-3.46, 1, sign=True) == "−3.5"
    assert number_text(2.0, 1, sign=True) == "+2.0"
    assert number_text(-0.04, 1, sign=True) == "0.0"


@pytest.mark.parametrize(
    ("largest", "unit", "language", "expected"),
    [
        (99_999, "tCO2e", "zh", (1, "tCO2e")),
        (100_000, "tCO2e", "zh", (10_000, "万tCO2e")),
        (100_000, "tCO2e", "en", (1000, "ktCO2e")),
        (25_000, "kg", "en", (1000, "t")),
        (150_000, "万元", "zh", (10_000, "亿元")),
        (150_000, "万元", "en", (100, "million CNY")),
        (500, "万元", "en", (1, "10k CNY")),
        (math.nan, "kg", "zh", (1, "kg")),
        (7, "furlong", "en", (1, "furlong")),
    ],
)
def test_scale_unit(
    largest: float, unit: str, language: str, expected: tuple[float, str]
) -> None:
    assert scale_unit(largest, unit, language) == expected


def test_scaled_units_mean_what_they_say() -> None:
    # 1e5 万元 = 1e9 CNY; 亿元 = 1e8 CNY; million CNY = 1e6 CNY; 万kWh·1e4 = 亿kWh
    assert 100_000 / scale_unit(100_000, "万元")[0] == pytest.approx(1e9 / 1e8)
    assert 100_000 / scale_unit(100_000, "万元", "en")[0] == pytest.approx(1e9 / 1e6)
    assert 1e9 / scale_unit(1e6, "万元", "en")[0] == pytest.approx(1e9 * 1e4 / 1e9)
    assert 100_000 / scale_unit(100_000, "MWh")[0] == pytest.approx(1e5 * 1e3 / 1e8)


def test_unit_text_of_a_ratio() -> None:
    assert unit_text("tCO2e/万元", "en") == "tCO2e/10k CNY"
    assert unit_text("tCO2e/万元") == "tCO2e/万元"


def test_column_name_and_unit() -> None:
    assert column_name("co2e_heat_t", "en") == "Net purchased heat"
    assert column_name("not_a_column") == "not_a_column"
    assert column_unit("nox_kg") == "kg"


def test_grade_and_status_names() -> None:
    assert grade_name("良", "en") == "Good"
    assert grade_name(float("nan")) == "–"
    assert status_name("在建", "en") == "Under way"
    assert status_name("暂停", "en") == "暂停"


def test_text_width_of_chinese_is_one_em_each() -> None:
    assert text_width_mm("减污降碳", 8.5) == pytest.approx(4 * 8.5 / 72 * 25.4)


@given(text=st.text("药业 abc（）W", max_size=40), width=st.floats(8, 60))
def test_fit_text_fits(text: str, width: float) -> None:
    cut = fit_text(text, width)
    assert text_width_mm(cut) <= width + 1e-9
    if text_width_mm(" ".join(text.split())) <= width:
        assert cut == " ".join(text.split())


def test_fit_text_missing_and_control_characters() -> None:
    assert fit_text(float("nan"), 30) == "–"
    assert fit_text("甲\n\x07乙", 30) == "甲 乙"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("绿色低碳发展水平", ["绿色低碳", "发展水平"]),
        ("Source control", ["Source", "control"]),
        ("短", ["短"]),
        ("甲" * 20, ["甲" * 5, "甲" * 4 + "…"]),
    ],
)
def test_wrap_text(text: str, lines: list[str]) -> None:
    assert wrap_text(text, 15.0).split("\n") == lines
