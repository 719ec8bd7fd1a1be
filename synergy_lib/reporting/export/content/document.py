"""A notebook as a document: what is shown, in which order, with which number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from synergy_lib.errors import ExportError, Problem
from synergy_lib.reporting.export.content.blocks import (
    Attachment,
    Block,
    Card,
    Document,
    Figure,
    Heading,
    Image,
    ItemList,
    Preformatted,
    Quote,
    Table,
    clean,
    collapse,
    is_wide,
    plain,
)
from synergy_lib.reporting.export.content.markdown import read_markdown
from synergy_lib.reporting.export.content.media import decode, read_raster, read_svg
from synergy_lib.reporting.export.content.outputs import read_output, source_text

__all__ = ["read_notebook"]

HIDDEN_TAGS = frozenset(["remove-cell", "parameters", "injected-parameters"])
OUTPUT_TAGS = frozenset(["remove-output", "hide-output"])
INPUT_TAG = "show-input"
LEVEL_MAX = 6
_WORDS = {"zh": ("图", "表"), "en": ("Figure", "Table")}
_CHINESE_SHARE = 0.05

Language = Literal["zh", "en"]


def read_notebook(
    notebook: Mapping[str, Any],
    *,
    name: str = "",
    attachments: Sequence[Attachment] = (),
) -> Document:
    """Return a notebook as a document.

    Parameters
    ----------
    notebook : mapping
        A notebook of format 4, as nbformat reads it or as plain JSON.
    name : str, optional
        Title of last resort, such as the file's name.
    attachments : sequence of Attachment, optional
        Files to put inside, beside those that the metadata name.

    Returns
    -------
    Document
        Code is left out except in cells tagged ``show-input``; cells tagged
        ``remove-cell``, ``parameters`` or ``injected-parameters`` give nothing.
        Tables and figures that have a caption are numbered in order.

    Raises
    ------
    ExportError
        If an output or the metadata are not as agreed; every problem is listed.
    """
    if not isinstance(notebook.get("cells"), (list, tuple)):
        raise ExportError(
            Problem(name or "notebook", "不是第 4 版的笔记本", "nbformat 4")
        )
    metadata = notebook.get("metadata") or {}
    own = metadata.get("synergy") or {}
    language = _language(notebook, own)
    blocks = _flat_blocks(notebook["cells"], language)
    overline, title, blocks = _title(blocks, own, metadata, name)
    blocks = _numbered(_levelled(blocks), language)
    card = next((block for block in blocks if isinstance(block, Card)), None)
    return Document(
        title=title,
        language=language,
        blocks=tuple(blocks),
        overline=overline,
        subtitle=collapse(own.get("subtitle")),
        park=collapse(own.get("park")),
        enterprise=card.enterprise if card else "",
        year=card.year if card else "",
        report_id=collapse(own.get("report_id")),
        date=_date(own.get("date")),
        footer=collapse(own.get("footer")),
        demo=bool(own.get("demo")),
        attachments=(*_attachments(own.get("attachments") or ()), *attachments),
    )


def _language(notebook: Mapping[str, Any], own: Mapping[str, Any]) -> Language:
    given = own.get("language")
    if given in ("zh", "en"):
        return given  # type: ignore[no-any-return]
    if given:
        raise ExportError(Problem("metadata.synergy.language", str(given), "zh 或 en"))
    text = "".join(
        source_text(cell.get("source"))
        for cell in notebook["cells"]
        if cell.get("cell_type") == "markdown"
    )
    letters = [character for character in text if character.isalpha()]
    wide = sum(map(is_wide, letters))
    return "zh" if wide > _CHINESE_SHARE * len(letters) else "en"


def _date(value: object) -> str:
    text = collapse(value)
    if text and not re.match(r"\d{4}-\d{2}-\d{2}(?:$|[T ])", text):
        raise ExportError(Problem("metadata.synergy.date", text, "YYYY-MM-DD"))
    return text


def _attachments(given: Iterable[Any]) -> Iterator[Attachment]:
    for item in given:
        name = collapse(item.get("name") if isinstance(item, Mapping) else "")
        if not name:
            where = "metadata.synergy.attachments"
            raise ExportError(Problem(where, "附件没有名称", '含 "name" 的对象'))
        if "data" in item:
            data = decode(item["data"])
        elif "text" in item:
            data = str(item["text"]).encode()
        else:
            data = json.dumps(item.get("json"), ensure_ascii=False).encode()
        mime = item.get("mime") or "application/octet-stream"
        yield Attachment(name, data, mime, collapse(item.get("description")))


def _flat_blocks(cells: Sequence[Mapping[str, Any]], language: Language) -> list[Block]:
    blocks: list[Block] = []
    problems: list[Problem | str] = []
    for number, cell in enumerate(cells, start=1):
        try:
            blocks.extend(_cell_blocks(cell, number, language))
        except ExportError as error:
            problems.extend(error.problems)
    if problems:
        raise ExportError(problems)
    return blocks


def _cell_blocks(
    cell: Mapping[str, Any], number: int, language: Language
) -> Iterator[Block]:
    tags = frozenset((cell.get("metadata") or {}).get("tags") or ())
    if tags & HIDDEN_TAGS:
        return
    if cell.get("cell_type") == "markdown":
        images = dict(_cell_images(cell))
        source = source_text(cell.get("source"))
        yield from read_markdown(
            source, attachments=images, raw_html=True, language=language
        )
    elif cell.get("cell_type") == "code":
        source = clean(source_text(cell.get("source"))).strip("\n")
        if INPUT_TAG in tags and source.strip():
            yield Preformatted(source.expandtabs(4), "code")
        if not tags & OUTPUT_TAGS:
            yield from _outputs(cell.get("outputs") or (), number, language)


def _outputs(
    outputs: Sequence[Mapping[str, Any]], number: int, language: Language
) -> Iterator[Block]:
    """Yield the blocks of a cell's outputs, printed lines that follow joined."""
    where = f"单元格 {number}"
    printed: list[str] = []
    for output in outputs:
        for block in read_output(output, where=where, language=language):
            if isinstance(block, Preformatted) and block.kind == "output":
                printed.append(block.text)
                continue
            yield from _printed(printed)
            printed = []
            yield block
    yield from _printed(printed)


