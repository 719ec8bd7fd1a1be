"""Build the reports on the workers of a ``dask.distributed`` cluster.

Slices, notebooks and finished files are exchanged through ``fsspec``: a folder on a
shared disk, or object storage. The process that runs the command publishes them.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from synergy_lib.errors import ParameterError, Problem, ReportError, describe_error
from synergy_lib.reporting.output.manifest import library_hash
from synergy_lib.reporting.workers.execution import (
    NOTEBOOKS,
    ReportJob,
    ReportResult,
    build_report,
)

__all__ = ["ClusterWorkers", "cluster_workers"]

# Of the code that this process has loaded, whatever lies on its disk later.
_LOADED = library_hash()
_CONNECT_S = 15
_WORKERS_S = 30


@contextmanager
def cluster_workers(address: str, exchange: str = "") -> Iterator[ClusterWorkers]:
    """Connect to a cluster.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    exchange : str, optional
        URL of a store that this process and the workers reach, such as
        ``s3://bucket/exchange``; the output folder, on a shared disk, if empty.

    Raises
    ------
    ParameterError
        If the packages for this are not installed.
    ReportError
        If nobody answers, or a worker has another version of the library.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ParameterError(
            Problem(
                "--scheduler",
                "没有安装 distributed",
                'pip install "synergy-lib[cluster]"',
            )
        ) from error
    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ReportError(f"--scheduler {address}：连不上调度器（{error}）") from error
    try:
        _check_workers(client, address)
        yield ClusterWorkers(client, exchange)
    finally:
        client.close()


def _check_workers(client: Any, address: str) -> None:
    """Refuse a cluster without workers, or whose workers would build other reports."""
    try:
        client.wait_for_workers(1, timeout=_WORKERS_S)
    except TimeoutError as error:
        raise ReportError(f"--scheduler {address}：没有工作进程") from error
    try:
        found = client.run(loaded_library)
    except ImportError as error:
        raise ReportError(
            f"--scheduler {address}：工作进程上没有 synergy_lib"
        ) from error
    others = sorted(
        name for name, digest in found.items() if digest != loaded_library()
    )
    if others:
        raise ReportError(
            f"--scheduler {address}：这些工作进程上的 synergy_lib 与本机不同，"
            f"请装同一版本：{'、'.join(others)}"
        )


def loaded_library() -> str:
    """Return the hash of the library that this process has loaded."""
    return _LOADED


class ClusterWorkers:
    """The workers of a cluster; each forks its kernels from a server of its own."""

    def __init__(self, client: Any, exchange: str) -> None:
        self._client = client
        self._exchange = exchange

    def results(self, jobs: Sequence[ReportJob]) -> Generator[ReportResult, None, None]:
        """Build reports and yield what became of each as it finishes.

        Parameters
        ----------
        jobs : sequence of ReportJob
            All of one staging folder.

        Notes
        -----
        A report whose worker dies is begun again on another one, as often as the
        scheduler's ``allowed-failures`` says.
        """
        if not jobs:
            return
        from distributed import as_completed
        from fsspec.core import url_to_fs

        own = f"{self._exchange.rstrip('/')}/synergy-{uuid.uuid4().hex}"
        url = own if self._exchange else str(jobs[0].folder.resolve())
        store, root = url_to_fs(url)
        by_future = {}
        try:
            if self._exchange:
                for path in {job.notebook for job in jobs}:
                    _put(store, path, f"{root}/{NOTEBOOKS}/{path.name}")
            for number, job in enumerate(jobs):
                if self._exchange:
                    place = f"{root}/{job.slice_path}"
                    _put(store, job.folder / job.slice_path, place)
                future = self._client.submit(
                    build_exchanged, job, url, _LOADED, pure=False, priority=-number
                )
                by_future[future] = job
            for future in as_completed(
                by_future, loop=self._client.loop, raise_errors=False
            ):
                yield _result(future, by_future[future], store)
        finally:
            try:
                self._client.cancel(list(by_future))
            finally:
                if self._exchange:
                    with suppress(OSError):
                        store.rm(root, recursive=True)


def build_exchanged(job: ReportJob, url: str, library: str) -> tuple[ReportResult, str]:
    """Build a report from files of a store, on a worker.

    Parameters
    ----------
    job : ReportJob
    url : str
        The store: slices at their place, notebooks under ``notebooks/``.
    library : str
        Hash of the library that the process has loaded which asks for the report.

    Returns
    -------
    tuple of (ReportResult, str)
        And the folder of the store that its files were put in.
    """
    from fsspec.core import url_to_fs

    if library != loaded_library():
        raise ReportError("这个工作进程上的 synergy_lib 是另一版本")
    store, root = url_to_fs(url)
    # A place of its own: a worker thought dead may still be writing.
    finished = f"{root}/finished/{uuid.uuid4().hex}"
    with tempfile.TemporaryDirectory(prefix="synergy-report-") as name:
        folder = Path(name)
        notebook = folder / job.notebook.name
        _get(store, f"{root}/{NOTEBOOKS}/{notebook.name}", notebook)
        _get(store, f"{root}/{job.slice_path}", folder / job.slice_path)
        result = build_report(replace(job, folder=folder, notebook=notebook))
        for file in _files(result):
            _put(store, folder / file, f"{finished}/{file}")
    return result, finished


def _result(future: Any, job: ReportJob, store: Any) -> ReportResult:
    """Fetch what a worker made into the staging folder."""
    try:
        result, finished = future.result()
        for file in _files(result):
            _get(store, f"{finished}/{file}", job.folder / file)
    except Exception as error:
        reason = f"集群：{describe_error(error)}"
        return ReportResult(job.report_id, job.title, error=reason)
    checked: ReportResult = result
    return checked


def _files(result: ReportResult) -> list[str]:
    """Return the files a report left, relative to its folder."""
    return [
        *result.files,
        *([result.failed_notebook] if result.failed_notebook else []),
    ]


def _put(store: Any, path: Path, place: str) -> None:
    """Write a file to the store."""
    store.makedirs(place.rpartition("/")[0], exist_ok=True)
    store.pipe_file(place, path.read_bytes())


def _get(store: Any, place: str, path: Path) -> None:
    """Read a file from the store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(store.cat_file(place))
