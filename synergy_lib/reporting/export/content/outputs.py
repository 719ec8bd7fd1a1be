"""Outputs of code cells as blocks: the report's own kinds, and everyone else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from synergy_lib.errors import ExportError, Problem
from synergy_lib.reporting.export.content.blocks import (
    Align,
    Block,
    Callout,
    Card,
    CardBadge,
    CardColumn,
    CardItem,
    Cell,
    Colour,
    Column,
    Figure,
    Formula,
    Image,
    PageBreak,
    Preformatted,
    Row,
    Run,
    Table,
    clean,
    collapse,
    tidy,
)
from synergy_lib.reporting.export.content.markdown import read_markdown
from synergy_lib.reporting.export.content.markup import looks_numeric, read_html
from synergy_lib.reporting.export.content.maths import read_formula
from synergy_lib.reporting.export.content.media import decode, read_raster, read_svg

__all__ = ["MISSING", "read_output", "source_text"]

MISSING = "–"
_ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_OWN = "application/vnd.synergy."
_CALLOUT_TITLES = {
    "zh": {"info": "说明", "warning": "注意", "demo": "演示数据（虚构）"},
    "en": {
        "info": "Note",
        "warning": "Caution",
        "demo": "Demonstration data (fictional)",
    },
}


def source_text(value: object) -> str:
    """Return a notebook's text, which may be one string or a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def read_output(
    output: Mapping[str, Any], *, where: str, language: str = "zh"
) -> list[Block]:
    """Return what one output of a code cell shows.

    Parameters
    ----------
    output : mapping
        An output of notebook format 4.
    where : str
        What to call its place in an error, e.g. ``"单元格 5"``.
    language : {"zh", "en"}
        Language of the words added.

    Returns
    -------
    list of Block
        Empty for an output that shows nothing on paper.

    Raises
    ------
    ExportError
        If one of the report's own kinds of output is not as agreed.
    """
    kind = output.get("output_type")
    if kind == "stream":
        return _preformatted(output.get("text"), "output")
    if kind == "error":
        trace = output.get("traceback") or []
        text = "\n".join(map(str, trace)) if isinstance(trace, list) else str(trace)
        named = f"{output.get('ename', '')}: {output.get('evalue', '')}"
        return _preformatted(text or named, "error")
    data = output.get("data")
    if not isinstance(data, Mapping):
        return []
    own = next((key for key in data if key.startswith(_OWN)), None)
    if own:
        return _Own(where, language).read(own, data)
    return _foreign(data, output.get("metadata") or {}, language)


def _preformatted(value: object, kind: Any) -> list[Block]:
    text = _overwritten(clean(_ANSI.sub("", source_text(value)))).expandtabs(4)
    return [Preformatted(text, kind)] if text.strip() else []