def _printed(lines: Sequence[str]) -> Iterator[Block]:
    if lines:
        yield Preformatted("\n".join(lines), "output")


def _cell_images(cell: Mapping[str, Any]) -> Iterator[tuple[str, Image]]:
    for name, bundle in (cell.get("attachments") or {}).items():
        for mime, data in bundle.items():
            if mime == "image/svg+xml":
                image = read_svg(decode(data).decode("utf-8", errors="replace"))
            else:
                image = read_raster(decode(data))
            if image:
                yield name, image


def _title(
    blocks: list[Block], own: Mapping[str, Any], metadata: Mapping[str, Any], name: str
) -> tuple[str, str, list[Block]]:
    """Return overline, title and the blocks without the heading taken from them.

    A level 1 heading that opens the notebook, or is the only one and the first of all
    headings, is its title; where the metadata name the report more exactly, the
    heading goes above that as a small line.
    """
    title = collapse(own.get("title")) or collapse(metadata.get("title"))
    headings = [i for i, block in enumerate(blocks) if isinstance(block, Heading)]
    tops = [i for i in headings if getattr(blocks[i], "level", 0) == 1]
    opens = tops[:1] == headings[:1] and (tops[:1] == [0] or len(tops) == 1)
    if not opens:
        return "", title or collapse(name) or "Notebook", blocks
    first = blocks[tops[0]]
    rest = [block for i, block in enumerate(blocks) if i != tops[0]]
    heading = collapse(plain(first.content)) if isinstance(first, Heading) else ""
    if not title or title == heading:
        return "", heading, rest
    return heading, title, rest


def _levelled(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks with heading levels from 1 on and none left out going down."""
    blocks = list(blocks)
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    top = min(levels, default=1)
    previous = 0
    count = 0
    for block in blocks:
        if isinstance(block, Heading):
            count += 1
            previous = min(block.level - top + 1, previous + 1, LEVEL_MAX)
            block = replace(block, level=previous, anchor=f"section-{count}")
        yield block


def _numbered(blocks: Iterable[Block], language: Language) -> list[Block]:
    figure_word, table_word = _WORDS[language]
    counts = {Figure: 0, Table: 0}

    def number(block: Block) -> Block:
        if isinstance(block, (Figure, Table)) and block.caption:
            counts[type(block)] += 1
            word = figure_word if isinstance(block, Figure) else table_word
            return replace(block, label=f"{word} {counts[type(block)]}")
        if isinstance(block, Quote):
            return replace(block, blocks=tuple(map(number, block.blocks)))
        if isinstance(block, ItemList):
            items = tuple(tuple(map(number, item)) for item in block.items)
            return replace(block, items=items)
        return block

    return [number(block) for block in blocks]
