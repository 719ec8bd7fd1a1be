"""The parameters of one run: a YAML file, checked before anything else happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    Strict,
    ValidationError,
    field_validator,
    model_validator,
)

from synergy_lib.errors import ParameterError, Problem, nearest, quote
from synergy_lib.outlook_parameters import (
    ScenarioParameters,
    TargetParameters,
    distinct_ids,
)
from synergy_lib.policy_parameters import PolicyParameters
from synergy_lib.resources import parameters_path
from synergy_lib.schema import load_columns
from synergy_lib.yaml_files import StrictModel, read_yaml

__all__ = [
    "InputParameters",
    "PreviousParameters",
    "RunParameters",
    "list_schemes",
    "project_folder",
    "read_parameters",
    "validation_problems",
]

_ID = r"^[0-9A-Za-z][0-9A-Za-z_\-]{0,63}$"
_YEARS = ("first_year", "base_year", "report_year")
_YEARS_ORDER = "须满足 first_year ≤ base_year ≤ report_year"
_PREVIOUS_YEAR = "须满足 base_year ≤ previous.report_year < report_year"
# pydantic's kind of error → what would have been right.
_EXPECTED = {
    "bool_type": "true 或 false",
    "dict_type": "键值对",
    "finite_number": "有限的数",
    "float_type": "数字",
    "greater_than": "大于 {gt:g} 的数",
    "greater_than_equal": "不小于 {ge:g} 的数",
    "int_from_float": "整数",
    "invalid_key": "文字作键",
    "int_type": "整数",
    "less_than_equal": "不大于 {le:g} 的数",
    "literal_error": "{expected}",
    "model_type": "键值对",
    "string_pattern_mismatch": "字母、数字、_ 和 -，以字母或数字开头",
    "string_too_short": "非空文字",
    "string_type": "文字（数字和日期请加引号）",
    "tuple_type": "列表",
}


def _panel_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse names that are no number columns of the panel."""
    kinds = load_columns()["dtype"]
    valid = list(kinds.index[kinds == "number"])
    wrong = [
        f"{quote(name)} {nearest(name, valid)}".strip()
        for name in names
        if name not in valid
    ]
    if wrong:
        raise ValueError("没有面板列" + "、".join(wrong))
    return names


# YAML has lists, not tuples.
_Words = Annotated[tuple[str, ...], Strict(strict=False)]
_Columns = Annotated[_Words, AfterValidator(_panel_columns)]
_Targets = Annotated[
    tuple[TargetParameters, ...], Strict(strict=False), AfterValidator(distinct_ids)
]


class InputParameters(StrictModel):
    """Where the data are and how the file is laid out.

    ``layout`` is ``workbook`` (the project's own Excel layout), ``long_table`` (one
    value a row) or ``wide_table`` (one enterprise and year a row). The last two
    need ``mapping``, a table under ``parameters/mappings/`` that says which panel
    column each source column or indicator fills and in which unit it stands.
    ``entity_pattern`` is a regular expression whose one group is the part of a long
    identifier that is used.
    """

    layout: Literal["workbook", "long_table", "wide_table"] = "workbook"
    path: str = Field(min_length=1)
    mapping: str | None = Field(default=None, pattern=_ID)
    entity_column: str = "enterprise_id"
    entity_name_column: str | None = None
    entity_pattern: str | None = None
    year_column: str = "year"
    indicator_column: str = "indicator"
    value_column: str = "value"
    unit_column: str = "unit"
    edition_column: str | None = None
    exclude_entities: _Words = ()
    keep_where: dict[str, _Words] = Field(default_factory=dict)
    zero_means_missing: _Columns = ()

    @model_validator(mode="after")
    def _mapping_given(self) -> InputParameters:
        if self.layout != "workbook" and not self.mapping:
            raise ValueError("这种 layout 需要 mapping")
        return self

    @field_validator("entity_pattern")
    @classmethod
    def _one_group(cls, pattern: str | None) -> str | None:
        try:
            groups = re.compile(pattern).groups if pattern is not None else 1
        except re.error as error:
            raise ValueError(f"不是正则表达式：{error}") from error
        if groups != 1:
            raise ValueError("正则表达式须恰有一个分组 (…)")
        return pattern


