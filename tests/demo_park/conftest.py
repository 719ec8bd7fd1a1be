"""The demonstration park, made once for all its tests."""

import pytest

from synergy_lib.demo_park import DEMO_SEED, generate_demo_park
from synergy_lib.demo_park.panel import invent_panel
from synergy_lib.demo_park.profiles import cast_enterprises


@pytest.fixture(scope="package")
def cast():
    return cast_enterprises(DEMO_SEED)


@pytest.fixture(scope="package")
def complete(cast):
    """The panel before gaps and defects."""
    return invent_panel(cast, DEMO_SEED)


@pytest.fixture(scope="package")
def park():
    return generate_demo_park()
