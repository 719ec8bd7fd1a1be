"""Workers of this machine: one that dies or takes too long costs its own report only."""

import os
import signal
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from synergy_lib.reporting.warm.client import SERVER_VARIABLE, can_fork
from synergy_lib.reporting.workers import local as module
from synergy_lib.reporting.workers.execution import Limits, ReportJob
from synergy_lib.reporting.workers.local import local_workers, worker_count

pytestmark = pytest.mark.skipif(not can_fork(), reason="looks at processes of Linux")

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
KILL_WORKER = "import os, signal; os.kill(int(os.environ['JPY_PARENT_PID']), 9)"


@pytest.fixture
def make_job(tmp_path):
    """Return a function that makes a job whose one cell runs some code."""

    def make(name: str, source: str = "print(1)", **limits) -> ReportJob:
        cells = [
            nbformat.v4.new_code_cell(
                "slice_path = ''", metadata={"tags": ["parameters"]}
            ),
            nbformat.v4.new_code_cell(source),
        ]
        notebook = nbformat.v4.new_notebook(
            cells=cells, metadata={"kernelspec": KERNEL}
        )
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return ReportJob(
            name,
            name,
            path,
            "slice.json",
            f"enterprises/{name}/diagnostic",
            ("html",),
            {"language": "zh"},
            Limits(**limits),
            tmp_path,
        )

    return make


def test_reports_are_built_and_nothing_is_left(make_job):
    jobs = [make_job(name) for name in "abcd"]
    with local_workers(2) as workers:
        results = list(workers.results(jobs))
        pids = [worker.process.pid for worker in workers._workers]
        processes = [psutil.Process(pid) for pid in pids]
    assert {result.report_id for result in results} == set("abcd")
    assert [result.error for result in results] == [""] * 4
    assert len(pids) == 2
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert alive == []
    assert SERVER_VARIABLE not in os.environ


def test_a_worker_that_dies_costs_its_own_report(make_job):
    jobs = [make_job("a"), make_job("b", KILL_WORKER), make_job("c"), make_job("d")]
    with local_workers(1) as workers:
        results = {result.report_id: result for result in workers.results(jobs)}
    assert results["b"].error == "工作进程中途退出（被结束，或内存不足）"
    assert [results[name].error for name in "acd"] == [""] * 3


def test_a_worker_that_dies_between_reports_is_replaced(make_job):
    with local_workers(1) as workers:
        assert not next(workers.results([make_job("a")])).error
        process = workers._workers[0].process
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert not next(workers.results([make_job("b")])).error


def test_a_worker_that_does_not_come_back_is_ended(make_job, monkeypatch):
    monkeypatch.setattr(module, "_GRACE_S", 1.0)
    stop = "import os; os.kill(int(os.environ['JPY_PARENT_PID']), 19)"  # SIGSTOP
    jobs = [make_job("a", stop, report_seconds=2), make_job("b")]
    with local_workers(1) as workers:
        results = list(workers.results(jobs))
    assert results[0].error == "整份报告超过 2 秒（--report-seconds）"
    assert results[1].error == ""


def test_the_process_that_workers_are_forked_from_has_one_thread(make_job):
    with local_workers(1) as workers:
        list(workers.results([make_job("a")]))
        words = "multiprocessing.forkserver"
        servers = [
            process
            for process in psutil.Process().children()
            if words in " ".join(process.cmdline())
        ]
        assert len(servers) == 1
        assert servers[0].num_threads() == 1


def test_no_jobs_are_no_results():
    with local_workers(3) as workers:
        assert list(workers.results([])) == []
        assert workers._workers == []


def test_worker_count():
    assert worker_count(5) == 5
    assert worker_count() == (os.cpu_count() or 1) + 1


def test_a_fork_server_of_an_earlier_run_does_not_pass_its_environment_on(
    make_job, monkeypatch
):
    source = "import os; print(os.environ['MARK'])"
    for mark in ("first", "second"):
        monkeypatch.setenv("MARK", mark)
        job = make_job(mark, source)
        with local_workers(1) as workers:
            result = next(workers.results([job]))
        assert result.error == ""
        assert mark in Path(job.folder, result.files[0]).read_text("utf-8")
    assert sys.platform == "linux"
