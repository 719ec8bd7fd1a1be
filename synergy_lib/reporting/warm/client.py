"""Start the kernel server, and ask it for kernels that look like child processes."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from synergy_lib.errors import ReportError

__all__ = [
    "ONE_THREAD",
    "ForkedProcess",
    "can_fork",
    "fork_kernel",
    "kernel_server",
    "server_folder",
]

SERVER_VARIABLE = "SYNERGY_KERNEL_SERVER"
_ANSWER_TIMEOUT_S = 30.0
# A Unix socket's path has about a hundred bytes; a kernel's has fifty of its own.
_LONGEST_FOLDER = 50
# A server that still loads does not see that it should end. [s]
_END_TIMEOUT_S = 0.5
# A process that forks may have one thread only: no pools, no memory-keeping thread.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # The debugger is loaded, not used: it need not say that modules are frozen.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def can_fork() -> bool:
    """Tell whether kernels may be forked here.

    Only on Linux: Windows has no fork, and on macOS system libraries do not survive it.
    """
    return sys.platform == "linux"


@contextmanager
def kernel_server() -> Iterator[None]:
    """Run a kernel server for this process and the workers it starts.

    The server loads the libraries while this process goes on. Does nothing where
    kernels cannot be forked.
    """
    if not can_fork():
        yield
        return
    before = os.environ.get(SERVER_VARIABLE)
    server = _Server()
    os.environ[SERVER_VARIABLE] = str(server.path)
    try:
        yield
    finally:
        os.environ.pop(SERVER_VARIABLE, None)
        if before is not None:
            os.environ[SERVER_VARIABLE] = before
        server.stop()


def _short() -> str | None:
    """Return where a socket's path stays short enough, None for the usual place."""
    is_long = len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER
    return "/tmp" if is_long else None


class _Server:
    """A server process and the private folder of its socket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="synergy-kernels-", dir=_short()))
        self.path = self.folder / "server"
        # Bound here, so that requests can be sent while the server still loads.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.path))
            self.path.chmod(0o600)
            listener.listen(64)
            number = listener.fileno()
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "synergy_lib.reporting.warm.server",
                    str(number),
                ],
                stdin=subprocess.PIPE,
                pass_fds=[number],
                start_new_session=True,  # Ctrl-C is for the run, which ends the server
                env=os.environ | ONE_THREAD,
            )

    def stop(self) -> None:
        """End the server and the kernels that are left."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def server_folder() -> Path | None:
    """Return the private folder of the server that kernels are asked of, if any."""
    path = _server_path()
    folder = path.parent if path else None
    return folder if folder and folder.is_dir() else None


def _server_path() -> Path | None:
    """Return the socket of this process's own server, else of its parent's."""
    if _own_servers:
        return _own_servers[-1].path
    path = os.environ.get(SERVER_VARIABLE)
    return Path(path) if path else None


# Servers started by this process for itself; not told to the processes it starts.
_own_servers: list[_Server] = []
_one_at_a_time = threading.Lock()


def start_own_server() -> None:
    """Start a server that lives as long as this process, in place of a dead one.

    Threads that find the server dead at the same time start one between them.
    """
    with _one_at_a_time:
        if _own_servers and _own_servers[-1].process.poll() is None:
            return
        server = _Server()
        atexit.register(server.stop)
        _own_servers.append(server)


def fork_kernel(argv: Sequence[str], env: Mapping[str, str], cwd: str) -> ForkedProcess:
    """Ask the server for a kernel.

    If there is no server, or it has died, this process starts one of its own.

    Parameters
    ----------
    argv : sequence of str
        Arguments of ipykernel, such as ``["-f", "connection.json"]``.
    env : mapping of str to str
        The kernel's whole environment.
    cwd : str
        The folder it runs in.

    Raises
    ------
    ReportError
        If no server answers.
    """
    request = {"argv": list(argv), "env": dict(env), "cwd": cwd}
    try:
        return _ask(request)
    except OSError:
        start_own_server()
    try:
        return _ask(request)
    except OSError as error:
        raise ReportError(f"内核服务进程没有应答：{error}") from error


def _ask(request: Mapping[str, object]) -> ForkedProcess:
    """Send a request to the server that the environment names."""
    path = _server_path()
    if path is None:
        raise FileNotFoundError("no kernel server")
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_ANSWER_TIMEOUT_S)
        connection.connect(str(path))
        connection.sendall(json.dumps(request).encode() + b"\n")
        return ForkedProcess(connection)
    except OSError:
        connection.close()
        raise


class ForkedProcess:
    """A kernel forked by the server, with the interface of ``subprocess.Popen``.

    It ends when this object's connection closes, so also when this process dies.
    """

    stdin = stdout = stderr = None
    _descriptor: int | None = None

    def __init__(self, connection: socket.socket) -> None:
        received = b""
        while b"\n" not in received:
            data = connection.recv(4096)
            if not data:
                raise OSError("connection closed")
            received += data
        line, _, self._received = received.partition(b"\n")
        self.pid: int = json.loads(line)["pid"]
        self.returncode: int | None = None
        connection.setblocking(False)
        self._descriptor = connection.detach()

    def poll(self) -> int | None:
        """Return the exit code, None while the kernel runs."""
        if self.returncode is None and self._descriptor is not None:
            try:
                data = os.read(self._descriptor, 4096)
            except BlockingIOError:
                return None
            except OSError:
                data = b""
            self._received += data
            if b"\n" in self._received:
                self.returncode = int(json.loads(self._received)["exit"])
            elif not data:
                self.returncode = -signal.SIGKILL  # the server is gone, the kernel too
            if self.returncode is not None:
                self.close()
        return self.returncode

    def close(self) -> None:
        """Close the connection; a kernel that still runs ends."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        """A kernel nobody holds any more ends."""
        self.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(0.01)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)
