import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.decisions.allocation import (
    MOST_ROWS,
    alt_surplus,
    plot_allocation_shares,
    plot_surplus,
)


@pytest.fixture
def park(park_slice):
    return park_slice(count=30)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_shares_are_drawn_in_per_cent_over_their_bounds(park):
    shares = park.allocation_shares
    ax = plot_allocation_shares(shares)
    lines = {str(line.get_label()): line.get_xdata() for line in ax.lines}
    np.testing.assert_allclose(
        lines["benchmark"], 100 * shares["benchmark"].iloc[:MOST_ROWS]
    )
    band = ax.patches[0]
    assert band.get_x() == pytest.approx(100 * shares["low_share"].iloc[0])
    assert band.get_width() == pytest.approx(20 * shares["history"].iloc[0])
    assert any("另有 5 项未列出" in text for text in texts(ax))


def test_shares_without_bounds_have_no_band(park):
    ax = plot_allocation_shares(park.allocation_shares[["history", "mixed"]])
    assert not ax.patches


def test_surplus_shows_both_ends_and_counts_the_rest(park):
    table = park.surplus.copy()
    table.iloc[1] = np.nan
    ax = plot_surplus(table, language="en")
    widths = [bar.get_width() for bar in ax.patches]
    assert len(widths) == MOST_ROWS
    assert widths[0] == table["surplus_t"].max()
    assert widths[-1] == table["surplus_t"].min()
    assert "4 more not shown; Emission not known: 1" in texts(ax)


def test_surplus_signs_in_words():
    table = pd.DataFrame({"surplus_t": [5.0, -7.0]}, index=["a", "b"])
    assert alt_surplus(table, "en").endswith("a: +5 tCO2e; b: −7 tCO2e.")


def test_names_stand_in_for_ids(park):
    ax = plot_surplus(park.surplus, names={"0002": "海湾药业"})
    assert "海湾药业" in texts(ax)
