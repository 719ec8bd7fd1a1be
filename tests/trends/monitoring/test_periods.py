"""Periods of monitoring results, monthly means, gaps."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.demo_park.programme import load_monitoring
from synergy_lib.errors import InputDataError
from synergy_lib.trends.monitoring.periods import (
    dated_monitoring,
    gap_text,
    monitoring_gaps,
    monthly_means,
)


def monthly(values, start="2022-01", indicator="TVOC", unit="μg/m3"):
    periods = pd.period_range(start, periods=len(values), freq="M")
    return pd.DataFrame(
        {
            "year": periods.year,
            "month": periods.month,
            "indicator": indicator,
            "value": values,
            "unit": unit,
        }
    )


def daily(values, start="2024-01-01"):
    dates = pd.date_range(start, periods=len(values)).strftime("%Y-%m-%d")
    return pd.DataFrame(
        {"date": dates, "indicator": "COD", "value": values, "unit": "mg/L"}
    )


def test_the_packages_own_frame_is_yearly():
    dated = dated_monitoring(load_monitoring())
    assert pd.PeriodIndex(dated["period"]).freqstr.startswith("Y")
    assert len(dated) == 20
    assert dated["indicator"].iloc[0] == "总挥发性有机物（TVOC）年均浓度"


def test_months_and_days_are_put_in_order():
    frame = monthly([1.0, 2, 3]).iloc[::-1]
    dated = dated_monitoring(frame)
    assert dated["value"].tolist() == [1, 2, 3]
    assert dated["period"].astype(str).tolist() == ["2022-01", "2022-02", "2022-03"]
    assert pd.PeriodIndex(dated_monitoring(daily([1.0]))["period"]).freqstr == "D"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda f: f.assign(month=[1, 13, 2]),
            "第 1 行.*月份无法识别：13；应为：1 至 12",
        ),
        (lambda f: f.assign(month=[1, 1, 2]), "2022-01 重复出现；应为：每期一个值"),
        (lambda f: f.assign(unit=["mg/m3", "g", "g"]), "计量单位不一：mg/m3、g"),
        (lambda f: f.assign(value=[1, np.inf, 2]), "含无穷大"),
        (lambda f: f.assign(date=["2024-01-01", "x", "y"]), "日期无法识别：x、y"),
        (lambda f: f.drop(columns="unit"), "unit"),
        (lambda f: f.drop(columns="year"), "year"),
    ],
)
def test_what_no_period_can_mean_is_refused(change, message):
    with pytest.raises(InputDataError, match=message):
        dated_monitoring(change(monthly([1.0, 2.0, 3.0])))


def test_yearly_and_monthly_indicators_side_by_side():
    yearly = pd.DataFrame(
        {
            "year": [2023, 2022],
            "month": np.nan,
            "indicator": "COD",
            "value": [2.0, 1.0],
            "unit": "mg/L",
        }
    )
    table = dated_monitoring(pd.concat([monthly([3.0, 4.0]), yearly]))
    assert table["period"].astype(str).tolist() == [
        *("2022-01", "2022-02", "2022", "2023")
    ]
    assert table["value"].tolist() == [3, 4, 1, 2]
    both = pd.concat([monthly([3.0, 4.0]), yearly.assign(indicator="TVOC")])
    with pytest.raises(InputDataError, match="有的结果有月份，有的没有"):
        dated_monitoring(both.assign(unit="mg/L"))


def test_monthly_means_of_days_need_enough_of_them():
    """31 days of January all there; 29 of February, of which 9 are missing."""
    values = np.r_[np.full(31, 2.0), np.full(20, 4.0), np.full(9, np.nan), [6.0] * 31]
    months = monthly_means(dated_monitoring(daily(values)))
    assert months["n_values"].tolist() == [31, 20, 31]
    assert months["value"].tolist()[::2] == [2.0, 6.0]
    assert np.isnan(months["value"][1])
    assert months["coverage"][1] == pytest.approx(20 / 29)
    lenient = monthly_means(dated_monitoring(daily(values)), minimum_coverage=0.5)
    assert lenient["value"].tolist() == [2.0, 4.0, 6.0]


def test_monthly_means_have_a_row_for_each_month():
    frame = monthly([1.0, 2, 3, 4]).drop(index=[1])
    months = monthly_means(dated_monitoring(frame))
    assert len(months) == 4
    assert np.isnan(months["value"][1])
    assert months["n_values"].tolist() == [1, 0, 1, 1]
    assert monthly_means(dated_monitoring(frame.iloc[:0])).empty


def test_gaps_between_the_first_and_the_last_result():
    frame = monthly([np.nan, 1, np.nan, np.nan, 2, np.nan, 3, np.nan])
    gaps = monitoring_gaps(frame)
    assert gaps["first_missing"].astype(str).tolist() == ["2022-03", "2022-06"]
    assert gaps["last_missing"].astype(str).tolist() == ["2022-04", "2022-06"]
    assert gaps["n_periods"].tolist() == [2, 1]
    assert monitoring_gaps(monthly([1.0, 2.0])).empty


def test_gap_text_names_five_and_counts_all():
    periods = list(pd.period_range("2022-01", periods=7, freq="M"))
    text = "2022-01、2022-02、2022-03、2022-04、2022-05等共 7 期"
    assert gap_text(periods) == text
    assert gap_text(periods[:1]) == "2022-01"
