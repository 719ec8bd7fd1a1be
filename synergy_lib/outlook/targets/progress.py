"""Tables of targets against a park's data: for the park, and for each enterprise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from synergy_lib.outlook.targets.gap import target_gap
from synergy_lib.outlook.targets.values import enterprise_values, park_values

__all__ = ["enterprise_target_gaps", "park_target_gaps"]

# A comparison of fewer of the enterprises does not stand for the park. [P]
SMALLEST_SHARE = 0.5
_FACTS = (
    *(
        "target_id",
        "indicator_zh",
        "indicator_en",
        "standing",
        "formula",
        "kind",
        "unit",
    ),
    *("base_year", "target_year", "path", "year", "assessed_year"),
)
_RESULTS = (
    *("base_value", "value", "target_value", "required_value", "gap", "gap_pct"),
    *("achieved_share", "required_rate", "path_rate", "is_final", "status"),
    *("reason", "reason_zh", "reason_en"),
)


def park_target_gaps(
    data: pd.DataFrame,
    targets: pd.DataFrame,
    year: int,
    *,
    smallest_share: float = SMALLEST_SHARE,
) -> pd.DataFrame:
    """Judge the park against each target.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with the accounts, unique index (enterprise_id, year).
    targets : pandas.DataFrame
        From :func:`~synergy_lib.outlook.targets.definitions.load_targets` or
        :func:`~synergy_lib.outlook.targets.definitions.own_targets`, or both joined.
    year : int
        Year judged; a target that was due before is judged in its own year.
    smallest_share : float
        Enterprises with data over all, in either year, below which the park is not
        judged. [-]

    Returns
    -------
    pandas.DataFrame
        One row a target of the park (not those of projects, jurisdictions or single
        enterprises): ``target_id, indicator_zh, indicator_en, standing, formula, kind,
        unit, base_year, target_year, path, year, assessed_year, enterprises`` (behind the
        values), ``everybody`` (of the year judged), ``base_value, value`` and the
        columns of :func:`~synergy_lib.outlook.targets.gap.target_gap`.

    Notes
    -----
    A relative cut compares the same enterprises in both years. A level holds for
    the park as it is: everybody with data counts, and a total that leaves somebody
    out can only show that a ceiling is broken or a floor reached.
    """
    rows = [
        _park_row(data, str(name), row, year, smallest_share)
        for name, row in targets[targets["scope"] == "park"].iterrows()
    ]
    facts = [*_FACTS, "enterprises", "everybody", "comparison", "target", "is_partial"]
    table = pd.DataFrame(rows, columns=[*facts, "base_value", "value", "reason"])
    judged = target_gap(table)
    above = table["comparison"].isin(["<=", "<"])
    said = judged["status"].isin(["on_track", "met"])
    known = judged["status"].isin(["on_track", "met", "behind", "missed"])
    doubtful = table["is_partial"].astype(bool) & known & (said == above)
    if doubtful.any():
        table.loc[doubtful, "reason"] = "incomplete_total"
        judged = target_gap(table)
    judged = table.drop(columns="reason").join(judged)
    return judged[[*_FACTS, "enterprises", "everybody", *_RESULTS]]


def _park_row(
    data: pd.DataFrame,
    name: str,
    row: pd.Series,
    year: int,
    smallest_share: float,
) -> dict[str, Any]:
    """Return a target with the park's values of the two years."""
    facts = _facts(name, row, year)
    none = {"base_value": np.nan, "value": np.nan, "enterprises": 0, "everybody": 0}
    facts |= {**none, "is_partial": False}
    if not row["formula"] or row["kind"] not in ("relative_cut", "level"):
        return facts
    has_base = bool(pd.notna(row["base_year"]))
    years = [facts["assessed_year"]]
    if has_base and row["base_year"] not in years:
        years.insert(0, int(row["base_year"]))
    same = row["kind"] == "relative_cut"
    values = park_values(data, row["formula"], years, same=same)
    last, first = values.iloc[-1], values.iloc[0]
    facts |= {
        "value": last["value"],
        "base_value": first["value"] if has_base else np.nan,
        "enterprises": int(last["enterprises"]),
        "everybody": int(last["everybody"]),
    }
    if facts["assessed_year"] > (row["base_year"] if has_base else -np.inf):
        facts["reason"] = _coverage_reason(values, smallest_share)
    if last["is_total"] and not same:
        gaps = values["reporting"].between(1, values["everybody"] - 1)
        facts["is_partial"] = bool(gaps.iloc[-1])
        if len(gaps) > 1 and gaps.iloc[0] and row["target_year"] > year:
            facts["reason"] = "incomplete_total"
    return facts


