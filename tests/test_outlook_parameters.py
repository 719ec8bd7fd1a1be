"""A run's own targets and scenarios: what fits together."""

import pytest
from pydantic import ValidationError

from synergy_lib.outlook_parameters import ScenarioParameters, TargetParameters

CUT = {
    "id": "a",
    "name_zh": "碳强度",
    "indicator": "co2e_t / output_value_10k_cny",
    "kind": "relative_cut",
    "base_year": 2020,
    "year": 2025,
    "cut_pct": 18.0,
}
LEVEL = CUT | {"kind": "level", "level": 5.0, "cut_pct": None, "base_year": None}


def said(model, **keys):
    with pytest.raises(ValidationError) as caught:
        model(**keys)
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    "keys",
    [
        CUT,
        CUT | {"cut_pct": 100.0, "path": "linear"},
        CUT | {"indicator": "cod_kg", "binding": False},
        LEVEL,
        LEVEL | {"direction": "at_least", "base_year": 2020},
        LEVEL | {"level": 0.0, "path": "linear"},
    ],
)
def test_targets_that_fit_together(keys):
    assert TargetParameters(**keys).id == "a"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (CUT | {"cut_pct": None}, "kind: relative_cut 需要 cut_pct"),
        (CUT | {"base_year": None}, "kind: relative_cut 需要 base_year"),
        (CUT | {"level": 3.0}, "kind: relative_cut 不用 level"),
        (
            CUT | {"direction": "at_least"},
            "kind: relative_cut 不用 direction: at_least",
        ),
        (LEVEL | {"level": None}, "kind: level 需要 level"),
        (LEVEL | {"cut_pct": 3.0}, "kind: level 不用 cut_pct"),
        (CUT | {"base_year": 2025}, "base_year 须早于 year"),
        (CUT | {"year": 2019}, "base_year 须早于 year"),
        (CUT | {"cut_pct": 100.0}, "降到零没有几何路径，请用 path: linear"),
        (LEVEL | {"level": 0.0}, "降到零没有几何路径，请用 path: linear"),
        (
            CUT | {"indicator": "co2_t"},
            "indicator：没有面板列“co2_t” 最接近的是“co2e_t”",
        ),
    ],
)
def test_targets_that_do_not(keys, line):
    assert said(TargetParameters, **keys) == line


def test_scenario_defaults_are_in_order_and_end_after_the_deadline():
    defaults = ScenarioParameters()
    assert defaults.last_year >= defaults.peak_deadline + 5
    assert min(defaults.value_added_growth_pct) == 2021


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"value_added_growth_pct": {}}, "至少给出一个时段"),
        (
            {"value_added_growth_pct": {1980: (1.0, 2.0, 3.0)}},
            "1980 不是1990–2100年间的年份",
        ),
        (
            {"energy_intensity_cut_pct": {2021: (1.0, 2.0, 100.0)}},
            "下降率须小于100",
        ),
        (
            {"value_added_growth_pct": {2021: (-100.0, 2.0, 3.0)}},
            "增长率须大于−100",
        ),
    ],
)
def test_scenarios_that_cannot_be(keys, line):
    assert said(ScenarioParameters, **keys) == line
