"""Executed notebooks as self-contained HTML and as tagged, archival PDF.

``render_html`` and ``render_pdf`` take a notebook and need no nbconvert; the two
exporter classes let ``jupyter nbconvert --to synergy-html`` (or ``synergy-pdf``) do
the same with any notebook. They are imported when they are asked for, because
importing nbconvert takes longer than making a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synergy_lib.reporting.export.content.blocks import Attachment
from synergy_lib.reporting.export.rendering import render_both, render_html, render_pdf

if TYPE_CHECKING:
    from synergy_lib.reporting.export.exporters import (
        SynergyHTMLExporter,
        SynergyPDFExporter,
    )

__all__ = [
    "Attachment",
    "SynergyHTMLExporter",
    "SynergyPDFExporter",
    "render_both",
    "render_html",
    "render_pdf",
]


def __getattr__(name: str) -> Any:
    """Import an exporter class when it is first asked for."""
    if name in ("SynergyHTMLExporter", "SynergyPDFExporter"):
        from synergy_lib.reporting.export import exporters

        return getattr(exporters, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
