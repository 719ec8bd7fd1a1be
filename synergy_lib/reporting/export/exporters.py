"""The exporters that ``jupyter nbconvert --to synergy-html`` and ``-pdf`` use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import List, Unicode, default

from synergy_lib.reporting.export.rendering import render_html, render_pdf

__all__ = ["SynergyHTMLExporter", "SynergyPDFExporter"]


class SynergyHTMLExporter(Exporter):  # type: ignore[misc]
    """Any notebook as one HTML file that loads nothing and runs nothing."""

    export_from_notebook = "Synergy HTML"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Return the HTML text and the resources.

        Parameters
        ----------
        nb : nbformat.NotebookNode
            The notebook.
        resources : dict, optional
            What nbconvert hands on; the file's name is the title of last resort.
        **kw
            Passed to nbconvert.

        Returns
        -------
        tuple of (str, dict)
            The document, and the resources with the file extension.
        """
        nb_copy, resources = super().from_notebook_node(nb, resources, **kw)
        return render_html(nb_copy, name=_name(resources)), resources


class SynergyPDFExporter(Exporter):  # type: ignore[misc]
    """Any notebook as tagged, archival PDF (PDF/UA-1 and PDF/A-3a)."""

    export_from_notebook = "Synergy PDF"
    output_mimetype = "application/pdf"

    extra_font_paths = List(
        Unicode(),
        help="Folders with fonts for characters that the packaged ones lack.",
    ).tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """Return the bytes of the PDF and the resources.

        Parameters
        ----------
        nb : nbformat.NotebookNode
            The notebook.
        resources : dict, optional
            What nbconvert hands on; the file's name is the title of last resort.
        **kw
            Passed to nbconvert.

        Returns
        -------
        tuple of (bytes, dict)
            The document, and the resources with the file extension.
        """
        nb_copy, resources = super().from_notebook_node(nb, resources, **kw)
        pdf = render_pdf(
            nb_copy, name=_name(resources), extra_font_paths=self.extra_font_paths
        )
        return pdf, resources


def _name(resources: Mapping[str, Any]) -> str:
    return str(resources.get("metadata", {}).get("name") or "")
