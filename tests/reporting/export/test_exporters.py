import subprocess
import sys

import nbformat
import pytest

from synergy_lib.reporting.export import (
    SynergyHTMLExporter,
    SynergyPDFExporter,
    render_html,
    render_pdf,
)


@pytest.fixture(scope="module")
def node(sample_notebook):
    notebook = nbformat.from_dict(sample_notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("application/x-unknown", None)
    return notebook


def test_exporters_give_what_the_functions_give(node):
    html, resources = SynergyHTMLExporter().from_notebook_node(node)
    assert html == render_html(node)
    assert resources["output_extension"] == ".html"
    pdf, resources = SynergyPDFExporter().from_notebook_node(node)
    assert pdf == render_pdf(node)
    assert resources["output_extension"] == ".pdf"


def test_file_name_is_the_title_of_last_resort(build, cells, tmp_path):
    path = tmp_path / "中文 文件.ipynb"
    nbformat.write(nbformat.from_dict(build(cells.markdown("x"))), path)
    html, _ = SynergyHTMLExporter().from_filename(str(path))
    assert "<title>中文 文件</title>" in html


def test_font_folder_can_be_set(build, tmp_path):
    exporter = SynergyPDFExporter(extra_font_paths=[str(tmp_path)])
    notebook = nbformat.from_dict(build())
    assert exporter.from_notebook_node(notebook)[0].startswith(b"%PDF")


def test_unknown_name_is_an_attribute_error():
    import synergy_lib.reporting.export as package

    with pytest.raises(AttributeError, match="Nothing"):
        package.Nothing  # noqa: B018


def test_command_line_converts_any_notebook(node, tmp_path):
    path = tmp_path / "any.ipynb"
    nbformat.write(node, path)
    for kind, name in (("PDF", "any.pdf"), ("HTML", "any.html")):
        exporter = f"synergy_lib.reporting.export.Synergy{kind}Exporter"
        subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", exporter, str(path)],
            check=True,
            capture_output=True,
        )
        assert (tmp_path / name).stat().st_size > 1000


def test_rendering_does_not_import_nbconvert():
    code = (
        "import sys; from synergy_lib.reporting.export import render_html;"
        "render_html({'cells': [], 'metadata': {}});"
        "sys.exit('nbconvert' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