class PreviousParameters(StrictModel):
    """What last year's report was made from, for the bridge of the change.

    ``path`` is last year's data file, of the layout of ``input``; ``scheme`` the name
    of a scheme. What is left out is this run's, ``report_year`` the year before.
    """

    path: str = Field(min_length=1)
    scheme: str | None = None
    factor_set: str | None = None
    report_year: int | None = Field(default=None, ge=1990, le=2100)


_BLOCKS: dict[str, type[StrictModel]] = {
    "input": InputParameters,
    "policies": PolicyParameters,
    "previous": PreviousParameters,
    "scenarios": ScenarioParameters,
    "targets": TargetParameters,
}


class RunParameters(StrictModel):
    """Everything one run may choose; defaults are the project's proposals."""

    park_id: str = Field(pattern=_ID)
    park_name_zh: str = Field(min_length=1)
    park_name_en: str = Field(min_length=1)
    report_year: int = Field(ge=1990, le=2100)
    base_year: int = Field(ge=1990, le=2100)
    first_year: int = Field(ge=1990, le=2100)
    language: Literal["zh", "en"] = "zh"
    is_invented: bool = False
    data_source: str = Field(min_length=1)
    notes: _Words = ()
    input: InputParameters
    previous: PreviousParameters | None = None
    scheme: str
    carbon_basis: Literal["calculated", "reported"] = "calculated"
    energy_basis: Literal["calculated", "reported"] = "calculated"
    factor_set: str = "guide2013"
    grid_region: str = "浙江"
    gwp_set: str = "AR5"
    heat_factor_tco2_per_gj: float | None = Field(default=None, gt=0)
    voc_other_equivalent_kg: float = Field(default=0.95, gt=0)
    include_voc_oxidation: bool = False
    discount_rate: float = Field(default=0.08, ge=0, le=0.5)
    prices: dict[str, float] = Field(default_factory=dict)
    has_three_lists: bool = True
    park_values: dict[str, dict[str, float]] = Field(default_factory=dict)
    peer_group_minimum: int = Field(default=5, ge=3)
    draws: int = Field(default=2000, ge=200, le=100_000)
    seed: int = Field(default=20240101, ge=0)
    trend_columns: _Columns = (
        "co2e_t",
        "energy_tce",
        "air_equivalent_kg",
        "water_equivalent_kg",
        "vocs_kg",
        "cod_kg",
    )

    policies: tuple[PolicyParameters, ...] = Field(default=(), strict=False)
    targets: _Targets = ()
    scenarios: ScenarioParameters = ScenarioParameters()

    @field_validator("park_name_zh", "park_name_en", "data_source")
    @classmethod
    def _filled_in(cls, value: str) -> str:
        if value.startswith(("（", "(")) and value.endswith(("）", ")")):
            raise ValueError("还是模板中的占位文字，请填写")
        return value

    @model_validator(mode="after")
    def _years_in_order(self) -> RunParameters:
        if not self.first_year <= self.base_year <= self.report_year:
            raise ValueError(_YEARS_ORDER)
        given = self.previous.report_year if self.previous else None
        if given is not None and not self.base_year <= given < self.report_year:
            raise ValueError(_PREVIOUS_YEAR)
        return self

    @property
    def previous_year(self) -> int:
        """Return the report year of the report that the change is counted from."""
        given = self.previous.report_year if self.previous else None
        return self.report_year - 1 if given is None else given

    @property
    def years(self) -> range:
        """Return every year from the first to the report year."""
        return range(self.first_year, self.report_year + 1)

    @property
    def park_name(self) -> str:
        """Return the park's name in the language of the run."""
        return self.park_name_zh if self.language == "zh" else self.park_name_en


