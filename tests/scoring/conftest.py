"""A park small enough to score by hand."""

import json
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import Scheme, load_scheme, read_framework

MINI = """\
Level,iCode,Parent,Direction,Weight,Type,iName,Unit,formula,rule,baseline,benchmark,tiers
1,A1,A,-1,6,Indicator,碳强度,t/万元,co2e_t / value_added_10k_cny,LIN,2.0,0.6,
1,A2,A,-1,4,Indicator,碳效值K,1,co2e_t,TIER,,,<=0.8:100;<=1.2:70;>1.2:20
1,B1,B,1,5,Indicator,溶剂回收率,%,solvent_recovered_t,LIN,50,90,
1,B2,B,-1,5,Indicator,VOCs强度,kg/万元,vocs_generated_kg / output_value_10k_cny,PCT,,,
2,A,S,1,60,Aggregate,低碳,分,,,,,
2,B,S,1,40,Aggregate,治理,分,,,,,
3,S,,1,1,Aggregate,指数,分,,,,,
,G1,,1,0,Gate,许可证有效,,has_valid_permit,GATE,1,,
,G2,,1,0,Gate,总量达标,,is_within_permitted_totals,GATE,1,,
"""


@pytest.fixture(scope="session")
def taizhou() -> Scheme:
    return load_scheme(parameters_path("schemes", "taizhou_six_dimensions"))


@pytest.fixture
def framework_file(tmp_path: Path):
    """Return a writer of framework tables."""

    def write(text: str = MINI, name: str = "framework.csv") -> Path:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def mini(taizhou, framework_file) -> Scheme:
    """Return a scheme of four indicators; park percentiles need three enterprises."""
    header = taizhou.header.model_copy(
        update={
            "gates_red": ("G1",),
            "gates_yellow": ("G2",),
            "pct_minimum_enterprises": 3,
            "colour_red_pollution_indicator": "B2",
            # Only the weights vary, so that spreads can be worked out by hand.
            "robustness_anchor_pct": 0.0,
            "robustness_data_error_pct": 0.0,
            "robustness_factor_error_pct": 0.0,
            "robustness_normalizations": (),
            "robustness_aggregations": (),
            "robustness_missing_rules": (),
        }
    )
    return Scheme(header, read_framework(framework_file()))


@pytest.fixture
def mini_values() -> pd.DataFrame:
    """Return indicators of three enterprises in two years.

    A1: C/VA 2020 100/100, 200/100, 60/100; 2021 80/100, 160/80, 60/60.
    A2: park 2020 360/300 = 1.2, 2021 300/240 = 1.25; K = A1/park.
    """
    index = pd.MultiIndex.from_product(
        [["a", "b", "c"], [2020, 2021]], names=["enterprise_id", "year"]
    )
    return pd.DataFrame(
        {
            "A1": [1.0, 0.8, 2.0, 2.0, 0.6, 1.0],
            "A2": [1 / 1.2, 0.64, 2 / 1.2, 1.6, 0.5, 0.8],
            "B1": [70.0, 60.0, 50.0, np.nan, 100.0, 90.0],
            "B2": [1.0, 3.0, 2.0, 1.2, 4.0, 10.0],
        },
        index=index,
    )


@pytest.fixture(scope="session")
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


@pytest.fixture(scope="session")
def cases(shared):
    return json.loads(shared("data", "mcdm_vectors", "cases.json").read_text())
