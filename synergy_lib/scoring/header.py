"""The header of an index scheme: grades, limits and colour rules as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.yaml_files import read_yaml

__all__ = ["Colour", "SchemeHeader", "read_header"]

Colour = Literal["grey", "red", "yellow", "green"]
_Percentile = Annotated[float, Field(ge=0, le=100)]
_Points = Annotated[float, Field(ge=0, le=100)]
_Share = Annotated[float, Field(ge=0, le=1)]


class SchemeHeader(BaseModel):
    """Rules of a scheme; every key is explained in ``scheme.yml``.

    A rule that makes no sense for a scheme is switched off by ``null``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    scheme: str
    title_zh: str
    title_en: str
    version: str
    year: int
    source_key: str = ""
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    aggregation_by_level: dict[int, Literal["arithmetic", "geometric"]] = Field(
        default_factory=dict
    )
    geometric_score_floor: Annotated[float, Field(gt=0, le=10)] = 1.0
    grade_names: tuple[str, ...]
    grade_lower_bounds: tuple[float, ...]
    grade_no_data: str
    coverage_dimension_minimum: _Share
    coverage_overall_minimum: _Share
    rank_minimum_enterprises: Annotated[int, Field(ge=1)]
    pct_cost_baseline_percentile: _Percentile | None
    pct_cost_benchmark_percentile: _Percentile | None
    pct_benefit_baseline_percentile: _Percentile | None
    pct_benefit_benchmark_percentile: _Percentile | None
    pct_minimum_enterprises: Annotated[int, Field(ge=2)] | None
    pct_base_year: int | None = None
    gates_red: tuple[str, ...] = ()
    gates_yellow: tuple[str, ...] = ()
    gates_red_grade_cap: str | None
    gates_yellow_grade_cap: str | None
    colour_order: tuple[Colour, Colour, Colour, Colour]
    colour_red_score_below: _Points
    colour_red_carbon_grade: Annotated[int, Field(ge=1)] | None
    colour_red_pollution_indicator: str | None = None
    colour_red_pollution_score_below: _Points | None
    colour_yellow_score_below: _Points
    colour_yellow_dimension_below: _Points | None
    colour_yellow_fall_points: Annotated[float, Field(gt=0, le=100)] | None
    colour_probability_minimum: _Share
    carbon_level_indicator: str | None = None
    carbon_level_names: tuple[str, ...] = ()
    carbon_level_upper_bounds: tuple[float, ...] = ()
    carbon_grade_indicator: str | None = None
    carbon_grade_names: tuple[str, ...] = ()
    carbon_grade_upper_bounds: tuple[float, ...] = ()
    robustness_draws: Annotated[int, Field(ge=100, le=100_000)]
    robustness_kappa: Annotated[float, Field(gt=0)]
    robustness_seed: Annotated[int, Field(ge=0)]
    robustness_percentiles: tuple[_Percentile, _Percentile]
    robustness_anchor_pct: Annotated[float, Field(ge=0, lt=50)] = 0.0
    robustness_data_error_pct: Annotated[float, Field(ge=0, lt=50)] = 0.0
    robustness_factor_error_pct: Annotated[float, Field(ge=0, lt=50)] = 0.0
    robustness_normalizations: tuple[Literal["minmax", "rank"], ...] = ()
    robustness_aggregations: tuple[Literal["arithmetic", "geometric"], ...] = ()
    robustness_missing_rules: tuple[Literal["median"], ...] = ()
    proposed: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> SchemeHeader:
        """Raise ValueError with everything that contradicts itself."""
        found = [what for wrong, what in self._contradictions() if wrong]
        if found:
            raise ValueError("；".join(found))
        return self

    def _contradictions(self) -> list[tuple[bool, str]]:
        """Return conditions that must not hold, with their description."""
        bounds = self.grade_lower_bounds
        caps = {self.gates_red_grade_cap, self.gates_yellow_grade_cap} - {None}
        unknown = [key for key in self.proposed if key not in SchemeHeader.model_fields]
        return [
            (
                len(bounds) != len(self.grade_names) or not bounds or bounds[-1] != 0,
                "grade_lower_bounds 须与 grade_names 等长且以 0 结尾",
            ),
            (
                list(bounds) != sorted(set(bounds), reverse=True),
                "grade_lower_bounds 须从高到低",
            ),
            (
                not caps <= set(self.grade_names),
                "gates_*_grade_cap 须是 grade_names 之一",
            ),
            *self._left_out(),
            (
                len(set(self.colour_order)) != 4,
                "colour_order 须含 grey、red、yellow、green 各一次",
            ),
            (
                self.colour_order[-1] != "green",
                "colour_order 须以 green 结尾（其余情况为绿）",
            ),
            (
                self.colour_red_score_below > self.colour_yellow_score_below,
                "colour_red_score_below 须不大于 colour_yellow_score_below",
            ),
            *_bad_classes(
                "carbon_level", self.carbon_level_names, self.carbon_level_upper_bounds
            ),
            *_bad_classes(
                "carbon_grade", self.carbon_grade_names, self.carbon_grade_upper_bounds
            ),
            (
                self.robustness_percentiles[0] >= self.robustness_percentiles[1],
                "robustness_percentiles 须从低到高",
            ),
            (bool(unknown), f"proposed 中没有这些键：{'、'.join(unknown)}"),
        ]

    def _left_out(self) -> list[tuple[bool, str]]:
        """Return the keys that are null although another key needs them."""
        carbon = (self.colour_red_carbon_grade, self.carbon_grade_indicator)
        pollution = (*carbon, self.colour_red_pollution_score_below)
        return [
            (
                bool(self.gates_red) and self.gates_red_grade_cap is None,
                "有 gates_red 时须给出 gates_red_grade_cap",
            ),
            (
                bool(self.gates_yellow) and self.gates_yellow_grade_cap is None,
                "有 gates_yellow 时须给出 gates_yellow_grade_cap",
            ),
            (
                self.colour_red_pollution_indicator is not None and None in pollution,
                "有 colour_red_pollution_indicator 时须给出 carbon_grade_indicator、"
                "colour_red_carbon_grade、colour_red_pollution_score_below",
            ),
        ]


