"""How Jupyter gets warm kernels: a provisioner, a manager and a client."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir

from synergy_lib.reporting.warm.client import (
    ForkedProcess,
    can_fork,
    fork_kernel,
    server_folder,
)

__all__ = ["SynergyKernelManager", "WarmProvisioner"]

PROVISIONER = "synergy-warm"
_LAUNCHER = "ipykernel_launcher"
# A Unix socket's path has about a hundred bytes; its own name takes twenty-five.
_LONGEST_FOLDER = 75
_POLL_S = 0.005
# How long a kernel that is ready takes to answer, and then some. [s]
_ANSWER_S = 0.1


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Fork the kernel from the kernel server instead of starting Python anew.

    Registered as ``synergy-warm``; a kernel specification that names it, or
    :class:`SynergyKernelManager`, uses it. Kernels of other languages, and all kernels
    where forking is not safe, start as usual.
    """

    folder: str | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Launch the kernel with its own temporary and configuration folders."""
        if not can_fork() or _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        self.folder = tempfile.mkdtemp(prefix="kernel-", dir=server_folder())
        env = dict(kwargs.get("env") or os.environ)
        env.update(dict.fromkeys(("TMPDIR", "IPYTHONDIR"), self.folder))
        env["JPY_PARENT_PID"] = str(os.getpid())
        cwd = str(kwargs.get("cwd") or Path.cwd())
        argv = cmd[cmd.index(_LAUNCHER) + 1 :]
        # A server that still loads takes a while to answer.
        self.process = await asyncio.to_thread(fork_kernel, argv, env, cwd)
        self.pid = self.process.pid
        self.pgid = self.process.pid
        self.cwd = cwd
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel to end and return its exit code."""
        if not isinstance(self.process, ForkedProcess):
            code: int | None = await super().wait()
            return code
        while (code := self.process.poll()) is None:
            await asyncio.sleep(_POLL_S)
        self.process = None  # type: ignore[assignment]
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder."""
        if self.folder and not restart:
            shutil.rmtree(self.folder, ignore_errors=True)
        await super().cleanup(restart=restart)


class SynergyKernelClient(AsyncKernelClient):  # type: ignore[misc]
    """Talks to a kernel, and knows at once when it is ready.

    The ordinary client looks every second whether the kernel answers, and then waits
    until nothing has come for a fifth of a second: longer than a warm kernel takes.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers a request and its outputs arrive.

        Raises
        ------
        RuntimeError
            If the kernel dies or does not answer in ``timeout`` seconds.
        """
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while not await self._answers(self.kernel_info()):
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self, request: str) -> bool:
        """Tell whether the kernel is done with a request, and said so to all."""
        try:
            while True:
                message = await self.get_iopub_msg(timeout=_ANSWER_S)
                is_own = message["parent_header"].get("msg_id") == request
                if is_own and message["content"].get("execution_state") == "idle":
                    break
            while True:
                reply = await self.get_shell_msg(timeout=_ANSWER_S)
                if reply["parent_header"].get("msg_id") == request:
                    break
        except Empty:
            return False
        self._handle_kernel_info_reply(reply)
        return True


class SynergyKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Start warm kernels, over Unix sockets where the system has them.

    Kernels started at the same time race for free TCP ports, and TCP traffic can be
    read by others on the machine; sockets with a name of their own have neither problem.
    """

    def __init__(self, **kwargs: Any) -> None:
        if os.name == "posix":
            folder = server_folder() or Path(jupyter_runtime_dir())
            if len(os.fsencode(folder)) > _LONGEST_FOLDER:
                folder = Path(tempfile.gettempdir())
            folder.mkdir(parents=True, exist_ok=True)
            name = folder / f"synergy-{uuid.uuid4().hex[:12]}"
            kwargs.setdefault("transport", "ipc")
            kwargs.setdefault("ip", str(name))
            kwargs.setdefault("connection_file", f"{name}.json")
        kwargs.setdefault("client_factory", SynergyKernelClient)
        super().__init__(**kwargs)

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """Return the kernel's specification, with the warm provisioner named in it."""
        spec = super().kernel_spec
        if spec is not None and can_fork():
            spec.metadata.setdefault(
                "kernel_provisioner", {"provisioner_name": PROVISIONER}
            )
        return spec
