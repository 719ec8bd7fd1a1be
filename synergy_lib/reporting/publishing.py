"""Put finished files in place: whole, durable, and never over a better one."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from synergy_lib.errors import InputDataError, Problem

__all__ = ["folder_names", "publish_file", "staging_folder", "write_bytes"]

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\s]+')
# Names Windows refuses for files and folders.
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)


def folder_names(enterprise_ids: Iterable[str]) -> dict[str, str]:
    """Return a folder name for each enterprise id, safe on every system.

    Parameters
    ----------
    enterprise_ids : iterable of str

    Returns
    -------
    dict of str to str
        Characters that no file system takes become ``_``.

    Raises
    ------
    InputDataError
        If two ids would share a folder.

    Examples
    --------
    >>> folder_names(["0012", "DK.CAED/01"])
    {'0012': '0012', 'DK.CAED/01': 'DK.CAED_01'}
    """
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    problems = []
    for enterprise_id in enterprise_ids:
        name = _UNSAFE.sub("_", enterprise_id).strip("._ ")[:80] or "_"
        if name.lower().split(".")[0] in _RESERVED:
            name = f"_{name}"
        if name.lower() in owners:
            problems.append(
                Problem(
                    f"企业编号“{enterprise_id}”",
                    f"与“{owners[name.lower()]}”会得到同一个文件夹名“{name}”",
                    "不区分大小写和特殊字符也互不相同的编号",
                )
            )
        owners[name.lower()] = enterprise_id
        names[enterprise_id] = name
    if problems:
        raise InputDataError(problems)
    return names


@contextmanager
def staging_folder(out: Path) -> Iterator[Path]:
    """Give a working folder beside the reports that is removed at the end.

    It lies on the same file system as the reports, so that a finished file moves
    into place in one step.
    """
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=out))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish_file(finished: Path, target: Path) -> None:
    """Move a finished file to its place, replacing an older one in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with finished.open("rb") as handle:
        os.fsync(handle.fileno())
    finished.replace(target)


def write_bytes(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
