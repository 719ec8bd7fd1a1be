"""HTML from notebook outputs as blocks, through an allow-list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from synergy_lib.reporting.export.content.blocks import (
    Align,
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Preformatted,
    Quote,
    Row,
    Rule,
    Run,
    Table,
    clean,
    collapse,
    safe_address,
    tidy,
)
from synergy_lib.reporting.export.content.media import read_data_uri

__all__ = ["looks_numeric", "read_html"]

_ALLOWED_NAMES = (
    "p div span br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code b strong i em u s"
    " del sub sup a img table caption thead tbody tfoot tr th td dl dt dd figure"
    " figcaption section article center small"
)
_ALLOWED = set(_ALLOWED_NAMES.split())
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
_HIDDEN = {
    "script", "style", "svg", "math", "template", "noscript", "iframe", "object",
    "head", "title", "select", "button", "textarea",
}  # fmt: skip
_STYLE_OF: dict[str, dict[str, Any]] = {
    "b": {"bold": True},
    "strong": {"bold": True},
    "th": {"bold": False},
    "i": {"italic": True},
    "em": {"italic": True},
    "code": {"code": True},
    "s": {"strike": True},
    "del": {"strike": True},
    "sub": {"script": "sub"},
    "sup": {"script": "super"},
}
_BLOCK_NAMES = (
    "p div h1 h2 h3 h4 h5 h6 ul ol blockquote pre hr table dl dt dd figure figcaption"
    " section article center li"
)
_BLOCKS = set(_BLOCK_NAMES.split())
_NUMBER = re.compile(
    r"[<>≤≥≈~±+\-−–]?\s*[¥$€]?\s*\d[\d,，\s]*(\.\d+)?([eE][-+−]?\d+)?\s*[%‰]?|"
    r"nan|NaN|None|<NA>|inf|-inf|[–—-]|",
)
_SPAN_MAX = 100
_DEPTH_MAX = 60


def read_html(source: str, *, language: str = "zh") -> list[Block]:
    """Return HTML as blocks.

    Parameters
    ----------
    source : str
        HTML from any program. Everything that is not on a short list of elements is
        dropped, scripts and styles with their content.
    language : str
        "zh" or "en", for the alternative text of an image that has none.

    Returns
    -------
    list of Block
        Empty if nothing readable is left.
    """
    import nh3
    from bs4 import BeautifulSoup

    safe = nh3.clean(
        clean(source),
        tags=_ALLOWED,
        clean_content_tags=_HIDDEN,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    soup = BeautifulSoup(safe, "html.parser")
    return list(_Reader(language).blocks(soup, depth=0))


def looks_numeric(text: str) -> bool:
    """Return whether a text is a number, a sign for a missing one, or empty.

    Examples
    --------
    >>> looks_numeric("-1,234.5"), looks_numeric("–"), looks_numeric("2号炉")
    (True, True, False)
    """
    return bool(_NUMBER.fullmatch(text.strip()))


class _Reader:
    """Walks a parsed tree."""

    def __init__(self, language: str) -> None:
        self.language = language

    def blocks(self, node: Any, depth: int) -> Iterator[Block]:
        """Yield the blocks of a node's children; loose text becomes paragraphs."""
        pending: list[Run] = []
        for child in node.children:
            name = getattr(child, "name", None)
            has_block = name in _BLOCKS or (name and child.find(["table", "img"]))
            if not (has_block or name == "img") or depth > _DEPTH_MAX:
                pending.extend(self.runs(child))
                continue
            yield from _paragraph(pending)
            pending = []
            yield from self.block(child, depth + 1)
        yield from _paragraph(pending)

    def block(self, node: Any, depth: int) -> Iterator[Block]:
        """Yield the blocks of one element."""
        name = node.name
        if re.fullmatch("h[1-6]", name):
            content = tidy(list(self.runs(node)))
            yield from [Heading(int(name[1]), content)] if content else []
        elif name in ("ul", "ol"):
            items = tuple(
                tuple(self.blocks(item, depth))
                for item in node.find_all("li", recursive=False)
            )
            start = int(node["start"]) if node.get("start", "").isdecimal() else 1
            yield ItemList(name == "ol", tuple(filter(None, items)), start)
        elif name == "table":
            yield from self.table(node)
        else:
            yield from self.other(node, depth)

    def other(self, node: Any, depth: int) -> Iterator[Block]:
        """Yield the blocks of an element that is neither heading, list nor table."""
        if node.name == "blockquote":
            yield Quote(tuple(self.blocks(node, depth)))
        elif node.name == "pre":
            yield Preformatted(node.get_text().strip("\n"))
        elif node.name == "hr":
            yield Rule()
        elif node.name == "img":
            yield from self.image(node)
        else:
            yield from self.blocks(node, depth)

    def image(self, node: Any) -> Iterator[Block]:
        """Yield an embedded image; an image elsewhere is left out, its alt kept."""
        image = read_data_uri(node.get("src", ""))
        alt = collapse(node.get("alt", ""))
        if image:
            yield Figure(image, alt or ("图像" if self.language == "zh" else "Image"))
        elif alt:
            yield Paragraph((Run(f"[{alt}]", italic=True),))

    def runs(self, node: Any) -> Iterator[Run]:
        """Yield the text below a node as runs."""
        name = getattr(node, "name", None)
        if name is None:
            yield Run(re.sub(r"\s+", " ", str(node)))
        elif name == "br":
            yield Run("\n")
        else:
            style = _STYLE_OF.get(name, {})
            if name == "a":
                style = {"href": safe_address(node.get("href", ""))}
            for child in node.children:
                for run in self.runs(child):
                    yield replace(run, **style)

    def table(self, node: Any) -> Iterator[Block]:
        """Yield a table, its caption inside."""
        lines = [row for row in node.find_all("tr") if row.find_parent("table") is node]
        grid = [tuple(self.cell(c) for c in _cells(row)) for row in lines]
        heads = sum(1 for row in lines if row.find_parent("thead"))
        if not heads and grid and all(cell.heading for cell in grid[0]):
            heads = 1
        width = max((sum(c.columns for c in row) for row in grid), default=0)
        if not width:
            return
        header, rows = _within(grid[:heads], width), _within(grid[heads:], width)
        caption = node.find("caption")
        title = collapse(caption.get_text()) if caption else ""
        yield Table(_columns(rows, width), header, rows, caption=title)

    def cell(self, node: Any) -> Cell:
        """Return one cell."""
        return Cell(
            tidy(list(self.runs(node))),
            columns=_span(node.get("colspan")),
            rows=_span(node.get("rowspan")),
            heading=node.name == "th",
        )


