"""A papermill engine that executes notebooks in warm kernels."""

from __future__ import annotations

from functools import cache
from typing import Any

MANAGER = "synergy_lib.reporting.warm.SynergyKernelManager"


def __getattr__(name: str) -> Any:
    """Return ``SynergyEngine``; made late, because papermill loads it while importing."""
    if name == "SynergyEngine":
        return _engine()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _engine() -> type:
    """Return the engine class."""
    from papermill.engines import NBClientEngine

    class SynergyEngine(NBClientEngine):  # type: ignore[misc]
        """Execute with nbclient, as papermill does, in kernels forked warm.

        ``papermill --engine synergy in.ipynb out.ipynb`` works with any notebook.
        """

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, **kwargs: Any
        ) -> Any:
            """Execute a notebook; arguments as those of papermill's own engine."""
            kwargs.setdefault("kernel_manager_class", MANAGER)
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    return SynergyEngine
