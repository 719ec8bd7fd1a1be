"""The researcher's notebook: weights are changed, and what is shown follows."""

import os
from pathlib import Path

import numpy as np
import papermill
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.reporting.exploration.index import (
    OpenedPark,
    reweighted_scores,
    show_consistency,
    show_reweighted,
    show_weightings,
)
from synergy_lib.reporting.slicing import slice_park

ROOT = Path(__file__).resolve().parents[3]
TABLE = "application/vnd.synergy.table+json"


@pytest.fixture(scope="module")
def opened(demo_analysis):
    return OpenedPark(demo_analysis, slice_park(demo_analysis))


def table_of(bundle):
    return next(v for k, v in bundle.data.items() if k.startswith("application/vnd"))


def test_the_same_weights_change_nothing(opened, demo_analysis):
    weights = {"A": 22, "B": 16}
    scores = reweighted_scores(opened, weights)
    np.testing.assert_allclose(scores.overall, demo_analysis.scores.overall)
    assert (scores.colour == demo_analysis.scores.colour).all()


def test_all_weight_on_a_dimension_is_that_dimension(opened, demo_analysis):
    only = dict.fromkeys("BCDEF", 0.0)
    scores = reweighted_scores(opened, only)
    expected = demo_analysis.scores.dimension_scores["A"]
    known = scores.overall.notna() & expected.notna()
    assert known.sum() > 300
    np.testing.assert_allclose(scores.overall[known], expected[known])


def test_unknown_codes_and_negative_weights_are_all_named(opened):
    with pytest.raises(ParameterError) as caught:
        reweighted_scores(opened, {"A11": 3, "B": -1})
    text = str(caught.value)
    assert "weights A11" in text
    assert "weights B" in text
    assert len(caught.value.problems) == 2


def test_cells_show_tables(opened):
    moved = table_of(show_reweighted(opened, {"A": 60}))
    assert len(moved["rows"]) == 15
    weights = table_of(show_weightings(opened))
    assert [row[0][0] for row in weights["rows"]] == list("ABCDEF")
    assert [row[1] for row in weights["rows"]][:2] == ["22.0%", "16.0%"]
    consistency = table_of(show_consistency(opened))
    assert len(consistency["rows"]) == 7


def test_the_notebook_runs_from_its_folder(tmp_path):
    out = tmp_path / "out.ipynb"
    result = papermill.execute_notebook(
        str(ROOT / "notebooks" / "explore_index.ipynb"),
        str(out),
        parameters={"run_file": str(ROOT / "parameters/parks/demo_park.yml")},
        engine_name="synergy",
        kernel_name="python3",
        progress_bar=False,
        resources={"metadata": {"path": os.fspath(tmp_path)}},
    )
    shown = [cell for cell in result.cells if cell.get("outputs")]
    assert len(shown) == 5
