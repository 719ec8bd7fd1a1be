"""How wide the columns of a table become on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from synergy_lib.reporting.export.content.blocks import (
    Cell,
    Content,
    Row,
    Run,
    Table,
    is_wide,
    plain,
)
from synergy_lib.reporting.export.fonts import text_width

__all__ = ["TableLayout", "break_long_words", "lay_out_table"]

PORTRAIT_PT = 470.0
LANDSCAPE_PT = 717.0
SIZES_PT = (9.0, 8.5)
CELL_PADDING_PT = 9.0
BOLD = 1.07
NATURAL_MAX_EM = 42.0
WORD_MAX_EM = 13.0
READABLE_EM = 3.2
CHIP_EM = 2.6
FULL_FROM = 0.55
LOOSER = 1.4
SHORT_ROWS = 12
ZERO_WIDTH_SPACE = "\u200b"
_NARROW = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef\U00020000-\U0003ffff]+")
_WORDS = re.compile(r"[\s\-/、，。；：（）]+")


@dataclass(frozen=True)
class TableLayout:
    """One table as it is set: size of type, widths, orientation.

    Parameters
    ----------
    table : Table
        The table, or a part of its columns.
    size_pt : float
        Size of type. [pt]
    widths : tuple of float
        Column widths as shares of the text width; their sum is at most 1. [-]
    landscape : bool
        Whether it needs a page turned sideways.
    """

    table: Table
    size_pt: float
    widths: tuple[float, ...]
    landscape: bool = False


def lay_out_table(table: Table, continued: str = "…") -> list[TableLayout]:
    """Return a table set so that nothing is cut off at the margin.

    Parameters
    ----------
    table : Table
        Any table.
    continued : str, optional
        What is added to the caption of every part but the first.

    Returns
    -------
    list of TableLayout
        One part on an upright page if its words fit at 9 or 8.5 pt; else, for a
        table of more than 12 rows, on a page turned sideways; else several parts of
        fewer columns, the first column repeated. A table with merged cells is never
        parted: its words are broken.
    """
    wanted = [_wanted(table, k) for k in range(len(table.columns))]
    partable = len(table.columns) > 2 and not _has_spans(table)
    for space, landscape in ((PORTRAIT_PT, False), (LANDSCAPE_PT, True)):
        if landscape and partable and len(table.rows) <= SHORT_ROWS:
            break
        for size in SIZES_PT:
            widths = _widths(wanted, table, space / size, CELL_PADDING_PT / size)
            if widths:
                return [TableLayout(table, size, widths, landscape)]
    if partable:
        pieces = _parts(table, continued)
        return [part for piece in pieces for part in lay_out_table(piece, continued)]
    even = 1 / len(table.columns)
    return [TableLayout(table, SIZES_PT[-1], (even,) * len(table.columns), True)]


def break_long_words(content: Content, space_em: float) -> Content:
    """Return runs in which a word wider than a line may break anywhere.

    Parameters
    ----------
    content : tuple of Run
        Text of one cell or paragraph.
    space_em : float
        Width of its line. [em]

    Returns
    -------
    tuple of Run
        The same text, zero-width spaces put into words that do not fit. Chinese
        characters need none, and must get none: a stop would begin a line.
    """
    if not any(len(run.text) * 1.1 > space_em for run in content):
        return content
    return tuple(replace(run, text=_broken(run, space_em)) for run in content)


def _broken(run: Run, space_em: float) -> str:
    def widen(match: re.Match[str]) -> str:
        word = match[0]
        width = text_width(word) * (BOLD if run.bold else 1.0)
        if len(word) < 3 or width <= space_em + 1e-6:
            return word
        return ZERO_WIDTH_SPACE.join(word)

    return _NARROW.sub(widen, run.text)


def _wanted(table: Table, k: int) -> tuple[float, float]:
    """Return the widths a column needs at least and would take [em]."""
    least, natural = READABLE_EM, 0.0
    for cell in _column_cells(table, k):
        factor = BOLD if cell.bold or cell.heading else 1.0
        chip = 0.0 if cell.colour == "none" else CHIP_EM
        for line in plain(cell.content).split("\n"):
            natural = max(natural, text_width(line) * factor + chip)
            words = (text_width(word) for word in _unbreakable(line))
            least = max(least, max(words, default=0.0) * factor, chip)
    least = min(least, WORD_MAX_EM, max(natural, 1.0))
    return least, min(natural, NATURAL_MAX_EM)


def _column_cells(table: Table, k: int) -> Iterator[Cell]:
    for row in (*table.header, *table.rows):
        if len(row) == len(table.columns) and row[k].columns == 1:
            yield row[k]


def _unbreakable(line: str) -> Iterator[str]:
    for word in _WORDS.split(line):
        narrow = ""
        for character in word:
            if is_wide(character):
                yield narrow
                narrow = ""
            else:
                narrow += character
        yield narrow


def _widths(
    wanted: Sequence[tuple[float, float]], table: Table, space: float, padding: float
) -> tuple[float, ...]:
    """Return shares of the space, or nothing if the words do not fit."""
    least = [low + padding for low, _ in wanted]
    natural = [max(low, high) + padding for low, high in wanted]
    if sum(least) > space:
        return ()
    if any(column.width for column in table.columns):
        return _given_widths(least, natural, table, space)
    total = sum(natural)
    if total <= space:
        scale = min(LOOSER, space / total)
        scale = space / total if total * scale >= FULL_FROM * space else scale
        return tuple(width * scale / space for width in natural)
    return tuple(width / space for width in _shared(least, natural, space))


def _shared(
    least: Sequence[float], natural: Sequence[float], space: float
) -> list[float]:
    """Return widths that fill the space: short columns as they are, long ones alike.

    The level is raised until the columns, each between its least and its natural
    width, fill the space.
    """
    low, high = 0.0, max(natural)
    for _ in range(60):
        level = (low + high) / 2
        if sum(map(max, least, (min(level, n) for n in natural))) > space:
            high = level
        else:
            low = level
    return [max(a, min(low, n)) for a, n in zip(least, natural, strict=True)]


def _given_widths(
    least: Sequence[float], natural: Sequence[float], table: Table, space: float
) -> tuple[float, ...]:
    """Return the widths asked for, none below what its words need."""
    asked = [column.width or 0.0 for column in table.columns]
    known = sum(asked)
    share = known / sum(n for n, a in zip(natural, asked, strict=True) if a)
    asked = [a or n * share for a, n in zip(asked, natural, strict=True)]
    widths = [space * a / sum(asked) for a in asked]
    fixed = [max(w, low) for w, low in zip(widths, least, strict=True)]
    excess = sum(fixed) - space
    slack = [w - low for w, low in zip(fixed, least, strict=True)]
    if excess > 0 and sum(slack) > 0:
        fixed = [w - excess * s / sum(slack) for w, s in zip(fixed, slack, strict=True)]
    return tuple(width / space for width in fixed)


def _has_spans(table: Table) -> bool:
    rows = (*table.header, *table.rows)
    return any(c.columns > 1 or c.rows > 1 for row in rows for c in row)


def _parts(table: Table, continued: str) -> Iterator[Table]:
    others = range(1, len(table.columns))
    half = (len(others) + 1) // 2
    for number, chosen in enumerate((others[:half], others[half:])):
        keep = (0, *chosen)

        def select(row: Row, keep: tuple[int, ...] = keep) -> Row:
            return tuple(row[k] for k in keep)

        yield replace(
            table,
            columns=tuple(table.columns[k] for k in keep),
            header=tuple(map(select, table.header)),
            rows=tuple(map(select, table.rows)),
            caption=table.caption if number == 0 else _more(table.caption, continued),
            notes=table.notes if number else (),
        )


def _more(caption: str, continued: str) -> str:
    return f"{caption.removesuffix(continued)}{continued}" if caption else ""
