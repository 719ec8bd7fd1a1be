"""Spans of years, what is found between their ends, sums over steps, the long table."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.schema import code_labels
from synergy_lib.trends.decomposition.terms import Floats, log_mean

__all__ = [
    "JUDGED",
    "RESIDUAL",
    "Compared",
    "Span",
    "chained",
    "chained_spans",
    "compared",
    "direct_spans",
    "effect_table",
]

RESIDUAL = "residual"
JUDGED = ("decomposed", "partial")
COUNTS = ("n", "left_out", "entered", "left", "covered_share")

Texts = npt.NDArray[np.object_]


class Span(NamedTuple):
    """Two positions in the years, and how the years between them are treated."""

    basis: str
    first: int
    last: int


class Compared(NamedTuple):
    """What moved each unit between the two ends of a span.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (n_units,)
    effects : numpy.ndarray, shape (n_units, n_effects + 1)
        The residual last; NaN where the status does not allow them.
    logarithms : numpy.ndarray, shape (n_units, n_effects + 1)
        Of the ratios whose product is end by start. [-]
    status : numpy.ndarray of str, shape (n_units,)
    counts : numpy.ndarray, shape (n_units, 5)
        Enterprises counted, left out, entered and left; share of the emission that
        the counted ones cover in the later year.
    """

    start: Floats
    end: Floats
    effects: Floats
    logarithms: Floats
    status: Texts
    counts: Floats


def direct_spans(years: Sequence[int], base_year: int | None) -> list[Span]:
    """Return the steps between neighbouring years and the spans from the base year."""
    base = 0 if base_year is None else list(years).index(base_year)
    steps = [Span("step", *pair) for pair in itertools.pairwise(range(len(years)))]
    fixed = [Span("fixed", base, last) for last in range(base + 1, len(years))]
    return steps + fixed


def chained_spans(spans: Sequence[Span]) -> list[Span]:
    """Return the spans from the base year whose effects are sums over steps."""
    return [span._replace(basis="chain") for span in spans if span.basis == "fixed"]


def compared(
    start: Floats, end: Floats, effects: Floats, status: Texts, counts: Floats
) -> Compared:
    """Blank what the status does not allow, and add the logarithms of the ratios."""
    is_judged = np.isin(status.astype(str), JUDGED)
    keeps_residual = is_judged | (status == "not_decomposable")
    allowed = np.repeat(is_judged[:, None], effects.shape[1], axis=1)
    allowed[:, -1] = keeps_residual
    effects = np.where(allowed, effects, np.nan)
    with np.errstate(all="ignore"):
        logarithms = effects / log_mean(end, start)[:, None]
    has_ratio = is_judged & (start > 0) & (end > 0)
    logarithms = np.where(has_ratio[:, None], logarithms, np.nan)
    return Compared(start, end, effects, logarithms, status, counts)


def chained(steps: Sequence[Compared], counts: Sequence[Floats]) -> list[Compared]:
    """Return the sums of effects from the first step to each, NaN after a gap."""
    sums: list[Compared] = []
    for step, count in zip(steps, counts, strict=True):
        before = sums[-1] if sums else None
        effects, logarithms, status = step.effects, step.logarithms, step.status
        if before is not None:
            failed = ~np.isin(before.status.astype(str), JUDGED)
            status = np.where(failed, before.status, status)
            was_partial = (before.status == "partial") & (status == "decomposed")
            status = np.where(was_partial, "partial", status).astype(object)
            effects = before.effects + effects
            logarithms = before.logarithms + logarithms
        start = step.start if before is None else before.start
        failed = ~np.isin(status.astype(str), JUDGED)
        effects = np.where(failed[:, None], np.nan, effects)
        sums.append(Compared(start, step.end, effects, logarithms, status, count))
    return sums


def effect_table(
    names: tuple[str, str],
    units: Sequence[str],
    years: Sequence[int],
    codes: Sequence[str],
    found: Sequence[tuple[Span, Compared]],
) -> pd.DataFrame:
    """Return one row a span, unit and effect; units away at both ends are left out.

    Parameters
    ----------
    names : (str, str)
        Column that is decomposed, and column of the output.
    units : sequence of str
    years : sequence of int
    codes : sequence of str
        Effects, without the residual.
    found : sequence of (Span, Compared)
        Empty where there is one year only, of which each unit then has its rows.

    Returns
    -------
    pandas.DataFrame
        The columns of :mod:`synergy_lib.trends.decomposition.identities`.
    """
    effects = [*codes, RESIDUAL]
    if not found:
        found = _one_year(len(units), len(effects))
    shape = (len(found), len(units), len(effects))
    spans = pd.DataFrame([span for span, _ in found])
    parts = [part for _, part in found]
    status = _long(np.array([part.status for part in parts]), shape)
    start, end = (
        _long(np.array([getattr(part, name) for part in parts]), shape)
        for name in ("start", "end")
    )
    columns: dict[str, object] = {
        "enterprise_id": np.tile(np.repeat(np.asarray(units), shape[2]), shape[0]),
        "quantity": names[0],
        "output": names[1],
        "basis": np.repeat(spans["basis"].to_numpy(), shape[1] * shape[2]),
    }
    for name, place in (("from_year", "first"), ("to_year", "last")):
        columns[name] = np.repeat(np.array(years)[spans[place]], shape[1] * shape[2])
    columns["effect"] = np.tile(np.asarray(effects), shape[0] * shape[1])
    amount = np.array([part.effects for part in parts]).ravel()
    columns |= {"start": start, "end": end, "change": end - start, "amount": amount}
    with np.errstate(all="ignore"):
        columns["share"] = np.where(start > 0, amount / start, np.nan)
        ratio = np.exp(np.array([part.logarithms for part in parts]).ravel())
    columns["ratio"] = ratio
    for at, name in enumerate(COUNTS):
        counts = _long(np.array([part.counts[:, at] for part in parts]), shape)
        columns[name] = counts if name == "covered_share" else counts.astype("int64")
    table = pd.DataFrame(columns | {"status": status})
    table = table[table["status"] != ""]
    return _named(table).reset_index(drop=True)


def _one_year(units: int, effects: int) -> list[tuple[Span, Compared]]:
    nan = np.full(units, np.nan)
    blank = np.full((units, effects), np.nan)
    counts = np.tile([0.0, 0.0, 0.0, 0.0, np.nan], (units, 1))
    status = np.full(units, "one_year", dtype=object)
    part = Compared(nan, nan, blank, blank, status, counts)
    return [(Span(basis, 0, 0), part) for basis in ("step", "chain", "fixed")]


def _long(values: npt.NDArray[Any], shape: tuple[int, int, int]) -> npt.NDArray[Any]:
    """Return values by span and unit, repeated for each effect."""
    return np.repeat(values.ravel(), shape[2])


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Add the labels of the effects after them, and the reasons at the end."""
    labels = code_labels("decomposition_effect")
    reasons = code_labels("decomposition_status")
    at = list(table.columns).index("effect")
    for place, language in enumerate(("zh", "en"), start=1):
        label = table["effect"].map(labels[f"label_{language}"])
        table.insert(at + place, f"label_{language}", label)
        reason = table["status"].map(reasons[f"label_{language}"])
        table[f"reason_{language}"] = reason
    return table
