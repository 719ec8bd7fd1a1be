"""A papermill engine that executes notebooks in warm kernels."""

from __future__ import annotations

from typing import Any

from papermill.engines import NBClientEngine

__all__ = ["SynergyEngine"]


class SynergyEngine(NBClientEngine):  # type: ignore[misc]
    """Execute with nbclient, as papermill does, in kernels forked from a warm process.

    ``papermill --engine synergy in.ipynb out.ipynb`` works with any Python notebook.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, **kwargs: Any
    ) -> Any:
        """Execute a notebook; arguments as those of papermill's own engine."""
        kwargs.setdefault(
            "kernel_manager_class", "synergy_lib.reporting.warm.SynergyKernelManager"
        )
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