def _cells(row: Any) -> list[Any]:
    return list(row.find_all(["td", "th"], recursive=False))


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _SPAN_MAX) if value and value.isdecimal() else 1


def _paragraph(runs: list[Run]) -> Iterator[Block]:
    content = tidy(runs)
    if content:
        yield Paragraph(content)


def _within(rows: list[Row], width: int) -> tuple[Row, ...]:
    """Return rows of exactly one width, with row spans that end inside the table."""
    open_until = [0] * width
    fitted: list[Row] = []
    for i, row in enumerate(rows):
        free = [k for k in range(width) if open_until[k] <= i]
        cells: list[Cell] = []
        at = 0
        for cell in row:
            if at >= len(free):
                break
            wanted = 1
            while wanted < cell.columns and at + wanted < len(free):
                if free[at + wanted] != free[at] + wanted:
                    break
                wanted += 1
            down = min(cell.rows, len(rows) - i)
            for k in free[at : at + wanted]:
                open_until[k] = i + down
            cells.append(replace(cell, columns=wanted, rows=down))
            at += wanted
        cells.extend(Cell(()) for _ in free[at:])
        fitted.append(tuple(cells))
    return tuple(fitted)


def _columns(rows: tuple[Row, ...], width: int) -> tuple[Column, ...]:
    texts: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        if len(row) == width:
            for k, cell in enumerate(row):
                texts[k].append("".join(run.text for run in cell.content))
    aligns: list[Align] = [
        "right" if any(column) and all(map(looks_numeric, column)) else "left"
        for column in texts
    ]
    return tuple(Column(align) for align in aligns)