def _overwritten(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def _foreign(
    data: Mapping[str, Any], metadata: Mapping[str, Any], language: str
) -> list[Block]:
    for mime, reader in _READERS.items():
        if mime in data:
            blocks = reader(data[mime], metadata.get(mime) or metadata, language)
            if blocks:
                return blocks
    return _preformatted(data.get("text/plain"), "output")


def _markdown(value: Any, _: Mapping[str, Any], language: str) -> list[Block]:
    return read_markdown(source_text(value), language=language)


def _html(value: Any, _: Mapping[str, Any], language: str) -> list[Block]:
    return read_html(source_text(value), language=language)


def _latex(value: Any, _: Mapping[str, Any], language: str) -> list[Block]:
    content = tidy(read_formula(source_text(value)))
    return [Formula(content)] if content else []


def _svg(value: Any, metadata: Mapping[str, Any], language: str) -> list[Block]:
    return _image(read_svg(source_text(value)), metadata, language)


def _raster(value: Any, metadata: Mapping[str, Any], language: str) -> list[Block]:
    return _image(read_raster(decode(value)), metadata, language)


def _image(
    image: Image | None, metadata: Mapping[str, Any], language: str
) -> list[Block]:
    if image is None:
        return []
    default = "本单元格输出的图像" if language == "zh" else "Image from this cell"
    return [Figure(image, alt=collapse(metadata.get("alt")) or default)]


_READERS: Mapping[str, Callable[[Any, Mapping[str, Any], str], list[Block]]] = {
    "text/markdown": _markdown,
    "image/svg+xml": _svg,
    "image/png": _raster,
    "image/jpeg": _raster,
    "image/gif": _raster,
    "text/html": _html,
    "text/latex": _latex,
}


class _Own:
    """Reads the report's own kinds of output, refusing what is not as agreed."""

    def __init__(self, where: str, language: str) -> None:
        self.where = where
        self.language = language

    def read(self, mime: str, data: Mapping[str, Any]) -> list[Block]:
        """Return the blocks of one bundle."""
        body = data[mime]
        kind = mime.removeprefix(_OWN).removesuffix("+json")
        self.where = f"{self.where} {mime}"
        if not isinstance(body, Mapping):
            raise self.wrong(f"内容是 {type(body).__name__}", "JSON 对象")
        if kind == "headline":
            return [self.card(body)]
        if kind == "table":
            return [self.table(body)]
        if kind == "figure":
            return [self.figure(body, data)]
        if kind == "callout":
            return [self.callout(body)]
        if kind == "pagebreak":
            return [PageBreak()]
        raise self.wrong(
            "不认识的输出类型", "headline、table、figure、callout 或 pagebreak"
        )

    def wrong(self, what: str, expected: str = "") -> ExportError:
        """Return the error for something that is not as agreed."""
        return ExportError(Problem(self.where, what, expected))

    def listed(self, body: Mapping[str, Any], key: str) -> Sequence[Any]:
        """Return a list from a JSON object, empty if it is absent."""
        value = body.get(key)
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            raise self.wrong(f"“{key}”是 {type(value).__name__}", "列表")
        return value

    def objects(self, body: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
        """Return a list of JSON objects from a JSON object."""
        values = self.listed(body, key)
        if not all(isinstance(value, Mapping) for value in values):
            raise self.wrong(f"“{key}”中有不是对象的项", "JSON 对象的列表")
        return values

    def texts(self, body: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Return a list of lines of text from a JSON object."""
        values = self.listed(body, key)
        return tuple(text for value in values if (text := collapse(value)))

    def colour(self, value: object) -> Colour:
        """Return a colour, "none" if it is absent."""
        if value is None or value == "":
            return "none"
        if value not in get_args(Colour):
            raise self.wrong(f"颜色“{value}”", "、".join(get_args(Colour)))
        return value  # type: ignore[return-value]

    def card(self, body: Mapping[str, Any]) -> Card:
        """Return the headline card."""
        badges = tuple(
            CardBadge(
                collapse(badge.get("label")),
                collapse(badge.get("value")) or MISSING,
                collapse(badge.get("note")),
                self.colour(badge.get("colour")),
            )
            for badge in self.objects(body, "badges")
        )
        columns = tuple(
            CardColumn(
                collapse(column.get("title")),
                tuple(
                    CardItem(*(collapse(item.get(k)) for k in ("head", "text", "tag")))
                    for item in self.objects(column, "items")
                ),
            )
            for column in self.objects(body, "columns")
        )
        return Card(
            title=collapse(body.get("title")),
            subtitle=collapse(body.get("subtitle")),
            enterprise=collapse(body.get("enterprise")),
            year=collapse(body.get("year")),
            badges=badges,
            lines=self.texts(body, "lines"),
            columns=columns,
            notes=self.texts(body, "notes"),
        )

    def table(self, body: Mapping[str, Any]) -> Table:
        """Return a table; a column without alignment is right if it holds numbers."""
        defined = self.objects(body, "columns")
        if not defined:
            raise self.wrong("表格没有列", "至少一列")
        rows = [self.row(row, len(defined)) for row in self.listed(body, "rows")]
        extra = max(int(body.get("header_rows") or 1) - 1, 0)
        columns = tuple(
            self.column(column, [row[k] for row in rows[extra:]])
            for k, column in enumerate(defined)
        )
        labels = tuple(self.label(column) for column in defined)
        caption, notes = collapse(body.get("caption")), self.texts(body, "notes")
        header = (labels, *rows[:extra])
        return Table(columns, header, tuple(rows[extra:]), caption, notes=notes)

    def label(self, column: Mapping[str, Any]) -> Cell:
        """Return the heading of a column, its unit in brackets."""
        name, unit = collapse(column.get("label")), collapse(column.get("unit"))
        runs = [Run(name, bold=True)]
        if unit and unit != "1":
            runs.append(Run(f"（{unit}）" if self.language == "zh" else f" ({unit})"))
        return Cell(tuple(runs), heading=True)

    def column(self, column: Mapping[str, Any], cells: Sequence[Cell]) -> Column:
        """Return a column's alignment and width."""
        texts = ["".join(run.text for run in cell.content) for cell in cells]
        numeric = any(texts) and all(map(looks_numeric, texts))
        align: Any = column.get("align") or ("right" if numeric else "left")
        if align not in get_args(Align):
            raise self.wrong(f"对齐方式“{align}”", "left、right 或 center")
        width = column.get("width")
        if width is not None and not (
            isinstance(width, (int, float)) and 0 < width < float("inf")
        ):
            raise self.wrong(f"列宽“{width}”", "正数")
        return Column(align, width)

    def row(self, row: object, width: int) -> Row:
        """Return the cells of one row."""
        if not isinstance(row, (list, tuple)) or len(row) != width:
            count = len(row) if isinstance(row, (list, tuple)) else 0
            raise self.wrong(f"有一行是 {count} 格", f"{width} 格")
        return tuple(self.cell(cell) for cell in row)

    def cell(self, cell: object) -> Cell:
        """Return one cell; nothing and NaN are the sign for missing."""
        fields = cell if isinstance(cell, Mapping) else {"text": cell}
        value = fields.get("text")
        missing = value is None or value != value
        text = MISSING if missing else clean(value)
        lines = [part for line in text.split("\n") for part in (Run("\n"), Run(line))]
        bold = bool(fields.get("bold"))
        return Cell(tidy(lines[1:]), self.colour(fields.get("colour")), bold)

    def figure(self, body: Mapping[str, Any], data: Mapping[str, Any]) -> Figure:
        """Return a figure with the image that lies beside it."""
        image = read_svg(source_text(data.get("image/svg+xml")))
        image = image or read_raster(decode(data.get("image/png") or ""))
        if image is None:
            raise self.wrong(
                "没有可用的 image/svg+xml 或 image/png", "同一输出中的图像"
            )
        caption = collapse(body.get("caption"))
        alt = collapse(body.get("alt")) or caption
        if not alt:
            raise self.wrong("图没有替代文字", "“alt”说明图的内容")
        width = body.get("width_pct")
        if width is not None and not (
            isinstance(width, (int, float)) and 10 <= width <= 100
        ):
            raise self.wrong(f"width_pct“{width}”", "10 至 100")
        notes = self.texts(body, "notes")
        return Figure(image, alt, caption, width_pct=width, notes=notes)

    def callout(self, body: Mapping[str, Any]) -> Callout:
        """Return a callout; without a title it gets that of its kind."""
        kind: Any = body.get("kind") or "info"
        titles = _CALLOUT_TITLES[self.language]
        if kind not in titles:
            raise self.wrong(f"提示类型“{kind}”", "info、warning 或 demo")
        title = collapse(body.get("title")) or titles[kind]
        return Callout(kind, title, clean(body.get("text")).strip())
