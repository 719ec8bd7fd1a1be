"""Forked kernels are processes of their own, and end with whoever asked for them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synergy_lib.errors import ReportError
from synergy_lib.reporting.warm import client
from synergy_lib.reporting.warm.client import (
    SERVER_VARIABLE,
    can_fork,
    fork_kernel,
    kernel_server,
)

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are not forked here")


@pytest.fixture(autouse=True)
def no_own_server(monkeypatch):
    """Let each test begin as a process that has no server of its own."""
    monkeypatch.setattr(client, "_own_servers", [])


@pytest.fixture(scope="module")
def server():
    with kernel_server():
        yield os.environ[SERVER_VARIABLE]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition, seconds: float = 8.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def gone(pid: int) -> bool:
    return eventually(lambda: not is_alive(pid))


def start(tmp_path: Path, number: int = 0):
    """Fork a kernel that waits for a client on its own connection file."""
    connection = tmp_path / f"connection-{number}.json"
    env = dict(os.environ) | {"IPYTHONDIR": str(tmp_path), "MARK": str(number)}
    return fork_kernel(["-f", str(connection)], env, str(tmp_path))


def test_server_has_one_thread_and_a_private_socket(server):
    assert Path(server).stat().st_mode & 0o777 == 0o600
    parent = os.getpid()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    servers = [
        pid
        for pid in children
        if b"synergy_lib.reporting.warm.server"
        in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert servers
    for pid in servers:
        assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1


def test_kernels_are_separate_processes_in_their_own_folder(server, tmp_path):
    first, second = start(tmp_path, 1), start(tmp_path, 2)
    try:
        assert first.pid != second.pid
        assert first.poll() is None
        for process in (first, second):
            assert eventually(lambda p=process: os.getsid(p.pid) == p.pid)
            folder = Path(f"/proc/{process.pid}/cwd")
            assert eventually(lambda f=folder: f.resolve() == tmp_path.resolve())
    finally:
        for process in (first, second):
            process.kill()
            assert process.wait(timeout=5) == -signal.SIGKILL


def test_kernel_ends_when_its_client_goes_away(server, tmp_path):
    process = start(tmp_path)
    process.close()
    assert gone(process.pid)


def test_exit_code_is_reported_after_a_signal(server, tmp_path):
    process = start(tmp_path)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(timeout=10) in (-signal.SIGTERM, 0, 1)
    assert process.poll() == process.returncode


def test_a_server_that_has_died_is_replaced(monkeypatch, tmp_path):
    monkeypatch.setenv(SERVER_VARIABLE, str(tmp_path / "nobody"))
    process = start(tmp_path)
    assert process.poll() is None
    assert os.environ[SERVER_VARIABLE] == str(tmp_path / "nobody")
    assert client.server_folder() != tmp_path
    process.kill()


def test_no_server_at_all_is_an_error_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv(SERVER_VARIABLE, str(tmp_path / "nobody"))
    monkeypatch.setattr(client, "start_own_server", lambda: None)
    with pytest.raises(ReportError, match="没有应答"):
        start(tmp_path)


def test_a_server_that_ends_leaves_no_folder(monkeypatch):
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    with kernel_server():
        folder = client.server_folder()
        assert folder.is_dir()
    assert not folder.exists()
    assert client.server_folder() is None


def test_a_run_has_a_server_of_its_own_and_gives_the_name_back(monkeypatch, tmp_path):
    other = str(tmp_path / "of somebody else")
    monkeypatch.setenv(SERVER_VARIABLE, other)
    with kernel_server():
        assert os.environ[SERVER_VARIABLE] != other
    assert os.environ[SERVER_VARIABLE] == other


def test_server_and_kernels_die_with_a_killed_parent(tmp_path):
    script = f"""
import os, sys, time
os.environ.pop({SERVER_VARIABLE!r}, None)
from pathlib import Path
from synergy_lib.reporting.warm.client import fork_kernel, kernel_server
with kernel_server():
    kernel = fork_kernel(["-f", "c.json"], dict(os.environ), {str(tmp_path)!r})
    status = Path(f"/proc/{{kernel.pid}}/status").read_text()
    parent = next(line for line in status.splitlines() if line.startswith("PPid"))
    print(kernel.pid, parent.split()[1], flush=True)
    time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    )
    kernel, server_pid = (int(part) for part in parent.stdout.readline().split())
    assert is_alive(kernel)
    assert is_alive(server_pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(server_pid)
    assert gone(kernel)
