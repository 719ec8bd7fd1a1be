"""What measures exclude, require, and come after, as the catalogue says it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.relations import measure_relations

IDS = pd.Index(["T41", "T42", "T43", "T11"])
ROWS = pd.Index(["a", "b"])


def with_relations(**cells):
    """Return the shipped catalogue, technique → column and cell changed."""
    catalogue = load_catalogue()
    table = catalogue.techniques.copy()
    for technique, (column, cell) in cells.items():
        table.loc[technique, column] = cell
    return dataclasses.replace(catalogue, techniques=table)


def test_what_excludes_does_so_both_ways():
    catalogue = with_relations(T41=("exclusive_with", "T42; T43"))
    pairs = measure_relations(catalogue, IDS).exclusive
    assert np.array_equal(pairs, pairs.T)
    assert pairs.sum(axis=1).tolist() == [2, 1, 2, 1]


def test_the_shipped_supply_side_measures_are_own_and_green_power():
    catalogue = load_catalogue()
    names = catalogue.techniques.index
    found = measure_relations(catalogue, names).supply
    assert names[found].tolist() == ["T18", "T44"]


def test_a_requirement_must_be_usable_or_carried_out():
    catalogue = with_relations(
        T41=("requires", "T42"), T42=("requires", "T43"), T11=("requires", "T45")
    )
    relations = measure_relations(catalogue, IDS)
    assert relations.elsewhere == ((), (), (), ("T45",))
    usable = np.array([[True, True, False, True], [True, False, True, True]])
    left, has = relations.usable(usable, ROWS, [("b", "T42"), ("a", "T45")])
    # a: T43 cannot be had, so neither can T42 nor T41; b has T42 already.
    assert left.tolist() == [[False, False, False, True], [True, False, True, False]]
    assert has.tolist() == [[False] * 4, [False, True, False, False]]


def test_techniques_outside_the_catalogue_have_no_relations():
    relations = measure_relations(load_catalogue(), pd.Index(["X1", "X2"]))
    assert not relations.exclusive.any()
    assert not relations.requires.any()
    assert not relations.supply.any()
    left, has = relations.usable(np.ones((0, 2), dtype=bool), ROWS[:0], [])
    assert left.shape == has.shape == (0, 2)


@pytest.mark.parametrize(
    ("column", "cells", "expected"),
    [
        ("requires", {0: "T99"}, ["没有技术“T99”"]),
        ("requires", {0: "T01"}, ["T01 写了它自己"]),
        ("exclusive_with", {0: "T01"}, ["T01 写了它自己"]),
        ("requires", {0: "T02", 1: "T01"}, ["前提成环"]),
        ("requires", {0: "T02", 1: "T03", 2: "T01"}, ["前提成环"]),
        ("supply_side", {0: "maybe"}, ["“maybe”不是可用的值"]),
    ],
)
def test_a_wrong_relation_is_refused_with_its_row(
    copy, refused, column, cells, expected
):
    path = copy(catalogue={(row, column): cell for row, cell in cells.items()})
    problems = refused(path)
    assert len(problems) == len(expected)
    for problem, what in zip(problems, expected, strict=True):
        assert problem.startswith(f"catalogue.csv 第 2 行 {column}")
        assert what in problem


def test_required_and_excluded_at_once_is_refused(copy, refused):
    cells = {(0, "requires"): "T02;T03", (0, "exclusive_with"): "T03"}
    expected = ["catalogue.csv 第 2 行 requires：T03 既是前提又互斥；应为：二者取一"]
    assert refused(copy(catalogue=cells)) == expected
