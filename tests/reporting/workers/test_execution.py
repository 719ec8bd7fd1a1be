from dataclasses import replace

import nbformat
import pytest

from synergy_lib.reporting.warm.client import can_fork
from synergy_lib.reporting.workers.execution import Limits, ReportJob, build_report


@pytest.fixture
def job(tmp_path):
    """Return a job whose notebook does not exist."""
    return ReportJob(
        "0007",
        "甲药厂",
        tmp_path / "none.ipynb",
        "analysis/0007.json",
        "enterprises/0007/diagnostic",
        ("html",),
        {"language": "zh"},
        folder=tmp_path,
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


def write_notebook(job, source):
    cells = [
        nbformat.v4.new_code_cell("slice_path = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, job.notebook)


def test_a_report_is_built_in_its_own_folder(job):
    write_notebook(job, "import os; print(os.listdir(), slice_path)")
    result = build_report(job)
    assert result.error == ""
    assert result.files == ("enterprises/0007/diagnostic.html",)
    assert job.place == "enterprises/0007"
    made = [path.name for path in (job.folder / job.place).iterdir()]
    assert made == ["diagnostic.html"]
    text = (job.folder / result.files[0]).read_text(encoding="utf-8")
    assert "analysis/0007.json" in text
    assert set(result.seconds) == {"execute", "html"}


def test_a_cell_that_takes_too_long_ends_the_report(job):
    write_notebook(job, "print('begun', flush=True); import time; time.sleep(60)")
    result = build_report(replace(job, limits=Limits(cell_seconds=1)))
    assert result.error.startswith("超过时限：单元格 1 秒")
    assert result.seconds == {}
    shown = (job.folder / result.failed_notebook).read_text(encoding="utf-8")
    assert "begun" in shown


def test_many_short_cells_end_the_report_too(job):
    write_notebook(job, "import time; time.sleep(60)")
    result = build_report(replace(job, limits=Limits(report_seconds=1)))
    assert "整份报告 1 秒" in result.error


@pytest.mark.skipif(not can_fork(), reason="kernels are not forked here")
def test_a_kernel_that_takes_too_much_memory_fails_in_its_cell(job):
    write_notebook(job, "kept = bytearray(400 << 20)")
    assert build_report(replace(job, limits=Limits(memory_mb=1000))).error == ""
    assert build_report(replace(job, limits=Limits(memory_mb=0))).error == ""
    result = build_report(replace(job, limits=Limits(memory_mb=200)))
    assert result.error == "单元格 [3] 所需内存超过上限 200 MiB（--memory-mb）"
    assert "MemoryError" in (job.folder / result.failed_notebook).read_text("utf-8")


def test_a_dead_kernel_is_said_to_be_dead(job):
    write_notebook(job, "import os, signal; os.kill(os.getpid(), 9)")
    result = build_report(job)
    assert result.error == "内核中途退出（被结束，或内存不足）"
    assert result.failed_notebook
