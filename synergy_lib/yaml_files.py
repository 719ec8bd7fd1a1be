"""YAML files, and the strict models of what they may hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from synergy_lib.errors import ParameterError, Problem, nearest

__all__ = ["StrictModel", "read_yaml"]


class StrictModel(BaseModel):
    """Base that refuses unknown keys and cannot be changed once read."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping.

    Raises
    ------
    ParameterError
        If the file is missing, is not YAML (line and column are named), or holds
        something other than a mapping.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except FileNotFoundError as error:
        siblings = [item.name for item in path.parent.glob("*.y*ml")]
        raise ParameterError(
            Problem(str(path), "没有这个参数文件", hint=nearest(path.name, siblings))
        ) from error
    except OSError as error:
        reason = "是一个文件夹" if path.is_dir() else f"无法读取（{error.strerror}）"
        raise ParameterError(Problem(str(path), reason, "一个 .yml 文件")) from error
    except UnicodeDecodeError as error:
        raise ParameterError(Problem(path.name, "文字编码无法识别", "UTF-8")) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ParameterError(_yaml_problem(error, path.name)) from error
    if not isinstance(raw, dict):
        raise ParameterError(Problem(path.name, "内容为空或不是键值对", "键: 值"))
    return raw


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML's safe loader, which also refuses a key that stands twice."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Any, Any]:
        """Return a mapping, or raise naming the line of the second key."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"键“{key.value}”出现两次", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _yaml_problem(error: Exception, file: str) -> Problem:
    """Return where a YAML file breaks, on one line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{file} 第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else file
    reason = getattr(error, "problem", None) or type(error).__name__
    return Problem(where, f"不是有效的 YAML（{reason}）", "键: 值，缩进用空格")
