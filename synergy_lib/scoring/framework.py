"""The framework of an index: a table of indicators, their parents and weights."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.indicators.formula import check_formula
from synergy_lib.scoring.framework_checks import RULES, check_table, check_tree
from synergy_lib.scoring.header import SchemeHeader, read_header

__all__ = ["Framework", "Scheme", "load_scheme", "read_cells", "read_framework"]

# Heading in the file → column of Framework.table. The first eight are the layout
# composite-index practitioners use; the others carry the scoring rules.
_COLUMNS = {
    "Level": "level",
    "iCode": "code",
    "Parent": "parent",
    "Direction": "direction",
    "Weight": "weight",
    "Type": "type",
    "iName": "name",
    "Unit": "unit",
    "iName_en": "name_en",
    "Unit_en": "unit_en",
    "formula": "formula",
    "rule": "rule",
    "baseline": "baseline",
    "benchmark": "benchmark",
    "tiers": "tiers",
    "tag": "tag",
    "baseline_tag": "baseline_tag",
    "benchmark_tag": "benchmark_tag",
    "source_key": "source_key",
    "note": "note",
    "Denominator": "denominator",
    "Target": "target",
    "MinCoverage": "minimum_coverage",
}
_ENDS = ("baseline", "benchmark")
_NUMBERS = (
    "level",
    "direction",
    "weight",
    "baseline",
    "benchmark",
    "target",
    "minimum_coverage",
)


@dataclass(frozen=True)
class Framework:
    """Indicators, aggregates and gates of an index.

    Parameters
    ----------
    table : pandas.DataFrame
        The tree, indexed by code in file order: ``level`` (1 = indicator), ``parent``,
        ``direction`` (+1 more is better, −1 less is better), ``weight`` within the
        parent, ``type``, names, units, the scoring-rule columns and
        ``minimum_coverage`` of an aggregate; missing text is an empty string, a
        missing number NaN.
    gates : pandas.DataFrame
        Rows of type Gate, same columns; conditions without weight.
    other : pandas.DataFrame
        Rows of other types (Group, Denominator …), kept but not used.
    """

    table: pd.DataFrame
    gates: pd.DataFrame
    other: pd.DataFrame

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Return the rows of the indicators, indexed by code."""
        return self.table[self.table["type"] == "Indicator"]

    @cached_property
    def aggregates(self) -> pd.DataFrame:
        """Return the rows above the indicators, lowest level first."""
        rows = self.table[self.table["type"] == "Aggregate"]
        return rows.sort_values("level", kind="stable")

    @cached_property
    def root(self) -> str:
        """Return the code of the index itself."""
        return str(self.table.index[self.table["parent"] == ""][0])

    @cached_property
    def dimensions(self) -> pd.DataFrame:
        """Return the rows directly below the index, aggregates or indicators."""
        return self.table[self.table["parent"] == self.root]

    @cached_property
    def dimension_of(self) -> pd.Series[str]:
        """Return the dimension of every indicator, indexed by its code."""
        parent = self.table["parent"]
        found = {}
        for code in self.indicators.index:
            here = str(code)
            while str(parent[here]) != self.root:
                here = str(parent[here])
            found[code] = here
        return pd.Series(found, name="dimension")

    def children(self, code: str) -> list[str]:
        """Return the codes whose parent is ``code``, in file order."""
        return [str(item) for item in self.table.index[self.table["parent"] == code]]

    @cached_property
    def local_weights(self) -> pd.Series[float]:
        """Return every code's weight within its parent, siblings summing to 1."""
        weights = self.table["weight"].astype(float)
        total = weights.groupby(self.table["parent"]).transform("sum")
        return (weights / total).mask(self.table["parent"] == "", 1.0)

    @cached_property
    def effective_weights(self) -> pd.Series[float]:
        """Return every indicator's weight in the index, summing to 1.

        Notes
        -----
        Product of the local weights on the way from the indicator to the index.
        """
        local, parent = self.local_weights, self.table["parent"]
        weights = {}
        for code in self.indicators.index:
            product, here = 1.0, str(code)
            while here:
                product *= float(local[here])
                here = str(parent[here])
            weights[code] = product
        return pd.Series(weights, name="weight")


