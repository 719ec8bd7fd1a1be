"""Tapio's plane: states named, years where they stand, reasons."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from synergy_lib.figures.decoupling import alt_decoupling, plot_decoupling
from synergy_lib.figures.style import figure_svg
from synergy_lib.schema import OUTPUT, code_labels
from synergy_lib.trends.decoupling import decoupling_table

CASES = {
    "spike": {2021: (0.01, 9.0), 2022: (0.02, -0.5), 2023: (0.01, 0.2)},
    "decline": {2021: (-0.1, -0.1), 2022: (-0.2, -0.21), 2023: (-0.3, -0.5)},
    "still": {2021: (0.001, 0.001), 2022: (0.0012, 0.0012)},
    "back": {2021: (0.5, 0.5), 2022: (0.0, 0.0), 2023: (0.5, 0.49)},
    "crowd": {2021 + k: (0.1 + 0.002 * k, 0.1 - 0.003 * k) for k in range(25)},
    "one": {2024: (0.1, -0.2)},
}


def texts(ax: Axes) -> list[str]:
    return [text.get_text().replace("\n", "") for text in ax.texts]


def path(changes, basis="fixed"):
    """Return the table of an enterprise with these changes since the year 2020."""
    records = [("a", 2020, 1.0, 1.0)]
    records += [("a", year, 1 + x, 1 + y) for year, (x, y) in changes.items()]
    names = ["enterprise_id", "year", OUTPUT, "co2e_t"]
    data = pd.DataFrame(records, columns=names).set_index(names[:2])
    table = decoupling_table(data, ["co2e_t"])
    return table[(table["enterprise_id"] == "a") & (table["basis"] == basis)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_no_two_texts_touch_however_odd_the_path(case, language):
    ax = plot_decoupling(path(CASES[case]), language=language)
    FigureCanvasAgg(ax.figure).draw()
    pad = 0.3 / 25.4 * ax.figure.dpi
    boxes = [text.get_window_extent().padded(-pad) for text in ax.texts]
    shown = [(t.get_text(), b) for t, b in zip(ax.texts, boxes, strict=True)]
    shown = [(text, box) for text, box in shown if text]
    for (first, one), (second, other) in itertools.combinations(shown, 2):
        assert not one.overlaps(other), f"{case}: {first} / {second}"
    figure_svg(ax.figure)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_eight_states_are_named(enterprise_slice, language):
    ax = plot_decoupling(enterprise_slice(language).decoupling, language=language)
    found = {text.replace(" ", "") for text in texts(ax)}
    names = code_labels("decoupling_state")[f"label_{language}"].str.replace(" ", "")
    assert set(names) <= found


def test_a_fixed_base_is_a_path_from_the_origin(enterprise_slice):
    ax = plot_decoupling(enterprise_slice().decoupling)
    line = next(line for line in ax.lines if len(line.get_xdata()) == 5)
    np.testing.assert_allclose(line.get_xdata(), [0, 8, 11.7, 16.2, 20])
    np.testing.assert_allclose(line.get_ydata(), [0, 6.2, 2.9, 2, -10])
    assert {"2020", "2021", "2022", "2023", "2024"} <= set(texts(ax))
    assert ax.get_xlim() == ax.get_ylim()
    assert ax.get_xlabel() == "工业增加值（可比价）变化（%，较2020年）"
    assert "2024年：强脱钩，弹性 −0.50" in texts(ax)


def test_year_on_year_are_points():
    ax = plot_decoupling(path({2021: (0.1, 0.2), 2022: (0.2, 0.1)}, "chain"))
    assert "2020" not in texts(ax)
    assert {"2021", "2022"} <= set(texts(ax))
    assert ax.get_xlabel().endswith("（%，较上年）")
    assert all(
        line.get_marker() == "o" or line.get_linewidth() < 1 for line in ax.lines
    )


def test_years_that_are_not_judged_are_named():
    table = path({2021: (0.1, 0.2), 2022: (0.001, 0.1), 2023: (np.nan, 0.1)})
    ax = plot_decoupling(table)
    assert "未判定：2022–2023" in texts(ax)
    assert "2022 年产出持平" in alt_decoupling(table)


def test_nothing_judged_says_why():
    table = path({2021: (np.nan, 0.2)})
    assert texts(plot_decoupling(table)) == ["起止年份缺产出，无法判定"]
    assert "缺产出" in alt_decoupling(table)


def test_alt_text(enterprise_slice):
    text = alt_decoupling(enterprise_slice().decoupling)
    # e = 0.062/0.08 = 0.775
    assert text.startswith("排放与产出的脱钩：2021 年弱脱钩（产出 +8.0%，排放 +6.2%）")
    assert text.endswith("2024 年强脱钩（产出 +20.0%，排放 −10.0%）。")
