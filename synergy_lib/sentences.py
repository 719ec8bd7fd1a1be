"""The published sentences: what may be said, when, of how many years, in two languages.

Each file of ``parameters/sentences`` has one row a sentence: ``id, trigger, minimum_n,
text_zh, text_en, source``. Which triggers there are and what their texts may name is
the code's; the words are data.
"""

from __future__ import annotations

import csv
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from synergy_lib.errors import ParameterError, Problem, nearest, quote
from synergy_lib.factors.tables import load_sources
from synergy_lib.resources import parameters_path

__all__ = ["Sentence", "load_bank", "say"]

COLUMNS = ("id", "trigger", "minimum_n", "text_zh", "text_en", "source")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Sentence:
    """A row of the bank: what is said when its trigger holds of enough years."""

    id: str
    trigger: str
    minimum_n: int
    text_zh: str
    text_en: str
    source: str

    def fill(self, language: str, texts: Mapping[str, str]) -> str:
        """Return the text of a language with its placeholders filled."""
        text: str = getattr(self, f"text_{language}")
        return text.format_map(texts)


def load_bank(
    path: Path, allowed: Mapping[str, tuple[str, ...]]
) -> Mapping[str, Sentence]:
    """Return the sentences of a file by trigger.

    Parameters
    ----------
    path : Path
        A CSV file.
    allowed : mapping of str to tuple of str
        Trigger → placeholders its text may use. Every trigger needs a sentence.

    Raises
    ------
    ParameterError
        Naming row and column of every unknown placeholder or trigger, missing text,
        duplicate id, wrong number of years and unknown source.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            what = f"缺少列 {'、'.join(lacking)}"
            raise ParameterError(Problem(path.name, what, "、".join(COLUMNS)))
        rows = list(reader)
    problems = list(_problems(rows, path.name, allowed))
    if problems:
        raise ParameterError(problems)
    bank = {
        row["trigger"]: Sentence(
            **{name: row[name] for name in COLUMNS if name != "minimum_n"},
            minimum_n=int(row["minimum_n"]),
        )
        for row in rows
    }
    return MappingProxyType(bank)


def say(
    file: str,
    allowed: Mapping[str, tuple[str, ...]],
    trigger: str,
    language: str,
    **texts: str,
) -> str:
    """Return the shipped sentence of a trigger, filled.

    Parameters
    ----------
    file : str
        Name in ``parameters/sentences``.
    allowed : mapping of str to tuple of str
        As for :func:`load_bank`.
    trigger, language : str
    **texts : str
        What the placeholders stand for.
    """
    return _shipped(file, tuple(allowed.items()))[trigger].fill(language, texts)


@cache
def _shipped(
    file: str, allowed: tuple[tuple[str, tuple[str, ...]], ...]
) -> Mapping[str, Sentence]:
    """Return a shipped file's sentences, read once."""
    return load_bank(parameters_path("sentences", file), dict(allowed))


def _problems(
    rows: list[dict[str, str]], file: str, allowed: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield everything that is wrong with the rows of a bank."""
    for name in ("id", "trigger"):
        seen = Counter(row[name] for row in rows)
        for value in (value for value, count in seen.items() if count > 1):
            lines = [str(k) for k, row in enumerate(rows, 2) if row[name] == value]
            where = f"{file} 第 {'、'.join(lines)} 行 {name}"
            yield Problem(where, f"{quote(value)}重复", "每行不同")
    for line, row in enumerate(rows, 2):
        where = f"{file} 第 {line} 行"
        yield from _cell_problems(row, where, allowed)
    for trigger in allowed.keys() - {row["trigger"] for row in rows}:
        yield Problem(f"{file} trigger", f"没有{quote(trigger)}的句子")


def _cell_problems(
    row: dict[str, str], where: str, allowed: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield what is wrong with one row."""
    trigger, minimum, source = row["trigger"], row["minimum_n"], row["source"]
    if not row["id"]:
        yield Problem(f"{where} id", "空缺")
    if trigger not in allowed:
        hint = nearest(trigger, allowed)
        yield Problem(f"{where} trigger", f"未知条件{quote(trigger)}", hint=hint)
    if not minimum.isdecimal():
        yield Problem(f"{where} minimum_n", quote(minimum), "不小于 0 的整数")
    if source not in load_sources().index:
        yield Problem(f"{where} source", f"未知来源{quote(source)}", "sources.csv 的键")
    for language in LANGUAGES:
        column = f"text_{language}"
        yield from _text_problems(
            row[column], f"{where} {column}", allowed.get(trigger)
        )


def _text_problems(
    text: str | None, where: str, allowed: tuple[str, ...] | None
) -> Iterator[Problem]:
    """Yield what is wrong with a text whose placeholders must be among those allowed."""
    if not (text or "").strip():
        yield Problem(where, "空缺", "两种语言的文字")
        return
    for name in _placeholders(text or ""):
        if allowed is not None and name not in allowed:
            hint = nearest(name, allowed)
            yield Problem(where, f"未知占位符{quote(name)}", hint=hint)


def _placeholders(text: str) -> list[str]:
    """Return what stands in braces; unbalanced braces count as one, the text."""
    try:
        found = [name for _, name, _, _ in string.Formatter().parse(text)]
    except ValueError:
        return [text]
    return [name for name in found if name is not None]
