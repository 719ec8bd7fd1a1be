"""The fewest items and the least effort, against all subsets."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from synergy_lib.errors import MethodError
from synergy_lib.scoring.selection import select_fewest

# Two groups of three items and one item without a group.
MEMBER = np.array([[1, 0]] * 3 + [[0, 1]] * 3 + [[0, 0]], dtype=bool)
ITEMS = len(MEMBER)


def least_effort(subset, gain, need, needs, least):
    """Return the least effort on a subset by linear programming, None if infeasible."""
    used = list(subset)
    if any(least[j] > 0 and j not in subset for j in range(ITEMS)):
        return None
    rows, bounds = [-gain[used]], [-need]
    for group in range(2):
        rows.append(-gain[used] * MEMBER[used, group])
        bounds.append(-needs[group])
    limits = [(least[j], 1) for j in used]
    found = linprog(np.ones(len(used)), np.array(rows), bounds, bounds=limits)
    return found.fun if found.success else None


def brute_force(gain, need, needs, least):
    """Return size and effort of the best subset; None where there is none."""
    for size in range(ITEMS + 1):
        if not size:
            if need <= 0 and (needs <= 0).all() and not least.any():
                return 0, 0.0
            continue
        efforts = [
            least_effort(subset, gain, need, needs, least)
            for subset in combinations(range(ITEMS), size)
        ]
        known = [effort for effort in efforts if effort is not None]
        if known:
            return size, min(known)
    return None


# Multiples of a quarter: a gap is either closed exactly or clearly not.
quarter = st.integers(0, 40).map(lambda k: k / 4)


@settings(max_examples=100)
@given(
    gain=st.lists(quarter, min_size=ITEMS, max_size=ITEMS),
    need=quarter.map(lambda v: v * 2),
    needs=st.tuples(quarter, quarter),
    forced=st.none() | st.tuples(st.integers(0, ITEMS - 1), st.sampled_from([0.25, 1])),
)
def test_select_fewest_is_the_best_of_all_subsets(gain, need, needs, forced):
    gain, needs, least = np.array(gain), np.array(needs), np.zeros(ITEMS)
    if forced:
        least[forced[0]], needs = forced[1], np.zeros(2)
    found = select_fewest(
        gain[None],
        np.array([need]),
        member=MEMBER,
        need_in_group=needs[None],
        least=least[None],
    )
    best = brute_force(gain, need, needs, least)
    assert found.feasible[0] == (best is not None)
    if best is None:
        assert not found.chosen.any()
        return
    assert found.chosen.sum() == best[0]
    assert found.share.sum() == pytest.approx(best[1], abs=1e-7)
    got = found.share[0] * gain
    assert got.sum() >= need - 1e-9
    assert (got @ MEMBER >= needs - 1e-9).all()
    assert (found.share >= 0).all()
    assert (found.share <= 1 + 1e-12).all()


def simple(gain, need):
    gain = np.array([gain], float)
    found = select_fewest(
        gain,
        np.array([float(need)]),
        member=np.zeros((gain.shape[1], 0), bool),
        need_in_group=np.zeros((1, 0)),
        least=np.zeros_like(gain),
    )
    return found.share[0].tolist(), bool(found.feasible[0])


def test_select_fewest_by_hand():
    assert simple([1, 5, 3], 6) == ([0, 1, pytest.approx(1 / 3)], True)
    assert simple([1, 5, 3], 5) == ([0, 1, 0], True)
    assert simple([1, 5, 3], 9.1) == ([0, 0, 0], False)
    assert simple([1, 5, 3], -2) == ([0, 0, 0], True)
    # Equal gains: the first in the order given.
    assert simple([2, 2], 2) == ([1, 0], True)


def test_rows_do_not_depend_on_each_other():
    rng = np.random.default_rng(4)
    gain, need = rng.uniform(0, 5, (50, ITEMS)), rng.uniform(0, 25, 50)
    needs, least = rng.uniform(-3, 6, (50, 2)), np.zeros((50, ITEMS))
    whole = select_fewest(gain, need, member=MEMBER, need_in_group=needs, least=least)
    for row in range(50):
        one = slice(row, row + 1)
        own = select_fewest(
            gain[one],
            need[one],
            member=MEMBER,
            need_in_group=needs[one],
            least=least[one],
        )
        assert own.share[0].tolist() == whole.share[row].tolist()


@pytest.mark.parametrize(
    ("gain", "least", "member", "text"),
    [
        ([-1.0], [0.0], [[1, 0]], "缺失或为负"),
        ([np.nan], [0.0], [[1, 0]], "缺失或为负"),
        ([1.0], [1.5], [[1, 0]], "0–1之间"),
        ([1.0], [0.0], [[1, 1]], "一个维度"),
    ],
)
def test_errors(gain, least, member, text):
    with pytest.raises(MethodError, match=text):
        select_fewest(
            np.array([gain]),
            np.array([1.0]),
            member=np.array(member, bool),
            need_in_group=np.zeros((1, 2)),
            least=np.array([least]),
        )


def test_compulsory_items_and_group_needs_are_refused_together():
    # Greedy would spend 1.5 here where 1.125 do.
    gain = np.array([[0, 0, 0.5, 0.5, 0, 0.25, 0]])
    least = np.zeros_like(gain)
    least[0, 5] = 0.25
    with pytest.raises(MethodError, match="不能同时出现"):
        select_fewest(
            gain,
            np.array([0.5]),
            member=MEMBER,
            need_in_group=np.array([[0.0, 0.25]]),
            least=least,
        )
