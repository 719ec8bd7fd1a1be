"""Other people's tables as a park: a mapping table says what fills which column."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.indicators.formula import evaluate_formula, make_scope
from synergy_lib.inputs.mapping import VALUE
from synergy_lib.inputs.park_data import Cells, ParkData, issues_frame
from synergy_lib.inputs.values import to_number, to_year
from synergy_lib.parameters import InputParameters
from synergy_lib.schema import PANEL_INDEX, load_columns
from synergy_lib.units import conversion_factor

__all__ = ["clean_register", "fill_formulas"]

_KEYS = ["enterprise_id", "year", "column"]
_NAMED_AT_MOST = 5


def clean_register(
    raw: pd.DataFrame,
    mapping: pd.DataFrame,
    parameters: InputParameters,
    *,
    source_name: str,
    source_sha256: str,
) -> ParkData:
    """Turn a long or wide table of somebody else into a park's data.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text table, indexed by line number (:func:`reading.read_table`).
    mapping : pandas.DataFrame
        As :func:`mapping.read_mapping` returns it.
    parameters : InputParameters
        Layout and the names of the key columns.

    Returns
    -------
    ParkData
        Values of the latest edition; what earlier editions said is kept in
        ``restatements``. Blank is missing, never zero. Columns that the mapping
        derives from other columns are added by :func:`fill_formulas`, after the
        values they rest on have been validated.

    Raises
    ------
    InputDataError
        With every missing column, wrong number, unknown unit and contradiction.
    """
    _require_headers(raw, mapping, parameters, source_name)
    rows = _shorten(_select_rows(raw, parameters), parameters, source_name)
    if rows.empty:
        raise InputDataError(
            Problem(
                source_name, "没有属于本园区的行", "见 keep_where、exclude_entities"
            )
        )
    given = mapping[mapping["source"] != ""]
    if parameters.layout == "long_table":
        long, problems = _from_long(rows, given, parameters, source_name)
    else:
        long, problems = _from_wide(rows, given, parameters), []
    long, number_problems = _to_numbers(long, source_name)
    years, year_problems = to_year(
        rows[parameters.year_column],
        lambda row: f"{source_name} 第 {row} 行 {parameters.year_column}",
    )
    if problems or number_problems or year_problems:
        found = problems + number_problems + year_problems
        raise InputDataError(list(dict.fromkeys(found)))
    long["year"] = years.reindex(long["line"]).astype("int64").to_numpy()
    used, restatements = _latest_edition(long, source_name)
    panel = used.pivot(index=list(PANEL_INDEX), columns="column", values="value")
    panel = panel.rename_axis(columns=None).sort_index()
    return ParkData(
        panel=panel,
        enterprises=_enterprises(rows, parameters, panel),
        measures=pd.DataFrame(columns=["enterprise_id", "measure_name"]),
        monitoring=pd.DataFrame(columns=["year", "indicator", "value", "unit"]),
        cells=Cells(
            single={
                (str(e), int(y), str(c)): f"第 {line} 行"
                for e, y, c, line in used[[*_KEYS, "line"]].itertuples(index=False)
            }
        ),
        issues=issues_frame([]),
        restatements=restatements,
        source_name=source_name,
        source_sha256=source_sha256,
        notes=(
            *dict.fromkeys(mapping.loc[mapping["note"] != "", "note"]),
            *_coverage_notes(rows, given, parameters),
        ),
    )


def fill_formulas(data: ParkData, mapping: pd.DataFrame) -> ParkData:
    """Add the columns that a mapping derives from other columns.

    Parameters
    ----------
    data : ParkData
        After validation, so that a figure set aside derives nothing.
    mapping : pandas.DataFrame
        As :func:`mapping.read_mapping` returns it.

    Returns
    -------
    ParkData
        A value that the source gives is kept; only what is missing is derived.

    Notes
    -----
    A figure set aside as suspect is not brought back: a derived column is filled
    only where the source gave nothing.
    """
    panel = data.panel
    index = cast("pd.MultiIndex", panel.index)
    doubted = data.issues[data.issues["severity"] == "suspect"]
    derived = mapping[(mapping["source"] == "") & (mapping["formula"] != "")]
    for column, formula in zip(derived["column"], derived["formula"], strict=True):
        scope = make_scope(index, int(index.get_level_values("year").min()))
        values = pd.Series(evaluate_formula(formula, panel, scope).values, index=index)
        own = doubted[doubted["column"] == column]
        keys = list(zip(own["enterprise_id"], own["year"], strict=True))
        values = values.mask(index.isin(keys))
        given = panel.get(column, pd.Series(np.nan, index=index))
        panel = panel.assign(**{column: given.fillna(values)})
    return replace(data, panel=panel)


def _require_headers(
    raw: pd.DataFrame, mapping: pd.DataFrame, parameters: InputParameters, file: str
) -> None:
    """Raise where the table lacks a column that the parameters or mapping name."""
    needed = [parameters.entity_column, parameters.year_column, *parameters.keep_where]
    optional = (
        parameters.entity_name_column,
        parameters.edition_column,
    )
    needed += [name for name in optional if name]
    if parameters.layout == "long_table":
        needed += [
            parameters.indicator_column,
            parameters.value_column,
            parameters.unit_column,
        ]
    else:
        needed += [source for source in mapping["source"] if source]
    missing = [name for name in dict.fromkeys(needed) if name not in raw.columns]
    if missing:
        raise InputDataError(
            Problem(
                f"{file} 第 1 行", f"缺少列“{name}”", hint=nearest(name, raw.columns)
            )
            for name in missing
        )


def _select_rows(raw: pd.DataFrame, parameters: InputParameters) -> pd.DataFrame:
    """Return the rows of the entities that belong to the park."""
    entities = raw[parameters.entity_column].str.strip()
    keep = (entities != "") & ~entities.isin(parameters.exclude_entities)
    for column, values in parameters.keep_where.items():
        keep &= raw[column].str.strip().isin(values)
    return raw[keep].assign(**{parameters.entity_column: entities[keep]})


def _shorten(
    rows: pd.DataFrame, parameters: InputParameters, file: str
) -> pd.DataFrame:
    """Return the rows with the part of each identifier that the parameters name."""
    if parameters.entity_pattern is None:
        return rows
    column, pattern = parameters.entity_column, parameters.entity_pattern
    long = rows[column]
    short = long.str.extract(pattern, expand=False).fillna("")
    owners = long.groupby(short).transform("nunique")
    wrong = long[(short == "") | (owners > 1)].drop_duplicates()
    if len(wrong):
        raise InputDataError(
            Problem(
                f"{file} 第 {line} 行 {column}",
                f"按 entity_pattern 从“{name}”取不出唯一的编号",
                f"每个主体一个编号：{pattern}",
            )
            for line, name in wrong.items()
        )
    return rows.assign(**{column: short})


def _from_long(
    rows: pd.DataFrame,
    given: pd.DataFrame,
    parameters: InputParameters,
    file: str,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return line, entity, column, unit, edition and raw value of each mapped row.

    A unit that no mapping row of its indicator covers is a problem, never a row
    silently left out.
    """
    table = pd.DataFrame(
        {
            "line": rows.index,
            "enterprise_id": rows[parameters.entity_column],
            "source": rows[parameters.indicator_column].str.strip(),
            "unit": rows[parameters.unit_column].str.strip(),
            "raw": rows[parameters.value_column],
            "edition": rows[parameters.edition_column].str.strip()
            if parameters.edition_column
            else "",
        }
    )
    joined = table.merge(
        given[["source", "source_unit", "column", "editions", "formula"]],
        on="source",
        validate="many_to_many",
    )
    fits = (joined["source_unit"] == "") | (joined["source_unit"] == joined["unit"])
    uncovered = joined[~joined["line"].isin(joined.loc[fits, "line"])]
    problems = [
        Problem(
            f"{file} 第 {line} 行 {group['source'].iloc[0]}",
            f"映射表没有计量单位“{group['unit'].iloc[0]}”",
            "、".join(dict.fromkeys(group["source_unit"])),
        )
        for line, group in uncovered.groupby("line")
    ]
    allowed = [
        not wanted or edition in wanted.split("|")
        for wanted, edition in zip(joined["editions"], joined["edition"], strict=True)
    ]
    return joined[fits & pd.Series(allowed, index=joined.index, dtype=bool)], problems


