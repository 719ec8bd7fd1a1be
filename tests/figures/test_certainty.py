"""What moves the ranks, and whose colour depends on a choice."""

import numpy as np
import pandas as pd

from synergy_lib.figures.certainty import (
    alt_colour_shares,
    alt_sensitivity,
    plot_colour_shares,
    plot_sensitivity,
)

SENSITIVITY = pd.DataFrame(
    {
        "input": ["anchors", "weights"],
        "first": [-0.02, 0.5],
        "total": [0.1, 0.7],
        "total_half_width": [0.05, 0.2],
    }
)
ENTERPRISES = pd.DataFrame(
    {
        "choice_green": [0.0, 1.0, 0.25, np.nan],
        "choice_yellow": [0.0, 0.0, 0.75, np.nan],
        "choice_red": [1.0, 0.0, 0.0, np.nan],
    }
)


def test_plot_sensitivity_largest_first_and_never_below_zero() -> None:
    ax = plot_sensitivity(SENSITIVITY)
    assert [bar.get_width() for bar in ax.patches] == [70.0, 10.0]
    (dots,) = (line for line in ax.lines if line.get_marker() == "o")
    assert list(dots.get_xdata()) == [50.0, 0.0]
    assert ax.get_xlim()[0] == 0
    assert [t.get_text() for t in ax.texts][:2] == ["权重", "锚点"]
    assert alt_sensitivity(SENSITIVITY) == "名次变动的来源：权重 70%；锚点 10%。"


def test_plot_sensitivity_without_any_index() -> None:
    empty = SENSITIVITY.assign(total=np.nan)
    assert "无可用数据" in [t.get_text() for t in plot_sensitivity(empty).texts]
    assert alt_sensitivity(empty).startswith("名次变动的来源：无可用数据")


def test_plot_colour_shares_stacks_to_a_hundred_green_first() -> None:
    ax = plot_colour_shares(ENTERPRISES)
    heights = np.array([bar.get_height() for bar in ax.patches]).reshape(3, 3)
    np.testing.assert_allclose(heights.sum(axis=0), 100)
    assert heights[0].tolist() == [100.0, 25.0, 0.0]
    assert "共 3 家" in ax.get_xlabel()
    assert alt_colour_shares(ENTERPRISES) == (
        "各种做法下的颜色：3 家中 2 家在全部做法下颜色相同，1 家的颜色取决于做法。"
    )


def test_plot_colour_shares_without_enterprises() -> None:
    ax = plot_colour_shares(ENTERPRISES.iloc[3:])
    assert "无可用数据" in [t.get_text() for t in ax.texts]
