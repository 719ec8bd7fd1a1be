"""Put finished files in place: whole, durable, and never over a better one."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from synergy_lib.errors import InputDataError, ParameterError, Problem, ReportError

__all__ = [
    "OutputFolder",
    "folder_names",
    "is_in_use",
    "open_output",
    "refuse_in_use",
]

LOCK = ".lock"
# The annual report's folder, and its name in the ledger.
PARK_FOLDER = "park"
_STAGING = ".staging-"
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
        If two ids would share a folder, or one would share the annual report's name.

    Examples
    --------
    >>> folder_names(["0012", "DK.CAED/01"])
    {'0012': '0012', 'DK.CAED/01': 'DK.CAED_01'}
    """
    names: dict[str, str] = {}
    owners = {PARK_FOLDER: PARK_FOLDER}
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
def open_output(folder: Path) -> Iterator[OutputFolder]:
    """Hold a folder of reports for one run.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is not there.

    Raises
    ------
    ReportError
        If another run holds it.
    ParameterError
        If it cannot be written to.

    Notes
    -----
    The lock is the system's: it is gone when this process is, however it ends. What a
    killed run left unfinished is removed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, blocking=False)
        lock.acquire()
    except Timeout:
        raise _busy(folder) from None
    except OSError as error:
        raise ParameterError(
            Problem(str(folder), f"不能写入：{error.strerror}", "可写的文件夹", "--out")
        ) from error
    try:
        for left in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
        try:
            yield OutputFolder(folder, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        lock.release()


def refuse_in_use(folder: Path) -> None:
    """Raise at once if another run holds the folder, before any work is done.

    Raises
    ------
    ReportError
        As :func:`open_output` would.
    """
    if is_in_use(folder):
        raise _busy(folder)


def _busy(folder: Path) -> ReportError:
    return ReportError(
        f"{folder} 正由另一个运行写入；等它结束（synergy status 可查看），"
        "或用 --out 换一个文件夹"
    )


def is_in_use(folder: Path) -> bool:
    """Tell whether a run holds the folder now."""
    lock = FileLock(folder / LOCK, blocking=False)
    try:
        if not (folder / LOCK).exists():
            return False
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


class OutputFolder:
    """A folder of reports and the staging folder in which new files are made.

    Both lie on one file system, so that a finished file moves into place in one step.
    """

    def __init__(self, folder: Path, staging: Path) -> None:
        self.folder = folder
        self.staging = staging

    def stage(self, name: str, content: bytes) -> None:
        """Write a file below the staging folder."""
        path = self.staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place, whole or not at all; nothing happens if it is there."""
        target = self.folder / name
        if target.is_file() and target.read_bytes() == content:
            return
        handle, temporary = tempfile.mkstemp(dir=self.staging)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        self._move(Path(temporary), target)

    def publish_file(self, finished: str, name: str) -> None:
        """Move a file of the staging folder to its place."""
        self._move(self.staging / finished, self.folder / name)

    def publish_report(self, name: str, *, superseded: Collection[str]) -> None:
        """Put a report's folder in place of the last one, in one step.

        Parameters
        ----------
        name : str
            The folder, below the staging folder now and at its place afterwards.
        superseded : collection of str
            File names that must not survive from the last one; its other files do.
        """
        finished, target = self.staging / name, self.folder / name
        for file in finished.iterdir():
            _sync(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            finished.rename(target)
            return
        for other in target.iterdir():
            kept = finished / other.name
            if other.name not in superseded and not kept.exists():
                copy = shutil.copytree if other.is_dir() else shutil.copy2
                copy(other, kept)
        _exchange(finished, target)

    def remove(self, name: str) -> None:
        """Remove a file, and its folder if that is empty then."""
        target = self.folder / name
        target.unlink(missing_ok=True)
        if target.parent.is_dir() and not any(target.parent.iterdir()):
            target.parent.rmdir()

    @staticmethod
    def _move(finished: Path, target: Path) -> None:
        """Move a finished file into place once it is on disk."""
        _sync(finished)
        target.parent.mkdir(parents=True, exist_ok=True)
        finished.replace(target)


def _sync(file: Path) -> None:
    """Wait until a file is on disk."""
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _exchange(new: Path, old: Path) -> None:
    """Let two folders change places.

    Linux does it in one step. Elsewhere there is a moment without either in place.
    """
    if sys.platform == "linux" and _rename_exchange(new, old):
        return
    aside = Path(tempfile.mkdtemp(dir=new.parent)) / new.name
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise


def _rename_exchange(one: Path, other: Path) -> bool:
    """Exchange two paths; False where the file system or C library cannot."""
    at_working_folder, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of linux/fs.h
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    paths = os.fsencode(one.resolve()), os.fsencode(other.resolve())
    done: int = rename(
        at_working_folder, paths[0], at_working_folder, paths[1], exchange
    )
    return done == 0
