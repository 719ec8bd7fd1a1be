"""The technique catalogue: reading it, and everything that can be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.factors.tables import load_sources
from synergy_lib.resources import parameters_path
from synergy_lib.schema import load_columns

__all__ = [
    "BOUNDS",
    "EVIDENCE",
    "STAGES",
    "TARGETS",
    "Catalogue",
    "Condition",
    "check_catalogue",
    "load_cases",
    "load_catalogue",
    "parse_conditions",
]

BOUNDS = ("low", "mode", "high")
STAGES = {
    "source": "源头",
    "process": "过程",
    "recycling": "循环",
    "end_of_pipe": "末端",
    "management": "管理",
}
EVIDENCE = {
    "A": "实测并核证",
    "B": "单次测试或设计",
    "C": "文献或他厂",
    "D": "政策或新闻",
}
POLLUTANT_EFFECTS = ("none", "quantified", "unquantified")
# Panel column that a technique may reduce → stem and unit of the result columns.
TARGETS = {
    "co2e_t": ("co2e_direct", "t"),
    "electricity_grid_mwh": ("electricity", "mwh"),
    "electricity_green_mwh": ("electricity_green", "mwh"),
    "heat_purchased_gj": ("heat", "gj"),
    "natural_gas_10k_nm3": ("natural_gas", "10k_nm3"),
    "bituminous_t": ("bituminous", "t"),
    "solvent_fresh_t": ("solvent_fresh", "t"),
    "water_fresh_m3": ("water_fresh", "m3"),
    "hazardous_waste_generated_t": ("hazardous_waste", "t"),
    "so2_kg": ("so2", "kg"),
    "nox_kg": ("nox", "kg"),
    "vocs_kg": ("vocs", "kg"),
    "cod_kg": ("cod", "kg"),
    "nh3n_kg": ("nh3n", "kg"),
}
_CONDITION = re.compile(r"\s*([a-z0-9_]+)\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)\s*")
_NUMBERS = ("affected_share", "ceiling_fraction", "lifetime_years")
_CAPEX = tuple(f"capex_{bound}" for bound in BOUNDS)
QUALITIES = ("measured", "official_default", "literature", "expert_judgement")
_COLUMNS = {
    "catalogue.csv": (
        "technique_id",
        "name_zh",
        "name_en",
        "stage",
        "mechanism_zh",
        "conditions",
        "affected_share",
        "share_tag",
        "share_note",
        "pollutant_effect",
        "ceiling_column",
        "ceiling_fraction",
        *_CAPEX,
        "capex_unit",
        "capex_driver",
        "capex_quality",
        "capex_tag",
        "capex_note",
        "lifetime_years",
        "lifetime_tag",
        "evidence",
        "source_keys",
        "cases",
        "indicators",
        "exclusive_with",
        "conflicts_zh",
    ),
    "effects.csv": (
        "technique_id",
        "target",
        "base_column",
        "minus_column",
        *BOUNDS,
        "unit",
        "source_key",
        "locator",
        "quality",
        "tag",
        "note",
    ),
}


@dataclass(frozen=True)
class Condition:
    """A test on one column of the enterprise's own data, e.g. ``land_mu >= 5``."""

    column: str
    operator: str
    limit: float


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Techniques, and what each acts on.

    Attributes
    ----------
    techniques : pandas.DataFrame
        Index ``technique_id``; the columns of ``catalogue.csv``.
    effects : pandas.DataFrame
        The rows of ``effects.csv``: reduction of ``target`` [its unit] =
        ``affected_share`` · coefficient (``low``, ``mode``, ``high``) · (own
        ``base_column`` − own ``minus_column``). A negative coefficient is an increase.
    """

    techniques: pd.DataFrame
    effects: pd.DataFrame


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read a technique catalogue and refuse it if anything is wrong.

    Parameters
    ----------
    path : pathlib.Path, optional
        ``catalogue.csv``, with ``effects.csv`` beside it, or their folder; the
        shipped ones if omitted.

    Returns
    -------
    Catalogue
        Checked.

    Raises
    ------
    ParameterError
        With every problem at once, each naming file, row and column.

    Examples
    --------
    >>> load_catalogue().techniques.loc["T02", "name_zh"]
    '酶催化绿色工艺'
    """
    path = parameters_path("techniques") if path is None else path
    folder = path if path.is_dir() else path.parent
    main = folder / "catalogue.csv" if path.is_dir() else path
    techniques, effects = _read(main), _read(folder / "effects.csv")
    problems = list(_missing_columns("catalogue.csv", techniques))
    problems += _missing_columns("effects.csv", effects)
    if problems:
        raise ParameterError(problems)
    problems = check_catalogue(techniques, effects, sources=load_sources().index)
    if problems:
        raise ParameterError(problems)
    for name in (*_NUMBERS, *_CAPEX):
        techniques[name] = pd.to_numeric(techniques[name]).astype(float)
    for name in BOUNDS:
        effects[name] = pd.to_numeric(effects[name]).astype(float)
    return Catalogue(techniques.set_index("technique_id"), effects)


