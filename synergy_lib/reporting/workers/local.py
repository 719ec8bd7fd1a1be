"""Worker processes of this machine, each by itself: one that dies takes no other along."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import (
    connection,
    get_context,
    parent_process,
    set_forkserver_preload,
)

from synergy_lib.reporting.warm.client import ONE_THREAD, can_fork, kernel_server
from synergy_lib.reporting.workers.execution import (
    ReportJob,
    ReportResult,
    build_report,
)

__all__ = ["LocalWorkers", "local_workers", "worker_count"]

_PRELOADED = "synergy_lib.reporting.workers.preload"
# Beyond its own limit a report gets this long to end by itself. [s]
_GRACE_S = 15.0
_POLL_S = 1.0


def worker_count(wanted: int = 0) -> int:
    """Return how many workers to use, ``wanted`` unless that is 0.

    One more than there are cores, as a worker waits for its kernel now and then.
    """
    return wanted or (os.cpu_count() or 1) + 1


@contextmanager
def local_workers(count: int) -> Iterator[LocalWorkers]:
    """Run workers and the server that their kernels are forked from.

    They load the libraries while the caller goes on.

    Parameters
    ----------
    count : int
        From :func:`worker_count`.
    """
    with _environment(), kernel_server():
        _start_fork_server()
        workers = LocalWorkers(count)
        try:
            yield workers
        finally:
            workers.kill()


def _start_fork_server() -> None:
    """Let a process load what workers need, which are then forked from it."""
    if can_fork():
        from multiprocessing.forkserver import ensure_running

        set_forkserver_preload([__name__, _PRELOADED])
        with _deaf_to_interrupts():
            ensure_running()


class LocalWorkers:
    """A number of worker processes that build reports."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[_Worker] = []

    def results(self, jobs: Sequence[ReportJob]) -> Generator[ReportResult, None, None]:
        """Begin reports, and return what becomes of each as it finishes.

        Parameters
        ----------
        jobs : sequence of ReportJob
            In the order in which they are begun, the first ones at once.
        """
        missing = min(self._count, len(jobs)) - len(self._workers)
        self._workers += [_Worker() for _ in range(missing)]
        queue = _Queue(jobs, self._workers)
        queue.begin()
        return queue.results()

    def kill(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.kill()


class _Worker:
    """A process that builds one report after the other, replaced when it dies."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = get_context("forkserver") if can_fork() else get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, dict(os.environ)), daemon=True
        )
        with _deaf_to_interrupts():
            self.process.start()
        theirs.close()  # that of a process that dies is then the last, and tells so

    def begin(self, job: ReportJob) -> None:
        """Begin a report, in a new process if the last one died."""
        if self.process.is_alive():
            try:
                self.connection.send(job)
            except OSError:  # it died this moment
                pass
            else:
                return
        self.kill()
        self._start()
        self.connection.send(job)

    def kill(self) -> None:
        """End the process at once; its kernel ends with it."""
        self.process.kill()
        self.process.join()
        self.connection.close()


@dataclass(frozen=True)
class _Running:
    """A report that a worker has begun."""

    worker: _Worker
    job: ReportJob
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_late(self) -> bool:
        """Tell whether it has taken longer than it may."""
        return time.monotonic() - self.begun > self.job.limits.report_seconds

    @property
    def is_lost(self) -> bool:
        """Tell whether it will not end by itself any more."""
        limit = self.job.limits.report_seconds + _GRACE_S
        return time.monotonic() - self.begun > limit

    def result(self) -> ReportResult:
        """Return what became of the report, also if its worker died."""
        try:
            result: ReportResult = self.worker.connection.recv()
        except (EOFError, OSError):
            limit = self.job.limits.report_seconds
            reason = (
                f"整份报告超过 {limit} 秒（--report-seconds）"
                if self.is_late
                else "工作进程中途退出（被结束，或内存不足）"
            )
            return ReportResult(self.job.report_id, self.job.title, error=reason)
        return result


class _Queue:
    """Reports to do, workers without one, and the reports that are under way."""

    def __init__(self, jobs: Sequence[ReportJob], workers: Sequence[_Worker]) -> None:
        self._to_do = deque(jobs)
        self._idle = list(workers)
        self._running: list[_Running] = []

    def begin(self) -> None:
        """Give every idle worker a report."""
        while self._idle and self._to_do:
            running = _Running(self._idle.pop(), self._to_do.popleft())
            running.worker.begin(running.job)
            self._running.append(running)

    def results(self) -> Generator[ReportResult, None, None]:
        """Yield what becomes of the reports, and keep the workers busy meanwhile."""
        while self._running:
            connections = [running.worker.connection for running in self._running]
            ready = connection.wait(connections, timeout=_POLL_S)
            finished = [r for r in self._running if r.worker.connection in ready]
            self._running = [r for r in self._running if r not in finished]
            results = [running.result() for running in finished]
            self._idle += [running.worker for running in finished]
            for running in self._running:
                if running.is_lost:
                    running.worker.process.kill()
            self.begin()  # before the caller deals with these
            yield from results


def _serve(parent: connection.Connection, environment: dict[str, str]) -> None:
    """Build reports in this process for as long as the parent asks for them."""
    _set_up(environment)
    with suppress(EOFError):
        while True:
            parent.send(build_report(parent.recv()))


def _set_up(environment: dict[str, str]) -> None:
    """Prepare a worker: its environment, its end with the parent, its imports.

    A fork server has the environment of the first run of this process, not of this.
    """
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import_module(_PRELOADED)


def _end_with_parent() -> None:
    """Wait until the parent process is gone, then end this one."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: this one ends them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _environment() -> Iterator[None]:
    """Keep libraries in workers and kernels to one thread each."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
