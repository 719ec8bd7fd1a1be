from pathlib import Path

import pytest

from synergy_lib.parameters import read_parameters
from synergy_lib.pipeline import analyse_park

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def demo_parameters():
    return read_parameters(ROOT / "parameters" / "parks" / "demo_park.yml")


@pytest.fixture(scope="session")
def demo_analysis(demo_parameters):
    return analyse_park(demo_parameters)
