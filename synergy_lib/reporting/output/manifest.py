"""The record of a run: what went in, what came out, with hashes."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import synergy_lib
from synergy_lib.resources import data_path, parameters_path

__all__ = [
    "hash_bytes",
    "hash_files",
    "library_hash",
    "manifest_text",
    "package_versions",
    "source_hashes",
]

# Suffixes of the library's own files: code, and the templates of reports and portal.
_CODE = frozenset((".py", ".j2", ".js", ".css", ".typ"))


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def hash_files(paths: list[Path]) -> str:
    """Return one SHA-256 over the names and hashes of files, wherever they lie."""
    lines = sorted(f"{path.name}\0{hash_bytes(path.read_bytes())}\n" for path in paths)
    return hash_bytes("".join(lines).encode())


def source_hashes(scheme: str) -> dict[str, str]:
    """Return the hashes of everything but data and notebooks that a report follows from.

    Parameters
    ----------
    scheme : str
        Name of the index scheme.

    Returns
    -------
    dict of str to str
        ``library`` (code), ``template`` (layout of the documents), ``tables`` (facts,
        factors, mappings, scheme, techniques), ``fonts`` and ``packages`` (versions of
        Python and of what the library depends on).
    """
    package = Path(synergy_lib.__file__).parent
    template = package / "reporting" / "export" / "templates"
    files = {path for path in package.rglob("*") if path.suffix in _CODE}
    layout = {path for path in files if template in path.parents}
    tables = [
        *data_path("").glob("*.csv"),
        *data_path("factors").glob("*.csv"),
        *parameters_path("mappings").glob("*.csv"),
        *parameters_path("schemes", scheme).glob("*.*"),
        *parameters_path("sentences").glob("*.csv"),
        *parameters_path("targets").glob("*.csv"),
        *parameters_path("techniques").glob("*.csv"),
    ]
    return {
        "library": hash_files(list(files - layout)),
        "template": hash_files(list(layout)),
        "tables": hash_files(tables),
        "fonts": hash_files(list(data_path("fonts").glob("*.otf"))),
        "packages": hash_bytes("\n".join(package_versions()).encode()),
    }


def library_hash() -> str:
    """Return one hash of the library's code, layout and fonts, and of the packages."""
    return hash_bytes("".join(source_hashes("").values()).encode())


@cache
def package_versions() -> tuple[str, ...]:
    """Return ``name==version`` of Python and of all that the library depends on."""
    found: dict[str, str] = {}
    to_do = ["synergy-lib"]
    while to_do:
        name = canonicalize_name(to_do.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = package.version
        needed = (Requirement(text) for text in package.requires or ())
        to_do += [
            need.name
            for need in needed
            if need.marker is None or need.marker.evaluate({"extra": ""})
        ]
    versions = {**found, "python": platform.python_version()}
    return tuple(f"{name}=={version}" for name, version in sorted(versions.items()))


def manifest_text(content: dict[str, Any]) -> str:
    """Return the manifest as JSON, with the versions that made it."""
    full = {
        "synergy_lib": synergy_lib.__version__,
        "packages": package_versions(),
        **content,
    }
    return json.dumps(full, ensure_ascii=False, indent=1, sort_keys=True)
