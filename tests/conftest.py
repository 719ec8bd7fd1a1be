"""Fixtures shared by all tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from synergy_lib.parameters import RunParameters, read_parameters
from synergy_lib.pipeline import Analysis, analyse_park

# A busy machine is not a failing property.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Callable[..., Path]:
    """Return a function from path parts to a file of the shared reference data.

    The data lie beside the repository, are other people's, and are not shipped: a
    test that asks for a file that is not there is skipped with that reason.
    """

    def find(*parts: str) -> Path:
        path = SHARED.joinpath(*parts)
        if not path.exists():
            pytest.skip(f"reference data not here: shared/{'/'.join(parts)}")
        return path

    return find


@pytest.fixture(scope="session")
def demo_parameters() -> RunParameters:
    """Return the parameters of the demonstration park."""
    return read_parameters(REPOSITORY / "parameters" / "parks" / "demo_park.yml")


@pytest.fixture(scope="session")
def demo_analysis(demo_parameters: RunParameters) -> Analysis:
    """Return the demonstration park analysed, once for all tests."""
    return analyse_park(demo_parameters)