@dataclass(frozen=True)
class Scheme:
    """A framework with the rules that turn its indicators into grades.

    Parameters
    ----------
    header : SchemeHeader
        Grades, limits, colour rules and defaults from ``scheme.yml``.
    framework : Framework
        Indicators, dimensions and gates from ``framework.csv``.
    """

    header: SchemeHeader
    framework: Framework


def read_framework(path: Path | str) -> Framework:
    """Read an index framework from a CSV table.

    Parameters
    ----------
    path : path
        Table with the columns ``Level, iCode, Parent, Direction, Weight, Type,
        iName, Unit`` in any order; further columns are optional. The metadata table
        of COINr is read unchanged: ``NA`` is empty, and rows of type Group or
        Denominator are set aside.

    Returns
    -------
    Framework
        Rows in file order.

    Raises
    ------
    ParameterError
        With every problem at once, naming file, row and column: missing column,
        duplicate code, unknown parent or cycle, more than one top, direction not ±1,
        weight missing or negative, unknown rule or type, missing or equal anchors,
        anchors against the direction, tiers that do not parse, a coverage outside
        0–1, a target that is no number.
    """
    path = Path(path)
    raw = read_cells(path)
    missing = [name for name in list(_COLUMNS)[:8] if name not in raw.columns]
    if missing:
        raise ParameterError(
            [Problem(path.name, f"缺少列 {name}", "第一行为列名") for name in missing]
        )
    table = raw.reindex(columns=list(_COLUMNS), fill_value="").rename(columns=_COLUMNS)
    table["rule"] = table["rule"].str.upper()
    table["type"] = table["type"].str.strip().str.capitalize()
    in_tree = table["type"].isin(["Indicator", "Aggregate"])
    problems = check_table(table, path.name) + _check_targets(table, path.name)
    problems += check_tree(table[in_tree], path.name)
    if problems:
        raise ParameterError(problems)
    numbers = table[list(_NUMBERS)].replace("", "nan").astype(float)
    table = table.assign(**{name: numbers[name] for name in _NUMBERS})
    in_tree, table = in_tree.set_axis(table["code"]), table.set_index("code")
    is_gate = table["type"] == "Gate"
    return Framework(table[in_tree], table[is_gate], table[~in_tree & ~is_gate])


def _check_targets(table: pd.DataFrame, file: str) -> list[Problem]:
    """Check that targets, where there are any, are finite numbers."""
    given = table.loc[table["target"] != "", "target"]
    wrong = given[~np.isfinite(pd.to_numeric(given, errors="coerce").astype(float))]
    return [
        Problem(f"{file} 第{line}行 Target", f"“{text}”不是数字", "数字")
        for line, text in wrong.items()
    ]


