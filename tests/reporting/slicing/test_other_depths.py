"""Reports are cut from schemes of other depths than three levels too."""

import shutil

import numpy as np
import pytest

from synergy_lib.pipeline import analyse
from synergy_lib.reporting.slicing import slice_enterprises, slice_park
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import load_scheme
from synergy_lib.techniques.catalogue import load_catalogue


@pytest.fixture
def analysed(tmp_path, demo_analysis, demo_parameters):
    """Return a function that analyses the demonstration park by a changed table."""

    def run(change):
        name = demo_parameters.scheme
        folder = shutil.copytree(parameters_path("schemes", name), tmp_path / name)
        path = folder / "framework.csv"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        parameters = demo_parameters.model_copy(update={"draws": 200})
        scheme = load_scheme(folder)
        return analyse(demo_analysis.data, parameters, scheme, load_catalogue())

    return run


def deeper(text):
    """Put A1 and A2, of the weights 6 and 3, under a node of weight 9 below A."""
    head, *lines = text.splitlines()
    moved = [
        line.replace(",A,", ",A0,", 1) if line.startswith(("1,A1,", "1,A2,")) else line
        for line in lines
    ]
    raised = [
        f"{int(line[0]) + 1}{line[1:]}" if line[0] in "23" else line for line in moved
    ]
    node = "2,A0,A,1,9,Aggregate,碳强度,Carbon intensity,分,points,,,,,,P,,,PROJECT,"
    return "\n".join([head, *raised, node])


def flat(text):
    """Leave the dimensions out: every indicator directly below the index."""
    head, *lines = text.splitlines()
    kept = [line for line in lines if line[0] != "2"]
    cells = [line.split(",", 3) for line in kept]
    return "\n".join(
        [head]
        + [
            ",".join([level, code, "SYNERGY" if level == "1" else parent, rest])
            for level, code, parent, rest in cells
        ]
    )


def test_four_levels_score_as_three_where_nothing_is_missing(analysed, demo_analysis):
    found = analysed(deeper)
    complete = found.scores.indicator_scores.notna().all(axis=1)
    assert complete.sum() > 5
    np.testing.assert_allclose(
        found.scores.overall[complete], demo_analysis.scores.overall[complete]
    )
    assert found.scores.overall.between(0, 100).sum() > 380
    own = slice_enterprises(found)["0001"].indicators.set_index("code")
    assert own.loc[["A1", "A3"], "dimension"].tolist() == ["A", "A"]
    park = slice_park(found)
    assert park.dimensions["code"].tolist() == list("ABCDEF")
    assert park.headline["ranked"] > 75


def test_two_levels_have_the_indicators_as_dimensions(analysed, demo_analysis):
    found = analysed(flat)
    # Weights are those of the index, so complete rows score the same.
    complete = found.scores.indicator_scores.notna().all(axis=1)
    np.testing.assert_allclose(
        found.scores.overall[complete], demo_analysis.scores.overall[complete]
    )
    park = slice_park(found)
    assert len(park.dimensions) == 30
    own = slice_enterprises(found)["0001"]
    assert own.dimensions["code"].tolist() == own.indicators["code"].tolist()
