from dataclasses import replace

import pandas as pd
import pytest

from synergy_lib.reporting.tables.accounts import (
    table_accounts,
    table_pollutants,
    table_trends,
)


def rows_of(table):
    return {row[0]: list(row[1:]) for row in table.rows}


def test_accounts_have_a_column_a_year(make_enterprise):
    table = table_accounts(make_enterprise())
    assert [column.label for column in table.columns] == [
        *("项目", "单位"),
        *("2022", "2023", "2024"),
    ]


def test_accounts_print_missing_as_a_dash_and_zero_as_zero(make_enterprise):
    rows = rows_of(table_accounts(make_enterprise()))
    assert rows["综合能源消费量（当量值）"] == ["tce", "900", "–", "1,000"]
    assert rows["净购入热力排放"] == ["tCO2e", "–", "0", "0"]
    assert rows["碳排放总量"] == ["tCO2e", "–", "2,000", "2,080"]


def test_accounts_leave_out_what_is_never_known(make_enterprise):
    data = make_enterprise()
    yearly = data.yearly.assign(co2e_process_t=float("nan"))
    rows = rows_of(table_accounts(replace(data, yearly=yearly)))
    assert "工业过程排放" not in rows
    assert len(rows) == 6


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (
            "calculated",
            "综合能耗按当量值。碳排放为位置法（电网平均因子），市场法单列。",
        ),
        (
            "reported",
            "综合能耗按当量值。碳排放为企业披露值（口径以披露为准），未重新核算。",
        ),
    ],
)
def test_accounts_say_where_the_carbon_comes_from(make_enterprise, basis, words):
    note = table_accounts(make_enterprise(meta={"carbon_basis": basis})).notes[0]
    assert note == f"{words}“–”为缺数据，不是零。"


def test_english_notes_have_spaces_between_sentences(make_enterprise):
    note = table_accounts(make_enterprise("en")).notes[0]
    assert note == (
        "Energy by calorific value. Carbon location-based (grid average), market-based "
        "in its own row. A dash is missing, not zero."
    )


def test_pollutants_rows(make_enterprise):
    rows = rows_of(table_pollutants(make_enterprise()))
    assert rows["二氧化硫排放量"] == ["kg", "0", "–", "12.5"]
    assert rows["大气污染当量数"] == ["当量", "500", "400", "300"]


def test_part_of_the_equivalents_is_not_shown_without_the_whole(make_enterprise):
    yearly = pd.DataFrame({"year": [2024], "voc_other_equivalent_kg": [5.0]})
    assert list(table_pollutants(make_enterprise(yearly=yearly)).rows) == []


def test_trends_print_the_test_and_leave_out_what_has_no_data(make_enterprise):
    table = table_trends(make_enterprise())
    assert [list(row) for row in table.rows] == [
        [
            *("碳排放总量", "tCO2e", "2020–2024", "5", "−20.0%", "−5.4%"),
            *("−50.0", "−80.0 ~ −20.0", "0.017", "40.0", "显著下降"),
        ]
    ]
    assert table_trends(make_enterprise("en")).rows[0][-1] == "falling"


@pytest.mark.parametrize(
    ("n", "p", "shown"), [(5, 0.0004, "<0.001"), (4, 0.01, "–"), (6, 0.25, "0.250")]
)
def test_p_is_not_given_below_five_years(make_enterprise, n, p, shown):
    data = make_enterprise()
    trends = data.trends.head(1).assign(n=n, p=p)
    assert table_trends(replace(data, trends=trends)).rows[0][8] == shown


def test_a_park_has_the_same_table(make_park):
    assert len(table_trends(make_park()).rows) == 1
