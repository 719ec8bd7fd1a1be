"""What measures exclude, require or come after each other, as arrays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.techniques.catalogue import Catalogue
from synergy_lib.techniques.vocabulary import named_techniques

__all__ = ["Relations", "measure_relations"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Relations:
    """The relations of some techniques.

    Parameters
    ----------
    techniques : pandas.Index
    exclusive : numpy.ndarray of bool, shape (n_techniques, n_techniques)
        Pairs that exclude each other, whichever of them says so.
    requires : numpy.ndarray of bool, shape (n_techniques, n_techniques)
        What the technique of a row requires.
    elsewhere : tuple of tuple of str
        What each requires that is not among the techniques.
    supply : numpy.ndarray of bool, shape (n_techniques,)
        Those that supply energy.
    """

    techniques: pd.Index
    exclusive: Mask
    requires: Mask
    elsewhere: tuple[tuple[str, ...], ...]
    supply: Mask

    def usable(
        self, usable: Mask, enterprises: pd.Index, done: Collection[tuple[str, str]]
    ) -> tuple[Mask, Mask]:
        """Return what is usable where requirements can be met, and what is done.

        Parameters
        ----------
        usable : numpy.ndarray of bool, shape (n_rows, n_techniques)
            Whatever is required.
        enterprises : pandas.Index
            Of the rows.
        done : collection of (str, str)
            Enterprise and technique already carried out.

        Returns
        -------
        usable, has : numpy.ndarray of bool, shape (n_rows, n_techniques)
            A requirement can be met that is usable itself, or carried out.
        """
        finished = set(done)

        def carried_out(names: Collection[str]) -> Mask:
            found = [[(row, name) in finished for name in names] for row in enterprises]
            return np.array(found, dtype=bool).reshape(len(enterprises), len(names))

        has = carried_out(self.techniques)
        met = [carried_out(names).all(axis=1) for names in self.elsewhere]
        possible = usable & np.array(met, dtype=bool).reshape(has.T.shape).T
        while True:
            lacking = (~(possible | has)).astype(int) @ self.requires.T.astype(int)
            left = possible & (lacking == 0)
            if (left == possible).all():
                return left, has
            possible = left


def measure_relations(catalogue: Catalogue, techniques: pd.Index) -> Relations:
    """Return the relations of techniques; one that is not in the catalogue has none."""
    table = catalogue.techniques.reindex(techniques)

    def named(column: str) -> list[list[str]]:
        return [named_techniques(cell) for cell in table[column].fillna("")]

    def pairs(names: list[list[str]]) -> Mask:
        found = [techniques.isin(row) for row in names]
        return np.array(found, dtype=bool).reshape(len(names), len(names))

    exclusive, required = pairs(named("exclusive_with")), named("requires")
    return Relations(
        techniques=techniques,
        exclusive=exclusive | exclusive.T,
        requires=pairs(required),
        elsewhere=tuple(
            tuple(name for name in row if name not in techniques) for row in required
        ),
        supply=np.asarray(table["supply_side"] == "yes", dtype=np.bool_),
    )
