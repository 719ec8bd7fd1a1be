"""Other people's tables as a park: a mapping table says what fills which column."""

from __future__ import annotations

import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.indicators.formula import evaluate_formula, make_scope
from synergy_lib.inputs.park_data import Cells, ParkData, issues_frame
from synergy_lib.inputs.values import to_number, to_year
from synergy_lib.parameters import InputParameters
from synergy_lib.resources import parameters_path
from synergy_lib.schema import PANEL_INDEX, load_columns
from synergy_lib.units import conversion_factor

__all__ = ["clean_register", "read_mapping"]

_KEYS = ["enterprise_id", "year", "column"]


def read_mapping(name: str) -> pd.DataFrame:
    """Return a mapping table of ``parameters/mappings/``, checked.

    Parameters
    ----------
    name : str
        File name without ``.csv``.

    Returns
    -------
    pandas.DataFrame
        ``source`` (indicator or column of the source), ``source_unit``, ``column``
        (of the panel), ``editions`` (only these, separated by ``|``; empty for all),
        ``formula`` (over panel columns, instead of a source), ``note``.

    Raises
    ------
    ParameterError
        Naming every row with an unknown column or unit.
    """
    from synergy_lib.errors import ParameterError

    path = parameters_path("mappings", f"{name}.csv")
    if not path.is_file():
        known = [item.stem for item in path.parent.glob("*.csv")]
        raise ParameterError(
            Problem("input.mapping", f"没有映射表“{name}”", hint=nearest(name, known))
        )
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    valid = load_columns()
    problems = [
        Problem(
            f"{path.name} 第 {row + 2} 行 column",
            f"没有面板列“{column}”",
            hint=nearest(column, list(valid.index)),
        )
        for row, column in table["column"].items()
        if column not in valid.index
    ]
    if problems:
        raise ParameterError(problems)
    return table


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
        As :func:`read_mapping` returns it.
    parameters : InputParameters
        Layout and the names of the key columns.

    Returns
    -------
    ParkData
        Values of the latest edition; what earlier editions said is kept in
        ``restatements``. Blank is missing, never zero.

    Raises
    ------
    InputDataError
        With every missing column, wrong number, unknown unit and contradiction.
    """
    _require_headers(raw, mapping, parameters, source_name)
    rows = _select_rows(raw, parameters)
    if parameters.layout == "long_table":
        long = _from_long(rows, mapping, parameters)
    else:
        long = _from_wide(rows, mapping, parameters)
    long, problems = _to_numbers(long, source_name)
    years, year_problems = to_year(
        rows[parameters.year_column],
        lambda row: f"{source_name} 第 {row} 行 {parameters.year_column}",
    )
    if problems or year_problems:
        raise InputDataError(_dedupe(problems + year_problems))
    long["year"] = years.reindex(long["line"]).astype("int64").to_numpy()
    used, restatements = _latest_edition(long, source_name)
    panel = used.pivot(index=list(PANEL_INDEX), columns="column", values="value")
    panel = _add_formulas(panel.rename_axis(columns=None).sort_index(), mapping)
    return ParkData(
        panel=panel,
        enterprises=_enterprises(rows, parameters),
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
        notes=tuple(mapping.loc[mapping["note"] != "", "note"]),
    )


def _require_headers(
    raw: pd.DataFrame, mapping: pd.DataFrame, parameters: InputParameters, file: str
) -> None:
    """Raise where the table lacks a column that the parameters or mapping name."""
    needed = [parameters.entity_column, parameters.year_column, *parameters.keep_where]
    optional = (
        parameters.entity_name_column,
        parameters.edition_column,
        parameters.source_column,
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
    keep = ~raw[parameters.entity_column].isin(parameters.exclude_entities)
    for column, values in parameters.keep_where.items():
        keep &= raw[column].isin(values)
    return raw[keep]


def _from_long(
    rows: pd.DataFrame, mapping: pd.DataFrame, parameters: InputParameters
) -> pd.DataFrame:
    """Return line, entity, column, unit, edition and raw value of each mapped row."""
    wanted = mapping[mapping["source"] != ""]
    editions = (
        rows[parameters.edition_column]
        if parameters.edition_column
        else pd.Series("", index=rows.index)
    )
    table = pd.DataFrame(
        {
            "line": rows.index,
            "enterprise_id": rows[parameters.entity_column].str.strip(),
            "source": rows[parameters.indicator_column].str.strip(),
            "unit": rows[parameters.unit_column].str.strip(),
            "raw": rows[parameters.value_column],
            "edition": editions,
        }
    )
    joined = table.merge(
        wanted[["source", "source_unit", "column", "editions"]],
        on="source",
        validate="many_to_many",
    )
    fits = (joined["source_unit"] == "") | (joined["source_unit"] == joined["unit"])
    allowed = [
        not editions or edition in editions.split("|")
        for editions, edition in zip(joined["editions"], joined["edition"], strict=True)
    ]
    return joined[fits & pd.Series(allowed, index=joined.index)]


def _from_wide(
    rows: pd.DataFrame, mapping: pd.DataFrame, parameters: InputParameters
) -> pd.DataFrame:
    """Return the same columns from a table with one entity and year a row."""
    pieces = [
        pd.DataFrame(
            {
                "line": rows.index,
                "enterprise_id": rows[parameters.entity_column].str.strip(),
                "source": row["source"],
                "unit": row["source_unit"],
                "raw": rows[row["source"]],
                "edition": "",
                "column": row["column"],
            }
        )
        for _, row in mapping[mapping["source"] != ""].iterrows()
    ]
    return pd.concat(pieces, ignore_index=True)


def _to_numbers(long: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows with a value in the unit of their column; blanks left out."""
    contract = load_columns()
    problems: list[Problem] = []
    pieces = []
    for (column, source, unit), group in long.groupby(
        ["column", "source", "unit"], sort=False
    ):
        values, bad = to_number(
            group.set_index("line")["raw"],
            lambda line, source=source: f"{file} 第 {line} 行 {source}",
            contract.loc[column, "minimum"],
            contract.loc[column, "maximum"],
        )
        problems += bad
        try:
            factor = conversion_factor(unit, contract.loc[column, "unit"])
        except InputDataError as error:
            line = group["line"].iloc[0]
            problems.append(Problem(f"{file} 第 {line} 行 {source}", str(error)))
            continue
        pieces.append(group.assign(value=values.to_numpy() * factor))
    table = pd.concat(pieces, ignore_index=True) if pieces else long.assign(value=[])
    return table.dropna(subset=["value"]), problems


