"""The fewest indicators that close a gap, and the least effort on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synergy_lib.errors import MethodError

__all__ = ["Selection", "select_fewest"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# A gap this small, in units of the gains, is closed.
CLOSED = 1e-11


@dataclass(frozen=True)
class Selection:
    """What every row has to do.

    Parameters
    ----------
    chosen : numpy.ndarray of bool, shape (n_rows, n_items)
        Items that are used.
    share : numpy.ndarray, shape (n_rows, n_items)
        Share of each item's possible gain that is needed, 0 … 1 [-].
    feasible : numpy.ndarray of bool, shape (n_rows,)
        False where all items together do not close the gaps; nothing is chosen then.
    """

    chosen: Mask
    share: Floats
    feasible: Mask


def select_fewest(
    gain: Floats,
    need: Floats,
    *,
    member: Mask,
    need_in_group: Floats,
    least: Floats,
) -> Selection:
    r"""Choose the fewest items whose gains meet all needs, then the least effort.

    Parameters
    ----------
    gain : numpy.ndarray, shape (n_rows, n_items)
        Largest gain of each item, not negative.
    need : numpy.ndarray, shape (n_rows,)
        Gain needed in all; none where not positive.
    member : numpy.ndarray of bool, shape (n_items, n_groups)
        Group of each item, at most one.
    need_in_group : numpy.ndarray, shape (n_rows, n_groups)
        Gain needed from the items of each group, in the same unit.
    least : numpy.ndarray, shape (n_rows, n_items)
        Share of its gain that an item must contribute in any case, 0 … 1; an item
        with a positive one is always chosen. Not in a row that has group needs.

    Returns
    -------
    Selection

    Raises
    ------
    MethodError
        If a gain is negative or missing, a share lies outside 0 … 1, an item is in two
        groups, or a row has both compulsory items and needs of groups, for which
        greedy would not be exact.

    Notes
    -----
    An item used to the share t gives t times its gain; effort is the sum of the
    shares. Greedy is exact, first for the number of items, then for the effort:

    *Number.* Let group g have needs that its k_g largest gains just meet. Any
    feasible set has at least k_g of its items. For given counts
    per group the largest gains of each group are the best choice: they meet the
    group's need if any choice does, and add most to the whole. So of all sets of one
    size the compulsory items, the k_g largest of each group and then the largest of
    the rest gain most, and the smallest such set that reaches the whole need is the
    smallest there is. Without groups: any k gains sum to at most the k largest.

    *Effort.* On a chosen set the gain of a group is a concave function of the effort
    spent on it, largest gains first; meeting each group's need so, and then adding
    where a unit of effort gains most, is optimal. A set of the same size with other
    items has, matched one to one within groups and among the rest, gains that are
    nowhere larger, so the same shares close less.
    """
    _check(gain, member, least)
    if ((least > 0).any(axis=1) & (need_in_group > 0).any(axis=1)).any():
        raise MethodError("改进方案：必须完成的指标与维度要求不能同时出现")
    order = np.argsort(-gain, axis=1, kind="stable")
    gain, least = (np.take_along_axis(a, order, axis=1) for a in (gain, least))
    in_group = member[order]
    needs = np.maximum(need_in_group, 0.0)
    feasible = gain.sum(axis=1) >= need - CLOSED
    feasible &= (np.einsum("ij,ijk->ik", gain, in_group) >= needs - CLOSED).all(axis=1)
    chosen = _choose(gain, need, in_group, needs, least > 0)
    share = _shares(np.where(chosen, gain, 0.0), need, in_group, needs, least)
    chosen &= feasible[:, None]
    share = np.where(chosen, share, 0.0)
    back = np.argsort(order, axis=1, kind="stable")
    return Selection(
        chosen=np.take_along_axis(chosen, back, axis=1),
        share=np.take_along_axis(share, back, axis=1),
        feasible=np.asarray(feasible, dtype=np.bool_),
    )


def _check(gain: Floats, member: Mask, least: Floats) -> None:
    if not (gain >= 0).all():
        raise MethodError("改进方案：可提升量缺失或为负")
    if not ((least >= 0) & (least <= 1)).all():
        raise MethodError("改进方案：必须完成的份额须在0–1之间")
    if (member.sum(axis=1) > 1).any():
        raise MethodError("改进方案：一个指标只能属于一个维度")


def _choose(
    gain: Floats, need: Floats, in_group: Mask, needs: Floats, forced: Mask
) -> Mask:
    """Return the items of the smallest set; gains in falling order."""
    chosen = forced.copy()
    for group in range(needs.shape[1]):
        own = in_group[:, :, group]
        free = gain * own
        before = np.cumsum(free, axis=1) - free
        chosen |= (free > 0) & (before < needs[:, [group]] - CLOSED)
    given = (gain * chosen).sum(axis=1, keepdims=True)
    free = np.where(chosen, 0.0, gain)
    before = given + np.cumsum(free, axis=1) - free
    more = (free > 0) & (before < need[:, None] - CLOSED)
    return np.asarray(chosen | more, dtype=np.bool_)


def _shares(
    gain: Floats, need: Floats, in_group: Mask, needs: Floats, least: Floats
) -> Floats:
    """Return the shares of least effort; gains of chosen items in falling order."""
    share = least.copy()
    for group in range(needs.shape[1]):
        own = np.where(in_group[:, :, group], gain, 0.0)
        share += _filled(own, share, needs[:, group])
    return share + _filled(gain, share, need)


def _filled(gain: Floats, share: Floats, need: Floats) -> Floats:
    """Return what to add to the shares so that the gains meet a need."""
    missing = need - (gain * share).sum(axis=1)
    free = gain * (1 - share)
    before = np.cumsum(free, axis=1) - free
    added = np.clip(missing[:, None] - before, 0.0, free)
    result = np.zeros_like(gain)
    np.divide(added, gain, out=result, where=gain > 0)
    return result
