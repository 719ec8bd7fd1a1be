"""Measures and projects."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.techniques import (
    alt_measure_ranges,
    alt_projects,
    figure_projects,
    plot_measure_ranges,
    plot_technique_potential,
)

Make = Callable[..., Any]


def test_plot_measure_ranges_first_eight_with_sign(enterprise_slice: Make) -> None:
    frame = enterprise_slice().measures
    ax = plot_measure_ranges(frame)
    shown = frame.head(8)
    known = shown[shown["co2e_mode_t"].notna()]
    bars = [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches]
    expected = known[["co2e_low_t", "co2e_high_t"]].to_numpy()
    np.testing.assert_allclose(bars, expected)
    assert [p.get_hatch() for p in ax.patches].count("/////") == 1  # raises CO2e
    found = [t.get_text() for t in ax.texts]
    assert {"1,430", "786 ~ 2,288", "−240", "无法计算", "措施", "证据"} <= set(found)
    assert "工艺水回用" not in found
    assert ax.get_xlabel() == "年减碳量（tCO2e，负值为增碳）"
    assert ax.get_xlim()[0] < 0


def test_plot_measure_ranges_without_increase_has_the_plain_label(
    enterprise_slice: Make,
) -> None:
    ax = plot_measure_ranges(enterprise_slice("en").measures.head(3), language="en")
    assert ax.get_xlabel() == "Yearly CO2e reduction (tCO2e)"
    assert ax.get_xlim()[0] <= 0


def test_plot_technique_potential_counts_enterprises(park_slice: Make) -> None:
    ax = plot_technique_potential(park_slice().measures)
    found = [t.get_text() for t in ax.texts]
    assert {"技术", "企业数", "34", "28"} <= set(found)
    assert len(ax.patches) == 8


def test_alt_measure_ranges(enterprise_slice: Make) -> None:
    text = alt_measure_ranges(enterprise_slice().measures)
    assert text.startswith("措施年减碳量区间（tCO2e）：冷凝水与余热梯级回收利用 1,430")
    assert "−240（−348 至 −96.0）" in text


def test_figure_projects_sorts_and_keeps_missing(park_slice: Make) -> None:
    figure = figure_projects(park_slice())
    money, carbon = figure.axes
    heights = [p.get_width() for p in carbon.patches]
    assert heights[:3] == pytest.approx([3900, 2100, 880])
    assert np.isnan(heights[-1])
    assert [t.get_text() for t in carbon.texts].count("–") == 1
    assert [p.get_width() for p in money.patches][:2] == pytest.approx([2600, 1250])
    assert "投资额（万元）" in [t.get_text() for t in money.texts]


def test_figure_projects_counts_what_it_leaves_out(park_slice: Make) -> None:
    data = park_slice("en")
    data.projects = pd.concat([data.projects] * 3, ignore_index=True)
    money = figure_projects(data, language="en").axes[0]
    assert len(money.patches) == 15
    assert "6 more not shown" in [t.get_text() for t in money.texts]


def test_alt_projects(park_slice: Make) -> None:
    text = alt_projects(park_slice())
    assert text.startswith("计划项目投资与减碳量（万元；tCO2e）：")
    assert "RTO 余热利用投资 320、年减碳 880" in text
