"""Small panels for the indicator tests."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from synergy_lib.indicators.compute import IndicatorTable, compute_indicators


@pytest.fixture
def panel() -> Callable[..., pd.DataFrame]:
    """Return a builder: {(enterprise, year): {column: value}} → panel."""

    def build(rows: dict[tuple[str, int], dict[str, Any]]) -> pd.DataFrame:
        index = pd.MultiIndex.from_tuples(rows, names=["enterprise_id", "year"])
        return pd.DataFrame(list(rows.values()), index=index)

    return build


@pytest.fixture
def compute() -> Callable[..., IndicatorTable]:
    """Return a function that evaluates one formula under the code X."""

    def evaluate(data: pd.DataFrame, formula: str, base_year: int = 2020, **more: Any):
        definitions = pd.DataFrame({"formula": {"X": formula}})
        return compute_indicators(data, definitions, base_year=base_year, **more)

    return evaluate
