"""Distribution of scores and concentration of carbon."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.distribution import (
    alt_carbon_concentration,
    alt_score_distribution,
    plot_carbon_concentration,
    plot_score_distribution,
)
from synergy_lib.figures.style import SIGNALS

Make = Callable[..., Any]


def scored() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "overall": [95.0, 84.9, 84.0, 70.0, 100.0, np.nan],
            "grade": ["优", "良", "中", "中", "优", "数据不足"],
            "colour": ["green", "green", "red", "yellow", "green", "grey"],
        }
    )


def test_plot_score_distribution_one_marker_an_enterprise() -> None:
    ax = plot_score_distribution(scored())
    dots = {
        line.get_label(): sorted(zip(line.get_xdata(), line.get_ydata(), strict=True))
        for line in ax.lines
        if line.get_label() in SIGNALS
    }
    assert dots["green"] == [(85, 1.5), (95, 0.5), (99, 0.5)]
    assert dots["red"] == [(85, 0.5)]  # 84.0 and 84.9 share a step
    assert dots["yellow"] == [(71, 0.5)]
    assert len(dots["grey"]) == 0


def test_plot_score_distribution_counts_and_notes() -> None:
    ax = plot_score_distribution(scored())
    found = [t.get_text() for t in ax.texts]
    assert {"优\n2 家", "良\n1 家", "中\n2 家", "合格\n0 家"} <= set(found)
    notes = "数据不足未评分：1 家；等级受门槛项限制而低于得分所在区间：1 家"
    assert notes in found
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["绿 3 家", "黄 1 家", "红 1 家"]


def test_alt_score_distribution() -> None:
    text = alt_score_distribution(scored(), "en")
    assert "5 scored, from 70.0 to 100.0 points; Excellent 2; Good 1; Fair 2" in text


def test_plot_carbon_concentration_cumulative_share() -> None:
    frame = pd.DataFrame(
        {
            "co2e_t": [10.0, 60.0, np.nan, 30.0, 0.0],
            "on_carbon_list": [False, True, False, False, False],
        }
    )
    ax = plot_carbon_concentration(frame, threshold_t=30)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [0, 1, 2, 3])
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0, 60, 90, 100])
    listed = next(line for line in ax.lines if line.get_markerfacecolor() != "white"
                  and line.get_marker() == "o")  # fmt: skip
    np.testing.assert_allclose(listed.get_ydata(), [60])
    threshold = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert threshold.get_xdata()[0] == pytest.approx(2.5)
    found = [t.get_text() for t in ax.texts]
    assert "入列门槛 30 tCO2e" in found
    assert "名单内 1 家合计占 60.0%" in found
    assert ax.get_ylabel() == "累计占园区碳排放比例（%）"
    text = alt_carbon_concentration(frame)
    assert "共 3 家有数据；排放最大的 2 家占 90.0%；名单内 1 家占 60.0%" in text


def test_plot_carbon_concentration_no_list(park_slice: Make) -> None:
    frame = park_slice("en").enterprises.drop(columns="on_carbon_list")
    ax = plot_carbon_concentration(frame, language="en")
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["Not on the list"]
