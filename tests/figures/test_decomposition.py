"""The waterfall of an emission: bars that join, signs, cut axes, reasons."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from synergy_lib.figures.decomposition import alt_decomposition, plot_decomposition
from synergy_lib.figures.parts.steps import BETTER, WORSE
from synergy_lib.figures.style import figure_svg
from synergy_lib.trends.decomposition.identities import enterprise_carbon, park_carbon


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_each_bar_begins_where_the_last_ended(enterprise_slice):
    table = enterprise_slice().effects
    ax = plot_decomposition(table)
    bars = ax.patches
    steps = [(bar.get_x(), bar.get_width()) for bar in bars[:-2]]
    amounts = [4718.7, -4086.6, 196.9, -294.0, -18.5]
    starts = 10_314.8 + np.concatenate([[0], np.cumsum(amounts)[:-1]])
    np.testing.assert_allclose(steps, list(zip(starts, amounts, strict=True)))
    totals = [bar.get_x() + bar.get_width() for bar in bars[-2:]]
    np.testing.assert_allclose(totals, [10_314.8, 10_314.8 + sum(amounts)])
    assert ax.get_xlim()[0] == 0
    # What raises the emission is striped, what lowers it solid: no colour is needed.
    hatches = [bar.get_hatch() or "" for bar in bars[:-2]]
    expected = [WORSE if amount > 0 else BETTER for amount in amounts]
    assert hatches == [look["hatch"] for look in expected]


def test_rows_say_amounts_shares_and_years(enterprise_slice):
    found = texts(plot_decomposition(enterprise_slice().effects))
    assert {"2020年排放量", "规模效应", "电网因子效应", "2024年排放量"} <= set(found)
    assert {"10,315", "+4,719", "−294", "10,831", "+45.7%", "+5.0%"} <= set(found)
    assert "不可分解项" not in found  # nothing of it
    assert "tCO2e" in found
    assert "2020年到2024年逐年分解后累加；规模按工业增加值（可比价）计" in found
    english = texts(plot_decomposition(enterprise_slice("en").effects, language="en"))
    assert {"Scale", "Grid factor", "Emission 2020"} <= set(english)


def test_park_says_who_is_counted_and_that_the_axis_is_cut(park_slice):
    ax = plot_decomposition(park_slice().effects)
    note = next(text for text in texts(ax) if "计入" in text)
    assert "计入77家，其中新进2家、退出1家；缺数据未计入5家" in note
    assert "横轴不从零开始" in note
    assert ax.get_xlim()[0] > 0
    assert "不可分解项" in texts(ax)
    whole = park_slice().effects
    whole["start"], whole["end"] = 100_000.0, 100_000.0 + whole["amount"].sum()
    ax = plot_decomposition(whole)
    assert ax.get_xlim()[0] <= 0
    assert "横轴" not in " ".join(texts(ax))


def test_enormous_shares_lose_their_digits(enterprise_slice):
    table = enterprise_slice().effects
    table["share"] = [1234.5, -80.0, 0.5, 0, 0, 0, 0]
    assert {"> +999%", "< −999%", "+50.0%"} <= set(texts(plot_decomposition(table)))


def test_a_start_of_nothing_has_no_shares(enterprise_slice):
    table = enterprise_slice().effects.assign(start=0.0, share=np.nan)
    table["end"] = table["amount"].sum()
    assert "–" in texts(plot_decomposition(table))
    assert "nan" not in alt_decomposition(table)


@pytest.mark.parametrize(
    ("language", "reason"), [("zh", "平减指数"), ("en", "deflator")]
)
def test_what_cannot_be_decomposed_says_why(enterprise_slice, language, reason):
    table = enterprise_slice().effects.assign(
        amount=np.nan,
        status="no_deflator",
        reason_zh="缺平减指数",
        reason_en="No deflator",
    )
    assert reason in texts(plot_decomposition(table, language=language))[0]
    assert reason in alt_decomposition(table, language)


def test_alt_text(park_slice):
    text = alt_decomposition(park_slice().effects)
    assert text.startswith("排放变化的分解：2020 年 166.7 万tCO2e；规模效应 +40.8")
    assert text.endswith("2024 年 179.9 万tCO2e。")


def test_a_quantity_that_is_no_column_has_no_unit(enterprise_slice):
    table = enterprise_slice().effects.assign(quantity="co2_listed_mt")
    ax = plot_decomposition(table)
    assert ax.get_xlabel() == "co2_listed_mt"
    assert "变化" in texts(ax)
    assert "2020 年 10,315；" in alt_decomposition(table)


def test_demonstration_park(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    tables = [enterprise_carbon(data), park_carbon(data)]
    for table in tables:
        last = table[(table["basis"] == "chain") & (table["to_year"] == 2024)]
        groups = last.groupby("enterprise_id", sort=False)
        for _, rows in list(groups)[:3]:
            figure_svg(plot_decomposition(rows).figure)
