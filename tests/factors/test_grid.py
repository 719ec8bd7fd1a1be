import numpy as np
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.factors.grid import MAX_YEARS_BACK, resolve_region, select_grid


@pytest.mark.parametrize(
    ("region", "year", "expected"),
    [
        ("全国", 2021, 0.5568),
        ("全国", 2023, 0.5306),
        ("华东", 2022, 0.5617),
        ("浙江", 2021, 0.5422),
        ("浙江", 2022, 0.5153),
        ("湖南", 2022, 0.4900),
        ("云南", 2022, 0.1073),
    ],
)
def test_select_grid_published_years(region, year, expected):
    grid = select_grid([year], region=region)
    assert grid.values[year] == pytest.approx(expected)
    assert grid.notes == ()
    assert grid.used["basis"].tolist() == ["published"]


def test_select_grid_later_years_take_the_latest_earlier_and_say_so():
    grid = select_grid([2022, 2023, 2024], region="浙江")
    assert grid.values.tolist() == [0.5153, 0.5153, 0.5153]
    assert grid.used["basis"].tolist() == ["published", "earlier_year"]
    assert grid.used["applied_years"].tolist() == ["2022", "2023、2024"]
    assert grid.notes == (
        "位置法电力因子（浙江）：2023、2024年无公布值，沿用2022年的0.5153 tCO2/MWh。",
    )


def test_select_grid_early_years_take_the_first_and_say_so():
    grid = select_grid(range(2020, 2025), region="浙江")
    assert grid.values[2020] == pytest.approx(0.5422)
    assert grid.used["basis"].tolist() == [
        "later_year", "published", "published", "earlier_year",
    ]  # fmt: skip
    assert "2020年无公布值，早于首个公布年份" in grid.notes[0]


def test_select_grid_years_too_early_have_no_factor():
    first = 2021
    grid = select_grid([first - MAX_YEARS_BACK - 1, 2012, first], region="浙江")
    assert np.isnan(grid.values[2012])
    assert np.isnan(grid.values[first - MAX_YEARS_BACK - 1])
    assert "2012、2017年无可用值" in grid.notes[0]
    assert len(grid.used) == 1


def test_select_grid_old_series_never_substitute():
    assert np.isnan(select_grid([2015], region="全国").values[2015])


def test_select_grid_region_without_values_takes_the_nation():
    grid = select_grid([2022], region="广东")
    assert grid.values[2022] == pytest.approx(0.5366)
    assert grid.notes == ("位置法电力因子：没有广东的公布值，采用全国值。",)


def test_select_grid_abroad_has_no_factor():
    grid = select_grid([2018, 2019], region=None)
    assert grid.values.isna().all()
    assert grid.used.empty
    assert len(grid.notes) == 1


def test_select_grid_residual_is_national():
    grid = select_grid([2021, 2022, 2023], region="全国", kind="residual")
    assert grid.values.tolist() == [0.5942, 0.5856, 0.6096]
    assert grid.used["tag"].tolist() == ["GK", "", ""]


def test_select_grid_needs_a_year():
    with pytest.raises(ParameterError, match="没有年份"):
        select_grid([], region="浙江")


@pytest.mark.parametrize("name", ["浙江", "浙江省", " Zhejiang ", "zhejiang"])
def test_resolve_region_spellings(name):
    assert resolve_region(name) == "浙江"


def test_resolve_region_autonomous_region():
    assert resolve_region("广西壮族自治区") == "广西"
    assert resolve_region("内蒙古自治区") == "内蒙古"
    assert resolve_region("上海市") == "上海"


def test_resolve_region_unknown_names_the_nearest():
    with pytest.raises(ParameterError, match="浙江"):
        resolve_region("折江")
