"""Small invented panels with the arithmetic in the tests."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def panel() -> Callable[..., pd.DataFrame]:
    """Return a function from enterprise → column → values by year to a panel."""

    def make(
        rows: Mapping[str, Mapping[str, Sequence[float]]], years: Sequence[int]
    ) -> pd.DataFrame:
        frames = {
            name: pd.DataFrame(columns, index=pd.Index(years, name="year"), dtype=float)
            for name, columns in rows.items()
        }
        return pd.concat(frames, names=["enterprise_id"])

    return make


@pytest.fixture
def log_changes() -> pd.DataFrame:
    """Return four yearly changes: growth near 5 %, cuts near 3 and 1 %."""
    return pd.DataFrame(
        {
            "value_added": np.log([1.04, 1.06, 1.05, 1.05]),
            "energy_intensity": np.log([0.98, 0.96, 0.97, 0.97]),
            "carbon_factor": np.log([0.99, 1.00, 0.98, 0.99]),
        },
        index=pd.Index(range(2021, 2025), name="year"),
    )
