"""How Jupyter gets warm kernels: a provisioner, a manager and a papermill engine."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir

from synergy_lib.reporting.warm.client import can_fork, fork_kernel, server_folder

__all__ = ["SynergyKernelManager", "WarmProvisioner"]

PROVISIONER = "synergy-warm"
_LAUNCHER = "ipykernel_launcher"
# A Unix socket's path has about a hundred bytes; its own name takes twenty-five.
_LONGEST_FOLDER = 75


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
        self.process = fork_kernel(cmd[cmd.index(_LAUNCHER) + 1 :], env, cwd)
        self.pid = self.process.pid
        self.pgid = self.process.pid
        self.cwd = cwd
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder."""
        if self.folder and not restart:
            shutil.rmtree(self.folder, ignore_errors=True)
        await super().cleanup(restart=restart)


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
