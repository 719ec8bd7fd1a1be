"""Access value of carbon per value added, and the review of proposed projects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.inputs.park_tables import PROPOSALS, check_park_table
from synergy_lib.schema import CURRENT_OUTPUT, require_columns

__all__ = [
    "AccessCriteria",
    "AccessValue",
    "access_value",
    "review_projects",
]

OUTPUT_VALUE = "output_value_10k_cny"
VERDICTS = {
    "accepted": "准入",
    "conditional": "有条件准入",
    "rejected": "不予准入",
    "undetermined": "无法判定",
}
# Upper ends of the classes 1–4 of carbon efficiency over the industry's mean, R8.
K_CLASSES = (0.6, 0.8, 1.2, 2.0)


@dataclass(frozen=True)
class AccessCriteria:
    """What a project is measured by; proposals [P] but for the substitution.

    Parameters
    ----------
    alpha : float
        Part of the park's intensity that a new project may have. [-]
    quantile : float
        Quantile of the enterprises' intensities. [-]
    ceiling, floor : float
        Never above or below [tCO2e/万元 value added]: the ends of the middle class of
        DB33/T 1347 (R8).
    conditional : float
        Up to so many times the access value with substitution. [-]
    substitution : float
        Energy or carbon retired per unit of new, H7 (S004, reference). [-]
    """

    alpha: float = 0.85
    quantile: float = 0.40
    ceiling: float = 2.0
    floor: float = 0.6
    conditional: float = 1.2
    substitution: float = 1.1

    def __post_init__(self) -> None:
        """Refuse criteria out of order."""
        is_valid = (
            self.alpha > 0
            and 0 <= self.quantile <= 1
            and 0 < self.floor <= self.ceiling
            and self.conditional >= 1
            and self.substitution > 0
        )
        if not is_valid:
            raise ParameterError(Problem("准入条件", f"{self} 超出范围"))


@dataclass(frozen=True)
class AccessValue:
    """Result of :func:`access_value`.

    ``value`` [tCO2e/万元], which of ``park``, ``quantile``, ``ceiling`` and ``floor``
    decided (``binding``), the park's ratio of sums (``park_intensity``), the quantile
    of the enterprises (``quantile_intensity``), and how many enterprises they rest on.
    """

    value: float
    binding: str
    park_intensity: float
    quantile_intensity: float
    enterprises: int
    denominator: str
    criteria: AccessCriteria


def access_value(
    data: pd.DataFrame,
    *,
    denominator: str = CURRENT_OUTPUT,
    criteria: AccessCriteria | None = None,
) -> AccessValue:
    r"""Return the carbon per value added that a new project may have.

    Parameters
    ----------
    data : pandas.DataFrame
        Index ``enterprise_id``, the last full year: ``co2e_t`` and the denominator.
    denominator : str
        ``value_added_10k_cny``, or ``output_value_10k_cny`` for the alternative, which
        has neither ceiling nor floor: those are classes of value added.
    criteria : AccessCriteria, optional

    Returns
    -------
    AccessValue

    Raises
    ------
    InputDataError
        If a column is missing.
    MethodError
        If no enterprise has both.

    Notes
    -----
    Methods §8.2: :math:`AV = \max(0.6, \min(0.85\,\bar I, P_{40}, 2.0))` with
    :math:`\bar I = \sum C/\sum VA` over the enterprises that have both and a value added
    above zero. No number is public; all of it is a proposal.

    Examples
    --------
    >>> data = pd.DataFrame({"co2e_t": [10.0, 30.0], "value_added_10k_cny": [10.0, 10.0]})
    >>> found = access_value(data)
    >>> round(found.value, 2), found.binding
    (1.7, 'park')
    """
    criteria = criteria or AccessCriteria()
    require_columns(data, ["co2e_t", denominator], "access_value")
    both = data[["co2e_t", denominator]].astype(float).dropna()
    both = both[both[denominator] > 0]
    if both.empty:
        what = f"没有企业同时有碳排放与大于零的 {denominator}"
        raise MethodError(Problem("准入值", what, "至少一家"))
    park = float(both["co2e_t"].sum() / both[denominator].sum())
    middle = float((both["co2e_t"] / both[denominator]).quantile(criteria.quantile))
    candidates = {"park": criteria.alpha * park, "quantile": middle}
    if denominator != OUTPUT_VALUE:
        candidates["ceiling"] = criteria.ceiling
    binding = min(candidates, key=candidates.__getitem__)
    value = candidates[binding]
    if denominator != OUTPUT_VALUE and value < criteria.floor:
        binding, value = "floor", criteria.floor
    return AccessValue(value, binding, park, middle, len(both), denominator, criteria)


def review_projects(
    proposals: pd.DataFrame,
    access: AccessValue,
    alternative: AccessValue | None = None,
) -> pd.DataFrame:
    r"""Review proposed projects against the access value.

    Parameters
    ----------
    proposals : pandas.DataFrame
        Columns of :data:`synergy_lib.inputs.park_tables.PROPOSALS`: ``project_id,
        project_name, co2e_t``, and where known ``energy_tce, value_added_10k_cny,
        output_value_10k_cny, retired_energy_tce, retired_co2e_t`` (capacity that the
        project replaces).
    access : AccessValue
        Per value added.
    alternative : AccessValue, optional
        Per output value: shown beside, where forecasts of value added are unreliable.

    Returns
    -------
    pandas.DataFrame
        One row a proposal: its columns, then ``intensity, access_value, access_ratio,
        k_ratio`` (intensity over the park's), ``k_class`` (1 best – 5),
        ``energy_substitution, carbon_substitution`` (retired over new),
        ``verdict`` (``accepted``, ``conditional``, ``rejected``, ``undetermined``),
        ``verdict_zh``, ``reason`` (Chinese), ``largest_co2e_t`` (that would be
        accepted), and with an alternative ``output_intensity,
        output_access_value, output_verdict``.

    Raises
    ------
    InputDataError
        Naming row and column of what is wrong in the proposals.
    ParameterError
        If ``access`` is per output value or ``alternative`` is not.

    Notes
    -----
    Methods §8.2: accepted up to AV; conditional up to 1.2 AV if energy or carbon is
    substituted at 1.1 : 1 or more by retired capacity; else rejected. A project
    without a value added above zero is not judged by it (``undetermined``).
    """
    if access.denominator == OUTPUT_VALUE or (
        alternative is not None and alternative.denominator != OUTPUT_VALUE
    ):
        raise ParameterError(Problem("准入值", "主指标须按增加值、备选按产值"))
    table = check_park_table(proposals, PROPOSALS, "拟建项目")
    added = table[CURRENT_OUTPUT]
    intensity = table["co2e_t"] / added.where(added > 0)
    substitution = _substitution(table)
    table = table.assign(
        intensity=intensity,
        access_value=access.value,
        access_ratio=intensity / access.value,
        k_ratio=intensity / access.park_intensity,
        **substitution,
    )
    classes = np.searchsorted(K_CLASSES, table["k_ratio"].to_numpy()) + 1.0
    table["k_class"] = np.where(table["k_ratio"].isna(), np.nan, classes)
    table["verdict"] = _verdicts(table["access_ratio"], table, access.criteria)
    table["verdict_zh"] = table["verdict"].map(VERDICTS)
    table["reason"] = [_reason(row, access) for row in table.to_dict("records")]
    table["largest_co2e_t"] = access.value * added.where(added > 0)
    if alternative is None:
        return table
    value = table[OUTPUT_VALUE]
    by_output = table["co2e_t"] / value.where(value > 0)
    ratio = by_output / alternative.value
    return table.assign(
        output_intensity=by_output,
        output_access_value=alternative.value,
        output_verdict=_verdicts(ratio, table, alternative.criteria),
    )


def _substitution(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return retired over new, infinite where there is nothing new to substitute."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "energy_substitution": table["retired_energy_tce"] / table["energy_tce"],
            "carbon_substitution": table["retired_co2e_t"] / table["co2e_t"],
        }


def _verdicts(
    ratio: pd.Series, table: pd.DataFrame, criteria: AccessCriteria
) -> pd.Series:
    """Return the verdicts from intensity over access value."""
    # relative slack, so that 1.1 : 1 is not missed by rounding
    least, slack = criteria.substitution * (1 - 1e-9), 1 + 1e-9
    names = ["energy_substitution", "carbon_substitution"]
    substituted = (table[names] >= least).any(axis=1)
    choices = [
        ratio.isna(),
        ratio <= slack,
        (ratio <= criteria.conditional * slack) & substituted,
    ]
    codes = ["undetermined", "accepted", "conditional"]
    return pd.Series(np.select(choices, codes, "rejected"), table.index)


def _reason(row: dict[object, object], access: AccessValue) -> str:
    """Return why a project has its verdict."""
    criteria, verdict = access.criteria, row["verdict"]
    if verdict == "undetermined":
        return "缺增加值或不大于零，不能按单位增加值碳排放判定"
    found = f"单位增加值碳排放 {row['intensity']:.3g} tCO2e/万元"
    limit = f"准入值 {access.value:.3g}"
    if verdict == "accepted":
        return f"{found}，不高于{limit}"
    upper = f"{criteria.conditional:g} 倍准入值"
    needed = f"{criteria.substitution:g}:1"
    shown = f"能耗替代 {_ratio(row['energy_substitution'])}"
    shown += f"、碳替代 {_ratio(row['carbon_substitution'])}"
    if verdict == "conditional":
        return f"{found}，高于{limit}但不超过{upper}；{shown}，达到 {needed}"
    if float(str(row["access_ratio"])) > criteria.conditional:
        return f"{found}，超过{upper}（{limit}）"
    return f"{found}，高于{limit}但不超过{upper}；{shown}，均未达到 {needed}"


def _ratio(value: object) -> str:
    number = float(str(value))
    return "未提供" if np.isnan(number) else f"{number:.2f}:1"