def load_cases(path: Path | None = None) -> pd.DataFrame:
    """Return the published cases: every figure with its source and what was checked.

    Parameters
    ----------
    path : pathlib.Path, optional
        ``cases.csv``; the shipped one if omitted.

    Returns
    -------
    pandas.DataFrame
        One row a figure: ``case_id, technique_id, case_zh, place, quantity_zh,
        comparison`` (≈, ≥, > as printed), ``value, unit, year, source_key, locator,
        evidence, recomputed, recomputed_unit, check_note``. ``recomputed`` is what
        the case's own figures give.
    """
    path = parameters_path("techniques", "cases.csv") if path is None else path
    cases = _read(path)
    for name in ("value", "recomputed"):
        cases[name] = pd.to_numeric(cases[name])
    cases["year"] = pd.to_numeric(cases["year"]).astype("Int64")
    return cases


def parse_conditions(text: str) -> list[Condition]:
    """Return the tests written in a ``conditions`` cell.

    Raises
    ------
    ValueError
        If a part is not ``column>=number`` or ``column<=number``.

    Examples
    --------
    >>> parse_conditions("land_mu>=5;electricity_pv_mwh<=0")[1].limit
    0.0
    """
    conditions = []
    for part in filter(None, (item.strip() for item in text.split(";"))):
        found = _CONDITION.fullmatch(part)
        if found is None:
            raise ValueError(part)
        column, operator, limit = found.groups()
        conditions.append(Condition(column, operator, float(limit)))
    return conditions


def check_catalogue(
    techniques: pd.DataFrame, effects: pd.DataFrame, *, sources: Collection[str]
) -> list[Problem]:
    """Return everything that is wrong with a catalogue as read (text cells).

    Checked: unique ids, names, stage, evidence, pollutant effect, conditions, shares
    above 1, ceilings, investment ranges, sources, references to other techniques;
    effects: known technique, target, columns, low ≤ mode ≤ high, source, tag.
    """
    ids = set(techniques["technique_id"])
    problems: list[Problem] = []
    repeated = techniques["technique_id"].duplicated()
    for row, identifier in techniques.loc[repeated, "technique_id"].items():
        problems.append(_at("catalogue.csv", row, "technique_id", f"{identifier} 重复"))
    for row, record in techniques.iterrows():
        problems += _technique_problems(row, record, ids, sources)
    for row, record in effects.iterrows():
        problems += _effect_problems(row, record, ids, sources)
    return problems


def _read(path: Path) -> pd.DataFrame:
    """Read a table as text."""
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise ParameterError(Problem(str(path), "没有这个文件")) from error
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise ParameterError(Problem(path.name, "不是 UTF-8 编码的 CSV 表")) from error


def _missing_columns(file: str, table: pd.DataFrame) -> Iterator[Problem]:
    strange = [name for name in table.columns if name not in _COLUMNS[file]]
    for name in _COLUMNS[file]:
        if name not in table.columns:
            yield Problem(file, f"缺少列“{name}”", hint=nearest(name, strange))


def _at(
    file: str, row: object, column: str, what: str, expected: str = "", hint: str = ""
) -> Problem:
    """Return a problem with the row as a spreadsheet counts it."""
    return Problem(f"{file} 第 {int(str(row)) + 2} 行 {column}", what, expected, hint)


