"""A document as PDF, typeset by Typst.

Nothing from a notebook becomes Typst source: the document is handed over as JSON, and
the template ``templates/report.typ`` draws its strings as strings. There is nothing
to escape, so nothing can be escaped wrongly.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synergy_lib.errors import ExportError, Problem
from synergy_lib.reporting.export.content.blocks import (
    Attachment,
    Block,
    Callout,
    Card,
    Cell,
    Content,
    Document,
    Figure,
    Formula,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Preformatted,
    Quote,
    Run,
    Table,
)
from synergy_lib.reporting.export.content.media import svg_text
from synergy_lib.reporting.export.fonts import FontSet, check_characters
from synergy_lib.reporting.export.layout import (
    CELL_PADDING_PT,
    LANDSCAPE_PT,
    PORTRAIT_PT,
    break_long_words,
    lay_out_table,
)
from synergy_lib.reporting.export.words import words_of

__all__ = ["STANDARDS", "typeset"]

STANDARDS = ("ua-1", "a-3a")
BODY_PT = 10.5
CODE_PT = 8.5
PIXELS_PER_PT = 96 / 72
# Room for a figure on one page, beside its caption and a heading.
FIGURE_HEIGHT_PT = 560.0
# The least space a line of text gets: the deepest list, or a third of the card.
NARROW_EM = 12.0
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EXTENSIONS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
}


def typeset(document: Document, fonts: FontSet) -> bytes:
    """Return a document as PDF/UA-1 and PDF/A-3a.

    Parameters
    ----------
    document : Document
        What to draw.
    fonts : FontSet
        The only fonts used.

    Returns
    -------
    bytes
        The same document and fonts give the same bytes: the time in the file is the
        document's date, not the time it was made.

    Raises
    ------
    ExportError
        If a character has no glyph, or the typesetter refuses or warns.
    """
    builder = _Builder(document)
    data = builder.document()
    check_characters(builder.texts(data), fonts)
    data["fonts"] = list(fonts.families)
    sources = {
        "main.typ": _template(),
        "document.json": json.dumps(data, ensure_ascii=False).encode(),
    }
    timestamp = _timestamp(document.date)
    with TemporaryDirectory(prefix="synergy-") as root:
        for name, content in builder.files.items():
            Path(root, name).write_bytes(content)
        return _compile(sources, root, fonts, timestamp)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (Path(__file__).parent / "templates" / "report.typ").read_bytes()


def _timestamp(date: str) -> int:
    if not date:
        return int(EPOCH.timestamp())
    try:
        moment = datetime.fromisoformat(date)
    except ValueError as error:
        where = "metadata.synergy.date"
        raise ExportError(Problem(where, date, "YYYY-MM-DD")) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


# A compiler that another thread uses refuses to work.
_ONE_AT_A_TIME = threading.Lock()


@lru_cache(maxsize=4)
def _compiler(paths: tuple[str, ...]) -> Any:
    import typst

    return typst.Compiler(font_paths=list(paths), ignore_system_fonts=True)


def _compile(
    sources: Mapping[str, bytes], root: str, fonts: FontSet, timestamp: int
) -> bytes:
    import typst

    try:
        with _ONE_AT_A_TIME:
            pdf, warnings = _compiler(fonts.paths).compile_with_warnings(
                input=dict(sources),
                root=root,
                format="pdf",
                pdf_standards=list(STANDARDS),
                timestamp=timestamp,
            )
    except typst.TypstError as error:
        raise ExportError(Problem("PDF", str(error).strip()[:2000])) from error
    if warnings:
        raise ExportError([Problem("PDF", str(warning)) for warning in warnings])
    return bytes(pdf)


class _Builder:
    """Collects the JSON and the files of one document."""

    def __init__(self, document: Document) -> None:
        self.source = document
        self.words = words_of(document.language)
        self.files: dict[str, bytes] = {}

    def document(self) -> dict[str, Any]:
        """Return the document as JSON values."""
        source = self.source
        simple = ("title", "overline", "subtitle", "park", "enterprise", "year",
                  "report_id", "footer", "demo", "language")  # fmt: skip
        return {
            **{name: getattr(source, name) for name in simple},
            "date": source.date[:10],
            "words": dict(self.words),
            "attachments": [self.attachment(a) for a in source.attachments],
            "blocks": [drawn for b in source.blocks for drawn in self.block(b)],
        }

    def texts(self, data: Any) -> Iterator[str]:
        """Yield every text the document draws, those inside SVG images too."""
        yield from _strings(data)
        for name, content in self.files.items():
            if name.startswith("image-") and name.endswith(".svg"):
                yield from svg_text(content)

    def attachment(self, attachment: Attachment) -> dict[str, str]:
        """Keep the file and return what the template needs to know."""
        name = re.sub(r"[^\w.\-（）]+", "_", attachment.name).strip("._") or "data"
        file = self.keep("attachment", attachment.data, "bin")
        return {"file": file, "name": name, "mime": attachment.mime,
                "description": attachment.description or name}  # fmt: skip

    def image(self, image: Image) -> str:
        """Keep the image and return its file name."""
        return self.keep("image", image.data, EXTENSIONS[image.mime])

    def keep(self, kind: str, data: bytes, extension: str) -> str:
        """Keep a file under a name that only its content decides."""
        name = f"{kind}-{sha256(data).hexdigest()[:24]}.{extension}"
        self.files[name] = data
        return name

    def block(
        self, block: Block, space: float = PORTRAIT_PT
    ) -> Iterator[dict[str, Any]]:
        """Yield a block as JSON values; a table may become several parts."""
        kind = type(block).__name__.lower()
        if isinstance(block, Table):
            yield from self.table(block)
        elif isinstance(block, Figure):
            yield self.figure(block, space)
        elif isinstance(block, (Heading, Paragraph, Formula)):
            level = {"level": block.level} if isinstance(block, Heading) else {}
            runs = self.runs(block.content, space / BODY_PT)
            yield {"kind": kind, "runs": runs, **level}
        elif isinstance(block, (ItemList, Quote)):
            yield self.nested(block, space)
        elif isinstance(block, Preformatted):
            text = "\n".join(_wrapped(block.text, space))
            yield {"kind": "preformatted", "text": text, "style": block.kind}
        elif isinstance(block, Callout):
            yield {"kind": "callout", "style": block.kind, "title": block.title,
                   "text": self.breakable(block.text, space / BODY_PT)}  # fmt: skip
        elif isinstance(block, Card):
            yield {"kind": "card", **self.plain_values(block)}
        else:
            yield {"kind": kind}

    def nested(self, block: ItemList | Quote, space: float) -> dict[str, Any]:
        """Return a list or a quotation with the blocks inside it."""
        inner = max(space - 2 * BODY_PT, NARROW_EM * BODY_PT)
        if isinstance(block, Quote):
            drawn = [d for b in block.blocks for d in self.block(b, inner)]
            return {"kind": "quote", "blocks": drawn}
        items = [
            [d for b in item for d in self.block(b, inner)] for item in block.items
        ]
        return {"kind": "itemlist", "ordered": block.ordered, "start": block.start,
                "items": items}  # fmt: skip

    def runs(self, content: Content, space_em: float) -> list[dict[str, Any]]:
        """Return runs as JSON values, only what differs from plain text named."""
        return [_run(run) for run in break_long_words(content, space_em)]

    def breakable(self, text: str, space_em: float) -> str:
        """Return one text with long words breakable."""
        return break_long_words((Run(text),), space_em)[0].text if text else ""

    def plain_values(self, value: Any) -> Any:
        """Return a dataclass of texts as JSON values."""
        if is_dataclass(value):
            items = ((f.name, getattr(value, f.name)) for f in fields(value))
            return {name: self.plain_values(item) for name, item in items}
        if isinstance(value, tuple):
            return [self.plain_values(item) for item in value]
        return self.breakable(value, NARROW_EM)

    def figure(self, figure: Figure, space: float) -> dict[str, Any]:
        """Return a figure, its width such that it fits on a page."""
        image = figure.image
        if figure.width_pct:
            width = space * figure.width_pct / 100
        else:
            width = min(space, image.width / PIXELS_PER_PT)
        width = min(width, FIGURE_HEIGHT_PT * image.width / image.height)
        return {
            "kind": "figure",
            "file": self.image(image),
            "width": round(width, 2),
            "alt": figure.alt,
            "label": figure.label,
            "caption": self.breakable(figure.caption, space / BODY_PT),
            "notes": list(figure.notes),
        }

    def table(self, table: Table) -> Iterator[dict[str, Any]]:
        """Yield a table in the parts that fit."""
        for part in lay_out_table(table, self.words["continued"]):
            laid = part.table
            space = (LANDSCAPE_PT if part.landscape else PORTRAIT_PT) / part.size_pt
            padding = CELL_PADDING_PT / part.size_pt
            ems = [width * space - padding for width in part.widths]
            yield {
                "kind": "table",
                "label": laid.label,
                "caption": laid.caption,
                "notes": list(laid.notes),
                "size": part.size_pt,
                "landscape": part.landscape,
                "widths": [round(width * 100, 3) for width in part.widths],
                "aligns": [column.align for column in laid.columns],
                "header": [self.row(row, ems) for row in laid.header],
                "rows": [self.row(row, ems) for row in laid.rows],
            }

    def row(self, row: tuple[Cell, ...], ems: list[float]) -> list[dict[str, Any]]:
        """Return the cells of one row."""
        narrowest = min(ems)
        whole = len(row) == len(ems)
        return [
            self.cell(cell, ems[k] if whole else narrowest)
            for k, cell in enumerate(row)
        ]

    def cell(self, cell: Cell, space_em: float) -> dict[str, Any]:
        """Return one cell."""
        drawn: dict[str, Any] = {"runs": self.runs(cell.content, space_em)}
        if cell.colour != "none":
            drawn["colour"] = cell.colour
        if cell.bold:
            drawn["bold"] = True
        if cell.columns > 1 or cell.rows > 1:
            drawn["span"] = [cell.columns, cell.rows]
        return drawn


def _run(run: Run) -> dict[str, Any]:
    drawn: dict[str, Any] = {"t": run.text}
    for name in ("bold", "italic", "code", "strike", "script", "href"):
        value = getattr(run, name)
        if value:
            drawn[name] = value
    return drawn


def _wrapped(text: str, space: float) -> Iterator[str]:
    """Yield lines of preformatted text, breakable where they are too long."""
    limit = (space - 2 * CELL_PADDING_PT) / CODE_PT * 0.9
    for line in text.split("\n"):
        yield break_long_words((Run(line),), limit)[0].text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
