"""One enterprise's scores: what is drawn, labelled and said."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from synergy_lib.figures.scores import (
    alt_dimension_scores,
    alt_indicator_gaps,
    alt_score_history,
    plot_dimension_scores,
    plot_indicator_gaps,
    plot_score_history,
)
from synergy_lib.figures.style import OWN, SIGNALS, new_figure

Make = Callable[..., Any]


def texts(ax: Axes) -> list[str]:
    return [t.get_text() for t in ax.texts]


def line_of(ax: Axes, marker: str, face: str) -> Any:
    return next(
        line
        for line in ax.lines
        if line.get_marker() == marker and line.get_markerfacecolor() == face
    )


def test_plot_dimension_scores_draws_own_previous_and_peers(
    enterprise_slice: Make,
) -> None:
    frame = enterprise_slice().dimensions
    ax = plot_dimension_scores(frame)
    own = line_of(ax, "o", OWN)
    np.testing.assert_allclose(own.get_xdata(), frame["score"])
    before = line_of(ax, "o", "white")
    np.testing.assert_allclose(before.get_xdata(), frame["previous_score"])
    bands = [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches]
    assert bands[0] == pytest.approx((59, 78))  # p25–p75 of the first dimension
    assert len(bands) == 6
    assert ax.get_xlim() == (0, 100)


def test_plot_dimension_scores_labels(enterprise_slice: Make) -> None:
    ax = plot_dimension_scores(enterprise_slice().dimensions)
    found = texts(ax)
    assert found.count("数据不足") == 1
    assert {"82.4", "+3.4", "−3.5", "0.0", "绿色低碳发展水平"} <= set(found)
    assert ax.get_xlabel() == "得分（0–100 分）"
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == [
        "本企业",
        "上年度",
        "同业中位数",
        "同业中间 50%",
        "同业中间 80%",
    ]


def test_plot_dimension_scores_withheld_peers_leave_no_key(
    enterprise_slice: Make,
) -> None:
    frame = enterprise_slice("en").dimensions
    hidden = {c: np.nan for c in frame if c.startswith("peer_")}
    ax = plot_dimension_scores(frame.assign(**hidden), language="en")
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["This enterprise", "Previous year"]
    assert "Peers" not in texts(ax)


def test_plot_uses_the_axes_given(enterprise_slice: Make) -> None:
    ax = new_figure(170, 90).add_axes((0.3, 0.2, 0.5, 0.6))
    assert plot_dimension_scores(enterprise_slice().dimensions, ax=ax) is ax


def test_alt_dimension_scores_names_score_and_median(enterprise_slice: Make) -> None:
    text = alt_dimension_scores(enterprise_slice().dimensions)
    assert "绿色低碳发展水平 82.4 分（同业中位数 69.0）" in text
    assert "末端高效治理水平 数据不足" in text


def test_plot_score_history_leaves_gaps_and_marks_signals(
    enterprise_slice: Make,
) -> None:
    ax = plot_score_history(enterprise_slice().history)
    line = ax.lines[0]
    assert list(line.get_xdata()) == list(range(2019, 2025))
    assert np.isnan(line.get_ydata()).tolist() == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    markers = [one.get_marker() for one in ax.lines[1:]]
    assert markers == [SIGNALS[c].marker for c in ("red", "yellow", "yellow", "yellow")]
    found = texts(ax)
    assert found.count("数据不足") == 2
    assert {"74.6", "第 31/81 名", "优 ≥90", "待提升 <60"} <= set(found)


def test_plot_score_history_axis_starts_at_zero_for_low_scores() -> None:
    frame = pd.DataFrame({"year": [2023, 2024], "overall": [30.0, 71.0]})
    assert plot_score_history(frame).get_ylim()[0] == 0
    frame["overall"] = [60.0, 71.0]
    assert plot_score_history(frame).get_ylim()[0] == 40


def test_alt_score_history(enterprise_slice: Make) -> None:
    text = alt_score_history(enterprise_slice().history, "en")
    assert text.startswith("Overall score by year: 58.4 points in 2019 (Needs work); ")


def test_plot_indicator_gaps_sorts_by_points_lost() -> None:
    frame = pd.DataFrame(
        {
            "code": ["A1", "A2", "B1", "B2"],
            "name": ["甲", "乙", "丙", "丁"],
            "weight": [4.0, 6.0, 3.0, 5.0],
            "score": [50.0, 75.0, np.nan, 100.0],
        }
    )
    ax = plot_indicator_gaps(frame)
    widths = [patch.get_width() for patch in ax.patches]
    assert widths == pytest.approx([4.0, 6.0, 2.0, 1.5])  # weights, then points lost
    found = texts(ax)
    assert "另有 1 项指标因缺数据未评分" in found
    names = [text for text in found if text[:2] in ("A1", "A2", "B1", "B2")]
    assert names == ["A1 甲", "A2 乙"]
    assert ax.get_xlabel() == "失分（分）"
    assert "甲失 2.0 分（满分 4 分）" in alt_indicator_gaps(frame)


def test_plot_indicator_gaps_shows_ten(enterprise_slice: Make) -> None:
    ax = plot_indicator_gaps(enterprise_slice().indicators)
    assert len(ax.patches) == 20
