"""The change bridge: from last year's published score and rank to this year's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from synergy_lib.errors import MethodError
from synergy_lib.scoring.bridge.rows import ReportBasis
from synergy_lib.scoring.bridge.shapley import shapley_bridge
from synergy_lib.scoring.bridge.states import CAUSES, StateScores, prepare_states

__all__ = ["CAUSES", "REASONS", "ChangeBridge", "change_bridge"]

# Parts that do not add up to the change within this are a programming error. [points]
TOLERANCE = 1e-9
# Why an enterprise has no bridge, in the order they are looked for.
REASONS = (
    "not_in_earlier_report",
    "not_in_later_report",
    "too_few_data_earlier",
    "too_few_data_later",
    "nothing_to_compare",
)


@dataclass(frozen=True, eq=False)
class ChangeBridge:
    """What moved every enterprise's score and rank between two reports.

    Parameters
    ----------
    earlier_year, later_year : int
        Report years.
    overall : pandas.DataFrame
        Indexed by enterprise_id: ``earlier``, a column a cause of :data:`CAUSES`,
        ``later`` [points]; NaN throughout where there is no bridge.
    rank : pandas.DataFrame
        The same for the rank; a negative part is places gained [places]. NaN where
        one of the reports has no rank.
    dimensions : pandas.DataFrame
        The same for the dimensions of both schemes, indexed (enterprise_id, code)
        [points]; NaN where one of the reports does not judge the dimension.
    reasons : pandas.Series
        One of :data:`REASONS`, empty where there is a bridge; indexed by enterprise.
    not_told : tuple of str
        Causes that cannot be told, because last year's own data and scheme were not
        given: their part is 0 by construction, not by finding.
    """

    earlier_year: int
    later_year: int
    overall: pd.DataFrame
    rank: pd.DataFrame
    dimensions: pd.DataFrame
    reasons: pd.Series[str]
    not_told: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise MethodError unless the parts add up in every row."""
        for frame in (self.overall, self.rank, self.dimensions):
            change = frame["later"] - frame["earlier"]
            gap = (frame[list(CAUSES)].sum(axis=1, skipna=False) - change).abs().max()
            if gap > TOLERANCE:
                raise MethodError(f"变化归因：各部分之和与变化相差 {gap:.3g}")


def change_bridge(
    old: ReportBasis,
    new: ReportBasis,
    *,
    base_year: int,
    carbon_basis: Literal["calculated", "reported"] = "calculated",
    energy_basis: Literal["calculated", "reported"] = "calculated",
    not_told: tuple[str, ...] = (),
) -> ChangeBridge:
    r"""Share each enterprise's change since an earlier report among six causes.

    Parameters
    ----------
    old, new : ReportBasis
        What the earlier and the later report were made from: data, factors, scheme,
        report year.
    base_year : int
        Year of both reports that changes are counted from and park percentiles are
        frozen at; not after the earlier report's year.
    carbon_basis, energy_basis : {"calculated", "reported"}
        As in :func:`synergy_lib.accounting.account_panel`, in both reports.
    not_told : tuple of str
        Causes that the inputs cannot show, handed on to the result.

    Returns
    -------
    ChangeBridge
        A row for every enterprise of either report.

    Raises
    ------
    MethodError
        If the earlier report is not the earlier one, or the base year, or a scheme's
        year of percentiles, is after it.

    Notes
    -----
    With all causes in their old state the scores and ranks are those of the earlier
    report, with all in their new state those of the later one. Between, each cause
    switches one thing, for the whole park at once:

    ``own``
        the enterprise's own row, from the earlier to the later year. Only indicators
        of both reports can move by it.
    ``data``
        every figure up to the earlier year, of all enterprises, from the earlier
        workbook to the later one; so also the base year's, and with it frozen
        percentiles. The later year stands in one workbook only: a correction is
        valued on the earlier year (own row, peers, indicators), and ``own``,
        ``peers`` and ``missing`` start from corrected data
        (:meth:`~synergy_lib.scoring.bridge.states.StateScores.score`). So a
        correction is never taken for performance.
    ``factors``
        the factor set, and the electricity factor from that of the earlier report
        year to that of the later one, for all enterprises. Other years keep theirs.
    ``method``
        the scheme: indicators, weights, anchors, limits. Dimensions are shown if both
        schemes have them.
    ``peers``
        the other enterprises, from the earlier to the later year: for the score the
        sums of ``ratio_to_park``, in which the own row is exchanged for the
        enterprise's; for the rank also the scores of all others, with the data they
        have in that year, who joined, and who left. Percentiles frozen at the base
        year do not move by it.
    ``missing``
        which of its indicators count and which apply, from those of the earlier
        report to those of the later one. An indicator that only one of the two has
        counts with its score there.

    The parts are Shapley values over the 64 states (:func:`shapley_bridge`): what
    causes do only together is shared equally between them. A rank is the own score's
    rank among the scores the others have in the state; they change with the data, the
    factors, the method and the peers of that state. Who does not stand in both reports,
    or has too few data for a score in one of them, gets no bridge but a reason.
    """
    _check_years(old, new, base_year)
    states = prepare_states(
        old,
        new,
        base_year=base_year,
        carbon_basis=carbon_basis,
        energy_basis=energy_basis,
    )
    evaluate = _each_state_once(states, _idle(old, new))
    ends = [evaluate(frozenset(chosen)) for chosen in ((), CAUSES)]
    parts = shapley_bridge(evaluate, CAUSES)
    overall = _bridge(ends, parts, "overall")
    reasons = _reasons(old, new, states, overall)
    has_bridge = reasons == ""
    rank = _bridge(ends, parts, "rank")
    is_ranked = all(_ranks(states, side) for side in (0, 1))
    dimensions = {
        code: _bridge(ends, parts, code).where(has_bridge) for code in states.dimensions
    }
    empty = rank.iloc[:0]
    by_code = pd.concat(dimensions or {"": empty}, names=["code"])
    return ChangeBridge(
        earlier_year=old.year,
        later_year=new.year,
        overall=overall.where(has_bridge),
        rank=rank.where(has_bridge & is_ranked),
        dimensions=by_code.swaplevel().sort_index(),
        reasons=reasons,
        not_told=not_told,
    )


