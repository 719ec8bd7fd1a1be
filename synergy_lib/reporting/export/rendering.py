"""A notebook in, an HTML text or the bytes of a PDF out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synergy_lib.reporting.export.content.blocks import Attachment
from synergy_lib.reporting.export.content.document import read_notebook

__all__ = ["render_both", "render_html", "render_pdf"]


def render_pdf(
    notebook: Mapping[str, Any],
    *,
    name: str = "",
    attachments: Sequence[Attachment] = (),
    extra_font_paths: Iterable[str | Path] = (),
) -> bytes:
    """Return a notebook as a PDF.

    Parameters
    ----------
    notebook : mapping
        An executed notebook of format 4, as nbformat reads it or as plain JSON.
    name : str, optional
        Title of last resort, such as the file's name.
    attachments : sequence of Attachment, optional
        Files to put inside, such as the data the report was made from.
    extra_font_paths : iterable of str or Path, optional
        Folders with fonts for characters that the packaged ones lack.

    Returns
    -------
    bytes
        PDF/UA-1 and PDF/A-3a; the same arguments give the same bytes.

    Raises
    ------
    ExportError
        If an output is not as agreed, or a character has no glyph in any font.
    """
    from synergy_lib.reporting.export.fonts import load_fonts
    from synergy_lib.reporting.export.typst import typeset

    document = read_notebook(notebook, name=name, attachments=attachments)
    return typeset(document, load_fonts(extra_font_paths))


def render_html(
    notebook: Mapping[str, Any],
    *,
    name: str = "",
    attachments: Sequence[Attachment] = (),
) -> str:
    """Return a notebook as one HTML file that loads nothing and runs nothing.

    Parameters
    ----------
    notebook : mapping
        An executed notebook of format 4, as nbformat reads it or as plain JSON.
    name : str, optional
        Title of last resort, such as the file's name.
    attachments : sequence of Attachment, optional
        Files to put inside, such as the data the report was made from.

    Returns
    -------
    str
        The same blocks, order and numbers as the PDF.

    Raises
    ------
    ExportError
        If an output is not as agreed.
    """
    from synergy_lib.reporting.export.html import draw_html

    return draw_html(read_notebook(notebook, name=name, attachments=attachments))


def render_both(
    notebook: Mapping[str, Any], formats: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield a notebook in each format, having read its outputs once.

    Parameters
    ----------
    notebook : mapping
        An executed notebook of format 4.
    formats : sequence of str
        Of ``html`` and ``pdf``.

    Yields
    ------
    tuple of (str, bytes)
        Format and file: the bytes of :func:`render_html` and :func:`render_pdf`.
    """
    from synergy_lib.reporting.export.fonts import load_fonts
    from synergy_lib.reporting.export.html import draw_html
    from synergy_lib.reporting.export.typst import typeset

    document = read_notebook(notebook)
    for name in formats:
        if name == "html":
            yield name, draw_html(document).encode("utf-8")
        else:
            yield name, typeset(document, load_fonts(()))