def read_parameters(
    path: Path, *, data: Path | None = None, language: str | None = None
) -> RunParameters:
    """Read and check the parameter file of a run.

    Parameters
    ----------
    path : pathlib.Path
        YAML file, see ``parameters/README.md`` for every key.
    data : pathlib.Path, optional
        Another input file of the same layout, replacing ``input.path``.
    language : {"zh", "en"}, optional
        Replaces ``language``.

    Returns
    -------
    RunParameters
        Checked parameters; ``input.path`` and the paths of ``previous`` are absolute.

    Raises
    ------
    ParameterError
        With every problem at once: no such file, bad YAML, unknown key (with the
        nearest valid one), wrong type, unknown scheme, no previous file.
    """
    raw = read_yaml(path)
    problems = _scheme_problems(raw.get("scheme"), f"{path.name} scheme")
    problems += _previous_problems(raw.get("previous"), path)
    try:
        parameters = RunParameters.model_validate(raw)
    except ValidationError as error:
        problems += validation_problems(error, path.name) + _years_problems(
            raw, path.name
        )
        raise ParameterError(dict.fromkeys(problems)) from error
    if problems:
        raise ParameterError(problems)
    given = Path(parameters.input.path).expanduser()
    found = data.resolve() if data else project_folder(path) / given
    updates: dict[str, Any] = {
        "input": parameters.input.model_copy(update={"path": str(found)})
    }
    if parameters.previous:
        last = Path(parameters.previous.path).expanduser()
        places = {"path": str(project_folder(path) / last)}
        updates["previous"] = parameters.previous.model_copy(update=places)
    if language:
        updates["language"] = language
    return parameters.model_copy(update=updates)


def list_schemes() -> list[str]:
    """Return the names of the index schemes that are shipped."""
    return sorted(
        item.parent.name for item in parameters_path("schemes").glob("*/scheme.yml")
    )


def project_folder(parameter_file: Path) -> Path:
    """Return the folder that relative paths count from.

    It is the nearest folder above the parameter file that holds ``parameters``;
    without one, the folder of the file itself.
    """
    for folder in parameter_file.resolve().parents:
        if (folder / "parameters").is_dir():
            return folder
    return parameter_file.resolve().parent


def validation_problems(error: ValidationError, file: str) -> list[Problem]:
    """Turn pydantic's errors into problems that name the key and what fits."""
    problems = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        where = f"{file} {key or '、'.join(_YEARS)}"
        context = item.get("ctx", {})
        if item["type"] == "extra_forbidden":
            owner = _BLOCKS.get(str(item["loc"][0]), RunParameters)
            hint = nearest(str(item["loc"][-1]), list(owner.model_fields))
            problems.append(Problem(where, "没有这个参数", hint=hint))
        elif item["type"] == "missing":
            problems.append(Problem(where, "缺少必填参数"))
        elif item["type"] == "value_error":
            problems.append(Problem(where, str(context["error"])))
        else:
            value = "" if isinstance(item["input"], dict) else quote(item["input"])
            expected = _EXPECTED.get(item["type"], item["msg"]).format(**context)
            expected = expected.replace(" or ", " 或 ")
            problems.append(Problem(where, f"{value}不符合要求", expected))
    return problems


def _scheme_problems(name: object, where: str) -> list[Problem]:
    """Return what is wrong with the name of a scheme, if it is a name at all."""
    schemes = list_schemes()
    if not isinstance(name, str) or name in schemes:
        return []
    what = f"没有名为{quote(name)}的指标体系"
    return [Problem(where, what, "、".join(schemes), nearest(name, schemes))]


def _previous_problems(block: object, path: Path) -> list[Problem]:
    """Return whether last year's file or scheme is not there."""
    if not isinstance(block, dict):
        return []
    file, folder, key = block.get("path"), project_folder(path), f"{path.name} previous"
    problems = _scheme_problems(block.get("scheme"), f"{key}.scheme")
    if isinstance(file, str) and not (folder / Path(file).expanduser()).is_file():
        problems.append(
            Problem(f"{key}.path", f"没有文件{quote(file)}", "上期数据文件")
        )
    return problems


def _years_problems(raw: dict[str, Any], file: str) -> list[Problem]:
    """Return whether the years are out of order, where other keys are wrong too."""
    years = [raw.get(key) for key in _YEARS]
    whole = [year for year in years if type(year) is int]
    if len(whole) < len(years) or whole == sorted(whole):
        return []
    return [Problem(f"{file} {'、'.join(_YEARS)}", _YEARS_ORDER)]
