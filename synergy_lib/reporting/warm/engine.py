"""A papermill engine that executes notebooks in warm kernels."""

from __future__ import annotations

from functools import cache
from typing import Any

MANAGER = "synergy_lib.reporting.warm.SynergyKernelManager"
START_ATTEMPTS = 3


def __getattr__(name: str) -> Any:
    """Return ``SynergyEngine``; made late, because papermill loads it while importing."""
    if name == "SynergyEngine":
        return _engine()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _engine() -> type:
    """Return the engine class."""
    from papermill.engines import NBClientEngine
    from papermill.iorw import write_ipynb

    class SynergyEngine(NBClientEngine):  # type: ignore[misc]
        """Execute with nbclient, as papermill does, in kernels forked warm.

        ``papermill --engine synergy in.ipynb out.ipynb`` works with any notebook. A
        kernel that does not start is tried again; a cell that fails is not.
        """

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, **kwargs: Any
        ) -> Any:
            """Execute a notebook; arguments as those of papermill's own engine.

            ``failed_path``, if given, is where the notebook is saved as far as it got
            when something other than a cell's own error ends it.
            """
            kwargs.setdefault("kernel_manager_class", MANAGER)
            failed_path = kwargs.pop("failed_path", None)
            attempts_left = START_ATTEMPTS
            while True:
                attempts_left -= 1
                try:
                    return super().execute_managed_notebook(
                        nb_man, kernel_name, **kwargs
                    )
                except Exception:
                    if attempts_left and not _has_begun(nb_man.nb):
                        continue
                    if failed_path:
                        write_ipynb(nb_man.nb, failed_path)
                    raise

    return SynergyEngine


def _has_begun(notebook: Any) -> bool:
    """Tell whether any cell was handed to a kernel."""
    return any(
        cell.metadata.get("papermill", {}).get("status") != "pending"
        for cell in notebook.cells
    )
