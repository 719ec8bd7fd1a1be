"""What holds for every figure, whatever it shows: text, print size, odd data."""

import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from synergy_lib.figures import (
    accounts,
    bridge,
    certainty,
    decomposition,
    decoupling,
    distribution,
    monitoring,
    park,
    ranking,
    scenarios,
    scores,
    slopes,
    synergy,
    targets,
    techniques,
    trends,
)
from synergy_lib.figures.decisions import allocation, plants_alike, symbiosis
from synergy_lib.figures.style import SMALL_SIZE_PT, figure_svg

Make = Callable[..., Any]

ENTERPRISE: dict[str, tuple[Make, Make]] = {
    "dimension_scores": (
        lambda s, k: scores.plot_dimension_scores(s.dimensions, language=k),
        lambda s, k: scores.alt_dimension_scores(s.dimensions, k),
    ),
    "score_history": (
        lambda s, k: scores.plot_score_history(s.history, language=k),
        lambda s, k: scores.alt_score_history(s.history, k),
    ),
    "change_bridge": (
        lambda s, k: bridge.plot_change_bridge(s.bridge, language=k),
        lambda s, k: bridge.alt_change_bridge(s.bridge, k),
    ),
    "indicator_gaps": (
        lambda s, k: scores.plot_indicator_gaps(s.indicators, language=k),
        lambda s, k: scores.alt_indicator_gaps(s.indicators, k),
    ),
    "carbon_sources": (
        lambda s, k: accounts.plot_carbon_sources(s.yearly, language=k),
        lambda s, k: accounts.alt_carbon_sources(s.yearly, k),
    ),
    "energy_mix": (
        lambda s, k: accounts.plot_energy_mix(s.yearly, language=k),
        lambda s, k: accounts.alt_energy_mix(s.yearly, k),
    ),
    "pollutants": (
        lambda s, k: trends.figure_pollutants(s, language=k),
        lambda s, k: trends.alt_pollutants(s, k),
    ),
    "carbon_intensity": (
        lambda s, k: trends.plot_carbon_intensity(s.yearly, s.park_yearly, language=k),
        lambda s, k: trends.alt_carbon_intensity(s.yearly, s.park_yearly, k),
    ),
    "trend": (
        lambda s, k: slopes.plot_trend(s.yearly, s.trends, "vocs_kg", language=k),
        lambda s, k: slopes.alt_trend(s.yearly, s.trends, "vocs_kg", k),
    ),
    "decomposition": (
        lambda s, k: decomposition.plot_decomposition(s.effects, language=k),
        lambda s, k: decomposition.alt_decomposition(s.effects, k),
    ),
    "decoupling": (
        lambda s, k: decoupling.plot_decoupling(s.decoupling, language=k),
        lambda s, k: decoupling.alt_decoupling(s.decoupling, k),
    ),
    "measure_ranges": (
        lambda s, k: techniques.plot_measure_ranges(s.measures, language=k),
        lambda s, k: techniques.alt_measure_ranges(s.measures, k),
    ),
}
PARK: dict[str, tuple[Make, Make]] = {
    "score_distribution": (
        lambda s, k: distribution.plot_score_distribution(s.enterprises, language=k),
        lambda s, k: distribution.alt_score_distribution(s.enterprises, k),
    ),
    "carbon_concentration": (
        lambda s, k: distribution.plot_carbon_concentration(s.enterprises, language=k),
        lambda s, k: distribution.alt_carbon_concentration(s.enterprises, k),
    ),
    "ranking": (
        lambda s, k: ranking.plot_ranking(s.enterprises.head(45), language=k),
        lambda s, k: ranking.alt_ranking(s.enterprises.head(45), k),
    ),
    "sensitivity": (
        lambda s, k: certainty.plot_sensitivity(s.sensitivity, language=k),
        lambda s, k: certainty.alt_sensitivity(s.sensitivity, k),
    ),
    "colour_shares": (
        lambda s, k: certainty.plot_colour_shares(s.enterprises, language=k),
        lambda s, k: certainty.alt_colour_shares(s.enterprises, k),
    ),
    "dimension_heatmap": (
        lambda s, k: ranking.plot_dimension_heatmap(
            s.enterprises.head(45), s.dimensions, language=k
        ),
        lambda s, k: ranking.alt_dimension_heatmap(s.enterprises, s.dimensions, k),
    ),
    "park_totals": (
        lambda s, k: park.figure_park_totals(s, language=k),
        lambda s, k: park.alt_park_totals(s, k),
    ),
    "monitoring": (
        lambda s, k: park.plot_monitoring(s.monitoring, target=200, language=k),
        lambda s, k: park.alt_monitoring(s.monitoring, language=k),
    ),
    "exceedances": (
        lambda s, k: monitoring.plot_exceedances(s.exceedances, language=k),
        lambda s, k: monitoring.alt_exceedances(s.exceedances, language=k),
    ),
    "park_trends": (
        lambda s, k: slopes.figure_park_trends(s, language=k),
        lambda s, k: slopes.alt_park_trends(s, k),
    ),
    "lists_overlap": (
        lambda s, k: park.plot_lists_overlap(s.enterprises, language=k),
        lambda s, k: park.alt_lists_overlap(s.enterprises, k),
    ),
    "park_carbon_sources": (
        lambda s, k: accounts.plot_park_carbon_sources(s.totals, language=k),
        lambda s, k: accounts.alt_park_carbon_sources(s.totals, k),
    ),
    "technique_potential": (
        lambda s, k: techniques.plot_technique_potential(s.measures, language=k),
        lambda s, k: techniques.alt_technique_potential(s.measures, k),
    ),
    "projects": (
        lambda s, k: techniques.figure_projects(s, language=k),
        lambda s, k: techniques.alt_projects(s, k),
    ),
    "park_decomposition": (
        lambda s, k: decomposition.plot_decomposition(s.effects, language=k),
        lambda s, k: decomposition.alt_decomposition(s.effects, k),
    ),
    "co_control": (
        lambda s, k: synergy.plot_co_control(s.co_control, own="0002", language=k),
        lambda s, k: synergy.alt_co_control(s.co_control, k),
    ),
    "association": (
        lambda s, k: synergy.plot_association(s.associations, language=k),
        lambda s, k: synergy.alt_association(s.associations, k),
    ),
    "targets": (
        lambda s, k: targets.plot_targets(s.target_gaps, language=k),
        lambda s, k: targets.alt_targets(s.target_gaps, k),
    ),
    "scenarios": (
        lambda s, k: scenarios.figure_scenarios(s, language=k),
        lambda s, k: scenarios.alt_scenarios(s, k),
    ),
    "allocation_shares": (
        lambda s, k: allocation.plot_allocation_shares(s.allocation_shares, language=k),
        lambda s, k: allocation.alt_allocation_shares(s.allocation_shares, k),
    ),
    "surplus": (
        lambda s, k: allocation.plot_surplus(s.surplus, language=k),
        lambda s, k: allocation.alt_surplus(s.surplus, k),
    ),
    "symbiosis": (
        lambda s, k: symbiosis.plot_symbiosis(s.flows, language=k),
        lambda s, k: symbiosis.alt_symbiosis(s.flows, k),
    ),
    "plants_alike": (
        lambda s, k: plants_alike.plot_plants_alike(
            s.plants_alike, own="0001", label="tce", language=k
        ),
        lambda s, k: plants_alike.alt_plants_alike(s.plants_alike, "0001", k),
    ),
}
EVERY = [*ENTERPRISE, *PARK]
LANGUAGES = ["zh", "en"]


