"""The waterfall of the change of a score."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from synergy_lib.figures.bridge import CAUSES, alt_change_bridge, plot_change_bridge
from synergy_lib.scoring.bridge import states

Make = Callable[..., Any]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_causes_are_those_of_the_scores() -> None:
    assert CAUSES == states.CAUSES


def test_plot_change_bridge_each_bar_begins_where_the_last_ended(
    enterprise_slice: Make,
) -> None:
    ax = plot_change_bridge(enterprise_slice().bridge)
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    # 72.5 +3.75 −1.5 +0.25 −0.5 = 74.5; method not told and nothing missing: no rows
    expected = [(72.5, 3.75), (76.25, -1.5), (74.75, 0.25), (75.0, -0.5)]
    np.testing.assert_allclose(bars, expected)
    ends = next(line for line in ax.lines if line.get_marker() == "o")
    assert list(ends.get_xdata()) == [72.5, 74.5]
    low, high = ax.get_xlim()
    assert high - low >= 8


def test_plot_change_bridge_labels_points_and_places(
    enterprise_slice: Make,
) -> None:
    found = texts(plot_change_bridge(enterprise_slice().bridge))
    assert {"72.5", "+3.8", "−1.5", "74.5"} <= set(found)
    assert not {"评价方法更新", "可评指标增减"} & set(found)
    assert {"第 31 名", "+6.2", "−2.5", "−5.8", "第 33 名"} <= set(found)
    english = texts(plot_change_bridge(enterprise_slice("en").bridge, language="en"))
    assert {"Own performance", "New factors", "Rank 31"} <= set(english)


def test_plot_change_bridge_without_a_rank(enterprise_slice: Make) -> None:
    bridge = enterprise_slice().bridge
    found = texts(plot_change_bridge(bridge[bridge["code"] != "rank"]))
    assert "名次" not in found
    assert "72.5" in found


def test_alt_change_bridge(enterprise_slice: Make) -> None:
    text = alt_change_bridge(enterprise_slice().bridge)
    assert text.startswith("得分变化的原因：上期得分 72.5；自身表现 +3.8；")
    assert "评价方法更新 无法判断" in text


@pytest.mark.parametrize("gone", ["earlier", "later"])
def test_without_both_scores_there_is_nothing_to_draw(
    enterprise_slice: Make, gone: str
) -> None:
    bridge = enterprise_slice().bridge.assign(**{gone: np.nan})
    assert texts(plot_change_bridge(bridge)) == ["无可用数据"]
