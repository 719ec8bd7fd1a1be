"""The cheapest measures that reach a target, and what a target costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.techniques.portfolio.candidates import Candidates
from synergy_lib.techniques.portfolio.formulation import choice_program
from synergy_lib.techniques.portfolio.program import FIGURES, Program

__all__ = ["Portfolio", "least_cost_portfolio", "pareto_front"]

Mask = npt.NDArray[np.bool_]

COST, INVESTMENT, REDUCTION, POLLUTANTS = FIGURES
LABELS = {REDUCTION: ("减碳", "tCO2e/年"), POLLUTANTS: ("减污", "当量/年")}
# How often a floor is raised by what the program has promised too much.
_MOST_RAISES = 5
_REACHED = 1 - 1e-6
_GAP = 2e-3


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Measures chosen together.

    Parameters
    ----------
    status : str
        ``optimal`` (within the gap asked for), ``feasible`` (the gap is larger) or
        ``infeasible``.
    reason : str
        Chinese: why nothing is chosen, or how far the optimum may be; "" if optimal.
    chosen : numpy.ndarray of bool, shape (n_rows, n_techniques)
    measures : pandas.DataFrame
        As :meth:`~synergy_lib.techniques.portfolio.candidates.Candidates.outcome`.
    totals : dict of str to float
        :data:`~synergy_lib.techniques.portfolio.program.FIGURES` of the set, after
        overlap: ``net_cost_10k_cny`` [万元/a], ``investment_10k_cny`` [万元],
        ``reduction_t`` [tCO2e/a], ``pollutant_equivalent_kg`` [当量/a].
    bound_10k_cny : float
        No set that reaches the target costs less; NaN where there is none. [万元/a]
    """

    status: str
    reason: str
    chosen: Mask
    measures: pd.DataFrame
    totals: dict[str, float]
    bound_10k_cny: float


def least_cost_portfolio(
    candidates: Candidates,
    *,
    reduction_t: float,
    pollutant_equivalent_kg: float | None = None,
    budget_10k_cny: float = np.inf,
    gap: float = _GAP,
) -> Portfolio:
    """Return the measures that reach a target at the lowest yearly net cost.

    Parameters
    ----------
    candidates : Candidates
    reduction_t : float
        CO2e to be taken off. [tCO2e/a]
    pollutant_equivalent_kg : float, optional
        Pollutant equivalents to be taken off, if there is such a target. [当量/a]
    budget_10k_cny : float
        Most that can be invested. [万元]
    gap : float
        Relative gap to the bound at which the search stops. [-]

    Returns
    -------
    Portfolio
        Without measures where the target cannot be reached, with the reason: what all
        measures, or those within the budget, reach at most, and what the target takes.

    Raises
    ------
    ParameterError
        If a target is not a finite number, or the budget is negative or NaN.

    Notes
    -----
    Net cost = annualised investment + running cost − savings, the savings of measures
    that overlap counted once. Exclusions and requirements hold. Overlap enters as it
    is, not as a linear stand-in: see
    :meth:`~synergy_lib.techniques.portfolio.program.Program.best`. What is reached is
    computed anew from the chosen set; where the program has promised more (green
    power, accounts in which energy exceeds the whole) the target is raised by that
    and the program solved again, so that the target holds and ``bound_10k_cny`` of
    the first solution says what it may have cost.
    """
    _check(reduction_t, pollutant_equivalent_kg, budget_10k_cny)
    floors = {REDUCTION: reduction_t}
    if pollutant_equivalent_kg is not None:
        floors[POLLUTANTS] = pollutant_equivalent_kg
    program = choice_program(candidates)
    return _cheapest(candidates, program, floors, budget_10k_cny, gap)


def pareto_front(
    candidates: Candidates,
    *,
    levels: int = 10,
    pollutant_levels: int = 1,
    budget_10k_cny: float = np.inf,
    gap: float = _GAP,
) -> pd.DataFrame:
    """Return what the next tonne and the next equivalent cost a park.

    Parameters
    ----------
    candidates : Candidates
    levels, pollutant_levels : int
        Targets tried between the cheapest set and the largest reduction, at least 2,
        of CO2e; and of pollutants at each of them, 1 for none.
    budget_10k_cny, gap
        As in :func:`least_cost_portfolio`.

    Returns
    -------
    pandas.DataFrame
        One row a set that no other betters in cost, CO2e and pollutants at once, from
        the smallest reduction: ``reduction_t, pollutant_equivalent_kg,
        net_cost_10k_cny, investment_10k_cny, n_measures`` and ``portfolio``
        (:class:`Portfolio`). Empty where nothing can be chosen.

    Raises
    ------
    ParameterError
        If there are too few levels, or the budget is negative or NaN.

    Notes
    -----
    The ε-constraint method: lowest cost at each pair of floors, so that sets in the
    hollows of the front are found too, which no weighted sum finds.
    """
    _check(0.0, None, budget_10k_cny)
    if levels < 2 or pollutant_levels < 1:
        what = f"{levels}、{pollutant_levels} 太少"
        raise ParameterError(
            Problem("帕累托前沿", what, "减碳至少 2 档，减污至少 1 档")
        )
    program = choice_program(candidates)
    if not len(program.rows):
        return _front([])
    free = _cheapest(candidates, program, {}, budget_10k_cny, gap)
    tops = {
        name: _largest(candidates, program, name, budget_10k_cny)
        for name in (REDUCTION, POLLUTANTS)
    }
    found = [free]
    for carbon in np.linspace(free.totals[REDUCTION], tops[REDUCTION], levels):
        base = {REDUCTION: float(carbon) * _REACHED}
        cheapest = _cheapest(candidates, program, base, budget_10k_cny, gap)
        found.append(cheapest)
        start = cheapest.totals.get(POLLUTANTS, np.nan)
        for floor in np.linspace(start, tops[POLLUTANTS], pollutant_levels)[1:]:
            both = base | {POLLUTANTS: float(floor) * _REACHED}
            found.append(_cheapest(candidates, program, both, budget_10k_cny, gap))
    return _front([one for one in found if one.status != "infeasible"])