def _coverage_reason(values: pd.DataFrame, smallest_share: float) -> str:
    """Return why the values of the two years do not stand for the park, else ""."""
    present = values["reporting"] > 0
    if not present.all():
        return ""
    if (values["enterprises"] < smallest_share * values["everybody"]).any():
        return "too_few_enterprises"
    return "value_undefined" if values["value"].isna().any() else ""


def _facts(name: str, row: pd.Series, year: int) -> dict[str, Any]:
    """Return what a target says, and in which year it is judged."""
    due = row["target_year"]
    is_path = row["kind"] in ("relative_cut", "level")
    copied = {key: row[key] for key in _FACTS[1:10]} | {"comparison": row["comparison"]}
    return {
        "target_id": name,
        **copied,
        "year": year,
        "assessed_year": year if pd.isna(due) else min(year, int(due)),
        "target": row["value"],
        "reason": "no_formula" if is_path and not row["formula"] else "",
    }


def enterprise_target_gaps(
    data: pd.DataFrame, targets: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Judge every enterprise against each target of the park.

    Parameters
    ----------
    data, targets, year
        As in :func:`park_target_gaps`.

    Returns
    -------
    pandas.DataFrame
        One row a target with a formula and enterprise of the panel: ``enterprise_id``
        before the columns of :func:`park_target_gaps`, without the counts, and
        ``value_reason``: why a value is missing, in Chinese.

    Notes
    -----
    The park's relative cuts are applied to each enterprise as they stand; totals of
    the park (a ``level`` that is a sum) are not an enterprise's target and are left
    out.
    """
    pieces = [
        _enterprise_rows(data, str(name), row, year)
        for name, row in targets[targets["scope"] == "park"].iterrows()
        if row["formula"] and _applies(row)
    ]
    facts = [*_FACTS, "comparison", "target", "base_value", "value"]
    columns = ["enterprise_id", *facts, "value_reason", "reason"]
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()
    table = table.reindex(columns=columns)
    judged = table.drop(columns="reason").join(target_gap(table.fillna({"reason": ""})))
    return judged[["enterprise_id", *_FACTS, *_RESULTS, "value_reason"]]


def _applies(row: pd.Series) -> bool:
    """Return whether a park's target says something about a single enterprise."""
    is_ratio = "/" in str(row["formula"])
    return bool(row["kind"] == "relative_cut" or (row["kind"] == "level" and is_ratio))


def _enterprise_rows(
    data: pd.DataFrame, name: str, row: pd.Series, year: int
) -> pd.DataFrame:
    """Return a target with every enterprise's values of the two years."""
    facts = _facts(name, row, year)
    found = enterprise_values(data, row["formula"])
    wide = found["value"].unstack("year")
    empty = pd.Series(np.nan, index=wide.index)
    base = wide.get(row["base_year"], empty) if pd.notna(row["base_year"]) else empty
    reasons = found["reason"].unstack("year")
    told = reasons.get(facts["assessed_year"], pd.Series("", index=wide.index))
    return pd.DataFrame(
        {
            "enterprise_id": wide.index,
            **facts,
            "base_value": base.to_numpy(),
            "value": wide.get(facts["assessed_year"], empty).to_numpy(),
            "value_reason": told.fillna("").to_numpy(),
        }
    )
