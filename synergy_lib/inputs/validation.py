"""Doubtful and missing values: found by stated rules, set aside or flagged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, Problem, quote
from synergy_lib.inputs.gaps import check_absent, check_gaps, check_rows
from synergy_lib.inputs.other_years import (
    borne_out,
    middle_of_others,
    ratio_to_others,
    within,
)
from synergy_lib.inputs.park_data import Cells, ParkData, to_issues
from synergy_lib.inputs.rules import findings, load_rules, stack_findings
from synergy_lib.schema import PANEL_INDEX, column_label, load_columns

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = [
    "check_balances",
    "check_carbon_intensity",
    "check_other_years",
    "check_pairs",
    "check_parts",
    "check_year_on_year",
    "check_zeros",
    "validate_panel",
    "validate_park_data",
]

# Quantities below which a jump is noise, as a share of the park's median value.
_SMALL_SHARE = 0.01


# Carbon per value added that is still possible. [tCO2e/10⁴ CNY]
INTENSITY_BOUNDS = (0.01, 30.0)


def validate_park_data(
    data: ParkData, *, zero_means_missing: tuple[str, ...] = ()
) -> ParkData:
    """Find doubtful and missing values and set the suspect ones aside.

    Parameters
    ----------
    data : ParkData
        As cleaned.
    zero_means_missing : tuple of str
        Columns in which a zero counts as "not reported".

    Returns
    -------
    ParkData
        The panel with suspect values replaced by NaN, and ``issues`` filled. A value
        is only set aside, never corrected.

    Notes
    -----
    The rules and their limits stand in ``data/validation_rules.csv``; what they rest
    on is named there (methods §2.2 notes 1 and 3, §2.3; [P] where proposed).
    """
    panel = data.panel
    numeric = [c for c in panel.columns if load_columns()["dtype"][c] == "number"]
    found = [
        check_zeros(panel, zero_means_missing),
        check_parts(panel),
        check_other_years(panel[numeric]),
    ]
    suspects = pd.concat(found, ignore_index=True)
    suspects = suspects.drop_duplicates(["enterprise_id", "year", "column"])
    clean = _set_aside(panel, suspects[suspects["severity"] == "suspect"])
    pairs = check_pairs(clean[numeric])
    clean = _set_aside(clean, pairs)
    found = [
        suspects,
        pairs,
        check_rows(panel, data.cells),
        check_year_on_year(clean[numeric]),
        check_balances(clean),
        check_gaps(panel),
        check_absent(panel, data.enterprises.index),
    ]
    issues = to_issues(pd.concat(found, ignore_index=True), data.cells)
    return replace(data, panel=clean, issues=issues)


def check_parts(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values that exceed the whole they are a part of."""
    rules = load_rules()
    pieces = []
    for rule_id, rule in rules[rules["kind"] == "part_of_whole"].iterrows():
        part, whole = str(rule["column"]), str(rule["reference"])
        if not {part, whole} <= set(panel.columns):
            continue
        limit = float(str(rule["limit"]))
        over = panel[part] > panel[whole] * limit * (1 + 1e-9)
        columns = [part, whole] if rule_id in ("part_vocs", "ratio_water") else [part]
        marks = pd.DataFrame(dict.fromkeys(columns, over))
        pieces.append(findings(panel, marks, str(rule_id)))
    return stack_findings(pieces)