def read_cells(path: Path) -> pd.DataFrame:
    """Read a CSV as text, ``NA`` as empty; the index is the line in the file.

    Raises
    ------
    ParameterError
        If there is no such file, or it is not a CSV table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ParameterError(Problem(str(path), "没有这个文件")) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Spreadsheet programs under a Chinese locale save CSV in this encoding.
        text = content.decode("gb18030", errors="replace")
    try:
        raw = pd.read_csv(
            io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ParameterError(Problem(path.name, f"不是有效的 CSV：{error}")) from error
    cells: pd.DataFrame = raw.fillna("").apply(lambda column: column.str.strip())
    cells = cells.replace("NA", "").set_axis(pd.RangeIndex(2, len(raw) + 2), axis=0)
    return cells[(cells != "").any(axis=1)]


def load_scheme(folder: Path | str) -> Scheme:
    """Load an index scheme: ``scheme.yml`` and ``framework.csv`` of a folder.

    Parameters
    ----------
    folder : path
        Folder of one scheme, e.g. ``parameters_path("schemes", name)``.

    Returns
    -------
    Scheme
        Header and framework that fit each other.

    Raises
    ------
    ParameterError
        As :func:`read_framework`; for an unknown header key, with the nearest valid
        one; where an indicator has no rule or formula, a formula names an unknown
        column, nothing lies below the index, or the header names a level, gate, grade
        or indicator that does not exist.

    Notes
    -----
    The tree may have any depth from two levels on, and branches of different depth. A
    dimension is a row directly below the index.
    """
    folder = Path(folder)
    problems: list[Problem | str] = []
    header: SchemeHeader | None = None
    framework: Framework | None = None
    try:
        header = read_header(folder / "scheme.yml")
    except ParameterError as error:
        problems += error.problems
    try:
        framework = read_framework(folder / "framework.csv")
    except ParameterError as error:
        problems += error.problems
    if framework is not None:
        problems += _check_rules(framework)
    if framework is not None and header is not None:
        problems += _check_names(header, framework)
    if problems or header is None or framework is None:
        raise ParameterError(problems)
    return Scheme(header, framework)


def _check_rules(framework: Framework) -> list[Problem]:
    """Check what scoring needs beyond the bare tree."""
    problems = []
    for code, row in pd.concat([framework.indicators, framework.gates]).iterrows():
        where = f"framework.csv {code}"
        if not row["rule"]:
            problems.append(Problem(f"{where} rule", "缺少评分规则", "、".join(RULES)))
        if not row["formula"]:
            problems.append(Problem(f"{where} formula", "缺少公式"))
        else:
            problems += check_formula(str(row["formula"]), f"{where} formula")
    return problems


def _check_names(header: SchemeHeader, framework: Framework) -> list[Problem]:
    """Check that the codes a header names exist."""
    codes = {
        "gates_red": (header.gates_red, framework.gates.index),
        "gates_yellow": (header.gates_yellow, framework.gates.index),
        "carbon_level_indicator": (
            [header.carbon_level_indicator],
            framework.indicators.index,
        ),
        "carbon_grade_indicator": (
            [header.carbon_grade_indicator],
            framework.indicators.index,
        ),
        "colour_red_pollution_indicator": (
            [header.colour_red_pollution_indicator],
            framework.indicators.index,
        ),
    }
    problems = [
        Problem(f"scheme.yml {key}", f"没有代码“{code}”", "、".join(map(str, valid)))
        for key, (named, valid) in codes.items()
        for code in named
        if code is not None and code not in valid
    ]
    levels = {int(level) for level in framework.aggregates["level"]}
    problems += [
        Problem(
            "scheme.yml aggregation_by_level",
            f"没有第{level}层的合成项",
            "、".join(map(str, sorted(levels))),
        )
        for level in sorted(set(header.aggregation_by_level) - levels)
    ]
    problems += _check_percentiles(header, framework)
    unused = set(framework.gates.index) - {*header.gates_red, *header.gates_yellow}
    return problems + [
        Problem(f"framework.csv {code}", "门槛未列入 gates_red 或 gates_yellow")
        for code in sorted(unused)
    ]


def _check_percentiles(header: SchemeHeader, framework: Framework) -> list[Problem]:
    """Check that the percentiles are given where an indicator is scored by them."""
    table = framework.indicators
    relative = table[table["rule"] == "PCT"]
    needed = ["pct_minimum_enterprises"] if len(relative) else []
    for direction, side in ((-1.0, "cost"), (1.0, "benefit")):
        if direction in set(relative["direction"]):
            needed += [f"pct_{side}_{end}_percentile" for end in _ENDS]
    return [
        Problem(f"scheme.yml {key}", "有 PCT 规则的指标，此键不能为 null")
        for key in needed
        if getattr(header, key) is None
    ]
