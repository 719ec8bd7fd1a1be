"""One demonstration enterprise recomputed with a calculator.

The numbers below are typed from the workbook (enterprise 0001, 2024) and from the
factor tables of the method reference; nothing of the library computes them.
"""

from pathlib import Path

import pytest
from openpyxl import load_workbook

KEY = ("0001", 2024)
WORKBOOK = (
    Path(__file__).resolve().parents[2] / "synergy_lib/data/demo_park/demo_park.xlsx"
)


@pytest.fixture(scope="module")
def cells():
    """Return the enterprise's 2024 row of each yearly sheet, by Chinese header."""
    book = load_workbook(WORKBOOK, read_only=True)
    rows = {}
    for name in ("年度经营", "固废溶剂用水", "工艺与管理"):
        sheet = book[name].iter_rows(values_only=True)
        header = next(sheet)
        row = next(r for r in sheet if r[0] == KEY[0] and r[1] == KEY[1])
        rows |= dict(zip(header, row, strict=True))
    for row in book["能源消费"].iter_rows(values_only=True):
        if row[0] == KEY[0] and row[1] == KEY[1]:
            rows[row[2]] = row[3:6]
    return rows


def test_the_workbook_says_what_is_typed_here(cells):
    assert cells["工业增加值（万元）"] == 10491
    assert cells["天然气"][:2] == (9.64, "万Nm3")
    assert cells["柴油"][:2] == (4.13, "t")
    assert cells["外购电力"][:2] == (1122.58, "万kWh")
    assert cells["进水COD浓度（mg/L）"] == 1553
    assert cells["冷凝水产生量（t）"] == 12772.34


def test_carbon_total(demo_analysis, cells):
    accounts = demo_analysis.accounts.loc[KEY]
    fuel = (
        9.64 * 389.31 * 0.01530 * 0.99 * 44 / 12  # natural gas
        + 4.13 * 43.33 * 0.02020 * 0.98 * 44 / 12  # diesel
    )
    assert fuel == pytest.approx(221.4244, abs=1e-3)
    assert accounts["co2e_fuel_t"] == pytest.approx(fuel, rel=1e-9)

    electricity = 11225.8 * 0.5153  # Zhejiang 2022, the latest published year
    assert accounts["co2e_electricity_t"] == pytest.approx(electricity, rel=1e-9)

    steam_t, unit, pressure = cells["外购热力（蒸汽）"]
    assert (steam_t, unit, pressure) == (15945.27, "t", 1)
    heat_gj = steam_t * (2777.1 - 83.74) / 1000  # saturated steam at 1.0 MPa
    assert accounts["co2e_heat_t"] == pytest.approx(heat_gj * 0.11, rel=1e-9)

    process = 50.8 * 0.4397 + 0.3 * 0.4152 + 101.7 * 0.5239
    assert accounts["co2e_process_t"] == pytest.approx(process, rel=1e-9)

    removed_cod_kg = 47806 * (1553 - 88) / 1000
    ch4_kg = removed_cod_kg * 0.12 * 0.25 * 0.8 - 955
    n2o_kg = 47806 * (74 - 24) / 1000 * 0.005 * 44 / 28
    wastewater = (ch4_kg * 28 + n2o_kg * 265) / 1000  # AR5
    assert accounts["co2e_wastewater_t"] == pytest.approx(wastewater, rel=1e-9)

    total = fuel + electricity + heat_gj * 0.11 + process + wastewater
    assert total == pytest.approx(10831.22, abs=0.01)
    assert accounts["co2e_t"] == pytest.approx(total, rel=1e-9)


def test_indicator_dimension_and_overall_score(demo_analysis):
    scores = demo_analysis.scores
    # A1, fixed anchors: 60 points at 2.0, 100 at 0.6 tCO2e per 10⁴ CNY.
    a1 = 60 + 40 * (10831.220809 / 10491 - 2.0) / (0.6 - 2.0)
    assert scores.indicator_scores.loc[KEY, "A1"] == pytest.approx(a1, abs=1e-6)
    # Dimension F: weights 3, 3, 2, 2, 2.
    f2 = 60 + 40 * (100 * 16 / 18 - 60) / (100 - 60)
    f4 = 60 + 40 * (100 * 16417 / 17520 - 80) / (98 - 80)
    management = (3 * 80 + 3 * f2 + 2 * 80 + 2 * f4 + 2 * 100) / 12
    assert scores.dimension_scores.loc[KEY, "F"] == pytest.approx(management, abs=1e-9)
    # E4 is missing in 2024: its weight 2 goes to the other indicators of E.
    e1 = 60 + 40 * (100 * 221.78 / 314.87 - 50) / 40
    e2 = 60 + 40 * (100 * 212160 / (212160 + 70901) - 50) / 35
    e3 = 60 + 40 * (50 * (7647.11 / 12772.34 + 1161 / 2891) - 40) / 55
    e5 = 60 + 40 * (100 * 43.98 / 127.63 - 10) / 50
    recycling = (4 * e1 + 3 * e2 + 4 * e3 + 3 * e5) / 14
    assert scores.dimension_scores.loc[KEY, "E"] == pytest.approx(recycling, abs=1e-9)
    dimensions = scores.dimension_scores.loc[KEY]
    policy = {"A": 22, "B": 16, "C": 16, "D": 18, "E": 16, "F": 12}
    overall = sum(policy[d] * dimensions[d] for d in policy) / 100
    assert overall == pytest.approx(83.551498, abs=1e-5)
    assert scores.overall[KEY] == pytest.approx(overall, abs=1e-9)
    assert scores.grade[KEY] == "良"


def test_payback_of_condensate_recovery(demo_analysis):
    measures = demo_analysis.measures
    row = measures[
        (measures["enterprise_id"] == "0001") & (measures["technique_id"] == "T22")
    ].iloc[0]
    recovered_t = (12772.34 - 7647.11) * 0.80
    heat_gj = recovered_t * 4.1868 * 60 / 1000  # 60 K above the make-up water
    assert row["co2e_mode_t"] == pytest.approx(heat_gj * 0.11, rel=2e-3)
    investment = recovered_t * 40 / 1e4  # 40 CNY per t and year, proposed
    assert row["investment_mode_10k_cny"] == pytest.approx(investment, rel=1e-9)
    saving = heat_gj * 75 / 1e4 + recovered_t * 4.5 / 1e4 - 0.02 * investment
    assert row["annual_saving_mode_10k_cny"] == pytest.approx(saving, rel=2e-3)
    assert row["payback_mode_years"] == pytest.approx(investment / saving, rel=2e-3)
    assert row["payback_mode_years"] == pytest.approx(1.776, abs=0.005)
