import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from synergy_lib.errors import ExportError
from synergy_lib.reporting.export import (
    Attachment,
    render_both,
    render_html,
    render_pdf,
)

FOREIGN = [
    "nbconvert__attachment",
    "nbconvert__markdown_display_priority",
    "nbconvert__notebook3_with_errors",
    "nbconvert__notebook4_jpeg",
    "nbconvert__prompt_numbers",
    "nbconvert__svg",
    "papermill__broken1",
    "papermill__simple_output",
    "pyMannKendall__Example_pyMannKendall",
    "scikit-criteria__quickstart",
]


@pytest.mark.parametrize("name", FOREIGN)
def test_notebooks_of_other_projects_convert(shared, name):
    path = shared("data", "notebooks_with_outputs", f"{name}.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    pdf = render_pdf(notebook, name=name)
    html = render_html(notebook, name=name)
    assert pdf.startswith(b"%PDF")
    assert html.startswith("<!DOCTYPE html>")
    assert "<script" not in html
    assert render_pdf(notebook, name=name) == pdf
    assert render_html(notebook, name=name) == html


def test_attachments_reach_both(build, cells):
    notebook = build(cells.markdown("x"))
    attached = Attachment("data.csv", b"a,b\n", "text/csv", "source data")
    assert b"data.csv" in render_pdf(notebook, attachments=[attached])
    assert "data.csv" in render_html(notebook, attachments=[attached])


def test_missing_font_folder_is_refused(build, tmp_path):
    with pytest.raises(ExportError, match="字体文件夹"):
        render_pdf(build(), extra_font_paths=[tmp_path / "none"])


def test_notebook_is_not_changed(sample_notebook):
    before = json.dumps(sample_notebook)
    render_html(sample_notebook)
    render_pdf(sample_notebook)
    assert json.dumps(sample_notebook) == before


def test_both_formats_from_one_reading_are_the_same(sample_notebook):
    made = dict(render_both(sample_notebook, ("html", "pdf")))
    assert made["html"] == render_html(sample_notebook).encode("utf-8")
    assert made["pdf"] == render_pdf(sample_notebook)
    assert list(dict(render_both(sample_notebook, ()))) == []


def test_threads_of_one_process_may_typeset_at_the_same_time(sample_notebook):
    expected = render_pdf(sample_notebook)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(render_pdf, [sample_notebook] * 8))
    assert set(made) == {expected}
