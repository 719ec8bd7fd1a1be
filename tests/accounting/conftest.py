from collections.abc import Callable

import pandas as pd
import pytest

from synergy_lib.factors.selection import FactorSet, select_factors
from synergy_lib.schema import PANEL_INDEX


@pytest.fixture
def panel() -> Callable[..., pd.DataFrame]:
    """Return a maker of panels: one enterprise, years from 2022 on, lists of values."""

    def make(**columns: object) -> pd.DataFrame:
        values = {
            name: value if isinstance(value, list) else [value]
            for name, value in columns.items()
        }
        count = len(next(iter(values.values()), [0]))
        index = pd.MultiIndex.from_arrays(
            [["E1"] * count, range(2022, 2022 + count)], names=PANEL_INDEX
        )
        return pd.DataFrame(values, index=index, dtype="float64")

    return make


@pytest.fixture(scope="session")
def factors() -> FactorSet:
    return select_factors(range(2020, 2032))
