"""Markdown as blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import mistune

from synergy_lib.reporting.export.content.blocks import (
    Block,
    Cell,
    Column,
    Content,
    Figure,
    Formula,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Preformatted,
    Quote,
    Rule,
    Run,
    Script,
    Table,
    clean,
    collapse,
    is_wide,
    safe_address,
    tidy,
)
from synergy_lib.reporting.export.content.markup import read_html
from synergy_lib.reporting.export.content.maths import read_formula
from synergy_lib.reporting.export.content.media import read_data_uri

__all__ = ["read_markdown"]

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?>", re.DOTALL)
_TAGS = "a b i u s em strong span small font center div p code kbd tt del ins mark"
_FORMATTING = frozenset(_TAGS.split())
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "emphasis": {"italic": True},
    "strong": {"bold": True},
    "strikethrough": {"strike": True},
}

Token = Mapping[str, Any]


def read_markdown(
    source: str,
    *,
    attachments: Mapping[str, Image] | None = None,
    raw_html: bool = False,
    language: str = "zh",
) -> list[Block]:
    """Return Markdown as blocks.

    Parameters
    ----------
    source : str
        The text, in the dialect of Jupyter: tables, formulas, footnotes.
    attachments : mapping of str to Image, optional
        Images the text names as ``attachment:name``.
    raw_html : bool
        Whether HTML in the text is read as HTML, through an allow-list. If not, it
        is shown as the text it is; only ``<br>``, ``<sub>`` and ``<sup>`` act. Text
        that may hold data from outside is read with False.
    language : str
        "zh" or "en", for the words put in where an image is missing.

    Returns
    -------
    list of Block
        Images that are not inside the notebook are not fetched; their alternative
        text and address are shown instead.
    """
    reader = _Reader(attachments or {}, raw_html, language)
    return list(reader.blocks(_parser()(clean(source))))


@lru_cache(maxsize=1)
def _parser() -> Any:
    return mistune.create_markdown(
        escape=True,
        renderer=None,
        plugins=["table", "strikethrough", "math", "task_lists", "footnotes", "url"],
    )


@dataclass
class _Reader:
    """Turns tokens into blocks; images inside a paragraph become blocks after it."""

    attachments: Mapping[str, Image]
    raw_html: bool
    language: str
    script: Script = ""
    images: list[Figure] = field(default_factory=list)

    def blocks(self, tokens: Iterable[Token]) -> Iterator[Block]:
        """Yield the blocks of a sequence of tokens."""
        for token in tokens:
            yield from self.block(token)

    def block(self, token: Token) -> Iterator[Block]:
        """Yield the blocks of one token, then the images found in it."""
        kind = token["type"]
        if kind == "heading":
            content = self.content(token)
            yield from [Heading(token["attrs"]["level"], content)] if content else []
        elif kind in ("paragraph", "block_text"):
            content = self.content(token)
            yield from [Paragraph(content)] if content else []
        elif kind == "list":
            yield self.item_list(token)
        elif kind == "table":
            yield self.table(token)
        elif kind in ("block_quote", "footnotes"):
            yield from self.nested(token)
        else:
            yield from self.leaf(token)
        self.script = ""
        images, self.images = self.images, []
        yield from images

    def leaf(self, token: Token) -> Iterator[Block]:
        """Yield the block of a token that has no inline text."""
        kind, raw = token["type"], token.get("raw", "")
        if kind == "block_code":
            yield Preformatted(raw.rstrip("\n"), "code")
        elif kind == "block_math":
            yield Formula(tidy(read_formula(raw)))
        elif kind == "thematic_break":
            yield Rule()
        elif kind == "block_html":
            yield from self.block_html(raw)

    def nested(self, token: Token) -> Iterator[Block]:
        """Yield a quotation, or the footnotes as a numbered list."""
        if token["type"] == "footnotes":
            items = [tuple(self.blocks(item["children"])) for item in token["children"]]
            yield ItemList(ordered=True, items=tuple(items))
        else:
            yield Quote(tuple(self.blocks(token["children"])))

    def block_html(self, raw: str) -> Iterator[Block]:
        """Yield HTML as blocks, or as the text it is."""
        text = re.sub(r"<!--.*?-->", "", raw, flags=re.DOTALL).strip()
        if text and self.raw_html:
            yield from read_html(text, language=self.language)
        elif text:
            runs = [
                Run("\n") if re.fullmatch(r"<br\s*/?>", part) else Run(part)
                for part in re.split(r"(<br\s*/?>)", text)
            ]
            yield Paragraph(tidy(runs))

    def item_list(self, token: Token) -> ItemList:
        """Return a list; a task keeps its box as a character."""
        items = []
        for child in token["children"]:
            blocks = list(self.blocks(child["children"]))
            if child["type"] == "task_list_item":
                box = Run("☑ " if child["attrs"]["checked"] else "□ ")
                first = blocks[0] if blocks else Paragraph(())
                if isinstance(first, Paragraph):
                    blocks[:1] = [Paragraph((box, *first.content))]
            items.append(tuple(blocks))
        attributes = token["attrs"]
        start = int(attributes.get("start", 1))
        return ItemList(bool(attributes["ordered"]), tuple(items), start)

    def table(self, token: Token) -> Table:
        """Return a table without caption."""
        head, *bodies = token["children"]
        columns = tuple(
            Column(cell["attrs"].get("align") or "left") for cell in head["children"]
        )
        header = tuple(
            Cell(self.content(cell), heading=True) for cell in head["children"]
        )
        rows = tuple(
            tuple(Cell(self.content(cell)) for cell in row["children"])
            for body in bodies
            for row in body["children"]
        )
        return Table(columns, (header,), rows)

    def content(self, token: Token) -> Content:
        """Return the inline text of a token."""
        runs = tidy(list(self.runs(token.get("children", ()))))
        return _without_odd_spaces(runs)

    def runs(self, tokens: Sequence[Token]) -> Iterator[Run]:
        """Yield the runs of inline tokens."""
        for token in tokens:
            for run in self.inline(token):
                yield replace(run, script=run.script or self.script)

    def inline(self, token: Token) -> Iterator[Run]:
        """Yield the runs of one inline token."""
        kind, raw = token["type"], token.get("raw", "")
        if kind in _STYLES:
            for run in self.runs(token["children"]):
                yield replace(run, **_STYLES[kind])
        elif kind == "link":
            address = safe_address(token["attrs"].get("url", ""))
            for run in self.runs(token["children"]):
                yield replace(run, href=address)
        elif kind == "image":
            yield from self.image(token)
        elif kind == "inline_html":
            yield from self.inline_html(raw)
        else:
            yield from self.simple(kind, raw)

    def simple(self, kind: str, raw: str) -> Iterator[Run]:
        """Yield the runs of an inline token that has no children."""
        if kind == "softbreak":
            yield Run("\v")
        elif kind == "linebreak":
            yield Run("\n")
        elif kind == "codespan":
            yield Run(raw, code=True)
        elif kind in ("inline_math", "block_math"):
            yield from read_formula(raw)
        elif kind == "footnote_ref":
            yield Run(f"[{raw}]", script="super")
        elif raw:
            yield Run(raw.replace("\n", " "))

    def inline_html(self, raw: str) -> Iterator[Run]:
        """Act on line breaks and sub- and superscripts; show or drop other tags."""
        match = _TAG.fullmatch(raw)
        name = match[2].lower() if match else ""
        if match and name == "br":
            yield Run("\n")
        elif match and name in ("sub", "sup"):
            opening: Script = "sub" if name == "sub" else "super"
            self.script = "" if match[1] else opening
        elif self.raw_html and raw.startswith("<!--"):
            return
        elif self.raw_html and name == "img":
            self.images += [
                block for block in read_html(raw) if isinstance(block, Figure)
            ]
        elif not (self.raw_html and name in _FORMATTING):
            yield Run(raw)

    def image(self, token: Token) -> Iterator[Run]:
        """Keep an image for after the paragraph, or say what is missing."""
        address = clean(token["attrs"].get("url", ""))
        alt = "".join(run.text for run in self.runs(token.get("children", ())))
        if address.startswith("attachment:"):
            image = self.attachments.get(address.removeprefix("attachment:"))
        else:
            image = read_data_uri(address)
        default = "图像" if self.language == "zh" else "Image"
        if image:
            self.images.append(Figure(image, alt=collapse(alt) or default))
        else:
            missing = "图像未嵌入" if self.language == "zh" else "image not embedded"
            shown = "" if address.startswith("data:") else address
            said = " ".join(part for part in (collapse(alt), shown) if part)
            yield Run(f"[{missing}：{said}]" if said else f"[{missing}]", italic=True)


def _without_odd_spaces(content: Content) -> Content:
    """Turn soft line breaks into spaces, or nothing between Chinese characters."""
    text = "".join(run.text for run in content)
    runs: list[Run] = []
    at = 0
    for run in content:
        kept = []
        for character in run.text:
            if character == "\v":
                around = text[at - 1 : at], text[at + 1 : at + 2]
                character = "" if all(c and is_wide(c) for c in around) else " "
            kept.append(character)
            at += 1
        runs.append(replace(run, text="".join(kept)))
    return tuple(run for run in runs if run.text)
