"""What a measure costs and saves: payback, present value, cost per tonne.

Amounts are in 万元 (10 000 CNY), reductions in t a year; a metric that is not defined
is NaN, and the function named ``…_reason`` says why (an empty string where it is).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pyxirr

__all__ = [
    "abatement_cost",
    "abatement_cost_reason",
    "capital_recovery_factor",
    "capital_recovery_factor_reason",
    "discounted_payback",
    "discounted_payback_reason",
    "internal_rate_of_return",
    "internal_rate_of_return_reason",
    "levelized_abatement_cost",
    "levelized_abatement_cost_reason",
    "net_present_value",
    "net_present_value_reason",
    "payback_reason",
    "simple_payback",
]

CNY_PER_10K = 10_000


def capital_recovery_factor(rate: float, years: float) -> float:
    r"""Return the yearly payment that repays one unit over a measure's life.

    Parameters
    ----------
    rate : float
        Discount rate, above −1. [1/a]
    years : float
        Life, above 0. [a]

    Returns
    -------
    float
        [1/a]; NaN where not defined.

    Notes
    -----
    :math:`CRF = r(1+r)^n / ((1+r)^n - 1)`; for r = 0, 1/n.

    Examples
    --------
    >>> round(capital_recovery_factor(0.08, 10), 8)
    0.14902949
    """
    if capital_recovery_factor_reason(rate, years):
        return math.nan
    if rate == 0:
        return 1 / years
    # r / (1 − (1+r)^−n), in the form that stays exact for small r
    return rate / -math.expm1(-years * math.log1p(rate))


def capital_recovery_factor_reason(rate: float, years: float) -> str:
    """Return why :func:`capital_recovery_factor` is NaN, or an empty string."""
    if not math.isfinite(rate) or not math.isfinite(years):
        return "折现率或寿命缺失"
    if years <= 0:
        return "寿命不是正数"
    return "" if rate > -1 else "折现率不大于 -100%"


def net_present_value(cash_flows: Sequence[float], rate: float) -> float:
    r"""Return the present value of yearly cash flows, the first of them now.

    Parameters
    ----------
    cash_flows : sequence of float
        Years 0, 1, 2 …; investment negative. [万元]
    rate : float
        Discount rate, above −1. [1/a]

    Returns
    -------
    float
        [万元]; NaN where a flow is missing, there is none or the rate is not valid.

    Notes
    -----
    :math:`\sum_t CF_t / (1+r)^t`, by pyxirr.

    Examples
    --------
    >>> round(net_present_value([-1000] + [250] * 10, 0.08), 5)
    677.52035
    """
    if net_present_value_reason(cash_flows, rate):
        return math.nan
    flows = [float(flow) for flow in cash_flows]
    value = pyxirr.npv(float(rate), flows, start_from_zero=True)
    return math.nan if value is None else float(value)


def net_present_value_reason(cash_flows: Sequence[float], rate: float) -> str:
    """Return why :func:`net_present_value` is NaN, or an empty string."""
    if missing := _flows_reason(cash_flows):
        return missing
    if not math.isfinite(rate):
        return "折现率缺失"
    return "" if rate > -1 else "折现率不大于 -100%"


def internal_rate_of_return(cash_flows: Sequence[float]) -> float:
    """Return the discount rate at which yearly cash flows are worth nothing now.

    Parameters
    ----------
    cash_flows : sequence of float
        Years 0, 1, 2 …; investment negative. [万元]

    Returns
    -------
    float
        [1/a]; NaN without a change of sign (no rate) or with several (more than one
        rate may fit: use the net present value).

    Examples
    --------
    >>> round(internal_rate_of_return([-1000] + [250] * 10), 8)
    0.21406465
    >>> internal_rate_of_return([100, 100]), internal_rate_of_return_reason([100, 100])
    (nan, '现金流没有正负变化，内部收益率不存在')
    """
    if internal_rate_of_return_reason(cash_flows):
        return math.nan
    rate = pyxirr.irr([float(flow) for flow in cash_flows], silent=True)
    return math.nan if rate is None else float(rate)


def internal_rate_of_return_reason(cash_flows: Sequence[float]) -> str:
    """Return why :func:`internal_rate_of_return` is NaN, or an empty string."""
    if missing := _flows_reason(cash_flows):
        return missing
    signs = [flow > 0 for flow in cash_flows if flow != 0]
    changes = sum(a != b for a, b in pairwise(signs))
    if changes == 0:
        return "现金流没有正负变化，内部收益率不存在"
    return "现金流多次变号，内部收益率不唯一，请看净现值" if changes > 1 else ""


def abatement_cost(
    investment: float,
    annual_saving: float,
    annual_reduction: float,
    rate: float,
    years: float,
) -> float:
    r"""Return the cost of avoiding one tonne.

    Parameters
    ----------
    investment : float
        [万元]
    annual_saving : float
        Savings less running cost; negative where running cost exceeds them. [万元/a]
    annual_reduction : float
        [t/a]
    rate : float
        Discount rate. [1/a]
    years : float
        Life. [a]

    Returns
    -------
    float
        [元/t]; negative where the measure earns money. NaN where something is missing
        or the reduction is not above zero (then it is not a reduction measure).

    Notes
    -----
    :math:`(I \cdot CRF - A)/\Delta C`, 万元 → 元 by 10 000. Negative values do not rank
    measures (a small reduction looks better): rank those by yearly net benefit, as
    :func:`synergy_lib.techniques.portfolio.curve.abatement_curve` does [1]_.

    References
    ----------
    .. [1] R34 for the definition; the critique of ranking is Taylor's and Levihn's.

    Examples
    --------
    >>> round(abatement_cost(1000, 250, 2000, 0.08, 10), 2)
    -504.85
    """
    arguments = (investment, annual_saving, annual_reduction, rate, years)
    if abatement_cost_reason(*arguments):
        return math.nan
    yearly = investment * capital_recovery_factor(rate, years) - annual_saving
    return yearly / annual_reduction * CNY_PER_10K


def abatement_cost_reason(
    investment: float,
    annual_saving: float,
    annual_reduction: float,
    rate: float,
    years: float,
) -> str:
    """Return why :func:`abatement_cost` is NaN, or an empty string."""
    if not math.isfinite(investment):
        return "缺投资额"
    if not math.isfinite(annual_saving):
        return "缺年净节约"
    if not math.isfinite(annual_reduction):
        return "缺减排量"
    if annual_reduction <= 0:
        return "减排量不为正，不是减排措施"
    return capital_recovery_factor_reason(rate, years)


def levelized_abatement_cost(
    net_costs: Sequence[float], reductions: Sequence[float], rate: float
) -> float:
    r"""Return the cost of a tonne where cost or reduction change over the years.

    Parameters
    ----------
    net_costs : sequence of float
        Investment and running cost less savings of years 0, 1, 2 …. [万元]
    reductions : sequence of float
        Of the same years. [t]
    rate : float
        Discount rate, above −1. [1/a]

    Returns
    -------
    float
        [元/t]; NaN where something is missing, the two differ in length or the
        discounted reduction is not above zero.

    Notes
    -----
    :math:`\sum_t K_t (1+r)^{-t} / \sum_t \Delta C_t (1+r)^{-t}` (methods §7.4); equal to
    :func:`abatement_cost` where the flows are constant.

    Examples
    --------
    >>> flows = [1000] + [-250] * 10
    >>> round(levelized_abatement_cost(flows, [0] + [2000] * 10, 0.08), 2)
    -504.85
    """
    if levelized_abatement_cost_reason(net_costs, reductions, rate):
        return math.nan
    avoided = net_present_value(reductions, rate)
    return net_present_value(net_costs, rate) / avoided * CNY_PER_10K


def levelized_abatement_cost_reason(
    net_costs: Sequence[float], reductions: Sequence[float], rate: float
) -> str:
    """Return why :func:`levelized_abatement_cost` is NaN, or an empty string."""
    if len(net_costs) != len(reductions):
        return "成本与减排量的年数不同"
    reason = net_present_value_reason(net_costs, rate)
    if reason:
        return reason
    if not all(math.isfinite(amount) for amount in reductions):
        return "缺减排量"
    avoided = net_present_value(reductions, rate)
    return "" if avoided > 0 else "减排量不为正，不是减排措施"


def simple_payback(investment: float, annual_saving: float) -> float:
    """Return the years until the savings have repaid the investment.

    Returns
    -------
    float
        I/A [a]; infinity where the saving is not above zero, 0 where nothing is
        invested and something saved, NaN where something is missing.

    Examples
    --------
    >>> simple_payback(1000, 250), simple_payback(1000, -5)
    (4.0, inf)
    """
    return discounted_payback(investment, annual_saving, 0.0)


def discounted_payback(investment: float, annual_saving: float, rate: float) -> float:
    r"""Return the years until the discounted savings have repaid the investment.

    Returns
    -------
    float
        [a]; infinity where they never do, NaN where something is missing.

    Notes
    -----
    :math:`-\ln(1 - I r/A)/\ln(1+r)`; never where :math:`I r \ge A`; for r = 0, I/A.

    Examples
    --------
    >>> round(discounted_payback(1000, 250, 0.08), 4)
    5.0111
    """
    if payback_reason(investment, annual_saving) == "投资额或年净节约缺失":
        return math.nan
    if not rate > -1:
        return math.nan
    if annual_saving <= 0 or investment * rate >= annual_saving:
        return math.inf
    if rate == 0:
        return investment / annual_saving
    return -math.log1p(-investment * rate / annual_saving) / math.log1p(rate)


def discounted_payback_reason(
    investment: float, annual_saving: float, rate: float
) -> str:
    """Return why there is no finite discounted payback, or an empty string."""
    reason = payback_reason(investment, annual_saving)
    if reason:
        return reason
    if not math.isfinite(rate):
        return "折现率缺失"
    if rate <= -1:
        return "折现率不大于 -100%"
    return (
        "年净节约不抵投资的利息，投资不能回收"
        if investment * rate >= annual_saving
        else ""
    )


def payback_reason(investment: float, annual_saving: float) -> str:
    """Return why there is no finite payback, or an empty string."""
    if not math.isfinite(investment) or not math.isfinite(annual_saving):
        return "投资额或年净节约缺失"
    return "" if annual_saving > 0 else "年净节约不为正，投资不能回收"


def _flows_reason(cash_flows: Sequence[float]) -> str:
    """Return why cash flows cannot be valued, or an empty string."""
    if len(cash_flows) == 0:
        return "没有现金流"
    complete = all(math.isfinite(flow) for flow in cash_flows)
    return "" if complete else "现金流有缺失"