def _check(reduction: float, pollutants: float | None, budget: float) -> None:
    """Raise with what is wrong with the targets."""
    targets = {"减碳目标": reduction, "减污目标": pollutants or 0.0}
    problems = [
        Problem(name, f"{value} 不是有效目标", "数字")
        for name, value in targets.items()
        if not np.isfinite(value)
    ]
    if not budget >= 0:
        problems.append(Problem("投资预算", f"{budget} 不是有效预算", "非负数，万元"))
    if problems:
        raise ParameterError(problems)


def _cheapest(
    candidates: Candidates,
    program: Program,
    floors: Mapping[str, float],
    budget: float,
    gap: float,
) -> Portfolio:
    """Return the cheapest portfolio above floors, or why there is none."""
    raised, bound = dict(floors), np.nan
    for _ in range(_MOST_RAISES):
        found = (
            program.best(COST, at_least=raised, budget=budget, gap=gap)
            if len(program.rows)
            else None
        )
        if found is None:
            break
        bound = found.bound if np.isnan(bound) else bound
        chosen = _mask(candidates, program, found.chosen)
        totals = _totals(candidates, chosen)
        if all(f - totals[n] <= abs(f) * (1 - _REACHED) for n, f in floors.items()):
            return _portfolio(candidates, chosen, totals, bound, gap)
        raised = {
            n: floor + max(found.promised[n] - totals[n], 0.0)
            for n, floor in floors.items()
        }
    none = np.zeros_like(candidates.available)
    why = _why_not(candidates, program, floors, budget)
    return Portfolio("infeasible", why, none, candidates.outcome(none), {}, np.nan)


def _portfolio(
    candidates: Candidates,
    chosen: Mask,
    totals: dict[str, float],
    bound: float,
    gap: float,
) -> Portfolio:
    away = totals[COST] - bound
    optimal = away <= 2 * gap * max(abs(totals[COST]), abs(bound)) + 1e-6
    reason = "" if optimal else f"与最优方案的年净成本相差至多{away:.4g}万元"
    status = "optimal" if optimal else "feasible"
    measures = candidates.outcome(chosen)
    return Portfolio(status, reason, chosen, measures, totals, bound)


def _why_not(
    candidates: Candidates, program: Program, floors: Mapping[str, float], budget: float
) -> str:
    """Return why no set reaches the floors within the budget."""
    if not len(program.rows):
        return "没有可选的措施"
    for name, floor in floors.items():
        label, unit = LABELS[name]
        top = _largest(candidates, program, name, np.inf)
        if top < floor * _REACHED:
            return f"全部可选措施合计最多{label}{top:,.0f} {unit}，低于目标{floor:,.0f}"
    needed = program.best(INVESTMENT, at_least=floors)
    if needed is None or not np.isfinite(budget):
        return "没有找到同时达到各项目标的措施组合"
    least = _totals(candidates, _mask(candidates, program, needed.chosen))
    reached = [
        f"{LABELS[n][0]}{_largest(candidates, program, n, budget):,.0f} {LABELS[n][1]}"
        for n in floors
    ]
    return (
        f"预算{budget:,.0f}万元内最多{'、'.join(reached)}；"
        f"达到目标至少投资约{least[INVESTMENT]:,.0f}万元"
    )


def _largest(
    candidates: Candidates, program: Program, name: str, budget: float
) -> float:
    """Return the largest reduction of any set within a budget."""
    found = program.best(name, at_least={}, budget=budget)
    if found is None:
        return 0.0
    return _totals(candidates, _mask(candidates, program, found.chosen))[name]


def _mask(candidates: Candidates, program: Program, chosen: Mask) -> Mask:
    mask = np.zeros_like(candidates.available)
    mask[program.rows[chosen], program.places[chosen]] = True
    return mask


def _totals(candidates: Candidates, chosen: Mask) -> dict[str, float]:
    """Return the figures of a set after overlap."""
    outcome = candidates.outcome(chosen)
    return {
        COST: -float(outcome["net_benefit_10k_cny"].sum()),
        INVESTMENT: float(outcome[INVESTMENT].sum()),
        REDUCTION: float(outcome[REDUCTION].sum()),
        POLLUTANTS: float(outcome[POLLUTANTS].sum()),
    }


def _front(found: list[Portfolio]) -> pd.DataFrame:
    """Return the portfolios that no other betters, smallest reduction first."""
    columns = [REDUCTION, POLLUTANTS, COST, INVESTMENT]
    table = pd.DataFrame([one.totals for one in found], columns=columns, dtype=float)
    table["n_measures"] = [len(one.measures) for one in found]
    table["portfolio"] = pd.Series(found, dtype=object)
    values = table[[REDUCTION, POLLUTANTS, COST]].to_numpy() * [-1.0, -1.0, 1.0]
    slack = 1e-9 * np.maximum(np.abs(values).max(axis=0, initial=0.0), 1.0)
    no_worse = (values[:, None] <= values[None] + slack).all(axis=2)
    better = (values[:, None] < values[None] - slack).any(axis=2)
    kept = table[~(no_worse & better).any(axis=0)]
    kept = kept.sort_values([REDUCTION, POLLUTANTS], kind="stable")
    front: pd.DataFrame = kept.drop_duplicates(columns).reset_index(drop=True)
    return front
