"""Labels that do not touch, and text at printed distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synergy_lib.errors import ReportError
from synergy_lib.figures.parts.annotation import (
    axes_width_mm,
    beside,
    key_row,
    left_space_mm,
    root_figure,
    row_names,
    side_labels,
    signal_marker,
    spread,
)
from synergy_lib.figures.parts.axes import new_axes


@given(
    positions=st.lists(st.floats(0, 100), min_size=1, max_size=8),
    gap=st.floats(0.1, 12),
)
def test_spread_keeps_gap_order_and_limits(positions: list[float], gap: float) -> None:
    placed = spread(positions, gap, 0.0, 100.0)
    in_order = np.sort(placed)
    assert (np.diff(in_order) >= gap - 1e-6).all()
    order = np.argsort(positions, kind="stable")
    assert (np.diff(placed[order]) >= -1e-9).all()
    assert in_order[0] >= -1e-6
    assert in_order[-1] <= 100 + 1e-6


def test_spread_leaves_what_is_apart() -> None:
    assert spread([10.0, 50.0, 30.0], 5.0, 0, 100).tolist() == [10, 50, 30]


def test_spread_at_the_edge_pushes_inwards() -> None:
    assert spread([0.0, 0.0], 10.0, 0, 100).tolist() == [0, 10]
    assert spread([100.0, 99.0, 88.0], 10.0, 0, 100).tolist() == [100, 90, 80]


def test_sizes_in_mm() -> None:
    ax = new_axes(50, (40, 20, 5, 5))
    assert left_space_mm(ax) == pytest.approx(40)
    assert axes_width_mm(ax) == pytest.approx(110)


def test_beside_is_at_the_printed_distance() -> None:
    ax = new_axes(50, (40, 20, 5, 5))
    x, transform = beside(ax, 3, "right")
    place = transform.transform((x, 0))[0] / ax.figure.dpi * 25.4
    assert place == pytest.approx(170 - 20 + 3)


def test_row_names_are_cut_to_the_margin() -> None:
    ax = new_axes(50, (20, 20, 5, 5))
    texts = row_names(ax, ["短名", "非常非常非常长的企业名称有限公司", None])
    assert [t.get_text() for t in texts] == ["短名", "非常非常非…", "–"]


def test_side_labels_names_in_order() -> None:
    ax = new_axes(50, (20, 40, 5, 5))
    ax.set_ylim(0, 10)
    side_labels(ax, [(1, 5.0), (1, 5.1)], ["甲", "乙"], ["#112233", "#FFFFFF"])
    places = {t.get_text(): t.get_position()[1] for t in ax.texts if t.get_text()}
    assert places["乙"] - places["甲"] == pytest.approx(10 * 3.6 / 40)


def test_key_row_of_nothing_makes_no_legend() -> None:
    ax = new_axes(50, (20, 20, 5, 5))
    key_row(ax, {})
    assert ax.get_legend() is None


def test_signal_marker_unknown_colour_is_grey() -> None:
    assert signal_marker("violet").get_marker() == signal_marker("grey").get_marker()


def test_root_figure_without_figure() -> None:
    ax = Axes(Figure(), (0, 0, 1, 1))
    assert root_figure(ax) is ax.figure
    ax._parent_figure = None
    with pytest.raises(ReportError):
        root_figure(ax)
