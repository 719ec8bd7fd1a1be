"""节余排污指标: what an enterprise's permit leaves after its emission of a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.schema import require_columns

__all__ = ["QUOTA_POLLUTANTS", "QuotaRules", "surplus_quota"]

QUOTA_POLLUTANTS = {
    "cod_kg": "COD",
    "nh3n_kg": "NH3-N",
    "so2_kg": "SO2",
    "nox_kg": "NOx",
    "vocs_kg": "VOCs",
}
REASONS = {
    "no_permit": "没有许可排放量，无法计算节余指标",
    "no_emission": "没有当年排放量，无法计算节余指标",
    "exceeded": "排放量超过许可量，没有节余",
    "none_left": "排放量等于许可量，没有节余",
    "barred": "当年不符合转让条件：",
    "surplus": "",
}
FLAGS = {
    "has_valid_permit": (True, "排污许可证无效"),
    "has_serious_violation": (False, "有严重环境违法"),
    "is_within_permitted_totals": (True, "总量超许可"),
}


@dataclass(frozen=True)
class QuotaRules:
    """The rules of one year; proposals [P] until the park sets them.

    Parameters
    ----------
    transferable_share : mapping of str to float
        Column of a pollutant → part of its surplus that may be transferred. [-]
    """

    transferable_share: Mapping[str, float] = field(
        default_factory=lambda: dict.fromkeys(QUOTA_POLLUTANTS, 1.0)
    )

    def __post_init__(self) -> None:
        """Refuse shares outside [0, 1] and pollutants without a quota."""
        problems = [
            Problem(f"节余排污指标 {name}", f"{share:g} 超出范围", "0 至 1 之间")
            for name, share in self.transferable_share.items()
            if not 0 <= share <= 1
        ]
        problems += [
            Problem("节余排污指标", f"没有污染物 {name}", "、".join(QUOTA_POLLUTANTS))
            for name in self.transferable_share
            if name not in QUOTA_POLLUTANTS
        ]
        if problems:
            raise ParameterError(problems)


def surplus_quota(
    panel: pd.DataFrame,
    permitted: pd.DataFrame | None,
    year: int,
    *,
    rules: QuotaRules | None = None,
) -> pd.DataFrame:
    """Return what each permit leaves of each pollutant in a year.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year): emissions ``cod_kg, nh3n_kg, so2_kg, nox_kg,
        vocs_kg``; optional ``has_valid_permit``, ``has_serious_violation``,
        ``is_within_permitted_totals``.
    permitted : pandas.DataFrame or None
        Permitted amounts, from the discharge permits (the workbook has none):
        ``enterprise_id, year, pollutant`` (column name as above), ``permitted_kg``.
    year : int
        Year of emission and permit.
    rules : QuotaRules, optional

    Returns
    -------
    pandas.DataFrame
        One row an enterprise and pollutant of the rules: ``enterprise_id, pollutant,
        emitted_kg, permitted_kg, surplus_kg`` (negative where exceeded, NaN where not
        known), ``transferable_kg`` (0 where there is nothing to transfer, NaN where not
        known), ``status`` (``surplus``, ``none_left``, ``exceeded``, ``barred``,
        ``no_permit``, ``no_emission``), ``reason`` (Chinese).

    Raises
    ------
    InputDataError
        If nobody has that year, a permit stands twice, names an unknown pollutant, or is
        negative.
    """
    rules = rules or QuotaRules()
    names = list(rules.transferable_share)
    state = panel[panel.index.get_level_values("year") == year].droplevel("year")
    if state.empty:
        raise InputDataError(Problem("节余排污指标", f"没有 {year} 年的数据"))
    emitted = state.reindex(columns=names).astype(float)
    table = pd.DataFrame(
        {
            "enterprise_id": emitted.index.repeat(len(names)),
            "pollutant": np.tile(names, len(emitted)),
            "emitted_kg": emitted.to_numpy().ravel(),
        }
    )
    table = table.merge(
        _permits(permitted, year),
        on=["enterprise_id", "pollutant"],
        how="left",
        validate="one_to_one",
    )
    surplus = table["permitted_kg"] - table["emitted_kg"]
    barred = table["enterprise_id"].map(_barred(state)).fillna("")
    choices = [
        table["permitted_kg"].isna(),
        table["emitted_kg"].isna(),
        surplus < 0,
        surplus == 0,
        barred != "",
    ]
    codes = ["no_permit", "no_emission", "exceeded", "none_left", "barred"]
    status = pd.Series(np.select(choices, codes, "surplus"), table.index)
    share = table["pollutant"].map(dict(rules.transferable_share))
    free = (surplus * share).where(status == "surplus", 0.0).where(surplus.notna())
    reason = status.map(REASONS) + barred.where(status == "barred", "")
    return table.assign(
        surplus_kg=surplus, transferable_kg=free, status=status, reason=reason
    )


def _permits(permitted: pd.DataFrame | None, year: int) -> pd.DataFrame:
    """Return the permits of a year, checked."""
    columns = ["enterprise_id", "pollutant", "permitted_kg"]
    if permitted is None:
        empty = pd.DataFrame(columns=columns)
        return empty.astype({"permitted_kg": float})
    require_columns(permitted, [*columns, "year"], "许可排放量")
    rows = permitted[permitted["year"] == year]
    problems = []
    keys = rows[["enterprise_id", "pollutant"]]
    for row in keys[keys.duplicated()].astype(str).to_numpy()[:5]:
        problems.append(Problem("许可排放量", f"企业 {row[0]} 的 {row[1]} 出现多次"))
    strange = sorted(set(rows["pollutant"].astype(str)) - set(QUOTA_POLLUTANTS))
    if strange:
        expected = "、".join(QUOTA_POLLUTANTS)
        what = f"没有污染物 {'、'.join(strange[:5])}"
        problems.append(Problem("许可排放量", what, expected))
    negative = rows[rows["permitted_kg"] < 0]
    for name in negative["enterprise_id"].astype(str).head(5):
        problems.append(Problem(f"许可排放量 企业 {name}", "为负", "不小于 0"))
    if problems:
        raise InputDataError(problems)
    return rows[columns].astype({"permitted_kg": float})


def _barred(state: pd.DataFrame) -> pd.Series:
    """Return why an enterprise may not transfer; what is not stated does not bar."""
    reasons = pd.Series("", index=state.index)
    for column, (wanted, text) in FLAGS.items():
        if column in state:
            flag = state[column]
            wrong = flag.notna() & (flag.astype("boolean").fillna(wanted) != wanted)
            reasons = reasons.where(~wrong, reasons + text + "；")
    return reasons.str.rstrip("；")
