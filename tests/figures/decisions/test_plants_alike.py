import numpy as np
import pandas as pd

from synergy_lib.figures.decisions.plants_alike import (
    alt_plants_alike,
    plot_plants_alike,
)

TABLE = pd.DataFrame(
    {
        "observed": [8.0, 12, 40, 5],
        "best_quartile": [10.0, 10, 20, np.nan],
        "median": [13.0, 13, 26, np.nan],
        "gap_share": [-0.25, 1 / 6, 0.5, np.nan],
        "position": ["best", "middle", "above_median", ""],
        "reason": ["", "", "", "规模处于样本两端各1%"],
    },
    index=list("abcd"),
)


def test_points_by_position_and_the_line_of_equals():
    ax = plot_plants_alike(TABLE, own="c", label="tce")
    lines = {str(line.get_label()): line for line in ax.lines}
    assert list(lines["best"].get_ydata()) == [8]
    assert list(lines["own"].get_xdata()) == [20]
    assert list(lines["equal"].get_xdata()) == list(lines["equal"].get_ydata())
    assert ax.get_xlabel() == "同类最优四分之一的水平（tce）"
    assert any("未作同类对标：1 家" in text.get_text() for text in ax.texts)


def test_nothing_to_compare_says_why():
    none = TABLE.iloc[3:]
    ax = plot_plants_alike(none)
    assert ax.texts[0].get_text().startswith("规模处于样本")
    assert plot_plants_alike(none, language="en").texts[0].get_text() == (
        "No data available"
    )


def test_alt_names_the_gap_of_the_own_plant():
    assert "50.0%" in alt_plants_alike(TABLE, "c")
