"""The slice that travels in the package is that of the demonstration park."""

from synergy_lib.reporting.slices import read_slice
from synergy_lib.reporting.slicing import slice_enterprises
from synergy_lib.resources import data_path


def test_the_example_is_current(demo_analysis):
    """If this fails: ``python tools/build_example_slice.py``."""
    path = data_path("demo_park", "example_slice.json")
    assert path.read_text("utf-8") == slice_enterprises(demo_analysis)["0001"].to_json()
    assert read_slice(path).meta["is_invented"]
