"""A document as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from synergy_lib.reporting.export.content.blocks import (
    Attachment,
    Block,
    Card,
    Document,
    Figure,
    Heading,
    Image,
    Table,
    is_wide,
    plain,
)
from synergy_lib.reporting.export.words import words_of

__all__ = ["draw_html"]

TEXT_WIDTH_PX = 812
# A column whose longest line is shorter than this is not broken over lines.
SHORT_EM = 11.0
NARROW_EM = 0.56


def draw_html(document: Document) -> str:
    """Return a document as self-contained HTML.

    Parameters
    ----------
    document : Document
        What to draw.

    Returns
    -------
    str
        Images and attachments are inside as data; the content security policy
        forbids scripts, requests, and every style but the one inside.
    """
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    headings = [
        block
        for block in document.blocks
        if isinstance(block, Heading) and block.level == 1
    ]
    first = document.blocks[0] if document.blocks else None
    text = _template().render(
        document=document,
        words=words_of(document.language),
        style=style,
        policy=policy,
        headings=headings,
        contents_after=0 if isinstance(first, Card) else -1,
    )
    return str(text).strip() + "\n"


@lru_cache(maxsize=1)
def _style() -> str:
    path = Path(__file__).parent / "templates" / "report.css"
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(
        kind=_kind,
        plain=plain,
        data_uri=_data_uri,
        attached_uri=_attached_uri,
        shown_width=_shown_width,
        short_columns=_short_columns,
    )
    return environment.get_template("report.html.j2")


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _data_uri(image: Image) -> str:
    return f"data:{image.mime};base64,{base64.b64encode(image.data).decode()}"


def _attached_uri(attachment: Attachment) -> str:
    data = base64.b64encode(attachment.data).decode()
    return f"data:application/octet-stream;base64,{data}"


def _shown_width(figure: Figure) -> Any:
    if figure.width_pct:
        return round(TEXT_WIDTH_PX * figure.width_pct / 100)
    return round(min(figure.image.width, TEXT_WIDTH_PX))


def _short_columns(table: Table) -> list[bool]:
    """Return for each column whether its lines stay whole."""
    rows = [
        row for row in (*table.header, *table.rows) if len(row) == len(table.columns)
    ]
    return [
        all(_width(plain(row[k].content)) <= SHORT_EM for row in rows)
        for k in range(len(table.columns))
    ]


def _width(text: str) -> float:
    return sum(1.0 if is_wide(character) else NARROW_EM for character in text)
