"""Worker processes of this machine, each by itself: one that dies takes no other along."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import (
    active_children,
    connection,
    get_context,
    parent_process,
    set_forkserver_preload,
)

from synergy_lib.errors import describe_error
from synergy_lib.reporting.execution import ReportJob, ReportResult, build_report
from synergy_lib.reporting.warm.client import ONE_THREAD, can_fork, kernel_server

__all__ = ["LocalWorkers", "local_workers", "worker_count"]

_PRELOADED = "synergy_lib.reporting.worker_preload"
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
    """One process of its own executor, replaced when it dies."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        others = set(active_children())
        with _deaf_to_interrupts():
            self._executor = ProcessPoolExecutor(
                1,
                mp_context=get_context("forkserver" if can_fork() else "spawn"),
                initializer=_set_up,
                initargs=(dict(os.environ),),
            )
            self._executor.submit(os.getpid)  # starts the process now
        self._processes = set(active_children()) - others

    def submit(self, job: ReportJob) -> Future[ReportResult]:
        """Begin a report, in a new process if the last one died."""
        if not all(process.is_alive() for process in self._processes):
            self._restart()
        try:
            return self._executor.submit(build_report, job)
        except BrokenProcessPool:  # it died this moment
            self._restart()
            return self._executor.submit(build_report, job)

    def _restart(self) -> None:
        self.kill()
        self._start()

    def kill(self) -> None:
        """End the process at once; its kernel ends with it."""
        for process in self._processes:
            process.kill()
        self._executor.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class _Running:
    """A report that a worker has begun."""

    worker: _Worker
    job: ReportJob
    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Return how long it has taken."""
        return time.monotonic() - self.begun


class _Queue:
    """Reports to do, workers without one, and the reports that are under way."""

    def __init__(self, jobs: Sequence[ReportJob], workers: Sequence[_Worker]) -> None:
        self._to_do = deque(jobs)
        self._idle = list(workers)
        self._running: dict[Future[ReportResult], _Running] = {}

    def begin(self) -> None:
        """Give every idle worker a report."""
        while self._idle and self._to_do:
            running = _Running(self._idle.pop(), self._to_do.popleft())
            self._running[running.worker.submit(running.job)] = running

    def results(self) -> Generator[ReportResult, None, None]:
        """Yield what becomes of the reports, and keep the workers busy meanwhile."""
        while self._running:
            done, _ = wait(self._running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            finished = [(future, self._running.pop(future)) for future in done]
            self._idle += [running.worker for _, running in finished]
            for running in self._running.values():
                if running.seconds > running.job.limits.report_seconds + _GRACE_S:
                    running.worker.kill()
            results = [_result(future, running) for future, running in finished]
            self.begin()  # before the caller deals with these
            yield from results


def _result(future: Future[ReportResult], running: _Running) -> ReportResult:
    """Return what became of a report, also if its worker died."""
    job = running.job
    try:
        return future.result()
    except BrokenProcessPool:
        limit = job.limits.report_seconds
        if running.seconds > limit:
            reason = f"整份报告超过 {limit} 秒（--report-seconds）"
        else:
            reason = "工作进程中途退出（被结束，或内存不足）"
    except Exception as error:
        reason = describe_error(error)
    return ReportResult(job.report_id, job.title, error=reason)


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
