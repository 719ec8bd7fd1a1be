"""Bullets of targets: places, shapes, words."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.style import SIGNALS
from synergy_lib.figures.targets import MOST_ROWS, alt_targets, plot_targets


@pytest.fixture
def gaps(park_slice):
    return park_slice().target_gaps


def texts(ax):
    return [text.get_text() for text in ax.texts]


def by_status(ax):
    return {
        str(line.get_label()): (line.get_marker(), list(line.get_xdata()))
        for line in ax.lines
    }


def test_plot_targets_values_with_the_base_year_as_100(gaps):
    found = by_status(plot_targets(gaps))
    assert found["on_track"] == (SIGNALS["green"].marker, [pytest.approx(80)])
    assert found["behind"] == (SIGNALS["red"].marker, [pytest.approx(98)])
    assert np.isnan(found["not_computable"][1]).all()


def test_plot_targets_says_the_verdict_in_words(gaps):
    found = texts(plot_targets(gaps))
    assert found.count("不能判断") == 2
    assert {"达序时进度", "落后于序时进度", "未完成", "约束性", "参照目标"} <= set(
        found
    )
    assert "−5.9%" in found
    assert "–" in found


def test_plot_targets_far_values_stand_at_the_edge_and_are_counted(gaps):
    ax = plot_targets(gaps)
    marker, (far,) = by_status(ax)["missed"]
    assert marker == "X"
    assert 100 < far <= ax.get_xlim()[1] < 200
    assert "超出范围、画在边缘：1 项" in texts(ax)


def test_plot_targets_leaves_out_other_kinds_and_counts_the_rest(gaps):
    counts = gaps.assign(kind="count")
    assert "无可用数据" in texts(plot_targets(counts))
    many = pd.concat([gaps.iloc[:1]] * (MOST_ROWS + 3), ignore_index=True)
    assert any("另有 3 项未列出" in text for text in texts(plot_targets(many)))


def test_plot_targets_small_gap_is_not_none(gaps):
    ax = plot_targets(gaps.assign(gap_pct=0.02))
    assert "+0.02%" in texts(ax)


def test_alt_targets_says_why_not(gaps):
    text = alt_targets(gaps, "en")
    assert "On track, −5.9% off the required value" in text
    assert "Cannot be judged (No value in the base year)" in text
