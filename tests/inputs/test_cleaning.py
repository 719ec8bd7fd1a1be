"""The panel of a small workbook, value by value."""

import datetime
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.inputs.cleaning import clean_workbook
from synergy_lib.inputs.reading import read_workbook
from synergy_lib.inputs.sheets import RawSheet
from synergy_lib.resources import data_path


def put(book, sheet, cell, value):
    book[sheet][cell] = value


def test_panel_by_value(read):
    data = read()
    panel = data.panel
    assert panel.index.names == ["enterprise_id", "year"]
    assert panel.index.is_monotonic_increasing
    assert len(panel) == 9
    row = panel.loc[("0012", 2022)]
    assert row["output_value_10k_cny"] == 2000.0
    assert row["electricity_grid_mwh"] == 200.0
    assert row["so2_kg"] == 10.0
    assert row["so2_generated_kg"] == 100.0
    assert row["has_iso14001"] == 1.0
    assert row["carbon_verification_level"] == "报告（实测数据）"
    assert row["anaerobic_share"] == 0.5


def test_blank_is_missing_and_an_unlisted_carrier_is_not_used(read):
    panel = read(partial(put, sheet="能源消费", cell="D12", value=None)).panel
    assert np.isnan(panel.loc[("0012", 2021), "natural_gas_10k_nm3"])
    assert panel.loc["0056", "natural_gas_10k_nm3"].tolist() == [0.0, 0.0, 0.0]
    assert "diesel_t" not in panel
    # never assumed to be zero outside the energy sheet
    assert panel["tax_10k_cny"].isna().all()


def test_electricity_that_is_not_listed_is_missing_not_zero(read, frames):
    energy = frames["energy"]
    drop = (energy["enterprise_id"] == "0012") & (energy["carrier"] == "外购电力")
    frames["energy"] = energy[~drop]
    panel = read().panel
    assert panel.loc["0012", "electricity_grid_mwh"].isna().all()
    assert panel.loc["0012", "natural_gas_10k_nm3"].notna().all()


def test_an_enterprise_without_energy_rows_is_missing_everywhere(read, frames):
    energy = frames["energy"]
    frames["energy"] = energy[energy["enterprise_id"] != "0034"]
    panel = read().panel
    fuels = panel.loc["0034", ["electricity_grid_mwh", "natural_gas_10k_nm3"]]
    assert fuels.isna().all(axis=None)


def test_a_year_that_only_one_sheet_has_is_a_row(read, frames):
    extra = pd.DataFrame([{"enterprise_id": "0056", "year": 2024, "tax_10k_cny": 5.0}])
    frames["activity"] = pd.concat([frames["activity"], extra])
    panel = read().panel
    assert panel.loc[("0056", 2024), "tax_10k_cny"] == 5.0
    assert np.isnan(panel.loc[("0056", 2024), "electricity_grid_mwh"])


def test_enterprises_measures_and_monitoring(read):
    data = read()
    assert data.enterprises.loc["0034"].to_dict() == {
        "enterprise_name": "乙公司",
        "industry_code": None,
        "main_products": None,
        "permit_class": "简化管理",
    }
    measure = data.measures.iloc[0]
    assert measure["measure_name"] == "余热回收"
    assert measure["planned_year"] == 2024.0
    assert measure["investment_10k_cny"] == 100.0
    assert np.isnan(measure["co2e_reduction_t"])
    assert measure["technique_id"] is None
    assert data.monitoring.iloc[0][["year", "value", "unit"]].tolist() == [
        *(2023, 9.0, "μg/m3")
    ]


def test_yearly_monitoring_has_neither_month_nor_limit(read):
    row = read().monitoring.iloc[0]
    assert np.isnan(row["month"])
    assert np.isnan(row["limit"])


def test_cells_say_where_each_value_stands(read):
    cells = read().cells
    assert cells.find("0012", 2022, "output_value_10k_cny") == "年度经营!C4"
    assert cells.find("0034", 2021, "electricity_grid_mwh") == "能源消费!D6"
    assert cells.find("0012", 2021, "so2_generated_kg") == "污染物!E3"
    assert cells.find("0012", 2021, "so2_kg") == "污染物!F3"
    assert cells.find("0012", 2030, "so2_kg") == ""
    assert cells.find("0012", 2030, "output_value_10k_cny") == ""
    assert cells.find("0012", 2021, "nothing") == ""


def test_only_enterprises_is_no_data(problems, frames):
    for name in ("activity", "energy", "pollutants", "resources", "process"):
        frames[name] = frames[name].iloc[:0]
    assert problems(None) == ["park.xlsx：没有任何企业的年度数据"]


def test_without_the_enterprises_sheet_ids_are_not_doubted(problems):
    lines = problems(lambda book: book.remove(book["企业信息"]))
    assert len(lines) == 1
    assert lines[0].startswith("park.xlsx 工作表“企业信息”：缺少这个工作表")


def test_dates_are_no_years(problems):
    day = datetime.date(2024, 1, 1)
    lines = problems(partial(put, sheet="年度经营", cell="B3", value=day))
    assert lines == [
        "park.xlsx 年度经营!B3：年份“2024-01-01”无效；应为：1990–2100 的四位年份"
    ]


@pytest.fixture(scope="module")
def demo_sheets():
    return read_workbook(data_path("demo_park", "demo_park.xlsx"))


@pytest.fixture(scope="module")
def demo(demo_sheets):
    return clean_workbook(demo_sheets, source_name="d", source_sha256="")


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(demo_sheets, demo, seed):
    shuffled = {
        key: RawSheet(
            sheet.file,
            sheet.key,
            sheet.name,
            sheet.headers,
            sheet.frame.sample(frac=1, random_state=seed),
        )
        for key, sheet in demo_sheets.items()
    }
    again = clean_workbook(shuffled, source_name="d", source_sha256="")
    pd.testing.assert_frame_equal(again.panel, demo.panel)
    assert again.cells.single == demo.cells.single
    assert again.cells.rows == demo.cells.rows


def test_the_order_of_columns_does_not_matter(demo_sheets, demo):
    turned = {
        key: RawSheet(
            sheet.file,
            sheet.key,
            sheet.name,
            sheet.headers[::-1],
            sheet.frame.iloc[:, ::-1].set_axis(range(len(sheet.headers)), axis=1),
        )
        for key, sheet in demo_sheets.items()
    }
    again = clean_workbook(turned, source_name="d", source_sha256="")
    pd.testing.assert_frame_equal(again.panel, demo.panel)