def _check_years(old: ReportBasis, new: ReportBasis, base_year: int) -> None:
    """Raise unless both reports can be scored from the same frozen year."""
    frozen = [b.scheme.header.pct_base_year or base_year for b in (old, new)]
    if old.year >= new.year:
        raise MethodError(f"变化归因：上期年份 {old.year} 须早于本期 {new.year}")
    if max(base_year, *frozen) > old.year:
        what = f"基准年（{max(base_year, *frozen)}）晚于上期年份 {old.year}"
        raise MethodError(f"变化归因：{what}，两期得分没有共同的基准")


def _idle(old: ReportBasis, new: ReportBasis) -> frozenset[str]:
    """Return the causes whose old state is their new one, so that they move nothing."""
    same = {"data": old.panel is new.panel, "method": old.scheme is new.scheme}
    return frozenset(cause for cause, is_same in same.items() if is_same)


def _each_state_once(
    states: StateScores, idle: frozenset[str]
) -> Callable[[frozenset[str]], pd.DataFrame]:
    """Return what scores a state, scoring those that cannot differ only once."""
    score = cache(states.score)
    return lambda new: score(new | idle)


def _bridge(
    ends: list[pd.DataFrame], parts: dict[str, pd.DataFrame], column: str
) -> pd.DataFrame:
    """Return the ends and parts of one quantity; NaN throughout where one is."""
    table = pd.DataFrame(
        {
            "earlier": ends[0][column],
            **{cause: part[column] for cause, part in parts.items()},
            "later": ends[1][column],
        }
    )
    return table.where(table.notna().all(axis=1))


def _ranks(states: StateScores, side: int) -> bool:
    """Return whether a report ranks its enterprises: it needs enough of them."""
    minimum = states.schemes[side].header.rank_minimum_enterprises
    return int(states.is_judged(side).sum()) >= minimum


def _reasons(
    old: ReportBasis, new: ReportBasis, states: StateScores, overall: pd.DataFrame
) -> pd.Series[str]:
    """Return why an enterprise has no bridge, empty where it has one."""
    here = [
        states.ids.isin(basis.panel.xs(basis.year, level="year").index)
        for basis in (old, new)
    ]
    lacking = [
        ~here[0],
        ~here[1],
        ~states.is_judged(0),
        ~states.is_judged(1),
        overall.isna().any(axis=1).to_numpy(),
    ]
    reasons = np.select(lacking, REASONS, default="")
    return pd.Series(reasons, index=states.ids, name="reason")