def draw(name: str, data: Any, language: str = "zh") -> Figure:
    made = {**ENTERPRISE, **PARK}[name][0](data, language)
    return made.figure if isinstance(made, Axes) else made


def alt(name: str, data: Any, language: str = "zh") -> str:
    return str({**ENTERPRISE, **PARK}[name][1](data, language))


@pytest.fixture
def data(enterprise_slice: Make, park_slice: Make) -> Make:
    def make(name: str, language: str = "zh", **options: Any) -> SimpleNamespace:
        builder = enterprise_slice if name in ENTERPRISE else park_slice
        return builder(language, **options)

    return make


def changed(
    data: SimpleNamespace, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> SimpleNamespace:
    frames = {
        key: change(value) if isinstance(value, pd.DataFrame) else value
        for key, value in vars(data).items()
    }
    return SimpleNamespace(**frames)


def shown_texts(figure: Figure) -> list[Text]:
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]


def boxes(figure: Figure) -> tuple[list[Text], np.ndarray]:
    """Return what is drawn as text and its boxes in mm, without touching edges."""
    FigureCanvasAgg(figure).draw()
    texts, found = [], []
    hidden = set().union(*(undrawn_ticks(axes) for axes in figure.axes))
    for text in shown_texts(figure):
        if text in hidden:
            continue
        box = text.get_window_extent()
        texts.append(text)
        found.append([box.x0, box.y0, box.x1, box.y1])
    return texts, np.array(found) / figure.dpi * 25.4


def undrawn_ticks(axes: Axes) -> set[Text]:
    """Return tick labels outside the limits, which matplotlib keeps but skips."""
    found = set()
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not axes.axison or not low <= tick.get_loc() <= high:
                found |= {tick.label1, tick.label2}
    return found


