"""Monitoring results against a limit."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.monitoring import alt_exceedances, plot_exceedances
from synergy_lib.figures.style import SIGNALS
from synergy_lib.trends.monitoring.compliance import exceedances

NAME = "TVOC"


def judged(values, start="2022-01", freq="M", limit=50.0):
    periods = pd.period_range(start, periods=len(values), freq=freq)
    frame = pd.DataFrame({"indicator": NAME, "value": values, "unit": "μg/m3"})
    frame["date" if freq == "D" else "year"] = (
        periods.to_timestamp() if freq == "D" else periods.year
    )
    if freq == "M":
        frame["month"] = periods.month
    limits = pd.DataFrame({"indicator": [NAME], "limit": [limit], "unit": ["μg/m3"]})
    return exceedances(frame, limits)


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_exceedances_are_squares_over_a_line_with_gaps():
    ax = plot_exceedances(judged([40.0, 60, np.nan, np.nan, 30, 55, np.nan]))
    line, beyond, limit = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [40, 60, np.nan, np.nan, 30, 55])
    assert beyond.get_ydata().tolist() == [60, 55]
    assert beyond.get_marker() == SIGNALS["red"].marker
    assert set(limit.get_ydata()) == {50.0}
    assert texts(ax) == ["监测值", "超标（2 次）", "无数据（2 期）"]
    assert "限值 50.0" in [text.get_text() for text in ax.texts]
    assert ax.get_ylabel() == "TVOC（μg/m3）"
    assert ax.get_ylim()[0] == 0


def test_no_limit_no_line():
    frame = judged([40.0, 60.0]).assign(limit=np.nan, is_exceeded=pd.NA)
    ax = plot_exceedances(frame, language="en")
    assert len(ax.lines) == 1
    assert texts(ax) == ["Result"]
    assert alt_exceedances(frame, language="en") == (
        "Monitoring results and limit: TVOC 2022-01 to 2022-02: 2 results, no limit "
        "given, 0 without data."
    )


@pytest.mark.parametrize(
    ("start", "count", "freq", "labels"),
    [
        ("2021", 4, "Y", ["2021", "2022", "2023", "2024"]),
        ("2022-01", 30, "M", ["2022", "2023", "2024"]),
        ("2021-11", 30, "M", ["2022", "2023", "2024"]),
        ("2023-12", 4, "M", ["2023-12", "2024-01", "2024-02", "2024-03"]),
        ("2024-01-01", 91, "D", ["2024-01", "2024-02", "2024-03"]),
    ],
)
def test_time_axis_names_years_or_months(start, count, freq, labels):
    ax = plot_exceedances(judged(np.full(count, 20.0), start, freq))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == labels


def test_alt_counts_what_is_there_and_what_is_not():
    frame = judged([40.0, 60, np.nan, 30])
    assert alt_exceedances(frame) == (
        "监测结果与限值：TVOC 2022-01 至 2022-04 共 3 个结果，限值 50.0 μg/m3，"
        "超标 1 次，缺 1 期。"
    )
    assert alt_exceedances(frame, "no such") == "监测结果与限值：无可用数据。"
    assert plot_exceedances(frame, "no such").texts[0].get_text() == "无可用数据"
