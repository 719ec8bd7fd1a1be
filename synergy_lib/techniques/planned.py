"""The measures that enterprises plan themselves, beside those of the catalogue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.vocabulary import BOUNDS, COMPLETED

__all__ = ["completed_measures", "merge_planned"]

# Column of the plan → the stem and unit of the range it replaces.
OVERRIDES = {
    "investment_10k_cny": "investment_{bound}_10k_cny",
    "annual_saving_10k_cny": "annual_saving_{bound}_10k_cny",
    "co2e_reduction_t": "co2e_{bound}_t",
}
DESIGN_EVIDENCE = "B"


def completed_measures(planned: pd.DataFrame) -> list[tuple[str, str]]:
    """Return enterprise and technique of the measures that are carried out.

    Parameters
    ----------
    planned : pandas.DataFrame
        As :func:`synergy_lib.techniques.recommendation.recommend` takes it; without
        columns where nobody plans anything.
    """
    columns = ["enterprise_id", "technique_id", "status"]
    known = planned.reindex(columns=columns)
    done = known.loc[known["status"] == COMPLETED, columns[:2]].astype(str)
    return list(done.itertuples(index=False, name=None))


def merge_planned(
    table: pd.DataFrame, planned: pd.DataFrame | None, catalogue: Catalogue
) -> pd.DataFrame:
    """Put the enterprises' own plans in place of, or beside, catalogue estimates.

    Parameters
    ----------
    table : pandas.DataFrame
        Catalogue measures with effects, savings and investment.
    planned : pandas.DataFrame or None
        One plan a row; see :func:`synergy_lib.techniques.recommendation.recommend`.
    catalogue : Catalogue
        To tell known techniques from others.

    Returns
    -------
    pandas.DataFrame
        ``table`` without the rows that a plan replaces, and a row for every plan,
        ``origin`` enterprise, ``status`` planned. Figures of the plan replace low,
        mode and high alike; what the plan leaves open stays as estimated, except that
        with the plan's own CO2e reduction the relative reduction follows it.
    """
    if planned is None or planned.empty:
        return table
    plans = planned.reset_index(drop=True)
    firms = set(table["enterprise_id"])
    plans = plans[plans["enterprise_id"].isin(firms)]
    known = set(catalogue.techniques.index)
    if plans.empty:
        return table
    keys = list(zip(table["enterprise_id"], table["technique_id"], strict=True))
    places = {key: place for place, key in enumerate(keys)}
    empty = _empty_row(table)
    rows = []
    for plan in plans.to_dict("records"):
        place = places.get((plan["enterprise_id"], _text(plan.get("technique_id"))))
        estimate = empty if place is None else dict(table.iloc[place])
        rows.append(_planned_row(estimate, plan, known))
    taken = {(row["enterprise_id"], row["technique_id"]) for row in rows}
    kept = table[[key not in taken for key in keys]]
    own = pd.DataFrame(rows, columns=table.columns)
    own = own.astype({name: table[name].dtype for name in table.columns})
    return pd.concat([kept, own], ignore_index=True)


def _planned_row(
    estimated: dict[str, object], plan: dict[object, object], known: set[str]
) -> dict[str, object]:
    """Return the row of one plan, from the estimate of its technique."""
    technique = _text(plan.get("technique_id"))
    row = dict(estimated)
    own_co2e = _value(plan.get("co2e_reduction_t"))
    estimate = _value(row["co2e_mode_t"])
    base = _ratio(estimate, _value(row["co2e_relative"]))
    for column, pattern in OVERRIDES.items():
        value = _value(plan.get(column))
        if not np.isnan(value):
            row.update({pattern.format(bound=bound): value for bound in BOUNDS})
    if not np.isnan(own_co2e):
        row["co2e_relative"] = _ratio(own_co2e, base)
        row.update({f"co2e_market_{bound}_t": np.nan for bound in BOUNDS})
    if not np.isnan(_value(plan.get("investment_10k_cny"))):
        row["investment_origin"] = "enterprise"
    name = _text(plan.get("measure_name"))
    row.update(
        enterprise_id=plan["enterprise_id"],
        technique_id=technique if technique in known else "",
        name_zh=name or row["name_zh"],
        name_en=row["name_en"] or name,
        status="planned",
        origin="enterprise",
        planned_year=_value(plan.get("planned_year")),
        plan_status=_text(plan.get("status")),
        evidence=DESIGN_EVIDENCE,
        basis=_basis(plan, technique, technique in known, estimate),
        basis_en=_basis_en(estimate),
    )
    return row


def _empty_row(table: pd.DataFrame) -> dict[str, object]:
    """Return a row in which nothing is known."""
    return {
        str(name): np.nan if pd.api.types.is_numeric_dtype(kind) else ""
        for name, kind in table.dtypes.items()
    }


def _basis(
    plan: dict[object, object], technique: str, is_known: bool, estimate: float
) -> str:
    """Return where the plan's figures come from, and the estimate beside them."""
    parts = ["企业自报，未经核证"]
    if technique and not is_known:
        parts.append(f"技术编号“{technique}”不在技术清单中")
    if not np.isnan(estimate):
        parts.append(f"按技术清单估算减碳 {estimate:,.0f} tCO2e")
    note = _text(plan.get("note"))
    return "；".join([*parts, *([note] if note else [])])


def _basis_en(estimate: float) -> str:
    text = "As planned by the enterprise, not verified"
    if np.isnan(estimate):
        return text
    return f"{text}; estimate from the catalogue: {estimate:,.0f} tCO2e"


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _value(value: object) -> float:
    """Return a cell as a number, NaN where it is empty."""
    if value is None or value == "" or pd.isna(value):  # type: ignore[call-overload]
        return float("nan")
    return float(value)  # type: ignore[arg-type]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
