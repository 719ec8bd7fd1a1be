import nbformat
import pytest

from synergy_lib.reporting.execution import ReportJob, build_report


@pytest.fixture
def job(tmp_path):
    """Return a job whose notebook does not exist."""
    return ReportJob(
        "0007",
        "甲药厂",
        tmp_path / "none.ipynb",
        "analysis/0007.json",
        tmp_path,
        "enterprises/0007/diagnostic",
        ("html",),
        {"language": "zh"},
    )


def test_a_report_that_cannot_be_made_is_a_result_not_an_error(job):
    result = build_report(job)
    assert result.report_id == "0007"
    assert result.title == "甲药厂"
    assert result.files == ()
    assert result.error
    assert "\n" not in result.error
    assert result.failed_notebook == ""


def test_a_file_that_is_no_notebook_is_a_result_not_an_error(job):
    job.notebook.write_text("not a notebook", encoding="utf-8")
    result = build_report(job)
    assert result.error
    assert result.files == ()


def test_a_notebook_without_python_is_a_result_not_an_error(job):
    cells = [nbformat.v4.new_markdown_cell("# x")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={})
    notebook.nbformat = 99
    job.notebook.write_text(str(dict(notebook)), encoding="utf-8")
    assert build_report(job).error
