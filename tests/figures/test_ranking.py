"""Ranks and the heat map."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from synergy_lib.figures.ranking import (
    SHADES,
    alt_dimension_heatmap,
    alt_ranking,
    plot_dimension_heatmap,
    plot_ranking,
)
from synergy_lib.figures.style import SIGNALS

Make = Callable[..., Any]


def texts(ax: Axes) -> list[str]:
    return [t.get_text() for t in ax.texts]


def three() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "enterprise_id": ["0001", "0002", "0003"],
            "enterprise_name": ["甲厂", "乙厂", "丙厂"],
            "overall": [91.0, 72.5, np.nan],
            "grade": ["优", "待提升", "数据不足"],
            "colour": ["green", "red", "grey"],
            "rank": [1.0, 2.0, np.nan],
            "rank_low": [1.0, 1.0, np.nan],
            "rank_high": [2.0, 3.0, np.nan],
            "A": [90.0, 59.99, np.nan],
            "B": [80.0, 70.0, 60.0],
        }
    )


def test_plot_ranking_intervals_and_markers() -> None:
    ax = plot_ranking(three(), ranked_count=40)
    drawn = [line for line in ax.lines if len(line.get_xdata()) == 2]
    assert [list(line.get_xdata()) for line in drawn] == [[1, 2], [1, 3]]
    dots = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert [dot.get_marker() for dot in dots] == [
        SIGNALS["green"].marker,
        SIGNALS["red"].marker,
    ]
    assert ax.get_xlim()[1] >= 40
    found = [text.strip() for text in texts(ax)]
    assert {"甲厂", "0003", "91.0", "待提升", "不参与排名", "–"} <= set(found)
    assert ax.get_xlabel() == "名次（横线为 90% 区间）"


@pytest.mark.parametrize(
    ("ranked", "step"),
    [(1, 1), (8, 1), (82, 20), (800, 100), (1000, 200), (9000, 2000)],
)
def test_plot_ranking_has_few_ticks_however_many_are_ranked(ranked, step) -> None:
    ticks = plot_ranking(three(), ranked_count=ranked).get_xticks()
    assert len(ticks) <= 9
    assert ticks[0] == 1
    assert set(np.diff(ticks[1:])) <= {step}


def test_plot_ranking_rows_run_downwards() -> None:
    ax = plot_ranking(three())
    names = {t.get_text(): t.get_position()[1] for t in ax.texts}
    assert names["甲厂"] < names["乙厂"] < names["丙厂"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_alt_ranking_lists_five_and_counts_the_rest(park_slice: Make) -> None:
    text = alt_ranking(park_slice().enterprises.head(45), "en")
    assert text.count("90% interval") == 6
    assert text.endswith("40 more.")
    assert "丙厂 不参与排名" in alt_ranking(three())


def test_plot_dimension_heatmap_shades_before_rounding() -> None:
    dimensions = pd.DataFrame({"code": ["A", "B"], "name": ["甲维度", "乙维度"]})
    ax = plot_dimension_heatmap(three(), dimensions)
    known, missing = ax.collections
    faces = [to_hex(face).upper() for face in known.get_facecolors()]
    # 90 → best shade, 80 → second, 59.99 → worst although printed 60.0, 70, 60
    assert faces == [SHADES[0], SHADES[1], SHADES[4], SHADES[2], SHADES[3]]
    assert len(missing.get_paths()) == 1
    assert missing.get_hatch()
    found = texts(ax)
    assert {"60.0", "–", "A\n甲维度", "总分"} <= set(found)
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["≥90", "80–90", "70–80", "60–70", "<60"]
    assert "甲维度 乙厂 60.0 分" in alt_dimension_heatmap(three(), dimensions)


def test_plot_dimension_heatmap_no_dimensions() -> None:
    ax = plot_dimension_heatmap(three(), pd.DataFrame())
    assert texts(ax) == ["无可用数据"]
