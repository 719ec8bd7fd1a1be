"""A park of three enterprises whose bridges can be worked out by hand."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from synergy_lib.factors.selection import select_factors
from synergy_lib.scoring.bridge.rows import ReportBasis
from synergy_lib.scoring.framework import Scheme, read_framework

# Per cent shares are scored between 50 (60 points) and 90 (100 points): a share of x
# earns 10 + x points. CO2e as disclosed; K below 1 earns 100, else 50 points.
TABLE = """\
Level,iCode,Parent,Direction,Weight,Type,iName,Unit,formula,rule,baseline,benchmark,tiers
1,A1,A,1,1,Indicator,回收,%,"share_pct(solvent_recovered_t, solvent_used_t)",LIN,50,90,
1,A2,A,1,1,Indicator,回用,%,"share_pct(water_reused_m3, water_fresh_m3)",LIN,50,90,
1,B1,B,-1,2,Indicator,碳效,1,"ratio_to_park(co2e_t, value_added_10k_cny)",TIER,,,<1:100;>=1:50
2,A,S,1,1,Aggregate,甲,分,,,,,
2,B,S,1,1,Aggregate,乙,分,,,,,
3,S,,1,1,Aggregate,指数,分,,,,,
"""


@pytest.fixture
def scheme(taizhou, framework_file) -> Callable[..., Scheme]:
    """Return a maker of the scheme, a piece of its table replaced by another."""

    def make(piece: str = "", other: str = "") -> Scheme:
        update: dict[str, Any] = {
            "gates_red": (),
            "gates_yellow": (),
            "carbon_level_indicator": None,
            "carbon_grade_indicator": None,
            "colour_red_pollution_indicator": None,
            "rank_minimum_enterprises": 2,
            "coverage_dimension_minimum": 0.5,
        }
        header = taizhou.header.model_copy(update=update)
        return Scheme(
            header, read_framework(framework_file(TABLE.replace(piece, other)))
        )

    return make


@pytest.fixture
def panel() -> pd.DataFrame:
    """Return a park in which nothing changes from 2023 to 2024.

    Solvent recovered 60, 70, 80 of 100 and 90 % of the water reused: A1 70, 80, 90; A2 100.
    CO2e per value added 1, 2, 3 beside the park's 2: B1 100, 50, 50.
    Overall (A1 + A2)/4 + B1/2: 92.5, 70, 72.5; ranks 1, 3, 2.
    """
    index = pd.MultiIndex.from_product(
        [["a", "b", "c"], [2022, 2023, 2024]], names=["enterprise_id", "year"]
    )
    frame = pd.DataFrame(index=index)
    firms = index.get_level_values("enterprise_id")
    frame["solvent_recovered_t"] = firms.map({"a": 60.0, "b": 70.0, "c": 80.0})
    frame["solvent_used_t"] = 100.0
    frame["water_reused_m3"] = 90.0
    frame["water_fresh_m3"] = 100.0
    frame["co2e_scope12_t"] = firms.map({"a": 10.0, "b": 20.0, "c": 30.0})
    frame["value_added_10k_cny"] = 10.0
    return frame


@pytest.fixture
def basis(scheme) -> Callable[..., ReportBasis]:
    """Return a maker of what a report is made from."""
    factors = select_factors([2022, 2023, 2024])
    default = scheme()

    def make(panel: pd.DataFrame, year: int, **parts: Any) -> ReportBasis:
        given = {"factors": factors, "scheme": default, **parts}
        return ReportBasis(panel, year=year, **given)

    return make
