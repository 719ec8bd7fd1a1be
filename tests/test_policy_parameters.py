"""Policies by colour in a run's file."""

import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.parameters import read_parameters
from synergy_lib.resources import parameters_path


@pytest.fixture
def changed(tmp_path):
    """Return a function that reads the demonstration run with other policies."""

    def read(block):
        text = parameters_path("parks", "demo_park.yml").read_text(encoding="utf-8")
        path = tmp_path / "run.yml"
        start = text.index("policies:")
        path.write_text(text[:start] + block, encoding="utf-8")
        return read_parameters(path)

    return read


def test_policies_of_the_demonstration():
    found = read_parameters(parameters_path("parks", "demo_park.yml")).policies
    assert [policy.colour for policy in found] == ["green", "yellow", "red"]


def test_several_for_one_colour_and_none(changed):
    block = "policies:\n" + "  - {colour: red, text_zh: 整治}\n" * 2
    assert len(changed(block).policies) == 2
    assert changed("").policies == ()


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("{colour: blue, text_zh: 整治}", "colour"),
        ("{colour: red}", "text_zh"),
        ("{colour: red, text_zh: 整治, text: x}", "text"),
    ],
)
def test_what_is_wrong_is_named(changed, entry, text):
    with pytest.raises(ParameterError) as caught:
        changed(f"policies:\n  - {entry}\n")
    assert "policies" in str(caught.value)
    assert text in str(caught.value)