def check_balances(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values whose parts do not add up within the limit."""
    rules = load_rules()
    pieces = []
    for rule_id, rule in rules[rules["kind"] == "balance"].iterrows():
        total, parts = str(rule["column"]), str(rule["reference"]).split("+")
        if not {total, *parts} <= set(panel.columns):
            continue
        gap = (panel[parts].sum(axis=1, skipna=False) - panel[total]).abs()
        off = gap > float(str(rule["limit"])) * panel[total]
        pieces.append(findings(panel, off.to_frame(total), str(rule_id)))
    return stack_findings(pieces)


def check_year_on_year(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values more than the limit times, or below 1/limit of, the year before."""
    limit = float(load_rules()["limit"]["jump"])
    previous = panel.groupby(level="enterprise_id").shift(1)
    years = panel.index.get_level_values("year").to_series(index=panel.index)
    consecutive = years.groupby(level="enterprise_id").diff() == 1
    ratio = panel / previous.where(previous > 0)
    size = np.maximum(panel.abs(), previous.abs())
    notable = size > _SMALL_SHARE * panel.median()
    jump = ((ratio > limit) | ((ratio < 1 / limit) & (panel > 0))) & notable
    return stack_findings([findings(panel, jump.mul(consecutive, axis=0), "jump")])


def check_pairs(panel: pd.DataFrame) -> pd.DataFrame:
    """Return neighbouring values so far apart that one must be in a wrong unit.

    Where there are other years :func:`check_other_years` has found the wrong one; here
    nothing tells which of the two it is, so both are returned.
    """
    limit = float(load_rules()["limit"]["level_shift"])
    positive = panel.where(panel > 0)
    firms = positive.groupby(level="enterprise_id")
    apart = pd.DataFrame(False, index=panel.index, columns=panel.columns)
    for step in (1, -1):
        ratio = positive / firms.shift(step)
        apart |= (ratio > limit) | (ratio < 1 / limit)
    return stack_findings([findings(panel, apart, "pair")])


def check_carbon_intensity(data: pd.DataFrame) -> pd.DataFrame:
    """Return carbon totals whose ratio to value added is hardly possible.

    Outside 0.01 to 30 tCO2e per 10⁴ CNY (methods §2.3); needs both columns.
    """
    if not {"co2e_t", "value_added_10k_cny"} <= set(data.columns):
        return stack_findings([])
    added = data["value_added_10k_cny"]
    intensity = data["co2e_t"] / added.where(added > 0)
    low, high = INTENSITY_BOUNDS
    off = ((intensity < low) | (intensity > high)).to_frame("co2e_t")
    return stack_findings([findings(data[["co2e_t"]], off, "carbon_intensity")])


def check_other_years(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values far from the median of the same enterprise's other years.

    Needs at least two other positive years. A value that a neighbouring year bears
    out, and that is not as far off as a wrong unit makes it, is a change of level:
    used, and to be checked.
    """
    limits = load_rules()["limit"]
    far, shifted = float(limits["unit_slip"]), float(limits["level_shift"])
    positive = panel.where(panel > 0)
    ratio = ratio_to_others(positive)
    shift = borne_out(positive, far) & within(ratio, shifted)
    off = ratio.notna() & ~within(ratio, far)
    return stack_findings(
        [
            findings(panel, off & ~shift, "unit_slip"),
            findings(panel, off & shift, "level_shift"),
        ]
    )


def check_zeros(panel: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return zeros in columns where a zero means that nothing was reported.

    Told apart: zeros of an enterprise that reports positive values in other years,
    and those of one that never does.
    """
    watched = panel[[column for column in columns if column in panel]]
    others, _ = middle_of_others(watched.where(watched > 0), minimum=1)
    zero, positive = watched == 0, others.notna()
    return stack_findings(
        [
            findings(panel, zero & positive, "zero_not_reported"),
            findings(panel, zero & ~positive, "zero_never_positive"),
        ]
    )


def _set_aside(panel: pd.DataFrame, suspects: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with suspect values missing."""
    clean = panel.copy()
    for column, group in suspects.groupby("column"):
        keys = pd.MultiIndex.from_arrays(
            [group["enterprise_id"], group["year"].astype("int64")]
        )
        clean.loc[clean.index.isin(keys), str(column)] = np.nan
    return clean


def validate_panel(panel: pd.DataFrame, cells: Cells, file: str) -> pd.DataFrame:
    """Return a panel that keeps the column contract, or raise.

    Parameters
    ----------
    panel : pandas.DataFrame
        As it is handed on to the accounting, from a workbook or a register.
    cells : Cells
        Where its values stand in the file.
    file : str
        Name of the file, for messages.

    Returns
    -------
    pandas.DataFrame
        The panel, unchanged.

    Raises
    ------
    InputDataError
        With every column that is not in ``data/columns.csv`` or has the wrong type,
        every value outside its bounds, and every enterprise and year that is out of
        order or comes twice.
    """
    from pandera.errors import SchemaErrors

    try:
        _panel_schema().validate(panel.reset_index(), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.to_dict("records")
        problems = [_contract_problem(case, panel, cells, file) for case in cases]
        raise InputDataError(dict.fromkeys(filter(None, problems))) from error
    return panel


@cache
def _panel_schema() -> pa.DataFrameSchema:
    """Return the contract of ``data/columns.csv`` as a schema of a panel's rows."""
    import pandera.pandas as pa

    columns = {
        str(name): pa.Column(
            float if row["dtype"] in ("number", "flag") else None,
            _column_checks(row),
            nullable=True,
            required=False,
        )
        for name, row in load_columns().iterrows()
    }
    ids, years = PANEL_INDEX
    return pa.DataFrameSchema(
        {
            **columns,
            ids: pa.Column(str),
            years: pa.Column("int64", pa.Check.in_range(1990, 2100, error="1990–2100")),
        },
        checks=pa.Check(_is_sorted, error="按企业和年份排序的行"),
        unique=[ids, years],
        strict=True,
    )


def _is_sorted(rows: pd.DataFrame) -> bool:
    """Tell whether rows stand in the order of their keys."""
    keys = pd.MultiIndex.from_frame(rows[list(PANEL_INDEX)])
    return bool(keys.is_monotonic_increasing)


def _column_checks(row: pd.Series) -> list[pa.Check]:
    """Return the checks of one column of the contract; finite is within bounds."""
    import pandera.pandas as pa

    if row["dtype"] == "number":
        largest = float(np.finfo(float).max)
        low = float(row["minimum"]) if row["minimum"] else -largest
        high = float(row["maximum"]) if row["maximum"] else largest
        text = "有限的数" + (f"，≥ {low:g}" if row["minimum"] else "")
        text = f"{low:g}–{high:g}" if row["maximum"] else text
        return [pa.Check.in_range(low, high, error=text)]
    if row["dtype"] == "flag":
        return [pa.Check.isin([0.0, 1.0], error="是 或 否")]
    if row["dtype"] == "choice":
        choices = row["choices"].split("|")
        return [pa.Check.isin(choices, error="、".join(choices))]
    return []


def _contract_problem(
    case: dict[Any, Any], panel: pd.DataFrame, cells: Cells, file: str
) -> Problem | None:
    """Return one failure of the contract as a problem, with its cell if it has one.

    None where a check could not be made because the type is wrong, which has a
    failure of its own.
    """
    column, check, value = str(case["column"]), str(case["check"]), case["failure_case"]
    if check == "column_in_schema":
        return Problem(f"{file} 面板", f"没有约定的列{quote(value)}")
    if pd.isna(case["index"]):
        if "Error(" in str(value):
            return None
        return Problem(f"{file} 面板", "不合约定", check)
    firm, year = panel.index[int(case["index"])]
    if check == "multiple_fields_uniqueness":
        what = "同一企业同一年份出现多次"
        return Problem(f"{file} {firm} {year}", what, "只出现一次")
    where = cells.find(str(firm), int(year), column) or f"{firm} {year}"
    expected = "数值" if check.startswith("dtype") else check
    label = column_label(column, with_unit=False) if column in panel else column
    return Problem(f"{file} {where}", f"{label}{quote(value)}不合约定", expected)