def _from_wide(
    rows: pd.DataFrame, given: pd.DataFrame, parameters: InputParameters
) -> pd.DataFrame:
    """Return the same columns from a table with one entity and year a row."""
    pieces = [
        pd.DataFrame(
            {
                "line": rows.index,
                "enterprise_id": rows[parameters.entity_column],
                "source": row["source"],
                "unit": row["source_unit"],
                "raw": rows[row["source"]],
                "edition": "",
                "column": row["column"],
                "formula": row["formula"],
            }
        )
        for _, row in given.iterrows()
    ]
    return pd.concat(pieces, ignore_index=True)


def _to_numbers(long: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows with a value in the unit of their column; blanks left out."""
    contract = load_columns()
    problems: list[Problem] = []
    pieces = []
    keys = ["column", "source", "unit", "formula"]
    for key, group in long.groupby(keys, sort=False):
        column, source, unit, formula = map(str, key)
        target, limits = str(contract["unit"][column]), contract.loc[column]

        def where(line: int, source: str = source) -> str:
            return f"{file} 第 {line} 行 {source}"

        try:
            factor = 1.0 if formula else conversion_factor(unit, target)
        except InputDataError as error:
            problems.append(Problem(where(group["line"].iloc[0]), str(error)))
            continue
        values, bad = to_number(
            group.set_index("line")["raw"],
            where,
            _in_source_unit(str(limits["minimum"]), factor),
            _in_source_unit(str(limits["maximum"]), factor),
        )
        problems += bad
        converted = _apply(formula, values) if formula else values * factor
        rounding = _rounding(group["raw"]) * (converted / values).abs().to_numpy()
        pieces.append(group.assign(value=converted.to_numpy(), rounding=rounding))
    if not pieces:
        return long.assign(value=np.nan, rounding=np.nan).iloc[:0], problems
    table = pd.concat(pieces, ignore_index=True)
    return table.dropna(subset=["value"]), problems


def _in_source_unit(bound: str, factor: float) -> str:
    """Return a bound of a column as a number in the unit of the source."""
    return bound if bound in ("", "0") else f"{float(bound) / factor:.12g}"


def _rounding(raw: pd.Series) -> np.ndarray:
    """Return half a unit of the last digit that is printed, trailing zeros aside."""
    decimals = raw.str.strip().str.extract(r"\.(\d*[1-9])", expand=False).str.len()
    return np.asarray(0.5 * 10.0 ** -decimals.fillna(0).to_numpy(dtype=float))


def _apply(formula: str, values: pd.Series) -> pd.Series:
    """Return a formula over ``value``, the number as printed."""
    index = pd.MultiIndex.from_product([values.index, [0]], names=PANEL_INDEX)
    data = pd.DataFrame({VALUE: values.to_numpy()}, index=index)
    quantity = evaluate_formula(formula, data, make_scope(index, 0))
    return pd.Series(quantity.values, index=values.index)


def _latest_edition(long: pd.DataFrame, file: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split values into those of the latest edition and earlier, restated ones."""
    ordered = long.sort_values([*_KEYS, "edition", "line"], kind="stable")
    same = ordered.drop_duplicates([*_KEYS, "edition", "value"], keep="last")
    clash = same[same.duplicated([*_KEYS, "edition"], keep=False)]
    if len(clash):
        raise InputDataError(
            Problem(
                f"{file} 第 {row.line} 行",
                f"{row.enterprise_id} {row.year} 年 {row.source} 的数值互相矛盾："
                f"{str(row.raw).strip()} {row.unit}",
                "同一企业、年份、指标只有一个数值（或注明版本）",
            )
            for row in clash.itertuples()
        )
    last = ~same.duplicated(_KEYS, keep="last")
    used = same[last]
    earlier = same[~last].merge(
        used[[*_KEYS, "value", "edition", "rounding"]],
        on=_KEYS,
        suffixes=("", "_used"),
        validate="many_to_one",
    )
    # What differs by no more than the coarser printed digit has not been restated.
    slack = earlier[["rounding", "rounding_used"]].fillna(0).max(axis=1)
    difference = (earlier["value"] - earlier["value_used"]).abs()
    changed = earlier[difference > slack * (1 + 1e-9)]
    columns = [*_KEYS, "edition", "value", "edition_used", "value_used"]
    return used, changed[columns].reset_index(drop=True)


def _enterprises(
    rows: pd.DataFrame, parameters: InputParameters, panel: pd.DataFrame
) -> pd.DataFrame:
    """Return the enterprises that have data; the latest name of each is used."""
    name_column = parameters.entity_name_column or parameters.entity_column
    table = pd.DataFrame(
        {
            "enterprise_id": rows[parameters.entity_column],
            "enterprise_name": rows[name_column].str.strip(),
            "year": rows[parameters.year_column],
        }
    )
    latest = table.sort_values("year", kind="stable").drop_duplicates(
        "enterprise_id", keep="last"
    )
    names = latest.set_index("enterprise_id")[["enterprise_name"]]
    return names.loc[panel.index.unique("enterprise_id")].sort_index()


def _coverage_notes(
    rows: pd.DataFrame, given: pd.DataFrame, parameters: InputParameters
) -> list[str]:
    """Return what of the mapping the data lack, and what of the data is not used."""
    if parameters.layout != "long_table":
        return []
    present = list(dict.fromkeys(rows[parameters.indicator_column].str.strip()))
    mapped = list(dict.fromkeys(given["source"]))
    lacking = [name for name in mapped if name not in present]
    unused = [name for name in present if name not in mapped]
    notes = []
    if lacking:
        notes.append(f"数据中没有映射表所列的{len(lacking)}项：{_some(lacking)}。")
    if unused:
        notes.append(f"数据中有{len(unused)}项未采用：{_some(unused)}。")
    return notes


def _some(names: list[str]) -> str:
    """Return the first few names."""
    more = " 等" if len(names) > _NAMED_AT_MOST else ""
    return "、".join(names[:_NAMED_AT_MOST]) + more