def overlapping(figure: Figure, slack_mm: float = 0.35) -> list[tuple[str, str]]:
    texts, place = boxes(figure)
    x0, y0, x1, y1 = place.T
    meet = (
        (x0[:, None] + slack_mm < x1)
        & (x0 + slack_mm < x1[:, None])
        & (y0[:, None] + slack_mm < y1)
        & (y0 + slack_mm < y1[:, None])
    )
    rows, columns = np.nonzero(np.triu(meet, 1))
    return [
        (texts[i].get_text(), texts[j].get_text())
        for i, j in zip(rows, columns, strict=True)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_no_two_texts_overlap_or_leave_the_figure(
    name: str, language: str, data: Make
) -> None:
    figure = draw(name, data(name, language), language)
    assert overlapping(figure) == []
    _, place = boxes(figure)
    width, height = figure.get_size_inches() * 25.4
    assert place[:, [0, 1]].min() >= -0.6
    assert place[:, 2].max() <= width + 0.6
    assert place[:, 3].max() <= height + 0.6


@pytest.mark.parametrize("name", EVERY)
def test_printed_width_and_text_size(name: str, data: Make) -> None:
    figure = draw(name, data(name))
    assert figure.get_figwidth() * 25.4 == pytest.approx(170)
    assert figure.get_figheight() * 25.4 < 240  # fits an A4 text block
    assert min(t.get_fontsize() for t in shown_texts(figure)) >= SMALL_SIZE_PT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_svg_is_deterministic_text_without_warnings(
    name: str, language: str, data: Make
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = figure_svg(draw(name, data(name, language), language))
    assert first == figure_svg(draw(name, data(name, language), language))
    assert first.startswith("<svg ")
    assert "<text" in first
    assert "Noto Sans CJK SC" in first
    assert "<style" not in first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_empty_frames_say_so(name: str, language: str, data: Make) -> None:
    empty = {"zh": "无可用数据", "en": "No data available"}[language]
    for bare in (
        changed(data(name, language), lambda frame: frame.iloc[:0]),
        changed(data(name, language), lambda _: pd.DataFrame()),
    ):
        figure = draw(name, bare, language)
        assert empty in [t.get_text() for t in shown_texts(figure)]
        figure_svg(figure)
        assert alt(name, bare, language)


@pytest.mark.parametrize("name", EVERY)
def test_all_values_missing(name: str, data: Make) -> None:
    keep = ("year", "reporting", "weight")

    def blank(frame: pd.DataFrame) -> pd.DataFrame:
        numeric = [c for c in frame.select_dtypes(["number", "bool"]) if c not in keep]
        return frame.assign(**dict.fromkeys(numeric, np.nan))

    figure = draw(name, changed(data(name), blank))
    figure_svg(figure)
    texts = " ".join(t.get_text() for t in shown_texts(figure))
    assert any(word in texts for word in ("无可用数据", "数据不足", "–", "0 家"))


@pytest.mark.parametrize("name", EVERY)
def test_one_year(name: str, data: Make) -> None:
    def last(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["year"] == 2024] if "year" in frame else frame

    figure = draw(name, changed(data(name), last))
    assert overlapping(figure) == []
    figure_svg(figure)


@pytest.mark.parametrize("count", [1, 4, 82])
@pytest.mark.parametrize("name", PARK)
def test_small_and_large_parks(name: str, count: int, data: Make) -> None:
    figure = draw(name, data(name, count=count))
    assert overlapping(figure) == []
    figure_svg(figure)


@pytest.mark.parametrize("name", EVERY)
def test_long_names_with_odd_characters_are_cut(name: str, data: Make) -> None:
    odd = "超长<名称>&“$x^2$”\n" + "某某医药化工股份有限公司" * 6

    def rename(frame: pd.DataFrame) -> pd.DataFrame:
        texts = ("name", "name_zh", "enterprise_name", "measure_name")
        return frame.assign(**{c: odd for c in texts if c in frame})

    figure = draw(name, changed(data(name), rename))
    assert overlapping(figure) == []
    svg = figure_svg(figure)
    assert "<名称>" not in svg


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_alt_text_is_one_sentence_from_the_data(
    name: str, language: str, data: Make
) -> None:
    text = alt(name, data(name, language), language)
    assert "\n" not in text
    assert "nan" not in text
    assert text.endswith({"zh": "。", "en": "."}[language])
    assert any(character.isdigit() for character in text)


@pytest.mark.parametrize("name", EVERY)
def test_inputs_are_not_modified(name: str, data: Make) -> None:
    given, before = data(name), data(name)
    figure_svg(draw(name, given))
    alt(name, given)
    for key, value in vars(before).items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(vars(given)[key], value)
