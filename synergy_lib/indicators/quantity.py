"""A column of numbers that remembers why some of them are missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "DATA_ERROR",
    "Floats",
    "Gap",
    "MISSING",
    "Mask",
    "NOT_APPLICABLE",
    "Quantity",
    "UNDEFINED",
    "combine",
    "constant",
    "divide",
    "not_positive",
]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Why a number is missing. Only NOT_APPLICABLE takes the indicator's weight away;
# the others count against the coverage of the enterprise's data.
MISSING = "missing"
UNDEFINED = "undefined"
NOT_APPLICABLE = "not_applicable"
DATA_ERROR = "data_error"


@dataclass(frozen=True)
class Gap:
    """Rows without a number (or with a doubtful one), and why.

    Parameters
    ----------
    mask : numpy.ndarray of bool, shape (n_rows,)
        Rows concerned.
    kind : str
        ``missing``, ``undefined``, ``not_applicable`` or ``data_error``.
    text : str
        What the reader is told; for ``missing`` the label of the column.
    """

    mask: Mask
    kind: str
    text: str


@dataclass(frozen=True)
class Quantity:
    """Values of one (sub)expression on every row of a frame.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n_rows,)
        The numbers; NaN where there is none.
    label : str
        How a message names the quantity.
    gaps : tuple of Gap
        Reasons of the NaN.
    flags : tuple of Gap
        Rows whose number was kept although something is wrong with it.
    positive_text : str
        What is said where the quantity is a denominator and not positive.
    texts : numpy.ndarray of str, optional
        Words for the values of a tier, shape (n_rows,).
    """

    values: Floats
    label: str
    gaps: tuple[Gap, ...] = ()
    flags: tuple[Gap, ...] = ()
    positive_text: str = ""
    texts: npt.NDArray[Any] | None = None

    def without(self, mask: Mask, kind: str, text: str) -> Quantity:
        """Return the quantity with NaN, and a reason, on the rows of a mask."""
        if not mask.any():
            return self
        values = np.where(mask, np.nan, self.values)
        return replace(self, values=values, gaps=(*self.gaps, Gap(mask, kind, text)))

    def excused(self, mask: Mask) -> Quantity:
        """Return the quantity without the gaps on the rows of a mask."""
        gaps = tuple(replace(gap, mask=gap.mask & ~mask) for gap in self.gaps)
        return replace(self, gaps=gaps)


def constant(value: float, rows: int) -> Quantity:
    """Return a number as a quantity on every row."""
    return Quantity(np.full(rows, value), f"{value:g}")


def combine(values: Floats, label: str, *parts: Quantity) -> Quantity:
    """Return a quantity that inherits the gaps and flags of its parts."""
    return Quantity(
        values,
        label,
        gaps=tuple(gap for part in parts for gap in part.gaps),
        flags=tuple(flag for part in parts for flag in part.flags),
    )


def not_positive(quantity: Quantity) -> Quantity:
    """Return NaN with a reason where a quantity cannot be a denominator.

    Notes
    -----
    An indicator is a share of, or an amount per, something that exists: zero and
    negative denominators give no number, never a large or a sign-changed one.
    """
    with np.errstate(invalid="ignore"):
        zero, negative = quantity.values == 0, quantity.values < 0
    if quantity.positive_text:
        return quantity.without(zero | negative, UNDEFINED, quantity.positive_text)
    checked = quantity.without(zero, UNDEFINED, f"分母为零（{quantity.label}）")
    return checked.without(negative, UNDEFINED, f"分母为负（{quantity.label}）")


def divide(numerator: Quantity, denominator: Quantity) -> Quantity:
    """Return the quotient of two quantities, NaN where the divisor is not positive."""
    divisor = not_positive(denominator)
    label = f"{numerator.label}÷{denominator.label}"
    return combine(numerator.values / divisor.values, label, numerator, divisor)
