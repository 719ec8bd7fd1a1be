"""The kernels that execute reports: local sockets instead of network ports."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir

__all__ = ["SynergyKernelManager"]


class SynergyKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Start kernels over IPC where the system has it.

    Kernels started at the same time race for free TCP ports, and TCP traffic can be
    read by others on the machine; Unix sockets, each with a name of its own, have
    neither problem.
    """

    def __init__(self, **kwargs: Any) -> None:
        if os.name == "posix":
            folder = Path(jupyter_runtime_dir())
            folder.mkdir(parents=True, exist_ok=True)
            kwargs.setdefault("transport", "ipc")
            kwargs.setdefault("ip", str(folder / f"synergy-{uuid.uuid4().hex[:12]}"))
        super().__init__(**kwargs)