def _technique_problems(
    row: object, record: pd.Series, ids: set[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the problems of one technique."""
    file = "catalogue.csv"
    for column, allowed in (
        ("stage", tuple(STAGES)),
        ("evidence", tuple(EVIDENCE)),
        ("pollutant_effect", POLLUTANT_EFFECTS),
    ):
        if record[column] not in allowed:
            hint = nearest(record[column], allowed)
            what = f"“{record[column]}”不是可用的值"
            yield _at(file, row, column, what, "、".join(allowed), hint)
    for column in ("technique_id", "name_zh", "name_en"):
        if not record[column].strip():
            yield _at(file, row, column, "空白")
    yield from _source_problems(file, row, "source_keys", record, sources)
    yield from _condition_problems(row, record)
    yield from _range_problems(file, row, record, _CAPEX, optional=True)
    yield from _share_problems(row, record)
    if record["exclusive_with"] and record["exclusive_with"] not in ids:
        what = f"没有技术“{record['exclusive_with']}”"
        yield _at(file, row, "exclusive_with", what)
    if record["capex_mode"] and record["capex_driver"] not in TARGETS:
        what = f"“{record['capex_driver']}”不是可减少的量"
        yield _at(file, row, "capex_driver", what, "、".join(TARGETS))


def _effect_problems(
    row: object, record: pd.Series, ids: set[str], sources: Collection[str]
) -> Iterator[Problem]:
    """Yield the problems of one effect."""
    file = "effects.csv"
    if record["technique_id"] not in ids:
        yield _at(file, row, "technique_id", f"没有技术“{record['technique_id']}”")
    if record["target"] not in TARGETS:
        hint = nearest(record["target"], TARGETS)
        what = f"“{record['target']}”不是可减少的量"
        yield _at(file, row, "target", what, "、".join(TARGETS), hint)
    for column in ("base_column", "minus_column"):
        if column == "base_column" or record[column]:
            yield from _column_problems(file, row, column, record[column])
    if record["quality"] not in QUALITIES:
        what = f"“{record['quality']}”不是可用的值"
        yield _at(file, row, "quality", what, "、".join(QUALITIES))
    yield from _range_problems(file, row, record, BOUNDS, optional=False)
    yield from _source_problems(file, row, "source_key", record, sources)


def _column_problems(
    file: str, row: object, column: str, name: str
) -> Iterator[Problem]:
    """Yield a problem if a cell names no panel column."""
    known = load_columns().index
    if name not in known:
        yield _at(file, row, column, f"没有数据列“{name}”", hint=nearest(name, known))


def _condition_problems(row: object, record: pd.Series) -> Iterator[Problem]:
    """Yield the problems of the applicability tests."""
    file = "catalogue.csv"
    try:
        conditions = parse_conditions(record["conditions"])
    except ValueError as error:
        what = f"“{error}”看不懂"
        yield _at(file, row, "conditions", what, "列名>=数字；列名<=数字")
        return
    for condition in conditions:
        yield from _column_problems(file, row, "conditions", condition.column)
    if record["ceiling_column"]:
        yield from _column_problems(
            file, row, "ceiling_column", record["ceiling_column"]
        )


def _range_problems(
    file: str, row: object, record: pd.Series, names: tuple[str, ...], *, optional: bool
) -> Iterator[Problem]:
    """Yield a problem unless the cells are numbers in ascending order."""
    cells = [record[name] for name in names]
    if optional and not any(cells):
        return
    numbers = [_number(cell) for cell in cells]
    label = "、".join(names)
    if any(np.isnan(numbers)):
        yield _at(file, row, label, f"不是数字：{'、'.join(cells)}", "三个数字")
    elif not numbers[0] <= numbers[1] <= numbers[2]:
        what = f"{'、'.join(cells)} 不是由小到大"
        yield _at(file, row, label, what, "low ≤ mode ≤ high")


def _share_problems(row: object, record: pd.Series) -> Iterator[Problem]:
    """Yield the problems of share, ceiling and lifetime."""
    file = "catalogue.csv"
    for column in ("affected_share", "ceiling_fraction"):
        value = _number(record[column])
        if record[column] and not 0 < value <= 1:
            yield _at(file, row, column, f"{record[column]} 超出范围", "大于 0、至多 1")
    if not _number(record["lifetime_years"]) > 0:
        yield _at(file, row, "lifetime_years", "不是正数", "年数")
    if record["ceiling_column"] and not record["ceiling_fraction"]:
        yield _at(file, row, "ceiling_fraction", "空白", "大于 0、至多 1")


def _source_problems(
    file: str, row: object, column: str, record: pd.Series, sources: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each source key that is not in the register."""
    keys = [key for key in record[column].split(";") if key]
    if not keys:
        yield _at(file, row, column, "空白", "至少一个来源")
    for key in keys:
        if key not in sources:
            hint = nearest(key, sources)
            yield _at(file, row, column, f"没有来源“{key}”", hint=hint)


def _number(cell: str) -> float:
    """Return a cell as a number, NaN if it is none."""
    try:
        value = float(cell)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")
