"""The last look at a panel before it is handed on."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.inputs import read_park
from synergy_lib.inputs.park_data import Cells
from synergy_lib.inputs.validation import validate_panel
from synergy_lib.parameters import InputParameters
from synergy_lib.resources import data_path

CELLS = Cells(single={("a", 2020, "so2_kg"): "污染物!F3"})


def panel_of(firms, years, **columns):
    index = pd.MultiIndex.from_arrays([firms, years], names=["enterprise_id", "year"])
    return pd.DataFrame(columns, index=index)


def problems(panel):
    with pytest.raises(InputDataError) as caught:
        validate_panel(panel, CELLS, "f.xlsx")
    return sorted(str(problem) for problem in caught.value.problems)


def test_a_good_panel_comes_back_as_it_is():
    panel = panel_of(
        ["a", "a", "b"],
        [2020, 2021, 2020],
        so2_kg=[1.0, np.nan, 0.0],
        value_added_10k_cny=[-5.0, 1.0, np.nan],
        has_iso14001=[1.0, 0.0, np.nan],
        carbon_verification_level=["无", None, "第三方核查"],
    )
    before = panel.copy()
    assert validate_panel(panel, CELLS, "f.xlsx") is not None
    pd.testing.assert_frame_equal(panel, before)


def test_all_failures_come_together_with_their_cells():
    panel = panel_of(
        ["a", "b"],
        [2020, 2020],
        so2_kg=[-1.0, np.inf],
        anaerobic_share=[0.5, 1.5],
        has_iso14001=[2.0, 1.0],
        carbon_verification_level=["有", None],
        tax_10k_cny=["x", "y"],
        nonsense=[1.0, 1.0],
    )
    assert problems(panel) == [
        "f.xlsx a 2020：ISO 14001 认证“2.0”不合约定；应为：是 或 否",
        "f.xlsx a 2020：实缴税收“x”不合约定；应为：数值",
        "f.xlsx a 2020：碳排放报告与核查“有”不合约定；"
        "应为：第三方核查、报告（实测数据）、报告（缺省值）、无",
        "f.xlsx b 2020：二氧化硫排放量“inf”不合约定；应为：有限的数，≥ 0",
        "f.xlsx b 2020：厌氧处理比例“1.5”不合约定；应为：0–1",
        "f.xlsx b 2020：实缴税收“y”不合约定；应为：数值",
        "f.xlsx 污染物!F3：二氧化硫排放量“-1.0”不合约定；应为：有限的数，≥ 0",
        "f.xlsx 面板：没有约定的列“nonsense”",
    ]


@pytest.mark.parametrize(
    ("firms", "years", "line"),
    [
        ("ba", [2020, 2020], "f.xlsx 面板：不合约定；应为：按企业和年份排序的行"),
        ("aa", [2021, 2020], "f.xlsx 面板：不合约定；应为：按企业和年份排序的行"),
        (
            "aa",
            [2020, 2020],
            "f.xlsx a 2020：同一企业同一年份出现多次；应为：只出现一次",
        ),
        ("ab", [2020, 3020], "f.xlsx b 3020：year“3020”不合约定；应为：1990–2100"),
    ],
)
def test_rows_stand_in_order_and_once(firms, years, line):
    assert problems(panel_of(list(firms), years, tax_10k_cny=[1.0, 1.0])) == [line]


def test_the_demonstration_park_keeps_the_contract():
    path = data_path("demo_park", "demo_park.xlsx")
    data = read_park(InputParameters(path=str(path)), report_year=2024)
    assert data.panel.index.get_level_values("year").max() == 2024
    with pytest.raises(InputDataError, match="没有报告年 2031 的数据"):
        read_park(InputParameters(path=str(path)), report_year=2031)
