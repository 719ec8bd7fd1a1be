"""Decompose a chain of amounts for every enterprise, and for their sum, over years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from synergy_lib.schema import PARK, code_labels
from synergy_lib.trends.decomposition.comparison import (
    JUDGED,
    Compared,
    Span,
    chained,
    chained_spans,
    compared,
    direct_spans,
    effect_table,
)
from synergy_lib.trends.decomposition.terms import (
    Flags,
    Floats,
    amount_factors,
    lmdi_terms,
)

__all__ = ["Amounts", "decompose_enterprises", "decompose_park"]


@dataclass(frozen=True, eq=False)
class Amounts:
    """The amounts that an identity is made of.

    Parameters
    ----------
    quantity : str
        Column that is decomposed.
    output_name : str
        Column of the output.
    units : pandas.Index
        Enterprises.
    years : tuple of int
        In order.
    output : numpy.ndarray, shape (n_units, n_years)
        What structure is a share of; its unit does not matter.
    values : numpy.ndarray, shape (n_units, n_years, n_sectors, n_factors)
        From the output to the sector's emission; each divided by the one before it is
        a factor. A sector whose emission is known, but another amount not, cannot be
        decomposed.
    effects : sequence of sequences of str, n_sectors × n_factors
        The effect that each factor of each sector counts towards.
    present : numpy.ndarray of bool, shape (n_units, n_years)
        Whether the panel has the row. Before its first and after its last row an
        enterprise is not in the park; in between the row is missing.
    missing : mapping of str to numpy.ndarray of bool, shape (n_units, n_years)
        Status → where that figure is missing, the first to be named first.
    """

    quantity: str
    output_name: str
    units: pd.Index
    years: tuple[int, ...]
    output: Floats
    values: Floats
    effects: Sequence[Sequence[str]]
    present: Flags
    missing: Mapping[str, Flags]

    @property
    def absent(self) -> Flags:
        """Where an enterprise has not come yet, or has gone."""
        seen = np.logical_or.accumulate(self.present, axis=1)
        still = np.logical_or.accumulate(self.present[:, ::-1], axis=1)[:, ::-1]
        return np.asarray(~(seen & still))

    @property
    def problems(self) -> dict[str, Flags]:
        """Where a year cannot be used, by reason, the first to be named first."""
        gap = ~self.present & ~self.absent
        return {"no_row": gap} | {
            code: where & self.present for code, where in self.missing.items()
        }

    @property
    def totals(self) -> Floats:
        """Emission by enterprise and year; zero where absent, NaN where unknown."""
        total = self.values[..., -1].sum(axis=-1)
        unknown = ~self.present | self.missing["no_value"]
        return np.where(self.absent, 0.0, np.where(unknown, np.nan, total))


class _Found(NamedTuple):
    """Effects by unit with the residual last; whether sectors, or all, are split."""

    effects: Floats
    is_split: Flags
    is_whole: Flags


class _Complete(NamedTuple):
    """Enterprises with every figure, and the main reason why others lack one."""

    usable: Flags
    problem: str


def decompose_enterprises(
    amounts: Amounts, base_year: int | None = None
) -> pd.DataFrame:
    """Return the effects in every enterprise.

    Parameters
    ----------
    amounts : Amounts
    base_year : int, optional
        Start of the chained and fixed-base spans; the first year if omitted.

    Returns
    -------
    pandas.DataFrame
        As :func:`synergy_lib.trends.decomposition.identities.enterprise_carbon`.
    """
    spans = direct_spans(amounts.years, base_year)
    codes = _codes(amounts.effects)
    gather = _gather(amounts.effects, codes)
    found = {span: _compare_enterprises(amounts, span, gather) for span in spans}
    sums = chained_spans(spans)
    base = sums[0].first if sums else len(amounts.years)
    steps = [found[span] for span in spans if span.basis == "step"][base:]
    found |= dict(zip(sums, chained(steps, [s.counts for s in steps]), strict=True))
    rows = list(found.items())
    return effect_table(
        (amounts.quantity, amounts.output_name),
        list(amounts.units),
        amounts.years,
        codes,
        rows,
    )


def decompose_park(amounts: Amounts, base_year: int | None = None) -> pd.DataFrame:
    """Return the effects in the sum over enterprises, structure among them.

    Parameters
    ----------
    amounts, base_year
        As for :func:`decompose_enterprises`.

    Returns
    -------
    pandas.DataFrame
        As :func:`synergy_lib.trends.decomposition.identities.park_carbon`.

    Notes
    -----
    Each span counts the enterprises whose figures are complete at both ends, chained
    spans those complete in every year from the base year to the last, so that steps
    add up. An enterprise that comes or goes counts with zero where it is absent.
    """
    effects = [("scale", "structure", *sector[1:]) for sector in amounts.effects]
    codes = _codes(effects)
    gather = _gather(effects * len(amounts.units), codes)
    spans = direct_spans(amounts.years, base_year)
    found = {
        span: _compare_park(amounts, span, gather, _complete(amounts, _ends(span)))
        for span in spans
    }
    sums = chained_spans(spans)
    if sums:
        base = sums[0].first
        always = _complete(amounts, list(range(base, len(amounts.years))))
        steps = [
            _compare_park(amounts, span, gather, always)
            for span in spans
            if span.basis == "step" and span.first >= base
        ]
        counts = [_counts(amounts, span, always.usable) for span in sums]
        found |= dict(zip(sums, chained(steps, counts), strict=True))
    return effect_table(
        (amounts.quantity, amounts.output_name),
        [PARK],
        amounts.years,
        codes,
        list(found.items()),
    )


def _ends(span: Span) -> list[int]:
    return [span.first, span.last]


def _codes(effects: Sequence[Sequence[str]]) -> list[str]:
    """Return the effects of an identity in the order they are printed in."""
    used = {code for sector in effects for code in sector}
    return [str(c) for c in code_labels("decomposition_effect").index if c in used]


def _gather(effects: Sequence[Sequence[str]], codes: Sequence[str]) -> Floats:
    """Return the matrix that adds the factors of all sectors up to effects."""
    flat = np.array([code for sector in effects for code in sector])
    return np.asarray(flat[:, None] == np.array(codes), dtype=np.float64)


def _find(start: Floats, end: Floats, gather: Floats) -> _Found:
    """Return the effects of units, shape (n_units, n_sectors, n_factors)."""
    values = start[..., -1], end[..., -1]
    terms = lmdi_terms(*amount_factors(start, end), values)
    effects = terms.effects.reshape(len(start), -1) @ gather
    residual = terms.residual.sum(axis=-1, keepdims=True)
    emits = (np.abs(values[0]) + np.abs(values[1])) > 0
    is_split = np.asarray((emits & ~terms.usable).any(axis=-1))
    is_whole = is_split & ~np.asarray((emits & terms.usable).any(axis=-1))
    return _Found(np.concatenate([effects, residual], axis=-1), is_split, is_whole)


def _compare_enterprises(amounts: Amounts, span: Span, gather: Floats) -> Compared:
    ends = _ends(span)
    start, end = (amounts.values[:, at] for at in ends)
    found = _find(start, end, gather)
    status = np.select(
        [found.is_whole, found.is_split], ["not_decomposable", "partial"], "decomposed"
    ).astype(object)
    for code, where in reversed(amounts.problems.items()):
        status[where[:, ends].any(axis=1)] = code
    absent = amounts.absent[:, ends]
    status[absent.any(axis=1)] = "absent"
    status[absent.all(axis=1)] = ""
    totals = amounts.totals[:, ends]
    is_judged = np.isin(status.astype(str), JUDGED)
    counts = np.zeros((len(status), 5))
    counts[:, 0], counts[:, 1] = is_judged, ~is_judged
    counts[:, 4] = np.where(is_judged, 1.0, np.nan)
    return compared(totals[:, 0], totals[:, 1], found.effects, status, counts)


def _compare_park(
    amounts: Amounts, span: Span, gather: Floats, complete: _Complete
) -> Compared:
    """Compare the sums over enterprises, each sector of each one by itself."""
    ends = _ends(span)
    absent = amounts.absent[:, ends]
    counted = complete.usable & ~absent.all(axis=1)
    counts = _counts(amounts, span, complete.usable)
    if not counted.any():
        nan = np.full(1, np.nan)
        blank = np.full((1, gather.shape[1] + 1), np.nan)
        status = np.array([complete.problem], dtype=object)
        return compared(nan, nan, blank, status, counts)
    start, end = _park_chains(amounts, ends, counted)
    found = _find(start, end, gather[: start.shape[1] * start.shape[2]])
    is_partial = found.is_split | (counts[:, 1] > 0)
    status = np.select(
        [found.is_whole, is_partial], ["not_decomposable", "partial"], "decomposed"
    ).astype(object)
    totals = amounts.totals[counted][:, ends].sum(axis=0)
    return compared(totals[:1], totals[1:], found.effects, status, counts)


def _park_chains(
    amounts: Amounts, ends: list[int], counted: Flags
) -> tuple[Floats, Floats]:
    """Return the chains of all counted enterprises after the park's output.

    Shape (1, n_enterprises · n_sectors, n_factors + 1). An enterprise whose output
    is negative at either end is split out, and has no part in the park's.
    """
    gone = amounts.absent[counted][:, ends]
    output = np.where(gone, 0.0, amounts.output[counted][:, ends])
    output = np.where((output < 0).any(axis=1, keepdims=True), 0.0, output)
    values = np.where(gone[..., None, None], 0.0, amounts.values[counted][:, ends])
    total = np.broadcast_to(
        output.sum(axis=0)[None, :, None, None], (*values.shape[:3], 1)
    )
    chains = np.concatenate([total, values], axis=-1)
    start, end = (chains[:, at].reshape(1, -1, chains.shape[-1]) for at in (0, 1))
    return start, end


def _counts(amounts: Amounts, span: Span, usable: Flags) -> Floats:
    """Return how many enterprises count, are left out, came and went; their share."""
    absent = amounts.absent[:, _ends(span)]
    there = ~absent.all(axis=1)
    counted = usable & there
    value = np.nan_to_num(amounts.totals[:, span.last])
    total = value.sum()
    share = value[counted].sum() / total if total > 0 else np.nan
    came, went = counted & absent[:, 0], counted & absent[:, 1]
    numbers = [counted.sum(), (there & ~counted).sum(), came.sum(), went.sum(), share]
    return np.array([numbers], dtype=np.float64)


def _complete(amounts: Amounts, positions: list[int]) -> _Complete:
    """Return who has every figure in some years, and what most of the others lack."""
    lacking = {
        code: where[:, positions].any(axis=1)
        for code, where in amounts.problems.items()
    }
    usable = ~np.any(list(lacking.values()), axis=0)
    return _Complete(usable, max(lacking, key=lambda code: int(lacking[code].sum())))
