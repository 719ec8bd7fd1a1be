"""The same plan on a dask.distributed cluster: a scheduler and two worker processes."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from synergy_lib.errors import ParameterError, ReportError
from synergy_lib.reporting.workers import cluster
from synergy_lib.reporting.workers.cluster import cluster_workers

from .conftest import tree, write_notebooks

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes")


def start(*arguments: str) -> subprocess.Popen:
    """Start a part of a cluster in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Return the address of a scheduler that two worker processes serve."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    local = ["--scheduler-file", str(file), "--host", "127.0.0.1"]
    started = [start("dask_scheduler", *local, "--port", "0", "--no-dashboard")]
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    for name in ("one", "two"):
        place = ["--local-directory", str(folder), "--name", name, "--no-dashboard"]
        started.append(start("dask_worker", *local, "--nthreads", "2", *place))
    yield json.loads(file.read_text())["address"]
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def worker_pids(address: str) -> list[int]:
    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        return list(client.run(os.getpid).values())


def test_reports_of_a_cluster_are_those_of_this_machine(
    scheduler, project, unbroken, tmp_path
):
    run = project.run(tmp_path, "--scheduler", scheduler)
    assert run.returncode == 0, run.stderr
    assert tree(tmp_path / "demo_park" / "2024") == unbroken


def test_files_may_be_exchanged_through_a_store(scheduler, project, unbroken, tmp_path):
    store = tmp_path / "store"
    place = ["--scheduler", scheduler, "--exchange", store.as_uri()]
    run = project.run(tmp_path / "out", *place)
    assert run.returncode == 0, run.stderr
    assert tree(tmp_path / "out" / "demo_park" / "2024") == unbroken
    assert list(store.rglob("*")) == []


def test_a_worker_killed_in_the_middle_costs_no_report(
    scheduler, project, unbroken, tmp_path
):
    pids = worker_pids(scheduler)
    run = project.start(tmp_path, "--scheduler", scheduler)
    folder = tmp_path / "demo_park" / "2024" / "enterprises"
    deadline = time.monotonic() + 60
    while not folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(pids[0], signal.SIGKILL)
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert tree(folder.parent) == unbroken
    assert not psutil.pid_exists(pids[0])


def test_a_notebook_that_fails_on_a_cluster_is_handed_back(
    scheduler, project, tmp_path
):
    own = type(project)(shutil.copytree(project.folder, tmp_path / "own"))
    write_notebooks(
        own.folder / "notebooks", "assert '0002' not in slice_path, 'planted'"
    )
    run = own.run(tmp_path / "out", "--scheduler", scheduler)
    assert run.returncode == 3
    assert "planted" in run.stderr
    folder = tmp_path / "out" / "demo_park" / "2024"
    assert "planted" in (folder / "failed" / "0002.ipynb").read_text("utf-8")
    assert (folder / "enterprises" / "0001" / "diagnostic.pdf").is_file()


def test_nobody_at_the_address_is_one_line(monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_S", 0.5)
    with (
        pytest.raises(ReportError, match="连不上调度器"),
        cluster_workers("tcp://127.0.0.1:1"),
    ):
        pass


def test_a_worker_with_another_library_is_refused(scheduler, monkeypatch):
    worker_pids(scheduler)
    monkeypatch.setattr(cluster, "_LOADED", "other")
    with pytest.raises(ReportError, match="与本机不同"), cluster_workers(scheduler):
        pass


def test_no_distributed_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    missing = pytest.raises(ParameterError, match="synergy-lib\\[cluster\\]")
    with missing, cluster_workers("tcp://127.0.0.1:1"):
        pass
