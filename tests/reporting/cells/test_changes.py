"""Chapters of several outputs: what is shown, and what is left out without data."""

import pytest
from IPython.utils.capture import capture_output

from synergy_lib.reporting.cells import changes


def shown(cell, data):
    """Return how many outputs a cell shows."""
    with capture_output() as captured:
        cell(data)
    return captured.stdout.count("MimeBundle(") + len(captured.outputs)


def test_every_chapter_shows_words_and_figures(parks_by_language):
    for park in parks_by_language.values():
        assert shown(changes.show_synergy, park) == 4
        assert shown(changes.show_drivers, park) == 5
        assert shown(changes.show_outlook, park) == 4


@pytest.mark.parametrize(
    ("cell", "frames"),
    [
        ("show_synergy", ["co_control", "associations", "within", "concentration"]),
        ("show_drivers", ["drivers", "decoupling"]),
    ],
)
def test_without_data_there_are_words_at_most(make_park, cell, frames):
    data = make_park()
    empty = {name: getattr(data, name).iloc[:0] for name in frames}
    assert shown(getattr(changes, cell), make_park(**empty)) <= 1


def test_an_outlook_without_targets_and_scenarios_says_so(make_park):
    data = make_park()
    bare = make_park(
        target_gaps=data.target_gaps.iloc[:0],
        scenario_peaks=data.scenario_peaks.iloc[:0],
        scenario_paths=data.scenario_paths.iloc[:0],
    )
    assert shown(changes.show_outlook, bare) == 2
