"""What several measures together take from an enterprise's own quantities."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.distributions import pert_quantile
from synergy_lib.errors import InputDataError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.effects import amount_column
from synergy_lib.techniques.relations import measure_relations
from synergy_lib.techniques.vocabulary import BOUNDS, TARGETS

__all__ = ["MeasureAmounts", "Taken", "measure_amounts"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

CARBON = "co2e_t"
GRID, GREEN = "electricity_grid_mwh", "electricity_green_mwh"
# The logarithm of what a measure that removes all of a base leaves of it.
_NOTHING_LEFT = -700.0


class Taken(NamedTuple):
    """What sets take from one target, by the way it combines; shape (n_rows, n_sets).

    ``saved`` is what efficiency takes, ``added`` the increases (negative),
    ``supplied`` what supply-side measures replace of the rest.
    """

    saved: Floats
    added: Floats
    supplied: Floats

    def total(self) -> Floats:
        """Return the reduction."""
        return self.saved + self.added + self.supplied


@dataclass(frozen=True, eq=False)
class MeasureAmounts:
    """What each measure by itself would take from every enterprise.

    Parameters
    ----------
    enterprises, techniques : pandas.Index
        Of the rows, and of the measures that are estimated for anybody.
    targets : tuple of str
        Panel columns that any measure acts on.
    own : numpy.ndarray, shape (n_targets, n_rows)
        The enterprise's own quantity of each target; 0 where not known. Of green
        electricity, the grid electricity that is not green yet.
    amounts, low, high : numpy.ndarray, shape (n_targets, n_rows, n_techniques)
        Reductions, increases negative: most likely, unfavourable, favourable; 0 where
        a measure does not act.
    usable : numpy.ndarray of bool, shape (n_rows, n_techniques)
        Where the effect is estimated, and is not more than there is.
    exclusive : numpy.ndarray of bool, shape (n_techniques, n_techniques)
        Pairs of which only one can be chosen.
    requires : numpy.ndarray of bool, shape (n_techniques, n_techniques)
        What the measure of a row cannot be chosen without.
    supply : numpy.ndarray of bool, shape (n_techniques,)
        Measures that supply energy, and act on what the others leave.
    has : numpy.ndarray of bool, shape (n_rows, n_techniques)
        What an enterprise has carried out already, so that nothing need wait for it.
    """

    enterprises: pd.Index
    techniques: pd.Index
    targets: tuple[str, ...]
    own: Floats
    amounts: Floats
    low: Floats
    high: Floats
    usable: Mask
    exclusive: Mask
    requires: Mask
    supply: Mask
    has: Mask

    def rows(self, rows: npt.NDArray[np.intp]) -> MeasureAmounts:
        """Return the amounts of some enterprises, by position."""
        return replace(
            self,
            enterprises=self.enterprises[rows],
            own=self.own[:, rows],
            amounts=self.amounts[:, rows],
            low=self.low[:, rows],
            high=self.high[:, rows],
            usable=self.usable[rows],
            has=self.has[rows],
        )

    def at_level(self, level: npt.ArrayLike, wanted: Mask) -> MeasureAmounts:
        """Return other amounts of some measures than the most likely ones.

        Parameters
        ----------
        level : array_like, scalar or shape (n_techniques,)
            Quantile of the effect of each, PERT over low, mode and high [-].
        wanted : numpy.ndarray of bool, shape (n_rows, n_techniques)
            The measures; the others take nothing.

        Returns
        -------
        MeasureAmounts
            No amount is more than there is.
        """
        acting = wanted & (self.amounts != 0)
        levels = np.broadcast_to(np.asarray(level, np.float64), self.amounts.shape)
        parts = (self.low, self.amounts, self.high, levels)
        found = np.zeros_like(self.amounts)
        found[acting] = pert_quantile(*(part[acting] for part in parts))
        return replace(self, amounts=np.minimum(found, self.own[:, :, None]))

    def allowed(self, sets: Mask) -> Mask:
        """Return which sets an enterprise can choose.

        Parameters
        ----------
        sets : numpy.ndarray of bool
            As in :meth:`together`.

        Returns
        -------
        numpy.ndarray of bool, shape (n_rows, n_sets)
            Where every measure is usable, none excludes another, and what each
            requires is in the set or carried out already.
        """
        members = sets.astype(np.float64)
        clash = (members @ self.exclusive * members).sum(axis=-1) > 0
        wanting = ((members @ self.requires > 0) & ~sets).astype(np.float64)
        unusable = _summed((~self.usable).astype(np.float64), members) > 0
        unmet = _summed((~self.has).astype(np.float64), wanting) > 0
        return np.asarray(~unusable & ~unmet & ~clash, dtype=np.bool_)

    def together(self, sets: Mask, per_unit: Mapping[str, float]) -> dict[str, Floats]:
        r"""Return what sets of measures take from the quantities of every row.

        Parameters
        ----------
        sets : numpy.ndarray of bool
            Sets of all rows, shape (n_sets, n_techniques), or of each row,
            (n_rows, n_sets, n_techniques).
        per_unit : mapping of str to float
            As :func:`~synergy_lib.techniques.conversion.co2e_per_unit` returns it.

        Returns
        -------
        dict of str to numpy.ndarray, shape (n_rows, n_sets)
            Target → reduction; ``co2e_t`` is the CO2e of all of them.

        Notes
        -----
        On one base the remaining fractions multiply, :math:`b \prod_m (1 - f_m)`;
        different bases add (methods §7.5). Increases add as they are. CO2e stated of
        the whole enterprise acts on what the saved energy leaves of it. Supply-side
        measures come last: own power replaces no more than the others leave, and
        green power is bought for what is then left to buy.
        """
        taken = self.taken(sets, per_unit)
        found = {target: part.total() for target, part in taken.items()}
        none = np.zeros((len(self.enterprises), sets.shape[-2]))
        carbon = (per_unit.get(name, 0.0) * part for name, part in found.items())
        return found | {CARBON: sum(carbon, start=none)}

    def taken(self, sets: Mask, per_unit: Mapping[str, float]) -> dict[str, Taken]:
        """Return what sets take from each target by the way it combines.

        Parameters
        ----------
        sets, per_unit
            As in :meth:`together`.

        Returns
        -------
        dict of str to Taken
            Of ``co2e_t`` only what measures take that state it themselves.
        """
        members = sets.astype(np.float64)
        found: dict[str, Taken] = {}
        saved = np.zeros((len(self.enterprises), members.shape[-2]))
        for target in sorted(self.targets, key=_turn):
            base = self.own[self.targets.index(target)][:, None]
            if target == CARBON:
                base = np.maximum(base - saved, 0.0)
            if target == GREEN and GRID in found:
                base = np.maximum(base - found[GRID].total(), 0.0)
            found[target] = self._taken(target, base, members)
            if target != GREEN:
                saved = saved + per_unit.get(target, 0.0) * found[target].saved
        return found

    def _taken(self, target: str, base: Floats, members: Floats) -> Taken:
        """Return what sets take from a base of one target."""
        amounts = self.amounts[self.targets.index(target)]
        logs = _summed(self.logs(target), members)
        saved = np.negative(base * np.expm1(logs))
        added = _summed(np.minimum(amounts, 0.0), members)
        offered = _summed(np.maximum(amounts * self.supplies(target), 0.0), members)
        left = np.maximum(base - saved - added, 0.0)
        return Taken(saved, added, np.minimum(offered, left))

    def supplies(self, target: str) -> Mask:
        """Return which measures supply a target by amount, not by share of a base."""
        return self.supply & (target != GREEN)

    def logs(self, target: str) -> Floats:
        """Return the logarithm of what each measure of efficiency leaves of a target.

        Returns
        -------
        numpy.ndarray, shape (n_rows, n_techniques)
            At most 0; 0 for increases and supply-side measures.
        """
        place = self.targets.index(target)
        own, reductions = self.own[place][:, None], self.amounts[place]
        reductions = np.where(self.supplies(target), 0.0, np.maximum(reductions, 0.0))
        fractions = np.zeros_like(reductions)
        np.divide(reductions, own, out=fractions, where=reductions > 0)
        with np.errstate(divide="ignore"):
            logs = np.log1p(-np.minimum(fractions, 1.0))
        return np.asarray(np.maximum(logs, _NOTHING_LEFT))


def _turn(target: str) -> int:
    """Return when a target has its turn: last what acts on what others leave."""
    return {GREEN: 1, CARBON: 2}.get(target, 0)


def _summed(parts: Floats, members: Floats) -> Floats:
    """Return the sums over the members of every set, shape (n_rows, n_sets)."""
    return np.asarray(np.matmul(members, parts[:, :, None])[..., 0], dtype=np.float64)


def measure_amounts(
    effects: pd.DataFrame,
    own: pd.DataFrame,
    catalogue: Catalogue,
    *,
    done: Collection[tuple[str, str]] = (),
) -> MeasureAmounts:
    """Return what each measure takes, ready to be combined.

    Parameters
    ----------
    effects : pandas.DataFrame
        As :func:`~synergy_lib.techniques.effects.estimate_effects` returns it.
    own : pandas.DataFrame
        The enterprises' own quantities of the year, indexed by ``enterprise_id``; the
        rows of the result. Without effects nothing is usable.
    catalogue : Catalogue
        Which measures exclude or require each other, and which supply energy.
    done : collection of (str, str)
        Enterprise and technique already carried out; not usable again.

    Returns
    -------
    MeasureAmounts

    Raises
    ------
    InputDataError
        If a column of the effects is missing, a pair stands twice, or they name an
        enterprise without data of the year.
    """
    _check(effects, own)
    effects = effects[effects["status"] == "estimated"]
    techniques = pd.Index(effects["technique_id"].unique(), name="technique_id")
    rows = own.index.get_indexer(pd.Index(effects["enterprise_id"]))
    places = techniques.get_indexer(pd.Index(effects["technique_id"]))
    usable = np.zeros((len(own), len(techniques)), dtype=bool)
    finished = set(done)
    pairs = zip(effects["enterprise_id"], effects["technique_id"], strict=True)
    usable[rows, places] = [pair not in finished for pair in pairs]
    targets = tuple(t for t in TARGETS if _column(t, "mode") in effects)
    have, bounds = (
        np.zeros((len(targets), len(own))),
        np.zeros((len(BOUNDS), len(targets), *usable.shape)),
    )
    for place, target in enumerate(targets):
        have[place] = _own(own, target)
        for number, bound in enumerate(BOUNDS):
            found = effects[_column(target, bound)].to_numpy(dtype=np.float64)
            bounds[number, place, rows, places] = np.nan_to_num(found)
    low, mode, high = bounds
    # A reduction of what is not known, or of more than there is, says nothing.
    most = have[:, :, None] * (1 + 1e-9)
    usable &= ((mode <= 0) | (mode <= most)).all(axis=0)
    relations = measure_relations(catalogue, techniques)
    usable, has = relations.usable(usable, own.index, done)
    return MeasureAmounts(
        enterprises=own.index,
        techniques=techniques,
        targets=targets,
        own=have,
        amounts=np.where(usable, np.minimum(mode, most), 0.0),
        low=np.where(usable, low, 0.0),
        high=np.where(usable, high, 0.0),
        usable=usable,
        exclusive=relations.exclusive,
        requires=relations.requires,
        supply=relations.supply,
        has=has,
    )


def _check(effects: pd.DataFrame, own: pd.DataFrame) -> None:
    """Raise with what is wrong with the effects."""
    keys = ["enterprise_id", "technique_id"]
    require_columns(effects, [*keys, "status"], "效益")
    twice = effects[effects.duplicated(keys)]
    if len(twice):
        enterprise, technique = twice[keys].astype(str).iloc[0]
        what = f"{enterprise}的{technique}出现多次"
        raise InputDataError(Problem("措施效益", what, "每家企业每项技术一行"))
    strange = sorted(set(effects["enterprise_id"]) - set(own.index))
    if strange:
        what = f"{len(strange)}家企业没有当年数据，如 {'、'.join(strange[:5])}"
        raise InputDataError(Problem("措施效益", what))


def _column(target: str, bound: str) -> str:
    """Return the column of the effects that holds a bound of a target's amount."""
    stem, unit = TARGETS[target]
    return amount_column(stem, bound, unit)


def _own(own: pd.DataFrame, target: str) -> Floats:
    """Return what the enterprises have of a target, 0 where not known."""
    columns = sorted({target, GRID, GREEN})
    known = own.reindex(columns=columns).fillna(0.0).astype(np.float64)
    found = known[target]
    if target == GREEN:
        found = (known[GRID] - known[GREEN]).clip(lower=0.0)
    return found.to_numpy(dtype=np.float64)
