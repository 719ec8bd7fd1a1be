"""Doubtful and missing values: found by stated rules, set aside or flagged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from synergy_lib.inputs.park_data import Cells, ParkData, issues_frame
from synergy_lib.resources import data_path
from synergy_lib.schema import column_label, load_columns

__all__ = [
    "check_balances",
    "check_gaps",
    "check_other_years",
    "check_parts",
    "check_year_on_year",
    "check_zeros",
    "load_rules",
    "rule_message",
    "rule_severity",
    "validate_park_data",
]

SET_ASIDE = "存疑，未采用（按缺失处理）"
USED = "已采用，请核实"
_FOUND = ["enterprise_id", "year", "column", "value", "rule", "severity", "message"]
# Quantities below which a jump is noise, as a share of the park's median value.
_SMALL_SHARE = 0.01


@cache
def load_rules() -> pd.DataFrame:
    """Return the validation rules (``data/validation_rules.csv``)."""
    rules = pd.read_csv(data_path("validation_rules.csv"), keep_default_na=False)
    return rules.set_index("rule_id")


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
    numeric = [c for c in panel.columns if load_columns().loc[c, "dtype"] == "number"]
    found = [
        check_zeros(panel, zero_means_missing),
        check_parts(panel),
        check_other_years(panel[numeric]),
    ]
    suspects = pd.concat(found, ignore_index=True)
    suspects = suspects.drop_duplicates(["enterprise_id", "year", "column"])
    clean = _set_aside(panel, suspects[suspects["severity"] == "suspect"])
    found = [
        suspects,
        check_year_on_year(clean[numeric]),
        check_balances(clean),
        check_gaps(panel),
    ]
    issues = _to_issues(pd.concat(found, ignore_index=True), data.cells)
    return replace(data, panel=clean, issues=issues)


def check_parts(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values that exceed the whole they are a part of."""
    rules = load_rules()
    pieces = []
    for rule_id, rule in rules[rules["kind"] == "part_of_whole"].iterrows():
        part, whole = str(rule["column"]), str(rule["reference"])
        if not {part, whole} <= set(panel.columns):
            continue
        limit = float(rule["limit"])
        over = panel[part] > panel[whole] * limit * (1 + 1e-9)
        columns = [part, whole] if rule_id in ("part_vocs", "ratio_water") else [part]
        pieces += [_found(panel, over, column, str(rule_id)) for column in columns]
    return _stack(pieces)


