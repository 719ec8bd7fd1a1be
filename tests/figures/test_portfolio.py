"""The abatement cost curve and the Pareto front."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.portfolio import (
    alt_abatement_curve,
    alt_pareto_front,
    plot_abatement_curve,
    plot_pareto_front,
)


@pytest.fixture
def curve() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "technique_id": ["T22", "T18", "T14"],
            "name_zh": ["冷凝水回收", "光伏", "余热"],
            "name_en": ["Condensate", "PV", "Waste heat"],
            "reduction_t": [1800.0, 3200.0, 50.0],
            "abatement_cost_cny_per_t": [-418.0, -79.0, 33.5],
        }
    )
    return frame.assign(cumulative_reduction_t=frame["reduction_t"].cumsum())


@pytest.fixture
def front() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "reduction_t": [3000.0, 1000.0],
            "net_cost_10k_cny": [40.0, -25.0],
            "pollutant_equivalent_kg": [900.0, 300.0],
        }
    )


def test_plot_abatement_curve_bars_stand_side_by_side(curve: pd.DataFrame) -> None:
    ax = plot_abatement_curve(curve)
    bars = [(p.get_x(), p.get_width(), p.get_height()) for p in ax.patches]
    expected = [(0, 1800, -418), (1800, 3200, -79), (5000, 50, 33.5)]
    np.testing.assert_allclose(bars, expected)
    colours = [p.get_facecolor() for p in ax.patches]
    assert colours[0] == colours[1] != colours[2]
    # The last bar is too narrow for its number.
    assert [t.get_text() for t in ax.texts] == ["1 冷凝水回收", "2 光伏"]
    assert ax.get_xlabel() == "年减碳量（tCO2e，扣除叠加）"
    assert ax.get_ylabel() == "单位减碳成本（元/tCO2e）"
    legend = ax.get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == 2


def test_plot_abatement_curve_in_english_and_without_names(curve: pd.DataFrame) -> None:
    ax = plot_abatement_curve(curve, language="en")
    assert ax.get_ylabel() == "Cost of abatement (CNY/tCO2e)"
    plain = plot_abatement_curve(curve.drop(columns=["name_zh", "name_en"]))
    assert [t.get_text() for t in plain.texts] == ["1 T22", "2 T18"]


def test_alt_abatement_curve_names_every_bar(curve: pd.DataFrame) -> None:
    text = alt_abatement_curve(curve)
    assert text.startswith("边际减碳成本曲线：1 冷凝水回收 减碳 1,800 tCO2e、−418 元/t")
    assert "3 余热 减碳 50.0 tCO2e、33.5 元/t" in text
    assert "2 PV: 3,200 tCO2e at −79.0 CNY/t" in alt_abatement_curve(curve, "en")


def test_plot_pareto_front_sorts_and_sizes(front: pd.DataFrame) -> None:
    ax = plot_pareto_front(front)
    (points,) = ax.collections
    np.testing.assert_allclose(points.get_offsets(), [[1000, -25], [3000, 40]])
    small, large = points.get_sizes()
    assert small < large
    colours = points.get_facecolors()
    assert not np.array_equal(colours[0], colours[1])
    legend = ax.get_legend()
    assert legend is not None
    found = [text.get_text() for text in legend.get_texts()]
    assert found == ["减污 300 当量", "减污 900 当量"]


def test_plot_pareto_front_of_one_amount_of_pollutants(front: pd.DataFrame) -> None:
    ax = plot_pareto_front(front.assign(pollutant_equivalent_kg=5.0), language="en")
    assert len(set(ax.collections[0].get_sizes())) == 1
    assert ax.get_xlabel() == "Yearly CO2e reduction after overlap (tCO2e)"


def test_alt_pareto_front(front: pd.DataFrame) -> None:
    text = alt_pareto_front(front)
    first = "减碳 1,000 tCO2e、减污 300 当量、年净成本 −25.0 万元"
    assert text.startswith(f"成本—减碳—减污前沿：{first}")
    assert "for 40.0 10k CNY a year" in alt_pareto_front(front, "en")


def test_nothing_to_draw(curve: pd.DataFrame, front: pd.DataFrame) -> None:
    for ax in (plot_abatement_curve(curve.head(0)), plot_pareto_front(front.head(0))):
        assert [t.get_text() for t in ax.texts] == ["无可用数据"]
    assert alt_abatement_curve(curve.head(0)) == "边际减碳成本曲线：无可用数据。"
    assert alt_pareto_front(front.head(0), "en").endswith("no data available.")
