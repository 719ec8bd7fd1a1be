"""What a notebook cell shows, in forms that the exporters set as a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synergy_lib.errors import ReportError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "Column",
    "MimeBundle",
    "ReportTable",
    "escape_markdown",
    "show_callout",
    "show_each",
    "show_figure",
    "show_headline",
    "show_table",
    "show_text",
]

_MIME = "application/vnd.synergy.{}+json"
# Characters that can mean something in Markdown; the colon is that of web addresses.
_MARKDOWN = frozenset("\\`*_{}[]()<>#+!|~$&=:-")

Cell = str | dict[str, Any]


@dataclass(frozen=True)
class MimeBundle:
    """An output in several forms; Jupyter and the exporters pick theirs."""

    data: dict[str, Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self.data


@dataclass(frozen=True)
class Column:
    """One column of a report table: label, unit, alignment, relative width."""

    key: str
    label: str
    unit: str = ""
    align: str = "left"
    width: float | None = None


@dataclass(frozen=True)
class ReportTable:
    """A table as it is printed: cells are already formatted text."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=tuple)


def show_headline(card: dict[str, Any]) -> MimeBundle:
    """Return the card of page 1."""
    plain = [str(card.get("title", ""))]
    plain += [f"{b['label']}: {b['value']}" for b in card.get("badges", [])]
    plain += [str(line) for line in card.get("lines", [])]
    return MimeBundle({_MIME.format("headline"): card, "text/plain": "\n".join(plain)})


def show_table(table: ReportTable) -> MimeBundle:
    """Return a table."""
    content = {
        "kind": "table",
        "caption": table.caption,
        "header_rows": 1,
        "columns": [
            {
                "key": column.key,
                "label": column.label,
                "unit": column.unit,
                "align": column.align,
                **({"width": column.width} if column.width else {}),
            }
            for column in table.columns
        ],
        "rows": [list(row) for row in table.rows],
        "notes": list(table.notes),
    }
    lines = ["\t".join(column.label for column in table.columns)]
    lines += ["\t".join(_plain(cell) for cell in row) for row in table.rows]
    return MimeBundle({_MIME.format("table"): content, "text/plain": "\n".join(lines)})


def show_figure(
    figure: Figure | Axes,
    *,
    caption: str,
    alt: str,
    width_pct: int = 100,
    notes: Sequence[str] = (),
) -> MimeBundle:
    """Return a figure as SVG with its caption and alternative text."""
    from matplotlib.axes import Axes

    from synergy_lib.figures.style import figure_svg

    canvas = figure.get_figure(root=True) if isinstance(figure, Axes) else figure
    if canvas is None:
        raise ReportError("图没有所属的画布")
    return MimeBundle(
        {
            "image/svg+xml": figure_svg(canvas),
            _MIME.format("figure"): {
                "caption": caption,
                "alt": alt,
                "width_pct": width_pct,
                "notes": list(notes),
            },
            "text/plain": f"{caption}: {alt}",
        }
    )


def show_text(sentences: str | Sequence[str]) -> MimeBundle:
    """Return generated prose; several sentences become one paragraph each."""
    parts = [sentences] if isinstance(sentences, str) else list(sentences)
    body = "\n\n".join(escape_markdown(part) for part in parts if part)
    return MimeBundle({"text/markdown": body, "text/plain": "\n".join(parts)})


def show_callout(kind: str, title: str, body: str) -> MimeBundle:
    """Return a boxed remark; ``kind`` is info, warning or demo."""
    return MimeBundle(
        {
            _MIME.format("callout"): {"kind": kind, "title": title, "text": body},
            "text/plain": f"{title}: {body}",
        }
    )


def show_each(outputs: Sequence[MimeBundle]) -> None:
    """Show several outputs below one cell, in order."""
    from IPython.display import display

    for output in outputs:
        display(output)


def escape_markdown(plain: str) -> str:
    r"""Return text in which nothing from the data acts as Markdown.

    White space becomes single spaces, so that a line break in the data starts no
    heading, list or code block.

    Examples
    --------
    >>> escape_markdown("A*B_C [x](y)")
    'A\\*B\\_C \\[x\\]\\(y\\)'
    >>> escape_markdown("1. a\n- b"), escape_markdown("83.6")
    ('1\\. a \\- b', '83.6')
    """
    escaped = "".join(
        f"\\{character}" if character in _MARKDOWN else character
        for character in " ".join(plain.split())
    )
    return re.sub(r"^(\d+)\.(?!\d)", r"\1\\.", escaped)


def _plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else str(cell.get("text", ""))