def check_balances(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values whose parts do not add up within the limit."""
    rules = load_rules()
    pieces = []
    for rule_id, rule in rules[rules["kind"] == "balance"].iterrows():
        total, parts = str(rule["column"]), str(rule["reference"]).split("+")
        if not {total, *parts} <= set(panel.columns):
            continue
        gap = (panel[parts].sum(axis=1, skipna=False) - panel[total]).abs()
        off = gap > float(rule["limit"]) * panel[total]
        pieces.append(_found(panel, off, total, str(rule_id)))
    return _stack(pieces)


def check_year_on_year(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values more than the limit times, or below 1/limit of, the year before."""
    limit = float(load_rules().loc["jump", "limit"])
    previous = panel.groupby(level="enterprise_id").shift(1)
    years = panel.index.get_level_values("year").to_series(index=panel.index)
    consecutive = years.groupby(level="enterprise_id").diff() == 1
    ratio = panel / previous.where(previous > 0)
    size = np.maximum(panel.abs(), previous.abs())
    notable = size > _SMALL_SHARE * panel.median()
    jump = ((ratio > limit) | ((ratio < 1 / limit) & (panel > 0))) & notable
    jump = jump.mul(consecutive, axis=0).astype(bool)
    return _stack([_found(panel, jump[c], c, "jump") for c in panel.columns])


def check_other_years(panel: pd.DataFrame) -> pd.DataFrame:
    """Return values far from the median of the same enterprise's other years.

    Needs at least two other positive years. A value that a neighbouring year bears
    out, and that is not as far off as a wrong unit makes it, is a change of level:
    used, and to be checked.
    """
    rules = load_rules()
    far, shifted = (
        float(rules["limit"][rule]) for rule in ("unit_slip", "level_shift")
    )
    positive = panel.where(panel > 0)
    pieces = []
    for column in panel.columns:
        values = positive[column]
        ratio = _ratio_to_others(values)
        shift = _borne_out(values, far) & _within(ratio, shifted)
        off = ratio.notna() & ~_within(ratio, far)
        pieces += [
            _found(panel, off & ~shift, column, "unit_slip"),
            _found(panel, off & shift, column, "level_shift"),
        ]
    return _stack(pieces)


def _ratio_to_others(values: pd.Series) -> pd.Series:
    """Return each value over the median of the same enterprise's other years.

    Of an even number of other years both middle values must be missed: one of them
    may be the wrong one. Between them the ratio is 1.
    """
    low, high = (_median_of_others(values, side=side) for side in ("lower", "higher"))
    ratio = (values / high).where(values > high, values / low)
    return ratio.mask(values.between(low, high), 1.0)


def _within(ratio: pd.Series, limit: float) -> pd.Series:
    """Return where a ratio lies between 1/limit and limit."""
    return ratio.between(1 / limit, limit)


def _borne_out(values: pd.Series, limit: float) -> pd.Series:
    """Return where the same enterprise's value before or after is near."""
    known = values.dropna()
    by_enterprise = known.groupby(level="enterprise_id")
    near = [_within(known / by_enterprise.shift(step), limit) for step in (1, -1)]
    return (near[0] | near[1]).reindex(values.index, fill_value=False)


def check_zeros(panel: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return zeros in columns where a zero means that nothing was reported.

    Told apart: zeros of an enterprise that reports positive values in other years,
    and those of one that never does.
    """
    pieces = []
    for column in columns:
        if column not in panel:
            continue
        others = _median_of_others(panel[column].where(panel[column] > 0), minimum=1)
        zero, positive = panel[column] == 0, others.notna()
        pieces += [
            _found(panel, zero & positive, column, "zero_not_reported"),
            _found(panel, zero & ~positive, column, "zero_never_positive"),
        ]
    return _stack(pieces)


def check_gaps(panel: pd.DataFrame) -> pd.DataFrame:
    """Return blanks in columns that the same enterprise fills in other years.

    A column that an enterprise never fills is reported once, without a year, if at
    least half of the park fills it.
    """
    filled = panel.notna()
    per_enterprise = filled.groupby(level="enterprise_id").any()
    common = per_enterprise.mean() >= 0.5
    pieces = []
    for column in panel.columns:
        ever = per_enterprise[column].reindex(
            panel.index.get_level_values("enterprise_id")
        )
        gap = ~filled[column] & pd.Series(ever.to_numpy(), index=panel.index)
        pieces.append(_found(panel, gap, column, "gap"))
        if common[column]:
            never = per_enterprise.index[~per_enterprise[column]]
            pieces.append(
                pd.DataFrame(
                    {
                        "enterprise_id": never,
                        "year": pd.NA,
                        "column": column,
                        "value": np.nan,
                        "rule": "gap_all_years",
                    }
                )
            )
    return _stack(pieces)


_BUILT_IN = {
    "gap": ("gap", "本年未填报（其他年份有）"),
    "gap_all_years": ("gap", "各年均未填报"),
    "zero_not_reported": ("suspect", "其他年份为正而本年为 0，疑为未报告"),
    "zero_never_positive": ("suspect", "各年均为 0 或空白，疑为未报告"),
}


def rule_severity(rule_id: str) -> str:
    """Return the severity of a rule: suspect, warning or gap."""
    if rule_id in _BUILT_IN:
        return _BUILT_IN[rule_id][0]
    return str(load_rules().loc[rule_id, "severity"])


def rule_message(rule_id: str) -> str:
    """Return what a rule says about a value it points at."""
    if rule_id in _BUILT_IN:
        return _BUILT_IN[rule_id][1]
    return str(load_rules().loc[rule_id, "message_zh"])


def _median_of_others(
    values: pd.Series,
    minimum: int = 2,
    side: Literal["lower", "higher"] = "lower",
) -> pd.Series:
    """Return, for each value, the median of the same enterprise's other years.

    Of an even number of them it is the lower or the higher middle value.
    """
    wide = values.unstack("year")
    array = wide.to_numpy()
    medians = np.full(array.shape, np.nan)
    for position in range(array.shape[1]):
        others = np.delete(array, position, axis=1)
        enough = (~np.isnan(others)).sum(axis=1) >= minimum
        if enough.any():
            medians[enough, position] = np.nanquantile(
                others[enough], 0.5, axis=1, method=side
            )
    table = pd.DataFrame(medians, index=wide.index, columns=wide.columns)
    return table.stack().reindex(values.index)


def _found(
    panel: pd.DataFrame, mask: pd.Series, column: str, rule_id: str
) -> pd.DataFrame:
    """Return the rows a rule points at."""
    if not mask.any():
        return pd.DataFrame()
    hits = panel.index[mask.fillna(False).to_numpy(dtype=bool)]
    return pd.DataFrame(
        {
            "enterprise_id": hits.get_level_values("enterprise_id"),
            "year": hits.get_level_values("year"),
            "column": column,
            "value": panel.loc[hits, column].to_numpy(),
            "rule": rule_id,
        }
    )


def _stack(pieces: list[pd.DataFrame]) -> pd.DataFrame:
    """Return findings as one table with severity and message added."""
    kept = [piece for piece in pieces if len(piece)]
    if not kept:
        return pd.DataFrame(columns=_FOUND)
    table = pd.concat(
        [piece.astype({"year": object, "value": object}) for piece in kept],
        ignore_index=True,
    )
    table["severity"] = table["rule"].map(rule_severity)
    table["message"] = table["rule"].map(rule_message)
    return table[_FOUND]


def _set_aside(panel: pd.DataFrame, suspects: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with suspect values missing."""
    clean = panel.copy()
    for column, group in suspects.groupby("column"):
        keys = pd.MultiIndex.from_arrays([group["enterprise_id"], group["year"]])
        clean.loc[clean.index.isin(keys), column] = np.nan
    return clean


def _to_issues(found: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """Return findings with their cell and what was done about them."""
    if found.empty:
        return issues_frame([])
    table = found.assign(
        treatment=found["severity"].map(
            {"suspect": SET_ASIDE, "warning": USED, "gap": "按缺失处理"}
        ),
        cell=[
            "" if pd.isna(year) else cells.find(str(enterprise), int(year), str(column))
            for enterprise, year, column in zip(
                found["enterprise_id"], found["year"], found["column"], strict=True
            )
        ],
        message=[
            f"{column_label(str(column), with_unit=False)}：{message}"
            for column, message in zip(found["column"], found["message"], strict=True)
        ],
    )
    empty = issues_frame([])
    ordered = table[list(empty.columns)].astype({"year": "Int64"})
    return ordered.sort_values(
        ["severity", "enterprise_id", "year", "column"], key=_severity_order
    ).reset_index(drop=True)


def _severity_order(values: pd.Series) -> pd.Series:
    """Sort suspect before warning before gap."""
    order = {"suspect": 0, "warning": 1, "gap": 2}
    return values.map(order) if values.name == "severity" else values