def _bad_classes(
    key: str, names: tuple[str, ...], bounds: tuple[float, ...]
) -> list[tuple[bool, str]]:
    """Return whether names and upper bounds of classes do not fit."""
    fits = (not names and not bounds) or len(names) == len(bounds) + 1
    return [
        (not fits, f"{key}_names 须比 {key}_upper_bounds 多一个"),
        (list(bounds) != sorted(set(bounds)), f"{key}_upper_bounds 须从低到高"),
    ]


def read_header(path: Path) -> SchemeHeader:
    """Read and check ``scheme.yml``.

    Raises
    ------
    ParameterError
        With every problem: no such file, bad YAML, unknown key with the nearest valid
        one, missing key, wrong type or range, keys that contradict each other.
    """
    raw = read_yaml(path)
    try:
        return SchemeHeader.model_validate(raw)
    except ValidationError as error:
        problems = [_problem(path.name, dict(item)) for item in error.errors()]
        raise ParameterError(problems) from error


def _problem(file: str, item: dict[str, object]) -> Problem:
    """Turn one of pydantic's errors into a problem."""
    location = item["loc"]
    parts = location if isinstance(location, tuple) else ()
    key = ".".join(str(part) for part in parts)
    where = f"{file} {key}".strip()
    if item["type"] == "extra_forbidden":
        hint = nearest(key, list(SchemeHeader.model_fields))
        return Problem(where, "没有这个键", hint=hint)
    if item["type"] == "missing":
        return Problem(where, "缺少这个键")
    if item["type"] == "value_error":
        return Problem(where, str(item["msg"]).removeprefix("Value error, "))
    return Problem(where, f"“{item['input']}”不符合要求", str(item["msg"]))
