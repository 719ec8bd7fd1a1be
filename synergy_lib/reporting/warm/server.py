"""The process that has everything imported and forks a kernel for each request.

Run as ``python -m synergy_lib.reporting.warm.server NUMBER`` with the descriptor of a
listening Unix socket, by :class:`synergy_lib.reporting.warm.client`. It has one thread, so
that forking is safe; it ends, and its kernels with it, when its standard input closes,
which the system sees to however the parent ends. It then removes the private folder
of its socket, in which the kernels' folders lie too.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import random
import selectors
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synergy_lib.resources import data_path

__all__ = ["MEMORY_VARIABLE", "KernelServer", "end_with_parent", "main", "preload"]

# Environment variable: how many MiB a kernel may take beyond what it starts with.
MEMORY_VARIABLE = "SYNERGY_KERNEL_MEMORY_MB"

# What a report's kernel needs before its first cell; a kernel imports the debugger too.
PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "sqlite3",
    "synergy_lib.reporting.enterprise_report",
    "synergy_lib.reporting.park_report",
    "matplotlib.backends.backend_svg",
)
_PR_SET_PDEATHSIG = 1
_MAXIMUM_REQUEST = 1 << 20
_INLINE = "module://matplotlib_inline.backend_inline"


def preload() -> None:
    """Import what kernels need and draw a report, so that nothing is done first later.

    The report is that of an invented enterprise; kernels see no other's data.
    """
    for name in PRELOADED:
        importlib.import_module(name)
    from synergy_lib.reporting import enterprise_report

    example = data_path("demo_park", "example_slice.json")
    enterprise = enterprise_report.open_slice(str(example))
    # Outside a kernel a display is printed, and standard output is the client's.
    with contextlib.redirect_stdout(io.StringIO()):
        for name in enterprise_report.__all__:
            if name.startswith("show_"):
                getattr(enterprise_report, name)(enterprise)
    gc.collect()
    gc.freeze()


def end_with_parent() -> None:
    """Ask the system to kill this process when its parent ends (Linux)."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


@dataclass
class _Client:
    """One connection: a request that grows until its line is whole, then a kernel."""

    connection: socket.socket
    received: bytes = b""
    pid: int | None = None


class KernelServer:
    """Accept requests on a listening Unix socket and fork a kernel for each.

    A request is one line of JSON, ``{"argv": [...], "env": {...}, "cwd": "..."}``; the
    answers are ``{"pid": n}`` and, when the kernel has ended, ``{"exit": code}``. A
    client that closes its connection ends its kernel.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._folder = Path(listener.getsockname()).parent
        self._clients: dict[int, _Client] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_write.setblocking(False)

    def serve(self) -> None:
        """Serve until standard input closes, then end every kernel."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write.fileno())
        for source in (self._listener, self._wake_read, sys.stdin):
            self._selector.register(source, selectors.EVENT_READ)
        try:
            while self._step():
                pass
        finally:
            for client in list(self._clients.values()):
                self._drop(client)
            shutil.rmtree(self._folder, ignore_errors=True)

    def _step(self) -> bool:
        """Handle what has happened; False when it is time to end."""
        for key, _ in self._selector.select():
            if key.fd == sys.stdin.fileno():
                if not os.read(key.fd, 4096):
                    return False
            elif key.fileobj is self._listener:
                connection, _ = self._listener.accept()
                self._clients[connection.fileno()] = _Client(connection)
                self._selector.register(connection, selectors.EVENT_READ)
            elif key.fileobj is self._wake_read:
                self._wake_read.recv(4096)
                self._reap()
            elif client := self._clients.get(key.fd):
                self._read(client)
        return True

    def _read(self, client: _Client) -> None:
        """Take in a request; a closed or talkative connection is dropped."""
        try:
            data = client.connection.recv(65536)
        except OSError:
            data = b""
        client.received += data
        if not data or len(client.received) > _MAXIMUM_REQUEST:
            self._drop(client)
        elif client.pid is None and client.received.endswith(b"\n"):
            request = json.loads(client.received)
            server = os.getpid()
            pid = os.fork()
            if pid == 0:
                self._become_kernel(request, server)
            client.pid = pid
            self._answer(client, {"pid": pid})

    def _reap(self) -> None:
        """Collect kernels that ended and tell their clients."""
        for client in self._clients.values():
            if client.pid is None:
                continue
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(client.pid, os.WNOHANG)
                if pid:
                    client.pid = None
                    self._answer(client, {"exit": os.waitstatus_to_exitcode(status)})

    def _drop(self, client: _Client) -> None:
        """Forget a connection and end its kernel."""
        self._clients.pop(client.connection.fileno(), None)
        self._selector.unregister(client.connection)
        client.connection.close()
        if client.pid is not None:
            # Right after the fork the kernel does not lead its own group yet.
            for end in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError):
                    end(client.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(client.pid, 0)

    @staticmethod
    def _answer(client: _Client, message: dict[str, int]) -> None:
        with contextlib.suppress(OSError):
            client.connection.sendall(json.dumps(message).encode() + b"\n")

    def _become_kernel(self, request: dict[str, Any], server: int) -> None:
        """Turn this forked process into the kernel; never returns."""
        code = 1
        try:
            os.setsid()
            end_with_parent()
            if os.getppid() != server:  # it ended before the line above
                os._exit(code)
            self._leave_server_behind()
            _set_up_process(request)
            _run_kernel(request["argv"])
            code = 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _leave_server_behind(self) -> None:
        """Close the server's sockets and undo its signal handling."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._selector.close()
        self._listener.close()
        self._wake_read.close()
        self._wake_write.close()
        for client in self._clients.values():
            client.connection.close()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, sys.stdin.fileno())
        os.close(null)


def _set_up_process(request: dict[str, Any]) -> None:
    """Give the kernel its own folder, environment, random state and memory limit."""
    import tempfile

    import numpy as np

    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    _set_backend()
    # A kernel lives for seconds: collecting as rarely as this saves some time.
    gc.set_threshold(100_000, 20, 100)
    random.seed()
    np.random.seed()  # noqa: NPY002 - code of the notebook may use the old interface
    if limit := int(request["env"].get(MEMORY_VARIABLE) or 0):
        _limit_memory(limit << 20)


def _limit_memory(size: int) -> None:
    """Let the kernel take ``size`` bytes beyond what it was forked with.

    An allocation above that raises ``MemoryError`` in the cell instead of making the
    system kill somebody.
    """
    import resource

    status = Path("/proc/self/status").read_text(encoding="ascii")
    data = next(line for line in status.splitlines() if line.startswith("VmData:"))
    limit = int(data.split()[1]) * 1024 + size
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _set_backend() -> None:
    """Have plots shown in the notebook, as a kernel started anew would.

    Matplotlib reads ``MPLBACKEND`` when it is imported, which was before the fork.
    """
    import matplotlib as mpl

    mpl.rcParams["backend"] = os.environ.get("MPLBACKEND") or _INLINE


def _run_kernel(argv: list[str]) -> None:
    """Run an ordinary ipykernel application on a connection file."""
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *argv]
    IPKernelApp.launch_instance(argv)


def main() -> None:
    """Preload and serve."""
    preload()
    server = KernelServer(socket.socket(fileno=int(sys.argv[1])))
    server.serve()


if __name__ == "__main__":
    main()
