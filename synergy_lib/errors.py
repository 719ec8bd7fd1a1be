"""Errors, and the problems that are collected before one is raised."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "ExportError",
    "FactorNotFoundError",
    "InputDataError",
    "MethodError",
    "NotebookFailedError",
    "ParameterError",
    "Problem",
    "ReportError",
    "ScoreRangeError",
    "SynergyError",
    "TooFewYearsError",
    "describe_error",
    "nearest",
    "quote",
]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, what was expected and what to do.

    Parameters
    ----------
    where : str
        File, sheet and cell, or parameter key, e.g. ``"park.xlsx 能源消费!D17"``.
    what : str
        What is wrong, with the offending value.
    expected : str, optional
        What would have been right.
    hint : str, optional
        What to do, e.g. the nearest valid name.
    """

    where: str
    what: str
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as one printable line for a person."""
        parts = [f"{self.where}：{self.what}"]
        if self.expected:
            parts.append(f"应为：{self.expected}")
        if self.hint:
            parts.append(self.hint)
        return "；".join(_one_line(part) for part in parts)


class SynergyError(Exception):
    """Base of every error the library raises on purpose.

    Parameters
    ----------
    problems : Problem, str, or iterable of them
        Everything that is wrong, reported together.
    """

    def __init__(self, problems: Problem | str | Iterable[Problem | str]) -> None:
        items: Sequence[Problem | str]
        items = [problems] if isinstance(problems, (Problem, str)) else list(problems)
        self.problems = tuple(items)
        super().__init__("\n".join(str(item) for item in items))


class InputDataError(SynergyError):
    """The user's data cannot be used; nothing has been built."""


class ParameterError(SynergyError):
    """A parameter file, scheme or catalogue is wrong; nothing has been built."""


class FactorNotFoundError(SynergyError):
    """No factor fits the item, year or region asked for."""


class MethodError(SynergyError):
    """A method was asked for something it is not defined for."""


class ScoreRangeError(MethodError):
    """A score lies outside the range the method is defined on."""


class TooFewYearsError(MethodError):
    """The series is too short for what was asked."""


class ReportError(SynergyError):
    """A report could not be made."""


class NotebookFailedError(ReportError):
    """A notebook raised while it was executed."""


class ExportError(ReportError):
    """An executed notebook could not be turned into a document."""


def describe_error(error: BaseException) -> str:
    """Return an error that nobody foresaw as one line: its kind and its words.

    Examples
    --------
    >>> describe_error(ValueError("two  lines"))
    'ValueError: two lines'
    """
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def quote(value: object, limit: int = 60) -> str:
    """Return what the user wrote in quotation marks, on one line, cut where long.

    Examples
    --------
    >>> quote("天然汽"), quote("x" * 99, limit=5)
    ('“天然汽”', '“xxxxx…”')
    """
    text = " ".join(str(value).split())
    return f"“{text[:limit]}…”" if len(text) > limit else f"“{text}”"


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a hint naming the valid name closest to a wrong one.

    Parameters
    ----------
    name : str
        What the user wrote.
    valid : iterable of str
        Names that would have been accepted.

    Returns
    -------
    str
        ``"最接近的是“…”"``, or an empty string where nothing is close.

    Examples
    --------
    >>> nearest("天然汽", ["天然气", "柴油"])
    '最接近的是“天然气”'
    >>> nearest("xyz", ["天然气"])
    ''
    """
    names = list(valid)
    lowered = [candidate.lower() for candidate in names]
    wanted = name.lower()
    close = difflib.get_close_matches(wanted, lowered, n=5, cutoff=0.5)
    if not close:
        return ""

    def likeness(candidate: str) -> tuple[float, int]:
        ratio = difflib.SequenceMatcher(None, candidate, wanted).ratio()
        return ratio, sum(map(str.__eq__, candidate, wanted))

    best = max(close, key=likeness)
    return f"最接近的是“{names[lowered.index(best)]}”"


def _one_line(text: str) -> str:
    """Return text without line breaks, and with what cannot be printed spelt out."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in " ".join(text.split())
    )
