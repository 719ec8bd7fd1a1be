"""Co-control quadrants and correlations as figures."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.figures.synergy import (
    alt_association,
    alt_co_control,
    plot_association,
    plot_co_control,
)


def changes() -> pd.DataFrame:
    rows = [
        ("0001", 0.30, 0.20, "I"),
        ("0002", -0.30, -0.25, "III"),
        ("0003", 0.02, 0.20, "error"),
        ("0004", np.nan, 0.20, ""),
        ("0005", 0.40, -0.20, "IV"),
        ("park", 0.10, -0.02, "error"),
    ]
    names = ["enterprise_id", "pollutant_reduction", "carbon_reduction", "quadrant"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(pollutant="cod_kg", from_year=2020, to_year=2024)


def drawn(ax):
    """Return the points by label."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in ax.lines:
        pairs = zip(line.get_xdata(), line.get_ydata(), strict=True)
        found.setdefault(str(line.get_label()), []).extend(pairs)
    return found


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_plot_co_control_points_in_per_cent():
    ax = plot_co_control(changes(), own="0002")
    points = drawn(ax)
    assert points["own"] == [(pytest.approx(-30), pytest.approx(-25))]
    assert points["park"] == [(pytest.approx(10), pytest.approx(-2))]
    assert len(points["peers"]) == 3
    assert ax.get_xlabel() == "化学需氧量排放量减排幅度（%，较2020年）"


def test_plot_co_control_counts_quadrants_without_the_park():
    found = texts(plot_co_control(changes(), own="0002"))
    assert {"减污降碳协同 1 家", "降碳增污 0 家", "同增 1 家", "减污增碳 1 家"} <= set(
        found
    )
    assert "变化在误差内：1 家；数据不全、无法判断：1 家" in found


def test_plot_co_control_never_names_a_peer():
    ax = plot_co_control(changes(), own="0002")
    words = " ".join([*texts(ax), *(t.get_text() for t in ax.get_legend().get_texts())])
    assert not any(name in words for name in ("0001", "0003", "0004", "0005"))
    assert "本企业" in words
    nobody = plot_co_control(changes())
    legend = [t.get_text() for t in nobody.get_legend().get_texts()]
    assert "本企业" not in legend
    assert "企业" in legend


def test_plot_co_control_draws_outliers_at_the_edge_and_says_so():
    frame = pd.concat([changes()] * 20, ignore_index=True)
    far = frame.iloc[[0]].assign(pollutant_reduction=-9.0, quadrant="II")
    ax = plot_co_control(pd.concat([frame, far], ignore_index=True))
    points = drawn(ax)["peers"]
    assert min(x for x, _ in points) >= ax.get_xlim()[0]
    assert any("超出范围、画在边缘：1 家" in text for text in texts(ax))


def test_plot_co_control_band_is_the_error_used():
    ax = plot_co_control(changes(), carbon_error=0.02, pollutant_error=0.04)
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert "数据误差范围（±2%、±4%）" in legend
    spans = [
        patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches
    ]
    assert any(s.x0 == pytest.approx(-4) and s.x1 == pytest.approx(4) for s in spans)
    assert any(s.y0 == pytest.approx(-2) and s.y1 == pytest.approx(2) for s in spans)


def test_alt_co_control():
    text = alt_co_control(changes(), "en")
    assert "Both fall 1" in text
    assert "park total: CO2e reduced by −2.0%, pollutant by 10.0%" in text


def correlations() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pollutant": ["cod_kg", "so2_kg", "nox_kg", "pm_kg"],
            "method": "spearman",
            "estimate": [0.8, -0.7, 0.1, np.nan],
            "low": [0.7, -0.8, -0.1, np.nan],
            "high": [0.9, -0.6, 0.3, np.nan],
            "n": [82, 80, 82, 6],
            "verdict": ["positive", "negative", "not_detected", "cannot_judge"],
        }
    )


def test_plot_association_cells():
    ax = plot_association(correlations())
    found = texts(ax)
    assert {"0.80", "0.70 ~ 0.90", "−0.70", "–", "82", "6"} <= set(found)
    colours = [patch.get_facecolor()[:3] for patch in ax.patches]
    # Blue, orange, white, white and hatched.
    assert colours[0][2] > colours[0][0]
    assert colours[1][0] > colours[1][2]
    assert colours[2] == colours[3] == (1, 1, 1)
    assert [bool(patch.get_hatch()) for patch in ax.patches] == [False] * 3 + [True]


def test_plot_association_stronger_is_darker_and_rows_are_cut():
    table = pd.concat(
        [
            correlations().iloc[[0]].assign(pollutant=f"p{k}_kg", estimate=k / 30)
            for k in range(1, 30)
        ],
        ignore_index=True,
    )
    ax = plot_association(table)
    reds = [patch.get_facecolor()[0] for patch in ax.patches]
    assert reds == sorted(reds, reverse=True)
    assert len(reds) == 22
    assert "另有 7 项未列出" in texts(ax)


def test_alt_association():
    text = alt_association(correlations())
    assert "化学需氧量排放量 0.80（0.70 ~ 0.90）" in text
    assert "无法判断" in text
