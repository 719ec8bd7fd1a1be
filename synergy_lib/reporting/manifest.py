"""The record of a run: what went in, what came out, with hashes."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import synergy_lib
from synergy_lib.resources import data_path, notebook_path, parameters_path

__all__ = [
    "earlier_reports",
    "hash_bytes",
    "hash_files",
    "manifest_text",
    "source_hashes",
]

# Suffixes of the library's own files: code, and the templates of reports and portal.
_CODE = frozenset((".py", ".j2", ".js", ".css", ".typ"))
_PACKAGES = (
    "ipykernel",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "scipy",
    "typst",
)


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def hash_files(paths: list[Path]) -> str:
    """Return one SHA-256 over the names and hashes of files, in sorted order."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda item: item.as_posix()):
        digest.update(f"{path.name}\0{hash_bytes(path.read_bytes())}\n".encode())
    return digest.hexdigest()


def earlier_reports(path: Path) -> dict[str, Any]:
    """Return the entries of the reports that an earlier run recorded.

    Entries whose files are no longer there are left out; so is everything, if the
    manifest cannot be read.
    """
    try:
        reports = json.loads(path.read_text(encoding="utf-8"))["reports"]
        return {
            key: entry
            for key, entry in reports.items()
            if all((path.parent / name).is_file() for name in entry["files"])
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def source_hashes(scheme: str) -> dict[str, str]:
    """Return the hashes of everything but the data that a report depends on."""
    package = Path(synergy_lib.__file__).parent
    code = [path for path in package.rglob("*") if path.suffix in _CODE]
    return {
        "library": hash_files(code),
        "data": hash_files(list(data_path("").glob("*.csv"))),
        "factors": hash_files(list(data_path("factors").glob("*.csv"))),
        "fonts": hash_files(list(data_path("fonts").glob("*.otf"))),
        "notebooks": hash_files(list(notebook_path("").glob("*.ipynb"))),
        "mappings": hash_files(list(parameters_path("mappings").glob("*.csv"))),
        "scheme": hash_files(list(parameters_path("schemes", scheme).glob("*.*"))),
        "techniques": hash_files(list(parameters_path("techniques").glob("*.csv"))),
    }


def manifest_text(content: dict[str, Any]) -> str:
    """Return the manifest as JSON, with the versions that made it."""
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = ""
    full = {
        "synergy_lib": synergy_lib.__version__,
        "python": platform.python_version(),
        "packages": packages,
        **content,
    }
    return json.dumps(full, ensure_ascii=False, indent=1, sort_keys=True)
