"""A park's cap allocated to its enterprises by one of five methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest, quote
from synergy_lib.park.allocation.basis import check_basis
from synergy_lib.park.allocation.bounds import least_bound, water_fill
from synergy_lib.park.allocation.claims import (
    SMALLEST_GROUP,
    benchmark_claims,
    benchmarks,
    entropy_shares,
    intensity_claims,
)

__all__ = [
    "METHODS",
    "Allocation",
    "AllocationParameters",
    "allocate_cap",
    "compare_methods",
]

METHODS = {
    "history": "历史法",
    "intensity": "历史强度法",
    "benchmark": "基准法",
    "entropy": "熵权法",
    "mixed": "混合法",
}
REASONS = {
    "": "",
    "no_activity": "缺活动水平或不大于零，按本企业历史排放",
    "small_group": f"产品组内有强度的企业少于{SMALLEST_GROUP}家，按本企业历史排放",
    "no_group": "没有产品组，按本企业历史排放",
    "no_indicators": "熵权指标缺失或为负，按本企业历史排放",
    "reserve_benchmark": "没有历史排放，从预留配额中按基准分配",
    "reserve_equal": "没有历史排放，也不能按基准计算，预留配额中均分",
}
# Relative to the cap: smaller differences are rounding.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class AllocationParameters:
    """Choices of an allocation; all of them proposals [P] for the park to decide.

    Parameters
    ----------
    bound : float, optional
        Largest change a year from the reference, 0.10; None for no bounds. [-]
    reserve : float
        Largest part of the cap kept for enterprises without history. [-]
    best_share : float
        Part of a product group that sets its benchmark, 0.1–0.3. [-]
    decline : float
        Yearly factor κ of the historical intensity. [-]
    history_weight : float
        λ of the mixed method, see
        :func:`~synergy_lib.park.allocation.claims.mixing_path`. [-]
    """

    bound: float | None = 0.10
    reserve: float = 0.05
    best_share: float = 0.30
    decline: float = 1.0
    history_weight: float = 0.7

    def __post_init__(self) -> None:
        """Refuse values that no allocation is defined for."""
        bound = 0.0 if self.bound is None else self.bound
        rules = {
            "bound": (bound, 0 <= bound < 1, "0 至 1 之间"),
            "reserve": (self.reserve, 0 < self.reserve < 1, "0 与 1 之间"),
            "best_share": (self.best_share, 0 < self.best_share <= 1, "0 与 1 之间"),
            "decline": (self.decline, 0 < self.decline <= 1, "大于 0、至多 1"),
            "history_weight": (
                self.history_weight,
                0 <= self.history_weight <= 1,
                "0 至 1 之间",
            ),
        }
        problems = [
            Problem(f"配额分配 {name}", f"{value:g} 超出范围", expected)
            for name, (value, is_valid, expected) in rules.items()
            if not is_valid
        ]
        if problems:
            raise ParameterError(problems)


@dataclass(frozen=True, eq=False)
class Allocation:
    """Result of :func:`allocate_cap`.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``enterprise_id``: ``claim_t`` (before cap and bounds), ``allocation_t``,
        ``share``, ``reference_t, low_t, high_t`` (NaN where not bounded), ``change``
        from the reference [-], ``bound_reached`` (``low``, ``high`` or ""),
        ``emission_t``, ``surplus_t`` (allocation less emission, negative for a
        deficit), ``status`` (``surplus``, ``deficit``, ``balanced``, ``unknown``),
        ``basis`` (a method, ``own_history``, ``reserve_benchmark`` or
        ``reserve_equal``), ``reason`` (Chinese, why not by the method).
    cap_t : float
        What ``allocation_t`` adds up to.
    method : str
        Key of :data:`METHODS`.
    bound : float
        Change that was allowed; NaN without bounds. Above the one asked for where the
        cap itself changes more.
    benchmarks : pandas.DataFrame
        As :func:`~synergy_lib.park.allocation.claims.benchmarks` returns it.
    weights : pandas.Series
        Entropy weights; empty for other methods.
    notes : tuple of str
        Chinese: what was not as asked for.
    """

    table: pd.DataFrame
    cap_t: float
    method: str
    bound: float
    benchmarks: pd.DataFrame
    weights: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    notes: tuple[str, ...] = ()


def allocate_cap(
    cap_t: float,
    basis: pd.DataFrame,
    method: str = "history",
    *,
    parameters: AllocationParameters | None = None,
    reference: pd.Series | None = None,
    indicators: pd.DataFrame | None = None,
    direction: Mapping[str, int] | None = None,
) -> Allocation:
    r"""Allocate a park's cap to its enterprises.

    Parameters
    ----------
    cap_t : float
        Above 0. [tCO2e]
    basis : pandas.DataFrame
        As :func:`~synergy_lib.park.allocation.basis.allocation_basis` returns it.
    method : str
        ``history``, ``intensity``, ``benchmark``, ``entropy`` or ``mixed`` (history
        and benchmark).
    parameters : AllocationParameters, optional
    reference : pandas.Series, optional
        Index ``enterprise_id``: last year's allocation, from which the bounds are
        measured; where missing, the last year's emission, else the history. [t]
    indicators : pandas.DataFrame, optional
        For ``entropy``: index ``enterprise_id``, one column an indicator.
    direction : mapping of str to {+1, -1}, optional
        For ``entropy``: +1 where more of an indicator means more quota.

    Returns
    -------
    Allocation
        Every enterprise has a positive allocation; they add up to the cap.

    Raises
    ------
    ParameterError
        If the method is unknown, the cap not above zero, or ``entropy`` has no
        indicators.
    MethodError
        If the basis has nobody, somebody twice or a negative emission.

    Notes
    -----
    Methods §8.1. History :math:`A_i = K H_i / \sum H`; historical intensity and
    benchmarks are activity times intensity, scaled to K; entropy
    :math:`K \sum_j w_j z_{ij}`; mixed :math:`\lambda` history + :math:`(1-\lambda)`
    benchmark. Who lacks what a method needs, or is in a product group of fewer than
    three, claims its own history. Who has no history (missing, or zero) is paid from
    the reserve: its activity times the benchmark, of the park if the group has none;
    without activity an equal part of the reserve. What the reserve does not need goes
    to the others.

    Bounds apply to enterprises with history; new ones have nothing to be measured from.
    If the cap changes more than the bound, the bound widens to the cap's own change,
    and ``notes`` says so.
    """
    parameters = parameters or AllocationParameters()
    _check_request(cap_t, method, indicators)
    check_basis(basis)
    groups = benchmarks(basis, best_share=parameters.best_share)
    has_history = basis["history_t"] > 0
    old, new = basis[has_history], basis[~has_history]
    reserve = _reserve(new, groups, parameters.reserve * cap_t)
    weights = pd.Series(dtype="float64")
    if method == "entropy" and indicators is not None and len(old):
        claims, weights = entropy_shares(indicators.reindex(old.index), direction or {})
        own = _own_history(old, claims.isna(), "no_indicators")
        part = float((old["history_t"] / old["history_t"].sum())[claims.isna()].sum())
        claims = claims * (1 - part) * cap_t
        own["claim_t"] *= cap_t / old["history_t"].sum()
    else:
        claims = _claims(old, method, groups, parameters)
        own = _own_history(old, claims.isna(), _why_not(old))
    table = pd.concat([_by_method(claims.dropna(), method), own, reserve])
    table = table.reindex(basis.index)
    table["allocation_t"] = _scaled(table["claim_t"], has_history, cap_t)
    table, bound, notes = _bounded(table, basis, reference, parameters.bound)
    table = _with_balance(table, basis, cap_t)
    return Allocation(table, cap_t, method, bound, groups, weights, notes)


def compare_methods(allocations: Mapping[str, Allocation]) -> pd.DataFrame:
    """Return each enterprise's share of the cap by method.

    Parameters
    ----------
    allocations : mapping of str to Allocation
        Key of :data:`METHODS` → its result, over the same enterprises.

    Returns
    -------
    pandas.DataFrame
        Index ``enterprise_id``: one column a method [-], then ``lowest, highest``.
    """
    shares = pd.DataFrame({k: a.table["share"] for k, a in allocations.items()})
    return shares.assign(lowest=shares.min(axis=1), highest=shares.max(axis=1))


def _check_request(cap_t: float, method: str, indicators: pd.DataFrame | None) -> None:
    problems = []
    if not (np.isfinite(cap_t) and cap_t > 0):
        problems.append(Problem("配额总量", f"{cap_t:g}", "大于 0"))
    if method not in METHODS:
        hint = nearest(method, METHODS)
        expected = "、".join(METHODS)
        problems.append(Problem("分配方法", quote(method), expected, hint))
    if method == "entropy" and indicators is None:
        problems.append(Problem("熵权法分配", "没有给出指标"))
    if problems:
        raise ParameterError(problems)


def _reserve(new: pd.DataFrame, groups: pd.DataFrame, most: float) -> pd.DataFrame:
    """Return what enterprises without history get, together at most the reserve."""
    claims = benchmark_claims(new, groups, park_wide=True)
    by_benchmark = claims > 0
    claims = claims.where(by_benchmark, most / max(len(new), 1))
    if claims.sum() > most:
        claims *= most / claims.sum()
    code = np.where(by_benchmark, "reserve_benchmark", "reserve_equal")
    reasons = [REASONS[each] for each in code]
    return _rows(claims, pd.Series(code, new.index), pd.Series(reasons, new.index))


def _claims(
    old: pd.DataFrame,
    method: str,
    groups: pd.DataFrame,
    parameters: AllocationParameters,
) -> pd.Series:
    """Return what a method gives before it is scaled, NaN where it gives nothing."""
    history = old["history_t"]
    if method == "history":
        return history
    if method == "intensity":
        return intensity_claims(old, parameters.decline)
    claims = benchmark_claims(old, groups)
    if method == "benchmark":
        return claims
    # scaled to the same total first, so that the weight is a weight of shares
    whole = claims.fillna(history)
    weight, total = parameters.history_weight, history.sum()
    mixed = weight * history + (1 - weight) * whole * total / whole.sum()
    return mixed.where(claims.notna())


def _why_not(old: pd.DataFrame) -> pd.Series:
    """Return why a method that needs activity or a group gives nothing."""
    choices = [~(old["activity"] > 0), old["group"].isna()]
    codes = np.select(choices, ["no_activity", "no_group"], "small_group")
    return pd.Series(codes, old.index)


def _own_history(
    old: pd.DataFrame, lacking: pd.Series, why: pd.Series | str
) -> pd.DataFrame:
    """Return the claims of those for whom the method gives nothing."""
    codes = pd.Series(why, old.index)[lacking]
    history = old.loc[lacking, "history_t"]
    return _rows(history, "own_history", codes.map(REASONS))


def _by_method(claims: pd.Series, method: str) -> pd.DataFrame:
    return _rows(claims, method, "")


def _rows(
    claims: pd.Series, basis: pd.Series | str, reason: pd.Series | str
) -> pd.DataFrame:
    """Return claims with what they rest on."""
    columns = {"claim_t": claims, "basis": basis, "reason": reason}
    table = pd.DataFrame(columns, index=claims.index)
    return table.astype({"claim_t": float, "basis": object, "reason": object})


def _scaled(claims: pd.Series, has_history: pd.Series, cap_t: float) -> pd.Series:
    """Return claims that add up to the cap; the reserve stays as it is."""
    if not has_history.any():
        return claims * (cap_t / claims.sum())
    room = cap_t - claims[~has_history].sum()
    return claims.where(~has_history, claims * (room / claims[has_history].sum()))


def _bounded(
    table: pd.DataFrame,
    basis: pd.DataFrame,
    reference: pd.Series | None,
    bound: float | None,
) -> tuple[pd.DataFrame, float, tuple[str, ...]]:
    """Return the allocation within its bounds, what was allowed, and notes."""
    old = (basis["history_t"] > 0).to_numpy()
    given = pd.Series(np.nan, basis.index) if reference is None else reference
    points = given.reindex(basis.index).astype(float).where(lambda s: s > 0)
    points = points.fillna(basis["emission_t"].where(basis["emission_t"] > 0))
    points = points.fillna(basis["history_t"]).where(old)
    table = table.assign(reference_t=points, low_t=np.nan, high_t=np.nan)
    table["bound_reached"] = ""
    if bound is None or not old.any():
        return table, np.nan, ()
    room = float(table.loc[old, "allocation_t"].sum())
    allowed = least_bound(float(points.sum()), room, bound)
    middle = points[old].to_numpy(dtype=np.float64)
    low = np.asarray(middle * max(1 - allowed, 0.0), np.float64)
    high = np.asarray(middle * (1 + allowed), np.float64)
    claims = table.loc[old, "allocation_t"].to_numpy(dtype=np.float64)
    filled = water_fill(claims, low, high, room)
    reached = np.select(
        [filled <= low * (1 + 1e-12), filled >= high * (1 - 1e-12)], ["low", "high"], ""
    )
    table.loc[old, "allocation_t"] = filled
    table.loc[old, "low_t"], table.loc[old, "high_t"] = low, high
    table.loc[old, "bound_reached"] = reached
    if allowed <= bound:
        return table, allowed, ()
    note = (
        f"配额总量比基准变化 {allowed:.1%}，超过年变化上限 {bound:.0%}，"
        "上限放宽至总量自身的变化，各企业同比例变化"
    )
    return table, allowed, (note,)


def _with_balance(
    table: pd.DataFrame, basis: pd.DataFrame, cap_t: float
) -> pd.DataFrame:
    """Add shares, change, and surplus or deficit."""
    allocation, emission = table["allocation_t"], basis["emission_t"]
    surplus = allocation - emission
    small = surplus.abs() <= TOLERANCE * allocation
    choices = [surplus.isna(), small, surplus > 0]
    status = np.select(choices, ["unknown", "balanced", "surplus"], "deficit")
    return table.assign(
        share=allocation / cap_t,
        change=allocation / table["reference_t"] - 1,
        emission_t=emission,
        surplus_t=surplus,
        status=status,
    )
