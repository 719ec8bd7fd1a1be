"""The sheet of the park's monitoring: months, limits, and what is wrong with them."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.trends.monitoring.compliance import compliance_table
from synergy_lib.trends.monitoring.periods import dated_monitoring

HEADERS = ("年份", "月份", "指标", "数值", "计量单位", "限值")
FIRST = 3


def rows(*lines):
    """Return an edit that puts lines of year, month, indicator … on the sheet."""

    def edit(book):
        sheet = book["园区监测"]
        places = {cell.value: cell.column for cell in sheet[1]}
        for row, line in enumerate(lines, start=FIRST):
            for header, value in zip(HEADERS, line, strict=True):
                sheet.cell(row, places[header], value)

    return edit


MONTHS = [(2023, month, "TVOC", 200.0 + month, "μg/m3", 210) for month in range(1, 13)]
YEARS = [(year, None, "总磷", 0.2, "mg/L", None) for year in (2022, 2023)]


def test_months_limits_and_years_side_by_side(read):
    monitoring = read(rows(*MONTHS, *YEARS)).monitoring
    assert monitoring["month"].tolist()[:12] == list(range(1, 13))
    assert monitoring["month"].isna().sum() == 2
    assert monitoring["limit"].dropna().unique().tolist() == [210]
    assert monitoring["limit"].dtype == monitoring["month"].dtype == np.float64
    periods = dated_monitoring(monitoring)["period"].astype(str).tolist()
    assert periods == [f"2023-{month:02d}" for month in range(1, 13)] + ["2022", "2023"]
    table = compliance_table(monitoring).set_index("indicator")
    # 211 and 212 in November and December
    assert table.loc["TVOC", "exceedances"] == 2
    assert set(table.loc["总磷", "status"]) == {"no_limit"}


def test_a_workbook_without_the_columns_is_one_of_yearly_results(read):
    def edit(book):
        sheet = book["园区监测"]
        for header in ("月份", "限值"):
            places = {cell.value: cell.column for cell in sheet[1]}
            sheet.delete_cols(places[header])

    row = read(edit).monitoring.iloc[0]
    assert (row["year"], row["value"]) == (2023, 9.0)
    assert np.isnan(row["month"])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(2023, 13, "TVOC", 1.0, "mg/L", 2)], "园区监测!B3：13 超出范围"),
        ([(2023, 0, "TVOC", 1.0, "mg/L", 2)], "园区监测!B3：0 超出范围"),
        ([(2023, 2.5, "TVOC", 1.0, "mg/L", 2)], "园区监测!B3：月份不是整数"),
        ([(2023, "三月", "TVOC", 1.0, "mg/L", 2)], "园区监测!B3：“三月”不是数值"),
        ([(2023, 1, "TVOC", 1.0, "mg/L", 0)], "园区监测!F3：限值为 0"),
        ([(2023, 1, "TVOC", 1.0, "mg/L", -5)], "园区监测!F3：负值 -5"),
        (
            [MONTHS[0], MONTHS[0]],
            "园区监测!C4：同一指标同一时期出现多次（TVOC 2023 1）",
        ),
        (
            [YEARS[0], YEARS[0]],
            "园区监测!C4：同一指标同一时期出现多次（总磷 2022 0）",
        ),
        (
            [MONTHS[0], (2022, None, "TVOC", 1.0, "μg/m3", 210)],
            "园区监测!B4：“TVOC”的月份前后不一：没有月份",
        ),
        (
            [MONTHS[0], (2023, 2, "TVOC", 1.0, "mg/m3", 210)],
            "园区监测!E4：“TVOC”的计量单位前后不一：mg/m3",
        ),
        (
            [MONTHS[0], (2023, 2, "TVOC", 1.0, "μg/m3", 300)],
            "园区监测!F4：“TVOC”的限值前后不一：300",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_cell(problems, lines, expected):
    found = problems(rows(*lines))
    assert len(found) == 1
    assert expected in found[0]


def test_a_limit_left_out_of_some_rows_holds_for_all(read):
    lines = [(*line[:5], 210 if line[1] == 1 else None) for line in MONTHS]
    table = compliance_table(read(rows(*lines)).monitoring)
    assert table["status"].tolist() == ["exceeded"]


def test_an_empty_sheet(read):
    def edit(book):
        book["园区监测"].delete_rows(FIRST)

    monitoring = read(edit).monitoring
    assert monitoring.empty
    assert isinstance(monitoring, pd.DataFrame)
