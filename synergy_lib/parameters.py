"""The parameters of one run: a YAML file, checked before anything else happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.resources import parameters_path

__all__ = [
    "InputParameters",
    "RunParameters",
    "list_schemes",
    "project_folder",
    "read_parameters",
    "read_yaml",
    "validation_problems",
]

_ID = r"^[0-9A-Za-z][0-9A-Za-z_\-]{0,63}$"


class _Strict(BaseModel):
    """Base that refuses unknown keys and cannot be changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InputParameters(_Strict):
    """Where the data are and how the file is laid out.

    ``layout`` is ``workbook`` (the project's own Excel layout), ``long_table`` (one
    value a row) or ``wide_table`` (one enterprise and year a row). The last two
    need ``mapping``, a table under ``parameters/mappings/`` that says which panel
    column each source column or indicator fills and in which unit it stands.
    ``entity_pattern`` is a regular expression whose one group is the part of a long
    identifier that is used.
    """

    layout: Literal["workbook", "long_table", "wide_table"] = "workbook"
    path: str
    mapping: str | None = None
    entity_column: str = "enterprise_id"
    entity_name_column: str | None = None
    entity_pattern: str | None = None
    year_column: str = "year"
    indicator_column: str = "indicator"
    value_column: str = "value"
    unit_column: str = "unit"
    edition_column: str | None = None
    source_column: str | None = None
    exclude_entities: tuple[str, ...] = ()
    keep_where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    zero_means_missing: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _mapping_given(self) -> InputParameters:
        if self.layout != "workbook" and not self.mapping:
            raise ValueError("mapping is needed for this layout")
        return self

    @field_validator("entity_pattern")
    @classmethod
    def _one_group(cls, pattern: str | None) -> str | None:
        try:
            groups = re.compile(pattern).groups if pattern is not None else 1
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        if groups != 1:
            raise ValueError("the pattern must hold exactly one group (…)")
        return pattern


class RunParameters(_Strict):
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
    notes: tuple[str, ...] = ()
    input: InputParameters
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
    peer_group_minimum: int = Field(default=5, ge=3)
    draws: int = Field(default=2000, ge=200, le=100_000)
    seed: int = Field(default=20240101, ge=0)
    trend_columns: tuple[str, ...] = (
        "co2e_t",
        "energy_tce",
        "air_equivalent_kg",
        "water_equivalent_kg",
        "vocs_kg",
        "cod_kg",
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> RunParameters:
        if not self.first_year <= self.base_year <= self.report_year:
            raise ValueError("first_year ≤ base_year ≤ report_year must hold")
        return self

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
        Checked parameters; ``input.path`` is absolute.

    Raises
    ------
    ParameterError
        With every problem at once: no such file, bad YAML, unknown key (with the
        nearest valid one), wrong type, unknown scheme.
    """
    raw = read_yaml(path)
    try:
        parameters = RunParameters.model_validate(raw)
    except ValidationError as error:
        raise ParameterError(validation_problems(error, path.name)) from error
    if parameters.scheme not in list_schemes():
        raise ParameterError(
            Problem(
                f"{path.name} scheme",
                f"没有名为“{parameters.scheme}”的指标体系",
                "、".join(list_schemes()),
                nearest(parameters.scheme, list_schemes()),
            )
        )
    found = data.resolve() if data else project_folder(path) / parameters.input.path
    updates: dict[str, Any] = {
        "input": parameters.input.model_copy(update={"path": str(found)})
    }
    if language:
        updates["language"] = language
    return parameters.model_copy(update=updates)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping.

    Raises
    ------
    ParameterError
        If the file is missing, is not YAML (line and column are named), or holds
        something other than a mapping.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        siblings = [item.name for item in path.parent.glob("*.yml")]
        raise ParameterError(
            Problem(str(path), "没有这个参数文件", hint=nearest(path.name, siblings))
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterError(Problem(path.name, f"不是有效的 YAML：{error}")) from error
    if not isinstance(raw, dict):
        raise ParameterError(Problem(path.name, "内容为空或不是键值对", "键: 值"))
    return raw


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
        key = ".".join(str(part) for part in item["loc"]) or "（整体）"
        if item["type"] == "extra_forbidden":
            owner = InputParameters if item["loc"][0] == "input" else RunParameters
            hint = nearest(str(item["loc"][-1]), list(owner.model_fields))
            problems.append(Problem(f"{file} {key}", "没有这个参数", hint=hint))
        elif item["type"] == "missing":
            problems.append(Problem(f"{file} {key}", "缺少必填参数"))
        else:
            value = "" if isinstance(item["input"], dict) else f"“{item['input']}”"
            problems.append(Problem(f"{file} {key}", f"{value}不符合要求", item["msg"]))
    return problems