def _latest_edition(long: pd.DataFrame, file: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split values into those of the latest edition and earlier, different ones."""
    ordered = long.sort_values([*_KEYS, "edition", "line"], kind="stable")
    same = ordered.drop_duplicates([*_KEYS, "edition", "value"], keep="last")
    clash = same[same.duplicated([*_KEYS, "edition"], keep=False)]
    if len(clash):
        raise InputDataError(
            Problem(
                f"{file} 第 {row.line} 行",
                f"{row.enterprise_id} {row.year} 年 {row.source} 的数值互相矛盾："
                f"{row.value:g} {row.unit}",
                "同一企业、年份、指标只有一个数值（或注明版本）",
            )
            for row in clash.itertuples()
        )
    last = ~same.duplicated(_KEYS, keep="last")
    used = same[last]
    earlier = same[~last].merge(
        used[[*_KEYS, "value", "edition"]],
        on=_KEYS,
        suffixes=("", "_used"),
        validate="many_to_one",
    )
    changed = earlier[earlier["value"] != earlier["value_used"]]
    columns = [*_KEYS, "edition", "value", "edition_used", "value_used"]
    return used, changed[columns].reset_index(drop=True)


def _add_formulas(panel: pd.DataFrame, mapping: pd.DataFrame) -> pd.DataFrame:
    """Add columns that the mapping derives from other columns, where still missing."""
    for _, row in mapping[mapping["formula"] != ""].iterrows():
        scope = make_scope(panel.index, int(panel.index.get_level_values("year").min()))
        quantity = evaluate_formula(row["formula"], panel, scope)
        values = pd.Series(quantity.values, index=panel.index)
        given = panel.get(row["column"], pd.Series(float("nan"), index=panel.index))
        panel = panel.assign(**{row["column"]: given.fillna(values)})
    return panel


def _enterprises(rows: pd.DataFrame, parameters: InputParameters) -> pd.DataFrame:
    """Return the table of enterprises; the latest name of each is used."""
    ids = rows[parameters.entity_column].str.strip()
    name_column = parameters.entity_name_column or parameters.entity_column
    table = pd.DataFrame(
        {
            "enterprise_id": ids,
            "enterprise_name": rows[name_column].str.strip(),
            "year": rows[parameters.year_column],
        }
    )
    latest = table.sort_values("year", kind="stable").drop_duplicates(
        "enterprise_id", keep="last"
    )
    return latest.set_index("enterprise_id")[["enterprise_name"]].sort_index()


def _dedupe(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
