"""What the draws say together: verdict, histogram, sensitivity."""

import numpy as np
import pytest

from synergy_lib.outlook.scenarios.rates import BOUNDS, RATES
from synergy_lib.outlook.scenarios.verdict import (
    PEAK_STATUSES,
    histogram,
    peak_row,
    sensitivity_rows,
)

NAN = np.nan
DRAWN = np.array([2024.0, 2028, 2028, 2032, NAN])


def row(drawn=DRAWN, median=2028.0, negative=0.0, horizon=True):
    return peak_row(drawn, median, 2024, 2030, negative, horizon=horizon)


def test_peak_row_shares():
    found = row()
    assert (found["status"], found["peak_year"]) == ("projected", 2028.0)
    assert found["p_deadline"] == pytest.approx(3 / 5)
    assert found["p_declared"] == pytest.approx(4 / 5)
    # Wilson 1927 by hand: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
    z2 = 1.959964**2
    middle, half = 0.6 + z2 / 10, np.sqrt(z2 * (0.24 / 5 + z2 / 100))
    expected = [(middle - half) / (1 + z2 / 5), (middle + half) / (1 + z2 / 5)]
    assert [found["p_low"], found["p_high"]] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"median": 2024.0}, "past"),
        ({"median": NAN}, "none"),
        ({"horizon": False}, "horizon_short"),
        ({"drawn": np.array([]), "horizon": False}, "not_computable"),
    ],
)
def test_peak_row_status(cells, status):
    found = row(**cells)
    assert found["status"] == status
    assert np.isnan(found["peak_year"]) == (status != "past")
    assert bool(found["reason_zh"]) == bool(found["reason_en"]) == (status != "past")


def test_peak_row_declares_nothing_without_a_probability():
    found = row(horizon=False)
    assert np.isnan([found["peak_year"], found["p_deadline"]]).all()


def test_peak_row_negative_emissions_are_said():
    found = row(negative=0.2)
    assert found["reason_zh"].startswith("20% 的抽样中技术减排量超过排放量")
    assert found["status"] == "projected"
    both = row(negative=0.2, median=NAN)
    assert both["reason_en"].startswith("Fewer than 5 projected years")
    assert "20%" in both["reason_en"]


def test_peak_statuses_have_both_languages():
    assert all(zh and en for zh, en in PEAK_STATUSES.values())


def test_histogram_adds_up():
    table = histogram(DRAWN)
    assert table["share"].sum() == pytest.approx(1.0)
    assert table["peak_year"].isna().sum() == 1
    assert table.set_index("peak_year").loc[2028, "share"] == pytest.approx(0.4)
    assert len(histogram(np.array([]))) == 0


def test_sensitivity_rows():
    draws = np.column_stack(
        [np.arange(5) / 5, np.arange(5)[::-1] / 5, np.zeros((5, 2))]
    )
    draws[:, 2] = [0.3, 0.1, 0.2, 0.5, 0.4]
    tried = {(rate, bound): NAN for rate in RATES for bound in BOUNDS}
    tried["value_added_growth", "low"] = 2024.0
    table = sensitivity_rows(DRAWN, draws, tried).set_index("rate")
    # Latest of all are the draws without a peak, so growth goes with the order.
    assert table.loc["value_added_growth", "rank_correlation"] > 0.9
    assert table.loc["energy_intensity_cut", "rank_correlation"] < -0.9
    assert table.loc["value_added_growth", "low_peak"] == 2024
    assert set(table["status"]) == {"moves"}


@pytest.mark.parametrize("drawn", [np.full(5, 2024.0), np.full(5, NAN)])
def test_sensitivity_rows_where_nothing_moves(drawn):
    tried = {(rate, bound): NAN for rate in RATES for bound in BOUNDS}
    table = sensitivity_rows(drawn, np.random.default_rng(0).random((5, 4)), tried)
    assert set(table["status"]) == {"same_peak"}
    assert table["rank_correlation"].isna().all()
