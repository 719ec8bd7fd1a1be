"""The blocks a document is made of, and the text that goes into them.

Both exporters draw these blocks, so what is shown, in which order and with which
number is decided once, before either of them sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

__all__ = [
    "Attachment",
    "Block",
    "Callout",
    "Card",
    "CardBadge",
    "CardColumn",
    "CardItem",
    "Cell",
    "Colour",
    "Column",
    "Content",
    "Document",
    "Figure",
    "Formula",
    "Heading",
    "Image",
    "ItemList",
    "PageBreak",
    "Paragraph",
    "Preformatted",
    "Quote",
    "Row",
    "Rule",
    "Run",
    "Script",
    "Table",
    "clean",
    "collapse",
    "is_wide",
    "plain",
    "restyle",
    "safe_address",
    "tidy",
]

Colour = Literal["none", "red", "yellow", "green", "grey"]
Align = Literal["left", "right", "center"]
Script = Literal["", "sub", "super"]

_DROPPED = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffe\uffff"
    "\U000e0000-\U000e01ef]"
)
_COMPATIBLE = re.compile("[\u2f00-\u2fdf\uf900-\ufaff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_WIDE = re.compile("[\u2e80-\u9fff\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Run:
    r"""A piece of text in one style; a text of ``"\n"`` is a line break."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    script: Script = ""
    href: str = ""


Content = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a section of the document."""

    level: int
    content: Content
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text."""

    content: Content


@dataclass(frozen=True)
class Formula:
    """A formula on its own line, as text."""

    content: Content


@dataclass(frozen=True)
class ItemList:
    """A numbered or bulleted list; each item is a sequence of blocks."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    start: int = 1


@dataclass(frozen=True)
class Quote:
    """A quotation."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Preformatted:
    """Text whose line breaks and spaces count: code, printed output, an error."""

    text: str
    kind: Literal["code", "output", "error"] = "output"


@dataclass(frozen=True)
class Rule:
    """A thematic break."""


@dataclass(frozen=True)
class PageBreak:
    """A page break, on paper."""


@dataclass(frozen=True)
class Column:
    """One column of a table; width is relative, None where content decides."""

    align: Align = "left"
    width: float | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of a table."""

    content: Content
    colour: Colour = "none"
    bold: bool = False
    columns: int = 1
    rows: int = 1
    heading: bool = False


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table with its caption, numbered label (``"表 1"``) and notes."""

    columns: tuple[Column, ...]
    header: tuple[Row, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    label: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Image:
    """An image, with its natural size in CSS pixels."""

    data: bytes
    mime: str
    width: float
    height: float


@dataclass(frozen=True)
class Figure:
    """An image with alternative text, caption, numbered label and notes."""

    image: Image
    alt: str
    caption: str = ""
    label: str = ""
    width_pct: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Callout:
    """A note that stands out."""

    kind: Literal["info", "warning", "demo"]
    title: str
    text: str


@dataclass(frozen=True)
class CardBadge:
    """One result on the headline card."""

    label: str
    value: str
    note: str = ""
    colour: Colour = "none"


@dataclass(frozen=True)
class CardItem:
    """One entry in a column of the headline card."""

    head: str
    text: str = ""
    tag: str = ""


@dataclass(frozen=True)
class CardColumn:
    """One column of the headline card, such as 三项优势."""

    title: str
    items: tuple[CardItem, ...]


@dataclass(frozen=True)
class Card:
    """The headline card of page 1."""

    title: str
    subtitle: str = ""
    enterprise: str = ""
    year: str = ""
    badges: tuple[CardBadge, ...] = ()
    lines: tuple[str, ...] = ()
    columns: tuple[CardColumn, ...] = ()
    notes: tuple[str, ...] = ()


Block = (
    Heading
    | Paragraph
    | Formula
    | ItemList
    | Quote
    | Preformatted
    | Rule
    | PageBreak
    | Table
    | Figure
    | Callout
    | Card
)


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside the document, such as the source data."""

    name: str
    data: bytes
    mime: str = "application/octet-stream"
    description: str = ""


@dataclass(frozen=True)
class Document:
    """A whole report, ready to be drawn."""

    title: str
    language: Literal["zh", "en"]
    blocks: tuple[Block, ...]
    overline: str = ""
    subtitle: str = ""
    park: str = ""
    enterprise: str = ""
    year: str = ""
    report_id: str = ""
    date: str = ""
    footer: str = ""
    demo: bool = False
    attachments: tuple[Attachment, ...] = ()


def clean(text: object) -> str:
    r"""Return text without characters that only disturb.

    Parameters
    ----------
    text : object
        Anything from a notebook; None gives an empty string.

    Returns
    -------
    str
        Without control, direction and zero-width characters; Kangxi radicals and
        compatibility ideographs replaced by the ordinary character that looks the
        same, so that the text can be searched; half a surrogate pair becomes U+FFFD.

    Examples
    --------
    >>> clean("⽰例\u202e\x00")
    '示例'
    """
    if text is None:
        return ""
    kept = _DROPPED.sub("", str(text).replace("\u2028", "\n").replace("\u2029", "\n"))
    kept = _SURROGATES.sub("\ufffd", kept.replace("\r\n", "\n").replace("\r", "\n"))
    return _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), kept)


def collapse(text: object) -> str:
    r"""Return cleaned text on one line, runs of white space made one space.

    Examples
    --------
    >>> collapse("a\n  b\tc ")
    'a b c'
    """
    return " ".join(clean(text).split())


def plain(content: Sequence[Run]) -> str:
    """Return the text of runs without their style."""
    return "".join(run.text for run in content)


def restyle(content: Sequence[Run], **style: bool | str) -> Content:
    """Return runs with some of their style replaced."""
    return tuple(replace(run, **style) for run in content)  # type: ignore[arg-type]


def tidy(runs: Sequence[Run]) -> Content:
    """Join equal neighbours, and spaces that fall at an edge or between two others.

    Parameters
    ----------
    runs : sequence of Run
        Runs as parsed; a soft line break arrives as a space.

    Returns
    -------
    tuple of Run
        No empty run, no space at the ends or beside a line break. A space that a
        line break in the source left between two Chinese characters goes too.
    """
    joined: list[Run] = []
    for run in runs:
        if joined and _same_style(joined[-1], run):
            run = replace(run, text=joined.pop().text + run.text)
        joined.append(run)
    trimmed: list[Run] = []
    for i, run in enumerate(joined):
        text = run.text
        if text != "\n":
            text = re.sub(r"[ \t\n]+", " ", text)
            edge_before = i == 0 or joined[i - 1].text == "\n"
            edge_after = i == len(joined) - 1 or joined[i + 1].text == "\n"
            text = text.lstrip(" ") if edge_before else text
            text = text.rstrip(" ") if edge_after else text
        if text:
            trimmed.append(replace(run, text=text))
    return tuple(trimmed)


def safe_address(address: str) -> str:
    """Return an address if it is http, https or mailto, else an empty string.

    Examples
    --------
    >>> safe_address("https://example.org/a"), safe_address("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    address = clean(address).strip()
    return address if _ADDRESS.fullmatch(address) else ""


def _same_style(first: Run, second: Run) -> bool:
    if "\n" in (first.text, second.text):
        return False
    return replace(first, text="") == replace(second, text="")


def is_wide(character: str) -> bool:
    """Return whether a character takes the width of a Chinese one."""
    return bool(_WIDE.match(character))
