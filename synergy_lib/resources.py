"""Where packaged data, notebooks and parameters are found."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_path", "notebook_path", "parameters_path"]

_PACKAGE = Path(__file__).resolve().parent


def data_path(*parts: str) -> Path:
    """Return the path of a packaged data file, e.g. ``data_path("columns.csv")``."""
    return _PACKAGE.joinpath("data", *parts)


def parameters_path(*parts: str) -> Path:
    """Return the path of a shipped parameter file, from a wheel or a checkout."""
    return _shipped("parameters_files", "parameters").joinpath(*parts)


def notebook_path(name: str) -> Path:
    """Return the path of a shipped notebook, from a wheel or a checkout."""
    return _shipped("notebooks", "notebooks") / name


def _shipped(packaged: str, in_checkout: str) -> Path:
    """Prefer the folder inside the installed package, else the checkout's."""
    inside = _PACKAGE / packaged
    return inside if inside.is_dir() else _PACKAGE.parent / in_checkout
